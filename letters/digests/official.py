"""Terms of the next weeks, for officials: what closes, what waits for a signature, what runs out."""

import datetime as dt

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.marks.filters import Standing
from awards.models import AwardList, AwardState, Contest, ContestState, QualityMark
from gospub.accounts.models import User
from gospub.clock import local_day
from letters.links import absolute
from monitoring.models import Region
from monitoring.templatetags.figures import number, short_day
from ratings.models import Rating, RatingState

from .parts import Digest, Figure, Line, Part, shortened

AHEAD = dt.timedelta(days=30)


def write(user: User, region: Region, week: dt.date, now: dt.datetime) -> Digest | None:
    """None where no term is near and nothing waits; the terms are those after `now`, not of the week that is over."""
    today = local_day(now, region.time_zone)
    closing, unsigned = _applications(region, today), _unsigned(region, today)
    preliminary, (expiring, marks) = _preliminary(region), _expiring(region, today)
    if not (closing or preliminary or expiring or unsigned):
        return None
    screen = Line(_("contests and award lists of the region"), absolute("contests", region.code))
    return Digest(
        subject=_("Terms of the next days, as of %(day)s") % {"day": short_day(today)},
        lead=str(region),
        figures=[
            Figure(_("Contests that take applications"), number(len(closing)), _("closing within 30 days")),
            Figure(_("Wait for you"), number(len(preliminary) + len(unsigned)), _("ratings and award lists")),
            Figure(_("Quality marks that end"), number(expiring), _("within 30 days")),
        ],
        screen=screen,
        parts=[
            Part(_("Applications close"), shortened(closing, screen)),
            Part(_("Award lists to be signed"), shortened(unsigned, screen)),
            Part(_("Preliminary ratings, open to objections"), shortened(preliminary, screen)),
            Part(_("Quality marks"), marks),
        ],
    )


def _applications(region: Region, today: dt.date) -> list[Line]:
    contests = Contest.objects.filter(
        region=region,
        state=ContestState.RUNNING,
        by_application=True,
        applications_until__range=(today, today + AHEAD),
    )
    return [
        Line(
            _("%(day)s, %(left)s: “%(contest)s”")
            % {
                "day": short_day(contest.applications_until),
                "left": _days_left((contest.applications_until - today).days),
                "contest": contest,
            },
            absolute("contest", contest.pk),
        )
        for contest in contests.order_by("applications_until", "pk")
    ]


def _days_left(days: int) -> str:
    if not days:
        return _("today")
    return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}


def _preliminary(region: Region) -> list[Line]:
    """Those that no later edition has replaced."""
    found = Rating.objects.filter(region=region, state=RatingState.PRELIMINARY).select_related("methodology")
    since = Min("passages__at", filter=Q(passages__state=RatingState.PRELIMINARY))
    return [
        Line(
            _("“%(rating)s” is preliminary since %(day)s; make it final when the objections are decided")
            % {"rating": rating, "day": short_day(local_day(rating.passed_at, region.time_zone))},
            absolute("rating", rating.pk),
        )
        for rating in found.annotate(passed_at=since).filter(passed_at__isnull=False).order_by("passed_at", "pk")
    ]


def _unsigned(region: Region, today: dt.date) -> list[Line]:
    undecided = Count("awards", filter=Q(awards__state=AwardState.PROPOSED))
    drafts = AwardList.objects.filter(contest__region=region, signed_at=None).select_related("contest")
    found = []
    for draft in drafts.annotate(undecided=undecided).order_by("proposed_at", "pk"):
        text = _("“%(contest)s”: a draft since %(day)s") % {
            "contest": draft.contest,
            "day": short_day(local_day(draft.proposed_at, region.time_zone)),
        }
        if draft.undecided:
            text += ", " + ngettext(
                "%(count)d proposal waits for a decision", "%(count)d proposals wait for a decision", draft.undecided
            ) % {"count": draft.undecided}
        found.append(Line(text, absolute("award_list", draft.pk)))
    return found


def _expiring(region: Region, today: dt.date) -> tuple[int, list[Line]]:
    """How many marks in force end within AHEAD, and the line that says so."""
    marks = QualityMark.objects.in_force(today).filter(page__institution__region=region, valid_until__lte=today + AHEAD)
    count, first = marks.aggregate(count=Count("pk"), first=Min("valid_until")).values()
    if not count:
        return 0, []
    text = ngettext(
        "%(count)d quality mark ends by %(until)s, on %(first)s",
        "%(count)d quality marks end by %(until)s, the first on %(first)s",
        count,
    )
    fields = {"count": count, "until": short_day(today + AHEAD), "first": short_day(first)}
    return count, [Line(text % fields, absolute("quality_marks", region.code, standing=Standing.IN_FORCE.value))]
