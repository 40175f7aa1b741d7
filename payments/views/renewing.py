"""A letter's page for somebody who moved in: nobody has to be signed in here."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.limits import Limit
from payments.errors import CannotRenew, PaymentError
from payments.models import RenewHere
from payments.services.cancelling.words import consents_for
from payments.services.moving_in import renewing
from payments.views.browser import remember
from payments.views.till import hosted_pages
from stores.contract import StoreRequest
from stores.scope import current_store
from stores.services.business import business_of

TAPPED = Limit("renew-here", times=20, seconds=600)


@never_cache
@require_safe
def renew_here(request: StoreRequest, key: str) -> HttpResponseBase:
    """Show what somebody pays today, when next, what goes on, and the two answers."""
    letter = _letter(key)

    # A form that ends on the payment page: browsers check form-action along redirects too.
    @csp_update({"form-action": [SELF, hosted_pages()]})
    def answer(_request: HttpRequest) -> HttpResponseBase:
        return _page(request, letter)

    return answer(request)


@never_cache
@require_POST
def renew(request: StoreRequest, key: str) -> HttpResponseBase:
    """Lead on to the hosted page where a card is left."""
    letter, now = _letter(key), clock.now()
    wanted = [each for each, _words, is_needed in _consents(letter) if is_needed]
    given = [each for each in wanted if request.POST.get(each)]
    if given != wanted:
        return _page(request, letter, status=422, asks_consent=True)
    if not TAPPED.hit(letter.key):
        return _page(request, letter, status=429)
    try:
        order, url = renewing.renew(letter, who=request.customer or None, consents=given, now=now)
    except CannotRenew:
        return _page(request, letter, status=409)
    except PaymentError as error:
        return _page(request, letter, status=503, trouble=str(error.sentence))
    remember(request, order, now)
    return redirect(url)


@never_cache
@require_POST
def no(request: StoreRequest, key: str) -> HttpResponseBase:
    """Take a no, at once and without a question."""
    letter = _letter(key)
    try:
        renewing.say_no(letter, who=request.customer or None, now=clock.now())
    except CannotRenew:
        return _page(request, letter, status=409)
    return redirect("payments:renew-here", key=letter.key)


def _letter(key: str) -> RenewHere:
    letter = renewing.letter_by(key)
    if letter is None:
        raise Http404
    return letter


def _consents(letter: RenewHere) -> list[tuple[str, str, bool]]:
    return consents_for(current_store(), letter.price, clock.now())


def _page(
    request: StoreRequest,
    letter: RenewHere,
    *,
    status: int = 200,
    trouble: str = "",
    asks_consent: bool = False,
) -> HttpResponse:
    letter.refresh_from_db()
    context = {
        "letter": letter,
        "page": renewing.look(letter, request.customer or None, clock.now()),
        "consents": _consents(letter),
        "asks_consent": asks_consent,
        "trouble": trouble,
        "has_terms": bool(business_of(request.store).terms),
    }
    return render(request, "payments/renew_here.html", context, status=status)
