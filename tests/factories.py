"""The smallest worlds that tests need."""

import datetime as dt
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import factory
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection
from factory.django import DjangoModelFactory

from gospub.accounts.models import Grant, Role, User
from gospub.encryption import encrypt
from monitoring import models
from monitoring.registry.identifiers import is_inn, is_ogrn

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def ogrn(number: int) -> str:
    """A valid ОГРН; the same number gives the same one."""
    body = f"1{number:011d}"
    return next(body + d for d in "0123456789" if is_ogrn(body + d))


def inn(number: int) -> str:
    """A valid ИНН of an organisation; the same number gives the same one."""
    body = f"{number:09d}"
    return next(body + d for d in "0123456789" if is_inn(body + d))


@contextmanager
def tampering() -> Iterator[None]:
    """As somebody who owns the base itself: PostgreSQL's guard of the audit trail is away."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE accounts_auditentry DISABLE TRIGGER audit_append_only")
        yield
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER audit_append_only")


def one_time_code(secret: str = TOTP_SECRET) -> str:
    """What an app shows now for that secret (RFC 6238)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = models.Region
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"RU-T{n}")
    name = factory.Sequence(lambda n: f"Тестовый край {n}")
    oktmo = factory.Sequence(lambda n: f"{n:08d}")
    time_zone = "Asia/Vladivostok"
    adult_population = 1_000_000


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = models.Municipality

    region = factory.SubFactory(RegionFactory)
    name = factory.Sequence(lambda n: f"Район {n}")


class SectorFactory(DjangoModelFactory):
    class Meta:
        model = models.Sector
        django_get_or_create = ("name", "parent")

    name = "Образование"
    parent = None


class InstitutionFactory(DjangoModelFactory):
    class Meta:
        model = models.Institution

    region = factory.SubFactory(RegionFactory)
    name = factory.Sequence(lambda n: f"Школа № {n}")
    ogrn = factory.Sequence(lambda n: ogrn(n + 1))
    level = models.Level.MUNICIPAL


class PageFactory(DjangoModelFactory):
    class Meta:
        model = models.Page

    institution = factory.SubFactory(InstitutionFactory)
    platform = models.PlatformCode.VK
    handle = factory.Sequence(lambda n: f"school{n}")
    added_on = dt.date(2024, 1, 1)


class SuspectFactory(DjangoModelFactory):
    class Meta:
        model = models.Suspect

    page = factory.SubFactory(PageFactory)
    day = dt.date(2024, 10, 26)
    kind = models.SuspectKind.JUMP
    raw = "12400"
    value = 12400
    expected = 816
    answer_hash = "cd" * 32
    collected_at = dt.datetime(2024, 10, 25, 20, 10, tzinfo=dt.UTC)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = models.Person

    region = factory.SubFactory(RegionFactory)
    name = factory.Sequence(lambda n: f"Администратор {n}")


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = models.EvidenceCard

    page = factory.SubFactory(PageFactory)
    kind = models.EvidenceKind.MASS_POSTS
    first_day = dt.date(2024, 9, 27)
    last_day = dt.date(2024, 10, 26)
    size = 0.75
    facts = factory.LazyFunction(lambda: {"posts": 40, "copies": 30})
    found_at = dt.datetime(2024, 10, 26, 1, tzinfo=dt.UTC)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    full_name = factory.Sequence(lambda n: f"Пользователь {n}")
    password = factory.django.Password("password-for-tests")

    @factory.post_generation
    def second_factor(self, create: bool, wanted: bool | None, **_: object) -> None:
        """An app with one-time codes, so that nothing stands between the user and the screens."""
        if create and wanted is not False:
            Authenticator.objects.create(user=self, type=Authenticator.Type.TOTP, data={"secret": encrypt(TOTP_SECRET)})


def granted(role: Role, **scope: object) -> User:
    """A user with one right."""
    user = UserFactory()
    Grant.objects.create(user=user, role=role, **scope)
    return user


def operator() -> User:
    """Sees everything."""
    return granted(Role.OPERATOR)


def analyst(region: models.Region) -> User:
    """Sees one region and keeps it."""
    return granted(Role.ANALYST, region=region)


def official(region: models.Region) -> User:
    """Sees one region and rates it."""
    return granted(Role.OFFICIAL, region=region)


