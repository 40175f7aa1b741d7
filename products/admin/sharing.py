"""A product's page Share: its link, a code for print, and words that are ready to send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from products.models import Product
from products.services.sharing import kit_of, qr_png, qr_svg

SHARED = (Product.Status.PUBLISHED, Product.Status.HIDDEN, Product.Status.COMING_SOON)


def share_acts(item: Product) -> list[tuple[str, str]]:
    """Return the act that opens the page, where a visitor could open the product's own."""
    if item.status not in SHARED:
        return []
    return [(_("Share"), reverse("admin:products_product_share", args=[item.pk]))]


class ShareViews:
    """The page, and the code as files."""

    def share_urls(self: Any) -> list[URLPattern]:
        """Return the addresses of the page and of both files."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/share/", view(self.share_view), name="products_product_share"),
            path(
                "<int:pk>/share/qr.svg",
                view(self.qr_view),
                {"make": qr_svg, "media_type": "image/svg+xml"},
                name="products_product_qr_svg",
            ),
            path(
                "<int:pk>/share/qr.png",
                view(self.qr_view),
                {"make": qr_png, "media_type": "image/png"},
                name="products_product_qr_png",
            ),
        ]

    def share_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the kit of a product that can be reached."""
        product = self.shareable(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Share “%(title)s”") % {"title": product.title},
            "back_url": self.url_of(product),
            "product": product,
            "is_shared": product.status in SHARED,
            "kit": kit_of(product),
            "qr_svg": self.url_for("qr_svg", product.pk),
            "qr_png": self.url_for("qr_png", product.pk),
        }
        return TemplateResponse(request, "products/admin/share.html", context)

    def qr_view(
        self: Any,
        request: HttpRequest,
        pk: int,
        make: Callable[[Product], bytes],
        media_type: str,
    ) -> HttpResponse:
        """Send the code as a file."""
        product = self.shareable(request, pk)
        response = HttpResponse(make(product), content_type=media_type)
        ending = media_type.partition("/")[2].partition("+")[0]
        name = f"{product.public_id}.{ending}"
        kind = "attachment" if "save" in request.GET else "inline"
        response.headers["Content-Disposition"] = f'{kind}; filename="{name}"'
        return response

    def shareable(self: Any, request: HttpRequest, pk: int) -> Product:
        """Return the product, 404 where there is none, 403 where it is not theirs to look at."""
        product: Product | None = self.get_object(request, str(pk))
        if product is None:
            raise Http404
        if not self.has_view_permission(request, product):
            raise PermissionDenied
        return product
