"""Which paper a payment makes: data by seller and day; a professional checks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from payments.models import Document
from stores.models import Business

Kind = Document.Kind
Seller = Business.Kind


@dataclass(frozen=True)
class Rule:
    """From this day on, a payment to this kind of seller makes this paper."""

    seller: str
    since: date
    paper: str


RULES = (
    # Israel: section 47 of the Value Added Tax Law 1975 keeps tax invoices to licensed dealers;
    # income tax (bookkeeping instructions 1973, section 5) wants a receipt of everybody.
    Rule(Seller.EXEMPT, date(1976, 7, 1), Kind.RECEIPT),
    Rule(Seller.LICENSED, date(1976, 7, 1), Kind.INVOICE_RECEIPT),
    Rule(Seller.COMPANY, date(1976, 7, 1), Kind.INVOICE_RECEIPT),
    # Elsewhere: a VAT invoice (EU: directive 2006/112/EC, article 226) that is also the receipt.
    Rule(Seller.REGISTERED, date(1993, 1, 1), Kind.INVOICE_RECEIPT),
    Rule(Seller.UNREGISTERED, date(1993, 1, 1), Kind.RECEIPT),
)


def paper_of_payment(seller: str, on: date) -> str:
    """Return the kind of document that a payment on a day makes."""
    rules = [rule for rule in RULES if rule.seller == seller and rule.since <= on]
    return max(rules, key=lambda rule: rule.since).paper if rules else Kind.RECEIPT


def paper_of_standing_sale(*, has_vat: bool) -> str:
    """Return what says that a sale stands again, when the money of a credit note never left."""
    return Kind.INVOICE if has_vat else Kind.RECEIPT


def title_of(kind: str, seller: str) -> str:
    """Return a document's name in the active language, as the seller's law calls it."""
    has_vat = seller in Business.CHARGING_VAT
    is_israeli = seller in Business.ISRAELI
    if kind == Kind.CREDIT:
        return pgettext("document", "Credit tax invoice") if has_vat else _("Credit note")
    if kind == Kind.PROFORMA:
        return pgettext("document", "Pro forma invoice")
    if kind == Kind.RECEIPT:
        return pgettext("document", "Receipt")
    if kind == Kind.INVOICE:
        return pgettext("document", "Tax invoice") if is_israeli else _("Invoice")
    return pgettext("document", "Tax invoice / receipt") if is_israeli else _("Invoice and receipt")


def number_word(seller: str) -> str:
    """Return what the seller's tax number is called, in the active language."""
    words = {
        Seller.EXEMPT: _("Exempt dealer no."),
        Seller.LICENSED: _("Licensed dealer no."),
        Seller.COMPANY: _("Company no."),
        Seller.REGISTERED: _("VAT no."),
    }
    return words.get(Seller(seller), _("Tax no.")) if seller else _("Tax no.")
