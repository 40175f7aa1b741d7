"""Where a store's money goes, and whether it can take any yet."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Customer, User
from core.prepared import Prepared
from payments.models import PaymentAccount
from stores.scope import current_store_id

ACCOUNT = Prepared(PaymentAccount.objects.all)
COUNT_ON = """
UPDATE payments_paymentaccount SET next_number = next_number + 1
WHERE store_id = %s AND id = %s RETURNING next_number - 1
"""
"""Made by hand: Django's own reads the row to lock it, and then writes it."""


def payment_account() -> PaymentAccount:
    """Return the way the store in scope is paid; it begins with the platform's account."""
    account: PaymentAccount = ACCOUNT.first() or PaymentAccount.objects.get_or_create()[0]
    return account


def why_not_charging(account: PaymentAccount) -> str:
    """Return in a sentence why this store cannot take money yet; empty when it can."""
    if not settings.STRIPE_API_KEY:
        return _("This shop cannot take card payments yet. What is free can be had right away.")
    if not account.charges_enabled:
        return _("This shop's payments are still being set up. What is free can be had right away.")
    return ""


def next_number(account: PaymentAccount) -> int:
    """Return the next order number of the store, inside the transaction that makes the order.

    Until that ends, whoever else wants one of this store waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ON, [current_store_id(), account.pk])
        return int(cursor.fetchone()[0])


def customer_at(email: str, name: str, language: str) -> Customer:
    """Return the store's customer with this address, made when there is none.

    The user behind it may be new and unconfirmed: only a code sent to the address signs in. Who
    has confirmed the address is not renamed by what somebody typed beside it.
    """
    user, _is_new = User.objects.get_or_create(
        email=email.strip().lower(), defaults={"password": make_password(None)}
    )
    customer: Customer = Customer.objects.get_or_create(user=user, defaults={"language": language})[
        0
    ]
    if name and not customer.name and user.confirmed_at is None:
        customer.name = name
        customer.save(update_fields=["name"])
    return customer
