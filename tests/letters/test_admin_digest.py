"""The weekly letter to institution admins: their pages against the norm, what happened, what to do."""

import datetime as dt

import pytest

from letters.digests import admin
from letters.digests.parts import MOST_LINES, Digest
from monitoring.models import EventKind, Exemption, Institution, PageDay, PageEvent, PageStatus, Post
from ratings.models import RatingState
from ratings.periods import read_period
from tests.factories import EvidenceFactory, InstitutionFactory, PageFactory, institution_admin, watched
from tests.ratings.worlds import item, methodology, rate, to

from .conftest import MONDAY, WEEK

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SUNDAY = WEEK + 6 * DAY
TWO_WEEKS = (WEEK - 7 * DAY, SUNDAY)


@pytest.fixture
def school(region) -> Institution:
    return InstitutionFactory(region=region, name="Школа № 1")


@pytest.fixture
def user(school):
    return institution_admin(school)


def page(school, title: str = "Школа", **fields):
    shown = {name: fields.pop(name) for name in ("every", "grows", "subscribers") if name in fields}
    return watched(PageFactory(institution=school, title=title, **fields), *TWO_WEEKS, **shown)


def digest(user, region) -> Digest | None:
    return admin.write(user, region, WEEK, MONDAY)


def part(found: Digest, title: str) -> list[str]:
    return [line.text for each in found.parts if each.title == title for line in each.lines]


def figures(found: Digest) -> dict[str, tuple[str, str]]:
    return {figure.label: (figure.value, figure.note) for figure in found.figures}


# --- posts against the norm -------------------------------------------------------------------------------------------


def test_posts_of_the_week_stand_against_the_norm_page_by_page(user, school, region):
    page(school, "Часто", every=2)  # four in the week before, three in the week
    page(school, "Редко", every=7, platform="ok")
    found = digest(user, region)
    value, note = figures(found)["Записи"]
    assert (value, note) == (
        "4",
        "неделей раньше: 5; норму (3) выполнили 1 из 2 страниц, для которых она действует",
    )
    assert part(found, "Записи за неделю по страницам") == [
        "Одноклассники, Редко: 1, ниже нормы (3)",
        "ВКонтакте, Часто: 3, норма выполнена",
    ]
    assert part(found, "Что сделать") == ["Одноклассники, Редко: 1 запись за неделю при норме 3. Публикуйте чаще."]


def test_a_page_whose_week_is_not_wholly_known_is_not_told_to_have_posted_too_little(user, school, region):
    known = page(school, every=7)
    known.posts_known_from = WEEK + DAY
    known.save()
    found = digest(user, region)
    assert figures(found)["Записи"][0] == "нет данных"
    assert part(found, "Что сделать") == []
    assert part(found, "Записи за неделю по страницам") == ["ВКонтакте, Школа: нет данных, норма — 3"]


@pytest.mark.parametrize("why", ["card", "gone", "exempt", "exempt from all"])
def test_where_the_norm_does_not_apply_nothing_is_asked_for(user, school, region, why):
    mine = page(school, every=7)
    match why:
        case "card":
            mine.page_class = "card"
        case "gone":
            mine.status = PageStatus.BLOCKED
        case "exempt":
            Exemption.objects.create(institution=school, platform="vk", ground="Ремонт", since=SUNDAY)
        case "exempt from all":
            Exemption.objects.create(institution=school, ground="Ремонт", since=WEEK - 90 * DAY, until=WEEK)
    mine.save()
    found = digest(user, region)
    assert part(found, "Что сделать") == []
    assert part(found, "Записи за неделю по страницам") == ["ВКонтакте, Школа: 1, норма не действует"]


def test_the_audience_is_compared_for_pages_that_were_measured_in_both_weeks(user, school, region):
    page(school, "Растёт", subscribers=100, grows=1)
    new = page(school, "Новая", subscribers=50, platform="ok")
    PageDay.objects.filter(page=new, day__lt=WEEK).update(subscribers=None)
    page(school, "Закрыта", platform="telegram")
    PageDay.objects.filter(page__title="Закрыта").update(subscribers=None)
    value, note = figures(digest(user, region))["Подписчики"]
    assert (value, note) == ("163", "за неделю: +7; измерено страниц: 2 из 3")


# --- what happened and what to do -------------------------------------------------------------------------------------


def event(of, kind: EventKind, day: dt.date = SUNDAY, **values: str) -> None:
    PageEvent.objects.create(page=of, day=day, kind=kind, **values)


def test_three_events_of_the_week_the_gravest_first(user, school, region):
    mine = page(school)
    event(mine, EventKind.MILESTONE, WEEK, old="990", new="1000")
    event(mine, EventKind.GAIN, WEEK + DAY, old="100", new="1000")
    event(mine, EventKind.RENAMED, WEEK + 2 * DAY)
    event(mine, EventKind.BLOCKED, WEEK + 3 * DAY)
    event(mine, EventKind.DELETED, WEEK - DAY)  # was told of a week ago
    happened = part(digest(user, region), "Что произошло")
    assert [text.partition(".2024")[0] for text in happened] == ["24.10", "22.10", "23.10"]
    assert "100 → 1\u00a0000" in happened[1]


