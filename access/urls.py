"""The addresses of access on a store's host."""

from django.urls import URLPattern

app_name = "access"

urlpatterns: list[URLPattern] = []
