"""
Binds sheets that were drawn page by page into one paper: contents before them, numbers below them, one structure.

Each page of a paper is drawn by itself, beside the others, and again only if it changed.
What is said of the whole, its contents and the number of each sheet, is drawn here, where it is known.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from pikepdf import Array, Dictionary, NameTree, NumberTree, Object, ObjectStreamMode, Pdf

from kpilib.press.paper import draw

_NUMBER = "/SheetNumber"


def bind(front: Callable[[Mapping[str, int]], bytes], parts: Mapping[str, bytes], blank: Callable[[int], str]) -> bytes:
    """
    Bind the sheets of pages, PDF/UA-1 each, into one document that is so too.

    Args:
        front: draws what goes before them, given the number of the sheet on which each page begins.
        parts: the sheets of each page, by its name, in order.
        blank: the HTML of so many sheets that are empty but for their numbers.
    """
    pages = {name: Pdf.open(io.BytesIO(drawn)) for name, drawn in parts.items()}
    before, whole = 1, Pdf.new()
    while len(whole.pages) != before:  # contents of more than one sheet put off what follows
        before = len(whole.pages) or 1
        begins, at = {}, before + 1
        for name, page in pages.items():
            begins[name], at = at, at + len(page.pages)
        whole = Pdf.open(io.BytesIO(front(begins)))
    for page in pages.values():
        _add(whole, page)
    _number(whole, Pdf.open(io.BytesIO(draw(blank(len(whole.pages)), tagged=False))))
    bound = io.BytesIO()
    whole.save(bound, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
    return bound.getvalue()


def _add(whole: Pdf, more: Pdf) -> None:
    """Add sheets at the end, with their bookmarks, the places that links lead to, and what their tags say."""
    tree = whole.Root.StructTreeRoot
    numbers = NumberTree(tree.ParentTree)
    past = 1 + max(numbers, default=-1)
    for sheet in more.pages:
        notes = [(note, "/StructParent") for note in sheet.obj.get("/Annots", [])]
        for tagged, key in [(sheet.obj, "/StructParents"), *notes]:
            if key in tagged:
                tagged[key] = int(tagged[key]) + past
    whole.add_pages_from(more)
    added = whole.copy_foreign(more.Root.StructTreeRoot)
    top = _top(tree)
    for part in _top(added).K:
        part.P = top
        top.K.append(part)
    for number, tags in NumberTree(added.ParentTree).items():
        numbers[number + past] = tags
    if "/Names" in more.Root:  # a place of the contents gives way to the one that it stands for
        theirs = whole.copy_foreign(more.make_indirect(more.Root.Names.Dests))
        if "/Names" not in whole.Root:
            whole.Root.Names = Dictionary(Dests=NameTree.new(whole).obj)
        places = NameTree(whole.Root.Names.Dests)
        for name, place in NameTree(theirs).items():
            places[name] = place


def _number(whole: Pdf, numbers: Pdf) -> None:
    """Print its number on each sheet, as what belongs to the sheet and not to what it says."""
    for sheet, number in zip(whole.pages, numbers.pages, strict=True):
        form = whole.copy_foreign(number.as_form_xobject())
        resources = Dictionary(dict(sheet.Resources.items()))  # the sheets of a page share theirs
        pictures = dict(resources.get("/XObject", Dictionary()).items())
        resources.XObject = Dictionary({**pictures, _NUMBER: form})
        sheet.obj.Resources = resources
        sheet.contents_add(b"q", prepend=True)
        sheet.contents_add(f"Q /Artifact <</Type /Pagination>> BDC q {_NUMBER} Do Q EMC".encode())


def _top(tree: Object) -> Any:
    """The one element that holds all others."""
    return tree.K[0] if isinstance(tree.K, Array) else tree.K
