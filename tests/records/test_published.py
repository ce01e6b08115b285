"""What was published stays as it was: each row that is otherwise is named, and what is exempt is not."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kpilib.records.framework import load_framework
from kpilib.records.ledger import load_ledger, records_as_at, unrecorded
from kpilib.records.published import published_faults, unmarked
from kpilib.records.releases import is_released

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules: [{from: 2023-24-Q1}]
pages: [{page: streets, title: Clean streets, kind: priority}, {page: summary, title: All, kind: executive_summary}]
"""
RECORDS = {
    "indicators": "indicator,name,page,directorate,frequency,good_is,unit,basis,exempt\n"
    "litter,Litter,streets,Place,quarterly,high,%,quarter,\n"
    "fees,SECRET fees,streets,Place,quarterly,low,£,quarter,3\n",
    "readings": "indicator,period,value,reported,as_printed,exempt\n"
    'litter,2023-24-Q1,61,2023-24-Q1,"""8/10""",\n'
    "litter,2023-24-Q2,70,2023-24-Q2,,\n"
    "fees,2023-24-Q1,48615,2023-24-Q1,,\n",
    "targets": "indicator,period,kind,low,high\nlitter,2023-24,point,65,\n",
    "commentary": "indicator,quarter,kind,text,exempt\nlitter,2023-24-Q1,issue,More litter lay about.,\n"
    "litter,2023-24-Q1,cause,SECRET hire firm.,3\n",
}  # fmt: skip
SUMMARY = "---\npage: summary\nheading: The director\n---\nIt went well.\n"
Edit = Callable[[str, str, str], None]


@pytest.fixture
def root(council: Callable[..., Path]) -> Path:
    """A tiny council whose first quarter is released, and whose second has begun."""
    folder = council(FRAMEWORK, **RECORDS)
    words = folder / "data/tiny/summaries/2023-24-Q1"
    words.mkdir(parents=True)
    (words / "1-director.md").write_text(SUMMARY, "utf-8")
    release(folder, "2023-24-Q1")
    return folder


@pytest.fixture
def edit(root: Path) -> Edit:
    """Write a text over in one of the records, as an editor would."""

    def change(file: str, old: str, new: str) -> None:
        path = root / "data/tiny" / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


def release(root: Path, quarter: str) -> None:
    """Keep the records of a quarter as a release does."""
    said = load_framework("tiny", root)
    kept = root / "data/tiny/releases" / quarter
    for name, content in records_as_at(said, said.quarter(quarter), root).items():
        (kept / "records" / name).parent.mkdir(parents=True, exist_ok=True)
        (kept / "records" / name).write_bytes(content)
    about = {"released": "2023-08-04", "despite": "", "files": {}, "versions": {}}
    (kept / "release.json").write_text(json.dumps(about), "utf-8")


def found(root: Path, quarter: str = "2023-24-Q1", edition: str = "restricted") -> list[str]:
    """Every fault of a quarter, in its two lines."""
    said = load_framework("tiny", root)
    return [str(fault) for fault in published_faults(said, said.quarter(quarter), edition, root)]


def test_records_as_they_were_published_have_no_fault(root: Path) -> None:
    """Nor have rows of the quarter after, or of files whose rows are of no quarter."""
    (root / "data/tiny/targets.csv").open("a", encoding="utf-8").write("litter,2024-25,point,66,\n")

    assert found(root) == found(root, "2023-24-Q2") == []


@pytest.mark.parametrize("quarter", ["2023-24-Q1", "2023-24-Q2", "2024-25-Q1"])
def test_a_published_figure_written_over_is_named(root: Path, edit: Edit, quarter: str) -> None:
    """File, row, key, column, what was published, what stands there now, and what to do; in later quarters too."""
    edit("readings.csv", ",61,", ",49,")

    assert found(root, quarter) == [
        "data/tiny/readings.csv, row 2, column value: litter, 2023-24-Q1, 2023-24-Q1: '61' was published, "
        "and '49' stands here now\n"
        "  Put '61' back: 2023-24-Q1 is released. What has changed since is a new row with a later `reported`."
    ]


def test_quarters_before_the_first_release_are_free(root: Path, edit: Edit) -> None:
    """What is made of an earlier quarter is not held against a later release."""
    edit("readings.csv", ",61,", ",49,")

    assert found(root, "2022-23-Q4") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",61,", ",61.0,"),
        ('"""8/10"""', "8/10"),
        ('8/10""",', '8/10""",para 3'),
        ("litter,2023-24-Q1", " litter ,2023-24-Q1"),
    ],
    ids=["a number", "a pair of quotation marks", "held back later", "spaces"],
)
def test_what_says_the_same_is_no_fault(root: Path, edit: Edit, old: str, new: str) -> None:
    """Numbers are compared as numbers, and cells as printed without the marks around them."""
    edit("readings.csv", old, new)

    assert found(root) == found(root, edition="public") == []


