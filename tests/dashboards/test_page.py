"""The card of one page."""

import datetime as dt
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.dashboards.queries.checklist import Verdict, checklist
from monitoring.models import (
    EventKind,
    PageClass,
    PageDay,
    PageEvent,
    PageProfile,
    PageState,
    PageStatus,
    Person,
    PlatformCode,
    Post,
    Provenance,
    Slot,
    SlotStatus,
    Stewardship,
    SuspectState,
)
from monitoring.models.measures import SlotReason
from monitoring.platforms.base import PosWidget
from monitoring.rollups import roll_up
from tests.factories import InstitutionFactory, PageFactory, SuspectFactory, analyst, collected, institution_admin

from .conftest import DAY
from .test_overview import text_of


@pytest.fixture
def page(region):
    return PageFactory(institution=InstitutionFactory(region=region), title="Школа", external_id="123")


def card(client, page) -> str:
    return text_of(client.get(reverse("page", args=[page.pk])))


def chart_of(client, page) -> dict:
    html = client.get(reverse("page", args=[page.pk])).content.decode()
    return json.loads(re.search(r'<script id="page-data" type="application/json">(.*?)</script>', html)[1])


def test_a_page_that_was_never_measured_shows_no_number(analyst_client, page):
    text = card(analyst_client, page)
    assert "ещё не измерено" in text
    assert "data-chart" not in text


def test_an_answer_that_was_not_understood_has_its_hash_there(analyst_client, page):
    Slot.objects.create(page=page, day=DAY, reason=SlotReason.BAD_ANSWER, answer_hash="0f1e2d3c4b5a" + "9" * 52)
    assert "ответ соцсети не удалось понять · хеш ответа 0f1e2d3c4b5a…" in card(analyst_client, page)


def test_it_shows_what_was_collected(analyst_client, page, region):
    collected(page, DAY, subscribers=12345)
    roll_up(region, DAY)
    assert "12 345" in card(analyst_client, page)


def test_a_day_that_failed_is_a_gap_in_the_line(analyst_client, page):
    for back, subscribers in ((2, 100), (1, None), (0, 120)):
        day = DAY - dt.timedelta(days=back)
        Slot.objects.create(page=page, day=day, status=SlotStatus.OK if subscribers else SlotStatus.FAILED)
        if subscribers:
            PageDay.objects.create(page=page, day=day, subscribers=subscribers)
    assert chart_of(analyst_client, page)["series"][0]["points"] == [
        ["2024-10-24", 100],
        ["2024-10-25", None],
        ["2024-10-26", 120],
    ]


def test_a_day_of_which_only_posts_are_known_is_no_gap(analyst_client, page):
    for back, subscribers in ((2, 100), (0, 120)):
        day = DAY - dt.timedelta(days=back)
        Slot.objects.create(page=page, day=day, status=SlotStatus.OK)
        PageDay.objects.create(page=page, day=day, subscribers=subscribers)
    PageDay.objects.create(page=page, day=DAY - dt.timedelta(days=1), posts=3)
    assert chart_of(analyst_client, page)["series"][0]["points"] == [["2024-10-24", 100], ["2024-10-26", 120]]


def test_events_are_marked_on_the_line_and_told_in_words(analyst_client, page):
    collected(page, DAY)
    PageEvent.objects.create(page=page, day=DAY, kind=EventKind.RENAMED, old="<b>old</b>", new="new")
    html = analyst_client.get(reverse("page", args=[page.pk])).content.decode()
    assert chart_of(analyst_client, page)["events"] == [{"day": "2024-10-26", "text": "переименована"}]
    assert "&lt;b&gt;old" in html
    assert "<b>old" not in html


def test_the_last_readings_say_why_they_failed(analyst_client, page):
    Slot.objects.create(page=page, day=DAY, status=SlotStatus.FAILED, reason=SlotReason.UNREACHABLE)
    assert "соцсеть не ответила" in card(analyst_client, page)


