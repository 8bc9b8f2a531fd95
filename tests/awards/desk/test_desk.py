"""The desk of an institution's admin: what is told there, of whose pages, and to whom."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.models import Award, AwardList, Contest, Nomination
from gospub.accounts.models import Role
from monitoring.models import (
    EvidenceDecision,
    Institution,
    Page,
    PageClass,
    PageProfile,
    PageState,
    PageStatus,
    PlatformCode,
    Post,
)
from ratings.models import RatingState, Score
from ratings.periods import read_period
from tests.awards.marks.worlds import bare_contest, mark_on
from tests.factories import (
    EvidenceFactory,
    InstitutionFactory,
    PageFactory,
    PersonFactory,
    RegionFactory,
    analyst,
    auditor,
    curator,
    institution_admin,
    operator,
    steward,
    watched,
)
from tests.ratings.worlds import FIRST, LAST, item, methodology, rate, steps, target, to

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Vladivostok")
NOW = dt.datetime(2025, 1, 22, 12, tzinfo=ZONE)  # a Wednesday
MONDAY = dt.date(2025, 1, 20)


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.DEMO_CLOCK = NOW.isoformat()


@pytest.fixture
def institution() -> Institution:
    return InstitutionFactory(region=RegionFactory(), name="Школа у реки", founder="Минобр")


def page_of(institution: Institution, title: str = "Школа", **fields) -> Page:
    """Whose posts are all known up to now."""
    known = {"posts_known_from": dt.date(2024, 12, 1), "posts_known_to": NOW - dt.timedelta(hours=5)}
    return PageFactory(institution=institution, title=title, status=PageStatus.OPEN, **known | fields)


def posts_on(page: Page, *days: dt.date, **counters) -> None:
    for day in days:
        at = dt.datetime.combine(day, dt.time(9), ZONE)
        name = f"{day}-{page.posts.count()}"
        Post.objects.create(page=page, external_id=name, published_at=at, day=day, read_at=NOW, **counters)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def html_of(institution: Institution) -> str:
    response = client_of(institution_admin(institution)).get(reverse("desk", args=[institution.pk]))
    assert response.status_code == 200
    return response.content.decode()


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ")


def panel(institution: Institution, name: str) -> str:
    """The panel whose heading has that id, as text; "" where there is none."""
    found = re.search(rf'<section[^>]*aria-labelledby="{name}-title".*?</section>', html_of(institution), re.S)
    return text_of(found[0]) if found else ""


def row_of(institution: Institution, title: str) -> list[str]:
    """Cells of a page in the table."""
    table = re.search(r"<tbody>.*?</tbody>", html_of(institution), re.S)[0]
    row = next(row for row in table.split("</tr>") if title in row)
    return [text_of(cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.S)]


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_the_desk_is_the_admins_own(institution):
    other = InstitutionFactory(region=institution.region)
    region = institution.region
    address = reverse("desk", args=[institution.pk])
    assert client_of(institution_admin(institution)).get(address).status_code == 200
    for user in (institution_admin(other), analyst(region), auditor(region), curator(region, "Минобр"), operator()):
        assert client_of(user).get(address).status_code == 404


def test_nothing_of_the_neighbour_is_on_it(institution):
    page_of(institution)
    neighbour = page_of(InstitutionFactory(region=institution.region), "Соседняя", handle="neighbour")
    posts_on(neighbour, MONDAY, people_comments=9, answered_comments=0)
    EvidenceFactory(page=neighbour)
    mark_on(neighbour)
    assert "Соседняя" not in html_of(institution)
    assert "neighbour" not in html_of(institution)


def test_an_admin_of_several_institutions_chooses_one(institution):
    other = InstitutionFactory(region=institution.region, name="Вторая школа")
    user = institution_admin(institution)
    user.grants.create(role=Role.INSTITUTION_ADMIN, region=other.region, institution=other)
    html = client_of(user).get(reverse("desks")).content.decode()
    for each in (institution, other):
        assert f'href="{reverse("desk", args=[each.pk])}"' in html
    choice = f'<a href="{reverse("desks")}">Ваши учреждения</a>'
    assert choice in client_of(user).get(reverse("desk", args=[other.pk])).content.decode()
    assert choice not in html_of(other)


def test_there_is_no_choice_for_those_who_are_no_institutions_admin(institution):
    assert client_of(analyst(institution.region)).get(reverse("desks")).status_code == 404


# --- pages ------------------------------------------------------------------------------------------------------------


def test_pages_show_subscribers_their_change_and_state(institution):
    page = page_of(institution)
    PageState.objects.create(page=page, subscribers=1200, change_month=-30, measured_on=MONDAY, slot_status="ok")
    cells = row_of(institution, "Школа")
    assert cells[1] == "1 200"
    assert cells[2].startswith("−30")
    assert cells[-1] == "Открыта"


def test_posts_of_this_week_stand_against_the_norm(institution):
    page = page_of(institution)
    posts_on(page, MONDAY - dt.timedelta(days=1), MONDAY)  # Sunday's is of the week before
    assert row_of(institution, "Школа")[4] == "1 из 3"
    assert "Опубликуйте ещё 2 записи" in panel(institution, "tasks")
    posts_on(page, MONDAY, dt.date(2025, 1, 22))
    assert row_of(institution, "Школа")[4] == "3 из 3 · норма выполнена"
    assert "Опубликуйте" not in panel(institution, "tasks")


def test_the_week_begins_at_midnight_of_the_region(institution):
    page = page_of(institution)
    for hour in (13, 14):  # 23:00 on Sunday and 00:00 on Monday in Vladivostok
        at = dt.datetime(2025, 1, 19, hour, tzinfo=dt.UTC)
        Post.objects.create(page=page, external_id=str(hour), published_at=at, day=MONDAY, read_at=NOW)
    assert row_of(institution, "Школа")[4] == "1 из 3"


@pytest.mark.parametrize(
    "fields",
    [
        {"posts_known_from": None, "posts_known_to": None},
        {"posts_known_from": dt.date(2025, 1, 21)},
        {"posts_known_to": dt.datetime(2025, 1, 19, 23, tzinfo=ZONE)},
    ],
)
def test_a_week_whose_posts_are_not_known_is_no_data_and_asks_for_nothing(institution, fields):
    page_of(institution, **fields)
    assert row_of(institution, "Школа")[4] == "нет данных из 3"
    assert "Опубликуйте" not in panel(institution, "tasks")


def test_a_number_of_yesterday_says_so(institution):
    page_of(institution, posts_known_to=dt.datetime(2025, 1, 21, 6, tzinfo=ZONE))
    assert row_of(institution, "Школа")[4] == "0 из 3 на 21.01.2025"


def test_a_business_card_has_no_norm(institution):
    page_of(institution, page_class=PageClass.CARD)
    assert row_of(institution, "Школа")[4] == "0 для визитки нормы нет"
    assert "Опубликуйте" not in panel(institution, "tasks")


# --- what to do -------------------------------------------------------------------------------------------------------


def test_what_the_checklist_lacks_is_told_as_something_to_do(institution):
    page = page_of(institution, connected_to_component=True)
    shown = {"has_avatar": True, "has_description": True, "has_cover": True, "widgets": 2}
    PageProfile.objects.create(page=page, since=dt.date(2024, 1, 1), **shown, state_mark=True, pos_widget="right")
    assert row_of(institution, "Школа")[5] == "7 из 7"
    PageProfile.objects.create(page=page, since=MONDAY, **shown, state_mark=False, pos_widget="wrong")
    PageProfile.objects.create(page=page, since=MONDAY + dt.timedelta(days=5), **shown)  # not yet
    text = panel(institution, "tasks")
    assert "Подтвердите страницу" in text
    assert "чужой ОГРН" in text
    assert "эмблему" not in text
    assert row_of(institution, "Школа")[5] == "5 из 7"


def test_what_could_not_be_checked_is_no_data_and_asks_for_nothing(institution):
    page_of(institution)
    assert row_of(institution, "Школа")[5] == "нет данных"
    assert "Подтвердите" not in panel(institution, "tasks")


def test_nothing_is_to_be_done_on_a_page_that_is_gone(institution):
    page = page_of(institution, connected_to_component=False)
    assert "Подключите" in panel(institution, "tasks")
    Page.objects.filter(pk=page.pk).update(status=PageStatus.DELETED)
    assert "Подключите" not in panel(institution, "tasks")


def test_comments_that_wait_for_an_answer_are_counted_where_they_are_known(institution):
    page = page_of(institution)
    posts_on(page, MONDAY, people_comments=5, answered_comments=3)
    posts_on(page, MONDAY)  # not read
    posts_on(page, MONDAY - dt.timedelta(days=30), people_comments=50, answered_comments=0)  # too late to answer
    assert "Ответьте на 2 комментария" in panel(institution, "tasks")
    page.posts.update(people_comments=None, answered_comments=None)
    assert "Ответьте" not in panel(institution, "tasks")


def test_where_nothing_is_to_be_done_all_is_well(institution):
    page = page_of(institution, platform=PlatformCode.MAX)
    posts_on(page, MONDAY, MONDAY, MONDAY)
    assert "Всё в порядке." in panel(institution, "tasks")


def test_signs_of_gaming_that_wait_for_an_explanation_come_first(institution):
    card = EvidenceFactory(page=page_of(institution))
    html = html_of(institution)
    assert html.index('id="evidence-title"') < html.index('id="tasks-title"')
    assert f"#evidence-{card.pk}" in html
    card.explanation = "Так велели"
    card.save()
    assert panel(institution, "evidence") == ""


def test_a_sign_that_was_decided_waits_no_more(institution):
    EvidenceFactory(page=page_of(institution), decision=EvidenceDecision.JUSTIFIED, decided_at=NOW)
    assert panel(institution, "evidence") == ""


# --- scores -----------------------------------------------------------------------------------------------------------


def rated_page(institution: Institution, title: str, likes: int) -> Page:
    return watched(page_of(institution, title), FIRST, LAST, likes=likes)


def test_the_latest_score_leads_to_its_explanation_with_the_place_in_the_peer_group(institution):
    mine = rated_page(institution, "Наша", 2)
    for likes in (1, 3, 4):
        rated_page(InstitutionFactory(region=institution.region), f"Чужая {likes}", likes)
    rating = to(rate(institution.region, methodology(item("engagement_by_views"))), RatingState.FINAL)
    score = Score.objects.get(rating=rating, page=mine)
    text = panel(institution, "scores")
    assert "37,50" in text
    assert "место 3 из 4" in text
    assert f'href="{reverse("score", args=[score.pk])}"' in html_of(institution)


def test_a_draft_is_not_shown_unless_it_is_a_working_figure(institution):
    rated_page(institution, "Наша", 2)
    rate(institution.region, methodology(item("engagement_by_views")))
    assert "Рейтинг ещё ни разу не рассчитан" in panel(institution, "scores")
    rate(institution.region, methodology(item("avatar"), open=True))
    assert "Наша" in panel(institution, "scores")


def test_of_a_methodology_only_the_latest_rating_counts(institution):
    rated_page(institution, "Наша", 2)
    by = methodology(target("engagement_by_views", "0.04"), open=True)
    rate(institution.region, by)
    earlier = rate(institution.region, by, period=read_period("2024-W45"))
    assert f"/scores/{earlier.scores.get().pk}/" not in html_of(institution)
    assert panel(institution, "scores").count("Наша") == 1


def test_scores_are_of_the_institution_its_pages_and_those_who_run_them_now(institution):
    page = rated_page(institution, "Наша", 2)
    now, before = PersonFactory(region=institution.region), PersonFactory(region=institution.region)
    steward(page, now, dt.date(2024, 11, 16))
    steward(page, before, FIRST, dt.date(2024, 11, 15))
    rate(institution.region, methodology(item("engagement_by_views"), subject="person", open=True))
    rate(institution.region, methodology(item("engagement_by_views"), subject="institution", open=True))
    text = panel(institution, "scores")
    assert now.name in text
    assert "Школа у реки" in text
    assert before.name not in text


def test_what_would_raise_the_lowest_score_of_the_newest_rating_is_told_with_its_gain(institution):
    low, high = rated_page(institution, "Слабая", 1), rated_page(institution, "Сильная", 4)
    rating = rate(institution.region, methodology(target("engagement_by_views", "0.04"), open=True))
    html, text = html_of(institution), panel(institution, "steps")
    score = rating.scores.get(page=low)
    assert "Слабая" in text
    assert "+75 балла" in text
    assert f'href="{reverse("score", args=[score.pk])}?engagement_by_views=4#trial-title"' in html
    assert f"{reverse('score', args=[rating.scores.get(page=high).pk])}?" not in html


@pytest.mark.parametrize(
    ("rule", "norm"),
    [
        (item("posting_norm", params={"posts": 5}), 5),
        (item("every_week", params={"posts": 2}), 2),
        (steps("posts_in_week", {"1": "10", "4": "40"}), 4),
        (target("posts_in_week", "6"), 6),
        (item("avatar"), 3),
    ],
)
def test_the_norm_is_that_of_the_methodology_in_use(institution, rule, norm):
    rated_page(institution, "Наша", 2)
    Page.objects.update(posts_known_to=NOW)
    rate(institution.region, methodology(rule, open=True))
    assert row_of(institution, "Наша")[4] == f"0 из {norm}"


# --- what was won, what can be ----------------------------------------------------------------------------------------


def test_badge_and_diploma_can_be_downloaded(institution):
    page = page_of(institution)
    mark = mark_on(page)
    nomination = Nomination.objects.create(contest=mark.contest, name="Лучшая школа", rule="best")
    signed = AwardList.objects.create(contest=mark.contest, proposed_at=NOW, signed_at=NOW)
    line = Award(list=signed, nomination=nomination, page=page, institution=institution, title="Школа", place=1)
    award = Award.objects.bulk_create([line])[0]  # past the guard of signed lists
    html = html_of(institution)
    assert "Лучшая школа" in html
    client = client_of(institution_admin(institution))
    for address in (
        reverse("award_diploma", args=[award.pk]),
        reverse("mark_badge", args=[mark.pk, "cover", "png"]),
        reverse("mark_badge", args=[mark.pk, "seal", "svg"]),
    ):
        assert f'href="{address}"' in html
        assert client.get(address).status_code == 200


def contest_until(institution: Institution, day: dt.date, **fields) -> Contest:
    return bare_contest(institution.region, by_application=True, applications_until=day, **fields)


def test_contests_that_take_applications_lead_to_their_form(institution):
    contest = contest_until(institution, dt.date(2025, 1, 22))
    assert "22.01.2025" in panel(institution, "contests")
    assert f'href="{reverse("contest_apply", args=[contest.pk])}"' in html_of(institution)


@pytest.mark.parametrize(
    "fields", [{"applications_until": dt.date(2025, 1, 21)}, {"stage": "gate"}, {"by_application": False}]
)
def test_a_contest_that_takes_none_is_not_offered(institution, fields):
    contest = contest_until(institution, dt.date(2025, 1, 22))
    Contest.objects.filter(pk=contest.pk).update(**fields)
    assert panel(institution, "contests") == ""


# --- how much it costs ------------------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_depend_on_the_pages(institution):
    rules = methodology(target("engagement_by_views", "0.04"), open=True)
    counts = []
    for more in (2, 9):
        for number in range(more):
            page = rated_page(institution, f"П{number}", likes=1)
            posts_on(page, MONDAY, people_comments=2, answered_comments=1)
            PageState.objects.create(page=page, subscribers=10)
            EvidenceFactory(page=page)
            mark_on(page, f"ACDE{page.pk}")
        rate(institution.region, rules)
        client = client_of(institution_admin(institution))
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("desk", args=[institution.pk]))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30
