"""What a user may do today: the grants in force, as sets that queries and screens ask."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from gospub.clock import local_day

if TYPE_CHECKING:
    from .models import User

OPERATOR = "operator"
# Sign-in by password alone is not enough for these: they decide over others, or see all of them.
FACTORS = ("totp", "webauthn")
SECOND_FACTOR = frozenset({OPERATOR, "analyst", "official", "auditor"})


@dataclass(frozen=True, slots=True)
class Rights:
    """Keys of regions by role; institutions of an admin; (region, founder) of a curator. An auditor of the whole
    installation is in no region's set."""

    operator: bool = False
    auditor_of_all: bool = False
    analyst: frozenset[int] = frozenset()
    official: frozenset[int] = frozenset()
    auditor: frozenset[int] = frozenset()
    institutions: frozenset[int] = frozenset()
    founders: frozenset[tuple[int, str]] = frozenset()
    regions: frozenset[int] = frozenset()
    has_second_factor: bool = False
    roles: frozenset[str] = field(default=frozenset())

    @property
    def everywhere(self) -> bool:
        """Sees every region."""
        return self.operator or self.auditor_of_all

    @property
    def whole(self) -> frozenset[int]:
        """Regions that are seen as a whole."""
        return self.analyst | self.official | self.auditor

    @property
    def needs_second_factor(self) -> bool:
        return not SECOND_FACTOR.isdisjoint(self.roles)

    def sees_whole(self, region: int) -> bool:
        return self.everywhere or region in self.whole

    def keeps(self, region: int) -> bool:
        """Keeps the registry and decides on doubtful numbers and signs of gaming."""
        return self.operator or region in self.analyst

    def rates(self, region: int) -> bool:
        """Computes ratings and lets them pass."""
        return self.operator or region in self.analyst or region in self.official

    def own(self, prefix: str = "") -> Q:
        """Which institutions are seen; prefix: the way to them from another table, such as `page__institution__`."""
        seen = Q(**{f"{prefix}region__in": self.whole}) | Q(**{f"{prefix}pk__in": self.institutions})
        for region, founder in self.founders:
            seen |= Q(**{f"{prefix}region": region, f"{prefix}founder": founder})
        return seen


def rights_of(user: "User", now: dt.datetime) -> Rights:
    """The user's grants that are in force on the day of `now`, each in its region's own time."""
    by_role: dict[str, set] = defaultdict(set)
    # A grant comes once for each factor of its holder: a subquery here would cost every request 0.4 ms more.
    rows = user.grants.values_list(
        "role", "region", "institution", "founder", "since", "until", "region__time_zone", "user__authenticator__type"
    )
    has_second_factor = False
    for role, region, institution, founder, since, until, zone, factor in rows:
        has_second_factor |= factor in FACTORS
        today = local_day(now, zone or "UTC")
        if (since is None or since <= today) and (until is None or today <= until):
            by_role[role].add((region, institution, founder))
    regions = {name: frozenset(region for region, *_ in found if region) for name, found in by_role.items()}
    none: frozenset[int] = frozenset()
    return Rights(
        operator=bool(by_role[OPERATOR]),
        auditor_of_all=any(region is None for region, *_ in by_role["auditor"]),
        analyst=regions.get("analyst", none),
        official=regions.get("official", none),
        auditor=regions.get("auditor", none),
        institutions=frozenset(institution for _, institution, _ in by_role["institution_admin"]),
        founders=frozenset((region, founder) for region, _, founder in by_role["curator"]),
        has_second_factor=has_second_factor,
        regions=frozenset().union(*regions.values()),
        roles=frozenset(role for role, found in by_role.items() if found),
    )
