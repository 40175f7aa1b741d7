"""The addresses of storefront on a store's host."""

from django.urls import URLPattern

app_name = "storefront"

urlpatterns: list[URLPattern] = []
