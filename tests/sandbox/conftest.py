"""A sandbox, the real SDK talking to it, and a receiver of its webhooks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from sandbox.fixtures import running_sandbox, stripe_sandbox  # noqa: F401  fixtures
from sandbox.testing import WEBHOOK_SECRET, LiveSandbox


class Receiver:
    """Takes webhooks, verifies them as the SDK does, and answers what it is told to."""

    def __init__(self) -> None:
        self.events: list[stripe.Event] = []
        self.answers: list[int] = []
        self.secret = WEBHOOK_SECRET
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.take(body, self.headers["Stripe-Signature"])
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/stripe/"

    def take(self, body: bytes, signature: str) -> None:
        self.events.append(stripe.Webhook.construct_event(body, signature, self.secret))

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.events]


@pytest.fixture
def sandbox(stripe_sandbox: LiveSandbox) -> LiveSandbox:  # noqa: F811
    """The sandbox, empty; events wait until a test delivers them."""
    stripe_sandbox.chaos(hold=True)
    return stripe_sandbox


@pytest.fixture
def client(sandbox: LiveSandbox) -> stripe.StripeClient:
    return stripe.StripeClient(sandbox.key, base_addresses={"api": sandbox.url})


@pytest.fixture
def receiver(sandbox: LiveSandbox) -> Iterator[Receiver]:
    """Listens to the sandbox with the secret of the command line."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,))
    thread.start()
    sandbox.listen(receiver.url)
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()
