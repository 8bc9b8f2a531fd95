"""The quality badge for a page's own network: PNG of the exact size, and SVG in which letters are outlines, so that it
looks the same where its fonts are not known.

Sizes in pixels. VK: the largest covers that groups.getById gives of official pages are 1920 × 768 and, with their upper
and lower edges cut off, 1818 × 606; one file serves desktop and phone. Telegram: TDLib's chatPhotoInfo.big. The rest is
customary and no network's word: VK's avatar 400 × 400, OK's cover 1944 × 600; OK and MAX publish nothing of avatars and
get Telegram's. Telegram and MAX have no covers.
"""

from collections.abc import Iterable

import segno
from django.db.models import TextChoices
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from awards.models import QualityMark
from monitoring.models import PlatformCode

from .pdf import compiled

WORDS = ("Знак", "качества")
ENDINGS = {"png": "image/png", "svg": "image/svg+xml"}


class Shape(TextChoices):
    COVER = "cover", _("cover")
    AVATAR = "avatar", _("avatar")
    SEAL = "seal", _("seal without a background, for a cover of your own")


Size = tuple[int, int]
SEAL: dict[Shape, Size] = {Shape.SEAL: (800, 800)}
SIZES: dict[str, dict[Shape, Size]] = {
    PlatformCode.VK: {Shape.COVER: (1920, 768), Shape.AVATAR: (400, 400)} | SEAL,
    PlatformCode.OK: {Shape.COVER: (1944, 600), Shape.AVATAR: (640, 640)} | SEAL,
    PlatformCode.TELEGRAM: {Shape.AVATAR: (640, 640)} | SEAL,
    PlatformCode.MAX: {Shape.AVATAR: (640, 640)} | SEAL,
}


def drawn(mark: QualityMark, shape: Shape, ending: str, address: str) -> bytes:
    """The file. address: the public one, with its scheme; the QR leads there. KeyError where the network of the mark's
    page has no such shape."""
    width, height = SIZES[mark.page.platform][shape]
    modules = segno.make(address, error="l", micro=False).matrix  # raised to a stricter level where it costs no room
    region, code = mark.contest.region.name, f"{mark.code[:4]} {mark.code[4:]}"
    data = {
        "shape": shape,
        "width": width,
        "height": height,
        "words": WORDS,
        "year": str(mark.year),
        "region": region,
        "code": code,
        "address": address.partition("://")[2].rstrip("/"),
        "modules": len(modules),
        "runs": runs(modules),
    }
    drawing = compiled("badge.typ", data, None, ending, 72)
    if ending == "svg":
        label = escape(f"{' '.join(WORDS)} {mark.year}, {region}, {code}")
        return drawing.replace(b"<svg ", f'<svg role="img" aria-label="{label}" '.encode(), 1)
    return drawing


def runs(modules: Iterable[Iterable[int]]) -> list[tuple[int, int, int]]:
    """(column, row, length) of dark modules that stand together in a row."""
    found = []
    for y, row in enumerate(modules):
        start = None
        for x, dark in enumerate((*row, 0)):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                found.append((start, y, x - start))
                start = None
    return found
