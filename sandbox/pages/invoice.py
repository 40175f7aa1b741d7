"""The hosted page of an invoice: whoever has its address can pay it, signed out."""

from __future__ import annotations

from urllib.parse import parse_qs

from sandbox import money
from sandbox.account import Account
from sandbox.cards import by_number
from sandbox.objects import collecting, paying
from sandbox.pages import card_form
from sandbox.pages.checkout import gone, said_of
from sandbox.pages.html import Markup, document, tag
from sandbox.pages.words import WORDS, day, language_of
from sandbox.wire import Json, Request, Response, html_response, redirect
from sandbox.world import World

PAYABLE = ("open", "uncollectible")


class Page:
    """One visit to the page of one invoice."""

    def __init__(self, account: Account, invoice: Json, request: Request) -> None:
        self.account = account
        self.invoice = invoice
        asked = parse_qs(request.query).get("lang", [""])[0]
        accepted = request.headers.get("accept-language", "")
        self.language = language_of(None, invoice["lines"]["data"], asked, accepted)
        self.words = WORDS[self.language]
        self.form = request.form() if request.method == "POST" else {}

    def show(self, problem: str = "") -> Response:
        """Return the page as things are."""
        total = self._money(self.invoice["amount_due"])
        title = f"{self.words['invoice']} {self.invoice['number'] or ''}".strip()
        is_payable = self.invoice["status"] in PAYABLE
        below = self._form(total, problem) if is_payable else self._state()
        other = "en" if self.language == "he" else "he"
        language = tag("a", self.words["other_language"], href=f"?lang={other}", lang=other)
        body = tag(
            "main",
            self._lines(title, total),
            below,
            tag("nav", language, class_="foot"),
            class_="checkout",
        )
        banner = tag("header", self.words["pretend"], class_="pretend")
        page = document(title, banner, body, language=self.language)
        return html_response(page, status=402 if problem else 200)

    def post(self) -> Response:
        """Take a press of a button: a test card chosen, or the payment."""
        if self.invoice["status"] not in PAYABLE:
            return redirect(self._here())
        if "fill" in self.form:
            return self.show()
        card = by_number(self.form.get("card", ""))
        if card is None:
            return self.show(self.words["not_a_test_card"])
        name = self.form.get("name", "").strip()[: card_form.LONGEST]
        self.invoice = paying.pay_invoice(self.account, self.invoice, card, name)
        intent = collecting.intent_of(self.account, self.invoice)
        if intent and intent["status"] == "requires_action":
            return redirect(f"/3ds/{intent['id']}?lang={self.language}")
        if self.invoice["status"] == "paid":
            return redirect(self._here())
        return self.show(said_of(intent["last_payment_error"] if intent else None, self.words))

    def _here(self) -> str:
        return f"/i/{self.invoice['id']}?lang={self.language}"

    def _money(self, amount: int) -> str:
        return money.shown(amount, self.invoice["currency"], self.language)

    def _lines(self, title: str, total: str) -> Markup:
        rows = [
            tag(
                "li",
                tag("span", line["description"], dir="auto"),
                tag("span", self._money(line["amount"]), class_="amount"),
            )
            for line in self.invoice["lines"]["data"]
        ]
        label = tag("span", self.words["total"])
        return tag(
            "section",
            tag("h1", title),
            tag("p", day(self.invoice["created"], self.language), class_="quiet"),
            tag("ul", rows, class_="items"),
            tag("p", label, tag("strong", total, class_="amount"), class_="total"),
        )

    def _state(self) -> Markup:
        return tag("p", self.words[f"invoice_{self.invoice['status']}"], role="status")

    def _form(self, total: str, problem: str) -> Markup:
        return tag(
            "form",
            tag("p", problem, class_="problem", role="alert") if problem else None,
            card_form.card_fields(self.words, self.form),
            tag("button", self.words["pay"].format(amount=total), class_="main"),
            card_form.test_cards(self.words),
            method="post",
            action=self._here(),
        )


def serve(world: World, request: Request, identity: str) -> Response:
    """Answer a visit to `/i/<invoice>`."""
    world.run_due_jobs()
    found = world.storage.anywhere(identity)
    if found is None or found.body["object"] != "invoice":
        return gone(request)
    with world.turn(found.account) as account:
        page = Page(account, account.get("invoice", identity), request)
        return page.post() if request.method == "POST" else page.show()
