"""The awards application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwardsConfig(AppConfig):
    name = "awards"
    verbose_name = _("Awards")

    def ready(self) -> None:
        """The analyst's desk counts the lists that wait."""
        from monitoring.dashboards.queries import desk  # noqa: PLC0415 -- models must be there first

        from . import waiting  # noqa: PLC0415

        desk.KINDS.extend(waiting.ON_THE_DESK)
