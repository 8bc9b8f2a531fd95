"""Deciding: the effect before, one decision, reasons, a new edition with exactly what was promised, one letter."""

import datetime as dt
import gzip
import json
import re
import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from appeals import deciding
from appeals.corrected import corrections, lines
from appeals.deciding import AlreadyDecidedError, DecisionError, accept, recompute, reject
from appeals.effect import effect
from appeals.models import Appeal
from appeals.standing import edition_in_view, pending
from gospub.accounts.models import AuditEntry, Grant, Role
from letters.models import Letter
from monitoring import rollups
from monitoring.models import Post
from ratings.bundle import differences, write_bundle
from ratings.explain import Scenario
from ratings.lifecycle import CHECKS, changes, obstacles
from ratings.models import Correction, Rating, RatingState
from tests.factories import RegionFactory, analyst, auditor, institution_admin, official, operator
from tests.ratings.worlds import FIRST, NOW, TODAY, item, rate, steps, target, to

from .worlds import (
    ANSWER,
    ENGAGEMENT,
    admin_of,
    claim_of,
    client_of,
    filed,
    form,
    form_address,
    passed,
    preliminary,
    score_of,
)

pytestmark = pytest.mark.django_db
LINK = "https://gospub.example/appeals/1/"
LATER = TODAY + dt.timedelta(days=30)


def entered(appeal: Appeal, **fields: str) -> list[Correction]:
    """What the form would have: what the appeal asks for, or what is given as `n` and `d`."""
    edition = edition_in_view(appeal.score.rating)
    claim = claim_of(appeal.score, appeal.item)
    first = lines(edition, claim, appeal, {})[0]
    typed = {f"{name}-{first.name}": value for name, value in fields.items()}
    return corrections(claim, lines(edition, claim, appeal, typed))


def accepted(appeal: Appeal, user=None, **fields: str) -> Appeal:
    user = user or official(appeal.institution.region)
    accept(appeal, ANSWER, entered(appeal, **fields), user=user, link=LINK, now=NOW)
    return Appeal.objects.get(pk=appeal.pk)


def scores(rating: Rating) -> dict[str, tuple]:
    return {each.page.title: (each.points, each.place) for each in rating.scores.select_related("page")}


# --- the effect -------------------------------------------------------------------------------------------------------


KINDS = {
    "percentile": (item(ENGAGEMENT),),
    "target": (target(ENGAGEMENT, "0.05"), target("regularity", "0.7")),
    "steps": (steps(ENGAGEMENT, {"0.01": "1", "0.03": "5", "0.05": "9"}), target("regularity", "0.7")),
    "min_max": (item(ENGAGEMENT, normaliser={"kind": "min_max"}), target("regularity", "0.7")),
}


