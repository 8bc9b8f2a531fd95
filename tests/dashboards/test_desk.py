"""The analyst's desk: what waits, how much and since when, each number equal to the list that it leads to."""

import datetime as dt
import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals.models import Appeal, AppealState
from awards.models import AwardList
from compliance.models import Goal, Step
from gospub.accounts.models import Grant, Invitation, Role
from monitoring.dashboards.queries.desk import desk
from monitoring.models import (
    Dimension,
    EventKind,
    GapExcuse,
    GroupDay,
    Page,
    PageEvent,
    PageState,
    PageStatus,
    Region,
    SuspectState,
)
from ratings.models import Passage, RatingState
from ratings.periods import read_period
from tests.awards.marks.worlds import bare_contest
from tests.factories import (
    EvidenceFactory,
    InstitutionFactory,
    PageFactory,
    RegionFactory,
    SuspectFactory,
    analyst,
    auditor,
    institution_admin,
    official,
    operator,
)
from tests.ratings.worlds import item, methodology, rate, some_pages

from .conftest import DAY
from .test_overview import text_of
from .test_sleeping import page as sleeper

OCTOBER = read_period("2024-10")
NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)  # noon in Vladivostok


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


def page(region: Region, **state) -> Page:
    """An open page that was read today; `state`: of its PageState."""
    fields = {name: state.pop(name) for name in ("status", "title") if name in state}
    found = PageFactory(institution=InstitutionFactory(region=region), **{"status": PageStatus.OPEN} | fields)
    PageState.objects.create(page=found, **{"measured_on": DAY, "subscribers": 5, "slot_status": "ok"} | state)
    return found


def waits(region: Region, user=None) -> dict[str, tuple[int, int | None]]:
    """{title: (how many, days of the oldest)} of everything on the desk."""
    found = desk(region, user or analyst(region), NOW)
    return {str(each.title): (each.count, each.days) for _part, items in found for each in items}


def lists(client: Client, region: Region) -> dict[str, str]:
    """{title: where it leads} of the screen."""
    html = client.get(reverse("region_desk", args=[region.code])).content.decode()
    main = html[html.index("<main") :]
    return {text: url.replace("&amp;", "&") for url, text in re.findall(r'<li>\s*<a href="([^"]+)">([^<]+)</a>', main)}


def test_nothing_to_do_is_said_with_the_moment(region, analyst_client):
    page(region)
    text = text_of(analyst_client.get(reverse("region_desk", args=[region.code])))
    assert "Всё в порядке" in text
    assert "26.10.2024, 12:00" in text


def test_what_waits_for_a_decision_stands_with_number_and_age(region):
    SuspectFactory(page=page(region), day=ago(5))
    SuspectFactory(page=page(region), day=ago(2))
    SuspectFactory(page=page(region), day=ago(9), state=SuspectState.REJECTED)
    EvidenceFactory(page=page(region), found_at=NOW - dt.timedelta(days=3))
    assert waits(region) == {"Сомнительные числа": (2, 5), "Признаки накрутки": (1, 3)}


def test_pages_that_are_gone_or_renamed_stand_with_the_day_of_it(region):
    taken = page(region, status=PageStatus.REPLACED)
    PageEvent.objects.create(page=taken, day=ago(30), kind=EventKind.BLOCKED)
    PageEvent.objects.create(page=taken, day=ago(4), kind=EventKind.REPLACED)
    for days in (3, 9):
        PageEvent.objects.create(page=page(region), day=ago(days), kind=EventKind.RENAMED, old="a", new="b")
    assert sorted(waits(region).values()) == [(1, 3), (1, 4)]


def test_pages_not_collected_are_counted_but_not_those_that_hide_or_are_gone(region):
    page(region, slot_status="failed", slot_reason="unreachable", measured_on=ago(1))
    page(region, slot_status="failed", slot_reason="closed", status=PageStatus.CLOSED, measured_on=ago(20))
    assert list(waits(region).values()) == [(1, 1)]
    page(region, measured_on=ago(10))
    assert sorted(waits(region).values()) == [(1, 1), (1, 10)]


def test_days_with_gaps_go_when_they_are_excused(region):
    for platform, days, measured in (("vk", 3, 90), ("ok", 2, 90), ("vk", 1, 96), ("vk", 0, 0), ("vk", 40, 0)):
        GroupDay.objects.create(
            region=region, dimension=Dimension.PLATFORM, key=platform, day=ago(days), pages=100, measured=measured
        )
    assert list(waits(region).values()) == [(2, 3)]
    GapExcuse.objects.create(
        region=region, platform="vk", first=ago(4), last=ago(3), reason="Сбой сети", declared_at=NOW
    )
    assert list(waits(region).values()) == [(1, 2)]


def test_sleeping_pages_stand_with_the_longest_sleep(region):
    sleeper(region, silent=20)
    sleeper(region, silent=60)
    assert list(waits(region).values()) == [(2, 60)]


