"""The 89 federal subjects and the federal obligations that ship with the project.

regions.csv: ISO 3166-2 code (six subjects stand in ISO under the prefix UA-), name as in the Constitution, art. 65,
ОКТМО (ОК 033-2013), IANA time zone of the subject's capital.
"""

import csv
import datetime as dt
from importlib.resources import files

from django.db import transaction

from monitoring.models import Obligation, PlatformCode, Region

# Federal law 8-ФЗ as amended by 270-ФЗ: official pages on the networks that the Government names, since 1.12.2022.
OBLIGATORY = (PlatformCode.VK, PlatformCode.OK)
OBLIGATORY_SINCE = dt.date(2022, 12, 1)
OBLIGATORY_BASIS = "Распоряжение Правительства РФ от 02.09.2022 № 2523-р"


def shipped_regions() -> list[Region]:
    """The rows of regions.csv as unsaved regions."""
    text = files(__package__).joinpath("regions.csv").read_text(encoding="utf-8")
    return [Region(**row) for row in csv.DictReader(text.splitlines())]


@transaction.atomic
def load_regions() -> int:
    """Bring regions and federal obligations up to what ships with the project; returns the number of regions.

    Adult population and regions added by hand stay as they are.
    """
    regions = shipped_regions()
    Region.objects.bulk_create(
        regions, update_conflicts=True, unique_fields=["code"], update_fields=["name", "oktmo", "time_zone"]
    )
    for platform in OBLIGATORY:
        Obligation.objects.get_or_create(
            platform=platform, region=None, level="", since=OBLIGATORY_SINCE, defaults={"basis": OBLIGATORY_BASIS}
        )
    return len(regions)
