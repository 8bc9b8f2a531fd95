"""Logs: one line an event, as JSON where a machine reads them, without personal data and without secrets.

Whoever logs names people and letters by number. What slips in all the same (texts of errors above all) is masked here,
for every logger of the process: mail addresses, phones, tokens, the values of secret settings, and every Russian word,
for our own messages are English and what is Russian in one came out of the base.
"""

import logging
import os
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import structlog

SECRET_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASSWORD")
SHORTEST_SECRET = 8
UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
MASKS = (
    (re.compile(r"(?m)^\s*(?:DETAIL|CONTEXT|QUERY|HINT):.*$"), "[detail]"),  # PostgreSQL quotes the row there
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"), "[secret]"),
    (re.compile(r"[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), "[mail]"),
    (re.compile(r"(?<![\w+-])(?:\+7|[78])[\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\w)"), "[phone]"),
    (re.compile(r"(?<![\w+-])9\d{2}[\s-]?\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\w)"), "[phone]"),
    (re.compile(r"\+\d[\d\s()-]{8,}\d"), "[phone]"),
    (re.compile(rf"(?<![\w-])(?!{UUID}(?![\w-]))(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{{20,}}"), "[token]"),
    (re.compile(r"(?:%[0-9A-Fa-f]{2}|\\u0?4[0-9a-fA-F]{2})+"), "…"),
    (re.compile(r"[\u0400-\u04ff]+(?:[\s.,«»-]+[\u0400-\u04ff]+)*"), "…"),
)
# Written by us, of no use to anybody and needed whole.
OURS = ("timestamp", "level", "logger", "request_id", "task_id", "child_task_id", "parent_task_id", "view", "task")
# What they say at every task and request says nothing.
QUIET = ("celery.app.trace", "celery.worker.strategy", "celery.beat", "httpx")

Event = MutableMapping[str, Any]


def secrets_of(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Values that no log may hold: of variables called a key, token, secret or password, and passwords in addresses;
    the longest first."""
    found: set[str] = set()
    for name, value in environment.items():
        if SECRET_NAMES.search(name):
            found |= {part for each in value.split(",") for part in (each.strip(), each.rpartition(":")[2].strip())}
        elif name.endswith(("_URL", "_PROXY")):
            try:
                found.add(urlsplit(value).password or "")
            except ValueError:
                continue
    return tuple(sorted((each for each in found if len(each) >= SHORTEST_SECRET), key=len, reverse=True))


def scrubbed(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without what no log may hold."""
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    return text


class Scrubber:
    """The last of the processors before the line is written."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(secrets)

    def __call__(self, logger: object, method: str, event: Event) -> Event:
        return {key: value if key in OURS else self._clean(value) for key, value in event.items()}

    def _clean(self, value: Any) -> Any:
        match value:
            case None | bool() | int() | float():
                return value
            case dict():
                return {str(self._clean(key)): self._clean(each) for key, each in value.items()}
            case list() | tuple() | set():
                return [self._clean(each) for each in value]
        return scrubbed(str(value), self._secrets)


def without_path(logger: object, method: str, event: Event) -> Event:
    """What Django says of a request names its address, which may be the key to something: its view instead."""
    request = getattr(event.get("_record"), "request", None)
    path = getattr(request, "path", "")
    if path:
        event["view"] = view_name(request)
        event["event"] = str(event["event"]).replace(path, f"<{event['view']}>")
    return event


def view_name(request: Any) -> str:
    """The name of the view that answers, "" where none does: never the address itself."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name or "") if match else ""


def configuration(level: str, style: str, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """For logging.config.dictConfig. style: "json" or "plain". structlog's own loggers are set up at once."""
    logging.captureWarnings(True)
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    after = [
        without_path,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        Scrubber(secrets_of(environment)),
        renderer,
    ]
    line = {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": before, "processors": after}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {name: {"level": max(logging.WARNING, logging.getLevelName(level))} for name in QUIET}
        # Django's own set-up gives these handlers of their own.
        | {name: {"handlers": [], "propagate": True} for name in ("django", "django.server")},
    }
