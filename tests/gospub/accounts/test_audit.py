"""The audit trail: appended only, chained, seen by those who may, searched; and what is in it."""

import ast
import datetime as dt
import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from gospub.accounts import audit
from gospub.accounts.actions import ACTIONS, SUBJECTS
from gospub.accounts.adapter import NOTICES
from gospub.accounts.audited import AuditedAdmin
from gospub.accounts.models import AuditEntry
from gospub.management.commands.messages import APPS
from monitoring.admin import ReadOnlyAdmin
from monitoring.collection import operators
from monitoring.models import ChangeKind, OperatorMessage
from tests.factories import (
    InstitutionFactory,
    PageFactory,
    RegionFactory,
    UserFactory,
    analyst,
    auditor,
    official,
    operator,
    tampering,
)

pytestmark = pytest.mark.django_db
BASE = Path(settings.BASE_DIR)
NOW = dt.datetime(2024, 10, 26, 10, tzinfo=dt.UTC)


def entry(action: str = "test", subject: str = "thing 1", **fields: object) -> AuditEntry:
    given = {"before": {}, "after": {"value": 5}, "now": NOW} | fields
    return audit.record(given.pop("actor", None), action, subject, **given)


def verify(*anchors: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_audit", *(f"--anchor={each}" for each in anchors), stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(user, **query: str) -> str:
    return browser(user).get(reverse("audit_trail"), query).content.decode()


def recorded_in_the_code() -> tuple[set[str], set[str]]:
    """Actions, and things they were done to, of every call of `record` that says them in place."""
    actions, things = set(), set()
    for path in (path for base in APPS for path in (BASE / base).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith(("record", "_moved", "_deciding")):
                continue
            words = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
            actions |= {word for word in words if re.fullmatch(r"[a-z_]+\.[a-z_]+|sign_in", str(word))}
            texts = [each.values[0] for each in call.args if isinstance(each, ast.JoinedStr)]
            things |= {text.value.strip() for text in texts if isinstance(text, ast.Constant)}
    return actions, things


# --- in words ---------------------------------------------------------------------------------------------------------


def test_every_action_and_every_thing_that_is_recorded_has_words():
    actions, things = recorded_in_the_code()
    actions |= {action for action, _after in NOTICES.values()}
    actions |= {f"registry.{kind}" for kind in ChangeKind}
    assert len(actions) > 20
    assert actions == set(ACTIONS)
    assert things <= set(SUBJECTS)


def test_the_thing_is_told_in_words_and_found_by_its_number():
    entry(subject="suspect 5")
    assert "сомнительное число 5" in shown(operator())
    assert "сомнительное число 5" in shown(operator(), q="suspect 5")


# --- appended only ----------------------------------------------------------------------------------------------------


def test_an_entry_can_be_neither_changed_nor_deleted():
    found = entry()
    for change in (
        found.save,
        found.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(actor="x"),
    ):
        with pytest.raises(ValidationError):
            change()


@pytest.mark.parametrize(
    "sql",
    ["UPDATE accounts_auditentry SET actor = 'x'", "DELETE FROM accounts_auditentry", "TRUNCATE accounts_auditentry"],
)
def test_postgresql_itself_refuses(sql):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no users who could come past the code")
    entry()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_auditentry ENABLE TRIGGER audit_never_emptied")
        with pytest.raises(DatabaseError, match="only ever appended"), transaction.atomic():
            cursor.execute(sql)


def test_a_whole_trail_verifies_and_tells_its_end():
    entry()
    last = entry()
    assert verify() == (0, f"Журнал действий цел. Его конец: 2:{last.digest}\n")


@pytest.mark.parametrize("fields", [{"after": {"value": 6}}, {"address": "192.0.2.1"}, {"region": 5}, {"actor": "x"}])
def test_a_changed_entry_is_named(fields):
    found = entry()
    entry()
    with tampering():
        AuditEntry._base_manager.filter(pk=found.pk).update(**fields)
    assert verify() == (1, f"запись {found.pk} от 26.10.2024 10:00 изменена, или пропала предыдущая\n")


def test_an_entry_taken_from_the_middle_is_noticed():
    entries = [entry() for _ in range(3)]
    with tampering():
        AuditEntry._base_manager.filter(pk=entries[1].pk)._raw_delete("default")
    assert verify()[0] == 1


def test_entries_cut_off_the_end_are_noticed_by_a_noted_end():
    entry()
    noted = f"2:{entry().digest}"
    assert verify(noted)[0] == 0
    with tampering():
        AuditEntry._base_manager.order_by("-pk")[:1].get()
        AuditEntry._base_manager.filter(pk=AuditEntry.objects.last().pk)._raw_delete("default")
    assert verify()[0] == 0  # the twin: without a noted end nothing is seen
    assert verify(noted) == (1, f"в журнале больше нет конца {noted}\n")


def test_a_noted_end_holds_while_the_trail_grows():
    noted = f"1:{entry().digest}"
    entry()
    assert verify(noted)[0] == 0


@pytest.mark.parametrize("text", ["x", "5:abc", "-1:", ""])
def test_what_is_no_noted_end_is_refused(text):
    with pytest.raises(CommandError, match="не отметка"):
        verify(text)


def test_operators_are_mailed_the_end_once_a_week():
    end = f"1:{entry().digest}"
    for hours in (0, 24, 24 * 7):
        operators.tell_of_audit(NOW + dt.timedelta(hours=hours))
    assert OperatorMessage.objects.count() == 2
    assert end in OperatorMessage.objects.order_by("pk").first().text


# --- who sees it ------------------------------------------------------------------------------------------------------


def test_an_auditor_of_a_region_sees_its_entries_alone():
    here, there = RegionFactory(), RegionFactory()
    for name, region in (("here", here.pk), ("there", there.pk), ("nowhere", None)):
        entry(subject=name, region=region)
    html = shown(auditor(here))
    assert ("here" in html, "there" in html.replace("where", ""), "nowhere" in html) == (True, False, False)
    everything = shown(auditor())
    assert all(name in everything for name in ("here", "there", "nowhere"))


def test_analysts_and_officials_find_no_such_screen():
    region = RegionFactory()
    for user in (analyst(region), official(region), UserFactory()):
        assert browser(user).get(reverse("audit_trail")).status_code == 404


def test_what_was_done_is_told_in_words_with_before_and_after():
    region = RegionFactory(name="Тестовая область")
    entry(
        "network.switch",
        "network vk",
        before={"state": "on", "tokens": 5},
        after={"state": "off", "tokens": 5},
        region=region.pk,
    )
    html = shown(operator())
    assert "переключил(а) соцсеть" in html
    assert "<code>on → off</code>" in html
    assert "<code>5</code>" in html
    assert "Тестовая область" in html


def test_what_was_written_into_a_field_stays_text():
    entry(after={"note": "<script>alert(1)</script>"})
    html = shown(operator())
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


# --- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {"q": "suspect 7"},
        {"q": "boss@example.org"},
        {"q": "сомнительном"},
        {"q": "192.0.2.9"},
        {"action": "suspect.decide"},
        {"since": "2024-10-26"},
        {"until": "2024-10-26", "action": "suspect.decide"},
    ],
)
def test_an_entry_is_found_by_who_what_where_and_when(query):
    token = audit.coming_from.set("192.0.2.9")
    entry("suspect.decide", "suspect 7", actor=UserFactory(email="boss@example.org"))
    audit.coming_from.reset(token)
    entry("other", "thing 3", now=NOW - dt.timedelta(days=9))
    html = shown(operator(), **query)
    assert "сомнительное число 7" in html
    assert "thing 3" not in html


