"""Tables of coverage and law: coverage, presence, requirements, pages with their checklists, moves between networks."""

import datetime as dt

from django.utils.translation import gettext as _

from compliance import checks, page_list
from compliance import coverage as coverage_queries
from compliance import moves as move_queries
from compliance import presence as presence_queries
from monitoring.dashboards.queries.periods import parse_day
from monitoring.models import Institution, PlatformCode

from .base import AT_ONCE, Asked, Sheet, Tables, conditions_of, member, named, percents, rounded, sorted_as_asked
from .figures import network_name


def coverage(asked: Asked) -> Tables:
    by = member(coverage_queries.By, asked.query.get("by", ""), coverage_queries.By.MUNICIPALITY)
    view = coverage_queries.coverage(asked.region, asked.today, by)
    heads = [by.label, _("Institutions"), _("On at least one network"), _("On at least one network, %"),
             _("Without any page"), _("With an exemption"), _("Lacks an obligatory network")]  # fmt: skip
    for code in view.platforms:
        name = network_name(code)
        heads += [_("%s: with a page") % name, _("%s: exempt") % name, _("%s: without a page") % name, f"{name}, %"]
    rows = [
        [
            _("Region") if group is view.total else named(group.name), group.total, group.some,
            percents(group.some_share), group.none, group.exempt, group.lagging,
            *(
                cell
                for network in group.networks
                for cell in (network.present, network.exempt, network.missing, _applying(network.share))
            ),
        ]
        for group in [view.total, *view.groups]
    ]  # fmt: skip
    return Tables([Sheet("coverage", _("Coverage of institutions"), heads, rows)], [(_("By"), by.label)], asked.today)


def _applying(share: float | None) -> float | str:
    """In percent; nobody is obliged: it does not apply."""
    return "—" if share is None else percents(share)


def presence(asked: Asked) -> Tables:
    region, today = asked.region, asked.today
    chosen = presence_queries.PresenceFilter(
        asked.query, presence_queries.institutions_of(region), institutions=Institution.objects.filter(region=region),
        region=region, day=today, now=asked.now,
    )  # fmt: skip
    found = sorted_as_asked(asked, chosen.qs, presence_queries.COLUMNS, presence_queries.DEFAULT_SORT)
    rows = presence_queries.export_rows(presence_queries.all_rows(region, today, chosen.duties, found))
    sheet = Sheet("presence", _("Presence"), presence_queries.EXPORT_HEADINGS, rows)
    return Tables([sheet], conditions_of(chosen), today)


def compliance(asked: Asked) -> Tables:
    platform = member(PlatformCode, asked.query.get("platform", ""), "")
    view = checks.compliance(asked.region, platform)
    heads = (_("Requirement"), _("Basis"), _("Met"), _("Not met"), _("no data"), _("does not apply"), _("Met, %"))
    rows = [
        [
            each.title, named(each.basis and each.basis.basis), each.count.met, each.count.lacking,
            each.count.unknown, each.count.not_applicable, _applying(each.count.share),
        ]
        for each in view.requirements
    ]  # fmt: skip
    places = [
        [named(place.name), place.pages, *(_applying(count.share) for count in place.counts)] for place in view.places
    ]
    shares = [f"{each.title}, %" for each in view.requirements]
    sheets = [
        Sheet("requirements", _("Requirements"), heads, rows),
        Sheet("municipalities", _("Municipalities"), (_("Municipality"), _("Pages"), *shares), places),
    ]
    return Tables(sheets, [(_("Network"), network_name(platform))], asked.today)


def compliance_pages(asked: Asked) -> Tables:
    chosen = page_list.chosen_pages(asked.query, asked.region, asked.user, asked.now)
    found = sorted_as_asked(asked, chosen.qs, page_list.COLUMNS, page_list.DEFAULT_SORT)
    rows = page_list.export_rows(page_list.rows(chosen, found.iterator(AT_ONCE)))
    sheet = Sheet("pages", _("Pages"), page_list.export_headings(), rows)
    return Tables([sheet], conditions_of(chosen), asked.today)


def network_moves(asked: Asked) -> Tables:
    since = parse_day(asked.query.get("since", ""))
    sensible = since and dt.date(2000, 1, 1) < since < asked.today
    view = move_queries.moves(
        asked.region, asked.today, since if sensible else asked.today - move_queries.YEAR, listed=None
    )
    networks = [
        [
            network_name(row.platform), row.pages_then, row.pages_now, row.then, row.now, row.change,
            percents(row.then_share), percents(row.now_share),
        ]
        for row in view.networks
    ]  # fmt: skip
    movers = [
        [row.institution.name, _place(row.institution), _networks(row.left), _networks(row.came)] for row in view.movers
    ]
    doubles = [
        [row.institution.name, _place(row.institution), network_name(row.platform), row.count] for row in view.doubles
    ]
    others = [
        [each.measure.label, named(other.who), rounded(other.value), named(other.when), other.source]
        for each in view.beside
        for other in each.others
    ]
    own = [[each.measure.label, _("Region"), rounded(each.own), "—", "—"] for each in view.beside]
    heads = (_("What"), _("Who"), _("Value"), _("When"), _("Source"))
    sheets = [
        Sheet("networks", _("Networks"), (
            _("Network"), _("Pages then"), _("Pages now"), _("Subscribers then"), _("Subscribers now"), _("Change"),
            _("Share then, %"), _("Share now, %"),
        ), networks),
        Sheet("movers", _("Moved"), (_("Institution"), _("Municipality"), _("Left"), _("Came")), movers),
        Sheet("doubles", _("Second pages"), (_("Institution"), _("Municipality"), _("Network"), _("Pages")), doubles),
        Sheet("others", _("Figures of others"), heads, own + others),
    ]  # fmt: skip
    then = [(_("Since"), f"{view.then:%d.%m.%Y}")] if view.then else []
    return Tables(sheets, then, view.day)


def _place(institution: Institution) -> str:
    return named(institution.municipality and institution.municipality.name)


def _networks(codes: list[str]) -> str:
    return ", ".join(map(network_name, codes))
