"""Roll-ups: derived from what was measured, rebuildable at any time. Screens and ratings read these."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .measures import Provenance, SlotReason, SlotStatus
from .registry import Page, PlatformCode, Region


class PageState(models.Model):
    """A row per page: the latest figures and their changes. NULL = never measured, or nothing to compare with."""

    page = models.OneToOneField(Page, models.CASCADE, primary_key=True, related_name="state", verbose_name=_("page"))
    subscribers = models.PositiveIntegerField(_("subscribers"), null=True)
    subscribers_provenance = models.CharField(max_length=9, choices=Provenance, default=Provenance.MEASURED)
    measured_on = models.DateField(_("measured on"), null=True)
    change_day = models.IntegerField(_("change to the day before"), null=True)
    change_month = models.IntegerField(_("change to a month ago"), null=True)
    change_year = models.IntegerField(_("change to a year ago"), null=True)
    last_post_at = models.DateTimeField(_("last post"), null=True)
    posts_7 = models.PositiveIntegerField(_("posts in 7 days"), null=True)
    posts_30 = models.PositiveIntegerField(_("posts in 30 days"), null=True)
    views_30 = models.PositiveBigIntegerField(_("views of the posts of 30 days"), null=True)
    interactions_30 = models.PositiveBigIntegerField(_("likes, comments and reposts of 30 days"), null=True)
    slot_status = models.CharField(_("last slot"), max_length=8, choices=SlotStatus, blank=True)
    slot_reason = models.CharField(_("reason"), max_length=16, choices=SlotReason, blank=True)
    sparkline = models.JSONField(
        _("last measured values"), default=list, help_text="[[ISO day, subscribers], …], oldest first"
    )

    class Meta:
        verbose_name = _("page state")
        verbose_name_plural = _("page states")

    def __str__(self) -> str:
        return f"{self.page_id}: {self.subscribers}"


class PageMonth(models.Model):
    """A row per page and month; every figure is a sum that may be added over months and pages.

    posts_days: days of the month of which every post is known; active_days: those of them with a post. weeks: ISO weeks
    whose Thursday lies in the month and whose seven days are all known; weeks_N: those of them with N posts or more.
    Days and weeks under an exemption count in neither. aged_…: posts whose counters were read at seven days; viewed_…:
    those of them with views. …_audience: posts times the month's mean subscribers. days_owed: days that owed a reading,
    days_gone: those on which the page did not exist, days_excused: those that we or the network failed to read.
    """

    month = models.DateField(_("first day of the month"))
    page = models.ForeignKey(Page, models.CASCADE, related_name="months", db_index=False, verbose_name=_("page"))
    subscribers_first = models.PositiveIntegerField(_("first measured subscribers"), null=True)
    subscribers_last = models.PositiveIntegerField(_("last measured subscribers"), null=True)
    days_measured = models.PositiveSmallIntegerField(_("days measured"), default=0)
    posts_days = models.PositiveSmallIntegerField(_("days with known posts"), default=0)
    posts = models.PositiveIntegerField(_("posts"), null=True)
    own_posts = models.PositiveIntegerField(_("posts that are neither reposts nor copies"), null=True)
    views = models.PositiveBigIntegerField(_("views"), null=True)
    likes = models.PositiveBigIntegerField(_("likes"), null=True)
    comments = models.PositiveBigIntegerField(_("comments"), null=True)
    reposts = models.PositiveBigIntegerField(_("reposts"), null=True)
    subscriber_days = models.PositiveBigIntegerField(_("sum of the measured subscribers"), default=0)
    days_owed = models.PositiveSmallIntegerField(_("days that owed a reading"), default=0)
    days_gone = models.PositiveSmallIntegerField(_("days without a page"), default=0)
    days_excused = models.PositiveSmallIntegerField(_("days that could not be read"), default=0)
    active_days = models.PositiveSmallIntegerField(_("days with posts"), default=0)
    weeks = models.PositiveSmallIntegerField(_("whole weeks known"), default=0)
    weeks_1 = models.PositiveSmallIntegerField(_("weeks with a post"), default=0)
    weeks_2 = models.PositiveSmallIntegerField(_("weeks with 2 posts"), default=0)
    weeks_3 = models.PositiveSmallIntegerField(_("weeks with 3 posts"), default=0)
    weeks_4 = models.PositiveSmallIntegerField(_("weeks with 4 posts"), default=0)
    weeks_5 = models.PositiveSmallIntegerField(_("weeks with 5 posts"), default=0)
    weeks_6 = models.PositiveSmallIntegerField(_("weeks with 6 posts"), default=0)
    weeks_7 = models.PositiveSmallIntegerField(_("weeks with 7 posts"), default=0)
    aged_posts = models.PositiveIntegerField(_("posts read at 7 days"), default=0)
    aged_interactions = models.PositiveBigIntegerField(_("their likes, comments and reposts"), default=0)
    aged_audience = models.PositiveBigIntegerField(_("posts read at 7 days × mean subscribers"), default=0)
    viewed_posts = models.PositiveIntegerField(_("posts with views at 7 days"), default=0)
    viewed_interactions = models.PositiveBigIntegerField(_("likes, comments and reposts of those"), default=0)
    viewed_audience = models.PositiveBigIntegerField(_("posts with views × mean subscribers"), default=0)
    aged_views = models.PositiveBigIntegerField(_("views at 7 days"), default=0)
    people_comments = models.PositiveIntegerField(_("comments by people"), default=0)
    answered_comments = models.PositiveIntegerField(_("answered comments"), default=0)

    class Meta:
        verbose_name = _("page month")
        verbose_name_plural = _("page months")
        constraints = [models.UniqueConstraint("month", "page", name="pagemonth_month_page")]
        indexes = [models.Index("page", "month", name="pagemonth_page")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.month:%Y-%m}"


class Dimension(models.TextChoices):
    """What the pages of a region are grouped by. Key: ALL "", PLATFORM its code, MUNICIPALITY and SECTOR
    (the widest one) their primary key, LEVEL its code, FOUNDER its name; "" = not known."""

    ALL = "all", _("whole region")
    PLATFORM = "platform", _("network")
    MUNICIPALITY = "municipality", _("municipality")
    SECTOR = "sector", _("sector")
    LEVEL = "level", _("level")
    FOUNDER = "founder", _("founder")


class GroupFigures(models.Model):
    """subscribers: sum over the `measured` pages, NULL if none; pages: accounts that existed."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="+", db_index=False, verbose_name=_("region"))
    dimension = models.CharField(_("grouped by"), max_length=12, choices=Dimension)
    key = models.CharField(_("group"), max_length=255, blank=True)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    measured = models.PositiveIntegerField(_("pages with a measured audience"), default=0)
    subscribers = models.PositiveBigIntegerField(_("subscribers"), null=True)
    posts = models.PositiveIntegerField(_("posts"), null=True)
    views = models.PositiveBigIntegerField(_("views"), null=True)
    interactions = models.PositiveBigIntegerField(_("likes, comments and reposts"), null=True)
    people_comments = models.PositiveIntegerField(_("comments by people"), null=True)
    answered_comments = models.PositiveIntegerField(_("answered comments"), null=True)

    class Meta:
        abstract = True


