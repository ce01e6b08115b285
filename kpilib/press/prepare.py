"""
What stands before a run: the records are read and checked once, for all that is made of them.

With them goes what each page depends on, as sums, so that a page is made again only where one of them changed.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import papermill

from kpilib.judgement.verdict import judge
from kpilib.pages.opening import all_exempt, page_sums
from kpilib.pages.part_two import marking
from kpilib.press.current import libraries, own_sources, sha256_of
from kpilib.press.engine import read_notebook
from kpilib.press.letters import file_faults, letter_faults
from kpilib.press.pieces import Prepared
from kpilib.press.plan import Plan, PlannedPage, opened_before
from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.files import read_file
from kpilib.records.framework import INDICATOR_PAGES, PageEntry
from kpilib.records.ledger import Ledger, recorded, unrecorded
from kpilib.records.page_records import page_records
from kpilib.records.periods import Period, earlier
from kpilib.records.published import published_faults
from kpilib.records.quarterly import place, read_quarterly
from kpilib.records.snapshot import Parts


def prepare(plans: Sequence[Plan]) -> tuple[Prepared, ...]:
    """
    Read the records of plans that are of one framework, edition and root, and prepare each quarter.

    The sums of files are taken before these are read, so that one that changes meanwhile counts as changed.
    """
    first = plans[0]
    files = _parameters(first.framework.slug, first.root)
    shared = [_shared(plan, files) for plan in plans]
    letters = letter_faults(first.framework, first.edition, first.root)
    try:
        ledger = recorded(first.framework.slug, first.edition, first.root)
    except RecordsError as error:
        return tuple(Prepared(faults=(*error.faults, *letters, *_otherwise(plan))) for plan in plans)
    if ledger.framework != first.framework:
        remedy = "Run it again, so that every page is of the same framework."
        fault = Fault(f"params/{first.framework.slug}/framework.yml", "changed during the run", remedy)
        return tuple(Prepared(faults=(fault,)) for _ in plans)
    faults = [_faults(plan, ledger, letters) for plan in plans]
    quarters = [plan.quarter for plan, found in zip(plans, faults, strict=True) if not found]
    read = cache(lambda slug: parts(slug, first.edition, first.root))
    own = _pickled(ledger, quarters, files)
    return tuple(
        Prepared(faults=tuple(found)) if found else _prepared(plan, ledger, own, read, sums)
        for plan, found, sums in zip(plans, faults, shared, strict=True)
    )


def _shared(plan: Plan, files: Mapping[str, bytes]) -> Mapping[str, str]:
    """The sums that everything in a report depends on."""
    own = place(plan.framework, plan.quarter)
    said = {own: sha256_of(files[own])} if own in files else {}
    return {"kpilib": own_sources(), "libraries": sha256_of(libraries())} | said


def _parameters(framework: str, root: Path) -> Mapping[str, bytes]:
    """The files of a council in params/, by their names from the root."""
    paths = sorted((root / "params" / framework).glob("*.yml"))
    names = {path.relative_to(root).as_posix(): path for path in paths if path.is_file()}
    return {name: read_file(path, name) for name, path in names.items()}


def parts(framework: str, edition: str, root: Path) -> Parts:
    """Read the records of a council into the parts of a snapshot, pickled; or the faults for which none can be."""
    try:
        files = _parameters(framework, root)
        return _pickled(recorded(framework, edition, root), [], files)
    except RecordsError as error:
        faults = [replace(fault, place=fault.place.replace(f"{root}/", "")) for fault in error.faults]
        return {"faults": pickle.dumps(faults)}


def _pickled(ledger: Ledger, quarters: Sequence[Period], files: Mapping[str, bytes]) -> Parts:
    """
    Give a council's records as parts of a snapshot, pickled.

    Args:
        quarters: those of which the verdicts are worked out, for all pages at once: at each, and at the one before.
        files: those of params/.
    """
    verdicts: dict[tuple[str, str], pd.DataFrame] = {}
    for at in quarters:
        known = ledger.as_at(at)
        verdicts |= {(at.text, each.text): judge(known, each) for each in (at, earlier(at, 1))}
    said = {"framework": ledger.open_framework, "ledger": ledger, "parameters": files, "verdicts": verdicts}
    return {name: pickle.dumps(each) for name, each in said.items()}


def _otherwise(plan: Plan) -> list[Fault]:
    """Find what is not as it was published, up to a plan's quarter."""
    return published_faults(plan.framework, plan.quarter, plan.edition, plan.root) if plan.guarded else []


