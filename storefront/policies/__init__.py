"""Starting texts of policies, by language and by the country whose law the store lives under.

A file holds parts, ``## heading`` and paragraphs. ``## ! heading`` marks what a law asks for. A
paragraph or heading that begins with ``[IL]``, ``[EU GB]`` or the like stands only there; ``[-IL]``
everywhere but there. They are a beginning written by us, not a lawyer's advice.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime

from core import clock, countries
from storefront.services.pages.drafts import new_block
from stores.models import Business, Store
from stores.services.business import business_of

FOLDER = Path(__file__).resolve().parent
EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
    ]
)
TAG = re.compile(r"\[(-?)([A-Z ]+)\]\s*")


def policy_blocks(topic: str, language: str, store: Store) -> list[dict[str, Any]]:
    """Return the starting blocks of a policy, filled with the store's business details."""
    business = business_of(store)
    folder = FOLDER / (language if (FOLDER / language).is_dir() else "en")
    source = (folder / f"{topic}.md").read_text(encoding="utf-8")
    text = _filled(source, _values(store, business, language))
    return [
        new_block("text", {"heading": heading, "text": body, "law": is_law})
        for heading, body, is_law in parts_of(text, law_of(business.country or store.country))
    ]


def law_of(country: str) -> str:
    """Return whose rules the texts follow: IL, EU, GB, US, or nobody's in particular."""
    if country in EU:
        return "EU"
    return country if country in {"IL", "GB", "US"} else "XX"


def parts_of(text: str, law: str) -> list[tuple[str, str, bool]]:
    """Return heading, text and whether a law asks for it, of each part that stands under a law."""
    found = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _line_end, rest = part.partition("\n")
        is_law = heading.startswith("! ")
        name = _here(heading.removeprefix("! ").strip(), law)
        body = [_here(each.strip(), law) for each in re.split(r"\n\s*\n", rest)]
        paragraphs = [each for each in body if each]
        if name and paragraphs:
            found.append((name, "\n\n".join(paragraphs), is_law))
    return found


def _here(text: str, law: str) -> str:
    """Return a paragraph without its tag, or nothing where it does not stand under this law."""
    tag = TAG.match(text)
    if tag is None:
        return text
    is_named = law in tag[2].split()
    return text[tag.end() :] if is_named != bool(tag[1]) else ""


def _values(store: Store, business: Business, language: str) -> dict[str, str]:
    address = ", ".join(filter(None, business.lines(language))) if business.address else ""
    return {
        "store": store.name,
        "seller": business.legal_name or store.name,
        "number": business.tax_id,
        "address": address,
        "country": countries.name_of(business.country or store.country, language),
        "email": business.email,
        "phone": business.phone,
        "today": date_format(localtime(clock.now()), "DATE_FORMAT"),
    }


def _filled(text: str, values: dict[str, str]) -> str:
    """Return the text with the store's facts; a line whose fact is not known goes."""
    lines = []
    for line in text.split("\n"):
        names = re.findall(r"\{(\w+)\}", line)
        if line.startswith("- ") and any(not values.get(name) for name in names):
            continue
        lines.append(re.sub(r"\{(\w+)\}", lambda found: values.get(found[1]) or "…", line))
    return "\n".join(lines)
