"""The year-end of the demo region as its people do it in their browsers: analyst, institution admin, official."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import segno
from playwright.sync_api import Browser, Locator, Page, expect

from monitoring.demo import PASSWORD

REGION = "/regions/RU-KHA"
METHODOLOGY = "Лучший госпаблик"
CONTEST = "Итоги года"
FIRST = "Лучший госпаблик региона"
CLAIM = "Вовлечённость по просмотрам"
OWN = "Администрация Амурского района"
PATIENCE = 120_000  # milliseconds
WHY = "Год закрывается досрочно решением комиссии"
REPLACED = "Победитель отказался от награды"
# What the form of documents calls them, by the name that this test gives the file.
PAPERS = {
    "list.xlsx": "наградной список, книга Excel",
    "russian.csv": "наградной список, CSV для русского Excel",
    "plain.csv": "наградной список, CSV для программ (RFC 4180)",
    "order.docx": "приказ на подпись, Word",
    "list.pdf": "наградной список, PDF",
    "diplomas.pdf": "дипломы, один PDF",
    "diplomas.zip": "дипломы, файл на каждого победителя",
}


@dataclass(frozen=True)
class Winner:
    """A line of the signed list as the screen shows it. points: None = given without a place."""

    nomination: str
    who: str
    place: int | None
    points: float | None
    degree: str
    replaces: bool


@dataclass
class YearEnd:
    """What the people saw. promised, came: points and place of the contested page by the effect and in the new
    edition. top: the best points of the final rating. badge, stranger: address and text of the public page."""

    counted: str = ""
    promised: tuple[str, str] = ("", "")
    came: tuple[str, str] = ("", "")
    evidence: bytes = b""
    evidence_headers: dict[str, str] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)
    top: list[float] = field(default_factory=list)
    in_rating: dict[str, float] = field(default_factory=dict)
    winners: list[Winner] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    badge: str = ""
    stranger: str = ""
    seals: dict[str, bytes] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)


class Person:
    """Somebody of the demo at a browser of their own; without a name a stranger."""

    def __init__(self, tab: Page, base: str, name: str = "") -> None:
        self.tab, self.base = tab, base
        if name:
            self.open("/account/login/")
            tab.fill("input[name=login]", f"{name}@demo.example")
            tab.fill("input[name=password]", PASSWORD)
            tab.get_by_role("button", name="Войти", exact=True).click()
            tab.wait_for_url(lambda url: "/account/" not in url)

    def open(self, path: str) -> None:
        self.tab.goto(self.base + path)

    def press(self, name: str | re.Pattern[str], within: Page | Locator | None = None) -> None:
        """A button of that name; a string is its whole name."""
        (within or self.tab).get_by_role("button", name=name, exact=isinstance(name, str)).click()

    def follow(self, name: str | re.Pattern[str], within: Page | Locator | None = None) -> None:
        (within or self.tab).get_by_role("link", name=name).first.click()

    @property
    def text(self) -> str:
        return plain(self.tab.get_by_role("main").inner_text())

    @property
    def path(self) -> str:
        return self.tab.url.removeprefix(self.base)


@contextmanager
def people(chromium: Browser, base: str) -> Iterator[Callable[[str], Person]]:
    """`somebody("analyst")`: each with cookies of their own; patient, for a stage of a whole region takes seconds."""
    contexts = []
    expect.set_options(timeout=PATIENCE)

    def somebody(name: str = "") -> Person:
        contexts.append(chromium.new_context(locale="ru-RU", viewport={"width": 1280, "height": 900}))
        contexts[-1].set_default_timeout(PATIENCE)
        return Person(contexts[-1].new_page(), base, name)

    yield somebody
    expect.set_options(timeout=5_000)  # as it was
    for context in contexts:
        context.close()


def plain(text: str) -> str:
    return " ".join(text.split())


def number(text: str) -> float:
    """«1 234,50» of a screen."""
    return float(re.sub(r"\s", "", text).replace(",", ".").replace("−", "-"))


def play(somebody: Callable[[str], Person], base: str, folder: Path) -> YearEnd:
    """The whole year-end; files are put into the folder."""
    analyst, admin, official = somebody("analyst"), somebody("school"), somebody("official")
    seen = YearEnd()
    rating = compute(analyst, seen)
    appeal = contest_a_value(admin, rating, folder, seen)
    accept(analyst, appeal, seen)
    final = compute_again(analyst, rating, seen)
    pass_on(official, final, "итоговый", seen)
    read_top(official, final, seen)
    contest = open_contest(official)
    award(official, contest)
    read_list(official, final, seen)
    take_papers(official, folder, seen)
    marks(official, contest, admin, seen)
    look_as_a_stranger(somebody(""), seen)
    read_trail(somebody("auditor"), seen)
    return seen


# --- the rating -------------------------------------------------------------------------------------------------------


def compute(analyst: Person, seen: YearEnd) -> str:
    """A preliminary rating of the year; returns its path."""
    analyst.open(f"{REGION}/ratings/")
    choice = analyst.tab.locator("#methodology option", has_text=METHODOLOGY).get_attribute("value")
    analyst.tab.locator("#methodology").select_option(choice)
    analyst.tab.get_by_label("Период", exact=True).fill("2024")
    analyst.press("Рассчитать")
    analyst.tab.wait_for_url(re.compile(r"/ratings/\d+/"))
    rating = analyst.path
    pass_on(analyst, rating, "предварительный", seen)
    return rating


def pass_on(person: Person, rating: str, state: str, seen: YearEnd) -> None:
    person.open(rating)
    person.tab.locator("#reason").fill(WHY)
    person.press(f"Пропустить дальше: {state}")
    expect(person.tab.get_by_role("main")).to_contain_text(f"Теперь состояние рейтинга: {state}")
    seen.states.append(state)


def contest_a_value(admin: Person, rating: str, folder: Path, seen: YearEnd) -> str:
    """The admin finds the own page in the rating and contests a value, with a picture; returns the appeal's path."""
    admin.open(rating)
    row = admin.tab.locator("table.data tbody tr", has=admin.tab.locator(".net-vk"))
    row.get_by_role("link").first.click()
    line = admin.tab.locator(".waterfall tbody tr", has=admin.tab.get_by_role("link", name=CLAIM, exact=True))
    seen.counted = plain(line.locator("td.n").first.inner_text())
    admin.follow(re.compile("Оспорить"), line)
    admin.tab.get_by_label("Сколько должно быть").fill("9")
    admin.tab.get_by_label("Что неверно и почему").fill("Отклики на прямые эфиры не посчитаны, см. снимок статистики.")
    picture = folder / "снимок статистики.png"
    segno.make("made-up evidence").save(picture, scale=4)
    admin.tab.get_by_label("Доказательства").set_input_files(picture)
    admin.press("Подать апелляцию")
    admin.tab.wait_for_url(re.compile(r"/appeals/\d+/"))
    return admin.path


