"""Sales → Coupons: codes that take something off, and who used them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, money, tokens
from payments.models import Coupon, CouponProduct, CouponRedemption
from payments.services.addresses import page_url
from payments.services.coupons import normal_code
from products.forms import read_amount
from products.models import Price, Product
from stores.admin import Group, MenuItem, Row, StoreModelAdmin, site
from stores.forms import RowsField, StoreForm
from stores.roles import Area
from stores.scope import current_store
from stores.services.moments import in_short

CODE_LETTERS = 6
LATEST = 20


class CouponForm(StoreForm[Coupon]):
    """A code, what it takes off, and what bounds it."""

    off = forms.CharField(
        label=gettext_lazy("How much off"),
        max_length=20,
        help_text=gettext_lazy("A percentage like 20%, or an amount like 30."),
        widget=forms.TextInput({"dir": "ltr"}),
    )
    lasts = forms.ChoiceField(
        label=gettext_lazy("Of a subscription it lowers"),
        choices=Coupon.Lasts.choices,
        required=False,
        help_text=gettext_lazy("What is paid once is lowered once, whatever stands here."),
    )
    products = RowsField(
        label=gettext_lazy("Only for these products"),
        queryset=Product.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: for all of them."),
    )

    class Meta:
        model = Coupon
        fields = (
            "code",
            "note",
            "lasts",
            "months",
            "starts_at",
            "ends_at",
            "most_uses",
            "most_per_customer",
            "is_active",
        )
        help_texts: ClassVar[dict[str, Any]] = {
            "code": gettext_lazy("What customers type. Capital or small letters are the same."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = current_store().currency
        self.fields["products"].queryset = Product.objects.exclude(status=Product.Status.DRAFT)  # type: ignore[attr-defined]  # a model choice field
        if self.instance.pk:
            self.initial["off"] = off_in_words(self.instance)
            self.initial["products"] = [each.on_product_id for each in self.instance.only_for.all()]
        else:
            self.initial.setdefault("code", tokens.public_id()[:CODE_LETTERS].upper())

    def clean_code(self) -> str:
        """Return the code as it is compared."""
        code = normal_code(self.cleaned_data["code"])
        if not code.isprintable() or not any(each.isalnum() for each in code):
            raise forms.ValidationError(_("Use letters and digits."))
        return code

    def clean_off(self) -> str:
        """Set what is taken off on the row: a percentage, or an amount in minor units."""
        text = str(self.cleaned_data["off"]).strip()
        if "%" in text:
            self._set_percent(text.replace("%", "").strip())
        else:
            self._set_amount(text)
        return text

    def _set_percent(self, text: str) -> None:
        percent = int(text) if text.isdecimal() and len(text) < 4 else 0  # noqa: PLR2004 -- 100 has three digits
        if not 1 <= percent <= 100:  # noqa: PLR2004 -- per cent
            raise forms.ValidationError(_("A percentage is a whole number from 1 to 100."))
        self.instance.kind, self.instance.percent = Coupon.Kind.PERCENT, percent
        self.instance.amount = None

    def _set_amount(self, text: str) -> None:
        try:
            amount = read_amount(text, self.currency)
        except money.MoneyError as error:
            sentence = _("Write a percentage like 20%, or an amount like 30.")
            raise forms.ValidationError(sentence) from error
        if not 0 < amount <= money.MAX_AMOUNT:
            raise forms.ValidationError(_("Write a percentage like 20%, or an amount like 30."))
        self.instance.kind, self.instance.amount = Coupon.Kind.AMOUNT, amount
        self.instance.percent = None

    def clean_lasts(self) -> str:
        """Return which charges it lowers: left out, the first."""
        return self.cleaned_data.get("lasts") or Coupon.Lasts.ONCE

    def clean(self) -> dict[str, Any]:
        """Dates run forward, months are counted, and limits allow at least one use."""
        values = super().clean()
        if values.get("lasts") != Coupon.Lasts.MONTHS:
            values["months"] = None
        elif not values.get("months"):
            self.add_error("months", _("Write how many, like 3."))
        starts, ends = values.get("starts_at"), values.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It ends before it begins."))
        for name in ("most_uses", "most_per_customer"):
            if values.get(name) == 0:
                self.add_error(name, _("At least once; or leave it empty for no limit."))
        return values


class CouponAdmin(StoreModelAdmin):
    """Coupons."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, gettext_lazy("Coupons"), 4)
    form = CouponForm
    search_fields = ("code", "note")
    fieldsets = (
        (None, {"fields": ("code", "off", "products", "ends_at", "is_active")}),
        (
            gettext_lazy("More"),
            {
                "classes": ("more",),
                "fields": (
                    *("lasts", "months", "starts_at"),
                    *("most_uses", "most_per_customer", "note"),
                ),
            },
        ),
    )
    add_title = gettext_lazy("A new coupon")
    add_verb = gettext_lazy("New coupon")
    empty = gettext_lazy("A coupon is a code that takes something off at checkout.")
    change_form_template = "payments/admin/coupon.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Coupon]:
        """Return coupons with how often each was used."""
        found: QuerySet[Coupon] = super().get_queryset(request)
        used = Count("redemptions", filter=Q(redemptions__used_at__isnull=False))
        return found.annotate(uses=used)

    def row(self, request: HttpRequest, item: Any) -> Row:
        """Return a code, what it takes off, until when, and its uses."""
        now = clock.now()
        is_good = item.is_active and (item.ends_at is None or item.ends_at > now)
        until = (
            _("until %(day)s") % {"day": in_short(item.ends_at)} if item.ends_at else _("no end")
        )
        return Row(
            name=f"{item.code} · {off_in_words(item)}",
            url=self.url_of(item),
            state=_("in use") if is_good else _("over"),
            tone="good" if is_good else "",
            detail=item.note,
            number=_uses(item.uses, item.most_uses),
            number_url=orders_with(item),
            next_step=until,
        )

    def form_context(self, request: HttpRequest, item: Coupon | None) -> dict[str, Any]:
        """Return who used a coupon lately, and links that take it off by themselves."""
        if item is None:
            return {}
        used = item.redemptions.filter(used_at__isnull=False).select_related("order")
        return {
            "used": [use_in_words(each) for each in used.order_by("-used_at")[:LATEST]],
            "orders_url": orders_with(item),
            "links": links_of(item, clock.now()),
        }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save the coupon with the products it is good for."""
        super().save_model(request, obj, form, change)
        chosen = {product.pk for product in form.cleaned_data.get("products", ())}
        CouponProduct.objects.filter(coupon=obj).exclude(on_product__in=chosen).delete()
        for pk in chosen:
            CouponProduct.objects.get_or_create(coupon=obj, on_product_id=pk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A coupon somebody used is only put out of use."""
        if obj is not None and obj.redemptions.exists():
            return False
        return obj is not None and self.has_change_permission(request, obj)


