"""The simulator as a whole: clock, faults, limits, calls, and the recorded answer."""

import datetime as dt
import gzip
import json
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from monitoring.simulator.demo import DEMO_MOMENT, TODAY, YEAR_BEFORE, demo_world
from monitoring.simulator.faults import FAULTS, Faults, UnknownFaultError
from monitoring.simulator.limits import Limits
from monitoring.simulator.ok import KEY, signature
from monitoring.simulator.regions import KHABAROVSK

RECORDED = Path(settings.BASE_DIR).parent / "shared" / "data" / "vk_groups_getById_amur.json"


class TestDemo:
    """The published sums, read over HTTP as a client would."""

    @pytest.fixture(params=[(YEAR_BEFORE, 402_318, 196_540, 228_533), (TODAY, 482_075, 277_671, 333_731)])
    def day(self, request, simulator) -> tuple[dt.date, int, int, int]:
        simulator.set_clock(DEMO_MOMENT.replace(year=request.param[0].year))
        return request.param

    @pytest.fixture
    def pages(self, day):
        def of(platform: str) -> list:
            return [page for page in demo_world(KHABAROVSK.code).accounts(day[0]) if page.platform == platform]

        return of

    def test_vk(self, simulator, day, pages):
        total, ids = 0, [page.external_id for page in pages("vk")]
        for start in range(0, len(ids), 500):
            values = {"group_ids": ",".join(ids[start : start + 500]), "fields": "members_count", "v": "5.199"}
            form = {**values, "access_token": "sim-vk-service"}
            answer = httpx.post(f"{simulator.url}/method/groups.getById", data=form, trust_env=False).json()
            total += sum(group.get("members_count", 0) for group in answer["response"]["groups"])
        assert total == day[1]

    def test_ok(self, simulator, day, pages):
        total, ids = 0, [page.external_id for page in pages("ok")]
        for start in range(0, len(ids), 100):
            values = {"application_key": KEY, "method": "group.getInfo", "fields": "members_count"}
            values["uids"] = ",".join(ids[start : start + 100])
            form = {**values, "sig": signature(values)}
            answer = httpx.post(f"{simulator.url}/fb.do", data=form, trust_env=False).json()
            total += sum(group.get("members_count", 0) for group in answer)
        assert total == day[2]

    def test_telegram(self, simulator, day, pages):
        total = 0
        with httpx.Client(base_url=simulator.url, trust_env=False) as client:
            for page in pages("telegram"):
                extra = client.get(f"/{page.handle_on(day[0])}").text.partition('tgme_page_extra">')[2]
                total += int(extra.partition(" subscriber")[0].replace(" ", ""))
        assert total == day[3]


