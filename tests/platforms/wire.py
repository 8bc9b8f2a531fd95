"""A server on this machine that answers each connection with bytes as scripted: what no decent server would send."""

import datetime as dt
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import parse_qsl

from monitoring.platforms.base import PageRef, Platform

Script = Callable[[socket.socket], None]


class ScriptedServer:
    """Plays one script a request, the last one again and again.

    `requests`: first lines of what came in; `headers` and `bodies`: what came with them, forms decoded.
    """

    def __init__(self, *scripts: Script) -> None:
        self.requests: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[dict[str, str]] = []
        self._scripts = list(scripts)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                try:
                    self._answer(connection)
                except OSError:
                    continue

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(65536)
            if not piece:
                return
            head += piece
        head, _, body = head.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += connection.recv(65536)
        first, *lines = head.decode().split("\r\n")
        self.requests.append(first)
        self.headers.append({name.lower(): value for name, _, value in (line.partition(": ") for line in lines)})
        self.bodies.append(dict(parse_qsl(body.decode())))
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        script(connection)

    def close(self) -> None:
        self._socket.close()


def http(body: bytes = b"{}", status: str = "200 OK", *headers: str, length: int | None = None) -> Script:
    """A whole HTTP answer; `length` lies about the body's."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
        *headers,
    ]
    return says("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def answers(value: object) -> Script:
    """A whole HTTP answer with JSON."""
    return http(json.dumps(value).encode())


def says(answer: bytes) -> Script:
    return lambda connection: connection.sendall(answer)


def drips(answer: bytes, every: float = 0.05) -> Script:
    """One byte at a time, without end: each in time for a time-out on reading, the whole never."""

    def script(connection: socket.socket) -> None:
        for byte in _without_end(answer):
            connection.sendall(bytes([byte]))
            time.sleep(every)

    return script


def _without_end(answer: bytes) -> Iterable[int]:
    yield from answer
    while True:
        yield ord("x")


def back_to(since: dt.datetime, pages: Iterable[PageRef]) -> list[PageRef]:
    """The pages with all their posts since that moment asked for."""
    return [replace(page, posts_since=since, posts_from=since) for page in pages]


def calls(client: Platform) -> dict[str, int]:
    """What the client has sent, by method, all tokens together."""
    return dict(sum(client.access.calls.values(), Counter()))
