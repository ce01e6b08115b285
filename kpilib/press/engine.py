"""Runs a page's notebook with its parameters, on papermill, and takes out what changes from run to run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.reader import NotJSONError
from papermill.exceptions import PapermillExecutionError

from kpilib.press.plan import Plan, PlannedPage
from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.quarterly import place


class PageError(Exception):
    """A page that could not be made: where, why, and what to do."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))

    def __reduce__(self) -> tuple[type[PageError], tuple[Fault]]:
        """Travel between processes whole."""
        return PageError, (self.fault,)


PAGE_LIMIT = 900


def parameter_faults(planned: PlannedPage, place: str) -> list[Fault]:
    """Find parameters that the page's notebook does not know; papermill alone would only warn."""
    try:
        known = papermill.inspect_notebook(str(planned.notebook))
    except (NotJSONError, nbformat.ValidationError, OSError) as error:
        why = " ".join(str(error).split())[:120]
        remedy = "Fetch it anew, or open it in JupyterLab and save it."
        return [Fault(f"notebooks/{planned.notebook.name}", f"is not a notebook ({why})", remedy)]
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
            notebook = nbformat.read(plan.page(page).notebook, as_version=4)
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
    return {str(fault): fault for fault in [*faults, *tag_faults(plan)]}


def execute(planned: PlannedPage, root: Path, output: Path, about: dict[str, Any]) -> NotebookNode:
    """
    Run a page's notebook into a file, and give it back.

    Args:
        output: where papermill writes as it goes; on return it holds the finished page.
        about: what the exporters print around the page, kept in the notebook's metadata.

    Raises:
        PageError: a cell failed; names notebook, cell and error.
    """
    os.environ["KPILIB_ROOT"] = str(root)
    try:
        try:
            _run(planned, output)
        except RuntimeError as error:
            if type(error) is not RuntimeError:
                raise
            _run(planned, output)  # the kernel did not start: another program took its port in that moment
    except PapermillExecutionError as error:
        said = (error.evalue or "").splitlines()
        why = said[0] if said else error.ename
        place = f"{_shown(planned.notebook, root)}, cell {error.cell_index}"
        remedy = "Open the notebook in JupyterLab, run it to that cell and mend what it says."
        if error.ename == RecordsError.__name__ and len(said) > 1:
            remedy = f"{said[1].strip()} `kpilib check` lists every fault."
        raise PageError(Fault(place, f"{error.ename}: {why}", remedy)) from error
    except (DeadKernelError, CellTimeoutError, NoSuchKernel) as error:
        why = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
        remedy = f"Run it in JupyterLab; a cell may take {PAGE_LIMIT} seconds and must not end its own process."
        raise PageError(Fault(_shown(planned.notebook, root), why, remedy)) from error
    page = nbformat.read(str(output), as_version=4)
    for number, cell in enumerate(page.cells):
        for shown in cell.get("outputs", []):
            if shown.output_type == "error":
                place = f"{_shown(planned.notebook, root)}, cell {number}"
                problem = f"{shown.ename}: {shown.evalue}"
                raise PageError(Fault(place, problem, "Mend the cell: a page ends by itself."))
    page = settle(page)
    page.metadata["kpilib"] = about
    nbformat.write(page, str(output))
    return page


def _run(planned: PlannedPage, output: Path) -> None:
    papermill.execute_notebook(
        str(planned.notebook),
        str(output),
        parameters=planned.parameters,
        progress_bar=False,
        log_output=False,
        kernel_name="python3",
        execution_timeout=PAGE_LIMIT,
        extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
    )


def settle(page: NotebookNode) -> NotebookNode:
    """Take out times, counters and random ids, so that the same records give the same bytes."""
    for key in set(page.metadata) - {"kernelspec", "language_info"}:
        del page.metadata[key]
    page.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    page.metadata.language_info = {"name": "python"}
    for number, cell in enumerate(page.cells):
        cell["id"] = f"cell-{number}"
        tags = cell.metadata.get("tags", [])
        cell["metadata"] = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell["outputs"] = [output for output in cell.outputs if output.get("name") != "stderr"]
    return page


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else f"notebooks/{path.name}"
