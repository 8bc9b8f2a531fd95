"""What each figure means, in words. The words are frozen with the sheet that used them."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from .models import Kind

# Raised by whoever changes a text below, or how a figure is counted: sheets of different versions are not compared
# silently.
VERSION = 1


def definitions() -> Mapping[Kind, str]:
    """In the language of the installation, whoever looks."""
    with override(settings.LANGUAGE_CODE):
        return _texts()


def _texts() -> dict[Kind, str]:
    page = _(
        "A page is an account of a public body or a subordinate organisation on one network that is in the region's "
        "registry; an organisation on three networks has three pages. A page counts on a day if it was watched then "
        "and the network did not say that it was deleted, blocked, missing or taken over by another community."
    )
    subscriber = _(
        "A subscriber is a subscription and not a person: one person may be subscribed to several pages and is counted "
        "at each."
    )
    missing = _(
        "A page whose number could not be read on that day is not in the sum: it counts neither as zero nor with the "
        "number of another day. A comparison is made only where at least 95 % of the pages were measured on both days."
    )
    same = _(
        "Only pages that were there and measured on both days; pages that were added or disappeared between them count "
        "in neither sum."
    )
    trained = _("Entered by the region's own staff in its log of events; by the local days of the period.")
    return {
        Kind.PAGES: page,
        Kind.SUBSCRIBERS: " ".join(
            (_("The sum of the subscribers of all pages, as the networks showed them that day."), subscriber, missing)
        ),
        Kind.SHARE: " ".join(
            (_("Subscribers of the network's pages divided by the subscribers of all pages."), subscriber)
        ),
        Kind.MEAN: " ".join(
            (_("Subscribers divided by the number of pages that were measured that day."), subscriber, missing)
        ),
        Kind.SAME_PAGES: " ".join((same, subscriber)),
        Kind.GAINED: _("Pages that counted on the day and did not on the day compared with.") + " " + page,
        Kind.LOST: _("Pages that counted on the day compared with and no longer do on the day.") + " " + page,
        Kind.POSTS: _(
            "All posts that the pages published on the local days of the period, both ends included: own ones, "
            "reposts, and copies sent to many pages; also of pages that disappeared meanwhile. A page is covered if "
            "every post of the period is known; of others those that were read are counted. Posts that were deleted "
            "before they were read are not."
        ),
        Kind.EVENTS: _("Trainings and webinars that took place; forums and ceremonies do not count.") + " " + trained,
        Kind.TRAINED: _("People who came to at least one of the trainings; each is counted once.") + " " + trained,
    }