def test_the_figure_says_where_it_comes_from(analyst_client, page):
    PageDay.objects.create(
        page=page,
        day=DAY,
        subscribers=1200,
        subscribers_provenance=Provenance.ROUNDED,
        subscribers_step=100,
        collected_at=dt.datetime(2024, 10, 25, 20, 10, tzinfo=dt.UTC),
        answer_hash="ab" * 32,
    )
    text = card(analyst_client, page)
    assert "округлено соцсетью (до 100)" in text
    assert "26.10.2024, 06:10 (UTC+10)" in text
    assert "ab" * 32 in text


def test_engagement_is_interactions_by_views(analyst_client, page):
    PageState.objects.create(page=page, views_30=2000, interactions_30=77)
    text = card(analyst_client, page)
    assert "3,85 %" in text
    assert "77 ÷ 2 000" in text


def test_engagement_without_views_is_not_known(analyst_client, page):
    PageState.objects.create(page=page, views_30=None, interactions_30=77)
    assert "Вовлечённость нет данных" in card(analyst_client, page)


@pytest.mark.parametrize(
    ("platform", "url"),
    [
        (PlatformCode.VK, "https://vk.com/wall-123_9"),
        (PlatformCode.OK, "https://ok.ru/group/123/topic/9"),
        (PlatformCode.TELEGRAM, "https://t.me/school/9"),
    ],
)
def test_posts_lead_to_the_network(analyst_client, page, platform, url):
    page.platform, page.handle = platform, "school"
    page.save()
    when = dt.datetime(2024, 10, 26, 1, tzinfo=dt.UTC)
    Post.objects.create(page=page, external_id="9", published_at=when, day=DAY, likes=0, read_at=when)
    html = analyst_client.get(reverse("page", args=[page.pk])).content.decode()
    assert f'href="{url}"' in html
    assert "нет данных" in html  # views were not given


def test_links_to_the_network_are_marked_as_foreign(analyst_client, page):
    html = analyst_client.get(reverse("page", args=[page.pk])).content.decode()
    assert re.search(r'href="https://vk.com/[^"]+"\s+target="_blank"\s+rel="noopener noreferrer external"', html)


def test_the_names_of_admins_are_for_those_who_see_the_page(analyst_client, page):
    admin = Person.objects.create(region=page.institution.region, name="Вымышленная Анна")
    Stewardship.objects.create(person=admin, page=page, since=DAY)
    assert "Вымышленная Анна" in card(analyst_client, page)


def test_the_page_of_another_institution_is_not_found(page, region):
    for user in (analyst(InstitutionFactory().region), institution_admin(InstitutionFactory(region=region))):
        client = Client()
        client.force_login(user)
        assert client.get(reverse("page", args=[page.pk])).status_code == 404


def test_the_own_admin_sees_the_card(page):
    client = Client()
    client.force_login(institution_admin(page.institution))
    assert "Школа" in card(client, page)


# --- doubts, copies, addresses taken over ---------------------------------------------------------


def test_a_doubtful_number_stands_apart_from_the_line(analyst_client, page):
    PageDay.objects.create(page=page, day=DAY - dt.timedelta(days=1), subscribers=816)
    SuspectFactory(page=page, day=DAY)
    chart = chart_of(analyst_client, page)
    assert chart["series"][0]["points"] == [["2024-10-25", 816], ["2024-10-26", None]]
    assert chart["doubtful"] == [["2024-10-26", 12400]]


def test_a_doubt_that_was_decided_or_has_no_number_is_not_drawn(analyst_client, page):
    PageDay.objects.create(page=page, day=DAY - dt.timedelta(days=9), subscribers=816)
    SuspectFactory(page=page, day=DAY, state=SuspectState.REJECTED)
    SuspectFactory(page=page, day=DAY - dt.timedelta(days=1), value=None, raw="-1")
    assert chart_of(analyst_client, page)["doubtful"] == []
    assert "сомнительно: «-1» (резкое изменение) – ждёт решения" in card(analyst_client, page)


