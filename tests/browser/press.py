"""Fact sheets of the region the browser looks at."""

import datetime as dt

from gospub.accounts.models import User
from monitoring.models import GroupDay, Region
from press import figures, issuing
from press.sources import Dates

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)


def keep_press(region: Region, user: User, day: dt.date, against: dt.date) -> dict[str, str]:
    """A sheet of the year before and one of now, published, after which a number was corrected; addresses by name."""
    for each, other in ((against, None), (day, against)):
        dates = Dates(each, other, each.replace(month=1, day=1), each)
        seen = issuing.fingerprint(figures.compute(region, dates))
        sheet = issuing.issue(region, dates, seen, user=user, now=NOW)
        issuing.publish(sheet, user=user, now=NOW)
    GroupDay.objects.filter(region=region, day=day, key__in=("", "vk")).update(subscribers=1)
    code = sheet.figures.get(kind="subscribers", network="").code
    return {
        "fact sheets": f"/regions/{region.code}/facts/",
        "new fact sheet": f"/regions/{region.code}/facts/new/",
        "fact sheet": f"/fact-sheets/{sheet.pk}/",
        "press figure": f"/f/{code}/",
    }
