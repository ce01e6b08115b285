"""
What directorates' returns mean for the records: which rows are new, which are revisions, and what cannot be taken.

A figure that was published is never written over: what differs from it is a row of its own, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from kpilib.records.carried import CLOSED, carried, holds
from kpilib.records.faults import Fault, allowed
from kpilib.records.forms import SHEETS, lists
from kpilib.records.framework import Framework
from kpilib.records.marks import standing_mark
from kpilib.records.periods import Period
from kpilib.records.returns import Return
from kpilib.records.schema import ABSENT, FILES, KEYS, cell_faults
from kpilib.records.sums import span

REMARKS = ("performance", "good practice", "issue", "cause", "action")
_SCORED = ("residual_impact", "residual_likelihood")


@dataclass(frozen=True)
class Entry:
    """
    A row for a record file: its cells, and the place in a return that each came from.

    `instead` is the row of the file that it takes the place of: one that said a figure was awaited.
    `was` is the published figure that it revises, and `path` names the cell of a figure in one word.
    """

    file: str
    cells: Mapping[str, str]
    place: Callable[[str], str]
    instead: int = 0
    was: str = ""
    path: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What it is about: two entries about the same must say the same."""
        one_of_each = self.file == "commentary.csv"  # a form has room for one remark of each kind
        names = [name for name in KEYS[self.file] if not (one_of_each and name == "text")]
        return (self.file, *(self.cells.get(name, "") for name in names))


@dataclass
class Entries:
    """What returns give: entries, faults, and how many of their cells' rows the records have already."""

    found: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    known: int = 0

    def add(self, entry: Entry) -> None:
        """Take an entry, unless another says the same already; one that disagrees with another is a fault."""
        for other in self.found:
            if other.key != entry.key:
                continue
            if dict(other.cells) == dict(entry.cells):
                return
            what = _differing(entry.cells, other.cells)
            problem = (
                f"{entry.cells.get(what, '')!r} disagrees with {other.cells.get(what, '')!r} in {other.place(what)}"
            )
            self.faults.append(Fault(entry.place(what), problem, "Ask which is right, and correct the other return."))
            return
        self.found.append(entry)


