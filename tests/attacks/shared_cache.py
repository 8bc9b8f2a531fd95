"""A cache before the installation, as RFC 9111 allows it to be, and answers that it may have kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.test import Client


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. who: whose cookies are sent; two may send the same ones, before and after the end of a session."""

    who: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass
class SharedCache:
    """Keeps what may be kept, by address and the headers of Vary; what says no-cache is asked for anew and given again
    where its ETag still holds. Like the boldest ones it keeps answers without Cache-Control, and those with cookies."""

    origin: Mapping[Asked, Answer]
    cookies: Mapping[str, str]
    kept: dict[str, list[tuple[tuple[tuple[str, str], ...], Answer]]] = field(default_factory=dict)
    hits: int = 0

    def get(self, asked: Asked) -> Answer:
        sent = {"cookie": self.cookies[asked.who]} | {name.lower(): value for name, value in asked.headers}
        for keys, answer in self.kept.get(asked.path, ()):
            if all(sent.get(name, "") == value for name, value in keys) and self._fresh(asked, answer):
                self.hits += 1
                return answer
        answer = self.origin[asked]
        if answer.status == 200 and not _says(answer, "private", "no-store") and answer.headers.get("Vary") != "*":
            names = [name.strip().lower() for name in answer.headers.get("Vary", "").split(",") if name.strip()]
            keys = tuple((name, sent.get(name, "")) for name in names)
            self.kept.setdefault(asked.path, []).append((keys, answer))
        return answer

    def _fresh(self, asked: Asked, answer: Answer) -> bool:
        if not _says(answer, "no-cache"):
            return True
        now = self.origin[asked]
        return "ETag" in answer.headers and answer.headers["ETag"] == now.headers.get("ETag")


def _says(answer: Answer, *words: str) -> bool:
    return any(word in answer.headers.get("Cache-Control", "") for word in words)


def answer_to(asked: Asked, cookies: Mapping[str, str]) -> Answer:
    """What the installation itself answers."""
    client = Client(headers={"Cookie": cookies[asked.who]} if cookies[asked.who] else {})
    response = client.get(asked.path, headers=dict(asked.headers))
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(response.status_code, dict(response.items()), without_tokens(content))


def without_tokens(content: bytes) -> bytes:
    """Without what differs at each request of the same person."""
    return re.sub(rb'value="\w{64}"', b"", content)


def mixed(orders: Iterable[list[Asked]], origin: Mapping[Asked, Answer], cookies: Mapping[str, str]) -> tuple[set, int]:
    """Requests that a cache answers otherwise than the installation does, each order through an empty one; and how
    often the cache answered."""
    wrong, hits = set(), 0
    for order in orders:
        cache = SharedCache(origin, cookies)
        for asked in order:
            found, right = cache.get(asked), origin[asked]
            if (found.status, found.content) != (right.status, right.content):
                wrong.add(asked)
        hits += cache.hits
    return wrong, hits
