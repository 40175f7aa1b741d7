"""Shop window → Pages: the list, a new page, its title and address, and taking it away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from content.admin import UploadViews
from core import clock
from core.text import slugify
from products.models import Product
from storefront.admin.editor import EditorViews
from storefront.admin.versions import VersionViews
from storefront.models import Page
from storefront.services.pages.making import bring_back, create_page, delete_page, free_slug, moved
from stores.admin import Effect, Group, MenuItem, Row, StoreModelAdmin, confirm, log, site
from stores.admin.filters import StateFilter
from stores.admin.site import staff_of, store_of
from stores.forms import CleanTextMixin, StoreForm
from stores.models import Store
from stores.roles import Area
from stores.services.log import write
from stores.services.moments import in_short


class Tab(NamedTuple):
    """One tab of a page's workspace."""

    name: str
    url: str


class KindFilter(StateFilter):
    """By what a page is for."""

    title = gettext_lazy("kind")
    parameter_name = "kind"
    column = "kind"
    states = Page.Kind


class PageForm(StoreForm[Page]):
    """What a page is called and where it stands."""

    class Meta:
        model = Page
        fields = ("title", "slug", "description", "translation_of")
        labels = {"translation_of": gettext_lazy("The same page in another language")}  # noqa: RUF012 -- read once by Django
        help_texts = {  # noqa: RUF012 -- read once by Django
            "slug": gettext_lazy("After /pages/. When it changes, the old address leads here."),
            "description": gettext_lazy("One or two sentences, as search engines show them."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.has_address:
            self.fields.pop("slug", None)
        if "translation_of" in self.fields:
            others = Page.objects.kept().filter(kind=self.instance.kind)
            field: Any = self.fields["translation_of"]
            field.queryset = others.exclude(language=self.instance.language)

    def clean_slug(self) -> str:
        """Return an address, made from the title where it was left empty."""
        wanted: str = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("title", ""))
        return wanted or free_slug("page", self.instance)


class NewPageForm(CleanTextMixin, forms.Form):
    """What kind of page, called what, in which language."""

    kind = forms.ChoiceField(label=gettext_lazy("What kind of page?"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=gettext_lazy("What is it called?"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("A policy may be left without: it is called what it is about."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [store.language, *store.other_languages]
        self.fields["language"] = forms.ChoiceField(
            label=gettext_lazy("Language"),
            choices=[(code, get_language_info(code)["name_local"]) for code in codes],
            initial=store.language,
        )
        kinds = (Page.Kind.FREE, Page.Kind.LANDING, Page.Kind.ABOUT, Page.Kind.HOME)
        policies = [(f"policy:{topic.value}", topic.label) for topic in Page.Topic]
        own: Any = self.fields["kind"]
        own.choices = [*((kind.value, kind.label) for kind in kinds), *policies]
        own.initial = Page.Kind.FREE

    def clean(self) -> dict[str, Any]:
        """Return the values; of some kinds there is one in each language."""
        values = super().clean()
        kind, _colon, topic = values.get("kind", "").partition(":")
        values["kind"], values["topic"] = kind, topic
        if not values.get("title"):
            if kind not in {Page.Kind.POLICY, Page.Kind.HOME}:
                self.add_error("title", _("Write what the page is called."))
            values["title"] = str(Page.Topic(topic).label) if topic else _("Front page")
        if kind in {Page.Kind.HOME, Page.Kind.POLICY}:
            there = Page.objects.kept().filter(kind=kind, topic=topic)
            if there.filter(language=values.get("language", "")).exists():
                self.add_error("kind", _("This one is there already, in this language."))
        return values


class PageAdmin(EditorViews, VersionViews, UploadViews, StoreModelAdmin):
    """The pages of the shop window."""

    area = Area.SHOP_WINDOW
    menu = MenuItem(Group.SHOP_WINDOW, gettext_lazy("Pages"), 0)
    form = PageForm
    fieldsets = ((None, {"fields": ("title", "slug", "description", "translation_of")}),)
    add_verb = gettext_lazy("New page")
    empty = gettext_lazy(
        "Your front page stands by itself. Here you make it your own, tell about yourself, and"
        " make pages for what you offer."
    )
    search_fields = ("title", "slug")
    list_filter = (KindFilter,)
    ordering = ("kind", "title")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the editor, the acts and the versions."""
        view = self.admin_site.admin_view
        own = [
            path(
                "of-product/<int:product_pk>/",
                view(self.of_product_view),
                name="storefront_page_of_product",
            ),
            path("<int:pk>/away/", view(self.away_view), name="storefront_page_away"),
            path("<int:pk>/back/", view(self.back_view), name="storefront_page_back"),
        ]
        return [*self.editor_urls(), *self.version_urls(), *own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        """Return the pages that were not deleted."""
        found: QuerySet[Page] = super().get_queryset(request).filter(deleted_at=None)
        return found.select_related("shown", "product").filter(
            Q(product=None) | Q(product__deleted_at=None)
        )

    def url_of(self, row: Any) -> str:
        """A page opens in its editor."""
        return self.url_for("editor", row.pk)

    def changeable(self, request: HttpRequest, pk: int) -> Page:
        """Return a page that this person may change: another store's is not found."""
        page: Page | None = self.get_object(request, str(pk))
        if page is None:
            raise Http404
        if not self.has_change_permission(request, page):
            raise PermissionDenied
        return page

    def rows(self, request: HttpRequest, items: Sequence[Page]) -> list[Row]:
        """Return the pages as sentences; what waits to be published is said."""
        drafts = self.drafts_of(items)
        return [self._row(item, drafts.get(item.pk)) for item in items]

    def _row(self, item: Page, draft: Any) -> Row:
        words = [item.get_kind_display() if not item.topic else _("policy")]
        words += [item.product.title] if item.product else []
        words += [get_language_info(item.language)["name_local"]]
        state, tone = (_("published"), "good") if item.shown_id else (_("draft"), "")
        if draft is not None and draft.due_at is not None:
            state, tone = (
                _("goes out %(moment)s") % {"moment": in_short(draft.due_at)},
                "warn",
            )
        elif item.shown_id and draft is not None:
            state, tone = _("changed, not published yet"), "warn"
        return Row(
            name=item.title,
            url=self.url_of(item),
            state=state,
            tone=tone,
            detail=" · ".join(str(each) for each in words),
            next_step=_("Publish") if draft is not None else "",
            next_url=self.url_for("publish", item.pk) if draft is not None else "",
        )

    def tabs(self, request: HttpRequest, item: Page | None) -> Sequence[Tab]:
        """Return the page's tabs."""
        if item is None:
            return ()
        return (
            Tab(_("Blocks"), self.url_for("editor", item.pk)),
            Tab(_("Title and address"), self.url_for("change", item.pk)),
            Tab(_("Versions"), self.url_for("versions", item.pk)),
        )

    def acts(self, request: HttpRequest, item: Page | None) -> Sequence[tuple[str, str]]:
        """Return what else can be done with a page."""
        if item is None or not self.has_change_permission(request, item):
            return ()
        found = [(_("Publish"), self.url_for("publish", item.pk))]
        if item.shown_id:
            found.append((_("Take it off the shop"), self.url_for("unpublish", item.pk)))
        return [*found, (_("Delete"), self.url_for("away", item.pk))]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask what kind of page; make it on POST, with something to begin from."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        store = store_of(request)
        form = NewPageForm(request.POST if request.method == "POST" else None, store=store)
        if request.method == "POST" and form.is_valid():
            page = create_page(**form.cleaned_data, now=clock.now(), staff=staff_of(request))
            self.log_addition(request, page, "")
            return HttpResponseRedirect(self.url_of(page))
        effect = Effect(
            title=_("New page"),
            verb=_("Begin"),
            sentences=[
                _(
                    "It begins as a draft with a few blocks in it. Nobody sees it before you"
                    " publish it."
                )
            ],
            back_url=self.url_for("changelist"),
        )
        return confirm(request, effect, form)

    def save_model(self, request: HttpRequest, obj: Page, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save; an address that changed leads to the new one."""
        old = Page.objects.filter(pk=obj.pk).values_list("slug", flat=True).first() or ""
        super().save_model(request, obj, form, change)
        moved(obj, old, now=clock.now())

    def saved(self, request: HttpRequest, item: Page) -> HttpResponse:
        """Stay with title and address."""
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(self.url_for("change", item.pk))

    def of_product_view(self, request: HttpRequest, product_pk: int) -> HttpResponse:
        """Open what stands under a product's page; where there is nothing, ask whether to begin."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        product: Product | None = Product.objects.kept().filter(pk=product_pk).first()
        if product is None:
            raise Http404
        page = Page.objects.kept().filter(product=product.pk).first()
        if page is not None:
            return HttpResponseRedirect(self.url_of(page))
        if request.method == "POST":
            if not self.has_add_permission(request):
                raise PermissionDenied
            language = product.language or store_of(request).language
            page = create_page(
                Page.Kind.PRODUCT,
                title=product.title,
                language=language,
                product=product,
                now=clock.now(),
                staff=staff_of(request),
            )
            self.log_addition(request, page, "")
            return HttpResponseRedirect(self.url_of(page))
        effect = Effect(
            title=_("More on the page of “%(title)s”?") % {"title": product.title},
            verb=_("Begin"),
            sentences=[
                _("The page has its title, price, contents and button already."),
                _("Blocks you add here stand below them: what people say, questions, a film."),
            ],
            back_url=self.url_for("changelist"),
            blockers=()
            if self.has_add_permission(request)
            else [_("Nobody has put anything there yet, and your role only looks here.")],
        )
        return confirm(request, effect)

    def away_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what deleting does; delete on POST, and offer to undo it."""
        page = self.changeable(request, pk)
        if request.method == "POST":
            delete_page(page, now=clock.now())
            write(staff_of(request), log.DELETE, page)
            messages.success(request, _("“%(name)s” was deleted.") % {"name": page.title})
            return HttpResponseRedirect(self.url_for("back", page.pk))
        effect = Effect(
            title=_("Delete “%(name)s”?") % {"name": page.title},
            verb=_("Delete"),
            sentences=[
                _("Its address leads nowhere then, and links to it go from your menus."),
                _("You can bring it back right after."),
            ],
            back_url=self.url_of(page),
            is_dangerous=True,
        )
        return confirm(request, effect)

    def back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Offer to bring a deleted page back; do it on POST."""
        page: Page | None = Page.objects.filter(pk=pk).first()
        if page is None:
            raise Http404
        if not self.has_change_permission(request, page):
            raise PermissionDenied
        if page.deleted_at is None:
            return HttpResponseRedirect(self.url_of(page))
        if request.method == "POST":
            bring_back(page)
            write(staff_of(request), log.CHANGE, page, [_("brought back")])
            messages.success(request, _("“%(name)s” is back.") % {"name": page.title})
            return HttpResponseRedirect(self.url_of(page))
        effect = Effect(
            title=_("“%(name)s” was deleted.") % {"name": page.title},
            verb=_("Bring it back"),
            sentences=[_("Its blocks and versions are all still here.")],
            back_url=self.url_for("changelist"),
        )
        return confirm(request, effect)


site.register(Page, PageAdmin)
