"""What lies under one item of a score: pages, weeks, days, posts, and what is missing."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from monitoring.models import Exemption, Obligation, Page, PageProfile, PageRecord, Post
from ratings.catalogue import INDICATORS
from ratings.explain import Scenario, unit_lines
from ratings.inputs import MOST_ROWS, Under, under
from ratings.models import Rating, RatingState
from ratings.parts import State
from ratings.periods import read_period
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PersonFactory,
    institution_admin,
    steward,
    watched,
)

from .worlds import DAY, FIRST, LAST, by_key, item, methodology, page_in, rate, ratio, some_pages, target, to

pytestmark = pytest.mark.django_db


def under_of(rating: Rating, subject, code: str) -> Under:
    return under(rating, by_key(rating)[str(getattr(subject, "pk", subject))], code)


def rated(region, *indicators: str, subject: str = "page", **rest) -> Rating:
    return rate(region, methodology(*(item(name) for name in indicators), subject=subject, **rest))


def test_the_pages_of_a_subject_add_up_to_its_numbers(region):
    place = InstitutionFactory(region=region)
    for platform, likes in (("vk", 3), ("ok", 5)):
        watched(page_in(region, institution=place, platform=platform), FIRST, LAST, likes=likes)
    rating = rated(region, "engagement_by_views", subject="institution")
    parts = under_of(rating, place, "engagement_by_views").parts
    assert [(part.numerator, part.denominator, part.state) for part in parts] == [(45, 1500, 0), (75, 1500, 0)]
    assert ratio(rating, place, "engagement_by_views") == (120, 3000)


def test_the_spans_of_a_person_add_up_with_their_shares(region):
    person, other = PersonFactory(region=region), PersonFactory(region=region)
    page = watched(page_in(region), FIRST, LAST)
    steward(page, person, FIRST)
    steward(page, other, FIRST + 10 * DAY, FIRST + 19 * DAY, share=20)
    rating = rated(region, "regularity", subject="person")
    parts = under_of(rating, person, "regularity").parts
    assert [(part.first, part.last, part.share) for part in parts] == [
        (FIRST, FIRST + 9 * DAY, 1),
        (FIRST + 10 * DAY, FIRST + 19 * DAY, 0.8),
        (FIRST + 20 * DAY, LAST, 1),
    ]
    assert sum(part.numerator * part.share for part in parts) == ratio(rating, person, "regularity")[0] == 14


@pytest.fixture
def handed_over(region):
    """A page that one person kept at both ends of the month, another in its middle."""
    person, other = PersonFactory(region=region), PersonFactory(region=region)
    page = watched(page_in(region), FIRST, LAST, every=1)
    steward(page, person, FIRST, FIRST + 9 * DAY)
    steward(page, other, FIRST + 10 * DAY, FIRST + 20 * DAY)
    steward(page, person, FIRST + 20 * DAY)
    return person


def test_the_days_of_another_person_are_not_told(region, handed_over):
    rating = rated(region, "own_content", "growth", subject="person")
    told = {post.day for post in under_of(rating, handed_over, "own_content").posts}
    assert told == {FIRST + n * DAY for n in (*range(10), *range(20, 30))}
    ends = [day.day for day in under_of(rating, handed_over, "growth").days]
    assert ends == [FIRST, FIRST + 9 * DAY, FIRST + 20 * DAY, LAST]


def test_levels_that_count_once_are_said_to(analyst_client, region, handed_over):
    rating = rated(region, "audience_by_adults", "growth", "regularity", subject="person")
    score = by_key(rating)[str(handed_over.pk)]
    growth, audience, days = (
        analyst_client.get(reverse("score_inputs", args=[score.pk, code])).content.decode()
        for code in ("growth", "audience_by_adults", "regularity")
    )
    assert "Знаменатель страницы берётся один раз" in growth
    assert "Числитель страницы берётся один раз" in audience
    assert "берётся один раз" not in days


@pytest.fixture
def two_pages(region):
    """An institution with a page on each of two networks; the second one's posts have 5 likes."""
    place = InstitutionFactory(region=region)
    for platform, likes in (("vk", 4), ("ok", 5)):
        watched(page_in(region, institution=place, platform=platform, external_id="77"), FIRST, LAST, likes=likes)
    return place


