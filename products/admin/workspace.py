"""A product's workspace: one page for each side of it, instead of one long form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import clock
from products.admin.lists import people_on_lists
from products.admin.openings import opening_lines
from products.admin.plans import plan_and_advice
from products.admin.replacing import replacing_lines
from products.contract import holders
from products.models import Product
from products.services.sales import sold_counts
from stores import slots
from stores.admin.site import staff_of
from stores.roles import Area

if TYPE_CHECKING:
    from django.utils.functional import Promise

    Text = str | Promise

OVERVIEW, CONTENT, PRICES, PAGE = "overview", "content", "prices", "page"
PEOPLE, MESSAGES, SETTINGS = "people", "messages", "settings"
FORMS = (CONTENT, PRICES, PAGE, MESSAGES, SETTINGS)
"""The sides of a product that are forms; overview and people are pages to read."""
ORDER = {OVERVIEW: 0, CONTENT: 10, PRICES: 20, PAGE: 30, PEOPLE: 40, MESSAGES: 50, SETTINGS: 60}
STEP = 10


@dataclass(frozen=True)
class WorkspaceTab:
    """One tab as a page shows it; what belongs to the same side stands below it."""

    name: Text
    url: str
    is_here: bool = False
    below: Sequence[WorkspaceTab] = ()


def side_of(request: HttpRequest) -> str:
    """Return which side of the product is asked for; empty where the whole form is."""
    return getattr(request, "side", "")


class WorkspaceViews:
    """The pages of a product's workspace, for the admin of every format."""

    def workspace_urls(self: Any) -> list[URLPattern]:
        """Return the addresses of the sides."""
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        forms = [
            path(f"<int:pk>/{key}/", view(self.side_view), {"key": key}, name=f"{name}_{key}")
            for key in FORMS
        ]
        people = path(f"<int:pk>/{PEOPLE}/", view(self.people_view), name=f"{name}_{PEOPLE}")
        return [*forms, people]

    def side_view(self: Any, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        """Show or save one side of a product."""
        item = self.asked_for(request, pk)
        if request.method == "POST" and not self.has_change_permission(request, item):
            raise PermissionDenied
        there = self.side_url(item, key)
        if there != request.path:
            return HttpResponseRedirect(there)
        request.side = key  # type: ignore[attr-defined]  # read by side_of
        response: HttpResponse = self.changeform_view(request, str(pk))
        return response

    def overview(self: Any, request: HttpRequest, item: Product) -> HttpResponse:
        """Show how a product stands: what is missing, its few numbers, what comes next."""
        request.side = OVERVIEW  # type: ignore[attr-defined]  # read by side_of
        context = {
            **self.workspace_context(request, item),
            **plan_and_advice(item),
            "numbers": numbers_of(request, item),
            "acts": self.acts(request, item),
            "log_url": self.url_for("history", item.pk),
        }
        return TemplateResponse(request, "products/admin/overview.html", context)

    def people_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Show how many have a product and who waits for it, each number with its rows."""
        item = self.asked_for(request, pk)
        if not staff_of(request).may_view(Area.CUSTOMERS):
            raise PermissionDenied
        there = self.side_url(item, PEOPLE)
        if there != request.path:
            return HttpResponseRedirect(there)
        request.side = PEOPLE  # type: ignore[attr-defined]  # read by side_of
        may_give = staff_of(request).may_change(Area.CUSTOMERS)
        context = {
            **self.workspace_context(request, item),
            "numbers": numbers_of(request, item),
            "on_list": people_on_lists(item, staff_of(request)),
            "acts": self.acts(request, item),
            "give_url": reverse("admin:accounts_customer_changelist") if may_give else "",
        }
        return TemplateResponse(request, "products/admin/people.html", context)

    def asked_for(self: Any, request: HttpRequest, pk: int) -> Product:
        """Return a product of this store that this person may see."""
        item: Product | None = self.get_object(request, str(pk))
        if item is None:
            raise Http404
        if not self.has_view_permission(request, item):
            raise PermissionDenied
        return item

    def workspace_context(self: Any, request: HttpRequest, item: Product) -> dict[str, Any]:
        """Return what the head of every page of the workspace shows."""
        return {
            **self.admin_site.each_context(request),
            "title": self.title_of(item),
            "back_url": self.back_url(request, item),
            "tabs": self.tabs(request, item),
            "opening_lines": [*replacing_lines(item), *opening_lines(item)],
            **self.form_context(request, item),
        }

    def side_url(self: Any, item: Product, key: str) -> str:
        """Return the address of one side of a product, whatever its format."""
        from products.admin.catalogue import act_url, url_of_product  # the two need each other

        return url_of_product(item) if key == OVERVIEW else act_url(item, key)

    # -- the tabs

    def tabs(self: Any, request: HttpRequest, item: Product | None) -> Sequence[WorkspaceTab]:
        """Return the tabs of a product's workspace, the format's own below Content."""
        if item is None:
            return ()
        found = []
        added = tabs_added(request, item)
        for key, name in self.sides(request, item):
            url = self.side_url(item, key)
            below = [each for each in added if ORDER[key] <= each.order < ORDER[key] + STEP]
            own = [tab for tab in item.contract.workspace(item) if key == CONTENT]
            first = [] if own or key == CONTENT else [WorkspaceTab(name, url)]
            inner = [WorkspaceTab(tab.name, tab.url) for tab in own]
            inner += [WorkspaceTab(tab.name, tab.url) for tab in below]
            if key == CONTENT and not inner and not self.content_fields(request, item):
                continue
            if key == CONTENT and inner:
                url = inner[0].url
            found.append(_marked(WorkspaceTab(name, url, below=[*first, *inner]), request.path))
        return found

    def sides(self: Any, request: HttpRequest, item: Product) -> list[tuple[str, Text]]:
        """Return the sides this person may see, by name."""
        sees_people = staff_of(request).may_view(Area.CUSTOMERS)
        return [
            (OVERVIEW, _("Overview")),
            (CONTENT, pgettext("workspace", "Content")),
            (PRICES, _("Prices")),
            (PAGE, _("Sales page")),
            *([(PEOPLE, _("People"))] if sees_people else []),
            (MESSAGES, _("Messages")),
            (SETTINGS, _("Settings")),
        ]

    # -- what stands on which side

    def content_fields(self: Any, request: HttpRequest, item: Product) -> tuple[Any, Any]:
        """Return the format's own fields, and those of them under "more"."""
        return self.own_fields, self.own_more

    def message_fields(self: Any, item: Product) -> tuple[str, ...]:
        """Return the format's fields about talking with those who have it."""
        return ()

    def fields_of(self: Any, request: HttpRequest, item: Product, key: str) -> tuple[Any, Any]:
        """Return the fields of one side: at most seven, and those under "more"."""
        if key == CONTENT:
            found: tuple[Any, Any] = self.content_fields(request, item)
            return found
        if key == PAGE:
            return (
                ("title", "result", "tagline", "description", "cover_file", "maker", "keeps"),
                (),
            )
        if key == SETTINGS:
            return ("language", "slug", *self.inside_more), ()
        return (self.message_fields(item) if key == MESSAGES else ()), ()

    def message_links(self: Any, request: HttpRequest, item: Product) -> list[tuple[Text, str]]:
        """Return where the words stand that belong to a product."""
        staff = staff_of(request)
        found: list[tuple[Text, str]] = []
        if staff.may_view(Area.MAILS):
            words = reverse("admin:mail_wording_changelist")
            found.append((_("The mails your customers get"), words))
        if staff.may_view(Area.CUSTOMERS):
            asked = f"{reverse('admin:content_thread_changelist')}?{urlencode({'q': item.title})}"
            found.append((_("What people ask about it"), asked))
        return found


def tabs_added(request: HttpRequest, item: Product) -> list[slots.ProductTab]:
    """Return the tabs that other apps bring, as far as this person may see them."""
    staff = staff_of(request)
    found = [tab for entry in slots.product_tabs.all() for tab in entry(item)]
    return sorted(
        (tab for tab in found if staff.may_view(Area(tab.area))), key=lambda tab: tab.order
    )


def numbers_of(request: HttpRequest, item: Product) -> list[tuple[str, Text, str]]:
    """Return the few numbers of a product: value, what it counts, and its rows."""
    staff = staff_of(request)
    found: list[tuple[str, Text, str]] = []
    if staff.may_view(Area.CUSTOMERS):
        rows = f"{reverse('admin:access_access_changelist')}?product__id__exact={item.pk}"
        count = sum(each(item, clock.now()) for each in holders)
        found.append((str(count), ngettext("person has it", "people have it", count), rows))
    sold = sold_counts([item]).get(item.pk, 0)
    if staff.may_view(Area.SALES):
        orders = f"{reverse('admin:payments_order_changelist')}?{urlencode({'q': item.title})}"
        found.append((str(sold), _("sold"), orders))
    on_list = people_on_lists(item, staff)
    if on_list is not None:
        number, _space, words = on_list[0].partition(" ")
        found.append((number, words, on_list[1]))
    return found


def _marked(tab: WorkspaceTab, path: str) -> WorkspaceTab:
    """Return a tab that knows whether its page, or one below it, is the one asked for."""
    below = [replace(each, is_here=each.url == path) for each in tab.below]
    is_here = tab.url == path or any(each.is_here for each in below)
    return replace(tab, is_here=is_here, below=below if len(below) > 1 else ())
