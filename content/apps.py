"""Content: assets and their safe delivery, readers, and the place kept in them."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """Private files and their readers."""

    name = "content"
