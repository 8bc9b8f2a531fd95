"""Signs of gaming: the cards, the admin's explanation, the analyst's decision, and who may do which."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring.models import EvidenceCard, EvidenceDecision, EvidenceKind, PageDay, PlatformCode
from tests.factories import (
    EvidenceFactory,
    InstitutionFactory,
    PageFactory,
    RegionFactory,
    analyst,
    collected,
    institution_admin,
    official,
    operator,
)

from .conftest import DAY
from .test_overview import text_of

JUMP = {
    "since": "2024-10-09",
    "before": 1000,
    "after": 1500,
    "posts_before": 4,
    "views_before": 480,
    "posts_after": 2,
    "views_after": 220,
}
VIEWS = {
    "week": "2024-10-14",
    "posts": 2,
    "views": 60_000,
    "interactions": 6,
    "subscribers": 1000,
    "usual": 0.0125,
    "reach": None,
}
EQUAL = {"posts": 9, "texts": 2, "hashes": [7, 8], "ids": ["41", "42"]}


def card(region, title: str = "Школа", platform=PlatformCode.VK, **fields) -> EvidenceCard:
    institution = InstitutionFactory(region=region)
    page = PageFactory(institution=institution, title=title, platform=platform, external_id=f"9{institution.pk}")
    return EvidenceFactory(page=page, **fields)


def listed(client, region, query: str = "") -> str:
    return text_of(client.get(reverse("evidence", args=[region.code]) + query))


def send(client, name: str, found: EvidenceCard, **form: str):
    headers = {"HX-Request": "true"} if form.pop("htmx", False) else {}
    return client.post(reverse(name, args=[found.pk]), form, headers=headers)


def decide(client, found: EvidenceCard, decision: str = "gaming", note: str = "Купили", **form: str):
    return send(client, "evidence_decide", found, decision=decision, note=note, **form)


def explain(client, found: EvidenceCard, explanation: str = "Нас показали по телевизору", **form: str):
    return send(client, "evidence_explain", found, explanation=explanation, **form)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def admin_of(found: EvidenceCard) -> Client:
    return signed_in(institution_admin(found.page.institution))


# --- the list ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        ("jump_without_views", JUMP, ("скачок подписчиков без просмотров", "1 000 → 1 500 (+50,0 %)", "120 (480 ÷ 4)")),
        ("views_without_reach", VIEWS, ("просмотры без охвата", "14.10.2024 – 20.10.2024", "0,010 %", "1,250 %")),
        ("equal_posts", EQUAL, ("серия одинаковых записей", "Одинаковых записей 9", "Разных текстов среди них 2")),
        ("mass_posts", {"posts": 40, "copies": 30}, ("в основном массовая рассылка", "30 (75,0 %)")),
    ],
)
def test_a_card_shows_the_figures_of_its_sign(analyst_client, region, kind, facts, words):
    card(region, kind=kind, facts=facts)
    text = listed(analyst_client, region)
    for each in (*words, "27.09.2024 – 26.10.2024", "найдено 26.10.2024, 11:00 (UTC+10)"):
        assert each in text


def test_what_is_not_known_is_said_to_be_so(analyst_client, region):
    card(region, kind=EvidenceKind.VIEWS_WITHOUT_REACH, facts={**VIEWS, "interactions": None, "subscribers": None})
    text = listed(analyst_client, region)
    assert "Подписчики нет данных" in text
    assert "Реакций на просмотр нет данных" in text


def test_a_jump_from_nobody_has_no_share(analyst_client, region):
    card(region, kind=EvidenceKind.JUMP_WITHOUT_VIEWS, facts={**JUMP, "before": 0})
    assert "0 → 1 500 " in listed(analyst_client, region)


def test_equal_posts_lead_to_the_network(analyst_client, region):
    found = card(region, kind=EvidenceKind.EQUAL_POSTS, facts=EQUAL)
    html = analyst_client.get(reverse("evidence", args=[region.code])).content.decode()
    assert f'href="https://vk.com/wall-{found.page.external_id}_41"' in html


def test_the_screen_says_that_a_card_is_no_penalty(analyst_client, region):
    assert "не меняет показателей и не снимает баллов" in listed(analyst_client, region)


def test_those_that_wait_come_first_and_then_what_was_decided_latest(analyst_client, region):
    noon = dt.datetime(2024, 10, 26, 12, tzinfo=dt.UTC)
    card(region, "Первая", decision=EvidenceDecision.GAMING, decided_at=noon - dt.timedelta(days=1))
    card(region, "Вторая", decision=EvidenceDecision.JUSTIFIED, decided_at=noon)
    card(region, "Третья")
    card(region, "Четвёртая")
    text = listed(analyst_client, region)
    order = [text.index(name) for name in ("Третья", "Четвёртая", "Вторая", "Первая")]
    assert order == sorted(order)


def test_filters_narrow_the_list(analyst_client, region):
    card(region, "Библиотека", PlatformCode.OK, kind="equal_posts", facts=EQUAL, decision="gaming")
    card(region, "Музей")
    for query in ("decision=gaming", "kind=equal_posts", "platform=ok", "q=библиотека"):
        text = listed(analyst_client, region, f"?{query}")
        assert ("Библиотека" in text, "Музей" in text) == (True, False), query


def test_a_region_without_signs_says_so(analyst_client, region):
    text = listed(analyst_client, region)
    assert "Признаков накрутки пока не найдено" in text
    assert "ждут решения" not in text


def test_the_menu_counts_what_waits_and_the_user_may_see(analyst_client, region):
    found = card(region)
    card(region)
    card(region, decision=EvidenceDecision.JUSTIFIED)
    card(RegionFactory())
    for client, number in ((analyst_client, 2), (admin_of(found), 1)):
        response = client.get(reverse("pages", args=[region.code]))
        assert f"{reverse('evidence', args=[region.code])}?decision=open" in response.content.decode()
        assert f"Признаки накрутки {number} ждут решения" in text_of(response)


def test_the_page_card_leads_to_its_open_cards(analyst_client, region):
    found = card(region)
    EvidenceFactory(page=found.page, first_day=dt.date(2024, 1, 1), decision=EvidenceDecision.GAMING)
    response = analyst_client.get(reverse("page", args=[found.page.pk]))
    assert f"?decision=open&amp;q={found.page.handle}#evidence-{found.pk}" in response.content.decode()
    assert "ждут решения: в основном массовая рассылка (27.09.2024 – 26.10.2024)" in text_of(response)


def test_a_page_without_open_cards_has_no_such_line(analyst_client, region):
    found = card(region, decision=EvidenceDecision.JUSTIFIED)
    assert "Признаки накрутки, которые" not in text_of(analyst_client.get(reverse("page", args=[found.page.pk])))


# --- explanation ------------------------------------------------------------------------------------


def test_the_admin_of_the_page_explains(region):
    found = card(region)
    assert explain(admin_of(found), found).status_code == 302
    found.refresh_from_db()
    assert (found.explanation, found.decision) == ("Нас показали по телевизору", EvidenceDecision.OPEN)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after) == ("evidence.explain", {"explanation": "Нас показали по телевизору"})


def test_the_analyst_reads_the_explanation_and_whose_it_is(analyst_client, region):
    found = card(region)
    explain(admin_of(found), found)
    text = listed(analyst_client, region)
    assert "Пояснение администратора страницы Нас показали по телевизору Пользователь" in text
    assert "26.10.2024, 12:00 (UTC+10)" in text


def test_the_admin_slips_no_decision_in_with_the_explanation(region):
    found = card(region)
    others = {"decision": "justified", "note": "ничего не было", "size": "0", "page": "0", "decided_by": "1"}
    assert explain(admin_of(found), found, **others).status_code == 302
    before = (found.decision, found.note, found.size, found.page_id, found.decided_by)
    found.refresh_from_db()
    assert found.explanation
    assert (found.decision, found.note, found.size, found.page_id, found.decided_by) == before


def test_an_explanation_may_be_said_anew_and_the_trail_keeps_both(region):
    found = card(region)
    client = admin_of(found)
    explain(client, found, "Не знаем")
    explain(client, found, "Узнали: телевизор")
    found.refresh_from_db()
    assert found.explanation == "Узнали: телевизор"
    assert AuditEntry.objects.last().before == {"explanation": "Не знаем"}


def test_after_the_decision_nothing_is_explained(region):
    found = card(region, decision=EvidenceDecision.GAMING)
    client = admin_of(found)
    assert (
        reverse("evidence_explain", args=[found.pk])
        not in client.get(reverse("evidence", args=[region.code])).content.decode()
    )
    response = explain(client, found)
    assert "Вас опередили" in text_of(client.get(response.url))
    found.refresh_from_db()
    assert found.explanation == ""
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001, "a\0b"])
def test_an_explanation_that_says_nothing_is_refused(region, text):
    found = card(region)
    assert explain(admin_of(found), found, text).status_code == 400
    found.refresh_from_db()
    assert found.explained_at is None


@pytest.mark.parametrize("role", [analyst, official, lambda _: operator()])
def test_nobody_explains_for_the_admin(region, role):
    found, client = card(region), signed_in(role(region))
    html = client.get(reverse("evidence", args=[region.code])).content.decode()
    assert reverse("evidence_explain", args=[found.pk]) not in html
    assert explain(client, found).status_code == 403


def test_an_explanation_is_shown_as_text(analyst_client, region):
    card(region, explanation="<b>Реклама</b>")
    html = analyst_client.get(reverse("evidence", args=[region.code])).content.decode()
    assert "&lt;b&gt;Реклама" in html


# --- decision ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "words"), [("gaming", "признано накруткой"), ("justified", "объяснено, не накрутка")]
)
def test_the_analyst_decides_and_it_is_told_who_and_when(analyst_client, region, decision, words):
    found = card(region)
    assert decide(analyst_client, found, decision).status_code == 302
    text = listed(analyst_client, region)
    assert f"{words} Пользователь" in text
    assert "26.10.2024, 12:00 (UTC+10) Купили" in text
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after) == ("evidence.decide", {"decision": decision, "note": "Купили"})


def test_a_decision_changes_no_figure(analyst_client, region):
    found = card(region)
    collected(found.page, DAY)
    before = list(PageDay.objects.values())
    decide(analyst_client, found)
    assert list(PageDay.objects.values()) == before


@pytest.mark.parametrize(
    "form", [{"decision": "open"}, {"decision": ""}, {"note": ""}, {"note": " "}, {"note": "x" * 301}, {"note": "a\0b"}]
)
def test_a_form_that_is_not_understood_or_gives_no_ground_decides_nothing(analyst_client, region, form):
    found = card(region)
    assert decide(analyst_client, found, **form).status_code == 400
    found.refresh_from_db()
    assert found.is_open


@pytest.mark.parametrize("htmx", [True, False])
def test_who_comes_second_is_told_so_and_changes_nothing(analyst_client, region, htmx):
    found = card(region)
    decide(signed_in(analyst(region)), found, "justified")
    response = decide(analyst_client, found, "gaming", htmx=htmx)
    told = text_of(response if htmx else analyst_client.get(response.url))
    assert "Вас опередили" in told
    found.refresh_from_db()
    assert found.decision == EvidenceDecision.JUSTIFIED
    assert AuditEntry.objects.count() == 1


def test_htmx_gets_the_card_anew_and_the_words_for_those_who_listen(analyst_client, region):
    found = card(region)
    html = decide(analyst_client, found, htmx=True).content.decode()
    assert html.count("<li") == 1
    assert f'id="evidence-{found.pk}"' in html
    assert "<form" not in html
    assert '<div hx-swap-oob="innerHTML:#live">Решение сохранено.</div>' in html


def test_htmx_gets_the_explained_card_with_the_form_that_leads_back(region):
    found = card(region)
    here = reverse("evidence", args=[region.code]) + "?kind=mass_posts"
    html = explain(admin_of(found), found, next=here, htmx=True).content.decode()
    assert f'name="next" value="{here}"' in html
    assert "Пояснение сохранено." in html


def test_without_javascript_one_goes_back_to_the_same_list_with_a_message(analyst_client, region):
    found = card(region)
    here = reverse("evidence", args=[region.code]) + "?decision=open"
    response = decide(analyst_client, found, next=here)
    assert response.url == f"{here}#evidence-{found.pk}"
    assert "Решение сохранено." in text_of(analyst_client.get(here))


def test_a_form_never_leads_to_a_foreign_site(analyst_client, region):
    assert decide(analyst_client, card(region), next="https://evil.example/").url.startswith("/regions/")


@pytest.mark.parametrize("role", [official, None])
def test_an_official_and_the_admin_see_and_do_not_decide(region, role):
    found = card(region)
    client = signed_in(role(region)) if role else admin_of(found)
    html = client.get(reverse("evidence", args=[region.code])).content.decode()
    assert "массовая рассылка" in html
    assert reverse("evidence_decide", args=[found.pk]) not in html
    assert decide(client, found).status_code == 403
    found.refresh_from_db()
    assert found.is_open


# --- what is foreign --------------------------------------------------------------------------------


def test_an_institution_admin_sees_the_own_cards_only(region):
    own = card(region, "Своя")
    card(region, "Чужая")
    text = listed(admin_of(own), region)
    assert ("Своя" in text, "Чужая" in text) == (True, False)


def test_to_strangers_the_card_does_not_exist(region):
    found = card(region)
    for user in (analyst(RegionFactory()), institution_admin(InstitutionFactory(region=region))):
        client = signed_in(user)
        assert decide(client, found).status_code == 404
        assert explain(client, found).status_code == 404
    found.refresh_from_db()
    assert (found.is_open, found.explanation) == (True, "")


@pytest.mark.parametrize("count", [3, 60])
def test_the_number_of_queries_does_not_depend_on_the_cards(
    analyst_client, region, count, django_assert_max_num_queries
):
    for n in range(count):
        card(region, f"Школа {n}", explanation="Реклама", explained_by=operator())
    with django_assert_max_num_queries(12):
        analyst_client.get(reverse("evidence", args=[region.code]))
