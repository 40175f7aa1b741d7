"""The catalogue's steps on the checklist of a new store; each ticks itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import clock
from products.admin.catalogue import addable_formats, format_admins, url_of_product
from products.admin.first import FirstContent
from products.admin.states import will_sell
from products.errors import CannotPublish
from products.forms.first import FirstPriceForm, FirstProductForm, PublishForm
from products.models import Price, Product
from products.rules import FIRST_MOST, like_shekels
from products.services import advising
from products.services.beginning import begin, proposed
from products.services.catalogue import add_price, blockers, publish
from stores.admin import log
from stores.admin.site import staff_of
from stores.models import Store
from stores.roles import Area
from stores.scope import current_store
from stores.services.log import write
from stores.slots import FirstStep

if TYPE_CHECKING:
    from stores.slots import Text

ON_SALE = (Product.Status.PUBLISHED, Product.Status.HIDDEN)


def first_steps(store: Store) -> list[FirstStep]:
    """Return the steps from nothing to a product on sale."""
    product = first_product()
    return [
        product_step(product),
        content_step(product),
        price_step(product),
        publish_step(product),
    ]


def first_product() -> Product | None:
    """Return the product the steps speak of: one on sale, or the draft that came first."""
    kept = Product.objects.kept()
    on_sale: Product | None = kept.filter(status__in=ON_SALE).order_by("pk").first()
    draft: Product | None = kept.order_by("pk").first()
    return on_sale or draft


def product_step(product: Product | None) -> FirstStep:
    """Return the step that begins a product, by its name and its format."""
    choices = [(each.key, capfirst(str(each.label))) for each, _admin in addable_formats()]

    def form(data: Any, files: Any) -> FirstProductForm:
        return FirstProductForm(data, choices=choices)

    def save(request: HttpRequest, form: FirstProductForm) -> str:
        title, key = form.cleaned_data["title"], form.chosen()
        made = begin(key, title=title, with_prices=False, now=clock.now())
        write(staff_of(request), log.ADD, made)
        return ""

    return _step(
        "product",
        _("What will you sell first?"),
        3,
        2,
        is_done=product is not None,
        verb=_("Begin it"),
        lines=[product.title] if product is not None else [],
        form=form if choices else None,
        save=save,
        links=((_("Which format suits me?"), reverse("admin:which")),),
        url=reverse("admin:products_product_add"),
    )


def content_step(product: Product | None) -> FirstStep:
    """Return the step that puts the file, the first lesson in; its format knows how."""
    offered = first_content_of(product) if product is not None else None
    url = url_of_product(product) if product is not None else _beginning()
    return _step(
        "content",
        offered.sentence if offered else _("Put the file or the first lesson in"),
        offered.minutes if offered else 10,
        3,
        is_done=product is not None and (product.status in ON_SALE or not lacks(product)),
        verb=offered.verb if offered else "",
        form=offered.form if offered else None,
        save=offered.save if offered else None,
        url=url,
    )


def lacks(product: Product) -> list[Any]:
    """Return what keeps a product from opening, by its format alone."""
    child = (product.contract.model or Product).objects.get(pk=product.pk)
    return list(product.contract.blockers([child])[child])


def first_content_of(product: Product) -> FirstContent | None:
    """Return what the format's admin offers for the first content; None: its form does it."""
    admin = format_admins().get(product.format)
    return admin.first_content(product) if admin is not None else None


def price_step(product: Product | None) -> FirstStep:
    """Return the step that sets a price, beginning at what its format finds sensible."""

    def form(data: Any, files: Any) -> FirstPriceForm:
        return FirstPriceForm(data, suggested=suggested_amount(product))

    def save(request: HttpRequest, form: FirstPriceForm) -> str:
        if product is not None:
            kind = Price.Kind.ONE_TIME if form.amount else Price.Kind.FREE
            add_price(product, kind=kind, amount=form.amount)
            write(staff_of(request), log.CHANGE, product)
        return ""

    has_price = product is not None and product.prices.filter(is_active=True).exists()
    return _step(
        "price",
        _("Set a price"),
        2,
        4,
        is_done=has_price,
        verb=_("Set the price"),
        lines=[] if has_price or product is None else price_lines(product),
        form=form if product is not None else None,
        save=save,
        url=f"{url_of_product(product)}#prices" if product is not None else _beginning(),
    )


def price_lines(product: Product) -> list[Text]:
    """Return what helps to name a first price."""
    low = _("A very low price hurts too: visitors take it for what the thing is worth.")
    found = advising.on_prices(product)
    return [*found, *([] if low in found else [low])]


def suggested_amount(product: Product | None) -> int:
    """Return what its format proposes, or a tenth of what a first product may cost."""
    draft = proposed(product.format) if product is not None else None
    amounts = [int(each.get("amount", 0)) for each in draft.prices] if draft else []
    return next(filter(None, amounts), like_shekels(FIRST_MOST // 10, current_store().currency))


def publish_step(product: Product | None) -> FirstStep:
    """Return the step that puts it on sale and goes on to sharing it."""
    missing = blockers(product) if product is not None and product.status not in ON_SALE else []
    is_on_sale = product is not None and product.status in ON_SALE

    def form(data: Any, files: Any) -> PublishForm:
        return PublishForm(data)

    def save(request: HttpRequest, form: PublishForm) -> str:
        if product is None:
            return ""
        try:
            moved = publish(product, clock.now())
        except CannotPublish as refused:
            for sentence in refused.sentences:
                form.add_error(None, sentence)
            return ""
        write(staff_of(request), log.PUBLISH, moved)
        return reverse("admin:products_product_share", args=[moved.pk])

    lines: list[Text] = list(missing)
    links: tuple[tuple[Text, str], ...] = ()
    if product is not None and is_on_sale:
        links = ((_("Share it"), reverse("admin:products_product_share", args=[product.pk])),)
    elif product is not None and not missing:
        lines = list(will_sell(product))
    return _step(
        "publish",
        _("Put it on sale and share it"),
        1,
        8,
        is_done=is_on_sale,
        verb=_("Put on sale"),
        lines=lines if not is_on_sale else [],
        form=form if product is not None and not missing else None,
        save=save,
        links=links,
        url=url_of_product(product) if product is not None else _beginning(),
    )


def _step(key: str, sentence: Text, minutes: int, order: int, **more: Any) -> FirstStep:
    """Return one of the catalogue's steps; with a form, its address is the form's page."""
    if more.get("form") is not None:
        more["url"] = reverse("admin:first-step", args=[key])
    return FirstStep(
        key=key, sentence=sentence, minutes=minutes, order=order, area=Area.PRODUCTS, **more
    )


def _beginning() -> str:
    return reverse("admin:products_product_add")
