"""The levers as buttons and small forms, and what pressing them does."""

from __future__ import annotations

from typing import Any

from sandbox.cards import CARDS, REFUSALS
from sandbox.errors import StripeError
from sandbox.pages.console.desk import Desk
from sandbox.pages.html import Child, Markup, tag
from sandbox.wire import Json, Response, redirect

ACTIONS = """
    chaos clock deliver faults pay authenticate expire refund settle-refund dispute decide-dispute
    refuse fail-renewal after-last-retry pay-invoice reset
"""
WHOLE = frozenset(("duplicate", "drop", "fail", "amount", "forward", "times", "after"))
EXACT = frozenset(("delay", "seconds"))
REASONS = (
    "fraudulent product_not_received product_unacceptable duplicate subscription_canceled"
    " credit_not_processed unrecognized general"
)
MINUTE, HOUR, DAY = 60, 3600, 86_400


def press(desk: Desk) -> Response:
    """Pull the lever that a form names, and go back to where it was pressed."""
    action = desk.request.path.removeprefix("/_console/")
    if action not in ACTIONS.split():
        return desk.page("There is no such button", status=404)
    form = desk.request.form()
    back = form.pop("back", "")
    try:
        desk.control.levers["POST", action](_wanted(form))
    except (StripeError, ValueError, KeyError) as error:
        link = tag("a", "Back", href=_place(back))
        return desk.page("That did not work", tag("p", str(error)), link, status=400)
    return redirect(_place(back))


def button(action: str, label: str, back: str = "", **fields: str | int) -> Markup:
    """Return a form that is nothing but a button."""
    return form(action, label, back, *_hidden(fields))


def form(action: str, label: str, back: str, *inside: Markup, is_main: bool = False) -> Markup:
    """Return a form with a button at its end; afterwards the browser is at `back`."""
    press_it = tag("button", label, class_="strong" if is_main else None)
    return tag(
        "form",
        *_hidden({"back": back}),
        *inside,
        press_it,
        method="post",
        action=f"/_console/{action}",
    )


def field(name: str, label: str, value: str = "", **attributes: str | bool) -> Markup:
    """Return an input with its label."""
    box = tag("input", name=name, value=value, autocomplete="off", **attributes)
    return tag("label", tag("span", label), box)


def choice(name: str, label: str, options: dict[str, str], chosen: str = "") -> Markup:
    """Return a select with its label."""
    made = [
        tag("option", text, value=value, selected=value == chosen)
        for value, text in options.items()
    ]
    return tag("label", tag("span", label), tag("select", made, name=name))


def of_object(body: Json, back: str) -> list[Markup]:
    """Return the levers of one object, as far as its state allows them."""
    kind = body.get("object", "").replace(".", "_")
    make = LEVERS.get(kind)
    return make(body, back) if make else []


def _session(body: Json, back: str) -> list[Markup]:
    if body["status"] != "open":
        return []
    cards = {card.number: f"{card.spaced} ({card.name[8:]})" for card in CARDS}
    named = {"session": body["id"]}
    who = field("email", "Email", "charlie@example.com")
    return [
        tag("a", "Open its page", href=f"/c/pay/{body['id']}"),
        form("pay", "Pay", back, *_hidden(named), choice("card", "Card", cards), who),
        button("expire", "Let it expire", back, **named),
    ]


def _intent(body: Json, back: str) -> list[Markup]:
    if body["status"] != "requires_action":
        return []
    asked: dict[str, str | int] = {"payment_intent": body["id"]}
    return [
        tag("a", "Open the bank's question", href=f"/3ds/{body['id']}"),
        button("authenticate", "The bank agrees", back, **asked, confirm="yes"),
        button("authenticate", "The bank refuses", back, **asked, confirm="no"),
    ]


