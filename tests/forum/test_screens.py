"""The lists of events and participants: who sees what, filters, files, and how much they ask of the base."""

import pytest
from django.urls import reverse

from forum.models import EventKind
from tests.factories import InstitutionFactory, analyst, auditor, institution_admin, operator

from .worlds import DAY, TODAY, admin_of, admins_in, event_in, forum_of, held, participant

pytestmark = pytest.mark.django_db


def html_of(client, name: str, *args: object, query: str = "", **headers: str) -> str:
    return client.get(reverse(name, args=args) + query, headers=headers).content.decode()


# --- events -----------------------------------------------------------------------------------------------------------


def test_the_list_tells_how_many_are_invited_and_came(client, region):
    event = held(region, "Учёба")
    participant(event, name="Пришёл", came=True)
    participant(event, name="Не пришёл")
    html = " ".join(html_of(client, "forum", region.code).split())
    assert '<td class="n">2</td> <td class="n">1</td>' in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Форум", "Учёба", "Видео"]),
        ("?kind=forum", ["Форум"]),
        ("?state=planned", ["Видео"]),
        ("?q=ВИДЕО", ["Видео"]),
        ("?since=2024-10-26", ["Форум"]),
        ("?until=2024-10-24", ["Видео"]),
        ("?sort=title", ["Видео", "Учёба", "Форум"]),
        ("?kind=nonsense&sort=nonsense", ["Форум", "Учёба", "Видео"]),
    ],
)
def test_events_are_found_and_sorted(client, region, query, found):
    forum_of(region, first=TODAY)
    held(region, "Учёба", TODAY - DAY)
    event_in(region, "Видео", first=TODAY - 2 * DAY, kind=EventKind.WEBINAR)
    html = html_of(client, "forum", region.code, query=query)
    places = {title: html.find(f">{title}</a>") for title in ("Форум", "Учёба", "Видео")}
    assert [title for title, place in sorted(places.items(), key=lambda each: each[1]) if place >= 0] == found


def test_the_file_has_what_the_filter_has(client, region):
    forum_of(region, "=форум", begins="10:00", hours=None)
    held(region, "Учёба")
    response = client.get(reverse("forum_export", args=[region.code, "csv"]) + "?kind=forum")
    lines = b"".join(response).decode("utf-8-sig").splitlines()
    assert lines[1:] == ["'=форум;форум;26.10.2024;26.10.2024;10:00;;нет данных;проведено;0;0"]


@pytest.mark.parametrize("count", [3, 50])
def test_the_list_asks_as_much_whatever_its_length(client, region, count, django_assert_max_num_queries):
    for number in range(count):
        participant(held(region, f"Учёба {number}"), name="Гость", came=True)
    with django_assert_max_num_queries(12):
        client.get(reverse("forum", args=[region.code]))


def test_the_list_has_pages(client, region):
    for number in range(51):
        held(region, f"Учёба {number:02}")
    assert html_of(client, "forum", region.code).count('<th scope="row"') == 50
    assert html_of(client, "forum", region.code, query="?page=2").count('<th scope="row"') == 1


@pytest.mark.parametrize("make", [analyst, auditor])
def test_who_may_lead_events_has_the_buttons(client_of, region, event, make):
    user = make(region)
    html = html_of(client_of(user), "forum", region.code) + html_of(client_of(user), "event", event.pk)
    assert ("Запланировать мероприятие" in html) == ("Добавить участников" in html) == (make is analyst)


def test_the_menu_leads_there(client, region):
    assert "Обучение и форум" in html_of(client, "pages", region.code)


# --- participants -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"Анна", "Борис", "Гость"}),
        ("?came=yes", {"Анна"}),
        ("?came=no", {"Борис", "Гость"}),
        ("?q=гост", {"Гость"}),
        ("?q=редакц", {"Гость"}),
        ("?invited=not_sent", {"Борис"}),
    ],
)
def test_participants_are_found(client, region, event, query, found):
    participant(event, admin_of(InstitutionFactory(region=region), "Анна"), came=True)
    reachable = participant(event, admin_of(InstitutionFactory(region=region), "Борис"))
    institution_admin(reachable.institution)
    participant(event, name="Гость", workplace="Редакция")
    html = html_of(client, "event", event.pk, query=query)
    assert {name for name in ("Анна", "Борис", "Гость") if f'aria-label="{name}"' in html} == found


@pytest.mark.parametrize("sort", ["who", "-who", "institution", "origin", "invited", "-came", "nonsense"])
def test_every_column_sorts(client, region, event, sort):
    participant(event, admin_of(InstitutionFactory(region=region), "Анна"), came=True)
    participant(event, name="Гость")
    assert html_of(client, "event", event.pk, query=f"?sort={sort}").count('<th scope="row"') == 2


def test_names_typed_in_and_names_of_admins_are_sorted_together(client, region, event):
    participant(event, name="Борис")
    participant(event, admin_of(InstitutionFactory(region=region), "Анна"))
    participant(event, name="Виктор")
    html = html_of(client, "event", event.pk)
    places = [html.index(f'aria-label="{name}"') for name in ("Анна", "Борис", "Виктор")]
    assert places == sorted(places)


@pytest.mark.parametrize("count", [3, 50])
def test_the_participants_ask_as_much_whatever_their_number(
    client, region, event, count, django_assert_max_num_queries
):
    for person in admins_in(region, count):
        participant(event, person, came=True)
    with django_assert_max_num_queries(16):
        client.get(reverse("event", args=[event.pk]))


@pytest.mark.parametrize("count", [3, 50])
def test_the_admins_to_invite_ask_as_much_whatever_their_number(
    client, region, event, count, django_assert_max_num_queries
):
    admins_in(region, count)
    with django_assert_max_num_queries(16):
        client.get(reverse("event_invite", args=[event.pk]))


@pytest.mark.parametrize("name", ["event", "event_invite", "forum"])
def test_htmx_gets_the_table_alone(client, region, event, name):
    participant(event, admin_of(InstitutionFactory(region=region), "Анна"))
    args = [region.code] if name == "forum" else [event.pk]
    html = html_of(client, name, *args, **{"HX-Request": "true"})
    assert "<html" not in html
    assert "<table" in html


def test_an_institution_sees_the_event_and_its_own_people_without_boxes_to_tick(client_of, region, event):
    school = InstitutionFactory(region=region)
    participant(event, admin_of(school, "Своя Анна"))
    participant(event, admin_of(InstitutionFactory(region=region), "Чужая Анна"))
    html = html_of(client_of(institution_admin(school)), "event", event.pk)
    assert "Своя Анна" in html
    assert "Чужая Анна" not in html
    assert 'name="participants"' not in html
    assert reverse("participants_export", args=[event.pk, "csv"]) not in html


def test_a_name_from_a_hostile_hand_is_shown_as_text(client, event):
    participant(event, name="<script>alert(1)</script>")
    assert "<script>alert" not in html_of(client, "event", event.pk)


def test_an_operator_sees_the_events_of_every_region(client_of, event):
    assert "Тексты" in html_of(client_of(operator()), "event", event.pk)
