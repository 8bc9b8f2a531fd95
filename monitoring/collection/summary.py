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

    lines = [f"{name}: {count(summary.pages)} {ngettext('page', 'pages', summary.pages)}"]
    for platform in PlatformCode:
        if platform in summary.subscribers:
            lines.append(f"  {platform.label}: {count(summary.subscribers[platform])} {_('subscribers')}")
    lines.append(f"  {_('Subscribers together')}: {count(sum(summary.subscribers.values()))}")
    lines.append(f"  {_('Posts in the base')}: {count(summary.posts)}")
    for reason, number in summary.failures.most_common():
        lines.append(f"  {_('Not collected')}: {count(number)}: {SlotReason(reason).label}")
    if summary.still_due:
        lines.append(f"  {_('Still due, will be tried again')}: {count(summary.still_due)}")
    lines.append(f"  {_('Seconds')}: {number_format(summary.seconds, 1)}")
    out.write("\n".join(lines) + "\n")