def curator(region: models.Region, founder: str) -> User:
    """Sees the institutions under one founder."""
    return granted(Role.CURATOR, region=region, founder=founder)


def institution_admin(institution: models.Institution) -> User:
    """Sees one institution."""
    return granted(Role.INSTITUTION_ADMIN, region=institution.region, institution=institution)


def auditor(region: models.Region | None = None) -> User:
    """Sees one region, or all of them, with the audit trail, and changes nothing."""
    return granted(Role.AUDITOR, region=region)


def collected(
    page: models.Page, day: dt.date, subscribers: int = 100, posts: int = 3, **profile: object
) -> models.Page:
    """The page as after a good collection on that day: profile in full order, `posts` known over 30 days."""
    shown = dict.fromkeys(("has_avatar", "has_cover", "has_description", "state_mark"), True) | {"widgets": 2}
    models.Slot.objects.create(page=page, day=day, status=models.SlotStatus.OK)
    models.PageProfile.objects.create(page=page, since=day, **shown | profile)
    models.PageDay.objects.create(page=page, day=day, subscribers=subscribers, posts=posts)
    page.posts_known_from = day - dt.timedelta(days=30)
    page.posts_known_to = dt.datetime.combine(day, dt.time(9), dt.UTC)
    page.save()
    return page


def steward(
    page: models.Page,
    person: models.Person,
    since: dt.date,
    until: dt.date | None = None,
    share: int | None = None,
) -> models.Stewardship:
    """That person runs the page over these days."""
    return models.Stewardship.objects.create(page=page, person=person, since=since, until=until, share=share)


def watched(
    page: models.Page,
    first: dt.date,
    last: dt.date,
    *,
    subscribers: int = 100,
    grows: int = 0,
    every: int = 2,
    likes: int | None = 4,
    views: int | None = 100,
    failed: Mapping[dt.date, str] | None = None,
    profile: Mapping[str, object] | None = None,
) -> models.Page:
    """The page as after collection on every day of the span: a post on every `every`th day (0 = none) with `likes` and
    `views` at seven days, `grows` subscribers a day, a profile from the first day on. failed: reasons by day; posts of
    such days are read later, the audience is not."""
    zone = ZoneInfo(page.institution.region.time_zone)
    slots, page_days, posts = [], [], []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        reason = (failed or {}).get(day)
        state = models.SlotStatus.FAILED if reason else models.SlotStatus.OK
        slots.append(models.Slot(page=page, platform=page.platform, day=day, status=state, reason=reason or ""))
        count = int(bool(every) and number % every == 0)
        audience = None if reason else subscribers + grows * number
        page_days.append(
            models.PageDay(page=page, day=day, subscribers=audience, posts=count or None, own_posts=count or None)
        )
        if count:
            at = dt.datetime.combine(day, dt.time(12), zone)
            posts.append(
                models.Post(
                    page=page,
                    external_id=day.isoformat(),
                    published_at=at,
                    day=day,
                    read_at=at,
                    aged_at=at + dt.timedelta(days=7),
                    views_7=views,
                    likes_7=likes,
                )
            )
    models.Slot.objects.bulk_create(slots)
    models.PageDay.objects.bulk_create(page_days)
    models.Post.objects.bulk_create(posts)
    shown = dict.fromkeys(("has_avatar", "has_cover", "has_description", "state_mark"), True)
    models.PageProfile.objects.create(page=page, since=first, **shown | {"widgets": 2} | dict(profile or {}))
    page.posts_known_from = first
    page.posts_known_to = dt.datetime.combine(last, dt.time(23), zone)
    page.save()
    return page


class ConsentTextFactory(DjangoModelFactory):
    class Meta:
        model = models.ConsentText

    version = factory.Sequence(lambda n: f"редакция {n}")
    text = "Согласен на распространение имени."
    since = dt.date(2024, 1, 1)


class ConsentFactory(DjangoModelFactory):
    class Meta:
        model = models.Consent

    person = factory.SubFactory(PersonFactory)
    text = factory.SubFactory(ConsentTextFactory)
    scope = models.ConsentScope.OPEN_DATA
    given_on = dt.date(2024, 9, 1)
    document = "№ 5 от 01.09.2024"
    recorded_at = dt.datetime(2024, 9, 2, tzinfo=dt.UTC)
