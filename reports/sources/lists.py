"""Tables of the lists of a region: pages, institutions, events, doubtful numbers, signs of gaming, ratings."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gospub.clock import local_day
from monitoring.dashboards.filters import (
    EventFilter,
    EvidenceFilter,
    InstitutionFilter,
    PageFilter,
    SuspectFilter,
)
from monitoring.dashboards.queries import events as event_queries
from monitoring.dashboards.queries import evidence as evidence_queries
from monitoring.dashboards.queries import institutions as institution_queries
from monitoring.dashboards.queries import pages as page_queries
from monitoring.dashboards.queries import suspects as suspect_queries
from monitoring.dashboards.queries.overview import latest_day
from monitoring.models import Institution, PlatformCode
from ratings.filters import ScoreFilter
from ratings.models import Rating
from ratings.rules import Subject
from ratings.rules_data import read_rules
from ratings.screens import rating as rating_screen
from ratings.screens import ratings as ratings_screen

from .base import AT_ONCE, Asked, Sheet, Tables, conditions_of, named, sorted_as_asked


def _institutions_seen(asked: Asked):
    return Institution.objects.visible_to(asked.user).filter(region=asked.region)


def pages(asked: Asked) -> Tables:
    found = page_queries.pages_of(asked.region, asked.user)
    chosen = PageFilter(asked.query, found, institutions=_institutions_seen(asked), now=asked.now)
    rows = sorted_as_asked(asked, chosen.qs, page_queries.COLUMNS, page_queries.DEFAULT_SORT)
    cells = (page_queries.export_row(row, asked.region) for row in page_queries.page_rows(rows.iterator(AT_ONCE)))
    sheet = Sheet("pages", _("Pages"), page_queries.EXPORT_HEADINGS, cells)
    return Tables([sheet], conditions_of(chosen), latest_day(asked.region, asked.today))


INSTITUTION_HEADINGS = (
    gettext_lazy("Institution"), gettext_lazy("ИНН"), gettext_lazy("ОГРН"), gettext_lazy("Municipality"),
    gettext_lazy("Sector"), gettext_lazy("Founder"), gettext_lazy("Level"),
    *(PlatformCode(code).label for code in PlatformCode.values), gettext_lazy("Subscribers"),
)  # fmt: skip


def institutions(asked: Asked) -> Tables:
    found = institution_queries.institutions_of(asked.region, asked.user)
    chosen = InstitutionFilter(asked.query, found, institutions=_institutions_seen(asked), now=asked.now)
    rows = sorted_as_asked(asked, chosen.qs, institution_queries.COLUMNS, institution_queries.DEFAULT_SORT)
    cells = (
        [
            row.name, row.inn, row.ogrn, named(row.municipality and row.municipality.name),
            named(row.sector and " → ".join(step.name for step in row.sector.path())), named(row.founder),
            row.get_level_display(), *(getattr(row, f"pages_{code}") for code in PlatformCode.values),
            row.subscribers,
        ]
        for row in rows.iterator(AT_ONCE)
    )  # fmt: skip
    sheet = Sheet("institutions", _("Institutions"), INSTITUTION_HEADINGS, cells)
    return Tables([sheet], conditions_of(chosen), latest_day(asked.region, asked.today))


def events(asked: Asked) -> Tables:
    found = event_queries.events_of(asked.region, asked.user)
    chosen = EventFilter(asked.query, found, institutions=_institutions_seen(asked))
    rows = sorted_as_asked(asked, chosen.qs, event_queries.COLUMNS, event_queries.DEFAULT_SORT)
    cells = (event_queries.export_row(event) for event in rows.iterator(AT_ONCE))
    return Tables([Sheet("events", _("Events"), event_queries.EXPORT_HEADINGS, cells)], conditions_of(chosen))


SUSPECT_HEADINGS = (
    gettext_lazy("Day"), gettext_lazy("Network"), gettext_lazy("Page"), gettext_lazy("Address"),
    gettext_lazy("Institution"), gettext_lazy("What is doubtful"), gettext_lazy("As the network gave it"),
    gettext_lazy("Number"), gettext_lazy("Last good number"), gettext_lazy("Difference"), gettext_lazy("State"),
    gettext_lazy("Decided on"), gettext_lazy("Note"),
)  # fmt: skip


def suspects(asked: Asked) -> Tables:
    """Who decided is in the audit trail."""
    chosen = SuspectFilter(asked.query, suspect_queries.suspects_of(asked.region, asked.user))
    rows = sorted_as_asked(asked, chosen.qs, suspect_queries.COLUMNS, suspect_queries.DEFAULT_SORT)
    cells = (
        [
            row.suspect.day, row.suspect.page.get_platform_display(), str(row.suspect.page), row.suspect.page.url,
            row.suspect.page.institution.name, row.suspect.get_kind_display(), row.suspect.raw, row.suspect.value,
            row.suspect.expected, row.difference, row.suspect.get_state_display(),
            named(row.suspect.decided_at and local_day(row.suspect.decided_at, asked.region.time_zone)),
            row.suspect.note,
        ]
        for row in suspect_queries.suspect_rows(rows.iterator(AT_ONCE))
    )  # fmt: skip
    return Tables([Sheet("suspects", _("Doubtful numbers"), SUSPECT_HEADINGS, cells)], conditions_of(chosen))


EVIDENCE_HEADINGS = (
    gettext_lazy("Found on"), gettext_lazy("Sign"), gettext_lazy("Network"), gettext_lazy("Page"),
    gettext_lazy("Address"), gettext_lazy("Institution"), gettext_lazy("First day"), gettext_lazy("Last day"),
    gettext_lazy("Evidence"), gettext_lazy("Explanation"), gettext_lazy("Decision"), gettext_lazy("Note"),
)  # fmt: skip


def evidence(asked: Asked) -> Tables:
    """Who explained and decided is in the audit trail."""
    chosen = EvidenceFilter(asked.query, evidence_queries.cards_in(asked.region, asked.user))
    rows = sorted_as_asked(asked, chosen.qs, evidence_queries.COLUMNS, evidence_queries.DEFAULT_SORT)
    cells = (
        [
            local_day(row.card.found_at, asked.region.time_zone), row.card.get_kind_display(),
            row.card.page.get_platform_display(), str(row.card.page), row.card.page.url,
            row.card.page.institution.name, row.card.first_day, row.card.last_day,
            "; ".join(f"{figure.label}: {figure.value}" for figure in row.figures),
            named(row.card.explanation), row.card.get_decision_display(), named(row.card.note),
        ]
        for row in evidence_queries.evidence_rows(rows.iterator(AT_ONCE), ())
    )  # fmt: skip
    return Tables([Sheet("evidence", _("Signs of gaming"), EVIDENCE_HEADINGS, cells)], conditions_of(chosen))


RATINGS_HEADINGS = (
    gettext_lazy("Rating"), gettext_lazy("Period"), gettext_lazy("First day"), gettext_lazy("Last day"),
    gettext_lazy("Edition"), gettext_lazy("State"), gettext_lazy("Rated"), gettext_lazy("With a place"),
    gettext_lazy("Computed"), gettext_lazy("sha256 of rules, inputs and scores"),
)  # fmt: skip


def ratings(asked: Asked) -> Tables:
    found = ratings_screen.ratings_of(asked.region, asked.user)
    rows = sorted_as_asked(asked, found, ratings_screen.COLUMNS, ratings_screen.DEFAULT_SORT)
    cells = (
        [
            str(row.methodology), rating_screen.period_text(row), row.first, row.last, row.edition,
            row.get_state_display(), row.subjects, row.ranked,
            local_day(row.computed_at, asked.region.time_zone), row.digest,
        ]
        for row in rows
    )  # fmt: skip
    return Tables([Sheet("ratings", _("Ratings"), RATINGS_HEADINGS, cells)])


def rating(asked: Asked) -> Tables:
    """The scores of the rating `subject`. Raises Rating.DoesNotExist where the user does not see it."""
    ratings_seen = Rating.objects.visible_to(asked.user).filter(region=asked.region)
    found = ratings_seen.select_related("methodology").get(pk=asked.subject)
    rules = read_rules(found.methodology.data)
    chosen = ScoreFilter(asked.query, rating_screen.scores_of(found, asked.user, rules), rating=found, rules=rules)
    columns = rating_screen.columns(rules, grouped=len(found.groups) > 1)
    rows = sorted_as_asked(asked, chosen.qs, columns, rating_screen.DEFAULT_SORT)
    scores = rating_screen.rows(rows.iterator(AT_ONCE), found, rules)
    cells = (rating_screen.export_row(row, found, rules) for row in scores)
    sheet = Sheet("rating", _("Rating"), rating_screen.export_headings(rules), cells)
    version = f"{found.methodology} · {rating_screen.period_text(found)} · {found.digest}"
    of_people = chosen.qs.count() if rules.subject == Subject.PERSON else 0
    return Tables([sheet], conditions_of(chosen), found.last, version, of_people)
