"""
Spreadsheets as people send them: opened only once they are known to be what they say, and to hold no trap.

Reading is openpyxl's; this module says what never reaches it, and why, in words for whoever sent the file,
and gives each cell as it is shown, with the number behind it.
"""

from __future__ import annotations

import contextlib
import csv
import io
import math
import re
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, iterparse  # type: ignore[import-untyped]
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.files import read_file
from kpilib.records.signs import seen

MOST_UNPACKED = 50_000_000
MOST_TAGS = 3_500_000  # of all parts together: four for each cell that holds something, and five for each row
MOST_CELLS = 1_000_000
MOST_SHEETS = 200
MOST_COLUMNS = 16_384  # of a sheet in Excel
MOST_PRINTED = 10**15
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # the container of Excel before 2007, and of files with a password
_SAVE = "Save it in Excel as `Excel Workbook (*.xlsx)`"
_PICTURE = re.compile(r"([^#0?]*)(#,##0|0|#)(?:\.(0+))?([^#0?.,]*)")


def open_workbook(path: Path, place: str, *, data_only: bool = False) -> Workbook:
    """
    Open an Excel workbook that somebody sent.

    Args:
        place: how faults name it.
        data_only: give what formulas came to when Excel last saved the file, instead of the formulas.

    Raises:
        RecordsError: it is no .xlsx workbook, or none that is safe to open.
    """
    content = _content(path, place)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _look_through(archive, path.suffix.lower(), place)
    except DefusedXmlException as error:
        raise _trapped(place) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _refused(place, "is damaged, or was cut short", "Ask for it again, or save it anew in Excel.") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of looks that openpyxl does not keep, which nobody here needs
            return load_workbook(io.BytesIO(content), data_only=data_only, keep_links=False)
    except Exception as error:  # a strange file may trip openpyxl anywhere
        if any(isinstance(each, DefusedXmlException) for each in (error, error.__cause__, error.__context__)):
            raise _trapped(place) from error
        problem = f"cannot be read as a workbook ({type(error).__name__})"
        raise _refused(place, problem, f"Open it in Excel, and save it anew as `{path.stem}.xlsx`.") from error


def _trapped(place: str) -> RecordsError:
    return _refused(place, "holds XML entities, which can be a trap", f"{_SAVE} anew.")


def _refused(place: str, problem: str, remedy: str) -> RecordsError:
    return RecordsError([Fault(place, problem, remedy)])


def _content(path: Path, place: str) -> bytes:
    """Read a file that is a zip file, as every .xlsx is; say what it is where it is none."""
    content = read_file(path, place)
    if not content:
        raise _refused(place, "is empty", "Ask for it again.")
    if content.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in content:
        remedy = "Take the password away in Excel: File, Info, Protect Workbook, Encrypt with Password, and empty it."
        raise _refused(place, "is locked with a password", remedy)
    if content.startswith(_OLE):
        raise _refused(place, "is an Excel file of before 2007 (.xls)", f"{_SAVE}.")
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        raise _refused(place, "is a text file (CSV), not an Excel workbook", f"Open it in Excel. {_SAVE}.")
    if not content.startswith(b"PK"):
        raise _refused(place, "is not an Excel workbook, whatever its name says", f"{_SAVE}.")
    return content


def _look_through(archive: zipfile.ZipFile, suffix: str, place: str) -> None:
    """Unpack every part once, keeping nothing but the count, and refuse what is no plain .xlsx workbook."""
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if suffix == ".ods" or "content.xml" in names:
        raise _refused(place, "is an OpenDocument spreadsheet (.ods)", f"{_SAVE}.")
    if suffix == ".xlsb" or "xl/workbook.bin" in names:
        raise _refused(place, "is a binary workbook (.xlsb)", f"{_SAVE}.")
    kinds = [part for part in parts if part.filename == "[Content_Types].xml"]
    if len(kinds) != 1 or not any(name.startswith("xl/") for name in names):
        raise _refused(place, "is a zip file, but no Excel workbook", f"{_SAVE}.")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _bomb(place)
    if sum(name.startswith("xl/worksheets/sheet") for name in names) > MOST_SHEETS or len(parts) > 10 * MOST_SHEETS:
        problem = f"has more than {MOST_SHEETS} sheets"
        raise _refused(place, problem, "Copy the sheets that are needed into a new workbook.")
    unpacked = tags = 0
    for part in parts:
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(place, "is packed in a way that Excel does not use", f"{_SAVE} anew.")
        with archive.open(part) as packed:  # what the directory says may be a lie
            while piece := packed.read(1 << 16):
                unpacked += len(piece)
                if unpacked > MOST_UNPACKED:
                    raise _bomb(place)
                tags += piece.count(b"<") + 3 * piece.count(b"row ")
                if tags > MOST_TAGS:
                    problem = f"holds more than about {MOST_TAGS // 5:,} cells, or too many empty rows"
                    raise _refused(place, problem, "Copy the cells that are needed into a new workbook.")
    sheets = archive.read("xl/workbook.xml").count(b"sheetId=") if "xl/workbook.xml" in archive.namelist() else 0
    if sheets > MOST_SHEETS:
        raise _refused(place, f"has {sheets} sheets", "Copy those that are needed into a new workbook.")
    if sum(_spread(archive, part) for part in parts if part.filename.startswith("xl/worksheets/sheet")) > MOST_CELLS:
        remedy = "Copy the cells that are needed into a new workbook."
        raise _refused(place, "has merged cells or links that cover millions of cells", remedy)
    said = archive.read(kinds[0]).lower()
    if suffix in (".xlsm", ".xltm") or b"macro" in said or any(name.endswith("vbaproject.bin") for name in names):
        raise _refused(place, "holds macros, which are programs", f"{_SAVE}, without macros.")


