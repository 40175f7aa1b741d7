"""What the operator of the platform reads of the money, and does again, across all stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core import clock
from payments.admin.differences import (
    EMPTY,
    EXPLAINED,
    MENU_LABEL,
    Differences,
    as_worker,
    context_of,
)
from payments.errors import PaymentError
from payments.models import Difference, EventCursor, NightlyCheck, OutboundCall, StripeEvent
from payments.services.alarming import alarms, oldest_due
from payments.services.replaying import repeat, replay, work_again, work_all_again
from stores.admin import Effect, Group, MenuItem, OperatorModelAdmin, Row, operator_site
from stores.forms import CleanTextMixin
from stores.services.moments import in_short

TONES = {"done": "good", "answered": "good", "failed": "bad", "refused": "bad"}


class ReplayForm(CleanTextMixin, forms.Form):
    """Which object of Stripe's to fetch."""

    object_id = forms.CharField(
        label=gettext_lazy("Its id at Stripe"),
        help_text=gettext_lazy("cs_…, pi_…, re_… or du_…"),
        max_length=120,
        widget=forms.TextInput({"dir": "ltr"}),
    )
    account = forms.CharField(
        label=gettext_lazy("The account, where it is not the platform's own"),
        max_length=80,
        required=False,
        widget=forms.TextInput({"dir": "ltr"}),
    )


