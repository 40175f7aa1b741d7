"""Finding a purchase whose address is wrong or forgotten, without saying whether there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import TooOften
from accounts.models import SignIn
from accounts.services.signing_in import ask
from core import clock, tokens
from core.limits import Limit
from payments.errors import CannotMove
from payments.models import FindRequest, Order, Payment
from payments.services import letters
from payments.services.moving import move_order
from stores.scope import current_store

DAY = 24 * 3600
LETTERS_TO_AN_ORDER = Limit("find-order", 2, DAY)
REQUESTS_FROM_ONE_PLACE = Limit("find-from", 6, DAY)
REQUESTS_TO_A_STORE = Limit("find-store", 200, DAY)
LARGEST_NUMBER = 2_147_483_647


@dataclass(frozen=True)
class Wanted:
    """What somebody remembers of a purchase; ``email`` is where they can be reached now."""

    email: str
    number: int | None = None
    last4: str = ""
    name: str = ""
    phone: str = ""

    @property
    def says_more(self) -> bool:
        """Whether there is anything a person could look for beside the address."""
        return bool(self.number or self.last4 or self.name or self.phone)


def look_for(wanted: Wanted, *, ip: str, language: str, now: datetime) -> SignIn:
    """Mail a code to the address, a hint to that of the order named, and leave word with staff.

    The answer is a sign-in that waits, whether anything was bought or not; who has the mailbox
    learns the rest there. TooOften by the limits of signing in, and of asking for a person.
    """
    if wanted.says_more:
        # Both are counted, so that how an answer comes about says nothing.
        calm = [
            REQUESTS_FROM_ONE_PLACE.hit(f"{current_store().public_id}:{ip}"),
            REQUESTS_TO_A_STORE.hit(current_store().public_id),
        ]
        if not all(calm):
            raise TooOften(wanted.email)
    waiting = ask(
        wanted.email,
        store=current_store(),
        ip=ip,
        language=language,
        now=now,
        next_path=reverse("storefront:shelf"),
    )
    if wanted.says_more:
        with transaction.atomic():
            _leave_word(wanted, language=language, now=now)
    return waiting


def _leave_word(wanted: Wanted, *, language: str, now: datetime) -> None:
    order = _order(wanted.number)
    if order is not None and order.email != wanted.email:
        _hint(order, now)
    same = FindRequest.objects.filter(
        email=wanted.email, number=wanted.number, state=FindRequest.State.WAITING
    )
    request = same.first() or FindRequest(email=wanted.email, number=wanted.number)
    request.name, request.phone, request.last4 = wanted.name, wanted.phone, wanted.last4
    request.language, request.order, request.created_at = language, order, now
    request.is_proved = order is not None and was_paid_with(order, wanted.last4)
    request.save()


def was_paid_with(order: Order, last4: str) -> bool:
    """Whether these are the last four digits of a card the order was paid with."""
    known = Payment.objects.filter(order=order).exclude(card_last4="")
    digits = list(known.values_list("card_last4", flat=True))
    return any([tokens.same(last4, each) for each in digits])  # noqa: C419 -- each is compared


def grant_request(request: FindRequest, *, by: str, now: datetime) -> FindRequest:
    """Move the order asked for to the address that asks, once; CannotMove says why not."""
    with transaction.atomic():
        locked: FindRequest = FindRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
        if locked.state != FindRequest.State.WAITING:
            return locked
        if locked.order is None:
            raise CannotMove(_("There is no paid order with this number."))
        move_order(locked.order, locked.email, by=by, now=now, because=_("found for its buyer"))
        return _close(locked, FindRequest.State.MOVED, by=by, now=now)


@transaction.atomic
def refuse_request(request: FindRequest, *, by: str, now: datetime, note: str = "") -> FindRequest:
    """Say that nothing was found to move, once."""
    locked: FindRequest = FindRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if locked.state != FindRequest.State.WAITING:
        return locked
    letters.not_found(locked, note)
    return _close(locked, FindRequest.State.REFUSED, by=by, now=now)


def _close(request: FindRequest, state: str, *, by: str, now: datetime) -> FindRequest:
    request.state, request.by, request.answered_at = state, by, now
    request.save(update_fields=["state", "by", "answered_at"])
    return request


def _order(number: int | None) -> Order | None:
    if number is None or number > LARGEST_NUMBER:
        return None
    found: Order | None = Order.objects.paid().filter(number=number).first()
    return found


def _hint(order: Order, now: datetime) -> None:
    if LETTERS_TO_AN_ORDER.hit(order.public_id):
        day = clock.local_day(now, current_store().zone)
        letters.looked_for(order, key=f"looked:{order.public_id}:{day}")
