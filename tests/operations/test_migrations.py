"""Migrations since the last release let the release before go on; each rule with what breaks it."""

import pytest
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader

from tests.faults.releases import last_tag, since_release
from tests.operations import migration_rules
from tests.operations.migration_rules import breaks


def of(*operations, app: str = "monitoring", atomic: bool = True, name: str = "0099_x") -> list[str]:
    made = migrations.Migration(name, app)
    made.operations, made.atomic = list(operations), atomic
    return breaks(made)


def nothing(apps, editor) -> None:
    """Of rows."""


INDEX = models.Index(fields=["day"], name="day_again")
CHECK = models.CheckConstraint(condition=models.Q(posts__gte=0), name="not_negative")


class TestSinceTheLastRelease:
    def test_no_migration_stops_the_release_before(self):
        """Before the first release there is none to stop."""
        loader = MigrationLoader(None)
        released = last_tag(settings.BASE_DIR) is not None
        found = [line for node in since_release(settings.BASE_DIR) for line in breaks(loader.disk_migrations[node])]
        assert not (found and released), found

    def test_every_one_can_be_taken_back(self):
        loader = MigrationLoader(None)
        nodes = [node for node in loader.disk_migrations if node[0] in OURS]
        irreversible = [
            f"{node}: {each.describe()}"
            for node in nodes
            for each in loader.disk_migrations[node].operations
            if not each.reversible
        ]
        assert irreversible == []


OURS = ("monitoring", "accounts", "ratings", "awards", "forum", "press", "compliance", "appeals", "letters")


GOOD = {
    "a table": of(migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))])),
    "a field that may be empty": of(migrations.AddField("pageday", "more", models.IntegerField(null=True))),
    "a field with a value of the base": of(
        migrations.AddField("pageday", "more", models.IntegerField(default=0, db_default=0))
    ),
    "an index of a small table": of(migrations.AddIndex("goal", INDEX)),
    "an index beside the work": of(AddIndexConcurrently("pageday", INDEX), atomic=False),
    "a constraint to be looked at later": of(AddConstraintNotValid("pageday", CHECK)),
    "rows alone": of(migrations.RunPython(nothing, nothing)),
    "a field and an index of a new table": of(
        migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("new", "more", models.IntegerField(unique=True)),
        migrations.AddIndex("new", INDEX),
    ),
}
BAD = {
    "a field without a value of the base": of(migrations.AddField("goal", "more", models.IntegerField(default=0))),
    "a unique field of a large table": of(
        migrations.AddField("pageday", "more", models.IntegerField(null=True, unique=True))
    ),
    "another name": of(migrations.RenameField("goal", "old", "new")),
    "another name of a table": of(migrations.RenameModel("Goal", "Aim")),
    "a field that goes": of(migrations.RemoveField("goal", "old")),
    "a table that goes": of(migrations.DeleteModel("Goal")),
    "another type": of(migrations.AlterField("pageday", "posts", models.BigIntegerField())),
    "an index under a lock": of(migrations.AddIndex("pageday", INDEX)),
    "an index beside the work in a transaction": of(AddIndexConcurrently("pageday", INDEX)),
    "a constraint under a lock": of(migrations.AddConstraint("pageday", CHECK)),
    "rows and a table": of(
        migrations.AddField("goal", "more", models.IntegerField(null=True)), migrations.RunPython(nothing, nothing)
    ),
    "rows without a way back": of(migrations.RunPython(nothing)),
    "SQL without a way back": of(migrations.RunSQL("select 1")),
    "SQL hidden in a state": of(
        migrations.SeparateDatabaseAndState([migrations.AddField("goal", "more", models.IntegerField())])
    ),
}


@pytest.mark.parametrize("what", GOOD)
def test_what_lets_everybody_go_on_is_good(what):
    assert GOOD[what] == []


@pytest.mark.parametrize("what", BAD)
def test_twin_what_stops_somebody_is_noticed(what):
    assert len(BAD[what]) == 1


def test_what_no_release_uses_may_go(monkeypatch):
    monkeypatch.setitem(migration_rules.CONTRACTED, ("monitoring", "0099_x"), "unused")
    assert of(migrations.RemoveField("goal", "old")) == []
