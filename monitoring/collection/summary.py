"""The summary of a run as text."""

from typing import TextIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.models import PlatformCode
from monitoring.models.measures import SlotReason

from .run import Summary


def print_summary(out: TextIO, name: str, summary: Summary) -> None:
    """Pages, subscribers by network, posts, failures by reason, seconds."""

    def count(number: int) -> str:
        return number_format(number, use_l10n=True, force_grouping=True)

    def people(number: int) -> str:
        return ngettext("%(shown)s subscriber", "%(shown)s subscribers", number) % {"shown": count(number)}

    pages = ngettext("%(shown)s account", "%(shown)s accounts", summary.pages) % {"shown": count(summary.pages)}
    lines = [f"{name}: {pages}"]
    lines += [f"  {p.label}: {people(summary.subscribers[p])}" for p in PlatformCode if p in summary.subscribers]
    lines.append("  " + _("Together: %(people)s") % {"people": people(sum(summary.subscribers.values()))})
    posts = ngettext("%(shown)s post", "%(shown)s posts", summary.posts) % {"shown": count(summary.posts)}
    lines.append("  " + _("In the base: %(posts)s") % {"posts": posts})
    for reason, number in summary.failures.most_common():
        fields = {"reason": SlotReason(reason).label, "number": count(number)}
        lines.append("  " + _("Not collected, %(reason)s: %(number)s") % fields)
    if summary.still_due:
        lines.append("  " + _("Still due, will be tried again: %(number)s") % {"number": count(summary.still_due)})
    lines.append("  " + _("Seconds: %(seconds)s") % {"seconds": number_format(summary.seconds, 1)})
    out.write("\n".join(lines) + "\n")
