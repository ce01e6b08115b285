"""
The ledger: every record of a framework, as it stood at a quarter, for one edition.

An edition filters at the door: what is exempt never reaches the public ledger.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path

import pandas as pd

from kpilib.records.carried import CARRIED, CLOSED, carried
from kpilib.records.editions import TELLING, bare_pages, doubtful_rows, numbers, withheld, without_exempt
from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.files import read_file
from kpilib.records.framework import EDITIONS, RATINGS, Framework, RiskScales, home, load_framework
from kpilib.records.periods import Period, period
from kpilib.records.printed import unguarded
from kpilib.records.schema import (
    ABSENT,
    FILES,
    NUMBERS,
    cell_faults,
    column_faults,
    unknown_faults,
)
from kpilib.records.signs import UNSEEN
from kpilib.records.snapshot import current
from kpilib.records.store import finish, with_rows
from kpilib.records.summaries import read_summaries, visible

RESERVED = ("main", "papers", "finder", "indicators", "index")
MOST_ROWS, MOST_CELLS = 250_000, 1_000  # of a record file, and of a row: many times what any council has
OF_QUARTERS = ("overrides", "tallies", "commentary", "risks", "risk_notes", "milestones", "summaries")
NEEDED = ("indicators.csv", "readings.csv", "targets.csv")


@dataclass(frozen=True)
class Ledger:
    """
    The records of one framework, one frame for each file.

    Frames that hold periods have `start` and `end` too, in months, so that they can be put in order.
    Benchmarks have `grouped` too: whether the comparator belongs to a group of comparators.csv.
    Risks and milestones have `carried_from` too: empty where a row is an answer of its quarter, else the quarter whose
    answer it repeats, since nobody gave another.
    As at a quarter, readings have `was` and `since` too: what was last published of the same indicator and period
    before the figure became what it is, and in the report of which quarter it did; both empty where it always was.
    `withheld` counts what is exempt, in either edition: kind, paragraph, and from which quarter's report to which.
    `bare` names, by quarter, the pages on which everything is exempt, in the public edition.
    A file that is absent is an empty frame. Nothing here is ever changed in place.
    """

    framework: Framework
    edition: str
    indicators: pd.DataFrame
    readings: pd.DataFrame
    targets: pd.DataFrame
    overrides: pd.DataFrame
    tallies: pd.DataFrame
    benchmarks: pd.DataFrame
    comparators: pd.DataFrame
    commentary: pd.DataFrame
    risks: pd.DataFrame
    risk_notes: pd.DataFrame
    milestones: pd.DataFrame
    summaries: pd.DataFrame
    withheld: pd.DataFrame
    bare: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def copied(self) -> Ledger:
        """Give the same in frames of its own, so that nothing done to them reaches whoever else has these records."""
        frames = {part.name: getattr(self, part.name) for part in fields(self)}
        frames = {name: frame.copy(deep=False) for name, frame in frames.items() if isinstance(frame, pd.DataFrame)}
        return replace(self, **frames)

    @property
    def open_framework(self) -> Framework:
        """The framework as whoever has this edition may see it: without the pages that are all exempt in a quarter."""
        return self.framework.without({page for pages in self.bare.values() for page in pages})

    def sums(self, *, counted: bool = True) -> dict[str, str]:
        """
        Give the sha256 of its rows of each record file, by the file's name from the root; none of an empty one.

        Args:
            counted: sum up Part II too, and of it what a page at a quarter may print, no more: how many items there are
                of each kind and paragraph. Of all quarters these are for nobody to try guesses against.
        """
        place = f"data/{self.framework.slug}"
        frames = {part.name: getattr(self, part.name) for part in fields(self)}
        frames["withheld"] = self.withheld[["kind", "paragraph"]].sort_values(["kind", "paragraph"])
        names = {"summaries": f"{place}/summaries", "withheld": f"{place}: counts of Part II"}
        return {
            names.get(name, f"{place}/{name}.csv"): _sum(frame)
            for name, frame in sorted(frames.items())
            if isinstance(frame, pd.DataFrame) and len(frame) and (counted or name != "withheld")
        }

    def as_at(self, at: Period) -> Ledger:
        """
        Give the ledger as it stood when a quarter was reported.

        Of each figure, the row reported last but not after the quarter;
        of what is said of a quarter (commentary, summaries, overrides, tallies, risks, milestones), all up to that one;
        of indicators, those that had begun and not ended.
        """
        known = self.reported(at)
        ended = known.indicators["to_end"].notna() & (known.indicators["to_end"] < at.end)
        readings = known.readings.sort_values(["indicator", "end", "reported_end"], kind="stable")
        readings = _revised(readings)
        return replace(
            known,
            indicators=known.indicators[~ended],
            readings=readings.drop_duplicates(["indicator", "period"], keep="last"),
            benchmarks=known.benchmarks.sort_values("reported_end", kind="stable").drop_duplicates(
                ["indicator", "period", "comparator"], keep="last"
            ),
        )

    def reported(self, at: Period) -> Ledger:
        """
        Leave out what was reported or said after a quarter, and indicators that began after it.

        Earlier figures stay, revised or not, and so do indicators that have ended.
        """
        begun = self.indicators["from_end"].isna() | (self.indicators["from_end"] <= at.end)
        held = self.withheld
        return replace(
            self,
            indicators=self.indicators[begun],
            readings=self.readings[self.readings["reported_end"] <= at.end],
            benchmarks=self.benchmarks[self.benchmarks["reported_end"] <= at.end],
            withheld=held[(held["start"] <= at.end) & (held["end"] >= at.end)],
            **{name: _until(getattr(self, name), at) for name in OF_QUARTERS},
        )

    def until(self, at: Period) -> Ledger:
        """
        Give the same knowledge, looked at from an earlier quarter: no figure or rank for what happened after it.

        An awaited figure stays if its period has begun.
        """
        over = self.readings["end"] <= at.end
        begun = self.readings["status"].eq("awaited") & (self.readings["start"] <= at.end)
        return replace(
            self, readings=self.readings[over | begun], benchmarks=self.benchmarks[self.benchmarks["end"] <= at.end]
        )


def unrecorded(ledger: Ledger, at: Period) -> list[Fault]:
    """
    Find that no record is of a quarter, so that there is nothing to report: at most one fault.

    A record of a quarter is a figure reported in it, whatever else is said of it, or a summary.
    """
    ends = {end: text for name in OF_QUARTERS for end, text in _ends(getattr(ledger, name), "quarter")}
    ends |= dict(_ends(ledger.readings, "reported"))
    if at.end in ends:
        return []
    if ledger.edition == "public" and ledger.withheld["start"].eq(at.end).any():
        problem = "every record of this quarter is exempt, so there is nothing for the public"
        return [Fault(at.text, problem, "Make the restricted edition, or name another quarter.")]
    last = f"the last is of {ends[max(ends)]}" if ends else "there is none of any quarter yet"
    remedy = "Name a quarter that has records, or take its own into them: docs/adopt.md says how."
    return [Fault(at.text, f"no record is of this quarter; {last}", remedy)]


def _ends(frame: pd.DataFrame, column: str) -> Iterator[tuple[float, str]]:
    return zip(frame[f"{column}_end"], frame[column], strict=True)


def _revised(readings: pd.DataFrame) -> pd.DataFrame:
    """Say of readings in the order of their reports what each was published as before, and since which report not."""
    one = [readings["indicator"], readings["period"]]
    then = readings["value"].groupby(one).shift()
    changed = readings["value"].ne(then) & ~(readings["value"].isna() & then.isna())
    known = readings["value"].groupby(one).ffill().groupby(one).shift()
    was = known.where(changed).groupby(one).ffill()
    since = readings["reported"].where(changed).groupby(one).ffill()
    return readings.assign(was=was, since=since.where(was.notna(), ""))


def _sum(frame: pd.DataFrame) -> str:
    """The sha256 of a frame's cells and column names; where its rows stood in the file does not count."""
    rows = pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes()
    return hashlib.sha256(",".join(frame.columns).encode() + rows).hexdigest()


