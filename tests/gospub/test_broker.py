"""The embedded queue between two processes."""

from pathlib import Path

from kombu import Connection

import gospub  # noqa: F401  registers the transport


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
