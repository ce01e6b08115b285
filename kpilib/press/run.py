"""A whole quarter: pages run, papers bound, figures and manifest written; each file is replaced whole."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from tqdm import tqdm

from kpilib.pages.listing import indicators_csv, milestones_csv, risks_csv
from kpilib.pages.part_two import marking
from kpilib.press.engine import PageError, call_faults, execute
from kpilib.press.plan import Paper, Plan, PlannedPage, papers, read_manifest, sha256
from kpilib.press.render import PageExporter, PaperExporter
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.framework import OVERVIEW
from kpilib.records.ledger import load_ledger
from kpilib.records.store import replace_whole

LIBRARIES = ("kpilib", "pandas", "seaborn", "matplotlib", "papermill", "nbconvert", "weasyprint")


@dataclass
class Outcome:
    """What a run made, and what went wrong."""

    folder: Path
    made: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def run(plan: Plan, *, pdf: bool = True, jobs: int | None = None) -> Outcome:
    """
    Make a quarter's report.

    The records are read and checked first, and nothing is made while any fault stands in them.
    A page that fails leaves the others alone. The overview is made last, and leads only to what is there.

    Args:
        plan: what to make.
        pdf: draw the papers as PDF too.
        jobs: how many pages at a time; as many as there are processors without it.

    Raises:
        RecordsError: faults in the records or the parameters.
    """
    ledger = load_ledger(plan.framework.slug, plan.edition, plan.root)
    plan = replace(plan, marking=marking(ledger.as_at(plan.quarter).withheld, plan.edition))
    faults = call_faults(plan)
    if faults:
        raise RecordsError(faults.values())
    outcome = Outcome(plan.folder)
    (plan.folder / "pages").mkdir(parents=True, exist_ok=True)
    named = {planned.entry.page: planned for planned in plan.pages}
    bound = {page: plan.page(page) for paper in plan.papers for page in paper.pages}
    began, before = _now(), plan.inputs((bound | named).values())
    manifest = read_manifest(plan.folder)
    body = [planned for planned in plan.pages if planned.entry.page != OVERVIEW]
    opening = [planned for planned in plan.pages if planned.entry.page == OVERVIEW]
    pages = _make_pages(plan, body, outcome, jobs)
    older = {page for page, planned in bound.items() if plan.current(planned, manifest, before[page]) != []}
    for paper in tqdm(plan.papers, desc="Papers", unit="paper", disable=None):
        try:
            _bind(plan, paper, outcome, pages, older, pdf=pdf)
        except PageError as error:
            outcome.faults.append(error.fault)
    if len(plan.pages) == len(plan.framework.pages) + 1:
        _clear(plan, pages, outcome)
    pages |= _make_pages(plan, opening, outcome, jobs)
    for name, write in (
        ("indicators.csv", indicators_csv),
        ("risks.csv", risks_csv),
        ("milestones.csv", milestones_csv),
    ):
        replace_whole(plan.folder / name, write(ledger, plan.quarter).encode())
        outcome.made.append(name)
    if before != plan.inputs((bound | named).values()):
        remedy = "Run it again, so that every page is of the same records."
        outcome.faults.append(Fault("records", "changed during the run", remedy))
    _write_manifest(
        plan, outcome, manifest, {name: how | {"inputs": before[name]} for name, how in pages.items()}, began
    )
    return outcome


def _make_pages(
    plan: Plan, wanted: Sequence[PlannedPage], outcome: Outcome, jobs: int | None
) -> dict[str, dict[str, Any]]:
    """Run pages, several at a time; give how each went."""
    if not wanted:
        return {}
    went: dict[str, dict[str, Any]] = {}
    with ProcessPoolExecutor(max_workers=min(jobs or os.cpu_count() or 1, len(wanted))) as pool:
        waiting: dict[Future[None], PlannedPage] = {
            pool.submit(_make_page, planned, plan.root, plan.folder, _about(plan, planned)): planned
            for planned in wanted
        }
        for done in tqdm(as_completed(waiting), total=len(waiting), desc="Pages", unit="page", disable=None):
            planned = waiting[done]
            name = planned.entry.page
            try:
                done.result()
            except PageError as error:
                fault = error.fault
            except Exception as error:  # whatever befalls one page, the others are made
                why = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
                fault = Fault(planned.notebook.name, why, "Run it again; if it fails again, run it in JupyterLab.")
            else:
                outcome.made.extend([planned.ipynb, planned.html])
                went[name] = {"status": "made"}
                continue
            outcome.faults.append(_named(fault, planned.html))
            went[name] = {"status": "failed", "error": str(outcome.faults[-1])}
    return {planned.entry.page: went[planned.entry.page] for planned in wanted}


def _make_page(planned: PlannedPage, root: Path, folder: Path, about: dict[str, Any]) -> None:
    """Make one page: its executed notebook and its HTML, put in place once both are whole."""
    with tempfile.TemporaryDirectory() as work:
        page = execute(planned, root, Path(work) / "page.ipynb", about)
        html, _ = PageExporter().from_notebook_node(page)
        replace_whole(folder / planned.ipynb, nbformat.writes(page).encode())
        replace_whole(folder / planned.html, html.encode())


def _about(plan: Plan, planned: PlannedPage) -> dict[str, Any]:
    """What is printed around a page: its title and label, and the way to the others."""
    opening = planned.entry.page == OVERVIEW
    title = f"{plan.framework.titled} performance" if opening else f"{planned.entry.title} – {plan.framework.titled}"
    links = {entry.page: f"{'pages/' if opening else ''}{entry.page}.html" for entry in plan.framework.pages}
    if opening:
        links = {page: file if (plan.folder / file).exists() else "" for page, file in links.items()}
    links |= {OVERVIEW: "../index.html"} | {planned.entry.page: "#main"}
    return {
        "title": f"{title}, {plan.quarter.name}",
        "council": plan.framework.titled,
        "label": " · ".join(part for part in (plan.quarter.name, plan.marking) if part),
        "despite": plan.despite,
        "home": "" if opening else "../index.html",
        "links": links,
        "papers": _papers(plan) if opening else [],
    }


def _papers(plan: Plan) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each paper with the files that it is to be had in."""
    found = []
    for paper in papers(plan.framework):
        files = [(kind, f"{paper.name}.{kind.lower()}") for kind in ("HTML", "PDF")]
        files = [(kind, file) for kind, file in files if (plan.folder / file).exists()]
        if files:
            found.append((f"{paper.label}: {paper.title}", files))
    return found


