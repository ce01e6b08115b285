"""
One quarter's report in the making: what is to be made, what waits for what, and what has been made from what.

Every file is replaced whole, and the manifest is written anew after each piece, so that a run that is ended at any
moment is gone on with by the next. What a run leaves is what today's records give, or it is not there.
"""

from __future__ import annotations

import contextlib
import json
import pickle
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from kpilib.press import plan as planning
from kpilib.press.current import own_sources, sha256, sha256_of, versions
from kpilib.press.pieces import LISTS, WARM, BoundPiece, Fetching, ListsPiece, PagePiece, PaperPiece, Prepared
from kpilib.press.plan import Paper, Plan, PlannedPage, opened_before, papers, read_manifest
from kpilib.press.workers import Made, Piece
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.files import replace_whole
from kpilib.records.framework import OVERVIEW
from kpilib.records.snapshot import Parts, Sums

AROUND = "what is printed around it"
FREE = "what its notebook fetches for itself"
FETCHED = "records of other councils"  # no part of the manifest: what is fetched is for the pages that ask for it


@dataclass
class Outcome:
    """What a run made, what it found up to date, and what went wrong; `refused` where nothing could be begun."""

    folder: Path
    made: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: bool = False


@dataclass(frozen=True)
class Task:
    """
    A piece to be made: its files, where the manifest tells of it, the sums of what it is made from, and its size.

    `origin` is where a fault of it is looked for, if nothing nearer is known: a page's notebook; and `told` the file
    that a fault is told of, where that is not its last. `fixed` are those of a page's sums that it does not open.
    """

    part: str
    name: str
    files: tuple[str, ...]
    inputs: Mapping[str, str]
    size: float
    piece: Callable[[], Piece]
    origin: str = ""
    told: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)


