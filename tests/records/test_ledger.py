"""The ledger: what stood at a quarter, what was known of an earlier one, and what each edition may hold."""

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpilib.records.faults import RecordsError
from kpilib.records.ledger import Ledger, load_ledger
from kpilib.records.periods import period, quarter

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules: [{from: 2019-20-Q1}]
pages: [{page: streets, title: Clean streets, kind: priority}]
risk:
  impact: [Minor, Major]
  opportunity_impact: [Minor, Major]
  likelihood: [Rare, Likely]
  bands: {low: 1-2, high: 3-4}
"""
INDICATORS = "indicator,name,page,directorate,frequency,good_is,unit,basis"
LITTER = "litter,Streets free of litter,streets,Place,quarterly,high,%,quarter"
READINGS = "indicator,period,value,reported"
TARGETS = "indicator,period,kind,low,high"
NAMES = (
    "indicators",
    "readings",
    "targets",
    "overrides",
    "benchmarks",
    "comparators",
    "commentary",
    "risks",
    "risk_notes",
    "milestones",
)
CANARY = "xcanaryx"


def write(root: Path, **files: str | bytes) -> Path:
    """Write a tiny framework and its files; a heading and no rows for what every framework needs."""
    data = root / "data" / "tiny"
    params = root / "params" / "tiny"
    data.mkdir(parents=True)
    params.mkdir(parents=True)
    (params / "framework.yml").write_text(FRAMEWORK)
    for name, text in {
        "indicators": f"{INDICATORS}\n{LITTER}\n",
        "readings": READINGS,
        "targets": TARGETS,
        **files,
    }.items():
        (data / f"{name}.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return root


def load(root: Path, edition: str = "public", **files: str | bytes) -> Ledger:
    """Write a tiny framework and load it for an edition."""
    return load_ledger("tiny", edition, write(root, **files))


def at(ledger: Ledger, text: str) -> Ledger:
    """Give the ledger as at a quarter, written out."""
    return ledger.as_at(quarter(text))


def values(ledger: Ledger) -> dict[str, float]:
    """Give the readings by period."""
    return dict(zip(ledger.readings["period"], ledger.readings["value"], strict=True))


def cells(ledger: Ledger) -> str:
    """Give every cell of every file of a ledger, as one text."""
    return "\n".join(getattr(ledger, name).to_csv() for name in NAMES)


@pytest.mark.parametrize(
    ("quarter_text", "known"),
    [
        ("2018-19-Q4", {}),
        ("2019-20-Q1", {"2019-20-Q1": 80.0}),
        ("2019-20-Q2", {"2019-20-Q1": 80.0, "2019-20-Q2": 70.0}),
        ("2019-20-Q3", {"2019-20-Q1": 81.0, "2019-20-Q2": 70.0}),
        ("2019-20-Q4", {"2019-20-Q1": 82.0, "2019-20-Q2": 70.0}),
        ("2025-26-Q1", {"2019-20-Q1": 82.0, "2019-20-Q2": 70.0}),
    ],
)
def test_revisions(tmp_path: Path, quarter_text: str, known: dict[str, float]) -> None:
    """A revision replaces the figure from the quarter that reported it; before that, the earlier figure stands."""
    rows = ["litter,2019-20-Q1,82,2019-20-Q4", "litter,2019-20-Q1,80,2019-20-Q1"]
    rows += ["litter,2019-20-Q2,70,2019-20-Q2", "litter,2019-20-Q1,81,2019-20-Q3"]

    assert values(at(load(tmp_path, readings="\n".join([READINGS, *rows])), quarter_text)) == known


def test_revision_of_one_indicator_only(tmp_path: Path) -> None:
    """A revision of one indicator leaves the same period of another as it was."""
    bins = LITTER.replace("litter", "bins", 1)
    rows = "litter,2019-20-Q1,80,2019-20-Q1\nbins,2019-20-Q1,50,2019-20-Q1\nlitter,2019-20-Q1,81,2019-20-Q2\n"
    ledger = load(tmp_path, indicators=f"{INDICATORS}\n{LITTER}\n{bins}\n", readings=f"{READINGS}\n{rows}")
    now = at(ledger, "2019-20-Q2").readings

    assert dict(zip(now["indicator"], now["value"], strict=True)) == {"litter": 81, "bins": 50}


def test_revision_to_awaited(tmp_path: Path) -> None:
    """A figure that was taken back is awaited from then on, and the earlier one does not shine through."""
    rows = "litter,2019-20-Q1,80,2019-20-Q1,final\nlitter,2019-20-Q1,,2019-20-Q2,awaited\n"
    ledger = load(tmp_path, readings=f"{READINGS},status\n{rows}")

    assert at(ledger, "2019-20-Q1").readings["status"].tolist() == ["final"]
    assert at(ledger, "2019-20-Q2").readings["status"].tolist() == ["awaited"]
    assert at(ledger, "2019-20-Q2").readings["value"].isna().all()


def test_readings_in_order(tmp_path: Path) -> None:
    """As at a quarter, an indicator's readings stand in order of time, however the file has them."""
    rows = "litter,2019-20-Q2,2,2019-20-Q2\nlitter,2018-19,0,2019-20-Q2\nlitter,2019-20-Q1,1,2019-20-Q1\n"

    assert at(load(tmp_path, readings=f"{READINGS}\n{rows}"), "2019-20-Q2").readings["value"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("quarter_text", "known"),
    [
        ("2019-20-Q1", {"North West": 70.0}),
        ("2019-20-Q2", {"North West": 70.0, "England": 75.0}),
        ("2019-20-Q3", {"North West": 70.0, "England": 76.0}),
    ],
)
def test_benchmarks(tmp_path: Path, quarter_text: str, known: dict[str, float]) -> None:
    """A benchmark is shown from the quarter that reported it; one that names no quarter, always."""
    rows = "litter,2018-19,England,76,2019-20-Q3\nlitter,2018-19,England,75,2019-20-Q2\nlitter,2018-19,North West,70,\n"
    ledger = load(tmp_path, benchmarks=f"indicator,period,comparator,value,reported\n{rows}")
    shown = at(ledger, quarter_text).benchmarks

    assert dict(zip(shown["comparator"], shown["value"], strict=True)) == known


