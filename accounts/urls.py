"""The addresses of accounts on a store's host."""

from django.urls import URLPattern

app_name = "accounts"

urlpatterns: list[URLPattern] = []
