"""A council's own spreadsheet becomes records: what is placed, what is listed instead, and what is never touched."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook
from openpyxl.comments import Comment

from kpilib.records.faults import RecordsError
from kpilib.records.imports import Imported, import_spreadsheet
from kpilib.records.ledger import load_ledger

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules: [{from: 2023-24-Q1}]
pages: [{page: streets, title: Clean streets, kind: priority}, {page: summary, title: All, kind: executive_summary}]
"""
EMPTY = {
    "indicators": "indicator,name,page,directorate,frequency,good_is,unit,basis\n",
    "readings": "indicator,period,value,reported\n",
    "targets": "indicator,period,kind,low,high\n",
}
LITTER = "litter,Litter,streets,Place,quarterly,high,%,quarter\n"
HEADING = ["Name", "Priority", "Polarity", "Q1", "Target"]
MAPPING: dict[str, Any] = {
    "framework": "tiny",
    "file": "kpis.csv",
    "words": {"-": "not measured", "tbc": "awaited", "nil return": "none"},
    "indicators": {
        "name": "Name",
        "page": "Priority",
        "directorate": {"always": "Place"},
        "frequency": {"always": "quarterly"},
        "good_is": {"column": "Polarity", "words": {"Higher is better": "high"}},
        "basis": {"always": "quarter"},
    },
    "readings": [{"column": "Q1", "period": "2023-24-Q1", "reported": "2023-24-Q1"}],
    "targets": [{"column": "Target", "period": "2023-24", "kind": "point"}],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A council without a figure."""
    for room in ("params", "data"):
        (tmp_path / room / "tiny").mkdir(parents=True)
    (tmp_path / "params/tiny/framework.yml").write_text(FRAMEWORK)
    for name, text in EMPTY.items():
        (tmp_path / f"data/tiny/{name}.csv").write_text(text)
    return tmp_path


def imported(root: Path, *rows: list[Any], heading: list[str] = HEADING, **changes: Any) -> Imported:
    """Import a CSV file of these rows, by the mapping with some of its keys changed."""
    with (root / "kpis.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heading, *rows])
    (root / "mapping.yml").write_text(yaml.safe_dump({**MAPPING, **changes}, sort_keys=False))
    return import_spreadsheet(root / "mapping.yml", root)


def in_excel(root: Path, value: Any, picture: str = "", **changes: Any) -> Imported:
    """Import a workbook with one figure."""
    book = Workbook()
    book.active.append(HEADING)
    book.active.append(["Litter", "streets", "high", value])
    book.active["D2"].number_format = picture or book.active["D2"].number_format
    book.save(root / "kpis.xlsx")
    (root / "mapping.yml").write_text(yaml.safe_dump({**MAPPING, "file": "kpis.xlsx", **changes}))
    return import_spreadsheet(root / "mapping.yml", root)


def litter(figure: Any = "", target: Any = "", **other: str) -> list[Any]:
    """A row of the spreadsheet."""
    return [
        other.get("name", "Litter"), other.get("page", "Clean streets"), other.get("good", "High"), figure, target,
    ]  # fmt: skip


def rows(root: Path, name: str, *columns: str) -> list[tuple[str, ...]]:
    """Give some columns of a record file."""
    with (root / f"data/tiny/{name}.csv").open(encoding="utf-8") as file:
        return [tuple(row.get(column, "") for column in columns) for row in csv.DictReader(file)]


def problems(done: Imported) -> list[str]:
    """Give what could not be placed: where, and why."""
    assert all(fault.remedy for fault in done.unplaced)
    return [f"{fault.place}: {fault.problem}" for fault in done.unplaced]


def test_a_row_becomes_an_indicator_its_figure_and_its_target(root: Path) -> None:
    """What the mapping names is written, with a code made from the name, and the records load."""
    done = imported(root, litter("89.19%", "95%"))

    assert (done.added, done.known, done.unplaced) == (
        {"indicators.csv": 1, "readings.csv": 1, "targets.csv": 1}, 0, [],
    )  # fmt: skip
    assert rows(root, "indicators", "indicator", "name", "page", "good_is", "unit") == [
        ("litter", "Litter", "streets", "high", "%")
    ]
    assert rows(root, "readings", "indicator", "period", "value", "as_printed") == [
        ("litter", "2023-24-Q1", "89.19", '"89.19%"')
    ]
    assert rows(root, "targets", "low", "kind") == [("95", "point")]
    assert len(load_ledger("tiny", root=root).readings) == 1


def test_an_import_twice_changes_nothing(root: Path) -> None:
    """What stands in the records already is left as it is, to the byte."""
    imported(root, litter("89.19%", "95%"))
    before = {path.name: path.read_bytes() for path in (root / "data/tiny").glob("*.csv")}

    again = imported(root, litter("89.19%", "95%"))

    assert (again.added, again.known, again.unplaced) == ({}, 3, [])
    assert {path.name: path.read_bytes() for path in (root / "data/tiny").glob("*.csv")} == before


def test_what_disagrees_is_refused_and_not_overwritten(root: Path) -> None:
    """A figure that is there otherwise stays, and both are named."""
    imported(root, litter("89.19%"))

    again = imported(root, litter("88%", good="Low"))

    assert problems(again) == [
        "kpis.csv, cell C2: good_is is 'low' here, and 'high' in data/tiny/indicators.csv, row 2",
        "kpis.csv, cell D2: value is '88' here, and '89.19' in data/tiny/readings.csv, row 2",
    ]
    assert rows(root, "readings", "value") == [("89.19",)]


def test_a_quarter_that_is_released_is_left_alone(root: Path) -> None:
    """What a published report was made from is not added to; a correction belongs to the next quarter."""
    (root / "data/tiny/releases/2023-24-Q1").mkdir(parents=True)
    (root / "data/tiny/releases/2023-24-Q1/release.json").write_text("{}")

    done = imported(root, litter("5"))

    assert problems(done) == [
        "mapping.yml @ readings[1] reported: "
        "2023-24-Q1 is released, or before a quarter that is, and its records stay as they are"
    ]
    assert done.added == {"indicators.csv": 1}


def test_figures_of_one_row_said_twice_are_named(root: Path) -> None:
    """Two rows of one name are one indicator; where their figures differ the second is not placed."""
    done = imported(root, litter("5"), litter("6"))

    assert problems(done) == ["kpis.csv, cell D3: value is '6' here, and '5' in kpis.csv, cell D2"]


def test_text_is_a_number_where_that_is_certain(root: Path) -> None:
    """Signs, commas and one unit are read; the cell as printed is kept beside the figure."""
    certain = {
        "89.19%": ("89.19", "%"), "89.19 %": ("89.19", "%"), "£1,234": ("1234", "£"), "-£1,234.50": ("-1234.5", "£"),
        "1,234": ("1234", ""), "−2.5": ("-2.5", ""), "0": ("0", ""), "7.19 days": ("7.19", "days"),
    }  # fmt: skip

    imported(root, *[litter(text, name=f"As {number}") for number, text in enumerate(certain)])

    assert rows(root, "readings", "value", "as_printed") == [
        (value, text if text in ("0", "7.19 days") else f'"{text}"') for text, (value, _) in certain.items()
    ]
    assert rows(root, "indicators", "unit") == [(unit,) for _, unit in certain.values()]


def test_what_is_not_one_number_is_listed(root: Path) -> None:
    """Ranges, remarks, dates and multiples are named with their cell, and not written."""
    texts = (
        "600-680|1,23|1.234,5|89.19% (prov.)|about 5|£1.2m|1.2 m|5 million|(5)|01/06/2023|Jun-23|2 of 3|007|1e5|½|£5%"
    )

    done = imported(root, *[litter(text, name=text) for text in texts.split("|")])

    assert problems(done) == [
        f"kpis.csv, cell D{number}: {text!r} is not one number" for number, text in enumerate(texts.split("|"), 2)
    ]
    assert done.unread == [f"D{number}" for number in range(2, 18)]
    assert rows(root, "readings", "value") == []


def test_a_cell_may_be_explained_in_the_mapping(root: Path) -> None:
    """What a person says of a cell is read in its place, and the cell as printed is kept."""
    imported(root, litter("89.19% (prov.)"), cells={"D2": "89.19%"})

    assert rows(root, "readings", "value", "as_printed") == [("89.19", "89.19% (prov.)")]


def test_a_blank_cell_is_no_figure(root: Path) -> None:
    """Blank is none, never nought, and no fault."""
    done = imported(root, litter("", ""))

    assert (done.added, done.unplaced) == ({"indicators.csv": 1}, [])


def test_words_for_no_figure_are_read_as_the_mapping_says(root: Path) -> None:
    """A dash, tbc and the like are awaited, not measured or none, in the council's own dictionary."""
    done = imported(root, *[litter(word, name=f"As {word}") for word in ("-", "TBC", "nil return")])

    assert done.unplaced == []
    assert rows(root, "readings", "value", "status", "as_printed") == [
        ("", "not measured", "-"), ("", "awaited", "TBC"),
    ]  # fmt: skip


def test_a_word_that_nobody_explained_is_listed_once_for_all_its_cells(root: Path) -> None:
    """An unknown word is named with every row that has it, and what hangs on it waits and says so."""
    done = imported(root, litter("5", good="Up"), litter("6", name="Weeds", good="Up"))

    assert problems(done) == [
        "kpis.csv, cells C2, C3: 'Up' is not a word that good_is knows",
        "kpis.csv, rows 2, 3: has figures or remarks that wait, since their indicator is not placed",
    ]
    assert done.added == {}


def test_what_can_be_placed_is_written_beside_what_cannot(root: Path) -> None:
    """One bad cell does not keep the others out."""
    done = imported(root, litter("600-680", "95"), litter("6", name="Weeds"))

    assert done.added == {"indicators.csv": 2, "readings.csv": 1, "targets.csv": 1}
    assert len(done.unplaced) == 1


def test_a_row_without_a_name_and_a_heading_among_the_rows_are_listed(root: Path) -> None:
    """Rows that name no indicator, or say too little of it, are named by number, unless they are left out."""
    strange = [["", "streets", "High", "5", ""], ["PRIORITY ONE", "", "", "", ""]]

    done, again = imported(root, *strange), imported(root, *strange, leave_out={"rows": [2, 3]})

    assert problems(done) == [
        "kpis.csv, row 2: has no indicator's name",
        "kpis.csv, row 3: 'PRIORITY ONE' has no page, good_is",
        "kpis.csv, row 2: has figures or remarks that wait, since their indicator is not placed",
    ]
    assert again.unplaced == []


def test_columns_that_no_one_mapped_are_listed(root: Path) -> None:
    """A column that holds something is mapped, left out by name, or listed."""
    heading = [*HEADING, "RAG", "", "Lead"]
    row = [*litter("5"), "Green", "!", ""]

    done = imported(root, row, heading=heading, leave_out={"columns": ["Lead"]})

    assert problems(done) == [
        "kpis.csv, column F: 'RAG' is not in the mapping", "kpis.csv, column G: 'column G' is not in the mapping",
    ]  # fmt: skip


def test_every_wrong_heading_of_the_mapping_is_told_at_once(root: Path) -> None:
    """A heading that is not there, or stands twice, stops the import with the nearest one named."""
    with pytest.raises(RecordsError) as error:
        imported(root, litter(), heading=["Nme", "Priority", "Polarity", "Q1", "Q1"])

    assert [str(fault).split("\n")[0] for fault in error.value.faults] == [
        "mapping.yml @ indicators name: row 1 of kpis.csv has no heading 'Name'",
        "mapping.yml @ readings[1] value: 'Q1' heads the columns D, E",
        "mapping.yml @ targets[1] low: row 1 of kpis.csv has no heading 'Target'",
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"readings": [{"column": "Q1", "period": "2023-24-Q1"}]}, "does not say reported"),
        ({"indicators": {"name": "Name", "page": "Priority"}}, "does not say directorate, frequency, good_is, basis"),
        ({"targets": [{"column": "Target", "by": "x"}]}, "'by' is not a column of targets.csv"),
        ({"words": {"-": "nought"}}, "unknown 'nought'"),
        ({"sheets": "KPIs"}, "unknown key 'sheets'"),
        ({"indicators": {"name": {"words": {}}}}, "names neither a column nor what it always is, or both"),
    ],
)  # fmt: skip
def test_a_mapping_that_says_too_little_or_too_much_is_refused(root: Path, changes: Any, problem: str) -> None:
    """A mapping is checked before the spreadsheet is opened."""
    with pytest.raises(RecordsError) as error:
        imported(root, litter(), **changes)

    assert [fault.problem for fault in error.value.faults] == [problem]


