"""The admin as the portal serves it: accounts with their roles, and the reference data of the figures.

Accounts are made and deactivated, never deleted. Nobody changes their own roles. Django's log keeps who changed what.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, StackedInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from indicators.admin import REFERENCE_ADMINS
from indicators.models.portfolio import Portfolio
from portal.models.role import PORTFOLIO_ROLES, RoleHolding
from portal.models.user import User
from portal.views.admin_site import PortalAdminSite

OWN_ROLES = "You cannot change your own roles. Ask another administrator to do it."
OWN_ACCOUNT = "You cannot deactivate your own account. Ask another administrator to do it."


def _small_letters(form: Any) -> str:
    return str(form.cleaned_data["email"]).strip().lower()


class NewAccountForm(UserCreationForm):  # type: ignore[misc]
    """A new account with its first password; it holds no role yet."""

    usable_password = None
    clean_email = _small_letters

    class Meta:
        model = User
        fields = ("email", "name")


class AccountForm(UserChangeForm):  # type: ignore[misc]
    """An account: its password is set on a page of its own."""

    by_id = 0
    clean_email = _small_letters

    class Meta:
        model = User
        fields = ("email", "name", "is_active", "password")

    def clean_is_active(self) -> bool:
        """Keep an administrator from shutting themself out."""
        is_active = bool(self.cleaned_data["is_active"])
        if not is_active and self.instance.pk == self.by_id:
            raise ValidationError(OWN_ACCOUNT)
        return is_active


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[misc]
    """A new password for an account; an account without any is deactivated instead."""

    usable_password = None


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """A role a person holds between two dates."""

    def clean(self) -> dict[str, Any]:
        """Say in words what the constraints of the table ask for."""
        cleaned = super().clean() or {}
        role, portfolio = cleaned.get("role"), cleaned.get("portfolio")
        if role in PORTFOLIO_ROLES and portfolio is None and "portfolio" not in self.errors:
            self.add_error("portfolio", "Leads, deputies and contributors hold their role for a portfolio. Choose one.")
        elif role and role not in PORTFOLIO_ROLES and portfolio is not None:
            self.add_error("portfolio", "This role is not held for a portfolio. Leave it blank.")
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day lies before the first.")
        return cleaned


class RoleFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The roles of one account."""

    by_id = 0
    _portfolios: list[tuple[Any, str]] | None = None

    def add_fields(self, form: Any, index: int | None) -> None:
        """Offer the portfolios; they are read once for all rows."""
        super().add_fields(form, index)
        if self._portfolios is None:
            rows = Portfolio.objects.values_list("pk", "name")
            self._portfolios = [("", "---------"), *((pk, name) for pk, name in rows)]
        if "portfolio" in form.fields:
            form.fields["portfolio"].choices = self._portfolios

    def clean(self) -> None:
        """Refuse a change of one's own roles, and the same role twice."""
        super().clean()
        if self.instance.pk == self.by_id and any(form.has_changed() for form in self.forms):
            raise ValidationError(OWN_ROLES)
        seen = set()
        for form in self.forms:
            cleaned = getattr(form, "cleaned_data", {})
            if not cleaned.get("role") or cleaned.get("DELETE"):
                continue
            key = (cleaned["role"], cleaned.get("portfolio"), cleaned.get("since"))
            if key in seen:
                raise ValidationError("The same role stands here twice from the same day. Delete one of the two.")
            seen.add(key)


class RoleInline(StackedInline):  # type: ignore[misc]
    """The roles of an account."""

    model = RoleHolding
    form = RoleForm
    formset = RoleFormSet
    extra = 0
    verbose_name = "role"
    verbose_name_plural = "roles"

    def get_formset(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> Any:
        """Tell the forms who is asking."""
        formset = super().get_formset(request, obj, **kwargs)
        return type("RoleFormSet", (formset,), {"by_id": request.user.pk})

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleHolding]:
        """Load the portfolios with the roles."""
        queryset: QuerySet[RoleHolding] = super().get_queryset(request)
        return queryset.select_related("portfolio")


class AccountAdmin(UserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]
    """Accounts."""

    permission: ClassVar[str] = "admin.accounts"
    form = AccountForm
    add_form = NewAccountForm
    change_password_form = PasswordForm
    fieldsets = ((None, {"fields": ("email", "name", "is_active", "password")}),)
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)
    list_display = ("name", "email", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "email")
    ordering = ("name",)
    filter_horizontal = ()
    inlines = (RoleInline,)
    actions = None
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False

    def get_inlines(self, request: HttpRequest, obj: User | None) -> tuple[type[RoleInline], ...]:
        """Roles are given to an account that exists."""
        return self.inlines if obj else ()

    def get_form(self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Tell the form who is asking."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"by_id": request.user.pk})

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Accounts are deactivated: history keeps its people."""
        return False


def make_site() -> PortalAdminSite:
    """Return the site with everything it serves, and nothing else of what is installed."""
    made = PortalAdminSite(name="admin")
    made.register(User, AccountAdmin)
    for model, admin_class in REFERENCE_ADMINS.items():
        made.register(model, admin_class)
    return made


site = make_site()
