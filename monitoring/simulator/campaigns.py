"""Texts that a ministry sends around: one a week, published word for word by some thirty pages within two hours."""

from functools import lru_cache

from .chance import mix, share
from .pages import Page

PAGES_A_TEXT = 30
WITHIN = 2 * 3600
# Share of the pages that post on a given working day, all in all.
_POSTING = 0.25
_WHAT = (
    "Министерство напоминает о мерах поддержки семей с детьми",
    "Стартовало голосование за объекты благоустройства",
    "Продолжается отбор на службу по контракту",
    "Жителей приглашают пройти диспансеризацию",
    "Открыт приём заявок на конкурс социальных проектов",
    "Начинается месячник пожарной безопасности",
    "Как уберечься от телефонных мошенников: памятка",
    "Единый день открытых дверей пройдёт во всех учреждениях",
)


class Campaigns:
    """The texts of one region. A page that takes part publishes the week's text in place of its own post of the day."""

    def __init__(self, region: int, pages: int) -> None:
        """region: its number. pages: that it has in all."""
        self._region = region
        self._chance = min(0.5, PAGES_A_TEXT / _POSTING / max(pages, 1))

    def day(self, week: int) -> int:
        """The weekday (0 to 4) on which the week's text is sent around."""
        return mix(self._region, week, 71) % 5

    def second(self, page: Page, week: int) -> int | None:
        """When on that day the page publishes it (local seconds since midnight); None = the page does not."""
        if share(page.key, week, 72) >= self._chance:
            return None
        sent = 9 * 3600 + mix(self._region, week, 73) % (9 * 3600 - WITHIN)
        return sent + mix(page.key, week, 74) % WITHIN


@lru_cache(maxsize=4096)
def text_sent(region: int, week: int) -> str:
    """The text, free of signs that JSON or HTML would have to escape."""
    what = _WHAT[mix(region, week, 75) % len(_WHAT)]
    number = mix(region, week, 76) % 900_000 + 100_000
    return f"{what}. Подробности — на сайте министерства и по телефону горячей линии. Сообщение № {number}-{week}."
