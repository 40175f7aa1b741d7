"""Each book's number becomes an edition that went out long ago, with the files it has."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def make_editions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Nobody is told of what was there before; samples belong to no edition."""
    Edition: Any = apps.get_model("content", "Edition")
    Asset: Any = apps.get_model("content", "Asset")
    for ebook in apps.get_model("ebooks", "Ebook").objects.select_related("product").iterator():
        files = Asset.objects.filter(part__product=ebook.pk).exclude(part__kind="sample")
        first = files.order_by("pk").first()
        if first is None:
            continue
        edition = Edition.objects.create(
            store_id=ebook.product.store_id,
            product_id=ebook.pk,
            number=max(ebook.edition, 1),
            created_at=first.created_at,
            out_at=first.created_at,
            told_at=first.created_at,
        )
        files.update(edition=edition)


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0007_editions_and_readers_who_follow"),
        ("ebooks", "0002_files_may_be_stamped"),
    ]

    operations = [migrations.RunPython(make_editions, migrations.RunPython.noop)]
