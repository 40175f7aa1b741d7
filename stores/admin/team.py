"""Settings → Team: who runs the store, and in which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.text import clean_line
from stores.admin.model import StoreModelAdmin
from stores.admin.rows import Row
from stores.admin.site import Group, MenuItem, site, staff_of
from stores.forms import StoreForm
from stores.models import Staff
from stores.roles import Area, Role

if TYPE_CHECKING:
    from django.db import models

ROLE_NAMES = {
    Role.OWNER: pgettext_lazy("role", "owner"),
    Role.MANAGER: pgettext_lazy("role", "manager"),
    Role.COACH: pgettext_lazy("role", "coach"),
    Role.AUTHOR: pgettext_lazy("role", "author"),
    Role.SUPPORT: pgettext_lazy("role", "support"),
}
ROLE_SENTENCES = {
    Role.OWNER: gettext_lazy("Sees and changes everything, the team and the money included."),
    Role.MANAGER: gettext_lazy("Everything but the team and the settings."),
    Role.COACH: gettext_lazy("Sees products and customers, changes nothing."),
    Role.AUTHOR: gettext_lazy("Makes and changes products; sees no customers."),
    Role.SUPPORT: gettext_lazy(
        "Helps customers: access and mails; sees orders, gives no money back."
    ),
}


def role_choices() -> list[tuple[str, str]]:
    """Return the roles, each with what it may do."""
    return [(role, f"{capfirst(ROLE_NAMES[role])}: {ROLE_SENTENCES[role]}") for role in Role]


class StaffForm(StoreForm[Staff]):
    """A team member: the address they sign in with, a name, a role."""

    email = forms.EmailField(
        label=gettext_lazy("Email"),
        max_length=254,
        help_text=gettext_lazy("They sign in with this address and a code we send them."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("What may they do?"), choices=role_choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Staff
        fields = ("name", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["email"]

    def clean_email(self) -> str:
        """Refuse an address that is on the team already."""
        email = clean_line(self.cleaned_data["email"]).lower()
        if Staff.objects.filter(user__email=email).exists():
            raise forms.ValidationError(_("This address is on your team already."))
        return email

    def clean_role(self) -> str:
        """Keep at least one owner."""
        role = str(self.cleaned_data["role"])
        if self.instance.pk and role != Role.OWNER and is_last_owner(self.instance):
            raise forms.ValidationError(_("A store needs an owner. Make somebody else one first."))
        return role


def is_last_owner(staff: Staff) -> bool:
    """Whether nobody else owns the store."""
    before = Staff.objects.filter(pk=staff.pk, role=Role.OWNER).exists()
    return before and not Staff.objects.filter(role=Role.OWNER).exclude(pk=staff.pk).exists()


class TeamAdmin(StoreModelAdmin):
    """Settings → Team."""

    area = Area.TEAM
    menu = MenuItem(Group.SETTINGS, gettext_lazy("Team"), 4)
    form = StaffForm
    lead = gettext_lazy("Everyone here signs in by themselves and sees only their part.")
    add_verb = gettext_lazy("Add somebody")
    list_select_related = ("user",)
    ordering = ("id",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """An address is given once: people change their own."""
        fields = ("name", "role") if obj else ("email", "name", "role")
        return ((None, {"fields": fields}),)

    def row(self, request: HttpRequest, item: Staff) -> Row:
        """Return who, as what, at which address."""
        return Row(
            name=item.name,
            url=self.url_of(item),
            state=ROLE_NAMES.get(Role(item.role), item.role),
            detail=str(item.user),
        )

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Staff, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Give the address a user when it has none: they sign in by code."""
        if not change:
            users = get_user_model()
            email = form.cleaned_data["email"]
            obj.user = users.objects.filter(email=email).first() or users.objects.create_user(email)
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Anybody may leave but the last owner and oneself."""
        if not self.has_change_permission(request, obj) or obj is None:
            return False
        return obj.pk != staff_of(request).pk and not is_last_owner(obj)

    def acts(self, request: HttpRequest, item: Staff | None) -> list[tuple[Any, str]]:
        """Offer to take somebody off the team."""
        if item is None or not self.has_delete_permission(request, item):
            return []
        return [(_("Take off the team"), self.url_for("delete", item.pk))]

    def delete_effect(self, request: HttpRequest, item: models.Model) -> list[Any]:
        """Say what leaving the team means."""
        return [_("They can no longer enter this admin. What they did stays in the log.")]


site.register(Staff, TeamAdmin)
