"""A new council: its three folders, from a file of answers or from questions, all of them or none."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from kpilib.press.new import new
from kpilib.press.plan import make_plan
from kpilib.press.prepare import call_faults
from kpilib.records.faults import RecordsError
from kpilib.records.founding import last_quarter, named_after
from kpilib.records.framework import load_framework
from kpilib.records.ledger import load_ledger
from kpilib.records.schema import FILES

ANSWERS: dict[str, Any] = {
    "council": "Made-up Borough Council",
    "strategy": "A fair borough",
    "priorities": ["Clean streets", "Children's futures"],
    "first_quarter": "2023-24-Q1",
    "fictional": True,
}


def made(root: Path, slug: str = "made-up", **changes: Any) -> list[Path]:
    """Make a council from a file of answers, some of them changed."""
    path = root / "answers.yml"
    path.write_text(yaml.safe_dump({**ANSWERS, **changes}), "utf-8")
    return new(slug, path, root)


def refused(root: Path, slug: str = "made-up", **changes: Any) -> list[str]:
    """Give what is said of a council that is not made, having looked that nothing of it is there."""
    before = sorted(root.rglob("*"))
    with pytest.raises(RecordsError) as error:
        made(root, slug, **changes)
    assert sorted(path for path in root.rglob("*") if path.name != "answers.yml") == [
        path for path in before if path.name != "answers.yml"
    ]
    return [f"{fault.place}: {fault.problem}" for fault in error.value.faults]


def test_a_new_council_has_three_folders_and_no_fault(tmp_path: Path) -> None:
    """What the answers make passes every check of records, framework and notebooks."""
    folders = made(tmp_path, risks=True, cover_report=True)

    assert folders == [tmp_path / room / "made-up" for room in ("notebooks", "data", "params")]
    assert {path.name for path in folders[0].iterdir()} == {"clean_streets.ipynb", "childrens_futures.ipynb"}
    assert call_faults(make_plan("made-up", "2023-24-Q1", root=tmp_path)) == {}
    for edition in ("public", "restricted"):
        ledger = load_ledger("made-up", edition, tmp_path)
        assert (len(ledger.indicators), len(ledger.readings), len(ledger.risks)) == (0, 0, 0)


def test_the_answers_stand_in_the_framework(tmp_path: Path) -> None:
    """Words, rule, pages and appendices are those of the answers, and what was not answered is as usual."""
    made(tmp_path, priority_word="aim", ratings={"green": "Good"}, green_within="1 points", risks=True)

    said = load_framework("made-up", tmp_path)

    assert (said.council, said.priority_word, said.fictional) == ("Made-up Borough Council", "aim", True)
    assert dict(said.ratings) == {
        "green": "Good", "amber": "Slightly below target", "red": "Off target", "not rated": "Not rated",
    }  # fmt: skip
    assert [(rule.since, rule.green_within, rule.amber_within) for rule in said.rules] == [
        ("2023-24-Q1", "1 points", "5%")
    ]
    assert [(each.letter, each.pages) for each in said.appendices] == [
        ("A", ("executive_summary",)), ("B", ("clean_streets", "childrens_futures")), ("C", ("risk_register",)),
    ]  # fmt: skip


def test_record_files_hold_every_heading_and_no_row(tmp_path: Path) -> None:
    """Excel opens them with every column that a file may have, and with its £ signs whole."""
    made(tmp_path)

    found = {path.name: path.read_bytes() for path in (tmp_path / "data/made-up").iterdir()}

    assert "risks.csv" not in found
    assert found == {name: f"\ufeff{','.join(FILES[name])}\n".encode() for name in found}


def test_notebooks_are_those_of_their_kind_for_this_page(tmp_path: Path) -> None:
    """A page's notebook has its kind's cells, this council's parameters, and nothing that was run."""
    made(tmp_path)

    book = nbformat.read(tmp_path / "notebooks/made-up/clean_streets.ipynb", as_version=4)
    said = dict(line.split("  #")[0].split(": str = ") for line in book.cells[0].source.splitlines())

    assert said == {
        "framework": '"made-up"', "page": '"clean_streets"', "quarter": '"2023-24-Q1"', "edition": '"public"',
    }  # fmt: skip
    assert all(not cell.outputs and not cell.execution_count for cell in book.cells if cell.cell_type == "code")


@pytest.mark.parametrize("slug", ["../x", "/x", "a/b", "", "Made-Up", ".", "..", "-x", "a b", "a\n", "x" * 61, "a\\b"])
def test_a_name_that_could_lead_out_of_its_room_is_refused(tmp_path: Path, slug: str) -> None:
    """The council's folder is named by small letters, digits, - and _ alone."""
    assert refused(tmp_path, slug) == [f"the council's folder: {slug!r} cannot be its name"]


