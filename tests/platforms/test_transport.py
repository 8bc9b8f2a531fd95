"""What a request may meet on its way, and what becomes of it."""

import datetime as dt
import gzip
import hashlib
import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gospub import clock
from monitoring.platforms.base import Failure, PlatformError
from monitoring.platforms.transport import API_BYTES, Transport
from monitoring.simulator.ports import free_port

from .wire import drips, http, says


def failure_of(transport: Transport, url: str, cap: int = API_BYTES) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        transport.send("GET", url, cap)
    return caught.value


def test_a_whole_answer_comes_back_unpacked(serve, transport):
    server = serve(http(gzip.compress(b'{"a":1}'), "200 OK", "Content-Encoding: gzip"))
    assert transport.send("GET", server.url).json() == {"a": 1}


class TestTime:
    def test_a_body_that_drips_is_cut(self, serve, transport):
        server = serve(drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))
        started = time.monotonic()
        assert failure_of(transport, server.url).failure == Failure.UNREACHABLE
        assert time.monotonic() - started < 2

    def test_it_is_the_limit_that_cuts(self, serve):
        patient = Transport("telegram", seconds=3)
        started = time.monotonic()
        failure_of(patient, serve(drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")).url)
        assert time.monotonic() - started > 2.5
        patient.close()

    def test_headers_that_drip_are_cut(self, serve, transport):
        server = serve(drips(b"HTTP/1.1 200 OK\r\nX-Header: "))
        started = time.monotonic()
        assert failure_of(transport, server.url).failure == Failure.UNREACHABLE
        assert time.monotonic() - started < 2

    def test_a_request_that_took_too_long_is_no_passing_fault(self, serve, transport):
        server = serve(drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))
        assert not failure_of(transport, server.url).passing

    def test_threads_have_a_deadline_each(self, serve, transport):
        server = serve(drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"), http(b"{}"))
        with ThreadPoolExecutor(2) as threads:
            slow = threads.submit(failure_of, transport, server.url)
            time.sleep(0.6)
            assert threads.submit(transport.send, "GET", serve(http(b"{}")).url).result().status == 200
        assert slow.result().failure == Failure.UNREACHABLE


class TestSize:
    def test_a_body_over_the_cap_is_refused(self, serve, transport):
        error = failure_of(transport, serve(http(b"x" * 2000)).url, cap=1000)
        assert (error.failure, error.passing) == (Failure.TOO_LARGE, False)

    def test_a_small_body_that_unpacks_to_a_huge_one_is_refused(self, serve, transport):
        bomb = gzip.compress(b"\0" * 50_000_000)
        error = failure_of(transport, serve(http(bomb, "200 OK", "Content-Encoding: gzip")).url, cap=1_000_000)
        assert error.failure == Failure.TOO_LARGE


class TestBrokenAnswers:
    @pytest.mark.parametrize(
        "script",
        [
            http(b"{}", length=100),
            http(gzip.compress(b"{}" * 100)[:-10], "200 OK", "Content-Encoding: gzip"),
            http(b"not gzip", "200 OK", "Content-Encoding: gzip"),
        ],
        ids=["cut short", "gzip cut short", "no gzip"],
    )
    def test_it_is_a_bad_answer_and_its_hash_is_kept(self, serve, transport, script):
        error = failure_of(transport, serve(script).url)
        assert error.failure == Failure.BAD_ANSWER
        assert len(error.answer_hash) == 64

    def test_an_encoding_that_was_not_asked_for_is_a_bad_answer(self, serve, transport):
        server = serve(http(b"{}", "200 OK", "Content-Encoding: br"))
        assert failure_of(transport, server.url).failure == Failure.BAD_ANSWER

    def test_a_connection_closed_without_an_answer_is_unreachable(self, serve, transport):
        assert failure_of(transport, serve(says(b"")).url).failure == Failure.UNREACHABLE

    def test_nobody_listening_is_unreachable(self, transport):
        assert failure_of(transport, f"http://127.0.0.1:{free_port()}").failure == Failure.UNREACHABLE

    def test_an_answer_that_is_no_json_is_a_bad_answer(self, serve, transport):
        answer = transport.send("GET", serve(http(b"<html>")).url)
        with pytest.raises(PlatformError, match="not JSON") as caught:
            answer.json()
        assert caught.value.answer_hash == hashlib.sha256(b"<html>").hexdigest()


class TestRefusal:
    def test_429_is_not_tried_again_and_says_until_when(self, serve, transport):
        server = serve(http(b"", "429 Too Many Requests", "Retry-After: 30"))
        error = failure_of(transport, server.url)
        assert error.failure == Failure.THROTTLED
        assert 25 < (error.until - clock.now()).total_seconds() <= 30
        assert len(server.requests) == 1

    @pytest.mark.parametrize("header", ["", "Retry-After: soon", "Retry-After: -5", "Retry-After: " + "9" * 50])
    def test_a_missing_or_senseless_time_becomes_a_bounded_one(self, serve, transport, header):
        headers = [header] if header else []
        error = failure_of(transport, serve(http(b"", "429 Too Many Requests", *headers)).url)
        assert dt.timedelta(seconds=30) < error.until - clock.now() <= dt.timedelta(days=1)

    def test_a_date_is_a_time_as_well(self, serve, transport):
        header = (clock.now() + dt.timedelta(minutes=5)).strftime("Retry-After: %a, %d %b %Y %H:%M:%S GMT")
        error = failure_of(transport, serve(http(b"", "429 Too Many Requests", header)).url)
        assert 250 < (error.until - clock.now()).total_seconds() <= 300

    def test_403_keeps_away_for_an_hour(self, serve, transport):
        answer = transport.send("GET", serve(http(b"", "403 Forbidden")).url)
        with pytest.raises(PlatformError) as caught:
            answer.require_ok()
        assert caught.value.failure == Failure.THROTTLED
        assert caught.value.until > clock.now() + dt.timedelta(minutes=55)

    def test_redirects_are_not_followed(self, serve, transport):
        other = serve(http())
        answer = transport.send("GET", serve(http(b"", "302 Found", f"Location: {other.url}")).url)
        assert (answer.status, other.requests) == (302, [])


class TestSecrets:
    def test_neither_error_nor_log_holds_the_address_with_its_token(self, serve, transport, caplog):
        caplog.set_level(logging.INFO)
        server = serve(http(b"", "500 Internal Server Error"))
        error = failure_of(transport, f"{server.url}/botSECRET/getChat")
        assert "SECRET" not in repr(error)
        assert error.__context__ is None
        assert "SECRET" not in caplog.text

    def test_proxies_of_the_machine_are_not_used(self, serve, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        transport = Transport("telegram")
        assert transport.send("GET", serve(http()).url).status == 200
        transport.close()

    def test_the_proxy_of_the_network_is_used(self, serve, settings):
        proxy = serve(http(b"[]"))
        settings.NETWORK_PROXIES = {**settings.NETWORK_PROXIES, "telegram": proxy.url}
        transport = Transport("telegram")
        assert transport.send("GET", "http://t.me.example/name").json() == []
        assert proxy.requests == ["GET http://t.me.example/name HTTP/1.1"]
        transport.close()
