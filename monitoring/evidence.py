"""Signs of gaming, found in what was collected. What becomes of them: `evidence_cards`."""

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet, Sum, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lag, TruncWeek

from gospub.clock import day_bounds
from monitoring.events import JUMP_PEOPLE, JUMP_SHARE, JUMP_WITHIN
from monitoring.evidence_cards import Sign, put_up
from monitoring.models import EvidenceKind, PageDay, Post, Provenance, Region

DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
# So many days up to the present one are looked at: by then counters of posts no longer move.
WINDOW = 30 * DAY
# Views are compared over so many days before and after a jump: posts are rare, and what draws people is seen in a week.
BEFORE, AFTER = 14 * DAY, WEEK
# A jump is judged when its last post has its counters at seven days; younger posts have fewer views by their age.
RIPE = AFTER + WEEK
# A mean over fewer posts is chance.
LEAST_VIEWED = 2
# A post that so many times the subscribers have seen was carried far beyond them: by people, or by machines.
BEYOND_AUDIENCE = 3
# Where people see a post, one in two thousand reacts at the very least.
LEAST_REACTION = 0.0005
# The page's own readers used to react so many times as often as that: its habit is no explanation.
USUAL_REACTION = 5 * LEAST_REACTION
# A median of fewer posts is no habit.
LEAST_HABIT = 5
# A post that so many times the people reached in its week have seen: a person's view counts once or so.
BEYOND_REACH = 2
# The same text so often within a week is a machine's work or a filler; four are a reminder of an event.
LEAST_EQUAL, EQUAL_WITHIN = 5, WEEK
# From this share on a page mostly hands on what was sent to many; fewer posts than these make no share.
MASS_SHARE, LEAST_POSTS = 0.5, 10
# Examples that a card names.
MOST_IDS = 10


def find_evidence(region: Region, day: dt.date, now: dt.datetime) -> int:
    """Cards of the signs in the last 30 days up to `day` (a local day of the region); returns how many are new.

    A card whose spell continues is prolonged while it is open. Explanations and decisions are never touched, and a
    spell that was decided is not put up again.
    """
    signs = [
        *jumps_without_views(region, day),
        *views_without_reach(region, day),
        *equal_posts(region, day),
        *mass_posts(region, day),
    ]
    with transaction.atomic():
        return put_up(region, signs, now) if signs else 0


# --- finding ----------------------------------------------------------------------------------------


def jumps_without_views(region: Region, day: dt.date) -> Iterator[Sign]:
    """Subscribers grew by a fifth and a hundred people while the views of a post did not grow at all.

    Jumps that follow one another without a measured day between them are one. facts: since (last day before, ISO),
    before, after (subscribers), posts_…, views_… before and after: posts with views and the sum of their views.
    """
    jumps = _jumps(region, day)
    pages = {jump["page_id"] for jump in jumps}
    viewed = Post.objects.filter(page__in=pages, views__isnull=False, day__gte=day - WINDOW - BEFORE, day__lte=day)
    by_page: dict[int, list[tuple[dt.date, int, int]]] = defaultdict(list)
    sums = viewed.values("page_id", "day").annotate(n=Count("pk"), seen=Sum(Coalesce("views_7", "views")))
    for page_id, on, posts, views in sums.values_list("page_id", "day", "n", "seen") if pages else ():
        by_page[page_id].append((on, posts, views))
    for spell in _spells(jumps):
        first, last = spell[0], spell[-1]
        days = by_page[first["page_id"]]
        posts_before, views_before = _sum_of(days, first["day"] - BEFORE, first["day"] - DAY)
        posts_after, views_after = _sum_of(days, last["day"] + DAY, last["day"] + AFTER)
        if min(posts_before, posts_after) < LEAST_VIEWED or views_after * posts_before > views_before * posts_after:
            continue
        facts = {
            "since": first["before_day"].isoformat(),
            "before": first["before"],
            "after": last["subscribers"],
            "posts_before": posts_before,
            "views_before": views_before,
            "posts_after": posts_after,
            "views_after": views_after,
        }
        size = (facts["after"] - facts["before"]) / max(facts["before"], 1)
        yield Sign(first["page_id"], EvidenceKind.JUMP_WITHOUT_VIEWS, first["day"], last["day"], size, facts)


def _jumps(region: Region, day: dt.date) -> list[dict]:
    """Of every page, oldest first; what the rounding of a number may have added is no growth."""
    measured = PageDay.objects.filter(
        page__institution__region=region,
        day__range=(day - WINDOW - JUMP_WITHIN, day - RIPE),
        subscribers__isnull=False,
    ).exclude(subscribers_provenance=Provenance.ESTIMATED)

    def earlier(field: str) -> Window:
        return Window(Lag(field), partition_by=F("page"), order_by="day")

    compared = measured.annotate(before=earlier("subscribers"), before_day=earlier("day"))
    gained = compared.annotate(gain=F("subscribers") - F("before") - F("subscribers_step") + 1)
    grown = gained.filter(Q(gain__gte=JUMP_PEOPLE) & Q(gain__gte=F("before") * JUMP_SHARE))
    rows = grown.values("page_id", "day", "subscribers", "before", "before_day").order_by("page_id", "day")
    return [row for row in rows if row["day"] - row["before_day"] <= JUMP_WITHIN and row["day"] >= day - WINDOW]