def test_nothing_of_a_later_quarter(tmp_path: Path) -> None:
    """Overrides, commentary, risks, their notes and milestones of a later quarter are not there yet."""
    now, later = "2019-20-Q3", "2019-20-Q4"
    heads = {
        "overrides": ("indicator,quarter,rating,reason,approved_by", "litter,{},amber,Why,Who"),
        "commentary": ("indicator,quarter,kind,text", "litter,{},cause,Why"),
        "risks": (
            "quarter,risk,kind,title,type,owner,impact,likelihood,score,residual_impact,residual_likelihood,"
            "residual_score,direction",
            "{},CR1,risk,Floods,People,Who,2,2,4,2,1,2,level",
        ),
        "risk_notes": ("quarter,risk,kind,text", "{},CR1,control,What"),
        "milestones": (
            "quarter,objective,milestone,text,due,status,directorate,owner",
            "{},Clean,M1,What,2020-03-31,on track,Place,Who",
        ),
    }
    files = {name: f"{head}\n{row.format(later)}\n{row.format(now)}\n" for name, (head, row) in heads.items()}
    ledger = load(tmp_path, **files)

    assert {name: getattr(at(ledger, now), name)["quarter"].tolist() for name in heads} == {
        name: [now] for name in heads
    }
    assert all(getattr(at(ledger, "2019-20-Q2"), name).empty for name in heads)
    assert all(len(getattr(at(ledger, later), name)) == 2 for name in heads)


@pytest.mark.parametrize(
    ("quarter_text", "present"),
    [
        ("2018-19-Q4", ["always", "ends"]),
        ("2019-20-Q1", ["always", "begins", "ends", "one"]),
        ("2019-20-Q2", ["always", "begins", "ends"]),
        ("2019-20-Q3", ["always", "begins"]),
    ],
)
def test_indicators_begin_and_end(tmp_path: Path, quarter_text: str, present: list[str]) -> None:
    """An indicator is there from the first quarter that it names to the last, both included."""
    spans = {"always": ",", "begins": "2019-20-Q1,", "ends": ",2019-20-Q2", "one": "2019-20-Q1,2019-20-Q1"}
    rows = "\n".join(f"{LITTER.replace('litter', name, 1)},{span}" for name, span in spans.items())
    ledger = load(tmp_path, indicators=f"{INDICATORS},from,to\n{rows}\n")

    assert at(ledger, quarter_text).indicators["indicator"].tolist() == present


def test_targets_stay(tmp_path: Path) -> None:
    """Targets are the same as at every quarter."""
    ledger = load(tmp_path, targets=f"{TARGETS}\nlitter,2030-31,point,90,\n")

    assert at(ledger, "2019-20-Q1").targets["low"].tolist() == [90]


def test_as_at_changes_nothing(tmp_path: Path) -> None:
    """Looking at a quarter leaves the ledger as it was, and looking twice sees the same."""
    ledger = load(tmp_path, readings=f"{READINGS}\nlitter,2019-20-Q2,2,2019-20-Q2\nlitter,2019-20-Q1,1,2019-20-Q1\n")
    before = cells(ledger)
    once = at(ledger, "2019-20-Q1")

    assert cells(once) == cells(at(once, "2019-20-Q1"))
    assert before == cells(ledger)


