"""
Milestones: achieved, on track, at risk, missed or not yet due, and why.

The council's own word for how a milestone stands is believed, until its date is over without its being achieved,
or a forecast puts it after its date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kpilib.judgement.figures import show
from kpilib.records.carried import CARRIED, closes, unconfirmed
from kpilib.records.framework import MILESTONES
from kpilib.records.periods import Period, day


def assess(milestones: pd.DataFrame, words: Mapping[str, Sequence[str]], at: Period) -> pd.DataFrame:
    """
    Say how each milestone of a quarter stands.

    Args:
        milestones: with quarter, due, forecast and status, as records hold them; rows of other quarters are left out.
        words: the council's own words for each state, as framework.yml has them; case does not matter.
        at: the quarter. What is due by its last day is over.

    Returns:
        the quarter's own rows, but for those that are closed, with state, label (the council's own word for it),
        reason (one sentence) and days_late: from the due date to the forecast, or to the end of the quarter where that
        is later; empty where nothing is late, or nothing says by how much.
        What was carried from an earlier quarter has unconfirmed, a sentence that says so, with which its reason begins.
    """
    here = milestones[(milestones["quarter"] == at.text) & ~closes(milestones["status"], words)]
    since = here[CARRIED] if CARRIED in here else pd.Series("", here.index, dtype=object)
    here = here.assign(unconfirmed=pd.Series([unconfirmed(each, at) for each in since], here.index, dtype=object))
    states = {word.casefold(): state for state, said in words.items() for word in said}
    stated = here["status"].map(lambda status: states.get(status.casefold(), ""))
    over, foreseen = here["due"] <= at.last_day, here["forecast"] != ""
    slips = foreseen & (here["forecast"] > here["due"])
    state = np.select(
        [
            stated == "achieved",
            over | (stated == "missed"),
            slips | (stated == "at risk"),
            foreseen | (stated == "on track"),
        ],
        ["achieved", "missed", "at risk", "on track"],
        "not yet due",
    )
    due, forecast = (pd.to_datetime(here[name], errors="coerce") for name in ("due", "forecast"))
    today = pd.Timestamp(at.last_day)
    latest = forecast.where(~over | (forecast > today), today)
    late = (latest - due).dt.days.where((over | slips) & (state != "achieved"))
    reasons = [_reason(*row, at.last_day) for row in zip(here.itertuples(), stated, state, strict=True)]
    return here.assign(
        state=state,
        label=_label(here["status"], stated, pd.Series(state, here.index, dtype=object), words),
        reason=(here["unconfirmed"] + " " + pd.Series(reasons, index=here.index, dtype=object)).str.strip(),
        days_late=late.astype(float),
    )


def closed(milestones: pd.DataFrame, words: Mapping[str, Sequence[str]], at: Period) -> pd.DataFrame:
    """Choose the milestones that were closed in a quarter: ended, without being called achieved."""
    return milestones[(milestones["quarter"] == at.text) & closes(milestones["status"], words)]


def _label(status: pd.Series, stated: pd.Series, state: pd.Series, words: Mapping[str, Sequence[str]]) -> pd.Series:
    """Give the word that was stated where it means the state, else the first of the council's words for it."""
    label = status.where(stated == state, state.map({name: said[0] for name, said in words.items()}))
    return label.str[:1].str.upper() + label.str[1:]


def _reason(row: Any, stated: str, state: str, last_day: str) -> str:
    due, forecast = day(row.due), day(row.forecast) if row.forecast else ""
    ahead = f"; now expected {forecast}" if row.forecast > max(row.due, last_day) else ""
    if state == "achieved":
        return f"Stated as {row.status.lower()}."
    if row.due <= last_day:
        then = f", nor by {forecast}, as was expected" if row.due < row.forecast <= last_day else ""
        done = "reported as achieved" if row.unconfirmed else "achieved"
        why = f"{due} and not {done}{then}{ahead}."
        return f"Stated as {row.status.lower()}, but due {why}" if stated not in ("", "missed") else f"Due {why}"
    if state == "missed":
        return f"Stated as {row.status.lower()}, before its date of {due}{ahead}."
    if row.forecast > row.due:
        why = f"ow expected {forecast}, after its date of {due}."
        if not stated:
            return f"N{why}"
        return f"Stated as {row.status.lower()}{'; n' if stated == 'at risk' else ', but n'}{why}"
    soon = f", expected {forecast}" if forecast else ""
    return f"Stated as {row.status.lower()}; due {due}{soon}." if stated else f"Due {due}{soon}."


