"""
Pages become HTML, and HTML becomes paper: two nbconvert exporters.

HTML is one file that asks nothing of anyone: a policy in its head forbids every request, and every script but ours,
so that what a cell of a notebook shows, or a record holds, runs nothing.
Paper is the same HTML with its print styles, drawn by WeasyPrint as PDF/UA-1.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert.exporters import Exporter, TemplateExporter
from nbconvert.filters import markdown2html, strip_ansi
from nbformat import NotebookNode
from traitlets import default

from kpilib.pages import theme
from kpilib.press.engine import PageError, is_left_out
from kpilib.press.paper import draw
from kpilib.records.faults import Fault

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    f"script-src 'sha256-{b64encode(sha256(theme.script().encode()).digest()).decode()}'"
)
_STYLE = re.compile(r"<style>.*?</style>\s*", re.DOTALL)
_HEADING = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.DOTALL)
_ANCHOR = re.compile(r'<a class="anchor-link".*?</a>', re.DOTALL)
_PLACE_LINK = re.compile(r'href="(#[^"]*)"')
_PAGE_LINK = re.compile(r'href="([a-z0-9_-]+)\.html(#[^"]*)?"')


class PageExporter(TemplateExporter):
    """An executed page, or several bound together, as one HTML file."""

    export_from_notebook = "Report page (HTML)"
    output_mimetype = "text/html"

    @default("template_name")
    def _own_template(self) -> str:
        return "report"

    @default("extra_template_basedirs")
    def _own_templates(self) -> list[str]:
        return [str(Path(__file__).parent / "templates")]

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """
        Write a page as HTML.

        Raises:
            PageError: a picture has no alternative text, or no cell was ever run.
        """
        about = {
            "title": "",
            "council": "",
            "label": "",
            "despite": "",
            "home": "",
            "links": {},
            "parts": [],
            "papers": [],
            "upright": False,
            "whole": True,
            "numbered": True,
            "later": False,
            "begins": {},
            **nb.metadata.get("kpilib", {}),
        }
        about["title"] = about["title"] or (resources or {}).get("metadata", {}).get("name", "Report")
        _refuse_unrun(nb, about["title"])
        self.environment.filters["piece"] = lambda cell, output: piece(cell, output, about)
        self.environment.filters["words"] = lambda text, cell: headings(text, cell.metadata.get("page", ""))
        running = " · ".join(part for part in (about["council"], about["label"]) if part)
        paper = _running_head(running) + theme.paper(upright=about["upright"])
        if not about["numbered"]:
            paper += "@page { @bottom-right { content: none; } }\n"
        styles = {"screen": Markup(theme.screen()), "paper": Markup(paper)}
        return super().from_notebook_node(
            nb, {**(resources or {}), "about": about, "styles": styles, "policy": POLICY}, **kw
        )


class PaperExporter(Exporter):
    """The same as PDF/UA-1."""

    export_from_notebook = "Report page (PDF)"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _pdf(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """
        Write a page as PDF.

        Raises:
            PageError: a picture has no alternative text, or Pango is missing.
        """
        html, resources = PageExporter(config=self.config).from_notebook_node(nb, resources, **kw)
        return draw(html), {**resources, "output_extension": ".pdf"}


def _refuse_unrun(nb: NotebookNode, title: str) -> None:
    """Refuse a notebook of which no cell was ever run: it would be printed as an empty page."""
    code = [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]
    if code and not any(cell.outputs or cell.execution_count for cell in code):
        remedy = "Run all its cells and save it; `jupyter nbconvert` runs them itself with --execute."
        raise PageError(Fault(title, "was never run, so there is nothing to print", remedy))


def piece(cell: NotebookNode, output: NotebookNode, about: dict[str, Any]) -> Markup:
    """
    Give what a cell shows, as HTML.

    Raises:
        PageError: a picture has no alternative text.
    """
    data = output.get("data", {})
    if is_left_out(cell, output):
        return Markup("")
    if "text/html" in data:
        html = _STYLE.sub("", data["text/html"])
        if not about["whole"]:  # what a cell leads to may not be in this paper: it is on the page that the cell is of
            html = _PLACE_LINK.sub(rf'href="{cell.metadata["page"]}.html\1"', html)
        return Markup(_links(html, about["links"]))
    if any(kind.startswith("image/") for kind in data):
        remedy = 'Show it by kpi.picture(figure, alt="what it shows, with the figures").'
        raise PageError(
            Fault(f"the cell `{cell.source.strip()[:60]}`", "shows a picture without alternative text", remedy)
        )
    if "text/markdown" in data:
        return Markup(markdown2html(data["text/markdown"]))
    text = strip_ansi(data.get("text/plain", output.get("text", "")))
    return Markup("<pre>{}</pre>").format(text) if text.strip() else Markup("")


def headings(html: str, page: str) -> Markup:
    """Give the headings of a page's own words ids that stay unique when pages are bound together."""

    def marked(match: re.Match[str]) -> str:
        inner = _ANCHOR.sub("", match[2])
        words = unescape(re.sub(r"<[^>]+>", "", inner)).lower()
        slug = "-".join(re.findall(r"\w+", words)) or "part"
        name = f"{page}-{slug}" if page else slug
        return f'<h{match[1]} id="{name}">{inner}</h{match[1]}>'

    return Markup(_HEADING.sub(marked, html))


def _links(html: str, links: dict[str, str]) -> str:
    """
    Point links between pages to where those pages are.

    `links` names the file of each page, or where it begins in this document; nothing is nowhere, on paper.
    """

    def pointed(match: re.Match[str]) -> str:
        page, place = match[1], match[2] or ""
        file = links.get(page, f"{page}.html")
        if file.startswith("#"):
            return f'href="{place or file}"'
        return f'href="{file}{place}"' if file else ""

    return _PAGE_LINK.sub(pointed, html)


def _running_head(text: str) -> str:
    """The head of each sheet, as a rule of the style sheet."""
    said = "".join(f"\\{ord(sign):x} " if sign in '"\\<>\n' else sign for sign in text)
    return f'@page {{ @top-left {{ content: "{said}"; }} }}\n'


def blank(sheets: int) -> str:
    """So many sheets, as a paper's lie, with nothing on them but their numbers."""
    alone = "@page { @top-left { content: none; } @top-right { content: none; } } div + div { break-before: page; }"
    body = "<div>\N{NO-BREAK SPACE}</div>" * sheets
    return f'<html lang="en-GB"><title>Numbers</title><style>{theme.paper()}{alone}</style><body>{body}</body></html>'
