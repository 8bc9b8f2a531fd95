"""What the demo's first region has behind it: two ratings of the year before, their contests with signed lists,
documents and quality marks, contests under way, an appeal, trainings, a forum to come, facts for the press.

Each part is done by the code behind the screens, at its own moment, and once: a second run finds it there.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from appeals import claims, filing
from appeals.models import Appeal
from awards.contests.applications import hand_in
from awards.contests.jury import enter_marks
from awards.contests.opening import open_contest
from awards.contests.stages import advance
from awards.lists import deciding, signing
from awards.lists.proposing import propose
from awards.marks.issuing import issue, withdraw
from awards.models import AwardList, Contest, PaperKind, Stage
from awards.papers import making
from forum import attendance, inviting, posting
from forum.keeping import keep
from forum.models import Event, EventKind, EventState
from gospub.accounts.models import User
from monitoring.models import Institution, PlatformCode, Region
from monitoring.simulator.demo import DEMO_MOMENT
from press import figures, issuing
from press.models import FactSheet
from press.queries import usual_dates
from ratings.computing import compute
from ratings.lifecycle import let_pass
from ratings.methodologies import store_preset, version_data
from ratings.models import Methodology, Rating, RatingState
from ratings.periods import read_period

PAGES, ADMINS = "best-page", "best-admin"
BY_COMMISSION = "Решение комиссии, протокол № 3: замечаний к данным нет"
# What is awarded by the region's own methodology of pages: the usual one for admins, asked of each page.
PAGE_AWARDS = {
    "nominations": [
        {"code": "best", "name": "Лучший госпаблик региона", "winners": {"places": 3}, "degrees": [1, 2, 3]},
        {"code": "sector", "name": "Лучший госпаблик сферы", "by": "sector", "least": 8, "winners": {"places": 2}},
        {"code": "municipality", "name": "Лучший госпаблик муниципалитета", "by": "municipality", "least": 20},
        {"code": "growth", "name": "Рост года", "order": "growth", "winners": {"places": 3}},
    ],
    "short_list": {"places": 5, "large_from": 100, "large": 10},
    "past_winners": "allowed",
    "past_years": 1,
    "mark": {"threshold": "70", "months": 12},
}


def play(region: Region) -> None:
    """The year of the region whose analyst, official and institution admin the demo signs in."""
    analyst, official, admin = (
        User.objects.get(email=f"{name}@demo.example") for name in ("analyst", "official", "school")
    )
    own = Institution.objects.get(pk__in=admin.rights.institutions)
    store_preset(ADMINS)
    _keep_methodology(region)
    pages = _final(region, PAGES, analyst, official)
    admins = _final(region, ADMINS, analyst, official)
    _pages_contest(pages, own, official)
    _admins_contest(admins, official)
    _open_to_applications(pages, own, analyst, admin)
    _at_the_jury(pages, analyst)
    _contested(region, own, analyst, admin)
    _forum(region, own, official)
    _fact_sheet(region, official)


def _at(day: str, hour: int = 12) -> dt.datetime:
    """That hour of the region's day."""
    return dt.datetime.fromisoformat(day).replace(hour=hour, tzinfo=ZoneInfo("Asia/Vladivostok"))


# --- ratings ----------------------------------------------------------------------------------------------------------


def _keep_methodology(region: Region) -> None:
    Methodology.objects.get_or_create(
        slug=PAGES,
        version="1",
        defaults={
            "name": "Лучший госпаблик",
            "region": region,
            "data": version_data(ADMINS) | {"subject": "page", "awards": PAGE_AWARDS},
        },
    )


def _final(region: Region, slug: str, analyst: User, official: User) -> Rating:
    """The rating of the year before: computed in January, preliminary at once, final in February."""
    known = Rating.objects.filter(region=region, methodology__slug=slug, first="2023-01-01", state=RatingState.FINAL)
    if not known.exists():
        with transaction.atomic():
            rating = compute(region, read_period("2023"), slug, _at("2024-01-15"), analyst)
            for by, day in ((analyst, "2024-01-16"), (official, "2024-02-01")):
                let_pass(rating, by, BY_COMMISSION, _at(day), dt.date.fromisoformat(day))
                rating.refresh_from_db()
    return known.select_related("region", "methodology").get()


# --- awards -----------------------------------------------------------------------------------------------------------


def _contest(
    rating: Rating,
    title: str,
    *,
    year: int,
    user: User,
    day: str,
    stages: Iterable[str] = (),
    until: dt.date | None = None,
) -> Contest | None:
    """A new contest, opened on that day; None where it is there already."""
    if Contest.objects.filter(region=rating.region, title=title, year=year).exists():
        return None
    return open_contest(
        rating,
        title=title,
        year=year,
        stages=[Stage.GATE, Stage.SHORT_LIST, *stages],
        weights={"rating": 50, "jury": 40, "vote": 10},
        criteria=["Польза для жителей", "Живой язык"] if Stage.JURY in stages else [],
        applications_until=until,
        user=user,
        now=_at(day),
    )