def test_what_the_mapping_always_says_is_told_once_where_it_is_wrong(root: Path) -> None:
    """A period that is none is the mapping's fault, not that of every cell."""
    changed = [{"column": "Q1", "period": "2023-24-Q5", "reported": "2023-24-Q1"}]

    done = imported(root, litter("5"), litter("6", name="Weeds"), readings=changed)

    assert problems(done) == ["mapping.yml @ readings[1] period: '2023-24-Q5' is not a period"]


def test_a_sign_that_does_not_fit_the_unit_is_listed(root: Path) -> None:
    """A percentage is no number of days."""
    unit = {**MAPPING["indicators"], "unit": {"always": "days"}}

    done = imported(root, litter("5%", "5 days"), indicators=unit)

    assert problems(done) == ["kpis.csv, cell D2: '5%' does not fit the indicator's unit, which is days"]
    assert rows(root, "targets", "low") == [("5",)]


def test_a_row_of_several_units_needs_one_said(root: Path) -> None:
    """Where the unit is not mapped, it is what all figures of the row are printed with."""
    assert problems(imported(root, litter("5", "5%"))) == [
        "kpis.csv, row 2: 'Litter' has figures in several units: none, '%'",
        "kpis.csv, row 2: has figures or remarks that wait, since their indicator is not placed",
    ]


