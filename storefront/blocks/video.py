"""A film of the creator's own, one of YouTube or Vimeo that loads when pressed, or a link."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, LinkAddressField, PictureField, line
from storefront.blocks.films import FilmField

YOUTUBE = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch\?(?:.*&)?v=|shorts/|embed/|live/)|youtu\.be/)([\w-]{11})"
)
VIMEO = re.compile(r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{6,12})")
NAMES = {"youtube": "YouTube", "vimeo": "Vimeo"}
FRAMES = {"youtube": "https://www.youtube-nocookie.com", "vimeo": "https://player.vimeo.com"}


def player_of(url: str) -> tuple[str, str]:
    """Return whose film an address is and its player's address; two empty texts for any other."""
    if found := YOUTUBE.match(url):
        return "youtube", f"{FRAMES['youtube']}/embed/{found[1]}?autoplay=1&rel=0"
    if found := VIMEO.match(url):
        return "vimeo", f"{FRAMES['vimeo']}/video/{found[1]}?autoplay=1&dnt=1"
    return "", ""


class VideoForm(BlockForm):
    """The film or where it is, what it is called, and the picture before it plays.

    A block without a film is kept all the same: one that is on its way takes its time.
    """

    heading = line(_("What it is called"), 120, required=True)
    film = FilmField()
    url = LinkAddressField(
        label=_("Or the address of a film elsewhere"),
        help_text=_("From YouTube or Vimeo. A film of your own goes before it."),
    )
    text = line(_("One sentence below it"), 240)
    image = PictureField(
        label=_("Picture before it plays"),
        help_text=_("Left empty, it is a picture out of your film."),
    )


class Video(BlockType):
    """One's own film, or one behind a button: nobody else is asked before it is pressed."""

    key, form = "video", VideoForm
    label = _("Film")
    line = _("Your own, or from YouTube or Vimeo; it loads when it is pressed.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the film, else another's player, else neither where it is only a link."""
        film = around.film(fields.get("film"))
        whose, player = ("", "") if film else player_of(fields.get("url", ""))
        image = around.picture(fields.get("image"))
        return {
            **fields,
            "film": film,
            "whose": NAMES.get(whose, ""),
            "player": player,
            "image": image,
            "poster": image["shown"].wide if image else film.poster if film else "",
        }

    def sources(self, fields: Fields) -> tuple[str, ...]:
        """Return the one place the film's player comes from."""
        whose, _player = player_of(fields.get("url", ""))
        return (FRAMES[whose],) if whose and not self.plays(fields) else ()

    def plays(self, fields: Fields) -> bool:
        """Whether it has a film of the creator's own."""
        return bool((fields.get("film") or {}).get("film_id"))

    def needs_script(self, fields: Fields) -> bool:
        """A player of somebody else's comes by our script; a browser plays our own films."""
        return not self.plays(fields) and bool(player_of(fields.get("url", ""))[1])

    def summary(self, fields: Fields) -> str:
        """Return what the film is called."""
        return str(fields.get("heading", ""))