def test_posts_tell_copies_pins_and_advertisements(analyst_client, page):
    post(page, kind=Post.Kind.COPY, pinned=True, advertisement=True)
    text = card(analyst_client, page)
    assert "рассылка на много страниц закреплена реклама" in text


def test_posts_show_the_counters_of_now_and_at_seven_days(analyst_client, page):
    post(page, views=1540, views_7=1200, aged_at=NOW)
    assert "1 540 1 200" in card(analyst_client, page)


@pytest.mark.parametrize(("days", "shown"), [(2, "1 540 —"), (12, "1 540 нет данных")])
def test_a_young_post_has_no_counters_at_seven_days_yet(analyst_client, page, days, shown):
    post(page, published_at=NOW - dt.timedelta(days=days), views=1540)
    assert shown in card(analyst_client, page)


def test_answers_are_told_with_their_median_time(analyst_client, page):
    post(page, people_comments=10, answered_comments=6, answer_minutes=[30, 90, 600])
    assert "10 отвечено: 6 · за 1,5 ч" in card(analyst_client, page)


def test_answers_under_fresh_posts_are_summed_up(analyst_client, page):
    post(page, people_comments=10, answered_comments=2, answer_minutes=[30, 90])
    post(page, external_id="10", people_comments=4, answered_comments=1, answer_minutes=[600])
    post(page, external_id="11", published_at=NOW - dt.timedelta(days=20), people_comments=7, answered_comments=0)
    text = card(analyst_client, page)
    assert "комментариев от людей 14, с ответом 3 · медиана времени до ответа 1,5 ч" in text


def test_where_no_comments_were_read_nothing_is_said_of_answers(analyst_client, page):
    post(page)
    assert "с ответом" not in card(analyst_client, page)


NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)


def post(page, **fields) -> Post:
    common = {"published_at": NOW - dt.timedelta(days=12), "day": DAY, "read_at": NOW, "external_id": "9"}
    return Post.objects.create(page=page, **common | fields)


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (SlotStatus.OK, SlotReason.POSTS_LATER, "записи будут прочитаны в другой день"),
        (SlotStatus.OK, SlotReason.SUSPECT, "число сомнительное и ждёт решения аналитика"),
        (SlotStatus.SKIPPED, SlotReason.PAUSED, "оператор приостановил сбор этой соцсети"),
        (SlotStatus.FAILED, SlotReason.QUARANTINE, "обработка страницы раз за разом не удавалась"),
    ],
)
def test_what_a_reading_lacked_is_told_with_the_last_good_value(analyst_client, page, status, reason, words):
    yesterday = DAY - dt.timedelta(days=1)
    read = dt.datetime(2024, 10, 24, 20, 10, tzinfo=dt.UTC)
    PageDay.objects.create(page=page, day=yesterday, subscribers=816, collected_at=read)
    Slot.objects.create(page=page, day=DAY, status=status, reason=reason, last_measured_on=yesterday)
    text = card(analyst_client, page)
    assert text.count(words) >= 2  # where the figure comes from, and among the last readings
    assert "Последнее верное значение – от 25.10.2024, 06:10 (UTC+10)" in text
    assert "последнее верное значение от 25.10.2024" in text


def test_an_address_taken_over_says_since_when_and_what_to_do(analyst_client, page):
    page.status = PageStatus.REPLACED
    page.save()
    PageEvent.objects.create(page=page, day=DAY, kind=EventKind.REPLACED)
    text = card(analyst_client, page)
    assert "Адрес занят другим сообществом С 26 октября 2024" in text
    assert "Что делать: узнайте у учреждения новый адрес" in text


