"""Take out of a PDF whatever acts on its own: scripts, launches, forms that send, attachments."""

from collections.abc import Iterator

import pikepdf

SAFE_ACTIONS = frozenset({"/GoTo", "/URI", "/Named"})
SAFE_LINKS = ("http:", "https:", "mailto:", "tel:")
ACTION_KEYS = ("/A", "/PA", "/OpenAction")
FORBIDDEN_KEYS = ("/AA", "/JS", "/JavaScript", "/XFA", "/Collection", "/Threads")
PLACES = (b"GPS", b"Location", b"photoshop:City", b"Iptc4xmpCore")
LARGEST_METADATA = 4 * 1024 * 1024
ATTACHED_KEYS = ("/EmbeddedFiles", "/EF", "/AF", "/RF")
ATTACHED_NOTES = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
DEEPEST = 60


def scrub_pdf(pdf: pikepdf.Pdf) -> dict[str, int]:
    """Change `pdf` in place; return how many active parts and attachments were taken out."""
    removed = {"scripts_removed": 0, "attachments_removed": 0}
    for found in _dictionaries(pdf):
        removed["scripts_removed"] += _drop_actions(found)
        removed["attachments_removed"] += _drop_attachments(found)
        _drop_places(found)
    return removed


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of the file: indirect ones, and those written inside others."""
    for top in pdf.objects:
        waiting = [(top, 0)]
        while waiting:
            found, depth = waiting.pop()
            if isinstance(found, pikepdf.Array):
                inner = list(found)
            elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
                yield found
                inner = [found[key] for key in found.keys()]  # noqa: SIM118 - not a Python dict
            else:
                continue
            if depth < DEEPEST:
                waiting.extend((i, depth + 1) for i in inner if not _is_apart(i))
    yield pdf.trailer


def _is_apart(value: object) -> bool:
    """Not a container, or one that `pdf.objects` lists by itself."""
    if not isinstance(value, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream):
        return True
    return value.is_indirect


def _drop_actions(found: pikepdf.Object) -> int:
    dropped = _delete(found, FORBIDDEN_KEYS)
    for key in ACTION_KEYS:
        if key in found and _is_unsafe(found[key]):
            dropped += _delete(found, (key,))
    if "/S" in found and "/Next" in found:
        # An action's successors; an outline item also has /Next, but no /S.
        dropped += _delete(found, ("/Next",))
    return dropped


def _is_unsafe(action: object) -> bool:
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return False
    kind = str(action["/S"])
    if kind == "/URI":
        return not str(action.get("/URI", "")).strip().lower().startswith(SAFE_LINKS)
    return kind not in SAFE_ACTIONS


def _drop_attachments(found: pikepdf.Object) -> int:
    dropped = _delete(found, ATTACHED_KEYS)
    notes = found.get("/Annots") if "/Annots" in found else None
    if isinstance(notes, pikepdf.Array):
        kept = [note for note in notes if not _is_attached(note)]
        if len(kept) < len(notes):
            dropped += len(notes) - len(kept)
            found["/Annots"] = pikepdf.Array(kept)
    return dropped


def _drop_places(found: pikepdf.Object) -> None:
    """Take out XMP that says where something was made, and what editors keep beside pictures."""
    if "/PieceInfo" in found:
        del found["/PieceInfo"]
    said = found.get("/Metadata") if "/Metadata" in found else None
    if isinstance(said, pikepdf.Stream) and _says_where(said):
        del found["/Metadata"]


def _says_where(said: pikepdf.Stream) -> bool:
    if int(said.get("/Length", 0)) > LARGEST_METADATA:
        return True
    try:
        text = said.read_bytes()
    except (pikepdf.PdfError, RuntimeError, ValueError):  # what cannot be read cannot be kept
        return True
    return len(text) > LARGEST_METADATA or any(place in text for place in PLACES)


def _is_attached(note: object) -> bool:
    return isinstance(note, pikepdf.Dictionary) and str(note.get("/Subtype")) in ATTACHED_NOTES


def _delete(found: pikepdf.Object, keys: tuple[str, ...]) -> int:
    count = 0
    for key in keys:
        if key in found:
            del found[key]
            count += 1
    return count
