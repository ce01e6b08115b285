"""A whole quarter: pages run, appendices bound, figures and manifest written; each file is replaced whole."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from tqdm import tqdm

from kpilib.press import figures
from kpilib.press.engine import PageError, execute, parameter_faults
from kpilib.press.plan import Plan, PlannedPage, sha256
from kpilib.press.render import PageExporter, PaperExporter
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.framework import OVERVIEW, Appendix
from kpilib.records.ledger import load_ledger

LIBRARIES = ("kpilib", "pandas", "seaborn", "matplotlib", "papermill", "nbconvert", "weasyprint")


@dataclass
class Outcome:
    """What a run made, and what went wrong."""

    folder: Path
    made: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def run(plan: Plan, *, pdf: bool = True, jobs: int | None = None) -> Outcome:
    """
    Make a quarter's report.

    The records are read and checked first, and nothing is made while any fault stands in them.
    A page that fails leaves the others alone.

    Args:
        pdf: draw the appendices on paper too.
        jobs: how many pages at a time; as many as there are processors without it.

    Raises:
        RecordsError: faults in the records or the parameters.
    """
    ledger = load_ledger(plan.framework.slug, plan.edition, plan.root)
    place = f"params/{plan.framework.slug}/{plan.quarter.text}.yml"
    faults = {str(fault): fault for planned in plan.pages for fault in parameter_faults(planned, place)}
    if faults:
        raise RecordsError(faults.values())
    outcome = Outcome(plan.folder)
    (plan.folder / "pages").mkdir(parents=True, exist_ok=True)
    began = _now()
    pages = _make_pages(plan, outcome, pdf, jobs)
    failed = {name for name, how in pages.items() if how["status"] != "made"}
    bound = [
        appendix
        for appendix in plan.appendices
        if set(appendix.pages) & set(pages) and not set(appendix.pages) & failed and _ready(plan, appendix)
    ]
    for appendix in tqdm(bound, desc="Appendices", unit="appendix", disable=None):
        try:
            _bind(plan, appendix, outcome, pdf=pdf)
        except PageError as error:
            outcome.faults.append(_named(error.fault, f"appendix-{appendix.letter}.pdf"))
    for name, write in (
        ("indicators.csv", figures.indicators_csv),
        ("risks.csv", figures.risks_csv),
        ("milestones.csv", figures.milestones_csv),
    ):
        _replace(plan.folder / name, write(ledger, plan.quarter).encode())
        outcome.made.append(name)
    _write_manifest(plan, outcome, pages, began)
    return outcome


def _make_pages(plan: Plan, outcome: Outcome, pdf: bool, jobs: int | None) -> dict[str, dict[str, str]]:
    """Run every page, several at a time; give how each went."""
    went: dict[str, dict[str, str]] = {}
    with ProcessPoolExecutor(max_workers=min(jobs or os.cpu_count() or 1, len(plan.pages))) as pool:
        waiting: dict[Future[None], PlannedPage] = {
            pool.submit(_make_page, planned, plan.root, plan.folder, _about(plan, planned, pdf)): planned
            for planned in plan.pages
        }
        for done in tqdm(as_completed(waiting), total=len(waiting), desc="Pages", unit="page", disable=None):
            planned = waiting[done]
            name = planned.entry.page
            try:
                done.result()
            except PageError as error:
                outcome.faults.append(_named(error.fault, planned.html))
                went[name] = {"status": "failed", "error": str(outcome.faults[-1])}
            else:
                outcome.made.extend([planned.ipynb, planned.html])
                went[name] = {"status": "made"}
    return {planned.entry.page: went[planned.entry.page] for planned in plan.pages}


def _make_page(planned: PlannedPage, root: Path, folder: Path, about: dict[str, Any]) -> None:
    """Make one page: its executed notebook and its HTML, both or neither."""
    with tempfile.TemporaryDirectory() as work:
        page = execute(planned, root, Path(work) / "page.ipynb", about)
        html, _ = PageExporter().from_notebook_node(page)
        _replace(folder / planned.ipynb, nbformat.writes(page).encode())
        _replace(folder / planned.html, html.encode())


def _about(plan: Plan, planned: PlannedPage, pdf: bool) -> dict[str, Any]:
    """What is printed around a page: its title and label, and the way to the others."""
    opening = planned.entry.page == OVERVIEW
    pages = [entry.page for entry in plan.framework.pages]
    label = plan.quarter.name if plan.edition == "public" else f"{plan.quarter.name} · Part II: restricted"
    title = f"{plan.framework.council} performance" if opening else f"{planned.entry.title} – {plan.framework.council}"
    return {
        "title": f"{title}, {plan.quarter.name}",
        "council": plan.framework.council,
        "label": label,
        "home": "" if opening else "../index.html",
        "links": {page: f"{'pages/' if opening else ''}{page}.html" for page in pages},
        "papers": _papers(plan, pdf) if opening else [],
    }


def _papers(plan: Plan, pdf: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each appendix with the files that it is to be had in."""
    kinds = ("HTML", "PDF") if pdf else ("HTML",)
    return [
        (f"Appendix {each.letter}: {each.title}", [(kind, f"appendix-{each.letter}.{kind.lower()}") for kind in kinds])
        for each in plan.appendices
    ]


