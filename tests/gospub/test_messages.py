"""The Russian catalogue: complete, and compiled without any system package."""

import re
import shutil

import pytest
from django.core.management import CommandError, call_command

from gospub.management.commands import messages


@pytest.fixture
def own_catalogue(settings, tmp_path):
    """A copy of the catalogue that may be spoilt."""
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(messages.catalogue_path(), folder)
    settings.LOCALE_PATHS = [tmp_path]
    return folder / "django.po"


def test_every_message_has_a_russian_text():
    call_command("messages", check=True)


def test_a_missing_text_is_named(own_catalogue):
    text = own_catalogue.read_text()
    own_catalogue.write_text(text.replace('msgid "subscribers"', 'msgid "subscribers of old"'))
    with pytest.raises(CommandError) as raised:
        call_command("messages", check=True)
    assert "not translated: 'subscribers'" in str(raised.value)
    assert "no longer used: 'subscribers of old'" in str(raised.value)


def test_it_compiles_to_what_gettext_reads(own_catalogue):
    call_command("messages", compile=True)
    assert own_catalogue.with_suffix(".mo").read_bytes().startswith(b"\xde\x12\x04\x95")


def test_no_message_hides_in_an_f_string_where_it_cannot_be_extracted():
    hidden = re.compile(r"\{(_|n?gettext(_lazy)?)\(")
    found = [
        path for path in messages.source_files() if path.suffix == ".py" and hidden.search(path.read_text("utf-8"))
    ]
    assert found == []
