"""A33, A36, A38, A39, A40, A42: limits, secrets, the queue, the servers, what we stand on, the audit trail."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import dj_database_url
import pytest
import yaml
from celery import Celery
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from django.urls import reverse
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads, prepare_accept_content

from awards.marks.public import MOST_MISSES
from awards.tasks import paper
from gospub import checks
from gospub.accounts.models import AuditEntry
from gospub.celery import app
from gospub.management.commands import frontend
from monitoring.tasks import collect
from tests.factories import tampering
from tests.matrix import signed_in
from tests.permission_world import Role, World
from tests.permissions import POST_ONLY, TABLE
from tests.personal.test_canary import said

BASE = Path(settings.BASE_DIR)
SECRET = "canarysecret7731"
COMPOSE = yaml.safe_load((BASE / "docker-compose.yml").read_text("utf-8"))


# --- A33 --------------------------------------------------------------------------------------------------------------


def test_a33_who_asks_too_often_is_told_how_long_to_wait_and_nobody_else_is(here: World):
    """The open address that can be guessed at. Those of the API have limits of their own."""
    mark = reverse("badge", args=[here.here.mark.code])
    guesser = Client(REMOTE_ADDR="192.0.2.7")
    answers = [guesser.get(f"/b/GUESS{number}/").status_code for number in range(MOST_MISSES + 1)]
    assert answers == [404] * MOST_MISSES + [429]
    assert guesser.get(mark)["Retry-After"].isdigit()
    assert Client(REMOTE_ADDR="192.0.2.8").get(mark).status_code == 200


# --- A36 --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def _secrets(settings):
    settings.VK_TOKENS = [f"service:{SECRET}vk", f"user:{SECRET}vkuser"]
    settings.OK_ACCESS_TOKEN = settings.OK_APPLICATION_SECRET = f"{SECRET}ok"
    settings.TELEGRAM_BOT_TOKENS, settings.MAX_BOT_TOKENS = [f"1:{SECRET}tg"], [f"{SECRET}max"]
    settings.EMAIL_HOST_PASSWORD = settings.SECRET_KEY = f"{SECRET}mail"


@pytest.mark.usefixtures("_secrets")
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ANALYST, Role.ANONYMOUS])
def test_a36_no_address_and_no_log_tells_a_token(here: World, role: Role, caplog):
    caplog.set_level(logging.DEBUG)
    client = signed_in(here, role)
    client.raise_request_exception = False
    for name, rule in TABLE.items():
        address = reverse(name, args=rule.args(here.here))
        for answer in (
            client.get(address) if rule.get != POST_ONLY else None,
            None if rule.signs_out else client.post(address),
        ):
            assert answer is None or SECRET not in said(answer), name
    assert SECRET not in caplog.text


SECRETS = re.compile(
    r"vk1\.a\.[\w-]{20}|\b\d{9,10}:AA[\w-]{33}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{36}"
    r"|\bglpat-[\w-]{20}|\beyJ[\w-]{20,}\.eyJ[\w-]{20,}|(?:postgres|redis|smtp|submission)://\w+:(?!password@|pass-of-the-base@|\$|…|p@)[\w%-]{8,}@"
)


def test_a36_no_file_of_ours_holds_a_secret():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=BASE, capture_output=True, check=True).stdout.decode()
    found = []
    for name in filter(None, names.split("\0")):
        path = BASE / name
        if path.is_file() and path.suffix not in (".png", ".woff2", ".mo") and path.stat().st_size < 2_000_000:
            found += [f"{name}: {text}" for text in SECRETS.findall(path.read_text("utf-8", "replace"))]
    assert not found


def test_a36_twin_a_secret_in_a_file_is_noticed():
    assert SECRETS.search("token = 'vk1.a." + "x" * 30 + "'")
    assert SECRETS.search("-----BEGIN RSA " + "PRIVATE KEY-----")


# --- A38 --------------------------------------------------------------------------------------------------------------


def taken(message: object, kind: str, encoding: str, accept: list[str]) -> object:
    """What a worker that accepts these ways of writing makes of the message."""
    return loads(message, kind, encoding, accept=prepare_accept_content(accept))


def test_a38_the_queue_takes_json_alone():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    assert app.conf.task_ignore_result
    kind, encoding, message = dumps({"x": 1}, serializer="json")
    assert taken(message, kind, encoding, app.conf.accept_content) == {"x": 1}
    for coding in ("pickle", "yaml"):
        kind, encoding, message = dumps({"x": 1}, serializer=coding)
        with pytest.raises(ContentDisallowed):
            taken(message, kind, encoding, app.conf.accept_content)


def test_a38_twin_a_queue_that_takes_everything_would_run_it():
    kind, encoding, message = dumps({"x": 1}, serializer="pickle")
    assert taken(message, kind, encoding, ["pickle"]) == {"x": 1}


def test_a38_a_task_that_nobody_wrote_is_none():
    assert "os.system" not in app.tasks
    assert not [name for name in app.tasks if not name.startswith(("celery.", "monitoring.", "awards.", "letters.",
                                                                    "forum.", "appeals.", "gospub."))]  # fmt: skip
    assert isinstance(app, Celery)


def test_a38_a_forged_task_for_what_there_is_not_does_nothing(here: World):
    jobs = type(here.here.paper).objects
    before = list(jobs.values())
    for key in (0, -1, 10**12, "1 OR 1=1", "../../etc/passwd", None, {"x": 1}):
        for task in (paper, collect):
            task.apply(args=(key,))  # whatever comes of it, it comes of it alone
    assert list(jobs.values()) == before


# --- A39 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "redis", "told"),
    [
        ("postgres://gospub:secret@db/gospub", "redis://:secret@redis:6379/0", []),
        ("postgres://gospub@db/gospub", "", ["gospub.E001"]),
        ("postgres://gospub:secret@db/gospub", "redis://redis:6379/0", ["gospub.E002"]),
        ("postgres://gospub@/gospub", "redis://127.0.0.1:6379/0", []),
    ],
)
def test_a39_servers_without_a_password_are_told_at_the_start(settings, base: str, redis: str, told: list[str]):
    settings.DATABASES, settings.REDIS_URL = {"default": dj_database_url.parse(base)}, redis
    assert [each.id for each in checks.servers_ask_for_a_password()] == told


@pytest.mark.parametrize(
    ("version", "mended"),
    [("6.2.19", False), ("6.2.20", True), ("7.0.15", False), ("7.2.11", True), ("7.4.5", False), ("8.0.4", True),
     ("8.2.1", False), ("8.2.2", True), ("8.4.0", True), ("9.0", True), ("nonsense", False)],
)  # fmt: skip
def test_a39_versions_with_a_known_hole_are_known(version: str, mended: bool):
    assert checks.is_mended(version) == mended


def test_a39_the_redis_that_answers_is_asked_for_its_version(settings, redis_url: str):
    settings.REDIS_URL = redis_url
    told = checks.redis_is_mended()
    assert [each.id for each in told] in ([], ["gospub.W001"])
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert checks.redis_is_mended() == []


def test_a39_compose_lets_nobody_outside_reach_the_servers():
    for name in ("postgres", "redis"):
        assert "ports" not in COMPOSE["services"][name]
        assert COMPOSE["services"][name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"]
    assert "--requirepass" in str(COMPOSE["services"]["redis"]["command"])
    assert COMPOSE["services"]["redis"]["environment"]["REDIS_PASSWORD"] == "${REDIS_PASSWORD:?}"
    assert "${POSTGRES_PASSWORD:?}" in COMPOSE["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"]
    assert "upgrade" in COMPOSE["services"]["setup"]["command"]
    published = [port for each in COMPOSE["services"].values() for port in each.get("ports", [])]
    assert all(str(port).startswith("127.0.0.1:") for port in published)


PRODUCTION = {
    "SECRET_KEY": "a-made-up-key-of-fifty-characters-or-more-0123456789-abcdefghij",
    "DATA_KEYS": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
    "ALLOWED_HOSTS": "gospub.example.ru",
    "CSRF_TRUSTED_ORIGINS": "https://gospub.example.ru",
    "HTTPS": "true",
    "TRUSTED_PROXIES": "1",
}


def deployed(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess:
    """`check --deploy` of an installation with these settings."""
    environment = {"PATH": os.environ["PATH"], "GOSPUB_VAR": str(tmp_path), **PRODUCTION, **changes}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=BASE, env=environment, capture_output=True, text=True, check=False)


def test_a39_production_settings_pass_djangos_own_check(tmp_path):
    done = deployed(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"HTTPS": "false"}, "security.W012"),
        ({"DEBUG": "true"}, "security.W018"),
        ({"SECRET_KEY": "short"}, "security.W009"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"DATABASE_URL": "postgres://gospub@db/gospub"}, "gospub.E001"),
        ({"REDIS_URL": "redis://redis.invalid/0"}, "gospub.E002"),
    ],
)
def test_a39_twin_what_is_amiss_is_told(tmp_path, changes: dict[str, str], told: str):
    done = deployed(tmp_path, **changes)
    assert done.returncode != 0
    assert told in done.stdout + done.stderr


def test_a39_an_installation_with_an_open_server_is_not_brought_up(settings):
    settings.ON_A_NETWORK, settings.REDIS_URL = True, "redis://redis.invalid:6379/0"
    with pytest.raises(SystemCheckError, match=r"gospub\.E002"):
        call_command("upgrade", stdout=io.StringIO(), stderr=io.StringIO())


# --- A40 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"])
def test_a40_every_requirement_is_pinned_with_hashes(name: str):
    lines = (BASE / name).read_text("utf-8").replace("\\\n", " ").splitlines()
    assert lines
    for line in filter(None, lines):
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==[\w.!+]+ ", line), line[:80]
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}", line), line[:80]


def test_a40_front_end_packages_are_named_exactly():
    package = json.loads((BASE / "package.json").read_text("utf-8"))
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)


def test_a40_what_is_served_is_what_was_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(frontend, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(frontend.settings, "BASE_DIR", tmp_path)
    call_command("frontend", stdout=io.StringIO())
    assert len(list((tmp_path / "vendor").iterdir())) == len(frontend.FILES)
    packages = tmp_path / "node_modules"
    for name in frontend.FILES:
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).write_bytes((BASE / "node_modules" / name).read_bytes() + b" ")
    monkeypatch.setattr(frontend, "PACKAGES", packages)
    with pytest.raises(CommandError, match=r"echarts\.common"):
        call_command("frontend", stdout=io.StringIO())


def test_a40_nothing_comes_from_elsewhere():
    """No template and no style of ours loads anything from another host."""
    for path in [
        *(BASE / "templates").rglob("*.html"),
        *(BASE / "static/css").glob("*.css"),
        *(BASE / "static/js").glob("*.js"),
    ]:
        text = path.read_text("utf-8")
        assert not re.search(r"""(?:src|srcset|data)=["'](?:https?:)?//""", text), path
        assert not re.search(r"""<link[^>]+href=["'](?:https?:)?//""", text), path
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", text), path


