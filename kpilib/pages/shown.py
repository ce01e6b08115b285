"""
What a cell shows: HTML for a reader, plain words for a terminal, the same every time.

All HTML is made by the templates beside this module, which escape whatever comes from records.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kpilib.pages import theme, words

TEMPLATES = Environment(
    loader=PackageLoader("kpilib.pages"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
TEMPLATES.globals.update(tags=theme.TAGS, arrows=theme.ARROWS, words=words)

_NOTES = re.compile(r'<aside class="note">.*?</aside>\s*', re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A piece of a page."""

    html: Markup

    def _repr_html_(self) -> str:
        return f'<div class="kpi-part">{self.html}</div>'

    def __repr__(self) -> str:
        """The words that are printed, without ways to other places; a picture speaks through its alternative text."""
        said = re.sub(r"<(style|aside|nav)\b.*?</\1>", " ", self.html, flags=re.DOTALL)
        said = re.sub(r'<img [^>]*alt="([^"]*)"[^>]*>', r" \1 ", said)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", said)).split())


def fill(template: str, **parts: object) -> Shown:
    """Fill a template."""
    return Shown(Markup(TEMPLATES.get_template(f"{template}.html.j2").render(**parts)))


def without_notes(html: str) -> str:
    """Leave out the notes that are for whoever has the notebook open: a run says elsewhere what they say."""
    return _NOTES.sub("", html)


def together(pieces: Sequence[Shown]) -> Shown:
    """Show pieces one after another."""
    return Shown(Markup("\n").join(piece.html for piece in pieces))
