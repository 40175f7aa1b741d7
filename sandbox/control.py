"""The levers of the sandbox, for the console and for tests: `/_control/…`, JSON in and out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sandbox.account import PLATFORM
from sandbox.cards import by_number
from sandbox.errors import InvalidRequest, StripeError, missing
from sandbox.faults import Fault
from sandbox.objects import (
    checkout_sessions,
    collecting,
    disputes,
    dunning,
    paying,
    payment_methods,
    refunds,
    webhook_endpoints,
)
from sandbox.objects.paying import Payer
from sandbox.webhooks.deliveries import Courier, Delivery
from sandbox.wire import Json, Request, Response, json_response
from sandbox.world import World

FARTHEST = 10 * 366 * 86_400
EARLIEST = 1_300_000_000  # before there was Stripe


class Control:
    """Does what no API call can: pay as a customer, decide as a bank, move the clock."""

    def __init__(self, world: World, courier: Courier) -> None:
        self.world = world
        self.courier = courier
        self.levers: dict[tuple[str, str], Callable[[Json], Any]] = {
            ("GET", "state"): self.state,
            ("POST", "reset"): self.reset,
            ("POST", "clock"): self.clock,
            ("POST", "chaos"): self.chaos,
            ("POST", "faults"): self.faults,
            ("POST", "endpoint"): self.endpoint,
            ("POST", "pay"): self.pay,
            ("POST", "authenticate"): self.authenticate,
            ("POST", "expire"): self.expire,
            ("POST", "refund"): self.refund,
            ("POST", "settle-refund"): self.settle_refund,
            ("POST", "dispute"): self.dispute,
            ("POST", "decide-dispute"): self.decide_dispute,
            ("POST", "refuse"): self.refuse,
            ("POST", "fail-renewal"): self.fail_renewal,
            ("POST", "after-last-retry"): self.after_last_retry,
            ("POST", "pay-invoice"): self.pay_invoice,
            ("POST", "deliver"): self.deliver,
            ("GET", "events"): self.events,
            ("GET", "deliveries"): self.deliveries,
            ("GET", "calls"): self.calls,
            ("GET", "violations"): self.violations,
        }

    def serve(self, request: Request) -> Response:
        """Answer `/_control/<lever>`; what goes wrong is Stripe's kind of error."""
        name = request.path.removeprefix("/_control/")
        lever = self.levers.get((request.method, name))
        if lever is None:
            return json_response({"error": {"message": f"There is no lever {name}."}}, 404)
        try:
            return json_response(lever(request.json()))
        except StripeError as error:
            return json_response(error.body(), error.status)
        except (TypeError, ValueError, KeyError) as error:
            return json_response({"error": {"message": repr(error)}}, 400)

    def state(self, _: Json) -> Json:
        """Tell the clock, the switches and what waits."""
        return {
            "now": self.world.now(),
            "moved": self.world.now() - int(time.time()),
            "api_version": self.world.checker.api_version,
            "chaos": self.world.chaos.as_json(),
            "faults": self.world.faults.waiting(),
            "after_last_retry": self._after_last_retry(),
            "pending": self.courier.count("pending"),
            "violations": len(self.world.violations),
        }

    def reset(self, _: Json) -> Json:
        """Forget everything but the endpoint given on the command line."""
        with self.world.storage.transaction():
            kept = self.world.storage.find(PLATFORM, webhook_endpoints.BY_FLAG)
            self.world.reset()
            if kept:
                self.world.storage.insert(PLATFORM, kept.body, kept.private)
        return self.state({})

    def clock(self, wanted: Json) -> Json:
        """Move the clock `forward` by seconds, or set it `to` a moment, null for the real time.

        With `stands` it stands still until it is moved again, or until `stands` is false.
        """
        if "stands" in wanted:
            self.world.stop_clock(stands=bool(wanted["stands"]))
            if wanted.keys() == {"stands"}:
                return self.state({})
        if "to" in wanted:
            at = _moment(wanted["to"])
        else:
            seconds = int(wanted["forward"])
            if seconds < 0:
                raise InvalidRequest("To go back, set the clock to a moment.", param="forward")
            at = self.world.now() + seconds
        if at is not None and not EARLIEST <= at <= time.time() + FARTHEST:
            raise InvalidRequest("The clock goes ten years forward at most, and not before 2011.")
        self.world.set_clock(at)
        return self.state({})

    def chaos(self, wanted: Json) -> Json:
        """Turn switches of the webhooks; `{"clear": true}` turns all off first."""
        if wanted.pop("clear", False):
            self.world.chaos.clear()
        self.world.chaos.set(wanted)
        self.world.wake.set()
        return self.state({})

    def faults(self, wanted: Json) -> Json:
        """Let the API fail: `{"kind", "when", "times", "seconds", "method", "path"}`."""
        if wanted.pop("clear", False):
            self.world.faults.clear()
        if wanted:
            self.world.faults.add(Fault(**wanted))
        return self.state({})

    def endpoint(self, wanted: Json) -> Json:
        """Register `url` and `secret` to be told everything, as the command line does."""
        with self.world.turn() as account:
            return webhook_endpoints.register(account, wanted["url"], wanted["secret"])

    def pay(self, wanted: Json) -> Json:
        """Pay `session` with `card`, as a customer with this `email`, `name`, `promotion_code`."""
        card = by_number(wanted.get("card", "4242424242424242"))
        if card is None:
            raise InvalidRequest("That is not a test card.", param="card")
        payer = Payer(wanted.get("email", "charlie@example.com"), wanted.get("name", "Charlie"))
        self.world.run_due_jobs()
        with self.world.turn(self._owner(wanted["session"])) as account:
            session = account.get("checkout.session", wanted["session"])
            if code := wanted.get("promotion_code"):
                checkout_sessions.take_code(account, session, code)
            return paying.pay(account, session, card, payer)

    def authenticate(self, wanted: Json) -> Json:
        """Answer the bank's question about `payment_intent`, with `confirm` true or false.

        A session of mode `subscription` or an invoice may be named instead of its intent.
        """
        identity = wanted["payment_intent"]
        with self.world.turn(self._owner(identity)) as account:
            identity = paying.asked_by(account, identity)
            return paying.answer(account, identity, is_confirmed=wanted.get("confirm", True))

    def expire(self, wanted: Json) -> Json:
        """Let an open `session` expire now, whatever the clock shows."""
        identity = wanted["session"]
        with self.world.turn(self._owner(identity)) as account:
            return checkout_sessions.expire(account, {}, identity)

    def refund(self, wanted: Json) -> Json:
        """Refund from Stripe's side: `charge` or `payment_intent`, an `amount` or all of it."""
        identity = wanted.get("charge") or wanted["payment_intent"]
        with self.world.turn(self._owner(identity)) as account:
            return refunds.create(account, wanted)

    def settle_refund(self, wanted: Json) -> Json:
        """Decide `refund`: it arrives, or with `fail` it comes back; `after` so many seconds."""
        identity = wanted["refund"]
        with self.world.turn(self._owner(identity)) as account:
            if later := int(wanted.get("after") or 0):
                job = "refund.failed" if wanted.get("fail") else "refund.pending"
                account.schedule(account.now + later, job, account.get("refund", identity))
                return account.get("refund", identity)
            (refunds.fail if wanted.get("fail") else refunds.settle)(account, identity)
            return account.get("refund", identity)

    def dispute(self, wanted: Json) -> Json:
        """Dispute a `charge`, or that of a `payment_intent`, or an `amount` of it.

        An `inquiry` only asks at first.
        """
        identity = wanted.get("charge") or wanted["payment_intent"]
        with self.world.turn(self._owner(identity)) as account:
            return disputes.open_for(
                account,
                identity,
                reason=wanted.get("reason") or "fraudulent",
                is_inquiry=bool(wanted.get("inquiry")),
                amount=int(wanted["amount"]) if wanted.get("amount") else None,
            )

    def decide_dispute(self, wanted: Json) -> Json:
        """Close `dispute`, `won` or not."""
        identity = wanted["dispute"]
        with self.world.turn(self._owner(identity)) as account:
            return disputes.decide(account, identity, is_won=bool(wanted.get("won")))

    def refuse(self, wanted: Json) -> Json:
        """Let the bank refuse `payment_method` from now on with `code`; without one it pays."""
        identity = wanted["payment_method"]
        with self.world.turn(self._owner(identity)) as account:
            return payment_methods.refuse_from_now_on(account, identity, wanted.get("code", ""))

    def fail_renewal(self, wanted: Json) -> Json:
        """Let the next charges of `subscription` by itself fail with `code`, so many `times`."""
        identity, code = wanted["subscription"], wanted.get("code") or "generic_decline"
        with self.world.turn(self._owner(identity)) as account:
            times = int(wanted.get("times", 1) or 0)
            return collecting.fail_next(account, identity, code, times)

    def after_last_retry(self, wanted: Json) -> Json:
        """Decide what a subscription is when its last retry failed: its `state`."""
        with self.world.turn() as account:
            dunning.set_ending(account, wanted["state"])
        return self.state({})

    def pay_invoice(self, wanted: Json) -> Json:
        """Pay an open `invoice` with `card` on its hosted page, as anyone who has its address."""
        card = by_number(wanted.get("card", "4242424242424242"))
        if card is None:
            raise InvalidRequest("That is not a test card.", param="card")
        self.world.run_due_jobs()
        with self.world.turn(self._owner(wanted["invoice"])) as account:
            return paying.pay_invoice(account, account.get("invoice", wanted["invoice"]), card)

    def deliver(self, wanted: Json) -> list[Json]:
        """Send all that is pending now, or these `events` once more, in this order."""
        if "events" in wanted:
            sent = [one for event in wanted["events"] for one in self.courier.resend(event)]
        else:
            sent = self.courier.deliver_pending()
        return [_shown(one) for one in sent]

    def events(self, _: Json) -> list[Json]:
        """List all events of all accounts, oldest first."""
        rows = self.world.storage.select("type = 'event' ORDER BY seq")
        return [row.body for row in rows]

    def deliveries(self, _: Json) -> list[Json]:
        """List all deliveries, oldest first."""
        return [_shown(one) for one in self.courier.all()]

    def calls(self, _: Json) -> list[Json]:
        """List the API requests answered, oldest first."""
        return [call._asdict() for call in self.world.calls]

    def violations(self, _: Json) -> list[Json]:
        """List what did not fit the schema."""
        return [asdict(one) for one in self.world.violations]

    def _after_last_retry(self) -> str:
        return dunning.ending(self.world.account(PLATFORM))

    def _owner(self, identity: str) -> str:
        found = self.world.storage.anywhere(identity)
        if found is None:
            raise missing("object", identity)
        return found.account


def _moment(wanted: Any) -> int | None:
    """Return the seconds of a number or of an ISO time, UTC unless it says otherwise."""
    if wanted in {None, ""}:
        return None
    if isinstance(wanted, str) and not wanted.isdecimal():
        at = datetime.fromisoformat(wanted)
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    return int(wanted)


def _shown(delivery: Delivery) -> Json:
    return delivery._asdict()