def test_of_several_pages_only_the_parts_are_told(region, two_pages):
    found = under_of(rated(region, "engagement_by_views", subject="institution"), two_pages, "engagement_by_views")
    assert (len(found.parts), found.posts, found.weeks, found.days) == (2, [], [], [])


def test_each_of_several_pages_opens_to_its_own_rows(region, two_pages):
    rating = rated(region, "engagement_by_views", "posting_norm", subject="institution")
    page = two_pages.pages.get(platform="ok")
    score = by_key(rating)[str(two_pages.pk)]
    found = under(rating, score, "engagement_by_views", page.pk)
    assert (len(found.parts), found.page, {post.likes_7 for post in found.posts}) == (2, page.pk, {5})
    assert len(under(rating, score, "posting_norm", page.pk).weeks) == 4


def test_a_page_of_somebody_else_is_not_opened(region, two_pages):
    foreign = watched(page_in(region), FIRST, LAST)
    rating = rated(region, "engagement_by_views", subject="institution")
    found = under(rating, by_key(rating)[str(two_pages.pk)], "engagement_by_views", foreign.pk)
    assert (found.page, found.posts) == (None, [])


def test_the_queries_under_an_item_do_not_grow_with_the_pages_of_a_subject(region, django_assert_max_num_queries):
    district = MunicipalityFactory(region=region)
    for _ in range(12):
        watched(page_in(region, institution=InstitutionFactory(region=region, municipality=district)), FIRST, LAST)
    rating = rated(region, "posting_norm", "avatar", subject="municipality")
    score = by_key(rating)[str(district.pk)]
    with django_assert_max_num_queries(25):
        assert len(under(rating, score, "posting_norm").parts) == 12


def test_a_business_card_does_not_apply(region):
    page = watched(page_in(region, page_class="card"), FIRST, LAST)
    rating = rate(region, methodology(target("posting_norm", "1", not_for=["card"]), target("avatar", "1")))
    assert [part.state for part in under_of(rating, page, "posting_norm").parts] == [State.NOT_APPLICABLE]


def test_weeks_are_whole_and_belong_by_their_thursday(region):
    page = watched(page_in(region), FIRST - 10 * DAY, LAST + 10 * DAY)
    weeks = under_of(rated(region, "posting_norm"), page, "posting_norm").weeks
    assert [(f"{week.first:%d.%m}", week.posts, week.excused) for week in weeks] == [
        ("04.11", 3, False),
        ("11.11", 4, False),
        ("18.11", 3, False),
        ("25.11", 4, False),
    ]


def test_weeks_that_are_not_known_or_exempt_are_told_apart(region):
    page = watched(page_in(region), FIRST, LAST + DAY)
    Page.objects.update(posts_known_from=FIRST + 5 * DAY)
    Exemption.objects.create(institution=page.institution, ground="Ремонт", since=LAST - 2 * DAY)
    weeks = under_of(rated(region, "posting_norm", "avatar"), page, "posting_norm").weeks
    assert [(week.posts is None, week.excused) for week in weeks] == [
        (True, False),
        (False, False),
        (False, False),
        (False, True),
    ]


def test_the_weeks_told_are_those_that_were_counted(region):
    page = watched(page_in(region), FIRST - 10 * DAY, LAST + 10 * DAY, every=3)
    rating = rate(region, methodology(item("posting_norm", params={"posts": 3})))
    weeks = under_of(rating, page, "posting_norm").weeks
    assert ratio(rating, page, "posting_norm") == (sum(week.posts >= 3 for week in weeks), len(weeks))


