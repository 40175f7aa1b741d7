"""Customers → Mailing lists: the lists, who is on them, and a table of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from products.services.moments import short_day
from storefront.models import MailingList, SignUp
from storefront.services.signups.tables import header, lines
from stores.admin import Group, MenuItem, ReadAdmin, Row, StoreModelAdmin, site
from stores.admin.tables import send_table
from stores.roles import Area

STANDING = Q(
    sign_ups__confirmed_at__isnull=False, sign_ups__left_at=None, sign_ups__wants_news=True
)


class MailingListAdmin(StoreModelAdmin):
    """The lists that forms on pages fill."""

    area = Area.CUSTOMERS
    menu = MenuItem(Group.CUSTOMERS, gettext_lazy("Mailing lists"), 4)
    fieldsets = ((None, {"fields": ("title",)}),)
    add_verb = gettext_lazy("New list")
    lead = gettext_lazy(
        "Each is filled by forms on your pages, after a yes from the mailbox itself."
    )
    empty = gettext_lazy("Make a list, and put a form on a page that fills it.")
    search_fields = ("title",)

    def rows(self, request: HttpRequest, items: Sequence[MailingList]) -> list[Row]:
        """Return each list with how many are on it."""
        counts = dict(
            MailingList.objects.filter(pk__in=[item.pk for item in items])
            .annotate(people=Count("sign_ups__customer", filter=STANDING, distinct=True))
            .values_list("pk", "people")
        )
        page = reverse("admin:storefront_signup_changelist")
        return [
            Row(
                name=item.title,
                url=self.url_of(item),
                number=ngettext("%(count)s person", "%(count)s people", counts.get(item.pk, 0))
                % {"count": counts.get(item.pk, 0)},
                number_url=f"{page}?list__id__exact={item.pk}",
            )
            for item in items
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A list that nobody is on may go."""
        if obj is None or not self.has_change_permission(request, obj):
            return False
        return not SignUp.objects.filter(list=obj).exists()

    def acts(self, request: HttpRequest, item: MailingList | None) -> list[tuple[str, str]]:
        """Return the ways to its people and their table."""
        if item is None:
            return []
        people = reverse("admin:storefront_signup_changelist")
        table = reverse("admin:storefront_signup_table")
        found = [
            (_("Who is on it"), f"{people}?list__id__exact={item.pk}"),
            (_("Download as a table"), f"{table}?list={item.pk}"),
        ]
        if self.has_delete_permission(request, item):
            found.append((_("Delete"), self.url_for("delete", item.pk)))
        return found


class SignUpAdmin(ReadAdmin):
    """The people who confirmed a form."""

    area = Area.CUSTOMERS
    menu = MenuItem(
        Group.CUSTOMERS,
        gettext_lazy("People on mailing lists"),
        5,
        within="storefront.mailinglist",
    )
    search_fields = ("email", "name")
    list_filter = (("list", RelatedOnlyFieldListFilter),)
    ordering = ("-confirmed_at",)
    add_verb = gettext_lazy("Download as a table")
    empty = gettext_lazy("Whoever fills in a form on a page, and says yes by mail, stands here.")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the table."""
        view = self.admin_site.admin_view
        return [
            path("table.csv", view(self.table_view), name="storefront_signup_table"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignUp]:
        """Return who confirmed the address."""
        found: QuerySet[SignUp] = super().get_queryset(request)
        return found.exclude(confirmed_at=None).select_related("page", "list", "gift", "customer")

    def add_url(self, request: HttpRequest) -> str:
        """Return the table of what is listed, narrowed as the list is."""
        if not SignUp.objects.exclude(confirmed_at=None).exists():
            return ""
        chosen = request.GET.get("list__id__exact", "")
        url = self.url_for("table")
        return f"{url}?list={chosen}" if chosen.isdecimal() else url

    def row(self, request: HttpRequest, item: SignUp) -> Row:
        """Return who, on which list, since when, with what they agreed to."""
        words = [
            item.list.title if item.list else "",
            item.page.title if item.page else item.source,
        ]
        words += [_("gift: %(title)s") % {"title": item.gift.title}] if item.gift else []
        words += [item.wording] if item.wants_news else [_("no news, only the gift")]
        state = _("left the list") if item.left_at else ""
        return Row(
            name=item.name or item.email,
            url=reverse("admin:accounts_customer_change", args=[item.customer_id])
            if item.customer_id
            else "",
            state=state,
            detail=" · ".join(filter(None, words)),
            next_step=short_day(item.confirmed_at or item.asked_at),
        )

    def table_view(self, request: HttpRequest) -> HttpResponse:
        """Send the people as a table."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        rows = self.get_queryset(request).order_by("list", "confirmed_at")
        chosen = request.GET.get("list", "")
        if chosen.isdecimal() and len(chosen) < LONGEST_KEY:
            rows = rows.filter(list=int(chosen))
        return send_table(request, "mailing-list.csv", header(), lines(rows))


LONGEST_KEY = 18

site.register(MailingList, MailingListAdmin)
site.register(SignUp, SignUpAdmin)
