"""Attacks that only a browser shows: A11 and A12 in a real page, A32 with the Back button of a shared computer."""

import itertools

import pytest

from monitoring.models import Institution, Page, Person
from tests.attacks.payloads import BREAKOUT, TAG, XSS
from tests.attacks.spoil import spoil

pytestmark = pytest.mark.browser


def test_a11_a12_no_stored_text_runs_calls_or_breaks_a_rule_of_the_policy(visit, world):
    """All payloads of the list in titles and names, the worst of them everywhere else."""
    spoil(BREAKOUT)
    payloads = itertools.cycle(XSS)
    for model, field in ((Page, "title"), (Institution, "name"), (Person, "name")):
        for row, payload in zip(model.objects.order_by("pk"), payloads, strict=False):
            model.objects.filter(pk=row.pk).update(**{field: f"{payload[:180]}{row.pk}"})
    screen, dialogs, calls = visit(), [], []
    screen.tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    screen.tab.on("request", lambda request: TAG in request.url.partition("?")[0] and calls.append(request.url))
    shown = 0
    for name, address in world.addresses.items():
        screen.open(address)
        shown += TAG in screen.tab.content()
        assert not dialogs, name
        assert not calls, name
        assert not screen.problems, (name, screen.problems)
        assert screen.tab.evaluate(f"document.querySelector('{TAG}') === null"), name
    assert shown > 20


def test_a12_twin_what_is_no_text_is_stopped_by_the_policy_all_the_same(visit, world):
    """The second wall: a script that came into the page is not run."""
    screen = visit()
    screen.open(f"/regions/{world.region.code}/pages/")
    screen.tab.evaluate(
        f"""document.getElementById("main").innerHTML = "<img src=x onerror='window.{TAG} = 1'>";
        const script = document.createElement("script"); script.textContent = "window.{TAG} = 1";
        document.body.append(script);"""
    )
    screen.tab.wait_for_timeout(300)
    assert screen.tab.evaluate(f"window.{TAG} === undefined")
    assert any("Content Security Policy" in problem for problem in screen.problems)


def test_a32_after_the_sign_out_the_back_button_shows_nothing(visit, world):
    screen = visit()
    screen.open(f"/regions/{world.region.code}/pages/")
    screen.tab.fill("#filter-q", "Ёлкинский")
    screen.tab.wait_for_load_state("networkidle")
    screen.open(f"/institutions/{world.institution.pk}/")
    stored = screen.tab.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert "<" not in stored
    assert "Ёлкинский" not in stored
    screen.open("/account/logout/")
    screen.tab.locator("main form button[type=submit]").click()
    screen.tab.wait_for_load_state("networkidle")
    for _step in range(4):
        screen.tab.go_back()
        screen.tab.wait_for_load_state("networkidle")
        content = screen.tab.content()
        assert world.institution.name.strip() not in content
        assert "Ёлкинский" not in content
    screen.open("/account/login/")
    assert "<" not in screen.tab.evaluate("JSON.stringify({...sessionStorage})")
