"""Saved views, a read-only link and a report of the region the browser looks at."""

import datetime as dt

from gospub.accounts.models import User
from monitoring.models import Region
from reports import keeping
from reports.models import Report, SavedView, ViewLink

NOW = dt.datetime(2024, 10, 26, 2, tzinfo=dt.UTC)
SECRET = "secret-of-the-browser"


def keep_reports(region: Region, user: User) -> dict[str, str]:
    """One of each; addresses by name."""
    view = {"region": region, "screen": "pages", "query": "platform=vk", "made_at": NOW}
    SavedView.objects.create(owner=user, name="Страницы ВК", shared=True, **view)
    ViewLink.objects.create(
        name="Министерству", made_by=user, expires_at=NOW + dt.timedelta(days=300),
        code_digest=keeping.digest(SECRET), **view,
    )  # fmt: skip
    report = Report.objects.create(
        region=region, name="Месяц", screens=["overview", "dynamics"], scheduled=True, made_by=user, made_at=NOW
    )
    report.recipients.add(user)
    address = f"/regions/{region.code}"
    return {
        "search": "/search/?q=школа",
        "search empty": "/search/?q=ы",
        "saved views": f"{address}/views/",
        "view to save": f"{address}/views/?screen=pages&query=platform%3Dvk",
        "reports": f"{address}/reports/",
        "shared view": f"/v/{SECRET}/",
    }
