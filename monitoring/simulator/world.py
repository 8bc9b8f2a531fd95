"""A made-up region as a whole: deterministic by seed and day, nothing stored."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from .audience import Audience
from .campaigns import Campaigns
from .chance import Dice
from .institutions import Institution, institutions
from .members import People
from .pages import Page, pages
from .plans import RegionPlan
from .posts import Wall
from .specimens import with_specimens


@dataclass(frozen=True, slots=True)
class Answers:
    """Under one post: comments by people, and how many minutes the page took for each that it has answered."""

    people: int
    minutes: list[int]


class RegionWorld:
    """Institutions, pages, audience and walls of one region."""

    def __init__(self, plan: RegionPlan, seed: int) -> None:
        self.plan = plan
        self.seed = seed
        most = max(network.start + sum(w.made for w in network.waves) for network in plan.networks.values())
        self.institutions: list[Institution] = institutions(plan, seed, most + plan.without_vk + plan.without_pages)
        self.pages: list[Page] = self._with_events(pages(plan, seed, self.institutions))
        if plan.specimens:
            self.pages = with_specimens(self.pages)
        self.audience = Audience(self.pages, {code: network.totals for code, network in plan.networks.items()})
        self.wall = Wall(self.audience, Campaigns(plan.number, len(self.pages)))

    @cached_property
    def people(self) -> People:
        """Who subscribes to the pages on VK."""
        pages = [page for page in self.pages if page.platform == "vk"]
        last = self.plan.lately[1]
        most = {page.key: max(self.audience.people(page, max(last, page.born)), 1) for page in pages}
        return People(self.plan.number, pages, most)

    def subscribers(self, page: Page, day: dt.date) -> int | None:
        """People on the local day; None where the page does not exist or hides its counter."""
        return self.audience.subscribers(page, day)

    def accounts(self, day: dt.date) -> list[Page]:
        """Pages that exist on the local day, whether or not they show a counter."""
        return [page for page in self.pages if page.exists(day)]

    def total(self, day: dt.date) -> dict[str, int]:
        """Subscribers of all readable pages by network."""
        totals: dict[str, int] = defaultdict(int)
        for page in self.accounts(day):
            totals[page.platform] += self.subscribers(page, day) or 0
        return dict(totals)

    def answers(self, page: Page, number: int, unix: int) -> Answers:
        """What a reader should find under the page's post of that number (see `Post`) at that moment."""
        found = {comment.number: comment for comment in self.wall.comments(page, number, unix)}
        answers = [comment for comment in found.values() if comment.answers is not None]
        minutes = [(answer.at - found[answer.answers].at) // 60 for answer in answers]
        return Answers(len(found) - len(answers), minutes)

    def specimen(self, platform: str, quirk: str) -> Page:
        """The page that shows that quirk. KeyError where there is none."""
        for page in self.pages:
            if page.platform == platform and page.quirk == quirk:
                return page
        raise KeyError(f"{platform}: {quirk}")

    def _with_events(self, found: list[Page]) -> list[Page]:
        """Let some pages be renamed, jump, or lose the mark or the menu lately, as many as the plan says."""
        dice = Dice(self.seed, self.plan.number, 6)
        staying = [p for p in found if p.died is None and not p.hidden and p.looks.access == "open"]
        staying = [p for p in staying if p.born < self.plan.lately[0] and not p.institution.lone]
        chosen: dict[int, Page] = {}
        for event, count in self.plan.events.items():
            fitting, change = _EVENTS[event]
            free = [p for p in staying if p.key not in chosen and fitting(p)]
            for _ in range(min(count, len(free))):
                page = free.pop(dice.whole(0, len(free) - 1))
                chosen[page.key] = change(page, self._some_day(dice), dice)
        return [chosen.get(page.key, page) for page in found]

    def _some_day(self, dice: Dice) -> dt.date:
        first, last = self.plan.lately
        return first + dt.timedelta(days=dice.whole(0, (last - first).days))


def _renamed(page: Page, day: dt.date, dice: Dice) -> Page:
    return replace(page, renamed_on=day, old_handle=page.handle, handle=f"new_{page.handle}")


def _jumped(page: Page, day: dt.date, dice: Dice) -> Page:
    by = dice.pick((0.55, 1.6, 1.9, 2.4))
    return replace(page, habits=replace(page.habits, jump_on=day, jump_by=by))


def _lost_mark(page: Page, day: dt.date, dice: Dice) -> Page:
    return replace(page, looks=replace(page.looks, mark_lost_on=day))


def _lost_menu(page: Page, day: dt.date, dice: Dice) -> Page:
    return replace(page, looks=replace(page.looks, menu_lost_on=day))


def _on_vk(page: Page) -> bool:
    return page.platform == "vk"


_Change = Callable[[Page, dt.date, Dice], Page]
_EVENTS: dict[str, tuple[Callable[[Page], bool], _Change]] = {
    "renamed": (lambda page: _on_vk(page) and not page.handle.endswith(page.external_id), _renamed),
    "jump": (lambda page: page.habits.size > 400, _jumped),
    "mark_lost": (lambda page: _on_vk(page) and page.looks.mark and page.looks.mark_given, _lost_mark),
    "menu_lost": (lambda page: _on_vk(page) and "message" in page.looks.menu, _lost_menu),
}
