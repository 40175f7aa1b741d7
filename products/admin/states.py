"""Putting on sale and taking off: each its own page that says what will happen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import clock
from products.admin.undoing import undo_url
from products.errors import CannotPublish, CannotReplace
from products.forms.states import ComingSoonForm, ReplacedForm, TellListForm
from products.models import Product, Replacement
from products.services.catalogue import blockers, publish, set_status
from products.services.lists import announce
from products.services.moments import in_words
from products.services.replacing import replace
from products.services.sales import sold_counts
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.services.log import write

if TYPE_CHECKING:
    from django.utils.functional import Promise

State = Product.Status
TONES = {
    State.PUBLISHED: "good",
    State.HIDDEN: "good",
    State.CLOSED: "warn",
    State.COMING_SOON: "warn",
}
ON_SALE = (State.PUBLISHED, State.HIDDEN)


@dataclass(frozen=True)
class StateAct:
    """One way from state to state."""

    key: str
    to: str
    from_states: tuple[str, ...]
    verb: Promise
    question: Promise
    done: Promise
    effect: Callable[[Product], list[str]]
    is_dangerous: bool = False
    form: type[Any] | None = None
    """What else is asked; it takes the product."""


def will_sell(product: Product) -> list[str]:
    """Say that it goes on sale, for how much, and when it opens."""
    return [
        _("It appears in your shop at once, and anybody can buy it."),
        *_price_sentences(product),
        *_presale_sentences(product),
        _("You can take it off sale whenever you like; whoever bought it keeps it."),
    ]


def will_hide(product: Product) -> list[str]:
    """Say that only those with the link can buy."""
    return [
        _("It leaves the list in your shop. Whoever has the link can still see and buy it."),
        _("Search engines are asked not to list its page."),
        *_price_sentences(product),
        *_presale_sentences(product),
        *_keepers(product),
    ]


def will_close(product: Product) -> list[str]:
    """Say that its page stays and selling stops."""
    return [
        _("Its page stays, and says that sales are closed for now. Nobody can buy it."),
        _("Visitors can join its waiting list; once it is on sale again you tell them."),
        *_keepers(product),
    ]


def will_be_coming_soon(product: Product) -> list[str]:
    """Say that its page shows, without a price, and collects addresses."""
    return [
        _("Its page appears in your shop, without a price. Nobody can buy it yet."),
        _("Visitors can leave their address, and answer one question of yours."),
        _("Once it goes on sale you tell them all, by one mail."),
        *_keepers(product),
    ]


def will_retire(product: Product) -> list[str]:
    """Say that it is no longer sold, and who keeps it."""
    return [
        _("It leaves your shop and is no longer sold. It is not deleted."),
        _("If another takes its place, you can take that back for ten minutes."),
        *_keepers(product),
    ]


def will_be_draft(product: Product) -> list[str]:
    """Say that its page closes."""
    return [_("Its page closes until you put it on sale again."), *_keepers(product)]


def _price_sentences(product: Product) -> list[str]:
    return [
        _("Price: %(price)s.") % {"price": _("free") if not price.amount else price.display()}
        for price in product.prices.filter(is_active=True)
    ]


def _presale_sentences(product: Product) -> list[str]:
    if not product.is_presale or product.opens_at is None:
        return []
    return [
        _("It is sold before it is open: it opens %(when)s, for all who bought it until then.")
        % {"when": in_words(product.opens_at)},
        _("Until it opens every buyer may have the money back by one press."),
    ]


def _keepers(product: Product) -> list[str]:
    sold = sold_counts([product]).get(product.pk, 0)
    if not sold:
        return [_("Nobody has bought it yet.")]
    return [
        ngettext(
            "It was bought once; that person keeps it.",
            "It was bought %(count)s times; everybody who bought it keeps it.",
            sold,
        )
        % {"count": sold}
    ]


class StateViews:
    """The pages that move a product from state to state."""

    state_acts: Sequence[StateAct] = (
        StateAct(
            "publish",
            State.PUBLISHED,
            (State.DRAFT, State.HIDDEN, State.CLOSED, State.RETIRED, State.COMING_SOON),
            gettext_lazy("Put on sale"),
            gettext_lazy("Put “%(title)s” on sale?"),
            gettext_lazy("It is on sale."),
            will_sell,
            form=TellListForm,
        ),
        StateAct(
            "soon",
            State.COMING_SOON,
            (State.DRAFT, State.HIDDEN, State.CLOSED),
            gettext_lazy("Announce as coming soon"),
            gettext_lazy("Announce “%(title)s” as coming soon?"),
            gettext_lazy("Its page collects addresses now."),
            will_be_coming_soon,
            form=ComingSoonForm,
        ),
        StateAct(
            "hide",
            State.HIDDEN,
            (State.DRAFT, State.PUBLISHED, State.CLOSED, State.COMING_SOON),
            gettext_lazy("Sell by link only"),
            gettext_lazy("Sell “%(title)s” by link only?"),
            gettext_lazy("Now only those with the link find it."),
            will_hide,
        ),
        StateAct(
            "close",
            State.CLOSED,
            (State.PUBLISHED, State.HIDDEN),
            gettext_lazy("Close for now"),
            gettext_lazy("Close “%(title)s” for now?"),
            gettext_lazy("It is closed for now."),
            will_close,
        ),
        StateAct(
            "draft",
            State.DRAFT,
            (State.HIDDEN, State.CLOSED, State.COMING_SOON),
            gettext_lazy("Make it a draft again"),
            gettext_lazy("Make “%(title)s” a draft again?"),
            gettext_lazy("It is a draft again."),
            will_be_draft,
        ),
        StateAct(
            "retire",
            State.RETIRED,
            (State.PUBLISHED, State.HIDDEN, State.CLOSED, State.COMING_SOON),
            gettext_lazy("Stop selling"),
            gettext_lazy("Stop selling “%(title)s”?"),
            gettext_lazy("It is no longer sold."),
            will_retire,
            is_dangerous=True,
            form=ReplacedForm,
        ),
    )

    def state_links(self: Any, item: Product) -> list[tuple[Any, str]]:
        """Return the acts that make sense where the product stands."""
        return [
            (act.verb, self.url_for(act.key, item.pk))
            for act in self.state_acts
            if item.status in act.from_states
            and not (act.key == "publish" and item.status == State.DRAFT)
        ]

    def state_view(self: Any, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        """Ask before moving a product to another state; move it on POST."""
        product = self.get_object(request, str(pk))
        if product is None:
            raise Http404
        if not self.has_change_permission(request, product):
            raise PermissionDenied
        act = next(act for act in self.state_acts if act.key == key)
        if product.status == act.to:
            return HttpResponseRedirect(self.url_of(product))
        missing = what_stands_in_the_way(product, act)
        form = form_of(act, product, request)
        if request.method == "POST" and not missing and (form is None or form.is_valid()):
            wanted = form.cleaned_data if form is not None else {}
            before, had_heir = product.status, product.replaced_by_id is not None
            try:
                moved = move(product, act, wanted)
            except CannotPublish as error:
                missing = error.sentences
            except CannotReplace as error:
                missing = [error.sentence]
            else:
                write(staff_of(request), LOG_WORDS[act.key], product)
                is_more = had_heir or wanted.get("tells") or wanted.get("replaced_by")
                undo = "" if is_more else undo_url(moved, before, clock.now())
                messages.success(request, act.done, extra_tags=undo)
                return HttpResponseRedirect(self.url_of(product))
        effect = Effect(
            title=act.question % {"title": product.title},
            verb=act.verb,
            sentences=() if missing else act.effect(product),
            back_url=self.url_of(product),
            is_dangerous=act.is_dangerous,
            blockers=missing,
        )
        return confirm(request, effect, form)


LOG_WORDS = {
    "publish": log.PUBLISH,
    "soon": log.ANNOUNCE,
    "hide": log.HIDE,
    "close": log.CLOSE,
    "draft": log.DRAFT,
    "retire": log.RETIRE,
}


def what_stands_in_the_way(product: Product, act: StateAct) -> list[str]:
    """Return, in sentences, why the product cannot move there now."""
    if product.status not in act.from_states:
        return [_("From “%(state)s” it cannot go there.") % {"state": product.get_status_display()}]
    return blockers(product) if act.to in ON_SALE else []


def form_of(act: StateAct, product: Product, request: HttpRequest) -> Any:
    """Return what else the act asks, or None."""
    if act.form is None:
        return None
    return act.form(request.POST if request.method == "POST" else None, product=product)


@transaction.atomic
def move(product: Product, act: StateAct, wanted: dict[str, Any]) -> Product:
    """Move a product to where the act leads, with what was asked beside it."""
    now = clock.now()
    if "list_question" in wanted:
        Product.objects.filter(pk=product.pk).update(list_question=wanted["list_question"])
    if wanted.get("replaced_by") is not None:
        replace(
            product,
            wanted["replaced_by"],
            owners=wanted.get("owners") or Replacement.Owners.NOTHING,
            amount=wanted.get("amount_text") or 0,
            tells=bool(wanted.get("tells")),
            now=now,
        )
    if act.to not in ON_SALE:
        return set_status(product, act.to)
    moved = publish(product, now, status=act.to)
    if wanted.get("tells"):
        announce(moved, now=now)
    return moved
