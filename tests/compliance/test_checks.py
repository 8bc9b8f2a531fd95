"""Requirements counted in the region and by municipality, and the list behind each figure."""

import re

import pytest
from django.urls import reverse

from compliance.checks import bases, compliance, page_checks, titles
from monitoring.dashboards.queries.checklist import checklist
from monitoring.models import PageClass, PageProfile, PageState, PageStatus
from tests.factories import InstitutionFactory, MunicipalityFactory, PageFactory

from .conftest import DAY, LAW


@pytest.fixture
def place(region):
    return MunicipalityFactory(region=region, name="Амурский район")


def page(region, place=None, *, posts=None, profile=None, **options):
    found = PageFactory(institution=InstitutionFactory(region=region, municipality=place), **options)
    PageState.objects.create(page=found, posts_7=posts)
    if profile is not None:
        PageProfile.objects.create(page=found, since=DAY, **profile)
    return found


def count(view, name):
    return next(each.count for each in view.requirements if each.count.name == name)


def test_met_not_met_no_data_and_not_applicable_are_four_things(region, place):
    page(region, place, posts=5)
    page(region, place, posts=1)
    page(region, place)
    page(region, place, posts=0, page_class=PageClass.CARD)
    posting = count(compliance(region), "posting")
    assert (posting.met, posting.lacking, posting.unknown, posting.not_applicable) == (1, 1, 1, 1)
    assert posting.share == 0.5


def test_what_nobody_could_judge_has_no_share(region, place):
    page(region, place)
    assert count(compliance(region), "state_mark").share is None


def test_the_latest_profile_counts(region, place):
    found = page(region, place, profile={"state_mark": True})
    PageProfile.objects.create(page=found, since=LAW, state_mark=False)
    assert count(compliance(region), "state_mark").met == 1


def test_pages_are_judged_as_on_their_cards(region, place):
    looks = [
        {"profile": {"state_mark": True, "widgets": 1}, "posts": 2},
        {"platform": "telegram", "profile": {"has_avatar": False}},
        {"platform": "ok", "connected_to_component": True, "posts": 9},
        {"page_class": PageClass.CARD},
    ]
    for look in looks:
        page(region, place, **look)
    for each in page_checks(region):
        profile = PageProfile.objects.filter(page=each.page).first()
        state = PageState.objects.select_related("page").get(page=each.page)
        card = checklist(state.page, profile, state)
        assert [(c.name, c.verdict) for c in each.checks] == [(c.name, c.verdict) for c in card]


def test_a_page_that_is_gone_owes_nothing(region, place):
    page(region, place, posts=0, status=PageStatus.DELETED)
    assert compliance(region).pages == 0


def test_every_requirement_names_its_basis():
    assert titles().keys() == bases().keys()


def test_a_figure_leads_to_the_pages_behind_it(analyst_client, region, place):
    page(region, place, posts=0, title="Молчит")
    page(region, place, posts=7, title="Пишет")
    page(region, MunicipalityFactory(region=region), posts=0, title="Молчит в другом районе")
    html = analyst_client.get(reverse("compliance", args=[region.code])).content.decode()
    link = re.search(rf'href="([^"]*requirement=posting[^"]*municipality={place.pk})"', html)[1].replace("&amp;", "&")
    listed = analyst_client.get(link).content.decode()
    assert re.findall(r'#checklist">([^<]*)<', listed) == ["Молчит"]


def test_the_file_has_a_verdict_for_each_requirement(analyst_client, region, place):
    page(region, place, posts=0, title="=Молчит", platform="telegram")
    response = analyst_client.get(reverse("compliance_export", args=[region.code, "csv"]))
    head, row = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    cells = dict(zip(head.split(";"), row.split(";"), strict=True))
    assert cells["Страница"] == "'=Молчит"
    assert cells["Не меньше 3 записей за 7 дней"] == "не выполнено"
    assert cells["Обложка"] == "не применимо"
    assert cells["Аватар"] == "нет данных"


def test_what_the_description_says_of_who_keeps_the_page_is_three_requirements(region, place):
    page(region, place, profile={"has_description": True, "has_site": True, "has_contacts": False})
    page(region, place, profile={"has_description": True})
    view = compliance(region)
    assert (count(view, "has_site").met, count(view, "has_site").unknown) == (1, 1)
    assert (count(view, "has_contacts").lacking, count(view, "has_contacts").unknown) == (1, 1)
    assert count(view, "names_institution").share is None
