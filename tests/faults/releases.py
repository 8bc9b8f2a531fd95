"""The release before: the last tag of the repository with its own code, else the first migrations of the present code.

Until a release is tagged there is no installation to upgrade; the tests then go back to the state in which an app's
first migrations leave the base, by taking the later ones back, and forward again.
"""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

Node = tuple[str, str]


def last_tag(repository: Path) -> str | None:
    """The newest tag that the present state comes after; None where there is none, or no repository."""
    done = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0"], cwd=repository, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or None


def unpack(repository: Path, ref: str, folder: Path) -> Path:
    """The files of that release in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = subprocess.run(["git", "archive", ref], cwd=repository, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x"], cwd=folder, input=archive, check=True)
    return folder


def migrations_of(repository: Path, ref: str) -> set[str]:
    """Paths of the migrations of a release."""
    command = ["git", "ls-tree", "-r", "--name-only", ref]
    names = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout.splitlines()
    return {name for name in names if "/migrations/0" in name and name.endswith(".py")}


def since_release(repository: Path) -> list[Node]:
    """Migrations of ours that the release before does not have; without a release, all but the first ones of an app."""
    loader, tag = MigrationLoader(None), last_tag(repository)
    released = migrations_of(repository, tag) if tag else set()
    found = []
    for node, migration in loader.disk_migrations.items():
        path = Path(*type(migration).__module__.split(".")).with_suffix(".py")
        if (repository / path).exists():
            old = str(path) in released if tag else bool(migration.initial)
            found += [] if old else [node]
    return sorted(found)


def step_back(nodes: Iterable[Node]) -> dict[str, str]:
    """By app, the migration before the first of these: what `migrate APP NAME` takes."""
    loader = MigrationLoader(None)
    apps: dict[str, str] = {}
    chosen = set(nodes)
    for app, name in sorted(chosen):
        before = [key for key in loader.graph.node_map[app, name].parents if key[0] == app and key not in chosen]
        if app not in apps:
            apps[app] = before[0][1] if before else "zero"
    return apps
