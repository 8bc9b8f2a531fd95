"""The workbook: the score with its formulas, the peer group, what was collected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ..catalogue import INDICATORS
from ..computing import begun_units
from ..engine import Result, measured, rate, score_unit
from ..inputs import held_by
from ..models import Rating, RatingState, Score, ScoreStatus
from ..names import group_name
from ..normalising import winsorised
from ..parts import State
from ..rules import Item, Kind, Measure, Penalty, Rules, Unknown
from ..rules_data import read_rules
from ..table import Table
from ..tables_data import read_table_data, unpack
from ..wording import measure_words, normaliser_words
from . import formulas
from .facts import headings, read_facts
from .live import Live, Sources, live
from .sheets import Formats, Sheet, write_cell, write_rows

WORDS = {
    State.UNKNOWN: lambda: _("no data"),
    State.NOT_APPLICABLE: lambda: _("does not apply"),
    State.IMPOSSIBLE: lambda: _("the network cannot tell"),
}


def write_passport(score: Score, file: BinaryIO, names: Mapping[str, str], pages: Mapping[int, str]) -> None:
    """Write the workbook (XLSX) of a score into the file. names: of the peers that the reader may see, by key; the
    others are numbered. pages: names of the pages whose days the reader may see."""
    _Book(score, file, names, pages).write()


@dataclass(frozen=True, slots=True)
class _Cells:
    """Where the numbers of an item stand on the first sheet."""

    numerator: str
    denominator: str
    value: str
    normal: str
    weight: str
    contribution: str


class _Book:
    def __init__(self, score: Score, file: BinaryIO, names: Mapping[str, str], pages: Mapping[int, str]) -> None:
        self.score, self.names, self.pages = score, names, pages
        self.rating: Rating = score.rating
        self.rules: Rules = read_rules(self.rating.methodology.data)
        self.book = xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False})
        self.formats = Formats(
            self.book.add_format({"bold": True}),
            self.book.add_format({"num_format": "dd.mm.yyyy"}),
            self.book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            self.book.add_format({"italic": True, "text_wrap": True}),
        )
        self.data = unpack(bytes(self.rating.inputs.packed))
        self.whole = read_table_data(self.data["whole"])
        self.result: Result = rate(self.rules, self.whole)
        self.row = list(self.whole.keys).index(score.key)
        self.notes: list[tuple[str, str]] = []

    def write(self) -> None:
        first = self.book.add_worksheet(_("Score"))
        self.group = self._group()
        self.units = self._units() if self.data["units"] else None
        self._summary(first, self._facts())
        self.book.close()

    # --- the peer group -----------------------------------------------------------------------------------------------

    def _members(self) -> list[int]:
        return [n for n, each in enumerate(self.result.groups) if each == self.result.groups[self.row]]

    def _group(self) -> Sheet:
        """Every member with its place and score, and the values that are compared."""
        members = self._members()
        stored = {each.key: each for each in self.rating.scores.filter(group=self.score.group)}
        values = {item.code: self._compared(item, members) for item in self.rules.items}
        heads = {"name": _("Subject"), "status": _("Status"), "place": _("Place"), "exact": _("Exact score")}
        heads |= {item.code: str(INDICATORS[item.measure.indicator].label) for item in self.rules.items}
        rows = []
        for number, n in enumerate(members, start=1):
            key = self.whole.keys[n]
            score = stored[key]
            ranked = score.status == ScoreStatus.RANKED
            rows.append(
                {
                    "name": self.names.get(key, _("subject %d") % number),
                    "status": str(ScoreStatus(score.status).label),
                    "place": score.place,
                    "exact": score.exact if ranked else None,
                    **{code: None if np.isnan(v := column[n]) else v for code, column in values.items()},
                }
            )
        sheet = self.book.add_worksheet(_("Peer group"))
        written = write_rows(sheet, self.formats, heads, rows)
        sheet.set_column(0, 1, 32)
        return written

    def _compared(self, item: Item, members: list[int]) -> np.ndarray:
        """Known values of the item in the group as the engine compared them: rounded, extreme ones pulled in."""
        states = self.result.states[item.code]
        values = np.where(states == State.KNOWN, measured(item.measure, self.whole), np.nan)
        if self.rules.winsorising and item.normaliser.kind == Kind.MIN_MAX:
            inside = np.array(members)
            values = values.copy()
            values[inside] = winsorised(
                item.code, values[inside], np.zeros(len(inside), dtype=int), self.rules.winsorising
            )[0]
        return values

    # --- the units that the score is the mean of ----------------------------------------------------------------------

    def _units(self) -> Sheet:
        """A row per unit: the normalised values, and the unit's score as a formula of them."""
        tables = [read_table_data(unit) for unit in self.data["units"]]
        labels = map(str, begun_units(self.rules, self.rating.period, self.rating.read_to))
        items = [item.code for item in self.rules.items]
        heads = {
            "unit": _("Unit"),
            **{code: str(INDICATORS[self.rules.item(code).measure.indicator].label) for code in items},
        }
        heads |= {"penalty": _("Penalties"), "score": _("Score")}
        sheet = self.book.add_worksheet(_("Units"))
        rows = [self._unit_row(label, table) for label, table in zip(labels, tables, strict=True)]
        written = write_rows(sheet, self.formats, heads, rows)
        weights = "{" + ",".join(formulas.number(item.weight) for item in self.rules.items) + "}"
        for n, row in enumerate(rows, start=1):
            if not row["known"]:
                continue
            cells = f"{xl_rowcol_to_cell(n, 1)}:{xl_rowcol_to_cell(n, len(items))}"
            known = f"ISNUMBER({cells})*{weights}"
            total = f"SUMPRODUCT({known}*{cells})/SUMPRODUCT({known})+{xl_rowcol_to_cell(n, len(items) + 1)}"
            total = f"MAX(0,MIN(100,{total}))"
            if self.rules.unit_digits is not None:
                total = f"ROUND({total}+1E-9,{self.rules.unit_digits})"
            sheet.write_formula(n, len(items) + 2, f"={total}", None, row["exact"])
        return written

    def _unit_row(self, label: str, table: Table) -> dict[str, object]:
        row: dict[str, object] = {"unit": label, "known": False, "penalty": 0}
        if self.score.key not in table.keys:
            return row
        part, result = score_unit(self.rules, self.whole, table)
        at = list(part.keys).index(self.score.key)
        for item in self.rules.items:
            value = float(result.normal[item.code][at])
            zero = item.unknown == Unknown.ZERO and result.states[item.code][at] == State.UNKNOWN
            row[item.code] = 0 if zero else None if np.isnan(value) else value
        row["penalty"] = float(sum(result.contributions[each.code][at] for each in self.rules.penalties))
        row["exact"] = float(result.exact[at])
        row["known"] = not np.isnan(result.exact[at])
        return row

    # --- what was collected -------------------------------------------------------------------------------------------

    def _facts(self) -> dict[str, Live]:
        """The sheets of the pages' days, weeks and posts; formulas for what follows from them, where it still does."""
        _places, held = held_by(self.rating, self.rules, self.score.key)
        facts = read_facts(self.rating, held, self.pages)
        if not facts.days:
            self.notes = (
                [(_("Days"), _("too many for a sheet: they are in the passports of the pages"))] if held else []
            )
            return {}
        heads = headings()
        titles = {"days": _("Days"), "weeks": _("Weeks"), "posts": _("Posts")}
        sheets = []
        for name, rows in (("days", facts.days), ("weeks", facts.weeks), ("posts", facts.posts)):
            sheet = self.book.add_worksheet(titles[name])
            sheets.append(write_rows(sheet, self.formats, heads[name], rows))
        sources = Sources(facts, *sheets)
        found = {}
        for part in (*self.rules.items, *self.rules.penalties):
            state, numerator, denominator, *_rest = self.score.items[part.code]
            made = live(part.measure, sources) if state == State.KNOWN else None
            if made and np.allclose(made.values, (numerator, denominator), rtol=1e-12, atol=1e-9):
                found[part.code] = made
        return found

    # --- the first sheet ----------------------------------------------------------------------------------------------

    def _summary(self, sheet: Worksheet, lives: Mapping[str, Live]) -> None:
        sheet.set_column(0, 1, 44)
        sheet.set_column(2, 8, 14)
        row = self._head(sheet)
        heads = (
            _("Indicator"), _("What is measured"), _("Numerator"), _("Denominator"), _("Value"), _("Normalised, 0–100"),
            _("Weight"), _("Points"), _("Where the numbers come from"),
        )  # fmt: skip
        for column, text in enumerate(heads):
            sheet.write_string(row, column, text, self.formats.wrap)
        start = row + 1
        for n, item in enumerate(self.rules.items):
            self._item(sheet, start + n, item, lives.get(item.code), start=start)
        after = start + len(self.rules.items)
        for n, each in enumerate(self.rules.penalties):
            self._penalty(sheet, after + n, each, lives.get(each.code))
        self._total(sheet, after + len(self.rules.penalties) + 1, start)

    def _head(self, sheet: Worksheet) -> int:
        """What is scored, by what, sealed how; returns the row where the table begins."""
        rating = self.rating
        lines = [
            (_("Subject"), self.names.get(self.score.key, self.score.key)),
            (_("Region"), rating.region.name),
            (_("Methodology"), f"{rating.methodology.name} ({rating.methodology.version})"),
            (_("Period"), f"{rating.first:%d.%m.%Y}–{rating.last:%d.%m.%Y}"),
            (_("data up to"), f"{rating.read_to:%d.%m.%Y}"),
            (_("State"), f"{RatingState(rating.state).label}, " + _("edition %d") % rating.edition),
            (_("Peer group"), group_name(rating.groups[self.score.group], self.rules)),
            (_("Has a place"), str(ScoreStatus(self.score.status).label)),
            (_("sha256 of rules, inputs and scores"), rating.digest),
            *self.notes,
        ]
        for n, (label, text) in enumerate(lines):
            sheet.write_string(n, 0, str(label), self.formats.bold)
            write_cell(sheet, n, 1, text, self.formats)
        return len(lines) + 1

    def _cells(self, row: int) -> _Cells:
        return _Cells(*(xl_rowcol_to_cell(row, column) for column in range(2, 8)))

    def _item(self, sheet: Worksheet, row: int, item: Item, made: Live | None, *, start: int) -> None:
        group, units = self.group, self.units
        cells = self._cells(row)
        stored, _num, _den, normal, contribution = self.score.items[item.code]
        state = State(stored)
        self._labels(sheet, row, item)
        sheet.write_number(row, 6, item.weight)
        if state != State.KNOWN:
            sheet.write_string(row, 4, WORDS[state]())
            if item.unknown == Unknown.ZERO and state == State.UNKNOWN:
                sheet.write_number(row, 5, 0)
        else:
            self._ratio(sheet, row, item, made)
        if units is not None:
            if normal is not None:
                sheet.write_formula(row, 5, f"=AVERAGE({units.range(item.code)})", None, normal)
            return
        if state == State.KNOWN:
            peers = group.range(item.code)
            pulled = self.rules.winsorising and item.normaliser.kind == Kind.MIN_MAX
            value = group.cell(item.code, self._members().index(self.row)) if pulled else cells.value
            sheet.write_formula(row, 5, formulas.normalised(item, value, peers), None, normal)
        last = start + len(self.rules.items) - 1
        known = f"ISNUMBER({xl_rowcol_to_cell(start, 5, True, True)}:{xl_rowcol_to_cell(last, 5, True, True)})"
        weights = f"{xl_rowcol_to_cell(start, 6, True, True)}:{xl_rowcol_to_cell(last, 6, True, True)}"
        share = f"{cells.weight}*{cells.normal}/SUMPRODUCT({known}*{weights})"
        sheet.write_formula(row, 7, f"=IF(ISNUMBER({cells.normal}),{share},0)", None, contribution or 0)

    def _labels(self, sheet: Worksheet, row: int, part: Item | Penalty) -> None:
        sheet.write_string(row, 0, str(INDICATORS[part.measure.indicator].label))
        sheet.write_string(
            row, 1, f"{measure_words(part.measure)}. {'; '.join(normaliser_words(part))}", self.formats.note
        )

    def _ratio(self, sheet: Worksheet, row: int, part: Item | Penalty, made: Live | None) -> None:
        """Numerator, denominator and value: live where they follow from the sheets, else as they were stored."""
        _state, numerator, denominator, *_rest = self.score.items[part.code]
        for column, stored, formula in (
            (2, numerator, made and made.numerator),
            (3, denominator, made and made.denominator),
        ):
            if formula:
                sheet.write_formula(row, column, formula, None, stored)
            else:
                sheet.write_number(row, column, stored)
        cells = self._cells(row)
        formula = formulas.value_of(part.measure, cells.numerator, cells.denominator)
        sheet.write_formula(row, 4, formula, None, numerator / denominator)
        source = _("computed from the sheets beside") if made else _("as it was when the rating was computed")
        if self._by_hand(part.measure):
            source = _("entered by hand over what was measured")
        sheet.write_string(row, 8, source, self.formats.note)

    def _by_hand(self, measure: Measure) -> bool:
        """Whether a correction is in the page's value."""
        return any(
            (each["page"], each["indicator"], each["params"])
            == (self.score.page_id, measure.indicator, dict(measure.params))
            for each in self.data.get("corrections", ())
        )

    def _penalty(self, sheet: Worksheet, row: int, part: Penalty, made: Live | None) -> None:
        self._labels(sheet, row, part)
        state = State(self.score.items[part.code][0])
        if state != State.KNOWN:
            sheet.write_string(row, 4, WORDS[state]())
            sheet.write_number(row, 7, 0)
            return
        self._ratio(sheet, row, part, made)
        sheet.write_formula(
            row, 7, formulas.penalty(part, self._cells(row).value), None, self.score.items[part.code][4]
        )

    def _total(self, sheet: Worksheet, row: int, start: int) -> None:
        """The exact score, the published one, the place."""
        digits = self.rules.digits
        sheet.write_string(row, 0, _("Exact score"), self.formats.bold)
        if self.score.exact is None:
            sheet.write_string(row, 7, str(ScoreStatus(self.score.status).label))
            return
        points = f"{xl_rowcol_to_cell(start, 7)}:{xl_rowcol_to_cell(row - 2, 7)}"
        total = f"=AVERAGE({self.units.range('score')})" if self.units else f"=MAX(0,MIN(100,SUM({points})))"
        exact = xl_rowcol_to_cell(row, 7)
        sheet.write_formula(row, 7, total, None, self.score.exact)
        sheet.write_string(row + 1, 0, _("Points as published"), self.formats.bold)
        sheet.write_formula(row + 1, 7, f"=ROUND({exact}+1E-9,{digits})", None, float(self.score.points))
        if self.score.place:
            peers = self.group.range("exact")
            higher = f"({peers}>{exact}+0.000001)*ISNUMBER({peers})"
            place = f"=1+SUMPRODUCT({higher}/(COUNTIF({peers},{peers})+(COUNTIF({peers},{peers})=0)))"
            sheet.write_string(row + 2, 0, _("Place in the peer group"), self.formats.bold)
            sheet.write_formula(row + 2, 7, place, None, self.score.place)
