"""Workbooks that people send: what is opened, what is refused and with which words, and how cells are read."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from kpilib.records import workbooks
from kpilib.records.faults import RecordsError
from kpilib.records.files import MOST_OF_ANY
from kpilib.records.workbooks import SheetCell, open_workbook, read_sheet

OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def saved(path: Path, *cells: Any, picture: str = "") -> Path:
    """Save a workbook of one row."""
    book = Workbook()
    for column, value in enumerate(cells, 1):
        cell = book.active.cell(1, column, value)
        cell.number_format = picture or cell.number_format
    book.save(path)
    return path


def changed(path: Path, **parts: bytes | None) -> Path:
    """Save a sound workbook with some of its parts replaced, added or gone; `_` stands for / in a name."""
    with zipfile.ZipFile(saved(path, 1)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content |= {name.replace("_", "/").replace("Ö", "."): part for name, part in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            if part is not None:
                archive.writestr(name, part)
    return path


def refusal(path: Path) -> str:
    """Give what is said of a file that is not opened."""
    with pytest.raises(RecordsError) as error:
        open_workbook(path, "the file")
    (fault,) = error.value.faults
    assert fault.place == "the file"
    assert fault.remedy
    return fault.problem


def test_a_plain_workbook_is_opened(tmp_path: Path) -> None:
    """What Excel saves as .xlsx is opened, with formulas or with what they came to."""
    path = saved(tmp_path / "kpis.xlsx", "Litter", "=1+1")

    formulas, values = open_workbook(path, "kpis.xlsx"), open_workbook(path, "kpis.xlsx", data_only=True)

    assert [cell.value for cell in formulas.active[1]] == ["Litter", "=1+1"]
    assert [cell.value for cell in values.active[1]] == ["Litter", None]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("kpis.csv", b"a,b\n", "is a text file (CSV), not an Excel workbook"),
        ("kpis.xlsx", b"a,b\n", "is not an Excel workbook, whatever its name says"),
        ("kpis.xlsx", b"", "is empty"),
        ("kpis.xls", OLE + bytes(600), "is an Excel file of before 2007 (.xls)"),
        ("kpis.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "is locked with a password"),
        ("kpis.xlsx", b"PK\x03\x04 and no more", "is damaged, or was cut short"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    """Each kind of file that is not .xlsx is told apart by what it holds."""
    (tmp_path / name).write_bytes(content)

    assert refusal(tmp_path / name) == problem


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """A missing file is told as a fault, and no folder is taken for one."""
    assert refusal(tmp_path / "gone.xlsx") == "is not there"
    assert refusal(tmp_path) == "is no plain file, but a folder, a pipe or a device"


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"xl_vbaProjectÖbin": b"macro"}, "holds macros, which are programs"),
        ({"contentÖxml": b""}, "is an OpenDocument spreadsheet (.ods)"),
        ({"xl_workbookÖbin": b""}, "is a binary workbook (.xlsb)"),
        ({"xl_workbookÖxml": b"<workbook"}, "cannot be read as a workbook (ParseError)"),
        (
            {"xl_workbookÖxml": b'<!DOCTYPE w [<!ENTITY a "b">]><workbook>&a;</workbook>'},
            "holds XML entities, which can be a trap",
        ),
    ],
)
def test_traps_are_refused(tmp_path: Path, parts: dict[str, bytes | None], problem: str) -> None:
    """Macros, entities and parts that no plain workbook has never reach the reader."""
    assert refusal(changed(tmp_path / "kpis.xlsx", **parts)) == problem


def test_a_workbook_for_macros_is_refused_by_its_name(tmp_path: Path) -> None:
    """A .xlsm is refused even where its macros are gone."""
    assert refusal(changed(tmp_path / "kpis.xlsm")) == "holds macros, which are programs"


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    """Parts that unpack to more than 50 MB are refused by what the directory says."""
    problem = refusal(changed(tmp_path / "kpis.xlsx", xl_mediaÖbin=bytes(50_000_001)))

    assert problem == "unpacks to more than 50 MB"


def test_a_directory_that_lies_does_not_help_a_bomb(tmp_path: Path) -> None:
    """A part that is larger than the directory says is found while it is read."""
    path = changed(tmp_path / "kpis.xlsx", xl_mediaÖbin=bytes(60_000_000))
    path.write_bytes(path.read_bytes().replace((60_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))

    assert refusal(path) == "is damaged, or was cut short"


def test_many_small_parts_are_summed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No single part need be large: what counts is the sum."""
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 20_000)

    assert refusal(changed(tmp_path / "kpis.xlsx", xl_a=bytes(9_000), xl_b=bytes(9_000))).startswith("unpacks to more")


