"""Hang the pages of a PDF so that any one of them is found by reading few others.

A flat list of a thousand pages makes a reader fetch a thousand places of the file before it knows
where the last page is (ISO 32000-2, 7.7.3: a tree that is balanced is found quickly).
"""

import pikepdf
from pikepdf import Array, Dictionary, Name, Object

MOST_KIDS = 8


def balance(pdf: pikepdf.Pdf) -> None:
    """Change the tree of pages in place; the pages and their order stay."""
    if len(pdf.pages) <= MOST_KIDS:
        return
    _hand_down(pdf)
    level: list[Object] = [page.obj for page in pdf.pages]
    while len(level) > MOST_KIDS:
        level = [
            _node(pdf, level[start : start + MOST_KIDS])
            for start in range(0, len(level), MOST_KIDS)
        ]
    root = pdf.Root.Pages
    root.Kids = Array(level)
    for kid in level:
        kid.Parent = root


def _hand_down(pdf: pikepdf.Pdf) -> None:
    """Let each page have what it had from the tree: qpdf does it when pages change."""
    pdf.add_blank_page()
    del pdf.pages[-1]


def _node(pdf: pikepdf.Pdf, kids: list[Object]) -> Object:
    count = sum(int(kid.Count) if "/Count" in kid else 1 for kid in kids)
    node = pdf.make_indirect(
        Dictionary(Type=Name.Pages, Count=count, Kids=Array(kids), Parent=pdf.Root.Pages)
    )
    for kid in kids:
        kid.Parent = node
    return node
