"""The papers as PDF: made for readers with and without sight, and for a cabinet's table."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import page as validator
import pytest
from councils import QUARTERS
from pypdf import PdfReader

from kpilib.press.plan import Paper, make_plan

PLANS = {framework: make_plan(framework, quarter) for framework, quarter in QUARTERS.items()}
PAPERS = [(framework, paper) for framework, plan in PLANS.items() for paper in plan.papers]
EVERY = pytest.mark.parametrize(("framework", "paper"), PAPERS, ids=[f"{name}/{paper.name}" for name, paper in PAPERS])

Made = Callable[[str], Path]


@EVERY
def test_every_pdf_is_pdf_ua_1(made: Made, framework: str, paper: Paper) -> None:
    """The validator finds nothing against PDF/UA-1."""
    found = validator.validate_pdf(made(framework) / f"{paper.name}.pdf", profile="ua1")

    assert [(failure.rule_id, failure.message) for failure in found.failures] == []
    assert found.is_compliant


@EVERY
def test_sheets_are_a4_with_running_heads_and_numbers(made: Made, framework: str, paper: Paper) -> None:
    """Each sheet is A4, names council, quarter and paper, says which of how many it is, and is not left empty."""
    sheets = PdfReader(made(framework) / f"{paper.name}.pdf").pages
    plan = PLANS[framework]
    head = f"{plan.framework.titled} · {plan.quarter.name} · {paper.label}"

    for number, sheet in enumerate(sheets, 1):
        text = " ".join(sheet.extract_text().split())
        wide, high = round(sheet.mediabox.width), round(sheet.mediabox.height)
        assert (wide, high) == ((595, 842) if paper.upright else (842, 595))
        assert head in text
        assert f"Page {number} of {len(sheets)}" in text
        assert len(text) > 250, f"sheet {number}"


@EVERY
def test_headings_are_bookmarks(made: Made, framework: str, paper: Paper) -> None:
    """A reader can go to each part by the outline."""
    outline = PdfReader(made(framework) / f"{paper.name}.pdf").outline
    titles = {entry.title for entry in outline if not isinstance(entry, list)}

    assert {PLANS[framework].framework.entry(page).title for page in paper.pages} <= titles


@pytest.mark.parametrize(("framework", "paper"), [each for each in PAPERS if len(each[1].pages) > 1], ids=str)
def test_contents_name_the_sheet_on_which_each_page_begins(made: Made, framework: str, paper: Paper) -> None:
    """Whether the pages were drawn together or one by one: the number stands there, and leads to that sheet."""
    reader = PdfReader(made(framework) / f"{paper.name}.pdf")
    contents = " ".join(reader.pages[0].extract_text().split())

    for page in paper.pages:
        title = PLANS[framework].framework.entry(page).title
        sheet = reader.get_destination_page_number(reader.named_destinations[page]) + 1
        assert re.search(rf"{re.escape(title)} ?\.+ ?{sheet}\b", contents), title
        assert sheet > 1 or not paper.is_bound
    assert {note["/Subtype"] for note in reader.pages[0]["/Annots"]} == {"/Link"}


@EVERY
def test_fonts_are_within_the_file(made: Made, framework: str, paper: Paper) -> None:
    """All letters are drawn with the fonts that came along, on every machine the same."""
    names = set()
    for sheet in PdfReader(made(framework) / f"{paper.name}.pdf").pages:
        names |= {str(font.get_object()["/BaseFont"]) for font in sheet["/Resources"].get("/Font", {}).values()}

    assert {re.sub(r"^/[A-Z]{6}\+", "", name) for name in names} <= {"DejaVu-Sans", "DejaVu-Sans-Bold"}


def test_the_same_figures_stand_on_paper_as_on_screen(report: Path) -> None:
    """A councillor with the paper and one with the screen read the same sentence."""
    paper = " ".join(sheet.extract_text() for sheet in PdfReader(report / "appendix-B.pdf").pages)

    assert "7.19 days is 2.19 above the target of 5; low is good." in " ".join(paper.split())