def _differing(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    return next(name for name in (*one, *other) if one.get(name, "") != other.get(name, ""))


def entries(
    returns: Sequence[Return],
    texts: Mapping[str, pd.DataFrame],
    framework: Framework,
    at: Period,
    following: str = "",
) -> Entries:
    """
    Find what returns add to the records.

    Args:
        returns: of this framework and quarter.
        texts: every record file as text, exempt rows included, and without a fault.
        following: where the quarter is released, the one in which it can be revised; nothing is added then, and each
            answer that differs from what was published is a fault that says how to revise it.
    """
    said = Entries()
    known = {file: frame.reindex(columns=list(FILES[file]), fill_value="") for file, frame in texts.items()}
    notes = carried(known, framework)["risk_notes.csv"]
    marks = {" ".join(mark.split()) for frame in known.values() if "exempt" in frame for mark in frame["exempt"]}
    for each in returns:
        for sheet, rows in each.rows.items():
            for row, cells in rows.to_dict("index").items():
                where, path = partial(each.place, sheet, row), partial(each.path, sheet, row)
                taken = _Taken(cells, where, path, known, notes, marks, framework, at, following, said)
                taken.take(sheet)
    for file in FILES:
        said.faults.extend(_cell_faults(file, [entry for entry in said.found if entry.file == file], framework))
    return said


def _cell_faults(file: str, found: Sequence[Entry], framework: Framework) -> Iterator[Fault]:
    """Hold entries to what the columns of their file know."""
    if found:
        frame = pd.DataFrame([dict(entry.cells) for entry in found], dtype=str).fillna("").rename_axis("row")
        yield from cell_faults(file, frame, lambda row, column: found[row].place(column), framework.year_starts)


@dataclass(frozen=True)
class _Taken:
    """
    A row of a return, and what it is held against; `take` adds what it gives to the entries.

    `filled` are the notes on risks, those included that were carried into quarters in which nobody answered; and
    `marks` what the records say in their `exempt` cells, which a form may have been sent out with.
    """

    cells: dict[str, str]
    where: Callable[[str], str]
    path: Callable[[str], str]
    texts: Mapping[str, pd.DataFrame]
    filled: pd.DataFrame
    marks: Set[str]
    framework: Framework
    at: Period
    following: str
    said: Entries

    def take(self, sheet: str) -> None:
        """Take the row of a sheet."""
        code = self.cells.get("indicator", "")
        if "indicator" in self.cells and code not in set(self.texts["indicators.csv"]["indicator"]):
            self._wrong("indicator", f"{code!r} is not in indicators.csv", "Collect the form anew.")
            return
        offered = {name: [str(word) for word in words] for name, words in lists(self.framework).items()}
        strange = [
            (column.name, self.cells[column.name], offered[column.takes])
            for column in SHEETS[sheet]
            if column.takes in offered
            and self.cells[column.name]
            and self.cells[column.name].casefold() not in [word.casefold() for word in offered[column.takes]]
            and not (column.takes == "exempt" and self.cells[column.name] in self.marks)
        ]
        for column, said, words in strange:
            self._wrong(column, f"{said!r} is not in the list", allowed(said, words))
        if not strange:
            takes = {"Commentary": self._remarks, "Risks": self._risk, "Milestones": self._milestone}
            takes.get(sheet, self._figure)()

    def _wrong(self, column: str, problem: str, remedy: str) -> None:
        self.said.faults.append(Fault(self.where(column), problem, remedy))

    def _disagrees(self, column: str, one: str, other: str, file: str, row: int) -> None:
        """Refuse what the records of this quarter have otherwise: an earlier return, or someone's own hand."""
        if self.following:
            self._late(column, one, file, other)
            return
        problem = f"{one[:60]!r} disagrees with {other[:60]!r} in {file}, row {row}"
        remedy = "Ask which is right. To take this one, delete that row, and receive the return again."
        self._wrong(column, problem, remedy)

    def _add(self, entry: Entry, column: str, published: str = "") -> None:
        """Take an entry; of a quarter that is released, refuse it, naming the cell that it came from."""
        if self.following:
            self._late(column, self.cells[column], entry.file, published)
        else:
            self.said.add(entry)

    def _late(self, column: str, said: str, file: str, published: str) -> None:
        """Refuse what differs from what was published, and say how it gets into the next quarter's report."""
        was = f"with {published[:60]!r}" if published else "without it"
        problem = f"{said[:60]!r} comes late: the report of {self.at.text} is published {was}"
        sheet = "Earlier figures" if _is_figure(published) else "Figures"
        row = f"add a row to {file} with `reported` {self.following}"
        remedy = f"Say it in the form of {self.following}; what was published stays."
        if file == "readings.csv" and column == "value":
            why = ", with the reason" if _is_figure(published) else ""
            remedy = f"Put it into the form of {self.following}, sheet {sheet!r}{why}; or {row}."
        elif file == "readings.csv":
            remedy = f"{row[:1].upper()}{row[1:]}; what was published stays."
        self._wrong(column, problem, remedy)

    def _known_or_refused(
        self, new: dict[str, str], file: str, there: pd.DataFrame, text: str = "text", apart: Sequence[str] = ()
    ) -> None:
        """Count what the records have already, and refuse what they have otherwise; what is not said is alike."""
        row = there.iloc[-1]
        names = [name for name in new if name not in apart and new[name] and row[name] != new[name]]
        if names:
            column = text if names[0] == "text" else names[0]
            self._disagrees(column, new[names[0]], row[names[0]], file, there.index[-1])
        else:
            self.said.known += 1

    def _of(self, file: str, key: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows about the same as this one: those of this quarter, and those of the last one before it."""
        rows = self.texts[file]
        own = rows[rows[key] == self.cells[key]]
        ends = own["quarter"].map(lambda text: self.framework.quarter(text).end)
        before = own[ends < self.at.end]
        return own[ends == self.at.end], before[ends[before.index] == ends[before.index].max()]

    def _figure(self) -> None:
        """Take a figure: a new one, one that was awaited, or a revision with its reason."""
        cells, earlier = self.cells, "status" not in self.cells
        value, note = cells["value"], cells["note"]
        status = cells.get("status") or ("final" if value else "")
        rows = self.texts["readings.csv"]
        own = rows[rows["indicator"].eq(cells["indicator"]) & rows["period"].eq(cells["period"])]
        stands = "" if earlier else self._stands()
        if not (value or status or note) and cells.get("exempt", "") in ("", stands):
            return
        if status in ABSENT and value:
            self._wrong("value", f"{value!r} stands beside the status {status!r}", "Take one of the two away.")
            return
        if status not in ABSENT and not value:
            words = "the figure as it is now" if earlier else "the figure, or choose `awaited` or `not measured`"
            self._wrong("value", "is empty, and other cells of its row are not", f"Write {words}.")
            return
        ends = own["reported"].map(lambda text: self.framework.quarter(text).end).sort_values(kind="stable")
        now, before = own[ends.reindex(own.index) == self.at.end], own.loc[ends[ends < self.at.end].index]
        nothing = pd.Series({"value": "", "status": "", "exempt": "", "note": ""})
        last = (now if len(now) else before).iloc[-1] if len(own) else nothing
        latest = own.loc[ends.index[-1]] if len(own) else nothing
        if self.following and value and _same(latest["value"], value):  # as published, or as revised since
            more = [name for name in ("exempt", "note") if cells.get(name) and not latest[name].startswith(cells[name])]
            more += ["status"] if cells.get("status") and (latest["status"] or "final") != status else []
            if more:
                self._late(more[0], cells[more[0]], "readings.csv", latest[more[0]])
            else:
                self.said.known += 1
            return
        new = {"indicator": cells["indicator"], "period": cells["period"], "value": value, "reported": self.at.text,
               "status": status, "note": note, "exempt": cells.get("exempt", last["exempt"])}  # fmt: skip
        alike = _same(last["value"], value)
        apart = [] if alike else ["value"]
        apart += [] if earlier or (last["status"] or "final") == status else ["status"]
        if len(now):  # a note that was added when the figure was confirmed is no difference
            apart += [name for name in ("exempt", "note") if cells.get(name) and not last[name].startswith(cells[name])]
        if len(own) and not apart:
            self.said.known += 1
        elif len(now) and last["value"]:
            column = next((name for name in apart if new[name]), apart[0])
            self._disagrees(column, new[column], last[column], "readings.csv", now.index[-1])
        elif self.following:
            column = next((name for name in ("value", "status", "note", "exempt") if cells.get(name)), "value")
            self._late(column, cells[column], "readings.csv", last["value"] or last["status"])
        elif stands and value and not new["exempt"] and not note:
            problem = f"is empty, and what was exempt before ({stands}) is not any more"
            remedy = f"Say there why the public may see this figure, or write {stands!r} under “Exempt under” again."
            self._wrong("note", problem, remedy)
        elif len(now):
            self.said.add(Entry("readings.csv", new, self.where, instead=int(now.index[-1]), path=self.path("value")))
        elif last["value"] and not alike and not note:
            problem = f"is empty, and {value or status!r} differs from {last['value']}, published in {last['reported']}"
            self._wrong("note", problem, "Say there why: it becomes a revision, printed with its reason.")
        else:
            was = "" if alike else last["value"]
            self.said.add(Entry("readings.csv", new, self.where, was=was, path=self.path("value")))

    def _stands(self) -> str:
        """Give the mark with which a figure was asked for: that of its last row, or of the figure before."""
        rows, starts = self.texts["readings.csv"], self.framework.year_starts
        own = rows[rows["indicator"] == self.cells["indicator"]]
        own = own.assign(
            end=[span(text, starts)[1] for text in own["period"]],
            since=[span(text, starts)[1] for text in own["reported"]],
        )
        own = own[own["since"] <= self.at.end].sort_values("since", kind="stable")
        mark = standing_mark(own.drop_duplicates("period", keep="last"), span(self.cells["period"], starts)[1])
        return " ".join(mark.split())

    def _remarks(self) -> None:
        """Take what a service says of an indicator; owner and date belong to the action."""
        cells = self.cells
        for name in ("owner", "due"):
            if cells[name] and not cells["action"]:
                self._wrong(name, f"{cells[name]!r} stands beside no action", "Write the action, or empty the cell.")
        rows = self.texts["commentary.csv"]
        own = rows[rows["indicator"].eq(cells["indicator"]) & rows["quarter"].eq(self.at.text)]
        for kind in [kind for kind in REMARKS if cells[kind]]:
            new = {"indicator": cells["indicator"], "quarter": self.at.text, "kind": kind, "text": cells[kind]}
            new |= {name: cells[name] if kind == "action" else "" for name in ("owner", "due")}
            new["exempt"] = cells["exempt"]
            there = own[own["kind"] == kind]
            same = there[there["text"] == cells[kind]]
            if len(same) or len(there):
                self._known_or_refused(new, "commentary.csv", same if len(same) else there, kind)
            else:
                self._add(Entry("commentary.csv", new, partial(self._of_remark, kind)), kind)

    def _of_remark(self, kind: str, column: str) -> str:
        return self.where(column if column in ("owner", "due", "exempt") else kind)

    def _risk(self) -> None:
        """Take a risk as it stands: its row of the last register with what changed, and the notes that still hold."""
        cells, standing = self.cells, self.cells["standing"]
        scored = [name for name in (*_SCORED, "direction", "owner") if cells[name]]
        given = [*scored, *(name for name in ("progress", "review_date") if cells[name])]
        now, before = self._of("risks.csv", "risk")
        if not standing and given:
            remedy = "Choose there whether the risk stands as before, has changed, or is closed."
            self._wrong("standing", f"is empty, and {cells[given[0]]!r} stands beside it", remedy)
        elif standing != "changed" and scored:
            self._wrong(scored[0], f"{cells[scored[0]]!r} stands beside {standing!r}", "Choose `changed`, or empty it.")
        elif standing == CLOSED and cells["review_date"]:
            said = f"{cells['review_date']!r} stands beside 'closed'"
            self._wrong("review_date", said, "Choose `changed`, or empty it.")
        elif standing and (before.empty or before["direction"].iloc[-1] == CLOSED):
            self._wrong("risk", f"{cells['risk']!r} is open in no earlier register", "Record it in risks.csv.")
        elif standing and len(now) and (standing == CLOSED) != (now["direction"].iloc[-1] == CLOSED):
            there = CLOSED if now["direction"].iloc[-1] == CLOSED else "open"
            self._disagrees("standing", standing, there, "risks.csv", now.index[-1])
        elif standing == CLOSED:
            self._closed_risk(before.iloc[-1], now)
        elif standing:
            self._open_risk(before.iloc[-1], now)

    def _closed_risk(self, last: pd.Series, now: pd.DataFrame) -> None:
        """Take that a risk is closed: its row of the last register, which says so, and the words on it."""
        if len(now):
            self.said.known += 1
        else:
            new = _texts(last) | {"quarter": self.at.text, "direction": CLOSED, "merged_from": "", "note": ""}
            self._add(Entry("risks.csv", new, self.where), "standing")
        self._progress()

    def _progress(self) -> None:
        """Take the words beside a risk as a note on its progress, unless they are there already."""
        if not self.cells["progress"]:
            return
        said = {"quarter": self.at.text, "risk": self.cells["risk"], "kind": "progress", "text": self.cells["progress"]}
        mark = {"exempt": self.cells["exempt"]}
        notes = self.texts["risk_notes.csv"]
        if not notes[list(said)].eq(pd.Series(said)).all(axis=1).any():
            note = dict.fromkeys(FILES["risk_notes.csv"], "") | said | mark
            self._add(Entry("risk_notes.csv", note, partial(self._of_note, "progress")), "progress")

    def _open_risk(self, last: pd.Series, now: pd.DataFrame) -> None:
        cells = self.cells
        new = _texts(last) | {"quarter": self.at.text, "merged_from": "", "note": ""}
        new |= {name: cells[name] for name in (*_SCORED, "owner", "review_date") if cells[name]}
        if any(cells[name] for name in _SCORED):
            parts = [new[name] for name in _SCORED]
            if not all(part.isdecimal() for part in parts):
                chosen = next(name for name in _SCORED if cells[name])
                self._wrong(chosen, "one of impact and likelihood is given, and the other not known", "Choose both.")
                return
            new["residual_score"] = str(int(parts[0]) * int(parts[1]))
        moved = int(new["residual_score"]) - int(last["residual_score"])
        new["direction"] = cells["direction"] or ("increasing" if moved > 0 else "reducing" if moved < 0 else "level")
        notes = self.texts["risk_notes.csv"]
        own = notes[notes["risk"] == cells["risk"]]
        if len(now):  # the register of this quarter was begun already, with the notes that still hold
            apart = ("note", "merged_from", *(() if cells["direction"] else ["direction"]))
            self._known_or_refused(new, "risks.csv", now, apart=apart)
        else:
            self._add(Entry("risks.csv", new, self.where), "standing")
            held = own[own["quarter"] == self.at.text]
            there = set(zip(held["kind"], held["text"], strict=True))
            for _, note in self._notes_before().iterrows():
                if (note["kind"], note["text"]) not in there and not self.following:
                    kept = _texts(note) | {"quarter": self.at.text}
                    self.said.add(Entry("risk_notes.csv", kept, partial(self._of_note, note["kind"])))
        self._progress()

    def _notes_before(self) -> pd.DataFrame:
        """The notes on the risk that still hold, from the last register before, those carried into it included."""
        own = self.filled[self.filled["risk"] == self.cells["risk"]]
        ends = own["quarter"].map(lambda text: self.framework.quarter(text).end)
        own = own[(ends < self.at.end) & (ends == ends[ends < self.at.end].max())]
        return own[[holds(note) for note in own.to_dict("records")]]

    def _of_note(self, kind: str, column: str) -> str:
        return self.where("progress" if kind == column == "progress" or column == "text" else "standing")

    def _milestone(self) -> None:
        """Take a milestone as it stands: its row of the last quarter with its new status, date and commentary."""
        cells = self.cells
        now, before = self._of("milestones.csv", "milestone")
        stands = " ".join("".join(before["exempt"].tail(1)).split())
        answers = [name for name in ("status", "forecast", "commentary", "exempt") if cells[name]]
        answers = [name for name in answers if name != "exempt" or cells["exempt"] != stands]
        if not answers:
            return
        if not cells["status"]:
            problem = f"is empty, and {cells[answers[0]]!r} stands beside it"
            self._wrong("status", problem, "Choose how the milestone stands.")
        elif before.empty:
            self._wrong("milestone", f"{cells['milestone']!r} is in no earlier quarter", "Record it in milestones.csv.")
        else:
            new = _texts(before.iloc[-1]) | {"quarter": self.at.text, "commentary": cells["commentary"]}
            new |= {name: cells[name] for name in ("status", "forecast") if cells[name]} | {"exempt": cells["exempt"]}
            if stands and not cells["exempt"] and not cells["commentary"]:
                problem = f"is empty, and what was exempt before ({stands}) is not any more"
                remedy = f"Say there why the public may see it, or write {stands!r} under “Exempt under” again."
                self._wrong("commentary", problem, remedy)
            elif len(now):
                self._known_or_refused(new, "milestones.csv", now)
            else:
                self._add(Entry("milestones.csv", new, self.where), "status")


def _texts(row: pd.Series) -> dict[str, str]:
    return {str(name): str(cell) for name, cell in row.items()}


def _is_figure(published: str) -> bool:
    return bool(published) and published not in ABSENT


def _same(one: str, other: str) -> bool:
    return one == other or (bool(one) and bool(other) and float(one) == float(other))
