"""A region with a little of everything that tables are made of, and who looks at it."""

import datetime as dt

import pytest
from django.test import Client

from monitoring.models import PageState, PageStatus, Region
from monitoring.rollups.groups import refresh_group_days
from ratings.computing import compute
from ratings.methodologies import store_preset
from ratings.periods import Unit, period_of
from tests.factories import (
    EvidenceFactory,
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    SuspectFactory,
    analyst,
    collected,
)

DAY = dt.date(2024, 10, 26)
NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.DEMO_CLOCK = "2024-10-26T12:00:00+10:00"


@pytest.fixture
def region(db) -> Region:
    region = RegionFactory()
    for name in ("Лазо", "Ванино"):
        place = MunicipalityFactory(region=region, name=name)
        school = InstitutionFactory(region=region, municipality=place, name=f"Школа {name}", founder=f"Комитет {name}")
        page = PageFactory(institution=school, title=f"=Школа {name}", status=PageStatus.OPEN)
        collected(page, DAY, 110)
        PageState.objects.create(page=page, subscribers=110, change_year=10, change_month=5, measured_on=DAY)
    SuspectFactory(page=page)
    EvidenceFactory(page=page)
    refresh_group_days(region, [DAY])
    store_preset("amur")
    compute(region, period_of(Unit.DAY, DAY), "amur", NOW)
    return region


@pytest.fixture
def keeper(region):
    return analyst(region)


@pytest.fixture
def analyst_client(keeper) -> Client:
    client = Client()
    client.force_login(keeper)
    return client
