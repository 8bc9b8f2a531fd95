"""What readers of hostile files may be made to do."""

import ctypes
import os
import time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024


def echo(*args: Any) -> list[Any]:
    return list(args)


def no_data() -> str:
    return _("no data")


def fill_the_memory() -> int:
    """Megabytes that were had: 600 where there is no limit."""
    return len([b"x" * MEGABYTE for _number in range(600)])


def work_for_ever() -> int:
    number = 0
    while True:
        number += 1


def sleep_for_ever() -> None:
    time.sleep(600)


def say_too_much() -> bytes:
    return b"x" * 20 * MEGABYTE


def crash() -> None:
    ctypes.string_at(0)


def fail() -> None:
    raise ValueError(" ".join(["secret", "of", "the", "file"]))


def answer_something_else() -> int:
    return "text"  # type: ignore[return-value]


def environment() -> list[str]:
    return list(os.environ)


def secrets() -> list[Any]:
    return [
        settings.SECRET_KEY if settings.is_overridden("SECRET_KEY") else "",
        list(getattr(settings, "DATA_KEYS", [])),
    ]


def process() -> int:
    return os.getpid()
