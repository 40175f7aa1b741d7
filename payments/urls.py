"""The addresses of payments on a store's host."""

from django.urls import URLPattern

app_name = "payments"

urlpatterns: list[URLPattern] = []