def test_a_file_of_more_than_20_mb_is_not_read(tmp_path: Path) -> None:
    """Size alone is enough to refuse."""
    (tmp_path / "kpis.xlsx").write_bytes(b"PK" + bytes(MOST_OF_ANY))

    assert refusal(tmp_path / "kpis.xlsx") == "is larger than 20 MB"


@pytest.mark.parametrize(
    ("value", "picture", "expected"),
    [
        (0.8919, "0.00%", ("89.19%", "89.19", "%")),
        (1 - 0.71, "0%", ("29%", "29", "%")),
        (1234, '"£"#,##0', ("£1,234", "1234", "£")),
        (1234.5, "[$£-809]#,##0.00", ("£1,234.50", "1234.5", "£")),
        (7, '0" days"', ("7 days", "7", "")),
        (2.5, "0", ("3", "2.5", "")),
        (-2.52, "0.0", ("-2.5", "-2.52", "")),
        (-3, "#,##0;(#,##0)", ("", "-3", "")),
        (1_200_000, '#,##0.0,,"m"', ("", "1200000", "")),
        (1 / 3, "General", ("", "0.333333333333333", "")),
    ],
)
def test_numbers_keep_what_is_shown(tmp_path: Path, value: float, picture: str, expected: tuple[str, str, str]) -> None:
    """A number comes without noise, in per cent where it is shown so, with its printed form where that is certain."""
    cell = read_sheet(saved(tmp_path / "kpis.xlsx", value, picture=picture), "", "kpis.xlsx").rows[1]["A"]

    assert (cell.shown, cell.number, cell.sign) == (expected[0], Decimal(expected[1]), expected[2])


def test_dates_truths_and_errors_are_no_numbers(tmp_path: Path) -> None:
    """What Excel keeps as a date, a truth or an error is text here."""
    row = read_sheet(saved(tmp_path / "kpis.xlsx", date(2023, 6, 1), True, "#N/A"), "", "kpis.xlsx").rows[1]

    assert [(cell.shown, cell.number) for cell in row.values()] == [
        ("2023-06-01", None),
        ("True", None),
        ("#N/A", None),
    ]


def test_a_formula_that_was_never_worked_out_says_so(tmp_path: Path) -> None:
    """A formula without a result is no blank, and no nought."""
    row = read_sheet(saved(tmp_path / "kpis.xlsx", "=1+1"), "", "kpis.xlsx").rows[1]

    assert row == {"A": SheetCell("A1", "=1+1", formula=True)}


def test_a_cell_merged_downwards_holds_for_each_of_its_rows(tmp_path: Path) -> None:
    """Merged cells say what they show in every row, and that they are merged; sideways they say it once."""
    book = Workbook()
    book.active["A1"], book.active["B1"] = "Clean streets", 5
    book.active.merge_cells("A1:A2")
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "kpis.xlsx")

    sheet = read_sheet(tmp_path / "kpis.xlsx", "", "kpis.xlsx")

    assert {cell.at: cell.shown for row in sheet.rows.values() for cell in row.values() if cell.merged} == {
        "A1": "Clean streets", "A2": "Clean streets", "B1": "5", "C1": "",
    }  # fmt: skip


def test_one_of_several_sheets_must_be_named(tmp_path: Path) -> None:
    """Which sheet is meant is not guessed."""
    book = Workbook()
    book.create_sheet("Old")
    stream = io.BytesIO()
    book.save(stream)
    (tmp_path / "kpis.xlsx").write_bytes(stream.getvalue())

    for sheet, problem in (("", "has several sheets"), ("Odl", "has no sheet 'Odl'")):
        with pytest.raises(RecordsError) as error:
            read_sheet(tmp_path / "kpis.xlsx", sheet, "kpis.xlsx")
        assert error.value.faults[0].problem == problem


