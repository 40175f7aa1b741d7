"""The addresses of payments on the platform's host."""

from django.urls import URLPattern

app_name = "payments_platform"

urlpatterns: list[URLPattern] = []
