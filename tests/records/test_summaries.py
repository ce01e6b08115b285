"""The words that people write for a quarter, and what a quarter's own file adds to the cover report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpilib.records.faults import RecordsError
from kpilib.records.framework import load_framework
from kpilib.records.ledger import Ledger, load_ledger
from kpilib.records.quarterly import read_quarterly

FRAMEWORK = """\
council: Tiny Council
strategy: A plan
ratings: {green: Good, red: Bad}
rules:
  - {from: 2019-20-Q1}
pages:
  - {page: summary, title: Summary, kind: executive_summary}
  - {page: streets, title: Streets, kind: priority}
"""
COVER = """\
cover_report:
  head: {Report to: Cabinet, Meeting: ""}
  sections:
    - {heading: Brief summary, text: It stands well.}
    - {heading: Appendices, shows: appendices}
"""
FILES = {
    "indicators": "indicator,name,page,directorate,frequency,good_is,unit,basis\n",
    "readings": "indicator,period,value,reported\n",
    "targets": "indicator,period,kind,low,high\n",
}
MEETING = "report:\n  head: {Meeting: 7 December 2019}\n"
GOOD = "---\npage: summary\nheading: Chief executive\n---\n\nAll is {{ rating('litter') }}.\n"


@pytest.fixture
def written(council: Callable[..., Path]) -> Callable[..., Path]:
    """Write a tiny council with summaries, by name: `1-chief` stands for that file in the folder of 2019-20-Q2."""

    def write(framework: str = FRAMEWORK, **summaries: str | bytes) -> Path:
        root = council(framework, **FILES)
        folder = root / "data/tiny/summaries/2019-20-Q2"
        folder.mkdir(parents=True)
        for name, text in summaries.items():
            content = text if isinstance(text, bytes) else text.encode()
            (folder / f"{name}.md").write_bytes(content)
        return root

    return write


def load(root: Path, edition: str = "public") -> Ledger:
    """Load the tiny council."""
    return load_ledger("tiny", edition, root)


def fault(root: Path) -> str:
    """Give the only fault of the records."""
    with pytest.raises(RecordsError) as refusal:
        load(root)
    (found,) = refusal.value.faults
    return str(found)


def test_a_summary_has_its_page_heading_text_and_the_line_it_begins_on(written: Callable[..., Path]) -> None:
    """What stands before the text says where it is printed; the text keeps its tokens."""
    (row,) = load(written(one=GOOD)).summaries.to_dict("records")

    assert (row["quarter"], row["page"], row["heading"]) == ("2019-20-Q2", "summary", "Chief executive")
    assert (row["text"].strip(), row["line"]) == ("All is {{ rating('litter') }}.", 5)
    assert row["file"] == "data/tiny/summaries/2019-20-Q2/one.md"


def test_summaries_stand_in_the_order_of_their_names(written: Callable[..., Path]) -> None:
    """A number in front of a file's name says which is printed first."""
    root = written(**{"2-adults": GOOD.replace("Chief executive", "Adults"), "1-chief": GOOD})

    assert list(load(root).summaries["heading"]) == ["Chief executive", "Adults"]


def test_the_public_edition_never_has_an_exempt_summary(written: Callable[..., Path]) -> None:
    """One that names a paragraph of Schedule 12A is in the restricted edition alone."""
    root = written(one=GOOD, two=GOOD.replace("heading: ", "exempt: Paragraph 3\nheading: Not for "))

    assert list(load(root).summaries["heading"]) == ["Chief executive"]
    assert len(load(root, "restricted").summaries) == 2