def _bind(
    plan: Plan,
    paper: Paper,
    outcome: Outcome,
    pages: dict[str, dict[str, Any]],
    older: set[str],
    *,
    pdf: bool,
) -> None:
    """
    Bind a paper from its pages: HTML, and PDF where wanted; not where one of them failed or is out of date.

    Raises:
        PageError: it could not be bound or drawn.
    """
    name = paper.name
    for page in paper.pages:
        made = pages.get(page, {}).get("status") == "made"
        if not made and (page in pages or page in older):
            why = "failed" if page in pages else "is older than the records, or not made yet"
            outcome.notes.append(f"{name} is left as it was: its page {page} {why}.")
            return
    html, _ = PageExporter().from_notebook_node(_bound(plan, paper, away="pages/"))
    replace_whole(plan.folder / f"{name}.html", html.encode())
    outcome.made.append(f"{name}.html")
    if pdf:
        try:
            drawn, _ = PaperExporter().from_notebook_node(_bound(plan, paper, away=""))
        except PageError as error:
            raise PageError(_named(error.fault, f"{name}.pdf")) from error
        replace_whole(plan.folder / f"{name}.pdf", drawn)
        outcome.made.append(f"{name}.pdf")


def _bound(plan: Plan, paper: Paper, away: str) -> NotebookNode:
    """
    Put the pages of a paper into one notebook.

    Args:
        away: what leads to pages that are not in this paper; on paper there is nowhere to lead.
    """
    titles = {entry.page: entry.title for entry in plan.framework.pages}
    links = {page: f"{away}{page}.html" if away else "" for page in titles}
    links[OVERVIEW] = "index.html" if away else ""
    if paper.cells == "all":
        links |= {page: f"#{page}" for page in paper.pages}
    cells = []
    for page in paper.pages:
        own = list(_cells(nbformat.read(plan.folder / "pages" / f"{page}.ipynb", as_version=4), paper.cells))
        if not own:
            remedy = "Tag the cells that it should take, or write `cells: all`."
            problem = f"no cell of {page} has the tag {paper.cells!r}"
            raise PageError(Fault(f"{paper.name} is not made", problem, remedy))
        for cell in own:
            cell.metadata["page"] = page
            cell["id"] = f"{page}-{cell.id}"
        own[0].metadata["begins"], own[-1].metadata["ends"] = page, True
        cells.extend(own)
    label = " · ".join(part for part in (plan.quarter.name, paper.label, plan.marking) if part)
    about = {
        "title": paper.title if paper.upright else f"{paper.label}: {paper.title}",
        "council": plan.framework.titled,
        "label": label,
        "despite": plan.despite,
        "home": "index.html" if away else "",
        "links": links,
        "parts": [(page, titles[page]) for page in paper.pages] if len(paper.pages) > 1 else [],
        "upright": paper.upright,
        "whole": paper.cells == "all",
    }
    return nbformat.v4.new_notebook(cells=cells, metadata={"kpilib": about})