def accept(analyst: Person, appeal: str, seen: YearEnd) -> None:
    """The analyst finds the appeal among those that wait, opens its evidence, sees the effect and accepts."""
    analyst.open(f"{REGION}/appeals/?state=filed")
    analyst.tab.locator(f'main a[href="{appeal}"]').first.click()
    with analyst.tab.expect_download() as found:
        analyst.tab.locator('main a[href*="/evidence/"]').first.click()
    seen.evidence = found.value.path().read_bytes()
    address = analyst.tab.locator('main a[href*="/evidence/"]').first.get_attribute("href")
    seen.evidence_headers = analyst.tab.request.get(analyst.base + address).headers
    effect = analyst.tab.locator("#effect .facts dd")
    seen.promised = tuple(plain(effect.nth(n).locator("strong").inner_text()) for n in (0, 1))
    analyst.press("подтвердилось")
    expect(analyst.tab.get_by_label("Ответ учреждению")).not_to_have_value("")
    analyst.press("Удовлетворить с этими числами")
    expect(analyst.tab.get_by_text("Апелляция удовлетворена")).to_be_visible()


def compute_again(analyst: Person, rating: str, seen: YearEnd) -> str:
    """The next edition, in which what was promised has come true; returns its path."""
    analyst.open(rating)
    analyst.press("Пересчитать в новой редакции")
    analyst.tab.wait_for_url(re.compile(r"/ratings/\d+/changes/"))
    final = analyst.path.removesuffix("changes/")
    analyst.open(f"{final}?q={OWN}")
    place, points = (
        analyst.tab.locator("table.data tbody tr", has=analyst.tab.locator(".net-vk")).locator("td.n").all()[:2]
    )
    seen.came = tuple(plain(cell.locator(".num").first.inner_text()) for cell in (points, place))
    return final


def read_top(official: Person, rating: str, seen: YearEnd) -> None:
    official.open(f"{rating}?sort=-points")
    rows = official.tab.locator("table.data tbody tr").all()
    for row in rows[:10]:
        ranked = row.locator("td.n").first.locator(".none").count() == 0
        if ranked:
            seen.top.append(number(row.locator("td.n").nth(1).locator(".num").first.inner_text()))


# --- awards -----------------------------------------------------------------------------------------------------------


