"""The world in which tests/permissions.py is asked: two regions with what addresses name, and a user of each role."""

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

from allauth.usersessions.models import UserSession
from django.core import mail

from appeals import evidence
from appeals.models import Appeal, AppealState
from awards.models import (
    Award,
    AwardList,
    Contest,
    JobState,
    Nomination,
    PaperJob,
    PaperKind,
    QualityMark,
    Stage,
)
from awards.papers import making
from compliance.models import Goal, Step
from forum.models import Event, EventState, Origin, Participant
from gospub.accounts import invitations
from gospub.accounts.models import Grant, Invitation, User
from gospub.accounts.models import Role as Right
from monitoring.models import (
    ChangeKind,
    Consent,
    EvidenceCard,
    Institution,
    Page,
    Person,
    Region,
    RegistryChange,
    Suspect,
)
from monitoring.registry import uploads
from open_data import keys
from open_data.models import ApiKey
from press.models import FactSheet, Figure, Kind
from public.models import Announcement, Publication
from ratings.award_rules import DEFAULT
from ratings.computing import compute
from ratings.methodologies import store_preset
from ratings.models import Passage, Rating, RatingState, Score
from ratings.periods import Unit, period_of
from reports import keeping
from reports.models import Report, SavedView, ViewLink
from tests.factories import (
    ConsentFactory,
    EvidenceFactory,
    PageFactory,
    RegionFactory,
    SuspectFactory,
    analyst,
    auditor,
    collected,
    curator,
    granted,
    institution_admin,
    official,
    operator,
)

DAY = dt.date(2024, 10, 26)
NOW = dt.datetime(2024, 10, 26, 12, tzinfo=dt.UTC)


class Role(StrEnum):
    ANONYMOUS = "anonymous"
    DEACTIVATED = "deactivated analyst of the region"
    OVER = "analyst whose right is over"
    OPERATOR = "operator"
    ANALYST = "analyst of the region"
    OFFICIAL = "official of the region"
    AUDITOR = "auditor of the region"
    AUDITOR_OF_ALL = "auditor of the installation"
    CURATOR = "curator of the founder"
    OTHER_CURATOR = "curator of another founder of the region"
    ADMIN = "institution admin"
    OTHER_ADMIN = "admin of another institution of the region"


class Of(StrEnum):
    """Whose object the address names: something of the own region, of a foreign one, nothing at all. The other
    institution and the other founder of the own region are roles."""

    MISSING = "missing"
    OWN = "own"
    FOREIGN = "foreign"


STRANGERS = (Role.ANONYMOUS, Role.DEACTIVATED)
EVERYWHERE = (Role.OPERATOR, Role.AUDITOR_OF_ALL)
ROLES = tuple(Role)


@dataclass(frozen=True, slots=True)
class Place:
    """A region with two institutions, and what the addresses of the table name."""

    region: Region
    institution: Institution
    other: Institution
    page: Page
    suspect: Suspect
    evidence: EvidenceCard
    rating: Rating
    score: Score
    analyst: User
    upload: uuid.UUID
    grant: Grant
    invitation: Invitation
    token: str
    session: UserSession
    person: Person
    consent: Consent
    contest: Contest
    nomination: Nomination
    award_list: AwardList
    award: Award
    mark: QualityMark
    paper: PaperJob
    event: Event
    participant: Participant
    sheet: FactSheet
    figure: Figure
    contested: Score
    appeal: Appeal
    step: Step
    change: RegistryChange
    view: SavedView
    link: ViewLink
    secret: str
    report: Report
    final: Rating
    announcement: Announcement
    api_key: ApiKey


@dataclass(frozen=True, slots=True)
class World:
    """Two regions, and a user of each role in the first, whose public part is open."""

    here: Place
    there: Place
    users: dict[Role, User | None]


def keep_upload(keeper: User, region: Region, key: uuid.UUID | None = None) -> uuid.UUID:
    """A spreadsheet of the region, read and not applied yet; lost whenever the cache is cleared."""
    return uploads.keep(keeper, uploads.Upload("registry.xlsx", region.pk, [], []), key)


