"""What people have written of pages into the registry, with the day from which it held."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .registry import Page, PageClass


class PageRecord(models.Model):
    """What the registry said of a page from `since` on; a new row only when something changed. NULL = not said.

    Page holds the present values; a rating of a past day reads those of that day.
    """

    page = models.ForeignKey(Page, models.CASCADE, related_name="records", db_index=False, verbose_name=_("page"))
    since = models.DateField(_("since"))
    page_class = models.CharField(_("class"), max_length=10, choices=PageClass)
    connected_to_component = models.BooleanField(_("connected to «Госпаблики»"), null=True)
    weekly_reach = models.PositiveIntegerField(_("weekly reach, people"), null=True)

    FIELDS = ("page_class", "connected_to_component", "weekly_reach")

    class Meta:
        verbose_name = _("registry record of a page")
        verbose_name_plural = _("registry records of pages")
        constraints = [models.UniqueConstraint("page", "since", name="pagerecord_page_since")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.since}"
