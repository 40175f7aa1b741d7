"""The addresses of mail on the platform's host: a mailbox, on a developer's machine only."""

from django.urls import path

from mail import views

app_name = "mail_platform"

urlpatterns = [
    path("mail/", views.mailbox, name="mailbox"),
    path("mail/<slug:mail_id>/", views.mail, name="mail"),
    path("mail/<slug:mail_id>/html/", views.mail_html, name="mail-html"),
]
