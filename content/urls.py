"""The addresses of files and readers on a store's host."""

from django.urls import path

from content.views import editions, files, noting, offline, reading

app_name = "content"

urlpatterns = [
    path("files/<slug:asset_id>/<str:name>", files.file, name="file"),
    path("read/worker.js", offline.worker, name="worker"),
    path("read/<slug:part_id>/", reading.read, name="read"),
    path("read/<slug:part_id>/place/", reading.place, name="place"),
    path("read/<slug:part_id>/standing/", offline.standing, name="standing"),
    path("read/<slug:part_id>/editions/", editions.listed, name="editions"),
    path("read/<slug:part_id>/notes/", noting.listed, name="notes"),
    path("read/<slug:part_id>/notes.md", noting.notebook, name="notebook"),
    path("read/<slug:part_id>/notes/<slug:note_id>/", noting.keep, name="note-keep"),
    path("read/<slug:part_id>/notes/<slug:note_id>/out/", noting.drop, name="note-drop"),
]
