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
        the quarter's own rows with state, reason (one sentence) and days_late: from the due date to the forecast,
        or to the end of the quarter where that is later; empty where nothing is late, or nothing says by how much.
    """
    here = milestones[milestones["quarter"] == at.text]
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
        state=state, reason=pd.Series(reasons, index=here.index, dtype=object), days_late=late.astype(float)
    )


def _reason(row: Any, stated: str, state: str, last_day: str) -> str:
    due, forecast = day(row.due), day(row.forecast) if row.forecast else ""
    ahead = f"; now expected {forecast}" if row.forecast > max(row.due, last_day) else ""
    if state == "achieved":
        return f"Stated as {row.status.lower()}."
    if row.due <= last_day:
        then = f", nor by {forecast}, as was expected" if row.due < row.forecast <= last_day else ""
        why = f"{due} and not achieved{then}{ahead}."
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


def gaps(assessed: pd.DataFrame, at: Period) -> pd.DataFrame:
    """
    Find what the milestones of a quarter leave open.

    Args:
        assessed: from `assess`, with owner and commentary too.
        at: the quarter.

    Returns:
        columns milestone and gap, one sentence each: off its course without a word on it, missed without a new date,
        without an owner.
    """
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
