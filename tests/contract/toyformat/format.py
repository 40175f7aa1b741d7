"""The toy's answers to the contract: every verb is overridden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from products.contract import (
    AgendaItem,
    Option,
    OutlineRow,
    ProductFormat,
    Refused,
    ShelfCard,
    SoldLine,
)
from products.models import Part, Price, Product
from stores.models import Store
from stores.slots import Duty
from tests.contract.toyformat.models import Toy


class ToyFormat(ProductFormat):
    """An eighth format that nothing outside its folder has heard of."""

    key = "toy"
    label = "toy"
    plural = "toys"
    object = "stack"
    url_prefix = "toys"
    urlconf = "tests.contract.toyformat.urls"
    templates = ("toyformat/sales.html",)
    price_kinds = ("one_time", "subscription", "free")
    counts_units = True
    model = Toy

    def demo(self, store: Store, language: str) -> Sequence[Product]:
        from products.services.catalogue import add_price, create_product
        from stores.services.opening import touch

        existing = Product.objects.filter(format=self.key, slug="demo-toy").first()
        if existing is not None:
            return [existing]
        product = create_product(self.key, title="Demo toy", slug="demo-toy", now=store.created_at)
        add_price(product, kind="one_time", amount=900)
        Part.objects.create(
            product_id=product.pk, kind="letter", title="One", published_at=store.created_at
        )
        touch(store)
        return [product]

    def blockers(self, products: Sequence[Product]) -> dict[Product, list[Any]]:
        filled = set(Part.objects.filter(product__in=products).values_list("product_id", flat=True))
        return {each: [] if each.pk in filled else ["It has no letter yet."] for each in products}

    def options(self, product: Product) -> Sequence[Option]:
        return [Option("gold", "Gold", places=Toy.objects.get(pk=product.pk).places)]

    def before_sale(
        self, customer: Any, price: Price, answers: Mapping[str, str], now: datetime
    ) -> Refused | None:
        return Refused("Only for those who ask nicely.") if "rude" in answers else None

    def on_sold(self, line: SoldLine) -> None:
        Toy.objects.filter(pk=line.product.pk).update(sold=1)

    def on_unsold(self, line: SoldLine) -> None:
        Toy.objects.filter(pk=line.product.pk).update(sold=0)

    def on_granted(self, accesses: Sequence[Any]) -> None:
        Toy.objects.filter(pk__in=[each.product_id for each in accesses]).update(
            granted=F("granted") + 1
        )

    def on_revoked(self, accesses: Sequence[Any]) -> None:
        Toy.objects.filter(pk__in=[each.product_id for each in accesses]).update(
            revoked=F("revoked") + 1
        )

    def open_urls(self, accesses: Sequence[Any]) -> dict[Any, str]:
        firsts = _first_parts(accesses)
        return {
            each: f"/read/{firsts[each.product_id].public_id}/"
            for each in accesses
            if each.product_id in firsts
        }

    def shelf_cards(self, accesses: Sequence[Any], now: datetime) -> dict[Any, ShelfCard]:
        urls = self.open_urls(accesses)
        return {
            each: ShelfCard(line="Letter 1", next_step="Read", next_url=urls.get(each, "/shelf/"))
            for each in accesses
        }

    def outline(self, product: Product) -> Sequence[OutlineRow]:
        return [
            OutlineRow(part.title, open_url=f"/read/{part.public_id}/" if part.preview else "")
            for part in Part.objects.filter(product_id=product.pk)
        ]

    def agenda(
        self, accesses: Sequence[Any], now: datetime, until: datetime
    ) -> Sequence[AgendaItem]:
        return [AgendaItem(now, "A letter", "/shelf/") for _ in accesses]

    def duties(self, store: Store, now: datetime) -> Sequence[Duty]:
        return []


def _first_parts(accesses: Sequence[Any]) -> dict[int, Part]:
    parts = Part.objects.filter(product__in={each.product_id for each in accesses})
    return {part.product_id: part for part in parts.order_by("-position", "-id")}
