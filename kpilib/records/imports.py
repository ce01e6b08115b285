"""
How a council's own spreadsheet becomes records: a mapping says which column holds what, and nothing is guessed.

What can be placed is written; each cell that cannot be is named, with what to do.
What stands in the records already is never overwritten.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pandas as pd
from openpyxl.utils.cell import coordinate_from_string

from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.files import read_file
from kpilib.records.founding import named_after
from kpilib.records.framework import Framework, home, load_framework
from kpilib.records.ledger import RESERVED, load_as_if, load_ledger
from kpilib.records.mapping import MAIN, NAMES, Entry, Mapped, Source
from kpilib.records.printed import guarded
from kpilib.records.releases import last_released
from kpilib.records.said import checked, read_yaml
from kpilib.records.scales import alike, times_apart
from kpilib.records.schema import ABSENT, FILES, KEYS, NUMBERS, cell_faults
from kpilib.records.signs import excel_error, is_excel_error
from kpilib.records.store import alone, put_together, with_rows
from kpilib.records.workbooks import Sheet, SheetCell, plain, read_sheet

_IN_UNIT = ("value", "low", "high", "amber_at")
_FIGURE = re.compile(
    r"(?P<minus>[-−]?)(?P<pound>£?)(?P<digits>(?:0|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]*)(?:\.[0-9]+)?)"
    r"(?: ?(?P<percent>%)| (?P<word>[A-Za-z]+))?"
)
_MULTIPLES = "k m mn bn b tn hundred thousand million billion".split()
_LETTER = re.compile(r"column ([A-Z]{1,3})")


@dataclass(frozen=True)
class Imported:
    """
    What an import did: rows added by file, how many rows stood there already, and what could not be placed.

    `unread` names the cells that do not hold one figure for certain: a person has to say in the mapping what they mean.
    `seen` says what else the workbook holds and the records do not: notes on cells, and sheets that it hides.
    """

    framework: str
    source: str
    added: dict[str, int]
    known: int
    unplaced: list[Fault]
    unread: list[str]
    seen: list[str]


@dataclass(frozen=True)
class _Record:
    """A row of a record file: its cells, where it stands, and where each cell comes from."""

    cells: dict[str, str]
    where: str
    places: dict[str, str] = field(default_factory=dict)


Records = dict[tuple[str, ...], _Record]


def import_spreadsheet(
    mapping: Path, root: str | Path | None = None, unprintable: Callable[[str, str], list[Fault]] | None = None
) -> Imported:
    """
    Add a spreadsheet's rows to a council's records.

    Args:
        mapping: a YAML file that names the spreadsheet, and says what its columns hold.
        unprintable: finds what cannot be printed of a text, given its place and the text; whoever prints knows it.

    Raises:
        RecordsError: the mapping or the spreadsheet cannot be used, or the records are wrong, or would be;
            nothing is then written.
    """
    said = checked(Mapped, read_yaml(read_file(mapping, mapping.name), mapping.name), mapping.name)
    framework = load_framework(said.framework, root)
    sheet = read_sheet(mapping.parent / said.file, said.sheet, said.file)
    folder = home(root) / "data" / said.framework
    with alone(folder):
        load_ledger(said.framework, "restricted", root)
        paths = {file: folder / file for file in ("indicators.csv", *MAIN)}
        old = {file: path.read_bytes() if path.exists() else b"" for file, path in paths.items()}
        there = {file: _records(file, content, said.framework) for file, content in old.items()}
        work = _Import(said, mapping.name, framework, sheet, there, last_released(framework, root), unprintable)
        work.place_all()
        added = {file: rows for file, rows in work.added.items() if rows}
        new = {file: with_rows(file, old[file], [row.cells for row in rows]) for file, rows in added.items()}
        if new:
            _try(said.framework, root, new, mapping.name)
            put_together(folder, new)
    counts = {file: len(rows) for file, rows in added.items()}
    return Imported(said.framework, said.file, counts, work.known, _together(work.unplaced), work.unread, work.seen())


def _together(faults: list[Fault]) -> list[Fault]:
    """Tell once what is wrong in the same way in several rows or cells, and name them all."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for fault in faults:
        place, _, at = fault.place.rpartition(" ")
        if not place.endswith((", cell", ", row")):
            place, at = fault.place, ""
        places = found.setdefault((place, fault.problem, fault.remedy), [])
        places += [at] if at and at not in places else []
    return [
        Fault(f"{place}{'s' * (len(places) > 1)} {', '.join(places)}".rstrip(), problem, remedy)
        for (place, problem, remedy), places in found.items()
    ]