class GroupDay(GroupFigures):
    """(region, dimension, key, local day): what the overview and every trend read."""

    day = models.DateField(_("local day"))

    class Meta:
        verbose_name = _("group day")
        verbose_name_plural = _("group days")
        constraints = [models.UniqueConstraint("region", "dimension", "key", "day", name="groupday_key")]
        indexes = [models.Index("dimension", "day", name="groupday_across")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.dimension} {self.key} {self.day}"


class GroupMonth(GroupFigures):
    """As GroupDay by month: audience and pages of its last collected day, posts of all its days."""

    month = models.DateField(_("first day of the month"))

    class Meta:
        verbose_name = _("group month")
        verbose_name_plural = _("group months")
        constraints = [models.UniqueConstraint("region", "dimension", "key", "month", name="groupmonth_key")]
        indexes = [models.Index("dimension", "month", name="groupmonth_across")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.dimension} {self.key} {self.month:%Y-%m}"


class PostDimension(models.TextChoices):
    """What posts are summed by. Key: HOUR "3-14" (ISO weekday and hour of the region), KIND as Post.Kind, CONTENT the
    bits of platforms.base.Content, "" where the network does not tell."""

    HOUR = "hour", _("hour of the week")
    KIND = "kind", _("kind")
    CONTENT = "content", _("what it holds")


class PostFigures(models.Model):
    """viewed: posts with views; views, interactions (likes, comments, reposts): of those; comments: of all."""

    posts = models.PositiveIntegerField(_("posts"), default=0)
    viewed = models.PositiveIntegerField(_("posts with views"), default=0)
    views = models.PositiveBigIntegerField(_("views"), default=0)
    interactions = models.PositiveBigIntegerField(_("likes, comments and reposts"), default=0)
    comments = models.PositiveBigIntegerField(_("comments"), default=0)

    class Meta:
        abstract = True


class PostMonth(PostFigures):
    """Posts of a region and month by network and hour, kind or content: the screens of posts never read Post whole."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="+", db_index=False, verbose_name=_("region"))
    month = models.DateField(_("first day of the month"))
    dimension = models.CharField(_("grouped by"), max_length=8, choices=PostDimension)
    platform = models.CharField(_("network"), max_length=10, choices=PlatformCode)
    key = models.CharField(_("group"), max_length=8, blank=True)

    class Meta:
        verbose_name = _("posts of a month")
        verbose_name_plural = _("posts of months")
        constraints = [models.UniqueConstraint("region", "dimension", "month", "platform", "key", name="postmonth_key")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.month:%Y-%m} {self.dimension} {self.key}"


class TopMeasure(models.TextChoices):
    VIEWS = "views", _("views")
    ENGAGEMENT = "engagement", _("engagement")
    COMMENTS = "comments", _("comments")


class TopPost(models.Model):
    """The posts of a region, month and network with the highest measure, place 1 first. value: the measure;
    engagement = (likes + comments + reposts) ÷ views."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="+", db_index=False, verbose_name=_("region"))
    measure = models.CharField(_("by"), max_length=10, choices=TopMeasure)
    month = models.DateField(_("first day of the month"))
    platform = models.CharField(_("network"), max_length=10, choices=PlatformCode)
    place = models.PositiveSmallIntegerField(_("place"))
    post = models.ForeignKey("monitoring.Post", models.CASCADE, related_name="+", verbose_name=_("post"))
    value = models.FloatField(_("value"))

    class Meta:
        verbose_name = _("top post")
        verbose_name_plural = _("top posts")
        constraints = [models.UniqueConstraint("region", "measure", "month", "platform", "place", name="toppost_place")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.month:%Y-%m} {self.measure} {self.place}"
