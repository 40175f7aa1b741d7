"""The whole store as one zip: every row of every app, every file. docs/archive.md is its format.

What is in it is found by walking the models, so an app that is added is in it too; what is left
out is named here with its reason, and in the archive.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse

from core import clock, tokens
from core.queue import wake
from stores import slots
from stores.models import Archive, Look, Staff, Store, StoreModel
from stores.scope import all_stores, current_store, store_scope

VERSION = 1
KEPT = timedelta(days=7)
CLAIM = timedelta(hours=1)
MOST_TRIES = 3
STEP = 200
"""So many rows and files between two notes of how far it is."""
COPIED = 1 << 20
MODELS_LEFT_OUT = {
    "stores.Archive": "archives do not hold themselves",
    "accounts.CustomerWord": "by what customers are found, gathered anew from who they are",
    "access.PartKey": "keys of links in mails, of which only hashes are kept",
    "content.SearchEntry": "made of the files, anew wherever they are loaded",
    "content.Upload": "files on their way",
    "content.UploadPart": "files on their way",
    "content.StampedCopy": "made anew from the file and the purchase",
    "storefront.ShopText": "what the search looks through, gathered anew from the pages",
    "payments.OutboundCall": "calls to the payment company; what came of them is in the payments",
}
FIELDS_LEFT_OUT = {
    "accounts.Consent": {"leave_key"},
    "content.Following": {"leave_key"},
    "mail.Message": {"context"},
    "payments.Bill": {"fix_key"},
    "payments.Bookkeeping": {"secret"},
    "payments.CancelNotice": {"key_hash"},
    "payments.RenewHere": {"key"},
    "stores.Domain": {"token"},
}
"""Secrets that open something: whoever reads the archive must not come in by it."""


def ask(by: Staff, *, now: datetime) -> Archive:
    """Ask for an archive of the store in scope; while one is being made, it is that one."""
    try:
        with transaction.atomic():
            archive: Archive = Archive.objects.create(asked_by=by, asked_at=now)
    except IntegrityError:
        archive = Archive.objects.get(state=Archive.State.WAITING)
    wake("stores.tasks.make_archives")
    return archive


def make_due(now: datetime) -> None:
    """Make every archive that waits and is nobody's; let go of those whose week is over."""
    with all_stores():
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        waiting = Archive.objects.filter(free, state=Archive.State.WAITING)
        due = list(waiting.values_list("pk", "store_id"))
        old = Archive.objects.filter(state=Archive.State.READY, kept_until__lte=now)
        over = list(old.values_list("pk", "store_id"))
    for pk, store_id in over:
        with store_scope(Store.objects.get(pk=store_id)):
            _let_go(Archive.objects.get(pk=pk))
    for pk, store_id in due:
        with store_scope(Store.objects.select_related("look").get(pk=store_id)):
            if Archive.objects.filter(free, pk=pk).update(
                claimed_until=now + CLAIM, tries=models.F("tries") + 1
            ):
                make(Archive.objects.get(pk=pk), now=now)


def make(archive: Archive, *, now: datetime) -> None:
    """Write the zip beside the others of the store, and say that it is there.

    An attempt that fails is made anew by the sweep, three times.
    """
    store = current_store()
    try:
        with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as target:
            write_zip(target, store, archive, now)
            target.seek(0, 2)
            size = target.tell()
            target.seek(0)
            wanted = f"{store.public_id}/archives/{tokens.secret()}.zip"
            name = storages["private"].save(wanted, File(target))
    except Exception:
        if archive.tries >= MOST_TRIES:
            Archive.objects.filter(pk=archive.pk).update(state=Archive.State.FAILED)
        raise
    archive.state, archive.name, archive.size = Archive.State.READY, name, size
    archive.ready_at, archive.kept_until = now, now + KEPT
    with transaction.atomic():
        archive.save()
        context = {
            "size": in_words(size),
            "path": reverse("admin:stores_archive_changelist", "config.urls"),
        }
        for tell in slots.tell_creators.all():
            tell("archive_ready", f"archive:{archive.pk}", context)


def write_zip(target: IO[bytes], store: Store, archive: Archive, now: datetime) -> None:
    """Write everything of the store in scope into ``target``."""
    kinds = models_of_stores()
    files = list(_files(store))
    archive.total = sum(_rows(model).count() for model in kinds) + len(files)
    counter = _Counter(archive)
    counts = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as packed:
        for model in kinds:
            with packed.open(
                f"rows/{model._meta.label_lower}.jsonl", "w", force_zip64=True
            ) as lines:
                counts[model._meta.label_lower] = _write_rows(lines, _rows(model), counter)
        for key in slots.store_archive.keys():  # noqa: SIM118 -- a slot, no dictionary
            packed.writestr(f"parts/{key}.json", _json(slots.store_archive.get(key)(store)))
        for kind, name in files:
            _write_file(packed, kind, name, store)
            counter.one()
        packed.writestr("archive.json", _json(_manifest(store, counts, len(files), now)))
    counter.keep()