def open_contest(official: Person) -> str:
    """A contest with conditions and a short list, led to its protocol; returns its path."""
    official.open(f"{REGION}/awards/")
    official.follow("Открыть конкурс")
    official.tab.get_by_label("Название").fill(CONTEST)
    choice = official.tab.locator("#id_rating option", has_text=f"{METHODOLOGY}, 2024").get_attribute("value")
    official.tab.locator("#id_rating").select_option(choice)
    official.press("Открыть конкурс")
    official.tab.wait_for_url(re.compile(r"/contests/\d+/"))
    contest = official.path
    for stage in ("условия участия", "короткий список", "итоговые места", "протокол"):
        official.press("К следующему этапу")
        expect(official.tab.locator("[aria-current=step]")).to_have_text(re.compile(stage, re.IGNORECASE))
    return contest


def award(official: Person, contest: str) -> None:
    """The list as the rules propose it, the third of the first nomination replaced, confirmed and signed."""
    official.press("Сформировать наградной список")
    official.tab.wait_for_url(re.compile(r"/award-lists/\d+/"))
    heading = official.tab.get_by_role("heading", name=FIRST, exact=True)
    row = official.tab.locator("section.panel", has=heading).locator("tbody tr").last
    row.locator("summary").click()
    row.get_by_label("Почему", exact=False).fill(REPLACED)
    official.press("Заменить", row)
    expect(official.tab.get_by_role("main")).to_contain_text("Решение сохранено")
    official.press("Подтвердить все")
    official.press("Подписать список")
    expect(official.tab.get_by_text("Список подписан")).to_be_visible()


ROWS = """() => [...document.querySelectorAll("section.panel table.data tbody tr")].map(row => {
  const text = found => found ? found.textContent.trim().replace(/\\s+/g, " ") : "";
  const cells = row.querySelectorAll("td");
  const who = row.querySelector("th a") || row.querySelector("th").firstChild;
  return [text(row.closest("section").querySelector("h2")), text(who),
          text(cells[0].querySelector(".num")), text(cells[1].querySelector(".num")), text(cells[3]),
          row.querySelector("th").textContent.includes("Вместо"), cells[1].querySelector("a")?.getAttribute("href")];
})"""


def read_list(official: Person, rating: str, seen: YearEnd) -> None:
    """Every line of the signed list, and what the rating says of those awarded in the first nomination."""
    scores = {}
    for nomination, who, place, points, degree, replaces, score in official.tab.evaluate(ROWS):
        winner = Winner(nomination, who, int(place) if place else None, number(points) if points else None, degree,
                        replaces)  # fmt: skip
        seen.winners.append(winner)
        if nomination == FIRST:
            scores[who] = score
    listed = official.path
    for who, score in scores.items():
        official.open(score)
        seen.in_rating[who] = number(official.tab.locator("main .value").first.inner_text())
    official.open(listed)


def take_papers(official: Person, folder: Path, seen: YearEnd) -> None:
    """Every kind of document is asked for, waited for on the screen and downloaded."""
    official.follow("Документы")
    official.tab.wait_for_url(re.compile(r"/documents/$"))
    for label in PAPERS.values():
        official.tab.get_by_label("Документ", exact=True).select_option(label=label)
        official.press("Создать")
        expect(official.tab.get_by_text("Документ создаётся")).to_be_visible()
    for name, label in PAPERS.items():
        link = official.tab.get_by_role("link", name=label[0].upper() + label[1:], exact=True)
        expect(link).to_be_visible(timeout=300_000)
        with official.tab.expect_download() as found:
            link.click()
        seen.files[name] = folder / name
        found.value.save_as(seen.files[name])


def marks(official: Person, contest: str, admin: Person, seen: YearEnd) -> None:
    """Issued by the official; the admin finds the own badge on the desk and takes its files."""
    official.open(contest)
    official.press("Выдать знаки качества")
    official.tab.wait_for_url(re.compile(r"/marks/"))
    admin.open("/")
    expect(admin.tab.get_by_role("heading", name="Награды и знаки качества")).to_be_visible()
    issued = admin.tab.locator("main li", has=admin.tab.locator('a[href^="/b/"]'))
    mark = issued.filter(has_text="от 26.10.2024").first
    if mark.locator("details[open]").count() == 0:
        mark.locator("summary").click()
    seen.badge = mark.locator('a[href^="/b/"]').first.get_attribute("href")
    for kind in ("PNG", "SVG"):
        with admin.tab.expect_download() as found:
            mark.get_by_role("link", name=kind).first.click()
        seen.seals[kind] = found.value.path().read_bytes()


def look_as_a_stranger(stranger: Person, seen: YearEnd) -> None:
    stranger.open(seen.badge)
    seen.stranger = plain(stranger.tab.locator("body").inner_text())


def read_trail(auditor: Person, seen: YearEnd) -> None:
    """What the trail says of names that left."""
    auditor.open("/audit/?action=export.names")
    for row in auditor.tab.locator("table.data tbody tr").all():
        seen.trail.append(plain(row.evaluate("row => row.textContent")))