def _until(frame: pd.DataFrame, at: Period) -> pd.DataFrame:
    return frame[frame["quarter_end"] <= at.end]


def load_ledger(framework: str, edition: str = "public", root: str | Path | None = None) -> Ledger:
    """
    Read all the records of a framework for an edition, of every quarter.

    In the page of a run, what it gives is of the run's snapshot, and the page depends on all of it.
    The public edition does not name the pages on which, in any quarter, everything is exempt.

    Raises:
        RecordsError: with every fault of every file; or that a page of a run asks for the other edition.
    """
    ledger = recorded(framework, edition, root)
    snapshot = current()
    if root is None and snapshot:
        snapshot.note(("ledger", framework), ledger.sums(counted=False))
        snapshot.note_framework(framework)
    return replace(ledger, framework=ledger.open_framework, bare={})


def recorded(framework: str, edition: str, root: str | Path | None = None) -> Ledger:
    """
    Give the same as `load_ledger`, for whoever needs a part of it only and notes that.

    Raises:
        RecordsError: as `load_ledger` does.
    """
    if edition not in EDITIONS:
        raise RecordsError([Fault("edition", f"{edition!r} is not an edition", allowed(edition, EDITIONS))])
    snapshot = current()
    if snapshot:
        snapshot.refuse(edition)
        if root is None:
            ledger: Ledger = snapshot.part(framework, "ledger")
            return ledger.copied()
    loaded = load_framework(framework, root)
    folder = home(root) / "data" / framework
    finish(folder)
    faults: list[Fault] = []
    texts = read_texts(framework, folder, faults)
    for path in sorted(folder.glob("*")):
        if ".csv" in path.name.lower() and path.name not in FILES:
            faults.append(
                Fault(f"data/{framework}/{path.name}", "is no file of the records", allowed(path.name, FILES))
            )
    everything = texts
    if edition == "public":
        if faults and not all(texts[file].attrs.get("whole") for file in TELLING):
            raise RecordsError(faults)  # what is exempt cannot be told, so nothing more may be quoted
        doubtful = doubtful_rows(texts)
        faults += [Fault(f"data/{framework}/{file}, row {row}", *why) for file, row, why in doubtful]
        texts = without_exempt(texts, loaded.year_starts)
        for file, frame in texts.items():
            texts[file] = frame.drop(index=[row for of, row, _ in doubtful if of == file], errors="ignore")
    for file, frame in texts.items():
        if frame.attrs.get("read"):
            faults.extend(cell_faults(file, frame, partial(_cell, f"data/{framework}/{file}"), loaded.year_starts))
    faults.extend(_relation_faults(texts, loaded, f"data/{framework}"))
    summaries = read_summaries(loaded, folder, faults, edition)
    if faults:
        raise RecordsError(faults)
    texts = carried(everything, loaded)  # with the exempt rows, since one may have taken in an open risk
    public = without_exempt(texts, loaded.year_starts)
    held = withheld(texts, public, summaries, loaded.year_starts)
    bare: Mapping[str, tuple[str, ...]] = {}
    if edition == "public":
        bare = bare_pages(loaded.pages, texts, public, summaries, loaded.year_starts) if len(held) else {}
        texts = public
        summaries = summaries[summaries["exempt"] == ""].reset_index(drop=True)
    typed = {file: _typed(file, frame, loaded.year_starts) for file, frame in texts.items()}
    benchmarks = typed["benchmarks.csv"]
    benchmarks["grouped"] = benchmarks["comparator"].isin(typed["comparators.csv"]["comparator"])
    frames = {file.removesuffix(".csv"): frame for file, frame in typed.items()}
    return Ledger(loaded, edition, **frames, summaries=summaries, withheld=held, bare=bare)


