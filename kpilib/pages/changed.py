"""What changed since the quarter before, beside ratings: figures revised, indicators that are new or gone."""

from __future__ import annotations

import math

import pandas as pd

from kpilib.judgement.figures import show
from kpilib.pages import tables, words
from kpilib.pages.shown import Shown
from kpilib.records.periods import Period


def revised(readings: pd.DataFrame, indicators: pd.DataFrame, at: Period) -> list[Shown]:
    """
    Lay out the figures that a quarter's report gives anew: as published before, and as they are now.

    Args:
        readings: as at the quarter, with `was` and `since`.
        indicators: with indicator, short_name, unit and decimals, in the order to print them.

    Returns:
        a table, or nothing where no figure was revised.
    """
    again = readings[readings["since"] == at.text]
    named = indicators[["indicator", "short_name", "unit", "decimals"]].merge(again, on="indicator")
    rows = [
        tables.Row(
            row.short_name,
            [row.period_name, was_and_is(row.was, row.value, row.unit, row.decimals), row.note],
        )
        for row in named.itertuples()
    ]
    if not rows:
        return []
    caption = f"{words.sentence(words.counted(len(rows), 'figure'))[:-1]} revised since it was published."
    if len(rows) > 1:
        caption = caption.replace("since it was", "since they were")
    return [tables.table(caption, ["Indicator", "Period", "What was published", "Why"], rows)]


def was_and_is(was: float, value: float, unit: str, decimals: float) -> str:
    """Write a figure as it was published and as it is now: withdrawn, perhaps, or with the decimals that differ."""
    if show(was, unit, decimals) == show(value, unit, decimals):
        decimals = math.nan
    return f"published {show(was, unit, decimals)}, now {show(value, unit, decimals) or 'awaited'}"


def came_and_went(indicators: pd.DataFrame, retired: pd.DataFrame, at: Period, last: Period) -> list[str]:
    """Name the indicators that begin with a quarter, and those that ended with the one before."""
    new = list(indicators.loc[indicators["from"] == at.text, "short_name"])
    gone = list(retired["short_name"].where(retired["short_name"] != "", retired["name"]))
    said = [f"New this quarter: {'; '.join(new)}."] if new else []
    return [*said, *([f"Reported for the last time in {last.name}: {'; '.join(gone)}."] if gone else [])]
