"""
The ledger: every record of a framework, as it stood at a quarter, for one edition.

An edition filters at the door: what is exempt never reaches the public ledger.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.framework import EDITIONS, Framework, home, load_framework
from kpilib.records.periods import Period, period
from kpilib.records.schema import (
    FILES,
    NUMBERS,
    cell_faults,
    column_faults,
    unknown_faults,
)

NEEDED = ("indicators.csv", "readings.csv", "targets.csv")


@dataclass(frozen=True)
class Ledger:
    """
    The records of one framework, one frame for each file.

    Frames that hold periods have `start` and `end` too, in months, so that they can be put in order.
    A file that is absent is an empty frame. Nothing here is ever changed in place.
    """

    framework: Framework
    edition: str
    indicators: pd.DataFrame
    readings: pd.DataFrame
    targets: pd.DataFrame
    overrides: pd.DataFrame
    benchmarks: pd.DataFrame
    commentary: pd.DataFrame
    risks: pd.DataFrame
    risk_notes: pd.DataFrame
    milestones: pd.DataFrame

    def as_at(self, at: Period) -> Ledger:
        """
        Give the ledger as it stood when a quarter was reported.

        Of each figure, the row reported last but not after the quarter;
        of commentary, risks and milestones, everything up to that quarter;
        of indicators, those that had begun and not ended.
        """
        readings = self.readings[self.readings["reported_end"] <= at.end]
        readings = readings.sort_values(["indicator", "end", "reported_end"], kind="stable")
        benchmarks = self.benchmarks[self.benchmarks["reported_end"] <= at.end]
        begun = self.indicators["from_end"].isna() | (self.indicators["from_end"] <= at.end)
        ended = self.indicators["to_end"].notna() & (self.indicators["to_end"] < at.end)
        return replace(
            self,
            indicators=self.indicators[begun & ~ended],
            readings=readings.drop_duplicates(["indicator", "period"], keep="last"),
            benchmarks=benchmarks.sort_values("reported_end", kind="stable").drop_duplicates(
                ["indicator", "period", "comparator"], keep="last"
            ),
            **{
                name: _until(getattr(self, name), at)
                for name in ("overrides", "commentary", "risks", "risk_notes", "milestones")
            },
        )

    def until(self, at: Period) -> Ledger:
        """
        Give the same knowledge, looked at from an earlier quarter: no figure for what happened after it.

        An awaited figure stays if its period has begun.
        """
        over = self.readings["end"] <= at.end
        begun = self.readings["status"].eq("awaited") & (self.readings["start"] <= at.end)
        return replace(self, readings=self.readings[over | begun])


def _until(frame: pd.DataFrame, at: Period) -> pd.DataFrame:
    return frame[frame["quarter_end"] <= at.end]


def load_ledger(framework: str, edition: str = "public", root: str | Path | None = None) -> Ledger:
    """
    Read all the records of a framework for an edition.

    Raises:
        RecordsError: with every fault of every file.
    """
    if edition not in EDITIONS:
        raise RecordsError([Fault("edition", f"{edition!r} is not an edition", allowed(edition, EDITIONS))])
    loaded = load_framework(framework, root)
    folder = home(root) / "data" / framework
    faults: list[Fault] = []
    texts = {file: _read(folder / file, f"data/{framework}/{file}", faults) for file in FILES}
    if edition == "public":
        texts = without_exempt(texts)
    for file, frame in texts.items():
        if frame.attrs.get("whole"):
            faults.extend(cell_faults(file, frame, f"data/{framework}/{file}", loaded.year_starts))
    faults.extend(_relation_faults(texts, loaded, f"data/{framework}"))
    if faults:
        raise RecordsError(faults)
    return Ledger(
        loaded,
        edition,
        *(_typed(file, frame, loaded.year_starts) for file, frame in texts.items()),
    )


def _read(path: Path, place: str, faults: list[Fault]) -> pd.DataFrame:
    """Read a file as text, adding what is wrong with it; rows are numbered as a spreadsheet does."""
    nothing = pd.DataFrame(columns=list(FILES[path.name]), dtype=str).rename_axis("row")
    if not path.exists():
        if path.name in NEEDED:
            faults.append(Fault(place, "is missing", "Put it there; a heading row alone will do."))
        return nothing
    try:
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.append(Fault(f"{place}, line {line}", "is not UTF-8 text", "Save it as `CSV UTF-8` in Excel."))
        return nothing
    except csv.Error as error:
        remedy = 'Look for a " without its pair, or a file cut short; fetch the whole file again.'
        faults.append(Fault(place, f"cannot be read as CSV ({error})", remedy))
        return nothing
    if not rows:
        faults.append(Fault(place, "is empty", f"Begin it with the heading {', '.join(FILES[path.name])}."))
        return nothing
    header = [name.strip() for name in rows[0]]
    found = list(column_faults(path.name, header, place))
    kept = {number: row for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)}
    for number, row in kept.items():
        if len(row) != len(header):
            problem = f"has {len(row)} cells where the heading has {len(header)}"
            remedy = "Look for a comma too many or too few, or a file cut short."
            found.append(Fault(f"{place}, row {number}", problem, remedy))
    if found:
        faults.extend(found)
        return nothing
    frame = pd.DataFrame(list(kept.values()), index=pd.Index(list(kept), name="row"), columns=header, dtype=str)
    untouched = [name for name in frame if name == "as_printed"]
    frame = frame.apply(lambda column: column if column.name in untouched else column.str.strip())
    frame.attrs["whole"] = True
    return frame


def without_exempt(texts: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Leave out every exempt row, and every row of an exempt indicator or risk, in every file."""
    gone = {
        key: set(_exempt_rows(texts[file])[key])
        for key, file in (("indicator", "indicators.csv"), ("risk", "risks.csv"))
    }
    kept = {}
    for file, frame in texts.items():
        rows = frame.index.difference(_exempt_rows(frame).index)
        for key in ("indicator", "risk", "supports"):
            if key in frame:
                hidden = gone["risk" if key == "risk" else "indicator"]
                rows = rows[~frame.loc[rows, key].isin(hidden)]
        kept[file] = frame.loc[rows]
        kept[file].attrs = frame.attrs
    return kept


