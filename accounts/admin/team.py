"""Settings → Team: who runs the store and in which role, and who is invited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import InvitationOver, TooOften
from accounts.forms.door import NormalAddressField
from accounts.models import Invitation
from accounts.services import inviting
from core import clock
from stores import slots
from stores.admin import log
from stores.admin.model import StoreModelAdmin
from stores.admin.pages import Effect, confirm
from stores.admin.reading import ReadAdmin
from stores.admin.rows import Row
from stores.admin.site import Group, MenuItem, site, staff_of
from stores.admin.team import ROLE_NAMES, ROLE_SENTENCES, role_choices
from stores.errors import CannotDelete
from stores.forms import CleanTextMixin, StoreForm
from stores.models import Staff
from stores.roles import Area, Role
from stores.services import team
from stores.services.log import write


def last_owner() -> str:
    """Return the sentence that says why the last owner stays."""
    return _("A store needs an owner. Make somebody else one first.")


class StaffForm(StoreForm[Staff]):
    """A team member: a name and a role."""

    role = forms.ChoiceField(
        label=gettext_lazy("What may they do?"), choices=role_choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Staff
        fields = ("name", "role")

    def clean_role(self) -> str:
        """Keep at least one owner."""
        role = str(self.cleaned_data["role"])
        if self.instance.pk and role != Role.OWNER and team.is_last_owner(self.instance):
            raise forms.ValidationError(last_owner())
        return role


class InviteForm(CleanTextMixin, forms.Form):
    """Whom to ask, and in which role."""

    email = NormalAddressField(
        label=gettext_lazy("Email"),
        help_text=gettext_lazy(
            "They get a link that holds for seven days, and say yes themselves."
        ),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    role = forms.ChoiceField(
        label=gettext_lazy("What may they do?"),
        choices=role_choices,
        widget=forms.RadioSelect,
        initial=Role.SUPPORT,
    )

    def clean_email(self) -> str:
        """Refuse an address that is on the team already."""
        email = str(self.cleaned_data["email"])
        if Staff.objects.filter(user__email=email).exists():
            raise forms.ValidationError(_("This address is on your team already."))
        return email


class TeamAdmin(StoreModelAdmin):
    """Settings → Team."""

    area = Area.TEAM
    menu = MenuItem(Group.SETTINGS, gettext_lazy("Team"), 2)
    form = StaffForm
    fieldsets = ((None, {"fields": ("name", "role")}),)
    lead = gettext_lazy("Everyone here signs in by themselves and sees only their part.")
    add_verb = gettext_lazy("Invite somebody")
    change_list_template = "accounts/admin/team.html"
    list_select_related = ("user",)
    ordering = ("id",)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add leaving and handing over."""
        wrap = self.admin_site.admin_view
        own = [
            path("leave/", wrap(self.leave_view), name="stores_staff_leave"),
            path("<int:pk>/heir/", wrap(self.heir_view), name="stores_staff_heir"),
        ]
        return [*own, *super().get_urls()]

    def is_here(self, path: str) -> bool:
        """The invitations belong to this line."""
        return path.startswith(reverse("admin:accounts_invitation_changelist"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody is put on a team without being asked."""
        return False

    def add_url(self, request: HttpRequest) -> str:
        """Return where somebody is invited."""
        may = self.has_change_permission(request)
        return reverse("admin:accounts_invitation_new") if may else ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the team, who is invited, and what each role may do."""
        invitations = site._registry[Invitation]  # noqa: SLF001 -- Django's own list of admins
        waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None).order_by("id")
        extra = {
            "invited": invitations.rows(request, list(waiting[:50])),
            "roles": [(capfirst(ROLE_NAMES[role]), ROLE_SENTENCES[role]) for role in Role],
        }
        return super().changelist_view(request, extra | (extra_context or {}))

    def row(self, request: HttpRequest, item: Staff) -> Row:
        """Return who, as what, at which address."""
        return Row(
            name=item.name,
            url=self.url_of(item),
            state=ROLE_NAMES.get(Role(item.role), item.role),
            detail=str(item.user),
        )

    def save_model(self, request: HttpRequest, obj: Staff, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save the name, and the role under the store's lock."""
        role, obj.role = obj.role, form.initial["role"]
        super().save_model(request, obj, form, change)
        try:
            obj.role = team.change_role(obj, role).role
        except team.LastOwner:
            messages.error(request, last_owner())

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Say which role became which."""
        changes = log.changed_names(message)
        was = getattr(obj, "role_before", "")
        if was and was != obj.role:
            changes.append(log.from_to("role", ROLE_NAMES[Role(was)], ROLE_NAMES[Role(obj.role)]))
        return write(staff_of(request), log.CHANGE, obj, changes)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Remember the role as it was."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.role_before = found.role
        return found

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Anybody may be taken off but the last owner; oneself leaves."""
        if not self.has_change_permission(request, obj) or obj is None:
            return False
        return obj.pk != staff_of(request).pk and not team.is_last_owner(obj)

    @transaction.atomic
    def delete_undoably(self, request: HttpRequest, item: Any) -> str:
        """Take them off under the store's lock; for ten minutes they can be brought back."""
        try:
            team.hold_owner(item)
        except team.LastOwner as refused:
            raise CannotDelete(last_owner()) from refused
        undo: str = super().delete_undoably(request, item)
        return undo

    def acts(self, request: HttpRequest, item: Staff | None) -> list[tuple[Any, str]]:
        """Offer to hand over, to take off the team, or to leave it."""
        if item is None or not self.has_change_permission(request):
            return []
        me = staff_of(request)
        if item.pk == me.pk:
            return [(_("Leave the team"), self.url_for("leave"))]
        found = []
        if me.role == Role.OWNER and item.role != Role.OWNER:
            found.append((_("Hand the store over to them"), self.url_for("heir", item.pk)))
        if self.has_delete_permission(request, item):
            found.append((_("Take off the team"), self.url_for("delete", item.pk)))
        return found

    def delete_effect(self, request: HttpRequest, item: Any) -> list[Any]:
        """Say what leaving the team means."""
        return [
            _(
                "They can no longer enter this admin, from this moment. What they did stays in "
                "the log."
            ),
            _("If it was a mistake, invite them again."),
        ]

    def leave_view(self, request: HttpRequest) -> HttpResponse:
        """Let anybody of the team leave it, whatever their role."""
        me = staff_of(request)
        blockers = [last_owner()] if team.is_last_owner(me) else []
        if request.method == "POST" and not blockers:
            write(None, log.LEAVE, me)
            team.take_off(me)
            return HttpResponseRedirect(reverse("storefront:home"))
        effect = Effect(
            title=_("Leave the team?"),
            verb=_("Leave the team"),
            sentences=[_("You can no longer enter this admin. What you did stays in the log.")],
            back_url=reverse("admin:index"),
            is_dangerous=True,
            blockers=blockers,
        )
        return confirm(request, effect)

    def heir_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hand the store over: with a fresh sign-in, because it cannot be taken back alone."""
        heir = Staff.objects.filter(pk=pk).first()
        if heir is None:
            raise Http404
        me = staff_of(request)
        if me.role != Role.OWNER:
            raise PermissionDenied
        for ask in slots.must_be_sure.all():
            way: HttpResponse | None = ask(request)
            if way is not None:
                return way
        blockers = [] if heir.role != Role.OWNER else [_("They own the store already.")]
        if request.method == "POST" and not blockers:
            team.hand_over(me, heir)
            write(me, log.HAND_OVER, heir, [log.from_to("role", heir.role, Role.OWNER)])
            messages.success(request, _("The store is %(name)s’s now.") % {"name": heir.name})
            return HttpResponseRedirect(reverse("admin:index"))
        effect = Effect(
            title=_("Hand the store over to %(name)s?") % {"name": heir.name},
            verb=_("Hand it over"),
            sentences=[
                _("They own the store: its money, its team, its settings."),
                _("You become a manager. Only they can make you an owner again."),
            ],
            back_url=self.url_of(heir),
            is_dangerous=True,
            blockers=blockers,
        )
        return confirm(request, effect)


class InvitationAdmin(ReadAdmin):
    """Who was asked to join; shown on the team's page."""

    area = Area.TEAM
    ordering = ("-id",)
    empty = gettext_lazy("Nobody was invited yet.")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add inviting, sending again and taking back."""
        wrap = self.admin_site.admin_view
        own = [
            path("new/", wrap(self.new_view), name="accounts_invitation_new"),
            path("<int:pk>/again/", wrap(self.again_view), name="accounts_invitation_again"),
            path(
                "<int:pk>/withdraw/", wrap(self.withdraw_view), name="accounts_invitation_withdraw"
            ),
        ]
        return [*own, *super().get_urls()]

    def row(self, request: HttpRequest, item: Invitation) -> Row:
        """Return who was asked, as what, and until when."""
        until = date_format(localtime(item.expires_at), "DATE_FORMAT")
        return Row(
            name=item.name,
            url=self.url_of(item),
            state=ROLE_NAMES.get(Role(item.role), item.role),
            detail=item.email,
            next_step=state_of(item) or _("until %(day)s") % {"day": until},
        )

    def form_context(self, request: HttpRequest, item: Invitation | None) -> dict[str, Any]:
        """Say what became of it."""
        if item is None:
            return {}
        role = capfirst(ROLE_NAMES[Role(item.role)])
        notes = [f"{item.email} · {role}", state_of(item) or _("Waits for their yes.")]
        return {"notes": notes}

    def back_url(self, request: HttpRequest, item: Any) -> str:
        """It belongs to the team."""
        return reverse("admin:stores_staff_changelist")

    def acts(self, request: HttpRequest, item: Invitation | None) -> list[tuple[Any, str]]:
        """Offer what can still be done."""
        if item is None or not self.has_change_permission(request):
            return []
        if item.accepted_at is not None or item.withdrawn_at is not None:
            return []
        return [
            (_("Send again"), self.url_for("again", item.pk)),
            (_("Withdraw it"), self.url_for("withdraw", item.pk)),
        ]

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Invite somebody."""
        self._may(request)
        form = InviteForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            me = staff_of(request)
            try:
                found = inviting.invite(**form.cleaned_data, by=me, now=clock.now())
            except TooOften:
                form.add_error(None, _("That is many invitations for one day. Try tomorrow."))
            else:
                write(me, log.INVITE, found, [str(ROLE_NAMES[Role(found.role)])])
                messages.success(request, _("The invitation is on its way."))
                return HttpResponseRedirect(self.back_url(request, found))
        effect = Effect(
            title=_("Invite somebody"),
            verb=_("Invite"),
            sentences=[_("They see your store's name and their role, and say yes themselves.")],
            back_url=reverse("admin:stores_staff_changelist"),
        )
        return confirm(request, effect, form)

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it again."""
        item = self._item(request, pk)
        if request.method == "POST":
            try:
                inviting.send_again(item, now=clock.now())
                write(staff_of(request), log.RESEND, item)
                messages.success(request, _("The invitation is on its way."))
            except InvitationOver:
                messages.warning(request, _("It was answered or taken back already."))
            except TooOften:
                messages.warning(request, _("That is many invitations for one day. Try tomorrow."))
            return HttpResponseRedirect(self.back_url(request, item))
        effect = Effect(
            title=_("Send the invitation again?"),
            verb=_("Send again"),
            sentences=[_("It holds for another seven days.")],
            back_url=self.url_of(item),
        )
        return confirm(request, effect)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take it back."""
        item = self._item(request, pk)
        if request.method == "POST":
            inviting.withdraw(item, now=clock.now())
            write(staff_of(request), log.WITHDRAW, item)
            messages.success(request, _("The invitation was taken back."))
            return HttpResponseRedirect(self.back_url(request, item))
        effect = Effect(
            title=_("Take the invitation back?"),
            verb=_("Withdraw it"),
            sentences=[_("Its link opens nothing any more. They are not told.")],
            back_url=self.url_of(item),
        )
        return confirm(request, effect)

    def _may(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def _item(self, request: HttpRequest, pk: int) -> Invitation:
        found: Invitation | None = Invitation.objects.filter(pk=pk).first()
        if found is None:
            raise Http404
        self._may(request)
        return found


def state_of(item: Invitation) -> str:
    """Return what became of an invitation; empty while it waits."""
    if item.accepted_at is not None:
        return _("They said yes.")
    if item.withdrawn_at is not None:
        return _("Withdrawn.")
    return _("Too old. Send it again.") if item.expires_at <= clock.now() else ""


site.register(Staff, TeamAdmin)
site.register(Invitation, InvitationAdmin)