def _cells(page: NotebookNode, tag: str) -> Iterator[NotebookNode]:
    """The cells of a page that an appendix takes: all, or those with a tag."""
    for cell in page.cells:
        if tag == "all" or tag in cell.metadata.get("tags", []):
            yield cell


def promised(plan: Plan) -> set[str]:
    """Every file that a whole run makes, but for the manifest."""
    pages = [plan.framework.overview, *plan.framework.pages]
    return {
        "indicators.csv",
        "risks.csv",
        "milestones.csv",
        "index.html",
        *(f"pages/{entry.page}.html" for entry in plan.framework.pages),
        *(f"pages/{entry.page}.ipynb" for entry in pages),
        *(f"{paper.name}.{kind}" for paper in papers(plan.framework) for kind in ("html", "pdf")),
    }


def _clear(plan: Plan, pages: dict[str, dict[str, Any]], outcome: Outcome) -> None:
    """Take away what this run did not make; a page that failed, and a paper that needs it, stand as they were."""
    failed = {name for name, how in pages.items() if how["status"] == "failed"}
    kept = {f"pages/{name}.{kind}" for name in failed for kind in ("html", "ipynb")}
    bound = [paper.name for paper in plan.papers if failed & set(paper.pages)]
    kept |= {f"{name}.{kind}" for name in bound for kind in ("html", "pdf")}
    kept |= {"manifest.json", "index.html", f"pages/{OVERVIEW}.ipynb", *outcome.made}
    for file in plan.folder.rglob("*"):
        if file.is_file() and file.relative_to(plan.folder).as_posix() not in kept:
            file.unlink()


def _write_manifest(
    plan: Plan, outcome: Outcome, before: dict[str, Any], pages: dict[str, dict[str, Any]], began: str
) -> None:
    """Write what was made from what: the only file with times in it."""
    names = {OVERVIEW, *(entry.page for entry in plan.framework.pages)}
    known = {name: how for name, how in (before["pages"] | pages).items() if name in names}
    manifest = {
        "framework": plan.framework.slug,
        "quarter": plan.quarter.text,
        "edition": plan.edition,
        "began": began,
        "ended": _now(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "parameters": {planned.entry.page: planned.parameters for planned in plan.pages},
        "faults": [str(fault) for fault in outcome.faults],
        "inputs": {name: sha for how in known.values() for name, sha in sorted(how.get("inputs", {}).items())},
        "pages": known,
        "outputs": {
            name: sha256(plan.folder / name) for name in sorted(promised(plan)) if (plan.folder / name).exists()
        },
    }
    content = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    replace_whole(plan.folder / "manifest.json", content.encode())


def _named(fault: Fault, output: str) -> Fault:
    """The same fault, naming the file that was not made."""
    return Fault(f"{output} is not made: {fault.place}", fault.problem, fault.remedy)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
