"""Sales → Gifts: what was bought for somebody else, and whether it was opened."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from payments.models import Gift
from stores.admin import Group, MenuItem, ReadAdmin, Row, site
from stores.roles import Area
from stores.services.moments import in_short


class GiftAdmin(ReadAdmin):
    """Gifts."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, pgettext_lazy("menu", "Gifts"), 5)
    empty = gettext_lazy("What customers buy as a gift stands here until somebody opens it.")
    search_fields = ("to_name", "to_email", "from_name", "=line__order__number")
    list_select_related = ("line__order",)
    change_form_template = "payments/admin/gift.html"

    def is_in_menu(self, request: HttpRequest) -> bool:
        """Only where somebody ever bought a gift."""
        return Gift.objects.exists()

    def title_of(self, item: Gift) -> str:
        """Return a gift by what it is and for whom."""
        words = {"title": item.line.title, "to": item.to_name or item.to_email or _("somebody")}
        return _("%(title)s, for %(to)s") % words

    def row(self, request: HttpRequest, item: Gift) -> Row:
        """Return what is given to whom, and whether it was opened."""
        state, tone = state_of(item)
        return Row(
            name=self.title_of(item),
            url=self.url_of(item),
            state=state,
            tone=tone,
            detail=_("from %(name)s, order %(number)s")
            % {"name": item.from_name, "number": item.line.order.number},
            next_step=in_short(item.deliver_at),
        )

    def form_context(self, request: HttpRequest, item: Gift | None) -> dict[str, Any]:
        """Return a gift with its order."""
        if item is None:
            return {}
        return {"gift": item, "order": item.line.order, "state": state_of(item)[0]}


def state_of(gift: Gift) -> tuple[str, str]:
    """Return how a gift stands in words, and the tone of it."""
    if gift.withdrawn_at is not None:
        return pgettext("gift", "taken back"), ""
    if gift.claimed_at is not None:
        return _("opened"), "good"
    return (_("mail sent"), "warn") if gift.sent_at else (_("not opened yet"), "warn")


site.register(Gift, GiftAdmin)
