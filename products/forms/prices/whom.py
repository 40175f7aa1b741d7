"""For whom a price is: for oneself, only for somebody else, or for the places of a team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.models import Price

WHOM_FIELDS = ("is_gift", "seats_min", "seats_max")
MOST_SEATS = 500
"""More in one order than a page can show is a matter for a talk, not for a checkout."""
PAID_LATER = (Price.Kind.SUBSCRIPTION, Price.Kind.INSTALMENTS)
FOR_TEAMS = (Price.Kind.ONE_TIME, Price.Kind.SUBSCRIPTION)


class ForWhomFields(forms.Form):
    """Asked under "more": whether it is sold only as a gift, and for how many places."""

    is_gift = forms.BooleanField(
        label=gettext_lazy("Sold only as a gift"),
        required=False,
        help_text=gettext_lazy(
            "Its button says “Give as a gift”. Its time begins when whoever gets it opens it."
        ),
    )
    seats_min = forms.IntegerField(
        label=gettext_lazy("For teams: at least how many places"),
        required=False,
        widget=forms.NumberInput({"min": 1}),
        help_text=gettext_lazy(
            "The price is then for each place. Left empty, it is a price for one."
        ),
    )
    seats_max = forms.IntegerField(
        label=gettext_lazy("For teams: at most how many places"),
        required=False,
        widget=forms.NumberInput({"min": 1}),
    )


def check_whom(form: Any, values: dict[str, Any]) -> None:
    """Add to a price's form what does not fit about gifts and teams, and fill in what was left."""
    least, most = values.get("seats_min"), values.get("seats_max")
    if values.get("is_gift") and values.get("kind") in PAID_LATER:
        form.add_error("is_gift", _("A subscription cannot be given. Choose one payment."))
    was = form.instance if form.instance.pk else None
    if was is not None and was.is_frozen and was.is_team != bool(least or most):
        form.add_error(
            "seats_min", _("Somebody bought at this price, so it stays as it is. Offer a new one.")
        )
    if not least and not most:
        values["seats_min"] = values["seats_max"] = None
        return
    least = values["seats_min"] = least or 1
    most = values["seats_max"] = most or MOST_SEATS
    if not 1 <= least <= most <= MOST_SEATS:
        words = {"most": MOST_SEATS}
        form.add_error("seats_max", _("From the least number of places to %(most)s.") % words)
    if values.get("kind") not in FOR_TEAMS:
        form.add_error("seats_min", _("A team pays once, or by subscription."))
    if values.get("is_gift"):
        form.add_error("is_gift", _("A team's places are given by invitation anyway."))
    if values.get("trial_days"):
        form.add_error("trial_days", _("A team's price has no free days."))
    if values.get("length") == Price.Length.UNITS:
        form.add_error("length", _("What counts issues cannot be shared out among places."))
    if _is_in_print(form, values):
        form.add_error("seats_min", _("What is posted cannot be given out by invitation."))


def _is_in_print(form: Any, values: dict[str, Any]) -> bool:
    """Whether an option is chosen that is posted or opens nothing."""
    product = form.product
    option = product.contract.option(product, values.get("option") or "") if product else None
    return option is not None and (option.is_posted or not option.opens)
