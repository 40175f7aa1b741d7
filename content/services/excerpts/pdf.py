"""Make a small PDF of some pages of a large one: those pages, and only what they draw."""

from collections.abc import Sequence
from pathlib import Path

import pikepdf

from content.services.judge.found import Unfit
from content.services.stamping.pdf import ODD

KEPT_OF_A_PAGE = frozenset(
    {
        *("/Type", "/Parent", "/Contents", "/Resources", "/Rotate", "/UserUnit", "/Group"),
        *("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"),
    }
)
PRUNED = ("/XObject", "/Font", "/ExtGState", "/Pattern", "/Shading", "/Properties")
"""Kinds of resources that could bring something of another page."""
NEVER = (
    "/PieceInfo",
    "/Metadata",
    "/LastModified",
    "/OPI",
    "/Ref",
    "/Alternates",
    "/StructParents",
)
DEEPEST = 8
SAFE_LINKS = ("http:", "https:", "mailto:", "tel:")

Lines = Sequence[tuple[str, int]]
"""Titles, each with the page of the book it stands on."""


def excerpt_pdf(
    source: Path,
    target: Path,
    spans: Sequence[Sequence[int]],
    *,
    last: Path,
    title: str,
    lines: Lines = (),
) -> None:
    """Write the pages of ``spans`` and the page of the PDF ``last`` to ``target``.

    Unfit ``unmatched`` when there are no such pages, ``broken`` when a page cannot be taken apart.
    """
    numbers = [number for first, end in spans for number in range(first, end + 1)]
    try:
        with (
            pikepdf.open(source, access_mode=pikepdf.AccessMode.stream) as book,
            pikepdf.open(last) as ending,
            pikepdf.new() as made,
        ):
            if not numbers or max(numbers) > len(book.pages):
                raise Unfit("unmatched")
            links = [_links(book.pages[number - 1]) for number in numbers]
            for number in numbers:
                made.pages.append(book.pages[number - 1])
            for page, addresses in zip(made.pages, links, strict=True):
                _only_what_it_draws(made, page, addresses)
            _say_what_it_is(book, made, title)
            made.pages.extend(ending.pages)
            _contents(made, numbers, lines)
            _without_private_parts(made)
            made.save(
                target,
                linearize=True,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
    except ODD as odd:
        raise Unfit("broken") from odd


def _links(page: pikepdf.Page) -> list[tuple[list[float], str]]:
    """Return where a page leads out of the book; where it leads inside, most is not here."""
    found = []
    notes = page.obj.get("/Annots")
    for note in notes if isinstance(notes, pikepdf.Array) else ():
        action = note.get("/A") if isinstance(note, pikepdf.Dictionary) else None
        address = action.get("/URI") if isinstance(action, pikepdf.Dictionary) else None
        box = note.get("/Rect") if address is not None else None
        if isinstance(box, pikepdf.Array) and str(address).lower().startswith(SAFE_LINKS):
            found.append(([float(number) for number in box], str(address)))
    return found


def _only_what_it_draws(
    made: pikepdf.Pdf, page: pikepdf.Page, links: list[tuple[list[float], str]]
) -> None:
    """Drop of a page all that its drawing does not use, and what hangs at it besides."""
    resources = page.resources
    used = _names_in(page)
    page.obj.Resources = made.make_indirect(_pruned(made, resources, used, 0))
    for key in list(page.obj.keys()):
        if key not in KEPT_OF_A_PAGE:
            del page.obj[key]
    if links:
        page.obj.Annots = pikepdf.Array(_link(made, *each) for each in links)


def _link(made: pikepdf.Pdf, box: list[float], address: str) -> pikepdf.Object:
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address))
    return made.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=pikepdf.Array(box),
            Border=pikepdf.Array([0, 0, 0]),
            A=action,
        )
    )


def _names_in(drawing: pikepdf.Page | pikepdf.Object) -> set[str]:
    """Return the names that a page, form or pattern uses while it draws."""
    used: set[str] = set()
    for instruction in pikepdf.parse_content_stream(drawing):
        used |= {str(each) for each in instruction.operands if isinstance(each, pikepdf.Name)}
    return used


