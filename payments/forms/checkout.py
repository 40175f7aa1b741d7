"""What checkout asks: an address, a name, what exactly, and the consents that a sale needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.forms.door import NewsMixin, NormalAddressField
from accounts.rules import suggested_address
from core import money
from payments.contract import NEWS, Basket, Consents
from payments.forms.business import NAMES, BusinessBuyerMixin
from payments.forms.gifts import GiftFields
from payments.forms.twice import TwiceFields
from payments.forms.upsell import ask_consents
from payments.models import Extra, OtherWay
from payments.services.coupons import normal_code
from payments.services.overlaps.finding import Paid
from payments.services.quoting import extra_is_posted
from payments.services.subscriptions.terms import charged_later, returns
from products.contract import Option
from products.forms import read_amount
from products.models import Price
from shipping.forms.address import AddressFields

CARD = "card"


class OfferedField(forms.MultipleChoiceField):
    """Ticks of which only those still offered count: the sum shown says what was left out."""

    def clean(self, value: Any) -> list[str]:
        """Return what was ticked and is still offered."""
        return [each for each in self.to_python(value) if self.valid_value(each)]


def price_asks_money(price: Price, extras: Sequence[Extra]) -> bool:
    """Whether anything on the checkout page of this price may cost money."""
    option = price.product.contract.option(price.product, price.option)
    if price.kind != Price.Kind.FREE or (option is not None and option.is_posted):
        return True
    return any(extra.price.amount for extra in extras)


class CheckoutForm(BusinessBuyerMixin, GiftFields, NewsMixin, TwiceFields, AddressFields):
    """The checkout page. What is owned already is bought again only by choice.

    ``is_look`` is true while only the sum is asked for (a coupon tried, an extra ticked): then
    nothing is missing yet.
    """

    chosen = forms.CharField(
        max_length=20,
        required=False,
        widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr", "data-sum": ""}),
    )
    seats = forms.IntegerField(
        label=gettext_lazy("For how many people?"),
        error_messages={"required": gettext_lazy("Write for how many.")},
        widget=forms.NumberInput({"data-sum": "", "inputmode": "numeric"}),
    )
    email = NormalAddressField(
        label=gettext_lazy("Your email"),
        help_text=gettext_lazy("The receipt and your link go here."),
        error_messages={
            "required": gettext_lazy(
                "Write your email address: the receipt and your link go there."
            ),
            "invalid": gettext_lazy("This is not an email address. Look at it once more."),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write your name: it stands on the receipt.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    extras = OfferedField(required=False, widget=forms.CheckboxSelectMultiple({"data-sum": ""}))
    coupon = forms.CharField(
        label=pgettext_lazy("checkout", "Coupon"),
        max_length=40,
        required=False,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}
        ),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How would you like to pay?"),
        required=False,
        widget=forms.RadioSelect({"data-sum": ""}),
    )
    is_gift = forms.BooleanField(
        label=gettext_lazy("This is a gift for somebody else"), required=False
    )
    again = forms.BooleanField(
        label=gettext_lazy("I own this already and want to buy it again"),
        error_messages={
            "required": gettext_lazy("Tick this only if you want to buy it once more.")
        },
    )
    may_remind = forms.BooleanField(
        label=gettext_lazy("If I stop halfway, remind me once by mail"), required=False
    )
    terms = forms.BooleanField(
        label=gettext_lazy("I agree to the shop's terms"),
        error_messages={"required": gettext_lazy("Without this nothing can be bought.")},
    )
    attempt = forms.CharField(max_length=20, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """The sum the button showed, in minor units: another one is shown before it is charged."""
    kept_address = forms.CharField(max_length=254, required=False, widget=forms.HiddenInput)
    """The address its owner said is right although it looks mistyped."""

    def __init__(
        self,
        *args: Any,
        price: Price,
        email: str = "",
        is_owned: bool = False,
        is_look: bool = False,
        extras: Sequence[Extra] = (),
        consents: Sequence[tuple[str, str, bool]] = (),
        ways: Sequence[OtherWay] = (),
        takes_cards: bool = True,
        paid: Sequence[Paid] = (),
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.price, self.offered, self.asked = price, list(extras), list(consents)
        costs_nothing = not price_asks_money(price, self.offered)
        self.option = price.product.contract.option(price.product, price.option)
        self.fields["terms"].help_text = _terms(price, self.option, is_free=costs_nothing)
        is_for_oneself = (
            charged_later(price)
            or price.is_team
            or (self.option is not None and not self.option.opens)
        )
        if is_for_oneself:  # a copy in print is given by its address; a card is its owner's
            for name in ("is_gift", *GiftFields.base_fields):
                del self.fields[name]
        self._ask_for_whom()
        self.suggestion = ""
        if email:
            self.fields["email"].disabled = True
            self.initial["email"] = email
        if not is_owned or self._says_gift():
            del self.fields["again"]
        self.ask_twice([] if self._says_gift() else paid, waits=price.product.is_presale)
        self._ask_amount()
        self._offer_extras()
        self._ask_consents()
        self._ask_way(ways, takes_cards=takes_cards)
        self._ask_where(is_look=is_look)
        if price.kind == Price.Kind.FREE and "gift_to_email" in self.fields:
            del self.fields["gift_to_email"]  # we write to strangers only for what was paid for
        if costs_nothing:
            for name in ("may_remind", "coupon", "way", *NAMES):
                self.fields.pop(name, None)
        if is_look:
            for field in self.fields.values():
                field.required = False

    def _ask_for_whom(self) -> None:
        """Ask for how many people, of a team's price; what is only given is a gift anyway."""
        price = self.price
        if price.is_gift and "is_gift" in self.fields:
            self.fields["is_gift"].widget = forms.HiddenInput()
            self.initial["is_gift"] = True
        if price.seats_min is None or price.seats_max is None:
            del self.fields["seats"]
            return
        words = {
            "amount": money.display(price.amount, price.currency),
            "least": price.seats_min,
            "most": price.seats_max,
        }
        field = self.fields["seats"]
        field.help_text = _("%(amount)s each. From %(least)s to %(most)s.") % words
        field.widget.attrs |= {"min": price.seats_min, "max": price.seats_max}
        seats = int(self.initial.get("seats") or price.seats_min)
        self.initial["seats"] = max(price.seats_min, min(seats, price.seats_max))
        if returns(price):
            self.fields.pop("coupon", None)

    def clean_seats(self) -> int | None:
        """From as few to as many as the creator sells together."""
        seats: int | None = self.cleaned_data.get("seats")
        least, most = self.price.seats_min or 1, self.price.seats_max or 1
        if seats is not None and not least <= seats <= most:
            words = {"least": least, "most": most}
            raise forms.ValidationError(_("From %(least)s to %(most)s places.") % words)
        return seats

    def _ask_where(self, *, is_look: bool) -> None:
        self.ask_where(is_asked=self._is_posted(), is_look=is_look)
        if self.asks_where and not self.is_a_gift:
            self.fields["ship_name"].help_text = _("Left empty, it is your name.")

    def _is_posted(self) -> bool:
        """Whether anything that is chosen is posted or picked up."""
        if self.option is not None and self.option.is_posted:
            return True
        if self.is_bound:
            named = getattr(self.data, "getlist", lambda name: self.data.get(name, []))
            ticked = set(named("extras"))
        else:
            ticked = set(self.initial.get("extras") or ())
        return any(extra_is_posted(e) for e in self.offered if e.price.public_id in ticked)

    def _says_gift(self) -> bool:
        if "is_gift" not in self.fields:
            return False
        if self.price.is_gift:
            return self.is_bound
        typed = ("gift_to_name", "gift_to_email", "gift_message", "gift_day")
        return self.is_bound and any(self.data.get(name) for name in ("is_gift", *typed))

    @property
    def is_a_gift(self) -> bool:
        """Whether it is bought for somebody else: ticked, or somebody was named."""
        begun = "is_gift" in self.fields and bool(self.initial.get("is_gift"))
        return self._says_gift() or begun

    def _ask_amount(self) -> None:
        price = self.price
        if price.kind != Price.Kind.PAY_WHAT_YOU_WANT:
            del self.fields["chosen"]
            return
        label = _("What would you like to pay, in %(currency)s?")
        self.fields["chosen"].label = label % {"currency": money.symbol(price.currency)}
        self.initial.setdefault("chosen", money.to_major(price.amount, price.currency))
        if price.floor:
            least = money.display(price.floor, price.currency)
            self.fields["chosen"].help_text = _("From %(amount)s.") % {"amount": least}

    def _offer_extras(self) -> None:
        if not self.offered:
            del self.fields["extras"]
            return
        choices = [(each.price.public_id, each.price.product.title) for each in self.offered]
        self.fields["extras"].choices = choices  # type: ignore[attr-defined]  # a choice field
        self.fields["extras"].widget.choices = choices

    def _ask_way(self, ways: Sequence[OtherWay], *, takes_cards: bool) -> None:
        choices = [(CARD, _("By card"))] if takes_cards else []
        choices += [(way.public_id, way.name) for way in ways]
        self.fields["way"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if choices:
            self.initial["way"] = self.initial.get("way") or choices[0][0]

    @property
    def ways_open(self) -> list[str]:
        """Return the ways in which this could be paid."""
        field = self.fields.get("way")
        return [] if field is None else [key for key, _name in field.choices]  # type: ignore[attr-defined]  # a choice field

    @property
    def asks_way(self) -> bool:
        """Whether there is a choice to make, or something to know before paying."""
        return self.ways_open not in ([], [CARD])

    def _ask_consents(self) -> None:
        if self.price.kind == Price.Kind.FREE:  # needed only with something paid beside it
            self.asked = [(key, sentence, False) for key, sentence, _is_required in self.asked]
        ask_consents(self, self.asked)

    @property
    def business_fields(self) -> list[forms.BoundField]:
        """Return what is asked of who buys for a business."""
        return [self[name] for name in NAMES if name in self.fields]

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        """Return the ticks the law or the store asks for."""
        return [self[f"consent_{key}"] for key, _sentence, _is_required in self.asked]

    @property
    def extra_choices(self) -> list[tuple[Any, Extra]]:
        """Return each offered extra with its tick."""
        return list(zip(self["extras"], self.offered, strict=True)) if self.offered else []

    def clean_chosen(self) -> int | None:
        """Return what the buyer wants to pay, in minor units."""
        text = str(self.cleaned_data.get("chosen") or "").strip()
        if not text:
            return 0 if not self.price.floor else None
        try:
            return read_amount(text, self.price.currency)
        except money.MoneyError as error:
            sentence = _("Write the amount as a number, like %(example)s.")
            raise forms.ValidationError(sentence % {"example": "25"}) from error

    def clean_coupon(self) -> str:
        """Return the code as it is compared."""
        return normal_code(self.cleaned_data.get("coupon") or "")

    def clean(self) -> dict[str, Any]:
        """Ask once about an address that looks mistyped, and for ticks that what is paid needs."""
        values = super().clean()
        self._ask_for_what_is_paid(values)
        if self.asks_where and not self._says_gift():
            values["ship_name"] = values.get("ship_name") or values.get("name") or ""
        self.check_where(values)
        email = values.get("email") or ""
        meant = suggested_address(email) if email and not self.fields["email"].disabled else None
        if meant and values.get("kept_address") != email and self.fields["email"].required:
            self.suggestion = meant
            self.add_error("email", _("Did you mean %(address)s?") % {"address": meant})
        return values

    def _ask_for_what_is_paid(self, values: dict[str, Any]) -> None:
        if self.price.kind != Price.Kind.FREE or not self.fields["email"].required:
            return
        ticked = set(values.get("extras") or ())
        if any(each.price.amount for each in self.offered if each.price.public_id in ticked):
            for name in (f"consent_{key}" for key, *_rest in self.asked):
                if not values.get(name):
                    self.add_error(name, self.fields[name].error_messages["required"])

    def basket(self) -> Basket:
        """Return what was chosen."""
        values = self.cleaned_data
        return Basket(
            price=self.price,
            chosen=values.get("chosen"),
            extras=tuple(values.get("extras") or ()),
            coupon=values.get("coupon") or "",
            gift=self.wish(name=values.get("name") or "") if self._says_gift() else None,
            way=self._way(),
            destination=self.destination() if self._knows_where() else None,
            twice=self.twice_chosen(),
            seats=values.get("seats") or self.price.seats_min or 1,
        )

    def _knows_where(self) -> bool:
        """Whether a place was said: a country is enough for its price, a name for nothing."""
        return self.asks_where and not self.there.is_nowhere

    def _way(self) -> str:
        chosen = self.cleaned_data.get("way") or self.initial.get("way") or CARD
        return "" if chosen == CARD else str(chosen)

    def consents(self) -> Consents:
        """Return what was ticked."""
        values = self.cleaned_data
        given = [NEWS] if values.get("wants_news") else []
        given += [key for key, _sentence, _is in self.asked if values.get(f"consent_{key}")]
        return Consents(tuple(given), may_remind=bool(values.get("may_remind")))


def _terms(price: Price, option: Option | None, *, is_free: bool) -> str:
    """Return what is agreed to, in short: what is sold before it opens does not open at once."""
    opens = option is None or option.opens
    if price.product.is_presale or not opens:
        return "" if is_free else str(_TERMS_AHEAD)
    return str(_TERMS_FREE if is_free else _TERMS)


_TERMS = gettext_lazy(
    "It opens at once. What may be cancelled, until when and at what cost,"
    " stands in the terms of cancelling."
)
_TERMS_FREE = gettext_lazy("It opens at once, and costs nothing.")
_TERMS_AHEAD = gettext_lazy(
    "What may be cancelled, until when and at what cost, stands in the terms of cancelling."
)
