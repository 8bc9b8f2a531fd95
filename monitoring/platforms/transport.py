"""How requests go out to a network: pace, time limits, size caps, proxy, trust, retries; faults as PlatformError."""

import datetime as dt
import email.utils
import hashlib
import logging
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpcore
import httpx
from django.conf import settings

from gospub import clock

from .answers import bad_answer, decode
from .base import Failure, PlatformError

CONNECT_SECONDS = 5
READ_SECONDS = 10
TOTAL_SECONDS = 20  # a whole request, however slowly its bytes come
API_BYTES = 8 * 1024 * 1024
HTML_BYTES = 1024 * 1024  # a hostile megabyte is what the HTML parser still takes in bounded time
# As many as may be under way at once, kept open for the next ones.
CONNECTIONS = httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=30)
REFUSED_SECONDS = 3600  # HTTP 403: the address is not welcome for a while
PAUSE_SECONDS = 60  # HTTP 429 without Retry-After
LONGEST_PAUSE_SECONDS = 86_400

# Telegram's markup follows the browser; our own name stands at the end.
USER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Gospub/0.1"
)

# At INFO httpx writes whole addresses, and a Telegram bot's token is part of one.
logging.getLogger("httpx").setLevel(logging.WARNING)


class TooLargeError(PlatformError):
    """The answer is over the size cap; where it answers a batch, a smaller one may pass."""

    def __init__(self) -> None:
        super().__init__(Failure.TOO_LARGE, "the answer is too large")


class OutOfTimeError(PlatformError):
    """The whole request took too long. It is not sent again: the pages behind it have waited enough."""

    passing = False

    def __init__(self) -> None:
        super().__init__(Failure.UNREACHABLE, "the answer took too long")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer that is neither a refusal for pace (429) nor a fault of the server (5xx)."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def require_ok(self) -> "Answer":
        """Itself where the status is 200, else PlatformError: 403 = not welcome for an hour, others = bad answer."""
        if self.status == 403:
            raise PlatformError(Failure.THROTTLED, "HTTP 403", later(REFUSED_SECONDS))
        if self.status != 200:
            raise bad_answer(f"HTTP {self.status}", self.body)
        return self

    def json(self) -> Any:
        """The JSON value of the body. Raises PlatformError (bad answer) where it is none."""
        return decode(self.body)


class Transport:
    """HTTP to one network; may be used by many threads."""

    def __init__(self, code: str, seconds: float = TOTAL_SECONDS) -> None:
        self._deadline = _Deadline(seconds)
        proxy = settings.NETWORK_PROXIES[code] or None
        wire = httpx.HTTPTransport(
            verify=_trust(settings.NETWORK_CA_FILES[code]), proxy=proxy, trust_env=False, limits=CONNECTIONS
        )
        # httpx has no setting for this: only the stream itself can bound a request whose bytes trickle.
        wire._pool._network_backend = _TimedBackend(self._deadline)
        self._client = httpx.Client(
            transport=wire,
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", "Accept-Language": "en"},
        )

    def send(self, method: str, url: str, cap: int = API_BYTES, **parts: Any) -> Answer:
        """Send one request, once; `parts` are httpx's params, data, content, headers. cap: bytes of the unpacked body.

        Raises PlatformError: throttled (429), unreachable (5xx, time-out, no connection), bad answer (cut short).
        """
        self._deadline.start()
        came = None
        try:
            with self._client.stream(method, url, **parts) as response:
                came = hashlib.sha256()
                body = _body(response, cap, came)
        except httpx.TransportError as error:
            late, name = isinstance(error, httpx.TimeoutException), type(error).__name__
            fault = OutOfTimeError() if late and self._deadline.passed else PlatformError(Failure.UNREACHABLE, name)
            if came and not late:
                fault = PlatformError(Failure.BAD_ANSWER, name, answer_hash=came.hexdigest())
        else:
            _raise_for_refusal(response)
            return Answer(response.status_code, response.headers, body)
        # Raised here, not above: the library's error holds the request, and with it the token.
        raise fault

    def close(self) -> None:
        """Give back connections."""
        self._client.close()


def next_day(zone: str) -> dt.datetime:
    """The start (aware) of tomorrow in the time zone that a network counts its days in."""
    return clock.day_bounds(clock.local_day(clock.now(), zone) + dt.timedelta(days=1), zone)[0]


def later(seconds: float) -> dt.datetime:
    """The moment (aware) that many seconds from now."""
    return clock.now() + dt.timedelta(seconds=seconds)


def _raise_for_refusal(response: httpx.Response) -> None:
    status, header = response.status_code, response.headers.get("Retry-After")
    if status == 429:
        pause = _pause(header)
        raise PlatformError(Failure.THROTTLED, "HTTP 429", later(PAUSE_SECONDS if pause is None else pause))
    if status >= 500:
        pause = _pause(header)
        raise PlatformError(Failure.UNREACHABLE, f"HTTP {status}", None if pause is None else later(pause))


def _pause(header: str | None) -> float | None:
    """Seconds that a Retry-After header asks for, bounded by a day; None where it is absent or senseless."""
    if not header:
        return None
    if header.isascii() and header.isdigit():
        return min(int(header[:9]), LONGEST_PAUSE_SECONDS)
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    seconds = moment.timestamp() - clock.now().timestamp()
    return min(max(seconds, 0), LONGEST_PAUSE_SECONDS)


def _body(response: httpx.Response, cap: int, came: "hashlib._Hash") -> bytes:
    """The unpacked body. A small packed one may unpack to gigabytes, so it is unpacked by the piece.

    came: gets what has come, as it came.
    """
    packed = response.headers.get("Content-Encoding", "").strip().lower()
    if packed not in ("", "identity", "gzip"):
        raise PlatformError(Failure.BAD_ANSWER, "unknown content encoding")
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if packed == "gzip" else None
    body = bytearray()
    started = False
    for piece in response.iter_raw():
        started = True
        came.update(piece)
        try:
            body += unpack.decompress(piece, cap + 1 - len(body)) if unpack else piece
        except zlib.error:
            raise PlatformError(Failure.BAD_ANSWER, "broken gzip", answer_hash=came.hexdigest()) from None
        if len(body) > cap:
            raise TooLargeError
    if unpack and started and not unpack.eof:
        raise PlatformError(Failure.BAD_ANSWER, "broken gzip", answer_hash=came.hexdigest())
    return bytes(body)


@lru_cache
def _trust(ca_file: str) -> ssl.SSLContext:
    """The usual roots, and those of the PEM file where one is named."""
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


class _Deadline(threading.local):
    """When the request that this thread has under way must be over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = 0.0

    def start(self) -> None:
        self._end = time.monotonic() + self._seconds

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._end

    def bound(self, timeout: float | None) -> float:
        """The given time-out, or what is left of the whole request where that is less."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)


class _TimedBackend(httpcore.SyncBackend):
    """Connections whose every step ends by the deadline of the request."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> httpcore.NetworkStream:
        stream = super().connect_tcp(host, port, self._deadline.bound(timeout), **options)
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.bound(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.bound(timeout))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()