def _faults(plan: Plan, ledger: Ledger, letters: Sequence[Fault]) -> list[Fault]:
    """Find what keeps a quarter from being made, though its records can be read."""
    faults = [*letters, *unrecorded(ledger, plan.quarter), *_otherwise(plan), *call_faults(plan).values()]
    for planned in plan.pages if not plan.is_whole else ():
        faults += all_exempt(ledger, planned.entry.page, plan.quarter.text)
    try:
        read_quarterly(plan.framework, plan.quarter, plan.root)
    except RecordsError as error:
        faults += error.faults
    return faults


def _prepared(
    plan: Plan, ledger: Ledger, own: Parts, read: Callable[[str], Parts], shared: Mapping[str, str]
) -> Prepared:
    slug, at, known = plan.framework.slug, plan.quarter, ledger.as_at(plan.quarter)
    framework, before = ledger.framework.without(ledger.bare.get(at.text, ())), opened_before(plan.folder)
    named = {what for page in before.values() for what in page}
    councils = {slug: own} | {other: read(other) for other in sorted({what[1] for what in named} - {slug})}
    readable = {each: parts for each, parts in councils.items() if "faults" not in parts}
    ledgers = {each: pickle.loads(parts["ledger"]) for each, parts in readable.items() if each != slug} | {slug: ledger}
    params = {each: pickle.loads(parts["parameters"]) for each, parts in readable.items()}
    sums = {what: _sums(what, ledgers[what[1]], params[what[1]]) if what[1] in ledgers else {} for what in named}
    return Prepared(
        marking=marking(known.withheld, plan.edition),
        councils=councils,
        opened={page: {what: sums[what] for what in each} for page, each in before.items()},
        whole=page_sums(page_records(ledger, framework.overview, at), at, params[slug]),
        shared={f"params/{slug}/framework.yml": framework.sum, **shared},
        bare=ledger.bare.get(at.text, ()),
        sizes={planned.entry.page: _size(planned.entry, known) for planned in plan.all_pages()},
    )


def _sums(what: tuple[str, ...], ledger: Ledger, files: Mapping[str, bytes]) -> Mapping[str, str]:
    """Give the sums of something that a page opened when it was made, as it is now; none where it is not there now."""
    kind, slug, *rest = what
    if kind == "ledger":
        return ledger.sums(counted=False)
    if kind == "framework":
        return {f"params/{slug}/framework.yml": ledger.open_framework.sum}
    try:
        entry, at = ledger.framework.entry(rest[0]), ledger.framework.quarter(rest[1])
    except (RecordsError, ValueError):
        return {}
    return page_sums(page_records(ledger, entry, at), at, files)


def _size(entry: PageEntry, known: Ledger) -> int:
    """About how much a page shows: its indicators, or the entries of the register; a summary a dozen things."""
    if entry.kind in INDICATOR_PAGES:
        return int((known.indicators["page"] == entry.page).sum())
    return len(known.risks) if entry.kind == "risk_register" else 12


def parameter_faults(planned: PlannedPage, place: str) -> list[Fault]:
    """Find parameters that the page's notebook does not know; papermill alone would only warn."""
    try:
        read_notebook(planned.notebook, f"notebooks/{planned.notebook.name}")
    except RecordsError as error:
        return error.faults
    known = papermill.inspect_notebook(str(planned.notebook))
    return [
        Fault(f"{place} @ {name}", f"{planned.notebook.name} has no parameter {name!r}", allowed(name, known))
        for name in planned.parameters
        if name not in known
    ]


def tag_faults(plan: Plan) -> list[Fault]:
    """Find papers that take cells by a tag that the notebook of one of their pages does not have."""
    faults = []
    for paper in plan.papers:
        for page in paper.pages if paper.cells != "all" else ():
            path = plan.page(page).notebook
            try:
                notebook = read_notebook(path, f"notebooks/{path.name}")
            except RecordsError as error:
                faults += error.faults
                continue
            tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])} - {"parameters"}
            if paper.cells not in tags:
                place = f"params/{plan.framework.slug}/framework.yml @ appendices {paper.label}"
                problem = f"no cell of {page} has the tag {paper.cells!r}"
                faults.append(Fault(place, problem, allowed(paper.cells, ["all", *tags])))
    return faults


def call_faults(plan: Plan) -> dict[str, Fault]:
    """Find what is wrong with what a plan asks of notebooks, by its words: what several pages share is told once."""
    where = place(plan.framework, plan.quarter)
    faults = [fault for planned in plan.pages for fault in parameter_faults(planned, where)]
    faults += [*tag_faults(plan), *file_faults(where, plan.root)]
    return {str(fault): fault for fault in faults}
