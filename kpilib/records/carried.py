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


def ends(status: pd.Series, words: Mapping[str, Sequence[str]]) -> pd.Series:
    """Say which milestones are achieved or closed by their status, so that nobody is asked for them any more."""
    achieved = [word.casefold() for word in words["achieved"]]
    return status.str.casefold().isin(achieved) | closes(status, words)


def unconfirmed(since: str, at: Period) -> str:
    """Say of what was carried from a quarter that nobody confirmed it; nothing of an answer of the quarter's own."""
    return f"Not confirmed for {at.name}: as it stood in {quarter(since).name}." if since else ""


def holds(note: Mapping[Any, Any]) -> bool:
    """Whether a note on a risk is more than of its own quarter, as progress is and what is done."""
    return note["kind"] != "progress" and note.get("status") != "done"


def carried(texts: Texts, framework: Framework) -> Texts:
    """
    Carry risks and milestones that no row of a quarter answers for into it, as they stood in the one before.

    Every quarter that any record is of is filled, whether or not somebody answered for a single one of them.
    What is printed by a council that is not asked for commentary is complete as it is: nothing is carried there.

    Args:
        texts: every file as text, exempt rows included: what was merged into an exempt risk is no longer open.

    Returns:
        the same with more rows in risks.csv, risk_notes.csv and milestones.csv, and a column `carried_from` in the
        first and the last; their rows are numbered anew where any are added.
    """
    if not framework.asks_commentary:
        return {**texts, **{file: texts[file].assign(**{CARRIED: ""}) for file in _WHO}}
    quarters = _reported(texts, framework.year_starts)
    found = {file: _filled(texts[file], _WHO[file], framework, quarters) for file in _WHO}
    notes = texts["risk_notes.csv"]
    more = pd.DataFrame(_notes(notes, found["risks.csv"]), columns=notes.columns, dtype=str)
    return {**texts, **found, "risk_notes.csv": _joined(notes, [notes, more])}


def _reported(texts: Texts, year_starts: int) -> dict[float, str]:
    """Give every quarter that any record is of, by its last month, in order."""
    said = {text for frame in texts.values() for column in ("quarter", "reported") if column in frame
            for text in frame[column].unique()}  # fmt: skip
    months = {_end(text, year_starts): text for text in sorted(said)}
    return {end: months[end] for end in sorted(months) if end == end}  # and nothing that is no quarter


def _filled(frame: pd.DataFrame, who: str, framework: Framework, quarters: Mapping[float, str]) -> pd.DataFrame:
    """Fill each quarter with what stood open in the one before it."""
    frame = frame.assign(**{CARRIED: ""})
    months = frame["quarter"].map(lambda text: _end(text, framework.year_starts))
    before, pieces = frame.iloc[:0], [frame[months.isna()]]
    of = dict(tuple(frame.groupby(months)))
    for end, quarter_ in quarters.items():
        own = of.get(end, frame.iloc[:0])
        gone = {name for merged in own.get("merged_from", ()) for name in numbers(merged)}
        kept = before[~before[who].isin(gone | set(own[who]))]
        since = kept[CARRIED].where(kept[CARRIED] != "", kept["quarter"])
        alone = {name: "" for name in _OWN_QUARTER if name in kept}
        kept = kept.assign(**alone, **{CARRIED: since}, quarter=quarter_)
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
    return ends(frame["status"], framework.milestones)


def _notes(notes: pd.DataFrame, risks: pd.DataFrame) -> list[dict[Any, Any]]:
    """
    Give the notes that still hold of each carried risk, from the register before, as it was filled itself.

    Args:
        risks: filled, the earliest register first.
    """
    known: dict[tuple[str, str], list[dict[Any, Any]]] = {}
    for note in notes.to_dict("records"):
        known.setdefault((note["risk"], note["quarter"]), []).append(note)
    more, last = [], dict[str, str]()
    for row in risks.itertuples():
        if row.carried_from:
            there = known.setdefault((row.risk, row.quarter), [])
            said = {(note["kind"], note["text"]) for note in there}
            before = known.get((row.risk, last.get(row.risk, "")), [])
            new = [note | {"quarter": row.quarter} for note in before
                   if holds(note) and (note["kind"], note["text"]) not in said]  # fmt: skip
            there += new
            more += new
        last[row.risk] = row.quarter
    return more


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
