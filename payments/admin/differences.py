"""What differs in the money: a store's own, for its staff, and everybody's, for the operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, get_urlconf, path, reverse, set_urlconf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from payments.errors import CannotMend, PaymentError
from payments.models import Difference, Order, Refund
from payments.services.nightly.findings import KINDS
from payments.services.nightly.mending import look_again, mend, who_acts
from stores.admin import ReadAdmin, Row, log, site
from stores.admin.site import staff_of, store_of
from stores.roles import Area
from stores.services.log import write
from stores.services.moments import in_short

EXPLAINED = gettext_lazy(
    "Every night all payments are compared with Stripe and with what they opened."
    " What does not agree stands here until it does."
)


EMPTY = gettext_lazy("Nothing differs. Every coin is accounted for.")


class Differences:
    """What both lists of differences have in common."""

    search_fields = ("subject", "kind")
    ordering = ("-found_at", "-id")

    def row(self, request: HttpRequest, item: Difference) -> Row:
        """Return a difference with what each side says."""
        return Row(
            name=said(item),
            url=self.url_of(item),  # type: ignore[attr-defined]  # an admin's
            state=_("gone") if item.gone_at else _("stands"),
            tone="good" if item.gone_at else "bad",
            detail=sides(item),
            next_step=in_short(item.found_at),
        )

    def title_of(self, item: Difference) -> str:
        """Return what differs."""
        return said(item)

    def mend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mend a difference on POST, and say whether it is gone."""
        return self.act_on(request, pk, mend)

    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Look at a difference once more on POST, after somebody did something about it."""
        return self.act_on(request, pk, look_again)

    def act_on(
        self, request: HttpRequest, pk: int, act: Callable[[Difference, datetime], bool]
    ) -> HttpResponse:
        """Do something about a difference on POST, for who may, and say whether it is gone."""
        difference = self.get_queryset(request).filter(pk=pk).first()  # type: ignore[attr-defined]  # an admin's
        if difference is None:
            raise Http404
        if not self.may_mend(request):
            raise PermissionDenied
        doing = partial(act, difference, clock.now())
        if request.method == "POST" and act_and_tell(request, doing):
            self.write_down(request, difference)
        return HttpResponseRedirect(self.url_of(difference))  # type: ignore[attr-defined]  # as above

    def may_mend(self, request: HttpRequest) -> bool:
        """Whether this person may press the button."""
        raise NotImplementedError

    def write_down(self, request: HttpRequest, difference: Difference) -> None:
        """Keep who mended it, where there is a log."""


@contextmanager
def as_worker() -> Iterator[None]:
    """Do what a worker does: mails lead to a store's pages, whatever host is asked."""
    before = get_urlconf()
    set_urlconf(None)
    try:
        yield
    finally:
        set_urlconf(before)


def act_and_tell(request: HttpRequest, act: Callable[[], bool]) -> bool:
    """Act, say what came of it, and return whether the difference is gone."""
    try:
        with as_worker():
            is_gone = act()
    except (CannotMend, PaymentError) as error:
        messages.warning(request, str(error.sentence))
        return False
    if is_gone:
        messages.success(request, _("It agrees now."))
    else:
        messages.warning(request, _("It still differs. Somebody must look at it."))
    return is_gone


def said(item: Difference) -> str:
    """Return what differs, in words."""
    return str(KINDS.get(item.kind, item.kind))


STATES = {
    "order_status": dict(Order.Status.choices),
    "order_kept_money": dict(Order.Status.choices),
    "refund_state": dict(Refund.State.choices),
}
"""The kinds whose sides are states of ours, and their words."""


def in_words(item: Difference, side: str) -> str:
    """Return one side as people say it, where it is a state of ours."""
    return str(STATES.get(item.kind, {}).get(side, side))


def sides(item: Difference) -> str:
    """Return what each side says."""
    parts = [item.subject]
    if item.ours:
        parts.append(_("here: %(ours)s") % {"ours": in_words(item, item.ours)})
    if item.theirs:
        parts.append(_("there: %(theirs)s") % {"theirs": in_words(item, item.theirs)})
    return " · ".join(parts)


class DifferenceAdmin(Differences, ReadAdmin):
    """Differences of one store."""

    area = Area.SALES
    empty = EMPTY
    lead = EXPLAINED
    change_form_template = "payments/admin/difference.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Difference]:
        """Return this store's: the model knows stores, but no scope."""
        return Difference.objects.filter(store=store_of(request))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the buttons."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/mend/", view(self.mend_view), name="payments_difference_mend"),
            path("<int:pk>/look/", view(self.look_view), name="payments_difference_look"),
            *super().get_urls(),
        ]

    def may_mend(self, request: HttpRequest) -> bool:
        """Whoever may give money back."""
        return staff_of(request).may_change(Area.REFUNDS)

    def form_context(self, request: HttpRequest, item: Difference | None) -> dict[str, Any]:
        """Return both sides, and the button."""
        if item is None:
            return {}
        order = Order.objects.filter(pk=item.order_id or 0).first()
        return context_of(self, request, item) | {
            "order": order,
            "order_url": reverse("admin:payments_order_change", args=[order.pk]) if order else "",
        }

    def write_down(self, request: HttpRequest, difference: Difference) -> None:
        """Note it in the store's log, with its order."""
        order = Order.objects.filter(pk=difference.order_id or 0).first()
        if order is not None:
            write(staff_of(request), log.SYNC, order, [said(difference)])


def context_of(admin: Any, request: HttpRequest, item: Difference) -> dict[str, Any]:
    """Return what a difference's page shows: a button that mends, or who must act instead."""
    who = who_acts(item)
    may = admin.may_mend(request) and item.gone_at is None
    return {
        "difference": item,
        "said": said(item),
        "ours": in_words(item, item.ours),
        "theirs": in_words(item, item.theirs),
        "who_acts": "" if item.gone_at else who,
        "mend_url": admin.url_for("mend", item.pk) if may and not who else "",
        "look_url": admin.url_for("look", item.pk) if may else "",
    }


site.register(Difference, DifferenceAdmin)
MENU_LABEL = pgettext_lazy("operator", "Money: what differs")
