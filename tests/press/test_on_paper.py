"""The appendices as PDF: made for readers with and without sight, and for a cabinet's table."""

from __future__ import annotations

import re
from pathlib import Path

import page as validator
import pytest
from pypdf import PdfReader

APPENDICES = ("A", "B", "C")


@pytest.mark.parametrize("letter", APPENDICES)
def test_every_pdf_is_pdf_ua_1(report: Path, letter: str) -> None:
    """The validator finds nothing against PDF/UA-1."""
    found = validator.validate_pdf(report / f"appendix-{letter}.pdf", profile="ua1")

    assert [(failure.rule_id, failure.message) for failure in found.failures] == []
    assert found.is_compliant


@pytest.mark.parametrize("letter", APPENDICES)
def test_sheets_are_a4_with_running_heads_and_numbers(report: Path, letter: str) -> None:
    """Each sheet is A4 lying down, names council, quarter and appendix, and says which of how many it is."""
    sheets = PdfReader(report / f"appendix-{letter}.pdf").pages

    for number, sheet in enumerate(sheets, 1):
        text = sheet.extract_text()
        assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (842, 595)
        assert f"Lancashire County Council · Quarter 3 2019/20 · Appendix {letter}" in text
        assert f"Page {number} of {len(sheets)}" in text


@pytest.mark.parametrize("letter", APPENDICES)
def test_no_sheet_is_left_empty(report: Path, letter: str) -> None:
    """Every sheet says something beside its head and number."""
    for number, sheet in enumerate(PdfReader(report / f"appendix-{letter}.pdf").pages, 1):
        assert len(sheet.extract_text()) > 250, f"sheet {number}"


@pytest.mark.parametrize("letter", APPENDICES)
def test_headings_are_bookmarks(report: Path, letter: str) -> None:
    """A reader can go to each part by the outline."""
    outline = PdfReader(report / f"appendix-{letter}.pdf").outline
    titles = [entry.title for entry in outline if not isinstance(entry, list)]

    expected = {
        "A": "Executive summary",
        "B": "Lancashire will be the place to live",
        "C": "Corporate risk and opportunity register",
    }
    assert expected[letter] in titles


@pytest.mark.parametrize("letter", APPENDICES)
def test_fonts_are_within_the_file(report: Path, letter: str) -> None:
    """All letters are drawn with the fonts that came along, on every machine the same."""
    names = set()
    for sheet in PdfReader(report / f"appendix-{letter}.pdf").pages:
        names |= {str(font.get_object()["/BaseFont"]) for font in sheet["/Resources"].get("/Font", {}).values()}

    assert {re.sub(r"^/[A-Z]{6}\+", "", name) for name in names} <= {"DejaVu-Sans", "DejaVu-Sans-Bold"}


def test_the_same_figures_stand_on_paper_as_on_screen(report: Path) -> None:
    """A councillor with the paper and one with the screen read the same sentence."""
    paper = " ".join(sheet.extract_text() for sheet in PdfReader(report / "appendix-B.pdf").pages)

    assert "7.19 days is 2.19 above the target of 5; low is good." in " ".join(paper.split())