def test_bare_shares_of_one_are_not_taken_for_per_cent(root: Path) -> None:
    """0.95 may be 95% or 0.95%: the mapping has to say, and then it is read so."""
    unit = {**MAPPING["indicators"], "unit": {"always": "%"}}

    done = imported(root, litter("0.95"), indicators=unit)
    again = imported(root, litter("0.95"), indicators=unit, percentages="of one")

    assert len(done.unplaced) == 1
    assert again.unplaced == []
    assert rows(root, "readings", "value") == [("95",)]


@pytest.mark.parametrize(
    ("value", "picture", "expected"),
    [(0.8919, "0.00%", ("89.19", '"89.19%"')), (1 - 0.71, "0%", ("29", '"29%"')), (1.5, '"£"0', ("1.5", '"£2"'))],
)
def test_excel_numbers_come_without_noise(root: Path, value: float, picture: str, expected: tuple[str, str]) -> None:
    """A percentage is in per cent, unrounded, and is kept as it was shown."""
    in_excel(root, value, picture)

    assert rows(root, "readings", "value", "as_printed") == [expected]


def test_an_excel_date_and_an_empty_formula_are_listed(root: Path) -> None:
    """A cell that Excel took for a date is no number, nor is a formula that was never worked out."""
    assert problems(in_excel(root, 45078, "mmm-yy")) == ["kpis.xlsx, cell D2: '2023-06-01' is not one number"]
    assert problems(in_excel(root, "=1+1")) == [
        "kpis.xlsx, cell D2: '=1+1' is a formula whose result the file does not hold"
    ]


