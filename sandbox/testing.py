"""The sandbox for tests: a live server in a thread of the test's own process."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.rhythm import DAY, step
from sandbox.running import Sandbox
from sandbox.schema.check import Violation
from sandbox.wire import Json

KEY = "sk_test_sandbox"
WEBHOOK_SECRET = "whsec_sandbox"  # noqa: S105  of a pretend Stripe
CARD = "4242424242424242"
HOUR = 3600


class ControlFailed(Exception):
    """A lever answered with an error."""


class RemoteSandbox:
    """The levers of a running sandbox, over HTTP; also of one in another process."""

    def __init__(self, url: str) -> None:
        self.url = url

    def reset(self) -> None:
        """Forget everything but the endpoint given by `listen` or the command line."""
        self.lever("reset", {})

    def listen(self, url: str, secret: str = WEBHOOK_SECRET) -> None:
        """Have every event of every account sent to `url`, signed with `secret`."""
        self.lever("endpoint", {"url": url, "secret": secret})

    def pay(self, session: str, card: str = CARD, **payer: str) -> Json:
        """Pay a checkout session as a customer does; return the session.

        The customer may type `email=`, `name=` and, where it is asked for, `promotion_code=`.

        A refused card leaves it open; 3-D Secure waits for `authenticate(payment_intent)`.
        """
        return dict(self.lever("pay", {"session": session, "card": card, **payer}))

    def authenticate(self, payment_intent: str, *, confirm: bool = True) -> Json:
        """Answer the bank's question; return the intent.

        It may be named by its session of mode `subscription`, or by its invoice.
        """
        asked = {"payment_intent": payment_intent, "confirm": confirm}
        return dict(self.lever("authenticate", asked))

    def refund(self, **wanted: Any) -> Json:
        """Refund from Stripe's side: `charge=` or `payment_intent=`, and maybe `amount=`."""
        return dict(self.lever("refund", wanted))

    def expire(self, session: str) -> Json:
        """Let an open session expire now; return it."""
        return dict(self.lever("expire", {"session": session}))

    def settle_refund(self, refund: str, *, fail: bool = False, after: int = 0) -> Json:
        """Let a pending refund arrive, or any refund fail; `after` so many seconds of its clock."""
        wanted = {"refund": refund, "fail": fail, "after": after}
        return dict(self.lever("settle-refund", wanted))

    def refuse(self, payment_method: str, code: str = "generic_decline") -> None:
        """Let the bank refuse a kept card from now on; with no code, let it pay again.

        Codes: generic_decline, insufficient_funds, expired_card, authentication_required, …
        """
        self.lever("refuse", {"payment_method": payment_method, "code": code})

    def dispute(
        self,
        charge: str,
        *,
        reason: str = "fraudulent",
        is_inquiry: bool = False,
        amount: int | None = None,
    ) -> Json:
        """Dispute a charge, or a part of it, named by itself or by its payment intent.

        An inquiry asks first and takes no money; lost, it becomes a chargeback.
        """
        wanted = {"charge": charge, "reason": reason, "inquiry": is_inquiry, "amount": amount}
        return dict(self.lever("dispute", wanted))

    def win(self, dispute: str) -> Json:
        """Close a dispute for us: the money comes back."""
        return self.decide_dispute(dispute, won=True)

    def lose(self, dispute: str) -> Json:
        """Close a dispute against us."""
        return self.decide_dispute(dispute, won=False)

    def decide_dispute(self, dispute: str, *, won: bool) -> Json:
        """Close a dispute."""
        return dict(self.lever("decide-dispute", {"dispute": dispute, "won": won}))

    def now(self) -> int:
        """Return what the sandbox's clock shows, in seconds."""
        return int(self.lever("state")["now"])

    def set_clock(self, at: datetime | int | None) -> None:
        """Set the clock, back too; it goes on from there. None is the real time again."""
        moment = int(at.timestamp()) if isinstance(at, datetime) else at
        self.lever("clock", {"to": moment})

    def stop_clock(self, *, stands: bool = True) -> None:
        """Let the clock stand still, moved only by these levers; or let it go on by itself."""
        self.lever("clock", {"stands": stands})

    def forward(self, seconds: int) -> None:
        """Move the sandbox's clock forward, and let happen what becomes due."""
        self.lever("clock", {"forward": seconds})

    def advance(self, *, months: int = 0, days: int = 0, hours: int = 0) -> None:
        """Move the clock forward by the calendar: a month later is the same day of the next one.

        Where that has no such day it is as many days later in the month after: a month never ends
        before what is charged by the month. The draft of a renewal is charged an hour after its
        period began: `hours=2` sees it paid.
        """
        now = self.now()
        since_first = (datetime.fromtimestamp(now, tz=UTC).day - 1) * DAY
        at = step(now - since_first, "month", months) + since_first
        self.set_clock(at + days * DAY + hours * HOUR)

    def fail_next_renewal(
        self, subscription: str, code: str = "generic_decline", times: int = 1
    ) -> None:
        """Let the next `times` charges of a subscription's card by itself be refused with a code.

        Whoever pays by hand is not refused.
        """
        wanted = {"subscription": subscription, "code": code, "times": times}
        self.lever("fail-renewal", wanted)

    def after_last_retry(self, state: str) -> None:
        """Decide what a subscription is when all retries failed: canceled, unpaid or past_due."""
        self.lever("after-last-retry", {"state": state})

    def pay_invoice(self, invoice: str, card: str = CARD) -> Json:
        """Pay an open invoice on its hosted page, signed out; return the invoice.

        3-D Secure waits for `authenticate(invoice)`.
        """
        return dict(self.lever("pay-invoice", {"invoice": invoice, "card": card}))

    def chaos(self, **switches: Any) -> None:
        """Turn the switches of webhooks: hold, duplicate, delay, reorder, drop, fail; clear."""
        self.lever("chaos", switches)

    def fault(self, kind: str, **how: Any) -> None:
        """Spoil API requests: kind slow, rate_limit, error or drop; when, times, seconds, method,
        path (its beginning).
        """
        self.lever("faults", {"kind": kind, **how})

    def deliver(self, *events: str) -> list[Json]:
        """Send all that is pending, now; or these events once more, in this order."""
        return list(self.lever("deliver", {"events": list(events)} if events else {}))

    def events(self, *kinds: str) -> list[Json]:
        """Return the events so far, oldest first, of these kinds or of all."""
        found = self.lever("events")
        return [event for event in found if not kinds or event["type"] in kinds]

    def deliveries(self) -> list[Json]:
        """Return the deliveries so far, oldest first."""
        return list(self.lever("deliveries"))

    def calls(self, path: str = "") -> list[Json]:
        """Return the API requests answered so far whose path begins so."""
        return [call for call in self.lever("calls") if call["path"].startswith(path)]

    def lever(self, name: str, wanted: Json | None = None) -> Any:
        """Pull a lever: with a body it is a POST."""
        body = None if wanted is None else json.dumps(wanted).encode()
        request = urllib.request.Request(f"{self.url}/_control/{name}", data=body)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  loopback
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise ControlFailed(error.read().decode()) from error


class LiveSandbox(RemoteSandbox):
    """A sandbox in this process, strict: what breaks the schema is a 500 and on record."""

    key = KEY
    webhook_secret = WEBHOOK_SECRET

    def __init__(self, db: str = ":memory:", schema: Path | None = None) -> None:
        self.sandbox = Sandbox(db=db, schema=schema, is_strict=True)
        super().__init__(self.sandbox.url)

    @property
    def violations(self) -> list[Violation]:
        """What did not fit the schema: requests, answers, events, and crashes."""
        return self.sandbox.world.violations

    def start(self) -> None:
        """Serve."""
        self.sandbox.start()

    def stop(self) -> None:
        """End."""
        self.sandbox.stop()

    def reset(self) -> None:
        """Forget everything, endpoints included."""
        self.sandbox.world.reset()


@contextmanager
def live_sandbox(db: str = ":memory:", schema: Path | None = None) -> Iterator[LiveSandbox]:
    """Run a sandbox for as long as the block lasts."""
    sandbox = LiveSandbox(db, schema)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()