def _led(contest: Contest, to: Stage, user: User, day: str) -> Contest:
    while contest.stage != to:
        contest = advance(contest, user=user, now=_at(day))
    return contest


@transaction.atomic
def _pages_contest(rating: Rating, own: Institution, official: User) -> None:
    """Signed, with a special diploma for the page of the institution that signs in, and quality marks."""
    contest = _contest(rating, "Лучший госпаблик", year=2023, user=official, day="2024-02-02")
    if contest is None:
        return
    draft = propose(_led(contest, Stage.PROTOCOL, official, "2024-02-05"), user=official, now=_at("2024-02-05"))
    mine = contest.nominations.filter(candidates__page__institution=own, rule="sector").first()
    page = mine and mine.candidates.filter(page__institution=own, page__platform=PlatformCode.VK).first()
    if page:
        reason = "Специальный диплом за открытый разговор с жителями во время паводка"
        deciding.put_in(draft, page, reason, user=official, now=_at("2024-02-06"))
    deciding.confirm_all(draft, user=official, now=_at("2024-02-06"))
    signing.sign(draft, user=official, now=_at("2024-02-07"))
    issue(contest, user=official, now=_at("2024-02-12"))
    lost = contest.marks.exclude(page__institution=own).order_by("pk").first()
    if lost:
        withdraw(lost, "Страница четыре месяца не обновлялась", user=official, now=_at("2024-08-01"))


def _admins_contest(rating: Rating, official: User) -> None:
    """Signed, one winner replaced with a reason; its documents lie ready."""
    with transaction.atomic():
        contest = _contest(rating, "Лучший администратор госпаблика", year=2023, user=official, day="2024-02-02")
        if contest is None:
            return
        draft = propose(_led(contest, Stage.PROTOCOL, official, "2024-02-05"), user=official, now=_at("2024-02-05"))
        third = draft.awards.filter(nomination__rule="best").order_by("-place").first()
        other = third and third.nomination.candidates.filter(place__gt=third.place).order_by("place").first()
        if other:
            reason = "Победитель сменил место работы и отказался от диплома"
            deciding.replace(third, other, reason, user=official, now=_at("2024-02-06"))
        deciding.confirm_all(draft, user=official, now=_at("2024-02-06"))
        found = signing.sign(draft, user=official, now=_at("2024-02-07"))
        jobs = [
            making.ask(found, kind, nomination=None, degree=None, user=official, now=_at("2024-02-08"))
            for kind in (PaperKind.XLSX, PaperKind.ORDER, PaperKind.LIST, PaperKind.DIPLOMAS)
        ]
    for job in jobs:
        making.make(job.pk, timezone.now)


@transaction.atomic
def _open_to_applications(rating: Rating, own: Institution, analyst: User, admin: User) -> None:
    until = dt.date(2024, 11, 15)
    contest = _contest(
        rating, "Народный госпаблик", year=2024, user=analyst, day="2024-10-14", stages=[Stage.VOTE], until=until
    )
    if contest:
        score = rating.scores.get(page__institution=own, page__platform=PlatformCode.VK)
        text = "Ввели еженедельный эфир с главой района и отвечаем на каждый комментарий."
        hand_in(contest, score, contest.nominations.get(rule="best"), text, user=admin, now=_at("2024-10-21"))


@transaction.atomic
def _at_the_jury(rating: Rating, analyst: User) -> None:
    """Two experts have judged the first nomination."""
    contest = _contest(rating, "Живой язык", year=2024, user=analyst, day="2024-09-02", stages=[Stage.JURY])
    if contest is None:
        return
    _led(contest, Stage.JURY, analyst, "2024-09-16")
    nomination = contest.nominations.first()
    candidates, criteria = nomination.candidates.filter(left_at="").order_by("pk"), contest.criteria.all()
    for number, expert in enumerate(("Экспертова А. С. (вымышленное имя)", "Судейкин Б. П. (вымышленное имя)")):
        marks = {
            (one.pk, each.pk): str(6 + (n * 3 + number * 2 + each.position) % 5)
            for n, one in enumerate(candidates)
            for each in criteria
        }
        enter_marks(nomination, expert, marks, user=analyst, now=_at("2024-10-01"))


# --- an appeal --------------------------------------------------------------------------------------------------------


@transaction.atomic
def _contested(region: Region, own: Institution, analyst: User, admin: User) -> None:
    """The present year's rating of admins is preliminary, and the institution contests a value of it."""
    if Appeal.objects.filter(institution=own).exists():
        return
    rating = compute(region, read_period("2024"), ADMINS, DEMO_MOMENT, analyst)
    let_pass(rating, analyst, "Предварительные итоги к форуму, год ещё идёт", DEMO_MOMENT, DEMO_MOMENT.date())
    score = rating.scores.filter(person__stewardships__page__institution=own).select_related("rating").first()
    if score is None:
        return
    claim = claims.contested(score, Rating.objects.select_related("methodology", "region").get(pk=rating.pk), "growth")
    written = filing.Written(
        text="В феврале 600 подписчиков перешли за один день после адресной рассылки; день был пропущен сбором, "
        "и прирост посчитан без них. Просим учесть его.",
        wanted="35",
    )
    filing.hand_in(claim, written, institution=own, key=uuid.uuid4(), user=admin, now=DEMO_MOMENT)


