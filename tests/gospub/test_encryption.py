"""Encrypted texts: plain in Python, of no use in the base, and never silently empty."""

import os
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from gospub.encryption import WrongKeyError, decrypt, encrypt, rotated
from monitoring.models import PersonContact
from tests.factories import TOTP_SECRET, PersonFactory, UserFactory

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
EMAIL, PHONE = "kanareev@example.org", "+7 000 000-77-31"


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.DATA_KEYS = [OLD]


@pytest.fixture
def contact(db) -> PersonContact:
    return PersonContact.objects.create(person=PersonFactory(), email=EMAIL, phone=PHONE)


def stored() -> str:
    """The table as a dump has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM monitoring_personcontact")
        return repr(cursor.fetchall())


# --- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Ж", EMAIL, "Ёлки, 中文, 👍", "x" * 10_000, " ", "\0"])
def test_what_was_encrypted_is_read_again(text):
    assert text not in encrypt(text)
    assert decrypt(encrypt(text)) == text


def test_nothing_stays_nothing():
    assert encrypt("") == decrypt("") == rotated("") == ""


def test_the_same_text_is_encrypted_differently_each_time():
    assert encrypt(EMAIL) != encrypt(EMAIL)


def test_a_wrong_key_is_an_error_and_no_empty_text(settings):
    token = encrypt(EMAIL)
    settings.DATA_KEYS = [OTHER]
    with pytest.raises(WrongKeyError, match="DATA_KEYS"):
        decrypt(token)


def test_a_changed_text_is_an_error():
    token = encrypt(EMAIL)
    with pytest.raises(WrongKeyError):
        decrypt(token[:-4] + "AAAA")


def test_the_first_key_encrypts_and_all_decrypt(settings):
    token = encrypt(EMAIL)
    settings.DATA_KEYS = [NEW, OLD]
    assert decrypt(token) == EMAIL
    anew = rotated(token)
    settings.DATA_KEYS = [NEW]
    assert decrypt(anew) == EMAIL
    with pytest.raises(WrongKeyError):
        decrypt(token)


@pytest.mark.parametrize("keys", [[], ["short"], [OLD, "not base64!"], [""]])
def test_keys_that_are_none_are_named(settings, keys):
    settings.DATA_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="DATA_KEYS"):
        encrypt(EMAIL)


# --- fields ---------------------------------------------------------------------------------------------------------


def test_the_base_has_no_address_and_python_has_it(contact):
    assert EMAIL not in stored()
    assert PHONE not in stored()
    assert "example.org" not in stored()
    fresh = PersonContact.objects.get()
    assert (fresh.email, fresh.phone) == (EMAIL, PHONE)


def test_a_dump_without_the_key_is_unreadable(contact, settings):
    settings.DATA_KEYS = [OTHER]
    with pytest.raises(WrongKeyError):
        PersonContact.objects.get()


@pytest.mark.parametrize("write", ["create", "bulk_create", "update", "bulk_update"])
def test_every_way_of_writing_encrypts(contact, write):
    address = "another@example.com"
    if write == "create":
        PersonContact.objects.create(person=PersonFactory(), email=address)
    elif write == "bulk_create":
        PersonContact.objects.bulk_create([PersonContact(person=PersonFactory(), email=address)])
    elif write == "update":
        PersonContact.objects.update(email=address)
    else:
        contact.email = address
        PersonContact.objects.bulk_update([contact], ["email"])
    assert "example.com" not in stored()
    assert PersonContact.objects.order_by("pk").last().email == address


def test_an_empty_address_is_found_as_empty(contact):
    PersonContact.objects.create(person=PersonFactory())
    assert PersonContact.objects.filter(email="").count() == 1
    assert PersonContact.objects.exclude(email="").get() == contact


def test_an_address_is_not_looked_up_in_vain(contact):
    with pytest.raises(ValueError, match="looked up"):
        PersonContact.objects.filter(email=EMAIL).exists()
    with pytest.raises(FieldError):
        PersonContact.objects.filter(email__contains="example").exists()


@pytest.mark.parametrize("email", ["not an address", "a" * 250 + "@example.org"])
def test_the_plain_text_is_checked_and_not_what_is_stored(contact, email):
    contact.email = email
    with pytest.raises(ValidationError):
        contact.full_clean()


# --- rotation -------------------------------------------------------------------------------------------------------


def test_rotation_lets_the_old_key_go(contact, settings):
    settings.DATA_KEYS = [NEW, OLD]
    call_command("rotate_data_key")
    settings.DATA_KEYS = [NEW]
    fresh = PersonContact.objects.get()
    assert (fresh.email, fresh.phone) == (EMAIL, PHONE)


def test_rotation_keeps_second_factors_of_the_old_key(db, settings):
    settings.DATA_KEYS = [OLD]
    user = UserFactory()
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": encrypt("seed"), "used_mask": 3})
    settings.DATA_KEYS = [NEW, OLD]
    call_command("rotate_data_key")
    settings.DATA_KEYS = [NEW]
    kept = {each.type: each.data for each in Authenticator.objects.filter(user=user)}
    assert decrypt(kept["totp"]["secret"]) == TOTP_SECRET
    assert (decrypt(kept["recovery_codes"]["seed"]), kept["recovery_codes"]["used_mask"]) == ("seed", 3)


def test_without_rotation_it_may_not_go(contact, settings):
    settings.DATA_KEYS = [NEW]
    with pytest.raises(WrongKeyError):
        PersonContact.objects.get()


def test_rotation_without_the_key_says_so_and_changes_nothing(contact, settings):
    before = stored()
    settings.DATA_KEYS = [NEW]
    with pytest.raises(CommandError, match="DATA_KEYS"):
        call_command("rotate_data_key")
    assert stored() == before


# --- the built-in key -----------------------------------------------------------------------------------------------


def started_with(tmp_path, **environment: str) -> str:
    """What Django says of these settings as it starts."""
    known = {"PATH": os.environ["PATH"], "GOSPUB_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gospub.settings"}
    command = [sys.executable, "-c", "from django.conf import settings; settings.DATA_KEYS"]
    return subprocess.run(command, env=known | environment, capture_output=True, text=True, check=False).stderr


def test_the_built_in_key_is_for_this_machine_only(tmp_path, settings):
    built_in, outside = settings.EMBEDDED_DATA_KEY, {"SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "gospub.example.ru"}
    assert "Set DATA_KEYS" in started_with(tmp_path, DATA_KEYS=built_in, **outside)
    assert "Set DATA_KEYS" in started_with(tmp_path, DATA_KEYS=f"{NEW},{built_in}", **outside)
    assert started_with(tmp_path, DATA_KEYS=NEW, **outside) == ""
    assert started_with(tmp_path, DATA_KEYS=built_in, ALLOWED_HOSTS="localhost") == ""
