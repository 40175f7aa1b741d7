"""People on the platform's host: changes of address that wait, and second steps that were lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.models import AddressChange, User
from accounts.services.changing_address import OPEN, release, stop
from accounts.services.second_steps import guards, lift_steps
from core import clock
from stores.admin import Effect, Group, MenuItem, OperatorModelAdmin, Row, confirm, operator_site


class AddressChangeAdmin(OperatorModelAdmin):
    """Changes of address; those a store's staff began for somebody known elsewhere wait here."""

    menu = MenuItem(Group.CUSTOMERS, pgettext_lazy("operator", "Changes of address"), 1)
    search_fields = ("old_email", "new_email")
    list_filter = ("is_held",)
    list_select_related = ("store",)
    ordering = ("-id",)

    def waiting(self, request: HttpRequest) -> int:
        """Count those that wait for the operator."""
        return AddressChange.objects.filter(
            is_held=True, expires_at__gt=clock.now(), **OPEN
        ).count()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add letting one go on, and stopping it."""
        view = self.admin_site.admin_view
        name = "accounts_addresschange"
        return [
            path("<int:pk>/release/", view(self.release_view), name=f"{name}_release"),
            path("<int:pk>/stop/", view(self.stop_view), name=f"{name}_stop"),
            *super().get_urls(),
        ]

    def row(self, request: HttpRequest, item: AddressChange) -> Row:
        """Return from where to where, how it stands and who began it."""
        is_open = item.is_open(clock.now())
        ended = _("made") if item.done_at else _("stopped") if item.stopped_at else _("too old")
        is_held = is_open and item.is_held
        return Row(
            name=str(item),
            url=self.url_of(item),
            state=_("waits for you") if is_held else _("waiting") if is_open else ended,
            tone="warn" if is_held else "",
            detail=" · ".join(filter(None, [item.by, str(item.store or "")])),
            next_step=date_format(localtime(item.created_at), "DATE_FORMAT"),
        )

    def acts(self, request: HttpRequest, item: AddressChange | None) -> list[tuple[Any, str]]:
        """Return what can be done about a change that is open."""
        if item is None or not item.is_open(clock.now()):
            return []
        ways: list[tuple[Any, str]] = [(_("Stop it"), self.url_for("stop", item.pk))]
        if item.is_held:
            ways.insert(0, (_("Let it go on"), self.url_for("release", item.pk)))
        return ways

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a change go on: the old mailbox keeps its days to stop it."""
        item = self.found(pk)
        if request.method == "POST" and item.is_held:
            release(item, now=clock.now())
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=str(item),
            verb=_("Let it go on"),
            sentences=[
                _("This person is known in other stores or runs one: the change holds there too.")
            ],
            back_url=self.url_of(item),
            blockers=() if item.is_held else (_("It does not wait for you."),),
        )
        return confirm(request, effect, at=self.admin_site)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let nothing come of a change."""
        item = self.found(pk)
        if request.method == "POST":
            stop(item, now=clock.now())
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=str(item),
            verb=_("Stop it"),
            sentences=[_("Both addresses are told.")],
            back_url=self.url_of(item),
        )
        return confirm(request, effect, at=self.admin_site)

    def found(self, pk: int) -> AddressChange:
        """Return a change that can still be stopped."""
        item = AddressChange.objects.filter(pk=pk).select_related("store").first()
        if item is None or not item.is_open(clock.now()):
            raise Http404
        return item


class PersonAdmin(OperatorModelAdmin):
    """People, by their address: for who lost the phone and the recovery codes too."""

    menu = MenuItem(Group.CUSTOMERS, pgettext_lazy("operator", "People"), 2)
    search_fields = ("email",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return people, each with whether a second step guards them."""
        found: QuerySet[User] = super().get_queryset(request)
        return found.annotate(is_guarded=Exists(guards().filter(user=OuterRef("pk"))))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Credentials are nobody's to read: the address is the page's title."""
        return ((None, {"fields": ()}),)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add taking the second step away."""
        view = self.admin_site.admin_view(self.lift_view)
        return [path("<int:pk>/lift/", view, name="accounts_user_lift"), *super().get_urls()]

    def row(self, request: HttpRequest, item: User) -> Row:
        """Return an address, and whether it is proved and guarded."""
        is_guarded = getattr(item, "is_guarded", False)
        return Row(
            name=item.email,
            url=self.url_of(item),
            state=_("second step") if is_guarded else "",
            detail="" if item.confirmed_at else _("not confirmed"),
            next_step=date_format(localtime(item.date_joined), "DATE_FORMAT"),
        )

    def acts(self, request: HttpRequest, item: User | None) -> list[tuple[Any, str]]:
        """Return what can be done for somebody who is locked out."""
        if item is None or not guards().filter(user=item).exists():
            return []
        return [(_("Take the second step away"), self.url_for("lift", item.pk))]

    def lift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a second step away that its owner cannot show any more."""
        item = User.objects.filter(pk=pk).first()
        if item is None:
            raise Http404
        is_guarded = guards().filter(user=item).exists()
        if request.method == "POST" and is_guarded:
            lift_steps(item)
            messages.success(request, _("Done. They get a mail."))
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=_("Take the second step of %(who)s away?") % {"who": item.email},
            verb=_("Take it away"),
            sentences=[
                _("For who lost the app, the passkeys and the recovery codes. Be sure it is them."),
                _("After it their mailbox alone opens everything that is theirs, in every store."),
                _("They are signed out everywhere and get a mail."),
            ],
            back_url=self.url_of(item),
            is_dangerous=True,
            blockers=() if is_guarded else (_("No second step is set up."),),
        )
        return confirm(request, effect, at=self.admin_site)


operator_site.register(AddressChange, AddressChangeAdmin)
operator_site.register(User, PersonAdmin)
