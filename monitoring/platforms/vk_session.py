"""VK's API through the `vk_api` library, without its traps: our wire, our pace, errors as values, no secrets in them.

Left as it is, the library retries error 6 without end, sleeps 0.34 s by itself, sends one request at a time, has no
time-outs, knows one fixed host, keeps a settings file, and its errors hold the token.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import jconfig
import requests
import vk_api
from requests.adapters import BaseAdapter

from .access import REFUSALS
from .answers import bad_answer, decode
from .base import Failure, PlatformError, Token
from .transport import Transport, later, next_day

VERSION = "5.199"
ZONE = "Europe/Moscow"  # in which VK counts its days
PAUSES = {6: 1, 9: 600}  # seconds to stay away after too many a second, after flood control
OF_A_METHOD = frozenset({9, 29})  # flood control, quota: the token's other methods go on

FAILURES = {
    1: Failure.UNREACHABLE,
    5: Failure.TOKEN_DEAD,
    6: Failure.THROTTLED,
    7: Failure.CLOSED,
    9: Failure.THROTTLED,
    10: Failure.UNREACHABLE,
    14: Failure.NEEDS_PERSON,
    15: Failure.CLOSED,
    17: Failure.NEEDS_PERSON,
    18: Failure.DELETED,
    19: Failure.BLOCKED,
    27: Failure.TOKEN_DEAD,
    28: Failure.TOKEN_DEAD,
    29: Failure.THROTTLED,
    30: Failure.NOT_FOUND,
    100: Failure.NOT_FOUND,
    113: Failure.NOT_FOUND,
    125: Failure.NOT_FOUND,
    203: Failure.CLOSED,
}


class VkError(PlatformError):
    """An error that VK answered with, by its code."""

    def __init__(self, method: str, code: int) -> None:
        until = later(PAUSES[code]) if code in PAUSES else None
        if code == 29:
            until = next_day(ZONE)
        failure = FAILURES.get(code, Failure.BAD_ANSWER)
        super().__init__(failure, f"{method}: error {code}", until, method if code in OF_A_METHOD else "")
        self.code = code

    @property
    def passing(self) -> bool:
        """An error that the network names comes again, unless it names a passing one."""
        return self.failure == Failure.UNREACHABLE


def is_refusal(answer: Any) -> bool:
    """Whether it is a failure that is about the token."""
    return isinstance(answer, PlatformError) and answer.failure in REFUSALS


def refusals_inside(answer: dict[str, Any]) -> list[VkError]:
    """Errors of the calls inside `execute` that are about the token."""
    errors = answer.get("execute_errors", [])
    named = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    found = {(_inner_method(error), error.get("error_code")) for error in named if type(error.get("error_code")) is int}
    return list(filter(is_refusal, (VkError(method, code) for method, code in found)))


def _inner_method(error: dict[str, Any]) -> str:
    """Which of the methods that we put into `execute` an error inside it is about."""
    return "groups.getMembers" if error.get("method") == "groups.getMembers" else "wall.get"


class VkSession:
    """Calls of VK's methods; one call after the other through one session, so threads each have their own."""

    def __init__(self, transport: Transport, address: str) -> None:
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", _Wire(transport, address))
        self._vk = vk_api.VkApi(
            token="", api_version=VERSION, session=session, config=jconfig.MemoryConfig, config_filename=None
        )
        self._vk.RPS_DELAY = 0
        self._vk.error_handlers.clear()

    def call(self, token: Token, method: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The whole answer (with `response`) of a method, sent once.

        Raises VkError for an error that VK answered with, PlatformError for all other faults.
        """
        try:
            return self._vk.method(method, {**values, "access_token": token.value}, raw=True)
        except vk_api.ApiError as error:
            code = error.code
        # Raised here, not above: the library's error holds the token.
        raise VkError(method, code)


class _Wire(BaseAdapter):
    """Sends what the library would send to api.vk.ru through our transport, to the address of the settings."""

    def __init__(self, transport: Transport, address: str) -> None:
        super().__init__()
        self._transport = transport
        self._address = address

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:
        url = self._address + urlsplit(request.url).path
        headers = {"Content-Type": request.headers["Content-Type"]}
        answer = self._transport.send("POST", url, content=request.body, headers=headers)
        response = _Answer()
        response.status_code = 200
        response._content = answer.require_ok().body
        response.request, response.url = request, url
        return response

    def close(self) -> None:
        """The transport belongs to the client, which closes it."""


class _Answer(requests.Response):
    def json(self, **options: object) -> dict[str, Any]:
        """VK's envelope: `response`, or `error` with a code. Raises PlatformError (bad answer) for anything else."""
        answer = decode(self.content)
        error = answer.get("error") if isinstance(answer, dict) else None
        known = isinstance(error, dict) and type(error.get("error_code")) is int
        if not known and not (isinstance(answer, dict) and error is None and "response" in answer):
            raise bad_answer("neither a response nor an error", self.content)
        return answer
