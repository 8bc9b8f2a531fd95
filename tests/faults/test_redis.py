"""F08–F11: what befalls Redis, the queue and the turns of the requests."""

import time

import httpx
import pytest

from tests.gospub.web import sign_in, visitor

from .house import House

pytestmark = pytest.mark.faults

SCREENS = ["/networks/", *(f"/regions/RU-X02/{screen}" for screen in ("", "pages/", "collection/", "events/"))]
LONG_SILENT = "update monitoring_heartbeat set at = at - interval '61 seconds'"
FINAL = "s until all slots are final"


def failed(client: httpx.Client) -> float:
    """Percent of reads that do not bring the screen."""
    answers = [client.get(address).status_code for address in SCREENS * 4]
    return 100 * sum(status != 200 for status in answers) / len(answers)


def signs_in(client: httpx.Client) -> int:
    """What another operator meets at the same web."""
    with visitor(str(client.base_url)) as other:
        return sign_in(other).status_code


class TestF08Restart:
    def test_the_day_goes_on(self, house: House, figure):
        house.worker()
        house.until_half_way()
        house.redis.stop()
        time.sleep(2)
        house.redis.start()
        figure("F08", house.until_done(90), 60, FINAL)
        house.all_measured()

    def test_twin_where_it_ends_the_work_and_no_schedule_wakes_anybody(self, house: House):
        house.wake()
        house.worker("redis_needed", beat=False)
        house.until_half_way()
        house.redis.stop()
        time.sleep(2)
        house.redis.start()
        time.sleep(20)
        assert house.due()


class TestF09Wiped:
    def test_what_is_owed_is_in_the_base(self, house: House, operator, figure):
        house.worker()
        house.until_half_way()
        house.redis.client().flushall()
        figure("F09", house.until_done(120), 120, FINAL)
        assert operator.get("/networks/").status_code == 200
        house.all_measured()

    def test_twin_without_the_schedule_nobody_is_woken_again(self, house: House):
        house.wake()
        house.redis.client().flushall()
        house.worker(beat=False)
        time.sleep(15)
        assert house.due() == house.total()


class TestF10Away:
    def test_people_read_and_are_told(self, house: House, operator: httpx.Client, figure):
        worker = house.worker()
        house.until_half_way()
        house.redis.stop()
        figure("F10", failed(operator), 0, "% of reads that fail")
        assert signs_in(operator) == 302
        time.sleep(5)
        house.sql(LONG_SILENT)
        assert "Сбор не работает" in operator.get("/regions/RU-X02/collection/").text
        house.redis.start()
        figure("F10", house.until_done(90), 90, FINAL)
        assert worker.process.poll() is None
        house.all_measured()

    def test_twin_with_the_usual_cache_nobody_signs_in(self, house: House, unguarded: httpx.Client):
        house.redis.stop()
        assert signs_in(unguarded) == 500


class TestF11Full:
    def test_it_is_as_if_it_were_away(self, house: House, operator: httpx.Client, figure):
        house.worker()
        house.until_half_way()
        client = house.redis.client()
        client.config_set("maxmemory", 1)
        figure("F11", failed(operator), 0, "% of reads that fail")
        assert signs_in(operator) == 302
        time.sleep(5)
        house.sql(LONG_SILENT)
        assert "Сбор не работает" in operator.get("/regions/RU-X02/collection/").text
        client.config_set("maxmemory", 0)
        figure("F11", house.until_done(90), 90, FINAL)
        house.all_measured()

    def test_twin_with_the_usual_cache_nobody_signs_in(self, house: House, unguarded: httpx.Client):
        house.redis.client().config_set("maxmemory", 1)
        assert signs_in(unguarded) == 500
