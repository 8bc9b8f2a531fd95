"""What was issued never changes, whatever becomes of the data; a difference is shown beside it with its cause."""

import hashlib
import io
import threading

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import F

from gospub.accounts.models import AuditEntry
from monitoring.models import GroupDay, Page, PageDay, Slot
from press import issuing, queries
from press.definitions import VERSION, definitions
from press.figures import compute
from press.issuing import PressError, fingerprint, issue, publish
from press.models import FactSheet, Figure, FrozenError, Kind
from press.recounting import recount, source_of
from ratings.tables_data import canonical
from tests.factories import RegionFactory, official

from .worlds import DATES, DAY, NOW, YEAR_AGO, issued, page, rolled_up, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return small(RegionFactory())


@pytest.fixture
def sheet(region):
    return issued(region)


def figure(sheet: FactSheet, kind: Kind = Kind.SUBSCRIBERS, network: str = "") -> Figure:
    return Figure.objects.select_related("sheet__region").get(sheet=sheet, kind=kind, network=network)


# --- frozen -----------------------------------------------------------------------------------------------------------


def test_a_sheet_keeps_its_figures_with_codes_of_their_own(sheet):
    assert {figure(sheet, kind).value for kind in (Kind.PAGES, Kind.SUBSCRIBERS)} == {3, 520}
    codes = set(sheet.figures.values_list("code", flat=True))
    assert len(codes) == sheet.figures.count() == 25
    assert all(len(code) == 8 for code in codes)
    assert AuditEntry.objects.get(action="fact_sheet.issue").after == {"day": "2024-10-26", "digest": sheet.digest}


def test_what_was_issued_is_neither_saved_nor_deleted(sheet):
    for row in (sheet, figure(sheet)):
        for change in (row.save, row.delete):
            with pytest.raises(FrozenError):
                change()


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.figures.filter(kind=Kind.PAGES, network="").update(value=4),
        lambda sheet: sheet.figures.filter(kind=Kind.PAGES, network="").update(code="OTHER"),
        lambda sheet: sheet.figures.filter(kind=Kind.POSTS, network="").delete(),
        lambda sheet: FactSheet.objects.update(definitions={"pages": "Иначе"}),
        lambda sheet: FactSheet.objects.update(day=YEAR_AGO),
    ],
)
def test_what_is_changed_past_the_guard_is_found(sheet, change):
    out = io.StringIO()
    call_command("verify_press", stdout=out)
    assert "1 sheets, 0 broken" in out.getvalue()
    change(sheet)
    with pytest.raises(SystemExit):
        call_command("verify_press", stdout=io.StringIO(), stderr=out)
    assert f"sheet {sheet.pk}" in out.getvalue()


def test_the_seal_outlives_the_publication(sheet):
    publish(sheet, user=sheet.issued_by, now=NOW)
    out = io.StringIO()
    call_command("verify_press", stdout=out)
    assert "1 sheets, 0 broken" in out.getvalue()


def test_a_changed_definition_needs_a_new_version():
    """Whoever changes a text or the way of counting raises VERSION and notes the digest here."""
    known = {1: "f6a3824f8348f0f0"}
    assert hashlib.sha256(canonical({str(k): v for k, v in definitions().items()})).hexdigest()[:16] == known[VERSION]


# --- issuing ----------------------------------------------------------------------------------------------------------


def test_what_has_changed_since_the_preview_is_not_issued(region):
    seen = fingerprint(compute(region, DATES))
    page(region, {DAY: 5})
    with pytest.raises(PressError, match="посмотрите показатели ещё раз"):
        issue(rolled_up(region), DATES, seen, user=official(region), now=NOW)
    assert not FactSheet.objects.exists()


def test_the_same_figures_are_not_issued_twice(region, sheet):
    assert issued(region) == sheet
    page(region, {DAY: 5})
    assert issued(rolled_up(region)) != sheet
    assert FactSheet.objects.count() == 2


def at_once(region) -> int:
    """How many sheets there are after two officials have issued the same at the same moment."""
    users = [official(region) for _ in range(2)]
    seen = fingerprint(compute(region, DATES))
    start = threading.Barrier(2)

    def work(user) -> None:
        try:
            start.wait(10)
            issue(region, DATES, seen, user=user, now=NOW)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return FactSheet.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_the_same_at_once_give_one_sheet(region):
    assert at_once(region) == 1


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_lock_there_are_two(region, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time anyway")
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_options: rows)
    meet = threading.Barrier(2)
    told = issuing.digest
    monkeypatch.setattr(issuing, "digest", lambda *of: (meet.wait(10), told(*of))[1])
    assert at_once(region) == 2


def test_a_sheet_is_published_once(sheet):
    publish(sheet, user=sheet.issued_by, now=NOW)
    with pytest.raises(PressError, match="уже опубликован"):
        publish(sheet, user=sheet.issued_by, now=NOW)
    assert AuditEntry.objects.filter(action="fact_sheet.publish").count() == 1
    assert FactSheet.objects.get().published_by == sheet.issued_by


