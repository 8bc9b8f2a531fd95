"""A quality mark without the rating and the contest that lead to it."""

import datetime as dt
from typing import Any

from awards.models import Contest, QualityMark
from monitoring.models import Page, Region
from ratings.models import Rating, RatingState
from tests.factories import official
from tests.ratings.worlds import FIRST, LAST, item, methodology

NOW = dt.datetime(2025, 1, 20, 2, tzinfo=dt.UTC)


def bare_contest(region: Region, **fields: Any) -> Contest:
    """A contest over a final rating without scores."""
    rating = Rating.objects.create(
        region=region,
        methodology=methodology(item("avatar")),
        unit="month",
        first=FIRST,
        last=LAST,
        read_to=LAST,
        state=RatingState.FINAL,
        computed_at=NOW,
    )
    given = {"title": "Премия", "year": 2024, "rules": {}, "created_at": NOW, "created_by": official(region)}
    return Contest.objects.create(region=region, rating=rating, **given | fields)


def mark_on(page: Page, code: str = "ACEHKM34", **fields: Any) -> QualityMark:
    """Issued on 20 January 2025 for a year."""
    region = page.institution.region
    contest = Contest.objects.filter(region=region).first() or bare_contest(region)
    given = {"year": 2024, "issued_on": dt.date(2025, 1, 20), "valid_until": dt.date(2026, 1, 19), "title": page.title}
    return QualityMark.objects.create(contest=contest, page=page, code=code, **given | fields)
