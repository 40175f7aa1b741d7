"""The forms of a product and of its prices, as a creator fills them."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import money
from core.text import slugify
from products.contract import ProductFormat
from products.models import Price, Product
from products.services import covers
from products.services.catalogue import free_slug
from products.services.sales import SOLD_KINDS
from stores.forms import StoreForm
from stores.scope import current_store

ProductT = TypeVar("ProductT", bound=Product)
LONGEST_LABEL = 60


class ProductForm(StoreForm[ProductT]):
    """What every product says of itself; a format adds its own fields."""

    cover_file = forms.FileField(
        label=gettext_lazy("Cover"),
        required=False,
        widget=forms.FileInput({"accept": "image/*"}),
        help_text=gettext_lazy("A picture. Without one the cover is drawn from the title."),
    )

    class Meta:
        model = Product
        fields: ClassVar[tuple[str, ...]] = (
            "title",
            "result",
            "tagline",
            "description",
            "maker",
            "keeps",
            "language",
            "slug",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if covers.cover_of(self.instance) is not None:
            self.fields["cover_file"].help_text = _("It has a cover. Choose another to replace it.")

    def clean_slug(self) -> str:
        """An address typed is kept as it is; left empty, it is made from the title when saving."""
        return str(self.cleaned_data.get("slug") or "")

    def clean(self) -> dict[str, Any]:
        """Give the product an address when none was typed."""
        values = super().clean()
        if not values.get("slug") and "slug" not in self.errors:
            wanted = slugify(values.get("title") or "") or self.instance.public_id
            known = self.instance if self.instance.pk else None
            values["slug"] = free_slug(wanted, but=known)
        return values


class PriceForm(StoreForm[Price]):
    """One way to pay; what was sold stays as it was sold."""

    product_format: ClassVar[ProductFormat]

    kind = forms.ChoiceField(label=gettext_lazy("How is it paid?"))
    amount_text = forms.CharField(
        label=gettext_lazy("Price"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "dir": "ltr"}),
    )

    class Meta:
        model = Price
        fields = ("kind", "amount_text", "label", "is_active")
        labels = {"label": gettext_lazy("Name of this price, if it needs one")}  # noqa: RUF012 -- read once by Django

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = self.instance.currency or current_store().currency
        self.fields["kind"].choices = kind_choices(self.product_format, self.instance.kind)  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["amount_text"].label = _("Price, in %(currency)s") % {"currency": self.currency}
        if self.instance.pk:
            self.initial["amount_text"] = money.to_major(self.instance.amount, self.currency)
        if self.instance.is_frozen:
            self.fields["kind"].disabled = self.fields["amount_text"].disabled = True

    @property
    def stays(self) -> bool:
        """Whether the price was sold and so is never taken away."""
        return bool(self.instance.is_frozen)

    @property
    def notes(self) -> list[str]:
        """Return why a sold price cannot change."""
        if not self.stays:
            return []
        return [
            _(
                "Somebody bought at this price, so its amount stays. To ask for another amount, add"
                " a price and take this one off sale."
            )
        ]

    def clean_amount_text(self) -> int:
        """Return the amount in minor units."""
        if self.instance.is_frozen:
            return int(self.instance.amount)
        text = str(self.cleaned_data.get("amount_text") or "").strip()
        if not text:
            return 0
        try:
            amount = read_amount(text, self.currency)
        except money.MoneyError as error:
            sentence = _("Write the price as a number, like %(example)s.")
            raise forms.ValidationError(sentence % {"example": "49.90"}) from error
        if not 0 <= amount <= money.MAX_AMOUNT:
            raise forms.ValidationError(_("This is more than a card can be charged."))
        return amount

    def clean(self) -> dict[str, Any]:
        """A free price is zero and any other is not."""
        values = super().clean()
        if self.instance.is_frozen or "amount_text" not in values:
            return values
        if values.get("kind") == Price.Kind.FREE:
            values["amount_text"] = 0
        elif values.get("kind") and not values["amount_text"]:
            self.add_error("amount_text", _("Write the price, or choose “free”."))
            return values
        self.instance.amount = values["amount_text"]
        self.instance.currency = self.currency
        return values

    def terms(self) -> dict[str, Any]:
        """Return what was typed, as the catalogue's services take it."""
        values = self.cleaned_data
        terms = {"label": values.get("label", ""), "is_active": values.get("is_active", True)}
        if not self.instance.is_frozen:
            terms |= {"kind": values["kind"], "amount": values["amount_text"]}
        return terms


def kind_choices(product_format: ProductFormat, now: str) -> list[tuple[str, str]]:
    """Return the kinds of price the format has and checkout takes, and the one it is now."""
    kinds = [kind for kind in product_format.price_kinds if kind in SOLD_KINDS]
    if now and now not in kinds:
        kinds.append(now)
    return [(kind, str(Price.Kind(kind).label)) for kind in kinds]


def read_amount(text: str, currency: str) -> int:
    """Return minor units of what was typed, in the page's way or the English one.

    Not finite or below zero is a MoneyError too.
    """
    text = text.strip().strip("₪$€£ \u00a0\u200e\u200f")
    try:
        amount = money.parse(text, currency, get_language() or "en")
    except money.MoneyError:
        amount = money.parse(text, currency, "en")
    if amount < 0:
        raise money.MoneyError(text)
    return amount
