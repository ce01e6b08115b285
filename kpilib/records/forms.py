"""
The workbook that asks a directorate for its quarter: what stands on each sheet, and how it is written.

One table here says what is on each sheet, for whoever writes a form and for whoever reads it when it comes back.
Writing is openpyxl's. The same records give the same bytes.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kpilib.records.carried import CLOSED
from kpilib.records.editions import ACT
from kpilib.records.framework import Framework
from kpilib.records.periods import Period

FORMAT = "1"
START, LISTS, ABOUT = "Start here", "Lists", "About"
HEAD = 3  # the row of the headings; rows to fill in follow it
STANDING = ("as before", "changed", CLOSED)
PARAGRAPHS = tuple(f"Paragraph {number}" for number in range(1, 8))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """
    A column of a sheet: its heading, the name that the records know it by, and its width in signs.

    `takes` says what the directorate may fill in: text, number, date, or the name of a list; nothing where it may not.
    """

    heading: str
    name: str
    width: int
    takes: str = ""


EXEMPT = Column("Exempt under", "exempt", 14, "exempt")
SHEETS: Mapping[str, tuple[Column, ...]] = {
    "Figures": (
        Column("Indicator", "title", 44), Column("Code", "indicator", 24), Column("For", "period", 12),
        Column("In", "unit", 18), Column("Good is", "good_is", 10), Column("A year before", "last_year", 12),
        Column("Figure before", "previous", 12), Column("Target", "target", 14),
        Column("Figure", "value", 14, "number"), Column("Status", "status", 14, "status"),
        Column("Note", "note", 40, "text"), EXEMPT,
    ),
    "Commentary": (
        Column("Indicator", "title", 44), Column("Code", "indicator", 24), Column("Last action", "last_action", 40),
        Column("Performance", "performance", 36, "text"), Column("Good practice", "good practice", 36, "text"),
        Column("Issue", "issue", 36, "text"), Column("Cause", "cause", 36, "text"),
        Column("Action", "action", 36, "text"), Column("Owner of the action", "owner", 24, "text"),
        Column("Date of the action", "due", 14, "date"), EXEMPT,
    ),
    "Earlier figures": (
        Column("Indicator", "title", 44), Column("Code", "indicator", 24), Column("For", "period", 12),
        Column("In", "unit", 18), Column("Published", "published", 14),
        Column("Revised figure", "value", 14, "number"), Column("Why it is revised", "note", 50, "text"),
    ),
    "Risks": (
        Column("Risk", "risk", 8), Column("What it is", "title", 44), Column("Kind", "kind", 12),
        Column("Owner so far", "owner_before", 24), Column("Impact so far", "impact_before", 10),
        Column("Likelihood so far", "likelihood_before", 10), Column("Score so far", "score_before", 8),
        Column("It stands", "standing", 12, "standing"), Column("Impact", "residual_impact", 10, "impact"),
        Column("Likelihood", "residual_likelihood", 10, "likelihood"),
        Column("Direction", "direction", 12, "direction"), Column("Owner", "owner", 24, "text"),
        Column("Progress", "progress", 44, "text"), Column("Next review", "review_date", 14, "date"),
        Column("Progress exempt under", "exempt", 14, "exempt"),
    ),
    "Milestones": (
        Column("Milestone", "milestone", 12), Column("Objective", "objective", 30),
        Column("What is to be done", "text", 44), Column("Due", "due", 12),
        Column("Status so far", "status_before", 16),
        Column("Status", "status", 18, "milestone"), Column("New date", "forecast", 14, "date"),
        Column("Commentary", "commentary", 44, "text"), EXEMPT,
    ),
}  # fmt: skip
KEYS = {
    "Figures": ("indicator", "period"), "Commentary": ("indicator",), "Earlier figures": ("indicator", "period"),
    "Risks": ("risk",), "Milestones": ("milestone",),
}  # fmt: skip
_SAYS = {
    "Figures": (
        "One row for each figure that is due. Write it in the unit of the column “In”: 66.9, not 66.9% or 0.669. "
        "If it is not there yet, leave it empty and choose the status “awaited”. "
        "If it differs from a published one, say why in the note."
    ),
    "Commentary": (
        "Needed for what is off target, got worse, or changed for the worse: issue, cause and action, with owner and "
        "date. One line of performance or good practice is welcome for the rest."
    ),
    "Earlier figures": (
        "Only for figures that were published and have changed since. Write the figure as it is now, and why."
    ),
    "Risks": (
        "Say of each whether it stands as before, has changed or is closed. "
        "Impact and likelihood are those after actions. "
        "A row left blank is no answer: the risk is printed as it stood, marked as not confirmed."
    ),
    "Milestones": (
        "Choose how each stands at the end of the quarter. If its date has moved, write the new one. "
        "A row left blank is no answer: the milestone is printed as it stood, marked as not confirmed."
    ),
}
_HINTS = {
    "number": "A number in the unit of the column “In”, without %, £ or commas between thousands.",
    "date": "A date, such as 31/03/2024.",
}


@dataclass(frozen=True)
class Form:
    """What one directorate is asked: `rows` has a frame for each sheet, empty where there is nothing to ask."""

    framework: Framework
    quarter: Period
    directorate: str
    edition: str
    marking: str
    rows: Mapping[str, pd.DataFrame]


def lists(framework: Framework) -> dict[str, Sequence[str]]:
    """What each drop-down offers, by the name of its list."""
    scales = framework.risk
    words = [word for words in framework.milestones.values() for word in words]
    return {
        "status": ("final", "provisional", "estimate", "awaited", "not measured"),
        "exempt": PARAGRAPHS,
        "standing": STANDING,
        "impact": [str(number + 1) for number in range(len(scales.impact))] if scales else ["1"],
        "likelihood": [str(number + 1) for number in range(len(scales.likelihood))] if scales else ["1"],
        "direction": ("increasing", "level", "reducing", "new"),
        "milestone": words if CLOSED in map(str.casefold, words) else [*words, CLOSED],
    }


def write_form(form: Form) -> bytes:
    """Write a form as an Excel workbook, in which only the cells to fill in can be changed."""
    book = Workbook()
    book.remove(book.active)
    _start(book.create_sheet(START), form)
    offered = lists(form.framework)
    places = {name: f"{LISTS}!${get_column_letter(number)}$1:${get_column_letter(number)}${len(words)}"
              for number, (name, words) in enumerate(offered.items(), 1)}  # fmt: skip
    for name, columns in SHEETS.items():
        if len(form.rows[name]):
            _sheet(book.create_sheet(name), name, columns, form, places)
    hidden = book.create_sheet(LISTS)
    for number, words in enumerate(offered.values(), 1):
        for row, word in enumerate(words, 1):
            _put(hidden, row, number, int(word) if word.isdigit() else word)
    about = book.create_sheet(ABOUT)
    said = [("format", FORMAT), ("framework", form.framework.slug), ("quarter", form.quarter.text),
            ("directorate", form.directorate), ("edition", form.edition)]  # fmt: skip
    for name, keys in KEYS.items():
        said += [(name, *key) for key in form.rows[name].reindex(columns=list(keys)).itertuples(index=False)]
    for row, cells in enumerate(said, 1):
        for column, cell in enumerate(cells, 1):
            _put(about, row, column, cell)
    for sheet in (hidden, about):
        sheet.sheet_state = "hidden"
        sheet.protection.sheet = True
    book.properties.title = f"{form.framework.titled}, {form.quarter.name}: {form.directorate or 'council-wide'}"
    book.properties.creator = form.framework.titled
    book.properties.language = "en-GB"
    return _settled(book)


def _start(sheet: Worksheet, form: Form) -> None:
    """The sheet of instructions."""
    lines = [
        f"{form.framework.titled}: {form.directorate or 'what belongs to no directorate'}, {form.quarter.name}",
        *([f"{form.marking}. Do not pass this workbook on."] if form.marking else []),
        f"This workbook asks for the figures of {form.quarter.span}, and for the words that go with them.",
        "Fill in the shaded cells only, those under “For you to fill in”; the others are locked.",
        *(f"{name}: {_SAYS[name]}" for name in SHEETS if len(form.rows[name])),
        f"Choose a paragraph under “Exempt under” only for what the public may not see ({ACT}).",
        "It is filled in where the last one was exempt. Empty it only if the public may see this one, and say why: in "
        "the note of a figure, or the commentary of a milestone.",
        "Leave a cell empty where you have nothing to say. It never counts as nought: for nought, write 0.",
        "Do not add, move, merge or delete rows or columns. Type dates as dates. Write no formulas.",
        "New risks, new indicators and new targets are not asked for here: tell the performance team.",
        "Save the workbook as it is (.xlsx, without a password) and send it back.",
    ]
    for row, line in enumerate(lines, 1):
        cell = _put(sheet, row, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=row == 1, size=14 if row == 1 else 11)
        sheet.row_dimensions[row].height = _height([(line, 90 if row > 1 else 60)])
    sheet.column_dimensions["A"].width = 100
    _finish(sheet, form)


def _sheet(sheet: Worksheet, name: str, columns: Sequence[Column], form: Form, places: Mapping[str, str]) -> None:
    rows = form.rows[name]
    _put(sheet, 1, 1, f"{name}: {form.directorate or 'council-wide'}, {form.quarter.name}").font = Font(
        bold=True, size=14
    )
    first = next(number for number, column in enumerate(columns, 1) if column.takes)
    _put(sheet, 2, 1, "For your information").font = Font(italic=True)
    _put(sheet, 2, first, "For you to fill in").font = Font(bold=True)
    line = Side(style="thin", color="808080")
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        head = _put(sheet, HEAD, number, column.heading)
        head.font, head.border = Font(bold=True), Border(bottom=Side(style="medium"))
        head.alignment = Alignment(wrap_text=True, vertical="bottom")
        for row, each in enumerate(rows.to_dict("records"), HEAD + 1):
            said = each.get(column.name, "")
            cell = _put(sheet, row, number, "" if column.takes and column.name != EXEMPT.name else said)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.border = Border(left=line, right=line, top=line, bottom=line)
            if column.takes:
                cell.fill = PatternFill("solid", fgColor="FFF8DC")
                cell.protection = Protection(locked=False)
                cell.number_format = {"date": "dd/mm/yyyy", "number": "General", "text": "@"}.get(
                    column.takes, "General"
                )
        if column.takes and column.takes != "text":
            sheet.add_data_validation(_checked(column, letter, len(rows), places))
    sheet.row_dimensions[HEAD].height = _height([(column.heading, column.width) for column in columns])
    roomy = any(column.takes == "text" and column.width < 40 for column in columns)
    for row, each in enumerate(rows.to_dict("records"), HEAD + 1):
        said = [(str(each.get(column.name, "")), column.width) for column in columns if not column.takes]
        sheet.row_dimensions[row].height = max(_height(said), 60 if roomy else 0)
    sheet.freeze_panes = sheet.cell(HEAD + 1, 2)
    sheet.print_title_rows = f"1:{HEAD}"
    _finish(sheet, form)


def _height(texts: Sequence[tuple[str, int]]) -> float:
    """The height of a row, in points, that holds each text in a column of so many signs."""
    return 16.0 * max(math.ceil(len(text) * 1.05 / width) or 1 for text, width in texts)


def _checked(column: Column, letter: str, rows: int, places: Mapping[str, str]) -> DataValidation:
    """The check of a column's cells as they are typed."""
    if column.takes == "number":
        check = DataValidation(
            type="decimal", operator="between", formula1="-1000000000000000", formula2="1000000000000000"
        )
    elif column.takes == "date":
        check = DataValidation(type="date", operator="between", formula1="36526", formula2="73050")  # 2000 to 2099
    else:
        check = DataValidation(type="list", formula1=places[column.takes])
    check.error = _HINTS.get(column.takes, "Choose one of the words in the list.")
    check.errorTitle, check.showErrorMessage, check.allow_blank = column.heading, True, True
    if column.takes in _HINTS:
        check.prompt, check.promptTitle, check.showInputMessage = _HINTS[column.takes], column.heading, True
    check.add(f"{letter}{HEAD + 1}:{letter}{HEAD + rows}")
    return check


def _put(sheet: Worksheet, row: int, column: int, said: Any) -> Any:
    """Write a cell; a text stays a text, whatever sign it begins with."""
    cell = sheet.cell(row, column)
    if isinstance(said, str):
        cell.value = said or None
        if said:
            cell.data_type = "s"
            cell.quotePrefix = said.startswith(_FORMULA)
    else:
        cell.value = None if pd.isna(said) else said
    return cell


def _finish(sheet: Worksheet, form: Form) -> None:
    """Lock a sheet but for what is to be filled in, and lay it out for paper."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    about = " · ".join(part for part in (form.framework.titled, form.quarter.name, form.marking) if part)
    sheet.oddHeader.left.text = about.replace("&", "&&")
    sheet.oddFooter.right.text = "&P of &N"


def _settled(book: Workbook) -> bytes:
    """Save a workbook without the moment of saving: the times in it are those of a day long gone."""
    written, settled = io.BytesIO(), io.BytesIO()
    book.properties.created = datetime(2000, 1, 1)
    book.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(part.filename, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return settled.getvalue()
