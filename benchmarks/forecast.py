"""
Does a statistical model forecast better than the plain methods of `kpilib.judgement.forecast`?

    python benchmarks/forecast.py

tries every method on figures whose outcome is known: yearly figures of adult social care in English councils, which
are real, and quarterly figures with season, trend, drift and noise, which are made up (same seed, same figures).
The models are those of statsmodels and statsforecast; where these are not installed, it says so and goes without.
statsforecast 2.1 wants pandas below 3, so it needs an environment of its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from kpilib.judgement.forecast import (
    AS_LAST_YEAR,
    AS_NOW,
    CHANGING,
    LIKE_LAST_YEAR,
    PACE,
    REST_AS_LAST_YEAR,
    outturn,
)
from kpilib.records.periods import period

RECORDS = Path(__file__).resolve().parents[1] / "data" / "lancashire-2019"
YEAR_END = period("2019-20").end
SERIES, SEED = 96, 2019

# From the figures so far, how many are to come until the year's end, and how many make a year: those to come.
Method = Callable[[np.ndarray, int, int], np.ndarray]


class Try(NamedTuple):
    """A series up to some point, and what came after it until the end of that year."""

    series: str
    past: np.ndarray
    came: np.ndarray


def real() -> list[Try]:
    """Make a try of every council's figure that follows on at least four others without a gap."""
    table = pd.read_csv(RECORDS / "benchmarks.csv", usecols=["indicator", "period", "comparator", "value"]).dropna()
    table = table[table["indicator"].str.startswith("asc_")].sort_values("period")
    breaks = pd.read_csv(RECORDS / "indicators.csv").set_index("indicator")["break_from"].fillna("")
    table = table[table["period"] >= table["indicator"].map(breaks)]
    own = [table["indicator"], table["comparator"]]
    run = table["period"].str[:4].astype(int).groupby(own).diff().ne(1).groupby(own).cumsum()
    tries = []
    for (indicator, council, _), values in table["value"].groupby([*own, run]):
        figures = values.to_numpy()
        tries += [Try(f"{indicator} {council}", figures[:at], figures[at : at + 1]) for at in range(4, len(figures))]
    return tries


