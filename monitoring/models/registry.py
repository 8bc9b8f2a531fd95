"""The registry: regions, institutions, their pages and the people who run them."""

import datetime as dt
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gospub.encryption import EncryptedEmailField, EncryptedTextField
from monitoring.registry.identifiers import validate_inn, validate_ogrn, validate_oktmo
from monitoring.search.field import SearchField

if TYPE_CHECKING:
    from gospub.accounts.models import User


class PlatformCode(models.TextChoices):
    VK = "vk", _("VK")
    OK = "ok", _("Odnoklassniki")
    TELEGRAM = "telegram", _("Telegram")
    MAX = "max", _("MAX")


class RegionQuerySet(models.QuerySet["Region"]):
    def visible_to(self, user: "User") -> "RegionQuerySet":
        """Regions in which the user has any right."""
        return self if user.rights.everywhere else self.filter(pk__in=user.rights.regions)

    def seen_whole_by(self, user: "User") -> "RegionQuerySet":
        """Regions in which the user sees everything (analyst, official, auditor), not single institutions."""
        return self if user.rights.everywhere else self.filter(pk__in=user.rights.whole)


class Region(models.Model):
    """One of the federal subjects. Its days are local days of `time_zone`."""

    code = models.CharField(_("ISO 3166-2 code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    oktmo = models.CharField(_("ОКТМО"), max_length=8, unique=True, validators=[validate_oktmo])
    time_zone = models.CharField(_("time zone"), max_length=40)
    adult_population = models.PositiveIntegerField(_("adults, people"), null=True, blank=True)
    daily_since = models.DateField(
        _("collected every day since"),
        null=True,
        blank=True,
        help_text=_("From this day on a day without a reading is a missed one; older history may have days only."),
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """A municipality; a settlement has the district it belongs to as its parent."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="municipalities", verbose_name=_("region"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("district")
    )
    name = models.CharField(_("name"), max_length=200)
    oktmo = models.CharField(_("ОКТМО"), max_length=11, blank=True, validators=[validate_oktmo])
    adult_population = models.PositiveIntegerField(_("adults, people"), null=True, blank=True)
    search = SearchField(of=["name"])

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "region", "name", condition=models.Q(parent=None), name="municipality_name_in_region"
            ),
            models.UniqueConstraint("parent", "name", name="municipality_name_in_district"),
            models.UniqueConstraint("oktmo", condition=~models.Q(oktmo=""), name="municipality_oktmo"),
        ]

    def __str__(self) -> str:
        return self.name


class Sector(models.Model):
    """What an institution does, in up to three steps: «Культура → Библиотеки»."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("wider sector")
    )
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("name", condition=models.Q(parent=None), name="sector_top_name"),
            models.UniqueConstraint("parent", "name", name="sector_name_in_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    def path(self) -> list["Sector"]:
        """From the widest sector down to this one."""
        return [*(self.parent.path() if self.parent else []), self]


class Level(models.TextChoices):
    """The values of «Уровень» in the regions' own spreadsheets."""

    REGION = "region", _("Region")
    MINISTRY = "ministry", _("Ministry")
    MUNICIPAL = "municipal", _("Municipal body")
    AGENCY = "agency", _("Agency")
    LEGISLATIVE = "legislative", _("Legislative body")
    UNIVERSITY = "university", _("University")
    OTHER = "other", _("Other")


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def visible_to(self, user: "User") -> "InstitutionQuerySet":
        """All institutions of a region, those under one founder of it, or the one that the user runs."""
        return self if user.rights.everywhere else self.filter(user.rights.own())

    def kept(self, day: dt.date | None = None) -> "InstitutionQuerySet":
        """Those in the registry on the local `day`, or now. A duplicate that was merged into another one never was one
        of its own, on no day."""
        there = models.Q(archived_on=None)
        return self.filter(there | models.Q(archived_on__gte=day) if day else there, merged_into=None)


class Institution(models.Model):
    """A public body or a subordinate organisation, with or without pages.

    merged_into: it was a duplicate of that one, which has its pages now; what was signed or frozen before still names
    it.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="institutions", verbose_name=_("region"))
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="institutions",
        verbose_name=_("municipality"),
    )
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="institutions", verbose_name=_("sector")
    )
    name = models.CharField(_("name"), max_length=500)
    ogrn = models.CharField(_("ОГРН"), max_length=15, blank=True, validators=[validate_ogrn])
    inn = models.CharField(_("ИНН"), max_length=12, blank=True, validators=[validate_inn])
    level = models.CharField(_("level"), max_length=20, choices=Level, default=Level.OTHER)
    founder = models.CharField(_("founder"), max_length=255, blank=True)
    archived_on = models.DateField(_("in the registry until"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    search = SearchField(of=["name", "inn", "ogrn"])
    founder_search = SearchField(of=["founder"])

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["name"]
        indexes = [models.Index("region", "ogrn", name="institution_region_ogrn")]
        constraints = [
            models.UniqueConstraint(
                "region",
                "ogrn",
                "name",
                "municipality",
                condition=models.Q(merged_into=None),
                name="institution_in_municipality",
            ),
            models.UniqueConstraint(
                "region",
                "ogrn",
                "name",
                condition=models.Q(municipality=None, merged_into=None),
                name="institution_in_region",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PageClass(models.TextChoices):
    """Drives norms, weights and eligibility (a business card has no posting norm)."""

    FLAGSHIP = "flagship", _("Flagship")
    ACTIVE = "active", _("Active")
    CARD = "card", _("Business card")


class PageStatus(models.TextChoices):
    """What the network last said of the page."""

    UNKNOWN = "unknown", _("Not measured yet")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    BLOCKED = "blocked", _("Blocked by the network")
    DELETED = "deleted", _("Deleted")
    NOT_FOUND = "not_found", _("No such page")
    REPLACED = "replaced", _("Address taken over")


class PageQuerySet(models.QuerySet["Page"]):
    def visible_to(self, user: "User") -> "PageQuerySet":
        """Pages of the institutions that the user may see."""
        return self if user.rights.everywhere else self.filter(user.rights.own("institution__"))

    def watched(self) -> "PageQuerySet":
        """Pages that are owed a reading every local day."""
        return self.filter(archived_on=None)


class Page(models.Model):
    """An official page. `handle` is its short name in canonical lower case (`club123` where it has none)."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="pages", verbose_name=_("institution"))
    platform = models.CharField(_("network"), max_length=10, choices=PlatformCode)
    handle = models.CharField(_("short name"), max_length=100)
    external_id = models.CharField(_("id in the network"), max_length=40, blank=True)
    page_class = models.CharField(_("class"), max_length=10, choices=PageClass, default=PageClass.ACTIVE)
    status = models.CharField(_("state"), max_length=10, choices=PageStatus, default=PageStatus.UNKNOWN)
    title = models.CharField(_("title in the network"), max_length=300, blank=True)
    connected_to_component = models.BooleanField(_("connected to «Госпаблики»"), null=True, blank=True)
    weekly_reach = models.PositiveIntegerField(
        _("weekly reach, people"),
        null=True,
        blank=True,
        help_text=_("Entered by hand from the network's statistics."),
    )
    added_on = models.DateField(_("in the registry since"))
    archived_on = models.DateField(_("watched until"), null=True, blank=True)
    posts_known_from = models.DateField(
        _("posts known from"),
        null=True,
        blank=True,
        help_text=_("First local day of which every post was read."),
    )
    posts_known_to = models.DateTimeField(_("posts known to"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last answer of the network"), null=True, blank=True)
    search = SearchField(of=["title", "handle", "external_id"])

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["platform", "handle"]
        constraints = [
            models.UniqueConstraint("platform", "handle", name="page_handle"),
            models.UniqueConstraint(
                "platform", "external_id", condition=~models.Q(external_id=""), name="page_external_id"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.handle

    @property
    def url(self) -> str:
        """The address at which a person opens the page."""
        from monitoring.registry.addresses import page_url  # noqa: PLC0415  addresses names the networks of this file

        return page_url(self.platform, self.handle, self.external_id)


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: "User") -> "PersonQuerySet":
        """People of the regions that the user sees as a whole; nobody else sees whose page is whose as a list."""
        return self if user.rights.everywhere else self.filter(region__in=user.rights.whole)

    def with_public_name(self, scope: str, now: dt.datetime) -> "PersonQuerySet":
        """Those whose name may be published in that ConsentScope at the moment `now`: their consent is in force."""
        consents = self.model._meta.get_field("consents").related_model.objects
        return self.filter(pk__in=consents.in_force(now).filter(scope=scope).values("person"))


class Person(models.Model):
    """A page admin. The name is personal data: never in public output without recorded consent."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="people", verbose_name=_("region"))
    name = models.CharField(_("name"), max_length=200)
    search = SearchField(of=["name"])

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PersonContact(models.Model):
    """Contacts live apart from everything public, encrypted."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="contact", verbose_name=_("person"))
    email = EncryptedEmailField(_("e-mail"), max_length=254, blank=True)
    phone = EncryptedTextField(_("phone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return f"contact {self.pk}"  # Django's admin writes it into its own log, in plain text


class Stewardship(models.Model):
    """A person runs a page from one day to another (both included; no end = still runs it)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="stewardships", verbose_name=_("person"))
    page = models.ForeignKey(Page, models.CASCADE, related_name="stewardships", verbose_name=_("page"))
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    share = models.PositiveSmallIntegerField(
        _("share of co-admins, %"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Empty: those who run the page together share equally."),
    )

    class Meta:
        verbose_name = _("stewardship")
        verbose_name_plural = _("stewardships")
        constraints = [
            models.UniqueConstraint("page", "person", "since", name="stewardship_once"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="stewardship_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.page}"  # without the name: Django's admin writes it into its own log


class Obligation(models.Model):
    """Which network an institution must be on: law as data. Empty region or level = all of them."""

    platform = models.CharField(_("network"), max_length=10, choices=PlatformCode)
    region = models.ForeignKey(
        Region, models.CASCADE, null=True, blank=True, related_name="obligations", verbose_name=_("region")
    )
    level = models.CharField(_("level"), max_length=20, choices=Level, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=500)

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")

    def __str__(self) -> str:
        return f"{self.get_platform_display()}: {self.basis}"


class Exemption(models.Model):
    """«Страница не ведётся на основании …»; empty platform = on every network."""

    institution = models.ForeignKey(
        Institution, models.CASCADE, related_name="exemptions", verbose_name=_("institution")
    )
    platform = models.CharField(_("network"), max_length=10, choices=PlatformCode, blank=True)
    ground = models.CharField(_("ground"), max_length=500)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        constraints = [
            models.UniqueConstraint("institution", "platform", "since", name="exemption_once"),
        ]

    def __str__(self) -> str:
        return self.ground
