"""What differs in the money: a store's own, for its staff, and everybody's, for the operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import (
    NoReverseMatch,
    URLPattern,
    URLResolver,
    get_urlconf,
    path,
    reverse,
    set_urlconf,
)
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock
from payments.errors import CannotMend, PaymentError
from payments.models import Difference
from payments.services.nightly.findings import KINDS
from payments.services.nightly.mending import mend, who_acts
from stores.admin import ReadAdmin, Row, site
from stores.admin.site import staff_of, store_of
from stores.roles import Area

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
            next_step=date_format(localtime(item.found_at), "DATETIME_FORMAT"),
        )

    def title_of(self, item: Difference) -> str:
        """Return what differs."""
        return said(item)

    def mend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mend a difference on POST, and say whether it is gone."""
        difference = self.get_queryset(request).filter(pk=pk).first()  # type: ignore[attr-defined]  # an admin's
        if difference is None:
            raise Http404
        if not self.may_mend(request):
            raise PermissionDenied
        if request.method == "POST":
            tell_of_mending(request, difference)
        return HttpResponseRedirect(self.url_of(difference))  # type: ignore[attr-defined]  # as above

    def may_mend(self, request: HttpRequest) -> bool:
        """Whether this person may press the button."""
        raise NotImplementedError


@contextmanager
def as_worker() -> Iterator[None]:
    """Do what a worker does: mails lead to a store's pages, whatever host is asked."""
    before = get_urlconf()
    set_urlconf(None)
    try:
        yield
    finally:
        set_urlconf(before)


def tell_of_mending(request: HttpRequest, difference: Difference) -> None:
    """Mend, and say what came of it."""
    try:
        with as_worker():
            is_gone = mend(difference, clock.now())
    except CannotMend as error:
        messages.warning(request, str(error.sentence))
    except PaymentError as error:
        messages.warning(request, str(error.sentence))
    else:
        if is_gone:
            messages.success(request, _("It agrees now."))
        else:
            messages.warning(request, _("It still differs. Somebody must look at it."))


def said(item: Difference) -> str:
    """Return what differs, in words."""
    return str(KINDS.get(item.kind, item.kind))


def sides(item: Difference) -> str:
    """Return what each side says."""
    parts = [item.subject]
    if item.ours:
        parts.append(_("here: %(ours)s") % {"ours": item.ours})
    if item.theirs:
        parts.append(_("there: %(theirs)s") % {"theirs": item.theirs})
    return " · ".join(parts)


def order_url(item: Difference) -> str:
    """Return where the order of a difference is looked at; empty where there is none."""
    try:
        return reverse("admin:payments_order_change", args=[item.order_id])
    except NoReverseMatch:
        return ""


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
        """Add the button."""
        view = self.admin_site.admin_view(self.mend_view)
        return [
            path("<int:pk>/mend/", view, name="payments_difference_mend"),
            *super().get_urls(),
        ]

    def may_mend(self, request: HttpRequest) -> bool:
        """Whoever may give money back."""
        return staff_of(request).may_change(Area.REFUNDS)

    def form_context(self, request: HttpRequest, item: Difference | None) -> dict[str, Any]:
        """Return both sides, and the button."""
        if item is None:
            return {}
        return context_of(item, self.url_for("mend", item.pk), may_mend=self.may_mend(request)) | {
            "order_url": order_url(item) if item.order_id else ""
        }


def context_of(item: Difference, mend_url: str, *, may_mend: bool) -> dict[str, Any]:
    """Return what a difference's page shows."""
    who = who_acts(item)
    return {
        "difference": item,
        "said": said(item),
        "who_acts": "" if item.gone_at else who,
        "mend_url": mend_url if may_mend and not who and item.gone_at is None else "",
    }


site.register(Difference, DifferenceAdmin)
MENU_LABEL = pgettext_lazy("operator", "Money: what differs")
