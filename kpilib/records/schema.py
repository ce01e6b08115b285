"""
What each record file may hold: its columns, and what a cell of each may say.

One table here is the promise that `data/README.md` explains.
Checking is pandera's; this module says what to check, and turns what fails into faults.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pandera.pandas as pa

from kpilib.records.faults import Fault, allowed
from kpilib.records.periods import CENTURIES, period, quarter
from kpilib.records.signs import EXCEL_ERROR, REFUSED, UNSEEN, excel_error, refused

NUMBER = r"(?!-0+(?:\.0+)?$)-?[0-9]{1,15}(\.[0-9]{1,15})?"
COUNT = r"[0-9]{1,9}"
RANK = r"[1-9][0-9]{0,8}"
DIGITS = "[0-9]|1[0-5]"
FORMULA = r"^[=+@＝＋－＠-]"
ADDRESS = r"https://[^\s<>\"]+"
ABSENT = ("awaited", "not measured")  # the statuses of a reading without a figure
MOST_COLUMNS = 100  # of a heading; more are no names that somebody wrote
MOST_QUOTED = 80  # letters of a cell that a fault repeats
TOLERANCE = r"[0-9]{1,9}(\.[0-9]{1,9})?(%| points)"


def _date(text: str) -> date:
    """Read a date in the one form that is written here, of the several that ISO knows."""
    if len(text) != 10 or text[4] + text[7] != "--" or text[:2] not in CENTURIES:
        msg = f"{text!r} is not a date"
        raise ValueError(msg)
    return date.fromisoformat(text)


_READERS: Mapping[str, Callable[[str, int], object]] = {
    "period": period,
    "quarter": quarter,
    "date": lambda text, _: _date(text),
}


@dataclass(frozen=True)
class Cell:
    """What a column's cells may say: a test of each, why it failed, and what to do."""

    problem: str = ""
    remedy: str = ""
    pattern: str = ""
    words: tuple[str, ...] = ()
    reads: str = ""
    needed: bool = False
    optional: bool = False


TEXT = Cell()
NAMED = Cell(needed=True)
NUMERIC = Cell(
    "is not a number",
    "Write digits only, with a point for decimals, at most 15: no comma, % or £; leave it empty where there is none.",
    pattern=NUMBER,
)
WHOLE = Cell("is not a whole number", "Write digits only.", pattern=COUNT)
DECIMALS = Cell("is not a number of decimals", "Write 0 to 15, in digits only.", pattern=DIGITS)
PLACE = Cell("is not a whole number of 1 or more", "Write digits only, from 1 up.", pattern=RANK)
DATE = Cell("is not a date", "Write a day that there is, like 2020-03-31, from 1800 to 2199.", reads="date")
PERIOD = Cell(
    "is not a period",
    "Write it like 2019-20-Q3, 2019-20 or 2019-11, as text, so that Excel makes no date of it.",
    reads="period",
)
QUARTER = Cell("is not a quarter", "Write it as 2019-20-Q3.", reads="quarter")
WITHIN = Cell("is not a tolerance", "Write `5%` of the target, or `2 points`.", pattern=TOLERANCE)


def needed(cell: Cell) -> Cell:
    """The same, and never empty."""
    return Cell(**{**cell.__dict__, "needed": True})


def optional(cell: Cell) -> Cell:
    """The same, in a column that may be absent."""
    return Cell(**{**cell.__dict__, "optional": True})


def one_of(*words: str) -> Cell:
    """One of these words."""
    return Cell("is not a word that this column knows", words=words)


LINK = Cell("is not an address", "Write the whole of it, beginning with https://, and without spaces.", pattern=ADDRESS)
EXEMPT = optional(TEXT)
NOTE = optional(TEXT)