def test_days_without_a_reading_are_listed_with_their_reason(region):
    failed = {FIRST + DAY: "unreachable", FIRST: "throttled"}
    page = watched(page_in(region), FIRST, LAST, failed=failed)
    found = under_of(rated(region, "growth"), page, "growth")
    assert [(slot.day, slot.reason) for slot in found.missing] == [(FIRST, "throttled"), (FIRST + DAY, "unreachable")]
    assert found.more == 0


def test_a_long_list_is_cut_and_says_by_how_many(region):
    first = dt.date(2024, 1, 1)
    page = watched(page_in(region), first, LAST, failed={first + n * DAY: "unreachable" for n in range(70)})
    rating = rate(region, methodology(item("growth")), period=read_period("2024"))
    found = under_of(rating, page, "growth")
    assert (len(found.missing), found.more) == (MOST_ROWS, 10)


def test_posts_are_those_of_the_period_the_latest_first(region):
    page = watched(page_in(region), FIRST - 3 * DAY, LAST + 3 * DAY, every=1)
    posts = under_of(rated(region, "engagement_by_views"), page, "engagement_by_views").posts
    assert (len(posts), posts[0].day, posts[-1].day) == (30, LAST, FIRST)


def test_under_answers_are_only_posts_with_comments_of_people(region):
    page = watched(page_in(region), FIRST, LAST)
    Post.objects.filter(day=FIRST).update(people_comments=3, answered_comments=1)
    rating = rated(region, "comments_answered", "avatar")
    assert [post.day for post in under_of(rating, page, "comments_answered").posts] == [FIRST]


def test_profiles_are_those_up_to_the_last_day(region):
    page = watched(page_in(region), FIRST, LAST)
    PageProfile.objects.create(page=page, since=LAST + DAY)
    rating = rated(region, "avatar")
    assert [profile.since for profile in under_of(rating, page, "avatar").profiles] == [FIRST]


def test_growth_shows_its_two_ends(region):
    page = watched(page_in(region), FIRST, LAST, grows=1)
    days = under_of(rated(region, "growth"), page, "growth").days
    assert [(day.day, day.subscribers) for day in days] == [(FIRST, 100), (LAST, 129)]


def test_recent_posts_show_their_seven_days(region):
    page = watched(page_in(region), FIRST, LAST)
    days = under_of(rated(region, "posts_in_week"), page, "posts_in_week").days
    assert [day.day for day in days] == [LAST - n * DAY for n in range(6, -1, -1)]


def test_regularity_shows_the_days_with_a_post(region):
    page = watched(page_in(region), FIRST, LAST, every=7)
    days = under_of(rated(region, "regularity"), page, "regularity").days
    assert [(day.day, day.posts) for day in days] == [(FIRST + n * DAY, 1) for n in range(0, 30, 7)]


def test_what_was_written_by_hand_shows_since_when(region):
    page = watched(page_in(region), FIRST, LAST)
    for since, reach in ((FIRST - DAY, 40), (FIRST + DAY, 60), (LAST + DAY, 900)):
        PageRecord.objects.create(page=page, since=since, page_class="active", weekly_reach=reach)
    rating = rated(region, "weekly_reach", "component")
    records = under_of(rating, page, "weekly_reach").records
    assert [(record.since, record.weekly_reach) for record in records] == [(FIRST + DAY, 60), (FIRST - DAY, 40)]
    assert ratio(rating, page, "weekly_reach") == (60, 100)


def test_a_page_that_has_no_record_says_itself_what_was_written(region):
    page = watched(page_in(region, connected_to_component=True), FIRST, LAST)
    [record] = under_of(rated(region, "component"), page, "component").records
    assert (record.since, record.connected_to_component) == (page.added_on, True)


