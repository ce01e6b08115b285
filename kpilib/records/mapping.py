"""What a mapping says: which column of a council's spreadsheet holds what, checked before any cell is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator

from kpilib.records.faults import allowed
from kpilib.records.said import Said, Text, entries, wrong
from kpilib.records.schema import FILES

MAIN = {"readings.csv": "value", "targets.csv": "low", "commentary.csv": "text"}  # what an entry's `column` holds
NAMES = {"indicator", "name"}  # with nothing else, these refer to an indicator that is there


class Source(Said):
    """Where a record's cell comes from: a column of the spreadsheet, with what its words mean, or always one text."""

    column: str = ""
    words: Mapping[str, str] = {}
    always: str = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> Source:
        if bool(self.column) == bool(self.always):
            raise wrong("names neither a column nor what it always is, or both", "Write `column: …` or `always: …`.")
        return self


def _short(key: str) -> BeforeValidator:
    """Let a text alone stand for the one thing that a source mostly says."""
    return BeforeValidator(lambda said: {key: said} if isinstance(said, str) else said)


def _main(file: str) -> BeforeValidator:
    """Read an entry's `column` as where its figure or text stands."""

    def read(said: Any) -> Any:
        if not isinstance(said, dict) or "column" not in said:
            return said
        column = said["column"]
        return {MAIN[file]: {"column": column}} | {name: value for name, value in said.items() if name != "column"}

    return BeforeValidator(read)


def _known(file: str) -> AfterValidator:
    """Refuse columns that a record file does not have, and entries that leave out what each of its rows needs."""

    def look(said: Mapping[str, Source]) -> Mapping[str, Source]:
        own = [name for name in FILES[file] if file not in MAIN or name != "indicator"]
        for name in said:
            if name not in own:
                raise wrong(f"{name!r} is not a column of {file}", allowed(name, own))
        needed = [name for name in own if FILES[file][name].needed or name == MAIN.get(file)]
        if file == "indicators.csv":
            needed = [name for name in needed if name != "indicator"] if set(said) - NAMES or not said else []
        missing = ["column" if name == MAIN.get(file) else name for name in needed if name not in said]
        if missing:
            raise wrong(f"does not say {', '.join(missing)}", f"Add `{missing[0]}: …`.")
        if file in MAIN and not said[MAIN[file]].column:
            raise wrong("names no column of the spreadsheet", "Add `column: …`.")
        return said

    return AfterValidator(look)


Entry = Mapping[str, Annotated[Source, _short("always")]]


class Left(Said):
    """What is knowingly left out: columns by heading, rows by number, and cells such as H7."""

    columns: Annotated[tuple[str, ...], BeforeValidator(entries)] = ()
    rows: Annotated[tuple[int, ...], BeforeValidator(entries)] = ()
    cells: Annotated[tuple[str, ...], BeforeValidator(entries)] = ()


class Mapped(Said):
    """
    Everything that a mapping says.

    `words` are those that stand in place of a figure; `none` is as if the cell were blank.
    `cells` says of single cells, such as H7, what is to be read in place of what they show.
    `percentages` says what a bare number means where the unit is %: `per cent` (5 is 5%) or `of one` (0.05 is 5%);
    by the heading of its column, or under no heading for all of them.
    """

    framework: Text
    file: Text
    sheet: str = ""
    heading_row: int = 1
    words: Mapping[str, Literal["none", "awaited", "not measured"]] = {}
    cells: Mapping[str, Text] = {}
    percentages: Annotated[Mapping[str, Literal["per cent", "of one"]], _short("")] = {}
    indicators: Annotated[Mapping[str, Annotated[Source, _short("column")]], _known("indicators.csv")]
    readings: Annotated[
        tuple[Annotated[Entry, _main("readings.csv"), _known("readings.csv")], ...], BeforeValidator(entries)
    ] = ()
    targets: Annotated[
        tuple[Annotated[Entry, _main("targets.csv"), _known("targets.csv")], ...], BeforeValidator(entries)
    ] = ()
    commentary: Annotated[
        tuple[Annotated[Entry, _main("commentary.csv"), _known("commentary.csv")], ...], BeforeValidator(entries)
    ] = ()
    leave_out: Left = Left()

    def entries_of(self, file: str) -> tuple[Entry, ...]:
        """Give what it says of a record file other than indicators.csv."""
        return getattr(self, file.removesuffix(".csv"))

    def sources(self) -> Iterator[tuple[str, Source]]:
        """Give every source, with where in the mapping it stands."""
        for column, source in self.indicators.items():
            yield f"indicators {column}", source
        for file in MAIN:
            for number, entry in enumerate(self.entries_of(file), 1):
                for column, source in entry.items():
                    yield f"{file.removesuffix('.csv')}[{number}] {column}", source
