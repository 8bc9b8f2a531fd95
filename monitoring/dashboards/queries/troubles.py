"""What is wrong with the collection, in plain words, each with since and until when."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, Count, OuterRef, Q, Subquery, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.collection.batch import UNWRITTEN
from monitoring.models import AccessPause, Heartbeat, Network, NetworkState, PlatformCode, Region, Slot
from monitoring.models.measures import SlotReason
from monitoring.platforms.base import Failure
from monitoring.templatetags.figures import number, reason_words

SCHEDULER = "scheduler"
# The scheduler's tasks leave a sign several times a minute.
SILENT_AFTER = dt.timedelta(seconds=60)
NO_SIGN = "no sign"
# A worker that cannot write what it has read tries again every few seconds, and after a minute and a half anew.
WRITES_AFTER = dt.timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Trouble:
    """`platform` "" = all networks. since, until: None = not known, or until somebody acts.

    advice: what to do, "" where it passes by itself. pages: which ones in the table of pages, "" where not some.
    suspects: whether the list of doubtful numbers is where it is dealt with.
    """

    text: str
    platform: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    advice: str = ""
    pages: str = ""
    suspects: bool = False


@dataclass(frozen=True, slots=True)
class Stoppage:
    """What keeps a network (platform "": all of them) from being collected. state: one of NetworkState, or NO_SIGN
    of the workers. since: None where there never was one."""

    platform: str
    state: str
    since: dt.datetime | None

    @property
    def text(self) -> str:
        if self.state == NO_SIGN:
            return _("Collection does not work: the workers do not answer.")
        network = PlatformCode(self.platform).label
        if self.state == NetworkState.PAUSED:
            return _("Collection of the network %(network)s is paused by the operator.") % {"network": network}
        return _("Collection of the network %(network)s is switched off by the operator.") % {"network": network}


def stoppages(now: dt.datetime | None) -> list[Stoppage]:
    """All there are, in one query. now: None where the clock stands still, so that no sign of life can be old."""
    switched = Network.objects.exclude(state=NetworkState.ON).values_list("platform", "state", "since")
    signs = Heartbeat.objects.filter(name=SCHEDULER).annotate(none=Value(NO_SIGN, output_field=CharField()))
    rows = list(switched.union(signs.values_list("name", "none", "at"), all=True))
    found = []
    if now is not None:
        last = next((at for _name, state, at in rows if state == NO_SIGN), None)
        if last is None or now - last > SILENT_AFTER:
            found.append(Stoppage("", NO_SIGN, last))
    networks = {platform: Stoppage(platform, state, at) for platform, state, at in rows if state != NO_SIGN}
    return found + [networks[code] for code in PlatformCode.values if code in networks]


# Of a page, since when its network is paused or switched off; NULL where it is on.
off_since = Subquery(
    Network.objects.exclude(state=NetworkState.ON).filter(platform=OuterRef("platform")).values("since")[:1]
)


def not_collected_since() -> dict[str, dt.datetime]:
    """Networks that are paused or off, and since when."""
    return dict(Network.objects.exclude(state=NetworkState.ON).values_list("platform", "since"))


def troubles(region: Region, day: dt.date, now: dt.datetime, stopped: Iterable[Stoppage]) -> list[Trouble]:
    """Everything that keeps pages of the region from being read on that local day, the gravest first."""
    slots = slot_counts(region, day)
    return [
        *(Trouble(stop.text, stop.platform, stop.since, advice=stop_advice(stop)) for stop in stopped),
        *unwritten(now),
        *pauses(now),
        *without_token(slots),
        *quarantined(slots),
        *doubtful(slots),
        *posts_later(slots),
    ]


def stop_advice(stop: Stoppage) -> str:
    if stop.state == NO_SIGN:
        return _("The operator has to start the worker and the scheduler; what was missed today is made up then.")
    if stop.state == NetworkState.PAUSED:
        return _("Its pages wait; what was collected before stays.")
    return _("Its pages are not planned; what was collected before stays.")


def unwritten(now: dt.datetime) -> list[Trouble]:
    """Workers read and the base does not take it: its disk is full, as a rule."""
    if not Heartbeat.objects.filter(name=UNWRITTEN, at__gt=now - WRITES_AFTER).exists():
        return []
    text = _("The database does not take what was read: there may be no room on its disk.")
    advice = _("The operator has to look after the database and its disk; nothing is lost, what was read is read anew.")
    return [Trouble(text, advice=advice)]


def pauses(now: dt.datetime) -> list[Trouble]:
    """Tokens and networks at rest, those that need the operator first."""
    rows = AccessPause.objects.filter(Q(until=None) | Q(until__gt=now)).order_by("platform", "token", "method")
    found = [
        Trouble(pause_text(row), row.platform, row.since, row.until, "" if row.until else pause_advice(row))
        for row in rows
    ]
    return sorted(found, key=lambda trouble: trouble.until is not None)


def pause_text(pause: AccessPause) -> str:
    """«Ключ 3f2a… больше не действует»: whose rest it is, and why."""
    text = f"{PlatformCode(pause.platform).label}: {reason_words(pause.reason)}"
    if pause.token:
        text += _(", token %(token)s") % {"token": pause.token}
    if pause.method:
        text += _(", method %(method)s") % {"method": pause.method}
    return f"{text}."


def pause_advice(pause: AccessPause) -> str:
    if pause.reason == Failure.NEEDS_PERSON:
        return _("The operator has to sign in to the network, confirm access, and put the token back to work.")
    return _("The operator has to replace the token or put it back to work.")


@dataclass(slots=True)
class SlotCounts:
    """Slots of a network on a day."""

    no_token: int = 0
    quarantined: int = 0
    doubtful: int = 0
    posts_later: int = 0


def slot_counts(region: Region, day: dt.date) -> dict[str, SlotCounts]:
    """By network; in one query."""
    slots = Slot.objects.filter(day=day, page__institution__region=region)
    rows = slots.values_list("platform").annotate(
        no_token=Count("pk", filter=Q(reason=SlotReason.NO_TOKEN)),
        quarantined=Count("pk", filter=Q(reason=SlotReason.QUARANTINE)),
        doubtful=Count("pk", filter=Q(reason=SlotReason.SUSPECT)),
        posts_later=Count("pk", filter=Q(posts_owed=False)),
    )
    found: dict[str, SlotCounts] = defaultdict(SlotCounts)
    for platform, *counts in rows:
        found[platform] = SlotCounts(*counts)
    return {code: found[code] for code in PlatformCode.values if code in found}


def without_token(slots: dict[str, SlotCounts]) -> list[Trouble]:
    return [
        Trouble(
            _("%(network)s is not read: no access token was given.") % {"network": PlatformCode(code).label},
            code,
            advice=_("The operator has to put a token into the settings."),
        )
        for code, counts in slots.items()
        if counts.no_token
    ]


def quarantined(slots: dict[str, SlotCounts]) -> list[Trouble]:
    found = []
    for code, counts in slots.items():
        if counts.quarantined:
            text = ngettext(
                "%(network)s: %(count)s page was put aside, its processing fails again and again: a fault of ours.",
                "%(network)s: %(count)s pages were put aside, their processing fails again and again: a fault of ours.",
                counts.quarantined,
            )
            pages = f"platform={code}&state=failed"
            advice = _("Tell those who look after the installation; the other pages are not held up.")
            found.append(Trouble(filled(text, code, counts.quarantined), code, advice=advice, pages=pages))
    return found


def doubtful(slots: dict[str, SlotCounts]) -> list[Trouble]:
    found = []
    for code, counts in slots.items():
        if counts.doubtful:
            text = ngettext(
                "%(network)s: %(count)s number of today is doubtful and counts nowhere yet.",
                "%(network)s: %(count)s numbers of today are doubtful and count nowhere yet.",
                counts.doubtful,
            )
            advice = _("An analyst decides, or the reading of the next day.")
            found.append(Trouble(filled(text, code, counts.doubtful), code, advice=advice, suspects=True))
    return found


def posts_later(slots: dict[str, SlotCounts]) -> list[Trouble]:
    found = []
    for code, counts in slots.items():
        if counts.posts_later:
            text = ngettext(
                "%(network)s: posts of %(count)s page are read less often, the day's calls do not suffice.",
                "%(network)s: posts of %(count)s pages are read less often, the day's calls do not suffice.",
                counts.posts_later,
            )
            advice = _(
                "Pages that post seldom wait first; subscribers are counted daily all the same. "
                "One more token brings the posts back."
            )
            found.append(Trouble(filled(text, code, counts.posts_later), code, advice=advice))
    return found


def filled(text: str, platform: str, count: int) -> str:
    return text % {"network": PlatformCode(platform).label, "count": number(count)}
