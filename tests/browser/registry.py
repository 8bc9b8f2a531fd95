"""The registry by hand, posts and the unique audience of the region the browser looks at."""

import datetime as dt

from gospub.accounts.models import User
from monitoring.models import (
    AudienceGroup,
    AudienceRun,
    AudienceSwitch,
    Institution,
    Page,
    Region,
    RunState,
)
from monitoring.registry import keeping
from monitoring.registry.history import seen
from monitoring.registry.keeping import Keeper
from monitoring.unique.counting import key_mark
from monitoring.unique.sketches import Members
from tests.factories import InstitutionFactory, MunicipalityFactory, PageFactory

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)


def keep_registry(region: Region, institution: Institution, page: Page, user: User, day: dt.date) -> dict[str, str]:
    """Changes of every kind, a duplicate, something in the archive, a count that is done; addresses by name."""
    keeper = Keeper(user, NOW, day)
    keeping.edit(institution, {"founder": "Министерство культуры " * 4}, seen(institution), keeper)
    duplicate = InstitutionFactory(region=region, name="Межпоселенческая библиотека", municipality=None)
    PageFactory(institution=duplicate, title="Страница дубля")
    keeping.archive(PageFactory(institution=institution, title="Бывшая страница"), keeper)
    _count(region, user)
    address, own = f"/regions/{region.code}", f"/institutions/{institution.pk}"
    return {
        "registry changes": f"{address}/registry/changes/",
        "institution new": f"{address}/institutions/new/",
        "institution edit": f"{own}/edit/",
        "institution merge": f"{own}/merge/?q=библиотека&with={duplicate.pk}",
        "institutions archive": f"{address}/institutions/?archive=archived",
        "page new": f"{own}/pages/new/",
        "page edit": f"/pages/{page.pk}/edit/",
        "page move": f"/pages/{page.pk}/move/?q=библиотека",
        "region posts": f"{address}/posts/?show=views&top=engagement",
        "page posts": f"/pages/{page.pk}/posts/?span=12",
        "unique audience": f"{address}/unique-audience/?a=municipality:1&b=municipality:2",
    }


def _count(region: Region, user: User) -> None:
    """A count that is done, with two municipalities that overlap."""
    AudienceSwitch.objects.create(region=region, on=True, changed_at=NOW, changed_by=user)
    run = AudienceRun.objects.create(
        region=region, state=RunState.DONE, started_at=NOW, started_by=user, finished_at=NOW, key_mark=key_mark()
    )
    MunicipalityFactory(region=region)
    for dimension, key, first, last in (
        ("all", "", 1, 3000),
        ("municipality", "1", 1, 2000),
        ("municipality", "2", 1500, 3000),
    ):
        members = Members()
        members.add(range(first, last), b"k")
        found = members.estimate()
        AudienceGroup.objects.create(
            run=run, dimension=dimension, key=key, pages=5, read=4, members=4000, people=found.people, low=found.low,
            high=found.high, theta=members.stored()[1],
        )  # fmt: skip
