"""The spreadsheet in which a made-up region keeps its registry."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from .chance import Dice, share
from .institutions import Institution
from .pages import Page
from .words import GROUNDS
from .world import RegionWorld

COLUMNS = (
    "Уровень", "Учредитель", "Наименование подведомственной организации",
    "Официальная страница не ведется на основании", "ОГРН", "Сфера 1", "Сфера 2", "Сфера 3", "Статус",
    "ID госпаблика", "Ссылка на госпаблик ВК", "Адрес, указанный в настройках страницы",
    "Подключение к компоненту «Госпаблики» (да/нет)", "Общий охват аудитории за неделю", "Муниципалитет", "ОКТМО",
    "ИНН", "Ссылка на госпаблик ОК", "Ссылка на канал Telegram", "Ссылка на канал MAX", "Администратор",
    "E-mail администратора",
)  # fmt: skip
LINKS = {
    "vk": "Ссылка на госпаблик ВК",
    "ok": "Ссылка на госпаблик ОК",
    "telegram": "Ссылка на канал Telegram",
    "max": "Ссылка на канал MAX",
}

Row = dict[str, str]


def registry_rows(world: RegionWorld, day: dt.date) -> list[Row]:
    """A row an institution, as the registry stood on that day; pages that are gone are no longer listed.

    An institution that gave its pages up stays without any; one that was merged into another leaves the list.
    """
    pages: dict[int, dict[str, Page]] = {}
    before: set[int] = set()
    for page in world.pages:
        if page.exists(day):
            pages.setdefault(page.institution.number, {})[page.platform] = page
        elif page.died and page.died <= day:
            before.add(page.institution.number)
    rows = []
    for institution in world.institutions:
        number = institution.number
        merged = number not in pages and number in before and share(world.seed, number, 9) < 0.6
        if not merged:
            rows.append(_row(world, institution, pages.get(number, {}), day))
    return rows


def _row(world: RegionWorld, institution: Institution, pages: dict[str, Page], day: dt.date) -> Row:
    kind, dice = institution.kind, Dice(world.seed, world.plan.number, 8, institution.number)
    sectors = (*kind.sectors, "", "")
    row = dict.fromkeys(COLUMNS, "")
    row |= {
        "Уровень": kind.level,
        "Учредитель": institution.founder,
        "Наименование подведомственной организации": institution.name,
        "ОГРН": institution.ogrn if institution.knows_ogrn else "",
        "Сфера 1": sectors[0],
        "Сфера 2": sectors[1],
        "Сфера 3": sectors[2],
        "Муниципалитет": institution.place.name,
        "ОКТМО": institution.place.oktmo,
        "ИНН": institution.inn,
    }
    grounded = dice.happens(0.5)
    if not pages:
        return row | {"Официальная страница не ведется на основании": dice.pick(GROUNDS) if grounded else ""}
    row |= {"Администратор": institution.admin, "E-mail администратора": institution.email}
    row |= {"Статус": _class_word(institution, dice)}
    if "vk" in pages:
        row |= _vk_cells(world, pages["vk"], day)
    for platform in pages.keys() - {"vk"}:
        row[LINKS[platform]] = _spelling(pages[platform], day)
    nobodys = institution.number % 50 == 49 and institution.number < world.plan.wrong_telegram * 50
    if nobodys and "telegram" not in pages:
        row[LINKS["telegram"]] = f"https://t.me/{institution.stem[:24]}_wrong"
    return row


def _class_word(institution: Institution, dice: Dice) -> str:
    if institution.size >= 3_000:
        return "флагман"
    return "визитка" if dice.happens(0.06) else "активная"


def _vk_cells(world: RegionWorld, page: Page, day: dt.date) -> Row:
    """What the spreadsheet says of VK pages only. The number stands there wherever the link alone may mislead."""
    dice = Dice(page.key, 10)
    connected = dice.weighted((("да", 0.8), ("нет", 0.14), ("", 0.06)))
    knows_reach, reach = dice.happens(0.65), dice.between(0.2, 1.15)
    knows_number, knows_link, in_settings = dice.happens(0.8), dice.happens(0.95), dice.happens(0.3)
    return {
        "ID госпаблика": page.external_id if knows_number or page.renamed_on or not knows_link else "",
        "Ссылка на госпаблик ВК": _spelling(page, day) if knows_link else "",
        "Адрес, указанный в настройках страницы": page.handle_on(day) if in_settings else "",
        "Подключение к компоненту «Госпаблики» (да/нет)": connected,
        "Общий охват аудитории за неделю": str(int(reach * world.audience.people(page, day))) if knows_reach else "",
    }


def _spelling(page: Page, day: dt.date) -> str:
    """The page's address in one of the forms that people write."""
    handle, number, dice = page.handle_on(day), page.external_id, Dice(page.key, 11)
    forms = {
        "vk": (f"https://vk.com/{handle}", f"vk.com/{handle}", f"https://m.vk.ru/{handle}?from=search",
               f"https://vk.com/public{number}", f"https://vk.com/club{number}", f"@{handle}"),
        "ok": (f"https://ok.ru/group/{number}", f"ok.ru/group/{number}", f"https://m.ok.ru/group/{number}",
               f"https://ok.ru/{handle}", f"https://ok.ru/{handle}/", f"ok.ru/{handle}"),
        "telegram": (f"https://t.me/{handle}", f"t.me/s/{handle}", f"@{handle}", f"https://telegram.me/{handle}"),
        "max": (f"https://max.ru/{handle}", f"max.ru/{handle}"),
    }  # fmt: skip
    if page.platform == "max" and page.looks.bot:
        return f"https://web.max.ru/{number}"
    return dice.pick(forms[page.platform])


def write_registry(path: Path, rows: Iterable[Row]) -> None:
    """Write the rows as an XLSX file with the columns of the regions' own spreadsheets."""
    with xlsxwriter.Workbook(path, {"strings_to_urls": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Реестр")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, COLUMNS)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [row[column] for column in COLUMNS])