@pytest.mark.parametrize("room", ["notebooks", "data", "params"])
def test_a_folder_that_is_there_is_never_written_into(tmp_path: Path, room: str) -> None:
    """Any one of the three that is there already stops it all."""
    (tmp_path / room / "made-up").mkdir(parents=True)

    assert refused(tmp_path) == [f"{room}/made-up: is there already"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"priorities": []}, "answers.yml @ priorities: is empty"),
        ({"priorities": ["…"]}, "answers.yml @ priorities: '…' cannot name a page"),
        ({"priorities": ["Index"]}, "answers.yml @ priorities: 'Index' cannot name a page"),
        ({"priorities": ["A b", "a-B"]}, "answers.yml @ priorities: 'a-B' and 'A b' would both be the page 'a_b'"),
        ({"council": "  "}, "answers.yml @ council: is empty"),
        ({"year_starts": "april"}, "answers.yml @ year_starts: 'april' is not a month"),
        ({"first_quarter": "2023-24"}, "answers.yml @ first_quarter: '2023-24' is not a quarter"),
        ({"amber_within": "5"}, "answers.yml @ amber_within: '5' is not a tolerance"),
        ({"ratings": {"blue": "Great"}}, "answers.yml @ ratings: unknown key 'blue'"),
        ({"risks": "yes"}, "answers.yml @ risks: is neither true nor false"),
    ],
)
def test_a_wrong_answer_is_told_with_its_key(tmp_path: Path, changes: dict[str, Any], fault: str) -> None:
    """Each answer is checked before anything is made."""
    assert refused(tmp_path, **changes) == [fault]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """A bad name and two bad answers are three faults in one sitting."""
    assert len(refused(tmp_path, "A", council="", amber_within="5")) == 3


def test_a_title_cannot_lead_out_of_its_room(tmp_path: Path) -> None:
    """A page's name is made from the letters and digits of its title."""
    assert [named_after(title) for title in ("../x", "/etc/passwd", "Économie & co.", "..")] == [
        "x", "etc_passwd", "economie_co", "",
    ]  # fmt: skip


def test_one_folder_that_cannot_be_placed_takes_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All three or none: what was placed before the failure is gone again, and so is what was built aside."""
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if target.parent.name == "params":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail)

    with pytest.raises(OSError, match="No space"):
        made(tmp_path)

    assert list(tmp_path.glob("*/*")) == []


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is typed at the terminal, line by line; then the keyboard is gone."""
    lines: list[str] = []

    def answer(_: str) -> str:
        if not lines:
            raise EOFError
        return lines.pop(0)

    monkeypatch.setattr(builtins, "input", answer)
    yield lines
    assert lines == []


def test_questions_are_asked_where_there_is_no_file(
    tmp_path: Path, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty line takes what is proposed, and a wrong answer is asked again, with the reason."""
    typed += ["", "Made-up Borough Council", "perhaps", "yes", "A fair borough", "", "Clean streets; Good homes"]
    typed += ["", "2023-24", "2023-24-Q1", "Good; Bad", "Good; Nearly; Bad", "", "10%", "", "", ""]

    new("made-up", None, tmp_path)

    said = load_framework("made-up", tmp_path)
    assert [entry.page for entry in said.indicator_pages] == ["clean_streets", "good_homes"]
    assert (said.fictional, said.rules[0].since, said.rules[0].amber_within) == (True, "2023-24-Q1", "10%")
    assert said.ratings["amber"] == "Nearly"
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()[::2]] == [
        f"the answer @ {name}" for name in ("council", "fictional", "first_quarter", "ratings")
    ]  # fmt: skip


def test_questions_broken_off_make_nothing(tmp_path: Path, typed: list[str]) -> None:
    """Where the answers end, nothing is made, and the file of answers is proposed."""
    typed += ["Made-up Borough Council"]

    with pytest.raises(RecordsError, match="--answers"):
        new("made-up", None, tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("month", "today", "expected"),
    [
        ("April", date(2024, 4, 1), "2023-24-Q4"),
        ("April", date(2024, 3, 31), "2023-24-Q3"),
        ("January", date(2024, 3, 31), "2023-24-Q4"),
        ("April", date(2024, 1, 15), "2023-24-Q3"),
    ],
)
def test_the_quarter_proposed_is_the_last_that_is_over(month: str, today: date, expected: str) -> None:
    """In April it is the fourth quarter of the year before."""
    assert last_quarter(month, today) == expected
