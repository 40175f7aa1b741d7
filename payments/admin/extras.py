"""Sales → Extra offers: what is offered at checkout, and once right after paying."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import Extra, Order, OrderLine
from products.models import Price, Product
from stores.admin import Group, MenuItem, Row, StoreModelAdmin, site
from stores.forms import StoreForm
from stores.roles import Area

KINDS = (Price.Kind.ONE_TIME, Price.Kind.FREE)


class PriceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker only
    """A price by its product's title and its amount."""

    def label_from_instance(self, obj: Any) -> str:
        """Return "The First Stitch · ₪49"."""
        label = f" · {obj.label}" if obj.label else ""
        return f"{obj.product.title}{label} · {obj.display()}"


class ExtraForm(StoreForm[Extra]):
    """What is offered, to whom, when, and why in one sentence."""

    beside = forms.ModelChoiceField(
        label=gettext_lazy("to who buys"),
        queryset=Product.objects.none(),
        required=False,
        empty_label=gettext_lazy("every product"),
        help_text=gettext_lazy("Left empty, it is offered with every purchase."),
    )
    price = PriceChoice(label=gettext_lazy("What is offered"), queryset=Price.objects.none())

    class Meta:
        model = Extra
        fields = ("kind", "beside", "price", "sentence", "is_active", "position")
        labels: ClassVar[dict[str, Any]] = {"position": gettext_lazy("Place among the offers")}
        widgets: ClassVar[dict[str, Any]] = {"kind": forms.RadioSelect}
        help_texts: ClassVar[dict[str, Any]] = {
            "position": gettext_lazy(
                "The smallest number comes first. After paying, only the first is offered."
            ),
            "sentence": gettext_lazy("It stands beside the tick: say what it is good for."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prices = Price.objects.filter(is_active=True, kind__in=KINDS).select_related("product")
        self.fields["price"].queryset = prices  # type: ignore[attr-defined]  # a model choice field
        self.fields["beside"].queryset = Product.objects.exclude(status=Product.Status.DRAFT)  # type: ignore[attr-defined]  # as above

    def clean(self) -> dict[str, Any]:
        """Nothing is offered beside itself."""
        values = super().clean()
        price, beside = values.get("price"), values.get("beside")
        if price is not None and beside is not None and price.product_id == beside.pk:
            self.add_error("price", _("Choose something else than what is bought."))
        return values


class ExtraAdmin(StoreModelAdmin):
    """Extra offers."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, gettext_lazy("Extra offers"), 5, within="payments.coupon")
    form = ExtraForm
    list_select_related = ("price__product", "beside")
    fieldsets = (
        (None, {"fields": ("kind", "beside", "price", "sentence", "is_active")}),
        (gettext_lazy("More"), {"classes": ("more",), "fields": ("position",)}),
    )
    add_title = gettext_lazy("A new extra offer")
    add_verb = gettext_lazy("New extra offer")
    empty = gettext_lazy(
        "Something small that goes well with what is being bought: one tick at checkout, or one"
        " question right after paying. Never what the customer owns already."
    )

    def title_of(self, item: Extra) -> str:
        """Return an offer by what is offered."""
        return f"{item.price.product.title} · {item.price.display()}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Extra]:
        """Return the offers with how often each was taken."""
        found: QuerySet[Extra] = super().get_queryset(request)
        lines = OrderLine.objects.filter(price=OuterRef("price"), order__in=Order.objects.paid())
        return found.annotate(
            beside_it=_count(lines.filter(is_extra=True)),
            after_it=_count(lines.filter(order__follows__isnull=False)),
        )

    def row(self, request: HttpRequest, item: Extra) -> Row:
        """Return what is offered, when, to whom, and how often it was taken."""
        beside = item.beside.title if item.beside else _("every product")
        taken = getattr(item, "beside_it" if item.kind == Extra.Kind.BUMP else "after_it", 0)
        return Row(
            name=self.title_of(item),
            url=self.url_of(item),
            state=_("offered") if item.is_active else _("not offered"),
            tone="good" if item.is_active else "",
            detail=item.sentence,
            number=str(taken) if taken else "",
            next_step=_("%(when)s, with: %(what)s")
            % {"when": item.get_kind_display(), "what": beside},
        )


def _count(lines: QuerySet[OrderLine]) -> Coalesce:
    counted = lines.order_by().values("price").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


site.register(Extra, ExtraAdmin)
