"""The log in words: who did what, and the page that lists it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from stores.models import LogEntry

ADD, CHANGE, DELETE = "add", "change", "delete"
PUBLISH, HIDE, CLOSE, RETIRE, DRAFT = "publish", "hide", "close", "retire", "draft"
ANNOUNCE, MOVE_OPENING, OPEN, TELL = "announce", "move_opening", "open", "tell_list"
GIVE, TAKE_BACK = "give_access", "take_back_access"
REFUND, SYNC, RESEND = "refund", "sync", "resend"
MOVE, ADDRESS = "move", "ask_address"
ANSWER, SILENCE, SPEAK = "answer", "silence", "speak"
OURS = "ours"
SIGN_IN, EXTEND = "sign_in_link", "extend_access"
SEND_OUT = "send_out"
RESTORE = "restore"
EXPORT = "export"
VERIFY, FIRST = "verify", "first"
INVITE, WITHDRAW, JOIN, LEAVE, HAND_OVER = "invite", "withdraw", "join", "leave", "hand_over"
CLOSE_STORE, KEEP_STORE = "close_store", "keep_store"
FETCH, ENTER = "fetch", "enter"

WORDS: dict[str, Promise] = {
    ADD: pgettext_lazy("in the log", "added"),
    CHANGE: pgettext_lazy("in the log", "changed"),
    DELETE: pgettext_lazy("in the log", "deleted"),
    PUBLISH: pgettext_lazy("in the log", "put on sale"),
    HIDE: pgettext_lazy("in the log", "made open by link only"),
    CLOSE: pgettext_lazy("in the log", "closed for now"),
    RETIRE: pgettext_lazy("in the log", "stopped selling"),
    DRAFT: pgettext_lazy("in the log", "made a draft again"),
    ANNOUNCE: pgettext_lazy("in the log", "announced as coming soon"),
    MOVE_OPENING: pgettext_lazy("in the log", "set the opening of"),
    OPEN: pgettext_lazy("in the log", "opened by hand"),
    TELL: pgettext_lazy("in the log", "told the list of"),
    GIVE: pgettext_lazy("in the log", "gave access"),
    TAKE_BACK: pgettext_lazy("in the log", "took access back"),
    ANSWER: pgettext_lazy("in the log", "answered"),
    SILENCE: pgettext_lazy("in the log", "stopped from writing"),
    SPEAK: pgettext_lazy("in the log", "let write again"),
    REFUND: pgettext_lazy("in the log", "gave money back"),
    SYNC: pgettext_lazy("in the log", "checked the payment"),
    RESEND: pgettext_lazy("in the log", "sent again"),
    OURS: pgettext_lazy("in the log", "went back to our words for"),
    MOVE: pgettext_lazy("in the log", "moved to another address"),
    ADDRESS: pgettext_lazy("in the log", "asked for a new address of"),
    SIGN_IN: pgettext_lazy("in the log", "sent a sign-in link to"),
    EXTEND: pgettext_lazy("in the log", "set the end of access to"),
    SEND_OUT: pgettext_lazy("in the log", "sent out"),
    RESTORE: pgettext_lazy("in the log", "brought back"),
    EXPORT: pgettext_lazy("in the log", "took a table of"),
    VERIFY: pgettext_lazy("in the log", "proved the domain"),
    FIRST: pgettext_lazy("in the log", "made the first address"),
    INVITE: pgettext_lazy("in the log", "invited to the team"),
    WITHDRAW: pgettext_lazy("in the log", "took back the invitation of"),
    JOIN: pgettext_lazy("in the log", "joined the team"),
    LEAVE: pgettext_lazy("in the log", "left the team"),
    HAND_OVER: pgettext_lazy("in the log", "handed the store over to"),
    CLOSE_STORE: pgettext_lazy("in the log", "began to close the store"),
    KEEP_STORE: pgettext_lazy("in the log", "kept the store open after all"),
    FETCH: pgettext_lazy("in the log", "downloaded"),
    ENTER: pgettext_lazy("in the log", "signed in"),
}


@dataclass(frozen=True)
class Line:
    """One line of the log as a page shows it."""

    at: datetime
    who: str
    what: str
    subject: str
    changes: str


def line(entry: LogEntry) -> Line:
    """Return an entry in words."""
    return Line(
        at=entry.at,
        who=entry.staff.name if entry.staff else _("somebody no longer on the team"),
        what=str(WORDS.get(entry.what, entry.what)),
        subject=entry.subject,
        changes=", ".join(_in_words(name) for name in entry.changes if name),
    )


def changed_names(message: object) -> list[str]:
    """Return the names of what a form changed, untranslated, from Django's list of changes."""
    names: list[str] = []
    for part in message if isinstance(message, list) else []:
        for change in part.values():
            names += change.get("fields", [])
            if "name" in change:
                names.append(change["name"])
    return [name for name in dict.fromkeys(names) if name]


BETWEEN = "\t"
FILES = (".csv", ".zip")


def from_to(name: str, was: object, is_now: object) -> str:
    """Return a change as the log keeps it, with what it was and what it is."""
    return BETWEEN.join((name, str(was)[:40], str(is_now)[:40]))


def _in_words(name: str) -> str:
    """A field's label as it was stored, in the reader's language."""
    if name.count(BETWEEN) == 2:  # noqa: PLR2004 -- a name, what was, what is
        label, was, is_now = name.split(BETWEEN)
        return _("%(name)s: %(was)s, now %(now)s") % {
            "name": _in_words(label),
            "was": was or _("nothing"),
            "now": is_now or _("nothing"),
        }
    if name.endswith(FILES):
        return name
    translated = _(name)
    if translated != name:
        return translated
    return capfirst(_(name[:1].lower() + name[1:]))
