"""Law, exemptions, double pages and a road map of the region the browser looks at."""

import datetime as dt

from compliance.models import Goal, Step
from gospub.accounts.models import User
from monitoring.models import Exemption, Institution, Obligation, Region

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)


def keep_compliance(region: Region, institution: Institution, user: User, day: dt.date) -> dict[str, str]:
    """Steps in every state; addresses by name."""
    Obligation.objects.create(platform="max", since=day, basis="Указ")
    Exemption.objects.create(institution=Institution.objects.last(), platform="max", ground="Ремонт", since=day)
    terms = ((Goal.ANY, 40), (Goal.MAX, -3), (Goal.POSTING, 5), (Goal.COMPONENT, -9))
    for goal, days in terms:
        place = institution.municipality if goal == Goal.MAX else None
        Step.objects.create(
            region=region, goal=goal, municipality=place, due=day + dt.timedelta(days), responsible="Глава района",
            created_at=NOW, created_by=user,
        )  # fmt: skip
    address = f"/regions/{region.code}"
    return {
        "coverage": f"{address}/coverage/",
        "presence": f"{address}/presence/",
        "compliance": f"{address}/compliance/",
        "checklists": f"{address}/compliance/pages/",
        "network moves": f"{address}/network-moves/",
        "road map": f"{address}/road-map/",
        "reminders": f"{address}/reminders/",
    }
