"""Foreign files are read in a child process with limits of memory, time and answer, without secrets and without a base.

Whatever a file makes its reader do (unpack without end, loop, crash a parser in C) ends the child; the web server and
the workers live on. The answer comes back as plain data, so that a child that was taken over cannot answer with code.
"""

import importlib
import os
import resource
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import django
import msgspec
from django.conf import settings
from django.utils import translation

T = TypeVar("T")
MEGABYTE = 1024 * 1024
BASE_DIR = Path(__file__).resolve().parent.parent
# Nothing of the installation's own environment, where its secrets are; one thread and one heap, so that the limit of
# memory is spent on the file.
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
# Enough for functions that know the vocabulary of the registry and ask no base.
CHILD_SETTINGS = {
    "INSTALLED_APPS": ["django.contrib.auth", "django.contrib.contenttypes", "gospub.accounts", "monitoring"],
    "AUTH_USER_MODEL": "accounts.User",
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    "LOCALE_PATHS": [BASE_DIR / "locale"],
    "USE_TZ": True,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """memory: bytes of address space, of which the program itself takes 200 MB. cpu, wall: seconds. answer: bytes."""

    memory: int = 384 * MEGABYTE
    cpu: int = 20
    wall: int = 30
    answer: int = 64 * MEGABYTE


USUAL = Limits()


class ConfinedError(Exception):
    """The child did not answer within its limits, or did not live to answer."""


def confined(function: Callable[..., T], *args: Any, limits: Limits = USUAL) -> T:
    """What `function` returns, called in a child process in the present language.

    function: of a module, annotated with what it returns; arguments and answer are what msgspec can write (bytes, text,
    numbers, lists, dictionaries, dataclasses of these). Raises ConfinedError.
    """
    name = f"{function.__module__}:{function.__qualname__}"
    numbers = map(str, (limits.memory, limits.cpu, limits.answer))
    command = [sys.executable, "-m", "gospub.confined", name, translation.get_language() or "ru", *numbers]
    with tempfile.TemporaryFile() as answer:
        try:
            subprocess.run(
                command,
                input=msgspec.msgpack.encode(args),
                stdout=answer,
                cwd=BASE_DIR,
                env=ENVIRONMENT,
                timeout=limits.wall,
                check=True,
            )
            answer.seek(0)
            return msgspec.msgpack.decode(answer.read(limits.answer), type=get_type_hints(function)["return"])
        except (subprocess.SubprocessError, msgspec.MsgspecError) as error:
            raise ConfinedError(str(error)) from error


def main(name: str, language: str, memory: str, cpu: str, answer: str) -> None:
    """The child: limits first, then the function; its answer goes to the standard output."""
    for limit, value in (
        (resource.RLIMIT_AS, int(memory)),
        (resource.RLIMIT_CPU, int(cpu)),
        (resource.RLIMIT_FSIZE, int(answer)),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    settings.configure(**CHILD_SETTINGS)
    django.setup()
    translation.activate(language)
    module, _colon, function = name.partition(":")
    args = msgspec.msgpack.decode(sys.stdin.buffer.read())
    try:
        found = msgspec.msgpack.encode(getattr(importlib.import_module(module), function)(*args))
        sys.stdout.buffer.write(found)
        sys.stdout.buffer.flush()
    except BaseException as error:  # where it broke, without a word of the file: this goes to the log
        frames = "".join(traceback.format_tb(error.__traceback__)[-3:])
        sys.stderr.write(f"{name} in a child process: {type(error).__name__}\n{frames}")
        sys.stderr.flush()
        os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
