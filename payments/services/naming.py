"""What an order is called in lists: what was bought, or whose later charge it is."""

from __future__ import annotations

from django.utils.translation import gettext as _

from payments.models import Order


def what_of(order: Order) -> str:
    """Return what was in an order, in the reader's language; its lines are fetched already."""
    titles = ", ".join(line.title for line in order.lines.all())
    if order.is_renewal:
        return _("later charge of %(titles)s") % {"titles": titles}
    return titles
