"""The regions that the simulator knows: the demo's two, and one of any size."""

import datetime as dt

from .plans import NetworkPlan, Place, RegionPlan, Total, Wave

START, YEAR_BEFORE, TODAY = dt.date(2022, 10, 26), dt.date(2023, 10, 26), dt.date(2024, 10, 26)
SPRING_BEFORE, SPRING, LAST_FILE = dt.date(2023, 4, 26), dt.date(2024, 4, 26), dt.date(2024, 10, 14)
LATELY = (dt.date(2024, 10, 15), dt.date(2024, 10, 25))


def _city(name: str, of: str, slug: str, oktmo: str, weight: float) -> Place:
    return Place(f"городской округ «Город {name}»", f"г. {name}", f"города {of}", slug, oktmo, weight, city=True)


def _district(name: str, of: str, town: str, codes: tuple[str, str], weight: float) -> Place:
    """codes: Latin slug and ОКТМО."""
    return Place(name, town, of, *codes, weight)


def _waves(*numbers: tuple[int, int], last_gone: dt.date = TODAY) -> tuple[Wave, ...]:
    """Pages made by and given up since each registry file; in the end pages are given up until `last_gone`."""
    days = ((SPRING_BEFORE, SPRING_BEFORE), (YEAR_BEFORE, YEAR_BEFORE), (SPRING, SPRING), (LAST_FILE, last_gone))
    return tuple(Wave(enters, ends, made, gone) for (enters, ends), (made, gone) in zip(days, numbers, strict=True))


def _totals(start: int, year_before: int, today: int) -> tuple[Total, ...]:
    return Total(START, start), Total(YEAR_BEFORE, year_before), Total(TODAY, today)


MINISTRIES = (
    "здравоохранения", "образования", "культуры", "спорта", "социальной защиты", "сельского хозяйства",
    "транспорта и дорожного хозяйства", "строительства", "природных ресурсов", "экономического развития", "финансов",
    "туризма", "цифрового развития", "жилищно-коммунального хозяйства", "имущества", "лесного хозяйства",
)  # fmt: skip

# 1 643 accounts and 1 093 477 subscribers on 26.10.2024, a year before 1 700 and 827 391.
# Source: the region's press release of 26.10.2024; the split of the year before and all else is made up.
KHABAROVSK = RegionPlan(
    number=1,
    code="RU-KHA",
    name="Хабаровский край",
    of="Хабаровского края",
    budget="КГ",
    tax_code="27",
    oktmo="08000000",
    zone="Asia/Vladivostok",
    first_day=START,
    lately=LATELY,
    ministries=MINISTRIES,
    without_pages=68,
    without_vk=14,
    wrong_telegram=4,
    events={"renamed": 6, "jump": 5, "mark_lost": 6, "menu_lost": 6},
    places=(
        _city("Хабаровск", "Хабаровска", "khv", "08701000", 30),
        _city("Комсомольск-на-Амуре", "Комсомольска-на-Амуре", "kms", "08709000", 15),
        _district("Амурский район", "Амурского района", "г. Амурск", ("amursk", "08603000"), 6),
        _district("Аяно-Майский район", "Аяно-Майского района", "с. Аян", ("ayan", "08606000"), 1),
        _district("Бикинский район", "Бикинского района", "г. Бикин", ("bikin", "08609000"), 3),
        _district("Ванинский район", "Ванинского района", "п. Ванино", ("vanino", "08612000"), 4),
        _district("Верхнебуреинский район", "Верхнебуреинского района", "п. Чегдомын", ("vbr", "08614000"), 4),
        _district("Вяземский район", "Вяземского района", "г. Вяземский", ("vyazem", "08617000"), 3),
        _district("Комсомольский район", "Комсомольского района", "с. Хурба", ("kmr", "08620000"), 3.5),
        _district("Район имени Лазо", "района имени Лазо", "п. Переяславка", ("lazo", "08624000"), 4.5),
        _district("Нанайский район", "Нанайского района", "с. Троицкое", ("nanay", "08628000"), 3),
        _district("Николаевский район", "Николаевского района", "г. Николаевск", ("nikol", "08631000"), 3.5),
        _district("Охотский район", "Охотского района", "п. Охотск", ("ohotsk", "08634000"), 1.5),
        _district("Район имени Полины Осипенко", "района имени П. Осипенко", "с. Осипенко", ("osip", "08637000"), 1),
        _district("Советско-Гаванский район", "Советско-Гаванского района", "г. Совгавань", ("sovgav", "08642000"), 4),
        _district("Солнечный район", "Солнечного района", "п. Солнечный", ("soln", "08644000"), 4),
        _district("Тугуро-Чумиканский район", "Тугуро-Чумиканского района", "с. Чумикан", ("chumik", "08646000"), 1),
        _district("Ульчский район", "Ульчского района", "с. Богородское", ("ulch", "08650000"), 3),
        _district("Хабаровский район", "Хабаровского района", "с. Некрасовка", ("khr", "08655000"), 6),
    ),
    networks={
        "vk": NetworkPlan(1120, _waves((100, 14), (54, 26), (35, 22), (7, 74)),
                          _totals(341_206, 402_318, 482_075), hidden=1),
        "ok": NetworkPlan(290, _waves((36, 6), (24, 6), (12, 6), (2, 16)),
                          _totals(163_540, 196_540, 277_671), hidden=4),
        "telegram": NetworkPlan(110, _waves((14, 2), (8, 2), (8, 2), (3, 4)),
                                _totals(151_912, 228_533, 333_731)),
    },
)  # fmt: skip