def _ready(plan: Plan, appendix: Appendix) -> bool:
    """Say whether all the pages of an appendix are there to be bound."""
    return all((plan.folder / "pages" / f"{page}.ipynb").exists() for page in appendix.pages)


def _bind(plan: Plan, appendix: Appendix, outcome: Outcome, *, pdf: bool) -> None:
    """Bind an appendix from its pages: HTML, and PDF where wanted."""
    html, _ = PageExporter().from_notebook_node(_bound(plan, appendix, away="pages/"))
    _replace(plan.folder / f"appendix-{appendix.letter}.html", html.encode())
    outcome.made.append(f"appendix-{appendix.letter}.html")
    if pdf:
        paper, _ = PaperExporter().from_notebook_node(_bound(plan, appendix, away=""))
        _replace(plan.folder / f"appendix-{appendix.letter}.pdf", paper)
        outcome.made.append(f"appendix-{appendix.letter}.pdf")


def _bound(plan: Plan, appendix: Appendix, away: str) -> NotebookNode:
    """
    Put the pages of an appendix into one notebook.

    Args:
        away: what leads to pages that are not in this appendix; on paper there is nowhere to lead.
    """
    titles = {entry.page: entry.title for entry in plan.framework.pages}
    links = {page: f"{away}{page}.html" if away else "" for page in titles} | dict.fromkeys(appendix.pages, "#")
    cells = []
    for page in appendix.pages:
        own = list(_cells(nbformat.read(plan.folder / "pages" / f"{page}.ipynb", as_version=4), appendix.cells))
        for cell in own:
            cell.metadata["page"] = page
            cell["id"] = f"{page}-{cell.id}"
        own[0].metadata["begins"], own[-1].metadata["ends"] = page, True
        cells.extend(own)
    label = f"{plan.quarter.name} · Appendix {appendix.letter}"
    about = {
        "title": f"Appendix {appendix.letter}: {appendix.title}",
        "council": plan.framework.council,
        "label": label if plan.edition == "public" else f"{label} · Part II: restricted",
        "home": "index.html" if away else "",
        "links": links,
        "parts": [(page, titles[page]) for page in appendix.pages] if len(appendix.pages) > 1 else [],
    }
    return nbformat.v4.new_notebook(cells=cells, metadata={"kpilib": about})


def _cells(page: NotebookNode, tag: str) -> Iterator[NotebookNode]:
    """The cells of a page that an appendix takes: all, or those with a tag."""
    for cell in page.cells:
        if tag == "all" or tag in cell.metadata.get("tags", []):
            yield cell


def _write_manifest(plan: Plan, outcome: Outcome, pages: dict[str, dict[str, str]], began: str) -> None:
    """Write what was made from what: the only file with times in it."""
    path = plan.folder / "manifest.json"
    try:
        before = json.loads(path.read_text(encoding="utf-8"))["pages"]
    except (OSError, ValueError, KeyError):
        before = {}
    names = {OVERVIEW, *(entry.page for entry in plan.framework.pages)}
    manifest = {
        "framework": plan.framework.slug,
        "quarter": plan.quarter.text,
        "edition": plan.edition,
        "began": began,
        "ended": _now(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "parameters": {planned.entry.page: planned.parameters for planned in plan.pages},
        "pages": {name: how for name, how in (before | pages).items() if name in names},
        "faults": [str(fault) for fault in outcome.faults],
        "inputs": plan.inputs(),
        "outputs": {
            file.relative_to(plan.folder).as_posix(): sha256(file)
            for file in sorted(plan.folder.rglob("*"))
            if file.is_file() and file.name != "manifest.json"
        },
    }
    _replace(path, (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode())


def _replace(path: Path, content: bytes) -> None:
    """Put a file in place whole, or leave what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _named(fault: Fault, output: str) -> Fault:
    """The same fault, naming the file that was not made."""
    return Fault(f"{output} is not made: {fault.place}", fault.problem, fault.remedy)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