def _spells(jumps: Iterable[dict]) -> Iterator[list[dict]]:
    """Jumps of one page each of which begins where the one before ended."""
    spell: list[dict] = []
    for jump in jumps:
        if spell and (spell[-1]["page_id"], spell[-1]["day"]) != (jump["page_id"], jump["before_day"]):
            yield spell
            spell = []
        spell.append(jump)
    if spell:
        yield spell


def _sum_of(days: Iterable[tuple[dt.date, int, int]], first: dt.date, last: dt.date) -> tuple[int, int]:
    """Posts and views of the days in the span (both ends included)."""
    inside = [(posts, views) for day, posts, views in days if first <= day <= last]
    return sum(posts for posts, _ in inside), sum(views for _, views in inside)


def views_without_reach(region: Region, day: dt.date) -> Iterator[Sign]:
    """Whole weeks (Monday to Sunday) whose posts were seen far beyond the audience while nobody reacted, or more often
    than the page's weekly reach allows.

    facts: week (its Monday, ISO), posts, views, interactions of the week; subscribers (the most of the week), usual
    (median interactions by view of the 30 days before), reach (weekly, people): NULL where not known.
    """
    monday = _monday(day - WINDOW + 7 * DAY)
    sunday = _monday(day + DAY) - DAY
    viewed = _posts(region, monday, sunday).filter(views__isnull=False)
    weeks = viewed.annotate(week=TruncWeek("day"), reach=F("page__weekly_reach")).values("page_id", "week", "reach")
    sums = weeks.annotate(
        n=Count("pk"),
        seen=Sum("views"),
        acted=Sum(_interactions()),
        judged=Count("pk", filter=_with_interactions()),
    ).filter(n__gte=LEAST_VIEWED)
    unliked = Q(acted__lt=F("seen") * LEAST_REACTION, judged=F("n"))
    beyond = Q(reach__gt=0, seen__gte=F("reach") * F("n") * float(BEYOND_REACH))
    rows = list(sums.filter(unliked | beyond).order_by("page_id", "week"))
    pages = {row["page_id"] for row in rows}
    audience = _weekly_audience(pages, monday, sunday)
    habits = _reactions(region, pages, monday - WINDOW, sunday)
    for row in rows:
        usual = _usual(habits[row["page_id"]], row["week"])
        subscribers = audience.get((row["page_id"], row["week"]))
        size = _times_too_many(row, subscribers, usual)
        if size is None:
            continue
        facts = {"posts": row["n"], "views": row["seen"], "interactions": row["acted"] if row["judged"] else None}
        facts |= {"subscribers": subscribers, "usual": usual, "reach": row["reach"], "week": row["week"].isoformat()}
        last = row["week"] + 6 * DAY
        yield Sign(row["page_id"], EvidenceKind.VIEWS_WITHOUT_REACH, row["week"], last, size, facts)


def _times_too_many(row: dict, subscribers: int | None, usual: float | None) -> float | None:
    """How many times the week's views exceed the audience, or else the reach; None where they are no sign."""
    silent = row["judged"] == row["n"] and row["acted"] < row["seen"] * LEAST_REACTION
    if silent and subscribers and usual is not None and usual >= USUAL_REACTION:
        times = row["seen"] / row["n"] / subscribers
        if times >= BEYOND_AUDIENCE:
            return times
    if row["reach"] and row["seen"] >= BEYOND_REACH * row["reach"] * row["n"]:
        return row["seen"] / row["n"] / row["reach"]
    return None


def _interactions() -> Combinable:
    return Coalesce("likes", 0) + Coalesce("comments", 0) + Coalesce("reposts", 0)


def _with_interactions() -> Q:
    """Posts of which the network gives any reactions."""
    return Q(likes__isnull=False) | Q(comments__isnull=False) | Q(reposts__isnull=False)


def _weekly_audience(pages: set[int], first: dt.date, last: dt.date) -> dict[tuple[int, dt.date], int]:
    """The most subscribers measured in each week, by page and Monday."""
    facts = PageDay.objects.filter(page__in=pages, day__range=(first, last), subscribers__isnull=False)
    weeks = facts.annotate(week=TruncWeek("day")).values("page_id", "week").annotate(most=Max("subscribers"))
    rows = weeks.values_list("page_id", "week", "most") if pages else ()
    return {(page_id, week): most for page_id, week, most in rows}


