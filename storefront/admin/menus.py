"""Shop window → Menus and footer: the menu, the columns of the foot, the line above."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language_info, gettext_lazy

from storefront.blocks.fields import LinkAddressField, RowsOf, TargetField, line, plain
from storefront.models import Menu
from storefront.services.navigation import rebuild
from stores.admin import Group, MenuItem, Row, StoreModelAdmin, site
from stores.admin.site import store_of
from stores.forms import StoreForm
from stores.roles import Area

BELOW = gettext_lazy("below the line above it")


def link_rows(label: Any, help_text: Any = "") -> RowsOf:
    """Return a field of links in order, one level deep."""
    return RowsOf(
        label=label,
        help_text=help_text,
        parts={
            "label": line(gettext_lazy("Words"), 40),
            "leads_to": TargetField(label=gettext_lazy("Leads to")),
            "url": LinkAddressField(label=gettext_lazy("Another address")),
            "below": forms.BooleanField(label=BELOW, required=False),
        },
        most=30,
    )


class MenuForm(StoreForm[Menu]):
    """The menu, the foot, other places, and one line above every page."""

    header = link_rows(
        gettext_lazy("Menu"),
        gettext_lazy("Left empty, it holds your categories and the page about you."),
    )
    footer = link_rows(
        gettext_lazy("Columns at the foot"),
        gettext_lazy(
            "A line begins a column; the lines below it stand in it. Policies are added by"
            " themselves."
        ),
    )
    social = RowsOf(
        label=gettext_lazy("Where else you are"),
        parts={
            "url": LinkAddressField(label=gettext_lazy("Address")),
            "label": line(gettext_lazy("Words, if not its name"), 40),
        },
        most=10,
    )
    announcement_url = LinkAddressField(label=gettext_lazy("Where the line leads"))

    class Meta:
        model = Menu
        fields = ("header", "footer", "social", "announcement", "announcement_url")

    def clean(self) -> dict[str, Any]:
        """Return the values as they are kept."""
        values = super().clean()
        for name in ("header", "footer", "social"):
            values[name] = plain(values.get(name, []))
        return values


class MenuAdmin(StoreModelAdmin):
    """One menu and foot for each language of the store."""

    area = Area.SHOP_WINDOW
    menu = MenuItem(Group.SHOP_WINDOW, gettext_lazy("Menus and footer"), 2)
    form = MenuForm
    change_form_template = "storefront/admin/menu.html"
    fieldsets = (
        (
            gettext_lazy("Above every page"),
            {"fields": ("header", "announcement", "announcement_url")},
        ),
        (gettext_lazy("At the foot of every page"), {"fields": ("footer", "social")}),
    )
    empty = gettext_lazy("Menus are made by themselves until you change them.")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one for each language, made when the list is opened."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Open the one menu, or list those of all languages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        store = store_of(request)
        languages = [store.language, *store.other_languages]
        for language in languages:
            Menu.objects.get_or_create(language=language)
        if len(languages) == 1:
            return HttpResponseRedirect(self.url_of(Menu.objects.get(language=languages[0])))
        return super().changelist_view(request, extra_context)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the menus of the languages the store speaks."""
        store = store_of(request)
        return (
            super()
            .get_queryset(request)
            .filter(language__in=[store.language, *store.other_languages])
        )

    def title_of(self, item: Menu) -> str:
        """Return the language, in its own name."""
        return str(get_language_info(item.language)["name_local"])

    def row(self, request: HttpRequest, item: Menu) -> Row:
        """Return one language's menu."""
        words = [link.get("label", "") for link in item.header]
        return Row(
            name=self.title_of(item), url=self.url_of(item), detail=" · ".join(filter(None, words))
        )

    def save_model(self, request: HttpRequest, obj: Menu, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save, and let every page show it."""
        super().save_model(request, obj, form, change)
        rebuild(store_of(request))


site.register(Menu, MenuAdmin)
