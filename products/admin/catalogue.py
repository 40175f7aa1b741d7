"""Products: the one list of all formats, as sentences, and the choice of a format."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core import clock
from products.admin.drafts import UndoView
from products.admin.format import FormatAdmin
from products.admin.lists import ListViews
from products.admin.openings import OpeningViews
from products.admin.plans import PlanView
from products.admin.replacing import ReplacingViews
from products.admin.sharing import ShareViews
from products.admin.states import TONES
from products.admin.undoing import PutBackView
from products.contract import ProductFormat, formats
from products.models import Price, Product
from products.services.catalogue import move_product
from products.services.drafts import deleted_lately
from products.services.sales import sold_counts
from stores.admin import Group, MenuItem, Row, site
from stores.admin.filters import StateFilter
from stores.roles import Area

if TYPE_CHECKING:
    from django.utils.functional import Promise

    Text = str | Promise

FEWEST_IN_A_BUNDLE = 2


class ProductStateFilter(StateFilter):
    """On sale, draft, closed and so on."""

    states = Product.Status


class FormatFilter(SimpleListFilter):
    """By format, each that some product of this store is of."""

    title = gettext_lazy("kind of product")
    parameter_name = "format"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the formats there are products of, when there are several."""
        used = set(model_admin.get_queryset(request).order_by().values_list("format", flat=True))
        return [(each.key, str(each.plural)) for each in formats if each.key in used]

    def has_output(self) -> bool:
        """With one kind there is nothing to choose."""
        return len(self.lookup_choices) > 1

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """Return the products of the format chosen; one that is none narrows nothing."""
        return queryset.filter(format=self.value()) if self.value() in formats else queryset


