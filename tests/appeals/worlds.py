"""A preliminary rating, its institutions' admins, and an appeal against one of its values."""

import datetime as dt
import io
import uuid
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from appeals.claims import Contested, contested
from appeals.filing import Written, hand_in, own_institution
from appeals.models import Appeal
from gospub.accounts.models import User
from monitoring.models import Page, Region
from ratings.lifecycle import let_pass
from ratings.models import Rating, Score
from tests.factories import institution_admin, official
from tests.ratings.worlds import NOW, TODAY, item, methodology, rate, some_pages

ENGAGEMENT = "engagement_by_views"
GROUNDS = "Записи за ноябрь посчитаны не все: см. выгрузку статистики сообщества."
ANSWER = "Выгрузка подтверждает, что откликов было больше."
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16 + b"\0\0\0\0IEND\xaeB`\x82"
PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 32 + b"\xff\xd9"


def passed(rating: Rating, now: dt.datetime = NOW) -> Rating:
    """The rating let pass to its next state by somebody else than before."""
    let_pass(rating, official(rating.region), "Так решила комиссия", now, TODAY)
    return Rating.objects.select_related("region", "methodology").get(pk=rating.pk)


def preliminary(region: Region, likes: tuple[int, ...] = (1, 2, 3, 4, 5), *items: dict, **rest: Any) -> Rating:
    """A preliminary rating of pages П00, П01, … by engagement, as many likes of 100 views as given."""
    some_pages(region, likes)
    return passed(rate(region, methodology(*(items or (item(ENGAGEMENT),)), **rest)))


def score_of(rating: Rating, title: str = "П00") -> Score:
    return rating.scores.select_related("rating__methodology", "page__institution").get(page__title=title)


def page_of(title: str = "П00") -> Page:
    return Page.objects.get(title=title)


def admin_of(score: Score) -> User:
    """A new admin of the score's institution."""
    return institution_admin(score.page.institution)


def claim_of(score: Score, code: str = ENGAGEMENT) -> Contested:
    return contested(score, score.rating, code)


def filed(
    score: Score, user: User | None = None, code: str = ENGAGEMENT, now: dt.datetime = NOW, **written: Any
) -> Appeal:
    """An appeal against a value of the score by its institution's admin; by default it wants 5 %."""
    user = user or admin_of(score)
    given = {"wanted": "5", "text": GROUNDS} | written
    institution = own_institution(score, user)
    return hand_in(
        claim_of(score, code), Written(**given), institution=institution, key=uuid.uuid4(), user=user, now=now
    )


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_address(score: Score, code: str = ENGAGEMENT) -> str:
    return reverse("appeal_file", args=[score.pk, code])


def form(**fields: Any) -> dict[str, Any]:
    """A form in full."""
    return {"key": str(uuid.uuid4()), "wanted": "5", "text": GROUNDS} | fields


def sheet(*parts: str) -> bytes:
    """An archive with these parts, such as an office's sheet."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<xml/>")
    return buffer.getvalue()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
