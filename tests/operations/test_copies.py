"""Copies: whole or not at all, for their owner alone, without the keys; and what brings them back."""

import datetime as dt
import hashlib
import json
import os
import resource
import shutil
import stat
import subprocess
import sys
import tarfile
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from gospub.accounts import audit
from gospub.accounts.models import AuditEntry, User
from monitoring.models import Heartbeat, Institution, PersonContact
from operations.backups import bases, copies, restoring
from operations.backups.copies import CopyError
from operations.management.commands.backup import Command
from tests.factories import TOTP_SECRET, InstitutionFactory, PersonFactory, analyst
from tests.services import wait_for

NOW = dt.datetime(2026, 11, 29, 20, 15, tzinfo=dt.UTC)
KEY = Fernet.generate_key().decode()
NAME = "Канареечная школа"
FILE = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def here(transactional_db, settings, tmp_path) -> Path:
    """An installation with an institution, an analyst with a second factor, and a file; where its copies are."""
    settings.VAR_DIR, settings.BACKUP_DIR, settings.DATA_KEYS = tmp_path / "var", tmp_path / "copies", [KEY]
    (settings.VAR_DIR / "evidence").mkdir(parents=True)
    (settings.VAR_DIR / "evidence" / FILE).write_bytes(b"%PDF-1.4 of an appeal %%EOF")
    institution = InstitutionFactory(name=NAME)
    analyst(institution.region)
    PersonContact.objects.create(person=PersonFactory(region=institution.region), email="ivanov@example.org")
    return settings.BACKUP_DIR


def lost() -> None:
    """Base and files are as on a new server: tables and nothing in them."""
    with connection.cursor() as cursor:
        tables = ["accounts_grant", "monitoring_institution", "account_emailaddress", "mfa_authenticator",
                  "monitoring_personcontact"]  # fmt: skip
        for table in (*tables, "accounts_user"):
            cursor.execute(f"DELETE FROM {table}")
    shutil.rmtree(configured.VAR_DIR / "evidence", ignore_errors=True)


def everything(copy: Path) -> bytes:
    """All that can be read out of a copy."""
    found = b"".join(each.read_bytes() for each in copy.iterdir())
    if connection.vendor == "postgresql":
        command = [bases._tool("pg_restore"), "--file", "-", copy / copies.BASE]
        found += subprocess.run(command, capture_output=True, check=True).stdout
    return found


