"""Every address of a store, found by walking the urlconf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """One named address: ``payments:order`` and the parameters in its path."""

    name: str
    parameters: tuple[str, ...]
    view: Any


def addresses(urlconf: str = "config.urls") -> list[Address]:
    """Return every named address of ``urlconf`` outside the admin, which has walks of its own."""
    return [each for each in _walk(get_resolver(urlconf).url_patterns, "") if each.name]


def _walk(patterns: Any, namespace: str) -> Iterator[Address]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace or ""]))
            if inner != "admin":
                yield from _walk(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            name = f"{namespace}:{pattern.name}" if namespace else pattern.name
            yield Address(name, tuple(pattern.pattern.converters), pattern.callback)
