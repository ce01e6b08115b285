"""
What each bad record earns: a message of two lines that names the place, the value and what to do.

`good/` holds a tiny framework without fault; each folder of `bad/` holds only the file that differs from it.
"""

import shutil
from pathlib import Path

import pytest

from kpilib.records.faults import RecordsError
from kpilib.records.ledger import Ledger, load_ledger

HERE = Path(__file__).parent
FILES = sorted(path.name for path in (HERE / "good").glob("*.csv"))
BAD = sorted(path.name for path in (HERE / "bad").iterdir())
READINGS = (
    "the heading is indicator, period, value, reported, numerator, denominator, status, covers, as_printed, "
    "note, exempt."
)
READINGS_WORDS = (
    "Allowed: as_printed, covers, denominator, exempt, indicator, note, numerator, period, reported, status, value."
)
NUMBER = (
    "Write digits only, with a point for decimals, at most 15: no comma, % or £; leave it empty where there is none."
)
CELLS = "Look for a comma too many or too few, or a file cut short."

MESSAGES = {
    # Headings.
    "misspelt_column": (
        "data/tiny/readings.csv, column 'statuss': is not a column of this file",
        f"Did you mean 'status'? {READINGS_WORDS}",
    ),
    "missing_column": ("data/tiny/readings.csv: column 'reported' is missing", f"Add it; {READINGS}"),
    "doubled_column": (
        "data/tiny/readings.csv, column 'status': stands twice in the heading",
        "Give each column a heading of its own.",
    ),
    "column_without_name": (
        "data/tiny/readings.csv, column F: has no heading",
        "Give it one, or empty the whole column.",
    ),
    # Names of something that is not there.
    "unknown_indicator": (
        "data/tiny/readings.csv, row 2, column indicator: 'liter' is not in indicators.csv",
        "Did you mean 'litter'? Allowed: litter, repairs.",
    ),
    "unknown_indicator_of_target": (
        "data/tiny/targets.csv, row 3, column indicator: 'repair' is not in indicators.csv",
        "Did you mean 'repairs'? Allowed: litter, repairs.",
    ),
    "unknown_page": (
        "data/tiny/indicators.csv, row 2, column page: 'steets' is not in the pages of framework.yml",
        "Did you mean 'streets'? Allowed: homes, streets.",
    ),
    "unknown_risk": (
        "data/tiny/risk_notes.csv, row 2, column risk: 'CR11' is not in risks.csv",
        "Did you mean 'CR1'? Allowed: CR1.",
    ),
    # Words and names.
    "unknown_good_is": (
        "data/tiny/indicators.csv, row 2, column good_is: 'hihg' is not a word that this column knows",
        "Did you mean 'high'? Allowed: high, low, near, none, on target.",
    ),
    "unknown_kind": (
        "data/tiny/commentary.csv, row 2, column kind: 'caus' is not a word that this column knows",
        "Did you mean 'cause'? Allowed: action, cause, good practice, issue, performance.",
    ),
    "unknown_rating": (
        "data/tiny/overrides.csv, row 2, column rating: 'purple' is not a word that this column knows",
        "Allowed: amber, blue, green, not rated, red, yellow.",
    ),
    "bad_indicator_name": (
        "data/tiny/indicators.csv, row 4, column indicator: 'Bins-late' cannot be an indicator's name here",
        "Use small letters, digits and _ only.",
    ),
    "bad_risk_number": (
        "data/tiny/risks.csv, row 3, column risk: 'CR-2' cannot be a risk's number here",
        "Use letters and digits only, such as CR1.",
    ),
    # Numbers.
    "percent_sign": ("data/tiny/readings.csv, row 2, column value: '84.4%' is not a number", NUMBER),
    "thousands_comma": ("data/tiny/readings.csv, row 2, column value: '1,234' is not a number", NUMBER),
    "pound_sign": ("data/tiny/readings.csv, row 2, column value: '£84' is not a number", NUMBER),
    "infinity": ("data/tiny/readings.csv, row 2, column value: 'inf' is not a number", NUMBER),
    "not_a_number": ("data/tiny/readings.csv, row 2, column value: 'nan' is not a number", NUMBER),
    "exponent": ("data/tiny/readings.csv, row 2, column value: '8e1' is not a number", NUMBER),
    "number_in_words": ("data/tiny/readings.csv, row 2, column value: 'n/a' is not a number", NUMBER),
    "score_in_words": (
        "data/tiny/risks.csv, row 2, column score: 'high' is not a whole number of 1 or more",
        "Write digits only, from 1 up.",
    ),
    "rank_with_decimals": (
        "data/tiny/benchmarks.csv, row 2, column rank: '12.5' is not a whole number of 1 or more",
        "Write digits only, from 1 up.",
    ),
    "bad_tolerance": (
        "data/tiny/indicators.csv, row 2, column amber_within: '5' is not a tolerance",
        "Write `5%` of the target, or `2 points`.",
    ),
    # Periods, quarters and dates.
    "bad_period": (
        "data/tiny/readings.csv, row 2, column period: 'Q1 2019/20' is not a period",
        "Write it like 2019-20-Q3, 2019-20 or 2019-11, as text, so that Excel makes no date of it.",
    ),
    "year_that_skips_one": (
        "data/tiny/targets.csv, row 2, column period: '2019-21' is not a period",
        "Write it like 2019-20-Q3, 2019-20 or 2019-11, as text, so that Excel makes no date of it.",
    ),
    "period_empty": (
        "data/tiny/readings.csv, row 2, column period: is empty",
        "Fill it in; every row needs it.",
    ),
    "bad_quarter": (
        "data/tiny/readings.csv, row 2, column reported: '2019-20' is not a quarter",
        "Write it as 2019-20-Q3.",
    ),
    "month_for_a_quarter": (
        "data/tiny/commentary.csv, row 2, column quarter: '2019-06' is not a quarter",
        "Write it as 2019-20-Q3.",
    ),
    "quarter_five": (
        "data/tiny/overrides.csv, row 2, column quarter: '2019-20-Q5' is not a quarter",
        "Write it as 2019-20-Q3.",
    ),
    "day_first": (
        "data/tiny/commentary.csv, row 3, column due: '31/12/2019' is not a date",
        "Write a day that there is, like 2020-03-31, from 1800 to 2199.",
    ),
    "month_thirteen": (
        "data/tiny/risk_notes.csv, row 2, column due: '2019-13-30' is not a date",
        "Write a day that there is, like 2020-03-31, from 1800 to 2199.",
    ),
    "date_in_words": (
        "data/tiny/milestones.csv, row 2, column due: 'by Christmas' is not a date",
        "Write a day that there is, like 2020-03-31, from 1800 to 2199.",
    ),
    # Rows that say a thing twice, and cells that do not agree.
    "duplicate_reading": (
        "data/tiny/readings.csv, row 3: litter, 2019-20-Q1, 2019-20-Q1 stands already in row 2",
        "Keep one; a revised figure is a new row with a later `reported`.",
    ),
    "duplicate_target": (
        "data/tiny/targets.csv, row 4: repairs, 2019-20, range stands already in row 3",
        "Keep one of the two rows.",
    ),
    "duplicate_risk": (
        "data/tiny/risks.csv, row 3: 2019-20-Q1, CR1 stands already in row 2",
        "Keep one of the two rows.",
    ),
    "value_beside_awaited": (
        "data/tiny/readings.csv, row 5, column value: '13' stands beside the status 'awaited'",
        "Take the figure away, or give it the status final, provisional or estimate.",
    ),
    "value_missing": (
        "data/tiny/readings.csv, row 3, column value: is empty",
        "Write the figure, or the status `awaited` or `not measured`.",
    ),
    "range_without_high": (
        "data/tiny/targets.csv, row 3, column high: is empty",
        "A range needs low and high.",
    ),
    "target_without_low": (
        "data/tiny/targets.csv, row 2, column low: is empty",
        "Fill it in; every row needs it.",
    ),
    "risks_without_scales": (
        "params/tiny/framework.yml: has risks but no `risk` part",
        "Give the scales and bands of the scores there.",
    ),
    # Files that cannot be read.
    "comma_too_many": ("data/tiny/readings.csv, row 2: has 6 cells where the heading has 5", CELLS),
    "cut_in_a_row": ("data/tiny/readings.csv, row 3: has 3 cells where the heading has 5", CELLS),
    "empty_file": (
        "data/tiny/readings.csv: is empty",
        "Begin it with the heading indicator, period, value, reported, numerator, denominator, status, covers, "
        "as_printed, note, exempt.",
    ),
    "windows_encoding": (
        "data/tiny/commentary.csv, line 3: is not UTF-8 text",
        "Save it as `CSV UTF-8` in Excel.",
    ),
    "utf_16": ("data/tiny/readings.csv, line 1: is not UTF-8 text", "Save it as `CSV UTF-8` in Excel."),
}  # fmt: skip