def test_appeals_and_award_lists_wait_too(region):
    some_pages(region, [1, 2], ago(6), DAY)
    rating = rate(region, methodology(item("engagement_by_views")), OCTOBER, now=NOW)
    score = rating.scores.first()
    Appeal.objects.create(
        score=score, institution=score.page.institution, item="a", indicator="a", author=operator(), text="Нет",
        state=AppealState.FILED, until=DAY, changed_at=NOW, filed_at=NOW - dt.timedelta(days=2),
    )  # fmt: skip
    contest = bare_contest(region)
    AwardList.objects.create(contest=contest, proposed_at=NOW - dt.timedelta(days=8))
    AwardList.objects.create(contest=contest, edition=2, proposed_at=NOW, signed_at=NOW, signed_by=operator())
    found = waits(region)
    assert (1, 2) in found.values()
    assert (1, 8) in found.values()


def test_a_preliminary_rating_waits_to_be_final(region):
    some_pages(region, [1, 2], ago(6), DAY)
    rating = rate(region, methodology(item("engagement_by_views")), OCTOBER, now=NOW)
    rating.state = RatingState.PRELIMINARY
    rating.save()
    before = dt.timedelta(days=6)
    Passage.objects.create(rating=rating, state=RatingState.PRELIMINARY, at=NOW - before, by=operator())
    assert (1, 6) in waits(region).values()


def test_terms_of_the_road_map_are_told_only_while_the_step_is_not_done(region):
    met = page(region)
    for goal, days in ((Goal.ANY, 5), (Goal.TELEGRAM, 12), (Goal.POSTING, 2)):
        Step.objects.create(region=region, goal=goal, due=ago(days), created_at=NOW, created_by=operator())
    Step.objects.create(region=region, goal=Goal.MAX, due=ago(-9), created_at=NOW, created_by=operator())
    Step.objects.create(region=region, goal=Goal.OK, due=ago(-19), created_at=NOW, created_by=operator())
    assert met.platform == "vk"
    assert sorted(waits(region).values()) == [(1, -9), (2, 12)]


def test_invitations_that_expire_stand_on_the_desk_of_those_who_may_invite(region):
    keeper = analyst(region)
    scope = {"role": Role.INSTITUTION_ADMIN, "region": region, "institution": InstitutionFactory(region=region)}
    for number, hours in enumerate((20, 100)):
        Invitation.objects.create(
            email=f"a{number}@example.org", token_digest=f"{number}", invited_by=keeper, created_at=NOW,
            expires_at=NOW + dt.timedelta(hours=hours), **scope,
        )  # fmt: skip
    assert list(waits(region, keeper).values()) == [(1, -1)]
    assert waits(region, official(region)) == {}


def test_every_number_is_that_of_the_list_it_leads_to(region, analyst_client):
    SuspectFactory(page=page(region))
    SuspectFactory(page=page(region), state=SuspectState.CONFIRMED)
    EvidenceFactory(page=page(region))
    PageEvent.objects.create(page=page(region, status=PageStatus.DELETED), day=ago(1), kind=EventKind.DELETED)
    page(region, slot_status="failed", slot_reason="unreachable")
    page(region, measured_on=ago(10))
    PageEvent.objects.create(page=page(region), day=ago(1), kind=EventKind.RENAMED)
    sleeper(region, silent=30)
    found = lists(analyst_client, region)
    assert len(found) == 7
    for title, url in found.items():
        response = analyst_client.get(url)
        assert response.context["table"].total == 1, title


def test_regions_do_not_mix(region):
    SuspectFactory(page=page(RegionFactory()))
    sleeper(RegionFactory(), silent=30)
    assert waits(region) == {}


def test_it_is_the_first_screen_of_the_analyst_and_the_overview_that_of_the_others(region):
    for user, screen in (
        (analyst(region), "region_desk"),
        (official(region), "overview"),
        (auditor(region), "overview"),
    ):
        client = Client()
        client.force_login(user)
        assert client.get(reverse("home")).url == reverse(screen, args=[region.code])


def test_those_who_do_not_see_the_region_have_no_desk_of_it(region):
    client = Client()
    client.force_login(institution_admin(InstitutionFactory(region=region)))
    assert client.get(reverse("region_desk", args=[region.code])).status_code == 404
    assert not Grant.objects.filter(role=Role.ANALYST).exists()


def queries_of(client: Client, region: Region) -> int:
    with CaptureQueriesContext(connection) as found:
        client.get(reverse("region_desk", args=[region.code]))
    return len(found)


def test_the_number_of_queries_is_the_same_for_few_and_many(region, analyst_client):
    SuspectFactory(page=page(region))
    few = queries_of(analyst_client, region)
    for _number in range(30):
        SuspectFactory(page=page(region))
        EvidenceFactory(page=page(region, slot_status="failed"))
        sleeper(region, silent=30)
    assert queries_of(analyst_client, region) == few
    assert few <= 12


def test_terms_that_have_to_be_computed_cost_no_more_with_many_steps(region, analyst_client):
    Step.objects.create(region=region, goal=Goal.POSTING, due=ago(2), created_at=NOW, created_by=operator())
    Step.objects.create(region=region, goal=Goal.OK, due=ago(2), created_at=NOW, created_by=operator())
    page(region)
    few = queries_of(analyst_client, region)
    for goal in (Goal.ANY, Goal.VK, Goal.MAX, Goal.AVATAR, Goal.COVER):
        Step.objects.create(region=region, goal=goal, due=ago(2), created_at=NOW, created_by=operator())
    for _number in range(20):
        page(region)
    assert queries_of(analyst_client, region) == few
    assert few <= 20
