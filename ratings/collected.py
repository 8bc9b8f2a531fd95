"""How much of what a rating stands on was collected."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from monitoring.models import GapExcuse, PlatformCode, Slot, SlotStatus
from monitoring.models.measures import GONE_REASONS
from monitoring.templatetags.figures import number, share

from .models import Rating


@dataclass(frozen=True, slots=True)
class Collected:
    """Days with a measured audience, and days that owed a reading of a page that existed; what is excused is in
    neither. missing: readings that failed, by network, most of them first."""

    read: int
    owed: int
    missing: Mapping[str, int]

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None = nothing was owed."""
        return self.read / self.owed if self.owed else None

    @property
    def share_text(self) -> str:
        """«94,9 %»: cut and not rounded, so that it never seems to be enough."""
        return share(self.share)

    @property
    def missing_text(self) -> str:
        """«ВКонтакте — 120, Telegram — 3»."""
        return ", ".join(f"{PlatformCode(code).label} — {number(count)}" for code, count in self.missing.items())


def collected(rating: Rating) -> Collected:
    """Of the days of the rating's period whose data went in."""
    excuses = GapExcuse.objects.touching(rating.region, rating.first, rating.read_to)
    slots = (
        Slot.objects.filter(page__institution__region=rating.region, day__range=(rating.first, rating.read_to))
        .exclude(status=SlotStatus.FAILED, reason__in=GONE_REASONS)
        .exclude(~Q(status=SlotStatus.OK) & excuses.of_slots())
    )
    rows = (
        slots.order_by()
        .values_list("platform")
        .annotate(owed=Count("pk"), read=Count("pk", filter=Q(status=SlotStatus.OK)))
    )
    found = {platform: (read, owed) for platform, owed, read in rows}
    missing = {platform: owed - read for platform, (read, owed) in found.items() if owed > read}
    return Collected(
        sum(read for read, _owed in found.values()),
        sum(owed for _read, owed in found.values()),
        dict(sorted(missing.items(), key=lambda each: (-each[1], each[0]))),
    )
