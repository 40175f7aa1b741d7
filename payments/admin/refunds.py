"""Giving money back: what, how much, what closes by it; asked once, shown, then done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Access, SourceKind
from core import money
from payments.models import Order, OrderLine
from payments.services.refunding import refundable
from products.forms import read_amount
from stores.forms import CleanTextMixin

ALL, LINES, PART = "all", "lines", "amount"


@dataclass(frozen=True)
class Plan:
    """What will be given back, in minor units, and what closes by it."""

    amount: int
    lines: Sequence[OrderLine] | None
    closes: Sequence[str]


class RefundForm(CleanTextMixin, forms.Form):
    """All of it, some things of the order, or an amount."""

    what = forms.ChoiceField(
        label=gettext_lazy("How much goes back?"), widget=forms.RadioSelect, initial=ALL
    )
    lines = forms.MultipleChoiceField(
        label=gettext_lazy("Which things, if only some"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    amount_text = forms.CharField(
        label=gettext_lazy("The amount, if only a part"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr"}),
    )
    keep_shipping = forms.BooleanField(
        label=gettext_lazy("What posting cost stays: it was posted"), required=False
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
        self.order_lines = list(order.lines.select_related("product"))
        self.open_lines = {str(line.pk): line for line in self.order_lines if self._left_of(line)}
        has_several = len(self.order_lines) > 1 and bool(self.open_lines)
        self.fields["what"].choices = list(self._choices(has_several=has_several))  # type: ignore[attr-defined]  # a ChoiceField
        if has_several:
            self.fields["lines"].choices = [  # type: ignore[attr-defined]  # as above
                (key, f"{line.title}: {self._shown(self._left_of(line))}")
                for key, line in self.open_lines.items()
            ]
        else:
            del self.fields["lines"]
        self.posting = sum(line.shipping_total for line in self.order_lines)
        if not self.posting:
            del self.fields["keep_shipping"]
        elif any(line.is_posted and line.closed_at is None for line in self.order_lines):
            words = {"amount": self._shown(self.posting)}
            self.fields["keep_shipping"].help_text = _("%(amount)s of it.") % words

    def _choices(self, *, has_several: bool) -> Any:
        yield ALL, _("All of it: %(amount)s") % {"amount": self._shown(self.most)}
        if has_several:
            yield LINES, _("Some things of it")
        yield PART, _("An amount")

    def _left_of(self, line: OrderLine) -> int:
        return min(self.most, line.left_to_return())

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
        elif values.get("what") == LINES and not values.get("lines"):
            self.add_error("lines", _("Tick at least one."))
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
        all_open = [line for line in self.order_lines if line.closed_at is None]
        if what == PART:
            amount = self.cleaned_data["amount"]
            return Plan(amount, None, closing(all_open) if amount == self.most else [])
        if self.keeps_shipping and what != PART:
            return self._without_posting(what, all_open)
        if what == LINES:
            lines = [self.open_lines[key] for key in self.cleaned_data["lines"]]
            amount = min(self.most, sum(self._left_of(line) for line in lines))
            closes = all_open if amount == self.most else lines
            return Plan(amount, lines, closing(closes))
        return Plan(self.most, None, closing(all_open))

    @property
    def keeps_shipping(self) -> bool:
        """Whether what posting cost stays with the shop."""
        return bool(self.cleaned_data.get("keep_shipping"))

    def _without_posting(self, what: str, all_open: Sequence[OrderLine]) -> Plan:
        lines = list(all_open)
        if what == LINES:
            lines = [self.open_lines[key] for key in self.cleaned_data["lines"]]
        parts = [max(0, line.left_to_return() - line.shipping_total) for line in lines]
        return Plan(min(self.most, sum(parts)), lines, closing(lines))


def closing(lines: Sequence[OrderLine]) -> list[str]:
    """Return what closes with these lines: each by its title, a bundle with what came with it."""
    inside: dict[str, list[str]] = {str(line.pk): [] for line in lines}
    given = Access.objects.filter(
        parent__source_kind=SourceKind.ORDER_LINE, parent__source_id__in=inside, revoked_at=None
    )
    for access in given.select_related("parent", "product").order_by("id"):
        if access.parent is not None:
            inside[access.parent.source_id].append(access.product.title)
    return [
        _("%(title)s with %(inside)s")
        % {"title": line.title, "inside": ", ".join(inside[str(line.pk)])}
        if inside[str(line.pk)]
        else line.title
        for line in lines
    ]


def sure_of(form: RefundForm) -> RefundForm:
    """Return the same form as hidden fields that only wait for the button."""
    values: MultiValueDict[str, str] = MultiValueDict()
    if isinstance(form.data, MultiValueDict):
        values.update(form.data)
    values["sure"], values["left"] = "1", str(form.most)
    again = RefundForm(values, order=form.order)
    for name, bound in again.fields.items():
        bound.widget = forms.MultipleHiddenInput() if name == "lines" else forms.HiddenInput()
    return again


def effects(order: Order, plan: Plan) -> list[str]:
    """Return what giving this back does, in sentences."""
    amount = money.display(plan.amount, order.currency)
    who = order.name or order.email
    way = (
        _("%(amount)s go back to the card of %(who)s. It takes the bank a few days.")
        if order.provider == Order.Provider.STRIPE
        else _("%(amount)s go back to %(who)s, by your own hand.")
    )
    return [
        way % {"amount": amount, "who": who},
        _("Closes: %(titles)s. What came from another purchase stays open.")
        % {"titles": ", ".join(plan.closes)}
        if plan.closes
        else _("Nothing closes: what was bought stays open."),
        _("%(who)s gets a mail that says so.") % {"who": who},
    ]
