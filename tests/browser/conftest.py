"""Headless Chromium against a live server with a small region in it."""

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from gospub.accounts.models import User
from monitoring import models
from monitoring.rollups import rebuild
from tests.factories import (
    ConsentFactory,
    EvidenceFactory,
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    SectorFactory,
    SuspectFactory,
    operator,
    steward,
)

from .access import keep_access, session_of
from .appeals import keep_appeals
from .awards import keep_awards
from .compliance import keep_compliance
from .forum import keep_forum
from .letters import keep_letters
from .press import keep_press
from .public import keep_public
from .ratings import keep_ratings
from .registry import keep_registry
from .reports import keep_reports

DAY = dt.date(2024, 10, 26)
DAYS = [dt.date(2023, 10, 26), dt.date(2024, 4, 26), dt.date(2024, 9, 26)]
DAYS += [DAY - dt.timedelta(days=back) for back in (5, 4, 2, 1, 0)]
AXE = Path(django_settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@dataclass
class Screen:
    """A tab that remembers what went wrong in it."""

    tab: Page
    base: str
    problems: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Load the address and wait until it is quiet."""
        self.tab.goto(self.base + path)
        self.tab.wait_for_load_state("networkidle")

    def sideways(self) -> int:
        """Pixels by which the page is wider than the window."""
        return self.tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def resize(self, width: int) -> None:
        """Make the window so many pixels wide, and let charts follow."""
        self.tab.set_viewport_size({"width": width, "height": 900})
        self.tab.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")

    def violations(self) -> list[str]:
        """What axe finds: rule and the elements that break it."""
        if not self.tab.evaluate("'axe' in window"):
            self.tab.evaluate(AXE.read_text("utf-8"))
        options = {"runOnly": RULES, "resultTypes": ["violations"]}
        found = self.tab.evaluate("options => axe.run(options)", options)["violations"]
        return [f"{v['id']}: {[node['html'][:160] for node in v['nodes'][:3]]}" for v in found]


@dataclass
class World:
    region: models.Region
    page: models.Page
    institution: models.Institution
    user: User
    screens: dict[str, str]
    invitation: str

    @property
    def addresses(self) -> dict[str, str]:
        """Every screen by its name."""
        region = f"/regions/{self.region.code}"
        return {
            "overview": f"{region}/",
            "analyst's desk": f"{region}/desk/",
            "gaps": f"{region}/gaps/",
            "sleeping pages": f"{region}/sleeping/",
            "dynamics": f"{region}/dynamics/?against=year",
            "goals": f"{region}/goals/",
            "years": f"{region}/years/",
            "growth": f"{region}/growth/?step=institution",
            "heat map": f"{region}/heat-map/",
            "pages": f"{region}/pages/",
            "page": f"/pages/{self.page.pk}/",
            "institutions": f"{region}/institutions/",
            "institution": f"/institutions/{self.institution.pk}/",
            "collection": f"{region}/collection/",
            "events": f"{region}/events/",
            "suspects": f"{region}/suspects/",
            "evidence": f"{region}/evidence/",
            "admins": f"{region}/admins/",
            "admin": f"/admins/{self.page.stewardships.get().person_id}/",
            "networks": "/networks/",
            **self.screens,
        }


@pytest.fixture
def world(transactional_db) -> World:
    """A region with a year of figures on four networks, a page of everything there can be, and an operator."""
    region = RegionFactory(name="Вымышленный край")
    culture = SectorFactory(name="Культура")
    long_name = "Муниципальное бюджетное учреждение культуры «Межпоселенческая центральная библиотека» " * 2
    institution = InstitutionFactory(
        region=region, name=long_name, sector=culture, municipality=MunicipalityFactory(region=region)
    )
    pages = [
        PageFactory(
            institution=institution if number < 4 else InstitutionFactory(region=region),
            platform=models.PlatformCode.values[number % 4],
            title={0: long_name.strip(), 17: "Ёлкинский музей"}.get(number, f"Страница {number}"),
            status=models.PageStatus.OPEN,
            external_id=str(1000 + number),
            posts_known_from=DAYS[0],
            posts_known_to=dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC),
        )
        for number in range(56)
    ]
    for number, page in enumerate(pages):
        keep_days(page, number)
    models.Slot.objects.filter(day=DAY, page=pages[5]).update(status=models.SlotStatus.DUE)
    models.PageEvent.objects.create(page=pages[0], day=DAY, kind=models.EventKind.MILESTONE, old="990", new="1000")
    models.PageProfile.objects.create(page=pages[0], since=DAY, has_avatar=True, state_mark=False, widgets=1)
    models.Obligation.objects.create(platform="vk", since=DAYS[0], basis="Закон")
    models.CallCount.objects.create(platform="vk", token="ab", method="wall.get", day=DAY, calls=12)
    keep_troubles(pages)
    keep_gaps(region, pages)
    rebuild(region)
    ratings = keep_ratings(region, pages) | keep_appeals(region)
    keep_consents(pages[0].stewardships.get().person)
    user = operator()
    access, invitation = keep_access(institution, user)
    screens = ratings | keep_awards(region) | access | keep_letters(institution, user)
    screens |= keep_forum(region, pages, user)
    screens |= keep_press(region, user, DAY, DAYS[0])
    screens |= keep_compliance(region, institution, user, DAY)
    screens |= keep_registry(region, institution, pages[0], user, DAY)
    screens |= keep_reports(region, user)
    screens |= keep_public(region, pages, user)
    return World(region, pages[0], institution, user, screens, invitation)


def keep_consents(person: models.Person) -> None:
    """A contact, a consent in force and one that was withdrawn."""
    models.PersonContact.objects.create(person=person, email="a-rather-long-address@department.example.org")
    now, user = dt.datetime(2024, 10, 1, tzinfo=dt.UTC), operator()
    ConsentFactory(person=person, recorded_by=user)
    ConsentFactory(person=person, scope=models.ConsentScope.AWARDS, withdrawn_at=now, withdrawn_by=user)
    steward(PageFactory(institution__region=person.region, archived_on=DAY), person, DAYS[0], DAYS[1])


def keep_gaps(region: models.Region, pages: list[models.Page]) -> None:
    """A day that is excused, one page's that is, and a page that has fallen asleep."""
    now = dt.datetime(2024, 10, 26, 1, tzinfo=dt.UTC)
    models.Slot.objects.filter(page__in=pages[12:20], day=DAYS[-3]).update(
        status=models.SlotStatus.FAILED, reason=models.SlotReason.UNREACHABLE
    )
    models.PageDay.objects.filter(page__in=pages[12:20], day=DAYS[-3]).delete()
    said = {"region": region, "declared_at": now, "declared_by": operator()}
    models.GapExcuse.objects.create(
        **said, platform="max", first=DAYS[-4], last=DAYS[-3], reason="Сбой у сети, акт № 5"
    )
    models.GapExcuse.objects.create(
        **said, platform="vk", page=pages[12], first=DAYS[-3], last=DAYS[-3], reason="Страница была взломана"
    )
    models.Post.objects.filter(page=pages[20]).update(published_at=now - dt.timedelta(days=40))
    models.Post.objects.filter(page=pages[21]).delete()


def keep_troubles(pages: list[models.Page]) -> None:
    """Everything that can be wrong, of everything one."""
    now = dt.datetime(2024, 10, 26, 1, tzinfo=dt.UTC)
    first, second = pages[0], pages[4]
    SuspectFactory(page=first, day=DAY - dt.timedelta(days=3), value=24000, raw="24000", expected=104)
    SuspectFactory(page=second, day=DAY, kind=models.SuspectKind.NEGATIVE, raw="-1", value=None, expected=250)
    SuspectFactory(
        page=pages[8], state=models.SuspectState.REJECTED, decided_at=now, decided_by=operator(), note="Накрутка"
    )
    EvidenceFactory(page=first, explanation="Так велели", explained_at=now, explained_by=operator())
    EvidenceFactory(
        page=first,
        kind=models.EvidenceKind.EQUAL_POSTS,
        facts={"posts": 12, "texts": 2, "hashes": [7, 8], "ids": [str(10000 + n) for n in range(10)]},
    )
    EvidenceFactory(
        page=second,
        kind=models.EvidenceKind.VIEWS_WITHOUT_REACH,
        facts={
            "week": "2024-10-14",
            "posts": 2,
            "views": 60_000,
            "interactions": 6,
            "subscribers": 1000,
            "usual": 0.0125,
            "reach": None,
        },
        decision=models.EvidenceDecision.GAMING,
        decided_at=now,
        decided_by=operator(),
        note="Накрутка",
    )
    for page, kind, old, new in (
        (first, models.EventKind.REPLACED, "school", "school_a"),
        (second, models.EventKind.GAIN, "816", "1240"),
        (pages[5], models.EventKind.RENAMED, "school5", "school5_a"),
    ):
        models.PageEvent.objects.create(page=page, day=DAY, kind=kind, old=old, new=new)
    models.Page.objects.filter(pk=first.pk).update(status=models.PageStatus.REPLACED)
    models.PageDay.objects.filter(page=first, day=DAY).delete()
    models.Slot.objects.filter(page=first, day=DAY).update(
        status=models.SlotStatus.FAILED, reason=models.SlotReason.REPLACED, last_measured_on=DAYS[-2]
    )
    models.Slot.objects.filter(page=first, day=DAYS[-2]).update(
        reason=models.SlotReason.BAD_ANSWER, answer_hash="0f1e2d3c" * 8
    )
    models.Slot.objects.filter(page=second, day=DAY).update(reason=models.SlotReason.SUSPECT)
    models.Slot.objects.filter(page__in=pages[8:12], day=DAY).update(posts_owed=False)
    models.Heartbeat.objects.create(name="unwritten", at=now + dt.timedelta(hours=1))
    models.Network.objects.create(platform="max", state=models.NetworkState.PAUSED, since=now)
    for platform, token, method, reason, until in (
        ("vk", "3f9a1c77ab02", "", "token_dead", None),
        ("vk", "77ab023f9a1c", "wall.get", "throttled", now + dt.timedelta(hours=5)),
        ("telegram", "", "", "unreachable", now + dt.timedelta(hours=2)),
    ):
        models.AccessPause.objects.create(
            platform=platform, token=token, method=method, reason=reason, since=now, until=until
        )
    models.OperatorMessage.objects.create(key="a", subject="Ключ требует внимания", text="Замените.", created_at=now)
    models.Post.objects.create(
        page=first,
        external_id="2",
        published_at=now - dt.timedelta(days=12),
        day=DAY - dt.timedelta(days=12),
        kind=models.Post.Kind.COPY,
        pinned=True,
        advertisement=True,
        views=1540,
        likes=31,
        comments=12,
        reposts=4,
        views_7=1200,
        likes_7=28,
        comments_7=9,
        reposts_7=4,
        aged_at=now - dt.timedelta(days=5),
        people_comments=10,
        answered_comments=6,
        answer_minutes=[30, 90, 120],
        read_at=now,
    )


def keep_days(page: models.Page, number: int) -> None:
    """Slots, figures and some posts of the page for all DAYS."""
    models.Slot.objects.bulk_create(
        models.Slot(page=page, day=day, platform=page.platform, status=models.SlotStatus.OK) for day in DAYS
    )
    models.PageDay.objects.bulk_create(
        models.PageDay(
            page=page,
            day=day,
            subscribers=100 + number * 37 + at,
            posts=1,
            views=50,
            likes=3,
            comments=0,
            reposts=1,
            collected_at=dt.datetime.combine(day, dt.time(1), dt.UTC),
            answer_hash="ab" * 32,
        )
        for at, day in enumerate(DAYS)
    )
    when = dt.datetime(2024, 10, 25, 1, tzinfo=dt.UTC)
    models.Post.objects.create(page=page, external_id="1", published_at=when, day=DAY, views=50, likes=3, read_at=when)


@pytest.fixture
def visit(chromium, live_server, world, settings):
    """Open a signed-in tab: `visit(width=360, theme="dark", javascript=False, user=somebody)` gives a Screen."""
    settings.DEMO_CLOCK = "2024-10-26T12:00:00+10:00"
    contexts: list[BrowserContext] = []

    def open_tab(width: int = 1440, theme: str = "light", javascript: bool = True, user: User = world.user) -> Screen:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="ru-RU", java_script_enabled=javascript
        )
        contexts.append(context)
        cookies = {"sessionid": session_of(user), "theme": theme}
        context.add_cookies([{"name": name, "value": cookies[name], "url": live_server.url} for name in cookies])
        screen = Screen(context.new_page(), live_server.url)
        screen.tab.on("console", lambda m: m.type == "error" and screen.problems.append(m.text))
        screen.tab.on("pageerror", lambda error: screen.problems.append(str(error)))
        screen.tab.on(
            "request",
            lambda r: r.url.startswith((live_server.url, "data:")) or screen.problems.append(f"foreign: {r.url}"),
        )
        return screen

    yield open_tab
    for context in contexts:
        context.close()
