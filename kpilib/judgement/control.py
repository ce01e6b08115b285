"""
Statistical process control: is the latest figure a sign of something, or the ordinary ups and downs?

An XmR chart works out, from how much a series changes from one period to the next, the range that it usually stays in.
The method is Shewhart's and Wheeler's, with the signals that NHS England's "Making Data Count" draws.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from kpilib.judgement.figures import bare, goal, number, show
from kpilib.judgement.trend import APART, SIGN, reach, step
from kpilib.records.periods import LENGTH, period

FEWEST = 6  # figures that a usual range needs
ENOUGH = 12  # figures from which it is no longer a trial one
WAYS = {
    "above limit": 1,
    "below limit": -1,
    "rising trend": 1,
    "falling trend": -1,
    "two in three high": 1,
    "two in three low": -1,
    "run above mean": 1,
    "run below mean": -1,
    "common cause": 0,
}  # the signals in order of precedence, and which way each points

_RANGE_WIDTH = 2.66  # average moving ranges from the mean to a limit: 3 / 1.128
_SCREEN_AT = 3.267  # average moving ranges from which a single one counts as a special cause itself
_LONG = 7  # points that make a run or a trend
_DUST = 1e-12  # share of the largest figure below which a difference is what a computer loses in adding
_GOOD_IS = ("high", "low", "on target", "near", "none")
_NO_RANGE = {
    "to date": "A running total starts anew each year, so it has no usual range.",
    "rolling": "Each figure shares months with the one before, so a usual range would be too narrow.",
}


# One series.


def xmr(
    values: pd.Series,
    good_is: str = "high",
    *,
    target: float | None = None,
    rebase: Sequence[Hashable] = (),
    freeze: Hashable | None = None,
    screen: bool = True,
) -> pd.DataFrame:
    """
    Work out the XmR chart of one series.

    The limits are the mean -/+ 2.66 average moving ranges.
    A series that rarely changes (the median of its moving ranges is nothing, or none is known) has limits at the
    mean -/+ 3 standard deviations, since its average moving range says next to nothing; a constant one has both
    limits at its mean.
    Limits are unknown where they would rest on one figure, and not cut off at 0 or 100.

    A period without a figure breaks moving ranges, runs, trends and two in three.
    One whose label is absent is noticed where labels can be read as periods: texts such as 2019-20-Q3, 2019-20 or
    2019-11, a PeriodIndex, whole numbers, or dates, of which the month counts.
    Texts and dates that are never closer than a quarter (a term, a year) are those of quarterly (termly, yearly)
    figures.

    Args:
        values: the figures by period, in order; NaN where there is none.
        good_is: high, low, on target, near or none, as in the records.
        target: where near is good, moving towards it is the improvement; elsewhere of no effect.
        rebase: labels at which a new segment begins, with a mean and limits of its own; nothing runs across.
        freeze: how many known points at the beginning of each segment set its mean and limits;
            or, if not a whole number, the label of the last period that does.
        screen: leave out, once, moving ranges of 3.267 times their average or more.

    Returns:
        A frame with the same index and mean, lower, upper, signal (one of `WAYS`) and type (improvement, concern,
        neutral high, neutral low, common cause); signal and type are empty where there is no figure.
        A segment of fewer than six known points has no signals.
        `attrs` holds `points`, the known points of the latest segment, and `trial`, whether they are fewer than 12.

    Raises:
        ValueError: a value is infinite or no number; a label is empty, there twice, out of order, or a period of
            another kind than the others; rebase or freeze names a label that is not there; freeze is less than 2;
            or good_is is unknown.
    """
    _check_good(good_is)
    figures = _figures(values)
    times, step = _clock(values.index)
    starts = _places(values.index, rebase, "rebase")
    rows = pd.DataFrame({"value": figures, "time": times, "place": np.arange(len(figures))})
    rows["segment"] = rows["place"].isin(starts).cumsum()
    known = rows[rows["value"].notna()]
    aim = np.nan if target is None or good_is != "near" else float(target)
    chart = _chart(
        known.assign(
            gap=known["time"].diff().gt(step),
            base=_base(known, values.index, freeze),
            good_is=good_is,
            aim_low=aim,
            aim_high=aim,
        ),
        screen,
    )
    frame = chart.groupby("segment")[["mean", "lower", "upper"]].first().reindex(rows["segment"])
    frame = frame.set_axis(rows.index).join(chart[["signal", "type"]])
    frame = frame.fillna({"signal": "", "type": ""}).set_axis(values.index)
    points = int(known["segment"].eq(rows["segment"].max()).sum())
    frame.attrs = {"points": points, "trial": points < ENOUGH}
    return frame


def variation(frame: pd.DataFrame) -> str:
    """Give the type of the latest known point of a chart from `xmr`; `common cause` where there is none."""
    known = frame.loc[frame["type"] != "", "type"]
    return known.iloc[-1] if len(known) else "common cause"


def assurance(frame: pd.DataFrame, target: float | None, good_is: str) -> str:
    """
    Say whether a process can be relied on to meet a target, from the last row's limits of a chart from `xmr`.

    Returns:
        `pass` if all of the usual range meets it, `fail` if none of it does, `inconsistent` if some does;
        `none` where near is good or no way is, and without target or limits.

    Raises:
        ValueError: good_is is unknown.
    """
    _check_good(good_is)
    if target is None or not len(frame):
        return "none"
    asked = pd.DataFrame(
        {"kind": ["point"], "good_is": good_is, "expected": float(target), "target_low": np.nan, "target_high": np.nan}
    )
    last = frame[["lower", "upper"]].iloc[-1:].reset_index(drop=True)
    return _assured(last["lower"], last["upper"], *_wanted(asked)).item()


def _check_good(good_is: str) -> None:
    if good_is not in _GOOD_IS:
        msg = f"{good_is!r} does not say which way is good; write high, low, on target, near or none"
        raise ValueError(msg)


def _figures(values: pd.Series) -> np.ndarray:
    """
    Give a series' values as plain numbers.

    Raises:
        ValueError: one of them is none, or infinite.
    """
    if pd.api.types.infer_dtype(values) not in ("integer", "floating", "mixed-integer-float", "decimal", "empty"):
        msg = f"the values are {values.dtype}, and not all of them numbers; give numbers, and NaN where there is none"
        raise ValueError(msg)
    figures = pd.to_numeric(values).astype("Float64").to_numpy(float, na_value=np.nan)
    if np.isinf(figures).any():
        label = values.index[np.isinf(figures)][0]
        msg = f"the value of {str(label)!r} is infinite; correct it, or put NaN where there is no figure"
        raise ValueError(msg)
    return figures


def _clock(index: pd.Index) -> tuple[np.ndarray, float]:
    """
    Count the labels of an index in periods or months, and give the normal step from one to the next.

    Raises:
        ValueError: a label is empty or there twice, or they are out of order or of different kinds.
    """
    if index.has_duplicates:
        msg = f"{str(index[index.duplicated()][0])!r} is there twice; give each period one value"
        raise ValueError(msg)
    if index.hasnans:
        msg = "a label of the index is empty; give each value its period"
        raise ValueError(msg)
    times, normal = _times(index)
    steps = np.diff(times)
    if (steps <= 0).any():
        place = np.flatnonzero(steps <= 0)[0]
        before, label = str(index[place]), str(index[place + 1])
        msg = f"{label!r} stands after {before!r} but is earlier; put the periods in order of time"
        raise ValueError(msg)
    closest = steps.min(initial=max(normal))
    if APART["termly"] in normal and closest in (3, 4) and np.isin(steps, (4, 5)).any():
        return times, APART["termly"]  # terms end three to five months apart
    return times, max(step for step in normal if step <= closest)


def _times(index: pd.Index) -> tuple[np.ndarray, tuple[int, ...]]:
    """Count labels in periods or months, else by their places, and give the steps that may be normal."""
    if isinstance(index, pd.PeriodIndex):
        return index.astype("int64").to_numpy(), (index.freq.n,)
    if isinstance(index, pd.DatetimeIndex):
        months = index.year * 12 + index.month
        if months.is_unique:
            return months.to_numpy(), tuple(APART.values())
        return pd.Series(index).rank().to_numpy(), (1,)  # days or weeks: no telling which are missing
    if index.inferred_type in ("integer", "floating") and (index.to_numpy(float) % 1 == 0).all():
        return index.to_numpy(float), (1,)
    read = _months(index)
    return (np.arange(len(index)), (1,)) if read is None else (read, tuple(APART.values()))


def _months(index: pd.Index) -> np.ndarray | None:
    """
    Read texts as periods and give their last months; nothing where they are no periods.

    Raises:
        ValueError: they are periods of different kinds.
    """
    if index.inferred_type != "string":
        return None
    try:
        found = [period(text) for text in index]
    except ValueError:
        return None
    kinds = {each.kind: each.text for each in found}
    if set(kinds) == {"month", "year"}:
        try:  # among months, 2010-11 is November
            read = pd.PeriodIndex(index, freq="M")
        except ValueError:
            pass
        else:
            return (read.year * 12 + read.month - 1).to_numpy()
    if len(kinds) > 1:
        (one, text), (other, another), *_ = kinds.items()
        msg = f"{text!r} is a {one} and {another!r} a {other}; give periods of one kind"
        raise ValueError(msg)
    return np.array([each.end for each in found])


def _places(index: pd.Index, labels: Sequence[Hashable], what: str) -> np.ndarray:
    """
    Find the places of labels in an index.

    Raises:
        ValueError: one is not there, or the labels are one text.
    """
    if isinstance(labels, str):
        msg = f"{what} is a list of periods; write [{labels!r}]"
        raise ValueError(msg)
    places = index.get_indexer_for(list(labels))
    for label, place in zip(labels, places, strict=True):
        if place < 0:
            msg = f"{what} names {str(label)!r}, which is not in the index; name one of its labels"
            raise ValueError(msg)
    return places


def _base(known: pd.DataFrame, index: pd.Index, freeze: Hashable | None) -> pd.Series | bool:
    """
    Find the known points that set the mean and the limits of their segment.

    A segment that begins after the last period of `freeze` is not frozen.

    Raises:
        ValueError: `freeze` is less than 2, or a label that is not in the index.
    """
    if freeze is None:
        return True
    if isinstance(freeze, Integral):
        if int(freeze) < 2:
            msg = f"freeze is {freeze}, but limits need at least 2 points; give 2 or more, and best {ENOUGH}"
            raise ValueError(msg)
        return known.groupby("segment").cumcount() < int(freeze)
    last = _places(index, [freeze], "freeze")[0]
    frozen = known["place"] <= last
    return frozen | ~frozen.groupby(known["segment"]).transform("any")


# A whole report.


def signals(frame: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """
    Chart every indicator of a report, reading by reading.

    Args:
        frame: a row for each indicator, with indicator, good_is, basis, period_kind, end, break_from_start,
            frequency, unit, kind, target_low, target_high and expected.
        readings: every reading known, with indicator, period, period_kind, start, end (in months) and value.

    Returns:
        the known readings of each indicator's own kind of period up to its row's end, in the order of `frame` and
        of time, with indicator, period, end, value, mean, lower, upper, signal and type as in `xmr`, segment
        (0, or 1 from a break on) and points (the known points of that segment).
        Running totals and rolling figures, which have no usual range, are left out.
    """
    chart = _possible(_chart(_long(frame, readings)), frame, readings)
    columns = "indicator period end value mean lower upper signal type segment points".split()
    rows = chart.assign(segment=chart["since_break"].astype(int))[columns]
    return rows[~chart["basis"].isin(_NO_RANGE)].reset_index(drop=True)


def usual(frame: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """
    Say of each indicator's latest figure whether it is unusual, and whether its target is within reach.

    Args:
        frame: as for `signals`, with decimals too.
        readings: as for `signals`.

    Returns:
        the frame with control_mean, control_lower, control_upper, control_points (figures that these rest on),
        signal, variation (the signal's type), assurance, and control_reason, in plain sentences.
        The latest figure is the one at the row's end. Where there is none, where the basis allows no usual range, and
        where there are fewer than six figures, signal, variation and assurance are empty and the limits unknown.
        Where being on target is good and the target is a range, nearing it is the improvement, as in the direction of
        travel.
    """
    chart = _possible(_chart(_long(frame, readings)), frame, readings)
    latest = chart.drop_duplicates("indicator", keep="last").set_index("indicator").reindex(frame["indicator"])
    latest = latest.set_axis(frame.index)
    reported = latest["end"].eq(frame["end"])
    ranged = reported & ~frame["basis"].isin(_NO_RANGE)
    judged = ranged & latest["points"].ge(FEWEST)
    wanted_low, wanted_high = _wanted(frame)
    result = frame.assign(
        control_mean=latest["mean"].where(judged),
        control_lower=latest["lower"].where(judged),
        control_upper=latest["upper"].where(judged),
        control_points=latest["points"].where(ranged).astype(float),
        signal=latest["signal"].where(judged, ""),
        variation=latest["type"].where(judged, ""),
        assurance=_assured(latest["lower"], latest["upper"], wanted_low, wanted_high).where(judged, ""),
    )
    rows = result.assign(
        reported=reported,
        wanted_low=wanted_low,
        wanted_high=wanted_high,
        **latest[["value", "run", "stretch", "close"]],
    )
    return result.assign(control_reason=pd.Series(_reasons(rows), index=frame.index, dtype="str"))


def _possible(chart: pd.DataFrame, frame: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Keep limits to where figures can be."""
    ends = reach(frame, readings)
    return chart.assign(
        lower=chart["lower"].clip(lower=chart["indicator"].map(ends["least"])),
        upper=chart["upper"].clip(upper=chart["indicator"].map(ends["most"])),
    )


def _long(frame: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Put the readings of every indicator that count one below the other, as `_chart` takes them."""
    point, span = frame["kind"].eq("point"), frame["kind"].eq("range")
    aimed = frame["good_is"].eq("near") & (point | span) | frame["good_is"].eq("on target") & span
    rows = frame[["indicator", "good_is", "basis", "period_kind", "break_from_start"]].assign(
        series=np.arange(len(frame)),
        last=frame["end"],
        step=step(frame),
        aim_low=frame["expected"].where(point, frame["target_low"]).where(aimed),
        aim_high=frame["expected"].where(point, frame["target_high"]).where(aimed),
    )
    known = readings.loc[readings["value"].notna(), ["indicator", "period", "period_kind", "start", "end", "value"]]
    long = known.merge(rows, on=["indicator", "period_kind"])
    long = long[long["end"] <= long["last"]].sort_values(["series", "end"], kind="stable", ignore_index=True)
    since = long["start"] >= long["break_from_start"]
    return long.assign(
        since_break=since, segment=long["series"] * 2 + since, gap=long["end"].diff() > long["step"], base=True
    )


# The chart itself, of many series at once.


def _chart(long: pd.DataFrame, screen: bool = True) -> pd.DataFrame:
    """
    Work out the charts of many series at once.

    Args:
        long: the known points of each segment of each series in order of time, one segment below the other, with
            segment, value, gap (whether a period is missing before the point), base (whether the point sets the
            limits), good_is, and aim_low and aim_high, where nearing them is the improvement.
        screen: as in `xmr`.

    Returns:
        the frame with points, mean, lower, upper, signal and type; and, up to each point, run (points on one side
        of the mean), stretch (points that rise or fall one after the other) and close (of three, how many are near a
        limit).
    """
    segment, value = long["segment"], long["value"]
    starts = segment.ne(segment.shift()) | long["gap"]
    dust = _DUST * value.abs().groupby(segment).transform("max")
    step = value.diff().mask(starts)
    step = step.mask(step.abs() <= dust, 0.0)
    mean, width = _limits(long, step, dust, screen)
    points = segment.groupby(segment).transform("size")

    off = value - mean
    side = np.sign(off.mask(off.abs() <= dust, 0.0))
    outside = off.abs() > width + dust
    near = ~outside & (off.abs() > width * 2 / 3 + dust)
    run, long_run = _stretches(side, starts, _LONG)
    way = np.sign(step)
    steps, long_climb = _stretches(way, starts, _LONG - 1)
    trend = long_climb | long_climb.shift(-1, fill_value=False)
    onward = way.shift(-1)
    heading = onward.where(trend.shift(-1, fill_value=False) & onward.isin([-1, 1]), way)
    close = near.astype(int) + near.shift(1, fill_value=False) + near.shift(2, fill_value=False)
    two = _together(side, starts) & (close >= 2)
    paired = near & (two | two.shift(-1, fill_value=False) | two.shift(-2, fill_value=False))

    judged = (points >= FEWEST) & width.notna()
    found = (outside, side), (trend, heading), (paired, side), (long_run, side)
    conditions = [judged & holds & towards.eq(sign) for holds, towards in found for sign in (1, -1)]
    *names, common = WAYS
    signal = pd.Series(np.select(conditions, names, common), index=long.index)
    return long.assign(
        points=points,
        mean=mean,
        lower=mean - width,
        upper=mean + width,
        signal=signal,
        type=_types(long, signal, mean, dust),
        run=run,
        stretch=steps + 1,
        close=close,
    )


def _limits(long: pd.DataFrame, step: pd.Series, dust: pd.Series, screen: bool) -> tuple[pd.Series, pd.Series]:
    """Give the mean of each point's segment, and how far the limits are from it."""
    segment = long["segment"]
    base = long["value"].where(long["base"]).groupby(segment)
    least, most = base.transform("min"), base.transform("max")
    mean = base.transform("mean").clip(least, most)  # adding may lose a little, and a constant must stay what it is
    ranges = step.abs().where(long["base"])
    average = ranges.groupby(segment).transform("mean")
    kept = ranges.where(ranges < _SCREEN_AT * average - dust) if screen else ranges
    width = _RANGE_WIDTH * kept.groupby(segment).transform("mean")
    # Fewer than a third of the ranges can be screened, so where half of them or more are changes some change is kept.
    rarely = ~(ranges.groupby(segment).transform("median") > 0)
    width = width.mask(rarely, 3 * base.transform("std"))
    return mean, width.mask(most - least <= dust, 0.0).where(base.transform("count") > 1)


def _stretches(sign: pd.Series, starts: pd.Series, least: int) -> tuple[pd.Series, pd.Series]:
    """Count how long a sign has held up to each row, and find the rows of stretches long enough; 0 makes none."""
    block = (starts | sign.ne(sign.shift())).cumsum()
    rows = block.groupby(block)
    return rows.cumcount() + 1, (rows.transform("size") >= least) & sign.isin([-1, 1])


def _together(side: pd.Series, starts: pd.Series) -> pd.Series:
    """Find the points that are on the same side of the mean as the two before them, with nothing missing between."""
    chain = starts.cumsum()
    return chain.eq(chain.shift(2)) & side.eq(side.shift(1)) & side.eq(side.shift(2))


def _types(long: pd.DataFrame, signal: pd.Series, mean: pd.Series, dust: pd.Series) -> pd.Series:
    """Say whether each signal is for better or worse; where there is no telling, only that it is high or low."""
    good = long["good_is"].map(SIGN).fillna(0.0).astype(float)
    aimed = long["aim_low"].notna()
    towards = (mean < long["aim_low"] - dust).astype(float) - (mean > long["aim_high"] + dust).astype(float)
    way = signal.map(WAYS).astype(float)
    # a point that has gone past the aim, and lies further from it than the mean does, is no improvement
    off = [np.maximum(long["aim_low"] - each, each - long["aim_high"]).clip(lower=0) for each in (long["value"], mean)]
    towards = towards.mask((way * towards > 0) & (off[0] > off[1] + dust), -towards)
    better = way * good.mask(aimed, towards)
    kinds = np.select(
        [way == 0, better > 0, better < 0, way > 0],
        ["common cause", "improvement", "concern", "neutral high"],
        "neutral low",
    )
    return pd.Series(kinds, index=long.index)


def _wanted(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Give the lowest and the highest value that meet each target, infinite where that end is open; NaN if none do."""
    good, point, span = frame["good_is"], frame["kind"].eq("point"), frame["kind"].eq("range")
    upwards = good.eq("high") & (point | span) | good.eq("on target") & point
    downwards = good.eq("low") & (point | span)
    within = good.isin(["on target", "near"]) & span
    low = frame["expected"].where(point, frame["target_low"]).where(upwards | within).mask(downwards, -np.inf)
    high = frame["expected"].where(point, frame["target_high"]).where(downwards | within).mask(upwards, np.inf)
    return low, high


def _assured(lower: pd.Series, upper: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    """Compare limits with what is wanted."""
    dust = _DUST * np.maximum(lower.abs(), upper.abs())
    answers = np.select(
        [
            lower.isna() | upper.isna() | low.isna() | high.isna(),
            (lower >= low - dust) & (upper <= high + dust),
            (upper < low - dust) | (lower > high + dust),
        ],
        ["none", "pass", "fail"],
        "inconsistent",
    )
    return pd.Series(answers, index=lower.index)


# What is said of it.


def _reasons(rows: pd.DataFrame) -> list[str]:
    reasons = []
    for row in rows.itertuples():
        if not row.reported:
            reasons.append("")
        elif row.basis in _NO_RANGE:
            reasons.append(_NO_RANGE[row.basis])
        elif row.control_points < FEWEST:
            there = "there is one" if row.control_points == 1 else f"there are {number(row.control_points)}"
            reasons.append(f"A usual range needs {number(FEWEST)} figures of the same kind; {there}.")
        else:
            said = [_said_of_signal(row), _said_of_target(row), _said_of_trial(row)]
            reasons.append(" ".join(sentence for sentence in said if sentence))
    return reasons


def _said_of_signal(row: Any) -> str:
    """Say where the latest figure lies, or what the last ones have in common."""
    lower, upper = bare(row.control_lower, row.unit, row.decimals), show(row.control_upper, row.unit, row.decimals)
    up = WAYS[row.signal] > 0
    better = {"improvement": "better", "concern": "worse"}.get(row.variation, "")
    which = f", which is {better}" if better else ""
    own = APART[row.frequency] <= LENGTH[row.period_kind]
    many = f"{row.period_kind}s" if own else "figures"
    if row.signal in ("above limit", "below limit"):
        beside = f"{better} than" if better else "above" if up else "below"
        return f"It is {beside} its usual range of {lower} to {upper}."
    if row.signal in ("rising trend", "falling trend"):
        return f"It has {'risen' if up else 'fallen'} {number(row.stretch)} {many} running{which}."
    if row.signal in ("two in three high", "two in three low"):
        some = "All" if row.close == 3 else "Two"
        end = better or ("upper" if up else "lower")
        return f"{some} of the last three {many} were near the {end} end of its usual range."
    if row.signal in ("run above mean", "run below mean"):
        beside = f"{'above' if up else 'below'} its average of {show(row.control_mean, row.unit, row.decimals)}"
        return f"It has been {beside} for {number(row.run)} {many} running{which}."
    if row.control_lower == row.control_upper:
        return f"It has been {upper} in every one of its {number(row.control_points)} figures."
    return f"It is within its usual range of {lower} to {upper}."


def _said_of_target(row: Any) -> str:
    """Say whether the target is within the reach of the process."""
    low, high = row.wanted_low, row.wanted_high
    moving = {"pass": "concern", "fail": "improvement"}.get(row.assurance) == row.variation
    met = row.assurance == "fail" and low <= row.value <= high
    if row.assurance == "none" or moving or met:  # a range that the figure is leaving says nothing of what it may reach
        return ""
    if np.isfinite(low) and np.isfinite(high):
        target = f"the target of {goal(low, row.unit, row.decimals)} to {goal(high, row.unit, row.decimals)}"
        return {
            "pass": f"All of its usual range lies within {target}.",
            "fail": f"All of its usual range lies outside {target}.",
            "inconsistent": f"Only part of its usual range lies within {target}, "
            "so its ordinary ups and downs may meet it or miss it.",
        }[row.assurance]
    upwards = np.isfinite(low)
    bound = ("at least " if upwards else "at most ") if row.kind == "range" else ""
    target = f"target of {bound}{goal(low if upwards else high, row.unit, row.decimals)}"
    if row.assurance == "pass":
        what = "That" if row.control_lower == row.control_upper else "All of its usual range"
        return f"{what} meets the {target}."
    if row.assurance == "fail":
        return f"The {target} lies {'above' if upwards else 'below'} what this process can reach."
    return f"The {target} lies within its usual range, so its ordinary ups and downs may meet it or miss it."


def _said_of_trial(row: Any) -> str:
    """Say that a range rests on few figures, where it does."""
    if row.control_points >= ENOUGH:
        return ""
    return f"The range is a trial one: it rests on {number(row.control_points)} figures, and twelve are wanted."
