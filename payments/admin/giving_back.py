"""Giving the money of an order back, and saying what money was for that went back at Stripe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from core import clock
from payments.admin.by_hand import Page
from payments.admin.refunds import ALL, Plan, RefundForm, effects, sure_of
from payments.errors import CannotRefund, PaymentError, TryLater
from payments.models import Order, OrderLine, Refund
from payments.services.refunding import name_line, refund, refundable
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.roles import Area
from stores.services.log import write


class LineForm(forms.Form):
    """What a refund made at Stripe was for."""

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {str(line.pk): line for line in order.lines.all()}
        choices = [
            (key, _("“%(title)s”: close it") % {"title": line.title})
            for key, line in self.lines.items()
        ]
        self.fields["line"] = forms.ChoiceField(
            label=_("What was it for?"),
            widget=forms.RadioSelect,
            choices=[*choices, ("none", _("Nothing closes"))],
        )

    def chosen(self) -> OrderLine | None:
        """Return the line chosen, or None when nothing closes."""
        return self.lines.get(self.cleaned_data["line"])


class GivingBack:
    """The pages of an order's refunds; a part of the orders' admin."""

    found: Callable[..., Order]
    url_of: Callable[..., str]

    def giving_back_pages(self) -> Sequence[Page]:
        """Return the pages' routes, names and views."""
        return (
            ("<int:pk>/refund/", "refund", self.refund_view),
            ("<int:pk>/refund/<slug:refund_id>/line/", "line", self.line_view),
        )

    def refund_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask how much, show what it does, then do it: three looks, one page."""
        order = self.found(request, pk, area=Area.REFUNDS)
        form = RefundForm(request.POST if request.method == "POST" else None, order=order)
        plan = form.plan() if form.is_valid() else None
        if plan is not None and form.cleaned_data["sure"]:
            self.give_back(request, order, plan, form)
            return HttpResponseRedirect(self.url_of(order))
        effect = Effect(
            title=_("Give money back for order %(number)s?") % {"number": order.number},
            verb=_("Give it back") if plan else _("See what it does"),
            sentences=effects(order, plan) if plan else (),
            back_url=self.url_of(order),
            is_dangerous=plan is not None,
            blockers=()
            if refundable(order)
            else (_("There is nothing to give back for this order."),),
        )
        return confirm(request, effect, sure_of(form) if plan else form)

    def give_back(self, request: HttpRequest, order: Order, plan: Plan, form: RefundForm) -> None:
        """Give it back once, and say what became of it."""
        staff = staff_of(request)
        amount = plan.amount if form.cleaned_data["what"] != ALL else None
        wanted: dict[str, Any] = {"lines": plan.lines} if plan.lines else {"amount": amount}
        if plan.lines and form.keeps_shipping:
            wanted["keeps_shipping"] = True
        wanted |= {"reason": form.cleaned_data["reason"], "seen": form.most}
        try:
            refund(order, by=staff.name, now=clock.now(), **wanted)
        except TryLater:
            messages.warning(
                request,
                _("It is written down. Stripe did not answer yet, so it is sent again by itself."),
            )
        except (CannotRefund, PaymentError) as error:
            messages.error(request, str(error.sentence))
            return
        else:
            messages.success(request, _("The money is on its way back."))
        write(staff, log.REFUND, order, effects(order, plan)[:2])

    def line_view(self, request: HttpRequest, pk: int, refund_id: str) -> HttpResponse:
        """Ask what a refund made at Stripe was for, and close that."""
        order = self.found(request, pk, area=Area.REFUNDS)
        refunds = Refund.objects.filter(payment__order=order, asks_line=True)
        given = refunds.filter(public_id=refund_id).select_related("payment").first()
        if given is None:
            raise Http404
        form = LineForm(request.POST if request.method == "POST" else None, order=order)
        if form.is_valid():
            name_line(given, form.chosen(), now=clock.now())
            write(staff_of(request), log.CHANGE, order)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(self.url_of(order))
        effect = Effect(
            title=_("%(amount)s were returned at Stripe") % {"amount": given.display()},
            verb=_("Save"),
            sentences=[_("Stripe does not say what for. What you choose closes at once.")],
            back_url=self.url_of(order),
        )
        return confirm(request, effect, form)
