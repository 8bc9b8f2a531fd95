"""Filing: what can be contested by whom, once however often it is sent, a draft that stays, limits, withdrawal."""

import datetime as dt
import threading
import uuid

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from appeals import filing
from appeals.filing import MOST_DRAFTS, MOST_OPEN, FilingError
from appeals.models import Appeal, AppealState
from gospub.accounts.models import AuditEntry, Grant, Role
from letters.models import Letter
from monitoring.models import Institution
from ratings.models import RatingState
from tests.factories import (
    PersonFactory,
    RegionFactory,
    analyst,
    curator,
    institution_admin,
    official,
    operator,
    steward,
    watched,
)
from tests.ratings.worlds import DAY, FIRST, LAST, NOW, item, methodology, page_in, rate, some_pages, target, to

from .worlds import (
    ENGAGEMENT,
    GROUNDS,
    PNG,
    admin_of,
    client_of,
    filed,
    form,
    form_address,
    page_of,
    passed,
    preliminary,
    score_of,
    upload,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def score(region):
    return score_of(preliminary(region))


# --- the way there ----------------------------------------------------------------------------------------------------


def test_the_score_leads_its_institution_to_the_form_and_says_until_when(score):
    html = client_of(admin_of(score)).get(reverse("score", args=[score.pk])).content.decode()
    assert form_address(score) in html
    assert "27.01.2025" in html


def test_so_do_the_inputs_of_an_indicator(score):
    client = client_of(admin_of(score))
    assert form_address(score) in client.get(reverse("score_inputs", args=[score.pk, ENGAGEMENT])).content.decode()


@pytest.mark.parametrize("who", [analyst, official])
def test_those_who_decide_are_not_led_there(score, region, who):
    html = client_of(who(region)).get(reverse("score", args=[score.pk])).content.decode()
    assert form_address(score) not in html
    assert client_of(who(region)).get(form_address(score)).status_code == 403


def test_nobody_is_led_there_after_the_term(score, settings):
    user = admin_of(score)
    settings.DEMO_CLOCK = (NOW + dt.timedelta(days=8)).isoformat()
    assert form_address(score) not in client_of(user).get(reverse("score", args=[score.pk])).content.decode()


def test_a_condition_that_is_not_met_can_be_contested_from_the_score(region):
    rating = preliminary(region, (1, 2), target("avatar", "1"), gate=[{"indicator": ENGAGEMENT, "from": "0.015"}])
    score = score_of(rating)
    client, address = client_of(admin_of(score)), form_address(score, f"gate_{ENGAGEMENT}")
    assert address in client.get(reverse("score", args=[score.pk])).content.decode()
    assert client.post(address, form(wanted="2")).status_code == 302
    assert Appeal.objects.get().indicator == ENGAGEMENT


def test_the_form_shows_the_value_and_what_it_is_made_of(score):
    html = client_of(admin_of(score)).get(form_address(score)).content.decode()
    assert "15 ÷ 1" in html
    assert "27" in html


# --- sent -------------------------------------------------------------------------------------------------------------


def test_an_appeal_is_filed_with_everything_that_was_written(score):
    user = admin_of(score)
    fields = form(day="2024-11-12", post="https://vk.com/wall-1_2", files=[upload("снимок.png", PNG)])
    response = client_of(user).post(form_address(score), fields, follow=True)
    appeal = Appeal.objects.get()
    assert (appeal.state, appeal.author, appeal.score, appeal.item) == ("filed", user, score, ENGAGEMENT)
    assert (appeal.wanted, appeal.day, appeal.post) == ("5", dt.date(2024, 11, 12), "https://vk.com/wall-1_2")
    assert (appeal.text, appeal.filed_at, appeal.until) == (GROUNDS, NOW, dt.date(2025, 1, 27))
    assert appeal.evidence.get().name == "снимок.png"
    html = response.content.decode()
    assert "рассматривается" in html
    assert GROUNDS in html


def test_it_is_in_the_audit_trail_and_nobody_gets_a_letter(score):
    appeal = filed(score)
    entry = AuditEntry.objects.get(action="appeal.file")
    assert (entry.actor, entry.subject) == (appeal.author.email, f"appeal {appeal.pk}")
    assert entry.region == appeal.institution.region_id
    assert not Letter.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "Неверно"},
        {"text": ""},
        {"text": "а" * 4001},
        {"wanted": "много"},
        {"wanted": "NaN"},
        {"day": "2024-12-01"},
        {"day": "вчера"},
        {"post": "x" * 301},
        {"key": ""},
        {"key": "не ключ"},
    ],
)
def test_a_form_with_a_mistake_is_not_filed_and_keeps_what_was_written(score, wrong):
    fields = form(**wrong)
    response = client_of(admin_of(score)).post(form_address(score), fields)
    assert response.status_code == 422
    assert not Appeal.objects.open().exists()
    assert fields["text"][:4000] in response.content.decode()


