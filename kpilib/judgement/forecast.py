"""
Forecast: where an indicator will stand at the end of the council year, and how far off that may be.

Each method can be told in one sentence, and is tried on the indicator's own past before it is believed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kpilib.judgement.figures import bare, gap, number, show_all
from kpilib.judgement.trend import reach
from kpilib.records.periods import LENGTH, month, period

ENOUGH = 3
_TRIED = ("predicted", "so_far", "method", "tests", "error", "spread")
_PLURAL = {1: "months", 3: "quarters", 12: "years"}

AS_NOW = "as it is now"
AS_LAST_YEAR = "as it was a year before"
CHANGING = "as it is now, then changing as it did last year"
PACE = "at the pace of the year so far"
PACE_SINCE = "at the pace so far"
REST_AS_LAST_YEAR = "the rest of the year as it was last year"
LIKE_LAST_YEAR = "the rest of the year like last year's, in proportion to the year so far"
GROWING = "growing from now as it grew last year"


def outturn(frame: pd.DataFrame, readings: pd.DataFrame, year_end: int) -> pd.DataFrame:
    """
    Forecast each indicator's figure at the end of the council year.

    Figures that add up are forecast as the year's total, or, where a total target spans the year's end and its time
    began at another month, as the total since then; every other figure as that of the year's last period.
    Each method that fits the basis is tried on the indicator's own earlier figures, as far ahead as is needed now.
    The one that missed by the least on average is taken, all being compared on the same tries;
    the simplest is taken unless another is better.
    Nothing from before a break counts, and a missing period is unknown.

    Args:
        frame: a row for each indicator with its latest reading (indicator, basis, frequency, unit, decimals,
            break_from_start, period_kind, start, end, value) and its target, from `rating.towards_total`
            (kind, target_start, target_end, shift, to_date).
        readings: every reading known, with indicator, period_kind, start, end and value.
        year_end: the last month of the council year, counted from year 0.

    Returns:
        the frame with forecast; forecast_low and forecast_high, the error that four tries in five kept within on
        either side; forecast_error, what the tries missed by on average, and forecast_tests, how many there were;
        forecast_end, the last month of what is forecast; and forecast_reason, one or two sentences.
        forecast_seasonal says whether the method taken goes by the year before. It takes three tries; with fewer
        there is no forecast.
    """
    plan = _plan(frame, year_end)
    matrix = _matrix(frame, readings, plan["step"])
    groups = plan[plan["open"]].groupby(["way", "step", "ahead", "gone"]).indices
    places = np.flatnonzero(plan["open"])
    tried = [_tried(matrix[places[rows]], *key).set_index(frame.index[places[rows]]) for key, rows in groups.items()]
    plan = plan.join(pd.concat(tried)) if tried else plan.reindex(columns=[*plan, *_TRIED])
    total = plan["way"] == "sum"
    adds = total | (plan["way"].isin(["to date", "since"]) & frame["kind"].eq("total"))
    reached = frame["to_date"].where(plan["lasting"] | ~total, plan["so_far"]).where(adds, 0.0)
    tested = plan["tests"] >= ENOUGH
    middle = (plan["predicted"] + reached.where(total, 0.0)).where(tested)
    spread = plan["spread"].where(tested)
    least, most = _limits(frame, readings, reached)
    frame = frame.assign(
        forecast=middle.clip(least, most),
        forecast_low=(middle - spread).clip(least, most),
        forecast_high=(middle + spread).clip(least, most),
        forecast_error=plan["error"].where(tested & middle.notna()),
        forecast_tests=plan["tests"].where(middle.notna(), 0).astype(int),
        forecast_end=(frame["end"] + plan["step"] * plan["ahead"]).where(middle.notna()),
        forecast_seasonal=middle.notna() & ~plan["method"].isin([AS_NOW, PACE, PACE_SINCE]),
    )
    return frame.assign(forecast_reason=pd.Series(_reasons(frame, plan, year_end), index=frame.index, dtype=object))


def _plan(frame: pd.DataFrame, year_end: int) -> pd.DataFrame:
    """
    Say how each indicator is to be forecast.

    Returns:
        columns step (months from one figure to the next), ahead (steps to the year's last figure), lasting (whether
        its total is of another time than the year), begins (the first month of that time, else of the year), way,
        gone (steps since the total began, as far as the way needs them), open (whether there is anything to forecast)
        and why_not.
    """
    year_start, end, unit = year_end - 11, frame["end"], frame["unit"]
    step = frame["period_kind"].map(LENGTH).astype(float).mask(frame["frequency"] == "annual", 12.0)
    ahead = (year_end - end) // step
    began = frame["target_start"] - frame["shift"]
    spans = frame["target_end"] - frame["shift"] >= year_end
    sums, runs, share = frame["basis"] == "sum", frame["basis"] == "to date", unit.eq("%")
    lasting = frame["kind"].eq("total") & spans & (began != year_start) & (sums | (runs & ~share))
    begins = began.where(lasting, year_start)
    yearly = step == 12
    way = np.select(
        [sums & (lasting | ~yearly), runs & lasting, runs & share & ~yearly, runs & ~yearly],
        ["sum", "since", "share", "to date"],
        "level",
    )
    adds = np.isin(way, ["sum", "to date", "since"])
    since = begins.where((way != "sum") | yearly, begins.clip(lower=year_start))
    gone = ((end + 1 - since) / step).where(adds, 0.0)
    nothing = frame["value"].isna()
    none_yet = adds & (gone < 1)
    return pd.DataFrame(
        {
            "step": step,
            "ahead": ahead,
            "lasting": lasting,
            "begins": begins,
            "way": way,
            "gone": gone,
            "open": ~nothing & (ahead >= 1) & ~none_yet,
            "why_not": np.select(
                [nothing, end >= year_end, ahead < 1, none_yet],
                [
                    "",
                    "The year is over.",
                    "The year's figure is known already.",
                    "Too few earlier figures to forecast from: this year has none yet.",
                ],
                "",
            ),
        },
        index=frame.index,
    )


def _matrix(frame: pd.DataFrame, readings: pd.DataFrame, step: pd.Series) -> np.ndarray:
    """Lay out the figures of each indicator, a row each, oldest first, with the latest in the last column."""
    columns = ["indicator", "period_kind", "start", "end"]
    now = frame[[*columns, "break_from_start"]].assign(step=step.to_numpy(), row=np.arange(len(frame)))
    pairs = now.merge(
        readings.loc[readings["value"].notna(), [*columns, "value"]],
        on=["indicator", "period_kind"],
        suffixes=("_now", ""),
    )
    broken = (pairs["start_now"] >= pairs["break_from_start"]) & (pairs["start"] < pairs["break_from_start"])
    back = (pairs["end_now"] - pairs["end"]) / pairs["step"]
    kept = ~broken & (back >= 0) & (back % 1 == 0)
    back = back[kept].astype(int)
    matrix = np.full((len(frame), back.max() + 1 if len(back) else 1), np.nan)
    matrix[pairs.loc[kept, "row"], -1 - back] = pairs.loc[kept, "value"]
    return matrix


def _tried(known: np.ndarray, way: str, step: float, ahead: float, gone: float) -> pd.DataFrame:
    """
    Try the methods of one way on the figures of some indicators, and take the best for each.

    Returns:
        columns predicted (of a sum only what is still to come), so_far, method, tests, error and spread.
    """
    year, ahead, rows = round(12 / step), int(ahead), np.arange(len(known))
    methods = _methods(known, way, year, ahead, gone)
    came = _added(known, range(1, ahead + 1)) if way == "sum" else _later(known, ahead)
    predicted = np.stack(list(methods.values()))
    errors = np.abs(predicted - came)
    errors[~np.isfinite(errors)] = np.nan
    if way in ("share", "to date"):  # what runs through the year is like today's only at the same point of a year
        errors[:, :, np.arange(known.shape[1])[::-1] % year > 0] = np.nan
    now = predicted[:, :, -1]
    slack = 1e-9 * np.nanmean(np.abs(known), axis=1)  # what a computer loses in adding is no improvement
    best = np.zeros(len(known), dtype=int)
    for upto in range(2, len(methods) + 1):  # each method needs all the figures that the simpler ones need
        shared = np.isfinite(errors[:upto]).all(axis=0)
        missed = np.where(shared, errors[:upto], 0).sum(axis=2) / np.maximum(shared.sum(axis=1), 1)
        missed[1:] += slack
        usable = np.isfinite(now[:upto]).all(axis=0) & (shared.sum(axis=1) >= ENOUGH)
        best = np.where(usable, missed.argmin(axis=0), best)
    ordered = np.sort(errors[best, rows], axis=1)  # unknown ones come last
    tests = np.isfinite(ordered).sum(axis=1)
    four_in_five = np.maximum(-(-4 * (tests - 1) // 5), 0)
    return pd.DataFrame(
        {
            "predicted": now[best, rows],
            "so_far": _added(known, range(1 - int(gone), 1))[:, -1] if way == "sum" else np.nan,
            "method": np.array(list(methods), dtype=object)[best],
            "tests": tests,
            "error": np.nansum(ordered, axis=1) / np.maximum(tests, 1),
            "spread": ordered[rows, four_in_five],
        }
    )


def _methods(known: np.ndarray, way: str, year: int, ahead: int, gone: float) -> dict[str, np.ndarray]:
    """Say what each method of a way predicts, used at every point of the past and now; the simplest comes first."""
    back = np.arange(known.shape[1])[::-1]
    if way == "since":
        known = np.where(back < gone, known, np.nan)
    then, last = _later(known, ahead - year), _later(known, -year)
    changing = known + then - last
    with np.errstate(divide="ignore", invalid="ignore"):
        if way == "sum":
            so_far = _added(known, range(1 - int(gone), 1))
            rest = _added(known, range(1 - year, ahead + 1 - year))
            pace, like = so_far * ahead / gone, rest * so_far / _later(so_far, -year)
            return {PACE: pace, REST_AS_LAST_YEAR: rest, LIKE_LAST_YEAR: like} if year > 1 else {PACE_SINCE: pace}
        if way == "since":
            return {PACE_SINCE: known * (1 + ahead / (gone - back)), AS_NOW: known, CHANGING: changing}
        if way == "to date":
            return {PACE: known * (1 + ahead / gone), AS_NOW: known, GROWING: known * then / last}
    if way == "share":
        return {AS_NOW: known, CHANGING: changing}
    return {AS_NOW: known, AS_LAST_YEAR: then, CHANGING: changing} if year > 1 else {AS_NOW: known}


def _later(known: np.ndarray, count: int) -> np.ndarray:
    """Give at each point the figure so many periods later; earlier for a count below zero."""
    moved = np.full_like(known, np.nan)
    width = max(known.shape[1] - abs(count), 0)
    moved[:, max(-count, 0) :][:, :width] = known[:, max(count, 0) :][:, :width]
    return moved


def _added(known: np.ndarray, counts: range) -> np.ndarray:
    """Add up at each point the figures of several periods, each so many later; one that is missing leaves it open."""
    return np.sum([_later(known, count) for count in counts], axis=0) if counts else np.zeros_like(known)


def _limits(frame: pd.DataFrame, readings: pd.DataFrame, reached: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Give the least and most that a forecast may be: what never fell below nothing keeps what it has reached."""
    ends = reach(frame, readings).set_axis(frame.index)
    return reached.where(ends["least"] == 0, -np.inf), ends["most"]