BEGINS = {
    "no_such_day": "data/tiny/commentary.csv, row 3, column due: '2019-02-30'",
    "year_nought": "data/tiny/commentary.csv, row 3, column due: '0000-12-31'",
    "zero_rank": "data/tiny/benchmarks.csv, row 2, column rank: '0'",
    "rank_beyond_the_last": "data/tiny/benchmarks.csv, row 2, column rank: '152'",
    "rank_of_nought": "data/tiny/benchmarks.csv, row 2, column of: '0'",
    "range_upside_down": "data/tiny/targets.csv, row 3, column high: '5'",
    "number_too_long": "data/tiny/readings.csv, row 2, column value: '999",
    "other_digits": "data/tiny/readings.csv, row 2, column value: '８４'",
    "other_digits_in_period": "data/tiny/readings.csv, row 2, column period: '２０１９-20-Q1'",
    "impact_nought": "data/tiny/risks.csv, row 2, column impact: '0'",
    "impact_beyond_the_scale": "data/tiny/risks.csv, row 2, column impact: '3'",
    "score_beyond_the_scale": "data/tiny/risks.csv, row 2, column score: '5' is beyond the highest score, 4",
    "fifth_quartile": "data/tiny/targets.csv, row 2, column low: '5' is not a quartile",
    "point_with_a_high_end": "data/tiny/targets.csv, row 2, column high: '95' stands beside the kind 'point'",
    "file_in_capitals": "data/tiny/Overrides.CSV: is no file of the records",
}
SAYS = {
    "misspelt_needed_column": "Did you mean 'value'?",
    "page_without_indicators": "shows no indicators",
    "cut_in_quotes": "row 3",
    "negative_rank": "1 or more",
    "semicolons": "`;`",
    "utf_16_without_mark": "is not UTF-8 text",
    "blank_heading": "row 1",
}


