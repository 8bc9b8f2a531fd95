"""How many statements each screen takes: the baseline, the same for fifty pages and for five thousand."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring import rollups
from monitoring.models import Institution, Page, PageDay, Slot, SlotStatus
from tests.factories import InstitutionFactory, MunicipalityFactory, SectorFactory

from .conftest import DAY

# A list may take 12, a card and the overview 20. Whoever makes one dearer says why here.
QUERIES = {
    "overview": 20,
    "pages": 12,
    "institutions": 11,
    "region_desk": 8,
    "gaps": 12,
    "dynamics": 12,
    "years": 8,
    "heat_map": 11,
    "growth": 8,
    "sleeping": 10,
    "events": 9,
    "region_posts": 8,
    "suspects": 7,
    "page": 18,
    "institution": 14,
}


@pytest.fixture
def grown(region):
    """Makes the region so many pages, each read on DAY, four to an institution."""

    def grow(count: int) -> None:
        place, sector = MunicipalityFactory(region=region), SectorFactory()
        institutions = Institution.objects.bulk_create(
            Institution(region=region, municipality=place, sector=sector, name=f"Школа № {n}", founder="Район")
            for n in range(count // 4)
        )
        pages = Page.objects.bulk_create(
            Page(institution=institution, platform=platform, handle=f"p{institution.pk}", added_on=DAY)
            for institution in institutions
            for platform in ("vk", "ok", "telegram", "max")
        )
        Slot.objects.bulk_create(
            Slot(page=page, day=DAY, platform=page.platform, status=SlotStatus.OK) for page in pages
        )
        PageDay.objects.bulk_create(PageDay(page=page, day=DAY, subscribers=100, posts=1) for page in pages)
        rollups.roll_up(region, DAY)

    return grow


@pytest.mark.parametrize("count", [52, 5000])
def test_the_number_of_statements_is_the_baseline_whatever_the_number_of_pages(analyst_client, region, grown, count):
    page = Page.objects.create(institution=InstitutionFactory(region=region), platform="vk", handle="own", added_on=DAY)
    grown(count)
    asked = {}
    for name in QUERIES:
        of = {"page": page.pk, "institution": page.institution_id}.get(name, region.code)
        with CaptureQueriesContext(connection) as found:
            assert analyst_client.get(reverse(name, args=[of])).status_code == 200
        asked[name] = len(found)
    assert asked == QUERIES
