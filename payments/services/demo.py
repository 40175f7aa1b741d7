"""Demo stores: two shops with real books, people to sign in as, and orders really paid.

The orders are made the way a customer makes them, through our checkout and the pretend Stripe,
so that nothing in a demo store could not have happened.
"""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass, field

from django.conf import settings

from accounts.models import Customer, User
from core import clock, tokens
from payments.contract import Basket, Buyer
from payments.models import Order
from payments.services.ordering import order_for
from payments.services.providers import provider_of
from products.contract import formats
from products.models import Price
from products.services.demo import make_demo_bundle
from stores.models import Look, Staff, Store
from stores.roles import Role
from stores.scope import store_scope
from stores.services.opening import host_for, open_store, touch


@dataclass(frozen=True)
class DemoStore:
    """What one demo store is like."""

    label: str
    name: str
    tagline: str
    about: str
    language: str
    languages: tuple[str, ...]
    currency: str
    look: dict[str, str | int]
    owner: tuple[str, str]
    """Address and name."""
    helper: tuple[str, str]
    customers: tuple[tuple[str, str], ...] = field(default=())


STORES = (
    DemoStore(
        label="thread",
        name="חוט ומחט",
        tagline="לתפור לבד, לאט ובשמחה",
        about=(
            "אני נועה. שמונה־עשרה שנה אני תופרת, ועשר מהן מלמדת במטבח שלי, ארבע סביב שולחן אחד."
            "\n\nמה שכתוב כאן נבדק על אנשים שלא החזיקו מחט מימיהם. אם משהו לא ברור, כותבים לי"
            " ואני מתקנת את הספר."
        ),
        language="he",
        languages=("he", "en"),
        currency="ILS",
        look={"colour": "#A8412C", "type_pair": "book", "corner": 2, "mark_line": "seam"},
        owner=("noa@example.com", "נועה ארז"),
        helper=("michal@example.com", "מיכל"),
        customers=(("tamar@example.com", "תמר לוי"), ("yoav@example.com", "יואב כהן")),
    ),
    DemoStore(
        label="crumb",
        name="Salt & Crumb",
        tagline="Bread for people with jobs",
        about=(
            "I’m Ruth. I baked nights for eleven years and now I write down what I learned, for"
            " kitchens with one oven and no patience.\n\nEverything here was baked by somebody"
            " who had never baked before, and rewritten until it worked."
        ),
        language="en",
        languages=("en",),
        currency="USD",
        look={"colour": "#2F5D50", "type_pair": "clear", "corner": 12, "mark_line": "dots"},
        owner=("ruth@example.com", "Ruth Calder"),
        helper=("ben@example.com", "Ben"),
        customers=(("sam@example.com", "Sam Okafor"), ("maya@example.com", "Maya Lind")),
    ),
)
TEST_CARD = "4242424242424242"


def make_demo_stores() -> list[Store]:
    """Open the demo stores with everything in them, once; what is there already stays."""
    return [_find_or_open(demo) for demo in STORES]


def make_demo_orders() -> int:
    """Let the demo customers buy and pay through the sandbox, once; return how many new orders."""
    made = 0
    for demo in STORES:
        store = Store.objects.at_host(host_for(demo.label)).get()
        with store_scope(store):
            if not Order.objects.exists():
                made += sum(_buy(*customer, number) for number, customer in _purchases(demo))
    return made


def _find_or_open(demo: DemoStore) -> Store:
    store = Store.objects.at_host(host_for(demo.label)).first()
    if store is None:
        store = open_store(
            _user(demo.owner[0]),
            name=demo.name,
            label=demo.label,
            language=demo.language,
            currency=demo.currency,
            colour=str(demo.look["colour"]),
            owner_name=demo.owner[1],
        )
        Store.objects.filter(pk=store.pk).update(
            tagline=demo.tagline, about=demo.about, languages=list(demo.languages)
        )
        Look.objects.filter(store=store).update(**demo.look)
        store.refresh_from_db()
    with store_scope(store):
        Staff.objects.get_or_create(
            user=_user(demo.helper[0]), defaults={"name": demo.helper[1], "role": Role.SUPPORT}
        )
        for product_format in formats:
            product_format.demo(store, demo.language)
        make_demo_bundle(demo.language, clock.now())
        touch(store)
    return store


def _user(email: str) -> User:
    return User.objects.filter(email=email).first() or User.objects.create_user(email)


def _purchases(demo: DemoStore) -> list[tuple[int, tuple[str, str]]]:
    """Return who buys the how-manieth price: both books, the gift and the presale get readers."""
    first, second = demo.customers
    return [(0, first), (1, first), (2, second), (0, second), (3, first), (3, second)]


def _buy(email: str, name: str, number: int) -> int:
    firsts = Price.objects.filter(is_active=True, position=0)
    prices = list(firsts.order_by("product__position", "id"))
    if number >= len(prices):
        return 0
    price, now = prices[number], clock.now()
    language = price.product.language
    buyer = Buyer(email=email, name=name, language=language, customer=_customer(email))
    attempt = tokens.public_id()
    order = order_for(Basket(price), buyer=buyer, attempt=attempt, mine=(), now=now).order
    if order.total:
        provider = provider_of(order)
        provider.open_checkout(order, now)
        order.refresh_from_db()
        _pay_in_the_sandbox(str(order.stripe_session_id))
        provider.sync(order, clock.now())
    return 1


def _customer(email: str) -> Customer | None:
    found: Customer | None = Customer.objects.filter(user__email=email).first()
    return found


def _pay_in_the_sandbox(session_id: str) -> None:
    request = urllib.request.Request(  # noqa: S310 -- the sandbox's own address, from our settings
        f"{settings.STRIPE_API_BASE}/_control/pay",
        data=json.dumps({"session": session_id, "card": TEST_CARD}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 -- as above
        answer.read()
