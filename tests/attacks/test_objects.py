"""A01 – A08: reaching for what belongs to others, and writing what nobody asked for."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from appeals.models import Appeal
from awards.models import Candidate
from awards.papers import making
from compliance.models import Step
from forum import keeping
from forum.models import Origin, Participant
from gospub.accounts.models import AuditEntry, Grant, User
from gospub.accounts.models import Role as Right
from monitoring.registry import uploads
from ratings.models import Passage
from tests.matrix import body, signed_in
from tests.permission_world import Place, Role, World
from tests.permissions import TABLE
from tests.test_tenants import guesses

INSIDERS = (Role.ANALYST, Role.OFFICIAL, Role.AUDITOR, Role.CURATOR, Role.ADMIN)
KEPT = ("region", "institution", "page", "rating", "score", "grant", "person", "consent", "contest", "nomination",
        "award_list", "award", "mark", "event", "participant", "sheet", "appeal", "step")  # fmt: skip


def state(place: Place) -> dict[str, list]:
    """Everything of a place that somebody could change."""
    found = {name: getattr(place, name) for name in KEPT}
    return {name: list(type(each)._base_manager.filter(pk=each.pk).values()) for name, each in found.items()}


@pytest.mark.parametrize("role", INSIDERS)
def test_a01_a_foreign_number_in_an_address_answers_as_one_that_nobody_has(here: World, role: Role):
    client, asked = signed_in(here, role), 0
    for name, rule in TABLE.items():
        if rule.missing is None or rule.everyones or rule.public or rule.get[role] == 405:
            continue
        foreign, missing = (client.get(reverse(name, args=args)) for args in (rule.args(here.there), rule.missing))
        assert foreign.status_code == missing.status_code == 404, name
        assert body(foreign) == body(missing), name
        asked += 1
    assert asked > 40


def test_a02_foreign_numbers_in_forms_and_filters_change_and_tell_nothing(here: World, analyst_client: Client):
    there = here.there
    there.institution.name = "Чужое учреждение 4417"
    there.institution.save()
    before = state(there)
    known = {name: value for name, value in guesses(there).items() if value is not None}
    sent = known | {
        "list": there.award_list.pk,
        "people": there.person.pk,
        "participants": there.participant.pk,
        "who": f"{there.score.pk}-{there.nomination.pk}",
        "workplace": there.institution.ogrn,
        "score": there.score.pk,
        "goal": there.step.goal,
        "do": "came",
        "all": "1",
    }
    for name, rule in TABLE.items():
        if "POST" not in rule.takes or rule.signs_out:
            continue
        with transaction.atomic():
            answer = analyst_client.post(reverse(name, args=rule.args(here.here)), sent)
            assert state(there) == before, name
            transaction.set_rollback(True)
        assert answer.status_code < 500, name
        if not answer.streaming:
            assert there.institution.name not in answer.content.decode(errors="replace"), name


@pytest.fixture
def ten(here: World) -> list[int]:
    """Nine people of the event, and one of a foreign event."""
    event = here.here.event
    people = [
        Participant.objects.create(event=event, key=f"k{n}", name=f"Вымышленная {n}", origin=Origin.HAND,
                                   code=f"CODE{n}", added_at=dt.datetime.now(dt.UTC))
        for n in range(9)
    ]  # fmt: skip
    return [*(each.pk for each in people), here.there.participant.pk]


@pytest.mark.parametrize("do", ["came", "not_came", "remove"])
def test_a03_one_foreign_number_among_ten_stops_the_whole_action(here: World, analyst_client: Client, ten, do):
    before = list(Participant.objects.order_by("pk").values())
    address = reverse("participants_change", args=[here.here.event.pk])
    page = analyst_client.post(address, {"do": do, "participants": ten}, follow=True).content.decode()
    assert "Ничего не изменено" in page
    assert list(Participant.objects.order_by("pk").values()) == before


def test_a03_one_foreign_person_among_those_to_invite_stops_the_whole_action(here: World, analyst_client: Client):
    before = Participant.objects.count()
    people = [here.here.person.pk, here.there.person.pk]
    analyst_client.post(reverse("invite_admins", args=[here.here.event.pk]), {"people": people})
    assert Participant.objects.count() == before


def test_a03_twin_without_the_guard_the_nine_are_marked(here: World, analyst_client: Client, ten, monkeypatch):
    monkeypatch.setattr(keeping, "refuse_strangers", lambda *_: None)
    analyst_client.post(reverse("participants_change", args=[here.here.event.pk]), {"do": "came", "participants": ten})
    assert Participant.objects.filter(pk__in=ten[:9], came_at__isnull=False).count() == 9


def test_a04_a_ready_file_ends_with_the_right(here: World, analyst_client: Client):
    address = reverse("paper_file", args=[here.here.paper.pk])
    assert analyst_client.get(address).status_code == 200
    Grant.objects.filter(user=here.users[Role.ANALYST]).delete()
    assert analyst_client.get(address).status_code == 404


def test_a04_a_ready_file_is_not_for_another_region(here: World, analyst_client: Client):
    assert analyst_client.get(reverse("paper_file", args=[here.there.paper.pk])).status_code == 404


def test_a05_names_of_files_cannot_be_guessed_and_are_no_addresses(here: World, operator_client: Client):
    names = {making._write(here.here.paper, lambda: dt.datetime.now(dt.UTC))[0] for _n in range(3)}
    assert len(names) == 3
    assert all(len(name.partition(".")[0]) >= 32 for name in names)  # 24 bytes in base64: 192 bits
    for name in names:
        for folder in ("", "papers/", "var/papers/", "static/../var/papers/", "media/"):
            assert operator_client.get(f"/{folder}{name}").status_code == 404


def test_a05_what_waits_for_its_user_is_gone_after_a_day():
    assert uploads.LIFE_SECONDS == 24 * 60 * 60
    assert dt.timedelta(days=30) >= making.KEPT  # documents of a list, each asked for with its right


def test_a06_fields_that_a_form_does_not_have_are_not_written(here: World):
    place, forged = here.here, {"is_staff": "on", "is_superuser": "on", "region": here.there.region.pk,
                                "state": "accepted", "score": "100", "verified": "on", "role": "operator"}  # fmt: skip
    given = {"full_name": "Вымышленная Анна", "password": "a-long-made-up-phrase", "email": "evil@example.org"}
    Client().post(reverse("invitation", args=[place.token]), given | forged)
    user = User.objects.get(email=place.invitation.email)
    assert not user.is_superuser
    assert not getattr(user, "is_staff", False)
    assert [(each.role, each.region_id) for each in user.grants.all()] == [(Right.INSTITUTION_ADMIN, place.region.pk)]

    analyst = signed_in(here, Role.ANALYST)
    step = {"goal": place.step.goal, "due": "2026-12-31", "text": "Сделать", "created_by": user.pk}
    analyst.post(reverse("road_map", args=[place.region.code]), step | forged)
    assert not Step.objects.filter(region=here.there.region).exclude(pk=here.there.step.pk).exists()
    assert not Step.objects.filter(created_by=user).exists()

    fields = {"kind": "training", "title": "Учёба", "first": "2026-11-01", "hours": "4", "programme": ""}
    analyst.post(reverse("event_edit", args=[place.event.pk]), fields | forged)
    place.event.refresh_from_db()
    assert place.event.region_id == place.region.pk


def appeal(here: World, **more: object) -> dict[str, object]:
    return {"key": uuid.uuid4(), "wanted": "", "text": "Аватар был всё это время, вот снимок.", **more}


def test_a06_an_appeal_cannot_decide_itself(here: World):
    place = here.here
    place.appeal.delete()
    sent = appeal(here, state="accepted", score="100", answer="Да", institution=here.there.institution.pk)
    signed_in(here, Role.ADMIN).post(reverse("appeal_file", args=[place.contested.pk, "avatar"]), sent)
    found = Appeal.objects.get(score=place.contested)
    assert (found.state, found.institution_id) == ("filed", place.institution.pk)


def test_a07_after_the_term_nothing_is_contested_and_the_attempt_is_written_down(here: World):
    place, long_ago = here.here, dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    Passage.objects.filter(rating=place.contested.rating).update(at=long_ago)
    before = Appeal.objects.count()
    answer = signed_in(here, Role.ADMIN).post(reverse("appeal_file", args=[place.contested.pk, "avatar"]), appeal(here))
    assert answer.status_code == 403
    assert Appeal.objects.count() == before
    assert AuditEntry.objects.filter(action="appeal.late", actor=here.users[Role.ADMIN].email).exists()


def test_a08_an_admin_hands_in_no_page_of_another_institution(here: World):
    place, admin = here.here, signed_in(here, Role.ADMIN)
    other = place.rating.scores.get(page__institution=place.other)
    for score in (other, here.there.score):
        sent = {"who": f"{score.pk}-{place.nomination.pk}", "text": "Лучшая страница", "page": score.page_id}
        assert admin.post(reverse("contest_apply", args=[place.contest.pk]), sent).status_code == 422
    assert not Candidate.objects.exists()


def test_a08_no_address_lets_an_admin_change_the_registry(here: World):
    """A page comes to an institution by an import alone, which those who keep the region make."""
    for name in ("registry_import", "registry_import_report"):
        args = TABLE[name].args(here.here)
        assert signed_in(here, Role.ADMIN).post(reverse(name, args=args)).status_code == 404
