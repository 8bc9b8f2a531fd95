"""PDF of an event: certificates of those who came, and invitations with a QR code for those without an account."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import segno
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from awards.models import WordingKind
from awards.papers import pdf
from awards.papers.texts import words_of

from .inviting import shown_code
from .models import Event, Participant

TEMPLATE = Path(__file__).parent / "invitations.typ"


# Papers speak Russian whatever language the screens of whoever asks do.
in_russian = translation.override(settings.LANGUAGE_CODE)


@in_russian
def certificates(event: Event, people: Sequence[Participant]) -> bytes:
    """A page for each, in the region's own wording; the same people give the same bytes."""
    common = {
        "мероприятие": event.title,
        "участие": _("has completed the training") if event.teaches else _("took part in"),
        "регион": event.region.name,
        "дата": event.days,
        "часы": "—" if event.hours is None else str(event.hours),
    }
    words = words_of(event.region, WordingKind.CERTIFICATE)
    return pdf.certificates([common | {"имя": each.who} for each in people], words, event.last)


@in_russian
def invitations(event: Event, people: Iterable[Participant], link: str) -> bytes:
    """Six on a sheet, to be cut. link: address of a ticket with `CODE` in the place of the code."""
    data = {
        "title": event.title,
        "heading": _("Invitation"),
        "when": when(event),
        "place": event.place,
        "qr": _("QR code of the ticket"),
        "people": [
            {
                "name": each.who,
                "where": each.where,
                "code": shown_code(each.code),
                "qr": qr_svg(link.replace("CODE", each.code)),
            }
            for each in people
        ],
    }
    return pdf.compiled(str(TEMPLATE), data, dt.datetime.combine(event.first, dt.time(12), dt.UTC))


def when(event: Event) -> str:
    """26.10.2024, 10:00."""
    return f"{event.days}, {event.begins:%H:%M}" if event.begins else event.days


def qr_svg(address: str) -> str:
    """Black on white whatever the theme: scanners need it."""
    file = io.BytesIO()
    _qr(address).save(file, kind="svg", border=2, light="#fff", xmldecl=False)
    return file.getvalue().decode()


def qr_address(address: str) -> str:
    """The same as a data: address of a picture."""
    return _qr(address).svg_data_uri(scale=8, border=2, light="#fff")


def _qr(address: str) -> segno.QRCode:
    """Scanners read every mask; to try which of the eight is the prettiest takes four times as long."""
    return segno.make(address, error="m", micro=False, mask=3)