def test_until(tmp_path: Path) -> None:
    """Looking back at a quarter with today's knowledge shows revised figures, and none for what came after."""
    rows = ["litter,2019-20-Q1,80,2019-20-Q1,", "litter,2019-20-Q1,81,2019-20-Q3,", "litter,2019-20-Q2,70,2019-20-Q2,"]
    rows += ["litter,2019-20-Q3,60,2019-20-Q3,", "litter,2019-20,50,2019-20-Q3,", "litter,2019-09,40,2019-20-Q3,"]
    ledger = at(load(tmp_path, readings="\n".join([f"{READINGS},status", *rows])), "2019-20-Q3")

    assert values(ledger.until(quarter("2019-20-Q1"))) == {"2019-20-Q1": 81}
    assert values(ledger.until(quarter("2019-20-Q2"))) == {"2019-20-Q1": 81, "2019-20-Q2": 70, "2019-09": 40}


def test_until_keeps_what_is_awaited(tmp_path: Path) -> None:
    """A figure that is awaited stays if its period has begun, and goes if it has not."""
    rows = ["litter,2019-20,,2019-20-Q1,awaited", "litter,2020-21,,2019-20-Q1,awaited"]
    rows += ["litter,2019-20-Q4,,2019-20-Q1,not measured"]
    ledger = load(tmp_path, readings="\n".join([f"{READINGS},status", *rows]))

    assert list(values(ledger.until(quarter("2019-20-Q1")))) == ["2019-20"]


# What the public edition must not hold, each with the columns that take any text.
HIDDEN: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {
    "an indicator": (
        "indicators",
        {
            "indicator": "secret",
            "page": "streets",
            "frequency": "annual",
            "good_is": "low",
            "basis": "sum",
            "exempt": "y",
        },
        ("name", "short_name", "directorate", "unit", "definition", "service", "source", "note", "exempt"),
    ),
    "a reading of an exempt indicator": (
        "readings",
        {"indicator": "secret", "period": "2019-20", "value": "1", "reported": "2019-20-Q1"},
        ("covers", "as_printed", "note"),
    ),
    "an exempt reading": (
        "readings",
        {"indicator": "litter", "period": "2019-20-Q2", "value": "1", "reported": "2019-20-Q2", "exempt": "y"},
        ("covers", "as_printed", "note", "exempt"),
    ),
    "a target of an exempt indicator": (
        "targets",
        {"indicator": "secret", "period": "2019-20", "kind": "point", "low": "5"},
        ("as_printed", "note"),
    ),
    "an override of an exempt indicator": (
        "overrides",
        {"indicator": "secret", "quarter": "2019-20-Q1", "rating": "red"},
        ("reason", "approved_by"),
    ),
    "a benchmark of an exempt indicator": (
        "benchmarks",
        {"indicator": "secret", "period": "2018-19", "value": "5"},
        ("comparator", "source"),
    ),
    "commentary on an exempt indicator": (
        "commentary",
        {"indicator": "secret", "quarter": "2019-20-Q1", "kind": "cause"},
        ("text", "owner"),
    ),
    "exempt commentary": (
        "commentary",
        {"indicator": "litter", "quarter": "2019-20-Q1", "kind": "action", "exempt": "y"},
        ("text", "owner", "exempt"),
    ),
    "an exempt risk": (
        "risks",
        {"quarter": "2019-20-Q1", "risk": "CR2", "kind": "risk", "score": "4", "residual_score": "2", "exempt": "y"},
        ("title", "type", "owner", "directorate", "note", "exempt"),
    ),
    "an exempt risk in a quarter when it is not marked": (
        "risks",
        {"quarter": "2019-20-Q2", "risk": "CR2", "kind": "risk", "score": "4", "residual_score": "2"},
        ("title", "type", "owner", "directorate", "note"),
    ),
    "a note on an exempt risk": (
        "risk_notes",
        {"quarter": "2019-20-Q2", "risk": "CR2", "kind": "cause"},
        ("text", "owner"),
    ),
    "an exempt note": (
        "risk_notes",
        {"quarter": "2019-20-Q1", "risk": "CR1", "kind": "action", "exempt": "y"},
        ("text", "owner", "exempt"),
    ),
    "an exempt milestone": (
        "milestones",
        {"quarter": "2019-20-Q1", "due": "2020-03-31", "exempt": "y"},
        ("objective", "milestone", "text", "directorate", "owner", "commentary", "exempt"),
    ),
}
OPEN: dict[str, dict[str, str]] = {
    "indicators": {"indicator": "litter", "page": "streets", "frequency": "annual", "good_is": "low", "basis": "sum"},
    "readings": {"indicator": "litter", "period": "2019-20-Q1", "value": "1", "reported": "2019-20-Q1"},
    "targets": {"indicator": "litter", "period": "2019-20", "kind": "point", "low": "5"},
    "overrides": {"indicator": "litter", "quarter": "2019-20-Q1", "rating": "red"},
    "benchmarks": {"indicator": "litter", "period": "2018-19", "value": "5"},
    "comparators": {"comparator": "open", "group": "neighbours"},
    "commentary": {"indicator": "litter", "quarter": "2019-20-Q1", "kind": "cause"},
    "risks": {"quarter": "2019-20-Q1", "risk": "CR1", "kind": "risk", "score": "4", "residual_score": "2"},
    "risk_notes": {"quarter": "2019-20-Q1", "risk": "CR1", "kind": "cause"},
    "milestones": {"quarter": "2019-20-Q1", "due": "2020-03-31"},
}
MORE = {
    "targets": ("high",),
    "risks": ("impact", "likelihood", "residual_impact", "residual_likelihood", "direction"),
    "milestones": ("status",),
}
PLACES = [(label, column) for label, (_, _, columns) in HIDDEN.items() for column in columns]


