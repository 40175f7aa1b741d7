"""The addresses of clubs on a store's host."""

from django.urls import path

from memberships import views

app_name = "memberships"

urlpatterns = [
    path("<str:slug>/", views.this_month, name="club"),
    path("<str:slug>/all/", views.archive, name="archive"),
    path("<str:slug>/<slug:part_id>/", views.month, name="month"),
    path("<str:slug>/text/<slug:part_id>/", views.text, name="text"),
    path("<str:slug>/text/<slug:part_id>/done/", views.done, name="text-done"),
]
