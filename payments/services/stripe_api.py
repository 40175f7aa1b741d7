"""The only place that speaks to Stripe: one client, its errors as ours, its objects as facts."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from payments.contract import EventFacts, IntentFacts, RefundFacts, SessionFacts
from payments.errors import NotOurs, Refused, Unanswered

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 20
PAGE = 100
FINAL = (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError)


class CalledInTransaction(RuntimeError):
    """A programming error: Stripe was about to be called while a transaction was open."""


@lru_cache(maxsize=4)
def _client(key: str, base: str, retries: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


@contextmanager
def _asking() -> Iterator[stripe.StripeClient]:
    """Yield the client; refuse inside a transaction; turn Stripe's errors into ours."""
    _refuse_in_transaction()
    key = settings.STRIPE_API_KEY
    if not key:
        raise Unanswered(_("Card payments are not set up yet."))
    try:
        yield _client(key, settings.STRIPE_API_BASE, settings.STRIPE_NETWORK_RETRIES)
    except stripe.StripeError as error:
        raise _ours(error) from error


def _refuse_in_transaction() -> None:
    # The same test as atomic(durable=True) makes, which leaves out the transaction around a test.
    if any(not block._from_testcase for block in connection.atomic_blocks):  # type: ignore[attr-defined]  # noqa: SLF001 -- see above
        raise CalledInTransaction


def _ours(error: stripe.StripeError) -> Exception:
    sentence = _("The card company did not answer. Nothing was lost; it can be tried again.")
    status = error.http_status or 0
    if status == 404:  # noqa: PLR2004 -- HTTP's own number
        return NotOurs(error.user_message or str(error))
    is_final = isinstance(error, FINAL) and status != 409  # noqa: PLR2004 -- 409: it is in flight
    if is_final:
        return Refused(error.user_message or str(error), code=error.code or "")
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        logger.error("Stripe does not accept our key or account: %s", error)
    return Unanswered(sentence, wants_new_key=status >= 500)  # noqa: PLR2004 -- server errors


def _options(account: str, key: str = "") -> dict[str, Any]:
    options: dict[str, Any] = {}
    if account:
        options["stripe_account"] = account
    if key:
        options["idempotency_key"] = key
    return options


def create_session(account: str, body: dict[str, Any], key: str) -> SessionFacts:
    """Open a hosted payment page."""
    with _asking() as client:
        return session_facts(client.v1.checkout.sessions.create(body, _options(account, key)))  # type: ignore[arg-type]  # the body was stored as JSON


def fetch_session(account: str, session_id: str) -> SessionFacts:
    """Return what Stripe says now of a session and its payment intent."""
    with _asking() as client:
        return session_facts(
            client.v1.checkout.sessions.retrieve(
                session_id,
                {"expand": ["payment_intent.latest_charge"]},
                _options(account),  # type: ignore[arg-type]  # options are built as a plain dict
            )
        )


def expire_session(account: str, session_id: str) -> None:
    """Close a payment page that nobody should pay on any more."""
    with _asking() as client:
        client.v1.checkout.sessions.expire(session_id, None, _options(account))  # type: ignore[arg-type]  # as above


def find_session(account: str, payment_intent: str) -> str:
    """Return the session a payment intent belongs to; empty when there is none."""
    with _asking() as client:
        found = client.v1.checkout.sessions.list(
            {"payment_intent": payment_intent, "limit": 1},
            _options(account),  # type: ignore[arg-type]  # as above
        )
        return found.data[0].id if found.data else ""


def fetch_intent(account: str, intent_id: str) -> IntentFacts:
    """Return what Stripe says now of a payment intent."""
    with _asking() as client:
        return intent_facts(
            client.v1.payment_intents.retrieve(
                intent_id,
                {"expand": ["latest_charge"]},
                _options(account),  # type: ignore[arg-type]  # as above
            )
        )


def create_intent(account: str, body: dict[str, Any], key: str) -> IntentFacts:
    """Charge a card that was kept; Refused when the bank says no or asks for its owner."""
    with _asking() as client:
        return intent_facts(client.v1.payment_intents.create(body, _options(account, key)))  # type: ignore[arg-type]  # as above


def list_intents(account: str, customer: str) -> list[IntentFacts]:
    """Return the newest payment intents of a customer."""
    with _asking() as client:
        page = client.v1.payment_intents.list(
            {"customer": customer, "limit": PAGE},
            _options(account),  # type: ignore[arg-type]  # as above
        )
        return [intent_facts(intent) for intent in page.data]