def made_up() -> list[Try]:
    """Make series of every mixture, and try each after three, five and eight years and one to three quarters."""
    random, time = np.random.default_rng(SEED), np.arange(36)
    tries = []
    for number in range(SERIES):
        season = (0, 4, 12)[number % 3] * random.normal(size=4)
        trend, drift, noise = (0, 0.5)[number // 3 % 2], (0, 1.5)[number // 6 % 2], (1, 4)[number // 12 % 2]
        moves = np.cumsum(random.normal(0, drift, time.size)) + random.normal(0, noise, time.size)
        values = 100 + season[time % 4] + trend * time + moves
        for at in [4 * years + gone for years in (3, 5, 8) for gone in (1, 2, 3)]:
            tries.append(Try(f"{number}", values[:at], values[at : 4 * (at // 4 + 1)]))
    return tries


def now(past: np.ndarray, ahead: int, year: int) -> np.ndarray:
    """Stay as it is."""
    return np.repeat(past[-1], ahead)


def before(past: np.ndarray, ahead: int, year: int) -> np.ndarray:
    """Be as it was a year before."""
    return past[-year:][:ahead]


def changing(past: np.ndarray, ahead: int, year: int) -> np.ndarray:
    """Change from now as it changed last year."""
    return past[-1] + before(past, ahead, year) - past[-1 - year]


def pace(past: np.ndarray, ahead: int, year: int) -> np.ndarray:
    """Go on at the pace of the year so far."""
    return np.repeat(past[ahead - year :].mean(), ahead)


def like(past: np.ndarray, ahead: int, year: int) -> np.ndarray:
    """Go on like last year, in proportion."""
    return before(past, ahead, year) * past[ahead - year :].sum() / past[ahead - 2 * year : -year].sum()


def models() -> dict[str, Method]:
    """Give the statistical models that are installed."""
    found: dict[str, Method] = {}
    try:
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel
        from statsmodels.tsa.forecasting.theta import ThetaModel
    except ImportError:
        print("statsmodels is not installed: its ETS and Theta are left out.")
    else:
        season = {"trend": "add", "damped_trend": True, "seasonal": "add", "seasonal_periods": 4}
        found["ETS of statsmodels"] = lambda past, ahead, year: (
            ETSModel(past, **(season if year > 1 else {})).fit(disp=False).forecast(ahead)
        )
        found["Theta of statsmodels"] = lambda past, ahead, year: (
            ThetaModel(past, period=year, deseasonalize=year > 1).fit().forecast(ahead).to_numpy()
        )
    try:
        from statsforecast.models import AutoETS, AutoTheta
    except ImportError:
        print("statsforecast is not installed: its AutoETS and AutoTheta are left out.")
    else:
        found["AutoETS of statsforecast"] = lambda past, ahead, year: AutoETS(year).forecast(past, ahead)["mean"]
        found["AutoTheta of statsforecast"] = lambda past, ahead, year: AutoTheta(year).forecast(past, ahead)["mean"]
    return found


def chosen(tries: list[Try], total: bool, year: int) -> pd.DataFrame:
    """Let outturn forecast every try as an indicator of its own, all in one year."""
    step, kind = 12 // year, "year" if year == 1 else "quarter"
    back = [len(each.came) + np.arange(len(each.past))[::-1] for each in tries]
    readings = pd.DataFrame(
        {
            "indicator": np.repeat(np.arange(len(tries)), [len(each.past) for each in tries]),
            "period_kind": kind,
            "end": YEAR_END - step * np.concatenate(back).astype(float),
            "value": np.concatenate([each.past for each in tries]),
        }
    )
    readings["start"] = readings["end"] - step + 1
    frame = readings.drop_duplicates("indicator", keep="last", ignore_index=True).assign(
        basis="sum" if total else "quarter", frequency="", unit="", period_name=""
    )
    unknown = ["decimals", "break_from_start", "kind", "target_start", "target_end", "shift", "to_date"]
    return outturn(frame.assign(**dict.fromkeys(unknown, np.nan)), readings, YEAR_END)


def off(each: Try, method: Method, total: bool, year: int) -> float:
    """Give how far off a method is in a try; nothing where it has too few figures."""
    try:
        found = np.asarray(method(each.past, len(each.came), year), dtype=float)
    except (ValueError, NotImplementedError):
        return np.nan
    return abs((found - each.came).sum() if total else found[-1] - each.came[-1])


def report(title: str, tries: list[Try], methods: dict[str, Method], total: bool = False, year: int = 4) -> None:
    """Print the errors of every method, and how far they lie below or above outturn's in the same tries."""
    table = pd.DataFrame({name: [off(each, method, total, year) for each in tries] for name, method in methods.items()})
    forecasts = chosen(tries, total, year)
    so_far = np.array([each.past[len(each.came) - year :].sum() if total else 0 for each in tries])
    came = so_far + [each.came.sum() if total else each.came[-1] for each in tries]
    table.insert(0, "what outturn chooses", (forecasts["forecast"] - came).abs())
    ranged = forecasts["forecast_high"].notna()
    kept = (forecasts["forecast_low"] <= came) & (came <= forecasts["forecast_high"])
    steps = pd.Series([np.abs(np.diff(each.past)).mean() for each in tries])
    table = table.div(steps.where(steps > 0), axis=0)
    beside = table.sub(table.iloc[:, 0], axis=0)
    by_series = beside.groupby([each.series for each in tries]).mean()
    printed = pd.DataFrame(
        {
            "tries": table.count(),
            "median": table.median(),
            "mean": table.mean(),
            "less outturn's": beside.mean(),
            "give or take": 2 * by_series.std() / by_series.count() ** 0.5,
        }
    )
    print(f"\n{title}: {len(tries):,} tries in {by_series.shape[0]} series\n{printed.round(2).to_string()}")
    print(f"{kept[ranged].mean():.0%} of {ranged.sum():,} outcomes lay within the range of outturn")


def main() -> None:
    """Print every comparison."""
    warnings.simplefilter("ignore")  # the models complain of short series
    others = models()
    print("Errors in steps: one is how much the series moved on average from one figure to the next until then.")
    report("Real yearly figures, the next year", real(), {AS_NOW: now} | others, year=1)
    levels = {AS_NOW: now, AS_LAST_YEAR: before, CHANGING: changing}
    sums = {PACE: pace, REST_AS_LAST_YEAR: before, LIKE_LAST_YEAR: like}
    for words, aheads in (("one quarter ahead", (1,)), ("two or three quarters ahead", (2, 3))):
        tries = [each for each in made_up() if len(each.came) in aheads]
        report(f"Made-up quarterly figures, the year's last, {words}", tries, levels | others)
        report(f"Made-up quarterly sums, the year's, {words}", tries, sums | others, total=True)


if __name__ == "__main__":
    main()
