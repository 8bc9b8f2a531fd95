"""Events of a region and the people who were invited to them."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from letters.models import Letter
from monitoring.models import Institution, Person, Region

if TYPE_CHECKING:
    from gospub.accounts.models import User


class EventKind(models.TextChoices):
    FORUM = "forum", _("forum")
    TRAINING = "training", _("training")
    WEBINAR = "webinar", _("webinar")
    CEREMONY = "ceremony", _("award ceremony")
    OTHER = "other", _("other meeting")


# Whoever came to one of these is trained.
TEACHING = (EventKind.TRAINING, EventKind.WEBINAR)


class EventState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: "User") -> "EventQuerySet":
        """Events of the regions in which the user has any right; who takes part is a matter of `Participant`."""
        return self if user.rights.everywhere else self.filter(region__in=user.rights.regions)

    def trainings(self) -> "EventQuerySet":
        """Trainings and webinars that were held."""
        return self.filter(state=EventState.HELD, kind__in=TEACHING)


class Event(models.Model):
    """A forum, training or ceremony. first, last: local days of the region, both included. begins: time of day in the
    region's zone on the first of them, NULL = not said. hours: academic hours, NULL = not said.

    programme: [[when, topic, speaker], …] as officials write it, "" where nothing is said.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="forum_events", verbose_name=_("region"))
    kind = models.CharField(_("kind"), max_length=10, choices=EventKind, default=EventKind.TRAINING)
    title = models.CharField(_("title"), max_length=300)
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    begins = models.TimeField(_("begins at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=300, blank=True)
    hours = models.PositiveSmallIntegerField(_("academic hours"), null=True, blank=True)
    programme = models.JSONField(_("programme"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=EventState, default=EventState.PLANNED)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("forum or training")
        verbose_name_plural = _("forums and trainings")
        ordering = ["-first", "-pk"]
        constraints = [
            models.UniqueConstraint("region", "title", "first", name="forum_event_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="forum_event_days_in_order"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def teaches(self) -> bool:
        return self.kind in TEACHING

    @property
    def days(self) -> str:
        """26.10.2024, or 26.10.2024–27.10.2024."""
        return "–".join(f"{day:%d.%m.%Y}" for day in sorted({self.first, self.last}))

    def undecided(self, day: dt.date) -> bool:
        """It is over by that local day, and nobody has said whether it was held."""
        return self.state == EventState.PLANNED and self.last < day


class Origin(models.TextChoices):
    """How one came on the list of participants."""

    AWARDS = "awards", _("award list")
    ADMINS = "admins", _("page admins")
    HAND = "hand", _("by hand")


class CameBy(models.TextChoices):
    """How it was noticed that somebody came."""

    LIST = "list", _("marked on the list")
    DOOR = "door", _("at the door")


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def visible_to(self, user: "User") -> "ParticipantQuerySet":
        """Everybody in the regions that the user sees as a whole; elsewhere those of the own institutions."""
        if user.rights.everywhere:
            return self
        own = Institution.objects.visible_to(user)
        return self.filter(Q(event__region__in=user.rights.whole) | Q(institution__in=own))

    def came(self) -> "ParticipantQuerySet":
        return self.filter(came_at__isnull=False)


class Participant(models.Model):
    """Somebody who is invited to an event: a page admin (`person`), somebody else (`name`), or an institution that
    sends whom it likes (neither). workplace: in words, where the registry does not have it.

    key: who it is, so that nobody stands on the list twice and people are told apart over the years; it holds no name.
    code: not to be guessed, on the invitation and in the address of its ticket. letters: the invitation, once for each
    account of the institution. came_at: NULL = has not come (yet).
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="participants", verbose_name=_("forum or training"))
    key = models.CharField(max_length=80)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="participations", verbose_name=_("person")
    )
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, related_name="participants", verbose_name=_("institution")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    workplace = models.CharField(_("place of work"), max_length=300, blank=True)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin)
    code = models.CharField(_("code"), max_length=16, unique=True)
    added_at = models.DateTimeField(_("added at"))
    letters = models.ManyToManyField(Letter, related_name="participants", verbose_name=_("invitation"))
    came_at = models.DateTimeField(_("came at"), null=True)
    came_by = models.CharField(_("how it was noticed"), max_length=4, choices=CameBy, blank=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("marked by")
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [models.UniqueConstraint("event", "key", name="participant_once")]

    def __str__(self) -> str:
        return f"participant {self.pk}"  # logs and messages of errors hold no names

    @property
    def who(self) -> str:
        """The name; of an institution its own; of whoever's name was taken away a number."""
        if self.person:
            return self.person.name
        if self.name:
            return self.name
        if self.key.startswith("institution "):
            return self.institution.name
        return gettext("Participant № %s") % self.pk

    @property
    def where(self) -> str:
        """The place of work, "" where `who` says it already or nothing is known."""
        place = self.institution.name if self.institution else self.workplace
        return "" if place == self.who else place
