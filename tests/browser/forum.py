"""Forum and training of the browser's region: a training that was held, a forum that is on, something of everything."""

import datetime as dt

from forum.models import CameBy, Event, EventKind, EventState, Origin, Participant
from gospub.accounts.models import User
from letters.models import Kind, Letter, LetterState
from monitoring.models import Page, Region, Stewardship
from ratings.models import Methodology, Rating, Score, ScoreStatus
from tests.ratings.worlds import item

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
TODAY = dt.date(2024, 10, 26)
LONG = "Как писать живо и понятно: тексты для официальных страниц учреждений культуры и образования края"
PROGRAMME = [
    ["10:00", "Открытие", ""],
    ["10:15", "Как отвечать на комментарии, чтобы люди хотели писать ещё", "Вымышленная Анна Сергеевна, редактор"],
    ["", "Перерыв на кофе", ""],
]


def keep_forum(region: Region, pages: list[Page], user: User) -> dict[str, str]:
    """The addresses of the screens by name."""
    place = "г. Вымышленск, ул. Придуманная, 56, актовый зал краевой научной библиотеки"
    forum = Event.objects.create(
        region=region, kind=EventKind.FORUM, title="Форум госпабликов края", first=TODAY, last=TODAY,
        begins=dt.time(10), place=place, programme=PROGRAMME,
    )  # fmt: skip
    training = Event.objects.create(
        region=region, title=LONG, first=dt.date(2024, 5, 15), last=dt.date(2024, 5, 16), hours=16,
        state=EventState.HELD,
    )  # fmt: skip
    Event.objects.create(
        region=region, kind=EventKind.WEBINAR, title="Вебинар", first=dt.date(2024, 10, 1), last=dt.date(2024, 10, 1)
    )
    Event.objects.create(
        region=region, title="Отменённая учёба", first=TODAY, last=TODAY, state=EventState.CANCELLED, place="Онлайн"
    )
    keep_participants(forum, pages[:30], user)
    keep_participants(training, pages[:20], user)
    keep_effect(region, pages)
    event = f"/events/{forum.pk}"
    return {
        "forum": f"/regions/{region.code}/forum/",
        "new event": f"/regions/{region.code}/forum/new/",
        "training figures": f"/regions/{region.code}/forum/figures/",
        "event": f"{event}/",
        "event held": f"/events/{training.pk}/",
        "event form": f"{event}/edit/",
        "invite to event": f"{event}/invite/",
        "door": f"{event}/door/",
        "effect": f"/events/{training.pk}/effect/",
    }


def keep_participants(event: Event, pages: list[Page], user: User) -> None:
    """The admins of the pages, two guests by name and an institution; every second came, letters in every state."""
    for number, page in enumerate(pages):
        person = Stewardship.objects.filter(page=page).first().person
        fields = {"person": person, "institution": page.institution, "origin": Origin.ADMINS}
        each = keep_participant(event, number, f"person {person.pk}", user, **fields)
        if number % 4:
            state = LetterState.values[number % 3]
            key = f"forum_event {event.pk}: participant {each.pk}"
            letter = {"kind": Kind.EVENT, "user": user, "subject": "Приглашение", "text": "Приходите", "state": state}
            each.letters.add(Letter.objects.create(key=key, created_at=NOW, **letter))
    guest = {"name": "Гостева-Длиннофамильная Александра Константиновна", "workplace": "Редакция газеты «Вымысел»"}
    keep_participant(event, 101, "name a", user, origin=Origin.HAND, **guest)
    institution = pages[5].institution
    keep_participant(event, 102, f"institution {institution.pk}", user, institution=institution, origin=Origin.AWARDS)


def keep_participant(event: Event, number: int, key: str, user: User, **fields: object) -> Participant:
    came = {"came_at": NOW, "came_by": CameBy.values[number // 2 % 2], "marked_by": user} if number % 2 else {}
    return Participant.objects.create(
        event=event, key=key, code=f"ACDE{event.pk:03}{number:03}", added_at=NOW, **came, **fields
    )


def keep_effect(region: Region, pages: list[Page]) -> None:
    """A month before the training and one after it; of the others too few are rated."""
    by = Methodology.objects.create(
        slug="months", version="1", name="Помесячная методика", data={"subject": "page", "items": [item("avatar")]}
    )
    for first, gain in ((dt.date(2024, 4, 1), 0), (dt.date(2024, 7, 1), 4)):
        last = first + dt.timedelta(days=29)
        rating = Rating.objects.create(
            region=region,
            methodology=by,
            unit="month",
            first=first,
            last=last,
            read_to=last,
            computed_at=NOW,
            groups=[[]],
        )
        for number, page in enumerate([*pages[1:20:2], pages[40]]):
            points = 40 + number + gain
            Score.objects.create(
                rating=rating, key=str(page.pk), page=page, points=points, status=ScoreStatus.RANKED, place=1
            )
