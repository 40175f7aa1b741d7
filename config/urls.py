"""A store's addresses: the shop, the account, the checkout, and every registered format."""

from django.urls import URLPattern, URLResolver, include, path

from products.contract import formats
from stores.admin import site

handler400 = "stores.sorry.bad_request"
handler500 = "stores.sorry.server_error"
handler404 = "storefront.views.pages.not_found"

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", site.urls),
    # First of those without a prefix: Django tries one address after the other, and most ask here.
    path("", include("storefront.urls")),
    path("", include("stores.urls")),
    path("", include("accounts.urls")),
    path("", include("access.urls")),
    path("", include("content.urls")),
    path("", include("conversations.urls")),
    path("", include("payments.urls")),
    *(
        path(f"{product_format.url_prefix}/", include(product_format.urlconf))
        for product_format in formats
        if product_format.urlconf
    ),
]
