"""Our changes to kombu's transports: messages in files appear whole or not at all, a lost Redis ends no worker."""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem, redis
from kombu.utils.json import dumps
from redis.exceptions import ConnectionError as RedisConnectionError


class FileChannel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: object) -> None:
        """Put a message onto `queue`. kombu writes under the final name, where a worker may read it half written."""
        folder = Path(self.data_folder_out)
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}"
        unfinished = folder / f"{name}.unfinished"
        unfinished.write_text(dumps(payload), "utf-8")
        os.replace(unfinished, folder / f"{name}.{queue}.msg")


class FileTransport(filesystem.Transport):
    Channel = FileChannel


class RedisChannel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        """Where to connect to. Raises a connection error where the connection was given up.

        kombu 5.7 fails with an AttributeError then, which nobody expects: where Redis goes away while messages are not
        acknowledged, Celery 5.7 takes it for a fault of the worker and ends it, instead of connecting again.
        """
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("the connection to the queue was given up")
        return super()._connparams(asynchronous)


class RedisTransport(redis.Transport):
    Channel = RedisChannel
