"""A whole installation kept somewhere else: the database and both folders of files, read back.

A target is any folder: ``snapshots/<moment>/`` holds the database and the list of all files,
``objects/`` every file once, under the hash of its content, so a night's backup copies what is new.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import connection

STORAGES = ("default", "private")
CHUNK = 1024 * 1024
MANIFEST = "manifest.json"


class BackupBroken(Exception):
    """What is kept is not what was to be kept; the sentence says what to do."""


@dataclass(frozen=True)
class Kept:
    """One file as it was: how long, when it changed, and the hash of what was in it."""

    size: int
    changed: str
    digest: str


def make_backup(target: Path, now: datetime) -> Path:
    """Keep everything as it is, read it back, and return the snapshot's folder.

    The database comes first: a file that comes later is one too many, never one too few.
    """
    snapshot = target / "snapshots" / now.strftime("%Y%m%dT%H%M%SZ")
    unfinished = snapshot.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    database = _dump(unfinished)
    before = _files_of(_latest(target))
    files = {name: _keep_files(name, target, before.get(name, {})) for name in STORAGES}
    manifest = {
        "made_at": now.isoformat(),
        "engine": connection.vendor,
        "database": {"name": database.name, "digest": _digest(database)},
        "files": {
            name: {key: asdict(one) for key, one in kept.items()} for name, kept in files.items()
        },
    }
    (unfinished / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
    verify(target, unfinished)
    unfinished.rename(snapshot)
    return snapshot


def verify(target: Path, snapshot: Path) -> int:
    """Read every byte of a snapshot back; return how many files it has, or raise BackupBroken."""
    manifest = _read(snapshot)
    database = snapshot / manifest["database"]["name"]
    if not database.exists() or _digest(database) != manifest["database"]["digest"]:
        raise BackupBroken(f"the database in {snapshot} is not what was written: keep another")
    _look_inside(database)
    digests = {one.digest for kept in _files_of(snapshot).values() for one in kept.values()}
    for digest in sorted(digests):
        path = _object(target, digest)
        if not path.exists() or _digest(path) != digest:
            raise BackupBroken(f"{path} is missing or spoiled: remove it and make a backup anew")
    return sum(map(len, _files_of(snapshot).values()))


def restore(target: Path, snapshot: Path) -> int:
    """Make database and files what they were; return how many files were written.

    The snapshot is verified first, and every file is read back after. Files that came later stay
    where they are: nothing in the database leads to them.
    """
    verify(target, snapshot)
    manifest = _read(snapshot)
    if manifest["engine"] != connection.vendor:
        raise BackupBroken(f"it was made of {manifest['engine']}: set DATABASE_URL to one of those")
    _load(snapshot / manifest["database"]["name"])
    return sum(_put_back(name, target, kept) for name, kept in _files_of(snapshot).items())


def prune(target: Path, keep: int) -> int:
    """Let go of all but the newest snapshots and of the files only they held; return how many."""
    old = snapshots(target)[:-keep]
    for snapshot in old:
        shutil.rmtree(snapshot)
    held = {
        one.digest
        for snapshot in snapshots(target)
        for kept in _files_of(snapshot).values()
        for one in kept.values()
    }
    for path in (target / "objects").glob("*/*"):
        if path.name not in held:
            path.unlink()
    return len(old)


def snapshots(target: Path) -> list[Path]:
    """Return the finished snapshots, oldest first."""
    return sorted(path.parent for path in target.glob(f"snapshots/*Z/{MANIFEST}"))


def is_empty() -> bool:
    """Whether the database has no table yet, so that restoring takes nothing from anybody."""
    return not connection.introspection.table_names()


def _latest(target: Path) -> Path | None:
    return next(reversed(snapshots(target)), None)


def _read(snapshot: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((snapshot / MANIFEST).read_text())
    return manifest


def _files_of(snapshot: Path | None) -> dict[str, dict[str, Kept]]:
    if snapshot is None:
        return {}
    files = _read(snapshot)["files"]
    return {name: {key: Kept(**one) for key, one in kept.items()} for name, kept in files.items()}


def _dump(folder: Path) -> Path:
    """Write the database as of one moment, while others go on writing."""
    if connection.vendor == "sqlite":
        path = folder / "database.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
    else:
        path = folder / "database.dump"
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={path}", _address())
    path.chmod(0o600)
    return path


def _look_inside(database: Path) -> None:
    if database.suffix == ".dump":
        _run("pg_restore", "--list", str(database))
        return
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        answer = opened.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise BackupBroken(f"{database} is spoiled: {answer}")


def _load(database: Path) -> None:
    if database.suffix == ".dump":
        connection.close()
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
        _run("pg_restore", *options, "--exit-on-error", f"--dbname={_address()}", str(database))
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(database)) as source:
        source.backup(connection.connection)


def _address() -> str:
    """Return libpq's name of the database; its password goes by the environment, see _run."""
    known = connection.settings_dict
    parts = {"dbname": known["NAME"], "host": known["HOST"], "port": known["PORT"]}
    parts["user"] = known["USER"]
    return " ".join(f"{name}='{_quoted(value)}'" for name, value in parts.items() if value)


def _quoted(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("'", "\\'")


def _run(*command: str) -> None:

    password = str(connection.settings_dict.get("PASSWORD") or "")
    env = os.environ | ({"PGPASSWORD": password} if password else {})
    try:
        ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603 -- PostgreSQL's own programs
    except FileNotFoundError as error:
        raise BackupBroken(f"{command[0]} is missing: install PostgreSQL's client") from error
    if ended.returncode:
        raise BackupBroken(f"{command[0]}: {ended.stderr.strip()}")


def _keep_files(name: str, target: Path, before: dict[str, Kept]) -> dict[str, Kept]:
    storage = storages[name]
    return {path: _keep(storage, path, target, before.get(path)) for path in _walk(storage)}


def _walk(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}{name}"
    for name in sorted(folders):
        yield from _walk(storage, f"{folder}{name}/")


def _keep(storage: Storage, path: str, target: Path, before: Kept | None) -> Kept:
    size, changed = storage.size(path), storage.get_modified_time(path).isoformat()
    if before and (before.size, before.changed) == (size, changed):
        return before
    digest = sha256()
    incoming = target / "objects" / "incoming"
    incoming.parent.mkdir(parents=True, exist_ok=True)
    with storage.open(path) as source, incoming.open("wb") as copy:
        for piece in source.chunks(CHUNK):
            digest.update(piece)
            copy.write(piece)
    kept = _object(target, digest.hexdigest())
    kept.parent.mkdir(exist_ok=True)
    incoming.replace(kept)
    return Kept(size, changed, digest.hexdigest())


def _put_back(name: str, target: Path, kept: dict[str, Kept]) -> int:
    storage, written = storages[name], 0
    for path, one in kept.items():
        if storage.exists(path) and _stored_digest(storage, path) == one.digest:
            continue
        storage.delete(path)
        with _object(target, one.digest).open("rb") as source:
            stored = storage.save(path, File(source))
        if stored != path or _stored_digest(storage, path) != one.digest:
            raise BackupBroken(f"{path} could not be written back as it was")
        written += 1
    return written


def _stored_digest(storage: Storage, path: str) -> str:
    digest = sha256()
    with storage.open(path) as opened:
        for piece in opened.chunks(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _object(target: Path, digest: str) -> Path:
    return target / "objects" / digest[:2] / digest


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
