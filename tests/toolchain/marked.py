"""Every string marked for translation, found without gettext's own tools."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
APART = {"sandbox", "bin", "tests", "bench", "node_modules", "var", "static", "templates", "docs"}
FUNCTIONS = {
    "_": (0,),
    "gettext": (0,),
    "gettext_lazy": (0,),
    "gettext_noop": (0,),
    "ngettext": (0,),
    "ngettext_lazy": (0,),
    "pgettext": (1,),
    "pgettext_lazy": (1,),
    "npgettext": (1,),
}
Said = tuple[str, str]
"""A context, empty where there is none, and a text."""
TAG = re.compile(
    r"\{%\s*(?:translate|trans)\s+(?:\"([^\"]*)\"|'([^']*)')"
    r"(?:[^%]*?\bcontext\s+(?:\"([^\"]*)\"|'([^']*)'))?"
)
ARGUMENT = re.compile(r"_\((?:\"([^\"]*)\"|'([^']*)')\)")
CONTEXT = re.compile(r"\bcontext\s+[\"']([^\"']*)[\"']")
BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*(?:plural|endblocktrans)", re.DOTALL
)


def strings() -> Iterator[tuple[Said, str]]:
    """Yield each marked string, with its context, and the file it stands in."""
    for path in sorted(
        [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    ):
        for text in _in_template(path.read_text()):
            yield text, str(path.relative_to(ROOT))
    for path in sorted(ROOT.glob("[a-z]*/**/*.py")):
        if path.relative_to(ROOT).parts[0] not in APART:
            for text in _in_module(path.read_text()):
                yield text, str(path.relative_to(ROOT))


def _in_template(text: str) -> Iterator[Said]:
    for found in TAG.finditer(text):
        yield found.group(3) or found.group(4) or "", found.group(1) or found.group(2)
    for found in ARGUMENT.finditer(text):
        yield "", found.group(1) or found.group(2)
    for found in BLOCK.finditer(text):
        named = CONTEXT.search(found.group(1))
        context = named.group(1) if named else ""
        body = re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", found.group(2))
        is_trimmed = "trimmed" in found.group(1)
        lines = " ".join(line.strip() for line in body.strip().splitlines())
        yield context, lines if is_trimmed else body


def _in_module(source: str) -> Iterator[Said]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        for place in FUNCTIONS.get(node.func.id, ()):
            said = [each.value for each in node.args[: place + 1] if isinstance(each, ast.Constant)]
            if len(said) == place + 1 and isinstance(said[-1], str):
                yield str(said[0]) if place else "", said[-1]


def ours(language: str) -> Iterator[Message]:
    """Yield the finished messages of our own catalogues."""
    for path in ROOT.glob(f"**/locale/{language}/LC_MESSAGES/django.po"):
        first = path.relative_to(ROOT).parts[0]
        if first not in APART and not first.startswith("."):
            yield from _finished(path)


def translated(language: str) -> set[Said]:
    """Return what our catalogues or Django's own translate."""
    own = Path(django.__file__).parent
    theirs = [own / "conf", *(own / "contrib" / name for name in ("admin", "auth"))]
    found = {said(message) for message in ours(language)}
    for folder in theirs:
        path = folder / "locale" / language / "LC_MESSAGES" / "django.po"
        found |= {said(message) for message in _finished(path)}
    return found


def said(message: Message) -> Said:
    """Return what a message is looked up by."""
    return message.context or "", sources(message)[0]


def sources(message: Message) -> list[str]:
    """Return the one or two English forms of a message."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def forms(message: Message) -> list[str]:
    """Return the forms of a message's translation."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def _finished(path: Path) -> Iterator[Message]:
    with path.open("rb") as text:
        messages = list(read_po(text))
    for message in messages:
        if message.id and all(forms(message)) and not message.fuzzy:
            yield message
