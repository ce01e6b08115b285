"""
Rating: how far a reading is from its target, and what that is called.

The shortfall is the distance from the target on the bad side.
Green if it is within `green_within`, amber if within `amber_within`, else red.
A framework may have more colours: blue, better than the target by more than `blue_beyond`, and yellow, between
green and amber.
No target, no reading, not yet due: not rated, and never green.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from kpilib.judgement.figures import (
    as_goal,
    as_share,
    enough,
    gap,
    goal,
    lower_first,
    percent,
    show,
    show_all,
    worked_out,
)
from kpilib.judgement.trend import ending, gain, step, unbroken
from kpilib.records.framework import Rule, tolerance
from kpilib.records.periods import Period

ON_TARGET = ("blue", "green")
OFF_TARGET = ("yellow", "amber", "red")
RUN = 8  # the most periods that are looked back to see how long one has been off target


def aim(current: pd.DataFrame, targets: pd.DataFrame, rule: Rule, at: Period | None = None) -> pd.DataFrame:
    """
    Find the target that each reading is rated against.

    The target whose span holds the reading's period; of several, the shortest span.
    Where there is none and the rule says `next year`, the target for the year after the quarter's,
    or without a quarter, after the reading's own.

    Returns:
        `current` with kind, target_low, target_high, amber_at, target_start, target_end, spread, and shift
        (months by which the target lies ahead).
    """
    pairs = _rows(current, ["start", "end"]).merge(targets, on="indicator", suffixes=("_now", ""))
    own = (pairs["start"] <= pairs["start_now"]) & (pairs["end_now"] <= pairs["end"])
    later = (pairs["end_now"] if at is None else at.end) + 12
    ahead = (pairs["start"] <= later) & (later <= pairs["end"])
    fits = own | ahead if rule.target == "next year" else own
    pairs = pairs.assign(shift=np.where(own, 0, 12), span=pairs["end"] - pairs["start"])[fits]
    best = pairs.sort_values(["shift", "span"], kind="stable").drop_duplicates("row").set_index("row")
    taken = {"low": "target_low", "high": "target_high", "start": "target_start", "end": "target_end"}
    taken |= {name: name for name in ("kind", "amber_at", "spread", "shift")}
    return current.assign(**{new: best[old].reindex(current.index) for old, new in taken.items()})


def _rows(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Some columns of a frame, each row known by its label, to be paired with records of its indicator."""
    return frame[["indicator", *columns]].rename_axis("row").reset_index()


