"""The addresses of accounts on a store's host."""

from django.urls import URLPattern, path

from accounts.views import (
    account,
    address,
    crossing,
    joining,
    leaving,
    news,
    passkeys,
    security,
    signing_in,
    steps,
    sure,
)

app_name = "accounts"


def ways_in() -> list[URLPattern]:
    """Return the addresses of guarding an account: the same on a store's host and the platform's.

    They come before the page of a code, whose random id could be any word.
    """
    return [
        path("account/security/", security.security, name="security"),
        path(
            "account/browsers/<slug:public_id>/end/",
            security.end_browser,
            name="browser-end",
        ),
        path("account/security/everywhere/end/", security.end_everywhere, name="everywhere-end"),
        path("account/sure/", sure.sure, name="sure"),
        path("account/sure/send/", sure.send, name="sure-send"),
        path("account/sure/<slug:public_id>/", sure.sure_code, name="sure-code"),
        path("account/password/", security.password, name="password"),
        path("account/password/remove/", security.password_remove, name="password-remove"),
        path("account/app/", steps.app, name="app"),
        path("account/app/remove/", steps.app_remove, name="app-remove"),
        path("account/codes/", steps.codes, name="codes"),
        path("account/passkeys/begin/", passkeys.passkey_begin, name="passkey-begin"),
        path("account/passkeys/add/", passkeys.passkey_add, name="passkey-add"),
        path("account/passkeys/<slug:public_id>/", passkeys.passkey_remove, name="passkey-remove"),
        path("sign-in/passkey/ask/", passkeys.passkey_ask, name="passkey-ask"),
        path("sign-in/passkey/use/", passkeys.passkey_use, name="passkey-use"),
        path("sign-in/password/", security.password_sign_in, name="password-sign-in"),
        path("sign-in/second-step/", steps.second_step, name="second-step"),
        path("account/address/", address.address, name="address"),
        path("address/<slug:public_id>/<slug:key>/", address.answer, name="address-answer"),
    ]


urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    *ways_in(),
    path("sign-in/<slug:public_id>/", signing_in.code, name="code"),
    path("sign-in/<slug:public_id>/again/", signing_in.again, name="again"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("hand-over/<slug:token>/", crossing.hand_over, name="hand-over"),
    path("team/join/<slug:public_id>/<slug:key>/", joining.join, name="join"),
    path("account/", account.account, name="account"),
    path("account/data/", leaving.my_data, name="my-data"),
    path("account/leave/", leaving.leave, name="leave"),
    path("left/", leaving.left, name="left"),
    path("account/news/", news.news, name="news"),
    path("news/<slug:key>/", news.leave, name="news-leave"),
    path("news/<slug:key>/again/", news.come_back, name="news-again"),
]