def _pruned(
    made: pikepdf.Pdf, resources: pikepdf.Object, used: set[str], depth: int
) -> pikepdf.Dictionary:
    """Return resources with what is used, that in turn pruned; forms without any share these."""
    if depth > DEEPEST:
        raise Unfit("broken")
    fresh = pikepdf.Dictionary({key: resources[key] for key in resources.keys()})  # noqa: SIM118
    used = used | _used_by_bare_forms(resources, used, depth)
    for kind in PRUNED:
        rows = resources.get(kind)
        if isinstance(rows, pikepdf.Dictionary):
            kept = {key: rows[key] for key in rows.keys() if key in used}  # noqa: SIM118
            fresh[kind] = pikepdf.Dictionary(kept)
            if kind in {"/XObject", "/Pattern", "/Font"}:
                for each in kept.values():
                    _prune_inside(made, each, depth)
    return fresh


def _used_by_bare_forms(resources: pikepdf.Object, used: set[str], depth: int) -> set[str]:
    forms = resources.get("/XObject")
    more: set[str] = set()
    if not isinstance(forms, pikepdf.Dictionary):
        return more
    waiting = [key for key in forms.keys() if key in used]  # noqa: SIM118
    seen = set(waiting)
    while waiting:
        form = forms[waiting.pop()]
        if form.get("/Subtype") == "/Form" and "/Resources" not in form:
            names = _names_in(form)
            more |= names
            fresh = [key for key in forms.keys() if key in names and key not in seen]  # noqa: SIM118
            seen.update(fresh)
            waiting += fresh
    return more


def _prune_inside(made: pikepdf.Pdf, found: pikepdf.Object, depth: int) -> None:
    """Prune what a form, a tiling pattern or the letters of a drawn font bring along."""
    own = (
        found.get("/Resources") if isinstance(found, pikepdf.Dictionary | pikepdf.Stream) else None
    )
    if not isinstance(own, pikepdf.Dictionary):
        return
    if isinstance(found, pikepdf.Stream):
        found.Resources = _pruned(made, own, _names_in(found), depth + 1)
        return
    letters = found.get("/CharProcs")
    if isinstance(letters, pikepdf.Dictionary):
        used: set[str] = set()
        for key in letters.keys():  # noqa: SIM118 -- not a Python dict
            used |= _names_in(letters[key])
        found.Resources = _pruned(made, own, used, depth + 1)


def _say_what_it_is(book: pikepdf.Pdf, made: pikepdf.Pdf, title: str) -> None:
    made.docinfo["/Title"] = pikepdf.String(title)
    author = book.docinfo.get("/Author")
    if isinstance(author, pikepdf.String):
        made.docinfo["/Author"] = pikepdf.String(str(author))
    language = book.Root.get("/Lang")
    if isinstance(language, pikepdf.String):
        made.Root.Lang = pikepdf.String(str(language))
    wishes = book.Root.get("/ViewerPreferences")
    if isinstance(wishes, pikepdf.Dictionary) and wishes.get("/Direction") == "/R2L":
        made.Root.ViewerPreferences = pikepdf.Dictionary(Direction=pikepdf.Name.R2L)
    layers = book.Root.get("/OCProperties")
    if isinstance(layers, pikepdf.Dictionary):  # what was hidden stays hidden
        made.Root.OCProperties = made.copy_foreign(book.make_indirect(layers))


def _contents(made: pikepdf.Pdf, numbers: Sequence[int], lines: Lines) -> None:
    with made.open_outline() as outline:
        for title, number in lines:
            if number in numbers:
                outline.root.append(pikepdf.OutlineItem(title, numbers.index(number)))


def _without_private_parts(made: pikepdf.Pdf) -> None:
    """Drop what programs keep for themselves, which may hold whole documents."""
    for each in made.objects:
        if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            for key in NEVER:
                if key in each:
                    del each[key]
