"""
What is due by a quarter's report, and which figures a careful reader would ask about before they are published.

No council's paper states these rules; they follow from how its indicators were reported so far.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from kpilib.judgement.control import FEWEST, xmr
from kpilib.judgement.figures import bare
from kpilib.records.periods import LENGTH, Period, ending

BACK = {"month": 3, "quarter": 4, "year": 2}  # how many periods are asked for where they are missing
NO_RANGE = ("to date", "rolling")  # neither has a usual range: the one starts anew, the other shares months
_KIND = {"monthly": "month", "quarterly": "quarter", "termly": "quarter", "annual": "year"}
_BELIEVED = 2  # figures that it takes to believe how long after their period they come
_FAR = 5  # times as much or as little as the figure before; a slip of the decimal point is ten
_ALIKE = 3  # digits that a figure needs for its being the same as the one before to be worth a word


def due(indicators: pd.DataFrame, readings: pd.DataFrame, at: Period, year: Period) -> pd.DataFrame:
    """
    Find the figures that are due by a quarter's report and are not there.

    An indicator's periods go on as its last figures did: by month, quarter or year, and as long after their end as the
    quickest of the last ones was reported; a single figure may just have been late, and says nothing of that.
    One that is yearly or termly, and recorded by quarters or months, is due where it had a figure a year before; one
    without any figure is due as its frequency says, and for what the records call awaited.

    Args:
        indicators: as at the quarter, with indicator, frequency and from_end.
        readings: as at the quarter, with indicator, period, period_kind, end, value, status and reported_end.
        at: the quarter.
        year: the council year that it lies in.

    Returns:
        indicator, period, end, and recorded: `awaited` where the records say that it is, else empty;
        in the order of the indicators, the earliest period first.
    """
    rows = []
    by = dict(tuple(readings.groupby("indicator")))
    for row in indicators.itertuples():
        own = by.get(row.indicator, readings.iloc[:0])
        real = own[own["value"].notna()].sort_values("end", kind="stable")
        kind = real["period_kind"].iloc[-1] if len(real) else _KIND[row.frequency]
        own, real = own[own["period_kind"] == kind], real[real["period_kind"] == kind]
        lags = (real["reported_end"] - real["end"]).tail(BACK[kind])
        latest = at.end - max(0, int(lags.min()) if len(lags) >= _BELIEVED else 0)
        unit, anchor = LENGTH[kind], year.end if kind == "year" else at.end
        last = anchor - unit * math.ceil((anchor - latest) / unit)
        known = own.set_index("end")["status"]
        begun = own.loc[own["value"].notna() | own["status"].eq("awaited"), "end"]
        seldom = row.frequency in ("annual", "termly") and kind != "year" and len(real) > 0
        for end in range(last - unit * (BACK[kind] - 1 if len(begun) else 0), last + 1, unit):
            skipped = seldom and not real["end"].eq(end - 12).any()
            before = end < row.from_end or (len(begun) > 0 and end < begun.min())
            if not (skipped or before) and known.get(end, "awaited") == "awaited":
                rows.append((row.indicator, ending(kind, end, year.start % 12 + 1).text, end, known.get(end, "")))
    return pd.DataFrame(rows, columns=["indicator", "period", "end", "recorded"])


def doubt(value: float, past: pd.Series, indicator: pd.Series) -> str:
    """
    Say why a figure should be looked at twice before it is believed; nothing where it need not be.

    Far outside its usual range means by more than half of that range again, and by more than a tenth of the mean;
    a figure as near as that to the one before is not asked about, however far both are.
    Where there is no usual range, five times the figure before, or a fifth of it, is far.

    Args:
        value: the figure.
        past: the figures before that it may be compared with, in order, by period.
        indicator: with good_is, unit, basis and decimals.
    """
    past = past.dropna()
    if past.empty:
        return ""
    unit, decimals = indicator["unit"], indicator["decimals"]
    if value == 0 and (past != 0).all():
        return "it is nought, which it never was before"
    if len(past) >= FEWEST and indicator["basis"] not in NO_RANGE:
        limits = xmr(past, indicator["good_is"]).iloc[-1]
        slack = max((limits["upper"] - limits["lower"]) / 2, abs(limits["mean"]) / 10)
        within = limits["lower"] - slack <= value <= limits["upper"] + slack
        if not within and abs(value - past.iloc[-1]) > slack:
            low, high = (bare(limits[name], unit, decimals) for name in ("lower", "upper"))
            return f"it is far outside its usual range of {low} to {high}"
        return ""
    last = past.iloc[-1]
    if last and not 1 / _FAR < value / last < _FAR:
        return f"it is very far from the figure before, {bare(last, unit, decimals)}"
    return ""


def blanks(judged: pd.DataFrame, readings: pd.DataFrame) -> pd.Series:
    """Say which indicators stand at nought for the first time, without a note: such a zero may be a blank."""
    least = readings[readings["value"].notna()].merge(
        judged[["indicator", "start"]], on="indicator", suffixes=("", "_now")
    )
    least = least[least["start"] < least["start_now"]].groupby("indicator")["value"].min()
    noted = readings[readings["note"] != ""]
    said = set(zip(noted["indicator"], noted["start"], strict=True))
    silent = [key not in said for key in zip(judged["indicator"], judged["start"], strict=True)]
    return judged["value"].eq(0) & judged["indicator"].map(least).gt(0) & np.array(silent, dtype=bool)


def repeated(judged: pd.DataFrame) -> pd.Series:
    """Say which figures are the very same as the ones before, to three digits or more: they may be carried forward."""
    digits = judged["value"].map(lambda value: len(f"{value:.15g}".replace(".", "").lstrip("-0").rstrip("0")))
    return judged["value"].eq(judged["previous"]) & judged["value"].notna() & digits.ge(_ALIKE)


def ended(judged: pd.DataFrame, targets: pd.DataFrame) -> pd.Series:
    """Say which rated figures had a target that is over, with none in its place."""
    last = targets.groupby("indicator")["end"].max()
    return judged["value"].notna() & judged["expected"].isna() & judged["indicator"].map(last).lt(judged["end"])
