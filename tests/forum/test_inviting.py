"""Participants come from award lists, from page admins by a filter, or by hand; nobody stands on a list twice."""

import threading

import pytest
from django.db import connections
from django.urls import reverse

from awards.lists import deciding, signing
from awards.lists.proposing import propose
from awards.models import Award, AwardList, Stage
from forum.inviting import (
    invite_admins,
    invite_awarded,
    invite_by_hand,
    key_of,
    remove,
    running_people,
)
from forum.keeping import ForumError
from forum.models import EventState, Participant
from gospub.accounts.models import AuditEntry
from monitoring.models import Person
from tests.awards.contests.worlds import contest_of, final_rating, led
from tests.factories import (
    InstitutionFactory,
    MunicipalityFactory,
    PageFactory,
    RegionFactory,
    SectorFactory,
    official,
    steward,
)

from .worlds import DAY, NOW, SINCE, TODAY, admin_of, admins_in, event_in, held, listed, participant

pytestmark = pytest.mark.django_db


# --- an award list ----------------------------------------------------------------------------------------------------


@pytest.fixture
def draft(region) -> AwardList:
    contest = led(contest_of(final_rating(region), "gate"), Stage.PROTOCOL)
    return propose(contest, user=contest.created_by, now=NOW)


@pytest.fixture
def signed(draft) -> AwardList:
    user = official(draft.contest.region)
    deciding.confirm_all(draft, user=user, now=NOW)
    return signing.sign(draft, user=user, now=NOW)


def test_the_winners_are_invited_once_however_many_awards_they_have(event, signed, user):
    people = set(signed.awards.given().values_list("person__name", flat=True))
    assert signed.awards.given().count() > len(people)
    added = invite_awarded(event, signed, user=user, now=NOW)
    assert (added.new, added.known) == (len(people), 0)
    assert listed(event) == sorted(people)
    assert all(each.institution_id for each in event.participants.all())


def test_an_award_of_nobody_in_particular_invites_the_institution(event, signed, user):
    Award.objects.filter(pk__in=signed.awards.values("pk")).update(person=None)
    invite_awarded(event, signed, user=user, now=NOW)
    assert listed(event) == sorted(set(signed.awards.given().values_list("institution__name", flat=True)))


def test_an_award_of_a_municipality_invites_nobody_and_is_counted(event, signed, user):
    Award.objects.filter(pk__in=signed.awards.values("pk")).update(person=None, institution=None, page=None)
    added = invite_awarded(event, signed, user=user, now=NOW)
    assert (added.new, added.nobody) == (0, signed.awards.given().count())


def test_who_was_taken_off_the_award_list_is_not_invited(event, draft, user):
    award = draft.awards.filter(nomination__name="Лучший госпаблик").latest("place")
    name = award.person.name
    for each in draft.awards.filter(person=award.person):
        deciding.take_away(each, "Перешёл в другое учреждение", user=user, now=NOW)
    deciding.confirm_all(draft, user=user, now=NOW)
    invite_awarded(event, signing.sign(draft, user=user, now=NOW), user=user, now=NOW)
    assert name not in listed(event)


def test_a_draft_and_a_foreign_list_invite_nobody(event, draft, user):
    with pytest.raises(ForumError, match="подписанного"):
        invite_awarded(event, draft, user=user, now=NOW)
    draft.signed_at = NOW
    with pytest.raises(ForumError, match="подписанного"):
        invite_awarded(event_in(RegionFactory()), draft, user=user, now=NOW)


def test_the_screen_offers_signed_lists_and_adds_their_winners(client, event, signed):
    assert "Премия, 2024" in client.get(reverse("event_invite", args=[event.pk])).content.decode()
    response = client.post(reverse("invite_awarded", args=[event.pk]), {"list": signed.pk}, follow=True)
    assert "Вымышленный 0" in response.content.decode()
    assert AuditEntry.objects.get(action="forum_event.invite").after["source"] == f"list {signed.pk}"


def test_a_later_edition_that_is_signed_takes_the_place_of_the_list(client, event, signed, user):
    later = signing.next_edition(signed, user=user, now=NOW)
    client.post(reverse("invite_awarded", args=[event.pk]), {"list": later.pk})
    assert not event.participants.exists()
    deciding.confirm_all(later, user=user, now=NOW)
    signing.sign(later, user=user, now=NOW)
    client.post(reverse("invite_awarded", args=[event.pk]), {"list": signed.pk})
    assert not event.participants.exists()
    client.post(reverse("invite_awarded", args=[event.pk]), {"list": later.pk})
    assert event.participants.exists()


# --- page admins ------------------------------------------------------------------------------------------------------