@pytest.mark.parametrize("wanted", ["5", "0,5", "2,5", "90"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_promised_is_what_the_new_edition_has(region, kind, wanted):
    """Of the own score, of everybody else, and of who does not move."""
    rating = preliminary(region, (1, 2, 3, 4, 5), *KINDS[kind])
    appeal = filed(score_of(rating), wanted=wanted)
    corrected = entered(appeal)
    told = effect(rating, appeal.score.key, corrected)
    accept(appeal, ANSWER, corrected, user=official(region), link=LINK, now=NOW)
    new = recompute(rating, user=official(region), now=NOW)
    promised = {title: (points, place) for title, (points, place) in scores(rating).items()}
    promised["П00"] = (told.after.points, told.after.place)
    promised |= {move.score.page.title: (move.after.points, move.after.place) for move in told.moves}
    assert scores(new) == promised
    assert {each.after.page.title for each in changes(rating, new)} - {"П00"} == {
        m.score.page.title for m in told.moves
    }


def test_the_effect_is_that_of_the_form_what_if(region):
    rating = preliminary(region)
    appeal = filed(score_of(rating), wanted="3,5")
    told = effect(rating, appeal.score.key, entered(appeal))
    scenario = Scenario(rating, appeal.score)
    assert float(told.after.points) == pytest.approx(scenario.points({ENGAGEMENT: 0.035}), abs=0.005)
    assert told.after.place == scenario.place({ENGAGEMENT: 0.035})


def test_a_score_may_fall_by_an_appeal(region):
    rating = preliminary(region)
    appeal = filed(score_of(rating, "П04"), wanted="1,5")
    told = effect(rating, appeal.score.key, entered(appeal))
    assert told.gain < 0
    assert (told.now.place, told.after.place) == (1, 4)
    assert {move.score.page.title: move.after.place for move in told.moves} == {"П01": 3, "П02": 2, "П03": 1}


def test_nothing_entered_moves_nobody(region):
    rating = preliminary(region)
    appeal = filed(score_of(rating), wanted="")
    told = effect(rating, appeal.score.key, entered(appeal))
    assert (told.now, told.moves, told.gain) == (told.after, [], 0)


def test_what_other_appeals_and_late_data_do_is_told_apart(region):
    rating = preliminary(region)
    one, two = filed(score_of(rating), wanted="2,5"), filed(score_of(rating, "П01"), wanted="4,5")
    accepted(one)
    told = effect(rating, two.score.key, entered(two))
    assert (told.now.place, told.without.place, told.after.place) == (4, 5, 2)
    assert told.drift == 2  # П00 and П01 change places anyway
    assert {move.score.page.title for move in told.moves} == {"П00", "П02", "П03"}


@pytest.mark.parametrize(("wanted", "numerator"), [("5", 75), ("4,9999", 75), ("0", 0), ("5,1", 76)])
def test_the_wanted_share_is_brought_to_whole_things_counted(region, wanted, numerator):
    appeal = filed(score_of(preliminary(region)), wanted=wanted)
    [found] = entered(appeal)
    assert (found.numerator, found.denominator) == (numerator, 1500)
    assert (found.before_numerator, found.before_denominator) == (15, 1500)
    assert (found.first, found.last, found.indicator, found.params) == (FIRST, dt.date(2024, 11, 30), ENGAGEMENT, {})


def test_where_the_rating_has_units_the_day_says_which_of_them_is_meant(region):
    rating = preliminary(region, (1, 2, 3), target(ENGAGEMENT, "0.05"), unit="week")
    score = score_of(rating)
    edition, claim = edition_in_view(rating), claim_of(score)
    appeal = filed(score, wanted="5", day=dt.date(2024, 11, 13))
    rows = lines(edition, claim, appeal, {})
    assert [row.part.first.day for row in rows] == [4, 11, 18, 25]
    assert [row.changed for row in rows] == [False, True, False, False]
    before = score.exact
    told = effect(rating, score.key, corrections(claim, rows))
    assert float(told.after.points) == pytest.approx(before + (100 - 20) / 4)


def test_what_is_not_known_can_be_entered(region):
    rating = preliminary(region, (1, 2), target("component", "1"), target("regularity", "0.7"))
    appeal = filed(score_of(rating), code="component", wanted="yes")
    [found] = entered(appeal)
    assert (found.numerator, found.denominator, found.before_denominator) == (1, 1, None)
    accepted(appeal)
    new = recompute(rating, user=official(region), now=NOW)
    assert new.scores.get(page__title="П00").items["component"][:3] == [0, 1, 1]


@pytest.mark.parametrize(("n", "d"), [("", "10"), ("x", "10"), ("1", "0"), ("1", "-5"), ("NaN", "5"), ("1", "1e30")])
def test_what_is_no_quantity_is_named(region, n, d):
    appeal = filed(score_of(preliminary(region)))
    with pytest.raises(ValueError, match=r"числ|больше 0"):
        entered(appeal, n=n, d=d)


# --- decided once -----------------------------------------------------------------------------------------------------


def test_an_accepted_appeal_keeps_its_reason_its_corrections_and_its_promise(region):
    rating, user = preliminary(region), official(region)
    appeal = accepted(filed(score_of(rating)), user)
    assert (appeal.state, appeal.answer, appeal.decided_by, appeal.decided_at) == ("accepted", ANSWER, user, NOW)
    found = appeal.corrections.get()
    assert (found.basis, found.made_by, found.made_at) == (f"appeal {appeal.pk}", user, NOW)
    assert appeal.effect == {"edition": 1, "points": ["10.0000", "80.0000"], "place": [5, 1], "moved": 4}
    entry = AuditEntry.objects.get(action="appeal.accept")
    assert (entry.actor, entry.before, entry.after["state"]) == (user.email, {"state": "filed"}, "accepted")
    assert entry.after["corrections"] == [found.pk]


def test_a_rejected_one_corrects_nothing(region):
    appeal = filed(score_of(preliminary(region)))
    reject(appeal, ANSWER, user=official(region), link=LINK, now=NOW)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answer) == ("rejected", ANSWER)
    assert not Correction.objects.exists()
    assert AuditEntry.objects.get(action="appeal.reject").after["answer"] == ANSWER


@pytest.mark.parametrize("answer", ["", "Нет", "         .", " короткий "])
def test_a_decision_needs_a_reason(region, answer):
    appeal, who = filed(score_of(preliminary(region))), {"user": official(region), "link": LINK, "now": NOW}
    with pytest.raises(DecisionError, match="десяти"):
        reject(appeal, answer, **who)
    with pytest.raises(DecisionError, match="десяти"):
        accept(appeal, answer, entered(appeal), **who)
    assert Appeal.objects.get().waits
    assert not Correction.objects.exists()
    assert not Letter.objects.exists()


def test_accepting_without_a_corrected_quantity_is_refused(region):
    appeal = filed(score_of(preliminary(region)), wanted="")
    with pytest.raises(DecisionError, match="ничего бы не изменило"):
        accepted(appeal)


def test_what_is_decided_or_withdrawn_is_not_decided_again(region):
    appeal = filed(score_of(preliminary(region)))
    accepted(Appeal.objects.get())
    with pytest.raises(AlreadyDecidedError):
        reject(appeal, ANSWER, user=official(region), link=LINK, now=NOW)
    assert Appeal.objects.get().state == "accepted"
    assert Letter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_is_taken():
    region = RegionFactory()
    appeal = filed(score_of(preliminary(region)))
    corrected = entered(appeal)
    users, start, outcomes = [official(region), analyst(region)], threading.Barrier(2), []

    def decide(number):
        mine = Appeal.objects.select_related("institution", "score__rating__methodology").get(pk=appeal.pk)
        try:
            start.wait(10)
            if number:
                accept(mine, ANSWER, corrected, user=users[1], link=LINK, now=NOW)
            else:
                reject(mine, ANSWER, user=users[0], link=LINK, now=NOW)
            outcomes.append("decided")
        except AlreadyDecidedError:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["decided", "late"]
    assert Letter.objects.count() == 1
    assert Correction.objects.exists() == (Appeal.objects.get().state == "accepted")
    assert AuditEntry.objects.filter(action__in=["appeal.accept", "appeal.reject"]).count() == 1


# --- who decides ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "may"), [(analyst, True), (official, True), (lambda _region: operator(), True), (auditor, False)]
)
def test_analysts_and_officials_of_the_region_decide(region, who, may):
    appeal = filed(score_of(preliminary(region)))
    assert deciding.may_decide(who(region), appeal) is may


