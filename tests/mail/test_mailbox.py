from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mail.models import Message
from mail.services.mailbox import newest_mails
from mail.services.sending import send_for_store
from stores.models import Store

Post = Callable[..., Message]
Browse = Callable[..., Client]


@pytest.fixture
def local(settings: Any, tmp_path: Path) -> None:
    settings.LOCAL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "sent"


def test_mails_of_one_batch_are_read_one_by_one(
    in_store: Store, post_note: Post, local: None
) -> None:
    post_note(key="a", context={"what": "first"})
    post_note(key="b", language="he", context={"what": "חוט"})
    send_for_store()
    newest = newest_mails()
    assert [mail.subject for mail in newest] == ["News of חוט", "News of first"]
    assert "חוט" in newest[0].text
    assert "חוט" in newest[0].html


def test_the_page_shows_a_code_and_its_link(
    in_store: Store, post_note: Post, local: None, browse: Browse
) -> None:
    code = {"what": "482\u00a0913 http://thread.localhost/sign-in/x/#482913"}
    message = post_note(kind="secret", context=code)
    send_for_store()
    client = browse(None)
    listed = client.get("/mail/").content.decode()
    assert '<b class="num" dir="ltr">482\u00a0913</b>' in listed
    shown = client.get(f"/mail/{message.public_id}-0/").content.decode()
    assert 'href="http://thread.localhost/sign-in/x/#482913"' in shown


def test_a_mails_html_has_no_rights(
    in_store: Store, post_note: Post, local: None, browse: Browse
) -> None:
    message = post_note(context={"what": "<script>alert(1)</script>"})
    send_for_store()
    answer = browse(None).get(f"/mail/{message.public_id}-0/html/")
    assert "sandbox allow-popups" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert b"<script" not in answer.content


def test_the_mailbox_with_nothing_in_it_says_what_to_do(
    db: None, local: None, browse: Browse
) -> None:
    assert "No mail yet" in browse(None).get("/mail/").content.decode()


def test_an_unknown_mail_is_not_found(db: None, local: None, browse: Browse) -> None:
    assert browse(None).get("/mail/nothing/").status_code == 404


@pytest.mark.parametrize("path", ["/mail/", "/mail/x/", "/mail/x/html/"])
def test_nobody_reads_mails_where_they_are_really_sent(
    db: None, browse: Browse, settings: Any, path: str
) -> None:
    settings.LOCAL = False
    assert browse(None).get(path).status_code == 404


def test_a_stores_host_has_no_mailbox(store: Store, local: None, browse: Browse) -> None:
    assert browse(store).get("/mail/").status_code == 404