def invite_all(client, event, query: str = ""):
    return client.post(reverse("invite_admins", args=[event.pk]) + query, {"all": "1"}, follow=True)


def test_page_admins_are_those_who_run_a_page_today(region, user):
    school = InstitutionFactory(region=region)
    admin_of(school, "Сейчас")
    admin_of(school, "Раньше", until=TODAY - DAY)
    admin_of(school, "Потом", since=TODAY + DAY)
    gone = admin_of(school, "Закрыта")
    gone.stewardships.get().page.__class__.objects.filter(stewardships__person=gone).update(archived_on=TODAY)
    admin_of(InstitutionFactory(), "Чужая")
    assert [person.name for person in running_people(region, user, TODAY)] == ["Сейчас"]


def test_the_filter_takes_by_sector_and_municipality_of_the_pages_run(client, region, event):
    schools, libraries = SectorFactory(name="Образование"), SectorFactory(name="Культура")
    district = MunicipalityFactory(region=region)
    admin_of(InstitutionFactory(region=region, sector=schools, municipality=district), "Школа в районе")
    admin_of(InstitutionFactory(region=region, sector=schools), "Школа")
    both = admin_of(InstitutionFactory(region=region, sector=schools), "Школа и библиотека")
    library = InstitutionFactory(region=region, sector=libraries, municipality=district)
    steward(PageFactory(institution=library), both, TODAY)
    invite_all(client, event, f"?sector={libraries.pk}")
    assert listed(event) == ["Школа и библиотека"]
    invite_all(client, event, f"?municipality={district.pk}&sector={schools.pk}")
    assert listed(event) == ["Школа в районе", "Школа и библиотека"]


def test_only_those_who_were_not_trained_yet(client, region, event):
    trained, absent, new = admins_in(region, 3)
    before = held(region, "Прошлая учёба", SINCE)
    participant(before, trained, came=True)
    participant(before, absent)
    invite_all(client, event, "?training=not_trained")
    assert listed(event) == [absent.name, new.name]


def test_a_forum_and_a_training_that_was_not_held_train_nobody(client, region, event):
    person = admins_in(region, 1)[0]
    participant(held(region, "Форум", kind="forum"), person, came=True)
    participant(event_in(region, "Запланирована", first=SINCE), person, came=True)
    invite_all(client, event, "?training=not_trained")
    assert listed(event) == [person.name]


def test_those_ticked_are_added_and_told_how_many_were_there(client, region, event):
    first, second, _third = admins_in(region, 3)
    participant(event, first)
    response = client.post(
        reverse("invite_admins", args=[event.pk]), {"people": [first.pk, second.pk, "x"]}, follow=True
    )
    assert listed(event) == [first.name, second.name]
    assert "Добавлен 1 участник. Уже в списке: 1." in response.content.decode()


def test_a_foreign_person_is_not_added_by_key(client, event):
    stranger = admin_of(InstitutionFactory())
    response = client.post(reverse("invite_admins", args=[event.pk]), {"people": [stranger.pk]}, follow=True)
    assert "Некоторых отмеченных уже нет в списке" in response.content.decode()
    assert not event.participants.exists()


def test_the_participant_works_where_the_page_is_run_longest(region, event, user):
    person = admin_of(InstitutionFactory(region=region, name="Вторая"), since=SINCE + DAY)
    steward(PageFactory(institution=InstitutionFactory(region=region, name="Первая")), person, SINCE)
    invite_admins(event, running_people(region, user, TODAY), user=user, now=NOW)
    assert event.participants.get().institution.name == "Первая"


# --- by hand ----------------------------------------------------------------------------------------------------------


def by_hand(event, user, name: str, institution=None, workplace: str = ""):
    return invite_by_hand(event, name, institution, workplace, user=user, now=NOW)


def test_somebody_who_runs_no_page_is_added_by_name(client, event):
    client.post(reverse("invite_by_hand", args=[event.pk]), {"name": "Гость  Иван", "workplace": "Редакция"})
    found = event.participants.get()
    assert (found.who, found.where, found.person, found.institution) == ("Гость Иван", "Редакция", None, None)


@pytest.mark.parametrize("again", ["гость иван", "Гость Иван ", "Гость  Иван.", "ГОСТЬ ИВАН"])
def test_the_same_person_typed_otherwise_is_the_same(event, user, again):
    by_hand(event, user, "Гость Иван", workplace="Редакция «Ёлка»")
    added = by_hand(event, user, again, workplace="редакция «елка»")
    assert (added.new, added.known) == (0, 1)