def test_a40_pythons_requirements_include_the_mended_django():
    version = re.search(r"^django==([\d.]+)", (BASE / "requirements.txt").read_text("utf-8"), re.M)[1]
    assert tuple(map(int, version.split("."))) >= (5, 2, 19)


# --- A42 --------------------------------------------------------------------------------------------------------------


def verify() -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_audit", stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.parametrize("forge", ["change", "delete"])
def test_a42_an_entry_that_was_changed_or_taken_out_breaks_the_chain(here: World, forge: str):
    signed_in(here, Role.OPERATOR).get(reverse("registry_export", args=[here.here.region.code, "csv"]))
    first = AuditEntry.objects.earliest("pk")
    assert verify()[0] == 0
    with pytest.raises(ValidationError):
        first.delete()
    with tampering():
        if forge == "change":
            AuditEntry._base_manager.filter(pk=first.pk).update(actor="somebody@example.org")
        else:
            AuditEntry._base_manager.filter(pk=first.pk)._raw_delete("default")
    assert verify()[0] == 1


def test_a42_an_operator_changes_no_entry_in_the_administration(here: World, operator_client: Client):
    entry = AuditEntry.objects.earliest("pk")
    before = list(AuditEntry.objects.filter(pk=entry.pk).values())
    for address in ("", "add/", f"{entry.pk}/change/", f"{entry.pk}/delete/"):
        operator_client.post(f"/admin/accounts/auditentry/{address}", {"actor": "x", "post": "yes"})
    assert list(AuditEntry.objects.filter(pk=entry.pk).values()) == before


def test_a42_who_did_it_is_who_is_signed_in(here: World, analyst_client: Client):
    forged = {"actor": "somebody@example.org", "user": here.users[Role.OPERATOR].pk, "reason": "Отзыв по просьбе"}
    analyst_client.post(reverse("mark_withdraw", args=[here.here.mark.pk]), forged)
    assert AuditEntry.objects.latest("pk").actor == here.users[Role.ANALYST].email


@pytest.mark.parametrize("name", ["registry_export", "participants_export", "event_certificates", "certificate"])
def test_a42_no_file_with_names_leaves_unwritten(here: World, analyst_client: Client, name: str):
    before = AuditEntry.objects.count()
    assert analyst_client.get(reverse(name, args=TABLE[name].args(here.here))).status_code == 200
    entry = AuditEntry.objects.latest("pk")
    assert AuditEntry.objects.count() == before + 1
    assert (entry.action, entry.actor) == ("export.names", here.users[Role.ANALYST].email)
