"""Award lists: what the rules proposed, what an official made of it, and what was signed off."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from monitoring.models import Institution, Page, Person
from ratings.models import Score

from .contests import Contest, Nomination

if TYPE_CHECKING:
    from gospub.accounts.models import User


class FrozenError(Exception):
    """A list that was signed off is never changed: a correction is its next edition."""


class AwardListQuerySet(models.QuerySet["AwardList"]):
    def visible_to(self, user: "User") -> "AwardListQuerySet":
        """Lists that are signed off for everybody of the region; drafts for those who see the whole region."""
        if user.rights.everywhere:
            return self
        signed = Q(contest__region__in=user.rights.regions, signed_at__isnull=False)
        return self.filter(Q(contest__region__in=user.rights.whole) | signed)


class AwardList(models.Model):
    """The awards of a contest. edition: 1, 2, …: a list that was signed off is never changed, what is corrected later
    is the next edition. digest: sha256 over its awards, set when it is signed off."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="lists", verbose_name=_("contest"))
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    proposed_at = models.DateTimeField(_("proposed at"))
    signed_at = models.DateTimeField(_("signed off at"), null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("signed off by")
    )
    digest = models.CharField(_("sha256 of the list"), max_length=64, blank=True)

    objects = AwardListQuerySet.as_manager()

    class Meta:
        verbose_name = _("award list")
        verbose_name_plural = _("award lists")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint("contest", "edition", name="award_list_edition_once"),
            models.UniqueConstraint("contest", condition=Q(signed_at=None), name="award_list_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.contest}, № {self.edition}"

    def delete(self, *args: object, **options: object) -> tuple[int, dict[str, int]]:
        """Raises FrozenError where the list is signed off."""
        refuse_signed(self.pk)
        return super().delete(*args, **options)


class Degree(models.IntegerChoices):
    """Degree of the diploma; a laureate has a diploma without one."""

    LAUREATE = 0, _("laureate")
    FIRST = 1, _("I degree")
    SECOND = 2, _("II degree")
    THIRD = 3, _("III degree")


class AwardState(models.TextChoices):
    PROPOSED = "proposed", _("proposed by the rules")
    CONFIRMED = "confirmed", _("confirmed")
    ADDED = "added", _("added by an official")
    REMOVED = "removed", _("taken away by an official")


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, user: "User") -> "AwardQuerySet":
        """All awards of the regions that the user sees as a whole; elsewhere those of the own institutions, once the
        list is signed off."""
        if user.rights.everywhere:
            return self
        own = self.model.institution.field.related_model.objects.visible_to(user)
        signed = Q(list__signed_at__isnull=False, institution__in=own)
        return self.filter(Q(list__contest__region__in=user.rights.whole) | signed)

    def given(self) -> "AwardQuerySet":
        """Without those that were taken away."""
        return self.exclude(state=AwardState.REMOVED)

    def signed(self) -> "AwardQuerySet":
        """Given by the latest edition that was signed off in each contest."""
        later = AwardList.objects.filter(
            contest=models.OuterRef("list__contest"),
            signed_at__isnull=False,
            edition__gt=models.OuterRef("list__edition"),
        )
        return self.given().filter(~models.Exists(later), list__signed_at__isnull=False)


class Award(models.Model):
    """One line of an award list. title: the page or institution as it was called then; a person's name is never kept
    here. tie: shares its place. What an official added or took away keeps who, when and why; instead_of: the line that
    this one replaced. Lines that were taken away stay, so that the list tells what the rules had proposed."""

    list = models.ForeignKey(AwardList, models.CASCADE, related_name="awards", verbose_name=_("award list"))
    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="awards", verbose_name=_("nomination"))
    page = models.ForeignKey(Page, models.PROTECT, null=True, related_name="awards", verbose_name=_("page"))
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="awards", verbose_name=_("institution")
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="awards", verbose_name=_("person"))
    score = models.ForeignKey(Score, models.PROTECT, null=True, related_name="awards", verbose_name=_("score"))
    title = models.CharField(_("title"), max_length=400)
    place = models.PositiveIntegerField(_("place"), null=True)
    tie = models.BooleanField(_("shares the place"), default=False)
    degree = models.PositiveSmallIntegerField(_("degree"), choices=Degree, default=Degree.LAUREATE)
    points = models.FloatField(_("points"), null=True)
    state = models.CharField(_("state"), max_length=9, choices=AwardState, default=AwardState.PROPOSED)
    instead_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="replaced_by", verbose_name=_("instead of")
    )
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["nomination__position", "nomination__name", "place", "pk"]
        constraints = [
            models.UniqueConstraint(
                "list",
                "nomination",
                "person",
                condition=Q(person__isnull=False) & ~Q(state="removed"),
                name="award_person_once",
            ),
            models.UniqueConstraint(
                "list", "nomination", "page", condition=~Q(state="removed"), name="award_page_once"
            ),
        ]

    def __str__(self) -> str:
        return f"award {self.pk}"

    def save(self, *args: object, **options: object) -> None:
        """Raises FrozenError where the list is signed off."""
        refuse_signed(self.list_id)
        super().save(*args, **options)

    def delete(self, *args: object, **options: object) -> tuple[int, dict[str, int]]:
        """Raises FrozenError where the list is signed off."""
        refuse_signed(self.list_id)
        return super().delete(*args, **options)


def refuse_signed(key: int) -> None:
    """Raises FrozenError where the list is signed off; what goes past this is found by `manage.py verify_awards`."""
    if AwardList.objects.filter(pk=key, signed_at__isnull=False).exists():
        raise FrozenError
