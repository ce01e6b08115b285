"""The quarter's figures, asked for and taken in: forms out to directorates, returns from them into the records."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pandas as pd

from kpilib.judgement.due import doubt
from kpilib.pages.asking import forms
from kpilib.press.letters import letter_fault
from kpilib.press.plan import Plan, make_plan
from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.files import replace_whole
from kpilib.records.forms import Form, write_form
from kpilib.records.framework import EDITIONS, home
from kpilib.records.ledger import Ledger, load_as_if, load_ledger, read_texts
from kpilib.records.periods import Period, ending
from kpilib.records.published import published_faults
from kpilib.records.received import Entry, entries
from kpilib.records.releases import last_released
from kpilib.records.returns import Return, read_return
from kpilib.records.store import alone, put_together, with_rows

CONFIRMED = "This figure is unusual, and was confirmed when it was received."


def collect(plan: Plan) -> list[Path]:
    """
    Write a workbook for each directorate, with what it is asked for the quarter.

    Where one is there and differs, nothing is written, since somebody may have filled it in.

    Raises:
        RecordsError: faults in the records, or workbooks that are there and differ.
    """
    if last_released(plan.framework, plan.root) >= plan.quarter.end:
        problem = "is released already, or a later one is"
        raise RecordsError([Fault(plan.quarter.text, problem, "Collect the next quarter.")])
    ledger, everything = (load_ledger(plan.framework.slug, each, plan.root) for each in (plan.edition, "restricted"))
    changed = published_faults(plan.framework, plan.quarter, "restricted", plan.root)
    if changed:
        raise RecordsError(changed)
    folder = plan.folder.parent / "returns" / plan.edition
    written = {folder / name: write_form(form) for name, form in _named(list(forms(ledger, plan.quarter, everything)))}
    there = [path for path, content in written.items() if path.exists() and path.read_bytes() != content]
    if there:
        remedy = "Move it away, or receive it first: it may hold what somebody filled in."
        raise RecordsError([Fault(path.name, "is there already, and differs", remedy) for path in there])
    for path, content in written.items():
        replace_whole(path, content)
    return list(written)


def _named(each: Sequence[Form]) -> Iterator[tuple[str, Form]]:
    """Give each form a file name that every system takes; two directorates that would share one are numbered."""
    taken: set[str] = set()
    for form in each:
        plain = unicodedata.normalize("NFKD", form.directorate).encode("ascii", "ignore").decode().lower()
        name = first = "-".join(re.findall("[a-z0-9]+", plain))[:60] or "council-wide"
        for number in count(2):
            if name not in taken:
                break
            name = f"{first}-{number}"
        taken.add(name)
        yield f"{name}.xlsx", form


@dataclass(frozen=True)
class Received:
    """What was taken in: rows by file, revisions in words, how much was there already, and notes not taken."""

    framework: str
    quarter: str
    added: dict[str, int]
    revisions: list[str]
    known: int
    notes: list[str]


def receive(paths: Sequence[Path], root: str | Path | None = None, *, confirm: Sequence[str] = ()) -> Received:
    """
    Take directorates' returns into the records: all that is in them, or nothing.

    Args:
        confirm: the cells of figures that are far outside their usual range, and right, such as `place.xlsx/Figures/I4`
            or as much of its end as names one alone of those that are asked about.

    Raises:
        RecordsError: with every fault of every return; nothing is written then.
        OSError: the records could not be written; they are then as they were.
    """
    returns, faults = _read(paths)
    slug, quarter = _one_of(returns, faults)
    plan = make_plan(slug, quarter, "restricted", root)
    folder = home(root) / "data" / slug
    with alone(folder):
        ledger = load_ledger(slug, "restricted", root)
        following = _following(plan)
        faults += _old(plan, ledger) if not following else []
        said = entries(returns, read_texts(slug, folder, []), plan.framework, plan.quarter, following)
        doubts = _doubted(said.found, ledger, plan.quarter) if not said.faults else {}
        faults += said.faults
        faults += [fault for each in said.found for name, cell in each.cells.items()
                   for fault in letter_fault(each.place(name), cell)]  # fmt: skip
        if not faults:
            faults += _confirmed(confirm, [said.found[number].path for number in doubts])
        faults += [fault for number, fault in doubts.items() if not _names(confirm, said.found[number].path)]
        if faults:
            raise RecordsError(faults)
        found = [_noted(entry) if number in doubts else entry for number, entry in enumerate(said.found)]
        files = _written(found, folder)
        if files:
            for edition in EDITIONS:
                load_as_if(slug, files, edition, root)
            put_together(folder, files)
    revised = [f"{entry.cells['indicator']}, {entry.cells['period']}: published {entry.was}, "
               f"now {entry.cells['value'] or entry.cells['status']}" for entry in said.found if entry.was]  # fmt: skip
    notes = [note for each in returns for note in each.notes]
    return Received(slug, quarter, dict(Counter(entry.file for entry in said.found)), revised, said.known, notes)


def _read(paths: Sequence[Path]) -> tuple[list[Return], list[Fault]]:
    returns: list[Return] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            returns.append(read_return(path))
        except RecordsError as error:
            faults.extend(error.faults)
    if not returns:
        raise RecordsError(faults)
    return returns, faults


def _one_of(returns: Sequence[Return], faults: list[Fault]) -> tuple[str, str]:
    """Give the framework and quarter that returns are of, adding a fault for each that is of another."""
    first = returns[0]
    for each in returns[1:]:
        for what, own, other in (
            ("framework", each.framework, first.framework),
            ("quarter", each.quarter, first.quarter),
        ):
            if own != other:
                problem = f"is of the {what} {own!r}, and {first.file} is of {other!r}"
                faults.append(Fault(each.file, problem, "Receive those of one council and quarter together."))
    if any((each.framework, each.quarter) != (first.framework, first.quarter) for each in returns):
        raise RecordsError(faults)
    return first.framework, first.quarter


def _names(confirm: Sequence[str], path: str) -> bool:
    """Say whether a cell is among those that are confirmed."""
    return any(f"/{path}".casefold().endswith(f"/{each}".casefold()) for each in confirm)


def _confirmed(confirm: Sequence[str], asked: Sequence[str]) -> Iterator[Fault]:
    """Refuse what is confirmed and names none of the cells that are asked about, or more than one."""
    for each in confirm:
        named = [path for path in asked if _names([each], path)]
        if len(named) > 1:
            remedy = f"Write more of its name: {', '.join(named)}. Of workbooks of one name, receive one alone."
            yield Fault(f"--confirm {_quoted(each)}", "names more than one cell that is asked about", remedy)
        elif not named:
            remedy = allowed(each, asked) if asked else "Leave it out: no figure is asked about."
            yield Fault(f"--confirm {_quoted(each)}", "names no cell that is asked about", remedy)


def _quoted(path: str) -> str:
    """Write a cell's name so that every shell takes it for one word."""
    if not set(path) & set('"$`\\!'):
        return path if shlex.quote(path) == path else f'"{path}"'
    return shlex.quote(path)


