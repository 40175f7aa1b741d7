"""What stands on a document, in its own language: words, days and exact sums."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.numbers import format_currency
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import countries, days, money
from core.paper import apart
from core.vat import percent
from payments.models import Document, OtherWay
from payments.services.documents.law import number_word, title_of
from stores.models import Business
from stores.scope import current_store

Rows = list[tuple[str, str]]
LEFT_TO_RIGHT = "\u200e"


def heading(document: Document) -> str:
    """Return its name and number."""
    seller = document.snapshot["seller"]
    return f"{title_of(document.kind, seller['kind'])} {document.number}"


def exact(amount: int, document: Document) -> str:
    """Return an amount with all its decimals."""
    number = money.to_major(amount, document.currency)
    written = str(format_currency(number, document.currency, locale=document.language))
    return written.replace("-", f"{LEFT_TO_RIGHT}-")  # or it jumps behind its number in Hebrew


def day(value: str | date, document: Document) -> str:
    """Return a day as the document's language writes it."""
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return days.said(found, document.language)


def seller_lines(document: Document) -> list[str]:
    """Return who sells, below their name."""
    seller = document.snapshot["seller"]
    number = f"{number_word(seller['kind'])} {apart(seller['tax_id'])}" if seller["tax_id"] else ""
    shop = apart(seller["shop"]) if seller["shop"] != seller["name"] else ""
    address = apart(", ".join(seller["address"]))
    reach = " · ".join(filter(None, (apart(seller["phone"]), apart(seller["email"]))))
    return [each for each in (shop, number, address, reach) if each]


def buyer_lines(document: Document) -> list[str]:
    """Return who bought: the business where one was named, then the person."""
    buyer = document.snapshot["buyer"]
    number = ""
    if buyer["tax_id"]:
        number = _("Tax no. %(number)s") % {"number": apart(buyer["tax_id"])}
    has_country = buyer["company"] and buyer["country"]
    country = countries.name_of(buyer["country"], document.language) if has_country else ""
    name, email = apart(buyer["name"]), apart(buyer["email"])
    return [each for each in (apart(buyer["company"]), number, country, name, email) if each]


def references(document: Document) -> list[str]:
    """Return what it is about: the order, the document before it, and the reason."""
    snapshot = document.snapshot
    found = [_("For order %(number)s") % {"number": snapshot["order"]}]
    before = snapshot["about"]
    if before:
        words = {
            "title": title_of(before["kind"], before["seller_kind"]),
            "number": before["number"],
            "day": day(before["date"], document),
        }
        found.append(_("Refers to: %(title)s %(number)s of %(day)s") % words)
    if snapshot.get("reason"):
        found.append(_("Reason: %(reason)s") % {"reason": apart(snapshot["reason"])})
    return found


def line_rows(document: Document) -> list[tuple[str, str, str, str]]:
    """Return what was bought: its name, how many, the price of one, and what it cost in all."""
    rows = []
    for line in document.snapshot["lines"]:
        title = apart(" · ".join(filter(None, (line["title"], line["label"]))))
        if line.get("is_part"):
            title = _("Part of the price of: %(title)s") % {"title": title}
        whole = line["amount"] * line["quantity"]
        one = exact(line["amount"], document)
        rows.append((title, str(line["quantity"]), one, exact(whole, document)))
        if line["discount"]:
            off = exact(-line["discount"], document)
            rows.append((pgettext("document", "Discount"), "", "", off))
    return rows


def sum_rows(document: Document) -> Rows:
    """Return the sums, the last of them the total."""
    total = (pgettext("document", "Total"), exact(document.total, document))
    if document.vat_basis_points is None:
        return [total]
    rate = {"rate": percent(document.vat_basis_points)}
    return [
        (pgettext("document", "Before VAT"), exact(document.net, document)),
        (_("VAT %(rate)s%%") % rate, exact(document.vat, document)),
        total,
    ]


def closing(document: Document) -> list[str]:
    """Return how it was paid, and what the law wants said at the end."""
    found = [means(document)]
    if document.snapshot["seller"]["kind"] == Business.Kind.EXEMPT:
        found.append(_("No VAT is charged: the seller is an exempt dealer."))
    if document.kind == Document.Kind.PROFORMA:
        found.append(_("This is not a tax invoice and not a receipt: it only asks for payment."))
    return [each for each in found if each]


def means(document: Document) -> str:
    """Return how the money came, or where it went."""
    how: dict[str, Any] = document.snapshot["means"]
    fixed = {
        "refund": _("The money was returned the way it was paid."),
        "lost": _("The card's bank took the money back."),
        "replaced": _("No money moved: another document takes the place of the one before."),
        "standing": _("The refund did not go through, so the sale stands as it was."),
    }
    if how["kind"] in fixed:
        return fixed[how["kind"]]
    if document.kind == Document.Kind.PROFORMA:
        return _("To be paid by: %(means)s") % {"means": apart(how["name"]) or _("card")}
    words = {"means": _name_of_means(how)}
    if not how["paid_at"]:
        return _("Paid by %(means)s") % words
    paid_on = datetime.fromisoformat(how["paid_at"]).astimezone(current_store().zone).date()
    return _("Paid by %(means)s on %(day)s") % {**words, "day": day(paid_on, document)}


def _name_of_means(how: dict[str, Any]) -> str:
    if how["kind"] == "card":
        return _("card ending %(last4)s") % {"last4": how["last4"]} if how["last4"] else _("card")
    kinds = dict(OtherWay.Kind.choices)
    name = apart(how["name"])
    return name if how["kind"] == OtherWay.Kind.OTHER else str(kinds.get(how["kind"], name))