def with_hidden(root: Path, sung: list[tuple[str, str]], turned: int = 0) -> Path:
    """
    Write an open row in every file and all that is hidden, with a canary in some cells of the hidden.

    Args:
        root: the folder to write in.
        sung: which hidden rows, and which of their columns, hold the canary.
        turned: by how many rows each file is turned round.
    """
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in NAMES}
    for name, row in OPEN.items():
        columns = {column for file, _, free in HIDDEN.values() if file == name for column in free} - {"exempt"}
        rows[name].append({**dict.fromkeys(sorted(columns), "open"), **row})
    for label, (name, row, columns) in HIDDEN.items():
        plain = {column: f"{label} {column}" for column in columns}
        plain |= {column: CANARY for place, column in sung if place == label}
        rows[name].append({**plain, **row, **{c: v for c, v in plain.items() if v == CANARY}})
    write(root)
    for name, held in rows.items():
        columns = list(dict.fromkeys([column for row in held for column in row] + list(MORE.get(name, ()))))
        with (root / "data" / "tiny" / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(held[turned % len(held) :] + held[: turned % len(held)])
    return root


@pytest.mark.parametrize("label", HIDDEN)
def test_public_edition_holds_nothing_exempt(tmp_path: Path, label: str) -> None:
    """What is exempt, and what belongs to it, is in the restricted ledger and not in the public one."""
    columns = HIDDEN[label][2]
    root = with_hidden(tmp_path, [(label, column) for column in columns])

    assert cells(load_ledger("tiny", "restricted", root)).count(CANARY) >= len(columns)
    assert CANARY not in cells(load_ledger("tiny", "public", root))


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(sung=st.lists(st.sampled_from(PLACES), min_size=1, unique=True), turned=st.integers(0, 3))
def test_no_canary_in_public(
    tmp_path_factory: pytest.TempPathFactory, sung: list[tuple[str, str]], turned: int
) -> None:
    """Wherever the canary sits in what is exempt, and however the rows are turned, the public ledger never holds it."""
    root = with_hidden(tmp_path_factory.mktemp("root"), sung, turned)
    public = load_ledger("tiny", "public", root)

    assert cells(load_ledger("tiny", "restricted", root)).count(CANARY) >= len(sung)
    assert CANARY not in cells(public)
    assert CANARY not in cells(at(public, "2019-20-Q2"))
    assert CANARY not in repr(public)


def test_public_edition_holds_what_is_open(tmp_path: Path) -> None:
    """What is not exempt stays in the public edition: one row of each file, and what is open in two quarters."""
    public = load_ledger("tiny", "public", with_hidden(tmp_path, []))

    assert {name: len(getattr(public, name)) for name in NAMES} == dict.fromkeys(NAMES, 1) | {
        "risks": 2,
        "risk_notes": 2,
        "milestones": 2,
    }
    assert "secret" not in cells(public)
    assert "CR2" not in cells(public)


def test_restricted_edition_holds_everything(tmp_path: Path) -> None:
    """The restricted edition holds the open rows and the exempt ones, beside what is carried to a later quarter."""
    restricted = load_ledger("tiny", "restricted", with_hidden(tmp_path, []))
    hidden = [name for name, _, _ in HIDDEN.values()]

    carried = {"risks": 1, "risk_notes": 2, "milestones": 2}

    assert {name: len(getattr(restricted, name)) for name in NAMES} == {
        name: 1 + hidden.count(name) + carried.get(name, 0) for name in NAMES
    }


def test_exempt_revision(tmp_path: Path) -> None:
    """An exempt revision is not shown to the public, which keeps the figure that it was given."""
    readings = f"{READINGS},exempt\nlitter,2019-20-Q1,80,2019-20-Q1,\nlitter,2019-20-Q1,81,2019-20-Q2,3\n"
    root = write(tmp_path, readings=readings)

    assert values(at(load_ledger("tiny", "public", root), "2019-20-Q2")) == {"2019-20-Q1": 80}
    assert values(at(load_ledger("tiny", "restricted", root), "2019-20-Q2")) == {"2019-20-Q1": 81}


@pytest.mark.parametrize("word", ["yes", "x", "paragraph 3", " y ", "TRUE", "no"])
def test_any_word_exempts(tmp_path: Path, word: str) -> None:
    """Whatever stands in the column exempts the row: nothing is published because of a word not known."""
    ledger = load(tmp_path, indicators=f"{INDICATORS},exempt\n{LITTER},{word}\n")

    assert ledger.indicators.empty


def test_blanks_do_not_exempt(tmp_path: Path) -> None:
    """A cell of blanks is an empty cell, and exempts nothing."""
    assert len(load(tmp_path, indicators=f"{INDICATORS},exempt\n{LITTER},  \n").indicators) == 1


SUPPORTERS = f"{INDICATORS},supports,exempt\n{LITTER},,y\n{LITTER.replace('litter', 'bins', 1)},litter,\n"


def test_supporters_of_what_is_exempt(tmp_path: Path) -> None:
    """An indicator that supports an exempt one belongs to it, and is not in the public edition."""
    assert load(tmp_path, indicators=SUPPORTERS).indicators.empty


@pytest.mark.parametrize(
    "files",
    [
        {"readings": f"{READINGS}\nbins,2019-20-Q1,5,2019-20-Q1\n"},
        {"targets": f"{TARGETS}\nbins,2019-20,point,5,\n"},
        {"indicators": f"{SUPPORTERS}{LITTER.replace('litter', 'sacks', 1)},bins,\n"},
    ],
    ids=["its reading", "its target", "its own supporter"],
)
def test_rows_of_supporters(tmp_path: Path, files: dict[str, str]) -> None:
    """What belongs to an indicator that supports an exempt one goes with it, in every file."""
    public = load(tmp_path, **{"indicators": SUPPORTERS, **files})

    assert public.indicators.empty
    assert public.readings.empty
    assert public.targets.empty


def test_faults_of_the_exempt_stay_within(tmp_path: Path) -> None:
    """A fault in an exempt row is told to those who may see it, and the public edition says nothing of it."""
    readings = f"{READINGS},exempt\nlitter,2019-20-Q1,{CANARY},2019-20-Q1,y\n"
    root = write(tmp_path, readings=readings)

    with pytest.raises(RecordsError, match=CANARY):
        load_ledger("tiny", "restricted", root)
    assert load_ledger("tiny", "public", root).readings.empty


@pytest.mark.parametrize("break_", ["indicators", "risks"])
def test_faults_tell_no_secret(tmp_path: Path, break_: str) -> None:
    """Where a file that says what is exempt cannot be read, the public edition quotes no row that depends on it."""
    root = with_hidden(tmp_path, [("commentary on an exempt indicator", "text"), ("a note on an exempt risk", "text")])
    data = root / "data" / "tiny"
    for name in ("commentary", "risk_notes"):
        text = (data / f"{name}.csv").read_text()
        (data / f"{name}.csv").write_text(text + "".join(line for line in text.splitlines(True) if CANARY in line))
    (data / f"{break_}.csv").write_text("colour\n")

    with pytest.raises(RecordsError) as refusal:
        load_ledger("tiny", "public", root)
    assert CANARY not in str(refusal.value)


@pytest.mark.parametrize("edition", ["Public", "pubilc", "", "part ii"])
def test_unknown_edition(tmp_path: Path, edition: str) -> None:
    """An edition that is not known is refused before anything is read."""
    with pytest.raises(RecordsError) as refusal:
        load_ledger("nothing there", edition, tmp_path)

    assert str(refusal.value).startswith(f"edition: {edition!r} is not an edition\n  ")
    assert str(refusal.value).endswith("Allowed: public, restricted.")


def test_public_unless_asked(tmp_path: Path) -> None:
    """Who names no edition gets the public one."""
    ledger = load_ledger("tiny", root=with_hidden(tmp_path, [PLACES[0]]))

    assert ledger.edition == "public"
    assert CANARY not in cells(ledger)


READING = "litter,2019-20-Q1,80,2019-20-Q1"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"{READINGS}\n{READING}\n".encode("utf-8-sig"), id="byte order mark"),
        pytest.param(f"{READINGS}\r\n{READING}\r\n", id="Windows lines"),
        pytest.param(f"{READINGS}\r{READING}\r", id="old Macintosh lines"),
        pytest.param(f"{READINGS}\n{READING}", id="no end of the last line"),
        pytest.param(f"{READINGS}\n\n,,,\n{READING}\n  , ,,\n\n", id="blank rows"),
        pytest.param(f"{READINGS}\n,,,,,,,\n{READING}\n,\n", id="blank rows of another length"),
        pytest.param(" indicator , period,value ,reported\n litter,2019-20-Q1 , 80 ,2019-20-Q1 \n", id="blanks"),
        pytest.param('"indicator","period","value","reported"\n"litter","2019-20-Q1","80","2019-20-Q1"\n', id="quotes"),
        pytest.param(
            "reported,value,period,indicator\n2019-20-Q1,80,2019-20-Q1,litter\n", id="columns in another order"
        ),
        pytest.param(f"{READINGS},status,note,exempt\n{READING},,,\n", id="optional columns there and empty"),
    ],
)
def test_ways_to_write_the_same(tmp_path: Path, data: str | bytes) -> None:
    """However a spreadsheet saves the same rows, the same ledger is read."""
    plain = load(tmp_path / "plain", readings=f"{READINGS}\n{READING}\n")

    pd.testing.assert_frame_equal(load(tmp_path / "other", readings=data).readings, plain.readings)