def _following(plan: Plan) -> str:
    """Give the quarter in which what is released can be revised; nothing where neither it nor a later one is."""
    last = last_released(plan.framework, plan.root)
    return ending("quarter", last + 3, plan.framework.year_starts).text if last >= plan.quarter.end else ""


def _old(plan: Plan, ledger: Ledger) -> list[Fault]:
    """Refuse returns of a quarter before one that figures are recorded of already."""
    later = ledger.readings[ledger.readings["reported_end"] > plan.quarter.end]
    if len(later):
        problem = f"is an old quarter: figures of {later['reported'].max()} are recorded already"
        return [Fault(plan.quarter.text, problem, "Ask for it on the form of that quarter.")]
    return []


def _doubted(found: Sequence[Entry], ledger: Ledger, at: Period) -> dict[int, Fault]:
    """Ask about figures that are far from what their indicators ever were, by their place among the entries."""
    named, known = ledger.indicators.set_index("indicator", drop=False), ledger.as_at(at)
    asked = {}
    for number, entry in enumerate(found):
        if entry.file != "readings.csv" or not entry.cells["value"]:
            continue
        row = named.loc[entry.cells["indicator"]]
        here = ledger.framework.period(entry.cells["period"])
        own = known.readings[known.readings["indicator"] == row["indicator"]]
        past = own[own["period_kind"] == here.kind]
        past = past[(past["end"] < here.end) & ~(past["start"] < row["break_from_start"])].sort_values("end")
        if row["basis"] == "to date":
            past = past[(here.end - past["end"]) % 12 == 0]
        why = doubt(float(entry.cells["value"]), pd.Series(past["value"].to_numpy(), past["period"]), row)
        if why:
            problem = f"{entry.cells['value']} should be looked at twice: {why}"
            remedy = f"Correct it; if it is right, receive the returns with --confirm {_quoted(entry.path)}"
            asked[number] = Fault(entry.place("value"), problem, remedy)
    return asked


def _noted(entry: Entry) -> Entry:
    """Say in the record of a figure that was asked about that it was confirmed: readers will wonder too."""
    note = " ".join(part for part in (entry.cells["note"], CONFIRMED) if part)
    return replace(entry, cells={**entry.cells, "note": note})


def _written(found: Sequence[Entry], folder: Path) -> dict[str, bytes]:
    """Write the record files anew with their new rows at the end."""
    files = {}
    for file in dict.fromkeys(entry.file for entry in found):
        own = [entry for entry in found if entry.file == file]
        path = folder / file
        content = path.read_bytes() if path.exists() else b""
        without = {entry.instead for entry in own if entry.instead}
        files[file] = with_rows(file, content, [entry.cells for entry in own], without)
    return files
