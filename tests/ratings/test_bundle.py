"""A final rating as one file: it proves itself, and whoever changes it is found out."""

import copy
import datetime as dt
import gzip
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from monitoring.models import ConsentScope, Page
from ratings.bundle import BundleError, differences, read_bundle, write_bundle
from ratings.models import Rating, RatingState
from ratings.tables_data import canonical
from tests.factories import (
    ConsentFactory,
    InstitutionFactory,
    PersonFactory,
    institution_admin,
    official,
    steward,
    watched,
)

from .worlds import FIRST, LAST, NOW, item, methodology, page_in, ranking, rate, some_pages, target, to

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
CANARY = "Канарейкина Жар-Птица Пробиркинична"


def final(rating: Rating) -> Rating:
    return to(rating, RatingState.FINAL)


def content_of(rating: Rating) -> dict:
    return json.loads(gzip.decompress(write_bundle(rating, NOW)))


def saved(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "file.bundle.json.gz"
    path.write_bytes(content if isinstance(content, bytes) else gzip.compress(canonical(content)))
    return path


def verified(path: Path) -> str:
    out = io.StringIO()
    call_command("verify_bundle", path, stdout=out, stderr=out)
    return out.getvalue()


def refused(path: Path) -> str:
    """What the command says of a file that proves nothing."""
    err = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("verify_bundle", path, stdout=err, stderr=err)
    assert error.value.returncode == 1
    return f"{err.getvalue()}{error.value}"


@pytest.fixture
def rating(region) -> Rating:
    """A final rating by everything that a methodology may have."""
    some_pages(region, range(1, 11))
    watched(page_in(region), FIRST, LAST, likes=50, profile={"has_avatar": False})
    rules = methodology(
        item("engagement_by_views", "2"),
        target("regularity", "0.7"),
        gate=[{"indicator": "avatar", "from": "1"}],
        line={"places": 3},
        winsorising={"most": 3},
        zones=[{"zone": "all", "label": "Все", "from": "0"}],
        penalties=[{"indicator": "widgets", "steps": [{"from": "2", "points": "0"}], "otherwise": "-5"}],
    )
    return final(rate(region, rules))


# --- proof ------------------------------------------------------------------------------------------------------------


def test_a_bundle_proves_itself(rating, tmp_path):
    assert list(differences(content_of(rating))) == []
    assert rating.digest in verified(saved(tmp_path, write_bundle(rating, NOW)))


def test_the_mean_of_units_proves_itself_too(region):
    some_pages(region, [1, 2, 3])
    rules = methodology(item("engagement_by_views"), target("regularity", "0.7"), unit="week", unit_digits=1)
    content = content_of(final(rate(region, rules)))
    assert len(content["inputs"]["units"]) == 4
    assert list(differences(content)) == []


def test_the_same_rating_gives_the_same_bytes(rating):
    assert write_bundle(rating, NOW) == write_bundle(Rating.objects.get(pk=rating.pk), NOW)


def test_nothing_is_needed_but_the_file(rating, django_assert_num_queries):
    content = content_of(rating)
    with django_assert_num_queries(0):
        assert list(differences(content)) == []


def change_score(content):
    content["scores"][0][content["fields"].index("points")] = "99.0000"


def change_place(content):
    content["scores"][0][content["fields"].index("place")] = 7


def change_input(content):
    content["inputs"]["whole"]["readings"]["engagement_by_views"]["numerator"][0] += 1000


def change_weight(content):
    content["header"]["rules"]["items"][0]["weight"] = "5"


def change_digest(content):
    content["digest"] = "0" * 64


def change_groups(content):
    content["header"]["groups"] = [[["Культура"]]]


def take_a_score_away(content):
    content["scores"].pop()


def add_a_score(content):
    content["scores"].append(["900000", *content["scores"][0][1:]])


def add_a_score_twice(content):
    content["scores"].insert(0, copy.deepcopy(content["scores"][0]))


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (change_score, "99.0000"),
        (change_place, "place"),
        (change_input, "exact"),
        (change_weight, "exact"),
        (change_digest, "sha256"),
        (change_groups, "sha256"),
        (take_a_score_away, "sha256"),
        (add_a_score, "900000"),
        (add_a_score_twice, "sha256"),
    ],
)
def test_whatever_is_changed_is_named(rating, tmp_path, tamper, named):
    content = content_of(rating)
    tamper(content)
    said = refused(saved(tmp_path, content))
    assert "sha256" in said
    assert named in said


def test_a_changed_score_names_its_subject(rating):
    content = content_of(rating)
    change_score(content)
    assert any(content["scores"][0][0] in text and "99.0000" in text for text in differences(content))


def test_a_subject_with_two_scores_is_found_whatever_the_seal_says(rating):
    content = content_of(rating)
    sealed_only = len(list(differences(content | {"digest": ""})))
    add_a_score_twice(content)
    assert len(list(differences(content))) == sealed_only + 1


def test_the_command_ends_with_one_where_anything_differs(rating, tmp_path):
    content = content_of(rating)
    change_digest(content)
    assert "1" in refused(saved(tmp_path, content))


# --- files that are none ----------------------------------------------------------------------------------------------