def _exempt_rows(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["exempt"] != ""] if "exempt" in frame else frame.iloc[:0]


def _relation_faults(texts: dict[str, pd.DataFrame], framework: Framework, folder: str) -> Iterator[Fault]:
    """Find rows that name an indicator, page or risk that is not there."""
    indicators = texts["indicators.csv"]
    if indicators.attrs.get("whole"):
        pages = [entry.page for entry in framework.indicator_pages]
        place = f"{folder}/indicators.csv"
        yield from unknown_faults(indicators, "page", pages, place, "the pages of framework.yml")
        for file, frame in texts.items():
            for column in {"indicator", "supports"} & set(frame):
                yield from unknown_faults(frame, column, indicators["indicator"], f"{folder}/{file}", "indicators.csv")
    if texts["risks.csv"].attrs.get("whole"):
        place = f"{folder}/risk_notes.csv"
        yield from unknown_faults(texts["risk_notes.csv"], "risk", texts["risks.csv"]["risk"], place, "risks.csv")
    yield from _value_faults(texts, framework, folder)


def _value_faults(texts: dict[str, pd.DataFrame], framework: Framework, folder: str) -> Iterator[Fault]:
    """Find rows whose cells do not agree with one another."""
    readings = texts["readings.csv"]
    status = readings.get("status", pd.Series("", index=readings.index))
    absent = status.isin(["awaited", "not measured"])
    for row in readings.index[readings["value"].eq("") & ~absent]:
        remedy = "Write the figure, or the status `awaited` or `not measured`."
        yield Fault(f"{folder}/readings.csv, row {row}, column value", "is empty", remedy)
    for row in readings.index[readings["value"].ne("") & absent]:
        problem = f"{readings.at[row, 'value']!r} stands beside the status {status[row]!r}"
        remedy = "Take the figure away, or give it the status final, provisional or estimate."
        yield Fault(f"{folder}/readings.csv, row {row}, column value", problem, remedy)
    targets = texts["targets.csv"]
    for row in targets.index[targets["kind"].eq("range") & targets["high"].eq("")]:
        yield Fault(f"{folder}/targets.csv, row {row}, column high", "is empty", "A range needs low and high.")
    if framework.risk is None and len(texts["risks.csv"]):
        remedy = "Give the scales and bands of the scores there."
        yield Fault(f"params/{framework.slug}/framework.yml", "has risks but no `risk` part", remedy)


def _typed(file: str, frame: pd.DataFrame, year_starts: int) -> pd.DataFrame:
    """Give numbers as numbers and periods their months; columns that are absent are empty."""
    typed = frame.reindex(columns=list(FILES[file]), fill_value="").reset_index(drop=True)
    for name in NUMBERS[file]:
        typed[name] = pd.to_numeric(typed[name])
    if "reported" in typed:
        typed["reported_end"] = _months(typed["reported"], year_starts)["end"].fillna(0)
    if "quarter" in typed:
        typed["quarter_end"] = _months(typed["quarter"], year_starts)["end"]
    if "period" in typed:
        names = ["period_kind", "start", "end", "period_name", "period_short"]
        typed[names] = _months(typed["period"], year_starts)
    for name in ("from", "to", "break_from"):
        if file == "indicators.csv":
            typed[[f"{name}_start", f"{name}_end"]] = _months(typed[name], year_starts)[["start", "end"]]
    if file == "targets.csv":
        last = _months(typed["to"], year_starts)["end"]
        typed["end"] = last.fillna(typed["end"])
    return typed


def _months(column: pd.Series, year_starts: int) -> pd.DataFrame:
    """Read a column of periods: kind, first month, last month; each different text is read once."""
    known = {text: period(text, year_starts) for text in column.unique() if text}
    return pd.DataFrame(
        {
            "kind": column.map({text: found.kind for text, found in known.items()}),
            "start": column.map({text: found.start for text, found in known.items()}).astype("float64"),
            "end": column.map({text: found.end for text, found in known.items()}).astype("float64"),
            "name": column.map({text: found.name for text, found in known.items()}),
            "short_name": column.map({text: found.short_name for text, found in known.items()}),
        },
        index=column.index,
    )
