"""The appeals application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppealsConfig(AppConfig):
    name = "appeals"
    verbose_name = _("Appeals")

    def ready(self) -> None:
        """Appeals stand in a rating's way; the menu and the analyst's desk count those that wait."""
        from monitoring.dashboards.queries import desk  # noqa: PLC0415 -- models must be there first
        from monitoring.templatetags import navigation  # noqa: PLC0415
        from ratings import lifecycle  # noqa: PLC0415

        from . import standing  # noqa: PLC0415

        lifecycle.CHECKS.append(standing.obstacles)
        navigation.BADGES["appeals"] = (standing.waiting, standing.WAITING)
        desk.KINDS.append(standing.ON_THE_DESK)