def build(root: Path, bad: Path | None = None) -> Path:
    """Write the good framework, and over it the files of a bad one."""
    for folder in (HERE / "good", bad):
        for path in sorted(folder.iterdir()) if folder else []:
            home = root / ("params" if path.suffix == ".yml" else "data") / "tiny"
            home.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, home / path.name)
    return root


def load(root: Path) -> Ledger:
    """Load all that is there."""
    return load_ledger("tiny", "restricted", root)


def faults(root: Path) -> list[str]:
    """Give the faults that the records earn."""
    with pytest.raises(RecordsError) as refusal:
        load(root)
    return [str(fault) for fault in refusal.value.faults]


def test_good_is_good(tmp_path: Path) -> None:
    """The good framework, from which every bad one differs, has no fault and a row in every file."""
    ledger = load(build(tmp_path))

    frames = {f"{name}.csv" for name, frame in vars(ledger).items() if hasattr(frame, "columns")}
    assert sorted(frames - {"summaries.csv", "withheld.csv"}) == FILES
    assert all(len(getattr(ledger, file.removesuffix(".csv"))) for file in FILES)


def test_every_folder_is_tried() -> None:
    """Every bad folder has its test, and every test its folder."""
    assert sorted(MESSAGES | BEGINS | SAYS) == BAD