_PLACE = {"achieved": 0, "on track": 1, "not yet due": 1, "at risk": 2, "missed": 3}


def moved(assessed: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """
    Compare the milestones of a quarter with the same ones of an earlier one, by objective and number.

    Args:
        assessed: from `assess`, at the quarter.
        before: from `assess`, at the quarter before.

    Returns:
        those rows of `assessed` that moved, with state_before, label_before, days_slipped (by how much the day on
        which it is expected went back; empty where it did not, or either day is not known), move and move_reason:
        `achieved`, `missed`, `slipped` (expected later, or in a worse state) or `recovered` (in a better state).
        A milestone that stands in one of the two quarters only is left out: an edition may hide it in the other.
    """
    same = ["objective", "milestone"]
    then = before.assign(expected=_expected(before)).set_index(same)
    named = pd.MultiIndex.from_frame(assessed[same])
    both = assessed[named.isin(then.index)]
    then = then.reindex(pd.MultiIndex.from_frame(both[same])).set_index(both.index)
    slipped = (_expected(both) - then["expected"]).dt.days.where(both["state"] != "achieved")
    worse = both["state"].map(_PLACE) - then["state"].map(_PLACE)
    move = np.select(
        [
            (worse < 0) & (both["state"] == "achieved"),
            (worse > 0) & (both["state"] == "missed"),
            (slipped > 0) | (worse > 0),
            worse < 0,
        ],
        ["achieved", "missed", "slipped", "recovered"],
        "",
    )
    compared = both.assign(
        state_before=then["state"],
        label_before=then["label"],
        due_before=then["due"],
        days_slipped=slipped.where(slipped > 0).astype(float),
        move=move,
    )
    compared = compared[compared["move"] != ""]
    reasons = [_move_reason(row) for row in compared.itertuples()]
    return compared.assign(move_reason=pd.Series(reasons, index=compared.index, dtype=object)).drop(
        columns="due_before"
    )


def _expected(assessed: pd.DataFrame) -> pd.Series:
    """The day on which each is expected: its forecast, else its date; none for what is missed without a forecast."""
    due = assessed["due"].where(assessed["state"] != "missed", "")
    return pd.to_datetime(assessed["forecast"].where(assessed["forecast"] != "", due), errors="coerce")


def _move_reason(row: Any) -> str:
    if row.move == "achieved":
        return "Achieved since then."
    date = f"Its date was moved from {day(row.due_before)} to {day(row.due)}" if row.due != row.due_before else ""
    if pd.isna(row.days_slipped) or row.move == "missed":
        return f"{date}. {row.reason}" if date else row.reason
    later = f"{show(row.days_slipped, 'days')} later than was expected then."
    if date and row.forecast in ("", row.due):
        return f"{date}, {later}"
    return f"{date + '. ' if date else ''}Now expected {day(row.forecast or row.due)}, {later}"


def gaps(assessed: pd.DataFrame, at: Period) -> pd.DataFrame:
    """
    Find what the milestones of a quarter leave open; that nobody confirmed one is told elsewhere, and is all of it.

    Args:
        assessed: from `assess`, with owner and commentary too.
        at: the quarter.

    Returns:
        columns milestone and gap, one sentence each: off its course without a word on it, missed without a new date,
        without an owner.
    """
    assessed = assessed[assessed["unconfirmed"] == ""]
    off = assessed["state"].isin(["missed", "at risk"])
    undated = (assessed["state"] == "missed") & (assessed["forecast"] <= at.last_day)
    found = [
        (off & (assessed["commentary"] == ""), "It is missed or at risk, and has no commentary."),
        (undated, "It is missed, and has no new date."),
        (assessed["owner"] == "", "No owner is named."),
    ]
    said = [assessed.loc[where, ["milestone"]].assign(gap=sentence) for where, sentence in found]
    return pd.concat(said, ignore_index=True)


def counts(assessed: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """
    Count milestones by state, over all or by objective or directorate.

    Args:
        assessed: from `assess`.
        by: the column to group by.

    Returns:
        a column for each state, then in progress (all that are not achieved) and milestones;
        a row for each group in order of first appearance, or the one row `all`.
    """
    groups = assessed[by] if by else pd.Series("all", index=assessed.index)
    table = pd.crosstab(groups, assessed["state"]).reindex(
        index=groups.unique(), columns=list(MILESTONES), fill_value=0
    )
    total = table.sum(axis=1)
    return table.assign(**{"in progress": total - table["achieved"], "milestones": total})
