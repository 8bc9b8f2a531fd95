"""The compliance application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = _("Coverage and law")

    def ready(self) -> None:
        """The analyst's desk tells of terms of the road map."""
        from monitoring.dashboards.queries import desk  # noqa: PLC0415 -- models must be there first

        from . import waiting  # noqa: PLC0415

        desk.COUNTERS.append(waiting.terms)
