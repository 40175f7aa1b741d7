"""The toy's own addresses: none beyond the shared ones."""

from django.urls import URLPattern

app_name = "toyformat"
urlpatterns: list[URLPattern] = []
