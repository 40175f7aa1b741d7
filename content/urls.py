"""The addresses of files and readers on a store's host."""

from django.urls import path

from content.views import (
    discussing,
    editions,
    files,
    noting,
    offline,
    placing,
    podcasts,
    reading,
    said,
    taking,
    watching,
)

app_name = "content"

urlpatterns = [
    path("files/<slug:asset_id>/<str:name>", files.file, name="file"),
    path("read/worker.js", offline.worker, name="worker"),
    path("read/<slug:part_id>/", reading.read, name="read"),
    path("read/<slug:part_id>/captions.vtt", watching.captions, name="captions"),
    path("read/<slug:part_id>/place/", placing.place, name="place"),
    path("read/<slug:part_id>/standing/", offline.standing, name="standing"),
    path("read/<slug:part_id>/editions/", editions.listed, name="editions"),
    path("read/<slug:part_id>/notes/", noting.listed, name="notes"),
    path("read/<slug:part_id>/notes.md", noting.notebook, name="notebook"),
    path("read/<slug:part_id>/notes/<slug:note_id>/", noting.keep, name="note-keep"),
    path("read/<slug:part_id>/notes/<slug:note_id>/out/", noting.drop, name="note-drop"),
    path("take/everything.zip", taking.everything, name="everything"),
    path("take/<slug:product_id>/", taking.files, name="taking"),
    path("take/<slug:product_id>/all.zip", taking.zipped, name="zip"),
    path("take/<slug:product_id>/computer/", taking.to_computer, name="to-computer"),
    path("take/<slug:product_id>/kindle/", taking.keep_kindle, name="kindle"),
    path("take/<slug:product_id>/kindle/<slug:asset_id>/", taking.to_kindle, name="to-kindle"),
    path("account/podcasts/", podcasts.listed, name="feeds"),
    path("account/podcasts/make/", podcasts.make, name="feed-make"),
    path("account/podcasts/<slug:feed_id>/renew/", podcasts.renew, name="feed-renew"),
    path("account/podcasts/<slug:feed_id>/end/", podcasts.end, name="feed-end"),
    path("podcasts/<slug:token>/", podcasts.feed, name="feed"),
    path("podcasts/<slug:token>/<slug:part_id>.json", podcasts.chapters, name="feed-chapters"),
    path("podcasts/<slug:token>/<slug:asset_id>/<str:name>", podcasts.file, name="feed-file"),
    path("questions/<slug:part_id>/", discussing.listed, name="questions"),
    path("questions/<slug:part_id>/ask/", discussing.ask, name="ask"),
    path("question/<slug:thread_id>/", discussing.question, name="question"),
    path("question/<slug:thread_id>/reply/", discussing.reply, name="reply"),
    path("question/<slug:thread_id>/follow/", discussing.follow, name="follow"),
    path("question/<slug:thread_id>/unfollow/", discussing.unfollow, name="unfollow"),
    path("question/stop/<slug:key>/", discussing.stop, name="question-stop"),
    path("said/<slug:said_id>/edit/", said.edit, name="said-edit"),
    path("said/<slug:said_id>/take-back/", said.take_back, name="said-take-back"),
    path("said/<slug:said_id>/report/", said.report, name="said-report"),
]
