"""The addresses of accounts on the platform's host."""

from django.urls import path
from django.views.i18n import set_language

from accounts.urls import ways_in
from accounts.views import platform, signing_in

app_name = "accounts_platform"

urlpatterns = [
    path("", platform.home, name="home"),
    path("language/", set_language, name="language"),
    path("start/", platform.start, name="start"),
    path("start/address/", platform.start_address, name="start-address"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    *ways_in(),
    path("sign-in/<slug:public_id>/", platform.code, name="code"),
    path("sign-in/<slug:public_id>/again/", platform.again, name="again"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("stores/", platform.stores, name="stores"),
    path("stores/<slug:public_id>/enter/", platform.enter, name="enter"),
]