def test_presence_shows_the_networks_of_every_institution_also_of_those_without_a_page(region):
    district = MunicipalityFactory(region=region)
    place, without = (InstitutionFactory(region=region, municipality=district) for _ in range(2))
    watched(page_in(region, institution=place), FIRST, LAST)
    for platform in ("vk", "ok"):
        Obligation.objects.create(platform=platform, since=FIRST)
    rating = rated(region, "presence", subject="municipality")
    duties = under_of(rating, district, "presence").duties
    assert [(each.institution, each.kept, each.missing) for each in duties] == [
        (place.pk, ["vk"], ["ok"]),
        (without.pk, [], ["ok", "vk"]),
    ]
    assert ratio(rating, district, "presence") == (1, 4)


def test_adults_are_shown_as_they_are_counted(region):
    district = MunicipalityFactory(region=region, name="Район", adult_population=3000)
    village = MunicipalityFactory(region=region, name="Село", adult_population=200, parent=district)
    for place in (district, village):
        institution = InstitutionFactory(region=region, municipality=place, founder="Администрация")
        watched(page_in(region, institution=institution), FIRST, LAST)
    rating = rated(region, "audience_by_adults", subject="founder")
    adults = under_of(rating, "Администрация", "audience_by_adults").adults
    assert [(each.place, each.adults) for each in adults] == [("Район", 3000)]
    assert ratio(rating, "Администрация", "audience_by_adults")[1] == 3000


def test_where_the_score_is_the_mean_of_days_every_week_of_posts_is_there(region):
    page = watched(page_in(region), FIRST - 10 * DAY, LAST)
    days = under_of(rated(region, "posts_in_week", unit="day"), page, "posts_in_week").days
    assert {day.day for day in days} == {FIRST + n * DAY for n in range(-6, 30)}


def test_there_is_no_other_item(region):
    page = watched(page_in(region), FIRST, LAST)
    with pytest.raises(KeyError):
        under_of(rated(region, "growth"), page, "avatar")


def test_pages_that_are_gone_from_the_base_leave_nothing_below(region):
    place = InstitutionFactory(region=region)
    page = watched(page_in(region, institution=place), FIRST, LAST)
    rating = rated(region, "growth", subject="institution")
    Page.objects.filter(pk=page.pk).update(institution=InstitutionFactory(region=region))
    assert under_of(rating, place, "growth").parts == []


# --- over the screen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indicator", INDICATORS)
def test_the_screen_of_every_kind_of_item_opens(analyst_client, region, indicator):
    page = watched(page_in(region, title="Страница"), FIRST, LAST, profile={"pos_widget": "right"})
    watched(page_in(region), FIRST, LAST, failed={FIRST: "unreachable"})
    Obligation.objects.create(platform="vk", since=FIRST)
    rating = rated(region, indicator)
    score = by_key(rating)[str(page.pk)]
    response = analyst_client.get(reverse("score_inputs", args=[score.pk, indicator]))
    assert response.status_code == 200
    assert reverse("page", args=[page.pk]) in response.content.decode()
    assert analyst_client.get(reverse("score_inputs", args=[score.pk, "nothing"])).status_code == 404


def test_every_page_of_a_subject_leads_to_its_rows_and_every_post_to_the_network(analyst_client, region, two_pages):
    rating = rated(region, "engagement_by_views", subject="institution")
    address = reverse("score_inputs", args=[rating.scores.get().pk, "engagement_by_views"])
    page = two_pages.pages.get(platform="ok")
    html = analyst_client.get(address).content.decode()
    assert f'href="?page={page.pk}#page-rows"' in html
    html = analyst_client.get(f"{address}?page={page.pk}").content.decode()
    assert reverse("page", args=[page.pk]) in html
    assert f"https://ok.ru/group/77/topic/{FIRST}" in html


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 40, "²"])
def test_an_address_without_such_a_page_tells_the_parts_alone(analyst_client, region, two_pages, page):
    rating = rated(region, "engagement_by_views", subject="institution")
    address = reverse("score_inputs", args=[rating.scores.get().pk, "engagement_by_views"])
    response = analyst_client.get(address, {"page": page})
    assert (response.status_code, "posts-title" in response.content.decode()) == (200, False)


