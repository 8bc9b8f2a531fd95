"""The HTML twin of a plain text, and the outbox as the operator sees it."""

import re

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from letters.queries import outbox

register = template.Library()

EMPTY_LINE = re.compile(r"\n[^\S\n]*\n\s*")
AFTER_ADDRESS = ".,;:!?)»"


@register.filter
def twin(text: str) -> SafeString:
    """Paragraphs of HTML. Addresses of this installation become links; what others wrote stays words."""
    paragraphs = EMPTY_LINE.split(text.strip())
    return format_html_join("\n", "<p>{}</p>", ((_lines(paragraph),) for paragraph in paragraphs))


def _lines(paragraph: str) -> SafeString:
    return format_html_join(SafeString("<br>\n"), "{}", ((_linked(line),) for line in paragraph.splitlines()))


def _linked(line: str) -> SafeString:
    pieces = re.split(rf"({re.escape(settings.PUBLIC_URL)}/\S*)", line)
    return format_html_join("", "{}", ((_link(piece) if at % 2 else piece,) for at, piece in enumerate(pieces)))


def _link(piece: str) -> SafeString:
    address = piece.rstrip(AFTER_ADDRESS)
    return format_html('<a href="{}">{}</a>{}', address, address, piece[len(address) :])


@register.inclusion_tag("networks/outbox.html")
def outbox_panel(zone: str) -> dict[str, object]:
    """What waits and what was refused; moments in that time zone."""
    return {"outbox": outbox(), "zone": zone}
