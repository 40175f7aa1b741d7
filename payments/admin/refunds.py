"""Giving money back: what, how much, what closes by it; asked once, shown, then done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.cache import caches
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import money
from payments.models import Order, OrderLine, Refund
from payments.services.refunding import refundable
from products.forms import read_amount
from stores.forms import CleanTextMixin

ALL, PART = "all", "amount"
ONCE_SECONDS = 60


@dataclass(frozen=True)
class Plan:
    """What will be given back, in minor units, and what closes by it."""

    amount: int
    lines: Sequence[OrderLine] | None
    closes: Sequence[str]


class RefundForm(CleanTextMixin, forms.Form):
    """All of it, one thing of the order, or an amount."""

    what = forms.ChoiceField(
        label=gettext_lazy("How much goes back?"), widget=forms.RadioSelect, initial=ALL
    )
    amount_text = forms.CharField(
        label=gettext_lazy("The amount, if only a part"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why? The customer reads this in the mail."),
        required=False,
        max_length=200,
    )
    left = forms.IntegerField(widget=forms.HiddenInput, required=False)
    sure = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.most = refundable(order)
        self.fields["left"].initial = self.most
        self.lines = {f"line-{line.pk}": line for line in order.lines.all()}
        self.fields["what"].choices = list(self._choices())  # type: ignore[attr-defined]  # a ChoiceField

    def _choices(self) -> Any:
        shown = self._shown(self.most)
        yield ALL, _("All of it: %(amount)s") % {"amount": shown}
        if len(self.lines) > 1:
            for key, line in self.lines.items():
                yield key, f"{line.title}: {self._shown(self._left_of(line))}"
        yield PART, _("A part")

    def _left_of(self, line: OrderLine) -> int:
        lost = (Refund.State.FAILED, Refund.State.CANCELLED)
        given = sum(each.amount for each in line.refunds.exclude(state__in=lost))
        return int(max(0, min(self.most, line.total - given)))

    def _shown(self, amount: int) -> str:
        return money.display(amount, self.order.currency)

    def clean(self) -> dict[str, Any]:
        """Read the amount, and notice what was given back since the page was shown."""
        values = super().clean()
        if values.get("left") not in (None, self.most):
            raise forms.ValidationError(
                _("Money was given back since this page was opened. Look at the order again.")
            )
        if values.get("what") == PART:
            self._read_amount(values)
        return values

    def _read_amount(self, values: dict[str, Any]) -> None:
        try:
            values["amount"] = read_amount(values.get("amount_text", ""), self.order.currency)
        except money.MoneyError:
            sentence = _("Write the amount as a number, like %(example)s.")
            self.add_error("amount_text", sentence % {"example": "20"})
            return
        if not 0 < values["amount"] <= self.most:
            sentence = _("Between nothing and %(most)s can be given back.")
            self.add_error("amount_text", sentence % {"most": self._shown(self.most)})

    def plan(self) -> Plan:
        """Return what the form asks for."""
        what = self.cleaned_data["what"]
        titles = [line.title for line in self.lines.values() if line.closed_at is None]
        if what == PART:
            amount = self.cleaned_data["amount"]
            return Plan(amount, None, titles if amount == self.most else [])
        if what in self.lines:
            line = self.lines[what]
            return Plan(self._left_of(line), [line], [line.title])
        return Plan(self.most, None, titles)


def effects(order: Order, plan: Plan) -> list[str]:
    """Return what giving this back does, in sentences."""
    amount = money.display(plan.amount, order.currency)
    who = order.name or order.email
    return [
        _("%(amount)s go back to the card of %(who)s. It takes the bank a few days.")
        % {"amount": amount, "who": who},
        _("Closes: %(titles)s.") % {"titles": ", ".join(plan.closes)}
        if plan.closes
        else _("Nothing closes: what was bought stays open."),
        _("%(who)s gets a mail that says so.") % {"who": who},
    ]


def take_turn(order: Order, left: int) -> bool:
    """Whether the button is pressed for the first time: a second press gives nothing."""
    return bool(caches["shared"].add(_turn(order, left), 1, timeout=ONCE_SECONDS))


def give_turn_back(order: Order, left: int) -> None:
    """Let the button be pressed again, after nothing came of it."""
    caches["shared"].delete(_turn(order, left))


def _turn(order: Order, left: int) -> str:
    return f"{order.store_id}:refund:{order.pk}:{left}"