def _charge(body: Json, back: str) -> list[Markup]:
    if not body["paid"] or body["refunded"]:
        return []
    named = _hidden({"charge": body["id"]})
    amount = field("amount", "Amount (empty: all)", inputmode="numeric")
    levers = [form("refund", "Refund", back, *named, amount)]
    if not body["disputed"]:
        reasons = {one: one.replace("_", " ") for one in REASONS.split()}
        kinds = {"no": "takes the money", "yes": "only asks"}
        levers.append(
            form(
                "dispute",
                "Open a dispute",
                back,
                *named,
                choice("reason", "Reason", reasons),
                choice("inquiry", "The bank", kinds),
                amount,
            )
        )
    return levers


def _refund(body: Json, back: str) -> list[Markup]:
    named: dict[str, str | int] = {"refund": body["id"]}
    levers = []
    if body["status"] == "pending":
        levers.append(button("settle-refund", "Let it arrive", back, **named))
    if body["status"] in {"pending", "succeeded"}:
        when = {
            "0": "now",
            str(HOUR): "in an hour",
            str(DAY): "in a day",
            str(5 * DAY): "in 5 days",
        }
        hidden = _hidden({**named, "fail": "yes"})
        fails = choice("after", "Fails", when)
        levers.append(form("settle-refund", "Let it fail", back, *hidden, fails))
    return levers


def _dispute(body: Json, back: str) -> list[Markup]:
    if body["status"] in {"won", "lost", "warning_closed"}:
        return []
    named: dict[str, str | int] = {"dispute": body["id"]}
    return [
        button("decide-dispute", "We win", back, **named, won="yes"),
        button("decide-dispute", "We lose", back, **named, won="no"),
    ]


def _method(body: Json, back: str) -> list[Markup]:
    codes = {"": "pays as its number says"} | {
        code: f"refuses: {code.replace('_', ' ')}" for code in REFUSALS
    }
    named = _hidden({"payment_method": body["id"]})
    return [form("refuse", "From now on", back, *named, choice("code", "The card", codes))]


def _event(body: Json, back: str) -> list[Markup]:
    return [button("deliver", "Send again", back, events=body["id"])]


def _hidden(fields: dict[str, Any]) -> list[Markup]:
    return [tag("input", type="hidden", name=name, value=v) for name, v in fields.items()]


def _wanted(form: dict[str, str]) -> Json:
    """Return what a form asks for; a field left empty is not asked for."""
    wanted: Json = {}
    for name, text in form.items():
        if text in {"yes", "no"}:
            wanted[name] = text == "yes"
        elif text and name in WHOLE | EXACT:
            wanted[name] = int(text) if name in WHOLE else float(text)
        elif text or name in {"to", "code"}:
            wanted[name] = [text] if name == "events" else text
    return wanted


def _place(back: str) -> str:
    """Return where to go back to: a place of the console, whatever the form says."""
    return back if back.startswith("/_console") and "//" not in back else "/_console"


def row(*children: Child) -> Markup:
    """Return things beside each other."""
    return tag("div", *children, class_="row")


def _subscription(body: Json, back: str) -> list[Markup]:
    if body["status"] in {"canceled", "incomplete_expired"}:
        return []
    codes = {code: code.replace("_", " ") for code in REFUSALS}
    named = _hidden({"subscription": body["id"]})
    times = choice("times", "Times", {"1": "once", "2": "twice", "3": "3 times", "4": "4 times"})
    why = choice("code", "The bank says", codes)
    return [form("fail-renewal", "Fail the next renewal", back, *named, why, times)]


def _invoice(body: Json, back: str) -> list[Markup]:
    if body["status"] not in {"open", "uncollectible"}:
        return []
    return [
        tag("a", "Open its page", href=f"/i/{body['id']}"),
        button("pay-invoice", "Pay it", back, invoice=body["id"]),
    ]


LEVERS = {
    "subscription": _subscription,
    "invoice": _invoice,
    "checkout_session": _session,
    "payment_intent": _intent,
    "setup_intent": _intent,
    "charge": _charge,
    "refund": _refund,
    "dispute": _dispute,
    "payment_method": _method,
    "event": _event,
}
