"""`manage.py rate`: a rating from the command line."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command

from gospub.accounts.models import AuditEntry
from monitoring import rollups
from ratings.models import Rating, RatingState, Score
from tests.factories import collected

from .worlds import FIRST, LAST, item, methodology, page_in, some_pages, to

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 10, 26)


def run(region, period: str = "2024-10-26", **options) -> str:
    out = io.StringIO()
    call_command("rate", region=getattr(region, "code", region), period=period, stdout=out, **options)
    return out.getvalue()


def test_it_rates_and_sums_up_by_zone(region):
    collected(page_in(region, connected_to_component=True, weekly_reach=80), DAY)
    text = run(region)
    assert Score.objects.get().points == 100
    assert region.name in text
    assert "Зелёная: 1" in text
    rating = Rating.objects.get()
    assert rating.digest in text
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.actor) == ("rating.compute", f"rating {rating.pk}", "")


def test_it_rates_by_any_stored_methodology(region):
    some_pages(region, [1, 2, 3])
    rollups.sum_up(region, FIRST, LAST)
    rules = methodology(item("engagement_by_views"))
    assert "0" in run(region, "2024-11", methodology=rules.slug)
    assert Rating.objects.get().methodology == rules


def test_it_may_run_twice(region):
    collected(page_in(region), DAY)
    for _ in range(2):
        assert run(region, verbosity=0) == ""
    assert (Rating.objects.count(), Score.objects.count()) == (1, 1)


def test_after_a_passed_rating_the_next_edition_begins(region):
    collected(page_in(region), DAY)
    run(region)
    to(Rating.objects.get(), RatingState.FINAL)
    run(region)
    assert [rating.edition for rating in Rating.objects.order_by("edition")] == [1, 2]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"region": "RU-NOWHERE"}, "RU-NOWHERE"),
        ({"period": "позавчера"}, "позавчера"),
        ({"period": "2024-13"}, "2024-13"),
        ({"methodology": "no-such"}, "no-such"),
        ({"period": "2019"}, "2019"),
    ],
)
def test_it_says_what_is_wrong(region, options, named):
    collected(page_in(region), DAY)
    with pytest.raises(CommandError, match=named):
        call_command("rate", **{"region": region.code, "period": "2024-10-26"} | options)
    assert not Rating.objects.exists()
