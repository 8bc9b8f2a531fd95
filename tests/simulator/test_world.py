"""Made-up regions: deterministic, and to the digit where a digit is promised."""

import datetime as dt
import statistics
from collections import Counter
from itertools import pairwise

import pytest

from monitoring.registry.identifiers import is_inn, is_ogrn
from monitoring.simulator.demo import (
    DEMO_MOMENT,
    PLANS,
    REGION_CODES,
    REGISTRY_DAYS,
    SEED,
    TODAY,
    YEAR_BEFORE,
    demo_days,
    demo_registry,
    demo_world,
    made_up_region,
)
from monitoring.simulator.pages import Page
from monitoring.simulator.regions import KHABAROVSK, ZARECHNAYA
from monitoring.simulator.world import RegionWorld

NOW = int(DEMO_MOMENT.timestamp())
WEEK = 7 * 86_400
BIG = demo_world(KHABAROVSK.code)
LINKS = ("Ссылка на госпаблик ВК", "ID госпаблика")


def months() -> list[dt.date]:
    return [day for day in demo_days() if day.day == 26]


def read(page: Page, day: dt.date) -> int | None:
    return BIG.subscribers(page, day)


class TestTotals:
    def test_the_published_day_comes_out_to_the_digit(self):
        assert len(BIG.accounts(TODAY)) == 1643
        assert BIG.total(TODAY) == {"vk": 482_075, "ok": 277_671, "telegram": 333_731}
        assert sum(BIG.total(TODAY).values()) == 1_093_477

    def test_the_year_before_comes_out_to_the_digit(self):
        assert (len(BIG.accounts(YEAR_BEFORE)), sum(BIG.total(YEAR_BEFORE).values())) == (1700, 827_391)

    @pytest.mark.parametrize("code", REGION_CODES)
    def test_each_fixed_total_of_each_region_is_met(self, code):
        world = demo_world(code)
        for platform, network in PLANS[code].networks.items():
            assert network.totals
            for total in network.totals:
                assert world.total(total.day)[platform] == total.people

    def test_the_small_region_has_120_accounts_on_four_networks(self):
        accounts = Counter(page.platform for page in demo_world(ZARECHNAYA.code).accounts(TODAY))
        assert (accounts.total(), len(accounts)) == (120, 4)

    def test_a_few_accounts_are_never_measured_and_count_all_the_same(self):
        hidden = [page for page in BIG.accounts(TODAY) if page.hidden]
        assert len(hidden) == 5
        assert {read(page, day) for page in hidden for day in months()} == {None}

    def test_the_number_of_accounts_rises_and_then_falls(self):
        counts = [len(BIG.accounts(day)) for day in months()]
        assert (counts[0], max(counts) >= 1720, counts[-1]) == (1520, True, 1643)

    def test_the_audience_of_all_grows_smoothly_month_by_month(self):
        sums = [sum(BIG.total(day).values()) for day in months()]
        assert all(1.0 < later / earlier < 1.06 for earlier, later in pairwise(sums))


class TestCurves:
    def test_sizes_have_a_heavy_tail(self):
        sizes = sorted(read(page, TODAY) for page in BIG.accounts(TODAY) if not page.hidden)
        assert sizes[-1] > 10_000
        assert 100 < statistics.median(sizes) < 600

    def test_a_day_moves_a_page_by_little(self):
        yesterday = TODAY - dt.timedelta(days=40)
        for page in BIG.pages:
            now, then = read(page, yesterday + dt.timedelta(days=1)), read(page, yesterday)
            if now is not None and then is not None:
                assert abs(now - then) <= max(5, 0.02 * then)

    def test_rounding_makes_no_series_tremble(self):
        days = [TODAY - dt.timedelta(days=back) for back in range(120, 60, -1)]
        turns = []
        for page in BIG.accounts(TODAY)[:400]:
            series = [read(page, day) for day in days]
            if None not in series:
                steps = [b - a for a, b in pairwise(series) if b != a]
                turns.append(sum((a > 0) != (b > 0) for a, b in pairwise(steps)))
        assert statistics.mean(turns) < 6  # of 59 steps

    def test_a_handful_of_pages_jump_lately(self):
        def jumped(page: Page) -> bool:
            days = [TODAY - dt.timedelta(days=back) for back in range(13, -1, -1)]
            series = [people for people in (read(page, day) for day in days) if people]
            return any(abs(b - a) > 0.2 * a + 60 for a, b in pairwise(series))

        assert 3 <= sum(map(jumped, BIG.accounts(TODAY))) <= 8


