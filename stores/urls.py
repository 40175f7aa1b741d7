"""The addresses that belong to a store's look: its theme stylesheet and its public pictures."""

from django.urls import path

from stores import views

app_name = "stores"

urlpatterns = [
    path("theme/<slug:digest>.css", views.theme, name="theme"),
    path("media/<path:name>", views.picture, name="picture"),
]