def test_long_tables_are_read_too(root: Path) -> None:
    """One row for each figure, with its period in a column, of indicators that the records have."""
    (root / "data/tiny/indicators.csv").write_text(EMPTY["indicators"] + LITTER)
    entry = {
        "column": "Value",
        "period": {"column": "When", "words": {"Q1 23/24": "2023-24-Q1", "Q2 23/24": "2023-24-Q2"}},
        "reported": "2023-24-Q2",
        "status": {"column": "State", "words": {"P": "provisional"}},
    }

    done = imported(
        root,
        ["Litter", "Q1 23/24", "80%", ""], ["Litter", "Q2 23/24", "82%", "P"], ["Litter", "Q3", "83%", ""],
        ["Liter", "Q1 23/24", "80%", ""],
        heading=["Name", "When", "Value", "State"], indicators={"name": "Name"}, readings=[entry], targets=[],
    )  # fmt: skip

    assert rows(root, "readings", "indicator", "period", "value", "status") == [
        ("litter", "2023-24-Q1", "80", ""), ("litter", "2023-24-Q2", "82", "provisional"),
    ]  # fmt: skip
    assert problems(done) == [
        "kpis.csv, row 5: 'Liter' is not in indicators.csv",
        "kpis.csv, row 5: has figures or remarks that wait, since their indicator is not placed",
        "kpis.csv, cell B4: 'Q3' is not a period",
    ]


