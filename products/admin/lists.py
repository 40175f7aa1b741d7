"""Who waits to hear of a product: the lists with their answers, a table of them, and telling."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import clock
from products.forms.states import ComingSoonForm
from products.models import ListEntry, Product
from products.services import lists
from products.services.catalogue import set_question
from products.services.moments import short_day
from products.services.offering import to_be_had
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.site import staff_of
from stores.admin.tables import send_table
from stores.models import Staff
from stores.roles import Area
from stores.services.log import write


class ListEntryAdmin(ReadAdmin):
    """The people on the lists of products."""

    area = Area.CUSTOMERS
    menu = MenuItem(
        Group.CUSTOMERS, gettext_lazy("Waiting lists"), 3, within="storefront.mailinglist"
    )
    search_fields = ("email", "customer__name", "answer")
    list_filter = (("product", RelatedOnlyFieldListFilter),)
    ordering = ("-joined_at",)
    add_verb = gettext_lazy("Download as a table")
    empty = gettext_lazy(
        "Whoever asks to hear of something that is coming soon, or closed for now, stands here."
    )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the table."""
        view = self.admin_site.admin_view
        return [
            path("table.csv", view(self.table_view), name="products_listentry_table"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListEntry]:
        """Return who confirmed the address, with whom and what it is about."""
        found: QuerySet[ListEntry] = super().get_queryset(request)
        return found.exclude(confirmed_at=None).select_related("product", "customer__user")

    def add_url(self, request: HttpRequest) -> str:
        """Return the table of what is listed, narrowed as the list is."""
        if not ListEntry.objects.exclude(confirmed_at=None).exists():
            return ""
        chosen = request.GET.get("product__id__exact", "")
        url = self.url_for("table")
        return f"{url}?product={chosen}" if chosen.isdecimal() else url

    def row(self, request: HttpRequest, item: ListEntry) -> Row:
        """Return who waits for what since when, and what they answered."""
        words = [item.product.title, item.get_kind_display(), short_day(item.joined_at)]
        return Row(
            name=item.customer.name if item.customer and item.customer.name else item.email,
            url=reverse("admin:accounts_customer_change", args=[item.customer_id])
            if item.customer_id
            else "",
            state=state_of(item),
            tone="good" if item.told_at else "",
            detail=" · ".join(str(each) for each in [*words, item.answer] if each),
        )

    def table_view(self, request: HttpRequest) -> HttpResponse:
        """Send the lists as a table."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        rows = self.get_queryset(request).order_by("product", "joined_at")
        chosen = request.GET.get("product", "")
        if chosen.isdecimal() and len(chosen) < LONGEST_KEY:
            rows = rows.filter(product=int(chosen))
        return send_table(request, "list.csv", lists.table_header(), map(lists.table_row, rows))


LONGEST_KEY = 18


def state_of(entry: ListEntry) -> str:
    """Return in words how an entry stands."""
    if entry.left_at is not None:
        return _("left the list")
    if entry.told_at is not None:
        return _("told %(day)s") % {"day": short_day(entry.told_at)}
    if entry.due_at is not None:
        return _("is being told")
    return _("waits")


class ListViews:
    """The pages about a product's list, of whatever format: telling it, and its question."""

    def list_urls(self: Any) -> list[URLPattern]:
        """Return the addresses of these pages."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/list/", view(self.list_view), name="products_product_list"),
            path("<int:pk>/question/", view(self.question_view), name="products_product_question"),
        ]

    def question_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the one question to those who join the list; keep it on POST."""
        product = self.changeable(request, pk)
        form = ComingSoonForm(request.POST if request.method == "POST" else None, product=product)
        if request.method == "POST" and form.is_valid():
            set_question(product, form.cleaned_data["list_question"])
            write(staff_of(request), log.CHANGE, product, [_("The question of its list")])
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(self.url_of(product))
        effect = Effect(
            title=_("What are those asked who join the list of “%(title)s”?")
            % {"title": product.title},
            verb=_("Save"),
            sentences=(_("Whoever answered already keeps the answer beside their own question."),),
            back_url=self.url_of(product),
        )
        return confirm(request, effect, form)

    def list_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Say how many would be told what; tell them on POST."""
        product = self.changeable(request, pk)
        count = lists.waiting_counts([product]).get(product.pk, 0)
        blockers = why_not_tell(product, count)
        if request.method == "POST" and not blockers:
            told = lists.announce(product, now=clock.now())
            write(staff_of(request), log.TELL, product, [str(told)])
            sentence = ngettext(
                "%(count)s person is being told.", "%(count)s people are being told.", told
            )
            messages.success(request, sentence % {"count": told})
            return HttpResponseRedirect(self.url_of(product))
        sentence = ngettext(
            "%(count)s person gets one mail, with a link to its page.",
            "%(count)s people get one mail each, with a link to its page.",
            count,
        )
        effect = Effect(
            title=_("Tell the list of “%(title)s”?") % {"title": product.title},
            verb=_("Tell them"),
            sentences=()
            if blockers
            else [
                sentence % {"count": count},
                _("Each is told once. Whoever bought it already is left out."),
                _("Mails wait for the end of your quiet times."),
            ],
            back_url=self.url_of(product),
            blockers=blockers,
        )
        return confirm(request, effect)


def why_not_tell(product: Product, count: int) -> list[str]:
    """Return, in sentences, why the list cannot be told now."""
    if not count:
        return [_("Nobody waits on its list.")]
    if not product.is_sellable:
        return [_("It is not on sale. Put it on sale first, so that there is something to tell.")]
    if not to_be_had([product], clock.now()):
        return [_("Nobody could buy it now: it is sold out, or its prices are not on sale yet.")]
    return []


def list_acts(product: Product) -> list[tuple[str, str]]:
    """Return the way to tell a product's list, where somebody waits and it is on sale.

    While it can be joined, the way to its question.
    """
    if lists.kind_for(product):
        page = reverse("admin:products_product_question", args=[product.pk])
        return [(_("The question of its list"), page)]
    count = lists.waiting_counts([product]).get(product.pk, 0)
    if not count or not to_be_had([product], clock.now()):
        return []
    words = ngettext("Tell its list (%(count)s)", "Tell its list (%(count)s)", count)
    return [(words % {"count": count}, reverse("admin:products_product_list", args=[product.pk]))]


def people_on_lists(product: Product, staff: Staff) -> tuple[str, str] | None:
    """Return how many wait on a product's list, and where they stand, for who may see them."""
    if not staff.may_view(Area.CUSTOMERS):
        return None
    count = lists.waiting_counts([product]).get(product.pk, 0)
    if not count:
        return None
    words = ngettext("%(count)s person on its list", "%(count)s people on its list", count)
    page = reverse("admin:products_listentry_changelist")
    return words % {"count": count}, f"{page}?product__id__exact={product.pk}"


site.register(ListEntry, ListEntryAdmin)
