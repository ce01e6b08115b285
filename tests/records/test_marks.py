"""What was exempt stays so until somebody lifts it: what is told of a quarter where a mark is missing."""

from __future__ import annotations

import pandas as pd
import pytest

from kpilib.records.editions import Texts, without_exempt
from kpilib.records.marks import Lifted, lifted
from kpilib.records.periods import quarter
from kpilib.records.schema import FILES

AT = quarter("2023-24-Q3")
SUMMARIES = ["page", "heading", "quarter", "exempt"]


def found(file: str, *rows: dict[str, str], **others: dict[str, str]) -> list[Lifted]:
    """Find what is lifted in one file; a row's cells that are not given are empty."""
    every = {name: [] for name in FILES} | {f"{name}.csv": [row] for name, row in others.items()} | {file: rows}
    frames = {
        name: pd.DataFrame(
            [dict.fromkeys(FILES.get(name, SUMMARIES), "") | line for line in lines],
            index=range(2, len(lines) + 2),
            columns=list(FILES.get(name, SUMMARIES)),
        ).rename_axis("row")
        for name, lines in every.items()
    }
    summaries = frames.pop("summaries", pd.DataFrame(columns=SUMMARIES))
    texts: Texts = frames
    return list(lifted(texts, without_exempt(texts, 4), summaries, AT, 4))


def figure(at: str, mark: str = "", reported: str = "", note: str = "", value: str = "5") -> dict[str, str]:
    """Write a row of readings.csv."""
    return {
        "indicator": "visits",
        "period": at,
        "value": value,
        "reported": reported or at,
        "note": note,
        "exempt": mark,
    }


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([figure("2023-24-Q2", "3"), figure("2023-24-Q3")], [Lifted("visits 2023-24-Q3", "2023-24-Q2", "", "note")]),
        ([figure("2023-24-Q2", "3"), figure("2023-24-Q3", note="Signed.")],
         [Lifted("visits 2023-24-Q3", "2023-24-Q2", "Signed.", "note")]),
        ([figure("2023-24-Q2", "3"), figure("2023-24-Q2", reported="2023-24-Q3")],
         [Lifted("visits 2023-24-Q2", "2023-24-Q2", "", "note")]),
        ([figure("2023-24-Q2", "3"), figure("2023-24-Q3", "3")], []),
        ([figure("2023-24-Q2", "3"), figure("2023-24-Q3", value="")], []),
        ([figure("2023-24-Q1", "3"), figure("2023-24-Q2"), figure("2023-24-Q3")], []),
        ([figure("2023-24-Q1", "3"), figure("2023-24-Q2")], []),
    ],
    ids=["no mark", "a note", "the same period", "marked", "awaited", "lifted before", "another quarter"],
)  # fmt: skip
def test_a_figure_whose_last_one_was_exempt(rows: list[dict[str, str]], expected: list[Lifted]) -> None:
    """A public figure of the quarter is told where its period, or else the one before, was exempt."""
    assert found("readings.csv", *rows) == expected


@pytest.mark.parametrize(
    ("file", "row", "what", "why_in"),
    [
        ("commentary.csv", {"indicator": "visits", "kind": "cause", "text": "Rain."}, "visits cause", ""),
        ("risk_notes.csv", {"risk": "R1", "kind": "progress", "text": "Dry."}, "R1 progress", ""),
        ("milestones.csv", {"milestone": "M1", "text": "Build."}, "M1", "commentary"),
        ("summaries", {"page": "summary", "heading": "Leader"}, "summary Leader", ""),
    ],
)
def test_what_was_exempt_the_last_time(file: str, row: dict[str, str], what: str, why_in: str) -> None:
    """So is a remark, note, milestone or summary whose last one was exempt, unless one of the quarter is marked."""
    before, now = row | {"quarter": "2023-24-Q1", "exempt": "3"}, row | {"quarter": AT.text}

    assert found(file, before, now) == [Lifted(what, "2023-24-Q1", "", why_in)]
    assert found(file, before, now | {"exempt": "3"}) == []
    assert found(file, before | {"exempt": ""}, now) == []


def test_what_belongs_to_an_exempt_indicator_is_not_told() -> None:
    """An exempt indicator is exempt in every row, marked or not."""
    rows = [figure("2023-24-Q2", "3"), figure("2023-24-Q3")]

    assert found("readings.csv", *rows, indicators={"indicator": "visits", "exempt": "3"}) == []
