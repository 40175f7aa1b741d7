"""The question what becomes of a subscription to something that a purchase includes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from payments.contract import NOTHING_TWICE, Twice
from payments.models import Overlap
from payments.services.overlaps.finding import Paid, totals

Choice = Overlap.Choice
SEEN = "twice_seen"
"""The subscriptions the page named: only about those something was chosen."""


class TwiceFields(forms.Form):
    """Asked of who is signed in and pays already for what is inside; of nobody else."""

    twice = forms.ChoiceField(
        label=gettext_lazy("What becomes of what you pay for it alone?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what becomes of it: nothing ends unless you say so.")
        },
    )
    paid: Sequence[Paid] = ()

    def ask_twice(self, paid: Sequence[Paid], *, waits: bool = False) -> None:
        """Ask about these subscriptions; ``waits`` where what is bought opens later."""
        self.paid = list(paid)
        if not self.paid:
            del self.fields["twice"]
            return
        self.initial.setdefault("twice", Choice.STOP.value)
        back = totals(self.paid, clock.now())
        choices = [(Choice.STOP.value, _stops(back, waits=waits)), (Choice.KEEP.value, _keeps())]
        self.fields["twice"].choices = choices  # type: ignore[attr-defined]  # a choice field

    @property
    def paid_ids(self) -> str:
        """What the page names, as it is sent back."""
        return " ".join(each.public_id for each in self.paid)

    def twice_chosen(self) -> Twice:
        """Return what was chosen about what the page had named."""
        seen = set(str(self.data.get(SEEN, "")).split())
        named = tuple(each.public_id for each in self.paid if each.public_id in seen)
        match self.cleaned_data.get("twice"):
            case Choice.STOP:
                return Twice(stop=named)
            case Choice.KEEP:
                return Twice(keep=named)
        return NOTHING_TWICE


class PlanForm(TwiceFields):
    """The page of a change of plan: its one question, where there is any."""

    def __init__(self, *args: Any, paid: Sequence[Paid] = (), **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.ask_twice(paid)


def _stops(back: str, *, waits: bool) -> str:
    if waits:
        return _("It stops when the new one opens, and its unused days go back to your card")
    if not back:
        return _("It stops once this is paid, with no more charges")
    return _("It stops once this is paid, and %(amount)s go back for its unused days") % {
        "amount": back
    }


def _keeps() -> str:
    return _("I keep both, and go on paying for it alone")