@pytest.mark.parametrize("name", MESSAGES)
def test_message(tmp_path: Path, name: str) -> None:
    """A bad record earns just this message: where it stands and what is wrong, then what to do."""
    problem, remedy = MESSAGES[name]

    assert faults(build(tmp_path, HERE / "bad" / name)) == [f"{problem}\n  {remedy}"]


@pytest.mark.parametrize(("name", "start"), BEGINS.items())
def test_refused(tmp_path: Path, name: str, start: str) -> None:
    """What cannot be right is refused, by its place and value, in two lines."""
    (fault,) = faults(build(tmp_path, HERE / "bad" / name))

    assert fault.startswith(start)
    assert fault.count("\n") == 1


@pytest.mark.parametrize(("name", "words"), SAYS.items())
def test_says_what_is_wrong(tmp_path: Path, name: str, words: str) -> None:
    """One mistake earns one fault, and it says what the mistake is."""
    (fault,) = faults(build(tmp_path, HERE / "bad" / name))

    assert words in fault


@pytest.mark.parametrize("file", ["indicators.csv", "readings.csv", "targets.csv"])
def test_missing_file(tmp_path: Path, file: str) -> None:
    """A file that every framework needs is missed by its name, and nothing else is told of it."""
    root = build(tmp_path)
    (root / "data" / "tiny" / file).unlink()

    assert faults(root) == [f"data/tiny/{file}: is missing\n  Put it there; a heading row alone will do."]


@pytest.mark.parametrize("file", sorted(set(FILES) - {"indicators.csv", "readings.csv", "targets.csv", "risks.csv"}))
def test_absent_file(tmp_path: Path, file: str) -> None:
    """A file that a framework does not need may be absent."""
    root = build(tmp_path)
    (root / "data" / "tiny" / file).unlink()

    assert getattr(load(root), file.removesuffix(".csv")).empty


def test_notes_without_a_register(tmp_path: Path) -> None:
    """Notes on risks are refused where there are no risks: nothing would say which of them are exempt."""
    root = build(tmp_path)
    (root / "data" / "tiny" / "risks.csv").unlink()

    assert any("risk_notes.csv, row 2, column risk: 'CR1'" in fault for fault in faults(root))


def test_many_faults_in_every_file(tmp_path: Path) -> None:
    """Several faults in each of the nine files are all told at once, each by its file, row and column."""
    root = build(tmp_path)
    data = root / "data" / "tiny"
    changes = {
        "indicators.csv": {"high": "hihg", "homes,": "hovels,"},
        "readings.csv": {"84.4": "84.4%", "2019-20-Q2,85.1": "2019-20-Q6,85.1", "repairs,": "repair,"},
        "targets.csv": {"point": "pint", "5,10": "5,"},
        "overrides.csv": {"amber": "ambre", "Director of Place": ""},
        "benchmarks.csv": {"80.5": "80.5%", "12,": "-12,"},
        "commentary.csv": {"cause": "caus", "2019-12-31": "Christmas"},
        "risks.csv": {"level": "levle", "CR1": "CR-1"},
        "risk_notes.csv": {"control": "contol", "planned": "plan"},
        "milestones.csv": {"2019-20-Q1": "Q1", "2019-12-31": "2019"},
    }
    for file, words in changes.items():
        text = (data / file).read_text()
        for good, bad in words.items():
            assert good in text
            text = text.replace(good, bad, 1)
        (data / file).write_text(text)

    places = {fault.partition(": ")[0].removeprefix("data/tiny/") for fault in faults(root)}
    assert places == {
        "indicators.csv, row 2, column good_is",
        "indicators.csv, row 3, column page",
        "readings.csv, row 2, column value",
        "readings.csv, row 3, column period",
        "readings.csv, row 4, column indicator",
        "targets.csv, row 2, column kind",
        "targets.csv, row 3, column high",
        "overrides.csv, row 2, column rating",
        "overrides.csv, row 2, column approved_by",
        "benchmarks.csv, row 2, column value",
        "benchmarks.csv, row 2, column rank",
        "commentary.csv, row 2, column kind",
        "commentary.csv, row 3, column due",
        "risks.csv, row 2, column risk",
        "risks.csv, row 2, column direction",
        "risk_notes.csv, row 2, column risk",
        "risk_notes.csv, row 2, column kind",
        "risk_notes.csv, row 2, column status",
        "milestones.csv, row 2, column quarter",
        "milestones.csv, row 2, column due",
    }


