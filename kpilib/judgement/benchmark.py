"""How a figure stands beside those of other councils."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from kpilib.records.periods import Period

_KEYS = ["indicator", "period", "group"]
_WHY_NOT = {
    "own": "The council has no figure for this period.",
    "others": "None of the others has a figure for this period.",
    "break": "The way of counting has changed since this period.",
    "near": "Without a target there is no telling which way is good.",
    "on target": "Each council has a target of its own, so that the figures alone do not say who does better.",
    "none": "The records do not say which way is good.",
}


def rank(values: pd.Series, good_is: str, *, target: float | None = None) -> pd.Series:
    """
    Rank values: 1 + the number strictly better, so that ties share the better rank.

    Args:
        values: a figure for each council; one without a figure has no rank, and moves nobody.
        good_is: `high`, `low`, or `near` the target.
        target: what the values should be near to; a distance above it counts as one below.

    Raises:
        ValueError: `good_is` is another word, or `near` without a target: nothing is better than anything else then;
            or a figure or the target is infinite.
    """
    if good_is not in ("high", "low") and (good_is != "near" or target is None):
        without = " without a target" if good_is == "near" else ""
        msg = f"only `high` and `low` can be ranked, not {good_is!r}{without}"
        raise ValueError(msg)
    if np.isinf(values).any() or (target is not None and not math.isfinite(target)):
        msg = "an infinite figure cannot be ranked; leave it empty where there is none"
        raise ValueError(msg)
    limits = pd.DataFrame({"good_is": good_is, "target_low": target, "target_high": math.nan}, values.index)
    return _badness(values, limits.astype({"target_low": float})).rank(method="min")


def quartile(rank: pd.Series | float, of: pd.Series | float) -> pd.Series | float:
    """Give the quartile of a rank among so many: 1 is best, and the first of any number is in it."""
    return np.floor(4 * (rank - 1) / of) + 1


def beside(
    own: pd.DataFrame, benchmarks: pd.DataFrame, comparators: pd.DataFrame, measures: pd.DataFrame, at: Period
) -> pd.DataFrame:
    """
    Set the council's figures beside those of each group of comparators, period by period.

    Args:
        own: the council's readings, with indicator, period and value; one for each indicator and period.
        benchmarks: as records hold them, as at the quarter; what belongs to no group is passed over.
        comparators: with comparator and group; a comparator may stand in several groups.
        measures: a row for each indicator, with good_is, break_from_start, and target_low and target_high,
            which matter only where near the target is good.
        at: the quarter from which they are looked at.

    Returns:
        a row for each indicator, period and group, by indicator and in order of time, with

        - period_name, start, end, and age_months: from the end of the period to the end of the quarter;
        - compared: how many comparators have a figure; mean, median and best of these, the council left out;
        - value: the council's own;
        - gap: how much better than the median it is, in the indicator's unit; less than nothing where it is worse;
        - rank: 1 + the number strictly better; of: how many are ranked, the council included; quartile: 1 is best;
        - not_comparable: why there is no gap and no rank, in a sentence; empty where there are.

        Nothing is ranked for a period before a `break_from` that has happened since: what is known of that period
        was counted in a way that no longer holds. Ranks are of figures as published, however sure or unsure these are.
    """
    known = benchmarks.merge(comparators, on="comparator").merge(
        measures[["indicator", "good_is", "target_low", "target_high", "break_from_start"]], on="indicator"
    )
    known = known.merge(
        own[["indicator", "period", "value"]], on=["indicator", "period"], how="left", suffixes=("", "_own")
    )
    known = known.assign(worse=_badness(known["value"], known), worse_own=_badness(known["value_own"], known))
    known = known.assign(better=known["worse"] < known["worse_own"]).sort_values(["worse", "value"])
    same = ["period_name", "start", "end", "good_is", "target_low", "target_high", "break_from_start"]
    table = (
        known.groupby(_KEYS)
        .agg(
            **{name: pd.NamedAgg(name, "first") for name in same},
            compared=("value", "count"),
            mean=("value", "mean"),
            median=("value", "median"),
            best=("value", "first"),
            value=("value_own", "first"),
            better=("better", "sum"),
        )
        .reset_index()
        .sort_values(["indicator", "end", *_KEYS[1:]], ignore_index=True)
    )
    table = table.assign(not_comparable=_why_not(table, at), age_months=at.end - table["end"])
    ranked = table["not_comparable"] == ""
    directed = _badness(table["median"], table).notna()
    table = table.assign(
        best=table["best"].where(directed),
        gap=(_badness(table["median"], table) - _badness(table["value"], table)).where(ranked),
        rank=(1.0 + table["better"]).where(ranked),
        of=(1.0 + table["compared"]).where(ranked),
    )
    table = table.assign(quartile=quartile(table["rank"], table["of"]))
    first = ["period_name", "start", "end", "age_months", "compared", "mean", "median", "best", "value"]
    return table[[*_KEYS, *first, "gap", "rank", "of", "quartile", "not_comparable"]]


def standing(frame: pd.DataFrame, benchmarks: pd.DataFrame, worked_out: pd.DataFrame | None = None) -> pd.DataFrame:
    """
    Add each indicator's latest rank; of several for one period, that among the most.

    Args:
        frame: a row for each indicator.
        benchmarks: with indicator, end, rank, of, as at the quarter.
        worked_out: from `beside`; of one period a printed rank holds before one that is worked out.

    Returns:
        the frame with rank, of, rank_among and quartile; empty where no rank is printed or worked out.
    """
    ranks = benchmarks.rename(columns={"comparator": "rank_among"}).assign(printed=True)
    if worked_out is not None:
        ranks = pd.concat([ranks, worked_out.rename(columns={"group": "rank_among"}).assign(printed=False)])
    ranks = _latest(ranks)
    added = {name: frame["indicator"].map(ranks[name]) for name in ranks}
    return frame.assign(**added, quartile=quartile(added["rank"], added["of"]))


def _latest(ranked: pd.DataFrame) -> pd.DataFrame:
    """Give each indicator's latest rank, by indicator; of several for one period a printed one, among the most."""
    ranked = ranked[ranked["rank"].notna() & ranked["of"].notna()]
    latest = ranked.sort_values(["end", "printed", "of"], kind="stable").drop_duplicates("indicator", keep="last")
    return latest.set_index("indicator")[["rank", "of", "rank_among"]]


def _badness(values: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """Turn figures into amounts of which less is better; unknown where no way is good, or the target is not known."""
    low, high = frame["target_low"], frame["target_high"].fillna(frame["target_low"])
    off = np.maximum(np.maximum(low - values, values - high), 0).round(9)  # 50.1 and 49.9 are as near to 50
    good = frame["good_is"]
    worse = np.select([good == "high", good == "low", good == "near"], [-values, values, off], math.nan)
    return pd.Series(worse, values.index).where(values.notna())


def _why_not(table: pd.DataFrame, at: Period) -> np.ndarray:
    broken = (table["start"] < table["break_from_start"]) & (table["break_from_start"] <= at.end)
    good = table["good_is"]
    reasons = {
        "own": table["value"].isna(),
        "others": table["compared"] == 0,
        "break": broken,
        "near": (good == "near") & table["target_low"].isna(),
        "on target": good == "on target",
        "none": good == "none",
    }
    return np.select(list(reasons.values()), [_WHY_NOT[name] for name in reasons], "")