class TestLives:
    def test_pages_are_made_only_where_a_registry_file_soon_names_them(self):
        files = set(REGISTRY_DAYS)
        for page in BIG.pages:
            if page.born > KHABAROVSK.first_day:
                assert any(dt.timedelta() <= day - page.born <= dt.timedelta(days=4) for day in files)

    def test_some_are_deleted_and_some_banned_between_the_dates(self):
        gone = Counter(page.death for page in BIG.pages if page.died and YEAR_BEFORE < page.died <= TODAY)
        assert gone["deleted"] > 50
        assert gone["banned"] > 5

    def test_some_are_renamed_and_some_lose_mark_or_menu_lately(self):
        assert sum(page.renamed_on is not None for page in BIG.pages) == 6
        assert sum(page.looks.mark_lost_on is not None for page in BIG.pages) == 6
        assert sum(page.looks.menu_lost_on is not None for page in BIG.pages) == 6

    def test_nobody_is_renamed_where_a_page_has_no_number_to_be_known_by(self):
        assert {page.platform for page in BIG.pages if page.renamed_on} == {"vk"}

    def test_short_names_are_unique_across_networks_and_regions(self):
        pages = [page for code in REGION_CODES for page in demo_world(code).pages]
        names = [name for page in pages for name in (page.handle, page.old_handle) if name]
        assert len(names) == len(set(names))
        assert all(name == name.lower() for name in names)


class TestInstitutions:
    def test_their_numbers_have_right_check_digits(self):
        for institution in BIG.institutions:
            assert is_ogrn(institution.ogrn)
            assert is_inn(institution.inn)

    def test_no_two_of_a_place_share_a_name_and_no_two_a_number(self):
        assert len({(i.name, i.place.name) for i in BIG.institutions}) == len(BIG.institutions)
        assert (
            len({i.ogrn for i in BIG.institutions}) == len({i.inn for i in BIG.institutions}) == len(BIG.institutions)
        )

    def test_places_have_codes_of_their_region(self):
        assert all(i.place.oktmo.startswith(KHABAROVSK.oktmo[:2]) for i in BIG.institutions)

    def test_names_of_people_are_marked_as_made_up(self):
        assert all(i.admin.endswith("(вымышленное имя)") for i in BIG.institutions)

    def test_a_row_of_admins_runs_pages_of_several_institutions(self):
        assert any(count > 1 for count in Counter(i.admin for i in BIG.institutions).values())