def test_whoever_filed_does_not_decide_whatever_other_rights_there_are(region):
    score = score_of(preliminary(region))
    user = admin_of(score)
    Grant.objects.create(user=user, role=Role.ANALYST, region=region)
    appeal = filed(score, user)
    client, address = client_of(user), reverse("appeal_decide", args=[appeal.pk])
    assert client.post(address, {"decision": "reject", "answer": ANSWER}).status_code == 403
    assert address not in client.get(reverse("appeal", args=[appeal.pk])).content.decode()
    Grant.objects.filter(user=user, role=Role.INSTITUTION_ADMIN).delete()
    assert client.post(address, {"decision": "reject", "answer": ANSWER}).status_code == 403
    Appeal.objects.update(author=admin_of(score))  # the twin: it was the author that was refused
    assert client.post(address, {"decision": "reject", "answer": ANSWER}).status_code == 302


def test_nor_does_an_admin_of_the_institution(region):
    score = score_of(preliminary(region))
    appeal, colleague = filed(score), admin_of(score)
    Grant.objects.create(user=colleague, role=Role.OFFICIAL, region=region)
    assert not deciding.may_decide(colleague, appeal)


# --- over the screen --------------------------------------------------------------------------------------------------


def hidden(html: str, name: str) -> str:
    return re.search(rf'name="{name}"\s+value="([^"]*)"', html)[1]


