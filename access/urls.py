"""The addresses of access on a store's host."""

from django.urls import path

from access import views

app_name = "access"

urlpatterns = [
    path("why/<slug:part_id>/", views.why, name="why"),
    path("account/links/", views.links, name="links"),
    path("account/links/end/", views.end_links, name="links-end"),
    path("k/<str:secret>/", views.open_with_key, name="key"),
]
