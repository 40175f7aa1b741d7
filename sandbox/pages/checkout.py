"""The hosted checkout page: pretend money, test cards, no script."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from sandbox.account import Account
from sandbox.cards import CARDS, by_number
from sandbox.objects import checkout_sessions, paying, subscribing
from sandbox.objects.discounts import NotRedeemable
from sandbox.objects.paying import Payer
from sandbox.pages.card_form import LONGEST
from sandbox.pages.checkout_look import Look
from sandbox.pages.html import document, tag
from sandbox.pages.words import WORDS, language_of
from sandbox.wire import Json, Request, Response, html_response, redirect
from sandbox.world import World

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Page:
    """One visit to the page of one session."""

    def __init__(self, account: Account, session: Json, request: Request) -> None:
        self.account = account
        self.session = session
        self.request = request
        self.items = account.private(session)["items"]
        asked = parse_qs(request.query).get("lang", [""])[0]
        accepted = request.headers.get("accept-language", "")
        self.language = language_of(session, self.items, asked, accepted)
        self.words = WORDS[self.language]
        self.form = request.form() if request.method == "POST" else {}

    @property
    def look(self) -> Look:
        """How the page looks as things are."""
        promise = None
        if self.session["mode"] == "subscription":
            promise = subscribing.promise(self.account, self.session)
        return Look(self.session, self.items, self.language, self.form, promise)

    def show(self, problem: str = "") -> Response:
        """Return the page of an open session."""
        return html_response(
            self.look.open(problem),
            forms_to=origins(self.session["success_url"], self.session["cancel_url"]),
            status=402 if problem else 200,
        )

    def ended(self) -> Response:
        """Return where a session that is over leads: to the store, or to a word of regret."""
        if self.session["status"] == "complete":
            return redirect(success_url(self.session))
        return html_response(self.look.over(), status=410)

    def post(self) -> Response:
        """Take a press of a button: a test card chosen, or the payment."""
        if "fill" in self.form:
            return self.show()
        if {"use", "drop"} & set(self.form):
            return self._take_code()
        email = (self.look.known_email() or self.form.get("email", "")).strip()[:LONGEST]
        if not EMAIL.fullmatch(email):
            return self.show(self.words["need_email"])
        payer = Payer(email, self.form.get("name", "").strip()[:LONGEST])
        card = by_number(self.form.get("card", ""))
        if card is None and paying.needs_card(self.session):
            return self.show(self.words["not_a_test_card"])
        try:
            return self._after(paying.pay(self.account, self.session, card or CARDS[0], payer))
        except NotRedeemable:
            return self._without_discount()

    def last_problem(self) -> str:
        """Return what went wrong with the last attempt, in the customer's words."""
        return said_of(paying.failure(self.account, self.session), self.words)

    def _take_code(self) -> Response:
        if not self.session["allow_promotion_codes"]:
            return self.show()
        text = "" if "drop" in self.form else self.form.get("code", "")[:LONGEST]
        try:
            checkout_sessions.take_code(self.account, self.session, text)
        except NotRedeemable:
            self.session = self.account.get("checkout.session", self.session["id"])
            return self.show(self.words["code_wrong"])
        self.items = self.account.private(self.session)["items"]
        return self.show()

    def _without_discount(self) -> Response:
        """Say that the discount is over; one that was typed is taken away."""
        if self.session["allow_promotion_codes"]:
            checkout_sessions.take_code(self.account, self.session, "")
            self.items = self.account.private(self.session)["items"]
        return self.show(self.words["code_over"])

    def _after(self, session: Json) -> Response:
        if session["status"] != "open":
            return self.ended()
        intent = paying.attempted(self.account, session)
        if intent and intent["status"] == "requires_action":
            return redirect(f"/3ds/{intent['id']}?lang={self.language}")
        return self.show(self.last_problem())


def serve(world: World, request: Request, identity: str) -> Response:
    """Answer a visit to `/c/pay/<session>`."""
    world.run_due_jobs()
    found = world.storage.anywhere(identity)
    if found is None or found.body["object"] != "checkout.session":
        return gone(request)
    with world.turn(found.account) as account:
        page = Page(account, account.get("checkout.session", identity), request)
        if page.session["status"] != "open":
            return page.ended()
        return page.post() if request.method == "POST" else page.show(page.last_problem())


def said_of(error: Json | None, words: dict[str, str]) -> str:
    """Return what a failed attempt is called in the customer's words."""
    if not error:
        return ""
    for code in (error.get("decline_code"), error.get("code")):
        if code in words:
            return words[str(code)]
    return words["card_declined"]


def gone(request: Request) -> Response:
    """Answer for a page that is not there."""
    language = language_of(None, [], "", request.headers.get("accept-language", ""))
    words = WORDS[language]
    body = tag(
        "main", tag("h1", words["gone_title"]), tag("p", words["gone_help"]), class_="checkout"
    )
    banner = tag("header", words["pretend"], class_="pretend")
    page = document(words["gone_title"], banner, body, language=language)
    return html_response(page, status=404)


def success_url(session: Json) -> str:
    """Return where a paid session leads, with its id where the address asks for it."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def origins(*urls: str | None) -> tuple[str, ...]:
    """Return the origins of the addresses; browsers hold redirects of forms to the policy."""
    parts = [urlsplit(url) for url in urls if url]
    return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))
