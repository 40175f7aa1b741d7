"""A presale's day in the admin: naming and moving it, opening by hand, taking it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from products.errors import CannotMoveOpening, CannotPublish
from products.forms.states import OpeningForm
from products.models import Product
from products.services import presale
from products.services.moments import in_words
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.services.log import write

if TYPE_CHECKING:
    from django.utils.functional import Promise


class OpeningViews:
    """The pages about a product's opening, of whatever format."""

    def opening_urls(self: Any) -> list[URLPattern]:
        """Return the addresses of these pages."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/opening/", view(self.opening_view), name="products_product_opening"),
            path("<int:pk>/open/", view(self.open_view), name="products_product_open"),
            path("<int:pk>/no-opening/", view(self.drop_view), name="products_product_no_opening"),
        ]

    def opening_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a day and an hour, saying who waits; set them on POST."""
        product = self.changeable(request, pk)
        typed = request.POST if request.method == "POST" else None
        form = OpeningForm(typed, product=product)
        blockers = over(product)
        if request.method == "POST" and not blockers and form.is_valid():
            staff = staff_of(request)
            opens_at = form.cleaned_data["opens_at"]
            try:
                moved = presale.move_opening(product, opens_at, now=clock.now(), by=staff.name)
            except CannotMoveOpening as error:
                form.add_error(None, str(error.sentence))
            else:
                write(staff, log.MOVE_OPENING, product, [in_words(opens_at)])
                messages.success(request, named(moved))
                return HttpResponseRedirect(self.url_of(product))
        effect = Effect(
            title=_("When does “%(title)s” open?") % {"title": product.title},
            verb=_("Set the day"),
            sentences=() if blockers else naming(product),
            back_url=self.url_of(product),
            blockers=blockers,
        )
        return confirm(request, effect, form)

    def open_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before opening a presale by hand; open it on POST."""
        product = self.changeable(request, pk)
        missing = [str(each) for each in presale.blockers_of([product])[product.pk]]
        blockers = over(product) or missing
        if request.method == "POST" and not blockers:
            staff = staff_of(request)
            try:
                presale.open_now(product, now=clock.now(), by=staff.name)
            except CannotPublish as error:
                blockers = error.sentences
            else:
                write(staff, log.OPEN, product)
                messages.success(request, _("It is open. Whoever bought it hears of it now."))
                return HttpResponseRedirect(self.url_of(product))
        effect = Effect(
            title=_("Open “%(title)s” now?") % {"title": product.title},
            verb=_("Open now"),
            sentences=() if blockers else opening(product),
            back_url=self.url_of(product),
            blockers=blockers,
        )
        return confirm(request, effect)

    def drop_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before taking the day away; take it on POST."""
        product = self.changeable(request, pk)
        waiting = presale.buyers_of([product]).get(product.pk, 0)
        blockers = over(product)
        if waiting and not blockers:
            blockers = [_("It was promised to people who bought it. Move it, or open it.")]
        if request.method == "POST" and not blockers:
            staff = staff_of(request)
            try:
                presale.drop_opening(product, now=clock.now(), by=staff.name)
            except CannotMoveOpening as error:
                blockers = [str(error.sentence)]
            else:
                write(staff, log.MOVE_OPENING, product)
                messages.success(request, _("It has no opening day any more."))
                return HttpResponseRedirect(self.url_of(product))
        effect = Effect(
            title=_("Take the opening day of “%(title)s” away?") % {"title": product.title},
            verb=_("Take it away"),
            sentences=() if blockers else [_("Whoever buys it then has it open at once.")],
            back_url=self.url_of(product),
            blockers=blockers,
        )
        return confirm(request, effect)

    def changeable(self: Any, request: HttpRequest, pk: int) -> Product:
        """Return a product of this store that this person may change."""
        product: Product | None = self.get_object(request, str(pk))
        if product is None:
            raise Http404
        if not self.has_change_permission(request, product):
            raise PermissionDenied
        return product


def opening_acts(product: Product) -> list[tuple[str | Promise, str]]:
    """Return what can be done about a product's opening where it stands."""
    if product.is_presale:
        return [
            (_("Move the opening day"), _url("opening", product)),
            (_("Open now"), _url("open", product)),
            (_("Take the opening day away"), _url("no_opening", product)),
        ]
    if product.opened_at is None and not product.prices.exclude(sold_at=None).exists():
        return [(_("Sell it before it is open"), _url("opening", product))]
    return []


def opening_lines(product: Product) -> list[str]:
    """Return how a presale stands, as its form says it at the top."""
    if not product.is_presale or product.opens_at is None:
        return []
    words = {"when": in_words(product.opens_at)}
    people = _people(presale.buyers_of([product]).get(product.pk, 0))
    if product.late_at is not None:
        return [_("It was to open %(when)s and was not ready. Name a new day.") % words, people]
    missing = [str(each) for each in presale.blockers_of([product])[product.pk]]
    ready = _("It is ready.") if not missing else _("Not ready yet: %(what)s")
    return [
        _("It opens by itself %(when)s.") % words,
        people,
        ready if not missing else ready % {"what": " ".join(missing)},
    ]


def over(product: Product) -> list[str]:
    """Return that a presale is over, if it is."""
    if product.opened_at is None:
        return []
    return [_("It has opened already. What is open stays open for those who bought it.")]


def naming(product: Product) -> list[str]:
    """Return what naming a day means, and for how many."""
    count = presale.buyers_of([product]).get(product.pk, 0)
    hears = [
        ngettext(
            "%(count)s person bought it and waits. They hear of the new day today, by mail.",
            "%(count)s people bought it and wait. They hear of the new day today, by mail.",
            count,
        )
        % {"count": count}
    ]
    return [
        *opening_lines(product)[:1],
        *(hears if count else []),
        _("It is sold until then too. On the day it opens by itself, if it is ready."),
        _("Not ready, nothing opens and it is late: you are warned 7, 2 and 0 days before."),
        _("Until it opens every buyer may have the money back by one press."),
    ]


def opening(product: Product) -> list[str]:
    """Return what opening by hand means, and for how many."""
    count = presale.buyers_of([product]).get(product.pk, 0)
    sentence = ngettext(
        "%(count)s person gets it now, by mail and on the shelf.",
        "%(count)s people get it now, by mail and on the shelf.",
        count,
    )
    return [
        sentence % {"count": count} if count else _("Nobody has bought it yet."),
        _("Their time with it begins now. The money no longer comes back by one press."),
        _("This cannot be undone."),
    ]


def named(product: Product) -> str:
    """Return what was set, and who hears of it."""
    assert product.opens_at is not None  # noqa: S101 -- it was just set
    count = presale.buyers_of([product]).get(product.pk, 0)
    if not count:
        return _("It opens %(when)s.") % {"when": in_words(product.opens_at)}
    sentence = ngettext(
        "It opens %(when)s. %(count)s person hears of it today.",
        "It opens %(when)s. %(count)s people hear of it today.",
        count,
    )
    return sentence % {"when": in_words(product.opens_at), "count": count}


def _people(count: int) -> str:
    if not count:
        return _("Nobody has bought it yet.")
    return ngettext("%(count)s person gets it then.", "%(count)s people get it then.", count) % {
        "count": count
    }


def _url(page: str, product: Product) -> str:
    return reverse(f"admin:products_product_{page}", args=[product.pk])