def load_as_if(framework: str, files: Mapping[str, bytes], edition: str, root: str | Path | None = None) -> Ledger:
    """
    Read the records as they would be with some files otherwise; nothing is written where the records are.

    Raises:
        RecordsError: with every fault that they would have.
    """
    base = home(root)
    with tempfile.TemporaryDirectory() as aside:
        for room in ("params", "data"):
            without = shutil.ignore_patterns("releases", ".*")
            shutil.copytree(base / room / framework, Path(aside, room, framework), ignore=without)
        for file, content in files.items():
            Path(aside, "data", framework, file).write_bytes(content)
        return load_ledger(framework, edition, aside)


def _cell(place: str, row: int, column: str) -> str:
    return f"{place}, row {row}, column {column}" if column else f"{place}, row {row}"


def records_as_at(framework: Framework, at: Period, root: str | Path | None = None) -> dict[str, bytes]:
    """
    Give what the records say as at a quarter, file by file: without rows of later quarters, and with the exempt ones.

    Returns:
        the content of each record file, of each summary, and of the two files in params/, by name.
    """
    base, slug = home(root), framework.slug
    folder = base / "data" / slug
    finish(folder)
    found = {}
    for file, frame in read_texts(slug, folder, []).items():
        path = folder / file
        if path.exists():
            found[file] = with_rows(file, path.read_bytes(), [], later_rows(frame, at, framework.year_starts))
    for path in visible(folder / "summaries", "*/*.md"):
        if framework.quarter(path.parent.name).end <= at.end:
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    for name in ("framework.yml", f"{at.text}.yml"):
        path = base / "params" / slug / name
        if path.exists():
            found[f"params/{name}"] = path.read_bytes()
    return found