class Quarter:
    """
    A quarter's report in the making.

    Args:
        plan: what to make.
        prepared: what `prepare` made of it, without faults.
        pdf: draw the papers as PDF too.
        force: make everything, whatever is up to date.
        engine: `warm`, or `kernel`.
        origins: what `begin` gave before anything was read; without it nothing is to be made.
    """

    def __init__(
        self,
        plan: Plan,
        prepared: Prepared,
        *,
        pdf: bool = True,
        force: bool = False,
        engine: str = WARM,
        origins: tuple[str, str] = ("", ""),
    ) -> None:
        self._whole_plan, self._bare = plan, prepared.bare
        self.plan = replace(plan.without(prepared.bare), marking=prepared.marking)
        self.outcome = Outcome(plan.folder, notes=plan.notes)
        if prepared.bare:
            self.outcome.notes.append(f"Left out, since everything on it is exempt: {', '.join(prepared.bare)}.")
        self._prepared, self._pdf, self._force, self._engine = prepared, pdf, force, engine
        self._councils: dict[str, Parts] = dict(prepared.councils)
        self._wanted: dict[str, list[Task]] = {}  # pages that wait for the records of a council
        self._opened_by: dict[str, Sums] = dict(prepared.opened)
        self._others, self._origins = others(plan), origins
        self._manifest = self._begun()
        self._content: dict[str, bytes] = {}
        self._waiting: set[str] = set()
        self._failed: set[str] = set()
        self._drawn: set[str] = set()
        self._again: list[Task] = []
        self._asked = {planned.entry.page: planned for planned in self.plan.pages}
        self._planned = {planned.entry.page: planned for planned in self.plan.all_pages()}
        self._unbound: list[Paper] | None = None
        self._opened = False

    def ready(self) -> list[Task]:
        """Give the pieces that can be made now and were not given yet; what is up to date is not."""
        found, self._again = self._again, []
        found += self._out_of_date(self._pages()) if self._unbound is None else []
        if self._unbound is None:
            self._unbound = list(self.plan.papers)
        for paper in self._unbound if self._pdf else ():
            found += self._out_of_date(self._sheets(paper))
        for paper in [each for each in self._unbound if not self._waiting & {*each.pages, *_sheet_names(each)}]:
            self._unbound.remove(paper)
            found += self._out_of_date(self._paper_tasks(paper))
        if not self._waiting and not self._unbound and not self._opened:
            self._opened = True
            found += self._out_of_date(self._opening())
        return found

    def _out_of_date(self, tasks: list[Task]) -> list[Task]:
        """Choose what is to be made, and wait for it; the rest is kept."""
        found = []
        for task in tasks:
            if self._changed(task) == [] and (not self._force or task.files[0] in self._content):
                known = {*self.outcome.made, *self.outcome.kept} if task.part != "sheets" else task.files
                self.outcome.kept.extend(name for name in task.files if name not in known)
            else:
                found.append(task)
                self._waiting.add(task.name)
        return found

    @property
    def done(self) -> bool:
        """Whether everything was made, or could not be."""
        return self._opened and not self._waiting

    def take(self, task: Task, made: Made) -> None:
        """Put the files of a piece in place, or tell why there are none."""
        if task.part == FETCHED:
            self._councils[task.name] = made.parts[0] if made.parts else {"faults": pickle.dumps(list(made.faults))}
            self._again += self._wanted.pop(task.name)
            return
        missing = [slug for slug in made.opened.missing if slug not in self._councils]
        if missing:
            self._want(missing[0], task)
            return
        self._waiting.discard(task.name)
        faults = [_named(fault, task) for fault in made.faults] or self._put(task, made.parts)
        self.outcome.notes += [note for note in made.notes if note not in self.outcome.notes]
        how: dict[str, Any] = {"status": "made", "seconds": round(made.seconds, 2)}
        if faults:
            self.outcome.faults.extend(fault for fault in faults if fault not in self.outcome.faults)
            self._failed |= {task.name, task.told}
            how = {"status": "failed", "error": str(faults[0])}
        files = {name: sha256_of(content) for name, content in zip(task.files, made.parts, strict=False)}
        inputs = dict(task.inputs)
        if task.part == "pages":
            self._opened_by[task.name] = made.opened.sums
            how |= {"opened": sorted(made.opened.sums), "free": bool(made.opened.read)}
            inputs = self._with_opened(task.name, task.fixed, free=bool(made.opened.read))
        self._manifest[task.part][task.name] = how | {"inputs": inputs, "files": {} if faults else files}
        with contextlib.suppress(OSError):  # a full disk is told of in the end; what can be made is made
            self._write_manifest()

    def _want(self, slug: str, task: Task) -> None:
        """Let a page wait for the records of a council that it asked for, and be made again once they are read."""
        if slug not in self._wanted:
            fetching = Fetching(slug, self.plan.edition, self.plan.root)
            self._again.append(Task(FETCHED, slug, (), {}, task.size, lambda: fetching))
        self._wanted.setdefault(slug, []).append(task)

    def _put(self, task: Task, parts: Sequence[bytes]) -> list[Fault]:
        """Put files in place; give the fault of the first that cannot be."""
        for name, content in zip(task.files, parts, strict=True):
            try:
                replace_whole(self.plan.folder / name, content)
            except OSError as error:
                remedy = "Make room, or mend the folder or its permissions, and run again."
                return [Fault(name, f"could not be written ({error.strerror})", remedy)]
            self._content[name] = content
        self.outcome.made.extend(name for name in task.files if task.part != "sheets")
        return []

    def finish(self) -> Outcome:
        """
        End it: see that everything still is what was made, and that the records are what it was made from.

        A report that was made whole, without a fault, is known by the next run without looking into it; but for one
        whose pages fetch for themselves, or opened the records of a council that was not known of when it began.
        """
        if OVERVIEW in self._failed:
            self._take_away([*self._gone(self._planned[OVERVIEW])])
        for name, content in self._content.items():
            path = self.plan.folder / name
            if not path.exists() or path.read_bytes() != content:
                replace_whole(path, content)
                problem = "was changed by something else while the run was on, and was put right"
                self.outcome.faults.append(Fault(name, problem, "Look for a notebook that writes into outputs/."))
        if self._whole_plan.stamp(self._others) != self._origins[1]:
            remedy = "Run it again, so that every page is of the same records."
            self.outcome.faults.append(Fault("records", "changed during the run", remedy))
        self._manifest["ended"] = _now()
        self._manifest["faults"] = [str(fault) for fault in self.outcome.faults]
        self._write_manifest()
        free = any(how.get("free") for how in self._manifest["pages"].values())
        if self.plan.is_whole and not self.outcome.faults and not free and others(self.plan) == self._others:
            replace_whole(_seen(self.plan), "\n".join([self._origins[0], *self._bare]).encode())
        return self.outcome

    def why(self, planned: PlannedPage) -> list[str] | None:
        """Name what changed since a page was made: nothing if it is current; `None` if it was never made."""
        return self._changed(self._page(planned))

    def _begun(self) -> dict[str, Any]:
        """The manifest as a run begins: what earlier runs made, and this one's own particulars."""
        before = read_manifest(self.plan.folder)
        names = {OVERVIEW, *(entry.page for entry in self.plan.framework.pages)}
        promised = self.plan.promised()
        return {
            "framework": self.plan.framework.slug,
            "quarter": self.plan.quarter.text,
            "edition": self.plan.edition,
            "began": _now(),
            "ended": None,
            "versions": versions(),
            "parameters": {planned.entry.page: planned.parameters for planned in self.plan.pages},
            "faults": [],
            "inputs": self._inputs(),
            "pages": {name: how for name, how in before["pages"].items() if name in names},
            "papers": {name: how for name, how in before["papers"].items() if name in promised},
            "sheets": before["sheets"],
            "lists": before["lists"],
            "outputs": {},
        }

    def _inputs(self) -> dict[str, str]:
        """The sha256 of every file that the quarter is made from, by name; kpilib counts as one."""
        notebooks = {planned.notebook for planned in self.plan.all_pages()}
        named = {self.plan.name_of(path): sha256(path) for path in sorted(notebooks)}
        return dict(sorted({**self._prepared.whole, **named, "kpilib": own_sources()}.items()))

    def _pages(self) -> list[Task]:
        """
        Every page that was asked for, and the lists.

        The overview among them is made as if all else came out well; in the end it is looked at once more.
        """
        pages = [self._page(planned, foreseen=True) for planned in self._asked.values()]
        ledger, at = self._councils[self.plan.framework.slug]["ledger"], self.plan.quarter.text
        inputs = {**self._prepared.shared, **self._prepared.whole}
        lists = Task("lists", LISTS, planning.LISTS, inputs, 1, lambda: ListsPiece(ledger, at))
        return [*pages, lists]

    def _page(self, planned: PlannedPage, *, foreseen: bool = False) -> Task:
        about = _about(self.plan, planned, self._foreseen() if foreseen else ())
        notebook = self.plan.name_of(planned.notebook)

        def piece() -> Piece:
            return PagePiece(
                notebook, planned.notebook.read_bytes(), planned.parameters, about,
                self.plan.edition, self._councils, self._engine, self.plan.root, self.plan.outputs,
            )  # fmt: skip

        name = planned.entry.page
        fixed = {**self._prepared.shared, notebook: sha256(planned.notebook), AROUND: sha256_of(about)}
        inputs = self._with_opened(name, fixed, free=self._manifest["pages"].get(name, {}).get("free", False))
        files = (planned.ipynb, planned.html)
        return Task("pages", name, files, inputs, self._size(name), piece, notebook, fixed=fixed)

    def _with_opened(self, page: str, fixed: Mapping[str, str], *, free: bool) -> dict[str, str]:
        """Add to the sums of a page's notebook, and of what is around it, those of what it opened."""
        itself = ("page", self.plan.framework.slug, page, self.plan.quarter.text)
        inputs = dict(fixed)
        for what, sums in self._opened_by.get(page, {}).items():
            of = "" if what == itself else f" of {' '.join(what)}"
            inputs |= {f"{file}{of}": each for file, each in sums.items()}
        return inputs | ({FREE: self._manifest["began"]} if free else {})

    def _foreseen(self) -> set[str]:
        """The files that there will be if nothing fails."""
        pages = {planned.html for planned in self._asked.values()}
        forms = ("html", "pdf") if self._pdf else ("html",)
        return pages | {f"{paper.name}.{form}" for paper in self.plan.papers for form in forms}

    def _size(self, page: str) -> float:
        """How long a page keeps the run: itself, and the longest of the papers that wait for it."""
        own = self._prepared.sizes
        bound = [sum(own[each] for each in paper.pages) for paper in self.plan.papers if page in paper.pages]
        return own[page] + max(bound, default=0)

    def _paper_tasks(self, paper: Paper) -> list[Task]:
        """A paper in each form, once its pages are there; where one is not, there is none, and a note says why."""
        lacks = next((why for page in paper.pages if (why := self._lacks(page))), "")
        if lacks:
            self.outcome.notes.append(f"{paper.name} is not made: its page {lacks}.")
            self._failed.add(paper.name)
            return []
        drawn = self._pdf and f"{paper.name}.pdf" not in self._failed
        return [self._paper(paper, form) for form in (("html", "pdf") if drawn else ("html",))]

    def _sheets(self, paper: Paper) -> list[Task]:
        """The sheets of a bound paper, page by page, as soon as a page is there; they are kept beside the report."""
        tasks = []
        for page, name in zip(paper.pages, _sheet_names(paper), strict=True) if paper.is_bound else ():
            if name not in self._drawn and page not in self._waiting and not self._lacks(page):
                self._drawn.add(name)
                tasks.append(self._sheet(paper, page))
        return tasks

    def _sheet(self, paper: Paper, page: str) -> Task:
        """The sheets of one page of a bound paper."""
        about = _about_paper(self.plan, paper, "") | {"parts": [], "numbered": False}
        about["later"] = page != paper.pages[0]
        return self._bind(paper, "pdf", about, [page], f"{paper.name}/{page}")

    def _lacks(self, page: str) -> str:
        """Say what keeps a page from being bound; nothing where nothing does."""
        if page in self._failed:
            return f"{page} failed"
        if page not in self._asked and self.why(self._planned[page]) != []:
            return f"{page} is older than the records, or not made yet"
        return ""

    def _paper(self, paper: Paper, form: str) -> Task:
        about = _about_paper(self.plan, paper, "pages/" if form == "html" else "")
        if form == "html" or not paper.is_bound:
            return self._bind(paper, form, about, paper.pages)
        file, names = f"{paper.name}.pdf", _sheet_names(paper)
        files = {name: _beside(self.plan, name) for name in names}
        inputs = {name: self._sum("sheets", name, files[name]) for name in names}

        def piece() -> Piece:
            sheets = [(self.plan.folder / each).read_bytes() for each in files.values()]
            return BoundPiece(dict(zip(paper.pages, sheets, strict=True)), about)

        return Task("papers", file, (file,), inputs | self._around(about), 1, piece)

    def _bind(self, paper: Paper, form: str, about: dict[str, Any], pages: Sequence[str], sheets: str = "") -> Task:
        """Pages of a paper, all of them, or the sheets of one."""
        file = f"{paper.name}.{form}"
        bound = {page: f"pages/{page}.ipynb" for page in pages}
        inputs = {name: self._sum("pages", page, name) for page, name in bound.items()}
        size = sum(self._prepared.sizes[page] for page in pages) * (1 if form == "pdf" else 0.1)

        def piece() -> Piece:
            content = {page: (self.plan.folder / name).read_bytes() for page, name in bound.items()}
            return PaperPiece(file, form, paper.cells, content, about)

        inputs |= self._around([about, paper.cells])
        if sheets:  # the whole paper waits for each
            size = sum(self._prepared.sizes[page] for page in paper.pages)
            return Task("sheets", sheets, (_beside(self.plan, sheets),), inputs, size, piece, told=file)
        return Task("papers", file, (file,), inputs, size, piece)

    def _around(self, about: Any) -> dict[str, str]:
        """The sums of what a paper is made from beside its pages."""
        return {name: self._prepared.shared[name] for name in ("kpilib", "libraries")} | {AROUND: sha256_of(about)}

    def _sum(self, part: str, name: str, file: str) -> str:
        """The sha256 of a file as it was made; of one that was not, none."""
        return str(self._manifest[part].get(name, {}).get("files", {}).get(file, ""))

    def _opening(self) -> list[Task]:
        """The overview, now that it is known what it leads to; what is not of today's report is taken away before."""
        self._clear()
        if OVERVIEW in self._asked:
            return [self._page(self._asked[OVERVIEW])]
        self._take_away([*self._gone(self._planned[OVERVIEW])])
        return []

    def _changed(self, task: Task) -> list[str] | None:
        """Name what changed since a piece was made; `None` if it was never made."""
        then = self._manifest[task.part].get(task.name, {})
        paths = {name: self.plan.folder / name for name in task.files}
        if then.get("status") != "made" or not all(path.exists() for path in paths.values()):
            return None
        old = then.get("inputs", {})
        changed = sorted(name for name in task.inputs.keys() | old.keys() if task.inputs.get(name) != old.get(name))
        sums = then.get("files", {})
        return changed or [name for name, path in paths.items() if sha256(path) != sums.get(name)]

    def _clear(self) -> None:
        """
        Take away what is not what today's records give: a page that failed, or that was not asked for and is older.

        So are papers that bind such pages, or that were not drawn, and whatever today's report does not have at all.
        """
        gone = [*planning.LISTS] if LISTS in self._failed else []
        gone += [name for planned in self._planned.values() if planned.entry.page != OVERVIEW
                for name in self._gone(planned)]  # fmt: skip
        for paper in papers(self.plan.framework):
            lacks = paper.name in self._failed or any(self._lacks(page) for page in paper.pages)
            for form in ("html", "pdf"):
                file = f"{paper.name}.{form}"
                if file not in self._fresh and (lacks or file in self._failed or not self._is_drawn(paper, form)):
                    gone.append(file)
        known = {"manifest.json", *self.plan.promised()}
        paths = [path for path in self.plan.folder.rglob("*") if path.is_file()]
        gone += [name for path in paths if (name := path.relative_to(self.plan.folder).as_posix()) not in known]
        self._take_away(gone)

    @property
    def _fresh(self) -> set[str]:
        """The files that were made in this run, or found up to date."""
        return {*self.outcome.made, *self.outcome.kept}

    def _gone(self, planned: PlannedPage) -> Iterator[str]:
        """The files of a page, where they are not what today's records give."""
        name = planned.entry.page
        if name in self._failed or (name not in self._asked and self.why(planned) != []):
            yield from (planned.ipynb, planned.html)

    def _is_drawn(self, paper: Paper, form: str) -> bool:
        """Whether a paper that was not asked for is what its pages, as they are, give."""
        sheets = [self._sheet(paper, page) for page in paper.pages] if form == "pdf" and paper.is_bound else []
        return all(self._changed(task) == [] for task in (*sheets, self._paper(paper, form)))

    def _take_away(self, names: Sequence[str]) -> None:
        """Remove files that are there, and say so; a page or paper that failed is told of already."""
        there = [name for name in names if (self.plan.folder / name).exists()]
        for name in there:
            (self.plan.folder / name).unlink()
        for part in ("pages", "papers"):
            for name, how in [*self._manifest[part].items()]:
                if how.get("status") == "made" and {*how.get("files", {})} & {*there}:
                    del self._manifest[part][name]
        told = [name for name in there if not name.endswith(".ipynb")]
        if told:
            again = f"kpilib run {self.plan.framework.slug} {self.plan.quarter.text}"
            again += "" if self.plan.edition == "public" else f" --edition {self.plan.edition}"
            self.outcome.notes.append(
                f"Taken away, since it may show what the records no longer say: {', '.join(told)}.\n"
                f"  `{again}` makes all that can be made."
            )

    def _write_manifest(self) -> None:
        """Write what was made from what: the only file with times in it."""
        parts = {part: dict(sorted(self._manifest[part].items())) for part in ("pages", "papers", "sheets", "lists")}
        files = [how.get("files", {}) for part in ("pages", "papers", "lists") for how in parts[part].values()]
        ordered = self._manifest | parts | {"outputs": dict(sorted(pair for each in files for pair in each.items()))}
        content = json.dumps(ordered, indent=2, ensure_ascii=False) + "\n"
        replace_whole(self.plan.folder / "manifest.json", content.encode())


