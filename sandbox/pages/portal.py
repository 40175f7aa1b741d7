"""The customer portal: what is paid for, another card, leaving, and the invoices."""

from __future__ import annotations

from urllib.parse import parse_qs

from sandbox import money
from sandbox.account import Account
from sandbox.cards import by_number
from sandbox.errors import StripeError
from sandbox.objects import (
    invoice_bodies,
    payment_methods,
    portal_sessions,
    subscription_changes,
)
from sandbox.objects import subscription_states as states
from sandbox.pages import card_form
from sandbox.pages.checkout import gone, origins, said_of
from sandbox.pages.html import Markup, document, tag
from sandbox.pages.words import WORDS, day, language_of, rhythm
from sandbox.wire import Json, Request, Response, html_response, redirect
from sandbox.world import World

SHOWN = 24


class Page:
    """One visit to the portal of one customer."""

    def __init__(self, account: Account, session: Json, request: Request) -> None:
        self.account = account
        self.session = session
        self.subscriptions = portal_sessions.subscriptions_of(account, session)
        asked = parse_qs(request.query).get("lang", [""])[0]
        accepted = request.headers.get("accept-language", "")
        named = [{"description": self._name(one)} for one in self.subscriptions]
        self.language = language_of(session, named, asked, accepted)
        self.words = WORDS[self.language]
        self.form = request.form() if request.method == "POST" else {}

    def show(self, problem: str = "") -> Response:
        """Return the page as things are; a flow shows its own part alone."""
        flow = self.session["flow"] or {}
        parts = {
            "subscription_cancel": self._subscriptions(flow),
            "payment_method_update": self._card(problem),
        }
        whole = [parts["subscription_cancel"], self._invoices(), parts["payment_method_update"]]
        shown = [parts[flow["type"]]] if flow else whole
        title = self.words["portal"]
        body = tag("main", tag("h1", title), shown, self._foot(), class_="checkout")
        banner = tag("header", self.words["pretend"], class_="pretend")
        page = document(title, banner, body, language=self.language)
        leads_to = origins(self.session["return_url"], self._after())
        return html_response(page, forms_to=leads_to, status=402 if problem else 200)

    def post(self) -> Response:
        """Take a press of a button."""
        if "fill" in self.form:
            return self.show()
        for name in ("leave", "stay"):
            if name in self.form:
                return self._leave(self.form[name], is_leaving=name == "leave")
        card = by_number(self.form.get("card", ""))
        if card is None:
            return self.show(self.words["not_a_test_card"])
        name = self.form.get("name", "").strip()[: card_form.LONGEST]
        method = payment_methods.insert(self.account, card, {"name": name})
        intent = portal_sessions.keep_card(self.account, self.session, method)
        if intent["status"] == "requires_action":
            return redirect(f"/3ds/{intent['id']}?lang={self.language}")
        if intent["status"] != "succeeded":
            return self.show(said_of(intent["last_setup_error"], self.words))
        return redirect(self._after() or self._here())

    def _leave(self, identity: str, *, is_leaving: bool) -> Response:
        if identity not in {one["id"] for one in self.subscriptions}:
            return redirect(self._here())
        wanted = {"cancel_at_period_end": is_leaving}
        try:
            subscription_changes.update(self.account, wanted, identity)
        except StripeError:
            return self.show(self.words["portal_scheduled"])
        return redirect(self._after() or self._here())

    def _here(self) -> str:
        return f"/p/{self.session['id']}?lang={self.language}"

    def _after(self) -> str | None:
        after = (self.session["flow"] or {}).get("after_completion") or {}
        redirects: Json | None = after.get("redirect")
        return str(redirects["return_url"]) if redirects else None

    def _name(self, body: Json) -> str:
        prices = [item["price"] for item in states.items(body)]
        return ", ".join(invoice_bodies.name_of(self.account, price) for price in prices)

    def _subscriptions(self, flow: Json) -> Markup:
        only = (flow.get("subscription_cancel") or {}).get("subscription")
        shown = [self._one(body) for body in self.subscriptions if only in {None, body["id"]}]
        nothing = tag("p", self.words["portal_nothing"], class_="quiet")
        return tag("section", tag("h2", self.words["portal_subscriptions"]), shown or nothing)

    def _one(self, body: Json) -> Markup:
        items = states.items(body)
        amount = sum(item["price"]["unit_amount"] * item["quantity"] for item in items)
        shown = money.shown(amount, body["currency"], self.language)
        when = day(states.period(body)[1], self.language)
        if body["cancel_at"]:
            says = self.words["portal_ends"].format(date=day(body["cancel_at"], self.language))
        else:
            says = self.words["next_charge"].format(amount=shown, date=when)
        name = "stay" if body["cancel_at_period_end"] else "leave"
        press = tag("button", self.words[f"portal_{name}"], name=name, value=body["id"])
        form = tag("form", press, method="post", action=self._here())
        return tag(
            "section",
            tag("h3", self._name(body), dir="auto"),
            tag("p", says),
            tag("p", rhythm(items[0]["price"]["recurring"], self.language), class_="quiet"),
            None if body["schedule"] else form,
        )

    def _card(self, problem: str) -> Markup:
        return tag(
            "section",
            tag("h2", self.words["portal_card"]),
            tag(
                "form",
                tag("p", problem, class_="problem", role="alert") if problem else None,
                card_form.card_fields(self.words, self.form),
                tag("button", self.words["keep"], class_="main"),
                card_form.test_cards(self.words),
                method="post",
                action=self._here(),
            ),
        )

    def _invoices(self) -> Markup:
        found = self.account.all("invoice", customer=self.session["customer"])
        rows = [
            tag(
                "li",
                tag("a", one["number"], href=f"/i/{one['id']}?lang={self.language}"),
                tag("span", day(one["created"], self.language)),
                tag("span", money.shown(one["total"], one["currency"], self.language)),
            )
            for one in found[:SHOWN]
            if one["number"]
        ]
        return tag(
            "section", tag("h2", self.words["portal_invoices"]), tag("ul", rows, class_="items")
        )

    def _foot(self) -> Markup:
        back, other = self.session["return_url"], "en" if self.language == "he" else "he"
        return tag(
            "nav",
            tag("a", self.words["back"], href=back) if back else None,
            tag("a", self.words["other_language"], href=f"?lang={other}", lang=other),
            class_="foot",
        )


def serve(world: World, request: Request, identity: str) -> Response:
    """Answer a visit to `/p/<portal session>`."""
    world.run_due_jobs()
    found = world.storage.anywhere(identity)
    if found is None or found.body["object"] != "billing_portal.session":
        return gone(request)
    with world.turn(found.account) as account:
        page = Page(account, account.get("billing_portal.session", identity), request)
        return page.post() if request.method == "POST" else page.show()