def place() -> Place:
    region = RegionFactory()
    page = collected(PageFactory(institution__region=region, institution__founder="Минкульт", title="Своя"), DAY)
    other = collected(PageFactory(institution__region=region, institution__founder="Минобр", title="Чужая"), DAY)
    rating = compute(region, period_of(Unit.DAY, DAY), "amur", NOW)
    keeper = analyst(region)
    waiting = Grant(role=Right.INSTITUTION_ADMIN, region=region, institution=page.institution)
    now = dt.datetime.now(dt.UTC)
    invitation = invitations.invite(
        f"new-{region.pk}@example.org", waiting, keeper, "https://gospub.example/TOKEN", now
    )
    token = mail.outbox[-1].body.partition("https://gospub.example/")[2].split()[0]
    consent = ConsentFactory(person__region=region)
    contest = _contest(rating, keeper)
    draft = AwardList.objects.create(contest=contest, proposed_at=NOW)
    score = rating.scores.get(page=page)
    sheet = _sheet(region, keeper)
    contested = _preliminary(region, keeper).scores.get(page=page)
    return Place(
        region=region,
        institution=page.institution,
        other=other.institution,
        page=page,
        suspect=SuspectFactory(page=page, day=DAY),
        evidence=EvidenceFactory(page=page),
        rating=rating,
        score=score,
        analyst=keeper,
        upload=keep_upload(keeper, region),
        grant=institution_admin(page.institution).grants.get(),
        invitation=invitation,
        token=token,
        session=UserSession.objects.create(
            user=keeper, ip="192.0.2.1", session_key=uuid.uuid4().hex, user_agent="Firefox"
        ),
        person=consent.person,
        consent=consent,
        contest=contest,
        nomination=contest.nominations.get(),
        award_list=draft,
        award=_award(draft, score),
        mark=_mark(contest, score),
        paper=_paper(draft, keeper),
        event=(event := _event(region)),
        participant=_participant(event, page.institution),
        sheet=sheet,
        figure=sheet.figures.get(kind=Kind.PAGES),
        contested=contested,
        appeal=_appeal(contested),
        change=_change(page, keeper),
        step=Step.objects.create(region=region, goal=Goal.VK, due=DAY, created_at=NOW, created_by=keeper),
        view=_view(region, keeper),
        link=_link(region, keeper),
        secret=f"secret-{region.pk}",
        report=Report.objects.create(region=region, name="Отчёт", screens=["overview"], made_by=keeper, made_at=NOW),
        final=_final(region, keeper),
        announcement=Announcement.objects.create(region=region, title="Новость", text="Так", published_on=DAY),
        api_key=keys.make("Портал", region, user=keeper, now=NOW)[0],
    )


def _change(page: Page, user: User) -> RegistryChange:
    """Something changed by hand, and changed again since: it cannot be taken back, however often it is asked."""
    region = page.institution.region
    change = RegistryChange.objects.create(region=region, kind=ChangeKind.EDIT, at=NOW, by=user)
    change.rows.create(
        page=page, number=1, name=str(page), before={"page_class": "card"}, after={"page_class": "flagship"}
    )
    return change


def _view(region: Region, user: User) -> SavedView:
    """The list of pages, shared by an analyst."""
    return SavedView.objects.create(region=region, owner=user, screen="pages", name="Вид", shared=True, made_at=NOW)


def _link(region: Region, user: User) -> ViewLink:
    """To the list of pages, open for ever as far as the table is asked."""
    return ViewLink.objects.create(
        region=region, screen="pages", name="Ссылка", made_by=user, made_at=NOW,
        expires_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC), code_digest=keeping.digest(f"secret-{region.pk}"),
    )  # fmt: skip


def _final(region: Region, user: User) -> Rating:
    """A published rating of the month."""
    rating = compute(region, period_of(Unit.MONTH, DAY), "amur", NOW)
    Rating.objects.filter(pk=rating.pk).update(state=RatingState.FINAL)
    Passage.objects.create(rating=rating, state=RatingState.FINAL, at=NOW, by=user)
    return Rating.objects.get(pk=rating.pk)


def _preliminary(region: Region, user: User) -> Rating:
    """A rating that became preliminary just now, so that its values can be contested."""
    rating = compute(region, period_of(Unit.WEEK, DAY), "amur", NOW)
    Rating.objects.filter(pk=rating.pk).update(state=RatingState.PRELIMINARY)
    Passage.objects.create(rating=rating, state=RatingState.PRELIMINARY, at=dt.datetime.now(dt.UTC), by=user)
    return rating