def is_as_made(plan: Plan, *, pdf: bool) -> bool:
    """
    Say whether a whole report stands as it was made, from what it was made from; without looking into either.

    What was decided for the records and is not in place yet, as after a killed `receive`, is no match.
    """
    seen = _seen(plan)
    if not seen.exists() or (plan.root / "data" / plan.framework.slug / ".changes").exists():
        return False
    origins, *bare = seen.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
    if origins != plan.fingerprint(others(plan), pdf=pdf):
        return False
    outputs = read_manifest(plan.folder)["outputs"]
    paths = {path.relative_to(plan.folder).as_posix(): path for path in plan.folder.rglob("*") if path.is_file()}
    if not {*plan.without(bare).promised(pdf=pdf), "manifest.json"} <= paths.keys():
        return False
    return all(sha256(path) == outputs.get(name) for name, path in paths.items() if name != "manifest.json")


def others(plan: Plan) -> tuple[str, ...]:
    """The other councils whose records its pages opened when they were made last."""
    opened = {what[1] for page in opened_before(plan.folder).values() for what in page}
    return tuple(sorted(opened - {plan.framework.slug}))


def begin(plan: Plan, *, pdf: bool) -> tuple[str, str]:
    """
    Let a report no longer count as standing as it was made, before anything of it is touched.

    Returns:
        the sum of all that it may be made from, and of when that was changed last, before anything is read.
    """
    _seen(plan).unlink(missing_ok=True)
    records = plan.root / "data" / plan.framework.slug
    if (records / ".changes").exists():  # what a killed `receive` had decided
        from kpilib.records.store import finish

        finish(records)
    return plan.fingerprint(others(plan), pdf=pdf), plan.stamp(others(plan))


