"""What nobody sees is empty, what turns a line about is refused, and Excel's errors are no words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpilib.records.faults import RecordsError
from kpilib.records.ledger import load_ledger
from kpilib.records.signs import is_excel_error, refused, seen

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules: [{from: 2023-24-Q1}]
pages: [{page: streets, title: Clean streets, kind: priority}, {page: all, title: All, kind: executive_summary}]
"""
GOOD = {
    "indicators": "indicator,name,page,directorate,frequency,good_is,unit,basis,exempt\n"
    "litter,Litter,streets,Place,quarterly,high,%,quarter,\n",
    "readings": "indicator,period,value,reported\nlitter,2023-24-Q1,90,2023-24-Q1\n",
    "targets": "indicator,period,kind,low,high\n",
    "commentary": "indicator,quarter,kind,text\nlitter,2023-24-Q1,cause,Rain.\n",
}
UNSEEN = ["\u2060", "\u200b\u200b", "\xad", "\xa0", "\ufeff", "\ufe0f", "\u3164", "\u2800", " \u200d "]
Council = Callable[..., Path]


def faults(root: Path) -> list[str]:
    """Give the faults that the records earn."""
    with pytest.raises(RecordsError) as refusal:
        load_ledger("tiny", "restricted", root)
    return [str(fault) for fault in refusal.value.faults]


@pytest.mark.parametrize("text", UNSEEN)
def test_a_cell_of_which_nobody_sees_anything_is_empty(council: Council, text: str) -> None:
    """A commentary of signs without a look is missing, as if the cell were blank."""
    root = council(FRAMEWORK, **GOOD | {"commentary": GOOD["commentary"].replace("Rain.", text)})

    assert seen(text) == ""
    assert faults(root) == ["data/tiny/commentary.csv, row 2, column text: is empty\n  Fill it in; every row needs it."]


def test_signs_within_a_word_stay() -> None:
    """Soft hyphens and joiners are for typesetting and for scripts that need them."""
    assert seen(" pot\xadholes\u200d ") == "pot\xadholes\u200d"
    assert refused("pot\xadholes") is None


def test_a_mark_of_part_two_is_never_taken_for_empty(council: Council) -> None:
    """What nobody sees in the column `exempt` is a fault, and does not make an item public."""
    root = council(FRAMEWORK, **GOOD | {"indicators": GOOD["indicators"].replace("quarter,\n", "quarter,\u2060\n")})

    (fault,) = faults(root)

    assert fault.startswith("data/tiny/indicators.csv, row 2, column exempt: holds signs that nobody can see")


@pytest.mark.parametrize(("sign", "name"), [("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"), ("\u2066", "U+2066"),
                                            ("\x07", "U+0007 a control character"), ("\x9f", "U+009F")])  # fmt: skip
def test_signs_that_control_how_text_is_shown_are_refused(council: Council, sign: str, name: str) -> None:
    """In a record, in framework.yml and in a summary the fault names the sign, and says what to do."""
    root = council(FRAMEWORK, **GOOD | {"commentary": GOOD["commentary"].replace("Rain.", f"Ra{sign}in.")})
    says = "a sign that cannot be printed\n  Type the text anew, or paste it as plain text."

    (record,) = faults(root)
    (root / "data/tiny/commentary.csv").unlink()
    summary = root / "data/tiny/summaries/2023-24-Q1/all.md"
    summary.parent.mkdir(parents=True)
    summary.write_text(f"---\npage: all\nheading: All\n---\nIt\n{sign}rained.\n", encoding="utf-8")
    (prose,) = faults(root)
    council(FRAMEWORK.replace("A tiny plan", f'"A \\u{ord(sign):04x} plan"'))
    (settings,) = faults(root)

    assert record.startswith(f"data/tiny/commentary.csv, row 2, column text: holds {name}")
    assert prose.startswith(f"data/tiny/summaries/2023-24-Q1/all.md, line 6: holds {name}")
    assert settings.startswith(f"params/tiny/framework.yml: cannot be read (line 3, column 11: holds {name}")
    assert record.endswith(says)
    assert prose.endswith(says)


@pytest.mark.parametrize("text", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!",
                                  "#CALC!", "#GETTING_DATA", "#n/a", "Err:502"])  # fmt: skip
def test_an_error_of_excel_is_no_text(council: Council, text: str) -> None:
    """A cell that holds what Excel writes for a broken formula is a fault in a column of words."""
    root = council(FRAMEWORK, **GOOD | {"commentary": GOOD["commentary"].replace("Rain.", text)})

    (fault,) = faults(root)

    assert fault.startswith(f"data/tiny/commentary.csv, row 2, column text: {text!r} is an error of Excel's")


def test_a_sentence_may_name_an_error() -> None:
    """Only a whole cell is one: people write of it too."""
    assert not is_excel_error("The council printed #N/A.")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("readings", ",90,", ",-0,", "column value: '-0' is not a number"),
        ("readings", ",90,", ",-0.00,", "column value: '-0.00' is not a number"),
        ("readings", ",90,", ",1_000,", "column value: '1_000' is not a number"),
        ("readings", ",90,", ",0x10,", "column value: '0x10' is not a number"),
        ("indicators", "basis,", "basis,decimals,", "column decimals: '999999999' is not a number of decimals"),
        ("indicators", "basis,", "basis,green_within,", "column green_within: '999999999' is not a tolerance"),
        ("commentary", "text\n", "text,due\n", "column due: '9999-12-31' is not a date"),
    ],
)
def test_figures_and_dates_beyond_all_measure_are_refused(
    council: Council, file: str, old: str, new: str, told: str
) -> None:
    """They would overflow where they are counted with, or be read as something else."""
    added = {"decimals,": "quarter,999999999,", "within,": "quarter,999999999,", "due\n": "Rain.,9999-12-31"}
    more = next((value for name, value in added.items() if new.endswith(name)), "")
    text = GOOD[file].replace(old, new).replace("quarter,\n" if "quarter" in more else "Rain.", f"{more or 'Rain.'}\n")

    (fault,) = faults(council(FRAMEWORK, **GOOD | {file: text.replace("\n\n", "\n")}))

    assert told in fault


@pytest.mark.parametrize(("text", "row"), [("\n" * 300_000, 250_001), ("," * 1_000_000, 2)], ids=["rows", "cells"])
def test_rows_and_cells_without_end_are_one_fault(council: Council, text: str, row: int) -> None:
    """Reading stops where it becomes more than any council has."""
    (fault,) = faults(council(FRAMEWORK, **GOOD | {"targets": GOOD["targets"] + text}))

    assert fault.startswith(f"data/tiny/targets.csv, row {row}: is of more than 250,000 rows, or 1,000 cells in one")


def test_a_heading_of_hundreds_of_columns_is_one_fault(council: Council) -> None:
    """Nobody is told of each of them."""
    root = council(FRAMEWORK, **GOOD | {"targets": ",".join(["indicator"] * 501) + "\n"})

    assert [fault.partition("\n")[0] for fault in faults(root)] == ["data/tiny/targets.csv, row 1: has 501 columns"]