FILES: Mapping[str, Mapping[str, Cell]] = {
    "indicators.csv": {
        "indicator": Cell("cannot be an indicator's name here", "Use small letters, digits and _ only.",
                          pattern=r"[a-z0-9][a-z0-9_]*", needed=True),
        "name": NAMED,
        "short_name": optional(TEXT),
        "page": NAMED,
        "directorate": NAMED,
        "frequency": needed(one_of("monthly", "quarterly", "termly", "annual")),
        "good_is": needed(one_of("high", "low", "on target", "near", "none")),
        "unit": TEXT,
        "basis": needed(one_of("quarter", "sum", "to date", "rolling", "snapshot")),
        "decimals": optional(DECIMALS),
        "green_within": optional(WITHIN),
        "amber_within": optional(WITHIN),
        "from": optional(QUARTER),
        "to": optional(QUARTER),
        "break_from": optional(PERIOD),
        "definition": optional(TEXT),
        "service": optional(TEXT),
        "source": optional(TEXT),
        "link": optional(LINK),
        "supports": optional(TEXT),
        "exempt": EXEMPT,
        "note": NOTE,
    },
    "readings.csv": {
        "indicator": NAMED,
        "period": needed(PERIOD),
        "value": NUMERIC,
        "reported": needed(QUARTER),
        "numerator": optional(NUMERIC),
        "denominator": optional(NUMERIC),
        "status": optional(one_of("final", "provisional", "estimate", "awaited", "not measured")),
        "covers": optional(TEXT),
        "as_printed": optional(TEXT),
        "note": NOTE,
        "exempt": EXEMPT,
    },
    "targets.csv": {
        "indicator": NAMED,
        "period": needed(PERIOD),
        "kind": needed(one_of("point", "range", "quartile", "total")),
        "low": needed(NUMERIC),
        "high": NUMERIC,
        "to": optional(PERIOD),
        "spread": optional(one_of("flat", "linear", "seasonal")),
        "amber_at": optional(NUMERIC),
        "as_printed": optional(TEXT),
        "note": NOTE,
    },
    "overrides.csv": {
        "indicator": NAMED,
        "quarter": needed(QUARTER),
        "rating": needed(one_of("blue", "green", "yellow", "amber", "red", "not rated")),
        "reason": NAMED,
        "approved_by": NAMED,
    },
    "tallies.csv": {
        "quarter": needed(QUARTER),
        "directorate": TEXT,
        "rating": needed(one_of("blue", "green", "yellow", "amber", "red", "not rated")),
        "indicators": needed(WHOLE),
        "note": NOTE,
    },
    "benchmarks.csv": {
        "indicator": NAMED,
        "period": needed(PERIOD),
        "comparator": NAMED,
        "value": NUMERIC,
        "rank": optional(PLACE),
        "of": optional(PLACE),
        "reported": optional(QUARTER),
        "source": optional(TEXT),
    },
    "comparators.csv": {
        "comparator": NAMED,
        "group": NAMED,
    },
    "commentary.csv": {
        "indicator": NAMED,
        "quarter": needed(QUARTER),
        "kind": needed(one_of("performance", "good practice", "issue", "cause", "action")),
        "text": NAMED,
        "owner": optional(TEXT),
        "due": optional(DATE),
        "exempt": EXEMPT,
    },
    "risks.csv": {
        "quarter": needed(QUARTER),
        "risk": Cell("cannot be a risk's number here", "Use letters and digits only, such as CR1.",
                     pattern=r"[A-Za-z][A-Za-z0-9]*", needed=True),
        "kind": needed(one_of("risk", "opportunity")),
        "title": NAMED,
        "type": TEXT,
        "owner": TEXT,
        "impact": PLACE,
        "likelihood": PLACE,
        "score": needed(PLACE),
        "residual_impact": PLACE,
        "residual_likelihood": PLACE,
        "residual_score": needed(PLACE),
        "direction": one_of("increasing", "level", "reducing", "new", "closed"),
        "target_score": optional(PLACE),
        "target_date": optional(DATE),
        "review_date": optional(DATE),
        "progress": optional(one_of("green", "amber", "red")),
        "merged_from": optional(Cell("is not a list of risks' numbers", "Write them like CR2; CR5.",
                                     pattern=r"[A-Za-z][A-Za-z0-9]*(; [A-Za-z][A-Za-z0-9]*)*")),
        "directorate": optional(TEXT),
        "note": NOTE,
        "exempt": EXEMPT,
    },
    "risk_notes.csv": {
        "quarter": needed(QUARTER),
        "risk": NAMED,
        "kind": needed(one_of("cause", "consequence", "benefit", "control", "action", "progress")),
        "text": NAMED,
        "owner": optional(TEXT),
        "due": optional(DATE),
        "status": optional(one_of("done", "in progress", "planned")),
        "exempt": EXEMPT,
    },
    "milestones.csv": {
        "quarter": needed(QUARTER),
        "objective": NAMED,
        "milestone": NAMED,
        "text": NAMED,
        "due": needed(DATE),
        "status": TEXT,
        "directorate": TEXT,
        "owner": TEXT,
        "forecast": optional(DATE),
        "commentary": optional(TEXT),
        "exempt": EXEMPT,
    },
}  # fmt: skip

