"""What was measured: the slot ledger, the one fact table, posts, and suspect values."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from monitoring.platforms.base import PosWidget

from .registry import Page, PlatformCode

if TYPE_CHECKING:
    from gospub.accounts.models import User


class SlotStatus(models.TextChoices):
    DUE = "due", _("Due")
    OK = "ok", _("Collected")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")


class SlotReason(models.TextChoices):
    """Why a slot is not `ok`: the failures of `platforms.base` and our own reasons."""

    THROTTLED = "throttled", _("the network asked to wait")
    TOKEN_DEAD = "token_dead", _("the access token no longer works")
    NEEDS_PERSON = "needs_person", _("the network wants a person to confirm access")
    BAD_ANSWER = "bad_answer", _("the network's answer could not be understood")
    UNREACHABLE = "unreachable", _("the network did not answer")
    NOT_FOUND = "not_found", _("there is no such page")
    DELETED = "deleted", _("the page was deleted")
    BLOCKED = "blocked", _("the page was blocked by the network")
    CLOSED = "closed", _("the page hides its figures")
    TOO_LARGE = "too_large", _("the network's answer is too large")
    NO_TOKEN = "no_token", _("no access token was given")
    DUPLICATE = "duplicate", _("another page of the registry is the same one")
    REPLACED = "replaced", _("the address now belongs to another community")
    MISSED = "missed", _("the day ended before the page was read")
    PAUSED = "paused", _("the operator has paused the network")
    OFF = "off", _("the operator has switched the network off")
    QUARANTINE = "quarantine", _("processing the page failed again and again: a fault of ours")
    # with status ok: the audience is known, and
    SUSPECT = "suspect", _("the number is doubtful and waits for an analyst")
    REJECTED = "rejected", _("the number was doubtful and has been rejected")
    POSTS_LATER = "posts_later", _("posts are read on another day: the day's calls do not suffice for all")


# An account that a slot names with one of these reasons did not exist that day.
GONE_REASONS = (
    SlotReason.NOT_FOUND,
    SlotReason.DELETED,
    SlotReason.BLOCKED,
    SlotReason.DUPLICATE,
    SlotReason.REPLACED,
)


# The last day with a good value, before all days where there is none: SQLite's indexes know no NULLS FIRST.
WAITING = Coalesce("last_measured_on", models.Value(dt.date.min, models.DateField()))


class Slot(models.Model):
    """A page is owed a reading on a local day: the record of what is due and what became of it.

    A worker claims due slots by one compare-and-set: `attempts` grows and `next_attempt_at` becomes the end of its
    lease, which it renews while it lives. `attempts` is also the fence: who comes back with an older number has lost
    the slot to another worker. `reason` is "" while a claim is under way.
    """

    page = models.ForeignKey(Page, models.CASCADE, related_name="slots", db_index=False, verbose_name=_("page"))
    day = models.DateField(_("local day"))
    platform = models.CharField(_("network"), max_length=10, choices=PlatformCode)
    status = models.CharField(_("state"), max_length=8, choices=SlotStatus, default=SlotStatus.DUE)
    reason = models.CharField(_("reason"), max_length=16, choices=SlotReason, blank=True)
    answer_hash = models.CharField(_("sha256 of an answer that was not understood"), max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("not before"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    last_measured_on = models.DateField(_("last good value before"), null=True, blank=True)
    posts_owed = models.BooleanField(_("posts are owed too"), default=True)

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        constraints = [models.UniqueConstraint("day", "page", name="slot_day_page")]
        # The order in which workers claim: whoever waits longest first, those that failed today after the others.
        indexes = [
            models.Index(
                "platform",
                "attempts",
                WAITING,
                "page",
                condition=models.Q(status="due"),
                name="slot_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.day}: {self.status}"

    def save(self, *args: object, **options: object) -> None:
        """A slot's network is its page's; kept here so that workers claim without a join."""
        self.platform = self.platform or self.page.platform
        super().save(*args, **options)


class Provenance(models.TextChoices):
    MEASURED = "measured", _("measured")
    ROUNDED = "rounded", _("rounded by the network")
    ESTIMATED = "estimated", _("estimated")
    MANUAL = "manual", _("entered by hand")


class PageDay(models.Model):
    """(local day, page): subscribers when collected, and the posts published that day with their latest counters.

    NULL = no data. posts is 0 only where the wall was read and held nothing; views, likes, comments, reposts are
    NULL where no post of that day gave that counter.
    """

    day = models.DateField(_("local day"))
    page = models.ForeignKey(Page, models.CASCADE, related_name="days", db_index=False, verbose_name=_("page"))
    subscribers = models.PositiveIntegerField(_("subscribers"), null=True)
    subscribers_provenance = models.CharField(max_length=9, choices=Provenance, default=Provenance.MEASURED)
    subscribers_step = models.PositiveIntegerField(_("rounded to"), default=1)
    collected_at = models.DateTimeField(_("collected at"), null=True)
    answer_hash = models.CharField(_("sha256 of the network's answer"), max_length=64, blank=True)
    posts = models.PositiveIntegerField(_("posts"), null=True)
    own_posts = models.PositiveIntegerField(_("posts that are neither reposts nor copies"), null=True)
    views = models.PositiveBigIntegerField(_("views"), null=True)
    likes = models.PositiveBigIntegerField(_("likes"), null=True)
    comments = models.PositiveBigIntegerField(_("comments"), null=True)
    reposts = models.PositiveBigIntegerField(_("reposts"), null=True)
    people_comments = models.PositiveIntegerField(_("comments by people"), null=True)
    answered_comments = models.PositiveIntegerField(_("answered comments"), null=True)
    views_provenance = models.CharField(max_length=9, choices=Provenance, default=Provenance.MEASURED)

    class Meta:
        verbose_name = _("page day")
        verbose_name_plural = _("page days")
        # (day, page) in this order: a country day takes 0.6 s to write, in the other order 21 s.
        constraints = [models.UniqueConstraint("day", "page", name="pageday_day_page")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.day}"


class PageProfile(models.Model):
    """What a page showed of itself from `since` on; a new row only when something changed. NULL = not known."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="profiles", db_index=False, verbose_name=_("page"))
    since = models.DateField(_("since"))
    has_avatar = models.BooleanField(_("avatar"), null=True)
    has_cover = models.BooleanField(_("cover"), null=True)
    has_description = models.BooleanField(_("description"), null=True)
    has_site = models.BooleanField(_("site"), null=True)
    has_contacts = models.BooleanField(_("phone or e-mail"), null=True)
    names_institution = models.BooleanField(_("names the institution"), null=True)
    state_mark = models.BooleanField(_("state mark"), null=True)
    pos_widget = models.CharField(
        _("ПОС widget"), max_length=8, null=True, choices=[(w.value, w.value) for w in PosWidget]
    )
    widgets = models.PositiveSmallIntegerField(_("menu widgets, 2 = two or more"), null=True)

    FIELDS = (
        "has_avatar",
        "has_cover",
        "has_description",
        "has_site",
        "has_contacts",
        "names_institution",
        "state_mark",
        "pos_widget",
        "widgets",
    )

    class Meta:
        verbose_name = _("page profile")
        verbose_name_plural = _("page profiles")
        constraints = [models.UniqueConstraint("page", "since", name="pageprofile_page_since")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.since}"


