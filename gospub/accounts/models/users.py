"""Who signs in. What a user may do stands in `Grant` alone; nothing else opens a door."""

import datetime as dt
from functools import cached_property

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gospub import clock
from gospub.accounts.rights import OPERATOR, Rights, rights_of


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A user who signs in by `email`; letter case of the address does not matter."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """The operator: sees every region and Django's admin."""
        from gospub.accounts.audit import record  # noqa: PLC0415 -- it needs the models first

        user = self.create_user(email, password, **fields)
        grant = user.grants.create(role=OPERATOR)
        after = {"who": user.email, "role": OPERATOR}
        record(None, "grant.give", f"grant {grant.pk}", before={}, after=after, now=clock.now())
        return user

    def operators(self, now: dt.datetime) -> models.QuerySet["User"]:
        """Active operators whose right is in force."""
        today = now.astimezone(dt.UTC).date()
        begun = Q(grants__since=None) | Q(grants__since__lte=today)
        not_over = Q(grants__until=None) | Q(grants__until__gte=today)
        return self.filter(begun, not_over, grants__role=OPERATOR, is_active=True).order_by("email")


class User(AbstractBaseUser):
    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("name"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = UserManager()
    USERNAME_FIELD = "email"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.full_name or self.email

    @cached_property
    def rights(self) -> Rights:
        """What the user may do today. Read once a request, as every request loads its user anew: a right that is taken
        away ends with the next one."""
        return rights_of(self, clock.now())

    # --- what Django's admin asks: it is for the operator alone ---

    @property
    def is_superuser(self) -> bool:
        return self.is_active and self.rights.operator

    @property
    def is_staff(self) -> bool:
        return self.is_superuser

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_superuser

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_superuser
