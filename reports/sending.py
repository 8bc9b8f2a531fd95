"""Reports that are made, stopped, and told of by letter. A letter holds no figures: its links lead to files that are
made for whoever opens them, with the rights of that moment."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from gospub.accounts.audit import record
from gospub.accounts.models import User
from gospub.clock import local_day
from letters.links import absolute
from letters.models import Kind
from letters.outbox import post
from monitoring.models import Region
from ratings.periods import Period

from .making import last_period, words_of
from .models import Report

HOUR = 8  # of the region's day, from which on letters go out


def make_report(
    region: Region, fields: dict[str, object], recipients: Iterable[User], by: User, now: dt.datetime
) -> Report:
    """Keep the report; fields: name, screens, cadence, scheduled."""
    with transaction.atomic():
        report = Report.objects.create(region=region, made_by=by, made_at=now, **fields)
        report.recipients.set(recipients)
        after = {**fields, "recipients": sorted(user.email for user in report.recipients.all())}
        record(by, "report.make", f"report {report.pk}", before={}, after=after, now=now, region=region.pk)
    return report


def stop_report(report: Report, by: User, now: dt.datetime) -> bool:
    """No more letters, and the links in those that went out lead nowhere; False where it was stopped before."""
    with transaction.atomic():
        if not Report.objects.filter(pk=report.pk, stopped_at=None).update(stopped_at=now):
            return False
        record(by, "report.stop", f"report {report.pk}", before={"name": report.name}, after={}, now=now,
               region=report.region_id)  # fmt: skip
    return True


def send_report(report: Report, period: Period, now: dt.datetime, again: str = "") -> int:
    """Into the outbox with a letter to every recipient who still sees something of the region, once a period; returns
    how many are new. again: what makes it another time."""
    sent = 0
    for user in report.recipients.filter(is_active=True):
        if Region.objects.visible_to(user).filter(pk=report.region_id).exists():
            key = f"report {report.pk}: {period}{again}: user {user.pk}"
            with override("ru"):
                subject = _("%(report)s: %(period)s") % {"report": report.name, "period": words_of(period)}
                text = letter_text(report, period)
            sent += post(key, Kind.REPORT, user, subject=subject, text=text, now=now)
    return sent


def letter_text(report: Report, period: Period) -> str:
    """Where the files are."""
    parts = [
        _("The report “%(report)s” of the region %(region)s for %(period)s is ready.")
        % {"report": report.name, "region": report.region.name, "period": words_of(period)},
        _("To read and print: %s") % absolute("report_paper", report.pk, str(period)),
        _("All tables in Excel: %s") % absolute("report_tables", report.pk, str(period)),
        _("The files are made when you open them, with what you may see by then; you sign in first."),
    ]
    return "\n\n".join(parts)


def send_due(now: dt.datetime) -> int:
    """Letters of the periods that have ended since their reports were made; returns how many are new."""
    sent = 0
    for report in Report.objects.filter(scheduled=True, stopped_at=None).select_related("region"):
        zone = report.region.time_zone
        period = last_period(report, local_day(now, zone))
        if now.astimezone(ZoneInfo(zone)).hour >= HOUR and period.last >= local_day(report.made_at, zone):
            sent += send_report(report, period, now)
    return sent