def _appeal(score: Score) -> Appeal:
    """Filed by an admin of the institution, with a file."""
    institution = score.page.institution
    appeal = Appeal.objects.create(
        score=score,
        institution=institution,
        item="avatar",
        indicator="avatar",
        author=institution_admin(institution),
        text="Аватар был всё время",
        state=AppealState.FILED,
        until=dt.date(2100, 1, 1),
        changed_at=NOW,
        filed_at=NOW,
    )
    evidence.attach(appeal, [evidence.Checked("снимок.txt", "txt", b"screen")], NOW)
    return appeal


def _contest(rating: Rating, user: User) -> Contest:
    """A contest that takes applications, at its first stage."""
    rules = DEFAULT | {"nominations": DEFAULT["nominations"][:1]}
    contest = Contest.objects.create(
        region=rating.region,
        title="Премия",
        year=2024,
        rating=rating,
        rules=rules,
        stages=Stage.values,
        by_application=True,
        applications_until=dt.date(2100, 1, 1),
        created_at=NOW,
        created_by=user,
    )
    Nomination.objects.create(contest=contest, name="Лучший", rule="best")
    return contest


def _award(draft: AwardList, score: Score) -> Award:
    """A proposal of the draft."""
    nomination = draft.contest.nominations.get()
    return Award.objects.create(
        list=draft,
        nomination=nomination,
        page=score.page,
        institution=score.page.institution,
        score=score,
        title="Своя",
        place=1,
    )


def _mark(contest: Contest, score: Score) -> QualityMark:
    """In force for ever, as far as the table is asked."""
    return QualityMark.objects.create(
        contest=contest,
        page=score.page,
        score=score,
        title="Своя",
        year=2024,
        code=f"CODE{contest.pk}",
        issued_on=DAY,
        valid_until=dt.date(2100, 1, 1),
    )


def _paper(draft: AwardList, user: User) -> PaperJob:
    """A file that is ready."""
    name = f"{uuid.uuid4().hex}.csv"
    (making.folder() / name).write_bytes(b"award")
    return PaperJob.objects.create(
        list=draft, kind=PaperKind.CSV, state=JobState.READY, file=name, size=5, asked_at=NOW, asked_by=user
    )


def _event(region: Region) -> Event:
    """A training that was held and goes on for ever."""
    return Event.objects.create(
        region=region, title="Учёба", first=DAY, last=dt.date(2100, 1, 1), state=EventState.HELD
    )


def _participant(event: Event, institution: Institution) -> Participant:
    """Somebody of the institution who came."""
    return Participant.objects.create(
        event=event,
        key="name",
        name="Вымышленная",
        institution=institution,
        origin=Origin.HAND,
        code=f"ACDEF{event.pk:05d}",
        added_at=NOW,
        came_at=NOW,
    )


def _sheet(region: Region, user: User) -> FactSheet:
    """For internal use, with the figures that every sheet has."""
    kinds = (Kind.PAGES, Kind.SUBSCRIBERS, Kind.MEAN, Kind.POSTS)
    head = {"region": region, "day": DAY, "first": DAY, "last": DAY, "version": 1, "issued_at": NOW, "issued_by": user}
    sheet = FactSheet.objects.create(**head, definitions=dict.fromkeys(kinds, "Определение"))
    for kind in kinds:
        Figure.objects.create(sheet=sheet, code=f"{kind}{sheet.pk}".upper(), kind=kind, value=2)
    return sheet


def world() -> World:
    """The smallest world in which every role has something to see and something not to see."""
    store_preset("amur")
    here, there = place(), place()
    Publication.objects.create(region=here.region, since=NOW)
    deactivated = analyst(here.region)
    deactivated.is_active = False
    deactivated.save()
    return World(
        here,
        there,
        {
            Role.ANONYMOUS: None,
            Role.DEACTIVATED: deactivated,
            Role.OVER: granted(Right.ANALYST, region=here.region, until=dt.date(2024, 1, 1)),
            Role.OPERATOR: operator(),
            Role.ANALYST: here.analyst,
            Role.OFFICIAL: official(here.region),
            Role.AUDITOR: auditor(here.region),
            Role.AUDITOR_OF_ALL: auditor(),
            Role.CURATOR: curator(here.region, "Минкульт"),
            Role.OTHER_CURATOR: curator(here.region, "Минобр"),
            Role.ADMIN: institution_admin(here.institution),
            Role.OTHER_ADMIN: institution_admin(here.other),
        },
    )
