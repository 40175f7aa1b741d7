"""Pictures and PDF files that go with a letter."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Customer, User
from accounts.services.leaving import erase_customer
from conversations.models import Attachment, Conversation
from conversations.services import enclosing
from conversations.services.enclosing import LARGEST
from core import clock
from core.limits import Limit
from mail.models import Message as Mail
from stores.models import Store
from stores.scope import store_scope
from tests.content.files import pdf

TOLD = "32 Mill Lane"


def picture(name: str = "torn page.jpg") -> SimpleUploadedFile:
    """Return a photo that says where it was made."""
    made = io.BytesIO()
    image = Image.new("RGB", (900, 600), "#884422")
    exif = Image.Exif()
    exif[0x010E] = TOLD
    exif[0x0112] = 6
    image.save(made, "JPEG", exif=exif)
    return SimpleUploadedFile(name, made.getvalue(), content_type="text/html")


@pytest.fixture
def charlie_at(in_store: Store, charlie: Customer, browse: Callable[..., Client]) -> Client:
    return browse(in_store, charlie.user)


@pytest.fixture
def alice_at(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def ask(client: Client, *files: SimpleUploadedFile) -> Any:
    return client.post("/ask/", {"kind": "missing", "text": "It is torn.", "attached": list(files)})


def url_of(row: Attachment) -> str:
    letter = row.message.conversation
    return reverse("conversations:file", args=[letter.public_id, row.public_id])


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_photo_is_drawn_again_and_tells_nothing_of_its_place(charlie_at: Client) -> None:
    came = picture()
    assert TOLD.encode() in came.read()
    came.seek(0)

    ask(charlie_at, came)

    row = Attachment.objects.get()
    response = charlie_at.get(url_of(row))
    kept = body_of(response)
    image = Image.open(io.BytesIO(kept))
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (600, 900), {})
    assert TOLD.encode() not in kept
    assert (row.size, row.original_name) == (len(kept), "torn page.jpg")


def test_a_file_is_sent_to_be_saved_and_never_as_a_page_of_ours(charlie_at: Client) -> None:
    ask(charlie_at, picture())

    response = charlie_at.get(url_of(Attachment.objects.get()))

    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}
    shown = charlie_at.get(url_of(Attachment.objects.get()), headers=elsewhere)
    assert shown.status_code == 403


def test_a_pdf_is_judged_like_any_other(charlie_at: Client, tmp_path: Any) -> None:
    path = pdf(tmp_path / "receipt.pdf")

    ask(charlie_at, SimpleUploadedFile("receipt.exe", path.read_bytes()))

    row = Attachment.objects.get()
    assert (row.original_name, row.media_type) == ("receipt.pdf", "application/pdf")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.jpg", b"<html><script>alert(1)</script></html>"),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"),
        ("tool.pdf", b"MZ" + b"\0" * 300),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj"),
    ],
)
def test_what_is_no_picture_and_no_pdf_is_refused_by_its_name(
    charlie_at: Client, name: str, content: bytes
) -> None:
    page = ask(charlie_at, picture(), SimpleUploadedFile(name, content)).content.decode()

    assert f"“{name}”" in page
    assert "It is torn." in page
    assert not Conversation.objects.exists()
    assert not Attachment.objects.exists()


def test_few_and_small(charlie_at: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Up to 3 files" in ask(charlie_at, *[picture()] * 4).content.decode()
    large = SimpleUploadedFile("large.jpg", b"x" * (LARGEST + 1))
    assert "is too large" in ask(charlie_at, large).content.decode()
    assert (
        "This file is empty." in ask(charlie_at, SimpleUploadedFile("a.jpg", b"")).content.decode()
    )
    monkeypatch.setattr(enclosing, "LOOKED_AT", Limit("test-letter-files", 1, 3600))
    assert ask(charlie_at, picture(), picture()).status_code == 429
    assert not Conversation.objects.exists()


def test_a_visitor_whose_mailbox_nobody_knows_sends_none(
    in_store: Store, browse: Callable[..., Client]
) -> None:
    visitor = browse(in_store)
    assert 'type="file"' not in visitor.get("/ask/").content.decode()

    visitor.post(
        "/ask/",
        {"kind": "question", "text": "?", "email": "vera@example.com", "attached": picture()},
    )

    letter = Conversation.objects.get()
    assert not Attachment.objects.exists()
    by_mail = f"/letter/{letter.public_id}/{letter.key}/"
    visitor.post(f"{by_mail}more/", {"text": "Here", "attached": picture()})
    row = Attachment.objects.get()
    assert visitor.get(f"{by_mail}files/{row.public_id}/").status_code == 200
    wrong = f"/letter/{letter.public_id}/{'0' * 32}/files/{row.public_id}/"
    assert visitor.get(wrong).status_code == 404


def test_another_customer_another_letter_and_another_store_get_404(
    charlie_at: Client,
    in_store: Store,
    other_store: Store,
    bob: User,
    alice_at: Client,
    browse: Callable[..., Client],
) -> None:
    ask(charlie_at, picture())
    row = Attachment.objects.get()
    bobs = Customer.objects.create(user=bob)
    theirs = Conversation.objects.create(customer=bobs, language="en")
    at_bobs = browse(in_store, bob)

    assert at_bobs.get(url_of(row)).status_code == 404
    through_own = reverse("conversations:file", args=[theirs.public_id, row.public_id])
    assert at_bobs.get(through_own).status_code == 404
    assert browse(in_store).get(url_of(row)).status_code == 302
    keyed = [theirs.public_id, theirs.key, row.public_id]
    assert browse(in_store).get(reverse("conversations:keyed-file", args=keyed)).status_code == 404
    of_store = reverse("admin:conversations_conversation_file", args=[theirs.pk, row.public_id])
    assert alice_at.get(of_store).status_code == 404
    there, user = url_of(row), row.message.conversation.customer.user
    with store_scope(other_store):
        Customer.objects.create(user=user)
    assert browse(other_store, user).get(there).status_code == 404


def test_the_team_reads_it_and_sends_one_along(charlie_at: Client, alice_at: Client) -> None:
    ask(charlie_at, picture())
    letter, row = Conversation.objects.get(), Attachment.objects.get()
    page = alice_at.get(
        reverse("admin:conversations_conversation_change", args=[letter.pk])
    ).content.decode()
    there = reverse("admin:conversations_conversation_file", args=[letter.pk, row.public_id])
    assert there in page
    assert alice_at.get(there)["Content-Disposition"].startswith("attachment")
    told = Mail.objects.get(kind="conversation_asked")
    assert "torn page.jpg" in told.context["said"]

    answer = reverse("admin:conversations_conversation_answer", args=[letter.pk])
    bad = SimpleUploadedFile("bad.jpg", b"no")
    again = alice_at.post(answer, {"text": "Look:", "attached": bad}).content.decode()
    assert "“bad.jpg”" in again
    assert "Look:</textarea>" in again
    alice_at.post(answer, {"text": "Look:", "attached": picture("whole.jpg")})

    assert "whole.jpg" in Mail.objects.get(kind="conversation_answered").context["answer"]
    sent = Attachment.objects.get(original_name="whole.jpg")
    assert url_of(sent) in charlie_at.get(f"/account/letters/{letter.public_id}/").content.decode()
    assert body_of(charlie_at.get(url_of(sent)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["undo", "erasing"])
def test_what_is_taken_back_or_forgotten_leaves_no_file(
    charlie_at: Client, charlie: Customer, alice_at: Client, by: str
) -> None:
    ask(charlie_at, picture())
    letter = Conversation.objects.get()
    answer = reverse("admin:conversations_conversation_answer", args=[letter.pk])
    alice_at.post(answer, {"text": "Look:", "attached": picture("whole.jpg")})
    names = dict(Attachment.objects.values_list("original_name", "name"))
    assert all(storages["private"].exists(name) for name in names.values())

    if by == "undo":
        alice_at.post(reverse("admin:conversations_conversation_undo", args=[letter.pk]))
        gone = [names["whole.jpg"]]
    else:
        erase_customer(charlie, now=clock.now())
        gone = list(names.values())

    assert [storages["private"].exists(name) for name in gone] == [False] * len(gone)
    assert Attachment.objects.count() == len(names) - len(gone)
