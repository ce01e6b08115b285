"""
How an exemption stands: what was exempt when it was last recorded stays so until somebody lifts it.

It is lifted by a row without a mark that says why: in its note, or a milestone in its commentary.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from kpilib.records.editions import Texts, exempt_rows
from kpilib.records.periods import Period
from kpilib.records.sums import span

_SAME = {
    "commentary.csv": ["indicator", "kind"],
    "risk_notes.csv": ["risk", "kind"],
    "milestones.csv": ["milestone"],
    "summaries": ["page", "heading"],
}


@dataclass(frozen=True)
class Lifted:
    """
    Something of a quarter that is public though it was exempt before.

    `why` is what its row says in the column `why_in`; nothing where the file has none for it.
    """

    what: str
    before: str
    why: str = ""
    why_in: str = ""


def standing_mark(own: pd.DataFrame, end: float) -> str:
    """
    Give the mark that stands for a figure: that of its own period, else of the last before.

    Args:
        own: readings of its indicator, each period as reported last, with end and exempt.
        end: the last month of its period.
    """
    before = own[own["end"] <= end]
    marks = before.loc[before["end"] == before["end"].max(), "exempt"]
    return next((mark for mark in marks if mark), "")


def mark_of_last(rows: pd.DataFrame, at: Period) -> str:
    """
    Give the mark of what was last said of one thing before a quarter.

    Args:
        rows: with quarter_end and exempt.
    """
    before = rows[rows["quarter_end"] < at.end]
    marks = before.loc[before["quarter_end"] == before["quarter_end"].max(), "exempt"]
    return next((mark for mark in marks if mark), "")


def lifted(texts: Texts, public: Texts, summaries: pd.DataFrame, at: Period, year_starts: int) -> Iterator[Lifted]:
    """
    Find what a quarter's records have without a mark, and the last ones before had with one.

    Args:
        texts: every record file as text, exempt rows included.
        public: the same as the public edition has them.
        summaries: likewise, exempt ones included.
    """
    gone = {file: set(exempt_rows(texts[f"{file}s.csv"])[file]) for file in ("indicator", "risk")}
    yield from _figures(_without(texts["readings.csv"], gone), public["readings.csv"].index, at, year_starts)
    for file, keys in _SAME.items():
        rows = _without(summaries if file == "summaries" else texts[file], gone)
        if "exempt" in rows:
            rows = rows.assign(quarter_end=[span(text, year_starts)[1] for text in rows["quarter"]])
            for name, own in rows.groupby(keys, sort=False):
                now, before = own[own["quarter"] == at.text], own[own["quarter_end"] < at.end]
                if len(now) and mark_of_last(own, at) and (now["exempt"] == "").all():
                    last = before.loc[before["quarter_end"].idxmax(), "quarter"]
                    milestone = file == "milestones.csv"
                    why = "".join(now["commentary"]) if milestone and "commentary" in now else ""
                    yield Lifted(" ".join(name), last, why, "commentary" if milestone else "")


def _without(frame: pd.DataFrame, gone: Mapping[str, set[str]]) -> pd.DataFrame:
    """Leave out what belongs to indicators and risks that are exempt as a whole."""
    for key, names in gone.items():
        frame = frame[~frame[key].isin(names)] if key in frame else frame
    return frame


def _figures(readings: pd.DataFrame, shown: pd.Index, at: Period, year_starts: int) -> Iterator[Lifted]:
    """Find the figures of a quarter's report without a mark whose period, or the one before, was exempt."""
    if "exempt" not in readings:
        return
    readings = readings[readings["indicator"].isin(exempt_rows(readings)["indicator"])]
    known = readings.assign(
        end=[span(text, year_starts)[1] for text in readings["period"]],
        since=[span(text, year_starts)[1] for text in readings["reported"]],
    )
    for name, own in known.groupby("indicator", sort=False):
        for row in own[(own["since"] == at.end) & own.index.isin(shown) & (own["value"] != "")].itertuples():
            earlier = own[(own["since"] < at.end) | ((own["since"] == at.end) & (own["end"] < row.end))]
            last = earlier.sort_values("since", kind="stable").drop_duplicates("period", keep="last")
            if standing_mark(last, row.end):
                before = last[(last["end"] <= row.end)].sort_values("end", kind="stable")["period"].iloc[-1]
                yield Lifted(f"{name} {row.period}", before, getattr(row, "note", ""), "note")
