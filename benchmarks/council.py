"""
A made-up council of any size, to measure and to look at: same seed, same council.

    python benchmarks/council.py FOLDER --indicators 1000 --quarters 100

writes FOLDER/params/made-up/ and FOLDER/data/made-up/; the council and every figure of it are fictional.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

LAST = 2019 * 4 + 2  # Quarter 3 of 2019/20, counted in quarters
FRAMEWORK = """\
council: Made-up County Council
strategy: A made-up strategy
fictional: true
ratings: {blue: Far better, green: On track, amber: Slightly off, red: Off track}
rules:
  - {from: 1995-96-Q1, blue_beyond: 10%, green_within: 1%, amber_within: 10%}
  - {from: 2019-20-Q3, blue_beyond: 10%, green_within: 2%, amber_within: 5%, steady_within: 1%}
pages:
  - {page: summary, title: Executive summary, kind: executive_summary}
"""
KINDS = [
    # unit, basis, good_is, level, season, noise, target as a share of the level; a total is over a year
    ("%", "quarter", "high", 80, 2, 3, 1.03, "point"),
    ("days", "quarter", "low", 12, 1.5, 1, 0.95, "point"),
    ("visits", "sum", "high", 50000, 6000, 2500, 4.0, "total"),
    ("%", "snapshot", "near", 50, 0, 1.5, 1.0, "point"),
    ("per 100,000", "rolling", "low", 640, 0, 9, 1.0, "range"),
    ("%", "snapshot", "high", 100, 0, 0, 0.95, "point"),
    ("cases", "sum", "low", 300, 60, 25, 4.1, "total"),
    ("people", "quarter", "none", 900, 50, 30, 0, ""),
]


def quarters(count: int) -> list[str]:
    """Name the last quarters up to Quarter 3 of 2019/20, the earliest first."""
    named = [divmod(LAST - back, 4) for back in range(count - 1, -1, -1)]
    return [f"{year}-{(year + 1) % 100:02d}-Q{number + 1}" for year, number in named]


def frames(indicators: int, count: int, pages: int, seed: int) -> dict[str, pd.DataFrame]:
    """Make the records: a figure of each indicator for each quarter, with season, drift, noise and a late step."""
    random = np.random.default_rng(seed)
    names = [f"measure_{number:04d}" for number in range(indicators)]
    kinds = [KINDS[number % len(KINDS)] for number in range(indicators)]
    columns = ["unit", "basis", "good_is", "level", "season", "noise", "share", "kind"]
    made = pd.DataFrame(kinds, columns=columns, index=names)
    level, season, noise = (made[[name]].to_numpy(float) for name in ("level", "season", "noise"))
    time = np.arange(count)
    drift = level * random.normal(0, 0.0015, (indicators, 1)) * (time - count)
    step = level * random.normal(0, 0.03, (indicators, 1)) * (time >= count - 9) * (noise > 0)
    values = level + season * np.cos(time * np.pi / 2) + (drift + step) * (noise > 0)
    values = values + noise * random.normal(0, 1, (indicators, count))
    values = np.round(np.where(made[["unit"]].to_numpy() == "%", np.clip(values, 0, 100), np.clip(values, 0, None)), 2)
    periods = quarters(count)
    titles = [f"Made-up measure {number}" for number in range(indicators)]
    page = [f"page_{number * pages // indicators}" for number in range(indicators)]
    indicator = pd.DataFrame(
        {"indicator": names, "name": titles, "page": page, "directorate": "Made-up directorate",
         "frequency": "quarterly", "good_is": made["good_is"], "unit": made["unit"], "basis": made["basis"],
         "decimals": np.where(made["level"] >= 300, 0, 1)}
    )  # fmt: skip
    reading = pd.DataFrame(values, index=names, columns=periods).rename_axis("indicator")
    reading = reading.reset_index().melt("indicator", var_name="period", value_name="value")
    years = list(dict.fromkeys(period[:7] for period in periods))
    target = indicator[["indicator"]].assign(kind=list(made["kind"]), low=list(made["level"] * made["share"]))
    target = target[target["kind"] != ""].merge(pd.DataFrame({"period": years}), how="cross")
    ranged = target["kind"] == "range"
    low, high = target["low"].where(~ranged, target["low"] * 0.95), (target["low"] * 1.05).where(ranged)
    target = target.assign(low=low, high=high)
    target["spread"] = np.where(target["kind"] == "total", "seasonal", "")
    return {
        "indicators.csv": indicator,
        "readings.csv": reading.assign(reported=reading["period"]),
        "targets.csv": target[["indicator", "period", "kind", "low", "high", "spread"]].round(2),
    }


def write(folder: Path, indicators: int, count: int, pages: int = 10, seed: int = 2019, slug: str = "made-up") -> None:
    """Write a made-up council's framework and records into a folder."""
    params, data = folder / "params" / slug, folder / "data" / slug
    for place in (params, data):
        place.mkdir(parents=True, exist_ok=True)
    entry = "  - {{page: page_{0}, title: Made-up priority {0}, kind: priority}}\n"
    listed = "".join(entry.format(number) for number in range(pages))
    (params / "framework.yml").write_text(FRAMEWORK + listed, encoding="utf-8")
    for name, frame in frames(indicators, count, pages, seed).items():
        frame.to_csv(data / name, index=False, lineterminator="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a made-up council.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--indicators", type=int, default=1000)
    parser.add_argument("--quarters", type=int, default=100)
    parser.add_argument("--pages", type=int, default=10)
    said = parser.parse_args()
    write(said.folder, said.indicators, said.quarters, said.pages)
