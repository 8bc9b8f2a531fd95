"""Doubtful numbers: the list, the decision on one of them, and who may take it."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from gospub.accounts.models import AuditEntry
from monitoring.models import PageDay, PageState, PlatformCode, Suspect, SuspectKind, SuspectState
from monitoring.rollups import roll_up
from tests.factories import (
    InstitutionFactory,
    PageFactory,
    RegionFactory,
    SuspectFactory,
    analyst,
    collected,
    institution_admin,
    official,
)

from .conftest import DAY
from .test_overview import text_of


def suspect(region, title: str = "Школа", platform=PlatformCode.VK, **fields) -> Suspect:
    page = PageFactory(institution=InstitutionFactory(region=region), title=title, platform=platform)
    return SuspectFactory(page=page, **fields)


def listed(client, region, query: str = "") -> str:
    return text_of(client.get(reverse("suspects", args=[region.code]) + query))


def decide(client, found: Suspect, decision: str = "confirm", **form: str):
    headers = {"HX-Request": "true"} if form.pop("htmx", False) else {}
    address = reverse("suspect_decide", args=[found.pk])
    return client.post(address, {"decision": decision, "note": "", **form}, headers=headers)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_row_says_what_was_got_what_was_before_and_why_it_is_doubted(analyst_client, region):
    suspect(region, raw="12400", value=12400, expected=800)
    text = listed(analyst_client, region)
    for words in ("12400", "800", "+11 600", "+1 450,0 %", "резкое изменение", "26.10.2024, 06:10 (UTC+10)"):
        assert words in text


def test_the_hash_of_the_answer_is_short_with_the_whole_beside(analyst_client, region):
    suspect(region, answer_hash="ab" * 32)
    html = analyst_client.get(reverse("suspects", args=[region.code])).content.decode()
    assert f'<code title="{"ab" * 32}">{"ab" * 6}…</code>' in html


def test_a_number_that_cannot_be_compared_has_no_difference(analyst_client, region):
    suspect(region, kind=SuspectKind.NEGATIVE, raw="-1", value=None, expected=250)
    assert "Разница нет данных" in listed(analyst_client, region)


def test_what_the_network_gave_is_shown_as_text(analyst_client, region):
    suspect(region, raw="<b>1e99</b>")
    html = analyst_client.get(reverse("suspects", args=[region.code])).content.decode()
    assert "&lt;b&gt;1e99" in html


def test_the_doubtful_point_is_marked_apart_from_the_line(analyst_client, region):
    found = suspect(region)
    PageState.objects.create(page=found.page, sparkline=[["2024-10-24", 800], ["2024-10-25", 816]])
    html = analyst_client.get(reverse("suspects", args=[region.code])).content.decode()
    assert '<circle class="doubt"' in html
    assert "сомнительно: 12\u00a0400 за 26.10.2024" in html


def test_filters_narrow_the_list(analyst_client, region):
    suspect(region, "Библиотека", PlatformCode.OK, kind=SuspectKind.ROUNDED, state=SuspectState.REJECTED)
    suspect(region, "Музей")
    for query in ("state=rejected", "kind=rounded", "platform=ok", "q=библиотека"):
        text = listed(analyst_client, region, f"?{query}")
        assert ("Библиотека" in text, "Музей" in text) == (True, False), query


def test_the_menu_and_the_overview_count_what_waits(analyst_client, region):
    suspect(region)
    suspect(region, state=SuspectState.CONFIRMED)
    suspect(RegionFactory())
    collected(PageFactory(institution__region=region), DAY)
    roll_up(region, DAY)
    response = analyst_client.get(reverse("overview", args=[region.code]))
    assert f"{reverse('suspects', args=[region.code])}?state=open" in response.content.decode()
    assert "1 ждут решения" in text_of(response)
    assert "1 сомнительное число ждёт решения" in text_of(response)


def test_a_region_without_doubts_has_no_badge(analyst_client, region):
    assert "ждут решения" not in text_of(analyst_client.get(reverse("pages", args=[region.code])))
    assert "Решать нечего" in listed(analyst_client, region)


def test_a_confirmed_number_counts_from_then_on(analyst_client, region):
    found = suspect(region)
    assert decide(analyst_client, found).status_code == 302
    found.refresh_from_db()
    assert found.state == SuspectState.CONFIRMED
    assert PageDay.objects.get(page=found.page, day=found.day).subscribers == 12400
    assert AuditEntry.objects.exists()


def test_a_rejected_number_never_counts(analyst_client, region):
    found = suspect(region)
    decide(analyst_client, found, "reject", note="Накрутка")
    found.refresh_from_db()
    assert (found.state, found.note) == (SuspectState.REJECTED, "Накрутка")
    assert not PageDay.objects.filter(page=found.page, subscribers__isnull=False).exists()


def test_who_decided_and_when_is_told(analyst_client, region):
    found = suspect(region)
    decide(analyst_client, found, "reject", note="Накрутка")
    text = listed(analyst_client, region)
    assert "отклонено Пользователь" in text
    assert "26.10.2024, 12:00 (UTC+10)" in text
    assert "Накрутка" in text


def test_a_number_that_the_next_reading_decided_says_so(analyst_client, region):
    suspect(region, state=SuspectState.CONFIRMED, decided_at=dt.datetime(2024, 10, 26, tzinfo=dt.UTC))
    assert "решил следующий опрос" in listed(analyst_client, region)


def test_without_javascript_one_goes_back_to_the_same_list_with_a_message(analyst_client, region):
    found = suspect(region)
    here = reverse("suspects", args=[region.code]) + "?state=open"
    response = decide(analyst_client, found, next=here)
    assert response.url == f"{here}#suspect-{found.pk}"
    assert "Число подтверждено." in text_of(analyst_client.get(here))


def test_a_decision_never_leads_to_a_foreign_site(analyst_client, region):
    assert decide(analyst_client, suspect(region), next="https://evil.example/").url.startswith("/regions/")


def test_htmx_gets_the_row_anew_and_the_words_for_those_who_listen(analyst_client, region):
    found = suspect(region)
    html = decide(analyst_client, found, htmx=True).content.decode()
    assert html.count("<li") == 1
    assert f'id="suspect-{found.pk}"' in html
    assert "<form" not in html
    assert '<div hx-swap-oob="innerHTML:#live">Число подтверждено.</div>' in html


@pytest.mark.parametrize("htmx", [True, False])
def test_who_comes_second_is_told_so_and_changes_nothing(analyst_client, region, htmx):
    found = suspect(region)
    decide(signed_in(analyst(region)), found, "reject")
    response = decide(analyst_client, found, "confirm", htmx=htmx)
    told = text_of(response if htmx else analyst_client.get(response.url))
    assert "Вас опередили" in told
    found.refresh_from_db()
    assert found.state == SuspectState.REJECTED


@pytest.mark.parametrize("form", [{"decision": "maybe"}, {"note": "x" * 301}, {"note": "a\0b"}])
def test_a_form_that_is_not_understood_decides_nothing(analyst_client, region, form):
    found = suspect(region)
    assert decide(analyst_client, found, **form).status_code == 400
    found.refresh_from_db()
    assert found.state == SuspectState.OPEN


def test_what_is_no_number_may_only_be_rejected(analyst_client, region):
    found = suspect(region, kind="negative", raw="-5", value=None)
    answer = analyst_client.get(reverse("suspects", args=[region.code])).content.decode()
    assert ('value="confirm"' in answer, 'value="reject"' in answer) == (False, True)
    assert decide(analyst_client, found, "confirm").status_code == 400


def test_an_official_sees_and_does_not_decide(region):
    found, client = suspect(region), signed_in(official(region))
    html = client.get(reverse("suspects", args=[region.code])).content.decode()
    assert "12400" in html
    assert reverse("suspect_decide", args=[found.pk]) not in html
    assert decide(client, found).status_code == 403


def test_to_strangers_the_number_does_not_exist(region):
    found = suspect(region)
    for user in (analyst(RegionFactory()), institution_admin(found.page.institution)):
        client = signed_in(user)
        assert decide(client, found).status_code == 404
        assert client.get(reverse("suspects", args=[region.code])).status_code == 404
    found.refresh_from_db()
    assert found.state == SuspectState.OPEN


@pytest.mark.parametrize("count", [3, 60])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    analyst_client, region, count, django_assert_max_num_queries
):
    institution = InstitutionFactory(region=region)
    for _ in range(count):
        SuspectFactory(page=PageFactory(institution=institution))
    with django_assert_max_num_queries(11):
        analyst_client.get(reverse("suspects", args=[region.code]))
