"""Tables of the figures of a region: overview, dynamics, growth, heat map, two years, goals, collection."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from monitoring.dashboards.queries import collection as collection_queries
from monitoring.dashboards.queries import dynamics as dynamics_queries
from monitoring.dashboards.queries import goals as goal_queries
from monitoring.dashboards.queries import growth as growth_queries
from monitoring.dashboards.queries import heat as heat_queries
from monitoring.dashboards.queries import overview as overview_queries
from monitoring.dashboards.queries import years as year_queries
from monitoring.dashboards.queries.overview import latest_day
from monitoring.dashboards.queries.periods import compared, parse_day
from monitoring.dashboards.tables import sort_of
from monitoring.models import Dimension, Institution, Municipality, Page, PlatformCode

from .base import Asked, Sheet, Tables, Words, member, named, percents, rounded

ALL_NETWORKS = ""


def network_name(code: str) -> str:
    """«ВКонтакте»; "" = all networks together."""
    return str(PlatformCode(code).label) if code else _("All networks")


def overview(asked: Asked) -> Tables:
    day = parse_day(asked.query.get("day", "")) or latest_day(asked.region, asked.today)
    view = overview_queries.overview(asked.region, day, {})
    heads = (_("Accounts"), _("Measured"), _("Subscribers"))
    networks = [network_name(code) for code in view.platforms]
    return Tables(
        [
            Sheet(
                "networks",
                _("Networks"),
                (_("Network"), *heads),
                [
                    [network_name(card.platform), card.now.pages, card.now.measured, card.now.subscribers]
                    for card in ([view.total, *view.cards] if view.total else ())
                ],
            ),
            *(
                Sheet(name, title, (title, *heads, _("In a year")), [
                    [named(row.name), row.now.pages, row.now.measured, row.now.subscribers, row.change]
                    for row in groups
                ])
                for name, title, groups in (
                    ("municipalities", _("Municipalities"), view.municipalities),
                    ("sectors", _("Sectors"), view.sectors),
                )
            ),
            Sheet("days", _("Days"), (_("Day"), _("All networks"), *networks), [
                [row.day, row.total.subscribers, *("—" if of is None else of.subscribers for of in row.platforms)]
                for row in view.trend
            ]),
        ],
        day=view.day,
    )  # fmt: skip


def dynamics(asked: Asked) -> Tables:
    latest = latest_day(asked.region, asked.today)
    if latest is None:
        return Tables([])
    periods = compared(asked.query, latest)
    by = member(Dimension, asked.query.get("by", ""), Dimension.PLATFORM)
    by = by if by in dynamics_queries.DIMENSIONS else Dimension.PLATFORM
    measure = member(dynamics_queries.Measure, asked.query.get("measure", ""), dynamics_queries.Measure.SUBSCRIBERS)
    key = asked.query.get("key")
    view = dynamics_queries.dynamics(asked.region, periods, by, key)
    rows = dynamics_queries.sorted_rows(
        view.rows, sort_of(asked.query, dynamics_queries.COLUMNS, dynamics_queries.DEFAULT_SORT)
    )
    measures = [str(each.label) for each in dynamics_queries.Measure]
    heads = [words for label in measures for words in (label, _("%s, before") % label, _("%s, change") % label)]
    shift = periods.shift
    lines = dynamics_queries.chart(view, measure, shift)
    groups = [[named(row.name), *_differences(row.differences)] for row in rows]
    conditions: list[tuple[Words, Words]] = [
        (_("Period"), span_words(periods.period)),
        (_("Compared with"), span_words(periods.earlier) if periods.earlier else periods.against.label),
        (_("By"), by.label),
    ]
    if key is not None:
        conditions.append((_("Only"), next((row.name for row in view.rows if row.key == key), key)))
    return Tables(
        [
            Sheet("whole", _("Whole"), (_("What"), _("Now"), _("Before"), _("Change")), [
                [each.measure.label, *_differences([each])] for each in view.cards
            ]),
            Sheet("groups", by.label, (by.label, *heads), groups),
            Sheet("days", _("Days"), (_("Day"), *(line["name"] for line in lines)), [
                [day, *map(rounded, values)] for day, values in dynamics_queries.day_table(lines)
            ]),
        ],
        conditions,
        periods.period.last,
    )  # fmt: skip


def _differences(differences) -> Iterator[object]:
    """Each measure now, before and its change; shares in percent."""
    for found in differences:
        for value in (found.now, found.then, found.change):
            yield percents(value) if found.is_share else rounded(value)


def span_words(period) -> str:
    return f"{period.first:%d.%m.%Y} – {period.last:%d.%m.%Y}"


def growth(asked: Asked) -> Tables:
    step = member(growth_queries.Step, asked.query.get("step", ""), growth_queries.Step.MUNICIPALITY)
    span = member(growth_queries.Span, asked.query.get("span", ""), growth_queries.Span.YEAR)
    names = ("platform", "municipality", "founder", "institution")
    within = {name: value for name in names if (value := asked.query.get(name, "")) and "\0" not in value}
    if within.get("platform", "") not in PlatformCode.values:
        within.pop("platform", None)
    found = growth_queries.growth(asked.region, step, span, within)
    rows = growth_queries.sorted_rows(found, sort_of(asked.query, growth_queries.COLUMNS, growth_queries.DEFAULT_SORT))
    heads = [column.title for column in growth_queries.COLUMNS]
    cells = [[named(row.name), row.pages, row.subscribers, row.same, row.change, percents(row.ratio)] for row in rows]
    conditions = [(_("Rank"), step.label), (_("Growth against"), span.label), *_within_words(asked, within)]
    return Tables([Sheet("growth", step.label, heads, cells)], conditions, latest_day(asked.region, asked.today))


def _within_words(asked: Asked, within: dict[str, str]) -> Iterator[tuple[Words, Words]]:
    """What the rows lie in, by its name where the region knows it."""
    labels = {"platform": _("Network"), "municipality": _("Municipality"), "founder": _("Founder"),
              "institution": _("Institution")}  # fmt: skip
    models = {"municipality": Municipality, "institution": Institution}
    for name, value in within.items():
        words = value
        if name == "platform":
            words = network_name(value)
        elif name in models and value.isascii() and value.isdigit() and len(value) < 19:
            names = models[name].objects.filter(region=asked.region, pk=int(value))
            words = names.values_list("name", flat=True).first() or value
        yield labels[name], words


def heat_map(asked: Asked) -> Tables:
    shown = member(heat_queries.Shown, asked.query.get("show", ""), heat_queries.Shown.SUBSCRIBERS)
    platform = member(PlatformCode, asked.query.get("platform", ""), ALL_NETWORKS)
    view = heat_queries.heat_map(asked.region, asked.now, shown, platform)
    in_percent = shown in heat_queries.SHARES
    words = f"{shown.label}, %" if in_percent else str(shown.label)
    value = percents if in_percent else rounded
    cells = [
        [named(name), *("—" if cell.empty else value(cell.value) for cell in of_place), value(total)]
        for _key, name, of_place, total in view.rows
    ]
    heads = [_("Municipality"), *(named(name) for _key, name in view.sectors), _("All")]
    conditions = [(_("Shown"), words), (_("Network"), network_name(platform))]
    return Tables([Sheet("heat-map", words, heads, cells)], conditions, latest_day(asked.region, asked.today))


def years(asked: Asked) -> Tables:
    latest = latest_day(asked.region, asked.today)
    day = parse_day(asked.query.get("day", "")) or latest
    then = parse_day(asked.query.get("then", "")) or (year_queries.year_earlier(asked.region, day) if day else None)
    if not (day and then and then < day):
        return Tables([], day=day)
    view = year_queries.years(asked.region, then, day, listed=None)
    heads = (
        _("Network"), _("Accounts then"), _("Accounts now"), _("Subscribers then"), _("Subscribers now"), _("Change"),
        _("Growth of the same pages"), _("The same pages"), _("Came"), _("Pages that came"), _("Left"),
        _("Pages that left"), _("Measured once only"), _("Pages measured once only"),
    )  # fmt: skip
    rows = [
        [
            network_name(row.network), row.accounts_then, row.accounts_now, row.then, row.now, row.change, row.grown,
            row.same, row.came, row.came_pages, row.left, row.left_pages, row.unmeasured, row.unmeasured_pages,
        ]
        for row in view.rows
    ]  # fmt: skip
    conditions = [(_("Then"), f"{then:%d.%m.%Y}"), (_("Now"), f"{day:%d.%m.%Y}")]
    sheets = [Sheet("networks", _("Networks"), heads, rows)]
    for name, title, found in (("came", _("Came"), view.came), ("left", _("Left"), view.left)):
        heads = (_("Network"), _("Page"), _("Address"), _("Institution"), _("Subscribers"))
        sheets.append(Sheet(name, title, heads, [_page_cells(page, subscribers) for page, subscribers in found]))
    return Tables(sheets, conditions, day)


def _page_cells(page: Page, subscribers: int | None) -> list[object]:
    return [page.get_platform_display(), str(page), page.url, page.institution.name, subscribers]


def goals(asked: Asked) -> Tables:
    day = latest_day(asked.region, asked.today)
    view = goal_queries.outlook(asked.region, day, asked.today)
    heads = (_("What"), _("At least"), _("Until the day"), _("When it was set"), _("Now"), _("Progress, %"),
             _("Forecast"))  # fmt: skip
    rows = [
        [
            row.goal.get_measure_display(), row.goal.value, row.goal.day, row.goal.start, row.now,
            percents(row.progress, 1), row.verdict.label,
        ]
        for row in view.goals
    ]  # fmt: skip
    return Tables([Sheet("goals", _("Goals"), heads, rows)], day=day)


def collection_status(asked: Asked) -> Tables:
    """Calls of the networks are the installation's, and stay on the screen."""
    view = collection_queries.collection_status(asked.region, asked.now, {})
    heads = (_("Network"), _("Due"), _("Read"), _("Failed"), _("Skipped"), _("All"), _("Reasons"))
    progress = [
        [
            network_name(found.platform), found.due, found.ok, found.failed, found.skipped, found.total,
            named("; ".join(f"{failure.reason.label}: {failure.pages}" for failure in found.failures)),
        ]
        for found in [view.total, *view.networks]
    ]  # fmt: skip
    days = [
        [day, *(percents(strip[at].share, 1) for strip in view.strips.values())] for at, day in enumerate(view.days)
    ]
    shares = [_("%s, measured, %%") % network_name(code) for code in view.strips]
    sheets = [
        Sheet("networks", _("Collection"), heads, progress),
        Sheet("days", _("Days"), (_("Day"), *shares), days),
    ]
    return Tables(sheets, day=view.day)
