"""The console: what there is, what happened, what was told, and levers to pull."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox import money
from sandbox.control import Control
from sandbox.errors import StripeError
from sandbox.pages.html import Markup, document, tag
from sandbox.wire import Json, Request, Response, html_response, redirect
from sandbox.world import World

SHOWN = 30
KINDS = (
    "checkout.session",
    "payment_intent",
    "charge",
    "refund",
    "dispute",
    "customer",
    "webhook_endpoint",
)
ACTIONS = "chaos clock deliver dispute decide-dispute refund settle-refund reset"
SWITCHES = ("duplicate", "delay", "drop", "fail")
COUNTS = frozenset((*SWITCHES, "amount", "forward"))


def serve(world: World, control: Control, request: Request) -> Response:
    """Answer `/_console`, and the buttons on it."""
    if request.method == "POST":
        return _press(control, request)
    now = datetime.fromtimestamp(world.now(), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    body = tag(
        "main",
        tag("h1", "Sandbox"),
        tag("p", f"Its clock shows {now}. It speaks {world.checker.api_version}."),
        _levers(world),
        _violations(world),
        _deliveries(control),
        *[_objects(world, kind) for kind in KINDS],
        class_="console",
    )
    banner = tag("p", "Pretend money: this is no bank.", class_="pretend", role="note")
    return html_response(document("Sandbox", banner, body))


def _press(control: Control, request: Request) -> Response:
    action = request.path.removeprefix("/_console/")
    if action not in ACTIONS.split():
        return html_response(document("Sandbox", tag("p", "There is no such button.")), status=404)
    try:
        control.levers["POST", action](_wanted(request.form()))
    except (StripeError, ValueError) as error:
        back = tag("a", "Back", href="/_console")
        page = document("Sandbox", tag("main", tag("p", str(error)), back, class_="console"))
        return html_response(page, status=400)
    return redirect("/_console")


def _wanted(form: dict[str, str]) -> Json:
    """Return what a form asks for; a field left empty is not asked for."""
    wanted: Json = {}
    for name, text in form.items():
        if text in {"yes", "no"}:
            wanted[name] = text == "yes"
        elif text and name in COUNTS:
            wanted[name] = int(text)
        elif text:
            wanted[name] = [text] if name == "events" else text
    return wanted


def _button(action: str, label: str, **fields: str | int) -> Markup:
    hidden = [tag("input", type="hidden", name=name, value=v) for name, v in fields.items()]
    return tag("form", hidden, tag("button", label), method="post", action=f"/_console/{action}")


def _levers(world: World) -> Markup:
    chaos = world.chaos.as_json()
    numbers = [_number(name, chaos[name]) for name in SWITCHES]
    flags = [_choice(name, is_on=chaos[name]) for name in ("hold", "reorder")]
    switches = tag(
        "form", numbers, flags, tag("button", "Set"), method="post", action="/_console/chaos"
    )
    return tag(
        "section",
        tag("h2", "Clock"),
        tag(
            "div",
            _button("clock", "A minute forward", forward=60),
            _button("clock", "An hour forward", forward=3600),
            _button("clock", "A day forward", forward=86_400),
            class_="row",
        ),
        tag("h2", "Webhooks"),
        switches,
        tag(
            "div",
            _button("deliver", "Deliver all that waits"),
            _button("reset", "Forget everything"),
            class_="row",
        ),
    )


def _number(name: str, value: float) -> Markup:
    shown = f"{value:g}"
    return tag(
        "label", tag("span", name), tag("input", name=name, value=shown, inputmode="decimal")
    )


def _choice(name: str, *, is_on: bool) -> Markup:
    options = [
        tag("option", word, value=word, selected=is_on == (word == "yes")) for word in ("no", "yes")
    ]
    return tag("label", tag("span", name), tag("select", options, name=name))


def _violations(world: World) -> Markup | None:
    if not world.violations:
        return None
    lines = [tag("li", str(one)) for one in world.violations[-SHOWN:]]
    return tag("section", tag("h2", "Against the schema"), tag("ul", lines), class_="problem")


def _deliveries(control: Control) -> Markup:
    rows = [
        tag(
            "tr",
            tag("td", one.type),
            tag("td", tag("code", one.event)),
            tag("td", tag("code", one.endpoint)),
            tag("td", f"{one.state} {one.status or ''} {one.error}"),
            tag("td", one.attempts),
            tag("td", _button("deliver", "Resend", events=one.event)),
        )
        for one in control.courier.all()[: -SHOWN - 1 : -1]
    ]
    heads = ("Event", "Id", "To", "State", "Attempts", "Again")
    return _table("Events and deliveries", heads, rows)


def _objects(world: World, kind: str) -> Markup:
    where = "type = ? ORDER BY seq DESC"
    rows = [
        tag(
            "tr",
            tag("td", tag("code", row.body["id"])),
            tag("td", row.account),
            tag("td", _money(row.body)),
            tag("td", row.body.get("status") or row.body.get("email") or ""),
            tag("td", _buttons(row.body)),
        )
        for row in world.storage.select(where, kind, limit=SHOWN)
    ]
    return _table(kind, ("Id", "Account", "Amount", "State", "Levers"), rows)


def _money(body: Json) -> str:
    amount = body.get("amount", body.get("amount_total"))
    return "" if amount is None else money.shown(amount, body["currency"])


def _buttons(body: Json) -> list[Markup]:
    identity = body["id"]
    match body["object"], body.get("status"):
        case "checkout.session", "open":
            return [tag("a", "Pay", href=f"/c/pay/{identity}")]
        case "charge", "succeeded" if not body["refunded"] and not body["disputed"]:
            return [_refund(identity), _button("dispute", "Dispute", charge=identity)]
        case "refund", "pending" | "succeeded":
            return [_button("settle-refund", "Let it fail", refund=identity, fail="yes")]
        case "dispute", "needs_response":
            return [
                _button("decide-dispute", "Won", dispute=identity, won="yes"),
                _button("decide-dispute", "Lost", dispute=identity, won="no"),
            ]
    return []


def _refund(charge: str) -> Markup:
    return tag(
        "form",
        tag("input", type="hidden", name="charge", value=charge),
        tag("input", name="amount", placeholder="all", aria_label="Amount", size=6),
        tag("button", "Refund"),
        method="post",
        action="/_console/refund",
    )


def _table(title: str, heads: tuple[str, ...], rows: list[Markup]) -> Markup:
    if not rows:
        return tag("section", tag("h2", title), tag("p", "None yet."))
    head = tag("tr", [tag("th", name, scope="col") for name in heads])
    table = tag("table", tag("thead", head), tag("tbody", rows))
    return tag("section", tag("h2", title), tag("div", table, class_="wide", tabindex="0"))