class TestMaking:
    def test_it_holds_the_base_the_files_and_a_manifest(self, here):
        copy = copies.make(here, NOW)
        manifest = copies.verify(copy)
        assert copy.name == "gospub-20261129T201500Z"
        assert {each.name for each in copy.iterdir()} == {"base", "files.tar.gz", "manifest.json"}
        assert manifest.rows["monitoring_institution"] == 1
        assert manifest.rows == bases.rows() | {"monitoring_heartbeat": 0}

    def test_nobody_but_its_owner_reads_it(self, here):
        copy = copies.make(here, NOW)
        assert stat.S_IMODE(here.stat().st_mode) == stat.S_IMODE(copy.stat().st_mode) == 0o700
        assert {stat.S_IMODE(each.stat().st_mode) for each in copy.iterdir()} == {0o600}

    def test_the_key_is_not_in_it_its_fingerprint_is(self, here):
        found = everything(copies.make(here, NOW))
        assert NAME.encode() in found
        assert copies.fingerprint(KEY).encode() in found
        secrets = (KEY, configured.SECRET_KEY, TOTP_SECRET, "ivanov@example.org")
        assert [each for each in secrets if each.encode() in found] == []

    def test_the_password_of_the_base_is_no_argument(self, here):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has none")
        assert "PGPASSWORD" in bases.VARIABLES.values()
        assert bases._environment()["PGDATABASE"] == connection.settings_dict["NAME"]

    def test_what_was_written_meanwhile_is_not_counted(self, here, monkeypatch):
        """Rows are counted at the moment of the copy: they agree when it is read in."""
        dump = bases.dump

        def and_then(path):
            counted = dump(path)
            InstitutionFactory()
            return counted

        monkeypatch.setattr(bases, "dump", and_then)
        assert copies.make(here, NOW)
        assert copies.read(copies.copies(here)[0]).rows["monitoring_institution"] == 1

    def test_a_sign_is_left_for_the_watchers(self, here):
        copies.make(here, NOW)
        assert Heartbeat.objects.get(name="backup").at == NOW

    def test_the_newest_stay(self, here):
        made = [copies.make(here, NOW + dt.timedelta(days=day)) for day in range(4)]
        (here / "notes.txt").write_text("mine")
        (here / "gospub-20200101T000000Z").mkdir()  # no copy: it has no manifest
        assert copies.prune(here, 2) == made[:2]
        assert copies.copies(here) == made[2:]
        assert (here / "notes.txt").exists()
        assert copies.prune(here, 0) == made[2:3]

    def test_a_service_that_is_started_again_and_again_makes_no_more_copies(self, here, settings):
        settings.DEMO_CLOCK = NOW.isoformat()
        day, command = dt.timedelta(hours=24), Command()
        assert command.step(here, 14, day) == 0
        assert (command.step(here, 14, day), len(copies.copies(here))) == (24 * 3600, 1)
        settings.DEMO_CLOCK = (NOW + dt.timedelta(hours=25)).isoformat()
        assert (command.step(here, 14, day), len(copies.copies(here))) == (0, 2)

    def test_a_service_whose_copy_failed_tries_again_soon(self, here, monkeypatch):
        monkeypatch.setattr(bases, "dump", lambda path: (_ for _ in ()).throw(OSError(28, "full")))
        err = StringIO()
        assert Command(stderr=err).step(here, 14, dt.timedelta(hours=24)) == 900
        assert "Копии нет" in err.getvalue()

    def test_a_failure_leaves_no_half_copy_and_the_old_ones(self, here, monkeypatch):
        old = copies.make(here, NOW)
        monkeypatch.setattr(
            bases, "dump", lambda path: path.write_bytes(b"half") and (_ for _ in ()).throw(OSError(28, "full"))
        )
        with pytest.raises(CommandError, match="Копии нет"):
            call_command("backup")
        assert [each.name for each in here.iterdir()] == [old.name]

    def test_what_a_killed_one_left_is_cleared_away(self, here):
        (here / ".unfinished-gospub-20200101T000000Z").mkdir(parents=True)
        copies.make(here, NOW)
        assert [each.name for each in here.iterdir()] == ["gospub-20261129T201500Z"]

    def test_the_command_tells_where_it_is(self, here):
        out = StringIO()
        call_command("backup", stdout=out)
        assert str(copies.copies(here)[0]) in out.getvalue()


def test_a_full_disk_ends_the_command_with_a_word_of_it(tmp_path):
    """The limit of a process for the size of its files is a disk that is full."""
    base = {"GOSPUB_VAR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/base.sqlite3", "REDIS_URL": ""}
    environment = os.environ | base

    def manage(command: str, **options: object) -> int:
        child = [sys.executable, "manage.py", command, "--verbosity", "0"]
        return subprocess.run(child, cwd=configured.BASE_DIR, env=environment, check=False, **options).returncode

    assert manage("migrate") == 0
    assert manage("backup", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))) == 1
    assert copies.copies(tmp_path / "backups") == []
    assert not list((tmp_path / "backups").iterdir())


SPOIL = {
    "a byte of the base": lambda copy: flip(copy / "base"),
    "the base is cut off": lambda copy: os.truncate(copy / "base", 100),
    "a byte of the files": lambda copy: flip(copy / "files.tar.gz"),
    "no files": lambda copy: (copy / "files.tar.gz").unlink(),
    "no manifest": lambda copy: (copy / "manifest.json").unlink(),
    "another number of rows": lambda copy: edit(copy, rows={}),
    "another format": lambda copy: edit(copy, format=2),
    "no JSON": lambda copy: (copy / "manifest.json").write_text("{"),
    "a list": lambda copy: (copy / "manifest.json").write_text("[]"),
}


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def edit(copy: Path, **changed: object) -> None:
    path = copy / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


