"""The week of an institution's pages, for its admin: how they did, what happened, what to do."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gospub.accounts.models import User
from letters.links import absolute
from monitoring.dashboards.queries.checklist import POSTING_NORM
from monitoring.models import EventKind, EvidenceCard, EvidenceDecision, Institution, Page, PageEvent, Region
from monitoring.templatetags.figures import number, short_day, signed
from ratings.models import Rating, Score

from .happened import events, line
from .parts import MOST_EVENTS, Digest, Figure, Line, Part, named, shortened
from .weeks import DAYS, PageWeek, page_weeks


def write(user: User, region: Region, week: dt.date, now: dt.datetime) -> Digest | None:
    """None where nothing is known of the week, nothing happened and nothing is to be done."""
    own = Institution.objects.filter(region=region, pk__in=user.rights.institutions)
    pages = list(Page.objects.watched().filter(institution__in=own).order_by("platform", "handle"))
    weeks = page_weeks(pages, region, week)
    happened = events(own, week)
    tasks = [*_below_norm(weeks), *_unanswered(weeks), *_lost(happened), *_evidence(own, region)]
    if not tasks and not happened and not any(each.posts is not None or each.subscribers for each in weeks):
        return None
    screen = _screen(own, region)
    places = _places(own, region, user)
    return Digest(
        subject=_("Your pages in the week from %(first)s to %(last)s")
        % {"first": f"{week:%d.%m}", "last": short_day(week + dt.timedelta(days=DAYS - 1))},
        lead=", ".join(own.values_list("name", flat=True)),
        figures=[_posts(weeks), _audience(weeks), _place(places) or _comments(weeks)],
        screen=screen,
        parts=[
            Part(_("What to do"), shortened(tasks, screen)),
            Part(_("What happened"), [line(event) for event in happened[:MOST_EVENTS]]),
            Part(_("Posts of the week by page"), shortened([_page_line(each) for each in weeks], screen)),
            Part(_("Places in the rating"), shortened([_place_line(place) for place in places], screen)),
        ],
    )


def _screen(own: QuerySet[Institution], region: Region) -> Line:
    """The institution; where they are several, all their pages."""
    keys = list(own.values_list("pk", flat=True)[:2])
    url = absolute("institution", keys[0]) if len(keys) == 1 else absolute("pages", region.code)
    return Line(_("your pages with all their figures"), url)


# --- figures ----------------------------------------------------------------------------------------------------------


def _posts(weeks: list[PageWeek]) -> Figure:
    """Where a page is not known the sum would tell less than there was, so there is none."""
    owing = [each for each in weeks if each.owes]
    known = [each for each in owing if each.posts is not None]
    met = sum(each.posts >= POSTING_NORM for each in known)
    note = _("the norm of %(norm)d was met by %(met)d of %(known)d pages that have one") % {
        "norm": POSTING_NORM,
        "met": met,
        "known": len(known),
    }
    before = _sum([each.posts_before for each in weeks])
    if before is not None:
        note = _("the week before: %(posts)s") % {"posts": number(before)} + "; " + note
    return Figure(_("Posts"), number(_sum([each.posts for each in weeks])), note)


def _sum(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _audience(weeks: list[PageWeek]) -> Figure:
    measured = [each for each in weeks if each.subscribers is not None]
    compared = [each.grown for each in measured if each.grown is not None]
    notes = [_("in the week: %(change)s") % {"change": signed(sum(compared))}] if compared else []
    if len(measured) < len(weeks):
        notes.append(_("measured: %(some)d of %(all)d pages") % {"some": len(measured), "all": len(weeks)})
    return Figure(
        _("Subscribers"), number(sum(each.subscribers for each in measured) if measured else None), "; ".join(notes)
    )


def _comments(weeks: list[PageWeek]) -> Figure:
    known = [each.unanswered for each in weeks if each.unanswered is not None]
    return Figure(_("Comments without an answer"), number(sum(known) if known else None), _("under posts of the week"))


# --- what is to be done -----------------------------------------------------------------------------------------------


def _below_norm(weeks: list[PageWeek]) -> list[Line]:
    found = []
    for each in sorted(weeks, key=lambda each: each.posts or 0):
        if each.owes and each.posts is not None and each.posts < POSTING_NORM:
            text = ngettext(
                "%(page)s: %(count)d post of %(norm)d in the week; publish more.",
                "%(page)s: %(count)d posts of %(norm)d in the week; publish more.",
                each.posts,
            )
            fields = {"page": named(each.page), "count": each.posts, "norm": POSTING_NORM}
            found.append(Line(text % fields, absolute("page", each.page.pk)))
    return found


def _unanswered(weeks: list[PageWeek]) -> list[Line]:
    found = []
    for each in weeks:
        if each.unanswered:
            text = ngettext(
                "%(page)s: %(count)d comment without an answer.",
                "%(page)s: %(count)d comments without an answer.",
                each.unanswered,
            )
            fields = {"page": named(each.page), "count": each.unanswered}
            found.append(Line(text % fields, absolute("page", each.page.pk)))
    return found


def _lost(happened: list[PageEvent]) -> list[Line]:
    """State marks and ПОС widgets that were lost in the week and did not come back in it."""
    advice = {
        EventKind.MARK_LOST: (EventKind.MARK_GAINED, _("%(page)s: the state mark is gone, confirm the page again.")),
        EventKind.WIDGET_LOST: (EventKind.WIDGET_GAINED, _("%(page)s: the ПОС widget is gone, put it up again.")),
    }
    latest = {}
    for event in sorted(happened, key=lambda event: (event.day, event.pk)):
        latest[event.page_id, event.kind] = event
    found = []
    for (page, kind), event in latest.items():
        back, text = advice.get(kind, ("", ""))
        again = latest.get((page, back))
        if text and (again is None or again.day < event.day):
            found.append(Line(text % {"page": named(event.page)}, absolute("page", page)))
    return found


def _evidence(own: QuerySet[Institution], region: Region) -> list[Line]:
    count = EvidenceCard.objects.open().filter(page__institution__in=own, explanation="").count()
    if not count:
        return []
    text = ngettext(
        "%(count)d sign of gaming waits for your explanation.",
        "%(count)d signs of gaming wait for your explanation.",
        count,
    )
    return [Line(text % {"count": count}, absolute("evidence", region.code, decision=EvidenceDecision.OPEN.value))]


# --- page by page -----------------------------------------------------------------------------------------------------


def _page_line(each: PageWeek) -> Line:
    if not each.owes:
        norm = _("no norm applies")
    elif each.posts is None:
        norm = _("the norm is %(norm)d") % {"norm": POSTING_NORM}
    else:
        norm = _("norm met") if each.posts >= POSTING_NORM else _("below the norm of %(norm)d") % {"norm": POSTING_NORM}
    return Line(f"{named(each.page)}: {number(each.posts)}, {norm}", absolute("page", each.page.pk))


# --- the latest rating ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """of: how many have a place in the group. before: in the rating before by the same methodology, None = no place."""

    score: Score
    of: int
    before: int | None


def _places(own: QuerySet[Institution], region: Region, user: User) -> list[Place]:
    """Own pages and institutions in the latest rating that the user may see and that gives one of them a place; the
    best placed first. Ratings of people are left out: a letter names nobody."""
    ours = Q(page__institution__in=own) | Q(institution__in=own)
    seen = Score.objects.visible_to(user).filter(ours, rating__region=region, place__isnull=False)
    latest = seen.order_by("-rating__last", "-rating__edition", "-rating").first()
    if latest is None:
        return []
    rating = Rating.objects.select_related("methodology").get(pk=latest.rating_id)
    scores = list(seen.filter(rating=rating).select_related("page", "institution").order_by("place", "pk"))
    before = _places_before(rating, user, [score.key for score in scores])
    groups = dict(
        rating.scores.filter(group__in={score.group for score in scores}, place__isnull=False)
        .values_list("group")
        .annotate(Count("pk"))
    )
    for score in scores:
        score.rating = rating
    return [Place(score, groups[score.group], before.get(score.key)) for score in scores]


def _places_before(rating: Rating, user: User, keys: list[str]) -> dict[str, int]:
    earlier = Rating.objects.visible_to(user).filter(
        region=rating.region_id, methodology__slug=rating.methodology.slug, unit=rating.unit, last__lt=rating.first
    )
    previous = earlier.order_by("-last", "-edition").first()
    if previous is None:
        return {}
    return dict(previous.scores.filter(key__in=keys, place__isnull=False).values_list("key", "place"))


def _place(places: list[Place]) -> Figure | None:
    if not places:
        return None
    best = places[0]
    notes = [_("of %(count)s in the group") % {"count": number(best.of)}, str(best.score.rating.methodology.name)]
    if best.before is not None:
        notes.insert(1, _("before: %(place)s") % {"place": number(best.before)})
    label = _("Best place") if len(places) > 1 else _("Place in the rating")
    return Figure(label, number(best.score.place), "; ".join(notes))


def _place_line(place: Place) -> Line:
    score = place.score
    subject = named(score.page) if score.page else str(score.institution)
    text = _("%(subject)s: place %(place)s of %(of)s") % {
        "subject": subject,
        "place": number(score.place),
        "of": number(place.of),
    }
    if place.before is not None:
        text += ", " + _("before: %(place)s") % {"place": number(place.before)}
    return Line(text, absolute("score", score.pk))
