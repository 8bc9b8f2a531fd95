"""Institution admins are told what their institution was given: by letters that name nobody."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from awards.models import Award, AwardList, Contest, QualityMark
from gospub.accounts.models import Grant, Role, User
from gospub.clock import local_day
from letters.links import absolute
from letters.models import Kind
from letters.outbox import post
from monitoring.models import Institution, Region
from monitoring.templatetags.figures import short_day

# What makes two lines of two editions the same award.
SAME = ("nomination", "page", "institution", "degree")


def tell_of_awards(signed: AwardList, now: dt.datetime) -> int:
    """A letter to every admin of every institution with an award of the list that the edition before did not give it;
    returns how many are new."""
    before = AwardList.objects.filter(contest=signed.contest, edition=signed.edition - 1)
    known = set(Award.objects.given().filter(list__in=before).values_list(*SAME))
    given: dict[Institution, list[Award]] = defaultdict(list)
    for award in signed.awards.given().filter(institution__isnull=False).select_related("institution", "nomination"):
        if (award.nomination_id, award.page_id, award.institution_id, award.degree) not in known:
            given[award.institution].append(award)
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Your institution was awarded")
        return sum(
            post(f"award:{signed.pk}:{institution.pk}:{user.pk}", Kind.AWARD, user, subject=subject,
                 text=_awards_text(signed, given[institution]), now=now, institution=institution)
            for institution, user in _admins(given, signed.contest.region, now)
        )  # fmt: skip


def _awards_text(signed: AwardList, awards: list[Award]) -> str:
    lines = [
        _("* %(nomination)s: %(degree)s, “%(title)s”")
        % {"nomination": award.nomination, "degree": award.get_degree_display(), "title": _one_line(award.title)}
        for award in awards
    ]
    head = _("Your institution was awarded in the contest “%(contest)s”.") % {"contest": signed.contest}
    foot = _("The whole list: %(address)s") % {"address": absolute("award_list", signed.pk)}
    return "\n\n".join([head, "\n".join(lines), foot])


def tell_of_marks(contest: Contest, marks: Iterable[QualityMark], now: dt.datetime) -> int:
    """A letter to every admin of every institution whose pages got these marks; returns how many are new."""
    issued: dict[Institution, list[QualityMark]] = defaultdict(list)
    for mark in marks:
        issued[mark.page.institution].append(mark)
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Your pages got the quality mark")
        return sum(
            post(f"mark:{issued[institution][0].pk}:{institution.pk}:{user.pk}", Kind.AWARD, user, subject=subject,
                 text=_marks_text(contest, issued[institution]), now=now, institution=institution)
            for institution, user in _admins(issued, contest.region, now)
        )  # fmt: skip


def _marks_text(contest: Contest, marks: list[QualityMark]) -> str:
    lines = [
        _("* “%(title)s”: code %(code)s, valid until %(until)s")
        % {"title": _one_line(mark.title), "code": mark.code, "until": short_day(mark.valid_until)}
        for mark in marks
    ]
    head = _("Pages of your institution got the quality mark of %(year)d.") % {"year": contest.year}
    foot = _("All marks: %(address)s") % {"address": absolute("quality_marks", contest.region.code)}
    return "\n\n".join([head, "\n".join(lines), foot])


def _one_line(title: str) -> str:
    """The network's words begin no line of ours."""
    return " ".join(title.split())


def _admins(
    institutions: Iterable[Institution], region: Region, now: dt.datetime
) -> Iterator[tuple[Institution, User]]:
    """Active admins of these institutions."""
    grants = Grant.objects.in_force(local_day(now, region.time_zone)).filter(
        role=Role.INSTITUTION_ADMIN, institution__in=list(institutions), user__is_active=True
    )
    for grant in grants.select_related("institution", "user").order_by("pk"):
        yield grant.institution, grant.user