def later_rows(frame: pd.DataFrame, at: Period, year_starts: int) -> set[int]:
    """Give the rows that were reported, or are said, of a quarter after another; of a file read as text."""
    column = "reported" if "reported" in frame else "quarter"
    if column not in frame:
        return set()
    ends = {text: _last_month(text, year_starts) for text in frame[column].unique()}
    return set(frame.index[frame[column].map(ends) > at.end])


def read_texts(framework: str, folder: Path, faults: list[Fault]) -> dict[str, pd.DataFrame]:
    """Read every record file as text, its rows numbered as a spreadsheet does, adding what is wrong with them."""
    return {file: _read(folder / file, f"data/{framework}/{file}", faults) for file in FILES}


def _read(path: Path, place: str, faults: list[Fault]) -> pd.DataFrame:
    """
    Read a file as text, adding what is wrong with it; rows are numbered as a spreadsheet does.

    The frame's `attrs` say whether its heading was `read`, and whether it is `whole`: no row is left out.
    """
    nothing = pd.DataFrame(columns=list(FILES[path.name]), dtype=str).rename_axis("row")
    if not path.exists():
        if path.name in NEEDED:
            faults.append(Fault(place, "is missing", "Put it there; a heading row alone will do."))
        else:
            nothing.attrs["whole"] = True
        return nothing
    try:
        content = read_file(path, place)
    except RecordsError as error:
        faults.extend(error.faults)
        return nothing
    rows, fault = _rows(content, path.name, place)
    if fault:
        faults.append(fault)
        return nothing
    rows = _without_empty_end(rows)
    header = [name.strip() for name in rows[0]]
    wrong = list(column_faults(path.name, header, place))
    if wrong:
        faults.extend(wrong)
        return nothing
    kept = {number: row for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)}
    crooked = {number: row for number, row in kept.items() if len(row) != len(header)}
    for number, row in crooked.items():
        problem = f"has {len(row)} cells where the heading has {len(header)}"
        remedy = "Look for a comma too many or too few, or a file cut short."
        wrong.append(Fault(f"{place}, row {number}", problem, remedy))
    faults.extend(wrong)
    straight = {number: row for number, row in kept.items() if number not in crooked}
    frame = pd.DataFrame(list(straight.values()), index=pd.Index(list(straight), name="row"), columns=header, dtype=str)
    frame = frame.apply(lambda column: column if column.name == "as_printed" else _seen(column))
    frame.attrs.update(read=True, whole=not crooked)
    return frame


def _seen(column: pd.Series) -> pd.Series:
    """Take the spaces from around each cell; one that nobody sees is empty, but never a mark of Part II."""
    bare = column.str.strip()
    return bare if column.name == "exempt" else bare.mask(bare.str.fullmatch(UNSEEN), "")