def test_a_changed_cell_as_printed_is_named(root: Path, edit: Edit) -> None:
    """A spreadsheet that made a date of 8/10 is found out."""
    edit("readings.csv", '"""8/10"""', "10/08/26")

    assert re.search(r"column as_printed: .*'\"8/10\"' was published, and '10/08/26' stands here now", found(root)[0])


def test_a_row_that_is_gone_is_told_with_what_it_said(root: Path, edit: Edit) -> None:
    """And where it can be taken from."""
    edit("commentary.csv", "litter,2023-24-Q1,issue,More litter lay about.,\n", "")

    assert found(root, edition="public") == [
        "data/tiny/commentary.csv: the published row litter, 2023-24-Q1, issue, More litter lay about. is gone\n"
        "  Put it back from data/tiny/releases/2023-24-Q1/records/commentary.csv, row 2: 2023-24-Q1 is released. "
        "What has changed since belongs into the next quarter."
    ]


def test_a_row_added_to_a_released_quarter_is_named(root: Path) -> None:
    """It would be in the report, had that been made today."""
    row = "litter,2022-23-Q4,60,2023-24-Q1,,\n"
    (root / "data/tiny/readings.csv").open("a", encoding="utf-8").write(row)

    assert found(root, edition="public") == [
        "data/tiny/readings.csv, row 5: litter, 2022-23-Q4, 2023-24-Q1: this row was added after 2023-24-Q1 was "
        "released\n  Give it the `reported` of a later quarter: 2023-24-Q1 is released."
    ]


def test_a_mark_that_is_gone_is_named(root: Path, edit: Edit) -> None:
    """A row that was released with a mark and has lost it is told of, with the release that had it."""
    framework = load_framework("tiny", root)
    before = unmarked(framework, framework.quarter("2023-24-Q2"), root)
    edit("commentary.csv", "SECRET hire firm.,3", "SECRET hire firm.,")

    assert before == []
    assert unmarked(framework, framework.quarter("2023-24-Q2"), root) == [
        ("commentary.csv, litter 2023-24-Q1 cause SECRET hire firm.", "2023-24-Q1")
    ]


def test_a_file_that_is_gone_is_told_row_by_row(root: Path) -> None:
    """A file that may be absent is no less published."""
    (root / "data/tiny/commentary.csv").unlink()

    assert [said.split(" is gone")[0][-9:] for said in found(root)] == ["ay about.", "ire firm."]


def test_summaries_are_guarded_too(root: Path) -> None:
    """One changed, one gone and one added; line ends are no change."""
    words = root / "data/tiny/summaries/2023-24-Q1"
    (words / "1-director.md").write_bytes(SUMMARY.replace("\n", "\r\n").encode())
    assert found(root) == []
    (words / "1-director.md").write_text(SUMMARY.replace("well", "badly"), "utf-8")
    (words / "2-other.md").write_text(SUMMARY, "utf-8")
    changed = found(root)
    (words / "1-director.md").unlink()

    assert [said.splitlines()[0] for said in changed] == [
        "data/tiny/summaries/2023-24-Q1/1-director.md: is not as it was published",
        "data/tiny/summaries/2023-24-Q1/2-other.md: was added after 2023-24-Q1 was released",
    ]
    assert found(root)[0].startswith("data/tiny/summaries/2023-24-Q1/1-director.md: was published, and is gone\n")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("readings.csv", ",48615,", ",48616,"),
        ("readings.csv", "fees,2023-24-Q1,48615,2023-24-Q1,,\n", ""),
        ("commentary.csv", "SECRET hire firm.", "SECRET other firm."),
        ("commentary.csv", "More litter lay about.,", "SECRET litter.,3"),
    ],
)
def test_the_public_edition_is_not_told_of_what_is_exempt(
    root: Path, edit: Edit, file: str, old: str, new: str
) -> None:
    """The restricted edition is; whether the row is changed, gone or added."""
    edit(file, old, new)

    assert found(root)
    assert not any("SECRET" in said or "4861" in said or "fees" in said for said in found(root, edition="public"))


