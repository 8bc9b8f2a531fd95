"""What the subjects of a rating are called, and where they are shown."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from monitoring.models import ConsentScope, Level, PageClass, Person, PlatformCode

from .models import Rating, Score
from .rules import GroupField, Rules, Subject

# With these a score's name costs no query of its own.
RELATED = ("page__institution", "institution", "person", "municipality")


def name_of(score: Score) -> str:
    """The subject's name for those who may see the score. The rows come with `RELATED`."""
    if score.page:
        return str(score.page)
    return str(score.institution or score.person or score.municipality or score.key)


def address_of(score: Score) -> str:
    """The card of the page or institution behind the score; "" where there is none."""
    if score.page_id:
        return reverse("page", args=[score.page_id])
    return reverse("institution", args=[score.institution_id]) if score.institution_id else ""


def public_names(rating: Rating, now: dt.datetime) -> dict[str, str]:
    """Names by key that anyone may see at the moment `now` (aware): of people only those whose consent is in force."""
    consenting = Person.objects.with_public_name(ConsentScope.OPEN_DATA, now)
    scores = rating.scores.filter(Q(person=None) | Q(person__in=consenting)).select_related(*RELATED)
    return {
        score.key: f"{score.page.institution}: {score.page.url}" if score.page else name_of(score)
        for score in scores.order_by("key")
    }


def group_name(label: Iterable[Iterable[str]], rules: Rules) -> str:
    """A peer group in words: «Культура, 500–1 999 подписчиков»; several combinations are listed."""
    names = [
        ", ".join(field_text(field, text, rules) for field, text in zip(rules.peers.by, fields, strict=False))
        for fields in label
    ]
    return "; ".join(name for name in names if name) or _("all")


def field_text(field: GroupField, text: str, rules: Rules) -> str:
    """What a value of the field is called."""
    match field:
        case GroupField.SIZE:
            return size_text(text, rules)
        case GroupField.LEVEL:
            return str(Level(text).label) if text in Level.values else text
        case GroupField.NETWORK:
            return str(PlatformCode(text).label)
        case GroupField.PAGE_CLASS:
            return str(PageClass(text).label)
        case GroupField.KIND:
            return str(KINDS[text]()) if text in KINDS else _("municipality not known")
    return text or _("sector not known")


KINDS = {
    "inner": lambda: _("district of a federal city"),
    "okrug": lambda: _("municipal okrug"),
    "district": lambda: _("municipal district"),
    "city": lambda: _("urban okrug"),
}


def size_text(text: str, rules: Rules) -> str:
    """«до 500», «от 500 до 2 000», «от 10 000» of subscribers or adults."""
    if not text:
        return _("size not known")
    bounds, number = rules.peers.sizes, int(text)
    unit = _("adult people") if rules.peers.by_population else _("people subscribed")
    low = f"{bounds[number - 1]:,.0f}".replace(",", "\xa0") if number else ""
    high = f"{bounds[number]:,.0f}".replace(",", "\xa0") if number < len(bounds) else ""
    if not low:
        return _("below %(high)s %(unit)s") % {"high": high, "unit": unit}
    if not high:
        return _("from %(low)s %(unit)s") % {"low": low, "unit": unit}
    return _("from %(low)s to below %(high)s %(unit)s") % {"low": low, "high": high, "unit": unit}


def subject_words(subject: Subject) -> str:
    """Who is rated, as the head of a column."""
    return {
        Subject.PAGE: _("Page"),
        Subject.INSTITUTION: _("Institution"),
        Subject.PERSON: _("Page admin"),
        Subject.MUNICIPALITY: _("Municipality"),
        Subject.FOUNDER: _("Founder"),
    }[subject]