# Everything about this one is made up, MAX in 2022 included.
ZARECHNAYA = RegionPlan(
    number=2,
    code="RU-X01",
    name="Заречная область (вымышленная)",
    of="Заречной области",
    budget="ОГ",
    tax_code="99",
    oktmo="39000000",
    zone="Europe/Kaliningrad",
    first_day=START,
    lately=LATELY,
    ministries=MINISTRIES[:4],
    without_pages=7,
    without_vk=2,
    events={"renamed": 1, "jump": 1, "mark_lost": 1, "menu_lost": 1},
    places=(
        _city("Заречный", "Заречного", "zar", "39701000", 6),
        _district("Луговской район", "Луговского района", "п. Луговой", ("lug", "39610000"), 2),
        _district("Озёрный район", "Озёрного района", "с. Озёрное", ("oz", "39620000"), 2),
        _district("Сосновский район", "Сосновского района", "г. Сосновск", ("sosn", "39630000"), 2.5),
    ),
    networks={
        "vk": NetworkPlan(64, _waves((4, 1), (3, 1), (2, 1), (1, 3), last_gone=LAST_FILE),
                          _totals(19_412, 22_806, 26_150)),
        "ok": NetworkPlan(20, _waves((2, 0), (1, 1), (1, 0), (0, 1), last_gone=LAST_FILE),
                          _totals(9_870, 11_305, 12_941), hidden=1),
        "telegram": NetworkPlan(12, _waves((2, 0), (1, 0), (1, 0), (0, 0)), _totals(11_204, 13_960, 17_322)),
        "max": NetworkPlan(10, _waves((2, 0), (1, 0), (1, 0), (0, 0)), _totals(2_118, 4_470, 7_095)),
    },
)  # fmt: skip


def made_up_plan(pages: int) -> RegionPlan:
    """A region of that many pages: three in five on VK, the rest on OK, Telegram and MAX; short names such as
    `sim0_gos`; the first page of each network has nothing odd about it, then comes one of each quirk."""
    vk, ok, telegram = round(pages * 0.6), round(pages * 0.18), round(pages * 0.12)
    counts = {"vk": vk, "ok": ok, "telegram": telegram, "max": pages - vk - ok - telegram}
    return RegionPlan(
        number=3,
        code="RU-X02",
        name="Луговая область (вымышленная)",
        of="Луговой области",
        budget="ОГ",
        tax_code="98",
        oktmo="31000000",
        zone="Asia/Yakutsk",
        first_day=START,
        lately=LATELY,
        ministries=MINISTRIES[:4],
        without_pages=max(2, pages // 40),
        plain_names=True,
        specimens=True,
        places=(
            _city("Луговск", "Луговска", "lugovsk", "31701000", 5),
            _district("Первый район", "Первого района", "п. Первый", ("p1", "31610000"), 2),
            _district("Второй район", "Второго района", "п. Второй", ("p2", "31620000"), 2),
        ),
        networks={platform: NetworkPlan(count) for platform, count in counts.items()},
    )
