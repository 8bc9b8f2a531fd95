"""`manage.py messages`: the Russian catalogue is extracted, checked and compiled by Babel, with no system package."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

APPS = (
    "gospub",
    "monitoring",
    "ratings",
    "awards",
    "appeals",
    "forum",
    "press",
    "compliance",
    "letters",
    "operations",
    "reports",
    "public",
    "open_data",
)
SOURCES = (*APPS, "templates")
KEYWORDS: dict[str, tuple | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def catalogue_path() -> Path:
    """The one Russian catalogue of the project."""
    return settings.LOCALE_PATHS[0] / "ru" / "LC_MESSAGES" / "django.po"


def read_catalogue() -> Catalog:
    with catalogue_path().open("rb") as file:
        return read_po(file, locale="ru")


def source_text(path: Path) -> str:
    """Python as it stands; a template turned into Python calls, in brackets so that its indentation does not matter."""
    text = path.read_text("utf-8")
    return f"({templatize(text)})" if path.suffix in (".html", ".txt") else text


def extracted() -> Catalog:
    """Every message id that code and templates name."""
    catalogue = Catalog(locale="ru")
    for path in source_files():
        source = io.BytesIO(source_text(path).encode())
        for _line, message, _comments, context in extract("python", source, KEYWORDS):
            catalogue.add(message, context=context)
    return catalogue


def source_files() -> Iterator[Path]:
    for top in SOURCES:
        for path in sorted((settings.BASE_DIR / top).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
                yield path


def ids_of(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, (list, tuple)) else (message.id,)


def texts_of(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, (list, tuple)) else (message.string,)


def problems(catalogue: Catalog, found: Catalog) -> list[str]:
    """What keeps the catalogue from being complete, one line each."""
    result = []
    for message in found:
        if not message.id:
            continue
        entry = catalogue.get(message.id, message.context)
        label = repr(ids_of(message)[0])
        if entry is None or entry.fuzzy or not all(texts_of(entry)):
            result.append(f"not translated: {label}")
            continue
        wanted = set(PLACEHOLDER.findall(ids_of(message)[-1]))
        if any(set(PLACEHOLDER.findall(text)) != wanted for text in texts_of(entry)[-1:]):
            result.append(f"placeholders differ: {label}")
    result += [f"no longer used: {ids_of(m)[0]!r}" for m in catalogue if m.id and found.get(m.id, m.context) is None]
    return result


class Command(BaseCommand):
    help = "Bring the Russian catalogue up to date with the sources; check or compile it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is missing; fail if anything is")
        parser.add_argument("--compile", action="store_true", help="only write the compiled catalogue")

    def handle(self, *args: object, check: bool, compile: bool, **options: object) -> None:
        if check:
            self.check_complete()
        elif compile:
            self.compile()
        else:
            self.update()
            self.compile()

    def check_complete(self) -> None:
        found = problems(read_catalogue(), extracted())
        if found:
            raise CommandError("The Russian catalogue is not complete:\n" + "\n".join(found))
        self.stdout.write("The Russian catalogue is complete.")

    def update(self) -> None:
        catalogue, found = read_catalogue(), extracted()
        found.creation_date = catalogue.creation_date
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with catalogue_path().open("wb") as file:
            write_po(file, catalogue, no_location=True, sort_output=True, width=110)
        self.stdout.write(f"{len(catalogue)} messages, {len(problems(catalogue, found))} to be translated")

    def compile(self) -> None:
        with catalogue_path().with_suffix(".mo").open("wb") as file:
            write_mo(file, read_catalogue())