class Doing(OperatorModelAdmin):
    """A list to read, with acts of its own: each asks on GET and does on POST."""

    routes: Sequence[tuple[str, str]] = ()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages of what can be done."""
        return [
            *(
                path(
                    route,
                    self.admin_site.admin_view(getattr(self, f"{name}_view")),
                    name=f"{self.opts.app_label}_{self.opts.model_name}_{name}",
                )
                for route, name in self.routes
            ),
            *super().get_urls(),
        ]

    def one(self, request: HttpRequest, pk: int) -> Any:
        """Return a row, or say that there is none."""
        found = self.get_queryset(request).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def ask(
        self, request: HttpRequest, effect: Effect, form: forms.BaseForm | None = None
    ) -> HttpResponse:
        """Ask before an act, on the platform's own site."""
        context = {
            **self.admin_site.each_context(request),
            "title": effect.title,
            "effect": effect,
            "form": form,
            "back_url": effect.back_url,
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    def did(self, request: HttpRequest, do: Callable[[], object]) -> None:
        """Do it, and say what came of it."""
        try:
            with as_worker():
                do()
        except PaymentError as error:
            messages.warning(request, str(error.sentence))
        else:
            messages.success(request, _("Done. See below how it stands."))


class EventAdmin(Doing):
    """Hints that came from Stripe."""

    menu = MenuItem(Group.SALES, pgettext_lazy("operator", "Events from Stripe"), 1)
    search_fields = ("stripe_id", "object_id", "type")
    list_filter = ("state",)
    ordering = ("-id",)
    change_list_template = "payments/admin/events.html"
    routes = (("<int:pk>/again/", "again"), ("failed/again/", "all_again"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Offer to work on all that failed, where any did."""
        url = self.url_for("all_again") if self.waiting(request) else ""
        return super().changelist_view(request, {"again_url": url, **(extra_context or {})})

    def waiting(self, request: HttpRequest) -> int:
        """Count the events that failed."""
        return int(StripeEvent.objects.filter(state=StripeEvent.State.FAILED).count())

    def row(self, request: HttpRequest, item: StripeEvent) -> Row:
        """Return a hint and what became of it."""
        return Row(
            name=item.type,
            url=self.url_of(item),
            state=item.get_state_display(),
            tone=TONES.get(item.state, ""),
            detail=f"{item.object_id} {item.error}".strip(),
            next_step=in_short(item.received_at),
        )

    def acts(self, request: HttpRequest, item: Any) -> Sequence[tuple[Any, str]]:
        """Return that it can be worked on again."""
        return () if item is None else ((_("Work on it again"), self.url_for("again", item.pk)),)

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Work on an event once more."""
        event = self.one(request, pk)
        if request.method == "POST":
            self.did(request, lambda: work_again(event, now=clock.now()))
            return HttpResponseRedirect(self.url_of(event))
        effect = Effect(
            title=_("Work on it again?"),
            verb=_("Work on it again"),
            sentences=[
                f"{event.type} · {event.object_id}",
                _("The object is fetched anew; doing it twice changes nothing."),
            ],
            back_url=self.url_of(event),
        )
        return self.ask(request, effect)

    def all_again_view(self, request: HttpRequest) -> HttpResponse:
        """Let a worker take every failed event once more, as after a day without Stripe."""
        count = self.waiting(request)
        if request.method == "POST":
            again = work_all_again(now=clock.now())
            said = ngettext("%(n)s event is worked on.", "%(n)s events are worked on.", again)
            messages.success(request, said % {"n": again})
            return HttpResponseRedirect(self.url_for("changelist"))
        effect = Effect(
            title=_("Work on all that failed?"),
            verb=_("Work on them again"),
            sentences=[
                ngettext("%(n)s event failed.", "%(n)s events failed.", count) % {"n": count},
                _("Each object is fetched anew; doing it twice changes nothing."),
            ],
            back_url=self.url_for("changelist"),
        )
        return self.ask(request, effect)


class CallAdmin(Doing):
    """Calls made to Stripe."""

    menu = MenuItem(Group.SALES, pgettext_lazy("operator", "Calls to Stripe"), 2)
    search_fields = ("key", "answer_id")
    list_filter = ("state", "kind")
    list_select_related = ("store",)
    ordering = ("-id",)
    routes = (("<int:pk>/again/", "again"),)

    def waiting(self, request: HttpRequest) -> int:
        """Count the calls without an answer."""
        return int(OutboundCall.objects.filter(state=OutboundCall.State.WAITING).count())

    def row(self, request: HttpRequest, item: OutboundCall) -> Row:
        """Return a call and whether it was answered."""
        return Row(
            name=f"{item.get_kind_display()} · {item.store}",
            url=self.url_of(item),
            state=item.get_state_display(),
            tone=TONES.get(item.state, ""),
            detail=f"{item.key} {item.error}".strip(),
            next_step=in_short(item.created_at),
        )

    def acts(self, request: HttpRequest, item: Any) -> Sequence[tuple[Any, str]]:
        """Return that an unanswered call can be repeated."""
        if item is None or item.state != OutboundCall.State.WAITING:
            return ()
        return ((_("Repeat it now"), self.url_for("again", item.pk)),)

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Repeat a call that has no answer."""
        call = self.one(request, pk)
        if request.method == "POST":
            self.did(request, lambda: repeat(call, now=clock.now()))
            return HttpResponseRedirect(self.url_of(call))
        effect = Effect(
            title=_("Repeat this call now?"),
            verb=_("Repeat it now"),
            sentences=[_("It carries its key, so Stripe does it once however often it is asked.")],
            back_url=self.url_of(call),
        )
        return self.ask(request, effect)


class MoneyAdmin(Differences, Doing):
    """Everything that differs, above it what waits too long, and the way to fetch one object."""

    menu = MenuItem(Group.SALES, MENU_LABEL, 0)
    empty = EMPTY
    lead = EXPLAINED
    change_list_template = "payments/admin/money.html"
    change_form_template = "payments/admin/difference.html"
    routes = (("<int:pk>/mend/", "mend"), ("<int:pk>/look/", "look"), ("replay/", "replay"))

    def waiting(self, request: HttpRequest) -> int:
        """Count what differs."""
        return int(Difference.objects.filter(gone_at=None).count())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Difference]:
        """Return those of all stores, and those of none."""
        return Difference.objects.select_related("store")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """There is nothing to fill in."""
        return ((None, {"fields": ()}),)

    def may_mend(self, request: HttpRequest) -> bool:
        """Whoever passed the door."""
        return True

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what waits too long above what differs."""
        now = clock.now()
        extra = {
            "alarms": alarms(now),
            "sweeps": oldest_due(now),
            "cursors": EventCursor.objects.order_by("stripe_account"),
            "nights": NightlyCheck.objects.order_by("-night", "part")[:12],
            "replay_url": self.url_for("replay"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, extra)

    def form_context(self, request: HttpRequest, item: Difference | None) -> dict[str, Any]:
        """Return both sides, and the button."""
        if item is None:
            return {}
        return context_of(self, request, item)

    def replay_view(self, request: HttpRequest) -> HttpResponse:
        """Fetch one object of Stripe's and make our rows agree."""
        form = ReplayForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            wanted = form.cleaned_data
            self.did(
                request,
                lambda: replay(wanted["account"], wanted["object_id"], now=clock.now()),
            )
            return HttpResponseRedirect(self.url_for("replay"))
        effect = Effect(
            title=_("Fetch one object from Stripe"),
            verb=_("Fetch it"),
            sentences=[_("What Stripe says of it now is written here, whoever it belongs to.")],
            back_url=self.url_for("changelist"),
        )
        return self.ask(request, effect, form)


operator_site.register(Difference, MoneyAdmin)
operator_site.register(StripeEvent, EventAdmin)
operator_site.register(OutboundCall, CallAdmin)
