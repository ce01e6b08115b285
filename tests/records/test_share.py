"""What a page is handed of the records: the rows that concern it, and none besides."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from borough import AT, SLUG, found
from councils import PROJECT, QUARTERS

from kpilib.judgement.verdict import judge
from kpilib.pages.opening import open_page
from kpilib.records import handed
from kpilib.records.framework import load_framework
from kpilib.records.ledger import load_ledger
from kpilib.records.periods import earlier
from kpilib.records.quarterly import Quarterly, read_quarterly
from kpilib.records.share import Share, share


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return found(tmp_path)


def given(root: Path, page: str, at: str = AT) -> Share:
    """Give a page of the borough its share."""
    ledger = load_ledger(SLUG, "public", root)
    return share(ledger, Quarterly(), ledger.framework.entry(page), ledger.framework.quarter(at))


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / "data" / SLUG / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_page_of_indicators_has_its_own_rows_and_no_register(root: Path) -> None:
    """Its indicators, what is recorded of them, and nothing of the risks."""
    handed = given(root, "streets").ledger

    assert set(handed.indicators["indicator"]) == {"litter", "repairs", "visits"}
    assert len(handed.readings) == 27
    assert handed.risks.empty
    assert handed.risk_notes.empty


def test_a_register_has_no_readings(root: Path) -> None:
    """It has the risks and what is said of them."""
    handed = given(root, "register").ledger

    assert handed.readings.empty
    assert set(handed.risks["risk"]) == {"R1"}


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("readings.csv", ",90.6,", ",90.7,", {"streets", "summary"}),
        ("commentary.csv", "More streets had litter.", "Fewer streets were clean.", {"streets", "summary"}),
        ("risk_notes.csv", "Gullies are old.", "Gullies are very old.", {"register", "summary"}),
        ("milestones.csv", "Have a second sweeper.", "Have a third sweeper.", {"summary"}),
        ("targets.csv", "visits,2021-22,point,5000", "visits,2021-22,point,5100", {"streets", "summary"}),
    ],
)
def test_a_correction_changes_the_sums_of_those_who_read_the_row(
    root: Path, file: str, old: str, new: str, changed: set[str]
) -> None:
    """Others' sums stay as they were, though the file is the same."""
    before = {page: given(root, page).digests() for page in ("streets", "register", "summary")}

    change(root, file, old, new)

    assert {page for page in before if given(root, page).digests() != before[page]} == changed


def test_what_is_reported_later_changes_no_sum(root: Path) -> None:
    """A row of the next quarter leaves this quarter's report alone."""
    before = given(root, "streets").digests()
    with (root / "data" / SLUG / "readings.csv").open("a", encoding="utf-8") as file:
        file.write("litter,2023-24-Q3,95,2023-24-Q3,final,\n")

    assert given(root, "streets").digests() == before
    assert given(root, "streets", "2023-24-Q3").digests() != before


def test_where_a_row_stands_in_its_file_does_not_count(root: Path) -> None:
    """A row of another page put above moves the numbers of rows, and nothing else."""
    before = given(root, "register").digests()
    change(root, "risks.csv", "2023-24-Q1,R1", "\n\n2023-24-Q1,R1")

    assert given(root, "register").digests() == before


def test_words_that_count_are_given_everything(root: Path) -> None:
    """A page may print how many indicators are red: then it needs them all; one that it names it is given too."""
    framework = (root / "params" / SLUG / "framework.yml").read_text("utf-8")
    more = "  - {page: people, title: People, kind: services}\n"
    (root / "params" / SLUG / "framework.yml").write_text(
        framework.replace("appendices:", f"{more}appendices:"), "utf-8"
    )
    words = root / "data" / SLUG / "summaries" / AT / "3-people.md"
    text = "---\npage: people\nheading: Head of People\n---\n{} of something.\n"

    words.write_text(text.format("{{ value('litter') }}"), "utf-8")
    named = given(root, "people").ledger
    words.write_text(text.format("{{ count('red') }}"), "utf-8")
    counted = given(root, "people").ledger

    assert set(named.indicators["indicator"]) == {"litter"}
    assert len(counted.indicators) == 3
    assert len(counted.risks) > 0


def test_a_process_that_was_handed_a_share_reads_no_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Framework, records and the quarter's own words all come from the share; another root is read from its files."""
    monkeypatch.setattr(handed, "_SHARES", {})
    monkeypatch.setenv("KPILIB_ROOT", str(root / "nowhere"))
    mine = given(root, "streets")

    handed.hand(mine)

    assert load_ledger(SLUG).readings.equals(mine.ledger.readings)
    assert load_framework(SLUG) is mine.ledger.framework
    assert read_quarterly(mine.ledger.framework, mine.ledger.framework.quarter(AT)) is mine.quarterly
    assert load_ledger(SLUG, "public", root) is not mine.ledger


@pytest.mark.parametrize(
    ("framework", "page"),
    [
        ("lancashire-2019", "place_to_visit"),
        ("lancashire-2019", "risk_register_education"),
        ("millbrook-borough", "children"),
        ("northmoor-county", "environment"),
        ("saltmarsh-district", "housing"),
    ],
)
def test_a_page_says_the_same_from_its_share_as_from_all_the_records(framework: str, page: str) -> None:
    """Every word of its notebook, for a page of each kind that is given a part."""
    at = QUARTERS[framework]
    every = open_page(framework, page, at, root=PROJECT)
    ledger = load_ledger(framework, "public", PROJECT)
    quarter = ledger.framework.quarter(at)
    part = share(ledger, read_quarterly(ledger.framework, quarter, PROJECT), ledger.framework.entry(page), quarter)
    known = ledger.as_at(quarter)
    part = part.with_verdicts(judge(known, quarter), judge(known, earlier(quarter, 1)))
    few = type(every)(part.ledger, every.entry, quarter, part.quarterly, part.judged)
    own = PROJECT / "notebooks" / framework / f"{page}.ipynb"
    kind = PROJECT / "notebooks" / f"{every.entry.kind}.ipynb"
    cells = nbformat.read(own if own.exists() else kind, as_version=4).cells
    words = [cell.source for cell in cells if re.fullmatch(r"page\.\w+\(.*\)", cell.source, re.DOTALL)]

    assert len(part.ledger.indicators) < len(ledger.indicators)
    assert len(words) >= 5
    for word in words:
        assert eval(word, {"page": few})._repr_html_() == eval(word, {"page": every})._repr_html_(), word
