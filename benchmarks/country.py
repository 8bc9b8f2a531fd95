"""A made-up country for the benchmarks of screens, written by SQL: the same numbers every time.

75 regions of 4 000 pages. The first region has three years of days, months, groups and the posts of 60 days; the
others have the last 15 days. The country's last day is LAST, its clock stands at NOW.
"""

# ruff: noqa: PLC0415  Django is set up, in a child process, before anything of it is imported

import datetime as dt

from search import fill

PAGES, REGION_PAGES = 300_000, 4000
LAST = dt.date(2026, 10, 26)
NOW = "2026-10-27T12:00:00+10:00"
YEARS, FEW_DAYS, POST_DAYS = dt.timedelta(days=3 * 365), dt.timedelta(days=15), dt.timedelta(days=60)
SECTORS = 20
BATCH_REGIONS = 10


def _dice(salt: int, below: int) -> str:
    """A number from 0 to below − 1 that goes by page and day."""
    return f"(abs(hashint8(p.id * 100003 + n * 101 + {salt})) %% {below})"


# Every page of a region on every day of a range, with its size s, the day d and the day's number n.
DAYS = """monitoring_page p JOIN monitoring_institution i ON i.id = p.institution_id,
     generate_series(0, %(last)s::date - %(first)s::date) n,
     LATERAL (SELECT %(first)s::date + n AS d, 20 + abs(hashint8(p.id)) %% 15000 AS s,
                     (abs(hashint8(p.id * 7 + n)) %% 3) AS k) made
     WHERE i.region_id = ANY(%(regions)s)"""
PAGE_DAYS = f"""
    INSERT INTO monitoring_pageday (day, page_id, subscribers, subscribers_provenance, subscribers_step, collected_at,
        answer_hash, posts, own_posts, views, likes, comments, reposts, people_comments, answered_comments,
        views_provenance)
    SELECT d, p.id, s + n / 3, 'measured', 1, d + time '12:00', repeat('0', 64), k, k,
        CASE WHEN k > 0 THEN {_dice(1, 900)} END, CASE WHEN k > 0 THEN {_dice(2, 50)} END,
        CASE WHEN k > 0 THEN {_dice(3, 9)} END, CASE WHEN k > 0 THEN {_dice(4, 9)} END,
        CASE WHEN k > 0 THEN {_dice(3, 9)} END, CASE WHEN k > 0 THEN {_dice(3, 9)} / 2 END, 'measured'
    FROM {DAYS}"""
SLOTS = f"""
    INSERT INTO monitoring_slot (page_id, day, platform, status, reason, answer_hash, attempts, finished_at, posts_owed)
    SELECT p.id, d, p.platform, CASE WHEN {_dice(5, 50)} = 0 THEN 'failed' ELSE 'ok' END,
        CASE WHEN {_dice(5, 50)} = 0 THEN 'unreachable' ELSE '' END, '', 1, d + time '12:00', true
    FROM {DAYS}"""
POSTS = f"""
    INSERT INTO monitoring_post (page_id, external_id, published_at, day, kind, pinned, advertisement, text_hash,
        content, views, views_step, likes, comments, reposts, read_at, answer_minutes)
    SELECT p.id, n::text, d + time '10:00' + {_dice(6, 600)} * interval '1 minute', d,
        CASE WHEN {_dice(7, 5)} = 0 THEN 'repost' ELSE 'own' END, false, false, hashint8(p.id * 1009 + n),
        {_dice(8, 8)}, {_dice(1, 900)}, 1, {_dice(2, 50)}, {_dice(3, 9)}, {_dice(4, 9)}, d + time '23:00', '[]'
    FROM {DAYS} AND k > 0"""
STATES = """
    INSERT INTO monitoring_pagestate (page_id, subscribers, subscribers_provenance, measured_on, change_day,
        change_month, change_year, last_post_at, posts_7, posts_30, views_30, interactions_30, slot_status,
        slot_reason, sparkline)
    SELECT p.id, x.subscribers, 'measured', x.day, 0, 10, 120, x.day + time '12:00', 6, 25, 9000, 700, 'ok', '',
        (SELECT json_agg(json_build_array(x.day - 30 + n, x.subscribers - 10 + n / 3))
         FROM generate_series(1, 30) n)
    FROM monitoring_page p JOIN monitoring_pageday x ON x.page_id = p.id AND x.day = %(last)s"""
