"""The addresses of content on a store's host."""

from django.urls import URLPattern

app_name = "content"

urlpatterns: list[URLPattern] = []
