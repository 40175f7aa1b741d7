"""Sales → Teams: who bought places for others, who has them, and taking one back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core import clock
from payments.errors import PaymentError
from payments.models import Team, TeamPlace
from payments.services.teams import claiming, inviting
from payments.services.teams.holders import subscription_of_team
from payments.services.teams.showing import counts_in_words, page_of
from payments.services.teams.standing import counts_of, why_closed
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.site import staff_of
from stores.roles import Area
from stores.services.log import write


class TeamAdmin(ReadAdmin):
    """Teams."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, pgettext_lazy("menu", "Teams"), 6)
    empty = gettext_lazy("Who buys places for a team stands here, with who has them.")
    search_fields = (
        *("manager__name", "manager__user__email", "line__title", "=line__order__number"),
        *("places__to_email", "places__claimed_by__user__email"),
    )
    list_select_related = ("manager__user", "line__order")
    change_form_template = "payments/admin/team.html"

    def is_in_menu(self, request: HttpRequest) -> bool:
        """Only where somebody ever bought for a team."""
        return bool(Team.objects.exists())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """Return teams with who manages them."""
        found: QuerySet[Team] = super().get_queryset(request)
        return found.select_related("manager__user", "line__order", "line__product")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the page that takes a place back."""
        view = self.admin_site.admin_view(self.take_back_view)
        name = "payments_team_take_back"
        return [path("<int:pk>/take-back/<int:place_pk>/", view, name=name), *super().get_urls()]

    def title_of(self, item: Team) -> str:
        """Return a team by who manages it and what it is for."""
        return f"{who_manages(item)} · {item.line.title}"

    def row(self, request: HttpRequest, item: Team) -> Row:
        """Return who manages it, and how many places are taken."""
        closed = why_closed(item, clock.now())
        return Row(
            name=self.title_of(item),
            url=self.url_of(item),
            state=closed or _("open"),
            tone="warn" if closed else "good",
            detail=counts_in_words(counts_of(item)),
        )

    def form_context(self, request: HttpRequest, item: Team | None) -> dict[str, Any]:
        """Return a team with its places, its order and what pays for it."""
        if item is None:
            return {}
        staff = staff_of(request)
        subscription = subscription_of_team(item)
        places = {place.public_id: place.pk for place in item.places.all()}
        may_change = staff.may_change(Area.SALES)
        return {
            "team": item,
            "order": item.line.order,
            "who": who_manages(item),
            "page": (page := page_of(item, clock.now())),
            "places": [
                (
                    row,
                    reverse("admin:payments_team_take_back", args=[item.pk, places[row.public_id]])
                    if may_change
                    else "",
                )
                for row in page.rows
            ],
            "subscription": subscription,
            "customer_url": reverse("admin:accounts_customer_change", args=[item.manager_id])
            if staff.may_view(Area.CUSTOMERS)
            else "",
        }

    def take_back_view(self, request: HttpRequest, pk: int, place_pk: int) -> HttpResponse:
        """Take a place back, or an invitation, for its manager; it says what that means before."""
        item = self.get_queryset(request).filter(pk=pk).first()
        places = TeamPlace.objects.standing().filter(team=item, pk=place_pk)
        place = places.select_related("claimed_by__user", "team__line__order").first()
        if item is None or place is None or place.is_free:
            raise Http404
        staff = staff_of(request)
        if not staff.may_change(Area.SALES):
            raise PermissionDenied
        member = place.claimed_by
        who = (member.name or member.user.email) if member else place.to_email
        effect = Effect(
            title=_("Take the place of %(who)s back?") % {"who": who},
            verb=pgettext("a team's place", "Take it back"),
            sentences=(
                [
                    _("It closes for them at once, and they get a mail that says so."),
                    _("The place is free again: the team's manager gives it to somebody else."),
                    _("No money goes back by this."),
                ]
                if member
                else [_("The invitation's link opens nothing any more. No mail goes out.")]
            ),
            back_url=self.url_of(item),
            is_dangerous=True,
        )
        if request.method != "POST":
            return confirm(request, effect)
        now = clock.now()
        try:
            if member is None:
                inviting.withdraw(place, now=now)
            else:
                claiming.take_back(place, now=now, by=staff.name)
        except PaymentError as refused:
            messages.warning(request, str(refused.sentence))
        else:
            messages.success(request, _("Done. See below how it stands."))
            write(staff, log.CHANGE, item, [str(effect.verb)])
        return HttpResponseRedirect(self.url_of(item))


def who_manages(team: Team) -> str:
    """Return who gives out the places: by their own name, or by what they ordered under."""
    name = team.manager.name or team.line.order.name
    return str(name or team.manager.user.email)


site.register(Team, TeamAdmin)
