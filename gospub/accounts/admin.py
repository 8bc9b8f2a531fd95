"""People and their rights in Django's admin."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from gospub import clock

from .audit import record
from .audited import HIDDEN, AuditedAdmin
from .invitations import scope_problems
from .models import Grant, User

# One sign-in for all, with its limits against guessing: the admin's own form has none.
admin.site.login = secure_admin_login(admin.site.login)
admin.site.site_title = admin.site.site_header = _("Gospub: administration")
admin.site.index_title = _("Data")
# Rights are Grants; groups and model permissions are not used. Sessions and second factors are their owner's.
for model in (Group, EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


class LowerCaseEmail:
    """People sign in by e-mail in any letter case, so it is stored in one."""

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class UserCreation(LowerCaseEmail, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "full_name")


class UserChange(LowerCaseEmail, UserChangeForm):
    class Meta:
        model = User
        fields = ("email", "password", "full_name", "is_active")


class GrantForm(forms.ModelForm):
    def clean(self) -> dict[str, object]:
        found = super().clean()
        for field, problem in scope_problems(found):
            self.add_error(field, problem)
        return found


class GrantInline(admin.TabularInline):
    model = Grant
    form = GrantForm
    extra = 0
    autocomplete_fields = ("region", "institution")


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):
    """Rights are given as Grants; only the operator enters the admin."""

    form = UserChange
    add_form = UserCreation
    fieldsets = (
        (None, {"fields": ("email", "password", "full_name")}),
        (_("Access"), {"fields": ("is_active", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "full_name", "usable_password", "password1", "password2")}),)
    readonly_fields = ("last_login",)
    list_display = ("email", "full_name", "is_active", "last_login")
    list_filter = ("is_active", "grants__role")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    filter_horizontal = ()
    inlines = (GrantInline,)
    actions = ("forget_second_factor",)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Django saves a password past `save_related`, so it is told here."""
        before = self.get_object(request, unquote(id))
        response = super().user_change_password(request, id, form_url)
        if before and self.get_object(request, unquote(id)).password != before.password:
            self._record(request, "admin.change", before, {}, {"password": HIDDEN})
        return response

    @admin.action(description=_("Forget the second factor and end all sessions (a lost phone)"))
    def forget_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            Authenticator.objects.filter(user=user).delete()
            for session in UserSession.objects.filter(user=user):
                session.end()
            record(
                request.user, "second_factor.forget", f"user {user.pk}", before={}, after={"who": user.email},
                now=clock.now(),
            )  # fmt: skip
        self.message_user(request, _("Done. At the next sign-in they set up a new one."))


@admin.register(Grant)
class GrantAdmin(AuditedAdmin):
    form = GrantForm
    list_display = ("user", "role", "region", "institution", "founder", "since", "until")
    list_filter = ("role", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user", "region", "institution")
    search_fields = ("user__email", "user__full_name", "institution__name", "region__name")
    autocomplete_fields = ("user", "region", "institution")
