"""Runs a page's notebook with its parameters, by papermill, and takes out what changes from run to run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from kpilib.pages.shown import without_notes
from kpilib.press import shell  # noqa: F401  papermill knows its engine from then on
from kpilib.press.measure import TooMuchShownError
from kpilib.press.pieces import KERNEL
from kpilib.records.faults import CallError, Fault, NoSuchPartError, RecordsError
from kpilib.records.files import read_file

PRINTED = "printed"
_IN_KERNELS = ("kpilib.press.guard", "kpilib.press.measure")  # what a worker does of itself, a kernel does by these
_TWO_LINES = [error.__name__ for error in (RecordsError, CallError, NoSuchPartError, TooMuchShownError)]


class PageError(Exception):
    """A page that could not be made: where, why, and what to do."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))

    def __reduce__(self) -> tuple[type[PageError], tuple[Fault]]:
        """Travel between processes whole."""
        return PageError, (self.fault,)


def read_notebook(path: Path, place: str) -> NotebookNode:
    """
    Read a notebook.

    Raises:
        RecordsError: it is none, or cannot be read.
    """
    try:
        return nbformat.reads(read_file(path, place).decode(), as_version=4)
    except (ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError, RecursionError) as error:
        why = " ".join(str(error).split())[:120]
        remedy = "Fetch it anew, or open it in JupyterLab and save it."
        raise RecordsError([Fault(place, f"is not a notebook ({why})", remedy)]) from error


def execute(
    notebook: bytes, name: str, parameters: Mapping[str, Any], about: dict[str, Any], engine: str, folder: str
) -> tuple[bytes, list[str]]:
    """
    Run a page's notebook, and give it back executed, with a note on each cell of which something was left out.

    Plain text is left out, be it printed, warned of or the bare value of a last line: an analyst leaves such things
    about, and a report is public. The text of a cell that has the tag `printed` stays, but for its warnings.

    Args:
        notebook: the file's content.
        name: what faults call it.
        parameters: what papermill injects.
        about: what the exporters print around the page, kept in the notebook's metadata.
        engine: `warm` runs it in this process, once; `kernel` in a Jupyter kernel of its own, as JupyterLab does.
        folder: an empty one, where IPython may keep what it keeps.

    Raises:
        PageError: a cell failed; names notebook, cell and error.
    """
    try:
        page = _run(notebook, parameters, engine, folder)
    except PapermillExecutionError as error:
        said = (error.evalue or "").splitlines()
        why = said[0] if said else error.ename
        problem = f"{error.ename}: {why}"
        remedy = "Open the notebook in JupyterLab, run it to that cell and mend what it says."
        if error.ename in _TWO_LINES and len(said) > 1:
            problem, remedy = why, said[1].strip()
        if error.ename == RecordsError.__name__:
            remedy += " `kpilib check` lists every fault."
        if error.ename.endswith("MemoryError"):
            remedy = "It needs more memory than a page may have: ask less of the cell, or give --page-memory."
        raise PageError(Fault(f"{name}, cell {error.cell_index}", problem, remedy)) from error
    except (DeadKernelError, CellTimeoutError, NoSuchKernel) as error:
        why = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
        remedy = "Run it in JupyterLab; a cell must not end its own process."
        raise PageError(Fault(name, why, remedy)) from error
    for number, cell in enumerate(page.cells):
        for shown in cell.get("outputs", []):
            if shown.output_type == "error":
                problem = f"{shown.ename}: {shown.evalue}"
                raise PageError(Fault(f"{name}, cell {number}", problem, "Mend the cell: a page ends by itself."))
    notes = _leave_out_plain_text(page, name)
    page = settle(page)
    page.metadata["kpilib"] = about
    return nbformat.writes(page).encode(), notes


def is_left_out(cell: NotebookNode, output: NotebookNode) -> bool:
    """Say of an output whether it is plain text that is not meant for the page; warnings never are."""
    meant = PRINTED in cell.metadata.get("tags", [])
    if output.output_type == "stream":
        return not meant or output.name == "stderr"
    return not meant and set(output.get("data", {})) == {"text/plain"}


def _leave_out_plain_text(page: NotebookNode, name: str) -> list[str]:
    """Take plain text out of what cells show, and give a note on each cell that had some."""
    notes = []
    for number, cell in enumerate(page.cells):
        left = [output for output in cell.get("outputs", []) if is_left_out(cell, output)]
        if left:
            cell["outputs"] = [output for output in cell.outputs if output not in left]
        lines = "\n".join(output.get("text") or output.data["text/plain"] for output in left).splitlines()
        text = next((line.strip() for line in lines if line.strip()), "")
        if text:
            warned = all(output.get("name") == "stderr" for output in left)
            remedy = "It is a warning: mend what it warns of." if warned else f"To print it, tag the cell `{PRINTED}`."
            notes.append(f"{name}, cell {number}: this text is left out of the page: {text[:80]}\n  {remedy}")
    return notes


def _run(notebook: bytes, parameters: Mapping[str, Any], engine: str, folder: str) -> NotebookNode:
    """Run a notebook by papermill, twice where a kernel's port was taken in the moment that it started."""
    more: dict[str, Any] = {"folder": folder}
    if engine == KERNEL:
        extensions = [f"--IPKernelApp.extra_extensions={name}" for name in _IN_KERNELS]
        more = {"extra_arguments": ["--IPKernelApp.log_level=CRITICAL", *extensions]}

    def once() -> NotebookNode:
        return papermill.execute_notebook(
            nbformat.reads(notebook.decode(), as_version=4),
            None,
            parameters=dict(parameters),
            engine_name=None if engine == KERNEL else engine,
            progress_bar=False,
            log_output=False,
            kernel_name="python3",
            **more,
        )

    try:
        return once()
    except RuntimeError as error:
        if type(error) is not RuntimeError or engine != KERNEL:
            raise
        return once()


def settle(page: NotebookNode) -> NotebookNode:
    """Take out times, counters, random ids and notes to the analyst, so that the same records give the same bytes."""
    for key in set(page.metadata) - {"kernelspec", "language_info"}:
        del page.metadata[key]
    page.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    page.metadata.language_info = {"name": "python"}
    for number, cell in enumerate(page.cells):
        cell["id"] = f"cell-{number}"
        tags = cell.metadata.get("tags", [])
        cell["metadata"] = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell["outputs"] = _joined(cell.outputs)
            for output in cell.outputs:
                if "text/html" in output.get("data", {}):
                    output["data"]["text/html"] = without_notes(output["data"]["text/html"])
    return page


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join what was printed in one go, which a kernel sends in pieces as its clock has it."""
    joined: list[NotebookNode] = []
    for output in outputs:
        if joined and output.output_type == joined[-1].output_type == "stream":
            joined[-1]["text"] += output.text
        else:
            joined.append(output)
    return joined
