"""What reads foreign files lives in a child process: it ends there, and nothing else does."""

import os
import time

import pytest
from django.utils import translation

from gospub.confined import ConfinedError, Limits, confined

from . import unruly


def test_the_answer_comes_back_as_it_was():
    assert confined(unruly.echo, b"\x00bytes", "текст", 5) == [b"\x00bytes", "текст", 5]


def test_it_speaks_the_language_of_the_one_who_asks():
    with translation.override("ru"):
        assert confined(unruly.no_data) == "нет данных"


@pytest.mark.parametrize(
    ("does", "limits"),
    [
        (unruly.fill_the_memory, Limits()),
        (unruly.work_for_ever, Limits(cpu=2)),
        (unruly.sleep_for_ever, Limits(wall=4)),
        (unruly.say_too_much, Limits(answer=1_000_000)),
        (unruly.crash, Limits()),
        (unruly.fail, Limits()),
        (unruly.answer_something_else, Limits()),
    ],
)
def test_what_goes_wrong_ends_the_child_alone(does, limits):
    before = time.monotonic()
    with pytest.raises(ConfinedError):
        confined(does, limits=limits)
    assert time.monotonic() - before < 20


def test_it_has_no_secrets_and_no_settings_of_the_installation(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    assert "SECRET_KEY" not in confined(unruly.environment)
    assert confined(unruly.secrets) == ["", []]


def test_what_broke_is_told_in_the_log_without_a_word_of_the_file(capfd):
    with pytest.raises(ConfinedError):
        confined(unruly.fail)
    said = capfd.readouterr().err
    assert "unruly:fail" in said
    assert "ValueError" in said
    assert "secret of the file" not in said


def test_twin_without_limits_the_memory_is_filled():
    """In a process of its own here too: it is the test that must live."""
    assert confined(unruly.fill_the_memory, limits=Limits(memory=4096 * 1024 * 1024)) > 500


def test_it_is_another_process():
    assert confined(unruly.process) != os.getpid()
