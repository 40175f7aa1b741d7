"""What staff write about a cancel notice: which order it is, the answer, what was said by word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, money
from payments.forms.stopping import WishFields, name_of
from payments.models import CancelNotice, Order, Subscription
from payments.services.cancelling import noticing
from payments.services.cancelling.continuing import finding
from payments.services.cancelling.continuing.stopping import Asked
from payments.services.cancelling.judging import deal_of
from payments.services.cancelling.noticing import Said
from products.forms import read_amount
from stores.forms import CleanTextMixin

State, Channel = CancelNotice.State, CancelNotice.Channel
A_MINUTE = timedelta(minutes=1)
"""The page asks for minutes, and an order may be cancelled within its first."""


def order_line(order: Order) -> str:
    """Return an order in a line."""
    titles = ", ".join(line.title for line in order.lines.all())
    return f"{order.number} · {titles} · {order.name} · {order.email} · {order.display_total()}"


def paying_line(subscription: Subscription) -> str:
    """Return what is paid again and again in a line."""
    order = subscription.order
    return f"{order.number} · {name_of(subscription)} · {order.name} · {order.email}"


class WhichForm(forms.Form):
    """Which order a notice is about, or what is paid again and again."""

    def __init__(
        self,
        *args: Any,
        orders: Sequence[Order],
        paying: Sequence[Subscription] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.orders = {each.public_id: each for each in orders}
        self.paying = {each.public_id: each for each in paying}
        self.fields["order"] = forms.ChoiceField(
            label=_("Which order is it?"),
            widget=forms.RadioSelect,
            choices=[
                *((key, paying_line(each)) for key, each in self.paying.items()),
                *((key, order_line(each)) for key, each in self.orders.items()),
            ],
        )


class AnswerForm(CleanTextMixin, forms.Form):
    """The answer to what is outside the right: yes, in part, or no in writing."""

    ALL, PART, NO = "all", "part", "no"

    what = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        widget=forms.RadioSelect,
        choices=[
            (ALL, gettext_lazy("Yes: it closes, and all of the money goes back")),
            (PART, gettext_lazy("In part: it closes, and this much goes back")),
            (NO, gettext_lazy("No: it stays open, and no money goes back")),
        ],
    )
    amount_text = forms.CharField(
        label=gettext_lazy("The amount, if only a part"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr"}),
    )
    answer = forms.CharField(
        label=gettext_lazy("What you write. The customer reads it in the mail."),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )

    def __init__(self, *args: Any, notice: CancelNotice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice = notice
        if notice.state != State.REQUEST:
            self.fields["what"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
                (self.NO, _("Nothing can be cancelled by it, because:"))
            ]
            self.fields["what"].initial = self.NO
            del self.fields["amount_text"]

    def clean(self) -> dict[str, Any]:
        """Read the amount, and want words with a no."""
        values = super().clean()
        if values.get("what") == self.NO and not values.get("answer"):
            self.add_error("answer", _("A no wants a reason, in writing."))
        if values.get("what") == self.PART and self.notice.order is not None:
            try:
                text = values.get("amount_text", "")
                values["amount"] = read_amount(text, self.notice.order.currency)
            except money.MoneyError:
                sentence = _("Write the amount as a number, like %(example)s.")
                self.add_error("amount_text", sentence % {"example": "20"})
        return values


class RecordForm(CleanTextMixin, WishFields):
    """A notice that was not written on the page: said by phone, in person, in a mail or letter."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How was it said?"),
        choices=[each for each in Channel.choices if each[0] != Channel.PAGE],
    )
    said_at = forms.DateTimeField(
        label=gettext_lazy("When? This moment counts."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    number = forms.CharField(
        label=gettext_lazy("Order number"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "dir": "ltr"}),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    email = forms.EmailField(label=gettext_lazy("Email"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    is_protected = forms.BooleanField(
        label=gettext_lazy(
            "Has a disability, is 65 or older or a new immigrant, and spoke or wrote with us"
            " before buying"
        ),
        required=False,
    )

    field_order = ("channel", "said_at", "number", "name", "email", "wish", "day", "text")

    def __init__(
        self,
        *args: Any,
        order: Order | None,
        may_be_longer: bool,
        subscription: Subscription | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.order, self.subscription = order, subscription
        self.fields["wish"].label = _("From when, if it is paid again and again? Empty: by law")
        if subscription is None and (order is not None or not Subscription.objects.exists()):
            del self.fields["wish"], self.fields["day"]
        if order is not None:
            for name in ("number", "name", "email"):
                del self.fields[name]
        if not may_be_longer or subscription is not None:
            del self.fields["is_protected"]

    def clean_said_at(self) -> Any:
        """Refuse a moment that is still to come."""
        moment = self.cleaned_data["said_at"]
        if moment > clock.now():
            raise forms.ValidationError(_("This is still to come."))
        return moment

    def clean(self) -> dict[str, Any]:
        """Find the order by its number, where one was written."""
        values = super().clean()
        number = noticing.typed_number(values.get("number", "") or "")
        if self.order is None and number is not None:
            numbered = Order.objects.filter(number=number).first()
            self.order = deal_of(numbered) if numbered is not None else None
            paying = finding.of_order(self.order) if self.order is not None else None
            if paying is not None and finding.is_stoppable(paying):
                self.order, self.subscription = paying.order, paying
            elif self.order is None or not noticing.is_cancellable(self.order):
                self.order = None
                self.add_error("number", _("There is no such order to cancel. Leave it empty."))
        elif self.order is None and not (values.get("name") or values.get("email")):
            raise forms.ValidationError(_("Write who it was: a name, an address or a number."))
        moment = values.get("said_at")
        if self.order is not None and moment and moment < self.order.placed_at - A_MINUTE:
            self.add_error("said_at", _("That was before the order was placed."))
        return values

    def asked_day(self) -> Asked:
        """Return from when it should be over."""
        by_post = self.cleaned_data["channel"] == Channel.REGISTERED
        return (
            self.asked(is_by_post=by_post) if "wish" in self.fields else Asked(is_by_post=by_post)
        )

    def said(self, by: str, language: str) -> Said:
        """Return what was heard."""
        values = self.cleaned_data
        return Said(
            language=self.order.language if self.order is not None else language,
            name=values.get("name", ""),
            email=values.get("email", ""),
            number=values.get("number", ""),
            text=values["text"],
            channel=values["channel"],
            taken_by=by,
            said_at=values["said_at"],
            is_protected=values.get("is_protected", False),
        )
