"""What was last asked for, and by which name: a call's key begins with it."""

from __future__ import annotations

from django.utils.translation import pgettext

from payments.models import OutboundCall, Subscription

ENDS, LEAVES, STAYS, RESTS, RETURNS = "end", "leave", "stay", "rest", "return"
NOTICE = "notice"
"""A cancel notice: the day of its end is set, or it ends at once where nothing is paid for."""
GIVES_UP_REST = "unrest"
"""A rest that is given up because who rests leaves: no mail says so, the one of leaving does."""


def deed_in_words(call: OutboundCall) -> str:
    """Return what a call asked for, in the language being read."""
    name = call.key.partition("-")[0]
    return {
        ENDS: pgettext("what was changed", "ended that day"),
        LEAVES: pgettext("what was changed", "to end with what is paid"),
        STAYS: pgettext("what was changed", "to go on after all"),
        RESTS: pgettext("what was changed", "a rest"),
        RETURNS: pgettext("what was changed", "back from a rest"),
        NOTICE: pgettext("what was changed", "stopped by a cancel notice"),
        GIVES_UP_REST: pgettext("what was changed", "a rest given up"),
    }.get(name, pgettext("what was changed", "another change"))


def deed_of(subscription: Subscription) -> str:
    """Return the name of the last change we asked for; empty when we asked for none."""
    last = OutboundCall.objects.filter(subscription=subscription).order_by("-id").first()
    return last.key.partition("-")[0] if last is not None else ""