def test_text_keeps_its_marks(tmp_path: Path) -> None:
    """Commas, quotes, line ends and letters beyond ASCII in a text come through as they were written."""
    text = 'Said "£5", in Ynys Môn,\nand went'
    row = f'litter,2019-20-Q1,cause,"{text.replace(chr(34), chr(34) * 2)}"'

    assert load(tmp_path, commentary=f"indicator,quarter,kind,text\n{row}\n").commentary["text"].tolist() == [text]


def test_as_printed_keeps_its_blanks(tmp_path: Path) -> None:
    """The cell as the council printed it keeps even the blanks at its ends; a note loses them."""
    readings = load(tmp_path, readings=f"{READINGS},as_printed,note\n{READING}, 80 % , so \n").readings

    assert readings[["as_printed", "note"]].to_numpy().tolist() == [[" 80 % ", "so"]]


def test_optional_columns_may_be_absent(tmp_path: Path) -> None:
    """A column that may be absent is there in the ledger and empty: no text, no number."""
    readings = load(tmp_path, readings=f"{READINGS}\n{READING}\n").readings

    assert readings[["status", "covers", "as_printed", "note", "exempt"]].eq("").all(axis=None)
    assert readings[["numerator", "denominator"]].isna().all(axis=None)


def test_absent_files_are_empty_frames(tmp_path: Path) -> None:
    """A file that is absent is an empty frame with the columns it would have, at every quarter."""
    ledger = load(tmp_path)
    full = load_ledger("tiny", "restricted", with_hidden(tmp_path / "full", []))

    for name in ("overrides", "benchmarks", "commentary", "risks", "risk_notes", "milestones"):
        assert getattr(at(ledger, "2019-20-Q1"), name).empty
        assert list(getattr(ledger, name)) == list(getattr(full, name))


