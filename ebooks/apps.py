"""Ebooks: the first of the seven formats."""

from django.apps import AppConfig


class EbooksConfig(AppConfig):
    """The ebook format."""

    name = "ebooks"

    def ready(self) -> None:
        """Plug the format in."""
        from ebooks.format import EbookFormat
        from products.contract import formats

        formats.register(EbookFormat())
