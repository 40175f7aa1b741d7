"""Content: private files, their safe delivery, and what readers leave in them."""

from datetime import timedelta

from django.apps import AppConfig

SWEEPS = {
    "stamp": timedelta(seconds=20),
    "drop_copies": timedelta(minutes=15),
    "check_uploads": timedelta(seconds=20),
    "forget_uploads": timedelta(hours=6),
    "make_excerpts": timedelta(seconds=20),
    "forget_requests": timedelta(hours=6),
    "tell_editions": timedelta(minutes=1),
    "tell_holders": timedelta(minutes=1),
    "carry": timedelta(seconds=30),
    "read_texts": timedelta(minutes=1),
}
"""How often each task of the same name in content.tasks looks for what is due."""


class ContentConfig(AppConfig):
    """Files, and what becomes of them with readers."""

    name = "content"

    def ready(self) -> None:
        """Tell the gate who finished what, and fill the slots of the apps below."""
        from access import contract
        from content.services import devices, holders, lateness
        from content.services.archive import whole_store
        from content.services.discussion import slots as discussion
        from content.services.editions import slots as editions
        from content.services.excerpts import slots as excerpts
        from content.services.notes import slots as notes
        from content.services.places import ReadingData, finished_parts
        from content.services.stamping.personal import CopiesData
        from content.services.stamping.troubles import duties_of_copies
        from stores.slots import duties, personal_data, store_archive, sweeps

        contract.finished_parts.append(finished_parts)
        personal_data.register("content", ReadingData())
        personal_data.register("content.copies", CopiesData())
        duties.register("content.copies", duties_of_copies)
        store_archive.register("content", whole_store)
        for feature in (notes, excerpts, editions, devices, discussion, holders, lateness):
            feature.register()
        for name, every in SWEEPS.items():
            sweeps.add(f"content.{name}", every, f"content.tasks.{name}")