# --- forum ------------------------------------------------------------------------------------------------------------


def _event(region: Region, user: User, title: str, first: str, planned: str, **fields: object) -> Event | None:
    """A new event; None where it is there already."""
    day = dt.date.fromisoformat(first)
    if Event.objects.filter(region=region, title=title, first=day).exists():
        return None
    event = Event(region=region, title=title, first=day, last=day, **fields)
    return keep(event, user=user, now=_at(planned), today=dt.date.fromisoformat(planned))


def _taught(event: Event, sector: str, count: int, user: User, invited: str) -> None:
    """So many admins of the sector were invited; four of five came."""
    day, then = event.first.isoformat(), dt.date.fromisoformat(invited)
    people = inviting.running_people(event.region, user, then)
    chosen = people.filter(stewardships__page__institution__sector__name=sector).order_by("pk").values("pk").distinct()
    inviting.invite_admins(
        event, people.filter(pk__in=[row["pk"] for row in chosen[:count]]), user=user, now=_at(invited)
    )
    came = [pk for n, pk in enumerate(event.participants.order_by("pk").values_list("pk", flat=True)) if n % 5]
    attendance.mark(event, came, user=user, now=_at(day, 15), today=event.first)
    event.state = EventState.HELD
    keep(event, user=user, now=_at(day, 18), today=event.first)


@transaction.atomic
def _forum(region: Region, own: Institution, official: User) -> None:
    """Two trainings, one that fell out, and the forum of the winners that is still to come."""
    plan = partial(_event, region, official)
    training = plan(
        "Ответы на комментарии без канцелярита", "2024-05-16", "2024-04-10", kind=EventKind.TRAINING,
        begins=dt.time(10), place="Хабаровск, библиотека на Вымышленной, 1", hours=8,
        programme=[["10:00", "Зачем отвечать", ""], ["12:00", "Разбор писем жителей", ""]],
    )  # fmt: skip
    if training:
        _taught(training, "Школы", 60, official, "2024-04-22")
    webinar = plan(
        "Короткие видео своими руками", "2024-09-19", "2024-09-02", kind=EventKind.WEBINAR, begins=dt.time(11),
        place="Онлайн", hours=2,
    )  # fmt: skip
    if webinar:
        _taught(webinar, "Библиотеки", 40, official, "2024-09-05")
    fallen = plan("Право и персональные данные", "2024-10-10", "2024-09-20", kind=EventKind.WEBINAR, place="Онлайн")
    if fallen:
        fallen.state = EventState.CANCELLED
        keep(fallen, user=official, now=_at("2024-10-07"), today=dt.date(2024, 10, 7))
    forum = plan(
        "Форум администраторов госпабликов", "2024-11-21", "2024-10-01", kind=EventKind.FORUM, begins=dt.time(9, 30),
        place="Хабаровск, Дом культуры (вымышленный)",
        programme=[["09:30", "Открытие и награждение", ""], ["11:00", "Что меняется в законе", ""],
                   ["14:00", "Мастер-классы по сферам", ""]],
    )  # fmt: skip
    if forum:
        _invite_to_the_forum(forum, own, official)


def _invite_to_the_forum(forum: Event, own: Institution, official: User) -> None:
    now, today = _at("2024-10-15"), dt.date(2024, 10, 15)
    lists = AwardList.objects.filter(contest__region=forum.region, signed_at__isnull=False)
    for found in lists.order_by("pk").select_related("contest"):
        inviting.invite_awarded(forum, found, user=official, now=now)
    people = inviting.running_people(forum.region, official, today).filter(works_at=own.pk)
    inviting.invite_admins(forum, people, user=official, now=now)
    inviting.invite_by_hand(
        forum, "Гостев Пётр Ильич (вымышленное имя)", None, "Университет (вымышленный)", user=official, now=now
    )
    link = settings.PUBLIC_URL + reverse("ticket", args=["CODE"])
    posting.send(forum, link, user=official, now=now, today=today)


# --- press ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def _fact_sheet(region: Region, official: User) -> None:
    """As of the demo's day against the year before, open to anybody."""
    dates = usual_dates(region, DEMO_MOMENT.date())
    if dates is None or FactSheet.objects.filter(region=region).exists():
        return
    seen = issuing.fingerprint(figures.compute(region, dates))
    sheet = issuing.issue(region, dates, seen, user=official, now=DEMO_MOMENT)
    issuing.publish(sheet, user=official, now=DEMO_MOMENT)
