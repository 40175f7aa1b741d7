"""The forms of an ebook."""

from ebooks.forms.book import FILE_FIELDS, NEW_EDITION, EbookForm, in_words

__all__ = ["FILE_FIELDS", "NEW_EDITION", "EbookForm", "in_words"]