def test_codes_come_from_a_column_or_are_made_unlike_any_other(root: Path) -> None:
    """A code column is written small; names that begin alike, or are a page's, get codes of their own."""
    names = ["Streets", "Litter (%)", "Litter %"]

    imported(root, *[litter("5", name=name) for name in names])

    assert rows(root, "indicators", "indicator") == [("streets_2",), ("litter",), ("litter_2",)]

    coded = {**MAPPING["indicators"], "indicator": "Ref"}
    imported(root, ["KPI-1.2", *litter("5", name="Weeds")], heading=["Ref", *HEADING], indicators=coded)

    assert rows(root, "indicators", "indicator", "name")[-1] == ("kpi_1_2", "Weeds")


def test_a_name_that_was_changed_by_hand_makes_no_second_indicator(root: Path) -> None:
    """Where a made code belongs to another name already, a person decides."""
    (root / "data/tiny/indicators.csv").write_text(EMPTY["indicators"] + LITTER.replace("Litter", "All litter"))

    done = imported(root, litter("5%"))

    assert problems(done)[0] == "kpis.csv, row 2: 'Litter' would have the code litter, which is of 'All litter'"
    assert done.added == {}


def test_remarks_come_over_and_a_bullet_is_listed(root: Path) -> None:
    """Commentary is text as it stands; one that Excel would take for a formula is named."""
    remarks = [{"column": "Remark", "quarter": "2023-24-Q1", "kind": "issue"}]

    done = imported(
        root, [*litter(), "Late, again"], [*litter(name="Weeds"), "- late"],
        heading=[*HEADING, "Remark"], commentary=remarks,
    )  # fmt: skip

    assert rows(root, "commentary", "indicator", "text") == [("litter", "Late, again")]
    assert problems(done) == ["kpis.csv, cell F3: '- late' begins with -, which Excel takes for a formula"]


def test_a_range_needs_both_of_its_ends(root: Path) -> None:
    """Two columns make a range; an end without the other is listed, not dropped."""
    entry = {"column": "Target", "high": {"column": "To"}, "period": "2023-24", "kind": "range"}

    done = imported(
        root, [*litter("", "600"), "680"], [*litter(name="Weeds"), "70"], heading=[*HEADING, "To"], targets=[entry]
    )

    assert rows(root, "targets", "low", "high") == [("600", "680")]
    assert problems(done) == ["kpis.csv, cell E3: is blank, where high is '70'"]


