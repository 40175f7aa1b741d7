"""Content: private files, their safe delivery, where a reader stopped, and their notes."""

from datetime import timedelta

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """Files and places."""

    name = "content"

    def ready(self) -> None:
        """Tell the gate who finished what, and the account pages what is known of a reader."""
        from access import contract
        from content.services.archive import whole_store
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
        sweeps.add("content.stamp", timedelta(seconds=20), "content.tasks.stamp")
        sweeps.add("content.copies", timedelta(minutes=15), "content.tasks.drop_copies")
        sweeps.add("content.check_uploads", timedelta(seconds=20), "content.tasks.check_uploads")
        sweeps.add("content.forget_uploads", timedelta(hours=6), "content.tasks.forget_uploads")
        excerpts.register()
        sweeps.add("content.forget_requests", timedelta(hours=6), "content.tasks.forget_requests")
        sweeps.add("content.excerpts", timedelta(seconds=20), "content.tasks.make_excerpts")
        notes.register()
