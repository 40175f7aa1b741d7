"""Cancel notices: who said what when, what follows, and the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from payments.admin.cancel_forms import AnswerForm, RecordForm, WhichForm, order_line
from payments.errors import CannotCancel, PaymentError
from payments.models import CancelNotice, Order, Subscription
from payments.services.cancelling import effect, letters, noticing, showing
from payments.services.cancelling.continuing import finding, undoing
from payments.services.cancelling.continuing import noticing as continuing
from payments.services.cancelling.continuing.showing import stops_of
from payments.services.cancelling.continuing.stopping import Asked
from payments.services.cancelling.continuing.wording import sentences_of, spoken_sentences
from payments.services.cancelling.judging import law_at
from stores.admin import Effect, ReadAdmin, Row, confirm, log, site
from stores.admin.filters import StateFilter
from stores.admin.site import staff_of, store_of
from stores.roles import Area
from stores.services.log import write
from stores.services.moments import in_short

State = CancelNotice.State
TONES = {State.WAITING: "warn", State.CONFIRMING: "warn", State.REQUEST: "bad", State.DONE: "good"}


class NoticeStateFilter(StateFilter):
    """Waiting, cancelled, answered."""

    column = "state"
    states = State


class NoticeAdmin(ReadAdmin):
    """Cancel notices; the Inbox leads here, and the answer is given here."""

    area = Area.SALES
    search_fields = ("=number", "name", "email", "=order__number")
    list_filter = (NoticeStateFilter,)
    ordering = ("-id",)
    empty = gettext_lazy("Nobody cancelled anything. Whoever does stands here, with a number.")
    add_verb = gettext_lazy("Write down a notice")
    change_form_template = "payments/admin/notice.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add recording, deciding and undoing."""
        pages: Sequence[tuple[str, str, Callable[..., HttpResponse]]] = (
            ("record/", "record", self.record_view),
            ("<int:pk>/which/", "which", self.which_view),
            ("<int:pk>/answer/", "answer", self.answer_view),
            ("<int:pk>/keep/", "keep", self.keep_view),
        )
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"payments_cancelnotice_{name}")
                for route, name, view in pages
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CancelNotice]:
        """Return notices with their orders."""
        found: QuerySet[CancelNotice] = super().get_queryset(request)
        return found.select_related("order", "line")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Call the list what it is."""
        return super().changelist_view(request, {"title": _("Cancel notices")})

    def add_url(self, request: HttpRequest) -> str:
        """Lead to the page on which a spoken notice is written down."""
        return self.url_for("record") if may_record(request) else ""

    def title_of(self, item: CancelNotice) -> str:
        """Return a notice by its number."""
        return _("Cancel notice %(number)s") % {"number": item.number}

    def row(self, request: HttpRequest, item: CancelNotice) -> Row:
        """Return who cancels what, and how it stands."""
        return Row(
            name=f"{item.number} · {item.name or item.email}",
            url=self.url_of(item),
            state=item.get_state_display(),
            tone=TONES.get(State(item.state), ""),
            detail=str(self._about(item)),
            next_step=in_short(item.said_at),
        )

    def _about(self, item: CancelNotice) -> str:
        if item.order is None:
            return _("no order yet")
        return _("Order %(number)s") % {"number": item.order.number}

    def back_url(self, request: HttpRequest, item: Any) -> str:
        """Return to the Inbox."""
        return reverse("admin:inbox")

    def form_context(self, request: HttpRequest, item: CancelNotice | None) -> dict[str, Any]:
        """Return what was said and done, what it is about, and what can be done."""
        if item is None:
            return {}
        order = item.order
        return {
            "notice": item,
            "tone": TONES.get(State(item.state), ""),
            "thread": showing.thread(item),
            "why": letters.why(item),
            "order": order,
            "order_url": reverse("admin:payments_order_change", args=[order.pk]) if order else "",
            "shown": showing.order(order, item.said_at) if order and item.is_open else None,
            "cancelled": item.cancelled.filter(undone_at=None).select_related("line", "refund"),
            "stops": [(each, sentences_of(each)) for each in stops_of(item)],
            "acts": self.ways(request, item),
        }

    def ways(self, request: HttpRequest, item: CancelNotice) -> list[tuple[Any, str]]:
        """Return what this person can do with a notice."""
        ways: list[tuple[Any, str]] = []
        may_pay = staff_of(request).may_change(Area.REFUNDS)
        if item.state in {State.WAITING, State.CONFIRMING} and may_record(request):
            ways.append((_("It is this order"), self.url_for("which", item.pk)))
        if item.is_open and may_pay:
            ways.append((_("Answer"), self.url_for("answer", item.pk)))
        if may_pay and item.state != State.KEPT and undoing.can_keep(item, clock.now()):
            ways.append((_("Undo: keep it after all"), self.url_for("keep", item.pk)))
        return ways

    def found(self, request: HttpRequest, pk: int, area: Area = Area.REFUNDS) -> CancelNotice:
        """Return a notice of this store, for who may change ``area``."""
        item: CancelNotice | None = self.get_queryset(request).filter(pk=pk).first()
        if item is None:
            raise Http404
        if not staff_of(request).may_change(area):
            raise PermissionDenied
        return item

    def record_view(self, request: HttpRequest) -> HttpResponse:
        """Write down what was said by phone, in person, in a mail or a letter."""
        if not may_record(request):
            raise PermissionDenied
        asked_of = self._subscription_asked(request)
        order = asked_of.order if asked_of is not None else self._order_asked(request)
        now = clock.now()
        law = law_at(order) if order else None
        form = RecordForm(
            request.POST if request.method == "POST" else None,
            order=order,
            subscription=asked_of,
            may_be_longer=bool(law.protected_months) if law else store_of(request).country == "IL",
            initial={"said_at": localtime(now).replace(second=0, microsecond=0)},
        )
        if form.is_valid():
            staff = staff_of(request)
            said = form.said(staff.name, store_of(request).language)
            if form.subscription is not None:
                notice = continuing.cancel(
                    form.subscription,
                    proof=CancelNotice.Proof.STAFF,
                    said=said,
                    now=now,
                    asked=form.asked_day(),
                )
            elif form.order is None:
                notice = noticing.give_notice(said, now=now)
            else:
                notice = noticing.cancel(
                    form.order, proof=CancelNotice.Proof.STAFF, said=said, now=now
                )
            write(staff, log.ADD, notice)
            messages.success(request, _("Written down as notice %(n)s.") % {"n": notice.number})
            return HttpResponseRedirect(self.url_of(notice))
        effects = [
            _("A spoken notice counts like a written one, from the moment it was said."),
            _("Inside the days to cancel it takes effect now; otherwise it waits for an answer."),
        ]
        if asked_of is not None:
            effects = [effects[0], *spoken_sentences(asked_of, now)]
        page = Effect(
            title=_("“%(title)s” was stopped by word") % {"title": asked_of.product.title}
            if asked_of is not None
            else _("Order %(number)s was cancelled by word") % {"number": order.number}
            if order
            else _("Write down a notice"),
            verb=_("Write it down"),
            sentences=[*effects, order_line(order)] if order else effects,
            back_url=reverse("admin:payments_subscription_change", args=[asked_of.pk])
            if asked_of is not None
            else reverse("admin:payments_order_change", args=[order.pk])
            if order
            else self.url_for("changelist"),
        )
        return confirm(request, page, form)

    def _subscription_asked(self, request: HttpRequest) -> Subscription | None:
        asked = request.GET.get("subscription", "")
        if not asked:
            return None
        found: Subscription | None = finding.stoppable().filter(public_id=asked).first()
        if found is None:
            raise Http404
        return found

    def _order_asked(self, request: HttpRequest) -> Order | None:
        asked = request.GET.get("order", "")
        if not asked:
            return None
        order: Order | None = Order.objects.filter(public_id=asked).first()
        if order is None or not noticing.is_cancellable(order):
            raise Http404
        return order

    def which_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say which order a notice is about: then it counts, from the day it was given."""
        item = self.found(request, pk, Area.CUSTOMERS)
        orders = noticing.candidates(item)
        paying = finding.candidates(item, noticing.typed_number(item.typed_number))
        form = WhichForm(
            request.POST if request.method == "POST" else None, orders=orders, paying=paying
        )
        if form.is_valid():
            staff, now = staff_of(request), clock.now()
            chosen, proof = form.cleaned_data["order"], CancelNotice.Proof.STAFF
            if chosen in form.paying:
                by_post = item.channel == CancelNotice.Channel.REGISTERED
                stops = [form.paying[chosen]]
                asked = Asked(is_by_post=by_post)
                continuing.confirm(item, stops, proof=proof, now=now, by=staff.name, asked=asked)
            else:
                order = form.orders[chosen]
                noticing.confirm(item, order, proof=proof, now=now, by=staff.name)
            write(staff, log.CHANGE, item)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(self.url_of(item))
        none_found = _("No order fits what was written. Ask the person, or answer them.")
        page = Effect(
            title=_("Which order is notice %(number)s about?") % {"number": item.number},
            verb=_("It is this order"),
            sentences=[
                _("Be sure that the buyer said it: what is inside the days closes at once."),
                _("The buyer gets a mail, and can keep it after all for an hour."),
            ],
            back_url=self.url_of(item),
            is_dangerous=True,
            blockers=() if orders or paying else (none_found,),
        )
        return confirm(request, page, form)

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer a notice: yes, in part, or no in writing; the customer is told by mail."""
        item = self.found(request, pk)
        form = AnswerForm(request.POST if request.method == "POST" else None, notice=item)
        if form.is_valid() and self._answer(request, item, form):
            return HttpResponseRedirect(reverse("admin:inbox"))
        page = Effect(
            title=_("Answer notice %(number)s") % {"number": item.number},
            verb=_("Send the answer"),
            sentences=[item.text, letters.why(item)],
            back_url=self.url_of(item),
            blockers=() if item.is_open else (_("It was answered already."),),
        )
        return confirm(request, page, form)

    def _answer(self, request: HttpRequest, item: CancelNotice, form: AnswerForm) -> bool:
        staff, values, now = staff_of(request), form.cleaned_data, clock.now()
        try:
            if values["what"] == form.NO:
                effect.refuse(item, by=staff.name, now=now, answer=values["answer"])
            else:
                amount = values["amount"] if values["what"] == form.PART else None
                effect.accept(item, by=staff.name, now=now, amount=amount, answer=values["answer"])
        except CannotCancel as error:
            form.add_error(None, str(error.sentence))
            return False
        write(staff, log.CHANGE, item)
        messages.success(request, _("The answer is on its way."))
        return True

    def keep_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo a notice while its money has not left."""
        item = self.found(request, pk)
        if request.method == "POST" and undoing.can_keep(item, clock.now()):
            staff = staff_of(request)
            try:
                undoing.keep_after_all(item, by=staff.name, now=clock.now())
            except PaymentError as error:
                messages.warning(request, str(error.sentence))
            else:
                messages.success(request, _("It is open again."))
            write(staff, log.CHANGE, item)
            return HttpResponseRedirect(self.url_of(item))
        too_late = _("It is too late to undo: the money is on its way back.")
        page = Effect(
            title=_("Undo notice %(number)s?") % {"number": item.number},
            verb=_("Keep it after all"),
            sentences=[
                _("What it stopped goes on, the card is charged as before, and its owner is told.")
                if item.stops.standing().exists()
                else _("What it closed opens again, no money goes back, and the buyer is told.")
            ],
            back_url=self.url_of(item),
            blockers=() if undoing.can_keep(item, clock.now()) else (too_late,),
        )
        return confirm(request, page)


def may_record(request: HttpRequest) -> bool:
    """Whether this person may write down what a customer said."""
    staff = staff_of(request)
    return staff.may_change(Area.CUSTOMERS) and staff.may_view(Area.SALES)


site.register(CancelNotice, NoticeAdmin)
