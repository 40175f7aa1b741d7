"""Dana's store, full of things whose every text carries a mark that must not be seen elsewhere."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from access.contract import Source
from access.models import Access
from access.services.granting import grant
from access.services.keys import make_part_key
from accounts.models import Customer, HandOver, SignIn, User
from accounts.services.consents import give_consent
from content.models import Asset
from core import clock, tokens
from payments.models import CancelNotice, Document, Order
from payments.services.cancelling.keys import key_url
from products.models import Part, Price, Product
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product, make_store, make_user
from tests.payments.documents.papers import paper_of

MARK = "zanzibar"


@dataclass(frozen=True)
class Danas:
    """What there is in Dana's store."""

    store: Store
    product: Product
    price: Price
    part: Part
    asset: Asset
    customer: Customer
    access: Access
    order: Order
    document: Document
    sign_in: SignIn
    key: str
    hand_over: str
    picture: str
    """The path of a public picture in the storage."""
    notice: CancelNotice
    notice_key: str
    news_key: str


@dataclass(frozen=True)
class Neighbours:
    """Alice's store with her customer, and Dana's, full."""

    alice: User
    store: Store
    charlie: Customer
    danas: Danas


@pytest.fixture(scope="module")
def made(kept_rows: None) -> Neighbours:
    alice = make_user("alice@example.com")
    store = make_store("thread", alice, name="Thread")
    with store_scope(store):
        charlie = Customer.objects.create(user=make_user("charlie@example.com"), name="Charlie")
    dana = make_user("dana@example.com")
    danas = make_danas(make_store("crumb", dana, name="Crumb"), dana)
    return Neighbours(alice, store, charlie, danas)


@pytest.fixture
def neighbours(db: None, made: Neighbours) -> Neighbours:
    """The two stores as they were made, whatever the test before did to them."""
    return deepcopy(made)


def make_danas(other_store: Store, dana: User) -> Danas:
    Store.objects.filter(pk=other_store.pk).update(name=f"Crumb {MARK}")
    hand_over = tokens.public_id()
    HandOver.objects.create(
        token_hash=tokens.keyed_hash("hand-over", hand_over),
        user=dana,
        store=other_store,
        expires_at=clock.now().replace(year=2100),
    )
    picture = f"{other_store.public_id}/covers/{tokens.public_id()}/640.webp"
    storages["default"].save(picture, ContentFile(MARK.encode()))
    with store_scope(other_store):
        product = make_product(title=f"Bread of {MARK}", slug=f"bread-of-{MARK}")
        part = Part.objects.create(
            product_id=product.pk, kind="epub", title=f"Part of {MARK}", published_at=NOW
        )
        asset = Asset.objects.create(
            part=part,
            kind="epub",
            name=f"{MARK}.epub",
            original_name=f"{MARK}.epub",
            media_type="application/epub+zip",
            size=1,
            sha256="0" * 64,
        )
        customer = Customer.objects.create(user=make_user(f"eve@{MARK}.com"), name=f"Eve {MARK}")
        access = grant(
            customer, product=product, source=Source("hand", "1"), starts_at=NOW, now=NOW
        )
        order = Order.objects.create(
            number=1,
            attempt=tokens.public_id(),
            customer=customer,
            email=customer.user.email,
            name=customer.name,
            language="en",
            currency="ILS",
            total=0,
            provider="free",
            terms_accepted_at=NOW,
        )
        notice = CancelNotice.objects.create(
            number=1,
            said_at=NOW,
            name=f"Eve {MARK}",
            email=customer.user.email,
            text=MARK,
            language="en",
            order=order,
            proof="signed_in",
        )
        consent = give_consent(customer, source="account", language="en", now=NOW)
        return Danas(
            news_key=consent.leave_key,
            notice=notice,
            notice_key=key_url(notice).rstrip("/").rpartition("/")[2],
            store=other_store,
            product=product,
            price=product.prices.get(),
            part=part,
            asset=asset,
            customer=customer,
            access=access,
            order=order,
            document=paper_of(order),
            sign_in=SignIn.objects.create(
                store=other_store,
                email=customer.user.email,
                code_hashes=["0" * 64],
                expires_at=clock.now().replace(year=2100),
            ),
            key=make_part_key(customer, part, clock.now()),
            hand_over=hand_over,
            picture=picture,
        )