def test_a_row_that_became_exempt_with_its_indicator_is_not_told_when_it_goes(root: Path, edit: Edit) -> None:
    """What was public then may be held back now."""
    edit(
        "indicators.csv",
        "litter,Litter,streets,Place,quarterly,high,%,quarter,",
        "litter,Litter,streets,Place,quarterly,high,%,quarter,3",
    )
    edit("readings.csv", 'litter,2023-24-Q1,61,2023-24-Q1,"""8/10""",\n', "")

    assert len(found(root)) == 1
    assert found(root, edition="public") == []


def test_the_last_release_is_what_counts(root: Path, edit: Edit) -> None:
    """It keeps the rows of those before; a quarter itself is held against its own release."""
    edit("readings.csv", ",61,", ",49,")
    release(root, "2023-24-Q2")

    assert [len(found(root, quarter)) for quarter in ("2023-24-Q1", "2023-24-Q2", "2023-24-Q3")] == [1, 0, 0]


def test_a_release_without_its_records_is_told(root: Path) -> None:
    """Nothing can be held against it."""
    (root / "data/tiny/releases/2023-24-Q1/records").rename(root / "elsewhere")

    assert found(root)[0].startswith("data/tiny/releases/2023-24-Q1/records: is not there\n")


def test_a_released_quarter_says_so_in_a_sentence(root: Path) -> None:
    """Since when, and where what was published is; of another quarter nothing is said."""
    said = load_framework("tiny", root)

    assert is_released(said, said.quarter("2023-24-Q1"), root) == (
        "2023-24-Q1 is released since 4 August 2023: "
        "what was published is kept in data/tiny/releases/2023-24-Q1/public, and what is made now is a copy."
    )
    assert is_released(said, said.quarter("2023-24-Q2"), root) == ""


@pytest.mark.parametrize(
    ("quarter", "problem"),
    [
        ("2023-24-Q1", None),
        ("2023-24-Q2", None),
        ("2023-24-Q3", "no record is of this quarter; the last is of 2023-24-Q2"),
        ("2022-23-Q4", "no record is of this quarter; the last is of 2023-24-Q2"),
    ],
)
def test_a_quarter_of_which_nothing_is_said_is_told(root: Path, quarter: str, problem: str | None) -> None:
    """A remark, a summary or a reported figure is a record of it; a target or a figure for it is none."""
    ledger = load_ledger("tiny", "public", root)

    assert [fault.problem for fault in unrecorded(ledger, ledger.framework.quarter(quarter))] == (
        [problem] if problem else []
    )


def test_of_records_without_a_row_it_is_said_that_there_is_none(council: Callable[..., Path]) -> None:
    """A new council has no last quarter to name."""
    heads = {name: text.splitlines()[0] + "\n" for name, text in RECORDS.items()}
    ledger = load_ledger("tiny", "public", council(FRAMEWORK, **heads))

    (fault,) = unrecorded(ledger, ledger.framework.quarter("2023-24-Q1"))
    assert fault.problem == "no record is of this quarter; there is none of any quarter yet"


def test_a_release_that_is_damaged_is_told(root: Path, edit: Edit) -> None:
    """Without what it keeps nothing could be held against it; a folder that is no quarter's is passed over."""
    (root / "data/tiny/releases/2023-24-Q1/records/readings.csv").unlink()
    shutil.copytree(root / "data/tiny/releases/2023-24-Q1", root / "data/tiny/releases/2023-25-Q1")

    assert found(root) == [
        "data/tiny/releases/2023-24-Q1/records/readings.csv: is not whole\n"
        "  Fetch the release anew from where it is kept."
    ]


def test_a_file_saved_by_a_spreadsheet_says_the_same(root: Path) -> None:
    """Noughts at the end of numbers are no change, and no figure is asked about for them."""
    path = root / "data/tiny/readings.csv"
    path.write_text(re.sub(r",([0-9]+)(?=,2)", r",\1.00", path.read_text("utf-8")), "utf-8")

    assert ".00," in path.read_text("utf-8")
    assert found(root) == []


@pytest.mark.parametrize("front", ['"exempt": paragraph 3', "exempt : paragraph 3"])
def test_an_exempt_summary_is_not_named_to_the_public_however_it_is_written(root: Path, front: str) -> None:
    """Any form of YAML that holds it back from a page holds it back from the faults of a public run."""
    path = root / "data/tiny/summaries/2023-24-Q1/9-secret.md"
    path.write_text(f"---\npage: summary\nheading: Talks\n{front}\n---\nWords.\n", "utf-8")

    assert [fault for fault in found(root, edition="public") if "secret" in fault] == []
    assert [fault for fault in found(root) if "secret" in fault] != []