def quantities(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="([nd]-[\d-]+)"\s+value="([^"]*)"', html))


def test_from_the_appeal_to_the_new_edition(region):
    """The whole way without a browser: filed, looked at with its effect, accepted, computed anew, answered once."""
    rating = preliminary(region)
    score = score_of(rating)
    author, decider = admin_of(score), official(region)
    client_of(author).post(form_address(score), form(wanted="4,5"))
    appeal = Appeal.objects.get()

    client, address = client_of(decider), reverse("appeal", args=[appeal.pk])
    html = client.get(address).content.decode()
    assert "10,00 → <strong>70,00</strong>" in html
    assert "5 → <strong>2</strong>" in html
    for title, before, after in (("П01", 4, 5), ("П02", 3, 4), ("П03", 2, 3)):
        assert re.search(rf"{title}</a>\s*<span class=\"sub num\">\s*место {before} → {after};", html)
    fields = quantities(html) | {"seen": hidden(html, "seen"), "answer": ANSWER, "decision": "accept"}
    for _ in range(2):
        client.post(reverse("appeal_decide", args=[appeal.pk]), fields)

    html = client.post(reverse("appeals_recompute", args=[rating.pk]), follow=True).content.decode()
    new = Rating.objects.get(edition=2)
    assert new.state == RatingState.PRELIMINARY
    assert new.passages.get().reason == f"Удовлетворённые апелляции: № {appeal.pk}."
    assert {title: each[1] for title, each in scores(new).items()} == {"П00": 2, "П01": 5, "П02": 4, "П03": 3, "П04": 1}
    assert scores(new)["П00"] == (Decimal("70.0000"), 2)
    assert "П00" in html
    assert scores(rating)["П00"] == (Decimal("10.0000"), 5)

    letter = Letter.objects.get()
    assert (letter.key, letter.user, letter.kind) == (f"appeal {appeal.pk}: answer", author, "appeal_answer")
    assert ANSWER in letter.text
    assert "10,00 → 70,00" in letter.text
    assert address in letter.text
    assert letter.subject == f"Апелляция № {appeal.pk} удовлетворена"
    html = client_of(author).get(address).content.decode()
    assert ANSWER in html
    assert "удовлетворена" in html

    final = passed(new)
    content = json.loads(gzip.decompress(write_bundle(final, NOW)))
    assert [each["basis"] for each in content["inputs"]["corrections"]] == [f"appeal {appeal.pk}"]
    assert list(differences(content)) == []


@pytest.fixture
def appeal(region) -> Appeal:
    return filed(score_of(preliminary(region)))


def decide(region, appeal: Appeal, decision: str, **fields: str):
    return client_of(official(region)).post(reverse("appeal_decide", args=[appeal.pk]), {"decision": decision} | fields)


def test_numbers_whose_effect_was_not_shown_are_not_accepted(region, appeal):
    client = client_of(official(region))
    html = client.get(reverse("appeal", args=[appeal.pk])).content.decode()
    fields = quantities(html) | {"answer": ANSWER, "decision": "accept", "seen": hidden(html, "seen")}
    name = next(name for name in fields if name.startswith("n-"))
    response = client.post(reverse("appeal_decide", args=[appeal.pk]), fields | {name: "30"})
    assert response.status_code == 422
    html = response.content.decode()
    assert "ещё не были показаны" in html
    assert ANSWER in html
    assert Appeal.objects.get().waits
    fields |= {name: "30", "seen": hidden(html, "seen")}
    assert client.post(reverse("appeal_decide", args=[appeal.pk]), fields).status_code == 302
    assert Correction.objects.get().numerator == 30


def test_numbers_are_tried_without_deciding(region, appeal):
    html = client_of(official(region)).get(reverse("appeal", args=[appeal.pk])).content.decode()
    fields = {name: "30" if name.startswith("n-") else value for name, value in quantities(html).items()}
    whole = decide(region, appeal, "try", **fields, answer="Пишу ответ").content.decode()
    assert "10,00 → <strong>20,00</strong>" in whole
    assert "Пишу ответ" in whole
    part = client_of(official(region)).post(
        reverse("appeal_decide", args=[appeal.pk]), fields | {"decision": "try"}, headers={"HX-Request": "true"}
    )
    assert part.content.decode().strip().startswith('<div id="effect"')
    assert Appeal.objects.get().waits
    assert not Correction.objects.exists()


