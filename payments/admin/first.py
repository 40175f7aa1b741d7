"""The first steps about money: who sells, how people pay, and a purchase that costs nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from payments.admin.ways import OtherWayForm, where_the_money_goes
from payments.models import CancelPolicy, Order, OtherWay
from payments.services.accounts import payment_account, why_not_charging
from payments.services.cancelling.words import policy_sentences
from payments.services.other_ways import next_position, ways_offered
from products.models import Price, Product
from stores import slots
from stores.admin import log
from stores.admin.business import BusinessForm
from stores.admin.site import staff_of
from stores.models import Store
from stores.roles import Area
from stores.services.business import business_of, is_known
from stores.services.log import write
from stores.services.opening import touch
from stores.slots import FirstStep

FIRST_TERMS = 3
"""How many sentences of the cancel terms stand beside the business; a link opens the others."""


class FirstBusinessForm(BusinessForm):
    """What stands on every receipt, and nothing that can wait."""

    vat_percent = None  # type: ignore[assignment]  # Django's way to leave a field out

    class Meta(BusinessForm.Meta):
        fields = (  # type: ignore[assignment]  # fewer than the whole form
            *("legal_name", "country", "kind", "tax_id", "address", "city", "email"),
        )


class FirstWayForm(OtherWayForm):
    """One way to pay the store itself."""

    class Meta(OtherWayForm.Meta):
        fields = ("kind", "name", "instructions")  # type: ignore[assignment]  # fewer than the whole form


def first_steps(store: Store) -> list[FirstStep]:
    """Return the steps about money."""
    return [seller_step(store), ways_step(), test_step()]


def seller_step(store: Store) -> FirstStep:
    """Return the step that writes down who sells; the law's terms of cancelling come with it."""
    business = business_of(store)

    def form(data: Any, files: Any) -> FirstBusinessForm:
        return FirstBusinessForm(data, instance=business)

    def save(request: HttpRequest, form: FirstBusinessForm) -> str:
        kept = form.save()
        CancelPolicy.objects.get_or_create()
        touch(store)
        write(staff_of(request), log.CHANGE, kept)
        return ""

    terms = policy_sentences(store, clock.now())[:FIRST_TERMS]
    return FirstStep(
        key="seller",
        sentence=_("Write down your business details: they stand on every receipt"),
        minutes=4,
        url=reverse("admin:first-step", args=["seller"]),
        is_done=is_known(business),
        area=Area.SETTINGS,
        order=5,
        verb=_("Save"),
        lines=[] if is_known(business) else [_("Cancelling, as your shop says it now:"), *terms],
        form=form,
        save=save,
        links=((_("Terms of cancelling"), reverse("admin:payments_cancelpolicy_changelist")),),
    )


def ways_step() -> FirstStep:
    """Return the step that says how people pay: done where cards work or another way is offered."""

    def form(data: Any, files: Any) -> FirstWayForm:
        return FirstWayForm(data, instance=OtherWay())

    def save(request: HttpRequest, form: FirstWayForm) -> str:
        form.instance.position = next_position()
        kept = form.save()
        write(staff_of(request), log.ADD, kept)
        return ""

    account = payment_account()
    return FirstStep(
        key="ways",
        sentence=_("How will people pay you?"),
        minutes=3,
        url=reverse("admin:first-step", args=["ways"]),
        is_done=not why_not_charging(account) or bool(ways_offered()),
        area=Area.SETTINGS,
        order=6,
        verb=_("Offer this way"),
        lines=where_the_money_goes(account),
        form=form,
        save=save,
        links=(
            (_("All ways to pay"), reverse("admin:payments_otherway_changelist")),
            (_("Add another way"), reverse("admin:first-step", args=["ways"])),
        ),
    )


def test_step() -> FirstStep:
    """Return the step in which the creator walks through the till; nothing is paid."""
    tested = Order.objects.filter(is_test=True).order_by("-pk").first()
    price = price_to_try()
    links: tuple[tuple[str, str], ...] = ()
    if tested is not None and tested.status == Order.Status.PAID:
        links = ((_("End the test"), reverse("admin:payments_order_end_test", args=[tested.pk])),)
    where = reverse("payments:checkout", args=[price.public_id]) if price is not None else ""
    return FirstStep(
        key="test",
        sentence=_("Buy it yourself, as a test"),
        minutes=2,
        url=where or reverse("admin:products_product_changelist"),
        is_done=tested is not None or Order.objects.sales().exists(),
        area=Area.PRODUCTS,
        order=7,
        verb=_("To the till"),
        lines=[]
        if tested
        else [_("All happens as for a customer. Nothing is charged, and it counts nowhere.")],
        links=links,
    )


def price_to_try() -> Price | None:
    """Return the first price of the first product that stands."""
    prices = Price.objects.filter(is_active=True, product__deleted_at=None)
    found: Price | None = (
        prices.exclude(product__status=Product.Status.RETIRED)
        .order_by("product__pk", "position", "pk")
        .first()
    )
    return found


slots.first_steps.register("money", first_steps)