def test_unreadable_files_hide_no_others(tmp_path: Path) -> None:
    """Where some files cannot be read at all, the faults of the others are told with theirs."""
    root = build(tmp_path)
    data = root / "data" / "tiny"
    (data / "targets.csv").unlink()
    (data / "commentary.csv").write_bytes(b"")
    (data / "risks.csv").write_bytes(b"\xff\xfe")
    (data / "milestones.csv").write_text('quarter,"objective')
    (data / "readings.csv").write_text((data / "readings.csv").read_text().replace("84.4", "84.4%"))

    assert {fault.partition(".csv")[0] for fault in faults(root)} == {
        "data/tiny/targets",
        "data/tiny/commentary",
        "data/tiny/risks",
        "data/tiny/milestones",
        "data/tiny/readings",
    }


def test_a_short_row_hides_no_other_fault(tmp_path: Path) -> None:
    """A row with too few cells does not hide what is wrong in the other rows of the same file."""
    root = build(tmp_path)
    path = root / "data" / "tiny" / "readings.csv"
    path.write_text(path.read_text().replace("84.4", "84.4%").replace(",85.1", ""))

    assert len(faults(root)) == 2


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path: Path) -> None:
    """Blank rows are counted, and a cell of several lines is one row, as a spreadsheet shows them."""
    root = build(tmp_path)
    path = root / "data" / "tiny" / "commentary.csv"
    heading = path.read_text().splitlines()[0]
    path.write_text(f'{heading}\n\nlitter,2019-20-Q1,cause,"One\ntwo",,\n,,,,,\nlitter,2019-20-Q1,cuase,Three,,\n')

    assert [fault.partition(":")[0] for fault in faults(root)] == ["data/tiny/commentary.csv, row 5, column kind"]


def test_a_misspelt_file_is_not_overlooked(tmp_path: Path) -> None:
    """A CSV file of another name is refused, with the name that was meant."""
    root = build(tmp_path)
    (root / "data" / "tiny" / "commentary.csv").rename(root / "data" / "tiny" / "comentary.csv")

    (fault,) = faults(root)

    assert fault.startswith("data/tiny/comentary.csv: is no file of the records\n  Did you mean 'commentary.csv'?")


@pytest.mark.parametrize("end", [",,,", ",", ", ,"])
def test_empty_columns_at_the_end_are_left_out(tmp_path: Path, end: str) -> None:
    """Columns without heading and cells, as spreadsheets leave them behind, do no harm."""
    root = build(tmp_path)
    path = root / "data" / "tiny" / "readings.csv"
    path.write_text("".join(f"{line}{end}\n" for line in path.read_text().splitlines()))

    assert len(load(root).readings) == 4


@pytest.mark.parametrize(
    "first",
    ["sep=,\n", "Our figures,,,,\n"],
)
def test_what_stands_above_the_heading_is_told_once(tmp_path: Path, first: str) -> None:
    """A line above the heading earns one fault, not one for every row."""
    root = build(tmp_path)
    path = root / "data" / "tiny" / "readings.csv"
    path.write_text(first + path.read_text())

    (fault,) = faults(root)

    assert fault == (
        "data/tiny/readings.csv, row 1: is not the heading"
        "\n  The heading is row 2: move it to the top, and delete no record that stands above it."
    )