def test_the_units_of_a_mean_are_shown_and_add_up_to_its_points(analyst_client, region):
    page = watched(page_in(region), FIRST, LAST)
    PageProfile.objects.create(page=page, since=LAST - DAY, has_avatar=False)
    rating = rate(region, methodology(target("avatar", "1"), target("regularity", "1"), unit="week"))
    score = rating.scores.get()
    lines = unit_lines(Scenario(rating, score), rating, "avatar")
    assert [line.period.first.day for line in lines] == [4, 11, 18, 25]
    assert [line.normal for line in lines] == pytest.approx([100, 100, 100, 100 * 4 / 6])
    assert sum(line.contribution for line in lines) / 4 == pytest.approx(score.items["avatar"][4])
    html = analyst_client.get(reverse("score_inputs", args=[score.pk, "avatar"])).content.decode()
    assert "25.11–30.11.2024" in html
    assert "66,67" in html


def test_a_unit_without_a_score_is_shown_as_left_out(region):
    page = watched(page_in(region), FIRST, LAST)
    PageProfile.objects.update(since=FIRST + 12 * DAY)
    rating = rate(region, methodology(target("avatar", "1"), unit="week"))
    lines = unit_lines(Scenario(rating, by_key(rating)[str(page.pk)]), rating, "avatar")
    assert [(line.state, line.counts) for line in lines] == [(State.UNKNOWN, False)] + [(State.KNOWN, True)] * 3


def test_a_unit_in_which_nobody_was_is_told_too(region):
    page = watched(page_in(region, added_on=FIRST + 10 * DAY), FIRST + 10 * DAY, LAST)
    rating = rate(region, methodology(target("avatar", "1"), unit="week"))
    lines = unit_lines(Scenario(rating, by_key(rating)[str(page.pk)]), rating, "avatar")
    assert [(line.period.first.day, line.counts) for line in lines] == [(4, False), (11, True), (18, True), (25, True)]


def test_a_unit_is_compared_with_those_that_are_not_thin(region):
    """As in the rating itself: a page with too few data changes nobody's percentile."""
    pages = some_pages(region, [1, 2, 3])
    watched(page_in(region, added_on=LAST - DAY), LAST - 9 * DAY, LAST, likes=9)
    rules = methodology(item("engagement_by_views"), unit="week", eligibility={"days": 10})
    rating = rate(region, rules)
    score = by_key(rating)[str(pages[2].pk)]
    lines = unit_lines(Scenario(rating, score), rating, "engagement_by_views")
    assert [line.normal for line in lines] == pytest.approx([250 / 3] * 4)
    assert score.exact == pytest.approx(250 / 3)


def test_the_number_of_queries_under_an_item_is_bounded(analyst_client, region, django_assert_max_num_queries):
    pages = some_pages(region, range(12))
    score = by_key(rated(region, "engagement_by_views"))[str(pages[0].pk)]
    with django_assert_max_num_queries(40):
        analyst_client.get(reverse("score_inputs", args=[score.pk, "engagement_by_views"]))


def test_an_institution_admin_is_told_nothing_of_another_institutions_page(region):
    """The person once ran a page of the admin's institution, and now another one's."""
    person = PersonFactory(region=region)
    own, foreign = page_in(region), watched(page_in(region, title="Чужая"), FIRST, LAST, likes=77)
    steward(own, person, dt.date(2020, 1, 1), dt.date(2020, 2, 1))
    steward(foreign, person, FIRST)
    rating = to(rated(region, "engagement_by_views", subject="person"), RatingState.FINAL)
    client = Client()
    client.force_login(institution_admin(own.institution))
    score = rating.scores.get()
    html = client.get(reverse("score_inputs", args=[score.pk, "engagement_by_views"])).content.decode()
    assert "Чужая" not in html
    assert '<span class="num">77</span>' not in html