KEYS = {
    "indicators.csv": ["indicator"],
    "readings.csv": ["indicator", "period", "reported"],
    "targets.csv": ["indicator", "period", "kind"],
    "overrides.csv": ["indicator", "quarter"],
    "tallies.csv": ["quarter", "directorate", "rating"],
    "benchmarks.csv": ["indicator", "period", "comparator", "reported"],
    "comparators.csv": ["comparator", "group"],
    "commentary.csv": ["indicator", "quarter", "kind", "text"],
    "risks.csv": ["quarter", "risk"],
    "risk_notes.csv": ["quarter", "risk", "kind", "text"],
    "milestones.csv": ["quarter", "milestone"],
}
NUMBERS = {
    file: [name for name, cell in columns.items() if cell.pattern in (NUMBER, COUNT, RANK, DIGITS)]
    for file, columns in FILES.items()
}


def column_faults(file: str, header: list[str], place: str) -> Iterator[Fault]:
    """
    Find columns that are unknown, doubled or missing.

    One that is like none may be a cell of a record, as where the heading is lost, and is named by its letter alone.
    """
    columns = FILES[file]
    if len(header) > MOST_COLUMNS:
        yield Fault(f"{place}, row 1", f"has {len(header)} columns", f"The heading is {', '.join(columns)}.")
        return
    for number, name in enumerate(header):
        letter = chr(ord("A") + number) if number < 26 else str(number + 1)
        if not name:
            yield Fault(f"{place}, column {letter}", "has no heading", "Give it one, or empty the whole column.")
        elif name not in columns:
            said = repr(name) if _misspelt(name, columns) else letter
            yield Fault(f"{place}, column {said}", "is not a column of this file", allowed(name, columns))
    for name in sorted({name for name in header if name in columns and header.count(name) > 1}):
        yield Fault(
            f"{place}, column {name!r}", "stands twice in the heading", "Give each column a heading of its own."
        )
    meant = {difflib.get_close_matches(name, columns, n=1)[0] for name in header if _misspelt(name, columns)}
    for name, cell in columns.items():
        if name not in header and not cell.optional and name not in meant:
            yield Fault(place, f"column {name!r} is missing", f"Add it; the heading is {', '.join(columns)}.")


def _misspelt(name: str, columns: Iterable[str]) -> bool:
    return name not in columns and bool(difflib.get_close_matches(name, columns, n=1))


def cell_faults(file: str, frame: pd.DataFrame, where: Callable[[int, str], str], year_starts: int) -> Iterator[Fault]:
    """
    Find cells that say what their column does not know, and rows said twice.

    Args:
        frame: the file as text, indexed by its rows as a spreadsheet numbers them.
        where: names the place of a row and column; of the whole row where the column is empty.
    """
    columns = FILES[file]
    schema = pa.DataFrameSchema(
        {name: pa.Column(str, _checks(columns[name], year_starts, name == "as_printed")) for name in frame},
        unique=KEYS[file],
        report_duplicates="exclude_first",
    )
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        cells = cases[cases["schema_context"] == "Column"]
        for row, name, value, check in zip(
            cells["index"], cells["column"], cells["failure_case"], cells["check"], strict=True
        ):
            yield _cell_fault(where(row, name), value, check, columns[name])
        yield from _duplicates(file, frame, where)