def _without_empty_end(rows: list[list[str]]) -> list[list[str]]:
    """Leave out columns at the end that have neither heading nor cell, as spreadsheets leave them."""
    width = max(len(row) for row in rows)
    while width and not any(row[width - 1].strip() for row in rows if len(row) >= width):
        width -= 1
    return [row[:width] for row in rows] if width >= len([name for name in rows[0] if name.strip()]) else rows


def _rows(content: bytes, file: str, place: str) -> tuple[list[list[str]], Fault | None]:
    """Part a file into rows of cells; or say why it cannot be."""
    rows: list[list[str]] = []
    utf8 = "Save it as `CSV UTF-8` in Excel."
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return rows, Fault(f"{place}, line {line}", "is not UTF-8 text", utf8)
    if "\0" in text:
        return rows, Fault(place, "is not UTF-8 text", utf8)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            rows.append(row)
            if len(rows) > MOST_ROWS or len(row) > MOST_CELLS:
                problem = f"is of more than {MOST_ROWS:,} rows, or {MOST_CELLS:,} cells in one"
                return rows, Fault(f"{place}, row {len(rows)}", problem, "Delete what is not meant, blank rows too.")
    except csv.Error as error:
        remedy = 'Look for a " without its pair, or a file cut short; fetch the whole file again.'
        return rows, Fault(f"{place}, row {len(rows) + 1}", f"cannot be read as CSV ({error})", remedy)
    if not rows:
        return rows, Fault(place, "is empty", f"Begin it with the heading {', '.join(FILES[file])}.")
    if not any(cell.strip() for cell in rows[0]):
        return rows, Fault(f"{place}, row 1", "is blank", f"Begin with the heading {', '.join(FILES[file])}.")
    if len(rows[0]) == 1 and any(sign in rows[0][0] for sign in ";\t"):
        sign = "`;`" if ";" in rows[0][0] else "tabs"
        remedy = "Save it as `CSV UTF-8 (comma delimited)`."
        return rows, Fault(place, f"parts its cells by {sign}, not by commas", remedy)
    if not _is_heading(rows[0], file):  # it may be a record, exempt perhaps, so it is not quoted, nor to be deleted
        there = next((number for number, row in enumerate(rows, 1) if _is_heading(row, file)), 0)
        remedy = f"Write the heading above it: {', '.join(FILES[file])}."
        if there:
            remedy = f"The heading is row {there}: move it to the top, and delete no record that stands above it."
        return rows, Fault(f"{place}, row 1", "is not the heading", remedy)
    return rows, None


def _is_heading(row: list[str], file: str) -> bool:
    """Say whether a row is a file's heading, well spelt or not: most of what it names are columns of the file."""
    named = [cell.strip() for cell in row if cell.strip()]
    return 2 * sum(cell in FILES[file] for cell in named) > len(named)


def _relation_faults(texts: dict[str, pd.DataFrame], framework: Framework, folder: str) -> Iterator[Fault]:
    """Find rows that name an indicator, page or risk that is not there; a file that is not whole cannot tell."""
    indicators = texts["indicators.csv"]
    place = f"{folder}/indicators.csv"
    shown = {entry.page for entry in framework.indicator_pages}
    others = indicators["page"].isin({entry.page for entry in framework.pages} - shown)
    taken = {*RESERVED, *(entry.page for entry in framework.pages)}
    for row, name in indicators.loc[indicators["indicator"].isin(taken), "indicator"].items():
        remedy = "Give it another name: this one is a page's, or stands for a part of every page."
        yield Fault(f"{place}, row {row}, column indicator", f"{name!r} cannot be an indicator's name here", remedy)
    for row, name in indicators.loc[indicators.get("supports", "") == indicators["indicator"], "indicator"].items():
        yield Fault(
            f"{place}, row {row}, column supports", f"{name!r} supports itself", "Name another, or leave it empty."
        )
    for row, page in indicators.loc[others, "page"].items():
        yield Fault(f"{place}, row {row}, column page", f"{page!r} shows no indicators", allowed(page, shown))
    yield from unknown_faults(indicators[~others], "page", shown, place, "the pages of framework.yml")
    if indicators.attrs.get("whole"):
        for file, frame in texts.items():
            for column in [name for name in ("indicator", "supports") if name in frame]:
                yield from unknown_faults(frame, column, indicators["indicator"], f"{folder}/{file}", "indicators.csv")
    if texts["risks.csv"].attrs.get("whole"):
        place = f"{folder}/risk_notes.csv"
        yield from unknown_faults(texts["risk_notes.csv"], "risk", texts["risks.csv"]["risk"], place, "risks.csv")
        yield from _early_faults(texts["risk_notes.csv"], texts["risks.csv"], place, framework.year_starts)
        yield from _merger_faults(texts["risks.csv"], f"{folder}/risks.csv", framework.year_starts)
    if texts["benchmarks.csv"].attrs.get("read") and texts["benchmarks.csv"].attrs.get("whole"):
        yield from _comparator_faults(texts["comparators.csv"], texts["benchmarks.csv"], f"{folder}/comparators.csv")
    yield from _value_faults(texts, framework, folder)