def models_of_stores() -> list[type[models.Model]]:
    """Return the models whose rows go into an archive: all of stores' but those left out."""
    own = [
        model
        for model in apps.get_models()
        if issubclass(model, StoreModel) and model._meta.label not in MODELS_LEFT_OUT
    ]
    return [Store, Look, apps.get_model(settings.AUTH_USER_MODEL), *own]


def row_of(row: models.Model) -> dict[str, Any]:
    """Return a row as plain values, without what opens something."""
    label = row._meta.label
    left_out = FIELDS_LEFT_OUT.get(label, set())
    if label == settings.AUTH_USER_MODEL:
        return {"id": row.pk, "email": getattr(row, "email", "")}
    return {
        field.attname: field.value_from_object(row)
        for field in row._meta.local_concrete_fields
        if field.name not in left_out
    }


def in_words(size: int) -> str:
    """Return a size as people read it."""
    step, units = 1024, ("B", "KB", "MB", "GB", "TB")
    value, index = float(size), 0
    while value >= step and index < len(units) - 1:
        value, index = value / step, index + 1
    return f"{value:.0f} {units[index]}" if index < 2 else f"{value:.1f} {units[index]}"  # noqa: PLR2004 -- bytes and kB are whole


def _rows(model: type[models.Model]) -> models.QuerySet[Any]:
    store = current_store()
    if model is Store:
        return Store.objects.filter(pk=store.pk)
    if model is Look:
        return Look.objects.filter(store=store)
    if model._meta.label == settings.AUTH_USER_MODEL:
        people = Q(pk__in=Staff.objects.values("user"))
        customers = apps.get_model("accounts.Customer").objects.values("user")
        return model._default_manager.filter(people | Q(pk__in=customers))
    return model._default_manager.all()


def _write_rows(lines: IO[bytes], rows: models.QuerySet[Any], counter: _Counter) -> int:
    count = 0
    for row in rows.order_by("pk").iterator(chunk_size=500):
        lines.write((_json(row_of(row), indent=None) + "\n").encode())
        count += 1
        counter.one()
    return count


def _files(store: Store) -> Iterator[tuple[str, str]]:
    for kind in ("default", "private"):
        yield from ((kind, name) for name in _below(storages[kind], store.public_id))


def _below(storage: Any, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(files))
    for name in sorted(folders):
        if name not in {"archives", "uploads"}:
            yield from _below(storage, f"{folder}/{name}")


def _write_file(packed: zipfile.ZipFile, kind: str, name: str, store: Store) -> None:
    folder = "public" if kind == "default" else "private"
    inside = f"files/{folder}/{name.removeprefix(store.public_id + '/')}"
    info = zipfile.ZipInfo(inside, clock.now().timetuple()[:6])
    info.compress_type = zipfile.ZIP_STORED
    with storages[kind].open(name) as source, packed.open(info, "w", force_zip64=True) as out:
        while chunk := source.read(COPIED):
            out.write(chunk)


def _manifest(store: Store, counts: dict[str, int], files: int, now: datetime) -> dict[str, Any]:
    return {
        "format": "sevenfold-archive",
        "version": VERSION,
        "store": store.public_id,
        "name": store.name,
        "made_at": now,
        "rows": counts,
        "files": files,
        "left_out": MODELS_LEFT_OUT,
        "fields_left_out": {label: sorted(names) for label, names in FIELDS_LEFT_OUT.items()},
    }


def _json(values: Any, *, indent: int | None = 1) -> str:
    return json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False, indent=indent)


def _let_go(archive: Archive) -> None:
    if archive.name:
        storages["private"].delete(archive.name)
    Archive.objects.filter(pk=archive.pk).update(state=Archive.State.GONE, name="")


class _Counter:
    """How far an archive is; kept every two hundred, which renews the claim too."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.done = archive, 0

    def one(self) -> None:
        self.done += 1
        if self.done % STEP == 0:
            self.keep()

    def keep(self) -> None:
        self.archive.done = self.done
        Archive.objects.filter(pk=self.archive.pk).update(
            done=self.done, total=self.archive.total, claimed_until=clock.now() + CLAIM
        )
