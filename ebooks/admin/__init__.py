"""An ebook in the store's admin: its form and its numbers."""

from ebooks.admin.book import EbookAdmin

__all__ = ["EbookAdmin"]
