"""Signs of gaming: the cards with their figures in words, and who may explain and decide them."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Case, DateTimeField, F, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gospub.accounts.models import User
from monitoring.dashboards.queries.page import post_url
from monitoring.dashboards.tables import Column
from monitoring.models import EvidenceCard, EvidenceDecision, EvidenceKind, Post, Region
from monitoring.templatetags.figures import number, percent, share, short_day, signed_percent

# Those that wait come first, the one found first before the others; then what was decided, latest first.
WAITING_FIRST = Case(
    When(decision=EvidenceDecision.OPEN, then=Value(dt.datetime.max.replace(tzinfo=dt.UTC, microsecond=0))),
    default=F("decided_at"),
    output_field=DateTimeField(),
)
COLUMNS = (Column("decided", gettext_lazy("Decision"), WAITING_FIRST),)
DEFAULT_SORT = "-decided"

# What each sign means, in a sentence for those who have to explain it.
MEANINGS: dict[str, str | Promise] = {
    EvidenceKind.JUMP_WITHOUT_VIEWS: gettext_lazy(
        "Many subscribers came at once, and posts are seen no more than before."
    ),
    EvidenceKind.VIEWS_WITHOUT_REACH: gettext_lazy("Posts were seen far more often than the page's audience allows."),
    EvidenceKind.EQUAL_POSTS: gettext_lazy("The same text was published again and again within a week."),
    EvidenceKind.MASS_POSTS: gettext_lazy("Half or more of the posts are texts that were sent to many pages."),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the evidence: what it is and its value, as shown."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A card as shown. meaning: its sign in a sentence. posts: (id in the network, address or "") of examples."""

    card: EvidenceCard
    meaning: str | Promise
    figures: list[Figure]
    posts: list[tuple[str, str]]
    may_explain: bool


def cards_in(region: Region, user: User) -> QuerySet[EvidenceCard]:
    """The region's cards that the user may see, with all that a row shows."""
    return with_pages(EvidenceCard.objects.visible_to(user)).filter(page__institution__region=region)


def with_pages(cards: QuerySet[EvidenceCard]) -> QuerySet[EvidenceCard]:
    return cards.select_related("page__institution__region", "explained_by", "decided_by")


def waiting(region: Region, user: User) -> QuerySet[EvidenceCard]:
    """Those that the user may see and that wait for a decision."""
    return EvidenceCard.objects.visible_to(user).open().filter(page__institution__region=region)


def evidence_rows(cards: Iterable[EvidenceCard], own: Collection[int]) -> Iterator[EvidenceRow]:
    """Rows of cards whose pages are joined; own: institutions whose admin looks, and so may explain."""
    for card in cards:
        posts = [
            (external_id, post_url(card.page, Post(external_id=external_id)))
            for external_id in card.facts.get("ids", [])
        ]
        figures = FIGURES[card.kind](card.facts)
        yield EvidenceRow(card, MEANINGS[card.kind], figures, posts, card.is_open and card.page.institution_id in own)


# --- evidence in words --------------------------------------------------------------------------


def _jump(facts: Mapping) -> list[Figure]:
    before, after = facts["before"], facts["after"]
    growth = f" ({signed_percent((after - before) / before)})" if before else ""
    return [
        Figure(_("Subscribers"), f"{number(before)} → {number(after)}{growth}"),
        Figure(_("Views of a post in the 14 days before"), _mean(facts["views_before"], facts["posts_before"])),
        Figure(_("Views of a post in the 7 days after"), _mean(facts["views_after"], facts["posts_after"])),
    ]


def _views(facts: Mapping) -> list[Figure]:
    monday = dt.date.fromisoformat(facts["week"])
    views, acted = facts["views"], facts["interactions"]
    return [
        Figure(_("Week"), f"{short_day(monday)} – {short_day(monday + dt.timedelta(days=6))}"),
        Figure(_("Views of the week"), number(views)),
        Figure(_("Views of a post"), _mean(views, facts["posts"])),
        Figure(_("Subscribers"), number(facts["subscribers"])),
        Figure(_("Weekly reach, people"), number(facts["reach"])),
        Figure(_("Reactions by view"), percent(acted / views if acted is not None and views else None, 3)),
        Figure(_("Usual on this page"), percent(facts["usual"], 3)),
    ]


def _equal(facts: Mapping) -> list[Figure]:
    return [
        Figure(_("Equal posts"), number(facts["posts"])),
        Figure(_("Different texts among them"), number(facts["texts"])),
    ]


def _mass(facts: Mapping) -> list[Figure]:
    return [
        Figure(_("Posts in 30 days"), number(facts["posts"])),
        Figure(_("Mass-distributed"), f"{number(facts['copies'])} ({share(facts['copies'] / facts['posts'])})"),
    ]


def _mean(views: int, posts: int) -> str:
    """With what it is the mean of."""
    return f"{number(views / posts)} ({number(views)} ÷ {number(posts)})"


FIGURES: dict[str, Callable[[Mapping], list[Figure]]] = {
    EvidenceKind.JUMP_WITHOUT_VIEWS: _jump,
    EvidenceKind.VIEWS_WITHOUT_REACH: _views,
    EvidenceKind.EQUAL_POSTS: _equal,
    EvidenceKind.MASS_POSTS: _mass,
}
