"""
A snapshot of records, which the pages of a run read in the place of the files, and a note of all that they open.

A run names it to the process that makes a page by the environment variable KPILIB_SNAPSHOT.
It is a folder: `edition` says which edition its records are of, and `COUNCIL/PART.pickle` holds a part of what was
read of a council: `framework`, `ledger` (of all quarters), `parameters` (the files of params/, as bytes by name) and
`verdicts` (by the quarter that the records are looked at from, and the quarter judged); or the `faults` for which
nothing could be read.
`opened` gets a line of JSON for each thing that the page opens, with its sums: it tells what the page depends on.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pickle
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kpilib.records.faults import Fault, RecordsError

VARIABLE = "KPILIB_SNAPSHOT"

Parts = Mapping[str, bytes]  # of a council's records, pickled
Sums = Mapping[tuple[str, ...], Mapping[str, str]]  # the sha256 of each part of what was opened: see `Snapshot.note`


@dataclass(frozen=True)
class Opened:
    """
    What a page of a run opened.

    Args:
        sums: all the records that it opened.
        read: whatever else it read, so that nobody can tell whether that has changed.
        missing: councils that it asked for and that were not in the snapshot.
    """

    sums: Sums = field(default_factory=dict)
    read: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """The snapshot in a folder."""

    folder: Path

    @property
    def edition(self) -> str:
        """The edition of which all its records are."""
        return (self.folder / "edition").read_text(encoding="utf-8")

    def part(self, framework: str, name: str) -> Any:
        """
        Give a part of a council's records.

        Raises:
            RecordsError: the faults of these records, or that they are not in the snapshot, which is noted: the run
                then puts them in, and makes the page again.
        """
        if not _is_name(framework):
            raise RecordsError(
                [Fault("framework", f"no framework {framework!r}", "Name a council's folder in params/.")]
            )
        if not (self.folder / framework).is_dir():
            self._write({"missing": framework})
            raise RecordsError([Fault(framework, "is not in the records of this run", "Name a council's folder.")])
        if (self.folder / framework / "faults.pickle").exists():
            self.note(("ledger", framework), {})  # a cell may cope with that, and show something else without them
            raise RecordsError(_read(self.folder / framework / "faults.pickle"))
        return _read(self.folder / framework / f"{name}.pickle")

    def refuse(self, edition: str) -> None:
        """
        Refuse another edition than the run's.

        Raises:
            RecordsError: it is another.
        """
        if edition != self.edition:
            problem = f"{edition!r} is asked for in a run of the {self.edition} edition"
            remedy = "Leave it out, or give the parameter `edition`, so that each edition shows its own records."
            raise RecordsError([Fault("edition", problem, remedy)])

    def note(self, opened: Sequence[str], sums: Mapping[str, str]) -> None:
        """
        Write down something that was opened.

        Args:
            opened: `page`, council, page and quarter; `ledger` and council; or `framework` and council.
            sums: the sha256 of each part of it.
        """
        self._write({"opened": list(opened), "sums": dict(sums)})

    def note_framework(self, framework: str) -> None:
        """Write down that a council's framework was opened."""
        self.note(
            ("framework", framework), {f"params/{framework}/framework.yml": self.part(framework, "framework").sum}
        )

    def note_file(self, what: str) -> None:
        """Write down that something else than records was read: a file, a folder, a place in the network."""
        self._write({"read": what})

    def _write(self, line: Mapping[str, Any]) -> None:
        handle = os.open(self.folder / "opened", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, json.dumps(line).encode() + b"\n")
        finally:
            os.close(handle)

    def opened(self) -> Opened:
        """Give what was written down, each thing once, in its order."""
        path = self.folder / "opened"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = [json.loads(line) for line in dict.fromkeys(text.splitlines())]
        return Opened(
            {tuple(line["opened"]): line["sums"] for line in lines if "opened" in line},
            tuple(line["read"] for line in lines if "read" in line),
            tuple(line["missing"] for line in lines if "missing" in line),
        )


def current() -> Snapshot | None:
    """Give the snapshot that this process was named; none where it reads the files, as in JupyterLab."""
    named = os.environ.get(VARIABLE)
    return Snapshot(Path(named)) if named else None


@contextlib.contextmanager
def served(edition: str, councils: Mapping[str, Parts]) -> Iterator[Snapshot]:
    """
    Let this process, and those that it begins, read from a snapshot.

    Args:
        councils: the parts of each, pickled, by the slug of its framework.
    """
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Snapshot(Path(folder))
        (snapshot.folder / "edition").write_text(edition, encoding="utf-8")
        for slug, parts in councils.items():
            (snapshot.folder / slug).mkdir()
            for name, content in parts.items():
                (snapshot.folder / slug / f"{name}.pickle").write_bytes(content)
        before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = folder
        try:
            yield snapshot
        finally:
            os.environ.pop(VARIABLE)
            if before is not None:
                os.environ[VARIABLE] = before


def _is_name(framework: object) -> bool:
    return isinstance(framework, str) and re.fullmatch(r"[\w-]+", framework) is not None


@functools.cache
def _read(path: Path) -> Any:
    return pickle.loads(path.read_bytes())
