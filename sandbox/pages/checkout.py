"""The hosted checkout page: pretend money, test cards, no script."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from sandbox import money
from sandbox.account import Account
from sandbox.cards import CARDS, by_number
from sandbox.objects import checkout_sessions, paying
from sandbox.objects.discounts import NotRedeemable
from sandbox.objects.paying import Payer
from sandbox.pages.html import Markup, document, tag
from sandbox.pages.words import WORDS, language_of
from sandbox.wire import Json, Request, Response, html_response, redirect
from sandbox.world import World

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST = 250


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
    def action(self) -> str:
        """Where the form goes: back to here, in the language chosen."""
        return f"/c/pay/{self.session['id']}?lang={self.language}"

    def show(self, problem: str = "") -> Response:
        """Return the page of an open session."""
        if self.is_setup:
            summary, title = self._kept(), self.words["keep_title"]
            total = ""
        else:
            total = self._money(self.session["amount_total"])
            summary, title = self._summary(total), f"{self.words['title']} {total}"
        body = tag(
            "main",
            summary,
            self._form(total, problem),
            self._foot(),
            class_="checkout",
        )
        page = document(title, self._banner(), body, language=self.language)
        return html_response(
            page,
            forms_to=origins(self.session["success_url"], self.session["cancel_url"]),
            status=402 if problem else 200,
        )

    def ended(self) -> Response:
        """Return where a session that is over leads: to the store, or to a word of regret."""
        if self.session["status"] == "complete":
            return redirect(success_url(self.session))
        body = tag(
            "main",
            tag("h1", self.words["expired_title"]),
            tag("p", self.words["expired_help"]),
            self._foot(),
            class_="checkout",
        )
        page = document(self.words["expired_title"], self._banner(), body, language=self.language)
        return html_response(page, status=410)

    def post(self) -> Response:
        """Take a press of a button: a test card chosen, or the payment."""
        if "fill" in self.form:
            return self.show()
        if {"use", "drop"} & set(self.form):
            return self._take_code()
        email = (self._known_email() or self.form.get("email", "")).strip()[:LONGEST]
        if not EMAIL.fullmatch(email):
            return self.show(self.words["need_email"])
        payer = Payer(email, self.form.get("name", "").strip()[:LONGEST])
        card = by_number(self.form.get("card", ""))
        is_free = self.session["amount_total"] == 0
        if card is None and not is_free:
            return self.show(self.words["not_a_test_card"])
        try:
            return self._after(paying.pay(self.account, self.session, card or CARDS[0], payer))
        except NotRedeemable:
            return self._without_discount()

    def last_problem(self) -> str:
        """Return what went wrong with the last attempt, in the customer's words."""
        error = paying.failure(self.account, self.session) or {}
        for code in (error.get("decline_code"), error.get("code")):
            if code in self.words:
                return self.words[str(code)]
        return self.words["card_declined"] if error else ""

    @property
    def is_setup(self) -> bool:
        """Whether a card is kept here, and nothing paid."""
        return bool(self.session["mode"] == "setup")

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
        kind = "setup_intent" if self.is_setup else "payment_intent"
        intent = self.account.get(kind, session[kind])
        if intent["status"] == "requires_action":
            return redirect(f"/3ds/{intent['id']}?lang={self.language}")
        return self.show(self.last_problem())

    def _money(self, amount: int) -> str:
        return money.shown(amount, self.session["currency"], self.language)

    def _known_email(self) -> str:
        details = self.session["customer_details"] or {}
        fixed = self.session["customer"] or self.session["customer_email"]
        return str(details.get("email") or "") if fixed else ""

    def _banner(self) -> Markup:
        return tag("header", self.words["pretend"], class_="pretend")

    def _summary(self, total: str) -> Markup:
        rows = [
            tag(
                "li",
                tag("span", _named(item), dir="auto"),
                tag("span", self._money(item["amount_subtotal"]), class_="amount"),
            )
            for item in self.items
        ]
        return tag(
            "section",
            tag("h1", self.words["order"]),
            tag("ul", rows, class_="items"),
            self._discount(),
            tag(
                "p",
                tag("span", self.words["total"]),
                tag("strong", total, class_="amount"),
                class_="total",
            ),
        )

    def _kept(self) -> Markup:
        return tag(
            "section", tag("h1", self.words["keep_title"]), tag("p", self.words["keep_help"])
        )

    def _discount(self) -> Markup | None:
        off = self.session["total_details"]["amount_discount"]
        if not self.session["discounts"]:
            return None
        before = (self.words["subtotal"], self._money(self.session["amount_subtotal"]))
        lines = (before, (self.words["discount"], self._money(-off)))
        rows = [
            tag("li", tag("span", name), tag("span", amount, class_="amount"))
            for name, amount in lines
        ]
        return tag("ul", rows, class_="items off")

    def _code(self) -> Markup | None:
        """Return the field for a promotion code, or the button that takes it away again."""
        if not self.session["allow_promotion_codes"]:
            return None
        if self.session["discounts"]:
            label = self.words["code_drop"]
            return tag("button", label, name="drop", value="1", formnovalidate=True)
        return tag(
            "div",
            self._field("code", self.form.get("code", "")),
            tag("button", self.words["code_use"], name="use", value="1", formnovalidate=True),
            class_="code",
        )

    def _form(self, total: str, problem: str) -> Markup:
        is_free = self.session["amount_total"] == 0
        known = self._known_email()
        email = self._field("email", known or self.form.get("email", ""), type="email")
        if known:
            email = tag("p", tag("span", self.words["email"]), " ", tag("bdi", known))
        label = self.words["take"] if is_free else self.words["pay"].format(amount=total)
        if self.is_setup:
            label = self.words["keep"]
        return tag(
            "form",
            tag("p", problem, class_="problem", role="alert") if problem else None,
            email,
            None if is_free else self._card_fields(),
            tag("button", label, class_="main"),
            self._code(),
            None if is_free else self._cards(),
            method="post",
            action=self.action,
            id="pay",
        )

    def _card_fields(self) -> Markup:
        filled = self.form.get("fill", "")
        number = by_number(filled)
        shown = number.spaced if number else self.form.get("card", "")
        expiry = "12 / 34" if number else self.form.get("expiry", "")
        code = "123" if number else self.form.get("cvc", "")
        return tag(
            "fieldset",
            self._field("card", shown, inputmode="numeric", required=True),
            tag(
                "div",
                self._field("expiry", expiry, placeholder="12 / 34"),
                self._field("cvc", code, inputmode="numeric"),
                class_="pair",
            ),
            self._field("name", self.form.get("name", ""), dir="auto"),
        )

    def _field(self, name: str, value: str, **attributes: str | bool) -> Markup:
        given: dict[str, str | bool] = {"dir": "ltr", "autocomplete": "off", **attributes}
        return tag(
            "label",
            tag("span", self.words[name]),
            tag("input", name=name, value=value, maxlength=LONGEST, **given),
        )

    def _cards(self) -> Markup:
        choices = [
            tag(
                "li",
                tag(
                    "button",
                    tag("bdi", card.spaced, dir="ltr"),
                    tag("span", self.words[card.tells]),
                    name="fill",
                    value=card.number,
                    formnovalidate=True,
                ),
            )
            for card in CARDS
            if card.tells
        ]
        return tag(
            "section",
            tag("h2", self.words["cards"]),
            tag("p", self.words["cards_help"]),
            tag("ul", choices, class_="cards"),
        )

    def _foot(self) -> Markup:
        back = self.session["cancel_url"]
        other = "en" if self.language == "he" else "he"
        return tag(
            "nav",
            tag("a", self.words["back"], href=back) if back else None,
            tag("a", self.words["other_language"], href=f"?lang={other}", lang=other),
            class_="foot",
        )


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


def _named(item: Json) -> str:
    times = f" × {item['quantity']}" if item["quantity"] != 1 else ""
    return f"{item['description']}{times}"