def _reactions(region: Region, pages: set[int], first: dt.date, last: dt.date) -> dict[int, list[tuple]]:
    """By page: day and interactions by view of every post that has both."""
    posts = _posts(region, first, last).filter(_with_interactions(), page__in=pages, views__gt=0)
    result: dict[int, list[tuple]] = defaultdict(list)
    rows = posts.annotate(acted=_interactions()).values_list("page_id", "day", "acted", "views") if pages else ()
    for page_id, on, acted, views in rows:
        result[page_id].append((on, acted / views))
    return result


def _usual(reactions: Iterable[tuple[dt.date, float]], monday: dt.date) -> float | None:
    """The median over the 30 days before the week; None where there are too few posts."""
    before = [share for on, share in reactions if monday - WINDOW <= on < monday]
    return statistics.median(before) if len(before) >= LEAST_HABIT else None


def equal_posts(region: Region, day: dt.date) -> Iterator[Sign]:
    """The same text five times or more within seven days on one page; bursts on the same days are one sign.

    facts: posts, texts (different ones), hashes of the texts, ids of the first posts in the network.
    """
    posts = _posts(region, day - WINDOW + DAY, day).filter(text_hash__isnull=False).exclude(kind=Post.Kind.REPOST)
    repeated = set(
        posts.values("page_id", "text_hash")
        .annotate(n=Count("pk"))
        .filter(n__gte=LEAST_EQUAL)
        .values_list("page_id", "text_hash")
    )
    texts: dict[tuple[int, int], list[Post]] = defaultdict(list)
    if repeated:
        some = posts.filter(page__in={page for page, _ in repeated}, text_hash__in={text for _, text in repeated})
        for post in some.order_by("published_at", "pk").only("page_id", "text_hash", "day", "external_id"):
            if (post.page_id, post.text_hash) in repeated:
                texts[post.page_id, post.text_hash].append(post)
    bursts: dict[int, list[list[Post]]] = defaultdict(list)
    for (page_id, _text), same in texts.items():
        bursts[page_id] += _bursts(same)
    for page_id, found in bursts.items():
        yield from (_burst_sign(page_id, burst) for burst in _together(found))


def _bursts(posts: list[Post]) -> list[list[Post]]:
    """Of posts with one text, oldest first: those that stand close together."""
    spans: list[list[int]] = []
    for start in range(len(posts) - LEAST_EQUAL + 1):
        end = start + LEAST_EQUAL - 1
        if posts[end].day - posts[start].day >= EQUAL_WITHIN:
            continue
        if spans and start <= spans[-1][1]:
            spans[-1][1] = end
        else:
            spans.append([start, end])
    return [posts[start : end + 1] for start, end in spans]


def _together(bursts: list[list[Post]]) -> list[list[Post]]:
    """Bursts that share days as one."""
    result: list[list[Post]] = []
    for burst in sorted(bursts, key=lambda posts: (posts[0].day, posts[0].pk)):
        if result and burst[0].day <= max(post.day for post in result[-1]):
            result[-1] = result[-1] + burst
        else:
            result.append(burst)
    return result


def _burst_sign(page_id: int, posts: list[Post]) -> Sign:
    hashes = sorted({post.text_hash for post in posts})
    ids = [post.external_id for post in posts[:MOST_IDS]]
    facts = {"posts": len(posts), "texts": len(hashes), "hashes": hashes[:MOST_IDS], "ids": ids}
    days = [post.day for post in posts]
    return Sign(page_id, EvidenceKind.EQUAL_POSTS, min(days), max(days), len(posts), facts)


def mass_posts(region: Region, day: dt.date) -> Iterator[Sign]:
    """Half or more of a page's posts of 30 days are copies that were sent to many pages. facts: posts, copies."""
    first = day - WINDOW + DAY
    sums = (
        _posts(region, first, day)
        .values("page_id")
        .annotate(n=Count("pk"), copies=Count("pk", filter=Q(kind=Post.Kind.COPY)))
        .filter(n__gte=LEAST_POSTS, copies__gte=F("n") * MASS_SHARE)
    )
    for page_id, posts, copies in sums.order_by("page_id").values_list("page_id", "n", "copies"):
        facts = {"posts": posts, "copies": copies}
        yield Sign(page_id, EvidenceKind.MASS_POSTS, first, day, copies / posts, facts)


def _posts(region: Region, first: dt.date, last: dt.date) -> QuerySet[Post]:
    """Posts of the region's pages on local days (both ends included), by the moment, which an index knows."""
    start, end = day_bounds(first, region.time_zone)[0], day_bounds(last, region.time_zone)[1]
    return Post.objects.filter(page__institution__region=region, published_at__gte=start, published_at__lt=end)


def _monday(day: dt.date) -> dt.date:
    """The Monday of its week."""
    return day - day.weekday() * DAY
