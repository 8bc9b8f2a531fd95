"""A passkey in a real browser: added on the account's screen, and enough to sign in with."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from gospub.accounts.models import AuditEntry
from tests.factories import RegionFactory, analyst

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tab(chromium):
    """With an authenticator that has been touched already."""
    context = chromium.new_context(locale="ru-RU", viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    devices = context.new_cdp_session(tab)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield tab
    context.close()


def test_an_analyst_adds_a_passkey_and_signs_in_with_it_alone(tab, live_server):
    region = RegionFactory()
    user = analyst(region)
    Authenticator.objects.all().delete()
    server = live_server.url.replace("127.0.0.1", "localhost")  # keys belong to a name
    problems = []
    tab.on("console", lambda message: message.type == "error" and problems.append(message.text))

    tab.goto(server)
    tab.get_by_label("E-mail:").fill(user.email)
    tab.get_by_label("Пароль:").fill("password-for-tests")
    tab.get_by_role("button", name="Войти", exact=True).click()
    expect(tab.get_by_role("alert")).to_contain_text("нужен второй фактор")
    tab.get_by_role("link", name="Добавить ключ").click()
    tab.locator("input[type=password]").fill("password-for-tests")
    tab.locator("input[type=password]").press("Enter")
    tab.locator("input[name=passwordless]").check()
    tab.locator("#mfa_webauthn_add").click()
    expect(tab.get_by_role("main")).to_contain_text("Ключ доступа создан.")
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count() == 1
    tab.goto(f"{server}/regions/{region.code}/")
    expect(tab.get_by_role("heading", level=1)).to_contain_text(region.name)

    tab.context.clear_cookies()
    tab.goto(server)
    tab.get_by_role("button", name="Войти с ключом доступа").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Что ждёт вас сегодня")
    told = AuditEntry.objects.values_list("action", flat=True)
    assert list(told.order_by("pk")) == ["sign_in", "second_factor.add", "sign_in"]
    assert problems == []
