"""The club format's answers to the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from memberships.models import Club, Drop
from memberships.services import members, offering, promises, shelf, showing
from memberships.services.beginning import advice_for, begun
from memberships.services.demo import make_demo_club
from memberships.services.months import DROP, rhythm_of
from memberships.services.pieces import TEXT
from products.contract import Advice, AgendaItem, Draft, OutlineRow, ProductFormat, ShelfCard, Tab
from products.models import Part, Product

if TYPE_CHECKING:
    from access.models import Access
    from stores.models import Store
    from stores.slots import Duty


class ClubFormat(ProductFormat):
    """Something new by its rhythm, for whoever is a member."""

    key = "club"
    label = pgettext_lazy("of people", "club")
    plural = pgettext_lazy("of people", "clubs")
    object = "stack"
    url_prefix = "clubs"
    urlconf = "memberships.urls"
    templates = ("memberships/sales.html",)
    price_kinds = ("subscription", "one_time", "instalments", "free")
    model = Club
    advice = Advice(
        income_every_month=3,
        builds_authority=1,
        little_technology=2,
        works_alone=2,
        needs=("recordings",),
        sentence=gettext_lazy("Something small every month, for people who pay every month."),
    )

    def draft(self, answers: Mapping[str, str], store: Store) -> Draft:
        """Return a club with one small thing every month, as it would begin."""
        return begun(answers, store.currency)

    def advise(self, product: Product) -> Sequence[Any]:
        """Return what is known of clubs, and how much of this one is ready ahead."""
        ahead = Drop.objects.filter(club=product.pk, part__published_at__gt=clock.now())
        return advice_for(ahead.count())

    def workspace(self, product: Product) -> Sequence[Tab]:
        """Return the club's months, and how it works."""
        named = {"week": _("Weeks"), "quarter": _("Quarters")}
        months = named.get(rhythm_of(product), _("Months"))
        pages = ((months, "months"), (_("Settings of the club"), "content"))
        return [
            Tab(name, reverse(f"admin:memberships_club_{page}", args=[product.pk]))
            for name, page in pages
        ]

    def demo(self, store: Store, language: str) -> Sequence[Product]:
        """Put a club in its fourteenth month on sale, with members in every state."""
        return [make_demo_club(language)]

    def blockers(self, products: Sequence[Product]) -> dict[Product, list[Any]]:
        """Return that a club without a first month has nothing to open."""
        clubs = [product.pk for product in products]
        given = set(Drop.objects.given().filter(club__in=clubs).values_list("club", flat=True))
        return {
            product: [] if product.pk in given else [_("Fill the first month and give it out.")]
            for product in products
        }

    def on_granted(self, accesses: Sequence[Access]) -> None:
        """Write down who became a member, and welcome them."""
        members.granted(accesses, clock.now())

    def on_renewed(self, accesses: Sequence[Access]) -> None:
        """Let whoever paid on be a member again."""
        members.renewed(accesses, clock.now())

    def on_revoked(self, accesses: Sequence[Access]) -> None:
        """Have what stays given to whoever lost access."""
        members.revoked(accesses, clock.now())

    def open_urls(self, accesses: Sequence[Access]) -> dict[Access, str]:
        """Return the newest month of each member."""
        return shelf.open_urls(accesses, clock.now())

    def page_of(self, part: Part) -> str:
        """Return the page of a month, or of a text in one."""
        if part.kind == DROP:
            return showing.month_url(part.product, part)
        return showing.url_of(part) if part.kind == TEXT else ""

    def shelf_cards(self, accesses: Sequence[Access], now: datetime) -> dict[Access, ShelfCard]:
        """Return which month each member is in, and the one next step."""
        return shelf.cards_of(accesses, now)

    def outline(self, product: Product) -> Sequence[OutlineRow]:
        """Return the months that are out, the newest first."""
        return offering.outline(product, clock.now())

    def about(self, product: Product, now: datetime) -> Mapping[str, Any]:
        """Return how the club comes, what is open to whom, and what stays."""
        return offering.about(product, now)

    def agenda(
        self, accesses: Sequence[Access], now: datetime, until: datetime
    ) -> Sequence[AgendaItem]:
        """Return the next month of each member, on its day."""
        return shelf.agenda(accesses, now, until)

    def duties(self, store: Store, now: datetime) -> Sequence[Duty]:
        """Return the months that are owed and were not given out."""
        return promises.duties(store, now)
