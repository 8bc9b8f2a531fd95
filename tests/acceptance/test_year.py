"""A year of a whole region is closed in minutes: its days summed up, its pages rated, the bundle proven."""

import datetime as dt
import time

import pytest
from django.core.management import call_command
from django.db import connection

from monitoring import rollups
from monitoring.models import Institution, Page, PageDay, PlatformCode, Post, Region
from ratings.bundle import write_bundle
from ratings.computing import compute
from ratings.models import RatingState
from ratings.periods import read_period
from tests.factories import RegionFactory, SectorFactory
from tests.ratings.years import item, make_methodology

pytestmark = [pytest.mark.demo, pytest.mark.django_db]

YEAR = read_period("2023")
NOW = dt.datetime(2024, 1, 20, 2, tzinfo=dt.UTC)
PAGES = 3465  # of the Novosibirsk region in 2023
MINUTES = 5
SLOTS = """
    INSERT INTO monitoring_slot (page_id, day, platform, status, reason, answer_hash, attempts, finished_at,
                                 posts_owed)
    SELECT p.id, d.day, p.platform, 'ok', '', '', 1, %(then)s, true FROM monitoring_page p, year_days d
"""
DAYS = """
    INSERT INTO monitoring_pageday (page_id, day, subscribers, subscribers_provenance, subscribers_step, collected_at,
                                    answer_hash, posts, own_posts, views_provenance)
    SELECT p.id, d.day, 50 + p.id %% 900 + d.number * (p.id %% 3) / 9, 'measured', 1, %(then)s, '',
           CASE WHEN (d.number + p.id) %% (2 + p.id %% 6) = 0 THEN 1 END,
           CASE WHEN (d.number + p.id) %% (2 + p.id %% 6) = 0 THEN p.id %% 2 END, 'measured'
    FROM monitoring_page p, year_days d
"""
POSTS = """
    INSERT INTO monitoring_post (page_id, external_id, published_at, day, kind, pinned, advertisement, views_step,
                                 read_at, aged_at, views_7, likes_7, comments_7, reposts_7, answer_minutes)
    SELECT f.page_id, CAST(d.number AS varchar(9)), %(then)s, f.day, 'own', false, false, 1,
           %(then)s, %(then)s, 90 + f.page_id %% 70, f.page_id %% 11, 1, 0, %(none)s
    FROM monitoring_pageday f JOIN year_days d ON d.day = f.day WHERE f.posts > 0
"""


@pytest.fixture
def region() -> Region:
    """Every page collected on every day of the year, with a post every two to seven days."""
    region = RegionFactory()
    sectors = [SectorFactory(name=f"Сфера {n}") for n in range(5)]
    places = Institution.objects.bulk_create(
        Institution(region=region, name=f"Учреждение {n}", sector=sectors[n % 5], level="other") for n in range(500)
    )
    known_to = dt.datetime.combine(YEAR.last + dt.timedelta(days=9), dt.time(9), dt.UTC)
    Page.objects.bulk_create(
        Page(
            institution=places[n % 500],
            platform=PlatformCode.VK,
            handle=f"page{n}",
            added_on=YEAR.first,
            posts_known_from=YEAR.first - dt.timedelta(days=9),
            posts_known_to=known_to,
        )
        for n in range(PAGES)
    )
    days = [(YEAR.first + dt.timedelta(days=n), n) for n in range(YEAR.days)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE year_days (day date, number integer)")
        cursor.executemany("INSERT INTO year_days VALUES (%s, %s)", days)
        for statement in (SLOTS, DAYS, POSTS):
            cursor.execute(statement, {"then": NOW - dt.timedelta(days=9), "none": "[]"})
        cursor.execute("ANALYZE")  # as autovacuum would have done in the course of the year
    return region


def test_a_year_of_3465_pages_is_closed_in_minutes(region, tmp_path):
    assert PageDay.objects.count() == PAGES * 365
    assert Post.objects.count() > 275_000
    make_methodology(
        item("posting_norm", "target", "25", target="1"),
        item("engagement_by_views", weight="25"),
        item("growth", weight="15"),
        item("own_content", "target", "10", target="0.7"),
        peers={"by": ["sector", "size"], "least": 8, "sizes": ["500"]},
        eligibility={"days": 180, "posts": 12, "collected": "0.9"},
        line={"places": 3},
    )
    began = time.monotonic()
    rollups.sum_up(region, YEAR.first, YEAR.last)
    rating = compute(region, YEAR, "own", NOW)
    rating.state = RatingState.FINAL
    rating.save()
    (tmp_path / "year.bundle").write_bytes(write_bundle(rating, NOW))
    call_command("verify_bundle", str(tmp_path / "year.bundle"), verbosity=0)
    seconds = time.monotonic() - began
    assert rating.scores.filter(place__isnull=False).count() == PAGES
    assert seconds < MINUTES * 60
