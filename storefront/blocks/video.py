"""A film from YouTube or Vimeo that loads only when it is pressed, or a link to one."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, LinkAddressField, PictureField, line

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
    """Where the film is, what it is called, and the picture before it plays."""

    url = LinkAddressField(label=_("Address of the film"))
    heading = line(_("What it is called"), 120, required=True)
    text = line(_("One sentence below it"), 240)
    image = PictureField(label=_("Picture before it plays"))

    def clean_url(self) -> str:
        """Return the address; there is no film without one."""
        url: str = self.cleaned_data["url"]
        if not url:
            raise forms.ValidationError(gettext("Write where the film is."))
        return url


class Video(BlockType):
    """A film behind a button: nothing is asked of anybody else before it is pressed."""

    key, form = "video", VideoForm
    label = _("Film")
    line = _("From YouTube or Vimeo; it loads when it is pressed.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the film's player, or none where it is only a link."""
        whose, player = player_of(fields.get("url", ""))
        image = around.picture(fields.get("image"))
        return {**fields, "whose": NAMES.get(whose, ""), "player": player, "image": image}

    def sources(self, fields: Fields) -> tuple[str, ...]:
        """Return the one place the film's player comes from."""
        whose, _player = player_of(fields.get("url", ""))
        return (FRAMES[whose],) if whose else ()

    def summary(self, fields: Fields) -> str:
        """Return what the film is called."""
        return str(fields.get("heading", ""))