def _early_faults(notes: pd.DataFrame, risks: pd.DataFrame, place: str, year_starts: int) -> Iterator[Fault]:
    """Find notes for a quarter in which their risk was not in the register yet: no page would show them."""
    ends = {text: _last_month(text, year_starts) for text in {*notes["quarter"], *risks["quarter"]}}
    first = risks["quarter"].map(ends).groupby(risks["risk"]).min()
    for row in notes.index[notes["quarter"].map(ends) < notes["risk"].map(first)]:
        problem = f"{notes.at[row, 'risk']!r} has no row in risks.csv for {notes.at[row, 'quarter']} or before"
        remedy = "Put the risk's row of that quarter back, or give the note the quarter that it is of."
        yield Fault(f"{place}, row {row}, column quarter", problem, remedy)


def _comparator_faults(comparators: pd.DataFrame, benchmarks: pd.DataFrame, place: str) -> Iterator[Fault]:
    """Find members of a group that no benchmark is of; there may be hundreds, so only the nearest is named."""
    known = set(benchmarks["comparator"])
    for row, name in comparators.loc[~comparators["comparator"].isin({*known, ""}), "comparator"].items():
        nearest = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {nearest[0]!r}? " if nearest else ""
        remedy = f"{hint}Write it as benchmarks.csv does, or take the row away."
        yield Fault(f"{place}, row {row}, column comparator", f"{name!r} is not in benchmarks.csv", remedy)


