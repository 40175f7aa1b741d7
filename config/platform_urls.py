"""The platform's own addresses: opening a store, the operator's admin, Stripe's webhooks."""

from django.urls import URLPattern, URLResolver, include, path

from stores.admin import operator_site

handler400 = "stores.sorry.bad_request"
handler500 = "stores.sorry.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("operator/", operator_site.urls),
    path("", include("mail.platform_urls")),
    path("", include("payments.platform_urls")),
    path("", include("accounts.platform_urls")),
]
