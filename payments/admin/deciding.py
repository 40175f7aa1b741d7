"""Deciding what only a person can: a second purchase kept, a refund settled another way."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from payments.models import Decision, Order
from payments.services.deciding import decide, questions
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.forms import CleanTextMixin
from stores.services.log import write


class DecisionForm(CleanTextMixin, forms.Form):
    """What was decided, and why."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("What was decided?"),
        widget=forms.RadioSelect,
        choices=[
            (Decision.Verdict.LET_BE, gettext_lazy("It stays as it is")),
            (
                Decision.Verdict.DONE_ELSEWHERE,
                gettext_lazy("It was settled another way, with the customer"),
            ),
        ],
    )
    note = forms.CharField(
        label=gettext_lazy("A note for yourselves"), required=False, max_length=200
    )


def ask_decision(request: HttpRequest, order: Order, key: str, back_url: str) -> HttpResponse:
    """Ask what was decided about one open question of an order, and write it down."""
    asked = questions(order).get(key)
    if asked is None:
        raise Http404
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        staff = staff_of(request)
        values = form.cleaned_data
        decide(
            order,
            key,
            verdict=values["verdict"],
            by=staff.name,
            now=clock.now(),
            note=values["note"],
        )
        write(staff, log.CHANGE, order)
        messages.success(request, _("Saved. It is not asked again."))
        return HttpResponseRedirect(back_url)
    effect = Effect(
        title=_("Decide about order %(number)s") % {"number": order.number},
        verb=_("Save"),
        sentences=[asked, _("No money moves and nobody is told by this.")],
        back_url=back_url,
    )
    return confirm(request, effect, form)
