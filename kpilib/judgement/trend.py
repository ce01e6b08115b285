"""
Direction of travel: better, worse, same, or cannot say.

An arrow shows performance, not the number: fewer rough sleepers is better.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpilib.judgement.figures import bare, show_all
from kpilib.records.framework import tolerance
from kpilib.records.periods import LENGTH

SIGN = {"high": 1.0, "on target": 1.0, "low": -1.0}
APART = {"monthly": 1, "quarterly": 3, "termly": 5, "annual": 12}  # the most months from one figure to the next


def step(frame: pd.DataFrame) -> pd.Series:
    """How many months lie between the ends of two readings that follow one another; a month may stand for longer."""
    return np.fmax(frame["period_kind"].map(LENGTH).astype(float), frame["frequency"].map(APART).astype(float))


def unbroken(frame: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """Leave out records of before a break in the way of measuring that each indicator's figure comes after."""
    breaks = frame[frame["start"] >= frame["break_from_start"]].drop_duplicates("indicator").set_index("indicator")
    return records[~(records["start"] < records["indicator"].map(breaks["break_from_start"]))]


def comparable(current: pd.DataFrame, readings: pd.DataFrame, compare: str = "previous") -> pd.DataFrame:
    """
    Find what each current reading may be compared with.

    Args:
        current: a row for each indicator, with indicator, basis, period_kind, start, end, break_from_start.
        readings: every reading known, with indicator, period_kind, start, end, value, period_name.
        compare: `previous`, or `last year` where a framework compares with the same quarter last year alone.

    Returns:
        `current` with previous, previous_period, previous_name: the reading before it of the same kind of period;
        and last_year, last_year_name: the same period a year earlier.
        Nothing from before a break. A running total starts anew each year, so that its previous reading
        is that of the same period a year earlier.
    """
    columns = ["indicator", "period_kind", "period", "period_name", "start", "end", "value"]
    known = unbroken(current, readings.loc[readings["value"].notna(), columns])
    pairs = current[["indicator", "period_kind", "end", "basis"]].merge(
        known, on=["indicator", "period_kind"], suffixes=("", "_then")
    )
    pairs = pairs[pairs["end_then"] < pairs["end"]]
    year_before = pairs["end_then"] == pairs["end"] - 12
    before = pairs[year_before | (pairs["basis"] != "to date")].sort_values("end_then", kind="stable")
    before = before.drop_duplicates("indicator", keep="last").set_index("indicator")
    year = pairs[year_before].set_index("indicator")
    if compare == "last year":
        before = year
    who = current["indicator"]
    return current.assign(
        previous=who.map(before["value"]),
        previous_period=who.map(before["period"]),
        previous_name=who.map(before["period_name"]),
        last_year=who.map(year["value"]),
        last_year_name=who.map(year["period_name"]),
    )


def reach(frame: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """
    Say where each indicator's figures can be: not below nought where none ever was, and a share not beyond 100.

    Args:
        frame: a row for each indicator, with indicator and unit.
        readings: every reading known, with indicator and value.

    Returns:
        least and most, by indicator; infinite where nothing bounds them.
    """
    seen = readings.groupby("indicator")["value"].agg(["min", "max"]).reindex(frame["indicator"])
    share = frame["unit"].eq("%").to_numpy() & (seen["max"] <= 100)
    return pd.DataFrame({"least": np.where(seen["min"] >= 0, 0.0, -np.inf), "most": np.where(share, 100.0, np.inf)},
                        index=seen.index)  # fmt: skip


def direction(frame: pd.DataFrame, steady_within: str = "0%") -> pd.DataFrame:
    """
    Say which way performance went, against the previous comparable reading and the same quarter last year.

    Args:
        frame: from `comparable`, with value, good_is, kind, target_low, target_high, unit and decimals.
        steady_within: a change no larger than this is `same`.

    Returns:
        the frame with direction, direction_year and direction_reason.
    """
    judged = frame.assign(
        direction=_direction(frame, frame["previous"], steady_within),
        direction_year=_direction(frame, frame["last_year"], steady_within),
    )
    return judged.assign(direction_reason=_reasons(judged))


def _direction(frame: pd.DataFrame, then: pd.Series, steady_within: str) -> np.ndarray:
    amount, share = tolerance(steady_within)
    change = gain(frame, then)
    steady = (amount * then.abs() if share else amount) + 1e-9
    return np.select([change.isna(), change.abs() <= steady, change > 0], ["cannot say", "same", "better"], "worse")


def gain(frame: pd.DataFrame, then: pd.Series) -> pd.Series:
    """How much better a value is than an earlier one, in its own unit; unknown where no way is good."""
    change = (frame["value"] - then) * frame["good_is"].map(SIGN)
    aimed = frame["good_is"].eq("near") | (frame["good_is"].eq("on target") & frame["kind"].eq("range"))
    return change.where(~aimed, _off(frame, then) - _off(frame, frame["value"]))


def gain_share(frame: pd.DataFrame, then: pd.Series) -> pd.Series:
    """How much better a value is than an earlier one, in per cent of the earlier; unknown where that is zero."""
    return 100 * gain(frame, then) / then.abs().where(then != 0)


def _off(frame: pd.DataFrame, values: pd.Series) -> pd.Series:
    """How far values are from the target, on either side; within a range, not at all."""
    low, high = frame["target_low"], frame["target_high"].fillna(frame["target_low"])
    return np.maximum(np.maximum(low - values, values - high), 0 * values)


def _reasons(frame: pd.DataFrame) -> list[str]:
    values = show_all(frame["value"], frame)
    previous = show_all(frame["previous"], frame, bare)
    reasons = []
    for row, now, then in zip(frame.itertuples(), values, previous, strict=True):
        if row.direction != "cannot say":
            reasons.append(f"{now} against {then} in {row.previous_name}{ending(row.good_is)}")
        elif not now:
            reasons.append("There is no figure to compare.")
        elif row.good_is == "none":
            reasons.append("The records do not say which way is good.")
        elif row.basis == "to date":
            reasons.append(
                "A running total can be compared only with the same quarter last year, which is not in the records."
            )
        elif row.good_is == "near" and not pd.isna(row.previous):
            reasons.append("Without a target there is no telling which way is good.")
        else:
            reasons.append("There is no earlier figure that it can be compared with.")
    return reasons


def ending(good_is: str) -> str:
    """End a sentence with which way is good."""
    good = good_words(good_is)
    return f"; {good}." if good else "."


def good_words(good_is: str) -> str:
    """Say which way is good: `high is good`; nothing where the target says it, or the records do not."""
    return {"near": "near the target is good", "on target": "", "none": ""}.get(good_is, f"{good_is} is good")
