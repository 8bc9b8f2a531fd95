"""The demo's mail server: letters become files, which the screen /mail/ shows; none leaves the machine."""

import datetime as dt
import email
import email.policy
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage as Outgoing
from django.core.mail.backends.base import BaseEmailBackend

from gospub.accounts.models import User


@dataclass(frozen=True, slots=True)
class Captured:
    """A letter as a mail program would get it. name: in its address. html: "" where it has no twin."""

    name: str
    to: list[str]
    subject: str
    at: dt.datetime | None
    headers: list[tuple[str, str]]
    text: str
    html: str


class CaptureBackend(BaseEmailBackend):
    """Writes each letter to a file of its own, whole or not at all."""

    def send_messages(self, messages: Iterable[Outgoing]) -> int:
        sent = 0
        for message in messages:
            path = folder() / f"{time.time_ns()}-{secrets.token_hex(4)}.eml"
            part = path.with_suffix(".part")
            part.write_bytes(message.message().as_bytes(linesep="\r\n"))
            part.rename(path)
            sent += 1
        return sent


def folder() -> Path:
    path = Path(settings.VAR_DIR) / "mail"
    path.mkdir(parents=True, exist_ok=True)
    return path


def letters_to(user: User) -> Iterator[Captured]:
    """The user's letters, all of them for the operator; the latest first."""
    for path in sorted(folder().glob("*.eml"), reverse=True):
        found = _read(path)
        if user.rights.operator or user.email in found.to:
            yield found


def letter_to(user: User, name: str) -> Captured | None:
    """The letter of that name, where the user may read it."""
    return next((found for found in letters_to(user) if found.name == name), None)


def _read(path: Path) -> Captured:
    message: EmailMessage = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Captured(
        name=path.stem,
        to=[address.addr_spec for address in message["To"].addresses],
        subject=str(message["Subject"]).strip(),
        at=message["Date"].datetime,
        headers=[(name, str(value).strip()) for name, value in message.items()],
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
    )
