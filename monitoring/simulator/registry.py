"""The spreadsheet in which a made-up region keeps its registry."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from .chance import share
from .world import Institution, Page, RegionWorld

COLUMNS = (
    "Уровень", "Учредитель", "Наименование подведомственной организации",
    "Официальная страница не ведется на основании", "ОГРН", "ИНН", "Сфера 1", "Сфера 2", "Сфера 3", "Статус",
    "Муниципалитет", "ОКТМО", "ID госпаблика", "Ссылка на госпаблик ВК",
    "Подключение к компоненту «Госпаблики» (да/нет)", "Общий охват аудитории за неделю",
    "Ссылка на госпаблик ОК", "Ссылка на канал Telegram", "Ссылка на канал MAX", "Администратор",
    "E-mail администратора",
)  # fmt: skip
LINKS = {"ok": "Ссылка на госпаблик ОК", "telegram": "Ссылка на канал Telegram", "max": "Ссылка на канал MAX"}
# Institutions (by number) whose Telegram address was written down wrongly and never existed.
WRONG_TELEGRAM = (1, 4, 7, 10)


def registry_rows(world: RegionWorld, day: dt.date) -> list[dict[str, str]]:
    """A row an institution as the region's registry stood on that day; gone pages are no longer listed."""
    pages: dict[tuple[int, str], list[Page]] = {}
    for page in world.pages:
        if page.exists(day):
            pages.setdefault((page.institution.number, page.platform), []).append(page)
    rows = []
    for institution in world.institutions:
        own = {platform: pages.get((institution.number, platform), []) for platform in ("vk", *LINKS)}
        for index in range(max(1, *map(len, own.values()))):
            shown = {platform: found[index] for platform, found in own.items() if len(found) > index}
            rows.append(_row(world, institution, shown, day))
    return rows


def _row(world: RegionWorld, institution: Institution, pages: dict[str, Page], day: dt.date) -> dict[str, str]:
    key = (world.seed, world.plan.number, institution.number)
    page = pages.get("vk")
    row = dict.fromkeys(COLUMNS, "")
    row |= {
        "Уровень": institution.level,
        "Учредитель": institution.founder,
        "Наименование подведомственной организации": institution.name,
        "Официальная страница не ведется на основании": "" if pages else institution.ground,
        "ОГРН": "" if share(*key, "no ogrn") < 0.003 else institution.ogrn,
        "ИНН": institution.inn,
        "Сфера 1": institution.sectors[0],
        "Сфера 2": institution.sectors[1],
        "Муниципалитет": institution.municipality,
        "ОКТМО": institution.oktmo,
        "Администратор": institution.admin if pages else "",
        "E-mail администратора": institution.email if pages else "",
    }
    if page:
        row["Статус"] = "визитка" if share(*key, "card") < 0.06 else "активная"
        row["ID госпаблика"] = page.external_id
        row["Ссылка на госпаблик ВК"] = _spelling("vk", page, day)
        row["Подключение к компоненту «Госпаблики» (да/нет)"] = "да" if share(*key, "component") < 0.9 else "нет"
        if share(*key, "reach known") < 0.35:
            row["Общий охват аудитории за неделю"] = str(int(page.size * (0.2 + 0.8 * share(*key, "reach"))))
    for platform, column in LINKS.items():
        if platform in pages:
            row[column] = _spelling(platform, pages[platform], day)
    if institution.number in WRONG_TELEGRAM and world.plan.totals and page:
        row[LINKS["telegram"]] = f"https://t.me/{world.plan.prefix}_wrong{institution.number}"
    return row


def _spelling(platform: str, page: Page, day: dt.date) -> str:
    """An address in one of the forms that people write."""
    handle, way = page.handle_on(day), page.chance("spelling")
    forms = {
        "vk": (f"https://vk.com/{handle}", f"vk.com/{handle}", f"https://m.vk.ru/club{page.external_id}?from=search", f"https://vk.com/public{page.external_id}"),
        "ok": (f"https://ok.ru/group/{page.external_id}", f"ok.ru/group/{page.external_id}", f"https://m.ok.ru/group/{page.external_id}"),
        "telegram": (f"https://t.me/{handle}", f"t.me/s/{handle}", f"@{handle}"),
        "max": (f"https://max.ru/{handle}", f"max.ru/{handle}"),
    }[platform]  # fmt: skip
    return forms[int(way * len(forms))]


def write_registry(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Write the rows as an XLSX file with the columns of the regions' own spreadsheets."""
    with xlsxwriter.Workbook(path, {"strings_to_urls": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Реестр")
        sheet.write_row(0, 0, COLUMNS)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [row[column] for column in COLUMNS])