def test_headings_alone(tmp_path: Path) -> None:
    """Files with a heading and no rows are read as empty frames too."""
    ledger = at(load(tmp_path, indicators=INDICATORS), "2019-20-Q1").until(quarter("2019-20-Q1"))

    assert ledger.indicators.empty
    assert ledger.readings.empty
    assert ledger.targets.empty


def test_numbers_are_of_one_type(tmp_path: Path) -> None:
    """A column of numbers has the same type whether or not its figures happen to be whole."""
    whole = load(tmp_path / "whole", readings=f"{READINGS}\n{READING}\n").readings
    point = load(tmp_path / "point", readings=f"{READINGS}\n{READING.replace('80', '80.5')}\n").readings

    assert whole["value"].dtype == point["value"].dtype


def test_periods_are_measured(tmp_path: Path) -> None:
    """A reading has the months of its period and the name a reader knows; a target runs to its own end."""
    ledger = load(
        tmp_path, readings=f"{READINGS}\n{READING}\n", targets=f"{TARGETS},to\nlitter,2019-20,total,5,,2021-22\n"
    )
    reading: Any = ledger.readings.iloc[0]
    target: Any = ledger.targets.iloc[0]

    assert (reading["start"], reading["end"]) == (period("2019-20-Q1").start, period("2019-20-Q1").end)
    assert (reading["period_kind"], reading["period_name"]) == ("quarter", "Quarter 1 2019/20")
    assert (target["start"], target["end"]) == (period("2019-20").start, period("2021-22").end)


