"""
What was published stays as it was: the records held against those that the last release keeps.

A row is of a quarter by its `reported` or `quarter`; rows of files without such a column are of no quarter, and may
change. So may the `exempt` cell, since a figure may have to be held back later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from kpilib.records.editions import Texts, exempt_rows, without_exempt
from kpilib.records.faults import Fault
from kpilib.records.framework import Framework, home
from kpilib.records.ledger import later_rows, read_texts
from kpilib.records.periods import Period
from kpilib.records.printed import guarded, unguarded
from kpilib.records.releases import DAMAGED, last_release, release_place
from kpilib.records.schema import FILES, KEYS, NUMBERS
from kpilib.records.store import finish
from kpilib.records.summaries import read_summaries

DATED = [file for file, columns in FILES.items() if {"reported", "quarter"} & set(columns)]
_SHOWN = 80  # letters of a text that a fault quotes


@dataclass(frozen=True)
class _Moved:
    """A row that is not as it was published: its key, and its number then and now; none where it was not there."""

    file: str
    key: tuple[str, ...]
    was: int | None
    now: int | None


def published_faults(
    framework: Framework, at: Period, edition: str = "public", root: str | Path | None = None
) -> list[Fault]:
    """
    Find what is no longer as it was published: each row or summary that was changed, is gone, or was added since.

    The records of a quarter are held against the last release up to it, which keeps the rows of those before too.
    A record file that cannot be read is left to whoever loads the records; one that the release keeps is told.

    Args:
        edition: for the public one nothing is told of what is exempt now, or was when it was published.
    """
    then = last_release(framework, at, root)
    if then is None:
        return []
    place = release_place(framework, then)
    folder, frozen = home(root) / "data" / framework.slug, home(root) / place / "records"
    if not frozen.is_dir():
        return [Fault(f"{place}/records", "is not there", DAMAGED)]
    finish(folder)
    old, new = (_whole(read_texts(framework.slug, each, [])) for each in (frozen, folder))
    damaged = [Fault(f"{place}/records/{file}", "is not whole", DAMAGED) for file in DATED if file not in old]
    moved = [each for file in DATED for each in _moved(file, old, new, then, framework.year_starts)]
    shown = (old, new)
    if moved and edition == "public":
        shown, moved = _open(moved, old, new, framework.year_starts)
    rows = [fault for each in moved for fault in _faults(each, (old, new), shown, then, framework)]
    return [*damaged, *rows, *_summary_faults(frozen, folder, then, edition, framework)]


def unmarked(framework: Framework, at: Period, root: str | Path | None = None) -> list[tuple[str, str]]:
    """Name the rows that were exempt when they were released last, up to a quarter, and are not any more; and when."""
    then = last_release(framework, at, root)
    if then is None:
        return []
    folder, frozen = home(root) / "data" / framework.slug, home(root) / release_place(framework, then) / "records"
    old, new = (_whole(read_texts(framework.slug, each, [])) for each in (frozen, folder))
    found = []
    for file in [file for file in old if file in new and "exempt" in FILES[file]]:
        rows = exempt_rows(old[file]), new[file].drop(index=exempt_rows(new[file]).index)
        was, now = (set(part[KEYS[file]].itertuples(index=False, name=None)) for part in rows)
        found += [(f"{file}, {' '.join(key)[:_SHOWN]}", then.text) for key in sorted(was & now)]
    return found


def _whole(texts: Texts) -> Texts:
    """
    Give every column that a file may have, with cells that say the same written alike; of files not whole, nothing.

    A number is the same with another nought at its end, and a cell as printed without its quotation marks.
    """
    found = {}
    for file, frame in texts.items():
        if frame.attrs.get("whole"):
            frame = frame.reindex(columns=list(FILES[file]), fill_value="").rename_axis("row")
            alike = dict.fromkeys(NUMBERS[file], _number) | ({"as_printed": unguarded} if "as_printed" in frame else {})
            found[file] = frame.assign(**{name: _each(frame[name], write) for name, write in alike.items()})
    return found


def _each(column: pd.Series, write: Callable[[str], str]) -> pd.Series:
    """Write each cell otherwise; one that stands there often is written once."""
    return column.map({text: write(text) for text in column.unique()})


def _number(text: str) -> str:
    """Write a number as short as can be; what is none stays as it is."""
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return text


def _moved(file: str, old: Texts, new: Texts, then: Period, year_starts: int) -> Iterator[_Moved]:
    """Find the rows of a file, up to a quarter, that are not as they were."""
    if file not in old or file not in new:
        return
    kept = new[file].drop(index=later_rows(new[file], then, year_starts))
    keys = [dict(zip(zip(*(each[name] for name in KEYS[file]), strict=True), each.index, strict=True))
            for each in (old[file], kept)]  # fmt: skip
    rows = [each.drop(columns="exempt", errors="ignore") for each in (old[file], kept)]
    cells = [dict(zip(each.index, each.itertuples(index=False, name=None), strict=True)) for each in rows]
    for key, was in keys[0].items():
        now = keys[1].get(key)
        if now is None or cells[0][was] != cells[1][now]:
            yield _Moved(file, key, was, now)
    for key, now in keys[1].items():
        if key not in keys[0]:
            yield _Moved(file, key, None, now)


def _open(moved: list[_Moved], old: Texts, new: Texts, year_starts: int) -> tuple[tuple[Texts, Texts], list[_Moved]]:
    """
    Keep what the public may be told of, with the records as it may see them.

    A row that is gone is looked at as it would be today too: its indicator may have become exempt since.
    """
    gone = {file: [each.was for each in moved if each.file == file and each.now is None] for file in old}
    again = {file: old[file].loc[rows].rename(index=lambda row: -row) for file, rows in gone.items()}
    both = {file: pd.concat([frame, again[file]]).rename_axis("row") if gone.get(file) else frame
            for file, frame in new.items()}  # fmt: skip
    if not all(file in each for each in (old, both) for file in FILES):
        return (old, new), []  # what is exempt cannot be told
    seen = without_exempt(old, year_starts), without_exempt(both, year_starts)
    told = []
    for each in moved:
        today = each.now if each.now is not None else -(each.was or 0)
        if (each.was is None or each.was in seen[0][each.file].index) and today in seen[1][each.file].index:
            told.append(each)
    return seen, told


def _faults(
    each: _Moved, texts: tuple[Texts, Texts], shown: tuple[Texts, Texts], then: Period, framework: Framework
) -> Iterator[Fault]:
    """Tell of a row in words; of one that was changed, column by column, where nothing of the cell is held back."""
    file, key = each.file, ", ".join(cell for cell in each.key if cell)[:_SHOWN]
    place, released = f"data/{framework.slug}/{file}", f"{then.text} is released."
    dated = "reported" in FILES[file]
    later = "is a new row with a later `reported`" if dated else "belongs into the next quarter"
    if each.was is None:
        problem = f"{key}: this row was added after {then.text} was released"
        move = "Give it the `reported` of a later quarter" if dated else "Move it into the next quarter"
        yield Fault(f"{place}, row {each.now}", problem, f"{move}: {released}")
        return
    source = f"{release_place(framework, then)}/records/{file}, row {each.was}"
    if each.now is None:
        row = shown[0][file].loc[each.was]
        said = ", ".join(f"{name} {_quoted(cell)}" for name, cell in row.items() if cell and name not in KEYS[file])
        problem = f"the published row {key} is gone{f'; it said {said}' if said else ''}"
        yield Fault(place, problem, f"Put it back from {source}: {released} What has changed since {later}.")
        return
    here, seen = ([side[file].loc[row] for side, row in zip(sides, (each.was, each.now), strict=True)]
                  for sides in (texts, shown))  # fmt: skip
    for name in FILES[file]:
        was, now = (row[name] for row in here)
        if name == "exempt" or was == now or (was, now) != tuple(row[name] for row in seen):
            continue
        was = guarded(was) if name == "as_printed" else was
        problem = f"{key}: {_quoted(was)} was published, and {_quoted(now)} stands here now"
        whole = f" (the whole of it: {source})" if len(was) > _SHOWN else ""
        remedy = f"Put {_quoted(was)} back{whole}: {released} What has changed since {later}."
        yield Fault(f"{place}, row {each.now}, column {name}", problem, remedy)


def _quoted(text: str) -> str:
    if not text:
        return "an empty cell"
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …")


def _summary_faults(frozen: Path, folder: Path, then: Period, edition: str, framework: Framework) -> Iterator[Fault]:
    """Find summaries that are not as they were published; those that are exempt, then or now, only for Part II."""
    place, own = release_place(framework, then), f"data/{framework.slug}/"
    old, new = (
        {row.file: row for row in read_summaries(framework, top, []).itertuples() if row.quarter_end <= then.end}
        for top in (frozen, folder)
    )
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if edition == "public" and any(each is not None and each.exempt for each in (was, now)):
            continue
        back = f"Put it back from {place}/records/{name.removeprefix(own)}: {then.text} is released."
        if was is None:
            problem = f"was added after {then.text} was released"
            yield Fault(name, problem, "Move it into the folder of the next quarter.")
        elif now is None:
            yield Fault(name, "was published, and is gone", back)
        elif (was.page, was.heading, was.text) != (now.page, now.heading, now.text):
            yield Fault(name, "is not as it was published", back)