def test_a_decision_begins_from_a_template(region, appeal):
    html = decide(region, appeal, "answer:as_network").content.decode()
    assert "следует из того, что соцсеть отвечала" in html
    assert Appeal.objects.get().waits


def test_rejecting_over_the_screen_is_told_once_by_mail(region, appeal):
    for _ in range(2):
        assert decide(region, appeal, "reject", answer=ANSWER).status_code == 302
    letter = Letter.objects.get()
    assert "отклонена" in letter.subject
    assert ANSWER in letter.text


@pytest.mark.parametrize("decision", ["", "nonsense", "answer:nothing"])
def test_a_decision_that_is_none_is_refused(region, appeal, decision):
    assert decide(region, appeal, decision, answer=ANSWER).status_code == 422
    assert Appeal.objects.get().waits


@pytest.mark.parametrize("text", ["1e400", "x", "", "-5"])
def test_a_bad_number_is_named_on_the_screen(region, appeal, text):
    html = client_of(official(region)).get(reverse("appeal", args=[appeal.pk])).content.decode()
    fields = {name: text if name.startswith("d-") else value for name, value in quantities(html).items()}
    response = decide(region, appeal, "accept", answer=ANSWER, seen="", **fields)
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()


def test_others_see_no_form(region, appeal):
    address, form_of = reverse("appeal", args=[appeal.pk]), reverse("appeal_decide", args=[appeal.pk])
    for user in (auditor(region), appeal.author):
        assert form_of not in client_of(user).get(address).content.decode()
    assert client_of(auditor(region)).post(form_of).status_code == 403
    assert client_of(appeal.author).post(form_of).status_code == 404


def test_the_networks_answers_and_what_was_before_stand_beside_the_claim(region):
    rating = preliminary(region)
    earlier = filed(score_of(rating), wanted="2")
    reject(earlier, ANSWER, user=official(region), link=LINK, now=NOW)
    appeal = filed(score_of(rating))
    html = client_of(analyst(region)).get(reverse("appeal", args=[appeal.pk])).content.decode()
    assert "Записи в возрасте семи дней" in html
    assert reverse("appeal", args=[earlier.pk]) in html


def test_an_author_sees_neither_other_subjects_nor_who_decided(region, appeal):
    reject(appeal, ANSWER, user=official(region), link=LINK, now=NOW)
    html = client_of(appeal.author).get(reverse("appeal", args=[appeal.pk])).content.decode()
    assert ANSWER in html
    assert Appeal.objects.get().decided_by.full_name not in html
    assert "П01" not in html


# --- the new edition --------------------------------------------------------------------------------------------------


def test_several_accepted_appeals_go_into_one_edition(region):
    rating = preliminary(region)
    for title, wanted in (("П00", "4,5"), ("П04", "1,5")):
        accepted(filed(score_of(rating, title), wanted=wanted))
    new = recompute(rating, user=official(region), now=NOW)
    assert {title: each[1] for title, each in scores(new).items()} == {"П00": 1, "П03": 2, "П02": 3, "П01": 4, "П04": 5}
    assert new.edition == 2
    assert not pending(new).exists()


def test_a_second_click_computes_nothing_more(region):
    rating = preliminary(region)
    accepted(filed(score_of(rating)))
    client = client_of(official(region))
    for _ in range(2):
        client.post(reverse("appeals_recompute", args=[rating.pk]))
    assert Rating.objects.count() == 2


def test_without_an_accepted_appeal_there_is_nothing_to_compute(region):
    rating = preliminary(region)
    filed(score_of(rating))
    with pytest.raises(DecisionError, match="уже учтены"):
        recompute(rating, user=official(region), now=NOW)


def test_an_ordinary_computation_has_the_corrections_too(region):
    rating = preliminary(region)
    appeal = accepted(filed(score_of(rating)))
    new = rate(region, rating.methodology)
    assert (new.edition, new.state) == (2, RatingState.DRAFT)
    assert str(new.scores.get(page__title="П00").points) == appeal.effect["points"][1]


