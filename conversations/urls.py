"""The addresses of conversations on a store's host."""

from django.urls import path

from conversations.views import asking, reading

app_name = "conversations"

urlpatterns = [
    path("ask/", asking.ask, name="ask"),
    path("contact/", asking.contact, name="contact"),
    path("contact/sent/", asking.sent, name="sent"),
    path("account/letters/", reading.listed, name="list"),
    path("account/letters/<slug:letter_id>/", reading.conversation, name="conversation"),
    path("account/letters/<slug:letter_id>/more/", reading.more, name="more"),
    path("account/letters/<slug:letter_id>/files/<slug:file_id>/", reading.file, name="file"),
    path("letter/<slug:letter_id>/<slug:key>/", reading.keyed, name="keyed"),
    path("letter/<slug:letter_id>/<slug:key>/more/", reading.keyed_more, name="keyed-more"),
    path(
        "letter/<slug:letter_id>/<slug:key>/files/<slug:file_id>/",
        reading.keyed_file,
        name="keyed-file",
    ),
]
