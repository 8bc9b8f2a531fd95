"""Events of a week in lines, the gravest first."""

import datetime as dt

from django.db.models import QuerySet

from letters.links import absolute
from monitoring.models import EventKind, Institution, PageEvent
from monitoring.templatetags.figures import named_value, short_day

from .parts import Line, named
from .weeks import DAYS

# The gravest first.
GRAVE = (
    EventKind.REPLACED,
    EventKind.DELETED,
    EventKind.BLOCKED,
    EventKind.NOT_FOUND,
    EventKind.CLOSED,
    EventKind.MARK_LOST,
    EventKind.WIDGET_LOST,
    EventKind.LOSS,
    EventKind.GAIN,
)
# In the order in which a letter has room for them; kinds that are not named come last.
ORDER = (*GRAVE, EventKind.SILENT, EventKind.RENAMED)


def events(institutions: QuerySet[Institution], week: dt.date) -> list[PageEvent]:
    """What happened to the pages of the institutions in the week that begins on that Monday."""
    last = week + dt.timedelta(days=DAYS - 1)
    found = PageEvent.objects.filter(page__institution__in=institutions, day__range=(week, last))
    return sorted(found.select_related("page"), key=lambda event: (_rank(event), -event.day.toordinal(), -event.pk))


def _rank(event: PageEvent) -> int:
    return ORDER.index(event.kind) if event.kind in ORDER else len(ORDER)


def line(event: PageEvent) -> Line:
    """«20.10.2024. ВКонтакте, Музей: утрачен виджет ПОС», with what the network named before and after."""
    values = " → ".join(named_value(" ".join(value.split())) for value in (event.old, event.new) if value)
    text = f"{short_day(event.day)}. {named(event.page)}: {event.get_kind_display()}"
    return Line(f"{text} ({values})" if values else text, absolute("page", event.page_id))
