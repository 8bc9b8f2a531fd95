"""Reports: made, sent once a period, opened with the rights of whoever opens them, stopped."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gospub import clock
from gospub.accounts.models import AuditEntry
from letters.models import Letter
from ratings.periods import read_period
from reports import sending
from reports.making import REPORTED, last_period
from reports.models import Cadence, Report
from tests.factories import RegionFactory, analyst, curator, official

from .conftest import DAY, NOW


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def made(region, by, *recipients, screens=("overview", "pages"), cadence=Cadence.MONTH, scheduled=True) -> Report:
    fields = {"name": "Отчёт", "screens": list(screens), "cadence": cadence, "scheduled": scheduled}
    return sending.make_report(region, fields, recipients, by, NOW)


def book(client: Client, report: Report, period="2024-10"):
    response = client.get(reverse("report_tables", args=[report.pk, period]))
    assert response.status_code == 200, response.status_code
    return load_workbook(io.BytesIO(b"".join(response.streaming_content)))


@pytest.mark.parametrize(
    ("cadence", "period"), [(Cadence.WEEK, "2024-W42"), (Cadence.MONTH, "2024-09"), (Cadence.QUARTER, "2024-Q3")]
)
def test_a_report_is_of_the_last_period_that_is_over(region, keeper, cadence, period):
    assert str(last_period(made(region, keeper, cadence=cadence), DAY)) == period


def test_a_report_of_every_screen_is_a_workbook_and_a_pdf(region, keeper, analyst_client):
    report = made(region, keeper, keeper, screens=REPORTED)
    names = book(analyst_client, report).sheetnames
    assert "Учреждения" in names
    assert names[-1] == "Параметры"
    paper = analyst_client.get(reverse("report_paper", args=[report.pk, "2024-10"]))
    assert paper.content.startswith(b"%PDF")


def test_each_recipient_gets_what_they_may_see(region, keeper, analyst_client):
    mine = curator(region, "Комитет Лазо")
    report = made(region, keeper, mine)
    assert book(signed_in(mine), report).worksheets[0].max_row == 2
    assert "Регион · Сети" in book(analyst_client, report).sheetnames
    assert "Регион · Сети" not in book(signed_in(mine), report).sheetnames


def test_a_right_that_has_ended_opens_nothing(region, keeper):
    reader = official(region)
    report = made(region, keeper, reader)
    client = signed_in(reader)
    book(client, report)
    reader.grants.all().delete()
    assert client.get(reverse("report_tables", args=[report.pk, "2024-10"])).status_code == 404


def test_others_open_nothing(region, keeper):
    report = made(region, keeper)
    for user in (official(region), analyst(RegionFactory())):
        for name in ("report_tables", "report_paper"):
            assert signed_in(user).get(reverse(name, args=[report.pk, "2024-10"])).status_code == 404


@pytest.mark.parametrize("period", ["2024", "2024-10-26", "2024-13", "x", "2024-W99"])
def test_a_period_of_another_kind_is_none(region, keeper, analyst_client, period):
    report = made(region, keeper, keeper)
    assert analyst_client.get(reverse("report_paper", args=[report.pk, period])).status_code == 404


def test_a_letter_goes_out_once_after_the_period_has_ended(region, keeper, settings):
    made(region, keeper, keeper)
    for moment, letters in (
        ("2024-10-31T23:00:00+10:00", 0),  # October is not over
        ("2024-11-01T07:00:00+10:00", 0),  # too early in the morning
        ("2024-11-01T08:10:00+10:00", 1),
        ("2024-11-01T09:10:00+10:00", 1),
        ("2024-12-02T09:10:00+10:00", 2),
    ):
        settings.DEMO_CLOCK = moment
        sending.send_due(clock.now())
        assert Letter.objects.count() == letters, moment
    letter = Letter.objects.earliest("pk")
    assert letter.subject == "Отчёт: октябрь 2024"
    assert "/2024-10/pdf/" in letter.text
    assert "Школа" not in letter.text


def test_whoever_sees_nothing_of_the_region_any_more_is_not_written_to(region, keeper):
    reader = official(region)
    report = made(region, keeper, reader, keeper)
    reader.grants.all().delete()
    assert sending.send_report(report, read_period("2024-09"), NOW) == 1


def test_a_stopped_report_is_neither_sent_nor_opened(region, keeper, analyst_client):
    report = made(region, keeper, keeper)
    analyst_client.post(reverse("report_stop", args=[report.pk]))
    assert analyst_client.get(reverse("report_tables", args=[report.pk, "2024-10"])).status_code == 404
    assert analyst_client.post(reverse("report_send", args=[report.pk])).status_code == 404
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["report.make", "report.stop"]


def test_a_report_is_made_and_sent_by_those_who_keep_the_region(region, keeper, analyst_client):
    fields = {"name": "Месяц", "cadence": "month", "screens": ["overview"], "recipients": [keeper.pk]}
    url = reverse("reports", args=[region.code])
    assert signed_in(official(region)).post(url, fields).status_code == 403
    assert analyst_client.post(url, fields | {"screens": ["suspects"]}).status_code == 422
    assert analyst_client.post(url, fields | {"recipients": [analyst(RegionFactory()).pk]}).status_code == 422
    assert analyst_client.post(url, fields).status_code == 302
    report = Report.objects.get()
    for _ in range(2):
        analyst_client.post(reverse("report_send", args=[report.pk]))
    assert Letter.objects.count() == 1
    assert "сентябрь 2024" in analyst_client.get(url).content.decode()


def test_hostile_text_stays_text_on_paper(region, keeper, analyst_client):
    region.institutions.update(name='#read("/etc/passwd") $x$ <b>')
    report = made(region, keeper, keeper, screens=["institutions"])
    assert analyst_client.get(reverse("report_paper", args=[report.pk, "2024-10"])).status_code == 200
