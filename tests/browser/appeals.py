"""An appeal against a score of the region that the browser looks at."""

import datetime as dt
import uuid

from appeals import evidence
from appeals.claims import contested
from appeals.filing import Written, hand_in, own_institution
from monitoring.models import EventKind, PageEvent, Region
from ratings.computing import compute
from ratings.lifecycle import let_pass
from ratings.models import Score
from ratings.periods import read_period
from tests.factories import institution_admin, operator

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
DAY = dt.date(2024, 10, 26)
TEXT = "Отметка «Госорганизация» стояла на странице всю неделю: см. снимок с датой."


def keep_appeals(region: Region) -> dict[str, str]:
    """A preliminary rating and an appeal with a file that waits; the addresses of its screens by name."""
    rating = compute(region, read_period("2024-W43"), "amur", NOW)
    let_pass(rating, operator(), "Проверено по протоколу", NOW, DAY)
    score = Score.objects.filter(rating=rating.pk).select_related("page__institution").order_by("pk")[12]
    PageEvent.objects.create(page=score.page, day=rating.last, kind=EventKind.MILESTONE, old="90", new="100")
    hand_in(
        contested(score, score.rating, "state_mark"),
        Written(wanted="100", day=DAY, text=TEXT, files=[evidence.Checked("снимок", "txt", "снимок".encode())]),
        institution=own_institution(score, admin := institution_admin(score.page.institution)),
        key=uuid.uuid4(),
        user=admin,
        now=NOW,
    )
    return {
        "appeals": f"/regions/{region.code}/appeals/",
        "appeal": f"/appeals/{score.appeals.get().pk}/",
        "rating that is contested": f"/ratings/{rating.pk}/",
    }


def another_value(screens: dict[str, str]) -> Score:
    """A score of that rating that nobody has contested."""
    pk = int(screens["rating that is contested"].split("/")[2])
    return Score.objects.filter(rating=pk, appeals=None).select_related("page__institution").order_by("pk").first()