def test_nothing_is_written_where_the_records_would_be_unsound(root: Path) -> None:
    """What only the whole of the records shows to be wrong stops the import before anything is written."""
    entry = {"column": "Target", "high": {"column": "To"}, "period": "2023-24", "kind": "range"}
    before = {path.name: path.read_bytes() for path in (root / "data/tiny").glob("*.csv")}

    with pytest.raises(RecordsError) as error:
        imported(root, [*litter("650", "680"), "600"], heading=[*HEADING, "To"], targets=[entry])

    assert [fault.problem for fault in error.value.faults] == [
        "nothing is written, since the records would have these faults", "'600' is below the low end, 680",
    ]  # fmt: skip
    assert {path.name: path.read_bytes() for path in (root / "data/tiny").glob("*.csv")} == before


def workbook(root: Path, spoil: Any, **changes: Any) -> Imported:
    """Import a workbook of two indicators, after something was done to its sheet."""
    book = Workbook()
    book.active.title = "KPIs"
    for row in (HEADING, ["Litter", "streets", "high", 91, 95], ["Weeds", "streets", "high", 24, 25]):
        book.active.append(row)
    spoil(book.active)
    book.save(root / "kpis.xlsx")
    (root / "mapping.yml").write_text(yaml.safe_dump({**MAPPING, "file": "kpis.xlsx", "sheet": "KPIs", **changes}))
    return import_spreadsheet(root / "mapping.yml", root)


@pytest.mark.parametrize("how", [{"hidden": True}, {"hidden": True, "outlineLevel": 1}])
def test_a_hidden_row_is_listed_and_not_read(root: Path, how: dict[str, Any]) -> None:
    """A row that Excel does not show stays out, with what its first cells say, until it is shown or left out."""

    def spoil(sheet: Any) -> None:
        for name, value in how.items():
            setattr(sheet.row_dimensions[3], name, value)

    done, again = workbook(root, spoil), workbook(root, spoil, leave_out={"rows": [3]})

    assert [str(fault) for fault in done.unplaced] == [
        "kpis.xlsx, sheet 'KPIs', row 3: is hidden, and was not read; it begins 'Weeds', 'streets', 'high'\n"
        "  Unhide it in Excel if it is meant, or add 3 to `leave_out: rows`."
    ]
    assert rows(root, "readings", "indicator", "value") == [("litter", "91")]
    assert again.unplaced == []


def test_a_hidden_heading_row_stops_the_import(root: Path) -> None:
    """Headings that nobody sees are not gone by."""
    with pytest.raises(RecordsError, match="row 1: has the headings, and is hidden"):
        workbook(root, lambda sheet: setattr(sheet.row_dimensions[1], "hidden", True))


def test_a_hidden_column_that_the_mapping_names_stops_the_import(root: Path) -> None:
    """Nothing is read of a column that Excel does not show."""
    with pytest.raises(RecordsError) as error:
        workbook(root, lambda sheet: setattr(sheet.column_dimensions["D"], "hidden", True))

    assert [str(fault) for fault in error.value.faults] == [
        "mapping.yml @ readings[1] value: 'Q1' is column D of kpis.xlsx, sheet 'KPIs', which is hidden\n"
        "  Unhide it in Excel if it is meant, or take it out of the mapping."
    ]


def test_a_hidden_column_that_nobody_mapped_is_told_as_hidden(root: Path) -> None:
    """Each column of a hidden group that holds something is named, unless it is left out."""

    def spoil(sheet: Any) -> None:
        sheet["F1"], sheet["G2"] = "RAG", "!"
        sheet.column_dimensions.group("F", "G", hidden=True)

    done = workbook(root, spoil, leave_out={"columns": ["RAG"]})

    assert problems(done) == ["kpis.xlsx, sheet 'KPIs', column G: 'column G' is hidden, and not in the mapping"]