class TestClock:
    def test_a_set_clock_stands_still_and_the_same_question_has_the_same_answer(self, small):
        path = f"/s/{small.page('telegram', 'daily').handle}"
        before = small.get(path).content
        time.sleep(1.1)
        assert small.get(path).content == before
        assert small.get("/_simulator/clock").json() == {"now": DEMO_MOMENT.isoformat()}

    def test_going_back_and_forth_brings_the_same_again(self, small):
        owner = f"-{small.page('vk', 'daily').external_id}"
        today = small.vk("wall.get", owner_id=owner, count=30)
        small.running.set_clock(DEMO_MOMENT - dt.timedelta(days=200))
        past = small.vk("wall.get", owner_id=owner, count=30)
        small.running.set_clock(DEMO_MOMENT)
        assert small.vk("wall.get", owner_id=owner, count=30) == today != past

    def test_a_page_that_is_not_yet_made_is_unknown(self, small):
        small.running.set_clock(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        assert small.vk("groups.getById", group_ids=small.page("vk").handle)["response"]["groups"] == []

    @pytest.mark.parametrize("body", [{}, {"now": "soon"}, {"now": "2024-10-26"}, []])
    def test_a_moment_that_is_none_is_refused(self, small, body):
        assert small.client.post(f"{small.running.url}/_simulator/clock", json=body).status_code == 400

    def test_without_a_set_clock_it_is_now(self, strict):
        now = dt.datetime.fromisoformat(strict().get("/_simulator/clock").json()["now"])
        assert abs(now - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=10)


class TestCalls:
    def test_they_are_counted_by_network_and_method_and_may_be_reset(self, small):
        small.vk("groups.getById", group_ids="1")
        small.get(f"/{small.page('telegram').handle}")
        small.get("/nobody_here")
        assert small.running.calls() == {"vk:groups.getById": 1, "telegram:landing": 1, "web:unknown": 1}
        small.running.reset()
        assert small.running.calls() == {}

    def test_unknown_paths_are_404(self, small):
        assert [small.get(path).status_code for path in ("/", "/a/b/c", "/_simulator/x")] == [404] * 3


class TestFaults:
    def ask(self, small) -> httpx.Response:
        values = {"group_ids": small.page("vk").handle, "access_token": "sim-vk-user", "v": "5.199"}
        return small.client.post(f"{small.running.url}/method/groups.getById", data=values)

    @pytest.mark.parametrize("code", [5, 6, 9, 10, 14, 29])
    def test_errors_of_vk_come_by_their_codes_with_status_200(self, small, code):
        small.running.set_faults([f"vk_error_{code}"])
        answer = self.ask(small)
        assert (answer.status_code, answer.json()["error"]["error_code"]) == (200, code)

    def test_a_captcha_may_come_without_its_sid(self, small):
        small.running.set_faults(["vk_error_14"])
        assert "captcha_sid" in self.ask(small).json()["error"]
        small.running.set_faults(["vk_captcha_bare"])
        assert "captcha_sid" not in self.ask(small).json()["error"]

    def test_a_fault_may_strike_so_many_times_only(self, small):
        small.running.set_faults(["vk_error_6*2"])
        assert ["error" in self.ask(small).json() for _ in range(3)] == [True, True, False]

    def test_an_older_shape_and_a_field_less(self, small):
        small.running.set_faults(["vk_old_shape", "vk_no_mark_field"])
        answer = small.vk("groups.getById", group_ids=small.page("vk").handle, fields="is_government_organization")
        assert "is_government_organization" not in answer["response"][0]

    def test_status_500_is_html(self, small):
        small.running.set_faults(["http_500"])
        answer = self.ask(small)
        assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (500, "text/html")

    def test_html_half_an_answer_and_none(self, small):
        whole = self.ask(small).content
        small.running.set_faults(["html_instead_of_json*1", "truncated_json*2"])
        assert self.ask(small).content.startswith(b"<!DOCTYPE")
        assert whole.startswith(self.ask(small).content)
        small.running.set_faults(["empty"])
        assert (self.ask(small).status_code, self.ask(small).content) == (200, b"")

    def test_a_broken_gzip_cannot_be_unpacked(self, small):
        small.running.set_faults(["broken_gzip"])
        with small.client.stream("GET", f"{small.running.url}/nobody_here") as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            packed = b"".join(answer.iter_raw())
        assert packed[:2] == b"\x1f\x8b"
        with pytest.raises(EOFError):
            gzip.decompress(packed)

    def test_a_reset_connection_is_an_error_of_the_wire(self, small):
        small.running.set_faults(["reset"])
        with pytest.raises(httpx.TransportError):
            self.ask(small)

    @pytest.mark.parametrize("fault", ["slow", "drip"])
    def test_a_slow_answer_does_not_come_in_time(self, small, fault):
        small.running.set_faults([fault])
        with pytest.raises(httpx.ReadTimeout):
            small.client.get(f"{small.running.url}/nobody_here", timeout=0.4)

    def test_a_slow_network_leaves_the_others_quick(self, small):
        small.running.set_faults(["vk:slow", "ok:http_500"])
        began = time.monotonic()
        assert small.get(f"/{small.page('telegram').handle}").status_code == 200
        assert time.monotonic() - began < 10

    @pytest.mark.parametrize("names", [["no_such"], ["http_500*x"], ["vk:tg_429"], "http_500x"])
    def test_an_unknown_name_is_refused_and_changes_nothing(self, small, names):
        small.running.set_faults(["vk_error_5"])
        answer = small.client.post(f"{small.running.url}/_simulator/faults", json={"faults": names})
        assert answer.status_code == 400
        assert small.get("/_simulator/faults").json() == {"faults": ["vk_error_5"]}

    def test_each_has_a_word_of_explanation(self):
        assert all(fault.what for fault in FAULTS.values())

    def test_counting_down_is_by_the_requests_that_match(self):
        faults = Faults(["vk_old_shape*1"])
        struck = [faults.strike(*who).whole for who in (("ok", "x"), ("vk", "wall.get"), ("vk", "groups.getById"))]
        assert struck == [frozenset(), frozenset(), {"vk_old_shape"}]
        assert faults.strike("vk", "groups.getById").whole == frozenset()

    def test_a_name_that_belongs_to_one_network_takes_no_other(self):
        with pytest.raises(UnknownFaultError):
            Faults(["max:vk_error_6"])


class TestLimits:
    def codes(self, small, count: int, token: str) -> list[int | None]:
        answers = [small.vk("groups.getById", token=token, group_ids="1") for _ in range(count)]
        return [answer.get("error", {}).get("error_code") for answer in answers]

    def test_a_user_has_three_calls_a_second_and_a_community_twenty(self, strict):
        small = strict("--rate", "documented")
        assert self.codes(small, 4, "sim-vk-user") == [None, None, None, 6]
        assert self.codes(small, 10, "sim-vk-community") == [None] * 10

    def test_each_token_has_its_own(self, strict):
        small = strict()
        assert [self.codes(small, 3, f"sim-vk-user-{n}") for n in range(3)] == [[None] * 3] * 3

    def test_other_networks_have_theirs(self, strict):
        small = strict("--rate", "documented")
        pages = [small.get(f"/{small.page('telegram').handle}") for _ in range(2)]
        assert [(page.status_code, "Retry-After" in page.headers) for page in pages] == [(200, False), (429, True)]
        assert [small.ok("group.getInfo", uids="1") for _ in range(4)][-1]["error_code"] == 8
        assert {small.max("/me").status_code for _ in range(60)} == {200, 429}

    def test_a_factor_scales_them_and_none_lifts_them(self, strict):
        assert self.codes(strict("--rate", "2"), 7, "sim-vk-user") == [None] * 6 + [6]
        assert self.codes(strict("--rate", "none"), 30, "sim-vk-user") == [None] * 30

    def test_walls_have_a_budget_a_day_in_which_inner_calls_count(self, strict):
        small = strict("--rate", "0.001")  # five a day
        owner = f"-{small.page('vk').external_id}"
        calls = ",".join(f'API.wall.get({{"owner_id":{owner}}})' for _ in range(7))
        answer = small.vk("execute", code=f"return [{calls}];")
        assert [result is False for result in answer["response"]] == [False] * 5 + [True] * 2
        assert {error["error_code"] for error in answer["execute_errors"]} == {29}

    def test_a_budget_a_day_may_be_set_apart_from_the_pace(self, strict):
        small = strict("--rate", "none", "--day-limit", "wall.get=2")
        owner = f"-{small.page('vk').external_id}"
        answers = [small.vk("wall.get", owner_id=owner) for _ in range(3)]
        assert [answer.get("error", {}).get("error_code") for answer in answers] == [None, None, 29]
        assert "response" in small.vk("wall.get", token="sim-vk-user-2", owner_id=owner)

    def test_arrivals_are_known_by_token_application_and_address(self, small):
        small.vk("groups.getById", token="sim-vk-user-2", group_ids="1")
        small.vk("groups.getById", group_ids="1")
        small.ok("group.getInfo", uids="1")
        for page in (small.page("telegram"), small.page("max")):
            small.get(f"/{page.handle}")
        came = small.running.arrivals()
        assert {network: set(by) for network, by in came.items()} == {
            "vk": {"sim-vk-user", "sim-vk-user-2"}, "ok": {KEY}, "telegram": {"127.0.0.1"}, "max": {"127.0.0.1"},
        }  # fmt: skip
        assert came["vk"]["sim-vk-user-2"] < came["vk"]["sim-vk-user"] < came["max"]["127.0.0.1"]
        small.running.reset()
        assert small.running.arrivals() == {}

    def test_a_bot_may_look_up_so_many_names_a_day_and_ask_by_number_beyond(self, strict):
        small = strict("--rate", "0.01")  # two a day
        page = small.page("telegram")
        answers = [small.bot("getChat", chat_id=f"@{page.handle}") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < answers[-1].json()["parameters"]["retry_after"] <= 86_400
        assert small.bot("getChatMemberCount", chat_id=f"-100{page.external_id}").status_code == 200

    def test_an_even_pace_at_the_limit_is_never_refused(self):
        limits = Limits(1)
        assert all(limits.allow("x", 50) for _ in range(50))
        assert not limits.allow("x", 50)
        for _ in range(5):
            time.sleep(0.021)
            assert limits.allow("x", 50)

    def test_a_budget_begins_anew_with_the_day(self):
        limits, today = Limits(None, {"wall.get": 2}), dt.date(2024, 10, 26)
        assert [limits.spend("wall.get", "x", today) for _ in range(3)] == [True, True, False]
        assert limits.spend("wall.get", "x", today + dt.timedelta(days=1))
        assert limits.spend("wall.get", "y", today)


class TestOptions:
    def test_latency_delays_every_answer(self, strict):
        small = strict("--latency", "0.3")
        began = time.monotonic()
        small.get("/nobody_here")
        assert time.monotonic() - began >= 0.3

    def test_faults_may_be_there_from_the_start(self, strict):
        assert strict("--fault", "http_500", "empty*3").get("/_simulator/faults").json()["faults"] == [
            "http_500",
            "empty",
        ]

    @pytest.mark.skipif(not RECORDED.exists(), reason=f"the recorded answer is not there: {RECORDED.name}")
    def test_a_recorded_answer_is_served_as_it_stands(self, strict):
        recorded = json.loads(RECORDED.read_text("utf-8"))["response"]
        groups = recorded["groups"] if isinstance(recorded, dict) else recorded
        small = strict("--vk-groups", str(RECORDED))
        ids = [str(group["id"]) for group in groups[:50]] + [group["screen_name"].upper() for group in groups[50:]]
        answer = small.vk("groups.getById", group_ids=",".join([*ids, "nobody_here"]), fields="members_count")
        found = {group["id"]: group for group in answer["response"]["groups"]}
        assert found == {group["id"]: group for group in groups}
