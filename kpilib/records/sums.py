"""
What figures are sums of: the months that each counts, so that it can be told which of them follow from others.

A figure is a row of nought and one over the months of its indicator. That figures of some indicators add up to those of
another, or figures of several months to that of a year, is never recorded; it is believed where the figures agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kpilib.records.periods import LENGTH, period

Keys = tuple[Any, ...]  # what a figure counts: months; or a time as a whole, where it is no sum


def figures_in_time(readings: pd.DataFrame, indicators: pd.DataFrame, year_starts: int) -> pd.DataFrame:
    """
    Give each row of readings, read as text, with its figure and its time.

    Returns:
        indicator, period, reported, value, decimals (as it is written), basis, start and end (first and last month of
        the period), and since: the month from which it counts. Of a running total that is the first of the council
        year, and of a rolling window the first of twelve.
    """
    spans = {text: span(text, year_starts) for text in readings["period"].unique()}
    start, end = (
        readings["period"].map({text: both[place] for text, both in spans.items()}).astype(float) for place in (0, 1)
    )
    basis = readings["indicator"].map(dict(zip(indicators["indicator"], indicators["basis"], strict=True)))
    year = LENGTH["year"]
    began = {"to date": end - (end - year_starts + 1) % year, "rolling": end - year + 1}
    since = start.copy()
    for name, first in began.items():
        since = since.mask(basis.eq(name) & np.isfinite(end), np.minimum(start, first))
    return readings[["indicator", "period", "reported"]].assign(
        value=pd.to_numeric(readings["value"], errors="coerce").astype(float),
        decimals=readings["value"].map(lambda text: len(text.partition(".")[2])),
        basis=basis,
        start=start,
        end=end,
        since=since,
    )


def span(text: str, year_starts: int) -> tuple[float, float]:
    """The first and last month of a period; of what cannot be read, all of time."""
    try:
        found = period(text, year_starts)
    except ValueError:
        return -np.inf, np.inf
    return found.start, found.end


def latest(figures: pd.DataFrame) -> pd.DataFrame:
    """Give each figure that there is once: as it is exempt where it is `secret`, else as it was reported last."""
    real = figures[figures["value"].notna() & np.isfinite(figures["end"])]
    ordered = real.sort_values(["secret", "reported"], kind="stable")
    return ordered.drop_duplicates(["indicator", "period"], keep="last").sort_index()


def counted(figures: pd.DataFrame) -> dict[int, Keys]:
    """
    Give what each figure of one indicator counts: the months of its time, so far as its figures agree with that.

    A snapshot counts the moment of its end.

    Args:
        figures: from `figures_in_time`, with a value and a time each.
    """
    if figures["basis"].eq("snapshot").any():
        return {row.Index: (row.end,) for row in figures.itertuples()}
    months = {row.Index: tuple(range(int(row.since), int(row.end) + 1)) for row in figures.itertuples()}
    if agree([figures], [months]) is False:
        return {row.Index: ((row.since, row.end),) for row in figures.itertuples()}
    return months


def add_up(whole: pd.DataFrame, parts: Sequence[pd.DataFrame]) -> bool:
    """Say whether figures show that some indicators' figures together are those of another."""
    if not len(whole) or not all(map(len, parts)):
        return False
    numbers = range(len(parts))
    together = {row: tuple((number, key) for number in numbers for key in keys) for row, keys in counted(whole).items()}
    apart = [
        {row: tuple((number, key) for key in keys) for row, keys in counted(part).items()}
        for number, part in enumerate(parts)
    ]
    return agree([whole, *parts], [together, *apart]) is True


def agree(figures: Sequence[pd.DataFrame], keys: Sequence[Mapping[int, Keys]]) -> bool | None:
    """
    Say whether several indicators' figures agree with what they count, as far as they were rounded.

    Returns:
        nothing where no figure follows from those of others, so that they could not disagree.
    """
    each = [matrix(own.values(), {}) for own in keys]
    rows = matrix([key for own in keys for key in own.values()], {})
    alone = len(rows) if len(figures) == 1 else sum(np.linalg.matrix_rank(own) for own in each)
    if np.linalg.matrix_rank(rows) == alone:
        return None
    value, decimals = (np.concatenate([own[name].to_numpy(float) for own in figures]) for name in ("value", "decimals"))
    error = rows @ np.linalg.lstsq(rows, value, rcond=None)[0] - value
    return bool((np.abs(error) <= 0.5 * 10.0 ** -decimals.min() + 1e-9 * np.abs(value).max()).all())


def follows(figure: Keys, others: Iterable[Keys]) -> bool:
    """Say whether a figure is known once others are: as their sum, or as what some leave of others."""
    rows = matrix([*others, figure], {})
    return bool(figure and len(rows) > 1 and np.linalg.matrix_rank(rows) == np.linalg.matrix_rank(rows[:-1]))


def matrix(rows: Iterable[Keys], places: dict[Any, int]) -> np.ndarray:
    """Write what figures count as a matrix; columns that are not among `places` yet are added to them."""
    known = [[places.setdefault(key, len(places)) for key in row] for row in rows]
    found = np.zeros((len(known), len(places)))
    for number, row in enumerate(known):
        found[number, row] = 1
    return found
