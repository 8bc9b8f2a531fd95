"""The registry by hand: what is changed, what stays in the past, who did it, and that it can be taken back."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from gospub import clock
from gospub.accounts.models import AuditEntry
from monitoring.models import (
    ChangedRow,
    ChangeKind,
    GroupDay,
    Institution,
    Level,
    Page,
    PageClass,
    PageDay,
    PageRecord,
    PageStatus,
    Region,
    RegistryChange,
    Slot,
)
from monitoring.registry import keeping
from monitoring.registry.history import NotUndoableError, StaleError, may_undo, seen, undo
from monitoring.registry.importing import import_rows
from monitoring.registry.keeping import Keeper, RefusedError
from monitoring.registry.rows import read_registry
from monitoring.rollups import sum_up
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    SectorFactory,
    analyst,
    collected,
    inn,
    ogrn,
    operator,
)

from .spreadsheets import load, school, xlsx

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2024, 10, 26, 3, tzinfo=dt.UTC)
DAY = dt.date(2024, 10, 26)


@pytest.fixture
def region() -> Region:
    return RegionFactory()


@pytest.fixture
def user(region: Region):
    return analyst(region)


@pytest.fixture
def keeper(user) -> Keeper:
    return Keeper(user, NOW, DAY)


@pytest.fixture
def client(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def entered(institution: Institution | None = None, **changes: object) -> dict[str, object]:
    """What the form of an institution sends."""
    fields = {"name": "Школа № 7", "level": Level.MUNICIPAL, "municipality": "", "sector": "", "founder": ""}
    return fields | {"ogrn": "", "inn": "", "seen": seen(institution) if institution else ""} | changes


def test_an_institution_is_added_by_hand(client, region, user):
    place = MunicipalityFactory(region=region)
    sent = entered(municipality=place.pk, ogrn=ogrn(7), inn=inn(7), founder="  Минобр  ")
    response = client.post(reverse("institution_new", args=[region.code]), sent)
    made = Institution.objects.get()
    assert response.headers["Location"] == reverse("institution", args=[made.pk])
    assert (made.name, made.municipality, made.ogrn, made.founder) == ("Школа № 7", place, ogrn(7), "Минобр")
    change = RegistryChange.objects.get()
    assert (change.kind, change.by, change.rows.get().before) == (ChangeKind.ADD, user, {})
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == (user.email, "registry.add", f"institution {made.pk}")


def test_only_sectors_of_the_region_are_offered(client, region):
    own, abroad = SectorFactory(name="Культура", parent=SectorFactory(name="Досуг")), SectorFactory(name="Чужая")
    InstitutionFactory(region=region, sector=own)
    InstitutionFactory(sector=abroad)
    html = client.get(reverse("institution_new", args=[region.code])).content.decode()
    assert "Досуг → Культура" in html
    assert "Чужая" not in html


def test_the_same_institution_is_not_added_twice(client, region):
    there = InstitutionFactory(region=region, name="Школа № 7", ogrn="")
    response = client.post(reverse("institution_new", args=[region.code]), entered())
    assert response.status_code == 422
    assert f'<a href="/institutions/{there.pk}/">' in response.content.decode()


def test_a_wrong_number_is_refused_with_a_word(client, region):
    response = client.post(reverse("institution_new", args=[region.code]), entered(ogrn="1234567890123"))
    assert response.status_code == 422
    assert "контрольная" in response.content.decode()


def test_an_edit_is_told_with_what_was_before(client, region, user):
    institution = InstitutionFactory(region=region, name="Школа № 7", founder="Минобр", ogrn="")
    client.post(reverse("institution_edit", args=[institution.pk]), entered(institution, founder="Минкульт"))
    row = ChangedRow.objects.get()
    assert (row.before, row.after) == ({"founder": "Минобр"}, {"founder": "Минкульт"})
    card = client.get(reverse("institution", args=[institution.pk])).content.decode()
    assert re.search(r"Минобр\s+→\s+Минкульт", card)
    assert str(user) in card


def test_who_saves_second_is_told_what_the_first_one_did(client, region):
    institution = InstitutionFactory(region=region, name="Школа № 7", founder="Минобр", ogrn="")
    stale = entered(institution, founder="Минспорт")
    client.post(reverse("institution_edit", args=[institution.pk]), entered(institution, founder="Минкульт"))
    response = client.post(reverse("institution_edit", args=[institution.pk]), stale)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Ничего не сохранено" in html
    assert "Минкульт" in html  # what the first one did
    assert 'value="Минспорт"' in html  # what the second one typed
    institution.refresh_from_db()
    assert institution.founder == "Минкульт"
    again = re.search(r'name="seen" value="(\w+)"', html)[1]
    assert client.post(reverse("institution_edit", args=[institution.pk]), stale | {"seen": again}).status_code == 302


def test_twin_without_the_lock_the_first_edit_would_be_lost(region, keeper):
    institution = InstitutionFactory(region=region)
    before = seen(institution)
    keeping.edit(institution, {"founder": "Минкульт"}, before, keeper)
    with pytest.raises(StaleError):
        keeping.edit(institution, {"level": Level.REGION}, before, keeper)
    institution.refresh_from_db()
    keeping.edit(institution, {"level": Level.REGION}, seen(institution), keeper)  # the guard alone stood in the way


def test_a_page_is_added_under_any_spelling_of_its_address(client, region):
    institution = InstitutionFactory(region=region)
    sent = {"address": "vk.com/Public501", "page_class": PageClass.FLAGSHIP, "weekly_reach": "12"}
    client.post(reverse("page_new", args=[institution.pk]), sent)
    page = Page.objects.get()
    assert (page.platform, page.external_id, page.page_class, page.weekly_reach) == ("vk", "501", "flagship", 12)
    assert page.added_on == clock.local_day(clock.now(), region.time_zone)
    assert PageRecord.objects.get().page_class == PageClass.FLAGSHIP


def test_a_page_of_another_network_keeps_nothing_of_vk(client, region):
    institution = InstitutionFactory(region=region)
    sent = {"address": "t.me/school5", "page_class": PageClass.ACTIVE, "weekly_reach": "12"}
    client.post(reverse("page_new", args=[institution.pk]), sent)
    assert Page.objects.get().weekly_reach is None


def test_a_page_that_is_in_the_registry_is_not_added_again(client, region):
    there = PageFactory(institution__region=region, handle="school5")
    response = client.post(
        reverse("page_new", args=[InstitutionFactory(region=region).pk]),
        {"address": "https://vk.com/school5", "page_class": PageClass.ACTIVE},
    )
    assert response.status_code == 422
    assert f'<a href="/pages/{there.pk}/">' in response.content.decode()


def test_a_page_of_another_region_is_named_without_its_institution(client, region):
    PageFactory(institution__name="Чужая школа", handle="school5")
    response = client.post(
        reverse("page_new", args=[InstitutionFactory(region=region).pk]),
        {"address": "https://vk.com/school5", "page_class": PageClass.ACTIVE},
    )
    assert response.status_code == 422
    assert "Чужая школа" not in response.content.decode()


@pytest.mark.parametrize(("status", "answer"), [(PageStatus.UNKNOWN, 302), (PageStatus.OPEN, 422)])
def test_what_was_read_stays_with_its_address(client, region, status, answer):
    page = PageFactory(institution__region=region, handle="school5", status=status)
    sent = {"address": "vk.com/other", "page_class": PageClass.ACTIVE, "seen": seen(page)}
    assert client.post(reverse("page_edit", args=[page.pk]), sent).status_code == answer


def test_an_archived_page_stays_in_the_days_it_was_watched(region, keeper):
    page = collected(PageFactory(institution__region=region), DAY)
    keeping.archive(page, keeper)
    sum_up(region, DAY, DAY)
    assert Page.objects.get().archived_on == DAY
    assert GroupDay.objects.get(dimension="all", day=DAY).pages == 1
    assert (PageDay.objects.count(), Slot.objects.count()) == (1, 1)


def test_an_archived_institution_takes_its_pages_along_and_brings_them_back(region, keeper):
    institution = InstitutionFactory(region=region)
    page, given_up = PageFactory(institution=institution), PageFactory(institution=institution)
    Page.objects.filter(pk=given_up.pk).update(archived_on=DAY - dt.timedelta(days=9))
    keeping.archive(institution, keeper)
    assert set(Page.objects.values_list("archived_on", flat=True)) == {DAY, DAY - dt.timedelta(days=9)}
    keeping.restore(institution, keeper)
    assert list(Page.objects.filter(archived_on=None)) == [page]


def test_archived_ones_leave_the_lists_and_are_found_in_the_archive(client, region, keeper):
    institution = InstitutionFactory(region=region, name="Бывшая школа")
    page = PageFactory(institution=institution, title="Бывшая страница")
    keeping.archive(institution, keeper)
    for name, title in (("institutions", institution.name), ("pages", page.title)):
        address = reverse(name, args=[region.code])
        assert title not in client.get(address).content.decode()
        assert title in client.get(address + "?archive=archived").content.decode()


def test_a_page_does_not_come_back_to_an_archived_institution(region, keeper):
    page = PageFactory(institution__region=region)
    keeping.archive(page.institution, keeper)
    with pytest.raises(RefusedError):
        keeping.restore(page, keeper)


def test_a_page_moves_with_its_history(client, region):
    page = collected(PageFactory(institution__region=region), DAY)
    target = InstitutionFactory(region=region, name="Лицей")
    html = client.get(reverse("page_move", args=[page.pk]) + "?q=лицей").content.decode()
    assert f'value="{target.pk}"' in html
    client.post(reverse("page_move", args=[page.pk]), {"to": target.pk, "seen": seen(page), "q": "лицей"})
    page.refresh_from_db()
    assert page.institution == target
    assert page.days.count() == 1


def test_a_page_does_not_move_to_another_region(client, region):
    page, foreign = PageFactory(institution__region=region), InstitutionFactory()
    response = client.post(reverse("page_move", args=[page.pk]), {"to": foreign.pk, "seen": seen(page)})
    assert response.status_code == 409
    page.refresh_from_db()
    assert page.institution.region == region


# --- taking back -----------------------------------------------------------------------------------


def undone(user) -> RegistryChange:
    return undo(RegistryChange.objects.latest("pk"), user, NOW, DAY)


def test_an_edit_is_taken_back(region, keeper, user):
    institution = InstitutionFactory(region=region, founder="Минобр")
    change = keeping.edit(institution, {"founder": "Минкульт"}, seen(institution), keeper)
    done = undone(user)
    institution.refresh_from_db()
    assert (institution.founder, done.undoes, done.kind) == ("Минобр", change, ChangeKind.UNDO)
    assert done.rows.get().after == {"founder": "Минобр"}


def test_an_archived_page_is_watched_again(region, keeper, user):
    page = PageFactory(institution__region=region)
    keeping.archive(page, keeper)
    undone(user)
    assert Page.objects.watched().get() == page


def test_nothing_is_taken_back_twice(region, keeper, user):
    institution = InstitutionFactory(region=region)
    change = keeping.edit(institution, {"founder": "Минкульт"}, seen(institution), keeper)
    undo(change, user, NOW, DAY)
    with pytest.raises(NotUndoableError):
        undo(change, user, NOW, DAY)


def test_what_was_changed_again_since_is_not_taken_back(region, keeper, user):
    institution = InstitutionFactory(region=region)
    first = keeping.edit(institution, {"founder": "Минкульт"}, seen(institution), keeper)
    institution.refresh_from_db()
    keeping.edit(institution, {"founder": "Минспорт"}, seen(institution), keeper)
    with pytest.raises(NotUndoableError, match=institution.name):
        undo(first, user, NOW, DAY)
    institution.refresh_from_db()
    assert institution.founder == "Минспорт"


def test_a_page_added_by_mistake_goes_unless_it_was_read(client, region, user):
    institution = InstitutionFactory(region=region)
    for handle, read in (("one", False), ("two", True)):
        client.post(reverse("page_new", args=[institution.pk]), {"address": f"vk.com/{handle}", "page_class": "active"})
        page = Page.objects.get(handle=handle)
        if read:
            collected(page, DAY)
            with pytest.raises(NotUndoableError):
                undone(user)
        else:
            undone(user)
    assert [page.handle for page in Page.objects.all()] == ["two"]


def test_taking_back_is_a_button_of_the_history(client, region, keeper):
    institution = InstitutionFactory(region=region, founder="Минобр")
    change = keeping.edit(institution, {"founder": "Минкульт"}, seen(institution), keeper)
    address = reverse("registry_undo", args=[change.pk])
    assert address in client.get(reverse("registry_changes", args=[region.code])).content.decode()
    client.post(address)
    institution.refresh_from_db()
    assert institution.founder == "Минобр"
    assert address not in client.get(reverse("registry_changes", args=[region.code])).content.decode()


@pytest.mark.parametrize("count", [2, 30])
def test_the_history_asks_the_same_queries_for_few_and_many(
    client, region, keeper, count, django_assert_max_num_queries
):
    for _ in range(count):
        institution = InstitutionFactory(region=region)
        keeping.edit(institution, {"municipality": MunicipalityFactory(region=region)}, seen(institution), keeper)
    client.get(reverse("registry_changes", args=[region.code]))
    with django_assert_max_num_queries(12) as found:
        client.get(reverse("registry_changes", args=[region.code]))
    assert len(found) <= 12


def test_what_is_changed_in_the_administration_is_in_the_history_too(region):
    institution = InstitutionFactory(region=region, founder="Минобр")
    browser = Client()
    browser.force_login(operator())
    address = reverse("admin:monitoring_institution_change", args=[institution.pk])
    form = browser.get(address).context["adminform"].form
    sent = {name: form.initial.get(name) or "" for name in form.fields} | {"founder": "Минкульт"}
    formset = {"exemptions-TOTAL_FORMS": 0, "exemptions-INITIAL_FORMS": 0}
    assert browser.post(address, sent | formset).status_code == 302
    assert ChangedRow.objects.get().after == {"founder": "Минкульт"}


def test_what_an_import_changed_of_what_was_there_is_in_the_history(region, user):
    region.oktmo = "10000000"
    region.save()
    load(region, school(1))
    assert not ChangedRow.objects.exists()
    import_rows(*read_registry(xlsx(school(1, founder="Минобр"))), region, DAY, now=NOW, user=user)
    row = ChangedRow.objects.get()
    assert (row.change.kind, row.change.by, row.after) == (ChangeKind.IMPORT, user, {"founder": "Минобр"})
    assert not may_undo(row.change)
