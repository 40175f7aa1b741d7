"""The addresses of accounts on a store's host."""

from django.urls import path

from accounts.views import account, crossing, news, signing_in

app_name = "accounts"

urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-in/<slug:public_id>/", signing_in.code, name="code"),
    path("sign-in/<slug:public_id>/again/", signing_in.again, name="again"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("hand-over/<slug:token>/", crossing.hand_over, name="hand-over"),
    path("account/", account.account, name="account"),
    path("account/news/", news.news, name="news"),
    path("news/<slug:key>/", news.leave, name="news-leave"),
    path("news/<slug:key>/again/", news.come_back, name="news-again"),
]