def test_the_queries_of_the_screen_do_not_grow_with_its_rows(django_assert_max_num_queries):
    for n in range(60):
        entry(subject=f"thing {n}")
    client = browser(operator())
    with django_assert_max_num_queries(14):
        client.get(reverse("audit_trail"))


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_an_export_with_names_is_told_with_its_rows_and_whence():
    page = PageFactory()
    region = page.institution.region
    user = analyst(region)
    browser(user).get(reverse("registry_export", args=[region.code, "csv"]), REMOTE_ADDR="192.0.2.5")
    found = AuditEntry.objects.get(action="export.names")
    assert (found.actor, found.region, found.address) == (user.email, region.pk, "192.0.2.5")
    assert found.after["rows"] == 1


def test_an_operator_who_comes_from_the_command_line_is_told(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-enough-phrase")
    call_command("createsuperuser", interactive=False, email="boss@example.org", stdout=io.StringIO())
    found = AuditEntry.objects.get()
    assert (found.action, found.actor) == ("grant.give", "")
    assert found.after == {"who": "boss@example.org", "role": "operator"}


def test_a_change_in_the_administration_is_told_with_before_and_after():
    place = InstitutionFactory(name="Школа № 1")
    data = {"name": "Школа № 2", "region": place.region_id, "ogrn": place.ogrn, "level": place.level,
            "exemptions-TOTAL_FORMS": 0, "exemptions-INITIAL_FORMS": 0}  # fmt: skip
    browser(operator()).post(reverse("admin:monitoring_institution_change", args=[place.pk]), data)
    found = AuditEntry.objects.get()
    assert (found.action, found.subject, found.region) == ("admin.change", f"institution {place.pk}", place.region_id)
    assert (found.before, found.after) == ({"name": "Школа № 1"}, {"name": "Школа № 2"})


def test_a_deletion_in_the_administration_is_told():
    place = InstitutionFactory(name="Школа № 1")
    browser(operator()).post(reverse("admin:monitoring_institution_delete", args=[place.pk]), {"post": "yes"})
    found = AuditEntry.objects.get()
    assert (found.before["name"], found.before["region"]) == ("Школа № 1", place.region.name)
    assert found.after == {}


@pytest.mark.parametrize(("password", "told"), [("another-long-password", [{"password": "***"}]), ("short", [])])
def test_a_password_that_the_operator_sets_is_told_without_what_it_is(password, told):
    user = UserFactory()
    data = {"usable_password": "true", "password1": password, "password2": password}
    browser(operator()).post(reverse("admin:auth_user_password_change", args=[user.pk]), data)
    entries = AuditEntry.objects.filter(action="admin.change", subject=f"user {user.pk}")
    assert [entry.after for entry in entries] == told


def test_a_right_that_the_operator_changes_is_told_in_its_region_with_before_and_after():
    region = RegionFactory()
    user = analyst(region)
    grant = user.grants.get()
    data = {"email": user.email, "full_name": user.full_name, "is_active": "on", "grants-TOTAL_FORMS": 2,
            "grants-INITIAL_FORMS": 1, "grants-0-id": grant.pk, "grants-0-role": "analyst",
            "grants-0-region": region.pk, "grants-0-until": "2030-12-31",
            "grants-1-role": "official", "grants-1-region": region.pk}  # fmt: skip
    client = browser(operator())
    address = reverse("admin:accounts_user_change", args=[user.pk])
    client.post(address, data)
    changed, added = AuditEntry.objects.order_by("pk")
    assert (changed.action, changed.subject, changed.region) == ("admin.change", f"grant {grant.pk}", region.pk)
    whose = {"user": user.email}
    assert (changed.before, changed.after) == (whose | {"until": ""}, whose | {"until": "2030-12-31"})
    assert (added.action, added.region) == ("admin.add", region.pk)
    assert (added.before, added.after) == ({}, whose | {"role": "official", "region": region.name})
    client.post(address, data | {"grants-INITIAL_FORMS": 1, "grants-TOTAL_FORMS": 1, "grants-0-DELETE": "on"})
    assert AuditEntry.objects.last().before["until"] == "2030-12-31"
    assert not user.grants.filter(pk=grant.pk).exists()


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=lambda model: model._meta.label))
def test_nothing_is_changed_in_the_administration_untold(model):
    found = admin.site._registry[model]
    assert isinstance(found, AuditedAdmin | ReadOnlyAdmin)
    edited = [model, *(each.model for each in found.inlines)] if isinstance(found, AuditedAdmin) else []
    assert {each._meta.model_name for each in edited} <= set(SUBJECTS)