def test_months_of_another_year(tmp_path: Path) -> None:
    """A council year that starts in September puts its quarters there."""
    root = write(tmp_path, readings=f"{READINGS}\n{READING}\n")
    (root / "params" / "tiny" / "framework.yml").write_text(f"{FRAMEWORK}year_starts: September\n")

    assert load_ledger("tiny", root=root).readings["start"].tolist() == [period("2019-09").start]


# Groups of comparators.

BENCHMARKS = "indicator,period,comparator,value"
GROUPS = "comparator,group"
NEIGHBOURS = "litter,2018-19,Barton,70\nlitter,2018-19,Ashby,60\nlitter,2018-19,England,65\n"


def test_benchmarks_know_who_belongs_to_a_group(tmp_path: Path) -> None:
    """A benchmark says whether its comparator belongs to a group, at every quarter and also where no file says so."""
    groups = f"{GROUPS}\nBarton,neighbours\nAshby,neighbours\nAshby,all\n"
    ledger = load(tmp_path, benchmarks=f"{BENCHMARKS}\n{NEIGHBOURS}", comparators=groups)
    alone = load(tmp_path / "alone", benchmarks=f"{BENCHMARKS}\n{NEIGHBOURS}")

    assert at(ledger, "2019-20-Q3").benchmarks["grouped"].tolist() == [True, True, False]
    assert at(ledger, "2019-20-Q3").comparators["group"].tolist() == ["neighbours", "neighbours", "all"]
    assert alone.benchmarks["grouped"].tolist() == [False, False, False]


@pytest.mark.parametrize(("name", "hint"), [("Bartn", "Did you mean 'Barton'? "), ("Zelah", "")])
def test_a_member_of_a_group_that_no_benchmark_is_of(tmp_path: Path, name: str, hint: str) -> None:
    """A comparator that benchmarks.csv does not have is told in two lines, with the nearest that it has."""
    with pytest.raises(RecordsError) as refusal:
        load(tmp_path, benchmarks=f"{BENCHMARKS}\n{NEIGHBOURS}", comparators=f"{GROUPS}\nAshby,all\n{name},all\n")

    assert str(refusal.value) == (
        f"data/tiny/comparators.csv, row 3, column comparator: {name!r} is not in benchmarks.csv\n"
        f"  {hint}Write it as benchmarks.csv does, or take the row away."
    )


def test_a_member_stands_in_a_group_once(tmp_path: Path) -> None:
    """The same comparator twice in one group is told, since it would be counted twice."""
    with pytest.raises(RecordsError, match="row 3: Ashby, all stands already in row 2"):
        load(tmp_path, benchmarks=f"{BENCHMARKS}\n{NEIGHBOURS}", comparators=f"{GROUPS}\nAshby,all\nAshby,all\n")


def test_comparators_of_exempt_figures_alone_stay_out_of_the_public_edition(tmp_path: Path) -> None:
    """A comparator that is only in what is exempt is not named to the public, and is no fault there."""
    root = write(
        tmp_path,
        indicators=f"{INDICATORS},exempt\n{LITTER},\n{LITTER.replace('litter', 'secret', 1)},y\n",
        benchmarks=f"{BENCHMARKS}\n{NEIGHBOURS}secret,2018-19,Ashby,1\nsecret,2018-19,{CANARY},2\n",
        comparators=f"{GROUPS}\n{CANARY},all\nAshby,all\n",
    )

    assert load_ledger("tiny", "restricted", root).comparators["comparator"].tolist() == [CANARY, "Ashby"]
    assert load_ledger("tiny", "public", root).comparators["comparator"].tolist() == ["Ashby"]
    assert CANARY not in cells(load_ledger("tiny", "public", root))


# Risks merged into others, and the words for milestones.

REGISTER = (
    "quarter,risk,kind,title,type,owner,impact,likelihood,score,residual_impact,residual_likelihood,residual_score,"
    "direction,merged_from,exempt"
)


def risk_row(quarter_text: str, number: str, merged_from: str = "", exempt: str = "") -> str:
    """Write a row of risks.csv."""
    return f"{quarter_text},{number},risk,Floods,People,Who,2,2,4,2,1,2,level,{merged_from},{exempt}\n"


def merged(root: Path, merged_from: str, *earlier: str, edition: str = "restricted", hidden: str = "") -> Ledger:
    """Load a register of CR1, with what it took in, after an earlier one of CR1, CR2 and CR3."""
    rows = [risk_row("2019-20-Q2", number, exempt="y" if number == hidden else "") for number in ("CR1", "CR2", "CR3")]
    rows += [*earlier, risk_row("2019-20-Q3", "CR1", merged_from)]
    return load(root, edition, risks=f"{REGISTER}\n{''.join(rows)}")


