"""How a figure stands beside those of other councils."""

from __future__ import annotations

import numpy as np
import pandas as pd


def rank(values: pd.Series, good_is: str) -> pd.Series:
    """
    Rank values: 1 + the number strictly better, so that ties share the better rank.

    Raises:
        ValueError: `good_is` is neither high nor low; nothing is better than anything else then.
    """
    if good_is not in ("high", "low"):
        msg = f"only `high` and `low` can be ranked, not {good_is!r}"
        raise ValueError(msg)
    return values.rank(method="min", ascending=good_is == "low")


def quartile(rank: pd.Series | float, of: pd.Series | float) -> pd.Series | float:
    """Give the quartile of a rank among so many: 1 is best, and the first of any number is in it."""
    return np.floor(4 * (rank - 1) / of) + 1


def standing(frame: pd.DataFrame, benchmarks: pd.DataFrame) -> pd.DataFrame:
    """
    Add each indicator's latest rank; of several for one period, that among the most.

    Args:
        frame: a row for each indicator.
        benchmarks: with indicator, end, rank, of, as at the quarter.

    Returns:
        the frame with rank, of, rank_among and quartile; empty where no rank is printed.
    """
    ranked = benchmarks[benchmarks["rank"].notna() & benchmarks["of"].notna()]
    latest = ranked.sort_values(["end", "of"], kind="stable").drop_duplicates("indicator", keep="last")
    latest = latest.set_index("indicator")
    who = frame["indicator"]
    added = frame.assign(
        rank=who.map(latest["rank"]), of=who.map(latest["of"]), rank_among=who.map(latest["comparator"])
    )
    return added.assign(quartile=quartile(added["rank"], added["of"]))