MONTHS = """
    INSERT INTO monitoring_pagemonth (month, page_id, subscribers_first, subscribers_last, days_measured, posts_days,
        posts, own_posts, views, likes, comments, reposts, subscriber_days, days_owed, days_gone, days_excused,
        active_days, weeks, weeks_1, weeks_2, weeks_3, weeks_4, weeks_5, weeks_6, weeks_7, aged_posts,
        aged_interactions, aged_audience, viewed_posts, viewed_interactions, viewed_audience, aged_views,
        people_comments, answered_comments)
    SELECT date_trunc('month', day)::date, page_id, min(subscribers), max(subscribers), count(*), count(*), sum(posts),
        sum(own_posts), sum(views), sum(likes), sum(comments), sum(reposts), sum(subscribers), count(*), 0, 0,
        count(*) FILTER (WHERE posts > 0), 4, 4, 4, 4, 3, 2, 1, 0, sum(posts),
        coalesce(sum(likes + comments + reposts), 0), sum(posts * subscribers::bigint), sum(posts),
        coalesce(sum(likes + comments + reposts), 0),
        sum(posts * subscribers::bigint), coalesce(sum(views), 0), coalesce(sum(people_comments), 0),
        coalesce(sum(answered_comments), 0)
    FROM monitoring_pageday GROUP BY 1, 2"""
KEYS = {
    "all": "left(p.platform, 0)",
    "platform": "p.platform",
    "municipality": "coalesce(i.municipality_id::text, '')",
    "sector": "coalesce(i.sector_id::text, '')",
    "level": "i.level",
    "founder": "i.founder",
}
GROUP_DAYS = """
    INSERT INTO monitoring_groupday (region_id, dimension, key, pages, measured, subscribers, posts, views,
        interactions, people_comments, answered_comments, day)
    SELECT i.region_id, '{name}', {key}, count(*), count(subscribers), sum(subscribers), sum(posts), sum(views),
        sum(likes + comments + reposts), sum(people_comments), sum(answered_comments), x.day
    FROM monitoring_pageday x JOIN monitoring_page p ON p.id = x.page_id
    JOIN monitoring_institution i ON i.id = p.institution_id GROUP BY i.region_id, {key}, x.day"""
GROUP_MONTHS = """
    INSERT INTO monitoring_groupmonth (region_id, dimension, key, pages, measured, subscribers, posts, views,
        interactions, people_comments, answered_comments, month)
    SELECT region_id, dimension, key, (array_agg(pages ORDER BY day DESC))[1],
        (array_agg(measured ORDER BY day DESC))[1], (array_agg(subscribers ORDER BY day DESC))[1], sum(posts),
        sum(views), sum(interactions), sum(people_comments), sum(answered_comments), date_trunc('month', day)::date
    FROM monitoring_groupday GROUP BY 1, 2, 3, date_trunc('month', day)"""


def make_country(pages: int = PAGES) -> None:
    """Registry, facts, roll-ups and the people who look at them; Django is set up and the schema is there."""
    fill(pages, regions=max(1, pages // REGION_PAGES))
    from django.db import connection

    from monitoring.models import Region

    regions = list(Region.objects.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO monitoring_sector (id, name) SELECT n, 'Сфера ' || n FROM generate_series(1, %s) n", [SECTORS]
        )
        cursor.execute("UPDATE monitoring_institution SET sector_id = 1 + id %% %s, level = 'municipal'", [SECTORS])
        _facts(cursor, regions[:1], YEARS, POST_DAYS)
        for at in range(1, len(regions), BATCH_REGIONS):
            _facts(cursor, regions[at : at + BATCH_REGIONS], FEW_DAYS, FEW_DAYS)
        cursor.execute(STATES, {"last": LAST})
        cursor.execute(MONTHS)
        for name, key in KEYS.items():
            cursor.execute(GROUP_DAYS.format(name=name, key=key))
        cursor.execute(GROUP_MONTHS)
        cursor.execute("VACUUM ANALYZE")
    _posts_of_months(Region.objects.get(pk=regions[0]))


def _facts(cursor: object, regions: list[int], days: dt.timedelta, post_days: dt.timedelta) -> None:
    ranges = {PAGE_DAYS: days, SLOTS: days, POSTS: post_days}
    for statement, past in ranges.items():
        cursor.execute(statement, {"first": LAST - past + dt.timedelta(days=1), "last": LAST, "regions": regions})


def _posts_of_months(region: object) -> None:
    from monitoring.rollups.posts import refresh_post_months

    refresh_post_months(region, {(LAST - dt.timedelta(days=n)).replace(day=1) for n in range(POST_DAYS.days)})
