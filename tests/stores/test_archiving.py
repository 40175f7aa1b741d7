"""Take everything: all rows, all files, no secrets, and only for an owner who is sure."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from mail.models import Message
from stores.models import Archive, Staff, Store, StoreModel
from stores.scope import store_scope
from stores.services import archiving
from tests.admin.conftest import make_scene
from tests.conftest import NOW

ASK = "/admin/stores/archive/ask/"


def made(store: Store) -> zipfile.ZipFile:
    archiving.ask(Staff.objects.get(role="owner"), now=NOW)
    archiving.make_due(NOW)
    archive = Archive.objects.get()
    assert archive.state == "ready"
    return zipfile.ZipFile(io.BytesIO(storages["private"].open(archive.name).read()))


def rows_of(packed: zipfile.ZipFile, label: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in packed.read(f"rows/{label}.jsonl").splitlines()]


def test_every_model_of_stores_is_in_it_or_named_with_a_reason(in_store: Store) -> None:
    packed = made(in_store)
    for model in apps.get_models():
        if issubclass(model, StoreModel):
            is_in = f"rows/{model._meta.label_lower}.jsonl" in packed.namelist()
            assert is_in != (model._meta.label in archiving.MODELS_LEFT_OUT), model._meta.label


def test_what_is_left_out_exists(db: None) -> None:
    for label, names in archiving.FIELDS_LEFT_OUT.items():
        assert names <= {field.name for field in apps.get_model(label)._meta.fields}
    for label in archiving.MODELS_LEFT_OUT:
        assert apps.get_model(label)


def test_all_rows_and_files_of_this_store_and_no_others(store: Store, other_store: Store) -> None:
    make_scene(store, "charlie@example.com", "Linen")
    make_scene(other_store, "erin@example.com", "Secretsauce")
    with store_scope(store):
        storages["private"].save(f"{store.public_id}/x/file.epub", ContentFile(b"the book"))
        storages["private"].save(f"{other_store.public_id}/x/file.epub", ContentFile(b"theirs"))
        packed = made(store)
        assert [each["title"] for each in rows_of(packed, "products.product")] == ["Linen book"]
        assert {each["email"] for each in rows_of(packed, "accounts.user")} == {
            "alice@example.com",
            "charlie@example.com",
        }
        assert packed.read("files/private/x/file.epub") == b"the book"
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert b"Secretsauce" not in everything
    assert b"theirs" not in everything


def test_it_says_what_it_is(in_store: Store) -> None:
    said = json.loads(made(in_store).read("archive.json"))
    assert (said["format"], said["version"]) == ("sevenfold-archive", archiving.VERSION)
    assert said["rows"]["stores.staff"] == 1


def test_no_password_and_no_key_is_in_it(in_store: Store, alice: Any) -> None:
    packed = made(in_store)
    assert set(rows_of(packed, "accounts.user")[0]) == {"id", "email"}
    assert "token" not in rows_of(packed, "stores.domain")[0]


def test_two_who_ask_get_one_and_it_goes_after_a_week(in_store: Store) -> None:
    made(in_store)
    name = Archive.objects.get().name
    me = Staff.objects.get()
    assert archiving.ask(me, now=NOW).pk == archiving.ask(me, now=NOW).pk
    archiving.make_due(NOW + timedelta(days=8))
    assert not storages["private"].exists(name)
    assert Message.objects.filter(kind="archive_ready").exists()


def test_an_attempt_that_fails_is_made_anew_and_then_said(
    in_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    archiving.ask(Staff.objects.get(), now=NOW)
    monkeypatch.setattr(archiving, "_manifest", lambda *args: 1 / 0)
    for number in range(3):
        with pytest.raises(ZeroDivisionError):
            archiving.make_due(NOW + timedelta(hours=2 * number))
    assert Archive.objects.get().state == "failed"


def test_only_an_owner_who_is_sure_takes_it(
    browse: Any, store: Store, alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert browse(store, bob).get(ASK).status_code == 403
    at = browse(store, alice)
    assert "/account/sure/" in at.post(ASK)["Location"]
    with store_scope(store):
        assert not Archive.objects.exists()
        made(store)
        fetch = f"/admin/stores/archive/{Archive.objects.get().pk}/file/"
    assert browse(store, bob).get(fetch).status_code == 403
    assert "/account/sure/" in at.get(fetch)["Location"]
    monkeypatch.setattr("accounts.views.here.is_fresh", lambda request: True)
    assert b"".join(at.get(fetch).streaming_content)[:2] == b"PK"
    assert at.post(ASK).status_code == 302


@pytest.mark.parametrize(
    ("what", "owner", "support"),
    [("customers", 200, 200), ("orders", 200, 403), ("products", 200, 403)],
)
def test_tables_go_to_who_may_change_their_area_and_no_formula_hides_in_them(
    what: str, owner: int, support: int, browse: Any, store: Store, alice: Any, bob: Any
) -> None:
    make_scene(store, "charlie@example.com", "=cmd")
    path = f"/admin/stores/archive/table/{what}.csv"
    answer = browse(store, alice).get(path)
    assert answer.status_code == owner
    assert "'=cmd" in answer.content.decode()
    # the support's role sees the page only with a right to settings; the table asks for its own
    assert browse(store, bob).get(path).status_code == support


def test_another_stores_archive_is_not_found(
    browse: Any, store: Store, other_store: Store, dana: Any
) -> None:
    with store_scope(store):
        made(store)
        pk = Archive.objects.get().pk
    assert browse(other_store, dana).get(f"/admin/stores/archive/{pk}/file/").status_code == 404


def test_it_says_how_far_it_is(in_store: Store) -> None:
    from stores.admin.archive import progress_of

    assert progress_of(Archive(state="waiting", done=50, total=200)) == "25 percent so far"
    assert archiving.in_words(3_500_000) == "3.3 MB"