def _value_faults(texts: dict[str, pd.DataFrame], framework: Framework, folder: str) -> Iterator[Fault]:
    """Find rows whose cells do not agree with one another."""
    readings = texts["readings.csv"]
    status = readings.get("status", pd.Series("", index=readings.index))
    absent = status.isin(ABSENT)
    for row in readings.index[readings["value"].eq("") & ~absent]:
        remedy = "Write the figure, or the status `awaited` or `not measured`."
        yield Fault(f"{folder}/readings.csv, row {row}, column value", "is empty", remedy)
    for row in readings.index[readings["value"].ne("") & absent]:
        problem = f"{readings.at[row, 'value']!r} stands beside the status {status[row]!r}"
        remedy = "Take the figure away, or give it the status final, provisional or estimate."
        yield Fault(f"{folder}/readings.csv, row {row}, column value", problem, remedy)
    yield from _colour_faults(texts, framework, folder)
    targets = texts["targets.csv"]
    for row in targets.index[targets["kind"].eq("range") & targets["high"].eq("")]:
        yield Fault(f"{folder}/targets.csv, row {row}, column high", "is empty", "A range needs low and high.")
    low = pd.to_numeric(targets["low"], errors="coerce")
    for row in targets.index[targets["kind"].eq("quartile") & low.notna() & ~low.isin([1, 2, 3, 4])]:
        problem = f"{targets.loc[row, 'low']!r} is not a quartile"
        yield Fault(f"{folder}/targets.csv, row {row}, column low", problem, "Write 1, 2, 3 or 4; 1 is best.")
    for row in targets.index[targets["kind"].ne("range") & targets["high"].ne("")]:
        problem = f"{targets.loc[row, 'high']!r} stands beside the kind {targets.loc[row, 'kind']!r}"
        yield Fault(f"{folder}/targets.csv, row {row}, column high", problem, "Only a range has a high end; empty it.")
    if "to" in targets:
        ends = targets[["period", "to"]].map(lambda text: _last_month(text, framework.year_starts))
        for row in targets.index[ends["to"] < ends["period"]]:
            problem = f"{targets.loc[row, 'to']!r} is before {targets.loc[row, 'period']}"
            yield Fault(f"{folder}/targets.csv, row {row}, column to", problem, "Name the last period of the target.")
    both = targets[targets["kind"].eq("range")].apply(pd.to_numeric, errors="coerce")
    for row in both.index[both["high"] < both["low"]]:
        problem = f"{targets.loc[row, 'high']!r} is below the low end, {targets.loc[row, 'low']}"
        yield Fault(f"{folder}/targets.csv, row {row}, column high", problem, "Put the lower figure into low.")
    if {"rank", "of"} <= set(texts["benchmarks.csv"]):
        ranks = texts["benchmarks.csv"][["rank", "of"]].apply(pd.to_numeric, errors="coerce")
        for row in ranks.index[(ranks["rank"] > ranks["of"]) & (ranks["of"] > 0)]:
            said = texts["benchmarks.csv"].loc[row]
            problem = f"{said['rank']!r} is more than the {said['of']} that are ranked"
            yield Fault(f"{folder}/benchmarks.csv, row {row}, column rank", problem, "Correct rank or of.")
    yield from _status_faults(texts["milestones.csv"], framework, f"{folder}/milestones.csv")
    if framework.risk is not None:
        yield from _scale_faults(texts["risks.csv"], framework.risk, f"{folder}/risks.csv")
    if framework.risk is None and len(texts["risks.csv"]):
        remedy = "Give the scales and bands of the scores there."
        yield Fault(f"params/{framework.slug}/framework.yml", "has risks but no `risk` part", remedy)


def _colour_faults(texts: dict[str, pd.DataFrame], framework: Framework, folder: str) -> Iterator[Fault]:
    """Find cells that speak of a rating that the framework has no label for."""
    place = f"params/{framework.slug}/framework.yml has no label for"
    for file in ("overrides.csv", "tallies.csv"):
        said = texts[file]["rating"]
        for row, rating in said[said.isin(set(RATINGS) - set(framework.colours))].items():
            remedy = allowed(rating, [*framework.colours, "not rated"])
            yield Fault(f"{folder}/{file}, row {row}, column rating", f"{place} {rating!r}", remedy)
    for file, column in (("indicators.csv", "amber_within"), ("targets.csv", "amber_at")):
        if "amber" not in framework.ratings and column in texts[file]:
            for row in texts[file].index[texts[file][column] != ""]:
                yield Fault(
                    f"{folder}/{file}, row {row}, column {column}", f"{place} 'amber'", "Empty it, or give the label."
                )


def _last_month(text: str, year_starts: int) -> float:
    """The last month of a period, or nothing where the text is none."""
    try:
        return period(text, year_starts).end
    except ValueError:
        return float("nan")


def _merger_faults(risks: pd.DataFrame, place: str, year_starts: int) -> Iterator[Fault]:
    """Find risks said to have been taken in that no earlier register has, or that are still there."""
    if "merged_from" not in risks:
        return
    ends = risks["quarter"].map(lambda text: _last_month(text, year_starts))
    for row in risks.index[risks["merged_from"] != ""]:
        here = f"{place}, row {row}, column merged_from"
        earlier = set(risks.loc[ends < ends[row], "risk"])
        now = set(risks.loc[risks["quarter"] == risks.at[row, "quarter"], "risk"])
        for number in numbers(risks.at[row, "merged_from"]):
            if number == risks.at[row, "risk"]:
                yield Fault(here, f"{number!r} is the row's own number", "Name the risks that this one took in.")
            elif number in now:
                problem = f"{number!r} still has a row in {risks.at[row, 'quarter']}"
                yield Fault(here, problem, "Take that row away if it was merged, or else take the number out here.")
            elif number not in earlier:
                yield Fault(here, f"{number!r} is in no earlier register", allowed(number, earlier - now))