def broken_middle(content: bytes) -> bytes:
    return content[:60] + bytes(255 - byte for byte in content[60:90]) + content[90:]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: b"",
        lambda whole: b"not a bundle at all",
        lambda whole: whole[: len(whole) // 2],
        broken_middle,
        lambda whole: gzip.compress(b"\xff\xfe"),
        lambda whole: gzip.compress(b"[1, 2]"),
        lambda whole: gzip.compress(b'{"format": "other"}'),
        lambda whole: gzip.compress(b"[" * 100_000),
        gzip.decompress,
    ],
)
def test_a_file_that_is_no_bundle_is_named_and_not_traced(rating, tmp_path, spoil):
    path = saved(tmp_path, spoil(write_bundle(rating, NOW)))
    with pytest.raises(BundleError):
        read_bundle(path)
    assert str(path) in refused(path)


def test_a_missing_file_is_named(tmp_path):
    assert "nowhere.gz" in refused(tmp_path / "nowhere.gz")


@pytest.mark.parametrize("part", ["header", "inputs", "fields", "scores", "digest"])
@pytest.mark.parametrize("value", [None, [], {}, "text", 5, [[1]], {"rules": {"items": []}}])
def test_a_bundle_without_a_part_is_no_proof(rating, tmp_path, part, value):
    content = content_of(rating)
    content[part] = value
    refused(saved(tmp_path, content))
    del content[part]
    refused(saved(tmp_path, content))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "x", 10**400])
def test_a_number_that_is_none_is_no_proof(rating, tmp_path, value):
    content = content_of(rating)
    content["inputs"]["whole"]["readings"]["regularity"]["numerator"][0] = value
    refused(saved(tmp_path, gzip.compress(json.dumps(content).encode())))


# --- what it holds ----------------------------------------------------------------------------------------------------


def test_pages_are_named_by_institution_and_address(rating):
    page = Page.objects.order_by("pk").first()
    name = content_of(rating)["names"][str(page.pk)]
    assert page.institution.name in name
    assert page.url in name


def test_people_are_numbers(region):
    for number in range(3):
        person = PersonFactory(region=region, name=f"{CANARY} {number}")
        steward(watched(page_in(region), FIRST, LAST, likes=number), person, FIRST)
    rating = final(rate(region, methodology(item("engagement_by_views"), subject="person")))
    text = gzip.decompress(write_bundle(rating, NOW)).decode()
    assert str(person.pk) in text
    assert "Канарейкина" not in text
    assert content_of(rating)["names"] == {}
    assert list(differences(content_of(rating))) == []


def test_people_are_named_while_their_consent_to_open_data_is_in_force(region):
    people = [PersonFactory(region=region, name=f"{CANARY} {number}") for number in range(4)]
    for person in people:
        steward(watched(page_in(region), FIRST, LAST), person, FIRST)
    agreed, withdrawn, elsewhere, _silent = people
    ConsentFactory(person=agreed)
    ConsentFactory(person=withdrawn, withdrawn_at=NOW - HOUR)
    ConsentFactory(person=elsewhere, scope=ConsentScope.AWARDS)
    rating = final(rate(region, methodology(item("engagement_by_views"), subject="person")))
    assert content_of(rating)["names"] == {str(agreed.pk): agreed.name}


def test_a_withdrawal_takes_the_name_away_and_leaves_the_proof_whole(region, tmp_path):
    person = PersonFactory(region=region, name=CANARY)
    steward(watched(page_in(region), FIRST, LAST), person, FIRST)
    consent = ConsentFactory(person=person)
    rating = final(rate(region, methodology(item("engagement_by_views"), subject="person")))
    assert CANARY in gzip.decompress(write_bundle(rating, NOW)).decode()
    assert rating.digest in verified(saved(tmp_path, write_bundle(rating, NOW)))
    consent.withdrawn_at = NOW
    consent.save()
    assert CANARY not in gzip.decompress(write_bundle(rating, NOW)).decode()
    assert rating.digest in verified(saved(tmp_path, write_bundle(rating, NOW)))


def test_nor_is_whoever_computed_it_named(region, rating):
    user = official(region)
    user.full_name = CANARY
    user.save()
    Rating.objects.filter(pk=rating.pk).update(computed_by=user)
    assert "Канарейкина" not in gzip.decompress(write_bundle(Rating.objects.get(pk=rating.pk), NOW)).decode()


def test_founders_are_named_by_their_key(region):
    place = InstitutionFactory(region=region, founder="Минкульт")
    watched(page_in(region, institution=place), FIRST, LAST)
    rating = final(rate(region, methodology(item("engagement_by_views"), subject="founder")))
    assert content_of(rating)["names"] == {"Минкульт": "Минкульт"}


# --- over the screen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "status"), [("draft", 404), ("preliminary", 404), ("final", 200)])
def test_only_a_final_rating_has_a_bundle(region, state, status):
    rating = to(ranking(region), state)
    client = Client()
    client.force_login(official(region))
    assert client.get(reverse("rating_bundle", args=[rating.pk])).status_code == status


def test_the_file_of_the_screen_proves_the_rating(region, rating, tmp_path):
    client = Client()
    client.force_login(institution_admin(Page.objects.first().institution))
    response = client.get(reverse("rating_bundle", args=[rating.pk]))
    assert 'filename="' in response["Content-Disposition"]
    assert rating.digest in verified(saved(tmp_path, response.content))