def test_an_appeal_that_still_waits_is_decided_against_the_edition_in_view(region):
    rating = preliminary(region)
    late = filed(score_of(rating, "П01"), wanted="4,5")
    accepted(filed(score_of(rating), wanted="2,5"))
    new = recompute(rating, user=official(region), now=NOW)
    told = effect(edition_in_view(rating), late.score.key, entered(late))
    assert (told.edition, told.now.place, told.after.place, told.drift) == (new, 5, 2, 0)
    accepted(late)
    third = recompute(new, user=official(region), now=NOW)
    assert third.scores.get(page__title="П01").place == 2


def test_data_that_came_in_meanwhile_are_in_the_promise(region):
    rating = preliminary(region)
    Post.objects.filter(page__title="П02").update(likes_7=6)
    rollups.sum_up(region, dt.date.min, dt.date.max)
    appeal = filed(score_of(rating), wanted="5,5")
    told = effect(rating, appeal.score.key, entered(appeal))
    assert (told.drift, told.after.place) == (3, 2)
    accepted(appeal)
    new = recompute(rating, user=official(region), now=NOW)
    assert new.scores.get(page__title="П00").place == 2


# --- what stands in a rating's way ------------------------------------------------------------------------------------


def codes(rating: Rating, today: dt.date = LATER) -> list[str]:
    return [each.code for each in obstacles(Rating.objects.get(pk=rating.pk), today)]


def test_the_term_stands_in_the_way_to_its_last_day(region):
    rating = preliminary(region)
    assert codes(rating, dt.date(2025, 1, 27)) == ["term"]
    assert codes(rating, dt.date(2025, 1, 28)) == []


def test_an_open_appeal_does_until_it_is_decided(region):
    rating = preliminary(region)
    appeal = filed(score_of(rating))
    assert codes(rating) == ["appeals"]
    reject(appeal, ANSWER, user=official(region), link=LINK, now=NOW)
    assert codes(rating) == []


def test_an_accepted_one_does_until_it_is_in_the_edition(region):
    rating = preliminary(region)
    accepted(filed(score_of(rating)))
    assert codes(rating) == ["corrections"]
    assert codes(recompute(rating, user=official(region), now=NOW)) == []


def test_one_against_an_earlier_edition_does_too(region):
    rating = preliminary(region)
    filed(score_of(rating))
    assert codes(passed(rate(region, rating.methodology))) == ["appeals"]


def test_drafts_and_final_ratings_are_not_concerned(region):
    rating = preliminary(region)
    filed(score_of(rating))
    assert codes(to(rating, RatingState.FINAL)) == []


def test_ratings_know_nothing_of_appeals_but_the_check_that_was_added(region):
    """The twin: with the check taken away nothing stands in the way."""
    rating = preliminary(region)
    filed(score_of(rating))
    added = CHECKS.pop()
    try:
        assert codes(rating) == []
    finally:
        CHECKS.append(added)
    assert codes(rating) == ["appeals"]


def test_the_rating_tells_how_many_wait_were_accepted_and_rejected(region):
    rating = preliminary(region)
    filed(score_of(rating))
    accepted(filed(score_of(rating, "П01")))
    reject(filed(score_of(rating, "П02")), ANSWER, user=official(region), link=LINK, now=NOW)
    html = client_of(official(region)).get(reverse("rating", args=[rating.pk])).content.decode()
    text = re.sub(r"<[^>]+>|\s+", " ", html)
    assert re.search(r"ждут решения: +1 +удовлетворено: +1 +отклонено: +1", re.sub(r" +", " ", text))
    assert reverse("appeals_recompute", args=[rating.pk]) in html
    html = (
        client_of(institution_admin(score_of(rating).page.institution))
        .get(reverse("rating", args=[rating.pk]))
        .content.decode()
    )
    assert reverse("appeals_recompute", args=[rating.pk]) not in html


def test_the_key_of_a_letter_makes_it_the_only_one(region, appeal):
    reject(appeal, ANSWER, user=official(region), link=LINK, now=NOW)
    Appeal.objects.update(state="filed", decided_at=None, key=uuid.uuid4())  # as if the decision had been taken back
    reject(Appeal.objects.get(), ANSWER, user=official(region), link=LINK, now=NOW)
    assert Letter.objects.count() == 1
