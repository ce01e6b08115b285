"""Cells as printed, and what spreadsheet programs would make of them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kpilib.records.printed import at_risk, guarded, looks_changed, unguarded

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.mark.parametrize(
    "text",
    "8/10|3:1|42.1%|7.00|1,377|+2.5%|−2.5|(2.5)|1 234|600-680|23/24|Oct-08|8 Oct|May 2023|00:03:15|9 am|1e5|007|.5|£5|"
    "5 USD|12345678901|TRUE|=1+1|@home|- late|5 %".split("|"),
)
def test_what_a_program_may_read_is_guarded(text: str) -> None:
    """Marks stand round it in the file, and are no part of what was printed."""
    assert guarded(text) == f'"{text}"'
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    "text", "66.9|-5|0|1234|N/A|-|–|61 (est)|≥ 60%|<50|1 in 2000|Q1 66%|£1.2m|2 of 3|5 days|Maintained|½".split("|")
)
def test_what_every_program_leaves_alone_needs_no_marks(text: str) -> None:
    """Words, and plain numbers that are written back as they stand, are as they are."""
    assert guarded(text) == text


def test_marks_of_the_text_itself_are_kept() -> None:
    """A text that was printed in quotation marks gets a second pair, so that its own stay; one mark alone is text."""
    assert unguarded(guarded('"Good"')) == '"Good"'
    assert unguarded('"') == guarded('"') == '"'


@pytest.mark.parametrize(
    "text", "10/08/26|10/08/2026|2026-08-10|03:01:00|12:03:15 AM|08-Oct|Oct-08|8-Oct-26".split("|")
)
def test_what_a_program_wrote_in_its_place_is_known_by_its_looks(text: str) -> None:
    """Days and times of day, unless marks say that they are meant."""
    assert looks_changed(text)
    assert not looks_changed(guarded(text))


@pytest.mark.parametrize("text", ["8/10", "3:1", "23/24", "66.9", "600-680", "2019-20"])
def test_what_was_printed_so_does_not_look_changed(text: str) -> None:
    """Ratios, years and ranges are no days."""
    assert not looks_changed(text)


def test_the_shipped_records_are_guarded() -> None:
    """No cell as printed of any council here would be changed by opening and saving its file."""
    for path in [*DATA.glob("*/readings.csv"), *DATA.glob("*/targets.csv")]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert [row for row in csv.DictReader(file) if at_risk(row.get("as_printed") or "")] == [], path