def _checks(cell: Cell, year_starts: int, printed: bool) -> list[pa.Check]:
    checks = [_lacks("control", lambda column: column.str.contains(REFUSED))]
    if not printed:
        checks.append(_lacks("unseen", lambda column: column.str.fullmatch(UNSEEN)))
    if not (printed or cell.pattern or cell.words or cell.reads):
        checks.append(_lacks("formula", lambda column: column.str.contains(FORMULA)))
        checks.append(_lacks("excel", lambda column: column.str.fullmatch(EXCEL_ERROR)))
    if cell.needed:
        checks.append(_lacks("needed", lambda column: column == ""))
    if cell.words:
        checks.append(pa.Check.isin(["", *cell.words], error="known"))
    if cell.pattern:
        checks.append(pa.Check.str_matches(rf"^({cell.pattern})?$", error="known"))
    if cell.reads:
        read = _READERS[cell.reads]
        checks.append(pa.Check(lambda column: _readable(column, read, year_starts), error="known"))
    return checks


def _lacks(name: str, holds: Callable[[pd.Series], pd.Series]) -> pa.Check:
    """Make a check that finds the cells of a column that hold what they should not."""
    return pa.Check(lambda column: ~holds(column), name=name, error=name)


def _readable(column: pd.Series, read: Callable[[str, int], object], year_starts: int) -> pd.Series:
    """Say which cells can be read; each different text is tried once."""
    good = {""}
    for text in column.unique():
        try:
            read(text, year_starts)
            good.add(text)
        except ValueError:
            continue
    return column.isin(good)


def _cell_fault(place: str, value: str, check: str, cell: Cell) -> Fault:
    if check == "needed":
        return Fault(place, "is empty", "Fill it in; every row needs it.")
    if check == "control" and (why := refused(value)):
        return Fault(place, *why)
    if check == "unseen":
        return Fault(place, "holds signs that nobody can see, and nothing else", "Empty the cell, or fill it in.")
    if check == "excel":
        return Fault(place, *excel_error(value))
    if check == "formula":
        problem = f"{value[:40]!r} begins with {value[0]}, which Excel takes for a formula"
        return Fault(place, problem, "Begin with a word.")
    remedy = allowed(value, cell.words) if cell.words else cell.remedy
    said = value if len(value) <= MOST_QUOTED else f"{value[:MOST_QUOTED]}…"
    return Fault(place, f"{said!r} {cell.problem}", remedy)


def _duplicates(file: str, frame: pd.DataFrame, where: Callable[[int, str], str]) -> Iterator[Fault]:
    keys = [key for key in KEYS[file] if key in frame]
    again = frame[frame.duplicated(keys)]
    first = frame.drop_duplicates(keys).reset_index().set_index(keys)["row"]
    for row, values in zip(again.index, again[keys].itertuples(index=False), strict=True):
        before = first[tuple(values) if len(keys) > 1 else values[0]]
        problem = f"{', '.join(values)} stands already in row {before}"
        marks = frame["exempt"] if "exempt" in frame else pd.Series("", frame.index)
        remedy = "Keep one of the two rows."
        if file == "readings.csv":
            remedy = "Keep one; a revised figure is a new row with a later `reported`."
        if (marks[row] == "") != (marks[before] == ""):
            remedy = "One of them is marked as exempt: mark the other too, then keep one."
        yield Fault(where(row, ""), problem, remedy)


def unknown_faults(frame: pd.DataFrame, column: str, known: Iterable[str], place: str, where: str) -> Iterator[Fault]:
    """Find cells of a column that name something that is not there."""
    known = set(known) | {""}
    for row, value in frame.loc[~frame[column].isin(known), column].items():
        yield Fault(
            f"{place}, row {row}, column {column}", f"{value!r} is not in {where}", allowed(value, known - {""})
        )
