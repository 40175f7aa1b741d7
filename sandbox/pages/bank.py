"""The bank's question (3-D Secure): the customer confirms or refuses."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from sandbox import money
from sandbox.account import Account
from sandbox.objects import paying
from sandbox.pages.checkout import gone, origins, success_url
from sandbox.pages.html import document, tag
from sandbox.pages.words import WORDS, language_of
from sandbox.wire import Json, Request, Response, html_response, redirect
from sandbox.world import World


def serve(world: World, request: Request, identity: str) -> Response:
    """Answer a visit to `/3ds/<payment intent>`."""
    found = world.storage.anywhere(identity)
    if found is None or found.body["object"] not in {"payment_intent", "setup_intent"}:
        return gone(request)
    with world.turn(found.account) as account:
        intent = account.get(found.body["object"], identity)
        if request.method != "POST":
            return _question(account, intent, request)
        is_confirmed = request.form().get("answer") == "yes"
        return redirect(
            _onward(account, paying.answer(account, identity, is_confirmed=is_confirmed))
        )


def _question(account: Account, intent: Json, request: Request) -> Response:
    asked = parse_qs(request.query).get("lang", [""])[0]
    language = language_of(None, [], asked, request.headers.get("accept-language", ""))
    words = WORDS[language]
    if intent["status"] == "requires_action":
        content = tag(
            "form",
            tag("p", _asked(intent, language)),
            tag("button", words["bank_yes"], class_="main", name="answer", value="yes"),
            tag("button", words["bank_no"], name="answer", value="no"),
            method="post",
        )
    else:
        content = tag("p", words["bank_done"])
    body = tag("main", tag("h1", words["bank_title"]), content, class_="checkout")
    banner = tag("header", words["pretend"], class_="pretend")
    page = document(words["bank_title"], banner, body, language=language)
    return html_response(page, forms_to=_leads_to(account, intent))


def _asked(intent: Json, language: str) -> str:
    if intent["object"] == "setup_intent":
        return WORDS[language]["bank_keep"]
    amount = money.shown(intent["amount"], intent["currency"], language)
    return WORDS[language]["bank_help"].format(amount=amount)


def _leads_to(account: Account, intent: Json) -> tuple[str, ...]:
    """Return the origins that an answer may lead to."""
    private = account.private(intent)
    if named := private.get("session"):
        return origins(account.get("checkout.session", named)["success_url"])
    return origins(private.get("return_url"))


def _onward(account: Account, intent: Json) -> str:
    """Return where the answer leads: the store, the session's page, or the caller's address."""
    private = account.private(intent)
    if named := private.get("session"):
        session = account.get("checkout.session", named)
        is_paid = session["status"] == "complete"
        return success_url(session) if is_paid else f"/c/pay/{named}"
    back = private.get("return_url")
    if not back:
        return f"/3ds/{intent['id']}"
    name = intent["object"]
    told = urlencode(
        {
            name: intent["id"],
            f"{name}_client_secret": intent["client_secret"],
            "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
        }
    )
    return f"{back}{'&' if '?' in back else '?'}{told}"
