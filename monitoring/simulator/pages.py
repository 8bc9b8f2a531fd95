"""The pages of a made-up region: who keeps them, when they were made and given up, what is odd about them."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .chance import Dice
from .habits import Habits, habits
from .institutions import Institution
from .looks import Looks, looks
from .plans import PLATFORMS, NetworkPlan, RegionPlan

# Institutions of more people than that (governments, ministries, large towns) post all the time.
BUSY = 2500
# Pages of a wave are made so many days before the registry file that names them first.
MADE_WITHIN_DAYS = 4
_ID_BASES = {"vk": 200_000_000, "ok": 55_000_000_000_000, "telegram": 1_000_000_000, "max": 70_000_000_000_000}
PLAIN_ENDS = {"vk": "gos", "ok": "okru", "telegram": "tg", "max": "max"}
# A Telegram channel of a size gathers more people than a VK page, and so on.
READERS = {"vk": 1.0, "ok": 1.9, "telegram": 2.4, "max": 0.8}


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A page of the simulated networks.

    key: unique in a simulator. handle: the short name as it is after a renaming, lower case. external_id: as the
    network's own addresses have it (Telegram's without -100). born: first day. died: first day without the page.
    hidden: exists, but shows its counter to nobody. quirk: which specimen it is, "" for most.
    """

    key: int
    platform: str
    institution: Institution
    zone: str
    handle: str
    external_id: str
    born: dt.date
    looks: Looks
    habits: Habits
    died: dt.date | None = None
    death: str = "deleted"  # or banned
    hidden: bool = False
    renamed_on: dt.date | None = None
    old_handle: str = ""
    quirk: str = ""

    def exists(self, day: dt.date) -> bool:
        return self.born <= day and (self.died is None or day < self.died)

    def handle_on(self, day: dt.date) -> str:
        return self.old_handle if self.renamed_on and day < self.renamed_on else self.handle


@dataclass(slots=True)
class _Draft:
    """A page whose life is not settled yet."""

    institution: Institution
    order: float
    given: dict[str, object] = field(default_factory=dict)
    died: dt.date | None = None


def pages(plan: RegionPlan, seed: int, institutions: Sequence[Institution]) -> list[Page]:
    """All pages that there ever are, by network. The last `plan.without_pages` institutions keep none."""
    keepers = institutions[: len(institutions) - plan.without_pages]
    taken: set[str] = set()
    found: list[Page] = []
    for network, platform in enumerate(PLATFORMS):
        if platform not in plan.networks:
            continue
        drafts = _lives(plan, plan.networks[platform], _drafts(plan, seed, network, keepers), Dice(seed, network, 3))
        for number, draft in enumerate(drafts):
            key = (plan.number * len(PLATFORMS) + network) * 1_000_000 + number
            page = _page(plan, platform, key, draft, Dice(seed, key))
            handle = f"sim{number}_{PLAIN_ENDS[platform]}" if plan.plain_names else _handle(plan, page, taken)
            found.append(replace(page, handle=handle))
    return found


def _drafts(plan: RegionPlan, seed: int, network: int, keepers: Sequence[Institution]) -> list[_Draft]:
    """Who keeps a page of the network: everybody on VK, elsewhere rather the large ones."""
    network_plan = plan.networks[PLATFORMS[network]]
    count = network_plan.start + sum(wave.made for wave in network_plan.waves)
    if PLATFORMS[network] == "vk":
        chosen = list(keepers[:count])
    else:
        spread = 1.1 if PLATFORMS[network] == "ok" else 0.7
        without_vk = list(keepers[len(keepers) - plan.without_vk :])
        own = without_vk if PLATFORMS[network] == "ok" else []
        others = [i for i in keepers if i not in own]
        noise = {i.number: Dice(seed, plan.number, network, 4, i.number).normal() for i in others}
        others.sort(key=lambda i: -i.size * math.exp(spread * noise[i.number]))
        chosen = (own + others)[:count]
    drafts = []
    for institution in chosen:
        dice = Dice(seed, plan.number, network, 5, institution.number)
        drafts.append(_Draft(institution, dice.share() - institution.lone))
    return sorted(drafts, key=lambda draft: draft.order)


def _lives(plan: RegionPlan, network: NetworkPlan, drafts: list[_Draft], dice: Dice) -> list[_Draft]:
    """Settle when each page is made and given up; large ones are there from the start and stay."""
    alive, waiting = drafts[: network.start], drafts[network.start :]
    for draft in alive:
        draft.given["born"] = plan.first_day - dt.timedelta(days=dice.whole(20, 300))
    stable = sorted((d for d in alive if not d.institution.lone), key=lambda draft: -draft.order)
    for draft in stable[: network.hidden]:
        draft.given["hidden"] = True
    since = plan.first_day
    for wave in network.waves:
        candidates = [d for d in alive if not d.institution.lone and "hidden" not in d.given]
        candidates.sort(key=lambda d: d.institution.size * dice.between(0.3, 1.7))
        for draft in candidates[: wave.gone]:
            draft.died = since + dt.timedelta(days=dice.whole(1, (wave.ends - since).days))
            draft.given |= {"died": draft.died, "death": "banned" if dice.happens(0.15) else "deleted"}
        alive = [d for d in alive if d.died is None]
        for draft in waiting[: wave.made]:
            draft.given["born"] = wave.enters - dt.timedelta(days=dice.whole(0, MADE_WITHIN_DAYS))
        alive += waiting[: wave.made]
        waiting = waiting[wave.made :]
        since = wave.ends
    return drafts


def _page(plan: RegionPlan, platform: str, key: int, draft: _Draft, dice: Dice) -> Page:
    """The page without its short name."""
    institution, born = draft.institution, draft.given["born"]
    luck = (0.25 if institution.lone else 0.55) * dice.normal()
    size = institution.size * READERS[platform] * math.exp(luck)
    hides = {"access": "private" if platform == "vk" else "closed"} if "hidden" in draft.given else {}
    busy = institution.size > BUSY
    return Page(
        key=key,
        platform=platform,
        institution=institution,
        zone=plan.zone,
        handle="",
        external_id=f"{'-' if platform == 'max' else ''}{_ID_BASES[platform] + key}",
        looks=replace(looks(platform, dice), **hides),
        habits=habits(dice, size, institution.kind.topic, busy=busy, new=born > plan.first_day),
        **draft.given,
    )


def _handle(plan: RegionPlan, page: Page, taken: set[str]) -> str:
    """A short name that no other page of any network has; some pages of VK and OK never got one."""
    dice, stem = Dice(page.key, 12), page.institution.stem
    if len(stem) > 26:
        stem = f"{stem[:18]}_{plan.tax_code}{page.institution.number}"
    if page.platform == "vk" and dice.happens(0.2):
        return f"club{page.external_id}"
    if page.platform == "ok" and dice.happens(0.5):
        return f"group{page.external_id}"
    handle = {"vk": stem, "ok": stem.replace("_", "."), "telegram": f"{stem}_tg", "max": f"{stem}_gos"}[page.platform]
    if handle in taken:
        handle = f"{handle[:20]}{plan.tax_code}{page.key % 1_000_000}"
    taken.add(handle)
    return handle
