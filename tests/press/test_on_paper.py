"""The papers as PDF: made for readers with and without sight, and for a cabinet's table."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import page as validator
import pandas as pd
import pytest
from councils import QUARTERS
from pypdf import PdfReader

from kpilib.pages import theme
from kpilib.pages.progress import milestones
from kpilib.press.paper import draw
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


def drawn(body: str) -> bytes:
    """Draw a body as a page's is drawn."""
    styles = f"<style>{theme.screen()}</style><style>{theme.paper()}</style>"
    return draw(f'<html lang="en-GB"><title>T</title>{styles}<body class="kpi"><main>{body}</main></body></html>')


def promised(*lengths: int) -> str:
    """A table of milestones under its headings, with so many letters of commentary beside each."""
    rows = [{"milestone": f"M{number}", "text": "Open the hall.", "objective": "Halls", "due": "2024-03-31",
             "state": "at risk", "label": "At risk", "owner": "Head of Halls", "reason": f"Reason {number}.",
             "unconfirmed": "", "commentary": ("The steel came late again. " * 300)[:length]}
            for number, length in enumerate(lengths, 1)]  # fmt: skip
    return f"<h1>Halls</h1><h2>What was promised?</h2>{milestones(pd.DataFrame(rows)).html}"


@pytest.mark.parametrize(
    "lengths",
    [(2200, 2200, 0), (2200, 2200), (20, 6000, 20), (20, 20, 20, 1200, 2200, 20, 20)],
    ids=["two long ones first", "nothing else", "longer than a sheet", "in the middle"],
)
def test_long_rows_run_on_from_sheet_to_sheet(lengths: tuple[int, ...]) -> None:
    """Each sheet that has rows has the table's heading, none is nearly empty, and each row begins as a whole."""
    pdf = drawn(promised(*lengths))
    sheets = [" ".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(pdf)).pages]

    assert all("Milestone Due Progress Owner Why" in sheet for sheet in sheets)
    assert "What was promised?" in sheets[0]
    assert "M1: Open" in sheets[0]
    for number in range(1, len(lengths) + 1):
        begins = [sheet for sheet in sheets if f"M{number}: Open" in sheet]
        assert len(begins) == 1
        assert begins[0].count("31 March 2024") == len(re.findall("M[0-9]: Open", begins[0]))
    assert all(len(sheet) > 600 for sheet in sheets[:-1])
    assert validator.validate_pdf_bytes(pdf, profile="ua1").is_compliant


@pytest.mark.parametrize("above", range(162, 172), ids=lambda height: f"{height} mm down")
def test_figures_of_a_card_are_not_torn_from_it_at_the_foot_of_a_sheet(above: int) -> None:
    """Wherever a long card begins, the list of its figures stands below its name."""
    card = (
        '<section class="card long"><h3>Floods in the market</h3><p class="soft">Director of Place</p>'
        '<ul class="figures"><li><b>12 high</b> <span>score</span></li><li><b>6</b> <span>after</span></li></ul>'
        f'<div class="body words"><div>{"<p>Gullies are old.</p>" * 60}</div></div></section>'
    )
    pdf = drawn(f'<h1>Risks</h1><h2>Each</h2><div style="height: {above - 30}mm"></div>{card}')
    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages]

    assert [("Floods" in sheet) == ("12 high" in sheet) for sheet in sheets] == [True] * len(sheets)
    assert validator.validate_pdf_bytes(pdf, profile="ua1").is_compliant
