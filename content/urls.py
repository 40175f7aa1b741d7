"""The addresses of files and readers on a store's host."""

from django.urls import path

from content.views import files, reading

app_name = "content"

urlpatterns = [
    path("files/<slug:asset_id>/<str:name>", files.file, name="file"),
    path("read/<slug:part_id>/", reading.read, name="read"),
    path("read/<slug:part_id>/place/", reading.place, name="place"),
]
