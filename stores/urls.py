"""A store's own addresses: its theme stylesheet, its public pictures, its terms of sale."""

from django.urls import path

from stores import views

app_name = "stores"

urlpatterns = [
    path("theme/<slug:digest>.css", views.theme, name="theme"),
    path("media/<path:name>", views.picture, name="picture"),
    path("calendar/<slug:feed_id>/<slug:key>.ics", views.calendar, name="calendar"),
    path("terms/", views.terms, name="terms"),
]
