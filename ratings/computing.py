"""A rating of a region: sums by SQL, scores by the engine, rows written in bulk."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max, Q, Sum

from gospub.clock import local_day
from monitoring.models import Page, PageDay, PageProfile, Region, Slot, SlotStatus
from monitoring.models.measures import GONE_REASONS

from .digests import digest
from .engine import ItemScore, PageScore, rate
from .indicators import PageInputs
from .models import Methodology, Rating, Score
from .presets import read_preset
from .rules import read_rules

WEEK = dt.timedelta(days=7)


class NothingToRateError(Exception):
    """No page of the region was owed a reading that day, or no version of the methodology was in force."""


def store_preset(slug: str) -> None:
    """Write the versions of a preset that are not stored yet; KeyError where there is no such preset."""
    preset = read_preset(slug)
    for data in preset["versions"]:
        Methodology.objects.get_or_create(
            slug=slug,
            version=data["version"],
            defaults={"name": preset["name"], "since": data["since"], "until": data["until"], "data": data},
        )


def compute(region: Region, day: dt.date, slug: str, now: dt.datetime) -> Rating:
    """Rate the region's pages on a local day; the same day again rewrites the same rows.

    Raises NothingToRateError.
    """
    methodology = Methodology.objects.in_force(slug, day)
    if methodology is None:
        raise NothingToRateError(f"{slug} was not in force on {day}")
    rules = read_rules(methodology.data)
    pages = existing_pages(region, rules.platform, day)
    if not pages:
        raise NothingToRateError(f"{region} owed no readings on {day}")
    scores = rate(rules, inputs(region, pages, day))
    with transaction.atomic():
        rating, _ = Rating.objects.update_or_create(
            region=region, methodology=methodology, day=day, defaults={"computed_at": now}
        )
        write_scores(rating, pages, scores)
        rating.digest = digest(rating)
        rating.save(update_fields=["digest"])
    return rating


def existing_pages(region: Region, platform: str, day: dt.date) -> list[Page]:
    """Pages of that network that were owed a reading that day and were not found to be gone."""
    slots = Slot.objects.filter(day=day, page__institution__region=region, page__platform=platform)
    alive = slots.exclude(status=SlotStatus.FAILED, reason__in=GONE_REASONS)
    return list(Page.objects.filter(pk__in=alive.values("page")).order_by("pk"))


def inputs(region: Region, pages: Iterable[Page], day: dt.date) -> dict[int, PageInputs]:
    """What is known of each page on that day. A page that was never measured by then is absent."""
    profiles = profiles_on(region, day)
    sums = day_sums(region, day)
    return {
        page.pk: _inputs(page, profiles[page.pk], sums.get(page.pk, DaySums(None, None)), day, region.time_zone)
        for page in pages
        if page.pk in profiles
    }


def profiles_on(region: Region, day: dt.date) -> dict[int, PageProfile]:
    """What each page showed of itself on that day, by its key."""
    profiles = PageProfile.objects.filter(page__institution__region=region, since__lte=day)
    return {profile.page_id: profile for profile in profiles.order_by("since")}


class DaySums(NamedTuple):
    """posts: of the last seven local days, as far as they were read. subscribers: of the day itself."""

    posts: int | None
    subscribers: int | None


def day_sums(region: Region, day: dt.date) -> dict[int, DaySums]:
    """What the page days give, by page; a page without any is absent."""
    days = PageDay.objects.filter(page__institution__region=region, day__gt=day - WEEK, day__lte=day)
    rows = days.values("page").annotate(week=Sum("posts"), today=Max("subscribers", filter=Q(day=day)))
    return {row["page"]: DaySums(row["week"], row["today"]) for row in rows}


def _inputs(page: Page, profile: PageProfile, sums: DaySums, day: dt.date, zone: str) -> PageInputs:
    return PageInputs(
        page_class=page.page_class,
        state_mark=profile.state_mark,
        connected_to_component=page.connected_to_component,
        has_avatar=profile.has_avatar,
        has_description=profile.has_description,
        has_cover=profile.has_cover,
        widgets=profile.widgets,
        posts_in_week=(sums.posts or 0) if posts_are_known(page, day, zone) else None,
        weekly_reach=page.weekly_reach,
        subscribers=sums.subscribers,
    )


def posts_are_known(page: Page, day: dt.date, zone: str) -> bool:
    """Whether every post of the seven local days up to `day` was read."""
    if page.posts_known_from is None or page.posts_known_to is None:
        return False
    return page.posts_known_from <= day - WEEK + dt.timedelta(days=1) and local_day(page.posts_known_to, zone) >= day


def write_scores(rating: Rating, pages: Iterable[Page], scores: dict[int, PageScore]) -> None:
    """Upsert a row for every page, an empty one for a page that was never measured; drop rows of other pages."""
    rows = [_row(rating, page, scores.get(page.pk)) for page in pages]
    Score.objects.bulk_create(
        rows,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["rating", "page"],
        update_fields=["points", "zone", "place", "items"],
    )
    rated = {row.page_id for row in rows}
    stored = Score.objects.filter(rating=rating).values_list("pk", "page_id")
    Score.objects.filter(pk__in=[pk for pk, page in stored if page not in rated]).delete()


def _row(rating: Rating, page: Page, score: PageScore | None) -> Score:
    if score is None:
        return Score(rating=rating, page=page)
    items = [_item(item) for item in score.items]
    return Score(rating=rating, page=page, points=score.points, zone=score.zone, place=score.place, items=items)


def _item(item: ItemScore) -> dict[str, object]:
    return {
        "indicator": item.indicator,
        "state": str(item.state),
        "value": _plain(item.value),
        "points": _plain(item.points),
        "max": _plain(item.max_points),
    }


def _plain(number: Fraction | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number.denominator == 1 else float(number)