def test_a_later_summary_is_not_there_yet(written: Callable[..., Path]) -> None:
    """As at a quarter, what was written for a later one is unknown."""
    ledger = load(written(one=GOOD))

    assert len(ledger.as_at(ledger.framework.quarter("2019-20-Q1")).summaries) == 0
    assert len(ledger.as_at(ledger.framework.quarter("2019-20-Q2")).summaries) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("All is well.\n", "one.md: does not say whose words it holds\n  Begin with a line `---`"),
        (GOOD.replace(": summary", ": sumary"), "one.md @ page: 'sumary' is not a page"),
        ("---\npage: summary\nheading: Chief\n---\n \n", "one.md: has no text"),
        (GOOD.encode("utf-16"), "one.md: is not UTF-8 text"),
        (GOOD.replace("page: summary", "page: [summary"), "one.md: cannot be read"),
    ],
)  # fmt: skip
def test_a_summary_that_cannot_be_placed_is_refused(written: Callable[..., Path], text: str | bytes, said: str) -> None:
    """The fault names the file, and what to do."""
    assert fault(written(one=text)).startswith(f"data/tiny/summaries/2019-20-Q2/{said}")


def test_every_fault_of_a_summary_is_told(written: Callable[..., Path]) -> None:
    """A key that is unknown and one that is missing are two faults."""
    with pytest.raises(RecordsError) as refusal:
        load(written(one=GOOD.replace("heading", "headin")))

    assert [each.problem for each in refusal.value.faults] == ["'heading' is missing", "unknown key 'headin'"]


def test_a_folder_that_is_no_quarter_and_a_file_that_is_no_text_are_refused(written: Callable[..., Path]) -> None:
    """Nothing lies among the summaries unseen."""
    root = written()
    folder = root / "data/tiny/summaries"
    (folder / "2019-20-Q2/words.docx").write_bytes(b"PK")
    assert "words.docx: is no summary" in fault(root)

    (folder / "2019-20-Q2/words.docx").unlink()
    (folder / "autumn").mkdir()
    (folder / "autumn/one.md").write_text(GOOD, "utf-8")
    assert "'autumn' is not a quarter" in fault(root)


def test_a_quarter_puts_its_own_texts_into_the_cover_report(written: Callable[..., Path]) -> None:
    """By label and by heading; whatever it leaves out is as the framework has it."""
    root = written(FRAMEWORK + COVER)
    (root / "params/tiny/2019-20-Q2.yml").write_text(MEETING, "utf-8")
    framework = load_framework("tiny", root)

    now, then = (read_quarterly(framework, framework.quarter(f"2019-20-Q{number}"), root) for number in (2, 3))

    assert now.report.head == {"Meeting": "7 December 2019"}
    assert then.report.head == {}


@pytest.mark.parametrize(
    ("said", "problem", "remedy"),
    [
        ("report: {head: {Meetin: 7 December}}", "'Meetin' is not in the cover report", "Did you mean 'Meeting'?"),
        ("report: {sections: {Brief: Well.}}", "'Brief' is not in the cover report", "Allowed:"),
        ("report: {sections: {Brief summary: ''}}", "is empty", "Give"),
        ("report: {heads: {}}", "unknown key 'heads'", "Did you mean 'head'?"),
        ("source: 2019", "is not text", "Write a text"),
    ],
)
def test_a_quarters_own_file_says_nothing_unknown(
    written: Callable[..., Path], said: str, problem: str, remedy: str
) -> None:
    """A text for a place that the cover report does not have is refused, with the nearest match."""
    root = written(FRAMEWORK + COVER)
    (root / "params/tiny/2019-20-Q2.yml").write_text(said, "utf-8")
    framework = load_framework("tiny", root)
    with pytest.raises(RecordsError) as refusal:
        read_quarterly(framework, framework.quarter("2019-20-Q2"), root)

    (found,) = refusal.value.faults
    assert found.problem == problem
    assert found.remedy.startswith(remedy)


def test_a_page_of_the_kind_cover_report_needs_one(written: Callable[..., Path]) -> None:
    """A framework with such a page says what it holds."""
    root = written(FRAMEWORK + "  - {page: cover, title: Report, kind: cover_report}\n")
    with pytest.raises(RecordsError, match="nothing says what it holds"):
        load_framework("tiny", root)
