"""Content: private files, their safe delivery, where a reader stopped, and their notes."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class ContentConfig(AppConfig):
    """Files and places."""

    name = "content"

    def ready(self) -> None:
        """Tell the gate who finished what, and the account pages what is known of a reader."""
        from access import contract
        from content.services import devices
        from content.services.archive import whole_store
        from content.services.discussion import slots as discussion
        from content.services.excerpts import slots as excerpts
        from content.services.notes import slots as notes
        from content.services.places import ReadingData, finished_parts
        from content.services.stamping.personal import CopiesData
        from content.services.stamping.troubles import duties_of_copies
        from stores.slots import (
            MailKind,
            duties,
            mail_kinds,
            personal_data,
            store_archive,
            sweeps,
        )

        contract.finished_parts.append(finished_parts)
        personal_data.register("content", ReadingData())
        personal_data.register("content.copies", CopiesData())
        duties.register("content.copies", duties_of_copies)
        store_archive.register("content", whole_store)
        sweeps.add("content.stamp", timedelta(seconds=20), "content.tasks.stamp")
        sweeps.add("content.copies", timedelta(minutes=15), "content.tasks.drop_copies")
        sweeps.add("content.check_uploads", timedelta(seconds=20), "content.tasks.check_uploads")
        sweeps.add("content.forget_uploads", timedelta(hours=6), "content.tasks.forget_uploads")
        excerpts.register()
        sweeps.add("content.forget_requests", timedelta(hours=6), "content.tasks.forget_requests")
        sweeps.add("content.excerpts", timedelta(seconds=20), "content.tasks.make_excerpts")
        sweeps.add("content.editions", timedelta(minutes=1), "content.tasks.tell_editions")
        sweeps.add("content.carry", timedelta(seconds=30), "content.tasks.carry")
        mail_kinds.register(
            "new_edition",
            MailKind(
                "new_edition",
                gettext_lazy("a new edition"),
                ("title", "edition", "changes", "open_url", "shelf_url"),
                priority=8,
                when=gettext_lazy("When a new edition of what people bought goes out."),
                waits=True,
                required=("changes", "open_url"),
            ),
        )
        sweeps.add("content.read_texts", timedelta(minutes=1), "content.tasks.read_texts")
        notes.register()
        devices.register()
        discussion.register()