def _spread(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Count the cells of a sheet's merged areas and links, each of which openpyxl would make a cell of."""
    spread = 0
    with archive.open(part) as sheet, contextlib.suppress(ParseError):  # openpyxl will say what is wrong with it
        for _, each in iterparse(sheet):
            if each.tag.rpartition("}")[2] in ("mergeCell", "hyperlink"):
                left, top, right, bottom = range_boundaries(each.get("ref", "A1"))
                spread += (right - left + 1) * (bottom - top + 1)
            each.clear()
    return spread


def _bomb(place: str) -> RecordsError:
    problem = f"unpacks to more than {MOST_UNPACKED // 1_000_000} MB"
    return _refused(place, problem, "Copy the cells that are needed into a new workbook.")


@dataclass(frozen=True, slots=True)
class SheetCell:
    """
    One cell: where it stands, what it shows, and the number behind it.

    The number of a cell shown as a percentage is in per cent, 89.19 for 89.19%; `sign` is the `%`, `£` and so on
    that its format shows.
    `shown` is empty where the format is one that is not known here, and in a cell that is blank.
    A `formula` is one that Excel has not worked out; a `merged` cell shares what it shows with others.
    """

    at: str
    shown: str = ""
    number: Decimal | None = None
    sign: str = ""
    formula: bool = False
    merged: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return self.number is None and not seen(self.shown)

    @property
    def text(self) -> str:
        """What it says, on one line or several, without spaces around it."""
        said = self.shown if self.shown or self.number is None else f"{self.number:f}"
        return seen(said.replace("\xa0", " ").replace("_x000D_", "").replace("\r\n", "\n"))


@dataclass(frozen=True)
class Sheet:
    """
    A sheet: its cells by row and column letter, without the rows that are blank, and what a reader may not see of it.

    `notes` are those on cells, by where they stand; `hidden_sheets` are those of the workbook that Excel does not show.
    """

    rows: Mapping[int, Mapping[str, SheetCell]]
    hidden_rows: Collection[int] = ()
    hidden_columns: Collection[str] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    hidden_sheets: Collection[str] = ()


def hidden_rows(sheet: Worksheet) -> set[int]:
    """Find the rows that Excel does not show: hidden by hand, by a filter or in a folded group, or without height."""
    return {number for number, row in sheet.row_dimensions.items() if row.hidden or row.height == 0}


def hidden_columns(sheet: Worksheet) -> set[str]:
    """Find the letters of the columns that Excel does not show."""
    return {
        get_column_letter(number)
        for column in sheet.column_dimensions.values()
        if column.hidden or column.width == 0
        for number in range(column.min or 1, min(column.max or 0, MOST_COLUMNS) + 1)
    }


def notes(sheet: Worksheet) -> dict[str, str]:
    """Give the notes on a sheet's cells, each on one line, by where they stand; of a thread, what people said."""
    found = {}
    there = sorted(sheet._cells.items())  # a sheet that reaches far has millions of others
    for cell in (cell for _, cell in there if cell.comment):
        said = cell.comment.text
        if said.startswith("[Threaded comment]"):  # what follows is for versions of Excel that know no threads
            said = said.partition("Comment:")[2] or said
        found[cell.coordinate] = " ".join(said.split())
    return found


def read_sheet(path: Path, sheet: str, place: str) -> Sheet:
    """
    Read a sheet of a workbook, or a CSV file.

    Args:
        sheet: its name; may be empty where there is only one.

    Raises:
        RecordsError: the file cannot be opened, or has no such sheet, or does not show it.
    """
    if path.suffix.lower() == ".csv":
        return Sheet(_rows(_text_cells(path, place)))
    book, worked_out = open_workbook(path, place), open_workbook(path, place, data_only=True)
    name = _named(book, sheet, place)
    return Sheet(
        _rows(_excel_cells(book[name], worked_out[name])),
        hidden_rows(book[name]),
        hidden_columns(book[name]),
        notes(book[name]),
        [each.title for each in book.worksheets if each.sheet_state != "visible"],
    )


def _rows(cells: Iterator[tuple[int, int, SheetCell]]) -> dict[int, dict[str, SheetCell]]:
    rows: dict[int, dict[str, SheetCell]] = {}
    for row, column, cell in cells:
        rows.setdefault(row, {})[get_column_letter(column)] = cell
    return {number: row for number, row in sorted(rows.items()) if not all(cell.blank for cell in row.values())}


def _text_cells(path: Path, place: str) -> Iterator[tuple[int, int, SheetCell]]:
    there = 0
    try:
        text = read_file(path, place).decode("utf-8-sig")
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            there += len(cells)
            if there > MOST_CELLS or len(cells) > MOST_COLUMNS:
                problem = f"holds more than {MOST_CELLS // 1_000_000} million cells, or {MOST_COLUMNS} in a row"
                raise _refused(place, problem, "Part it into several files, and import them one by one.")
            for column, cell in enumerate(cells, 1):
                yield row, column, SheetCell(f"{get_column_letter(column)}{row}", cell)
    except (UnicodeDecodeError, csv.Error) as error:
        remedy = "Save it as `CSV UTF-8 (comma delimited)` in Excel."
        raise _refused(place, "is not CSV in UTF-8", remedy) from error


def _named(book: Workbook, sheet: str, place: str) -> str:
    """Give the name of the sheet that is meant."""
    names = [each.title for each in book.worksheets]
    if not sheet and len(names) > 1:
        raise _refused(place, "has several sheets", f"Name one as `sheet: …`. {allowed('', names)}")
    name = sheet or names[0]
    if name not in names:
        raise _refused(place, f"has no sheet {name!r}", allowed(name, names))
    if book[name].sheet_state != "visible":
        remedy = "Unhide it in Excel if it is meant, or name one that Excel shows as `sheet: …`."
        raise _refused(place, f"has the sheet {name!r} hidden", remedy)
    if book[name].max_row * book[name].max_column > MOST_CELLS:
        problem = (
            f"sheet {name!r} reaches to column {get_column_letter(book[name].max_column)}, row {book[name].max_row}"
        )
        raise _refused(place, problem, "Delete the empty rows below the table and the columns beside it, and save.")
    return name


def _excel_cells(sheet: Worksheet, worked_out: Worksheet) -> Iterator[tuple[int, int, SheetCell]]:
    first: dict[
        tuple[int, int], tuple[int, int]
    ] = {}  # of each merged cell, the one that is shown, and the column it stands in
    for area in sheet.merged_cells.ranges:
        first |= dict.fromkeys(((row, column) for row, column in area.cells), (area.min_row, area.min_col))
    for line in sheet.iter_rows():
        for cell in line:
            row, column = cell.row, cell.column
            top, left = first.get((row, column), (row, column))
            from_above = column == left  # a cell merged downwards holds for each of its rows
            at = sheet.cell(top, left) if from_above else cell
            seen = _shown(cell.coordinate, at, worked_out.cell(at.row, at.column))
            yield row, column, replace(seen, merged=True) if (row, column) in first else seen


def _shown(at: str, cell: Any, worked_out: Any) -> SheetCell:
    """Say what a cell shows, given the same cell with its formula and worked out."""
    value = worked_out.value
    if cell.data_type == "f" and value is None and worked_out.data_type != "str":  # such a one came to an empty text
        said = cell.value if isinstance(cell.value, str) else getattr(cell.value, "text", None) or "="
        return SheetCell(at, said, formula=True)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        if isinstance(value, datetime) and value.time() == time():
            value = value.date()
        return SheetCell(at, "" if value is None else str(value))
    picture, sign = _picture(cell.number_format)
    number = Decimal(f"{value:.15g}") * (100 if sign == "%" else 1)  # Excel keeps 15 digits; the rest is noise
    return SheetCell(at, _printed(number, picture), Decimal(f"{number.normalize():f}"), sign)


def _picture(format_: str) -> tuple[str, str]:
    """Give a number format as plain as can be, and the sign that it puts to the number."""
    bare = re.sub(r"\[\$([^\]-]*)[^\]]*\]", r"\1", format_)
    bare = re.sub(r"\[[^\]]*\]|_.|\*.|\\(?=.)", "", bare)
    sign = re.search("[%£€$]", re.sub(r'"[^"]*[A-Za-z][^"]*"', "", bare))
    return bare.replace('"', ""), sign[0] if sign else ""


def _printed(number: Decimal, picture: str) -> str:
    """Write a number by a format, or nothing where the format is beyond what is known here."""
    if picture in ("General", "@"):
        return f"{number.normalize():f}" if len(number.normalize().as_tuple().digits) <= 10 else ""
    positive, *others = picture.split(";")
    found = _PICTURE.fullmatch(positive)
    if not found or (number < 0 and others) or abs(number) >= MOST_PRINTED:
        return ""
    before, whole, decimals, after = found.groups()
    digits = abs(number).quantize(Decimal(1).scaleb(-len(decimals or "")), ROUND_HALF_UP)
    minus = "-" if number < 0 and digits else ""
    return f"{minus}{before}{digits:,f}{after}".strip() if "," in whole else f"{minus}{before}{digits:f}{after}".strip()


def plain(number: float) -> str:
    """Write a number as records do: with the 15 digits that Excel keeps, at most 15 decimals, and no exponent."""
    said = f"{Decimal(f'{number:.15g}'):.15f}"
    return said.rstrip("0").rstrip(".")
