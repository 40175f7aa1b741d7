"""The addresses of mail on the platform's host."""

from django.urls import URLPattern

app_name = "mail_platform"

urlpatterns: list[URLPattern] = []
