"""Each network end to end: the clients against the simulator, its quirks and its faults."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from monitoring.platforms import connect, tokens_for
from monitoring.platforms.access import Access
from monitoring.platforms.base import Failure, PageReading, PageRef, Platform, PlatformError, PosWidget
from monitoring.simulator.demo import DEMO_MOMENT, KHABAROVSK, ZARECHNAYA, demo_world
from monitoring.simulator.world import Page

from .wire import back_to, calls

RECORDED = Path(django_settings.BASE_DIR).parent / "shared" / "data" / "vk_groups_getById_amur.json"
TODAY = DEMO_MOMENT.date()
SINCE = DEMO_MOMENT - dt.timedelta(days=30)
NETWORKS = ("vk", "ok", "telegram", "max")


@pytest.fixture
def client(simulator) -> Iterator[Callable[[str], Platform]]:
    """Makes clients of the simulated networks."""
    made: list[Platform] = []

    def make(code: str) -> Platform:
        made.append(connect(code, Access(tokens_for(code))))
        return made[-1]

    yield make
    for one in made:
        one.close()


def pages(platform: str, region: str = ZARECHNAYA.code) -> list[Page]:
    """The pages of a demo region that exist on its day and show their figures."""
    found = demo_world(region).pages
    return [page for page in found if page.platform == platform and page.exists(TODAY) and not page.hidden]


def ref(page: Page, with_id: bool = True, check_mark: bool = False) -> PageRef:
    external_id = page.external_id if with_id else ""
    return PageRef(page.key, page.handle, external_id, page.institution.ogrn, check_mark)


def subscribers(page: Page) -> int:
    region = next(code for code in (KHABAROVSK.code, ZARECHNAYA.code) if page in demo_world(code).pages)
    return demo_world(region).audience.subscribers(page, TODAY)


def known(readings: list[PageReading]) -> dict[int, int | None]:
    return {reading.page_id: reading.subscribers for reading in readings}


@pytest.mark.parametrize("platform", NETWORKS)
class TestEveryNetwork:
    def test_each_page_has_its_own_exact_count(self, client, platform):
        chosen = pages(platform)
        readings = client(platform).read_pages([ref(page) for page in chosen])
        assert known(readings) == {page.key: subscribers(page) for page in chosen}
        assert {reading.subscribers_step for reading in readings} == {1}

    def test_a_page_is_found_by_its_short_name_alone(self, client, platform):
        chosen = pages(platform)[:3]
        readings = client(platform).read_pages([ref(page, with_id=False) for page in chosen])
        assert known(readings) == {page.key: subscribers(page) for page in chosen}

    def test_what_was_read_has_a_proof(self, client, platform):
        reading = client(platform).read_pages([ref(pages(platform)[0])])[0]
        assert len(reading.answer_hash) == 64

    def test_a_free_name_is_not_found(self, client, platform):
        readings = client(platform).read_pages([PageRef(1, "nobody_has_this_name"), ref(pages(platform)[0])])
        failures = {reading.page_id: reading.failure for reading in readings}
        assert failures == {1: Failure.NOT_FOUND, pages(platform)[0].key: None}

    def test_the_posts_of_a_month_come_back_once_each(self, client, platform):
        walls = client(platform).read_walls(back_to(SINCE, [ref(page) for page in pages(platform)[:10]]))
        read = [wall for wall in walls if wall.failure is None]
        assert read
        for wall in read:
            ids = [post.external_id for post in wall.posts]
            assert len(ids) == len(set(ids))
            assert all(SINCE <= post.published_at <= DEMO_MOMENT for post in wall.posts)
            assert wall.complete_since == SINCE

    @pytest.mark.parametrize(
        ("fault", "failure"),
        [
            ("http_500", Failure.UNREACHABLE),
            ("reset", Failure.UNREACHABLE),
            ("html_instead_of_json", Failure.BAD_ANSWER),
            ("truncated_json", Failure.BAD_ANSWER),
            ("broken_gzip", Failure.BAD_ANSWER),
            ("empty", Failure.BAD_ANSWER),
        ],
    )
    def test_a_fault_of_the_network_brings_no_figures(self, client, simulator, platform, fault, failure):
        chosen = [ref(page) for page in pages(platform)[:4]]
        one = client(platform)
        simulator.set_faults([fault])
        with pytest.raises(PlatformError) as caught:
            one.read_pages(chosen)
        assert caught.value.failure == failure


@pytest.mark.parametrize("platform", ["vk", "ok"])
def test_a_call_for_many_pages_is_sent_again_where_the_fault_passes(client, simulator, platform):
    simulator.set_faults(["http_500*1"])
    assert client(platform).read_pages([ref(pages(platform)[0])])[0].failure is None


class TestVk:
    def test_a_region_is_three_requests_for_pages_and_one_for_25_walls(self, client, simulator):
        vk, chosen = client("vk"), [ref(page) for page in pages("vk", KHABAROVSK.code)]
        readings = vk.read_pages(chosen)
        assert sum(reading.subscribers for reading in readings) == 482_075
        vk.read_walls(back_to(DEMO_MOMENT - dt.timedelta(days=1), chosen[:50]))
        assert simulator.calls()["vk:groups.getById"] == 3
        assert simulator.calls()["vk:execute"] == 2
        assert calls(vk)["wall.get"] >= 50

    def test_a_page_that_is_gone_says_how(self, client):
        gone = [p for p in demo_world(KHABAROVSK.code).pages if p.platform == "vk" and not p.exists(TODAY)][:30]
        readings = client("vk").read_pages([ref(page) for page in gone])
        expected = {p.key: Failure.DELETED if p.death == "deleted" else Failure.BLOCKED for p in gone}
        assert {reading.page_id: reading.failure for reading in readings} == expected

    def test_a_renamed_page_is_the_same_page(self, client):
        renamed = next(p for p in pages("vk", KHABAROVSK.code) if p.renamed_on and p.renamed_on <= TODAY)
        old = PageRef(1, renamed.old_handle, renamed.external_id)
        (reading,) = client("vk").read_pages([old])
        assert (reading.external_id, reading.handle) == (renamed.external_id, renamed.handle)

    def test_the_mark_comes_from_the_page_where_the_api_does_not_tell(self, client, simulator):
        chosen = [ref(page, check_mark=True) for page in pages("vk")[:10]]
        told = {r.page_id: r.state_mark for r in client("vk").read_pages(chosen)}
        simulator.set_faults(["vk_no_mark_field"])
        assert {r.page_id: r.state_mark for r in client("vk").read_pages(chosen)} == told
        unasked = [ref(page) for page in pages("vk")[:10]]
        assert {r.state_mark for r in client("vk").read_pages(unasked)} == {None}

    def test_the_older_shape_of_the_answer(self, client, simulator):
        simulator.set_faults(["vk_old_shape"])
        page = pages("vk")[0]
        assert known(client("vk").read_pages([ref(page)])) == {page.key: subscribers(page)}

    def test_errors_inside_a_batch_touch_their_own_pages_only(self, client, simulator):
        chosen = [ref(page) for page in pages("vk")[:9]]
        simulator.set_faults(["vk_execute_errors"])
        walls = client("vk").read_walls(back_to(DEMO_MOMENT - dt.timedelta(hours=1), chosen))
        assert [wall.failure for wall in walls] == [None, Failure.UNREACHABLE, None] * 3

    def test_errors_that_do_not_say_which_page_they_mean_are_asked_for_alone(self, client, simulator):
        chosen = [ref(page) for page in pages("vk")[:9]]
        simulator.set_faults(["vk_execute_errors", "vk_execute_fewer_errors"])
        walls = client("vk").read_walls(back_to(DEMO_MOMENT - dt.timedelta(hours=1), chosen))
        assert [wall.failure for wall in walls] == [None] * 9

    def test_a_batch_that_is_too_big_is_made_smaller(self, client, simulator):
        simulator.set_faults(["vk_execute_too_big"])
        walls = client("vk").read_walls(
            back_to(DEMO_MOMENT - dt.timedelta(hours=1), [ref(page) for page in pages("vk")[:20]])
        )
        assert len(walls) == 20
        assert {wall.failure for wall in walls} <= {None, Failure.CLOSED}

    @pytest.mark.parametrize(
        ("fault", "failure"),
        [
            ("vk_error_5", Failure.TOKEN_DEAD),
            ("vk_error_9", Failure.THROTTLED),
            ("vk_error_14", Failure.NEEDS_PERSON),
            ("vk_error_29", Failure.THROTTLED),
        ],
    )
    def test_a_refusal_is_asked_about_once(self, client, simulator, fault, failure):
        simulator.set_faults([fault])
        with pytest.raises(PlatformError) as caught:
            client("vk").read_pages([ref(pages("vk")[0])])
        assert caught.value.failure == failure
        assert simulator.calls()["vk:groups.getById"] == 1

    def test_a_service_token_reads_the_same(self, client, simulator, settings):
        settings.VK_TOKENS = ["service:sim-vk-service"]
        simulator.set_faults(["vk_service_execute_forbidden"])
        chosen = [ref(page) for page in pages("vk")[:5]]
        walls = client("vk").read_walls(back_to(DEMO_MOMENT - dt.timedelta(hours=1), chosen))
        assert len(walls) == 5
        assert simulator.calls()["vk:wall.get"] >= 5

    def test_the_pace_of_the_network_is_waited_out(self, start_simulator):
        start_simulator("--pages", "20", "--rate", "documented")
        client = connect("vk", Access(tokens_for("vk")))
        for _ in range(5):
            assert client.read_pages([PageRef(1, "sim0_gos", check_mark=False)])[0].failure is None
        client.close()


@pytest.mark.skipif(not RECORDED.exists(), reason=f"the recorded answer is not there: {RECORDED.name}")
def test_the_recorded_answer_of_94_real_pages(start_simulator):
    start_simulator("--vk-groups", str(RECORDED))
    answer = json.loads(RECORDED.read_text("utf-8"))["response"]
    groups = answer["groups"] if isinstance(answer, dict) else answer
    client = connect("vk", Access(tokens_for("vk")))
    readings = client.read_pages([PageRef(n, g["screen_name"], check_mark=False) for n, g in enumerate(groups)])
    client.close()
    assert [r.failure for r in readings] == [None] * 94
    assert sum(r.subscribers for r in readings) == 25_243
    assert sum(r.pos_widget == PosWidget.PRESENT for r in readings) == 89
    assert sum(r.has_cover for r in readings) == 90
    assert {(r.has_avatar, r.has_description) for r in readings} == {(True, True)}


class TestOk:
    def test_the_older_shape_of_the_answer(self, client, simulator):
        simulator.set_faults(["ok_old_shape"])
        page = pages("ok")[0]
        assert known(client("ok").read_pages([ref(page)])) == {page.key: subscribers(page)}

    def test_a_group_that_hides_its_members_is_closed(self, client):
        hidden = next(p for p in demo_world(ZARECHNAYA.code).pages if p.platform == "ok" and p.hidden)
        (reading,) = client("ok").read_pages([ref(hidden)])
        (wall,) = client("ok").read_walls(back_to(SINCE, [ref(hidden)]))
        assert (reading.failure, reading.subscribers, wall.failure) == (Failure.CLOSED, None, Failure.CLOSED)

    def test_views_of_foreign_groups_are_unknown(self, client):
        walls = client("ok").read_walls(back_to(SINCE, [ref(page) for page in pages("ok")[:5]]))
        assert {post.views for wall in walls for post in wall.posts} == {None}

    @pytest.mark.parametrize(
        ("fault", "failure"),
        [
            ("ok_flood", Failure.THROTTLED),
            ("ok_limit", Failure.THROTTLED),
            ("ok_session_expired", Failure.TOKEN_DEAD),
            ("ok_service", Failure.UNREACHABLE),
        ],
    )
    def test_a_refusal_is_told_by_its_kind(self, client, simulator, fault, failure):
        simulator.set_faults([fault])
        with pytest.raises(PlatformError) as caught:
            client("ok").read_pages([ref(pages("ok")[0])])
        assert caught.value.failure == failure


class TestTelegram:
    def test_a_channel_without_a_preview_has_a_count_and_a_closed_wall(self, client):
        telegram = client("telegram")
        chosen = [ref(page) for page in pages("telegram", KHABAROVSK.code)]
        closed = {w.page_id for w in telegram.read_walls(back_to(SINCE, chosen)) if w.failure == Failure.CLOSED}
        assert closed
        readings = telegram.read_pages([page for page in chosen if page.page_id in closed])
        assert all(reading.subscribers is not None for reading in readings)

    def test_views_from_a_thousand_on_are_rounded_and_say_so(self, client):
        chosen = [ref(page) for page in pages("telegram", KHABAROVSK.code)[:20]]
        posts = [post for wall in client("telegram").read_walls(back_to(SINCE, chosen)) for post in wall.posts]
        assert {post.views_step for post in posts if post.views and post.views < 1000} == {1}
        assert min(post.views_step for post in posts if post.views and post.views >= 1000) >= 10

    def test_a_page_without_a_counter_is_a_bad_answer_and_not_zero(self, client, simulator):
        simulator.set_faults(["tg_no_counter"])
        reading = client("telegram").read_pages([ref(pages("telegram")[0])])[0]
        assert (reading.failure, reading.subscribers) == (Failure.BAD_ANSWER, None)

    def test_a_bot_helps_where_the_page_has_no_counter(self, client, simulator, settings):
        settings.TELEGRAM_BOT_TOKENS = ["1000001:sim-telegram"]
        simulator.set_faults(["tg_no_counter"])
        page = pages("telegram")[0]
        (reading,) = client("telegram").read_pages([ref(page, with_id=False)])
        assert (reading.subscribers, reading.external_id) == (subscribers(page), f"-100{page.external_id}")

    def test_a_wall_tells_the_same_id_as_a_bot(self, client):
        chosen = pages("telegram", KHABAROVSK.code)[:20]
        walls = client("telegram").read_walls(back_to(SINCE, [ref(page) for page in chosen]))
        told = {wall.page_id: wall.external_id for wall in walls if wall.posts}
        assert told
        assert told.items() <= {ref(page).page_id: f"-100{page.external_id}" for page in chosen}.items()

    @pytest.mark.parametrize("fault", ["tg_429", "tg_429_no_header"])
    def test_a_refusal_stops_the_batch(self, client, simulator, fault):
        simulator.set_faults([fault])
        with pytest.raises(PlatformError) as caught:
            client("telegram").read_pages([ref(page) for page in pages("telegram")[:5]])
        assert (caught.value.failure, caught.value.until is not None) == (Failure.THROTTLED, True)
        assert simulator.calls()["telegram:landing"] == 1

    def test_a_page_that_asks_to_sign_in_is_a_bad_answer(self, client, simulator):
        simulator.set_faults(["tg_captcha"])
        assert client("telegram").read_pages([ref(pages("telegram")[0])])[0].failure == Failure.BAD_ANSWER
        assert (
            client("telegram").read_walls(back_to(SINCE, [ref(pages("telegram")[0])]))[0].failure == Failure.BAD_ANSWER
        )


class TestMax:
    def test_a_bot_that_is_let_in_reads_posts_and_others_stay_closed(self, client):
        chosen = [ref(page) for page in pages("max")]
        failures = {wall.failure for wall in client("max").read_walls(back_to(SINCE, chosen))}
        assert failures == {None, Failure.CLOSED}

    def test_without_a_bot_the_count_comes_from_the_public_page(self, client, simulator, settings):
        settings.MAX_BOT_TOKENS = []
        page = pages("max")[0]
        assert known(client("max").read_pages([ref(page)])) == {page.key: subscribers(page)}
        assert simulator.calls().get("max:chats") is None

    def test_a_page_whose_markup_changed_is_a_bad_answer(self, client, simulator, settings):
        settings.MAX_BOT_TOKENS = []
        simulator.set_faults(["max_drift"])
        assert client("max").read_pages([ref(pages("max")[0])])[0].failure == Failure.BAD_ANSWER

    @pytest.mark.parametrize("fault", ["max_text_error", "max_token"])
    def test_where_the_bot_fails_the_public_page_stands_in(self, client, simulator, fault):
        simulator.set_faults([fault])
        page = pages("max")[0]
        assert known(client("max").read_pages([ref(page)])) == {page.key: subscribers(page)}
