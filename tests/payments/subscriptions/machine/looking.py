"""What there is at Stripe, in the words of the reference."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from access.models import Access
from payments.models import OutboundCall, Subscription
from tests.payments.subscriptions.machine.reference import Between, Charged, Returning
from tests.payments.subscriptions.machine.year import Year

WITH_THE_BANK = frozenset({"needs_response", "under_review"})


class LookingYear(Year):
    """A year that is seen as Stripe has it."""

    def _returning(self, subscription: Subscription) -> Returning:
        body = self._body("subscription", subscription.stripe_id)
        mine = [
            each
            for each in self._there("invoice")
            if ((each["parent"] or {}).get("subscription_details") or {}).get("subscription")
            == subscription.stripe_id
        ]
        return Returning(
            [self._charged(each) for each in mine if each["status"] != "draft"],
            _moment(body["cancel_at"]),
            _moment(body["ended_at"]),
            self._rests(subscription),
        )

    def _body(self, kind: str, name: str) -> dict[str, Any]:
        return next(each for each in self._there(kind) if each["id"] == name)

    def _charged(self, invoice: dict[str, Any]) -> Charged:
        whole = [
            each["period"]
            for each in invoice["lines"]["data"]
            if each["amount"] > 0 and not each["parent"]["subscription_item_details"]["proration"]
        ]
        last = max(whole, key=lambda period: period["end"], default=None)
        return Charged(
            invoice["id"],
            invoice["status"],
            _moment(invoice["created"]) or self.now,
            paid=invoice["amount_paid"],
            period=Between(_sure(last["start"]), _sure(last["end"])) if last else None,
            is_tried=bool(invoice["attempted"]),
            is_for_a_change=invoice["billing_reason"] == "subscription_update",
            **self._fate_of(self._intent_of(invoice["id"])),
        )

    def _once(self, intent: str) -> Charged:
        """Return what was paid at once by a payment of its own."""
        (charge,) = self._there("charge", payment_intent=intent, status="succeeded")
        made_at = _sure(charge["created"])
        return Charged(intent, "paid", made_at, charge["amount"], **self._fate_of(intent))

    def _fate_of(self, intent: str) -> dict[str, Any]:
        """Return what went back of a payment, and whether a bank has or had it."""
        refunds = self._there("refund", payment_intent=intent) if intent else []
        disputes = self._there("dispute", payment_intent=intent) if intent else []
        states = {each["status"] for each in disputes}
        return {
            "gone": sum(e["amount"] for e in refunds if e["status"] in {"pending", "succeeded"}),
            "is_lost": "lost" in states,
            "is_held": bool(WITH_THE_BANK & states),
        }

    def _intent_of(self, invoice: str) -> str:
        paid = [e for e in self._there("invoice_payment", invoice=invoice) if e["status"] == "paid"]
        return str(paid[0]["payment"]["payment_intent"]) if paid else ""

    def _rests(self, subscription: Subscription) -> list[Between]:
        """Return the rests Stripe agreed to, as cut short by who came back."""
        rests: list[Between] = []
        agreed = OutboundCall.objects.filter(subscription=subscription, state="answered")
        for call in agreed.order_by("pk"):
            ours = call.body.get("ours") or {}
            if call.key.startswith("rest-"):
                begins, ends = (ours[name] for name in ("rests_from", "rests_until"))
                rests.append(Between(*map(datetime.fromisoformat, (begins, ends))))
            elif "rests_until" in ours and rests:
                last = rests.pop()
                if ours["rests_until"]:
                    ends = datetime.fromisoformat(ours["rests_until"])
                    rests.append(Between(last.begins, ends))
        return rests

    def _live(self, subscription: Subscription, now: datetime) -> int:
        mine = Access.objects.from_source("subscription", str(subscription.pk))
        return int(mine.live(now).count())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)


def _sure(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
