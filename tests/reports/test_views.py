"""Saved views: own and shared ones, renamed and deleted; read-only links whose filter nobody widens."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring.models import Institution
from reports import keeping, public, sending
from reports.models import SavedView, ViewLink
from reports.sources import SCREENS, Sheet, some_rows
from tests.factories import (
    PageFactory,
    PersonFactory,
    RegionFactory,
    analyst,
    curator,
    institution_admin,
    official,
    steward,
)

from .conftest import DAY, NOW


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def lazo(region) -> str:
    return f"municipality={region.municipalities.get(name='Лазо').pk}"


def saved(client: Client, region, **fields):
    fields = {"screen": "pages", "query": lazo(region), "name": "Моё"} | fields
    return client.post(reverse("view_save", args=[region.code]), fields)


# --- saved views ----------------------------------------------------------------------------------


def test_a_view_opens_with_its_filter_and_order(region, analyst_client):
    saved(analyst_client, region, query=f"{lazo(region)}&sort=-year&page=3&q=")
    html = analyst_client.get(reverse("saved_views", args=[region.code])).content.decode()
    assert f"/regions/{region.code}/pages/?{lazo(region)}&amp;sort=-year" in html
    assert "page=3" not in html


def test_what_is_saved_is_said_before(region, analyst_client):
    query = {"screen": "pages", "query": lazo(region)}
    html = analyst_client.get(reverse("saved_views", args=[region.code]), query).content.decode()
    assert re.search(r"<dt>Муниципалитет</dt>\s*<dd>\s*Лазо", html)


def test_the_same_name_again_replaces_the_view(region, analyst_client):
    saved(analyst_client, region)
    saved(analyst_client, region, query="platform=ok")
    assert list(SavedView.objects.values_list("query", flat=True)) == ["platform=ok"]


def test_others_see_a_view_once_an_analyst_shares_it(region, analyst_client):
    saved(analyst_client, region)
    saved(analyst_client, region, name="Общее", shared="on")
    html = signed_in(official(region)).get(reverse("saved_views", args=[region.code])).content.decode()
    assert "Общее" in html
    assert "Моё" not in html
    assert AuditEntry.objects.filter(action="view.share").exists()


def test_nobody_but_an_analyst_shares(region):
    saved(signed_in(official(region)), region, shared="on")
    assert not SavedView.objects.get().shared


def test_a_view_is_renamed_and_deleted_by_its_owner_alone(region, analyst_client):
    owner = signed_in(official(region))
    saved(owner, region)
    view = SavedView.objects.get()
    for client, status in ((signed_in(official(region)), 404), (owner, 302)):
        assert client.post(reverse("view_rename", args=[view.pk]), {"name": "Новое"}).status_code == status
    view.refresh_from_db()
    assert view.name == "Новое"
    assert analyst_client.post(reverse("view_remove", args=[view.pk])).status_code == 404
    owner.post(reverse("view_remove", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_two_views_of_one_owner_have_two_names(region, analyst_client):
    saved(analyst_client, region)
    saved(analyst_client, region, name="Второе")
    view = SavedView.objects.get(name="Второе")
    analyst_client.post(reverse("view_rename", args=[view.pk]), {"name": "Моё"})
    view.refresh_from_db()
    assert view.name == "Второе"


@pytest.mark.parametrize(
    "fields",
    [{"screen": "no_such"}, {"screen": "admins"}, {"screen": "rating"}, {"subject": "5"}, {"query": "q=" + "x" * 5000}],
)
def test_what_is_no_screen_is_not_kept(region, analyst_client, fields):
    assert saved(analyst_client, region, **fields).status_code == 404


def test_a_view_without_a_name_is_refused_in_words(region, analyst_client):
    response = saved(analyst_client, region, name="")
    assert response.status_code == 422
    assert "Обязательное поле" in response.content.decode()


def test_a_screen_of_the_whole_region_is_not_kept_by_a_curator(region):
    client = signed_in(curator(region, "Комитет Лазо"))
    assert saved(client, region, screen="coverage", query="").status_code == 404
    assert saved(client, region, screen="institutions", query="").status_code == 302


# --- read-only links ------------------------------------------------------------------------------


def linked(client: Client, region, **fields) -> str:
    """The address of a new link, as it is told."""
    fields = {"screen": "pages", "query": lazo(region), "name": "Министерству", "days": 30} | fields
    html = client.post(reverse("link_make", args=[region.code]), fields, follow=True).content.decode()
    return re.search(r"http://testserver(/v/[\w-]+/)", html)[1]


def shown(address: str, **query) -> str:
    response = Client().get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def test_whoever_has_the_link_sees_the_table_without_an_account(region, analyst_client):
    html = shown(linked(analyst_client, region))
    assert "=Школа Лазо" in html
    assert "=Школа Ванино" not in html


WIDENING = ({"municipality": ""}, {"municipality": "0"}, {"q": "Ванино"}, {"sort": "title"}, {"screen": "overview"},
            {"query": ""}, {"subject": "1"}, {"platform": ""})  # fmt: skip


@pytest.mark.parametrize("query", [*WIDENING, {"table": "no-such"}, {"page": "0"}])
def test_the_address_does_not_widen_the_filter(region, analyst_client, query):
    address = linked(analyst_client, region)
    assert rows_of(shown(address, **query)) == rows_of(shown(address))


def test_twin_an_address_that_is_listened_to_widens_it(region, analyst_client, monkeypatch):
    monkeypatch.setattr(public, "locked", lambda link, query: query.urlencode())
    assert "=Школа Ванино" in shown(linked(analyst_client, region), municipality="")


def rows_of(html: str) -> str:
    return re.search(r"<tbody>.*</tbody>", html, re.S)[0]


def test_a_link_ends_by_its_term_and_by_being_revoked(region, analyst_client, settings):
    address = linked(analyst_client, region, days=7)
    settings.DEMO_CLOCK = "2024-11-03T12:00:00+10:00"
    assert Client().get(address).status_code == 404
    settings.DEMO_CLOCK = "2024-10-27T12:00:00+10:00"
    assert Client().get(address).status_code == 200
    analyst_client.post(reverse("link_revoke", args=[ViewLink.objects.get().pk]))
    assert Client().get(address).status_code == 404
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["link.make", "link.revoke"]


def test_a_link_ends_with_the_right_of_whoever_made_it(region, keeper, analyst_client):
    address = linked(analyst_client, region)
    keeper.grants.all().delete()
    assert Client().get(address).status_code == 404


def test_the_code_is_not_kept(region, analyst_client):
    code = linked(analyst_client, region).split("/")[2]
    link = ViewLink.objects.get()
    assert code not in str(vars(link))
    assert link.code_digest == keeping.digest(code)
    assert Client().get(reverse("shared_view", args=[link.code_digest])).status_code == 404


def test_none_but_those_who_keep_the_region_make_and_revoke(region, analyst_client):
    linked(analyst_client, region)
    link = ViewLink.objects.get()
    fields = {"screen": "pages", "query": "", "name": "x", "days": 1}
    for user in (official(region), institution_admin(Institution.objects.first())):
        assert signed_in(user).post(reverse("link_make", args=[region.code]), fields).status_code == 403
        assert signed_in(user).post(reverse("link_revoke", args=[link.pk])).status_code == 404
    stranger = signed_in(analyst(RegionFactory()))
    assert stranger.post(reverse("link_make", args=[region.code]), fields).status_code == 404
    assert stranger.post(reverse("link_revoke", args=[link.pk])).status_code == 404


@pytest.mark.parametrize("days", ["0", "367", "x", ""])
def test_a_link_has_a_sensible_term(region, analyst_client, days):
    fields = {"screen": "pages", "query": "", "name": "x", "days": days}
    assert analyst_client.post(reverse("link_make", args=[region.code]), fields).status_code == 422


def test_screens_with_names_of_people_are_not_linked_to(region, analyst_client):
    for screen in ("suspects", "evidence", "collection_status"):
        fields = {"screen": screen, "query": "", "name": "x", "days": 1}
        assert analyst_client.post(reverse("link_make", args=[region.code]), fields).status_code == 404
    link, code = keeping.make_link(
        "x", "pages", keeping.asked_for("pages", region, analyst(region), "", NOW, subject=None), 9
    )
    ViewLink.objects.filter(pk=link.pk).update(screen="suspects")
    assert Client().get(reverse("shared_view", args=[code])).status_code == 404


@pytest.mark.parametrize("screen", [name for name, screen in SCREENS.items() if screen.open])
def test_no_link_tells_a_name(region, screen):
    person = PersonFactory(region=region, name="Канарейкина Проба")
    user = analyst(region)
    user.full_name = "Канарейкина Проба"
    user.save()
    for page in region.institutions.first().pages.all():
        steward(page, person, DAY - dt.timedelta(days=300))
    asked = keeping.asked_for(screen, region, user, "", NOW, subject=None)
    _link, code = keeping.make_link("Кому-то", screen, asked, 9)
    for table in SCREENS[screen].sheets:
        html = shown(reverse("shared_view", args=[code]), table=table)
        assert "Канарейкина" not in html
        assert "Кому-то" not in html


def test_a_long_table_is_paged_and_a_link_is_not_to_be_indexed(region, analyst_client):

    for number in range(60):
        PageFactory(institution__region=region, title=f"Страница {number:02d}")
    address = linked(analyst_client, region, query="sort=title")
    assert "page=2" in shown(address)
    assert len(re.findall("<tr>", rows_of(shown(address, page=2)))) == 12
    assert Client().get(address)["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in Client().get(address)["Cache-Control"]


@pytest.mark.parametrize("name", ["saved_views", "reports"])
def test_as_many_queries_for_many_rows_as_for_few(region, keeper, analyst_client, name):
    counts = []
    for more in (1, 10):
        for number in range(more):
            asked = keeping.asked_for("pages", region, keeper, "", NOW, subject=None)
            keeping.save_view(f"{more} {number}", "pages", asked, shared=False)
            keeping.make_link("x", "pages", asked, 9)
            fields = {"name": "Отчёт", "screens": ["overview"], "cadence": "month", "scheduled": True}
            sending.make_report(region, fields, [keeper], keeper, NOW)
        with CaptureQueriesContext(connection) as queries:
            analyst_client.get(reverse(name, args=[region.code]))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_a_part_of_the_rows_leaves_no_cursor_open():
    ended = []

    def rows():
        try:
            for number in range(9):
                yield [number]
        finally:
            ended.append(True)

    assert some_rows(Sheet("x", "x", ["x"], rows()), 2, 3) == [[2], [3], [4]]
    assert ended == [True]