class ProductAdmin(
    UndoView,
    PutBackView,
    PlanView,
    ShareViews,
    OpeningViews,
    ReplacingViews,
    ListViews,
    FormatAdmin,
):
    """The list of all products; a row opens the form of its format. Bundles have theirs here."""

    menu = MenuItem(Group.PRODUCTS, pgettext_lazy("menu", "All products"), 1)
    add_verb = gettext_lazy("New product")
    empty = gettext_lazy("What you sell stands here: a book, a course, whatever you know.")
    list_filter = (ProductStateFilter, FormatFilter)
    ordering = ("position", "-id")
    change_list_template = "products/admin/list.html"
    add_title = gettext_lazy("A new bundle")
    own_fields = ("inside",)
    inside_more = ()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add a new bundle's form, moving in the list, and bringing back."""
        view = self.admin_site.admin_view
        return [
            path("bundle/", view(self.bundle_view), name="products_product_bundle"),
            path("<int:pk>/up/", view(self.move_view), {"by": -1}, "products_product_up"),
            path("<int:pk>/down/", view(self.move_view), {"by": 1}, "products_product_down"),
            path("<int:pk>/undo/", view(self.undo_view), name="products_product_undo"),
            path("<int:pk>/plan/", view(self.plan_view), name="products_product_plan"),
            *self.share_urls(),
            *self.opening_urls(),
            *self.list_urls(),
            *self.put_back_urls(),
            *self.replacing_urls(),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list, and what can still be brought back."""
        may = self.has_change_permission(request)
        gone = list(deleted_lately(clock.now())) if may else []
        undo = [(each.title, self.url_for("undo", each.pk)) for each in gone]
        return super().changelist_view(request, {"undo": undo, **(extra_context or {})})

    def move_view(self, request: HttpRequest, pk: int, by: int) -> HttpResponse:
        """Move a product one place in the shop on POST."""
        product = self.get_object(request, str(pk))
        if product is None:
            raise Http404
        if not self.has_change_permission(request, product):
            raise PermissionDenied
        if request.method == "POST":
            move_product(product, by)
        return HttpResponseRedirect(self.url_for("changelist"))

    def bundle_view(self, request: HttpRequest) -> HttpResponse:
        """Show the form of a new bundle, and save it."""
        response: HttpResponse = super(FormatAdmin, self).add_view(request)
        return response

    def is_here(self, path: str) -> bool:
        """Whether the page is one of a format's own."""
        return any(
            path.startswith(admin.url_for("changelist")) for admin in format_admins().values()
        )

    def url_of(self, row: Any) -> str:
        """Return the form of the product's format."""
        return url_of_product(row)

    def rows(self, request: HttpRequest, items: Sequence[Product]) -> list[Row]:
        """Return the list's rows; the facts of all are asked for at once."""
        sold = sold_counts(items)
        prices = prices_of(items)
        missing = missing_of([item for item in items if item.status == Product.Status.DRAFT])
        found = [
            self.sentence(item, sold.get(item.pk, 0), prices[item.pk], missing.get(item.pk))
            for item in items
        ]
        if request.GET or len(found) == 1 or not self.has_change_permission(request):
            return found
        last = len(found) - 1
        return [
            replace(row, moves=self.moves(item, is_first=not number, is_last=number == last))
            for number, (row, item) in enumerate(zip(found, items, strict=True))
        ]

    def moves(
        self, item: Product, *, is_first: bool, is_last: bool
    ) -> tuple[tuple[str, str, str], ...]:
        """Return the arrows of a row: where it can go, and in words."""
        words = {"title": item.title}
        up = ("up", _("Move “%(title)s” up") % words, self.url_for("up", item.pk))
        down = ("down", _("Move “%(title)s” down") % words, self.url_for("down", item.pk))
        return (*(() if is_first else (up,)), *(() if is_last else (down,)))

    def sentence(
        self, item: Product, sold: int, prices: list[Price], missing: list[Text] | None
    ) -> Row:
        """Return one product as a sentence: name, state, what it is and costs, sold, next."""
        cost = " · ".join(_("free") if not price.amount else price.display() for price in prices)
        label = capfirst(str(item.contract.label))
        people = ngettext("%(count)s sold", "%(count)s sold", sold) % {"count": sold}
        row_url = self.url_of(item)
        step, step_url = "", ""
        if missing:
            step = str(missing[0])
        elif missing is not None:
            step, step_url = _("Put on sale"), act_url(item, "publish")
        return Row(
            name=item.title or _("Without a title"),
            url=row_url,
            state=item.get_status_display(),
            tone=TONES.get(Product.Status(item.status), ""),
            detail=f"{label} · {cost}" if cost else label,
            number=people if sold else "",
            number_url=people_url(item) if sold else "",
            next_step=step,
            next_url=step_url,
        )

    # -- the forms belong to the formats

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Choose a format; with one there is nothing to choose."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        choices = [
            (capfirst(str(each.label)), each.advice.sentence if each.advice else "", admin)
            for each, admin in addable_formats()
        ]
        can_bundle = Product.objects.kept().count() >= FEWEST_IN_A_BUNDLE
        if len(choices) == 1 and not can_bundle:
            return HttpResponseRedirect(choices[0][2].url_for("add"))
        urls = [(label, text, admin.url_for("add")) for label, text, admin in choices]
        if can_bundle:
            text = _("Several products of yours at one price, whatever they are.")
            urls.append((capfirst(_("bundle")), text, self.url_for("bundle")))
        context = {
            **self.admin_site.each_context(request),
            "title": _("What will it be?"),
            "back_url": self.url_for("changelist"),
            "choices": urls,
        }
        return TemplateResponse(request, "products/admin/choose.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Open the form of the product's format; a pure bundle has its form here."""
        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        changes = request.method == "POST"
        may = self.has_change_permission if changes else self.has_view_permission
        if not may(request, item):
            raise PermissionDenied
        there = self.url_of(item)
        if there != self.url_for("change", item.pk):
            return HttpResponseRedirect(there)
        return super().change_view(request, object_id, form_url, extra_context)


def format_admins() -> dict[str, FormatAdmin]:
    """Return the admins of the formats that have one, by the format's key."""
    found = {}
    for model, admin in site._registry.items():  # noqa: SLF001 -- Django's own list of admins
        if isinstance(admin, FormatAdmin) and model is not Product:
            found[admin.format_key] = admin
    return found


def addable_formats() -> list[tuple[ProductFormat, FormatAdmin]]:
    """Return the formats a creator can make a product of, in the order they are installed."""
    admins = format_admins()
    return [(each, admins[each.key]) for each in formats if each.key in admins]


def act_url(product: Product, key: str) -> str:
    """Return the page of an act on a product."""
    admin = format_admins().get(product.format)
    if admin is not None:
        return admin.url_for(key, product.pk)
    return reverse(f"admin:products_product_{key}", args=[product.pk])


def url_of_product(product: Product) -> str:
    """Return the form of a product."""
    admin = format_admins().get(product.format)
    if admin is not None:
        return admin.url_for("change", product.pk)
    return reverse("admin:products_product_change", args=[product.pk])


def people_url(product: Product) -> str:
    """Return the list of those who have a product."""
    return f"{reverse('admin:access_access_changelist')}?product__id__exact={product.pk}"


def prices_of(items: Sequence[Product]) -> dict[int, list[Price]]:
    """Return the prices on sale of many products."""
    found: dict[int, list[Price]] = defaultdict(list)
    pks = [item.pk for item in items]
    for price in Price.objects.filter(product__in=pks, is_active=True):
        found[price.product_id].append(price)
    return found


def missing_of(items: Sequence[Product]) -> dict[int, list[Text]]:
    """Return what each draft lacks before it can go on sale, at a constant number of queries."""
    with_price = set(
        Price.objects.filter(product__in=[item.pk for item in items], is_active=True).values_list(
            "product_id", flat=True
        )
    )
    found: dict[int, list[Text]] = {}
    for key in {item.format for item in items}:
        pks = [item.pk for item in items if item.format == key]
        children = list((formats[key].model or Product).objects.filter(pk__in=pks))
        for child, sentences in formats[key].blockers(children).items():
            found[child.pk] = list(sentences)
    for item in items:
        if item.pk not in with_price:
            found.setdefault(item.pk, []).append(_("It has no price yet."))
    return found


def bundles_view(request: HttpRequest) -> HttpResponse:
    """Show the list of products, narrowed to bundles."""
    return HttpResponseRedirect(f"{reverse('admin:products_product_changelist')}?format=bundle")


def has_bundles(request: HttpRequest) -> bool:
    """Whether the store has a bundle."""
    return Product.objects.kept().filter(format="bundle").exists()


site.register(Product, ProductAdmin)
site.add_page(
    "bundles/",
    bundles_view,
    name="bundles",
    area=Area.PRODUCTS,
    menu=MenuItem(Group.PRODUCTS, gettext_lazy("Bundles"), 2),
    is_shown=has_bundles,
)
