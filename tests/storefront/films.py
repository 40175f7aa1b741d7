"""A film with captions on a published page, for the walks over all addresses."""

from __future__ import annotations

from django.core.files.base import ContentFile

from content.services.files import private
from storefront.models import Captions, Film, Page
from storefront.services.pages.making import create_page
from storefront.services.pages.publishing import publish
from stores.scope import current_store
from tests.conftest import NOW

Path = dict[str, str]


def shown_film(mark: str) -> tuple[Path, Path]:
    """Return what the addresses of a film and of its captions are made of, in the store in scope.

    Each text of theirs is ``mark``; asked again, they are the same ones.
    """
    film: Film | None = Film.objects.filter(original_name=f"{mark}.mp4").first()
    if film is None:
        name = f"{current_store().public_id}/films/{mark}.mp4"
        size = {"size": 1, "width": 1, "height": 1}
        film = Film.objects.create(
            sha256=mark,
            name=private().save(name, ContentFile(b"x")),
            original_name=f"{mark}.mp4",
            media_type="video/mp4",
            **size,
        )
    said: Captions = Captions.objects.get_or_create(
        sha256=mark, defaults={"text": mark, "lines": 1}
    )[0]
    if not Page.objects.filter(slug=f"film-{mark}").exists():
        kept = {"film_id": film.public_id, "captions_id": said.public_id, "language": "en"}
        block = {"id": "b2", "key": "video", "fields": {"heading": mark, "film": kept}}
        page = create_page(
            "free", title=mark, slug=f"film-{mark}", language="en", now=NOW, blocks=[block]
        )
        publish(page, staff=None, now=NOW)
    return (
        {"film_id": film.public_id, "digest": film.digest},
        {"captions_id": said.public_id, "digest": said.digest},
    )
