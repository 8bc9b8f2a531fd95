"""The columns of the regions' own registry spreadsheet and the words in its cells.

Headers are data of the format, so they stay Russian in every language of the screens.
"""

import re
import unicodedata
from enum import StrEnum

from monitoring.models import Level, PageClass, PlatformCode


class Column(StrEnum):
    """Every column that the system knows, in the order in which it is written."""

    LEVEL = "Уровень"
    FOUNDER = "Учредитель"
    NAME = "Наименование подведомственной организации"
    GROUND = "Официальная страница не ведется на основании"
    OGRN = "ОГРН"
    SECTOR_1 = "Сфера 1"
    SECTOR_2 = "Сфера 2"
    SECTOR_3 = "Сфера 3"
    STATUS = "Статус"
    VK_ID = "ID госпаблика"
    VK_LINK = "Ссылка на госпаблик ВК"
    VK_SETTINGS = "Адрес, указанный в настройках страницы"
    CONNECTED = "Подключение к компоненту «Госпаблики» (да/нет)"
    STATE_MARK = "Госметка (да/нет)"
    APPEARANCE = "Оформление (%)"
    WIDGETS = "Виджеты (0/1/2)"
    ACTIVITY = "Активность (%)"
    SUBSCRIBERS = "Количество подписчиков"
    WEEKLY_REACH = "Общий охват аудитории за неделю"
    MEAN_REACH = "Средний охват одной публикации"
    MUNICIPALITY = "Муниципалитет"
    OKTMO = "ОКТМО"
    INN = "ИНН"
    OK_LINK = "Ссылка на госпаблик ОК"
    TELEGRAM_LINK = "Ссылка на канал Telegram"
    MAX_LINK = "Ссылка на канал MAX"
    ADMIN = "Администратор"
    EMAIL = "E-mail администратора"


SECTORS = (Column.SECTOR_1, Column.SECTOR_2, Column.SECTOR_3)
LINKS = {
    PlatformCode.VK: Column.VK_LINK,
    PlatformCode.OK: Column.OK_LINK,
    PlatformCode.TELEGRAM: Column.TELEGRAM_LINK,
    PlatformCode.MAX: Column.MAX_LINK,
}
# The system measures these itself: written into an export, not read from a file.
MEASURED = frozenset(
    {
        Column.STATE_MARK,
        Column.APPEARANCE,
        Column.WIDGETS,
        Column.ACTIVITY,
        Column.SUBSCRIBERS,
        Column.MEAN_REACH,
    }
)

LEVELS = {
    "Регион": Level.REGION,
    "Министерство": Level.MINISTRY,
    "МО": Level.MUNICIPAL,
    "Ведомство": Level.AGENCY,
    "Законодательный орган": Level.LEGISLATIVE,
    "ВУЗ": Level.UNIVERSITY,
    "Другое": Level.OTHER,
}
STATUSES = {"визитка": PageClass.CARD, "флагман": PageClass.FLAGSHIP, "активная": PageClass.ACTIVE}
YES, NO = "да", "нет"

# Latin letters that look like Cyrillic ones stand in headers such as «Ссылка на госпаблик OK».
_LOOKALIKES = str.maketrans("aceopxkmthbv", "асеорхкмтнвв")


def fold(text: str) -> str:
    """`text` for comparing: letter case, ё, spaces around and between words do not matter."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace("ё", "е").split())


def _header(text: str) -> str:
    """A header for comparing: also without brackets, punctuation and look-alike letters."""
    without_brackets = re.sub(r"\(.*?\)", " ", fold(text))
    return " ".join(re.findall(r"\w+", without_brackets)).translate(_LOOKALIKES)


_BY_HEADER = {_header(column): column for column in Column}
_LEVELS = {fold(word): level for word, level in LEVELS.items()}


def column_of(header: str) -> Column | None:
    """The column that a header cell names; None = not one of ours."""
    return _BY_HEADER.get(_header(header))


def level_of(word: str) -> Level | None:
    """The level that a cell names; None = not one of ours."""
    return _LEVELS.get(fold(word))


def page_class_of(word: str) -> PageClass | None:
    """«Визитка», «флагман», «активная» in any gender and case; None = another word."""
    stems = {"визитк": PageClass.CARD, "флагман": PageClass.FLAGSHIP, "активн": PageClass.ACTIVE}
    return next((value for stem, value in stems.items() if fold(word).startswith(stem)), None)


def yes_or_no(word: str) -> bool | None:
    """«Да», «+», «1», «истина», «true» and their opposites; None = another word."""
    folded = fold(word)
    if folded in (YES, "+", "1", "истина", "true", "yes"):
        return True
    return False if folded in (NO, "-", "0", "ложь", "false", "no") else None