def create_refund(account: str, body: dict[str, Any], key: str) -> RefundFacts:
    """Ask for money to go back."""
    with _asking() as client:
        return refund_facts(client.v1.refunds.create(body, _options(account, key)))  # type: ignore[arg-type]  # as above


def fetch_refund(account: str, refund_id: str) -> RefundFacts:
    """Return what Stripe says now of a refund."""
    with _asking() as client:
        return refund_facts(client.v1.refunds.retrieve(refund_id, None, _options(account)))  # type: ignore[arg-type]  # as above


def list_refunds(account: str, payment_intent: str) -> list[RefundFacts]:
    """Return every refund of a payment intent."""
    with _asking() as client:
        page = client.v1.refunds.list(
            {"payment_intent": payment_intent, "limit": PAGE},
            _options(account),  # type: ignore[arg-type]  # as above
        )
        return [refund_facts(refund) for refund in page.auto_paging_iter()]


def list_events(account: str, since: datetime) -> list[EventFacts]:
    """Return what happened since a moment, oldest first."""
    with _asking() as client:
        page = client.v1.events.list(
            {"created": {"gte": int(since.timestamp())}, "limit": PAGE},
            _options(account),  # type: ignore[arg-type]  # as above
        )
        return [event_facts(_plain(event), account) for event in page.auto_paging_iter()][::-1]


def session_facts(session: Any) -> SessionFacts:
    """Return the facts of a session object."""
    plain = _plain(session)
    intent = plain.get("payment_intent")
    return SessionFacts(
        id=plain["id"],
        url=plain.get("url") or "",
        status=plain.get("status") or "",
        payment_status=plain.get("payment_status") or "",
        mode=plain.get("mode") or "",
        amount_total=plain.get("amount_total") or 0,
        currency=plain.get("currency") or "",
        reference=plain.get("client_reference_id") or "",
        order=(plain.get("metadata") or {}).get("order", ""),
        is_live=bool(plain.get("livemode")),
        customer=_id(plain.get("customer")),
        intent=intent_facts(intent) if isinstance(intent, dict) else None,
        subscription=_id(plain.get("subscription")),
        invoice=_id(plain.get("invoice")),
    )


def intent_facts(intent: Any) -> IntentFacts:
    """Return the facts of a payment intent object."""
    plain = _plain(intent)
    return IntentFacts(
        id=plain["id"],
        status=plain.get("status") or "",
        amount_received=plain.get("amount_received") or 0,
        currency=plain.get("currency") or "",
        charge=_id(plain.get("latest_charge")),
        card_last4=_last4(plain.get("latest_charge")),
        is_live=bool(plain.get("livemode")),
        customer=_id(plain.get("customer")),
        payment_method=_id(plain.get("payment_method")),
        order=(plain.get("metadata") or {}).get("order", ""),
    )


def refund_facts(refund: Any) -> RefundFacts:
    """Return the facts of a refund object."""
    plain = _plain(refund)
    return RefundFacts(
        id=plain["id"],
        status=plain.get("status") or "",
        amount=plain.get("amount") or 0,
        currency=plain.get("currency") or "",
        payment_intent=_id(plain.get("payment_intent")),
        reference=(plain.get("metadata") or {}).get("refund", ""),
        failure=plain.get("failure_reason") or "",
    )


def event_facts(event: dict[str, Any], account: str = "") -> EventFacts:
    """Return which object an event is about; KeyError or TypeError when it is no event."""
    subject = event["data"]["object"]
    return EventFacts(
        id=str(event["id"]),
        type=str(event["type"]),
        object_type=str(subject["object"]),
        object_id=str(subject.get("id") or ""),
        account=str(event.get("account") or account),
        is_live=bool(event.get("livemode")),
        happened_at=datetime.fromtimestamp(int(event["created"]), tz=UTC),
    )


def _plain(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else dict(found.to_dict())


def _last4(charge: Any) -> str:
    details = (charge.get("payment_method_details") or {}) if isinstance(charge, dict) else {}
    return str((details.get("card") or {}).get("last4") or "")[:4]


def _id(reference: Any) -> str:
    if isinstance(reference, dict):
        return str(reference["id"])
    return reference or ""
