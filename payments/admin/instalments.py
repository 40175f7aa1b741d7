"""Sales → Monthly charges: who pays a sum in several, how far they are, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock, money
from payments.admin.doing import Doing
from payments.admin.subscription_deeds import who_pays
from payments.admin.subscriptions import bill_state
from payments.models import InstalmentPlan
from payments.services.instalments import deciding
from payments.services.instalments.showing import is_waiting, state_in_words
from payments.services.instalments.standing import State
from payments.services.instalments.wording import paid_in_words, plan_stands, price_of_plan
from payments.services.subscriptions.looking import look_again
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, site
from stores.admin.site import staff_of
from stores.roles import Area

TONES = {State.PAID: "good", State.PAYING: "good", State.ENDED: "bad"}


class InstalmentPlanAdmin(Doing[InstalmentPlan], ReadAdmin):
    """What is paid in several monthly charges."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, pgettext_lazy("menu", "Monthly charges"), 3)
    empty = gettext_lazy("Whoever pays you a price in several monthly charges stands here.")
    search_fields = (
        *("subscription__customer__name", "subscription__customer__user__email"),
        *("subscription__order__name", "subscription__product__title"),
        "=subscription__order__number",
    )
    list_filter = ("state",)
    ordering = ("-id",)
    change_form_template = "payments/admin/instalments.html"

    def is_in_menu(self, request: HttpRequest) -> bool:
        """Only where somebody ever paid so."""
        return InstalmentPlan.objects.exists()

    def get_queryset(self, request: HttpRequest) -> QuerySet[InstalmentPlan]:
        """Return plans with who pays for what."""
        found: QuerySet[InstalmentPlan] = super().get_queryset(request)
        return found.select_related(
            *("subscription__customer__user", "subscription__product", "subscription__price"),
            *("subscription__order", "pay_off"),
        )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages of what can be done with one."""
        deeds = (
            ("let_go", self.let_go_view),
            ("stop", self.stop_view),
            ("give_back", self.give_back_view),
            ("sync", self.sync_view),
        )
        return [
            *(
                path(
                    f"<int:pk>/{name.replace('_', '-')}/",
                    self.admin_site.admin_view(view),
                    name=f"payments_instalmentplan_{name}",
                )
                for name, view in deeds
            ),
            *super().get_urls(),
        ]

    def title_of(self, item: InstalmentPlan) -> str:
        """Return a plan by who pays for what."""
        return f"{who_pays(item.subscription)} · {item.subscription.product.title}"

    def rows(self, request: HttpRequest, items: Sequence[InstalmentPlan]) -> list[Row]:
        """Return a page of the list, with all bills asked for at once."""
        prefetch_related_objects(items, "subscription__bills")
        now = clock.now()
        return [self._row(item, now) for item in items]

    def _row(self, item: InstalmentPlan, now: datetime) -> Row:
        said = plan_stands(item, now)
        return Row(
            name=self.title_of(item),
            url=self.url_of(item),
            state=state_in_words(item),
            tone=tone_of(item),
            detail=" ".join(said[:2]),
            number=price_of_plan(item),
        )

    # -- one of them

    def form_context(self, request: HttpRequest, item: InstalmentPlan | None) -> dict[str, Any]:
        """Return a plan with its charges and what can be done."""
        if item is None:
            return {}
        subscription, staff = item.subscription, staff_of(request)
        return {
            "plan": item,
            "subscription": subscription,
            "state": state_in_words(item),
            "tone": tone_of(item),
            "sentences": plan_stands(item, clock.now()),
            "price": price_of_plan(item),
            "customer_url": reverse(
                "admin:accounts_customer_change", args=[subscription.customer_id]
            )
            if staff.may_view(Area.CUSTOMERS)
            else "",
            "who": who_pays(subscription),
            "bills": [
                (bill, money.display(bill.amount, subscription.currency), bill_state(bill))
                for bill in subscription.bills.select_related("order").order_by("written_at", "id")
            ],
            "is_waiting": is_waiting(item),
            "acts": self.ways(request, item),
        }

    def ways(self, request: HttpRequest, item: InstalmentPlan) -> list[tuple[Any, str]]:
        """Return what this person can do with it now."""
        staff = staff_of(request)
        found: list[tuple[Any, str]] = []
        if not staff.may_change(Area.SALES):
            return found
        if item.state in {State.PAYING, State.ENDED}:
            found.append((_("Let the rest go"), self.url_for("let_go", item.pk)))
        if item.state == State.PAYING:
            found.append((_("Stop and close it"), self.url_for("stop", item.pk)))
        if item.state != State.RETURNED and staff.may_change(Area.REFUNDS):
            found.append((_("Give all of it back"), self.url_for("give_back", item.pk)))
        found.append((_("Ask Stripe again"), self.url_for("sync", item.pk)))
        return found

    def let_go_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Charge nothing more, and leave it open."""
        item = self.found(request, pk)
        words = {
            "who": who_pays(item.subscription),
            "left": item.display(item.left),
            "said": paid_in_words(item),
        }
        effect = Effect(
            title=_("Let the rest go: %(title)s?") % {"title": self.title_of(item)},
            verb=_("Let the rest go"),
            sentences=[
                _("%(said)s. The other %(left)s are never charged. This cannot be undone.") % words,
                _("What was bought stays open, as if all were paid."),
                _("%(who)s gets a mail that says so.") % words,
            ],
            back_url=self.url_of(item),
            is_dangerous=True,
            blockers=blockers(item, State.PAYING, State.ENDED),
        )
        return self.do(request, item, effect, deciding.let_go)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Charge nothing more, and close it."""
        item = self.found(request, pk)
        words = {"who": who_pays(item.subscription), "said": paid_in_words(item)}
        effect = Effect(
            title=_("Stop and close it: %(title)s?") % {"title": self.title_of(item)},
            verb=_("Stop and close it"),
            sentences=[
                _("%(said)s. No more charges, and what was bought closes at once.") % words,
                _("What was paid stays paid: to return it, give all of it back instead."),
                _("%(who)s gets a mail that says so.") % words,
            ],
            back_url=self.url_of(item),
            is_dangerous=True,
            blockers=blockers(item, State.PAYING),
        )
        return self.do(request, item, effect, deciding.stop)

    def give_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return all that was paid, and close it."""
        item = self.found(request, pk, Area.REFUNDS)
        orders = deciding.orders_of(item)
        whole = sum(order.total for order in orders)
        words = {"who": who_pays(item.subscription), "amount": item.display(whole)}
        effect = Effect(
            title=_("Give all of it back: %(title)s?") % {"title": self.title_of(item)},
            verb=_("Give all of it back"),
            sentences=[
                _("Up to %(amount)s go back to the card of %(who)s: all that is left of it.")
                % words,
                _("No more charges, and what was bought closes."),
                _("To return one payment alone, open its order: then all stays open."),
            ],
            back_url=self.url_of(item),
            is_dangerous=True,
            blockers=[] if item.state != State.RETURNED else [_("It was returned already.")],
        )
        return self.do(request, item, effect, deciding.give_all_back)

    def sync_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask Stripe again how it stands."""
        item = self.found(request, pk)
        effect = Effect(
            title=_("Ask Stripe again: %(title)s?") % {"title": self.title_of(item)},
            verb=_("Ask Stripe again"),
            sentences=[
                _("What Stripe says counts: what is paid opens, what has ended closes."),
                _("Nobody is told, and it costs nothing."),
            ],
            back_url=self.url_of(item),
        )
        return self.ask(request, item, effect, lambda: look_again(item.subscription, clock.now()))

    def do(
        self,
        request: HttpRequest,
        item: InstalmentPlan,
        effect: Effect,
        deed: Callable[..., object],
    ) -> HttpResponse:
        """Ask about a deed that wants to know by whom and when."""
        by, now = staff_of(request).name, clock.now()
        return self.ask(request, item, effect, lambda: deed(item, by=by, now=now))


def tone_of(plan: InstalmentPlan) -> str:
    """Return the tone of how it stands."""
    subscription = plan.subscription
    is_late = subscription.held_at is not None or subscription.unpaid_since is not None
    if plan.state == State.PAYING and is_late:
        return "bad"
    return TONES.get(State(plan.state), "")


def blockers(plan: InstalmentPlan, *states: str) -> list[str]:
    """Return why it cannot be done now."""
    return [] if plan.state in states else [_("It is settled already.")]


site.register(InstalmentPlan, InstalmentPlanAdmin)
