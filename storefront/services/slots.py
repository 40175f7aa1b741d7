"""What other pages gather from the shop window, as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Customer
from products.models import Product
from storefront.models import Menu, Page, Redirect, SignUp
from storefront.services.signups import joining
from stores import slots
from stores.models import Store
from stores.roles import Area
from stores.slots import AccountRow, AccountSection, MailKind, ProductTab, TimelineEntry

SIGNUP_CONFIRM = MailKind(
    "signup_confirm",
    gettext_lazy("confirming a form on a page"),
    ("title", "list_title", "store_name", "confirm_url"),
    2,
    when=gettext_lazy("When somebody types an address into a form, before anything is given."),
)


def register() -> None:
    """Put everything into the slots."""
    slots.mail_kinds.register(SIGNUP_CONFIRM.key, SIGNUP_CONFIRM)
    slots.account_sections.register("sign-ups", section)
    slots.personal_data.register("sign-ups", SignUpsOfCustomer())
    slots.address_changes.register("sign-ups", follow_address)
    slots.customer_timeline.register("sign-ups", timeline)
    slots.store_archive.register("window", whole_window)
    slots.product_tabs.register("sales-page", product_tabs)


def product_tabs(product: Product) -> Sequence[ProductTab]:
    """Return the tab where blocks are put under a product's page."""
    return [
        ProductTab(
            key="sales-page",
            name=_("Blocks below"),
            url=reverse("admin:storefront_page_of_product", args=[product.pk]),
            area=Area.SHOP_WINDOW,
            order=31,
        )
    ]


def section(customer: Customer, now: datetime) -> AccountSection:
    """Return the mailing lists a customer is on, each with its way out."""
    rows = SignUp.objects.standing().filter(customer=customer).select_related("list")
    return AccountSection(
        key="sign-ups",
        title=_("Mailing lists"),
        rows=[
            AccountRow(
                label=row.list.title if row.list else "",
                url=reverse("storefront:list-off", args=[row.public_id, joining.key_of(row)]),
                verb=_("Leave the list"),
            )
            for row in rows
        ],
        order=31,
    )


def follow_address(customer: Customer, old: str, new: str) -> None:
    """Let a customer's lists write to their new address."""
    there = set(SignUp.objects.filter(email=new).values_list("page_id", "block"))
    for row in SignUp.objects.filter(customer=customer, email=old):
        if (row.page_id, row.block) not in there:
            SignUp.objects.filter(pk=row.pk).update(email=new)


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return which forms each customer confirmed."""
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    by_id = {customer.pk: customer for customer in customers}
    rows = SignUp.objects.filter(customer__in=customers, confirmed_at__isnull=False)
    for row in rows.select_related("page"):
        title = row.page.title if row.page else row.source
        sentence = _("Signed up on “%(title)s”") % {"title": title}
        found[by_id[row.customer_id or 0]].append(
            TimelineEntry(row.confirmed_at or row.asked_at, sentence)
        )
    return dict(found)


class SignUpsOfCustomer:
    """The forms somebody filled in, to take away and to be forgotten."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every sign-up as plain values."""
        rows = SignUp.objects.filter(customer=customer).select_related("list", "gift")
        return {"sign_ups": [_signup(row) for row in rows.order_by("pk")]}

    def erase(self, customer: Customer) -> None:
        """Delete them; nobody may write to whoever asked to be forgotten."""
        SignUp.objects.filter(customer=customer).delete()
        SignUp.objects.filter(email=customer.user.email).delete()


def whole_window(store: Store) -> dict[str, Any]:
    """Return pages as visitors see them, menus, redirects and sign-ups as plain values."""
    return {
        "pages": [
            {
                "kind": page.kind,
                "topic": page.topic,
                "title": page.title,
                "slug": page.slug,
                "language": page.language,
                "description": page.description,
                "blocks": page.shown.blocks if page.shown else [],
            }
            for page in Page.objects.kept().select_related("shown").order_by("pk")
        ],
        "menus": list(
            Menu.objects.values("language", "header", "footer", "social", "announcement")
        ),
        "redirects": list(Redirect.objects.values("old_path", "new_path", "is_permanent", "hits")),
        "sign_ups": [
            _signup(row) for row in SignUp.objects.select_related("list", "gift").order_by("pk")
        ],
    }


def _signup(row: SignUp) -> dict[str, Any]:
    return {
        "email": row.email,
        "name": row.name,
        "list": row.list.title if row.list else None,
        "gift": row.gift.title if row.gift else row.gift_url,
        "source": row.source,
        "wants_news": row.wants_news,
        "wording": row.wording,
        "asked_at": row.asked_at.isoformat(),
        "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else None,
        "left_at": row.left_at.isoformat() if row.left_at else None,
    }
