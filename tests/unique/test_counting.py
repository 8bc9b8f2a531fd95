"""A region's unique audience over HTTP against the simulator, where the truth is known: people overlap for real."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring import tasks
from monitoring.collection import rests, turns
from monitoring.models import (
    AccessPause,
    AudienceGroup,
    AudienceRun,
    CallCount,
    MemberSketch,
    Municipality,
    Page,
    Region,
    RunState,
    Slot,
)
from monitoring.platforms.vk import Vk
from monitoring.simulator.demo import DEMO_MOMENT, TODAY, ZARECHNAYA, demo_world
from monitoring.unique import counting
from monitoring.unique.sketches import overlap
from tests.factories import InstitutionFactory, MunicipalityFactory, PageFactory, RegionFactory, analyst, operator

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = 60


def world_pages() -> list:
    """Pages of the simulated region on VK that show who subscribes, the same each time."""
    found = demo_world(ZARECHNAYA.code).pages
    shown = [p for p in found if p.platform == "vk" and p.exists(TODAY) and not p.hidden and p.looks.access == "open"]
    return sorted(shown, key=lambda page: page.key)[:PAGES]


def people_of(page) -> set[int]:
    """Who subscribes to a simulated page."""
    world = demo_world(ZARECHNAYA.code)
    return set(world.people.of(page, 0, world.subscribers(page, TODAY)))


@pytest.fixture
def region(simulator) -> Region:
    """The region with its pages on VK, by their own municipalities, and counting allowed; no call was made today."""
    turns.turns.cache_clear()
    rests.rests_of.cache_clear()
    region = RegionFactory(time_zone=ZARECHNAYA.zone)
    places: dict[str, Municipality] = {}
    for each in world_pages():
        name = each.institution.place.name
        places[name] = places.get(name) or MunicipalityFactory(region=region, name=name)
        PageFactory(
            institution=InstitutionFactory(region=region, municipality=places[name]),
            handle=each.handle_on(TODAY),
            external_id=each.external_id,
        )
    counting.switch(region, on=True, user=operator(), now=DEMO_MOMENT)
    return region


def count(region: Region, seconds: float = 60, moment: dt.datetime = DEMO_MOMENT) -> AudienceRun:
    """Start unless it is under way, and work."""
    run = AudienceRun.objects.filter(region=region, state=RunState.RUNNING).first()
    run = run or counting.start(region, analyst(region), DEMO_MOMENT)
    counting.work(lambda: moment, threading.Event(), seconds)
    run.refresh_from_db()
    return run


def test_the_estimate_is_what_the_lists_say(region):
    run = count(region)
    truth = set().union(*map(people_of, world_pages()))
    subscriptions = sum(len(people_of(page)) for page in world_pages())
    whole = run.groups.get(dimension="all")
    assert run.state == RunState.DONE
    assert (whole.pages, whole.read, whole.members) == (PAGES, PAGES, subscriptions)
    assert subscriptions > 1.1 * len(truth)  # they overlap for real
    assert whole.low <= len(truth) <= whole.high
    assert whole.people == pytest.approx(len(truth), rel=0.02)


def test_the_overlap_of_two_municipalities_is_what_the_lists_say(region):
    run = count(region)
    by_place: dict[str, set[int]] = {}
    for page in world_pages():
        by_place.setdefault(page.institution.place.name, set()).update(people_of(page))
    one, other = sorted(by_place, key=lambda name: -len(by_place[name]))[:2]
    keys = {str(place.pk): place.name for place in Municipality.objects.filter(region=region)}
    thetas = {keys[row.key]: row.theta for row in run.groups.filter(dimension="municipality")}
    found, truth = overlap(thetas[one], thetas[other]), len(by_place[one] & by_place[other])
    assert truth > 0
    assert found.low <= truth <= found.high


def test_an_interrupted_count_goes_on_where_it_was(region, monkeypatch, simulator):
    asked = []
    read = Vk.read_members

    def interrupted(self, asks):
        if len(asked) == 1:
            raise KeyboardInterrupt  # the worker is killed
        asked.append(asks)
        return read(self, asks)

    monkeypatch.setattr(Vk, "read_members", interrupted)
    with pytest.raises(KeyboardInterrupt):
        count(region)
    run = AudienceRun.objects.get()
    done = set(MemberSketch.objects.filter(done=True).values_list("page", flat=True))
    assert (run.state, bool(done)) == (RunState.RUNNING, True)
    monkeypatch.setattr(Vk, "read_members", lambda self, asks: asked.append(asks) or read(self, asks))
    run = count(region)
    assert run.state == RunState.DONE
    assert not {ask.page_id for asks in asked[1:] for ask in asks} & done
    truth = set().union(*map(people_of, world_pages()))
    assert run.groups.get(dimension="all").people == pytest.approx(len(truth), rel=0.02)


def test_the_calls_are_counted_and_end_with_the_days_budget(region, settings):
    settings.VK_MEMBERS_A_DAY = 30
    run = count(region)
    spent = CallCount.objects.get(method="groups.getMembers").calls
    assert 0 < spent <= 30
    assert run.state == RunState.RUNNING
    assert run.not_before > DEMO_MOMENT  # until the network's next day
    assert AccessPause.objects.get().method == "groups.getMembers"
    assert count(region).state == RunState.RUNNING  # it is not asked before
    settings.VK_MEMBERS_A_DAY = 5000
    assert count(region, moment=run.not_before + dt.timedelta(seconds=1)).state == RunState.DONE


def test_a_service_token_reads_page_by_page(region, settings, simulator):
    settings.VK_TOKENS = ["service:sim-vk-service"]
    simulator.set_faults(["vk_service_execute_forbidden"])
    assert count(region).state == RunState.DONE


def test_pages_that_hide_their_members_are_told_as_not_read(region, simulator):
    page = world_pages()[0]
    simulator.change_page("vk", page.external_id, "closed")
    whole = count(region).groups.get(dimension="all")
    assert (whole.pages, whole.read) == (PAGES, PAGES - 1)
    assert MemberSketch.objects.get(page__external_id=page.external_id).failure == "closed"


def test_collection_goes_first(region):
    Slot.objects.create(page=Page.objects.first(), day=TODAY)
    run = count(region)
    assert (run.state, MemberSketch.objects.filter(done=True).count()) == (RunState.RUNNING, 0)
    Slot.objects.all().delete()
    assert count(region).state == RunState.DONE


def test_nothing_is_read_while_it_is_off_or_without_a_key(region, settings):
    counting.switch(region, on=False, user=operator(), now=DEMO_MOMENT)
    with pytest.raises(counting.NotPossibleError):
        counting.start(region, analyst(region), DEMO_MOMENT)
    counting.switch(region, on=True, user=operator(), now=DEMO_MOMENT)
    settings.AUDIENCE_KEY = ""
    with pytest.raises(counting.NotPossibleError):
        counting.start(region, analyst(region), DEMO_MOMENT)


def test_switching_off_stops_a_count_and_forgets_its_sketches(region):
    counting.start(region, analyst(region), DEMO_MOMENT)
    counting.switch(region, on=False, user=operator(), now=DEMO_MOMENT)
    assert AudienceRun.objects.get().state == RunState.STOPPED
    assert not MemberSketch.objects.exists()
    actions = AuditEntry.objects.filter(action__startswith="audience.").values_list("action", flat=True)
    assert set(actions) == {"audience.switch", "audience.start", "audience.stop"}


def test_one_count_at_a_time(region):
    counting.start(region, analyst(region), DEMO_MOMENT)
    with pytest.raises(counting.NotPossibleError):
        counting.start(region, analyst(region), DEMO_MOMENT)


def test_a_later_count_takes_the_place_of_the_one_before(region):
    first, second = count(region), count(region)
    assert first.pk != second.pk
    assert not AudienceGroup.objects.filter(run=first).exclude(theta=b"").exists()
    assert set(MemberSketch.objects.values_list("run", flat=True)) == {second.pk}


def test_no_number_of_a_person_is_in_the_base(region):
    count(region)
    numbers = [str(each) for each in sorted(people_of(world_pages()[0]))[:50]]
    with connection.cursor() as cursor:
        for model in (MemberSketch, AudienceGroup, AudienceRun):
            names = [
                field.column for field in model._meta.concrete_fields if field.get_internal_type() != "BinaryField"
            ]
            cursor.execute(f"SELECT {', '.join(names)} FROM {model._meta.db_table}")
            text = str(cursor.fetchall())
            assert not any(number in text for number in numbers)


def test_the_task_works_off_what_is_under_way(region, settings):
    settings.DEMO_CLOCK = DEMO_MOMENT.isoformat()
    counting.start(region, analyst(region), DEMO_MOMENT)
    tasks.unique_audience()
    assert AudienceRun.objects.get().state == RunState.DONE


def test_the_screen_tells_the_figure_with_its_error_and_an_overlap(region):
    count(region)
    client = Client()
    client.force_login(analyst(region))
    address = reverse("unique_audience", args=[region.code])
    html = client.get(address).content.decode()
    assert "С вероятностью 95 %" in html.replace("\u00a0", " ")
    keys = AudienceGroup.objects.filter(dimension="municipality").order_by("-people").values_list("key", flat=True)[:2]
    html = client.get(f"{address}?a=municipality:{keys[0]}&b=municipality:{keys[1]}").content.decode()
    assert "И там, и там" in html


def test_only_an_operator_allows_it_and_who_keeps_the_registry_starts_it(region):
    keeper, runs = Client(), Client()
    keeper.force_login(analyst(region))
    runs.force_login(operator())
    address = reverse("unique_audience", args=[region.code])
    assert keeper.post(address, {"do": "off"}).status_code == 403
    assert keeper.post(address, {"do": "start"}).status_code == 302
    assert AudienceRun.objects.get().state == RunState.RUNNING
    assert runs.post(address, {"do": "off"}).status_code == 302
    assert AudienceRun.objects.get().state == RunState.STOPPED


def test_the_screen_asks_few_queries(region, django_assert_max_num_queries):
    count(region)
    client = Client()
    client.force_login(analyst(region))
    address = reverse("unique_audience", args=[region.code])
    client.get(address)
    with django_assert_max_num_queries(14):
        client.get(address)
