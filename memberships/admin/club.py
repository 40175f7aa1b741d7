"""A club in the store's admin: one form, its months as pages of their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.admin import UploadViews
from core import clock
from memberships.admin.months import MonthViews
from memberships.admin.pieces import PieceViews
from memberships.forms import ClubForm
from memberships.models import Club, Drop
from memberships.services.beginning import advice_for
from memberships.services.months import arrange
from memberships.services.numbers import members_of
from products.admin import FormatAdmin
from products.admin.prices import PriceInline
from products.admin.workspace import OVERVIEW
from products.models import Product
from stores.admin import site
from stores.admin.site import staff_of
from stores.roles import Area

CLOCK_OR_ARCHIVE = {"rhythm", "mode", "first_on", "earlier", "title", "language"}
"""What months are named and opened by."""


class ClubAdmin(MonthViews, PieceViews, UploadViews, FormatAdmin):
    """The form of a club."""

    form = ClubForm
    add_title = gettext_lazy("A new club")
    own_fields = ("rhythm", "mode")
    own_more = ("first_on", "earlier", "keep", "welcome", "group_url", "group_name")

    def content_fields(self, request: HttpRequest, item: Product) -> tuple[Any, Any]:
        """Return how the club works: seven fields, and what the group is called."""
        first = ("rhythm", "mode", "first_on", "earlier", "keep", "welcome", "group_url")
        return first, ("group_name",)

    def missing_at(self, item: Product) -> list[tuple[str, str]]:
        """A missing first month is mended among the months."""
        given = Drop.objects.filter(club=item.pk).given().exists()
        found = super().missing_at(item)
        if given or not found:
            return found
        return [(found[0][0], self.url_for("months", item.pk)), *found[1:]]

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Say beside the prices what is known of clubs."""
        found: list[Any] = super().get_inline_instances(request, obj)
        if isinstance(obj, Club):
            ahead = Drop.objects.filter(club=obj.pk, part__published_at__gt=clock.now()).count()
            for each in found:
                if isinstance(each, PriceInline):
                    each.beside = " ".join(advice_for(ahead))
        return found

    def acts_by_side(self, request: HttpRequest, item: Product) -> dict[str, list[tuple[Any, str]]]:
        """Add the looks of a buyer and of a member."""
        found = super().acts_by_side(request, item)
        address = item.slug or item.public_id
        own = [
            (_("See its page as a buyer"), reverse("storefront:product", args=[address])),
            (_("See it as a member"), reverse("memberships:archive", args=[address])),
        ]
        found[OVERVIEW] = [*own, *found.get(OVERVIEW, [])]
        return found

    def overview(self, request: HttpRequest, item: Product) -> HttpResponse:
        """Show besides how many are members now, rest, are on hold, and left."""
        answer: Any = super().overview(request, item)
        if staff_of(request).may_view(Area.CUSTOMERS):
            rows = f"{reverse('admin:access_access_changelist')}?product__id__exact={item.pk}"
            members = members_of(item, clock.now())
            counted = (
                (members.now, _("members now")),
                (members.resting, _("resting")),
                (members.on_hold, _("on hold")),
                (members.left, _("left")),
            )
            _holders, *others = answer.context_data["numbers"]
            own = [(str(number), words, rows) for number, words in counted]
            answer.context_data["numbers"] = [*own, *others]
        response: HttpResponse = answer
        return response

    def save_model(self, request: HttpRequest, obj: Club, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save the club; its months follow what they are named and opened by."""
        before: Any = Club.objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        if before is not None and CLOCK_OR_ARCHIVE & set(form.changed_data):
            arrange(Club.objects.get(pk=obj.pk), before, clock.now())


site.register(Club, ClubAdmin)
