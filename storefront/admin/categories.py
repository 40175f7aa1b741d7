"""Products → Categories: shelves with a page of their own, and what stands on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin import display
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.text import slugify
from products.models import Category, Product
from storefront.services.navigation import rebuild
from stores.admin import Group, MenuItem, Row, StoreModelAdmin, site
from stores.admin.site import store_of
from stores.forms import RowsField, StoreForm
from stores.roles import Area


class CategoryForm(StoreForm[Category]):
    """What a category is called, and its products."""

    products = RowsField(
        label=gettext_lazy("Products on this shelf"),
        queryset=Product.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "A product stands on one shelf. Ticking it here takes it off another."
        ),
    )

    class Meta:
        model = Category
        fields = ("title", "description", "slug", "position")
        labels = {"position": gettext_lazy("Place in the menu")}  # noqa: RUF012 -- read once by Django

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["products"]
        field.queryset = Product.objects.kept()
        if self.instance.pk:
            self.initial["products"] = list(self.instance.products.values_list("pk", flat=True))

    def clean_slug(self) -> str:
        """Return an address, made from the title where it was left empty."""
        wanted: str = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("title", ""))
        if not wanted:
            raise forms.ValidationError(_("Write an address of letters or digits."))
        return wanted


class CategoryAdmin(StoreModelAdmin):
    """The shelves of the shop."""

    area = Area.SHOP_WINDOW
    menu = MenuItem(Group.SHOP_WINDOW, gettext_lazy("Categories"), 3)
    form = CategoryForm
    fieldsets = (
        (None, {"fields": ("title", "description", "products")}),
        (gettext_lazy("More"), {"classes": ("more",), "fields": ("slug", "position")}),
    )
    add_verb = gettext_lazy("New category")
    empty = gettext_lazy("With more than a few products, categories help people find their way.")
    search_fields = ("title",)

    @display(description=gettext_lazy("Products on this shelf"))
    def products(self, item: Category) -> str:
        """Name what stands there, to whoever may look and not choose."""
        return ", ".join(item.products.kept().values_list("title", flat=True))

    def rows(self, request: HttpRequest, items: Sequence[Category]) -> list[Row]:
        """Return each category with how many products stand on it."""
        counts = dict(Category.objects.annotate(n=Count("products")).values_list("pk", "n"))
        return [
            Row(
                name=item.title,
                url=self.url_of(item),
                detail=item.description,
                number=ngettext("%(count)s product", "%(count)s products", counts.get(item.pk, 0))
                % {"count": counts.get(item.pk, 0)},
            )
            for item in items
        ]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Put the chosen products on the shelf, and let the shop show it."""
        super().save_related(request, form, formsets, change)
        chosen = [product.pk for product in form.cleaned_data.get("products", [])]
        Product.objects.filter(category=form.instance).exclude(pk__in=chosen).update(category=None)
        Product.objects.filter(pk__in=chosen).update(category=form.instance)
        rebuild(store_of(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A shelf may go; the products stay."""
        return self.has_change_permission(request, obj)

    def delete_effect(self, request: HttpRequest, item: Category) -> list[Any]:
        """Say what stays."""
        return [_("Its page goes. Its products stay in the shop, on no shelf.")]

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        """Delete the shelf and let the menus forget it."""
        super().delete_model(request, obj)
        rebuild(store_of(request))

    def acts(self, request: HttpRequest, item: Category | None) -> list[tuple[str, str]]:
        """Return the way to delete it."""
        if item is None or not self.has_change_permission(request, item):
            return []
        return [(_("Delete"), self.url_for("delete", item.pk))]


site.register(Category, CategoryAdmin)
