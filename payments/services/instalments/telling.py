"""What is said before and after something is bought that is paid in several monthly charges."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import money
from payments.contract import QuotedLine
from payments.services.instalments.spreading import later_total
from payments.services.subscriptions.wording import in_day
from products.models import Price


def told_of_spread(
    line: QuotedLine, total: int, next_at: datetime, last_at: datetime
) -> tuple[str, str, str]:
    """Return what is paid today, what then and until when, and that it can be paid at once.

    ``total`` is what is paid today, in minor units, with what is taken beside it.
    """
    currency = line.price.currency
    more = line.charges - 1
    words = {
        "amount": money.display(total, currency),
        "more": more,
        "each": money.display(line.later, currency),
        "whole": money.display(total + later_total(line), currency),
        "day": in_day(next_at),
        "last": in_day(last_at),
    }
    then = ngettext(
        "Then %(more)s more charge of %(each)s, on %(day)s: %(whole)s in all.",
        "Then %(more)s more charges of %(each)s, one a month from %(day)s to %(last)s:"
        " %(whole)s in all.",
        more,
    )
    return (
        _("%(amount)s today.") % words,
        then % words,
        " ".join(
            [
                _("After the last one no more is charged.")
                if line.price.length != Price.Length.FOR_GOOD
                else _("After the last one no more is charged, and it is yours for good."),
                _("The rest can be paid at once whenever you like, on your page here."),
            ]
        ),
    )
