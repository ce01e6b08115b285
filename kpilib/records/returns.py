"""
A directorate's return: a form that came back filled in, read cell by cell, with every fault of it.

What is read here are texts in the forms that the record files know; what they mean for the records is told elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.forms import ABOUT, FORMAT, HEAD, KEYS, SHEETS, START, Column
from kpilib.records.signs import is_excel_error, seen
from kpilib.records.workbooks import hidden_columns, hidden_rows, notes, open_workbook, plain

_AGAIN = "Fill in the workbook that was sent out, as it was sent out."
_MOST_ROWS = 5_000


@dataclass(frozen=True)
class Return:
    """
    What a directorate sent: of which framework, quarter and edition, and its rows by sheet.

    The rows are texts, indexed by the row of the sheet; an empty text is an empty cell.
    `notes` says of each note on a cell where it is, and what it says; the records do not take them.
    """

    file: str
    framework: str
    quarter: str
    directorate: str
    edition: str
    rows: dict[str, pd.DataFrame]
    notes: Sequence[str] = ()

    def place(self, sheet: str, row: int, column: str = "") -> str:
        """Name a cell, as faults do; without a column, the row."""
        where = f"cell {_cell(sheet, row, column)}" if column in _names(sheet) else f"row {row}"
        return f"{self.file}, sheet {sheet!r}, {where}"

    def path(self, sheet: str, row: int, column: str) -> str:
        """Name a cell in one word, as a command takes it: `place.xlsx/Figures/I4`."""
        return f"{self.file}/{sheet}/{_cell(sheet, row, column)}"


def _names(sheet: str) -> list[str]:
    return [each.name for each in SHEETS[sheet]]


def _cell(sheet: str, row: int, column: str) -> str:
    return f"{get_column_letter(_names(sheet).index(column) + 1)}{row}"


def read_return(path: Path) -> Return:
    """
    Read a filled form.

    Raises:
        RecordsError: with every fault of the workbook.
    """
    book = open_workbook(path, path.name)
    about = _about(book, path.name)
    faults: list[Fault] = []
    rows = {}
    asked = {name: {tuple(key) for sheet, *key in about["rows"] if sheet == name} for name in SHEETS}
    for name, columns in SHEETS.items():
        if name in book.sheetnames:
            read = _read(book[name], name, columns, path.name, faults)
            if read is not None:
                rows[name] = read
                faults.extend(_row_faults(read, asked[name], name, path.name))
        elif asked[name]:
            faults.append(Fault(path.name, f"has no sheet {name!r}", _AGAIN))
    known = {*SHEETS, START, ABOUT, "Lists"}
    for name in book.sheetnames:
        if name not in known:
            faults.append(Fault(path.name, f"has a sheet {name!r} that was not sent out", "Delete it."))
    if faults:
        raise RecordsError(faults)
    noted = [
        f"{path.name}, sheet {sheet.title!r}, cell {at} has a note: {text}"
        for sheet in book.worksheets
        for at, text in notes(sheet).items()
    ]
    return Return(path.name, **about["said"], rows=rows, notes=noted)


def _about(book: Workbook, file: str) -> dict[str, Any]:
    """Read what the form says of itself."""
    if ABOUT not in book.sheetnames:
        raise RecordsError([Fault(file, "is no form of this workbook: it does not say whose it is", _AGAIN)])
    cells = [[str(cell) if cell is not None else "" for cell in row] for row in book[ABOUT].iter_rows(values_only=True)]
    said = {row[0]: row[1] for row in cells if row and row[0] not in KEYS and len(row) > 1}
    names = ("framework", "quarter", "directorate", "edition")
    if said.get("format") != FORMAT or not all(name in said for name in names):
        raise RecordsError([Fault(file, "is a form that this program does not know", _AGAIN)])
    rows = [row[: 1 + len(KEYS[row[0]])] for row in cells if row and row[0] in KEYS]
    return {"said": {name: said[name] for name in names}, "rows": rows}


def _read(
    sheet: Worksheet, name: str, columns: Sequence[Column], file: str, faults: list[Fault]
) -> pd.DataFrame | None:
    """Read a sheet's rows as texts, adding what is wrong with its cells; nothing where its build is spoiled."""
    place = f"{file}, sheet {name!r}"
    wrong = [
        Fault(f"{place}, cells {area}", "are merged", "Unmerge them: Home, Merge & Center. Each row has its own cells.")
        for area in sheet.merged_cells.ranges
    ]
    if sheet.max_row > _MOST_ROWS:
        wrong.append(Fault(place, f"has {sheet.max_row} rows", _AGAIN))
    for number, column in enumerate(columns, 1):
        found = sheet.cell(HEAD, number).value
        if found != column.heading:
            problem = (
                f"{'is empty' if found is None else repr(str(found)[:40])} where the heading {column.heading!r} stood"
            )
            remedy = "Put columns and headings back where they were, or fill in the workbook as it was sent out."
            wrong.append(Fault(f"{place}, cell {get_column_letter(number)}{HEAD}", problem, remedy))
    hidden = hidden_columns(sheet)
    for letter, column in ((get_column_letter(number), column) for number, column in enumerate(columns, 1)):
        if column.takes and letter in hidden:
            problem = f"{column.heading!r} is hidden, and what is hidden is not read"
            wrong.append(Fault(f"{place}, column {letter}", problem, "Unhide it in Excel, and look at what it holds."))
    if sheet.sheet_state != "visible":
        wrong.append(Fault(place, "is hidden, and what is hidden is not read", "Unhide it in Excel."))
    faults.extend(wrong)
    keys = list(KEYS[name])
    frame = pd.DataFrame(columns=[column.name for column in columns], dtype=str).rename_axis("row")
    if wrong:
        return None
    rows, out_of_sight = {}, hidden_rows(sheet)
    for row in range(HEAD + 1, sheet.max_row + 1):
        cells = {}
        for number, column in enumerate(columns, 1):
            cell = sheet.cell(row, number)
            if column.takes or column.name in keys:
                where = f"{place}, cell {cell.coordinate}"
                try:
                    cells[column.name] = _text(cell, column)
                except ValueError as error:
                    problem, remedy = error.args
                    faults.append(Fault(where, problem, remedy))
                    cells[column.name] = ""
        if any(cells.values()):
            rows[row] = cells
        if row in out_of_sight and any(cells[column.name] for column in columns if column.takes):
            problem = "is hidden, and is filled in"
            faults.append(Fault(f"{place}, row {row}", problem, "Unhide it in Excel; if it is not meant, empty it."))
    return frame if not rows else pd.DataFrame.from_dict(rows, orient="index").rename_axis("row")


