"""What would be printed: each page with its notebook and parameters, and each appendix with its pages."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import kpilib
from kpilib.press.current import fingerprint, stamp
from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.framework import (
    COVER,
    EDITIONS,
    OVERVIEW,
    Framework,
    PageEntry,
    home,
    load_framework,
)
from kpilib.records.periods import Period
from kpilib.records.quarterly import OWN, place, read_parameters
from kpilib.records.releases import ABOUT, is_released, release_place, released, releases

FIXED = ("framework", "page", "quarter", "edition")
_OPENED = ((("page",), 4), (("ledger",), 2), (("framework",), 2))
LISTS = ("indicators.csv", "risks.csv", "milestones.csv")


@dataclass(frozen=True)
class PlannedPage:
    """A page to make: the notebook it comes from and the parameters it gets."""

    entry: PageEntry
    notebook: Path
    parameters: dict[str, Any]

    @property
    def html(self) -> str:
        """Its file in the output folder."""
        return "index.html" if self.entry.page == OVERVIEW else f"pages/{self.entry.page}.html"

    @property
    def ipynb(self) -> str:
        """Its executed notebook in the output folder."""
        return f"pages/{self.entry.page}.ipynb"


@dataclass(frozen=True)
class Paper:
    """A paper for the committee: pages, or cells of them by tag, bound into one document."""

    name: str
    label: str
    title: str
    pages: tuple[str, ...]
    cells: str = "all"
    upright: bool = False

    @property
    def is_bound(self) -> bool:
        """Whether it holds several pages, each beginning on a sheet of its own, so that they can be drawn apart."""
        return len(self.pages) > 1 and self.cells == "all" and not self.upright


@dataclass(frozen=True)
class Plan:
    """
    Everything that a run would make, and where.

    `despite` is why the quarter was released although its check refused: every page says so.
    `marking` is what each sheet bears of the edition; a run adds it, once it has read the records.
    `published` says that the quarter is released, where it is.
    `guarded` is whether records that are not as they were published are a fault; `verify` looks at what they make.
    """

    framework: Framework
    quarter: Period
    edition: str
    root: Path
    outputs: Path
    pages: tuple[PlannedPage, ...]
    despite: str = ""
    marking: str = ""
    published: str = ""
    guarded: bool = True

    @property
    def folder(self) -> Path:
        """Where it goes."""
        return self.outputs / self.framework.slug / self.quarter.text / self.edition

    @property
    def notes(self) -> list[str]:
        """What is to be said of it, whatever a run makes."""
        return [self.published] if self.published else []

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers that bind its pages: the cover report, and the appendices."""
        names = {planned.entry.page for planned in self.pages}
        return tuple(paper for paper in papers(self.framework) if names & set(paper.pages))

    def page(self, name: str) -> PlannedPage:
        """Plan one page of the framework, whether or not it was asked for."""
        return _planned(self.framework, self.framework.entry(name), self.quarter, self.edition, self.root, {})

    def all_pages(self) -> tuple[PlannedPage, ...]:
        """Every page of the framework, the overview too, whether or not it was asked for."""
        asked = {planned.entry.page: planned for planned in self.pages}
        entries = (self.framework.overview, *self.framework.pages)
        return tuple(asked.get(entry.page) or self.page(entry.page) for entry in entries)

    @property
    def is_whole(self) -> bool:
        """Whether every page was asked for."""
        return len(self.pages) == len(self.framework.pages) + 1

    def promised(self, *, pdf: bool = True) -> tuple[str, ...]:
        """Every file that a whole run makes, but for the manifest."""
        kinds = ("html", "pdf") if pdf else ("html",)
        return (
            "index.html",
            *LISTS,
            *(f"pages/{entry.page}.html" for entry in self.framework.pages),
            *(f"pages/{entry.page}.ipynb" for entry in (self.framework.overview, *self.framework.pages)),
            *(f"{paper.name}.{kind}" for paper in papers(self.framework) for kind in kinds),
        )

    def without(self, pages: Collection[str]) -> Plan:
        """Plan the same without some pages, and without the appendices that bind no others."""
        kept = tuple(planned for planned in self.pages if planned.entry.page not in pages)
        return replace(self, framework=self.framework.without(pages), pages=kept)

    def name_of(self, path: Path) -> str:
        """A file's name from the root; a kind that kpilib brought is named from where kpilib stands."""
        base = self.root if path.is_relative_to(self.root) else home_of_kinds().parent
        return path.relative_to(base).as_posix()

    def fingerprint(self, others: Sequence[str] = (), *, pdf: bool) -> str:
        """
        Sum up all that it may be made from; see `current.fingerprint`.

        Args:
            others: councils whose records its pages open too.
        """
        said = [self.framework.slug, self.quarter.text, self.edition, self.despite]
        return fingerprint(*self._origins(others), [*said, [p.parameters for p in self.pages], pdf])

    def stamp(self, others: Sequence[str] = ()) -> str:
        """Sum up when any of that was changed last; see `current.stamp`."""
        return stamp(*self._origins(others))

    def _origins(self, others: Sequence[str]) -> tuple[dict[str, Path], dict[str, Path]]:
        """The folders and the single files that it may be made from, by name."""
        slug = self.framework.slug
        released = {
            place: self.root / place / ABOUT
            for each in releases(self.framework, self.root)
            if each.end <= self.quarter.end and (place := release_place(self.framework, each))
        }
        notebooks = {self.name_of(planned.notebook): planned.notebook for planned in self.all_pages()}
        rooms = {f"{room}/{each}": self.root / room / each for room in ("data", "params") for each in (slug, *others)}
        return rooms, notebooks | released