class TestVerifying:
    @pytest.mark.parametrize("how", SPOIL)
    def test_a_copy_that_was_spoilt_is_refused_before_anything_is_touched(self, here, how):
        copy = copies.make(here, NOW)
        SPOIL[how](copy)
        with pytest.raises(CopyError):
            copies.verify(copy)
        with pytest.raises(CommandError):
            call_command("restore", copy, over=True)
        assert Institution.objects.get().name == NAME

    def test_the_command_only_looks_when_told_so(self, here):
        copies.make(here, NOW)
        out = StringIO()
        call_command("restore", check=True, stdout=out)
        assert "2026-11-29" in out.getvalue()
        assert copies.fingerprint(KEY) in out.getvalue()


class TestUnpacking:
    @pytest.mark.parametrize(
        "name", ["../evil", "/evil", "evidence/../../evil", "other/x", "evidence/.x", "evidence/a/b"]
    )
    def test_files_go_nowhere_else(self, tmp_path, name):
        self.pack(tmp_path, tarfile.TarInfo(name))
        with pytest.raises(CopyError, match="не наш файл"):
            copies.unpack(tmp_path, tmp_path / "var")
        assert not list(tmp_path.rglob("evil"))

    def test_links_are_refused(self, tmp_path):
        link = tarfile.TarInfo("evidence/x")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        self.pack(tmp_path, link)
        with pytest.raises(CopyError, match="не наш файл"):
            copies.unpack(tmp_path, tmp_path / "var")

    def test_what_is_ours_is_put_in_the_place_of_what_was_there(self, tmp_path):
        (tmp_path / "var/evidence").mkdir(parents=True)
        (tmp_path / "var/evidence/old").write_bytes(b"old")
        self.pack(tmp_path, tarfile.TarInfo("evidence/x"))
        copies.unpack(tmp_path, tmp_path / "var")
        assert [each.name for each in (tmp_path / "var/evidence").iterdir()] == ["x"]
        assert [each.name for each in (tmp_path / "var").iterdir()] == ["evidence"]

    def pack(self, folder: Path, member: tarfile.TarInfo) -> None:
        with tarfile.open(folder / copies.FILES, "w:gz") as archive:
            archive.addfile(member, BytesIO())