def _reasons(frame: pd.DataFrame, plan: pd.DataFrame, year_end: int) -> list[str]:
    """Say what is forecast, by which method, and how far that was off before; or why nothing is."""
    middles = show_all(frame["forecast"], frame)
    lows, highs = show_all(frame["forecast_low"], frame, bare), show_all(frame["forecast_high"], frame, bare)
    reasons = []
    for row, how, middle, low, high in zip(frame.itertuples(), plan.itertuples(), middles, lows, highs, strict=True):
        if not middle:
            reasons.append(how.why_not or ("" if not how.open else _too_few(how)))
            continue
        level = how.way == "level"
        name = _name(row.forecast_end, row.period_kind if level else "year", year_end)
        said = f"{name} is forecast {'at' if level else 'to end at'} {middle}"
        if how.lasting:
            said += f" since {month(int(how.begins)).name}"
        method = f"as it was in {row.period_name}" if how.step == 12 and how.method == AS_NOW else how.method
        if low != high:
            said += f", between {low} and {high}"
        reasons.append(f"{said}: {method}. {_record(row, how)}")
    return reasons


def _too_few(how: Any) -> str:
    if how.way == "sum" and not np.isfinite(how.predicted):
        return "The total cannot be forecast: an earlier figure is missing, or not comparable."
    tried = f"a method can be tried on {number(how.tests, 'none')} of them, and it takes {number(ENOUGH)}"
    return f"Too few earlier figures to forecast from: {tried}."


def _record(row: Any, how: Any) -> str:
    """Say how the method did before."""
    count = number(row.forecast_tests)
    same_point = how.way in ("share", "to date")
    tried = f"at the same point of {count} earlier years" if same_point else f"on {count} earlier {_PLURAL[how.step]}"
    if row.forecast_error <= 1e-9 * abs(row.forecast):
        return f"Tried {tried}, this was right each time."
    missed = gap(float(f"{row.forecast_error:.2g}"), 0, row.unit)
    range_is = (
        "the range is what four in five kept within" if row.forecast_tests > 4 else "the range is its widest miss"
    )
    return f"Tried {tried}, this missed by {missed} on average; {range_is}."


def _name(end: float, kind: str, year_end: int) -> str:
    """Name the period of a kind that ends with a month of the council year."""
    if kind == "month":
        return month(int(end)).name
    first = (year_end - 11) // 12
    quarter = f"-Q{4 - (year_end - int(end)) // 3}" if kind == "quarter" else ""
    return period(f"{first}-{(first + 1) % 100:02d}{quarter}").name