def papers(framework: Framework) -> tuple[Paper, ...]:
    """Every paper of a framework: its cover report, upright as reports are, and its appendices."""
    covers = [
        Paper(entry.page.replace("_", "-"), "Cover report", entry.title, (entry.page,), upright=True)
        for entry in framework.pages
        if entry.kind == COVER
    ]
    appendices = [
        Paper(f"appendix-{each.letter}", f"Appendix {each.letter}", each.title, each.pages, each.cells)
        for each in framework.appendices
    ]
    return (*covers, *appendices)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read what an earlier run wrote of itself; an empty one where there is none that can be read."""
    empty: dict[str, Any] = {"pages": {}, "papers": {}, "sheets": {}, "lists": {}, "outputs": {}}
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return empty
    whole = isinstance(manifest, dict) and all(isinstance(manifest.get(part), dict) for part in empty)
    return manifest if whole else empty


def opened_before(folder: Path) -> dict[str, list[tuple[str, ...]]]:
    """Give what each page opened when it was made last, as the manifest tells it: see `snapshot.Snapshot.note`."""
    found = {}
    for page, how in read_manifest(folder)["pages"].items():
        lines = [tuple(line) for line in how.get("opened", [])] if isinstance(how, dict) else []
        found[page] = [line for line in lines if (line[:1], len(line)) in _OPENED]
    return found


def make_plan(
    framework: str,
    quarter: str,
    edition: str = "public",
    root: str | Path | None = None,
    only: Sequence[str] = (),
) -> Plan:
    """
    Plan a quarter.

    Args:
        only: the pages wanted; all of them, and the overview, where none is named.

    Raises:
        RecordsError: what was asked for is not there, or the quarter's own file is wrong.
    """
    base = home(root)
    said = load_framework(framework, base)
    if edition not in EDITIONS:
        raise RecordsError([Fault("edition", f"{edition!r} is not an edition", allowed(edition, EDITIONS))])
    try:
        at = said.quarter(quarter)
    except ValueError as error:
        raise RecordsError([Fault("quarter", str(error), "Name the quarter of the report.")]) from error
    entries = (said.overview, *said.pages)
    names = [entry.page for entry in entries]
    unknown = [Fault("--page", f"no page {name!r}", allowed(name, names)) for name in only if name not in names]
    if unknown:
        raise RecordsError(unknown)
    extra = _quarter_parameters(said, at, base)
    pages = [_planned(said, entry, at, edition, base, extra) for entry in entries if not only or entry.page in only]
    despite = released(said, at, base).get("despite", "")
    published = is_released(said, at, base)
    return Plan(said, at, edition, base, base / "outputs", tuple(pages), despite, published=published)


def _planned(
    framework: Framework, entry: PageEntry, at: Period, edition: str, root: Path, extra: dict[str, Any]
) -> PlannedPage:
    said = {"framework": framework.slug, "page": entry.page, "quarter": at.text, "edition": edition, **extra}
    return PlannedPage(entry, _notebook(framework.slug, entry, root), said)


def build(named: str, root: str | Path | None = None) -> Path:
    """
    Find a report that was made: by its folder, or by `FRAMEWORK/QUARTER`, as released, else as last made.

    Raises:
        RecordsError: there is none.
    """
    if (Path(named) / "manifest.json").exists():
        return Path(named)
    slug, _, at = named.partition("/")
    base = home(root)
    for folder in (base / "data" / slug / "releases" / at / "public", base / "outputs" / slug / at / "public"):
        if at and ".." not in Path(named).parts and (folder / "manifest.json").exists():
            return folder
    remedy = "Name the folder of a report, or FRAMEWORK/QUARTER; make it first by `kpilib run`."
    raise RecordsError([Fault(named, "is no report that was made", remedy)])


def home_of_kinds() -> Path:
    """The notebooks that kpilib was installed beside."""
    return Path(kpilib.__file__).resolve().parents[1] / "notebooks"


def _notebook(slug: str, entry: PageEntry, root: Path) -> Path:
    """Find a page's notebook: its own, else that of its kind, else the kind kpilib was installed beside."""
    for path in (
        root / "notebooks" / slug / f"{entry.page}.ipynb",
        root / "notebooks" / f"{entry.kind}.ipynb",
        home_of_kinds() / f"{entry.kind}.ipynb",
    ):
        if path.exists():
            return path
    kinds: Iterable[str] = sorted(path.stem for path in home_of_kinds().glob("*.ipynb"))
    place = f"params/{slug}/framework.yml @ pages {entry.page}"
    raise RecordsError([Fault(place, f"no notebook for the kind {entry.kind!r}", allowed(entry.kind, kinds))])


def _quarter_parameters(framework: Framework, at: Period, root: Path) -> dict[str, Any]:
    """Give what the quarter's own file adds, once framework and quarter in it agree with the call."""
    said = read_parameters(framework, at, root)
    expected = {"framework": framework.slug, "quarter": at.text}
    where = place(framework, at)
    faults = [
        Fault(f"{where} @ {name}", f"says {said[name]!r}", f"Write {value!r}, or move the file where it belongs.")
        for name, value in expected.items()
        if name in said and str(said[name]) != value
    ]
    if faults:
        raise RecordsError(faults)
    return {name: value for name, value in said.items() if name not in (*FIXED, *OWN)}
