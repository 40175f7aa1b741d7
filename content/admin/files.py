"""Shop window → Files: every file of the store, the largest first, and where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from content.models import Asset
from content.services.files import current_files
from core import clock
from products.admin.catalogue import act_url
from products.admin.workspace import CONTENT
from stores.admin import Group, MenuItem, ReadAdmin, Row, site
from stores.roles import Area
from stores.services.moments import in_short


class AssetAdmin(ReadAdmin):
    """The files of everything that is sold or tried."""

    area = Area.PRODUCTS
    menu = MenuItem(Group.SHOP_WINDOW, pgettext_lazy("menu", "Files"), 4)
    empty = gettext_lazy("Every file of what you sell stands here, with how large it is.")
    search_fields = ("original_name", "part__title", "part__product__title")
    ordering = ("-size", "id")
    change_form_template = "content/admin/file.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Asset]:
        """Return the files with what they are of, but for those of deleted drafts."""
        found: QuerySet[Asset] = super().get_queryset(request)
        return found.filter(part__product__deleted_at=None).select_related(
            "part__product", "edition"
        )

    def is_in_menu(self, request: HttpRequest) -> bool:
        """Whether there is a file at all."""
        return bool(Asset.objects.exists())

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, and how much all of it is."""
        response = super().changelist_view(request, extra_context)
        whole = self.get_queryset(request).aggregate(n=Sum("size"))["n"]
        if whole and isinstance(response, TemplateResponse) and response.context_data is not None:
            response.context_data["lead"] = _("Together %(size)s.") % {
                "size": filesizeformat(whole)
            }
        return response

    def rows(self, request: HttpRequest, items: Sequence[Asset]) -> list[Row]:
        """Return each file's name, size, what it is of, and whether it is the one that is read."""
        found = current_files([each.part for each in items], clock.now())
        now_read = {each.pk for each in found.values()}
        return [
            Row(
                name=each.original_name,
                url=self.url_of(each),
                state=state_of(each, is_read=each.pk in now_read),
                detail=where_of(each),
                number=filesizeformat(each.size),
                next_step=_("Open its product"),
                next_url=act_url(each.part.product, CONTENT),
            )
            for each in items
        ]

    def form_context(self, request: HttpRequest, item: Asset | None) -> dict[str, Any]:
        """Return what is known of a file."""
        if item is None:
            return {}
        now_read = current_files([item.part], clock.now()).get(item.part_id)
        return {
            "file": item,
            "size": filesizeformat(item.size),
            "where": where_of(item),
            "state": state_of(item, is_read=now_read == item),
            "since": in_short(item.created_at),
            "product_url": act_url(item.part.product, CONTENT),
        }


def where_of(asset: Asset) -> str:
    """Return the product a file is of, and the part and edition where they have names."""
    product, part = asset.part.product, asset.part
    names = [product.title, part.title if part.title != product.title else ""]
    names.append(str(asset.edition) if asset.edition is not None else "")
    return " · ".join(each for each in names if each)


def state_of(asset: Asset, *, is_read: bool) -> str:
    """Return whether a file is the one that is read now, or one that was, or will be."""
    if is_read:
        return _("a sample") if asset.part.preview else pgettext("of a file", "in use")
    if asset.edition is not None and not asset.edition.is_out(clock.now()):
        return _("is being prepared")
    return _("kept for those who had it")


site.register(Asset, AssetAdmin)
