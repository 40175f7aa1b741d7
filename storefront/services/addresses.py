"""A page's one true address, whichever language it is asked in."""

from __future__ import annotations

from django.urls import get_script_prefix

from stores.scope import current_store


def canonical_path(path: str, language: str) -> str:
    """Return a path as ``reverse()`` gave it, in ``language`` whichever language is being read."""
    store = current_store()
    bare = path.removeprefix(get_script_prefix())
    return f"/{language}/{bare}" if language in store.other_languages else f"/{bare}"
