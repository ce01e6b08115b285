"""
What nobody answered for: risks and milestones without a row for a quarter stay as they were, and are marked.

A risk or a milestone ends only where a row says that it does, by the word `closed`, or that another took it in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kpilib.records.editions import numbers
from kpilib.records.framework import Framework
from kpilib.records.periods import Period, quarter

CLOSED = "closed"
CARRIED = "carried_from"  # the quarter of the answer that a row repeats; empty where it is an answer of its own
_OWN_QUARTER = ("direction", "merged_from", "note")  # what a row of the register says of its own quarter alone
_WHO = {"risks.csv": "risk", "milestones.csv": "milestone"}

Texts = dict[str, pd.DataFrame]


def closes(status: pd.Series, words: Mapping[str, Sequence[str]]) -> pd.Series:
    """
    Say which milestones are closed by their status: ended, without being called achieved.

    Args:
        words: the council's own words for each state; where one of them is `closed`, that state is meant by it.
    """
    taken = {word.casefold() for said in words.values() for word in said}
    return status.str.casefold().eq(CLOSED) & (CLOSED not in taken)


def unconfirmed(since: str, at: Period) -> str:
    """Say of what was carried from a quarter that nobody confirmed it; nothing of an answer of the quarter's own."""
    return f"Not confirmed for {at.name}: as it stood in {quarter(since).name}." if since else ""


def holding(notes: pd.DataFrame) -> pd.DataFrame:
    """Leave out of a risk's notes what is of its own quarter alone: progress, and what is done."""
    done = notes["status"].eq("done") if "status" in notes else False
    return notes[notes["kind"].ne("progress") & ~done]


def carried(texts: Texts, framework: Framework) -> Texts:
    """
    Carry risks and milestones that no row of a quarter answers for into it, as they stood in the one before.

    Only quarters that have a row in their file are filled, so that a register that is missing is seen to be missing.
    What is printed by a council that is not asked for commentary is complete as it is: nothing is carried there.

    Args:
        texts: every file as text, exempt rows included: what was merged into an exempt risk is no longer open.

    Returns:
        the same with more rows in risks.csv, risk_notes.csv and milestones.csv, and a column `carried_from` in the
        first and the last; their rows are numbered anew where any are added.
    """
    if not framework.asks_commentary:
        return {**texts, **{file: texts[file].assign(**{CARRIED: ""}) for file in _WHO}}
    found = {file: _filled(texts[file], _WHO[file], framework) for file in _WHO}
    risks, notes = found["risks.csv"], texts["risk_notes.csv"]
    more = [_notes(notes, row) for row in risks[risks[CARRIED] != ""].itertuples()]
    return {**texts, **found, "risk_notes.csv": _joined(notes, [notes, *more])}


def _filled(frame: pd.DataFrame, who: str, framework: Framework) -> pd.DataFrame:
    """Fill each quarter of a file with what stood open in the last one before it that the file has."""
    frame = frame.assign(**{CARRIED: ""})
    ends = frame["quarter"].map(lambda text: _end(text, framework.year_starts))
    before, pieces = frame.iloc[:0], [frame[ends.isna()]]
    for _, own in frame.groupby(ends, sort=True):
        gone = {name for merged in own.get("merged_from", ()) for name in numbers(merged)}
        kept = before[~before[who].isin(gone | set(own[who]))]
        since = kept[CARRIED].where(kept[CARRIED] != "", kept["quarter"])
        alone = {name: "" for name in _OWN_QUARTER if name in kept}
        kept = kept.assign(**alone, **{CARRIED: since}, quarter=own["quarter"].iloc[0])
        place = {name: number for number, name in enumerate(before[who])} if len(kept) else {}
        now = pd.concat([own, kept])
        now = now.iloc[now[who].map(place).fillna(len(place)).argsort(kind="stable")]
        pieces.append(now)
        before = now[~_ended(now, framework)]
    return _joined(frame, pieces)


def _ended(frame: pd.DataFrame, framework: Framework) -> pd.Series:
    """Say which rows are the last of what they are about."""
    if "direction" in frame:
        return frame["direction"].eq(CLOSED)
    achieved = [word.casefold() for word in framework.milestones["achieved"]]
    return frame["status"].str.casefold().isin(achieved) | closes(frame["status"], framework.milestones)


def _notes(notes: pd.DataFrame, risk: Any) -> pd.DataFrame:
    """The notes that still hold of a risk that was carried, but for those that its quarter has already."""
    own = notes[notes["risk"] == risk.risk]
    there = own[own["quarter"] == risk.quarter]
    kept = holding(own[own["quarter"] == risk.carried_from])
    known = set(zip(there["kind"], there["text"], strict=True))
    new = [key not in known for key in zip(kept["kind"], kept["text"], strict=True)]
    return kept[new].assign(quarter=risk.quarter)


def _joined(frame: pd.DataFrame, pieces: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put pieces together as a frame whose rows are numbered anew; one to which nothing was added stays as it was."""
    if sum(map(len, pieces)) == len(frame):
        return frame
    joined = pd.concat(pieces, ignore_index=True).rename_axis("row")
    joined.attrs = frame.attrs
    return joined


def _end(text: str, year_starts: int) -> float:
    """The last month of a quarter, or nothing where the text is none: an exempt row is not read for the public."""
    try:
        return quarter(text, year_starts).end
    except ValueError:
        return float("nan")