class TestRestoring:
    def test_all_is_there_again(self, here):
        copy = copies.make(here, NOW)
        before = bases.rows()
        lost()
        outcome = restoring.restore(copy, NOW)
        assert (outcome.safety, outcome.unreadable, outcome.missing) == (None, {}, 0)
        assert Institution.objects.get().name == NAME
        assert (configured.VAR_DIR / "evidence" / FILE).read_bytes().startswith(b"%PDF")
        changed = {name for name, count in bases.rows().items() if before[name] != count}
        assert changed <= {"monitoring_heartbeat", "accounts_auditentry"}

    def test_a_base_that_is_not_empty_is_refused_unless_told(self, here):
        copy = copies.make(here, NOW)
        Institution.objects.update(name="newer")
        with pytest.raises(CopyError, match="База не пуста"):
            restoring.restore(copy, NOW)
        assert Institution.objects.get().name == "newer"

    def test_what_was_there_is_copied_first(self, here):
        copy = copies.make(here, NOW)
        Institution.objects.update(name="newer")
        (configured.VAR_DIR / "evidence" / "newer").write_bytes(b"x")
        safety = restoring.restore(copy, NOW, over=True).safety
        assert (Institution.objects.get().name, safety.name) == (NAME, "before-restore-20261129T201500Z")
        assert not (configured.VAR_DIR / "evidence" / "newer").exists()
        restoring.restore(safety, NOW, over=True)
        assert Institution.objects.get().name == "newer"
        assert (configured.VAR_DIR / "evidence" / "newer").exists()

    def test_a_copy_that_cannot_be_read_in_leaves_the_base_as_it_was(self, here, monkeypatch):
        copy = copies.make(here, NOW)
        Institution.objects.update(name="newer")
        monkeypatch.setattr(copies, "verify", copies.read)
        os.truncate(copy / "base", (copy / "base").stat().st_size // 2)
        with pytest.raises(bases.BaseError):
            restoring.restore(copy, NOW, over=True)
        assert Institution.objects.get().name == "newer"

    def test_a_restore_that_was_killed_half_way_is_taken_up_where_the_base_was(self, here):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite takes back what was not finished")
        copy = copies.make(here, NOW)
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER SCHEMA public RENAME TO {bases.ASIDE}")
            cursor.execute("CREATE SCHEMA public")
        restoring.restore(copy, NOW, over=True)
        assert Institution.objects.get().name == NAME

    def test_without_its_key_it_is_refused(self, here, settings):
        copy = copies.make(here, NOW)
        lost()
        settings.DATA_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(CopyError, match=copies.fingerprint(KEY)):
            restoring.restore(copy, NOW)

    def test_twin_without_the_key_all_is_there_but_what_is_encrypted(self, here, settings):
        copy = copies.make(here, NOW)
        lost()
        settings.DATA_KEYS = [Fernet.generate_key().decode()]
        outcome = restoring.restore(copy, NOW, without_keys=True)
        assert Institution.objects.get().name == NAME
        assert outcome.unreadable == {"monitoring.PersonContact": 1, "mfa.Authenticator": 1}

    def test_keys_that_came_later_do_no_harm(self, here, settings):
        copy = copies.make(here, NOW)
        lost()
        settings.DATA_KEYS = [Fernet.generate_key().decode(), KEY]
        assert restoring.restore(copy, NOW).unreadable == {}

    def test_a_copy_of_a_newer_program_is_refused(self, here, monkeypatch):
        monkeypatch.setattr(copies, "_migrations", lambda: ("monitoring.0999_newer",))
        copy = copies.make(here, NOW)
        lost()
        with pytest.raises(CopyError, match="0999_newer"):
            restoring.restore(copy, NOW)

    def test_a_copy_of_another_kind_of_base_is_refused(self, here, monkeypatch):
        copy = copies.make(here, NOW)
        monkeypatch.setattr(restoring, "connection", SimpleNamespace(vendor="oracle"))
        with pytest.raises(CopyError, match="oracle"):
            restoring.restore(copy, NOW)

    def test_everybody_signs_in_anew(self, here):
        """A session that was ended after the copy would be open again."""
        client = Client()
        client.force_login(User.objects.get())
        copy = copies.make(here, NOW)
        lost()
        restoring.restore(copy, NOW)
        assert not Session.objects.exists()
        assert client.get("/account/").status_code == 302

    def test_it_stands_in_the_audit_trail(self, here):
        copy = copies.make(here, NOW)
        lost()
        restoring.restore(copy, NOW)
        assert AuditEntry.objects.latest("pk").action == "installation.restore"
        assert list(audit.breaks()) == []

    @pytest.mark.parametrize(("content", "missing"), [(b"%PDF-1.4 of an appeal %%EOF", 0), (b"other", 1), (None, 1)])
    def test_files_that_are_not_as_they_were_are_counted(self, here, monkeypatch, content, missing):
        files = [(FILE, hashlib.sha256(b"%PDF-1.4 of an appeal %%EOF").hexdigest())]
        monkeypatch.setattr(restoring.Evidence.objects, "values_list", lambda *_: files)
        path = configured.VAR_DIR / "evidence" / FILE
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        assert restoring.missing_files() == missing

    def test_others_at_work_are_noticed(self, here):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite does not know")
        copy = copies.make(here, NOW)
        command = [bases._tool("psql"), "-c", "select pg_sleep(20)"]
        other = subprocess.Popen(command, env=os.environ | bases._environment(), stdout=subprocess.DEVNULL)
        try:
            wait_for(lambda: bases.others() == 1, "the other one")
            with pytest.raises(CopyError, match="работают другие"):
                restoring.restore(copy, NOW, over=True)
        finally:
            other.kill()
            other.wait()
