"""Beginning a change of address for a customer who lost their mailbox, on proof of a purchase."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.errors import TooOften
from accounts.models import AddressChange, Customer
from accounts.services.changing_address import begin_change
from core.limits import Limit
from payments.errors import CannotMove
from payments.models import Order
from payments.services.finding import was_paid_with
from stores.scope import current_store

PROOFS = Limit("staff-proof", 5, 24 * 3600, guards_a_secret=True)


def begin_for_customer(
    customer: Customer, new_email: str, *, number: int, last4: str, by: str, now: datetime
) -> AddressChange:
    """Ask both mailboxes about a new address of a customer who proved an order of theirs.

    Nothing changes by it: the old mailbox has three days to stop it. What staff are told is the
    same whether or not the person is known elsewhere. CannotMove says why not.
    """
    if not PROOFS.hit(customer.public_id):
        raise CannotMove(_("That was tried often today. Try again tomorrow."))
    if customer.erased_at is not None or new_email == customer.user.email:
        raise CannotMove(_("It is their address already, or they were erased."))
    order = Order.objects.paid().filter(customer=customer, number=number).first()
    if order is None or not was_paid_with(order, last4):
        raise CannotMove(_("This order and these four digits are not theirs together."))
    try:
        return begin_change(
            customer.user,
            new_email,
            store=current_store(),
            old_is_gone=True,
            language=customer.language or current_store().language,
            now=now,
            by=by,
        )
    except TooOften as error:
        raise CannotMove(_("That was tried often today. Try again tomorrow.")) from error