@contextlib.contextmanager
def undisturbed(plan: Plan) -> Iterator[None]:
    """
    Let no other program make a report while this one does; a killed one lets go.

    Raises:
        RecordsError: another one makes it just now.
    """
    beside = _seen(plan).parent
    beside.mkdir(parents=True, exist_ok=True)
    lock = FileLock(beside / "lock", timeout=0, is_singleton=True)  # this program may hold it several times over
    try:
        lock.acquire()
    except Timeout as error:
        remedy = "Wait until it is done, and run again."
        raise RecordsError([Fault(str(plan.folder), "is being made by another run", remedy)]) from error
    try:
        yield
    finally:
        lock.release()


def _seen(plan: Plan) -> Path:
    """Where the sum of a report's origins is kept: beside what is published, not in it, as it knows exempt rows."""
    return plan.folder.with_name(f".{plan.edition}") / "seen"


def _beside(plan: Plan, sheets: str) -> str:
    """Where the sheets of a page are kept until a paper is bound anew: the way there from the report's folder."""
    return f"../.{plan.edition}/{sheets}.pdf"


def _sheet_names(paper: Paper) -> list[str]:
    return [f"{paper.name}/{page}" for page in paper.pages] if paper.is_bound else []


def _about(plan: Plan, planned: PlannedPage, foreseen: Collection[str] = ()) -> dict[str, Any]:
    """
    What is printed around a page: its title and label, and the way to the others.

    Args:
        foreseen: files that the overview may lead to beside those that are there.
    """
    opening = planned.entry.page == OVERVIEW
    title = f"{plan.framework.titled} performance" if opening else f"{planned.entry.title} – {plan.framework.titled}"
    links = {entry.page: f"{'pages/' if opening else ''}{entry.page}.html" for entry in plan.framework.pages}
    if opening:
        links = {page: file if _leads(plan, file, foreseen) else "" for page, file in links.items()}
    links |= {OVERVIEW: "../index.html"} | {planned.entry.page: "#main"}
    return {
        "title": f"{title}, {plan.quarter.name}",
        "council": plan.framework.titled,
        "label": " · ".join(part for part in (plan.quarter.name, plan.marking) if part),
        "despite": plan.despite,
        "home": "" if opening else "../index.html",
        "links": links,
        "papers": _papers(plan, foreseen) if opening else [],
    }


