"""The platform's own addresses: opening a store, the operator's admin, Stripe's webhooks."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("operator/", admin.site.urls),
    path("", include("mail.platform_urls")),
    path("", include("payments.platform_urls")),
    path("", include("accounts.platform_urls")),
]