def test_a_text_that_no_base_can_hold_does_not_break_the_screen(score):
    assert client_of(admin_of(score)).post(form_address(score), form(text=f"{GROUNDS}\0")).status_code == 422


def test_yes_and_no_are_asked_for_where_there_is_nothing_between(region):
    rating = preliminary(region, (1, 2), target("avatar", "1", params={"at_end": 1}), target("regularity", "1"))
    score = score_of(rating)
    client, address = client_of(admin_of(score)), form_address(score, "avatar")
    assert '<option value="yes">да</option>' in client.get(address).content.decode()
    assert client.post(address, form(wanted="5")).status_code == 422
    assert client.post(address, form(wanted="yes")).status_code == 302


def test_what_nobody_asks_for_in_the_form_changes_nothing(score):
    """Mass assignment: fields of the row sent along."""
    user, other = admin_of(score), score_of(score.rating, "П01")
    fields = form(state="accepted", decided_by=user.pk, decided_at=str(NOW), answer="да", score=other.pk,
                  institution=other.page.institution_id, author=1, until="2099-01-01", effect="{}")  # fmt: skip
    client_of(user).post(form_address(score), fields)
    appeal = Appeal.objects.get()
    assert (appeal.state, appeal.decided_by, appeal.decided_at, appeal.answer) == ("filed", None, None, "")
    assert (appeal.score, appeal.institution, appeal.author) == (score, score.page.institution, user)
    assert (appeal.until, appeal.effect) == (dt.date(2025, 1, 27), {})


# --- once -------------------------------------------------------------------------------------------------------------


def test_a_double_click_is_one_appeal(score):
    client, fields = client_of(admin_of(score)), form()
    places = {client.post(form_address(score), fields).url for _ in range(2)}
    assert Appeal.objects.count() == 1
    assert places == {reverse("appeal", args=[Appeal.objects.get().pk])}
    assert AuditEntry.objects.filter(action="appeal.file").count() == 1


