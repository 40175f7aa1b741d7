"""The addresses of ebooks on a store's host."""

from django.urls import URLPattern

app_name = "ebooks"

urlpatterns: list[URLPattern] = []