def test_hidden_sheets_are_told_and_the_one_that_is_named_must_show(root: Path) -> None:
    """Other sheets that Excel hides are told in a line each; one that the mapping names is refused."""

    def spoil(sheet: Any) -> None:
        for name, state in (("Old", "hidden"), ("Older", "veryHidden")):
            sheet.parent.create_sheet(name).sheet_state = state

    done = workbook(root, spoil)

    assert done.unplaced == []
    assert done.seen == [f"kpis.xlsx has the sheet {name!r} hidden; it was not read." for name in ("Old", "Older")]
    with pytest.raises(RecordsError) as error:
        workbook(root, spoil, sheet="Older")
    assert str(error.value) == (
        "kpis.xlsx: has the sheet 'Older' hidden\n"
        "  Unhide it in Excel if it is meant, or name one that Excel shows as `sheet: …`."
    )


THREAD = "[Threaded comment]\n\nYour version of Excel allows you to read this.\n\nComment:\n    Late\nReply:\n    Yes"


def test_notes_on_cells_are_seen_and_not_taken(root: Path) -> None:
    """Each note is told with its cell and what that shows, mapped or not, unless the cell is left out."""

    def spoil(sheet: Any) -> None:
        for at, text in {"D2": "Jo:\nProvisional, do not publish", "H9": THREAD, "E2": "left", "E3": "out"}.items():
            sheet[at].comment = Comment(text, "Jo")

    done = workbook(root, spoil, leave_out={"cells": ["E2"], "rows": [3]})

    assert done.unplaced == []
    assert done.seen == [
        "kpis.xlsx, sheet 'KPIs', cell D2 ('91') has a note, which is not in the records: "
        "Jo: Provisional, do not publish",
        "kpis.xlsx, sheet 'KPIs', cell H9 (blank) has a note, which is not in the records: Late Reply: Yes",
    ]
    assert rows(root, "readings", "value") == [("91",)]


UNIT = {**MAPPING["indicators"], "unit": {"always": "%"}}


def test_percentages_may_be_said_by_column(root: Path) -> None:
    """A share of one beside a target in per cent: each column is read as the mapping says of it."""
    done = imported(
        root, litter("0.89", "90"), indicators=UNIT, percentages={"q1": "of one", "Target": "per cent"}
    )  # fmt: skip

    assert done.unplaced == []
    assert (rows(root, "readings", "value"), rows(root, "targets", "low")) == ([("89",)], [("90",)])


def test_a_column_that_percentages_leave_out_stays_doubtful(root: Path) -> None:
    """What one column means says nothing of the other."""
    done = imported(root, litter("0.89", "90"), indicators=UNIT, percentages={"Q1": "of one"})

    assert [str(fault) for fault in done.unplaced] == [
        "kpis.csv, cell E2: '90' may be per cent, or a share of one, as some bare numbers of this sheet are 1 or less\n"
        "  Say `percentages: per cent` or `percentages: of one`, or `percentages: {Target: …}`."
    ]
    assert rows(root, "readings", "value") == [("89",)]


def test_percentages_of_a_column_that_is_not_read_are_a_fault(root: Path) -> None:
    """A heading that the mapping reads nothing of is misspelt, and is named; so is a word that is none."""
    with pytest.raises(RecordsError) as error:
        imported(root, litter("0.89", "90"), indicators=UNIT, percentages={"Targt": "per cent"})

    assert str(error.value).startswith(
        "mapping.yml @ percentages: 'Targt' is no column that the mapping reads\n  Did you mean 'Target'? Allowed: "
    )
    with pytest.raises(RecordsError, match=r"percentages.*unknown 'of ten'"):
        imported(root, litter(), percentages="of ten")