def test_namesakes_at_other_places_are_two(event, user):
    by_hand(event, user, "Гость Иван", workplace="Редакция")
    assert by_hand(event, user, "Гость Иван", workplace="Музей").new == 1


def test_the_institution_is_found_by_number_or_exact_name(client, region, event):
    school = InstitutionFactory(region=region, name="Школа № 5", inn="7707083893")
    for number, text in enumerate((school.ogrn, school.inn, school.name)):
        client.post(reverse("invite_by_hand", args=[event.pk]), {"name": f"Гость {number}", "workplace": text})
    assert set(event.participants.values_list("institution", flat=True)) == {school.pk}


@pytest.mark.parametrize(
    ("text", "problem"), [("1234567890", "нет учреждения с таким номером"), ("Ромашка", "таких несколько")]
)
def test_what_names_no_institution_or_several_is_refused(client, region, event, text, problem):
    for _ in range(2):
        InstitutionFactory(region=region, name="Ромашка")
    response = client.post(reverse("invite_by_hand", args=[event.pk]), {"name": "Гость", "workplace": text})
    assert response.status_code == 422
    assert problem in response.content.decode()


def test_a_foreign_institution_is_no_institution_of_the_registry(client, event):
    other = InstitutionFactory()
    response = client.post(reverse("invite_by_hand", args=[event.pk]), {"name": "Гость", "workplace": other.ogrn})
    assert response.status_code == 422


def test_a_page_admin_typed_in_by_name_is_the_person(region, event, user):
    school = InstitutionFactory(region=region)
    person = admin_of(school, "Ёлкина Анна")
    invite_admins(event, Person.objects.none(), user=user, now=NOW)
    by_hand(event, user, "елкина анна", school)
    assert event.participants.get().person == person
    assert invite_admins(event, running_people(region, user, TODAY), user=user, now=NOW).known == 1


def test_of_two_namesakes_in_an_institution_none_is_guessed(region, event, user):
    school = InstitutionFactory(region=region)
    admin_of(school, "Ёлкина Анна")
    admin_of(school, "Ёлкина Анна")
    by_hand(event, user, "Ёлкина Анна", school)
    assert event.participants.get().person is None


def test_a_key_says_nothing_without_the_installations_secret(settings):
    before = key_of("Гость Иван", None, "Редакция")
    assert "Гость" not in before
    settings.SECRET_KEY = "another"
    assert key_of("Гость Иван", None, "Редакция") != before


# --- all ways ---------------------------------------------------------------------------------------------------------


def test_to_a_cancelled_event_nobody_is_invited(event, user):
    event.__class__.objects.update(state=EventState.CANCELLED)
    with pytest.raises(ForumError, match="отменено"):
        by_hand(event, user, "Гость")


def test_every_code_is_its_own_and_not_to_be_mistaken(region, event, user):
    admins_in(region, 30)
    invite_admins(event, running_people(region, user, TODAY), user=user, now=NOW)
    codes = set(event.participants.values_list("code", flat=True))
    assert len(codes) == 30
    assert all(len(code) == 10 and not set(code) & set("0O1IL8B5S2Z") for code in codes)


def test_what_was_added_is_in_the_audit_trail_without_names(event, user):
    by_hand(event, user, "Гость Иван")
    entry = AuditEntry.objects.get()
    assert entry.after == {"origin": "hand", "source": "", "participants": [event.participants.get().pk]}
    assert (entry.action, entry.region, entry.actor) == ("forum_event.invite", event.region_id, user.email)


def test_nothing_added_leaves_no_trace(event, user):
    by_hand(event, user, "Гость Иван")
    by_hand(event, user, "Гость Иван")
    assert AuditEntry.objects.count() == 1


def test_who_has_not_come_is_taken_off_the_list_and_who_came_stays(event, user):
    absent, came = participant(event, name="Не пришёл"), participant(event, name="Пришёл", came=True)
    other = participant(event_in(event.region, "Другое"), name="Другой")
    assert remove(event, [absent.pk, came.pk, other.pk], user=user, now=NOW) == 1
    assert set(Participant.objects.all()) == {came, other}
    assert AuditEntry.objects.get().before == {"participants": [absent.pk]}


@pytest.mark.django_db(transaction=True)
def test_two_officials_who_add_the_same_people_at_once_add_them_once(region):
    event, users = event_in(region), [official(region), official(region)]
    admins_in(region, 20)
    start, outcomes = threading.Barrier(2), []

    def work(user):
        start.wait(30)
        outcomes.append(invite_admins(event, running_people(region, user, TODAY), user=user, now=NOW))
        connections.close_all()

    threads = [threading.Thread(target=work, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(each.new for each in outcomes) == [0, 20]
    assert event.participants.count() == 20
