"""
The figures of the fictional councils: same seed, same figures.

    python benchmarks/fictional.py

reads `benchmarks/fictional/<council>.csv`, a row for each indicator or supporting measure, and
`data/<council>/indicators.csv`, and writes `readings.csv` and `benchmarks.csv` beside the latter.
Every figure is made up. An indicator has random numbers of its own, so a change in its row moves no other's figures.
Frequency, basis and decimals (without them 1) are those of indicators.csv; monthly gives months, annual gives council
years, quarterly quarters, and termly the quarters of the three terms (all but July to September).

The columns of a specification; an empty cell takes what stands in brackets:

    indicator    as in indicators.csv
    level        where the figure stands at the end of Quarter 2 2023/24, before season and chance, for one period:
                 for `sum` and `to date` what a single quarter, month or year adds (needed)
    drift        how much the level rises in a year (0)
    season       how far the year swings it to either side (0)
    peak         the quarter of the council year in which it is highest, 1 to 4, or 3.5 for between two (4)
    noise        the standard deviation of chance (0)
    floor, ceiling   no single figure is below, or above, this (0; for the unit % 100, else none)
    first        the first period (2018-19-Q3, 2018-10 or 2018-19)
    last         the last period (the last that could be in the report of Quarter 2 2023/24)
    step         how much higher the level is from `step_at` on; before, it was the `level` less this (0)
    step_at      a period; beside a new way of measuring, the `break_from` of indicators.csv
    events       what happened in single periods: `2020-21-Q1 -40; 2020-21-Q2 -12.5`, added to their figures
    missing      periods without a figure: `2020-21-Q1; 2020-21-Q2`
    lag          how many quarters after its own a figure is reported; for a year, after its last (0; annual 1)
    revised      later figures: `2023-24-Q1 in 2023-24-Q2 by 0.8; 2022-23-Q4 in 2023-24-Q1 by -0.3`
    revised_note the note of these later figures
    latest       the status of the latest figure: final, provisional, estimate or awaited (final)
    covers       what every figure covers, `{year}` being its year: `School year {year}`
    note         the note of the latest figure
    exempt       the exempt text of the latest figure
    comparators  whom to compare with and how far above the council each stands: `Shire average 1.2; England -0.4`
                 (for `sum` and `to date` over a whole year), for each of the last three years over
    rank         where the council ranks by the latest year, beside the first comparator: `9 of 21`
"""

from __future__ import annotations

import math
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from kpilib.records.periods import Period, earlier, month, period, quarter

ROOT = Path(__file__).resolve().parents[1]
LAST = quarter("2023-24-Q2")
SPANS = {"monthly": 1, "quarterly": 3, "termly": 3, "annual": 12}  # months of a figure
FIRST = {"monthly": "2018-10", "quarterly": "2018-19-Q3", "termly": "2018-19-Q3", "annual": "2018-19"}
READINGS = ["indicator", "period", "value", "reported", "status", "covers", "exempt", "note"]
BENCHMARKS = ["indicator", "period", "comparator", "value", "rank", "of", "reported", "source"]

SHARED = ["frequency", "basis", "unit", "decimals"]
COLUMNS = (
    "level drift season peak noise floor ceiling first last step step_at events missing lag revised revised_note "
    "latest covers note exempt comparators rank"
).split()


def table(path: Path) -> pd.DataFrame:
    """Read a CSV file, every cell as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def parts(text: str) -> list[str]:
    """Split a cell that holds several things."""
    return [part.strip() for part in text.split(";") if part.strip()]


def year_of(end: int) -> int:
    """Give the calendar year in which the council year of a month began; months are counted from year 0."""
    return (end - 3) // 12


def year_name(began: int) -> str:
    """Name a council year by the calendar year in which it began."""
    return f"{began}-{(began + 1) % 100:02d}"


def report_of(end: int, lag: int) -> Period:
    """Find the quarter whose report has a figure that ends in this month, so many quarters late."""
    began, months = divmod(end - 3, 12)
    return earlier(quarter(f"{year_name(began)}-Q{months // 3 + 1}"), -lag)


def periods(frequency: str, first: Period) -> list[Period]:
    """List every period from the beginning of the first one's year to the last quarter, in order."""
    starts = range(year_of(first.start) * 12 + 3, LAST.end + 1, SPANS[frequency])
    if frequency == "monthly":
        return [month(start) for start in starts]
    if frequency == "annual":
        return [period(year_name(year_of(start))) for start in starts if start + 11 <= LAST.end]
    listed = [report_of(start + 2, 0) for start in starts]
    return [one for one in listed if frequency == "quarterly" or not one.text.endswith("Q2")]