def _text(cell: Any, column: Column) -> str:
    """
    Give a cell as the records write it.

    Raises:
        ValueError: it cannot be taken; holds the problem and the remedy.
    """
    value, kind = cell.value, cell.data_type
    if value is None or (isinstance(value, str) and not seen(value)):
        return ""
    if kind == "f":
        problem = f"{str(getattr(value, 'text', value))[:60]!r} is a formula"
        raise ValueError(problem, "Write what it comes to, as a plain figure or text.")
    if is_excel_error(str(value)):
        raise ValueError(f"{value!r} is an error of Excel's", "Write the figure itself, or empty the cell.")
    if column.takes == "number":
        return _number(value, cell.number_format)
    if column.takes == "date":
        if isinstance(value, datetime | date):
            return value.strftime("%Y-%m-%d")
        remedy = (
            "Type it as a date, such as 31/03/2024, into a cell whose format is Date; Excel then moves it to the right."
        )
        raise ValueError(f"{value!r} is not a date but {'text' if isinstance(value, str) else 'a number'}", remedy)
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{str(value)!r} is not a text", "Type it anew as text.")
    return plain(value)


def _number(value: Any, picture: str) -> str:
    """Give a figure; of what Excel shows as a percentage it is not known whether the share or the figure was meant."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        what = "a date" if isinstance(value, datetime | date) else "text"
        remedy = "Type the figure alone, with no %, £, comma, letter or space; the note is for words."
        raise ValueError(f"{str(value)[:40]!r} is {what}, not a number", remedy)
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is not a number", "Write the figure itself.")
    if "%" in picture:
        said = f"{value * 100:.10g}"
        remedy = f"Set the cell's format to General and write {said}, the figure in per cent."
        raise ValueError(f"holds {plain(value)} and shows {said}%", remedy)
    return plain(value)


def _row_faults(rows: pd.DataFrame, asked: set[tuple[str, ...]], sheet: str, file: str) -> Iterator[Fault]:
    """Find rows that were not sent out, rows that are gone, and rows that stand twice."""
    place = f"{file}, sheet {sheet!r}"
    seen: set[tuple[str, ...]] = set()
    for row, *key in rows[list(KEYS[sheet])].itertuples():
        name = " ".join(key).strip()
        if tuple(key) in seen:
            yield Fault(f"{place}, row {row}", f"{name!r} stands there twice", "Keep the row that was sent out.")
        elif tuple(key) not in asked:
            problem = (
                f"{name!r} was not asked for" if name else "holds something beside no indicator, risk or milestone"
            )
            known = allowed(name, {" ".join(each) for each in asked}) if name and len(asked) < 9 else _AGAIN
            yield Fault(f"{place}, row {row}", problem, known)
        seen.add(tuple(key))
    for key in sorted(asked - seen):
        problem = f"the row of {' '.join(key)!r} is gone"
        yield Fault(place, problem, "Put it back; if there is nothing to say, leave its cells empty.")
