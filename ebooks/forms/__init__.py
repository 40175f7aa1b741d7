"""The forms of an ebook."""

from ebooks.forms.book import FILE_FIELDS, EbookForm

__all__ = ["FILE_FIELDS", "EbookForm"]
