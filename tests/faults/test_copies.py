"""F41, F42: a copy on an empty server, and yesterday's copy onto today."""

import datetime as dt
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache

from gospub.accounts.models import Role
from letters.models import Kind, Letter
from letters.outbox import post
from letters.sending import send_waiting
from monitoring.models import PageDay, Slot
from operations.backups import copies, restoring
from tests.factories import granted
from tests.gospub.web import MAKE_OPERATORS, sign_in, visitor
from tests.services import PostgreSQL, temporary_folder

from .conftest import DAY
from .house import House

KEY, OTHER_KEY = "a2V5LW9mLXRoZS1ob3VzZS10aGF0LWlzLWxvc3QtMTI=", "YW5vdGhlci1rZXktb2YtdGhlLWhvdXNlLXRoYXQtaXM="
CONTACT = (
    "from monitoring.models import *; r = Region.objects.get(code='RU-X02');"
    "p = Person.objects.create(region=r, name='Вымышленная');"
    "PersonContact.objects.create(person=p, email='x@example.org')"
)
READ = "from monitoring.models import PersonContact; print(PersonContact.objects.get(person__name='Вымышленная').email)"
NUMBERS = "select page_id, day, subscribers from monitoring_pageday order by 1, 2"


@pytest.mark.faults
class TestF41EmptyServer:
    @pytest.fixture
    def copy(self, house: House) -> Iterator[Path]:
        """Of a house that has collected its day, with operators, contacts and a file; brought elsewhere. What the house
        is told by is put back."""
        before = dict(house.environment)
        house.environment |= {"DATA_KEYS": f"{KEY},{settings.EMBEDDED_DATA_KEY}"}
        house.worker()
        house.until_done(120)
        house.stop_children()
        house.manage("shell", "--verbosity", "0", "-c", MAKE_OPERATORS)
        house.manage("shell", "--verbosity", "0", "-c", CONTACT)
        evidence = house.folder / "evidence"
        evidence.mkdir(exist_ok=True)
        (evidence / "0123").write_bytes(b"of an appeal")
        house.manage("backup", "--to", str(house.folder / "copies"))
        elsewhere = temporary_folder() / "elsewhere"
        shutil.copytree(copies.copies(house.folder / "copies")[-1], elsewhere)
        yield elsewhere
        house.stop_children()
        house.environment = before

    @pytest.fixture
    def empty(self, house: House) -> Iterator[dict[str, str]]:
        """Another server."""
        base, folder = PostgreSQL(), temporary_folder()
        base.start()
        yield {"DATABASE_URL": base.url, "GOSPUB_VAR": str(folder)}
        house.stop_children()
        base.stop()

    def test_all_is_there_and_works(self, house: House, copy: Path, empty: dict[str, str], figure):
        numbers = house.sql(NUMBERS)
        house.environment |= empty
        began = time.monotonic()
        house.manage("upgrade")
        house.manage("restore", str(copy))
        with house.web() as url, visitor(url) as client:
            assert sign_in(client).status_code == 302
            figure("F41", (time.monotonic() - began) / 60, 30, "min until somebody has signed in")
            assert client.get("/regions/RU-X02/pages/").status_code == 200
        house.manage("verify_ledger")
        house.manage("verify_audit")
        lost = len(set(numbers) - set(self.numbers(empty)))
        figure("F41", lost, 0, f"of {len(numbers)} numbers lost")
        assert (Path(empty["GOSPUB_VAR"]) / "evidence/0123").read_bytes() == b"of an appeal"
        assert self.said(house, READ) == "x@example.org"

    def test_twin_without_the_key_kept_apart_it_is_refused_and_contacts_stay_shut(self, house, copy, empty):
        assert KEY.encode() not in b"".join(each.read_bytes() for each in copy.iterdir())
        house.environment |= empty | {"DATA_KEYS": OTHER_KEY}
        house.manage("upgrade")
        with pytest.raises(RuntimeError, match="нет среди DATA_KEYS"):
            house.manage("restore", str(copy))
        with pytest.raises(RuntimeError, match="PersonContact: записей, которые"):
            house.manage("restore", str(copy), "--without-keys")
        with pytest.raises(RuntimeError, match="WrongKeyError"):
            house.manage("shell", "--verbosity", "0", "-c", READ)

    def numbers(self, empty: dict[str, str]) -> list[tuple]:
        with psycopg.connect(empty["DATABASE_URL"].replace("postgres://", "postgresql://")) as base:
            return base.execute(NUMBERS).fetchall()

    def said(self, house: House, code: str) -> str:
        child = house.start("manage.py", "shell", "--verbosity", "0", "-c", code)
        assert child.wait(60) == 0
        return child.log.read_text().strip().splitlines()[-1]


class TestF42YesterdaysCopy:
    @pytest.fixture
    def yesterday(self, town, settings, tmp_path) -> Path:
        """Of a region that has collected its day."""
        settings.VAR_DIR, settings.BACKUP_DIR = tmp_path / "var", tmp_path / "copies"
        cache.clear()
        town.collect_until_done()
        self.user = granted(Role.OPERATOR)
        return copies.make(settings.BACKUP_DIR, town.now)

    def today(self, town) -> None:
        """The next day, collected; a letter was written and went out."""
        town.now += dt.timedelta(days=1)
        town.simulator.set_clock(town.now)
        town.collect_until_done()
        self.write_and_send(town)

    def write_and_send(self, town) -> None:
        post("digest of the week", Kind.OPERATOR, self.user, subject="Неделя", text="Всё в порядке", now=town.now)
        send_waiting(lambda: dt.datetime.now(dt.UTC), town.now)

    def test_the_day_becomes_due_again_and_no_letter_goes_out_twice(self, town, yesterday, figure):
        self.today(town)
        tomorrow = DAY + dt.timedelta(days=1)
        collected = PageDay.objects.filter(day=tomorrow, subscribers__isnull=False).count()
        assert collected > 0
        restoring.restore(yesterday, town.now, over=True)
        assert not Slot.objects.filter(day=tomorrow).exists()
        assert not Letter.objects.exists()
        town.collect_until_done()
        again = PageDay.objects.filter(day=tomorrow, subscribers__isnull=False).count()
        figure(
            "F42", collected - again, 0, f"of {collected} numbers of the day missing after the copy of the day before"
        )
        self.write_and_send(town)
        figure("F42", len(mail.outbox) - 1, 0, "letters that went out twice")
        assert Letter.objects.get().state == "sent"

    def test_twin_without_the_memory_of_the_cache_the_letter_goes_out_again(self, town, yesterday):
        self.today(town)
        restoring.restore(yesterday, town.now, over=True)
        cache.clear()
        self.write_and_send(town)
        assert len(mail.outbox) == 2

    def test_a_day_of_which_the_copy_knew_half_says_what_is_missing(self, town, yesterday):
        """The copy was made before anything of the next day was read, and is brought back the day after."""
        self.today(town)
        town.now += dt.timedelta(days=1)
        restoring.restore(yesterday, town.now, over=True)
        town.simulator.set_clock(town.now)
        town.collect_until_done()
        between = Slot.objects.filter(day=DAY + dt.timedelta(days=1))
        assert set(between.values_list("status", "reason")) == {("failed", "missed")}
