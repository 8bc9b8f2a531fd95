"""How a page presents itself: access, pictures, description, menu, state mark, and the oddities of its network."""

import datetime as dt
from dataclasses import dataclass

from .chance import Dice

RIGHT_MENUS = (
    (("message", "survey"), 0.50),
    (("message", "survey", "application"), 0.14),
    (("message",), 0.12),
    (("message_broken", "survey"), 0.03),
    (("message_spaced", "survey_spaced"), 0.02),
    (("message_wrong", "survey"), 0.02),
    (("message_wrong",), 0.03),
    (("message_bare",), 0.01),
    (("application",), 0.04),
    ((), 0.09),
)


@dataclass(frozen=True, slots=True)
class Looks:
    """access: open, closed, private. menu: kinds of its buttons (see vk_groups). mark: whether it has the state mark;
    mark_given: whether the API tells. *_lost_on: from that day on it is without.

    views_given: OK tells views of the token's own groups only. preview, group, mixed_case: Telegram. bot, bot_admin,
    quoted: MAX (whether our bot was added and made administrator; keys of the page's script in quotes).
    """

    access: str = "open"
    wall: bool = True
    avatar: bool = True
    cover: bool = True
    description: bool = True
    menu: tuple[str, ...] = ("message", "survey")
    menu_lost_on: dt.date | None = None
    mark: bool = True
    mark_given: bool = True
    mark_lost_on: dt.date | None = None
    pinned: bool = False
    views_given: bool = False
    preview: bool = True
    group: bool = False
    mixed_case: bool = False
    bot: bool = False
    bot_admin: bool = False
    quoted: bool = False

    def marked(self, day: dt.date) -> bool:
        return self.mark and (self.mark_lost_on is None or day < self.mark_lost_on)

    def buttons(self, day: dt.date) -> tuple[str, ...]:
        return () if self.menu_lost_on and day >= self.menu_lost_on else self.menu


def looks(platform: str, dice: Dice) -> Looks:
    """What a page of the network looks like by chance."""
    access = "closed" if platform == "vk" and dice.happens(0.006) else "open"
    bot = platform == "max" and dice.happens(0.5)
    return Looks(
        access=access,
        wall=not dice.happens(0.004),
        avatar=dice.happens(0.97),
        cover=dice.happens(0.88),
        description=dice.happens(0.95),
        menu=dice.weighted(RIGHT_MENUS),
        mark=dice.happens(0.88),
        mark_given=dice.happens(0.95),
        pinned=dice.happens(0.15),
        preview=dice.happens(0.96),
        mixed_case=dice.happens(0.5),
        bot=bot,
        bot_admin=bot and dice.happens(0.8),
        quoted=dice.happens(0.5),
    )