def _papers(plan: Plan, foreseen: Collection[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each paper with the files that it is to be had in."""
    found = []
    for paper in papers(plan.framework):
        files = [(kind, f"{paper.name}.{kind.lower()}") for kind in ("HTML", "PDF")]
        files = [(kind, file) for kind, file in files if _leads(plan, file, foreseen)]
        if files:
            found.append((f"{paper.label}: {paper.title}", files))
    return found


def _leads(plan: Plan, file: str, foreseen: Collection[str]) -> bool:
    return file in foreseen or (plan.folder / file).exists()


def _about_paper(plan: Plan, paper: Paper, away: str) -> dict[str, Any]:
    """
    What is printed around a paper.

    Args:
        away: what leads to pages that are not in this paper; on paper there is nowhere to lead.
    """
    titles = {entry.page: entry.title for entry in plan.framework.pages}
    links = {page: f"{away}{page}.html" if away else "" for page in titles}
    links[OVERVIEW] = "index.html" if away else ""
    if paper.cells == "all":
        links |= {page: f"#{page}" for page in paper.pages}
    return {
        "title": paper.title if paper.upright else f"{paper.label}: {paper.title}",
        "council": plan.framework.titled,
        "label": " · ".join(part for part in (plan.quarter.name, paper.label, plan.marking) if part),
        "despite": plan.despite,
        "home": "index.html" if away else "",
        "links": links,
        "parts": [(page, titles[page]) for page in paper.pages] if len(paper.pages) > 1 else [],
        "upright": paper.upright,
        "whole": paper.cells == "all",
    }


def _named(fault: Fault, task: Task) -> Fault:
    """The same fault, naming the file that was not made."""
    origin = fault.place or task.origin
    return Fault(
        f"{task.told or task.files[-1]} is not made" + (f": {origin}" if origin else ""), fault.problem, fault.remedy
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
