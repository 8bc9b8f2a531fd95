from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RatingsConfig(AppConfig):
    name = "ratings"
    verbose_name = _("Ratings")

    def ready(self) -> None:
        """The analyst's desk counts the ratings that wait."""
        from monitoring.dashboards.queries import desk  # noqa: PLC0415 -- models must be there first

        from . import waiting  # noqa: PLC0415

        desk.KINDS.append(waiting.ON_THE_DESK)