def towards_total(frame: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """
    For a target that is a total over a span, add the value to date and the share expected by now.

    `sum` readings are added up from the beginning of the span; a missing period leaves the value unknown.
    A `to date` reading is its own value to date.
    The share is linear, by month; or seasonal, what had come of last year's total by the same time.
    For a total over several years the share of the present one is added to those that are over.

    Returns:
        the frame with cumulative (whether it is rated on its value to date), to_date, share and expected;
        for other kinds of target these are no, the value, 1 and the target.
    """
    readings = unbroken(frame, readings)
    total = frame["kind"] == "total"
    begins = (frame["target_start"] - frame["shift"]).where(total)
    adds = total & (frame["basis"] == "sum")
    summed = _added(frame[adds], readings, begins, frame["end"]).reindex(frame.index)
    gone = frame["end"] - begins + 1
    span = frame["target_end"] - frame["target_start"] + 1
    grows = total & frame["basis"].isin(["sum", "to date"])
    share = gone / span
    seasonal = frame["spread"] == "seasonal"
    if seasonal.any():
        share = share.where(~seasonal, _seasonal(frame[grows & seasonal], readings, begins).reindex(frame.index))
    share = share.clip(upper=1).where(grows & (frame["spread"] != "flat"), 1.0)
    to_date = summed.where(adds, frame["value"]).where(~grows | (gone > 0))
    return frame.assign(cumulative=grows, to_date=to_date, share=share, expected=frame["target_low"] * share)


def _added(frame: pd.DataFrame, readings: pd.DataFrame, start: pd.Series, end: pd.Series) -> pd.Series:
    """Add up the readings of each row's indicator from one month to another; unknown where one is missing."""
    if frame.empty:
        return pd.Series(np.nan, frame.index)
    spans = _rows(frame.assign(first=start, last=end), ["period_kind", "first", "last"])
    own = readings[readings["value"].notna() & readings["indicator"].isin(frame["indicator"])]
    pairs = spans.merge(own, on=["indicator", "period_kind"])
    pairs = pairs[(pairs["start"] >= pairs["first"]) & (pairs["end"] <= pairs["last"])]
    sums = pairs.assign(months=pairs["end"] - pairs["start"] + 1).groupby("row")[["value", "months"]].sum()
    sums = sums.reindex(frame.index)
    return sums["value"].where(sums["months"] == (end - start + 1).reindex(frame.index))


def _seasonal(frame: pd.DataFrame, readings: pd.DataFrame, begins: pd.Series) -> pd.Series:
    """The share of a target due by the end of each row's period, if each year goes as the one before it went."""
    begins = begins.reindex(frame.index)
    over = (frame["end"] - begins) // 12
    year = begins + 12 * over
    sums, runs = frame[frame["basis"] == "sum"], frame[frame["basis"] == "to date"]
    last = np.minimum(year + 11, frame["target_end"] - frame["shift"])  # within the year, if the target ends in it
    ends = frame["end"] - 12, last.where(over == 0, year + 11) - 12
    by_now, whole = (
        pd.concat([_added(sums, readings, year - 12, end), _at(runs, readings, end)]).reindex(frame.index)
        for end in ends
    )
    years = ((frame["target_end"] - frame["target_start"] + 1) / 12).clip(lower=1)
    return (over + by_now / whole.where(whole > 0)) / years


def _at(frame: pd.DataFrame, readings: pd.DataFrame, end: pd.Series) -> pd.Series:
    """The reading of each row's indicator, of the same kind of period, that ends in a month."""
    own = readings[readings["indicator"].isin(frame["indicator"])]
    own = own.drop_duplicates(["indicator", "period_kind", "end"], keep="last")
    pairs = _rows(frame.assign(last=end), ["period_kind", "last"]).merge(
        own, left_on=["indicator", "period_kind", "last"], right_on=["indicator", "period_kind", "end"]
    )
    return pairs.set_index("row")["value"].reindex(frame.index)


def rate(frame: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """
    Rate readings against their targets.

    Args:
        frame: with status, value, to_date, good_is, kind, target_low, target_high, expected, amber_at, quartile,
            last_year, green_within and amber_within (empty where the rule's own holds), unit and decimals.
        rule: the framework's rule; `amber_if_improved` lifts a red that is no worse than the same quarter last year,
            and `amber_if_forecast` one whose forecast_rating is on target.

    Returns:
        the frame with shortfall, computed_rating, rating and reason; and decimals, as many more than those of the
        records as it takes to print a figure apart from its target and from the figures that it is compared with.
    """
    frame, unrated = _coloured(frame.assign(decimals=_decimals(frame)), rule)
    improved = (gain(frame, frame["last_year"]) >= 0) & rule.amber_if_improved
    foreseen = frame.get("forecast_rating", pd.Series("", index=frame.index)).isin(ON_TARGET) & rule.amber_if_forecast
    red = frame["computed_rating"] == "red"
    why = np.select(
        [red & improved, red & foreseen],
        ["it is no worse than a year before", "it is forecast to reach the target by the end of the year"],
        "",
    )
    computed = frame["computed_rating"].mask(why != "", "amber")
    frame = frame.assign(computed_rating=computed, rating=computed)
    return frame.assign(reason=pd.Series(_reasons(frame, unrated, why), index=frame.index, dtype=object))


def _decimals(frame: pd.DataFrame) -> list[float]:
    """The decimals with which what is said of each row agrees with what is printed of it."""
    found = []
    for row in frame.itertuples():
        places = row.decimals
        if row.kind == "range":
            aims = [row.target_low, row.target_high]
        else:
            aims = [row.expected] if row.kind in ("point", "total") else []
        for aim in aims:
            places = enough(row.to_date, aim, places, as_share if row.share < 1 else as_goal)
        for then in (getattr(row, "previous", math.nan), row.last_year):
            places = enough(row.value, then, places)
        found.append(places)
    return found


def _coloured(frame: pd.DataFrame, rule: Rule) -> tuple[pd.DataFrame, np.ndarray]:
    """Add shortfall and computed_rating by distance alone, and say of each row why it cannot be rated."""
    frame = frame.assign(shortfall=_shortfall(frame))
    green = _within(frame, rule.green_within, "green_within")
    yellow = _within(frame, rule.yellow_within) if rule.yellow_within else green
    amber = green
    if rule.amber_within:
        stated = (frame["amber_at"] * frame["share"] - _nearest(frame)).abs()
        amber = stated.fillna(_within(frame, rule.amber_within, "amber_within"))
    quartiles = frame["kind"] == "quartile"
    known = quartiles | (green.notna() & yellow.notna() & amber.notna()) | (frame["shortfall"] <= 0)
    green, yellow = (within.mask(quartiles, 0).fillna(0) for within in (green, yellow))
    amber = amber.mask(quartiles, 1)
    if not rule.amber_within:
        amber = green
    one_way = frame["good_is"].isin(["high", "low"]) & frame["kind"].isin(["point", "total"])
    blue = _within(frame, rule.blue_beyond).where(one_way) if rule.blue_beyond else pd.Series(np.nan, frame.index)
    slack = 1e-9 * frame["expected"].abs().clip(lower=1)
    unrated = _why_not(frame, known, rule)
    shortfall = frame["shortfall"]
    computed = np.select(
        [
            unrated != "",
            -shortfall > blue + slack,
            shortfall <= green + slack,
            shortfall <= yellow + slack,
            shortfall <= amber + slack,
        ],
        ["not rated", "blue", "green", "yellow", "amber"],
        "red",
    )
    return frame.assign(computed_rating=pd.Series(computed, index=frame.index, dtype=object)), unrated


def foresee(frame: pd.DataFrame, targets: pd.DataFrame, readings: pd.DataFrame, rule: Rule, at: Period) -> pd.DataFrame:
    """
    Rate the forecast of the year's end as if it were the reading, against the target that holds then.

    Not rated are a forecast against a quartile, since no rank is forecast, and one of a year's sum against the target
    of a single quarter.

    Args:
        frame: with forecast, its range forecast_low and forecast_high, its month forecast_end, and what `rate` takes.

    Returns:
        the frame with forecast_rating, and forecast_low_rating and forecast_high_rating of its range;
        empty where there is no forecast.
    """
    names = ("forecast", "forecast_low", "forecast_high")
    if frame["forecast"].isna().all():
        return frame.assign(**{f"{name}_rating": pd.Series("", frame.index, dtype=object) for name in names})
    ahead = frame.assign(value=frame["forecast"], end=frame["forecast_end"], status="final", quartile=np.nan)
    ahead = ahead.assign(start=ahead["end"] - (frame["end"] - frame["start"]))
    ahead = towards_total(aim(ahead, targets, rule, at), readings)
    like = frame["basis"].ne("sum") | ahead["kind"].eq("total")
    rated = {
        f"{name}_rating": _coloured(ahead.assign(value=frame[name], to_date=frame[name]), rule)[0]["computed_rating"]
        .where(like, "not rated")
        .where(frame["forecast"].notna(), "")
        for name in names
    }
    return frame.assign(**rated)


def history(
    frame: pd.DataFrame, targets: pd.DataFrame, readings: pd.DataFrame, rule: Rule, latest: int | None = None
) -> pd.DataFrame:
    """
    Rate the readings behind each indicator's latest, by one rule and by distance alone, so that they compare.

    Args:
        frame: judged, with computed_rating, which says how the latest period stands.
        latest: how many of each, the latest among them; without it all.

    Returns:
        a row for each reading of the same kind of period and after any break, the latest of an indicator first:
        indicator, period_kind, frequency, period, period_name, end, value, unit, decimals and rating; the target it
        is rated against, kind, target_low, target_high and expected; and of a running total cumulative, to_date and
        share.
    """
    own = ["indicator", "period_kind", "basis", "good_is", "frequency", "green_within", "amber_within", "unit"]
    own += ["decimals", "break_from_start"]
    then = unbroken(frame, readings[readings["value"].notna()]).merge(
        frame[[*own, "end", "computed_rating"]], on=["indicator", "period_kind"], suffixes=("", "_now")
    )
    then = then[then["end"] <= then["end_now"]]
    then = then.sort_values(["indicator", "end"], ascending=[True, False], kind="stable")
    if latest:
        then = then.groupby("indicator").head(latest)
    then = then.reset_index(drop=True)
    then = then.assign(rank=np.nan, of=np.nan, quartile=np.nan, now=then["computed_rating"])
    rated, _ = _coloured(towards_total(aim(then, targets, rule), readings), rule)
    rated["rating"] = rated["now"].where(rated["end"] == rated["end_now"], rated["computed_rating"])
    columns = "indicator period_kind frequency period period_name end value unit decimals kind target_low target_high"
    return rated[[*columns.split(), "expected", "cumulative", "to_date", "share", "rating"]]


def running(frame: pd.DataFrame, targets: pd.DataFrame, readings: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """
    Count for how many periods running each indicator has been off target, by the rule of today.

    A period without a rating, a missing one, and a break in the way of measuring end the count;
    what lifts an earlier red is left out of it.

    Args:
        frame: judged, with computed_rating, which says how the latest period stands.

    Returns:
        the frame with off_for: 0 where it is on target or not rated, at most `RUN`.
    """
    rated = history(frame, targets, readings, rule, RUN)
    apart = rated.groupby("indicator")["end"].shift() - rated["end"]
    off = rated["rating"].isin(OFF_TARGET) & (apart.isna() | (apart <= step(rated)))
    counted = off.groupby(rated["indicator"]).cummin().groupby(rated["indicator"]).sum()
    still = frame["computed_rating"].isin(OFF_TARGET)
    return frame.assign(off_for=frame["indicator"].map(counted).where(still).fillna(0).astype(int))


def override(
    frame: pd.DataFrame, overrides: pd.DataFrame, quarter: str, labels: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """
    Put the council's stated rating in place of the computed one, which is kept beside it.

    The reason then says both, why, and who approved it; in the council's own words for them, where they are given.
    Where there is no figure to compute a rating from, it says the council's alone.
    """
    words = {rating: f"“{label}”" for rating, label in (labels or {}).items()}
    stated = overrides[overrides["quarter"] == quarter]
    reasons = stated["reason"].str.rstrip(".").map(lower_first)
    said = reasons + " (approved by " + stated["approved_by"] + ")."
    stated = stated.assign(said="The council states " + stated["rating"].replace(words) + ": " + said).set_index(
        "indicator"
    )
    who = frame["indicator"]
    rating = frame["rating"].where(~who.isin(stated.index), who.map(stated["rating"]))
    computed = frame["reason"] + " By the rule alone it is " + frame["computed_rating"].replace(words) + ". "
    reason = computed.where(frame["value"].notna(), "") + who.map(stated["said"])
    return frame.assign(rating=rating, reason=reason.fillna(frame["reason"]))


def _shortfall(frame: pd.DataFrame) -> pd.Series:
    value, good = frame["to_date"], frame["good_is"]
    below, above = frame["expected"] - value, value - frame["expected"]
    aimed = pd.Series(
        np.select(
            [good.isin(["high", "on target"]), good == "low", good == "near"],
            [below, above, above.abs()],
            np.nan,
        ),
        index=frame.index,
    )
    under, over = frame["target_low"] - value, value - frame["target_high"]
    outside = pd.Series(
        np.select(
            [good == "high", good == "low", good.isin(["on target", "near"])],
            [under, over, np.maximum(under, over)],
            np.nan,
        ),
        index=frame.index,
    )
    aimed = aimed.mask(frame["kind"] == "range", outside)
    return aimed.mask(frame["kind"] == "quartile", frame["quartile"] - frame["target_low"])


def _within(frame: pd.DataFrame, rule: str, column: str = "") -> pd.Series:
    """Give the tolerance of each row in its own unit, its own before the rule's; nothing for a share of zero."""
    said = frame[column].where(frame[column] != "", rule) if column else pd.Series(rule, index=frame.index)
    parts = said.map({text: tolerance(text) for text in said.unique()})
    amount, share = parts.str[0].astype(float), parts.str[1].astype(bool)
    base = _nearest(frame).abs()
    return amount.where(~share | (amount == 0), amount * base.where(base > 0))


def _nearest(frame: pd.DataFrame) -> pd.Series:
    """The value that the shortfall is measured from: what is expected, or the end of a range that was passed."""
    return frame["expected"].where(
        (frame["kind"] != "range") | (frame["to_date"] < frame["target_low"]), frame["target_high"]
    )


NO_FIGURE = "Not rated: no figure has been reported."
NO_TARGET = {
    "target": "Not rated: there is no target.",
    "trend": "Not rated: the council follows its trend, and sets no target for it.",
    "milestone": "Not rated: the council judges by its milestones, and sets no target for it.",
}


def _why_not(frame: pd.DataFrame, known: pd.Series, rule: Rule) -> np.ndarray:
    """Say why a row cannot be rated; nothing where it can."""
    return np.select(
        [
            frame["status"].eq("awaited"),
            frame["value"].isna(),
            frame["kind"].isna(),
            frame["good_is"].eq("none"),
            frame["kind"].eq("total") & ~frame.get("cumulative", pd.Series(True, index=frame.index)).astype(bool),
            frame["kind"].eq("quartile") & frame["quartile"].isna(),
            frame["to_date"].isna(),
            frame["share"].isna(),
            ~np.isfinite(frame["shortfall"].astype(float)),
            ~known,
        ],
        [
            "Not rated: the figure is awaited.",
            NO_FIGURE,
            NO_TARGET[rule.kind],
            "Not rated: the records do not say which way is good.",
            "Not rated: the only target is a total, and the figure is not one that adds up to it.",
            "Not rated: the target is a quartile, and no national rank has been reported.",
            "Not rated: the value to date is not known, because an earlier figure is missing or not comparable.",
            "Not rated: the share expected by now is not known, because last year's figures are missing.",
            "Not rated: the figure or its target cannot be measured.",
            "Not rated: a percentage of a target of zero means nothing; the tolerance must be in points.",
        ],
        "",
    )


def _reasons(frame: pd.DataFrame, unrated: np.ndarray, lifted: np.ndarray) -> list[str]:
    values, lows = show_all(frame["to_date"], frame), show_all(frame["target_low"], frame, goal)
    highs, expected = show_all(frame["target_high"], frame, goal), show_all(frame["expected"], frame, worked_out)
    reasons = []
    for row, why, lift, value, low, high, due in zip(
        frame.itertuples(), unrated, lifted, values, lows, highs, expected, strict=True
    ):
        if why:
            reasons.append(why)
            continue
        good = ending(row.good_is)
        if row.kind == "quartile":
            reasons.append(
                f"Ranked {show(row.rank)} of {show(row.of)}, which is quartile {show(row.quartile)}; "
                f"the target is quartile {show(row.target_low)}, and 1 is best."
            )
        elif row.kind == "range":
            reasons.append(f"{value} is {_range_words(row, low, high)}{good}")
        elif row.share < 1:
            where = _beside(row, as_share)
            when = f"by the end of {row.period_name}" if getattr(row, "late", False) else "by now"
            season = ", as by the same time last year" if getattr(row, "spread", "") == "seasonal" else ""
            reasons.append(
                f"{value} so far {where} the {due} expected {when} ({percent(row.share)} of {low}{season}){good}"
            )
        else:
            reasons.append(f"{value} {_beside(row, as_goal)} the target of {low}{good}")
        if lift:
            reasons[-1] += f" By its distance alone it is red; it is amber because {lift}."
    return reasons


def _beside(row: Any, by: Callable[[float, float], Decimal]) -> str:
    """Say how a value lies beside what is due, in words that end before it."""
    if abs(row.to_date - row.expected) <= 1e-9 * max(1, abs(row.expected)):
        return "meets"
    apart = gap(row.to_date, row.expected, row.unit, row.decimals, by)
    return f"is {apart} {'above' if row.to_date > row.expected else 'below'}"


def _range_words(row: Any, low: str, high: str) -> str:
    span = f"the range of {low} to {high}"
    for end, side in ((row.target_low, "below"), (row.target_high, "above")):
        if (row.to_date < end) if side == "below" else (row.to_date > end):
            return f"{gap(row.to_date, end, row.unit, row.decimals, as_goal)} {side} {span}"
    return f"within {span}"