class Post(models.Model):
    """One post. Counters are the latest ones, refreshed for 30 days and then frozen; NULL = not given.

    views_7 … reposts_7: the same counters at the age of seven days (of the reading nearest to it, `aged_at`, at most
    a day before or three after), which ratings read. text_hash: 63 bits of the normalised text, NULL where it is too
    short to tell posts apart. people_comments, answered_comments: comments of people and those of them that the page
    has answered; answer_minutes: minutes from each such comment to its answer.
    """

    class Kind(models.TextChoices):
        OWN = "own", _("own")
        REPOST = "repost", _("repost")
        COPY = "copy", _("copy sent to many pages")

    page = models.ForeignKey(Page, models.CASCADE, related_name="posts", db_index=False, verbose_name=_("page"))
    external_id = models.CharField(_("id in the network"), max_length=60)
    published_at = models.DateTimeField(_("published at"))
    day = models.DateField(_("local day"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.OWN)
    pinned = models.BooleanField(_("pinned"), default=False)
    advertisement = models.BooleanField(_("advertisement"), default=False)
    text_hash = models.BigIntegerField(_("hash of the text"), null=True)
    content = models.PositiveSmallIntegerField(
        _("what it holds beside the text"), null=True, help_text="platforms.base.Content; NULL = not known"
    )
    views = models.PositiveIntegerField(_("views"), null=True)
    views_step = models.PositiveIntegerField(_("rounded to"), default=1)
    likes = models.PositiveIntegerField(_("likes"), null=True)
    comments = models.PositiveIntegerField(_("comments"), null=True)
    reposts = models.PositiveIntegerField(_("reposts"), null=True)
    read_at = models.DateTimeField(_("counters read at"))
    views_7 = models.PositiveIntegerField(_("views at 7 days"), null=True)
    likes_7 = models.PositiveIntegerField(_("likes at 7 days"), null=True)
    comments_7 = models.PositiveIntegerField(_("comments at 7 days"), null=True)
    reposts_7 = models.PositiveIntegerField(_("reposts at 7 days"), null=True)
    aged_at = models.DateTimeField(_("counters at 7 days read at"), null=True)
    people_comments = models.PositiveIntegerField(_("comments by people"), null=True)
    answered_comments = models.PositiveIntegerField(_("answered comments"), null=True)
    answer_minutes = models.JSONField(_("minutes to the answers"), default=list)
    comments_read_at = models.DateTimeField(_("comments read at"), null=True)
    comments_seen = models.PositiveIntegerField(_("comments when they were read"), null=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [models.UniqueConstraint("page", "external_id", name="post_page_external_id")]
        indexes = [
            models.Index("page", "published_at", name="post_page_published"),
            models.Index("text_hash", condition=models.Q(text_hash__isnull=False), name="post_text"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}/{self.external_id}"


class SuspectKind(models.TextChoices):
    NEGATIVE = "negative", _("below zero")
    ABSURD = "absurd", _("not a sensible number")
    ROUNDED = "rounded", _("rounded where it used to be exact")
    MISSING = "missing", _("gone where it used to be shown")
    JUMP = "jump", _("a sudden change")


class SuspectState(models.TextChoices):
    OPEN = "open", _("waits for a decision")
    CONFIRMED = "confirmed", _("confirmed")
    REJECTED = "rejected", _("rejected")


class SuspectQuerySet(models.QuerySet["Suspect"]):
    def visible_to(self, user: "User") -> "SuspectQuerySet":
        """Those of the regions that the user sees as a whole."""
        return self if user.rights.everywhere else self.filter(page__institution__region__in=user.rights.whole)


class Suspect(models.Model):
    """A doubtful number of subscribers, kept apart from PageDay until somebody, or the next day's reading, decides.

    raw: what the network gave, as text. value: the number that a confirmation would store, NULL where there is none
    to store. expected: the last good number before. decided_by NULL with a final state: the next reading decided.
    """

    page = models.ForeignKey(Page, models.CASCADE, related_name="suspects", verbose_name=_("page"))
    day = models.DateField(_("local day"))
    kind = models.CharField(_("why"), max_length=10, choices=SuspectKind)
    raw = models.CharField(_("as the network gave it"), max_length=100, blank=True)
    value = models.PositiveIntegerField(_("number"), null=True)
    step = models.PositiveIntegerField(_("rounded to"), default=1)
    expected = models.PositiveIntegerField(_("last good number"), null=True)
    answer_hash = models.CharField(_("sha256 of the network's answer"), max_length=64, blank=True)
    collected_at = models.DateTimeField(_("collected at"))
    state = models.CharField(_("decision"), max_length=10, choices=SuspectState, default=SuspectState.OPEN)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = SuspectQuerySet.as_manager()

    class Meta:
        verbose_name = _("doubtful number")
        verbose_name_plural = _("doubtful numbers")
        constraints = [models.UniqueConstraint("page", "day", name="suspect_page_day")]
        indexes = [models.Index("day", condition=models.Q(state="open"), name="suspect_open")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.day}: {self.raw}"

    @property
    def may_be_true(self) -> bool:
        """Whether there is anything to confirm: a number, or that there is none."""
        return self.value is not None or self.kind == SuspectKind.MISSING
