"""The addresses of accounts on the platform's host."""

from django.urls import URLPattern

app_name = "accounts_platform"

urlpatterns: list[URLPattern] = []
