"""Our own drawings for books: named functions that draw on a canvas in one colour's palette."""

from content.services.bookmaking.pictures.canvas import Canvas, Palette
from content.services.bookmaking.pictures.covers import COVER_SIZE, draw_cover
from content.services.bookmaking.pictures.drawings import DRAWINGS, draw

__all__ = ["COVER_SIZE", "DRAWINGS", "Canvas", "Palette", "draw", "draw_cover"]