# --- years later ------------------------------------------------------------------------------------------------------


def counted_anew(sheet: FactSheet, kind: Kind = Kind.SUBSCRIBERS, network: str = ""):
    return recount(figure(sheet, kind, network), source_of(sheet))


def test_nothing_is_shown_beside_a_figure_that_comes_out_again(sheet):
    view = queries.sheet_view(sheet)
    assert len(view.lines) == sheet.figures.count()
    assert view.changed == []


def test_a_page_that_was_imported_later_is_named_as_the_cause(region, sheet):
    page(region, {DAY: 5})
    rolled_up(region)
    found = counted_anew(sheet)
    assert figure(sheet).value == 520
    assert found.figure.value == 525
    assert found.reasons[0] == "страницы за эти дни позже внесли в реестр или убрали из учёта"
    assert [(each.network, each.what, each.frozen, each.present) for each in found.differences] == [
        ("vk", "pages", 1, 2),
        ("vk", "measured", 1, 2),
        ("vk", "subscribers", 110, 115),
    ]
    assert counted_anew(sheet, network="ok") is None
    assert counted_anew(sheet, Kind.SHARE, "ok").figure.parts == 525


def test_a_number_that_was_corrected_later_is_named_as_the_cause(region, sheet):
    PageDay.objects.filter(day=DAY, subscribers=110).update(subscribers=111)
    rolled_up(region)
    assert counted_anew(sheet).reasons == ["числа за эти дни позже исправлены"]
    assert counted_anew(sheet, Kind.SAME_PAGES).reasons == ["числа за эти дни позже исправлены"]
    assert counted_anew(sheet, Kind.PAGES) is None


def test_several_causes_are_all_named(region, sheet):
    page(region, {DAY: 5})
    PageDay.objects.filter(day=DAY, subscribers=210).update(subscribers=211)
    rolled_up(region)
    assert len(counted_anew(sheet).reasons) == 3
    assert counted_anew(sheet, network="ok").reasons == ["числа за эти дни позже исправлены"]


def test_a_number_that_was_struck_off_later_is_named_as_the_cause(region, sheet):
    PageDay.objects.filter(day=DAY, subscribers=110).update(subscribers=None)
    rolled_up(region)
    assert counted_anew(sheet, network="vk").figure.value is None
    assert counted_anew(sheet).reasons == ["числа за эти дни позже появились или были отклонены"]
    assert counted_anew(sheet, Kind.SAME_PAGES).reasons == ["числа за эти дни позже появились или были отклонены"]


def test_a_correction_of_the_year_before_is_shown_too(region, sheet):
    PageDay.objects.filter(day=YEAR_AGO, subscribers=100).update(subscribers=90)
    rolled_up(region)
    [difference] = counted_anew(sheet).differences
    assert (difference.when, difference.frozen, difference.present) == ("then", 130, 120)
    told = {(line.title, frozen, present) for line, frozen, present, _what in queries.sheet_view(sheet).changed}
    assert ("Подписчики: все сети", "330", "320") in told


def test_posts_that_were_read_later_are_named_as_the_cause(region, sheet):
    PageDay.objects.filter(day=DAY).update(posts=F("posts") + 1)
    rolled_up(region)
    assert counted_anew(sheet, Kind.POSTS).reasons == ["записи за эти дни позже прочитаны или пересчитаны"]


def test_a_definition_that_was_changed_later_is_named_as_the_cause(region, sheet):
    page(region, {DAY: 5})
    rolled_up(region)
    FactSheet.objects.update(version=0)
    assert counted_anew(sheet).reasons[0] == "определение с тех пор изменилось"


def test_a_difference_that_rounding_hides_is_not_shown(region):
    page(region, {YEAR_AGO: 3_000_000, DAY: 3_000_000})
    sheet = issued(rolled_up(region))
    PageDay.objects.filter(day=DAY, subscribers=110).update(subscribers=111)
    rolled_up(region)
    changed = {line.title for line, *_texts in queries.sheet_view(sheet).changed}
    assert "Подписчики: все сети" in changed
    assert counted_anew(sheet, Kind.SHARE, "ok")
    assert "Доля подписчиков: Одноклассники" not in changed


def test_the_figures_stay_also_where_the_data_are_gone(region, sheet):
    Slot.objects.all().delete()
    PageDay.objects.all().delete()
    rolled_up(region)
    Page.objects.all().delete()
    GroupDay.objects.all().delete()
    view = queries.sheet_view(sheet)
    assert view.whole[Kind.SUBSCRIBERS].now == "520"
    assert view.whole[Kind.SUBSCRIBERS].recount.figure.value is None
    assert all(each.recount.reasons for each, *_texts in view.changed)
