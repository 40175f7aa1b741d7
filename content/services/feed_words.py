"""A podcast feed as apps read it: RSS 2.0 with Apple's tags and those of Podcasting 2.0.

https://podcasters.apple.com/support/823-podcast-requirements,
https://github.com/Podcastindex-org/podcast-namespace
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, timedelta
from email.utils import format_datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from content.models import Feed
from content.services.feeds import token_of
from content.services.listening import Track
from content.services.listening.chapters import clock_of
from products.services.covers import cover_of
from stores.scope import current_store
from stores.services.addresses import absolute_url

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
ATOM = "http://www.w3.org/2005/Atom"
CHAPTERS_TYPE = "application/json+chapters"
for _prefix, _space in (("itunes", ITUNES), ("podcast", PODCAST), ("atom", ATOM)):
    ET.register_namespace(_prefix, _space)


def feed_xml(feed: Feed, tracks: Sequence[Track]) -> bytes:
    """Return the feed; the same recordings give the same bytes."""
    store, product = current_store(), feed.product
    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    title = (
        product.title if product is not None else _("All I hear at %(store)s") % {"store": store}
    )
    own = absolute_url(store, reverse("content:feed", args=[token_of(feed)]))
    _say(channel, "title", title)
    _say(channel, "link", absolute_url(store, reverse("storefront:shelf")))
    _say(channel, "description", _("Yours alone: please do not pass this address on."))
    _say(channel, "language", (product.language if product else "") or store.language)
    ET.SubElement(channel, f"{{{ATOM}}}link", {"rel": "self", "href": own})
    _say(channel, f"{{{ITUNES}}}author", (product.maker if product else "") or store.name)
    _say(channel, f"{{{ITUNES}}}block", "Yes")
    _say(channel, f"{{{ITUNES}}}type", "serial")
    _say(channel, f"{{{ITUNES}}}explicit", "false")
    _say(channel, f"{{{PODCAST}}}locked", "yes")
    _say(channel, "generator", "Sevenfold")
    _picture(channel, tracks)
    for number, track in enumerate(tracks, start=1):
        _item(channel, feed, track, number)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def chapters_json(track: Track) -> dict[str, object]:
    """Return a recording's chapters as Podcasting 2.0 wants them (JSON Chapters 1.2)."""
    return {
        "version": "1.2.0",
        "title": track.title,
        "chapters": [{"startTime": each.start, "title": each.title} for each in track.chapters],
    }


def _item(channel: ET.Element, feed: Feed, track: Track, number: int) -> None:
    store, token, part = current_store(), token_of(feed), track.part
    item = ET.SubElement(channel, "item")
    title = track.title if feed.product is not None else f"{part.product.title}: {track.title}"
    _say(item, "title", title)
    _say(item, "guid", part.public_id, isPermaLink="false")
    # Apps order by date: what comes later in a book must be newer by a second.
    published = (part.published_at or track.asset.created_at) + timedelta(seconds=number)
    _say(item, "pubDate", format_datetime(published.astimezone(UTC)))
    address = reverse("content:feed-file", args=[token, track.asset.public_id, _file_name(track)])
    ET.SubElement(
        item,
        "enclosure",
        {
            "url": absolute_url(store, address),
            "length": str(track.asset.size),
            "type": track.asset.media_type,
        },
    )
    _say(item, f"{{{ITUNES}}}duration", str(round(track.seconds)))
    _say(item, f"{{{ITUNES}}}episode", str(number))
    if track.chapters:
        _say(
            item, "description", "\n".join(f"{clock_of(c.start)} {c.title}" for c in track.chapters)
        )
        chapters = reverse("content:feed-chapters", args=[token, part.public_id])
        where = {"url": absolute_url(store, chapters), "type": CHAPTERS_TYPE}
        ET.SubElement(item, f"{{{PODCAST}}}chapters", where)


def _file_name(track: Track) -> str:
    """Return a name that ends as its kind does, by which old apps know what to do with it."""
    return f"{track.part.public_id}.{track.asset.kind}"


def _picture(channel: ET.Element, tracks: Sequence[Track]) -> None:
    cover = next(filter(None, (cover_of(track.part.product) for track in tracks)), None)
    if cover is not None:
        where = absolute_url(current_store(), cover.src)
        ET.SubElement(channel, f"{{{ITUNES}}}image", {"href": where})


def _say(parent: ET.Element, name: str, words: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = "".join(
        letter for letter in words if letter.isprintable() or letter == "\n"
    )
