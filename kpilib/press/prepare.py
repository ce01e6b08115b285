"""
What stands before a run: the records are read and checked once, and each page is given what it is made from.

With it goes what each page depends on, as sums, so that a page is made again only where one of them changed.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Sequence

import nbformat
import papermill

from kpilib.judgement.verdict import judge
from kpilib.pages.part_two import marking
from kpilib.press.current import libraries, own_sources, sha256_of
from kpilib.press.engine import read_notebook
from kpilib.press.letters import file_faults, letter_faults
from kpilib.press.pieces import LISTS, Prepared
from kpilib.press.plan import Plan, PlannedPage
from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.framework import INDICATOR_PAGES, OVERVIEW, PageEntry
from kpilib.records.ledger import Ledger, digests, load_ledger, unrecorded
from kpilib.records.periods import earlier
from kpilib.records.published import published_faults
from kpilib.records.quarterly import place, read_quarterly
from kpilib.records.share import Share, share

_DOOR = "import kpilib as kpi"
_MORE = re.compile(r"\b(load_ledger|judge)\b")
_ELSEWHERE = re.compile(r"\b(home|open|import|read_\w+)\b")


def prepare(plans: Sequence[Plan]) -> tuple[Prepared, ...]:
    """Read the records of plans that are of one framework, edition and root, and prepare each quarter."""
    first = plans[0]
    letters = letter_faults(first.framework, first.edition, first.root)
    try:
        ledger = load_ledger(first.framework.slug, first.edition, first.root)
        files = digests(first.framework, first.edition, first.root)
    except RecordsError as error:
        return tuple(Prepared(faults=(*error.faults, *letters, *_otherwise(plan))) for plan in plans)
    return tuple(_prepared(plan, ledger, files, letters) for plan in plans)


def _otherwise(plan: Plan) -> list[Fault]:
    """Find what is not as it was published, up to a plan's quarter."""
    return published_faults(plan.framework, plan.quarter, plan.edition, plan.root) if plan.guarded else []


def _prepared(plan: Plan, ledger: Ledger, files: dict[str, str], letters: Sequence[Fault]) -> Prepared:
    faults = [*letters, *unrecorded(ledger, plan.quarter), *_otherwise(plan), *call_faults(plan).values()]
    try:
        quarterly = read_quarterly(plan.framework, plan.quarter, plan.root)
    except RecordsError as error:
        faults += error.faults
    if faults:
        return Prepared(faults=tuple(faults))
    shared = {"kpilib": own_sources(), "libraries": sha256_of(libraries())} | plan.parameter_files()
    shares, inputs, free = {}, {}, set()
    known = ledger.as_at(plan.quarter)
    verdicts = judge(known, plan.quarter), judge(known, earlier(plan.quarter, 1))
    for planned in plan.all_pages():
        name, notebook = planned.entry.page, planned.notebook.read_bytes()
        asked = _own_words(notebook)
        whole = bool(_MORE.search(asked) or _ELSEWHERE.search(asked))
        part = share(ledger, quarterly, planned.entry, plan.quarter, whole=whole)
        shares[name] = part.with_verdicts(*verdicts)
        inputs[name] = shares[name].digests() | shared | {plan.name_of(planned.notebook): sha256_of(notebook)}
        if _ELSEWHERE.search(asked):
            free.add(name)
    shares[LISTS] = shares[OVERVIEW]  # both are of the whole report
    inputs[LISTS] = shares[LISTS].digests() | shared
    contents: dict[bytes, bytes] = {}
    pickled = {name: pickle.dumps(each) for name, each in shares.items()}
    return Prepared(
        marking=marking(known.withheld, plan.edition),
        records={name: contents.setdefault(each, each) for name, each in pickled.items()},  # several have all of it
        inputs=inputs,
        sizes={planned.entry.page: _size(planned.entry, shares[planned.entry.page]) for planned in plan.all_pages()},
        free=frozenset(free),
        files=files | plan.parameter_files(),
    )


def _own_words(notebook: bytes) -> str:
    """What a notebook's cells ask, but for the door that every page goes through."""
    cells = nbformat.reads(notebook.decode(), as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code").replace(_DOOR, "")


def _size(entry: PageEntry, given: Share) -> int:
    """About how much a page shows: its indicators, or the entries of the register; a summary a dozen things."""
    if entry.kind in INDICATOR_PAGES:
        return len(given.ledger.indicators)
    return len(given.ledger.risks) if entry.kind == "risk_register" else 12


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