@pytest.mark.parametrize(
    ("figure", "target", "unit", "said"),
    [
        ("84.7", "9000", "%", "the figure 84.7 and the target 9000 in kpis.csv, cell E2 are 106 times apart|84.7%"),
        ("1.2", "1500000", "£m", "the figure 1.2 and the target 1500000 in kpis.csv, cell E2 are 1250000 times apart|"
         '"1.2"'),
    ],
)  # fmt: skip
def test_figures_of_another_scale_than_their_target_are_asked_about(
    root: Path, figure: str, target: str, unit: str, said: str
) -> None:
    """Neither is placed, and both are named; when the mapping states one of the cells, they are."""
    unit_ = {**MAPPING["indicators"], "unit": {"always": unit}}

    done = imported(root, litter(figure, target), indicators=unit_)

    problem, _, stated = said.partition("|")
    assert [str(fault) for fault in done.unplaced] == [
        f"kpis.csv, cell D2: {problem}\n"
        f"  Correct the one whose unit is wrong; if both are right, say so as `cells: {{D2: {stated}}}`."
    ]
    assert (rows(root, "readings", "value"), rows(root, "targets", "low")) == ([], [])
    again = imported(root, litter(figure, target), indicators=unit_, cells={"D2": stated.strip('"')})
    assert again.unplaced == []
    assert (rows(root, "readings", "value"), rows(root, "targets", "low")) == ([(figure,)], [(target,)])


def test_a_figure_is_held_against_the_target_that_is_recorded(root: Path) -> None:
    """What stands in the records already is named by its row, and is not touched."""
    imported(root, litter("", "90"), indicators=UNIT)

    done = imported(root, litter("0.89"), indicators=UNIT, percentages="per cent")

    assert problems(done) == [
        "kpis.csv, cell D2: the figure 0.89 and the target 90 in data/tiny/targets.csv, row 2 are 101 times apart"
    ]
    assert rows(root, "readings", "value") == []


@pytest.mark.parametrize(
    ("figure", "target", "kind", "basis"),
    [
        ("5", "5000", "total", "quarter"), ("5", "5000", "point", "sum"), ("5", "5000", "point", "to date"),
        ("5", "240", "point", "quarter"), ("0", "90", "point", "quarter"), ("5", "0", "point", "quarter"),
    ],
)  # fmt: skip
def test_what_may_well_be_far_apart_is_not_asked_about(
    root: Path, figure: str, target: str, kind: str, basis: str
) -> None:
    """Totals, figures that add up to a longer time's, noughts, and less than fifty times are as may be."""
    targets = [{"column": "Target", "period": "2023-24", "kind": kind}]
    indicators = {**MAPPING["indicators"], "basis": {"always": basis}}

    done = imported(root, litter(figure, target), targets=targets, indicators=indicators)

    assert (done.unplaced, len(rows(root, "readings", "value"))) == ([], 1)


def test_texts_that_a_spreadsheet_program_would_change_are_guarded(root: Path) -> None:
    """Each stands in the file in quotation marks, and in the ledger without; a formula is harmless so, and is kept."""
    printed = ["8/10", "=1+1", "61 (est)"]
    said = {f"D{number}": "5" for number in (2, 3, 4)}

    imported(root, *[litter(text, name=f"As {text}") for text in printed], cells=said)

    assert rows(root, "readings", "as_printed") == [('"8/10"',), ('"=1+1"',), ("61 (est)",)]
    assert load_ledger("tiny", root=root).readings["as_printed"].tolist() == printed


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#SPILL!"])
def test_an_error_of_excel_is_listed_by_its_cell(root: Path, error: str) -> None:
    """Neither a figure nor a name is made of what Excel writes for a broken formula."""
    done = imported(root, litter(error, "95"), litter("90", "95", name=error))

    assert problems(done) == [
        f"kpis.csv, cells A3, D2: {error!r} is an error of Excel's",
        "kpis.csv, row 3: has figures or remarks that wait, since their indicator is not placed",
    ]
    assert rows(root, "indicators", "name") == [("Litter",)]


def test_an_error_that_the_mapping_explains_is_taken_as_it_says(root: Path) -> None:
    """Where a council writes #N/A for what is not measured, its mapping may say so."""
    done = imported(root, litter("#N/A", "95"), words={"#N/A": "not measured"})

    assert problems(done) == []
    assert rows(root, "readings", "value", "status") == [("", "not measured")]