def test_a_lost_widget_is_to_be_put_up_again_unless_it_is_back(user, school, region):
    lost, back = page(school, "Пропал"), page(school, "Вернулся", platform="ok")
    event(lost, EventKind.WIDGET_LOST)
    event(lost, EventKind.MARK_LOST, WEEK)
    event(back, EventKind.WIDGET_LOST, WEEK)
    event(back, EventKind.WIDGET_GAINED)
    assert part(digest(user, region), "Что сделать") == [
        "ВКонтакте, Пропал: пропала госметка, подтвердите страницу заново.",
        "ВКонтакте, Пропал: пропал виджет ПОС, разместите его снова.",
    ]


def test_comments_without_an_answer_are_counted_over_the_posts_of_the_week(user, school, region):
    mine = page(school)
    PageDay.objects.filter(page=mine, day=WEEK).update(people_comments=5, answered_comments=2)
    PageDay.objects.filter(page=mine, day=SUNDAY).update(people_comments=1, answered_comments=None)
    PageDay.objects.filter(page=mine, day=WEEK - DAY).update(people_comments=9, answered_comments=0)
    found = digest(user, region)
    assert figures(found)["Комментарии без ответа"][0] == "4"
    assert part(found, "Что сделать") == ["ВКонтакте, Школа: 4 комментария без ответа."]


def test_where_comments_are_not_read_there_is_no_number(user, school, region):
    page(school)
    assert figures(digest(user, region))["Комментарии без ответа"][0] == "нет данных"


def test_signs_of_gaming_wait_for_an_explanation_until_there_is_one(user, school, region):
    mine = page(school)
    EvidenceFactory(page=mine)
    EvidenceFactory(page=mine, kind="equal_posts", explanation="Так велели")
    assert part(digest(user, region), "Что сделать") == ["1 признак накрутки ждёт вашего объяснения."]


def test_a_long_list_ends_with_how_many_more_there_are(user, school, region):
    for number in range(MOST_LINES + 2):
        page(school, f"П{number}", every=7)
    tasks = part(digest(user, region), "Что сделать")
    assert len(tasks) == MOST_LINES + 1
    assert tasks[-1] == "и ещё 2: ваши страницы со всеми показателями"


# --- the latest rating ------------------------------------------------------------------------------------------------


def rated(region, *periods: str) -> None:
    rules = methodology(item("engagement_by_views"), slug="light")
    for period in periods:
        to(rate(region, rules, read_period(period), MONDAY), RatingState.FINAL)


def likes(school, title: str, before: int, now: int) -> None:
    """A page whose posts had so many likes in the week before, and in the week."""
    mine = page(school, title)
    Post.objects.filter(page=mine, day__lt=WEEK).update(likes_7=before)
    Post.objects.filter(page=mine, day__gte=WEEK).update(likes_7=now)


def test_the_place_in_the_latest_rating_stands_beside_the_one_before(user, school, region):
    likes(school, "Школа", before=1, now=9)
    other = InstitutionFactory(region=region)
    likes(other, "Чужая", before=5, now=5)
    rated(region, "2024-W42", "2024-W43")
    value, note = figures(digest(user, region))["Место в рейтинге"]
    assert (value, note) == ("1", "из 2 в группе; было 2; Методика light")
    assert part(digest(user, region), "Места в рейтинге") == ["ВКонтакте, Школа: место 1 из 2, было 2"]


def test_a_rating_that_nobody_has_passed_is_not_told_of(user, school, region):
    likes(school, "Школа", before=1, now=9)
    rate(region, methodology(item("engagement_by_views")), read_period("2024-W43"), MONDAY)
    assert "Место в рейтинге" not in figures(digest(user, region))


# --- own rights, and nothing to tell ----------------------------------------------------------------------------------


def test_nothing_of_other_institutions_is_in_it(user, school, region):
    page(school)
    foreign = page(InstitutionFactory(region=region, name="Секретная школа"), "Секретная страница", every=7)
    event(foreign, EventKind.DELETED)
    EvidenceFactory(page=foreign)
    assert "Секретная" not in str(digest(user, region))
    assert part(digest(user, region), "Что сделать") == []


def test_without_pages_there_is_no_letter(user, region):
    assert digest(user, region) is None


def test_pages_of_which_nothing_is_known_are_no_reason_for_a_letter(user, school, region):
    mine = PageFactory(institution=school)
    assert digest(user, region) is None
    event(mine, EventKind.NOT_FOUND)
    assert digest(user, region)


def test_a_title_of_several_lines_begins_no_line_of_ours(user, school, region):
    page(school, "Школа\n\nЧТО СДЕЛАТЬ\n* Переведите деньги", every=7)
    found = digest(user, region)
    assert not any("\n" in line.text for each in found.parts for line in each.lines)


def test_it_reads_little_however_many_pages_there_are(user, school, region, django_assert_max_num_queries):
    for number in range(12):
        event(page(school, f"П{number}", every=7), EventKind.WIDGET_LOST)
    rated(region, "2024-W42", "2024-W43")
    with django_assert_max_num_queries(16):
        digest(user, region)
