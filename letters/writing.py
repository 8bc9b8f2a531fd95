"""A letter of the outbox as it goes out: words, HTML twin and headers, written at that moment."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from gospub.accounts.models import User
from gospub.clock import local_day
from monitoring.models import Institution, Region

from . import digests
from .choices import token_of, unsubscribed
from .digests.due import WEEK
from .digests.parts import Digest
from .links import absolute, host
from .models import OBLIGATORY, Kind, Letter


class UnneededError(Exception):
    """Why a letter need not go out any more, in words."""


@dataclass(frozen=True, slots=True)
class Written:
    """html: the twin of the text. leave: the address at which nobody signs in and the letters end; "" where they do
    not."""

    subject: str
    text: str
    html: str
    leave: str


def message(letter: Letter, now: dt.datetime) -> EmailMultiAlternatives:
    """The letter to its user, who comes fresh from the base. Raises UnneededError."""
    with translation.override(settings.LANGUAGE_CODE):
        _refuse_unneeded(letter, now)
        if letter.week:
            digest = digests.write(letter.kind, letter.user, letter.region, letter.week, now)
            if digest is None:
                raise UnneededError(_("There is nothing to tell, or the right has ended."))
            written = written_digest(digest, letter.kind, letter.user)
        else:
            written = _written(letter.subject, "letter", {"text": letter.text}, letter.kind, letter.user)
    found = EmailMultiAlternatives(
        written.subject, written.text, to=[letter.user.email], headers=_headers(letter, written)
    )
    found.attach_alternative(written.html, "text/html")
    return found


def _refuse_unneeded(letter: Letter, now: dt.datetime) -> None:
    user = letter.user
    if not user.is_active:
        raise UnneededError(_("The user signs in no more."))
    if letter.kind in unsubscribed(user):
        raise UnneededError(_("The user has unsubscribed."))
    if letter.institution and not Institution.objects.visible_to(user).filter(pk=letter.institution_id).exists():
        raise UnneededError(_("The user does not see the institution any more."))
    if letter.week and local_day(now, letter.region.time_zone) >= letter.week + 2 * WEEK:
        raise UnneededError(_("The next letter tells what is new."))


def written_digest(digest: Digest, kind: Kind, user: User) -> Written:
    """A digest in words."""
    return _written(digest.subject, "digest", {"digest": digest}, kind, user)


def preview(kind: Kind, user: User, region: Region, week: dt.date, now: dt.datetime) -> Written | None:
    """The digest that the user would get now; None where there is nothing to tell."""
    with translation.override(settings.LANGUAGE_CODE):
        digest = digests.write(kind, user, region, week, now)
        return digest and written_digest(digest, kind, user)


def _written(subject: str, template: str, content: dict[str, object], kind: Kind, user: User) -> Written:
    leave = "" if kind in OBLIGATORY else absolute("unsubscribe", token_of(user, kind))
    context = {
        **content,
        "subject": subject,
        "kind": Kind(kind).label,
        "leave": leave,
        "account": absolute("account"),
        "home": settings.PUBLIC_URL,
        "language": settings.LANGUAGE_CODE,
    }
    text = render_to_string(f"mail/{template}.txt", context)
    return Written(subject, text.strip() + "\n", render_to_string(f"mail/{template}.html", context), leave)


def _headers(letter: Letter, written: Written) -> dict[str, str]:
    """RFC 8058 where the letters may end: mail programs show a button, which posts without opening anything."""
    headers = {"Message-ID": f"<{mark_of(letter)}@{host()}>", "Auto-Submitted": "auto-generated"}
    if written.leave:
        headers |= {"List-Unsubscribe": f"<{written.leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def mark_of(letter: Letter) -> str:
    """The same for the same letter to the same address, also when a base that was restored from a copy writes it anew;
    another one where only the key is the same."""
    said = "\n".join([letter.key, letter.user.email, letter.subject, letter.text])
    return salted_hmac("letters", said, algorithm="sha256").hexdigest()[:32]