def _uses(count: int, most: int | None) -> str:
    if most:
        return _("%(n)d of %(most)d used") % {"n": count, "most": most}
    return _("%(n)d used") % {"n": count}


def orders_with(coupon: Coupon) -> str:
    """Return the list of the orders that took a coupon."""
    return f"{reverse('admin:payments_order_changelist')}?{urlencode({'q': coupon.code})}"


def use_in_words(use: CouponRedemption) -> dict[str, Any]:
    """Return one use: whose, when, how much, and where its order is."""
    return {
        "number": use.order.number,
        "url": reverse("admin:payments_order_change", args=[use.order_id]),
        "who": use.order.name or use.email,
        "day": date_format(localtime(use.used_at), "DATE_FORMAT"),
        "amount": money.display(use.amount, use.order.currency),
    }


def links_of(coupon: Coupon, now: datetime) -> list[tuple[str, str]]:
    """Return the checkout pages at which a coupon is taken off by itself, by what they sell."""
    prices = Price.objects.open_at(now).filter(is_listed=True, for_owners_of=None, amount__gt=0)
    prices = prices.filter(product__status=Product.Status.PUBLISHED).select_related("product")
    products = [each.on_product_id for each in coupon.only_for.all()]
    if products:
        prices = prices.filter(product__in=products)
    query = urlencode({"coupon": coupon.code})
    language = current_store().language
    return [
        (
            " · ".join(filter(None, (price.product.title, price.label))),
            f"{page_url('payments:checkout', price.public_id, language=language)}?{query}",
        )
        for price in prices.order_by("product", "pk")[:LATEST]
    ]


def off_in_words(coupon: Coupon) -> str:
    """Return what a coupon takes off, as its creator types it."""
    if coupon.kind == Coupon.Kind.PERCENT:
        return f"{coupon.percent}%"
    return str(money.to_major(coupon.amount or 0, current_store().currency))


site.register(Coupon, CouponAdmin)