def _records(file: str, content: bytes, slug: str) -> Records:
    """Read the rows that a record file has, by key; it is known to be sound."""
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    header = [name.strip() for name in next(reader, [])]
    found = {}
    for number, row in enumerate(reader, 2):
        cells = dict(zip(header, map(str.strip, row), strict=False))
        if any(cells.values()):
            found[_key(file, cells)] = _Record(cells, f"data/{slug}/{file}, row {number}")
    return found


def _key(file: str, cells: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(cells.get(name, "") for name in KEYS[file])


def _try(slug: str, root: str | Path | None, new: Mapping[str, bytes], place: str) -> None:
    """
    See whether the records would be sound.

    Raises:
        RecordsError: they would not.
    """
    try:
        load_as_if(slug, new, "restricted", root)
    except RecordsError as error:
        remedy = "Mend them in the spreadsheet or the mapping; rows are counted as they would be after the import."
        first = Fault(place, "nothing is written, since the records would have these faults", remedy)
        raise RecordsError([first, *error.faults]) from error


@dataclass
class _Import:
    """An import under way: what is added, and what cannot be placed."""

    said: Mapped
    mapping: str
    framework: Framework
    sheet: Sheet
    there: dict[str, Records]
    published: int
    unprintable: Callable[[str, str], list[Fault]] | None = None
    added: dict[str, list[_Record]] = field(default_factory=dict)
    unplaced: list[Fault] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    known: int = 0

    def __post_init__(self) -> None:
        self.place = f"{self.said.file}, sheet {self.said.sheet!r}" if self.said.sheet else self.said.file
        first = self.sheet.rows.get(self.said.heading_row, {})
        if self.said.heading_row in self.sheet.hidden_rows:
            problem = "has the headings, and is hidden"
            raise RecordsError([Fault(f"{self.place}, row {self.said.heading_row}", problem, "Unhide it in Excel.")])
        self.headings = {letter: " ".join(cell.text.split()) for letter, cell in first.items()}
        self.letters = self._letters()
        self.percentages = self._percentages()
        self.codes = {row.cells["name"].casefold(): code for (code,), row in self.there["indicators.csv"].items()}
        self.taken = {*RESERVED, *self.codes.values(), *(entry.page for entry in self.framework.pages)}
        self.refers = not set(self.said.indicators) - NAMES
        self.doubtful = False

    def _letters(self) -> dict[str, str]:
        """
        Find the letter of each column that the mapping names.

        Raises:
            RecordsError: with every heading that is not there, stands twice, or is of a hidden column.
        """
        found, faults = {}, []
        for at, source in self.said.sources():
            name, place = source.column, f"{self.mapping} @ {at}"
            by_letter = _LETTER.fullmatch(name)
            letters = [by_letter[1]] if by_letter else self._headed(name)
            found[name] = letters[0] if letters else ""
            if name and not letters:
                problem = f"row {self.said.heading_row} of {self.place} has no heading {name!r}"
                faults.append(Fault(place, problem, allowed(name, self.headings.values())))
            elif len(letters) > 1:
                problem = f"{name!r} heads the columns {', '.join(letters)}"
                faults.append(Fault(place, problem, f"Say which: `column {letters[0]}`."))
            elif name and letters[0] in self.sheet.hidden_columns:
                problem = f"{name!r} is column {letters[0]} of {self.place}, which is hidden"
                faults.append(
                    Fault(place, problem, "Unhide it in Excel if it is meant, or take it out of the mapping.")
                )
        if faults:
            raise RecordsError(faults)
        return found

    def _percentages(self) -> dict[str, str]:
        """
        Give what a bare number means where the unit is %, by the letters of columns; under none, for all others.

        Raises:
            RecordsError: with every heading that the mapping names there and reads nothing of.
        """
        read = {name.casefold(): letter for name, letter in self.letters.items()}
        names = {name: name.casefold() for name in self.said.percentages}
        strange = [name for name, small in names.items() if name and small not in read]
        if strange:
            place = f"{self.mapping} @ percentages"
            remedy = [allowed(name, self.letters) for name in strange]
            raise RecordsError(
                Fault(place, f"{name!r} is no column that the mapping reads", each)
                for name, each in zip(strange, remedy, strict=True)
            )
        return {read.get(names[name], ""): meaning for name, meaning in self.said.percentages.items()}

    def _headed(self, name: str) -> list[str]:
        return [letter for letter, text in self.headings.items() if name and text.casefold() == name.casefold()]

    def place_all(self) -> None:
        """Place every row: indicators first, then what belongs to them."""
        self._name_unmapped()
        rows = [number for number in self._rows() if not self._hidden(number)]
        found = {number: self._indicator(number) for number in rows}
        if not self.refers:
            self._add("indicators.csv", [record for record in found.values() if record])
        units = {}
        for number, record in found.items():
            known = self.there["indicators.csv"].get((record.cells["indicator"],)) if record else None
            waiting = any(not cell.blank for cell in self._main_cells(number))
            if known:
                units[number] = (known.cells["indicator"], known.cells.get("unit", ""))
            elif waiting:
                problem = "has figures or remarks that wait, since their indicator is not placed"
                self._miss(f"row {number}", problem, "Mend what else is said of the row, and import again.")
        self.doubtful = "" not in self.percentages and any(
            unit == "%" and (bare := _bare(cell)) and abs(bare) <= 1
            for number, (_, unit) in units.items()
            for cell in self._figure_cells(number)
        )
        made = {
            file: [
                record
                for number, (code, unit) in units.items()
                for place, entry in enumerate(self.said.entries_of(file), 1)
                if (record := self._entry(file, f"{file.removesuffix('.csv')}[{place}]", entry, number, code, unit))
            ]
            for file in MAIN
        }
        doubted = self._of_other_scale(made)
        for file, records in made.items():
            self._add(file, [record for record in records if id(record) not in doubted])

    def _rows(self) -> list[int]:
        """Give the numbers of the rows below the heading that are not left out."""
        left = self.said.leave_out.rows
        return [number for number in self.sheet.rows if number > self.said.heading_row and number not in left]

    def _hidden(self, number: int) -> bool:
        """Whether a row is hidden; it is then told, and not read."""
        if number not in self.sheet.hidden_rows:
            return False
        says = [repr(cell.text[:40]) for cell in self.sheet.rows[number].values() if not cell.blank][:3]
        remedy = f"Unhide it in Excel if it is meant, or add {number} to `leave_out: rows`."
        self._miss(f"row {number}", f"is hidden, and was not read; it begins {', '.join(says)}", remedy)
        return True

    def seen(self) -> list[str]:
        """Say what the workbook holds beside cells: notes on those that are not left out, and hidden sheets."""
        left = self.said.leave_out
        columns = {name.casefold() for name in left.columns}
        found = [
            f"{self.said.file} has the sheet {name!r} hidden; it was not read." for name in self.sheet.hidden_sheets
        ]
        for at, note in self.sheet.notes.items():
            letter, number = coordinate_from_string(at)
            names = {self.headings.get(letter, "").casefold(), f"column {letter}".casefold()}
            if at in left.cells or number in left.rows or names & columns:
                continue
            shown = self.sheet.rows.get(number, {}).get(letter, SheetCell(at)).text
            says = f"{shown[:40]!r}" if shown else "blank"
            found.append(f"{self.place}, cell {at} ({says}) has a note, which is not in the records: {note}")
        return found

    def _of_other_scale(self, made: Mapping[str, list[_Record]]) -> set[int]:
        """
        Name figures and targets that are so far apart that one may be in another unit.

        Returns:
            which records of those are not to be placed; one whose cell the mapping explains was looked at.
        """
        fresh = {
            id(record): record.where.rpartition(" ")[2]
            for file in ("readings.csv", "targets.csv")
            for record in made[file]
            if _key(file, record.cells) not in self.there[file]
        }
        targets: dict[str, list[_Record]] = {}
        for target in (*made["targets.csv"], *self.there["targets.csv"].values()):
            targets.setdefault(target.cells["indicator"], []).append(target)
        doubted: set[int] = set()
        for reading in [*made["readings.csv"], *self.there["readings.csv"].values()]:
            for target in targets.get(reading.cells["indicator"], []):
                own = {id(record) for record in (reading, target)} & fresh.keys()
                looked_at = any(fresh[each] in self.said.cells for each in own)
                times = self._times_apart(reading.cells, target.cells) if own and not looked_at else 0
                if times:
                    doubted |= own
                    self._name_scale(reading, target, times, of_target=id(reading) not in own)
        return doubted

    def _name_scale(self, reading: _Record, target: _Record, times: float, *, of_target: bool) -> None:
        """Name a figure and a target that are too far apart, at the one that the spreadsheet holds."""
        figure, aimed = f"the figure {reading.cells['value']}", f"the target {_aimed(target)}"
        one, other = (target, reading) if of_target else (reading, target)
        said, beside = (aimed, figure) if of_target else (figure, aimed)
        stated = f"cells: {{{one.where.rpartition(' ')[2]}: {self._stated(one)}}}"
        remedy = f"Correct the one whose unit is wrong; if both are right, say so as `{stated}`."
        problem = f"{said} and {beside} in {other.where} are {times:.0f} times apart"
        self.unplaced.append(Fault(one.where, problem, remedy))

    def _stated(self, record: _Record) -> str:
        """Write a figure as the mapping's `cells` would, so that it is read as it is."""
        meant = record.cells.get("value") or record.cells["low"]
        unit = self.there["indicators.csv"][(record.cells["indicator"],)].cells.get("unit", "")
        return f"{meant}%" if unit == "%" else f'"{meant}"'

    def _times_apart(self, reading: Mapping[str, str], target: Mapping[str, str]) -> float:
        basis = self.there["indicators.csv"][(reading["indicator"],)].cells["basis"]
        low = target.get("low", "")
        high = target.get("high") or low
        if target.get("kind") not in ("point", "range") or not (reading.get("value") and low):
            return 0.0
        if not alike(basis, reading["period"], target["period"]):
            return 0.0
        return times_apart(float(reading["value"]), float(low), float(high))

    def _name_unmapped(self) -> None:
        """Name the columns that hold something and that the mapping says nothing of."""
        left = [name.casefold() for name in self.said.leave_out.columns]
        rows = {number: row for number, row in self.sheet.rows.items() if number >= self.said.heading_row}
        filled = {letter for row in rows.values() for letter, cell in row.items() if not cell.blank}
        for letter in sorted(filled - set(self.letters.values()), key=lambda letter: (len(letter), letter)):
            name = self.headings.get(letter) or f"column {letter}"
            if not {name.casefold(), f"column {letter}".casefold()} & set(left):
                hidden = "hidden, and " if letter in self.sheet.hidden_columns else ""
                remedy = f"Map it, or add `{name}` to `leave_out: columns`."
                if hidden:
                    remedy = f"Unhide it in Excel and map it, or add `{name}` to `leave_out: columns`."
                self._miss(f"column {letter}", f"{name!r} is {hidden}not in the mapping", remedy)

    def _miss(self, where: str, problem: str, remedy: str) -> None:
        self.unplaced.append(Fault(f"{self.place}, {where}", problem, remedy))

    def _cell(self, number: int, source: Source) -> SheetCell:
        """Give the cell that a source means in a row, as it is to be read; one that is left out is as if blank."""
        letter = self.letters.get(source.column, "")
        blank = SheetCell(f"{letter}{number}")
        if blank.at in self.said.cells:
            return SheetCell(blank.at, self.said.cells[blank.at])
        return blank if blank.at in self.said.leave_out.cells else self.sheet.rows[number].get(letter, blank)

    def _where(self, number: int, source: Source, at: str) -> str:
        return f"{self.mapping} @ {at}" if source.always else f"{self.place}, cell {self._cell(number, source).at}"

    def _text(self, file: str, column: str, number: int, source: Source) -> str | None:
        """Read a text for a record's column; nothing, and a fault, where it cannot be told what it means."""
        if source.always:
            return source.always
        cell = self._cell(number, source)
        if cell.formula:
            self._not_worked_out(cell)
            return None
        text = cell.text if column == "text" else " ".join(cell.text.split())
        if is_excel_error(text) and text.casefold() not in map(str.casefold, source.words):
            self._miss(f"cell {cell.at}", *excel_error(text))
            return None
        meant = {word.casefold(): word for word in FILES[file][column].words}
        if column == "page":
            pages = self.framework.indicator_pages
            meant = {name.casefold(): entry.page for entry in pages for name in (entry.page, entry.title)}
        choices = set(meant.values())
        meant |= {word.strip().casefold(): meaning for word, meaning in source.words.items()}
        if text and choices and text.casefold() not in meant:
            remedy = f"Say what it means, as `words: {{{text}: …}}` at {column}. {allowed(text, choices)}"
            self._miss(f"cell {cell.at}", f"{text!r} is not a word that {column} knows", remedy)
            return None
        return meant.get(text.casefold(), text)

    def _not_worked_out(self, cell: SheetCell) -> None:
        remedy = "Open the file in Excel and save it there, so that it is worked out."
        self._miss(f"cell {cell.at}", f"{cell.text!r} is a formula whose result the file does not hold", remedy)

    def _indicator(self, number: int) -> _Record | None:
        """Read a row's indicator, adding what keeps it from being one."""
        before = len(self.unplaced)
        sources = self.said.indicators
        cells = {column: self._text("indicators.csv", column, number, source) for column, source in sources.items()}
        name = cells.get("indicator") or cells.get("name")
        out = f"or add {number} to `leave_out: rows`"
        if len(self.unplaced) > before:
            return None
        if not name:
            self._miss(f"row {number}", "has no indicator's name", f"Fill it in, {out}.")
            return None
        code = named_after(name) if "indicator" in cells else self.codes.get(name.casefold())
        if self.refers:
            found = self.there["indicators.csv"].get((code or "",))
            if not found:
                known = [each.cells["name"] for each in self.there["indicators.csv"].values()]
                self._miss(
                    f"row {number}", f"{name!r} is not in indicators.csv", f"{allowed(name, known)} Or {out[3:]}."
                )
            return found
        empty = [column for column in cells if FILES["indicators.csv"][column].needed and not cells[column]]
        if empty:
            self._miss(f"row {number}", f"{name!r} has no {', '.join(empty)}", f"Fill in what is missing, {out}.")
            return None
        if "unit" not in cells:
            units = {figure[1] for cell in self._figure_cells(number) if (figure := _figure(cell))}
            if len(units) > 1:
                shown = ", ".join(repr(unit) if unit else "none" for unit in sorted(units))
                self._miss(f"row {number}", f"{name!r} has figures in several units: {shown}", "Map `unit`.")
                return None
            cells["unit"] = "".join(units)
        namesake = self.there["indicators.csv"].get((named_after(name),))
        if not code and namesake and namesake.where.startswith("data/"):
            problem = f"{name!r} would have the code {named_after(name)}, which is of {namesake.cells['name']!r}"
            remedy = (
                "If they are the same, write the name alike; if not, write the new one into indicators.csv by hand."
            )
            self._miss(f"row {number}", problem, remedy)
            return None
        code = code or self._new_code(name)
        places = {column: self._where(number, source, f"indicators {column}") for column, source in sources.items()}
        said = {"indicator": code} | {column: text or "" for column, text in cells.items() if column != "indicator"}
        return _Record(said, f"{self.place}, row {number}", places)

    def _new_code(self, name: str) -> str:
        """Make a code from a name, unlike any other and unlike any page."""
        plain = code = named_after(name) or "indicator"
        count = 1
        while code in self.taken:
            count += 1
            code = f"{plain}_{count}"
        self.codes[name.casefold()] = code
        self.taken.add(code)
        return code

    def _main_cells(self, number: int) -> Iterator[SheetCell]:
        """Give the cells of a row that hold what its entries are about."""
        return (self._cell(number, entry[MAIN[file]]) for file in MAIN for entry in self.said.entries_of(file))

    def _figure_cells(self, number: int) -> Iterator[SheetCell]:
        """Give the cells of a row that hold figures in the indicator's unit."""
        for file in ("readings.csv", "targets.csv"):
            for entry in self.said.entries_of(file):
                for column in _IN_UNIT:
                    if column in entry and entry[column].column:
                        yield self._cell(number, entry[column])

    def _entry(self, file: str, at: str, entry: Entry, number: int, code: str, unit: str) -> _Record | None:
        """Read what one entry of the mapping says of a row; nothing where its cell is blank."""
        main, cells = self._cell(number, entry[MAIN[file]]), {"indicator": code}
        words = {name: name for name in ABSENT} | {name.strip().casefold(): n for name, n in self.said.words.items()}
        word = words.get(main.text.casefold())
        before = len(self.unplaced)
        for column, source in entry.items():
            if column in NUMBERS[file] and source.column and not word:
                cells[column] = self._number(self._cell(number, source), unit if column in _IN_UNIT else None, source)
            elif column != MAIN[file] or not word:
                cells[column] = self._text(file, column, number, source) or ""
        absent = word in ABSENT or cells.get("status") in ABSENT
        if (main.blank or word) and not (file == "readings.csv" and absent):
            del self.unplaced[before:]  # with nothing to place, what its other cells say does not matter
            beside = [column for column in NUMBERS[file] if cells.get(column) and entry[column].column]
            if beside:
                remedy = f"Fill it in, or empty the cell of {beside[0]}."
                self._miss(f"cell {main.at}", f"is blank, where {beside[0]} is {cells[beside[0]]!r}", remedy)
            return None
        if len(self.unplaced) > before:
            return None
        if file == "readings.csv" and word:
            cells |= {"value": "", "status": word}
        printed = self.sheet.rows[number].get(self.letters[entry[MAIN[file]].column])
        if "as_printed" in FILES[file] and printed and printed.shown:
            cells["as_printed"] = guarded(printed.text)
        places = {column: self._where(number, source, f"{at} {column}") for column, source in entry.items()}
        return _Record(cells, places[MAIN[file]], places)

    def _number(self, cell: SheetCell, unit: str | None, source: Source) -> str:
        """Write a cell's number as records have it, in the indicator's unit; a fault where it is not certain."""
        where, shown = f"cell {cell.at}", cell.text
        say = f"Say what it means in the mapping, as `cells: {{{cell.at}: …}}`, or add it to `leave_out: cells`."
        found, bare = _figure(cell), _bare(cell) if unit == "%" else None
        means = self.percentages.get(self.letters[source.column]) or self.percentages.get("")
        if cell.blank:
            return ""
        if cell.formula:
            self._not_worked_out(cell)
        elif cell.merged:
            self._miss(where, f"{shown!r} is in a merged cell, so it is not told whose it is", "Unmerge the cells.")
        elif is_excel_error(shown):
            self._miss(where, *excel_error(shown))
        elif not found:
            self.unread.append(cell.at)
            self._miss(where, f"{shown!r} is not one number", f"{say} A word for no figure belongs under `words`.")
        elif unit is not None and found[1].casefold() not in ("", unit.casefold(), unit.casefold().removesuffix("s")):
            self.unread.append(cell.at)
            problem = f"{shown!r} does not fit the indicator's unit, which is {unit or 'empty'}"
            self._miss(where, problem, f"Correct the unit. {say}")
        elif bare and self.doubtful and not means:
            problem = f"{shown!r} may be per cent, or a share of one, as some bare numbers of this sheet are 1 or less"
            remedy = f"Say `percentages: per cent` or `percentages: of one`, or `percentages: {{{source.column}: …}}`."
            self._miss(where, problem, remedy)
        else:
            value = found[0] * 100 if bare and means == "of one" else found[0]
            return plain(float(value))
        return ""

    def _add(self, file: str, rows: list[_Record]) -> None:
        """Add the rows that are new and sound; name those that are not, and those that disagree with what is there."""
        fresh: list[_Record] = []
        there = self.there[file]
        for row in rows:
            old = there.setdefault(_key(file, row.cells), row)
            if old is row:
                fresh.append(row)
                continue
            apart = [name for name, text in row.cells.items() if not _same(name, text, old.cells.get(name, ""))]
            self.known += old.where.startswith("data/") and not apart
            for name in apart:
                problem = f"{name} is {row.cells[name]!r} here, and {old.cells.get(name, '')!r} in {old.where}"
                remedy = (
                    "Nothing is overwritten: correct the wrong one by hand; a revised figure needs a later `reported`."
                )
                self.unplaced.append(Fault(row.places.get(name, row.where), problem, remedy))
        bad: set[int] = set()

        def where(row: int, column: str) -> str:
            bad.add(row)
            return fresh[row].places.get(column, fresh[row].where)

        if fresh:
            frame = pd.DataFrame([row.cells for row in fresh], dtype=str).fillna("").rename_axis("row")
            self.unplaced += cell_faults(file, frame, where, self.framework.year_starts)
        for number, row in enumerate(fresh):
            said = row.cells.get("reported") or row.cells.get("quarter", "")
            if number not in bad and said and self.framework.quarter(said).end <= self.published:
                problem = f"{said} is released, or before a quarter that is, and its records stay as they are"
                place = where(number, "reported" if "reported" in row.cells else "quarter")
                self.unplaced.append(Fault(place, problem, "Name the next quarter that is to be reported."))
            for name, text in row.cells.items() if self.unprintable else ():
                found = self.unprintable(row.places.get(name, row.where), text)  # type: ignore[misc]
                self.unplaced += found
                bad |= {number} if found else set()
        for number in bad:
            del there[_key(file, fresh[number].cells)]
        self.added[file] = [row for number, row in enumerate(fresh) if number not in bad]


def _aimed(target: _Record) -> str:
    high = target.cells.get("high")
    return f"{target.cells['low']} to {high}" if high else target.cells["low"]


def _figure(cell: SheetCell) -> tuple[Decimal, str] | None:
    """Read a cell's number and the sign or unit printed with it; nothing where it is not one number for certain."""
    if cell.number is not None:
        return cell.number, cell.sign
    found = _FIGURE.fullmatch(cell.text)
    if not found or (found["word"] or "").casefold() in _MULTIPLES:
        return None
    signs = [sign for sign in (found["pound"], found["percent"], found["word"]) if sign]
    number = Decimal(found["digits"].replace(",", "")) * (-1 if found["minus"] else 1)
    return (number, "".join(signs)) if len(signs) <= 1 else None


def _bare(cell: SheetCell) -> Decimal | None:
    """Read a cell's number where no sign or unit is printed with it."""
    found = _figure(cell)
    return found[0] if found and not found[1] else None


def _same(column: str, new: str, old: str) -> bool:
    """Whether a cell that is to be imported says the same as the one that is there; what it leaves out is no matter."""
    if column == "as_printed" or new == old:
        return True
    if column == "status":
        return {new or "final", old or "final"} == {"final"}
    if column in ("value", "low", "high", "amber_at"):
        return bool(new and old) and Decimal(new) == Decimal(old)
    return not new
