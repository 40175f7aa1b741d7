"""Where a shop's pages are once it has pages of its own, a shelf, a category and a letter."""

from __future__ import annotations

from accounts.models import Customer
from conversations.models import Conversation
from conversations.services import answering, asking
from core import clock
from products.models import Category, Product
from storefront.models import MailingList, Menu, Page
from storefront.services.demo import make_demo_pages
from storefront.services.pages.showing import draft_blocks
from stores.models import Staff
from stores.scope import store_scope
from tests.conftest import make_user
from tests.journeys.conftest import World

IP = "203.0.113.9"


def furnish(world: World, label: str) -> None:
    """Give a store its own pages, a category with a book, and a letter that was answered; once."""
    store = world.stores[label]
    with store_scope(store):
        if Category.objects.exists():
            return
        make_demo_pages(store, store.language)
        shelf = Category.objects.create(title="Evenings", slug="evenings", description="After six")
        Product.objects.filter(status=Product.Status.PUBLISHED).update(category=shelf)
        writer = asking.Writer(
            language=store.language, ip=IP, customer=customer_of(world, label, "reader")
        )
        letter = asking.begin(
            writer, kind=Conversation.Kind.QUESTION, text="Which chapter first?", now=clock.now()
        )
        owner = Staff.objects.get(role="owner")
        answering.answer(letter, "The second one.", by=owner, now=clock.now())
        asking.say_more(letter, "And after it?", ip=IP, now=clock.now())


def customer_of(world: World, label: str, name: str) -> Customer:
    """Return the customer of this name in a store."""
    user = world.people.get(name)
    if user is None:
        user = world.people[name] = make_user(f"{name}@example.com")
    with store_scope(world.stores[label]):
        found: Customer = Customer.objects.get_or_create(user=user)[0]
        return found


def window_paths(world: World, label: str) -> list[str]:
    """Return where a visitor finds what is not for sale: pages, search, categories, policies."""
    furnish(world, label)
    with store_scope(world.stores[label]):
        about = Page.objects.get(kind=Page.Kind.ABOUT)
        landing = Page.objects.get(kind=Page.Kind.LANDING)
        policies = Page.objects.filter(kind=Page.Kind.POLICY)
        pages = [about, landing, *policies.filter(topic__in=("privacy", "accessibility"))]
        return [
            "/contact/",
            "/contact/sent/",
            "/search/",
            "/search/?q=a",
            "/search/?q=no-such-thing",
            "/c/evenings/",
            *(f"/pages/{each.slug}/" for each in pages),
        ]


def desk_paths(world: World, label: str, product: Product) -> list[str]:
    """Return where the creator finds what is not a list: tabs, calendar, inbox, editor, look."""
    furnish(world, label)
    with store_scope(world.stores[label]):
        about = Page.objects.get(kind=Page.Kind.ABOUT)
        landing = Page.objects.get(kind=Page.Kind.LANDING)
        letter = Conversation.objects.earliest("pk")
        reader = Customer.objects.get(user=world.people["reader"])
        menu = Menu.objects.earliest("pk")
        listed = MailingList.objects.earliest("pk")
        blocks = [each for page in (about, landing) for each in editor_of(page)]
    book, goods = f"/admin/ebooks/ebook/{product.pk}", f"/admin/products/product/{product.pk}"
    tabs = ("content", "prices", "page", "people", "messages", "settings")
    return [
        *(f"{book}/{tab}/" for tab in (*tabs, "editions", "editions/new", "numbers", "cover")),
        *(f"{goods}/{end}/" for end in ("share", "plan")),
        "/admin/products/product/bundle/",
        "/admin/products/which/",
        "/admin/bundles/",
        "/admin/inbox/",
        "/admin/calendar/",
        "/admin/calendar/?view=week",
        "/admin/deleted/",
        f"/admin/conversations/conversation/{letter.pk}/change/",
        "/admin/conversations/savedanswer/add/",
        f"/admin/accounts/customer/{reader.pk}/change/",
        "/admin/payments/report/",
        "/admin/payments/report/rows/",
        *(f"/admin/payments/returningincome/{end}" for end in ("", "stay/", "rows/")),
        "/admin/payments/document/month/",
        "/admin/storefront/page/add/",
        *blocks,
        f"/admin/storefront/menu/{menu.pk}/change/",
        "/admin/storefront/mailinglist/add/",
        f"/admin/storefront/mailinglist/{listed.pk}/change/",
        "/admin/storefront/redirect/add/",
        "/admin/stores/look/pattern/",
        "/admin/stores/look/preview/",
        "/admin/accounts/invitation/new/",
        "/admin/search/?q=a",
    ]


def editor_of(page: Page) -> list[str]:
    """Return the addresses of a page's editor, each block's form among them."""
    home = f"/admin/storefront/page/{page.pk}"
    forms = [f"{home}/blocks/{each['id']}/" for each in draft_blocks(page)]
    return [f"{home}/change/", f"{home}/blocks/", f"{home}/add/", f"{home}/versions/", *forms]
