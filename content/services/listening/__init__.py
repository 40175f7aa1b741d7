"""Recordings: what is heard in which order, with which chapters; for parts of every format."""

from content.services.listening.chapters import Chapter, chapters_in_words, parse_chapters
from content.services.listening.tracks import Track, has_recordings, tracks_in, tracks_of

__all__ = [
    "Chapter",
    "Track",
    "chapters_in_words",
    "has_recordings",
    "parse_chapters",
    "tracks_in",
    "tracks_of",
]