def _status_faults(milestones: pd.DataFrame, framework: Framework, place: str) -> Iterator[Fault]:
    """Find statuses that are none of the council's words; an empty one is no fault, and case does not matter."""
    known = [*(word for words in framework.milestones.values() for word in words), CLOSED]
    said = milestones["status"]
    strange = said.ne("") & ~said.str.casefold().isin([word.casefold() for word in known])
    for row, status in said[strange].items():
        problem = f"{status!r} is not a milestone's status in framework.yml"
        yield Fault(f"{place}, row {row}, column status", problem, allowed(status, set(known)))


def _scale_faults(risks: pd.DataFrame, scales: RiskScales, place: str) -> Iterator[Fault]:
    """Find impacts and likelihoods beyond the words of their scale."""
    for name in ("impact", "likelihood"):
        words = getattr(scales, name)
        for column in [column for column in (name, f"residual_{name}") if column in risks]:
            numbers = pd.to_numeric(risks[column], errors="coerce")
            for row, value in risks.loc[numbers > len(words), column].items():
                problem = f"{value!r} is beyond the scale, which ends at {len(words)} {words[-1]}"
                yield Fault(f"{place}, row {row}, column {column}", problem, f"Write 1 to {len(words)}.")
    top = len(scales.impact) * len(scales.likelihood)
    for column in [column for column in ("score", "residual_score", "target_score") if column in risks]:
        numbers = pd.to_numeric(risks[column], errors="coerce")
        for row, value in risks.loc[numbers > top, column].items():
            problem = f"{value!r} is beyond the highest score, {top}"
            yield Fault(f"{place}, row {row}, column {column}", problem, f"Write 1 to {top}.")


def _typed(file: str, frame: pd.DataFrame, year_starts: int) -> pd.DataFrame:
    """Give numbers as numbers and periods their months; columns that are absent are empty."""
    names = [*FILES[file], *([CARRIED] if CARRIED in frame else [])]
    typed = frame.reindex(columns=names, fill_value="").reset_index(drop=True)
    for name in NUMBERS[file]:
        typed[name] = pd.to_numeric(typed[name]).astype(float)
    if "as_printed" in typed:
        typed["as_printed"] = typed["as_printed"].map(unguarded)
    if "reported" in typed:
        typed["reported_end"] = _months(typed["reported"], year_starts)["end"].fillna(0)
    if "quarter" in typed:
        typed["quarter_end"] = _months(typed["quarter"], year_starts)["end"]
    if "period" in typed:
        names = ["period_kind", "start", "end", "period_name", "period_short"]
        typed[names] = _months(typed["period"], year_starts)
    for name in ("from", "to", "break_from"):
        if file == "indicators.csv":
            typed[[f"{name}_start", f"{name}_end"]] = _months(typed[name], year_starts)[["start", "end"]]
    if file == "targets.csv":
        last = _months(typed["to"], year_starts)["end"]
        typed["end"] = last.fillna(typed["end"])
    typed.attrs.clear()  # what was said of the reading; pandas would copy it whenever a frame is touched
    return typed


def _months(column: pd.Series, year_starts: int) -> pd.DataFrame:
    """Read a column of periods: kind, first month, last month; each different text is read once."""
    known = {text: period(text, year_starts) for text in column.unique() if text}
    return pd.DataFrame(
        {
            "kind": column.map({text: found.kind for text, found in known.items()}),
            "start": column.map({text: found.start for text, found in known.items()}).astype("float64"),
            "end": column.map({text: found.end for text, found in known.items()}).astype("float64"),
            "name": column.map({text: found.name for text, found in known.items()}),
            "short_name": column.map({text: found.short_name for text, found in known.items()}),
        },
        index=column.index,
    )
