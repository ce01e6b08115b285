"""How a new council gets its three folders: params/, data/ and notebooks/, all of them or none."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from kpilib.press.engine import read_notebook, settle
from kpilib.press.plan import home_of_kinds
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.founding import (
    Answers,
    empty_records,
    first_quarter,
    framework_yml,
    named_after,
    read_answers,
    slug_faults,
    understood,
    usual,
)
from kpilib.records.framework import home

ROOMS = ("notebooks", "data", "params")  # the last makes it a council: framework.yml
QUESTIONS = {
    "council": "The council's name?",
    "fictional": "Is it made up, for trying this out?",
    "strategy": "The name of the strategy or plan that it reports on?",
    "priority_word": "What does it call each part of that: priority, objective, theme?",
    "priorities": "Their titles, with a ; between them?",
    "year_starts": "The month in which its year starts?",
    "first_quarter": "The first quarter that the rule for ratings holds for?",
    "ratings": "Its words for green, amber and red, with a ; between them?",
    "green_within": "How far off target is still green: a share of the target (5%), or points (2 points)?",
    "amber_within": "How far is still amber?",
    "summary": "Shall there be an executive summary?",
    "risks": "A risk register?",
    "cover_report": "A cover report?",
}


def new(slug: str, answers: Path | None, root: str | Path | None = None) -> list[Path]:
    """
    Make the folders of a new council.

    Args:
        slug: the name of each of its folders.
        answers: a YAML file that says what would else be asked on the terminal.

    Returns:
        the three folders.

    Raises:
        RecordsError: with every fault; nothing is then made.
    """
    base = home(root)
    faults = [*slug_faults(slug)] or [
        Fault(f"{room}/{slug}", "is there already", "Choose another name, or move that folder away.")
        for room in ROOMS
        if os.path.lexists(base / room / slug)
    ]
    if not base.is_dir():
        faults.append(Fault(str(base), "is no folder", "Make it first, or name another."))
    kind = _kind(base, faults)
    try:
        said = read_answers(answers) if answers else None
    except RecordsError as error:
        faults += error.faults
    if faults:
        raise RecordsError(faults)
    said = said or _ask()
    files = {
        "notebooks": {
            f"{page}.ipynb": _notebook(kind, slug, page, first_quarter(said))
            for page in map(named_after, said.priorities)
        },
        "data": empty_records(said),
        "params": {"framework.yml": framework_yml(said, slug)},
    }
    return _place(base, slug, files)


def _kind(base: Path, faults: list[Fault]) -> str:
    """Give the notebook of a priority's kind, adding what keeps it from being one."""
    own = base / "notebooks" / "priority.ipynb"
    path = own if own.exists() else home_of_kinds() / own.name
    try:
        book = read_notebook(path, "notebooks/priority.ipynb")
        said = [cell.source for cell in book.cells if "parameters" in cell.metadata.get("tags", [])]
        if len(said) == 1 and all(re.search(rf'^{name}: str = ".*"', said[0], re.M) for name in ("framework", "page")):
            return nbformat.writes(book)
        faults.append(Fault("notebooks/priority.ipynb", "has no parameters", "Fetch it anew."))
    except RecordsError as error:
        faults += error.faults
    return ""


def _notebook(kind: str, slug: str, page: str, quarter: str) -> bytes:
    """Write a page's own notebook: its kind's cells, not run yet, with this page's parameters."""
    book = settle(nbformat.reads(kind, as_version=4))
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if "parameters" in cell.metadata.get("tags", []):
            for name, value in {"framework": slug, "page": page, "quarter": quarter}.items():
                cell.source = re.sub(rf'^{name}: str = ".*"', f'{name}: str = "{value}"', cell.source, flags=re.M)
    return f"{nbformat.writes(book)}\n".encode()


def _place(base: Path, slug: str, files: Mapping[str, Mapping[str, bytes]]) -> list[Path]:
    """Write the folders beside where they belong, and rename each into its place; undo all if one cannot be."""
    parts = {room: base / room / f".{slug}.{os.getpid()}.part" for room in ROOMS}
    placed = []
    try:
        for room, part in parts.items():
            part.mkdir(parents=True)
            for name, content in files[room].items():
                (part / name).write_bytes(content)
        for room, part in parts.items():
            placed.append(part.rename(base / room / slug))
    except BaseException:
        for folder in [*placed, *parts.values()]:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return placed


def _ask() -> Answers:
    """Ask on the terminal; a wrong answer is asked again, with the reason."""
    said: dict[str, Any] = {}
    try:
        for name, question in QUESTIONS.items():
            proposed = usual(name, said)
            while name not in said:
                text = input(f"{question} [{proposed}] " if proposed else f"{question} ").strip()
                try:
                    said[name] = understood(name, text or proposed)
                except RecordsError as error:
                    print(error)
    except EOFError as error:
        remedy = "Start again, or write the answers into a file and name it with --answers."
        raise RecordsError([Fault("the questions", "were not answered to the end; nothing is made", remedy)]) from error
    return Answers.model_validate(said)
