"""
The pieces of a report, each made from bytes alone: here, in a worker beside, or on a machine that has only kpilib.

A piece holds all that it is made from; `make()` gives the content of its files, the same wherever it is made.
What the making needs is imported there, since whoever hands pieces out needs none of it.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kpilib.press.plan import Plan
from kpilib.press.workers import Made
from kpilib.records.faults import Fault
from kpilib.records.snapshot import Parts, Sums, served

if TYPE_CHECKING:
    from nbformat import NotebookNode

WARM, KERNEL = "warm", "kernel"
LISTS = "indicators.csv"  # with risks.csv and milestones.csv, made together; no page can have this name


@dataclass(frozen=True)
class Prepared:
    """
    A quarter, ready to be made; or the faults for which nothing can be.

    Args:
        marking: what each sheet bears of the edition.
        councils: the pickled parts of the records of the report's own council, and of those that its pages opened when
            they were made last, as a snapshot holds them.
        opened: all that each page opened when it was made last, with its sums as they are now.
        whole: the sums of all the report's records as at the quarter.
        shared: sums that everything depends on.
        sizes: about how much there is to make of each page.
        bare: the pages on which everything is exempt, which the public edition does not have.
    """

    faults: tuple[Fault, ...] = ()
    marking: str = ""
    councils: Mapping[str, Parts] = field(default_factory=dict)
    opened: Mapping[str, Sums] = field(default_factory=dict)
    whole: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    bare: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preparation:
    """The work of preparing quarters of one council and edition, whose records are read once for all of them."""

    plans: tuple[Plan, ...]
    light: ClassVar[bool] = True

    def make(self) -> tuple[Prepared, ...]:
        """Prepare each quarter."""
        from kpilib.press.prepare import prepare

        return prepare(self.plans)


@dataclass(frozen=True)
class Fetching:
    """The work of reading the records of another council, which a page of the report asked for."""

    framework: str
    edition: str
    root: Path
    light: ClassVar[bool] = False

    def make(self) -> tuple[Parts]:
        """Give the parts of its records, pickled, or the faults for which there are none."""
        from kpilib.press.prepare import parts

        return (parts(self.framework, self.edition, self.root),)


@dataclass(frozen=True)
class PagePiece:
    """
    A page: its notebook executed, and as HTML.

    Args:
        edition: the run's.
        councils: the records that it may open, as a snapshot holds them.
        outputs: the folder that its cells must leave alone.
    """

    name: str
    notebook: bytes
    parameters: Mapping[str, Any]
    about: dict[str, Any]
    edition: str
    councils: Mapping[str, Parts]
    engine: str
    root: Path
    outputs: Path
    light: ClassVar[bool] = False

    def make(self) -> Made:
        """Give the executed notebook and the page, with what it opened, and note what was left out of both."""
        import nbformat

        from kpilib.press.engine import PageError, execute
        from kpilib.press.guard import forbid_writing, note_reading
        from kpilib.press.render import PageExporter

        os.environ["KPILIB_ROOT"] = str(self.root)
        with contextlib.suppress(FileNotFoundError):  # a machine far away does not have it, and reads nothing from it
            os.chdir(self.root)
        with served(self.edition, self.councils) as snapshot, tempfile.TemporaryDirectory() as folder:
            forbid_writing(self.outputs)
            if self.engine != KERNEL:
                note_reading(snapshot, Path(folder))
            try:
                executed, notes = execute(self.notebook, self.name, self.parameters, self.about, self.engine, folder)
            except PageError as error:
                return Made(faults=(error.fault,), opened=snapshot.opened())
            opened = snapshot.opened()
        html, _ = PageExporter().from_notebook_node(nbformat.reads(executed.decode(), as_version=4))
        return Made((executed, html.encode()), notes=tuple(notes), opened=opened)


@dataclass(frozen=True)
class PaperPiece:
    """
    A paper in one form, HTML or PDF: pages, or those cells of them that have a tag, bound together.

    Args:
        pages: the executed notebooks, by the names of their pages.
        about: what is printed around them.
    """

    name: str
    form: str
    cells: str
    pages: Mapping[str, bytes]
    about: dict[str, Any]
    light: ClassVar[bool] = False

    def make(self) -> tuple[bytes, ...]:
        """
        Give the paper.

        Raises:
            PageError: it could not be bound or drawn, or does not hold PDF/UA-1.
        """
        import nbformat

        from kpilib.press.paper import validated
        from kpilib.press.render import PageExporter, PaperExporter

        bound = nbformat.v4.new_notebook(cells=list(self._cells()), metadata={"kpilib": self.about})
        if self.form == "pdf":
            drawn = PaperExporter().from_notebook_node(bound)[0]
            whole = self.about.get("numbered", True)  # sheets without numbers are validated once they are bound
            return (validated(drawn) if whole else drawn,)
        return (PageExporter().from_notebook_node(bound)[0].encode(),)

    def _cells(self) -> Iterator[NotebookNode]:
        """The cells that it takes, each saying which page it is of, and where a page begins and ends."""
        import nbformat

        from kpilib.press.engine import PageError

        for page, executed in self.pages.items():
            cells = nbformat.reads(executed.decode(), as_version=4).cells
            own = [cell for cell in cells if self.cells == "all" or self.cells in cell.metadata.get("tags", [])]
            if not own:
                problem = f"no cell of {page} has the tag {self.cells!r}"
                remedy = "Tag the cells that it should take, or write `cells: all`."
                raise PageError(Fault(self.name, problem, remedy))
            for cell in own:
                cell.metadata["page"] = page
                cell["id"] = f"{page}-{cell.id}"
            own[0].metadata["begins"], own[-1].metadata["ends"] = page, True
            yield from own


@dataclass(frozen=True)
class BoundPiece:
    """A paper as PDF, bound from the sheets of its pages, which were drawn one by one."""

    sheets: Mapping[str, bytes]
    about: dict[str, Any]
    light: ClassVar[bool] = False

    def make(self) -> tuple[bytes, ...]:
        """
        Give the paper.

        Raises:
            PageError: it does not hold PDF/UA-1.
        """
        from kpilib.press.binder import bind
        from kpilib.press.paper import validated
        from kpilib.press.render import blank

        def front(begins: Mapping[str, int]) -> bytes:
            about = self.about | {"numbered": False, "begins": dict(begins)}
            return PaperPiece("", "pdf", "all", {}, about).make()[0]

        return (validated(bind(front, self.sheets, blank)),)


@dataclass(frozen=True)
class ListsPiece:
    """The quarter's figures, risks and milestones as CSV; `ledger` is pickled."""

    ledger: bytes
    quarter: str
    light: ClassVar[bool] = False

    def make(self) -> tuple[bytes, ...]:
        """Give indicators.csv, risks.csv and milestones.csv."""
        from kpilib.pages.listing import indicators_csv, milestones_csv, risks_csv

        ledger = pickle.loads(self.ledger)
        at = ledger.framework.quarter(self.quarter)
        return tuple(write(ledger, at).encode() for write in (indicators_csv, risks_csv, milestones_csv))
