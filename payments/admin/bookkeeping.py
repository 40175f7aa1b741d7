"""Settings → Receipts elsewhere: another system issues the documents and hears of each payment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import URLValidator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from payments.models import Bookkeeping, HookDelivery
from payments.services.documents import elsewhere, posting
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.filters import StateFilter
from stores.admin.settings import OneOfStore
from stores.admin.site import staff_of
from stores.forms import StoreForm
from stores.roles import Area
from stores.services.log import write
from stores.services.moments import in_short

State = HookDelivery.State
TONES = {State.DONE: "good", State.FAILED: "bad", State.WAITING: "warn"}


class BookkeepingForm(StoreForm[Bookkeeping]):
    """Whether documents are issued elsewhere, and who is told."""

    hook_url = forms.URLField(
        label=gettext_lazy("Address that hears of each payment"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput({"dir": "ltr"}),
        help_text=gettext_lazy("Begins with https. Leave it empty to take the tables only."),
    )

    class Meta:
        model = Bookkeeping
        fields = ("is_elsewhere", "hook_url")
        help_texts = {  # noqa: RUF012 -- read once by Django
            "is_elsewhere": gettext_lazy(
                "Then nothing is issued here from the next payment on; what was issued stays."
            ),
        }

    def clean_hook_url(self) -> str:
        """Take only what may be called: https, no password, no other port."""
        url: str = self.cleaned_data["hook_url"]
        if url:
            URLValidator(schemes=["https"])(url)
            try:
                posting.check_url(url)
            except posting.NotDelivered:
                self.add_error("hook_url", _("Only a plain https address can be called."))
        return url


class BookkeepingAdmin(OneOfStore):
    """Settings → Receipts elsewhere."""

    area = Area.SETTINGS
    menu = MenuItem(
        *(Group.SETTINGS, pgettext_lazy("menu", "Receipts elsewhere"), 7), within="stores.business"
    )
    form = BookkeepingForm
    own_lookup = "store_id"
    fieldsets = ((None, {"fields": ("is_elsewhere", "hook_url")}),)
    change_form_template = "payments/admin/bookkeeping.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the one form; while there is no row, the form that makes it."""
        if self.has_view_permission(request) and self.get_queryset(request).exists():
            return super().changelist_view(request, extra_context)
        if not self.has_add_permission(request):
            return site.not_for_you(request)
        return HttpResponseRedirect(self.url_for("add"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The first is written once."""
        return self.has_change_permission(request) and not self.get_queryset(request).exists()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the page that makes a new secret."""
        view = self.admin_site.admin_view(self.secret_view)
        return [path("secret/", view, name="payments_bookkeeping_secret"), *super().get_urls()]

    def form_context(self, request: HttpRequest, item: Bookkeeping | None) -> dict[str, Any]:
        """Say how it stands with the secret and the calls."""
        if item is None:
            return {"title": _("Receipts elsewhere")}
        return {
            "title": _("Receipts elsewhere"),
            "settings": item,
            "calls_url": reverse("admin:payments_hookdelivery_changelist"),
            "failed": HookDelivery.objects.filter(state=State.FAILED).count(),
        }

    def acts(self, request: HttpRequest, item: Bookkeeping | None) -> list[tuple[Any, str]]:
        """Offer a secret, or a new one."""
        if item is None or not self.has_change_permission(request):
            return []
        verb = _("Make a new secret") if item.secret else _("Make a secret")
        return [(verb, self.url_for("secret"))]

    def secret_view(self, request: HttpRequest) -> HttpResponse:
        """Ask, then make a secret and show it this once."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        back = self.url_for("changelist")
        if request.method == "POST":
            secret = elsewhere.new_secret(now=clock.now())
            write(staff_of(request), log.CHANGE, elsewhere.bookkeeping())
            context = {
                **self.admin_site.each_context(request),
                "title": _("The new secret"),
                "secret": secret,
                "back_url": back,
            }
            response = TemplateResponse(request, "payments/admin/hook_secret.html", context)
            response["Cache-Control"] = "no-store"
            return response
        effect = Effect(
            title=_("Make a new secret?"),
            verb=_("Make it"),
            sentences=[
                _("Your other system proves with it that a call came from here."),
                _("It is shown once. Calls are signed with the new one from now on."),
            ],
            back_url=back,
        )
        return confirm(request, effect)


class CallStateFilter(StateFilter):
    """Arrived, on its way, or not."""

    column = "state"
    states = State


class HookDeliveryAdmin(ReadAdmin):
    """The calls to the other system, reached from its settings."""

    area = Area.SALES
    empty = gettext_lazy("Every payment and refund that is told to your other system stands here.")
    list_filter = (CallStateFilter,)
    ordering = ("-id",)
    change_form_template = "payments/admin/hook_delivery.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[HookDelivery]:
        """Return calls with their orders."""
        found: models.QuerySet[HookDelivery] = super().get_queryset(request)
        return found.select_related("order")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the page that sends one again."""
        view = self.admin_site.admin_view(self.again_view)
        name = "payments_hookdelivery_again"
        return [path("<int:pk>/again/", view, name=name), *super().get_urls()]

    def title_of(self, item: HookDelivery) -> str:
        """Return which order it is about."""
        return _("Call about order %(number)s") % {"number": item.order.number}

    def row(self, request: HttpRequest, item: HookDelivery) -> Row:
        """Return which order, how it went, and when."""
        return Row(
            name=self.title_of(item),
            url=self.url_of(item),
            state=item.get_state_display(),
            tone=TONES[State(item.state)],
            detail=item.error,
            next_step=in_short(item.created_at),
        )

    def form_context(self, request: HttpRequest, item: HookDelivery | None) -> dict[str, Any]:
        """Return what was sent and what came back."""
        return {"call": item} if item else {}

    def acts(self, request: HttpRequest, item: HookDelivery | None) -> list[tuple[Any, str]]:
        """Offer to send it again."""
        if item is None or not staff_of(request).may_change(Area.SALES):
            return []
        return [(_("Send again"), self.url_for("again", item.pk))]

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, then let a call be sent once more."""
        call: HookDelivery | None = self.get_queryset(request).filter(pk=pk).first()
        if call is None:
            raise Http404
        if not staff_of(request).may_change(Area.SALES):
            raise PermissionDenied
        if request.method == "POST":
            elsewhere.send_again(call, now=clock.now())
            write(staff_of(request), log.CHANGE, call)
            messages.success(request, _("It is on its way again."))
            return HttpResponseRedirect(self.url_of(call))
        effect = Effect(
            title=_("Send this call again?"),
            verb=_("Send again"),
            sentences=[_("The same call with the same number: booked once, however often heard.")],
            back_url=self.url_of(call),
        )
        return confirm(request, effect)


site.register(Bookkeeping, BookkeepingAdmin)
site.register(HookDelivery, HookDeliveryAdmin)