def test_a_risk_names_those_it_took_in(tmp_path: Path) -> None:
    """Numbers of risks of an earlier register, also of one further back, are no fault."""
    ledger = merged(tmp_path, "CR2; CR3; CR9", risk_row("2018-19-Q4", "CR9"))

    assert ledger.risks["merged_from"].tolist()[-1] == "CR2; CR3; CR9"


@pytest.mark.parametrize(
    ("merged_from", "told"),
    [
        ("CR8", "'CR8' is in no earlier register\n  Did you mean 'CR3'? Allowed: CR2, CR3."),
        ("CR1", "'CR1' is the row's own number\n  Name the risks that this one took in."),
        (
            "CR4",
            "'CR4' still has a row in 2019-20-Q3\n"
            "  Take that row away if it was merged, or else take the number out here.",
        ),
        ("CR2, CR3", "'CR2, CR3' is not a list of risks' numbers\n  Write them like CR2; CR5."),
    ],
)
def test_a_risk_that_cannot_have_been_taken_in(tmp_path: Path, merged_from: str, told: str) -> None:
    """A risk that no earlier register has, that is still there, or that is the risk itself, is told in two lines."""
    with pytest.raises(RecordsError) as refusal:
        merged(tmp_path, f'"{merged_from}"', risk_row("2019-20-Q3", "CR4"))

    assert [str(fault) for fault in refusal.value.faults] == [f"data/tiny/risks.csv, row 6, column merged_from: {told}"]


def test_a_risk_only_of_a_later_register_cannot_have_been_taken_in(tmp_path: Path) -> None:
    """What a later quarter's register has is not earlier."""
    with pytest.raises(RecordsError, match="'CR9' is in no earlier register"):
        merged(tmp_path, "CR9", risk_row("2019-20-Q4", "CR9"))


@pytest.mark.parametrize(
    ("written", "public"), [("CR2; CR3", "CR3"), ("CR3; CR2", "CR3"), ("CR2", ""), ('"CR2,CR3"', "CR3")]
)
def test_an_exempt_risk_is_not_named_by_the_one_that_took_it_in(tmp_path: Path, written: str, public: str) -> None:
    """The public edition takes its number out of merged_from, also where the list is not well written."""
    ledger = merged(tmp_path, written, edition="public", hidden="CR2")

    assert ledger.risks["merged_from"].tolist()[-1] == public
    assert "CR2" not in cells(ledger)


def test_no_fault_names_an_exempt_risk_that_was_taken_in(tmp_path: Path) -> None:
    """A fault beside it in the same cell does not tell of it to the public."""
    with pytest.raises(RecordsError) as refusal:
        merged(tmp_path, "CR2; CR8", edition="public", hidden="CR2")

    assert "'CR8' is in no earlier register" in str(refusal.value)
    assert "CR2" not in str(refusal.value)


STATUSES = "quarter,objective,milestone,text,due,status,directorate,owner\n2019-20-Q3,Clean,M1,What,2020-03-31,{},,\n"


@pytest.mark.parametrize("status", ["", "on track", "On Track", "ACHIEVED", "not yet due"])
def test_a_milestone_s_status_is_one_of_the_known_words(tmp_path: Path, status: str) -> None:
    """Case does not matter, and a status may be empty."""
    assert load(tmp_path, milestones=STATUSES.format(status)).milestones["status"].tolist() == [status]


def test_an_unknown_status_of_a_milestone(tmp_path: Path) -> None:
    """A word that stands for no state is told with those that do."""
    with pytest.raises(RecordsError) as refusal:
        load(tmp_path, milestones=STATUSES.format("on trak"))

    assert str(refusal.value) == (
        "data/tiny/milestones.csv, row 2, column status: 'on trak' is not a milestone's status in framework.yml\n"
        "  Did you mean 'on track'? Allowed: achieved, at risk, closed, missed, not yet due, on track."
    )


def test_a_council_s_own_word_for_a_milestone_s_status(tmp_path: Path) -> None:
    """A word that framework.yml gives for a state is known, and the state's own word then is not."""
    root = write(tmp_path, milestones=STATUSES.format("done"))
    with (root / "params/tiny/framework.yml").open("a", encoding="utf-8") as file:
        file.write("milestones: {achieved: [Done]}\n")

    assert load_ledger("tiny", "public", root).milestones["status"].tolist() == ["done"]
    (root / "data/tiny/milestones.csv").write_text(STATUSES.format("achieved"), "utf-8")
    with pytest.raises(RecordsError, match="'achieved' is not a milestone's status"):
        load_ledger("tiny", "public", root)