def test_csv_of_another_encoding_is_refused(tmp_path: Path) -> None:
    """A file that is not UTF-8 would turn every £ into something else."""
    (tmp_path / "kpis.csv").write_bytes("Cost,£5".encode("cp1252"))

    with pytest.raises(RecordsError, match="is not CSV in UTF-8"):
        read_sheet(tmp_path / "kpis.csv", "", "kpis.csv")


def test_rows_and_columns_of_no_size_are_hidden(tmp_path: Path) -> None:
    """What is drawn so thin that it cannot be seen is as hidden as what is hidden by its name."""
    path = saved(tmp_path / "kpis.xlsx", 1, 2, 3)
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    sheet = sheet.replace(b"<sheetData>", b'<cols><col min="2" max="3" width="0" customWidth="1"/></cols><sheetData>')
    thin = sheet.replace(b'<row r="1"', b'<row r="1" ht="0"')

    read = read_sheet(changed(path, xl_worksheets_sheet1Öxml=thin), "", "kpis.xlsx")

    assert (set(read.hidden_rows), set(read.hidden_columns)) == ({1}, {"B", "C"})


def with_sheet(path: Path, before: bytes, after: bytes) -> Path:
    """Save a sound workbook with something put into its sheet."""
    with zipfile.ZipFile(saved(path, 1)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    return changed(path, xl_worksheets_sheet1Öxml=sheet.replace(before, after))


@pytest.mark.parametrize("row", [b'<row r="9"><c r="A9"><v>1</v></c></row>', b'<row r="9"/>'], ids=["filled", "empty"])
def test_a_sheet_of_a_million_rows_is_refused_before_it_is_read(tmp_path: Path, row: bytes) -> None:
    """Rows weigh, whether there is anything in them or not."""
    path = with_sheet(tmp_path / "kpis.xlsx", b"</sheetData>", row * 1_000_000 + b"</sheetData>")

    assert refusal(path) == "holds more than about 700,000 cells, or too many empty rows"


def test_a_workbook_of_more_sheets_than_anyone_has_is_refused(tmp_path: Path) -> None:
    """Be they parts of their own, or one part named again and again."""
    with zipfile.ZipFile(saved(tmp_path / "a.xlsx", 1)) as archive:
        book, sheet = (archive.read(f"xl/{name}.xml") for name in ("workbook", "worksheets/sheet1"))
    again = b"".join(b'<sheet name="x%d" sheetId="%d"/>' % (number, number) for number in range(2, 202))
    parts = {f"xl_worksheets_sheet{number}Öxml": sheet for number in range(2, 202)}

    assert refusal(changed(tmp_path / "a.xlsx", **parts)) == "has more than 200 sheets"
    assert refusal(
        changed(tmp_path / "a.xlsx", xl_workbookÖxml=book.replace(b"</sheets>", again + b"</sheets>"))
    ) == "has 201 sheets"  # fmt: skip


def test_a_cell_in_the_far_corner_and_columns_without_end_cost_nothing(tmp_path: Path) -> None:
    """Notes are looked for where there are cells, and columns end where Excel's do."""
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    sheet = open_workbook(with_sheet(tmp_path / "a.xlsx", b"</sheetData>", far), "a.xlsx").active
    endless = b'<cols><col min="16383" max="999999999" hidden="1"/></cols><sheetData>'
    wide = open_workbook(with_sheet(tmp_path / "b.xlsx", b"<sheetData>", endless), "b.xlsx").active

    assert workbooks.notes(sheet) == {}
    assert workbooks.hidden_columns(wide) == {"XFC", "XFD"}


def test_a_csv_of_more_cells_than_are_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells are counted on the way; so are those of one row."""
    monkeypatch.setattr(workbooks, "MOST_CELLS", 1000)
    (tmp_path / "long.csv").write_text("a,b\n" * 501)
    (tmp_path / "wide.csv").write_text("," * 16_384)

    for name in ("long.csv", "wide.csv"):
        with pytest.raises(RecordsError, match="million cells, or 16384 in a row"):
            read_sheet(tmp_path / name, "", name)


def test_a_cell_of_which_nobody_sees_anything_is_blank() -> None:
    """A figure that was typed over with a sign without a look is not there."""
    assert SheetCell("A1", "\u200b").blank
    assert SheetCell("A1", "\u2060 ").text == ""