@pytest.mark.parametrize(("same_key", "count"), [(True, 1), (False, 2)])
def test_a_second_send_that_comes_late_is_the_same_appeal(score, same_key, count):
    """After the first was withdrawn nothing but the key of the form tells a late second click from a new appeal."""
    client, fields = client_of(admin_of(score)), form()
    client.post(form_address(score), fields)
    client.post(reverse("appeal_withdraw", args=[Appeal.objects.get().pk]))
    client.post(form_address(score), fields if same_key else form())
    assert Appeal.objects.count() == count


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_key", [True, False])
def test_of_two_sends_at_once_one_is_filed(same_key):
    score = score_of(preliminary(RegionFactory()))
    user, fields = admin_of(score), form()
    start, answers = threading.Barrier(2), []

    def send():
        try:
            client = client_of(user)
            given = fields if same_key else form()
            start.wait(10)
            answers.append(client.post(form_address(score), given).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == ([302, 302] if same_key else [302, 422])
    assert Appeal.objects.open().count() == 1
    assert AuditEntry.objects.filter(action="appeal.file").count() == 1


def test_one_appeal_waits_against_a_value_whoever_files_it(score):
    filed(score)
    response = client_of(admin_of(score)).post(form_address(score), form())
    assert response.status_code == 422
    assert "уже ждёт решения" in response.content.decode()
    assert Appeal.objects.open().count() == 1


def test_also_across_editions(score, region):
    filed(score)
    second = passed(rate(region, score.rating.methodology))
    with pytest.raises(FilingError, match="уже ждёт"):
        filed(score_of(second))


def test_the_base_itself_keeps_a_second_open_one_out(score):
    """The twin of the check before it."""
    first = filed(score)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.create(score=score, institution=first.institution, item=first.item, indicator=first.indicator,
                              author=first.author, state=AppealState.FILED, changed_at=NOW)  # fmt: skip


def test_another_value_of_the_score_is_another_appeal(region):
    score = score_of(preliminary(region, (1, 2), item(ENGAGEMENT), target("regularity", "1")))
    user = admin_of(score)
    for code in (ENGAGEMENT, "regularity"):
        assert client_of(user).post(form_address(score, code), form()).status_code == 302
    assert Appeal.objects.open().count() == 2


def test_somebody_elses_key_is_refused(score):
    key = str(uuid.uuid4())
    other = score_of(score.rating, "П01")
    client_of(admin_of(other)).post(form_address(other), form(key=key))
    assert client_of(admin_of(score)).post(form_address(score), form(key=key)).status_code == 422
    assert Appeal.objects.count() == 1


# --- limits -----------------------------------------------------------------------------------------------------------


def test_so_many_wait_of_an_institution_and_no_more(region):
    items = [item(ENGAGEMENT, code=f"e{n}") for n in range(MOST_OPEN + 1)]
    score = score_of(preliminary(region, (1, 2), *items))
    user = admin_of(score)
    for n in range(MOST_OPEN):
        filed(score, user, f"e{n}")
    response = client_of(user).post(form_address(score, f"e{MOST_OPEN}"), form())
    assert response.status_code == 422
    assert "после ответа" in response.content.decode()
    Appeal.objects.open().first().delete()  # with one fewer it is taken: it was the limit that refused
    assert client_of(user).post(form_address(score, f"e{MOST_OPEN}"), form()).status_code == 302


def test_so_many_drafts_of_a_user_and_no_more(region):
    score = score_of(preliminary(region, (1, 2), *(item(ENGAGEMENT, code=f"e{n}") for n in range(MOST_DRAFTS + 1))))
    client = client_of(admin_of(score))
    for n in range(MOST_DRAFTS + 1):
        client.post(reverse("appeal_draft", args=[score.pk, f"e{n}"]), form())
    assert Appeal.objects.count() == MOST_DRAFTS


# --- the term ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "status"), [(7, 302), (8, 403)])
def test_after_the_term_it_is_refused_kindly_and_noted(score, settings, days, status):
    user = admin_of(score)
    settings.DEMO_CLOCK = (NOW + dt.timedelta(days=days)).isoformat()
    response = client_of(user).post(form_address(score), form())
    assert response.status_code == status
    late = AuditEntry.objects.filter(action="appeal.late", actor=user.email)
    assert late.exists() == (status == 403)
    if status == 403:
        assert "Апелляции принимались до 27.01.2025" in response.content.decode()
        assert not Appeal.objects.exists()


def test_what_was_written_before_the_term_ended_can_still_be_read(score, settings):
    client = client_of(admin_of(score))
    client.post(reverse("appeal_draft", args=[score.pk, ENGAGEMENT]), form())
    settings.DEMO_CLOCK = (NOW + dt.timedelta(days=8)).isoformat()
    html = client.get(form_address(score)).content.decode()
    assert GROUNDS in html
    assert "<textarea" not in html


@pytest.mark.parametrize("state", [RatingState.DRAFT, RatingState.FINAL])
def test_only_a_preliminary_rating_is_contested(region, state):
    rating = preliminary(region, open=True)
    score = score_of(rating)
    to(rating, state)
    assert client_of(admin_of(score)).post(form_address(score), form()).status_code == 403
    assert not Appeal.objects.exists()


# --- whose ------------------------------------------------------------------------------------------------------------


def test_what_is_foreign_is_as_if_it_did_not_exist(score):
    for user in (
        institution_admin(score_of(score.rating, "П01").page.institution),
        analyst(RegionFactory()),
        curator(score.rating.region, "Минкульт"),
    ):
        client = client_of(user)
        assert client.get(form_address(score)).status_code == 404
        assert client.post(form_address(score), form()).status_code == 404


def test_a_value_that_the_rating_does_not_measure_is_not_found(score):
    client = client_of(admin_of(score))
    for code in ("avatar", "nothing"):
        assert client.get(form_address(score, code)).status_code == 404


def test_what_a_network_cannot_tell_cannot_be_contested(region):
    watched(page_in(region, platform="telegram", title="ТГ"), FIRST, LAST, every=3)
    score = score_of(passed(rate(region, methodology(target("widgets", "2"), target("regularity", "1")))), "ТГ")
    client = client_of(admin_of(score))
    assert client.get(form_address(score, "widgets")).status_code == 404
    assert form_address(score, "widgets") not in client.get(reverse("score", args=[score.pk])).content.decode()


def test_the_operator_contests_nothing(score):
    assert client_of(operator()).post(form_address(score), form()).status_code == 403


def test_a_person_is_contested_for_by_an_institution_whose_page_the_person_ran(region):
    pages = some_pages(region, [1, 2])
    person = PersonFactory(region=region)
    steward(pages[0], person, FIRST)
    steward(pages[1], person, FIRST - 60 * DAY, FIRST - DAY)  # before the period
    rating = passed(rate(region, methodology(item(ENGAGEMENT), subject="person")))
    score = rating.scores.get(person=person)
    users = [institution_admin(page.institution) for page in pages]
    assert filing.own_institution(score, users[0]) == pages[0].institution
    assert filing.own_institution(score, users[1]) is None
    assert client_of(users[0]).post(form_address(score), form()).status_code == 302


# --- drafts -----------------------------------------------------------------------------------------------------------


def draft_address(score) -> str:
    return reverse("appeal_draft", args=[score.pk, ENGAGEMENT])


def test_what_is_typed_is_kept_and_htmx_is_told_when(score):
    response = client_of(admin_of(score)).post(draft_address(score), form(text="Кор"), headers={"HX-Request": "true"})
    assert "Черновик сохранён: 20.01.2025" in response.content.decode()
    assert (Appeal.objects.get().state, Appeal.objects.get().text) == ("draft", "Кор")


def test_without_javascript_a_button_keeps_it_and_leads_back(score):
    response = client_of(admin_of(score)).post(draft_address(score), form(text="Кор"), follow=True)
    assert response.redirect_chain[-1][0] == form_address(score)
    assert "Кор" in response.content.decode()


def test_the_draft_survives_the_end_of_the_sign_in(score):
    user = admin_of(score)
    client, fields = client_of(user), form(text="Пишу долго, и вход кончился", day="2024-11-12")
    client.post(draft_address(score), fields)
    client.session.flush()
    response = client.post(draft_address(score), fields | {"text": "Ещё"}, headers={"HX-Request": "true"})
    assert response.status_code == 401
    html = client_of(user).get(form_address(score)).content.decode()
    assert "Пишу долго, и вход кончился" in html
    assert 'value="2024-11-12"' in html
    assert fields["key"] in html


def test_a_draft_is_its_authors_alone(score, region):
    user, colleague = admin_of(score), admin_of(score)
    client_of(user).post(draft_address(score), form(text="Только моё"))
    draft = Appeal.objects.get()
    for other in (colleague, analyst(region), operator()):
        assert client_of(other).get(reverse("appeal", args=[draft.pk])).status_code == 404
        assert client_of(other).post(reverse("appeal_withdraw", args=[draft.pk])).status_code == 404
    assert "Только моё" not in client_of(colleague).get(form_address(score)).content.decode()
    assert client_of(user).get(reverse("appeal", args=[draft.pk])).url == form_address(score)


def test_a_draft_is_listed_for_its_author_until_it_is_sent(score, region):
    client = client_of(admin_of(score))
    client.post(draft_address(score), form())
    address = reverse("appeals", args=[region.code])
    assert form_address(score) in client.get(address).content.decode()
    client.post(form_address(score), form())
    assert form_address(score) not in client.get(address).content.decode()
    assert Appeal.objects.count() == 1


def test_two_windows_write_one_draft(score):
    client = client_of(admin_of(score))
    for text in ("Первое окно", "Второе окно"):
        client.post(draft_address(score), form(text=text))
    assert Appeal.objects.get().text == "Второе окно"


def test_a_draft_can_be_thrown_away(score):
    user = admin_of(score)
    client_of(user).post(draft_address(score), form())
    client_of(user).post(reverse("appeal_withdraw", args=[Appeal.objects.get().pk]))
    assert not Appeal.objects.exists()


def test_a_draft_that_is_kept_after_it_was_sent_changes_nothing(score):
    """What was typed last is under way while the form is sent."""
    client, fields = client_of(admin_of(score)), form()
    client.post(form_address(score), fields)
    client.post(draft_address(score), fields | {"text": "Поздно"}, headers={"HX-Request": "true"})
    assert (Appeal.objects.get().state, Appeal.objects.get().text) == ("filed", GROUNDS)


def test_ten_megabytes_of_text_are_cut_to_what_an_appeal_may_have(score):
    client_of(admin_of(score)).post(draft_address(score), form(text="а" * 1_000_000))
    assert len(Appeal.objects.get().text) == 4000


# --- withdrawn --------------------------------------------------------------------------------------------------------


def test_an_appeal_is_withdrawn_once_and_it_is_noted(score):
    appeal = filed(score)
    client = client_of(appeal.author)
    assert "Отозвать" in client.get(reverse("appeal", args=[appeal.pk])).content.decode()
    for _ in range(2):
        client.post(reverse("appeal_withdraw", args=[appeal.pk]))
    appeal.refresh_from_db()
    assert appeal.state == "withdrawn"
    assert AuditEntry.objects.filter(action="appeal.withdraw").count() == 1


def test_a_colleague_of_the_institution_may_withdraw_it(score):
    appeal = filed(score)
    client_of(admin_of(score)).post(reverse("appeal_withdraw", args=[appeal.pk]))
    appeal.refresh_from_db()
    assert appeal.state == "withdrawn"


def test_those_who_decide_do_not(score, region):
    appeal = filed(score)
    assert client_of(analyst(region)).post(reverse("appeal_withdraw", args=[appeal.pk])).status_code == 403


def test_whose_right_is_over_sees_the_own_appeal_no_more(score):
    appeal = filed(score)
    Grant.objects.filter(user=appeal.author, role=Role.INSTITUTION_ADMIN).delete()
    assert client_of(appeal.author).get(reverse("appeal", args=[appeal.pk])).status_code == 404


def test_the_page_may_move_to_another_institution_and_the_appeal_stays_where_it_was_filed(score):
    appeal = filed(score)
    page = page_of()
    page.institution = Institution.objects.exclude(pk=page.institution_id).first()
    page.save()
    assert client_of(appeal.author).get(reverse("appeal", args=[appeal.pk])).status_code == 200
