"""Who has what: the list, one access with its story, giving by hand and taking back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.admin.why import why_view
from access.admin.words import customer_url, origin, standing, story_line, taking_back
from access.contract import Source
from access.forms import GiveForm, TakeBackForm, UntilForm
from access.models import Access, SourceKind
from access.services import granting
from accounts.models import Customer
from core import clock
from stores.admin import Effect, ReadAdmin, Row, confirm, log, site
from stores.admin.site import staff_of
from stores.roles import Area
from stores.scope import current_store
from stores.services.log import write


class AccessAdmin(ReadAdmin):
    """The people who have a product, and one access with its story."""

    area = Area.CUSTOMERS
    search_fields = ("customer__name", "customer__user__email")
    list_filter = (("product", RelatedOnlyFieldListFilter),)
    ordering = ("-id",)
    empty = gettext_lazy("Whoever buys something, or is given it, stands here.")
    change_form_template = "access/admin/access.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add giving, taking back and giving again."""
        view = self.admin_site.admin_view
        return [
            path("give/<int:customer_pk>/", view(self.give_view), name="access_access_give"),
            path("why/<int:customer_pk>/", view(why_view), name="access_access_why"),
            path("<int:pk>/until/", view(self.until_view), name="access_access_until"),
            path("<int:pk>/take-back/", view(self.take_back_view), name="access_access_take_back"),
            path("<int:pk>/restore/", view(self.restore_view), name="access_access_restore"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Access]:
        """Return accesses with whom and what they are about."""
        found: QuerySet[Access] = super().get_queryset(request)
        return found.select_related("customer__user", "product")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Call the list what it is."""
        return super().changelist_view(request, {"title": _("Who has what")})

    def title_of(self, item: Access) -> str:
        """Return who has what."""
        return _("%(who)s and “%(what)s”") % {"who": item.customer, "what": item.product}

    def row(self, request: HttpRequest, item: Access) -> Row:
        """Return who has what, how it stands, and from where."""
        now = clock.now()
        return Row(
            name=str(item.customer),
            url=self.url_of(item),
            state=_("open") if item.is_live(now) else _("closed"),
            tone="good" if item.is_live(now) else "",
            detail=f"{item.product} · {standing(item, now)}",
            next_step=origin(item),
        )

    def back_url(self, request: HttpRequest, item: Any) -> str:
        """Return to the customer."""
        return customer_url(item.customer) if item else ""

    def form_context(self, request: HttpRequest, item: Access | None) -> dict[str, Any]:
        """Return how the access stands and its story."""
        if item is None:
            return {}
        return {
            "access": item,
            "standing": standing(item, clock.now()),
            "origin": origin(item),
            "customer_url": customer_url(item.customer),
            "story": [story_line(event) for event in item.events.order_by("-id")],
            "acts": self.ways(request, item),
        }

    def ways(self, request: HttpRequest, item: Access) -> list[tuple[Any, str]]:
        """Return what can be done with an access."""
        if not self.has_change_permission(request):
            return []
        ways: list[tuple[Any, str]] = []
        if item.revoked_at is None:
            if item.awaits_id is None:
                ways.append((_("Set until when"), self.url_for("until", item.pk)))
            ways.append((_("Take access back"), self.url_for("take_back", item.pk)))
        else:
            ways.append((_("Open it again"), self.url_for("restore", item.pk)))
        if item.parent_id is None:
            url = reverse("admin:payments_findrequest_access", args=[item.pk])
            ways.append((_("Move to another address"), url))
        return ways

    # -- giving and taking back

    def give_view(self, request: HttpRequest, customer_pk: int) -> HttpResponse:
        """Ask what to give a customer, and give it."""
        customer = Customer.objects.select_related("user").filter(pk=customer_pk).first()
        if customer is None:
            raise Http404
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = GiveForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            give(request, customer, form.cleaned_data)
            return HttpResponseRedirect(customer_url(customer))
        effect = Effect(
            title=_("Give %(who)s access") % {"who": customer},
            verb=_("Give access"),
            sentences=[_("It opens at once and costs nothing. No mail goes out.")],
            back_url=customer_url(customer),
        )
        return confirm(request, effect, form)

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before taking access back, and take it."""
        access = self.found(request, pk)
        form = TakeBackForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            staff = staff_of(request)
            because = form.cleaned_data["because"]
            granting.revoke(access, now=clock.now(), by=staff.name, because=because)
            write(staff, log.TAKE_BACK, access.product, [str(access.customer)])
            messages.success(request, _("Access was taken back."))
            return HttpResponseRedirect(customer_url(access.customer))
        effect = Effect(
            title=_("Take “%(what)s” back from %(who)s?")
            % {"what": access.product, "who": access.customer},
            verb=_("Take access back"),
            sentences=taking_back(access),
            back_url=self.url_of(access),
            is_dangerous=True,
        )
        return confirm(request, effect, form)

    def until_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask until when an access should be open, and set it."""
        access = self.found(request, pk)
        if access.revoked_at is not None or access.awaits_id is not None:
            raise Http404
        zone = current_store().zone
        form = UntilForm(
            request.POST if request.method == "POST" else None,
            initial={"until": last_day(access, zone)},
        )
        if form.is_valid():
            staff, until = staff_of(request), form.cleaned_data["until"]
            granting.set_end(
                access,
                end_of_day(until, zone) if until else None,
                now=clock.now(),
                by=staff.name,
                because=form.cleaned_data["because"],
            )
            write(staff, log.EXTEND, access.product, [str(access.customer)])
            messages.success(request, _("Set."))
            return HttpResponseRedirect(self.url_of(access))
        effect = Effect(
            title=_("Until when is “%(what)s” open for %(who)s?")
            % {"what": access.product, "who": access.customer},
            verb=_("Set it"),
            sentences=[
                _("Now: %(standing)s.") % {"standing": standing(access, clock.now())},
                _("A day that has passed closes it. What they wrote is kept; no mail goes out."),
            ],
            back_url=self.url_of(access),
        )
        return confirm(request, effect, form)

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before opening again what was taken back."""
        access = self.found(request, pk)
        if request.method == "POST":
            staff = staff_of(request)
            granting.restore(access, now=clock.now(), by=staff.name)
            write(staff, log.GIVE, access.product, [str(access.customer)])
            messages.success(request, _("It is open again."))
            return HttpResponseRedirect(self.url_of(access))
        effect = Effect(
            title=_("Open “%(what)s” again for %(who)s?")
            % {"what": access.product, "who": access.customer},
            verb=_("Open it again"),
            sentences=[_("It opens at once, as it was. No mail goes out.")],
            back_url=self.url_of(access),
        )
        return confirm(request, effect)

    def found(self, request: HttpRequest, pk: int) -> Access:
        """Return an access of this store that this person may change."""
        access: Access | None = self.get_queryset(request).filter(pk=pk).first()
        if access is None:
            raise Http404
        if not self.has_change_permission(request, access):
            raise PermissionDenied
        return access


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment a day ends."""
    return clock.add_period(clock.start_of_day(day, zone), "day", 1, zone)


def last_day(access: Access, zone: ZoneInfo) -> date | None:
    """Return the last day an access is open, or None for good."""
    if access.ends_at is None:
        return None
    return clock.local_day(access.ends_at - timedelta(seconds=1), zone)


def give(request: HttpRequest, customer: Customer, wanted: dict[str, Any]) -> Access:
    """Give by hand what the form says, once per page that was shown."""
    now, staff = clock.now(), staff_of(request)
    until = wanted["until"]
    zone = current_store().zone
    ends_at = end_of_day(until, zone) if until else None
    access = granting.grant(
        customer,
        product=wanted["product"],
        source=Source(SourceKind.HAND, wanted["giving"]),
        starts_at=now,
        now=now,
        ends_at=ends_at,
        by=staff.name,
        because=wanted["because"],
    )
    write(staff, log.GIVE, wanted["product"], [str(customer)])
    messages.success(request, _("“%(what)s” is open.") % {"what": wanted["product"]})
    return access


site.register(Access, AccessAdmin)