class TestPosts:
    def count(self, page: Page, back: int) -> int:
        return BIG.wall.count(page, NOW - back)

    def test_a_page_posts_about_one_and_a_half_times_a_week_on_average(self):
        spans = [(page, (TODAY - max(page.born, KHABAROVSK.first_day)).days / 7) for page in BIG.accounts(TODAY)]
        posts = sum(self.count(page, 0) - BIG.wall.count(page, NOW - int(weeks * WEEK)) for page, weeks in spans)
        assert 1.2 < posts / sum(weeks for _page, weeks in spans) < 2.0

    def test_two_in_five_keep_the_norm_of_three_a_week(self):
        last = [self.count(page, 0) - self.count(page, WEEK) for page in BIG.accounts(TODAY)]
        kept = sum(count >= 3 for count in last) / len(last)
        silent = sum(count == 0 for count in last) / len(last)
        assert 0.35 < kept < 0.52
        assert silent > 0.15

    def test_all_are_written_in_working_hours_of_the_region(self):
        page = max(BIG.accounts(TODAY), key=lambda page: BIG.wall.count(page, NOW))
        zone = DEMO_MOMENT.tzinfo
        hours = {dt.datetime.fromtimestamp(at, zone).hour for at in BIG.wall.history(page).moments}
        assert hours <= set(range(9, 18))

    def test_counters_grow_for_some_weeks_and_then_stand_still(self):
        page = max(BIG.accounts(TODAY), key=lambda page: BIG.wall.count(page, NOW))
        number = next(n for n in range(500) if BIG.wall.post(page, n, NOW).views)
        at = BIG.wall.history(page).moments[number]
        views = [BIG.wall.post(page, number, at + days * 86_400).views for days in (0, 1, 7, 30, 300)]
        assert views[0] <= views[1] < views[2] < views[3] == views[4]

    def test_what_there_was_stays_as_the_clock_goes_on(self):
        page = BIG.accounts(TODAY)[40]
        fresh = RegionWorld(KHABAROVSK, SEED)
        same = next(p for p in fresh.pages if p.key == page.key)
        late = BIG.wall.count(page, NOW)
        early = fresh.wall.count(same, NOW - 100 * 86_400)
        assert early <= late
        assert list(BIG.wall.history(page).moments[:early]) == list(fresh.wall.history(same).moments[:early])


class TestDeterminism:
    def test_the_same_seed_makes_the_same_region(self):
        again = RegionWorld(KHABAROVSK, SEED)
        assert [i.name for i in again.institutions] == [i.name for i in BIG.institutions]
        assert [(p.key, p.handle, p.looks, p.habits) for p in again.pages] == [
            (p.key, p.handle, p.looks, p.habits) for p in BIG.pages
        ]
        assert [again.subscribers(p, TODAY) for p in again.pages] == [read(p, TODAY) for p in BIG.pages]

    def test_another_seed_makes_another_region(self):
        one, two = made_up_region(50, 1), made_up_region(50, 2)
        assert [p.habits for p in one.pages] != [p.habits for p in two.pages]

    @pytest.mark.parametrize("pages", [5, 20, 3465])
    def test_a_region_has_as_many_pages_as_asked_for(self, pages):
        assert len(made_up_region(pages, 1).pages) == pages


class TestRegistry:
    def test_the_days_are_monthly_points_and_the_last_two_weeks(self):
        days = demo_days()
        assert (days[0], days[-1], days[-14]) == (dt.date(2022, 10, 26), TODAY, dt.date(2024, 10, 13))
        assert set(REGISTRY_DAYS) <= set(days)

    @pytest.mark.parametrize("day", REGISTRY_DAYS)
    def test_a_file_lists_the_pages_of_its_day_and_no_others(self, day):
        rows, alive = demo_registry(KHABAROVSK.code, day), Counter(p.platform for p in BIG.accounts(day))
        assert sum(any(row[link] for link in LINKS) for row in rows) == alive["vk"]
        assert sum(bool(row["Ссылка на госпаблик ОК"]) for row in rows) == alive["ok"]
        wrong = sum(row["Ссылка на канал Telegram"].endswith("_wrong") for row in rows)
        assert sum(bool(row["Ссылка на канал Telegram"]) for row in rows) == alive["telegram"] + wrong

    @pytest.mark.parametrize("day", [YEAR_BEFORE, TODAY])
    def test_the_files_so_far_name_every_account_of_the_day(self, day):
        named = set()
        for file_day in (file_day for file_day in REGISTRY_DAYS if file_day <= day):
            named |= {page.key for page in BIG.accounts(file_day)}
        assert {page.key for page in BIG.accounts(day)} <= named

    def test_institutions_without_a_page_are_listed_some_with_a_ground(self):
        empty = [row for row in demo_registry(KHABAROVSK.code, TODAY) if not row["Администратор"]]
        grounds = [row for row in empty if row["Официальная страница не ведется на основании"]]
        assert len(empty) > len(grounds) > 10

    def test_a_few_have_no_ogrn(self):
        rows = demo_registry(KHABAROVSK.code, TODAY)
        assert 1 <= sum(not row["ОГРН"] for row in rows) <= 20