def test_an_address_of_ones_own_has_no_such_notice(analyst_client, page):
    PageEvent.objects.create(page=page, day=DAY, kind=EventKind.REPLACED)
    assert "Что делать:" not in card(analyst_client, page)


def test_the_card_reads_as_much_for_many_days_as_for_few(analyst_client, page, django_assert_max_num_queries):
    for back in range(60):
        day = DAY - dt.timedelta(days=back)
        Slot.objects.create(page=page, day=day, status=SlotStatus.OK)
        PageDay.objects.create(page=page, day=day, subscribers=816 + back)
        SuspectFactory(page=page, day=day)
        post(page, external_id=str(back))
    with django_assert_max_num_queries(19):
        card(analyst_client, page)


# --- checklist ----------------------------------------------------------------------------------


def verdicts(page, profile=None, state=None) -> dict[str, Verdict]:
    checks = checklist(page, profile and PageProfile(page=page, **profile), state or PageState(page=page))
    return {str(check.title): check.verdict for check in checks}


def test_nothing_is_judged_before_the_first_look(page):
    assert set(verdicts(page).values()) == {Verdict.NO_DATA}


def test_yes_no_and_no_data_are_three_things(page):
    found = verdicts(page, {"has_avatar": True, "has_cover": False, "has_description": None})
    assert found["Аватар"] == Verdict.YES
    assert found["Обложка"] == Verdict.NO
    assert found["Описание"] == Verdict.NO_DATA


@pytest.mark.parametrize(
    ("widget", "verdict"),
    [
        (PosWidget.RIGHT, Verdict.YES),
        (PosWidget.PRESENT, Verdict.YES),
        (PosWidget.WRONG, Verdict.NO),
        (PosWidget.ABSENT, Verdict.NO),
        (None, Verdict.NO_DATA),
    ],
)
def test_a_widget_with_a_foreign_ogrn_is_no_widget(page, widget, verdict):
    assert verdicts(page, {"pos_widget": widget})["Виджет ПОС"] == verdict


def test_what_a_network_has_no_place_for_does_not_apply(region):
    page = PageFactory(institution=InstitutionFactory(region=region), platform=PlatformCode.TELEGRAM)
    found = verdicts(page, {"has_avatar": True})
    assert found["Виджет ПОС"] == found["Обложка"] == found["Два виджета в меню"] == Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(("posts", "verdict"), [(None, Verdict.NO_DATA), (2, Verdict.NO), (3, Verdict.YES)])
def test_three_posts_in_seven_days_are_the_norm(page, posts, verdict):
    assert verdicts(page, state=PageState(page=page, posts_7=posts))["Не меньше 3 записей за 7 дней"] == verdict


def test_a_business_card_has_no_norm(page):
    page.page_class = PageClass.CARD
    assert verdicts(page)["Не меньше 3 записей за 7 дней"] == Verdict.NOT_APPLICABLE


def test_what_lacks_says_what_to_do(page):
    checks = checklist(page, PageProfile(page=page, state_mark=False, widgets=1), PageState(page=page, posts_7=1))
    advice = {str(check.title): check.advice for check in checks if check.verdict == Verdict.NO}
    assert advice["Не меньше 3 записей за 7 дней"] == "Нужно ещё 2 записи."
    assert all(advice.values())


def test_the_table_of_days_shows_two_months_and_on_demand_every_day(analyst_client, page):
    for back in range(70):
        collected(page, DAY - dt.timedelta(days=back), subscribers=100)
    address = reverse("page", args=[page.pk])
    short = analyst_client.get(address).content.decode()
    whole = analyst_client.get(address, {"days": "all"}).content.decode()
    first = (DAY - dt.timedelta(days=69)).strftime("%d.%m.%Y")
    assert "Показаны последние дни: 62 из 70." in " ".join(short.split())
    assert (first in whole, "Показаны последние дни" in whole) == (True, False)
    assert f'<th scope="row" class="first num">{first}</th>' not in short
