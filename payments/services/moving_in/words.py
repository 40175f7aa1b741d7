"""What is wrong with a line, and what it does, in sentences of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import money
from payments.models import MoveInRow
from payments.services.subscriptions.telling import day_in_words
from products.services.rhythms import PER_INTERVAL
from stores.scope import current_store


def trouble_in_words(code: str, text: str) -> str:
    """Return what is wrong and how it is mended; a code that is not known says just that."""
    sentences = {
        "no_email": _("There is no email."),
        "bad_email": _("“%(text)s” is not an email address."),
        "no_product": _("It does not say which product."),
        "unknown_product": _("You have no product called “%(text)s”."),
        "many_products": _(
            "Several products are called “%(text)s”. Write the address of its page."
        ),
        "twice": _("The same person and product stand in line %(text)s already."),
        "bad_since": _("“%(text)s”, since when, is not a date."),
        "since_ahead": _("Since when is a day that has not come: %(text)s."),
        "since_after": _("Since when (%(text)s) is not before the next charge."),
        "bad_months": _("“%(text)s” is not a number of months."),
        "bad_amount": _("“%(text)s” is not an amount in %(currency)s that a card can be charged."),
        "bad_interval": _("“%(text)s” is not week, month, quarter or year."),
        "bad_next_charge": _("“%(text)s”, the next charge, is not a date."),
        "no_next_charge": _(
            "It does not say when the next charge is. For access without an end write: lifetime."
        ),
        "for_good_and_paid": _("It says that they pay, and that it has no end. Leave one out."),
        "too_far": _("The next charge is more than two years ahead: %(text)s."),
        "paid_once": _("“%(text)s” is not paid again and again. Leave the price out."),
        "bad_consent": _("“%(text)s” says neither yes nor no to news."),
        "bad_consent_on": _("“%(text)s”, when they agreed, is not a date."),
        "consent_ahead": _("They agreed on a day that has not come: %(text)s."),
        "other_before": _(
            "They moved in with other values before (%(text)s). Take that file back first."
        ),
    }
    sentence = sentences.get(code, _("This line cannot be read."))
    return sentence % {"text": text, "currency": current_store().currency}


def note_in_words(note: str) -> str:
    """Return what else is to be known of a line."""
    return {
        "over": _("What they paid for is over: nothing opens, their months are kept."),
        "pays_here": _("Pays here already: nothing changes."),
        "moved_in": _("Moved in before: nothing changes."),
        "owned": _("Has it already: nothing changes."),
        "no_proof": _("No consent is written down: its day or its source is missing."),
        "left_news": _("No consent is written down: they took theirs back here."),
    }.get(note, "")


def line_in_words(row: MoveInRow, language: str) -> list[str]:
    """Return what a line does, or did, or what is wrong with it."""
    if row.state == MoveInRow.State.BAD:
        return [trouble_in_words(code, text) for code, text in row.troubles]
    does = row.does
    said = [note for each in does.get("notes", ()) if (note := note_in_words(each))]
    if row.state == MoveInRow.State.SAME:
        return said
    first = []
    if row.product is not None:
        first.append(_access(row.product.title, does, language))
    if does.get("months"):
        months = does["months"]
        first.append(
            ngettext("%(n)s month paid for", "%(n)s months paid for", months) % {"n": months}
        )
    if does.get("amount"):
        amount = money.display(does["amount"], current_store().currency, language)
        first.append(PER_INTERVAL[does["interval"] or "month"](amount))
    if does.get("consent"):
        first.append(_("agreed to news"))
    return [" · ".join(first), *said]


def _access(title: str, does: Mapping[str, Any], language: str) -> str:
    if not does.get("until"):
        return _("“%(title)s”, without an end") % {"title": title}
    day = day_in_words(datetime.fromisoformat(does["until"]), language)
    return _("“%(title)s” until %(day)s") % {"title": title, "day": day}


def counts_in_words(counts: Mapping[str, Any], language: str, *, is_done: bool) -> list[str]:
    """Return in sentences what a file would do, or did."""

    def n(key: str) -> int:
        return int(counts.get(key, 0))

    said = [
        (
            n("new"),
            ngettext("%(n)s new person.", "%(n)s new people.", n("new")),
        ),
        (
            n("known"),
            ngettext(
                "%(n)s person is a customer here already.",
                "%(n)s people are customers here already.",
                n("known"),
            ),
        ),
    ]
    found = [sentence % {"n": count} for count, sentence in said if count]
    found += list(_products(counts.get("products", ()), language, is_done=is_done))
    rest = (
        (
            "letters",
            ngettext(
                "%(n)s person can get a letter to pay on here, when you send them.",
                "%(n)s people can get a letter to pay on here, when you send them.",
                n("letters"),
            ),
        ),
        (
            "welcomes",
            ngettext(
                "%(n)s person has something bought once, and can be told so by a mail.",
                "%(n)s people have something bought once, and can be told so by a mail.",
                n("welcomes"),
            ),
        ),
        (
            "consents",
            ngettext(
                "%(n)s agreed to news, with day and source.",
                "%(n)s agreed to news, with day and source.",
                n("consents"),
            ),
        ),
        (
            "same",
            ngettext(
                "%(n)s line is here already: nothing changes.",
                "%(n)s lines are here already: nothing changes.",
                n("same"),
            ),
        ),
        (
            "bad",
            ngettext(
                "%(n)s line is to be mended and is left out.",
                "%(n)s lines are to be mended and are left out.",
                n("bad"),
            ),
        ),
    )
    over = {"welcomes"} if is_done else set()  # it was ticked before, or never
    return found + [
        sentence % {"n": n(key)} for key, sentence in rest if n(key) and key not in over
    ]


def _products(rows: Iterable[Mapping[str, Any]], language: str, *, is_done: bool) -> Iterable[str]:
    for row in rows:
        count = row["n"]
        words = {"n": count, "title": row["title"]}
        if row["until"]:
            words["day"] = day_in_words(datetime.fromisoformat(row["until"]), language)
        yield _got(count, bool(row["until"]), is_done=is_done) % words


def _got(count: int, ends: bool, *, is_done: bool) -> str:  # noqa: FBT001 -- two of four sentences
    if is_done and ends:
        return ngettext(
            "%(n)s person got “%(title)s”, until %(day)s.",
            "%(n)s people got “%(title)s”, the last of them until %(day)s.",
            count,
        )
    if is_done:
        return ngettext("%(n)s person got “%(title)s”.", "%(n)s people got “%(title)s”.", count)
    if ends:
        return ngettext(
            "%(n)s person would get “%(title)s”, until %(day)s.",
            "%(n)s people would get “%(title)s”, the last of them until %(day)s.",
            count,
        )
    return ngettext(
        "%(n)s person would get “%(title)s”.", "%(n)s people would get “%(title)s”.", count
    )
