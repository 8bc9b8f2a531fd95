"""People who sign in, and what each may see. Roles with dates, consent and audit grow here."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A user who signs in by `email`; letter case of the address does not matter."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """The operator: sees every region and Django's admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("name"), max_length=200, blank=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    objects = UserManager()
    USERNAME_FIELD = "email"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.full_name or self.email


class Role(models.TextChoices):
    ANALYST = "analyst", _("Analyst of a region")
    OFFICIAL = "official", _("Official of a region")
    INSTITUTION_ADMIN = "institution_admin", _("Institution admin")


class Grant(models.Model):
    """One right of one user: a role in a region, or in one institution of it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    region = models.ForeignKey("monitoring.Region", models.CASCADE, related_name="+", verbose_name=_("region"))
    institution = models.ForeignKey(
        "monitoring.Institution",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
        help_text=_("Only for an institution admin: the one institution that is seen."),
    )

    class Meta:
        verbose_name = _("right")
        verbose_name_plural = _("rights")
        constraints = [
            models.UniqueConstraint("user", "role", "region", "institution", name="grant_once"),
            models.CheckConstraint(
                condition=models.Q(role="institution_admin", institution__isnull=False)
                | (~models.Q(role="institution_admin") & models.Q(institution__isnull=True)),
                name="grant_institution_for_its_admin_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class AuditEntry(models.Model):
    """Who changed what, and when: appended by `accounts.audit.record`, never changed.

    Each row's digest covers the row and the digest before it, so that a row changed or taken away breaks the chain.
    `previous` is unique: the chain has no forks. actor: the e-mail as it was.
    """

    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("who"), max_length=254, blank=True)
    action = models.CharField(_("what"), max_length=60)
    subject = models.CharField(_("of what"), max_length=200)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    previous = models.CharField(_("digest before"), max_length=64, unique=True)
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.action} {self.subject}"
