"""The addresses of payments on the platform's host."""

from django.urls import path

from payments.views import webhooks

app_name = "payments_platform"

urlpatterns = [
    path("stripe/<slug:token>/", webhooks.stripe, name="webhook"),
]