def written(value: float, decimals: int) -> str:
    """Write a figure with its decimals, nought without a sign."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def number(text: str, default: float) -> float:
    """Read a cell as a number, an empty one as the default."""
    return float(text) if text else default


def levels(row: pd.Series, listed: list[Period], random: np.random.Generator) -> np.ndarray:
    """Give the figure of each single period, before running totals: level, drift, step, season, chance and events."""
    middle = np.array([(one.start + one.end) / 2 for one in listed])
    years = (np.array([one.end for one in listed]) - LAST.end) / 12
    stepped = period(row["step_at"]).start if row["step_at"] else 0
    season = number(row["season"], 0) * np.cos((middle - 4 - 3 * (number(row["peak"], 4) - 1)) * math.pi / 6)
    values = float(row["level"]) + number(row["drift"], 0) * years + season * (row["frequency"] != "annual")
    values = values - number(row["step"], 0) * np.array([one.start < stepped for one in listed])
    values = values + number(row["noise"], 0) * random.standard_normal(len(listed))
    for event in parts(row["events"]):
        text, change = event.split()
        values = values + float(change) * np.array([one.text == text for one in listed])
    ceiling = number(row["ceiling"], 100 if row["unit"] == "%" else math.inf)
    return np.clip(values, number(row["floor"], 0), ceiling)


def readings(row: pd.Series, random: np.random.Generator) -> list[dict[str, str]]:
    """Make the rows of readings.csv for one indicator, the revisions among them."""
    frequency, decimals = row["frequency"], int(row["decimals"] or 1)
    first = period(row["first"] or FIRST[frequency])
    listed = periods(frequency, first)
    values = pd.Series(levels(row, listed, random), index=listed)
    if row["basis"] == "to date":
        values = values.round(decimals).groupby([year_of(one.end) for one in listed]).cumsum()
    lag = int(row["lag"] or (frequency == "annual"))
    last = period(row["last"]).end if row["last"] else LAST.end
    kept = [one for one in listed if first.start <= one.start and one.end <= last]
    kept = [one for one in kept if report_of(one.end, lag).end <= LAST.end and one.text not in parts(row["missing"])]
    later = {part.split()[0]: part.split()[2::2] for part in parts(row["revised"])}
    made = []
    for one in kept:
        latest = one == kept[-1]
        status = (row["latest"] or "final") if latest else "final"
        cells = {"indicator": row["indicator"], "period": one.text, "reported": report_of(one.end, lag).text}
        cells["covers"] = row["covers"].format(year=f"{year_of(one.end)}/{(year_of(one.end) + 1) % 100:02d}")
        cells["status"] = "provisional" if one.text in later else status
        cells["value"] = "" if status == "awaited" else written(values[one], decimals)
        made.append(cells | ({"note": row["note"], "exempt": row["exempt"]} if latest else {}))
        if one.text in later:
            reported, change = later[one.text]
            value = written(values[one] + float(change), decimals)
            note = {"value": value, "reported": reported, "status": "final", "note": row["revised_note"]}
            made.append(cells | note)
    return made


def benchmarks(row: pd.Series, random: np.random.Generator) -> list[dict[str, str]]:
    """Make the rows of benchmarks.csv for one indicator: each comparator for each of the last three years over."""
    decimals = int(row["decimals"] or 1)
    times = 12 // SPANS[row["frequency"]] if row["basis"] in ("sum", "to date") else 1
    rank, of = (int(part) for part in (row["rank"] or "0 of 0").split(" of "))
    made = []
    for began in range(year_of(LAST.end) - 1, year_of(LAST.end) - 4, -1):
        level = float(row["level"]) + number(row["drift"], 0) / 2 * (began + 1 - year_of(LAST.end))
        for place, comparator in enumerate(parts(row["comparators"])):
            name, gap = comparator.rsplit(" ", 1)
            value = level * times + float(gap) + number(row["noise"], 0) / 3 * random.standard_normal()
            value = min(max(value, number(row["floor"], 0)), 100 if row["unit"] == "%" else math.inf)
            ranked = {"rank": str(rank), "of": str(of)} if rank and not place else {}
            cells = {"indicator": row["indicator"], "period": year_name(began), "comparator": name}
            cells |= {"value": written(value, decimals), "reported": f"{year_name(began + 1)}-Q2"}
            made.append(cells | ranked | {"source": f"Made-up comparisons, {began}/{(began + 1) % 100:02d}"})
        rank = int(np.clip(rank + random.integers(-2, 3), 1, max(of, 1))) if rank else 0
    return made[::-1]


def council(slug: str) -> dict[str, str]:
    """
    Make the two files of one council, as text, by name.

    Raises:
        ValueError: the specification has an indicator that indicators.csv does not know, or a column of its own.
    """
    specified = table(ROOT / f"benchmarks/fictional/{slug}.csv")
    columns = table(ROOT / f"data/{slug}/indicators.csv").reindex(columns=["indicator", *SHARED], fill_value="")
    unknown = {*specified["indicator"]} - {*columns["indicator"]} | {*specified} - {"indicator", *COLUMNS}
    if unknown:
        msg = f"{slug}: unknown indicators or columns in the specification: {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    rows = specified.reindex(columns=["indicator", *COLUMNS], fill_value="").merge(columns, on="indicator")
    made: dict[str, list[dict[str, str]]] = {"readings.csv": [], "benchmarks.csv": []}
    for _, row in rows.iterrows():
        seed = [crc32(slug.encode()), crc32(row["indicator"].encode())]
        made["readings.csv"] += readings(row, np.random.default_rng([*seed, 1]))
        made["benchmarks.csv"] += benchmarks(row, np.random.default_rng([*seed, 2]))
    headings = {"readings.csv": READINGS, "benchmarks.csv": BENCHMARKS}
    return {
        name: pd.DataFrame(made[name], columns=headings[name]).to_csv(index=False, lineterminator="\n")
        for name in headings
    }


def slugs() -> list[str]:
    """List the councils that have a specification."""
    return sorted(path.stem for path in (ROOT / "benchmarks/fictional").glob("*.csv"))


def main() -> None:
    """Write the files of every council that has a specification."""
    for slug in slugs():
        for name, text in council(slug).items():
            (ROOT / "data" / slug / name).write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
