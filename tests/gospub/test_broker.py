"""The queues between two processes: files, and Redis that goes away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kombu import Connection
from kombu.transport import redis

import gospub  # noqa: F401  registers the transports
from gospub.broker import RedisChannel
from tests.services import RedisServer


def connection(folder: Path) -> Connection:
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder)}
    return Connection("filesystem://localhost//", transport_options=options)


def test_a_message_comes_out_as_it_went_in(tmp_path):
    with connection(tmp_path) as wire:
        queue = wire.SimpleQueue("celery")
        queue.put({"reason": "нет данных"})
        message = queue.get(timeout=1)
        assert message.payload == {"reason": "нет данных"}
        message.ack()


def test_a_half_written_message_is_not_seen(tmp_path):
    (tmp_path / "1_a.unfinished").write_text('{"half": ')
    with connection(tmp_path) as wire:
        assert wire.SimpleQueue("celery").qsize() == 0


class TestRedisGone:
    @pytest.fixture
    def server(self):
        server = RedisServer()
        server.start()
        yield server
        server.stop()

    @contextmanager
    def lost(self, server: RedisServer) -> Iterator[Callable[[], None]]:
        """Closes a connection that was given up because Redis is gone, while a message was not acknowledged; the way
        Celery does."""
        with Connection(server.url) as wire:
            queue = wire.SimpleQueue("celery")
            queue.put("wake up")
            queue.get(timeout=5)
            server.stop()
            wire._do_close_transport()
            yield lambda: wire.maybe_close_channel(queue.channel)

    def test_a_lost_connection_may_be_closed(self, server):
        with self.lost(server) as close:
            close()

    def test_twin_with_kombus_own_channel_it_is_a_fault_of_the_program(self, server, monkeypatch):
        monkeypatch.setattr(RedisChannel, "_connparams", redis.Channel._connparams)
        with self.lost(server) as close, pytest.raises(AttributeError):
            close()
