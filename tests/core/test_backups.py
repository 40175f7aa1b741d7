"""A backup is worth what comes back from it."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from core import backups
from core.backups import BackupBroken, make_backup, prune, restore, snapshots, verify
from stores.models import Store
from tests.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
FILES = {
    ("private", "shop/books/התפר.epub"): b"a book" * 1000,
    ("private", "shop/films/a.mp4"): bytes(range(256)) * 64,
    ("default", "shop/cover.webp"): b"a picture",
}


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> dict[tuple[str, str], str]:
    """Files of a shop in folders of their own, by the hash of what is in them."""
    disk = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {
        name: {"BACKEND": disk, "OPTIONS": {"location": tmp_path / name}}
        for name in ("default", "private")
    }
    for (storage, name), content in FILES.items():
        storages[storage].save(name, ContentFile(content))
    return {key: sha256(content).hexdigest() for key, content in FILES.items()}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def found(files: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    return {
        (storage, name): sha256(storages[storage].open(name).read()).hexdigest()
        for storage, name in files
    }


@pytest.mark.postgres
def test_what_was_lost_comes_back_byte_by_byte(
    store: Store, files: dict[tuple[str, str], str], target: Path
) -> None:
    snapshot = make_backup(target, NOW)
    Store.objects.update(name="Spoiled")
    storages["private"].delete("shop/films/a.mp4")
    storages["default"].delete("shop/cover.webp")
    storages["default"].save("shop/cover.webp", ContentFile(b"another picture"))
    assert restore(target, snapshot) == 2
    assert Store.objects.get().name == "Thread"
    assert found(files) == files


@pytest.mark.postgres
def test_rows_that_came_later_are_gone_and_those_that_left_are_back(
    store: Store, other_store: Store, files: dict[Any, str], target: Path
) -> None:
    snapshot = make_backup(target, NOW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE stores_store SET name = 'x' WHERE id = %s", [other_store.pk])
    Store.objects.create(name="Later", language="en", currency="ILS")
    restore(target, snapshot)
    assert set(Store.objects.values_list("name", flat=True)) == {"Thread", "Crumb"}


def test_the_next_night_copies_only_what_is_new(files: dict[Any, str], target: Path) -> None:
    make_backup(target, NOW)
    first = {path.name: path.stat().st_ino for path in (target / "objects").glob("*/*")}
    storages["private"].save("shop/new.pdf", ContentFile(b"new"))
    make_backup(target, NOW + timedelta(days=1))
    second = {path.name: path.stat().st_ino for path in (target / "objects").glob("*/*")}
    assert set(second) - set(first) == {sha256(b"new").hexdigest()}
    assert all(second[name] == inode for name, inode in first.items())


def test_a_spoiled_file_is_noticed_and_nothing_is_restored(
    store: Store, files: dict[Any, str], target: Path
) -> None:
    snapshot = make_backup(target, NOW)
    next((target / "objects").glob("*/*")).write_bytes(b"rot")
    Store.objects.update(name="Still here")
    with pytest.raises(BackupBroken, match="missing or spoiled"):
        restore(target, snapshot)
    assert Store.objects.get().name == "Still here"


def test_a_spoiled_database_is_noticed(files: dict[Any, str], target: Path) -> None:
    snapshot = make_backup(target, NOW)
    next(snapshot.glob("database.*")).write_bytes(b"rot")
    with pytest.raises(BackupBroken, match="not what was written"):
        verify(target, snapshot)


def test_old_ones_go_with_the_files_only_they_held(files: dict[Any, str], target: Path) -> None:
    make_backup(target, NOW)
    storages["private"].delete("shop/films/a.mp4")
    newest = make_backup(target, NOW + timedelta(days=1))
    assert prune(target, keep=1) == 1
    assert snapshots(target) == [newest]
    assert not backups._object(target, files["private", "shop/films/a.mp4"]).exists()
    assert verify(target, newest) == len(FILES) - 1


def test_a_backup_that_was_broken_off_is_none(files: dict[Any, str], target: Path) -> None:
    (target / "snapshots" / "20260101T000000Z.unfinished").mkdir(parents=True)
    assert snapshots(target) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own file")
def test_the_copy_is_for_its_owners_eyes_and_opens_by_itself(
    store: Store, files: dict[Any, str], target: Path
) -> None:
    copy = make_backup(target, NOW) / "database.sqlite3"
    assert copy.stat().st_mode & 0o077 == 0
    assert sqlite3.connect(copy).execute("SELECT name FROM stores_store").fetchone() == ("Thread",)


def test_the_commands_keep_read_back_and_restore(
    store: Store, files: dict[tuple[str, str], str], target: Path, capsys: Any
) -> None:
    call_command("backup", target)
    call_command("backup", target, "--verify")
    assert f"{len(FILES)} files are whole" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", target)
    Store.objects.update(name="Spoiled")
    call_command("restore", target, "--replace")
    assert Store.objects.get().name == "Thread"


def test_what_was_never_kept_cannot_be_restored(target: Path, db: None) -> None:
    for command in (["backup", target, "--verify"], ["restore", target]):
        with pytest.raises(CommandError, match="no"):
            call_command(*command)
