"""The records that a page may show: the rows that concern it, and none besides."""

from __future__ import annotations

from inspect import signature
from pathlib import Path

import pytest
from borough import AT, SLUG, found
from councils import PROJECT, QUARTERS

from kpilib.pages.opening import open_page
from kpilib.pages.page import Page
from kpilib.pages.shown import Shown
from kpilib.records.ledger import Ledger, load_ledger
from kpilib.records.page_records import page_records
from kpilib.records.quarterly import read_quarterly


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return found(tmp_path)


def given(root: Path, page: str, at: str = AT) -> Ledger:
    """Choose the records of a page of the borough."""
    ledger = load_ledger(SLUG, "public", root)
    return page_records(ledger, ledger.framework.entry(page), ledger.framework.quarter(at))


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / "data" / SLUG / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_page_of_indicators_has_its_own_rows_and_no_register(root: Path) -> None:
    """Its indicators, what is recorded of them, and nothing of the risks."""
    own = given(root, "streets")

    assert set(own.indicators["indicator"]) == {"litter", "repairs", "visits"}
    assert len(own.readings) == 27
    assert own.risks.empty
    assert own.risk_notes.empty


def test_a_register_has_no_readings(root: Path) -> None:
    """It has the risks and what is said of them."""
    own = given(root, "register")

    assert own.readings.empty
    assert set(own.risks["risk"]) == {"R1"}


def test_a_page_that_is_of_no_directorate_has_all_milestones(root: Path) -> None:
    """Its notebook may show them; a page of a directorate has those of that."""
    assert len(given(root, "streets").milestones) == 1
    change_framework = root / "params" / SLUG / "framework.yml"
    text = change_framework.read_text("utf-8").replace("kind: priority}", "kind: services, directorate: People}")
    change_framework.write_text(text, "utf-8")

    assert given(root, "streets").milestones.empty


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("readings.csv", ",90.6,", ",90.7,", {"streets", "summary"}),
        ("commentary.csv", "More streets had litter.", "Fewer streets were clean.", {"streets", "summary"}),
        ("risk_notes.csv", "Gullies are old.", "Gullies are very old.", {"register", "summary"}),
        ("milestones.csv", "Have a second sweeper.", "Have a third sweeper.", {"streets", "register", "summary"}),
        ("targets.csv", "visits,2021-22,point,5000", "visits,2021-22,point,5100", {"streets", "summary"}),
    ],
)
def test_a_correction_changes_the_sums_of_those_who_may_show_the_row(
    root: Path, file: str, old: str, new: str, changed: set[str]
) -> None:
    """Others' sums stay as they were, though the file is the same."""
    before = {page: given(root, page).sums() for page in ("streets", "register", "summary")}

    change(root, file, old, new)

    assert {page for page in before if given(root, page).sums() != before[page]} == changed


def test_what_is_reported_later_changes_no_sum(root: Path) -> None:
    """A row of the next quarter leaves this quarter's report alone."""
    before = given(root, "streets").sums()
    with (root / "data" / SLUG / "readings.csv").open("a", encoding="utf-8") as file:
        file.write("litter,2023-24-Q3,95,2023-24-Q3,final,\n")

    assert given(root, "streets").sums() == before
    assert given(root, "streets", "2023-24-Q3").sums() != before


def test_where_a_row_stands_in_its_file_does_not_count(root: Path) -> None:
    """A row of another page put above moves the numbers of rows, and nothing else."""
    before = given(root, "register").sums()
    change(root, "risks.csv", "2023-24-Q1,R1", "\n\n2023-24-Q1,R1")

    assert given(root, "register").sums() == before


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
    named = given(root, "people")
    words.write_text(text.format("{{ count('red') }}"), "utf-8")
    counted = given(root, "people")

    assert set(named.indicators["indicator"]) == {"litter"}
    assert len(counted.indicators) == 3
    assert len(counted.risks) > 0


def parts(page: Page) -> dict[str, str]:
    """Give all that a page shows without being told of what."""
    found = {}
    for name in sorted(name for name in dir(page) if not name.startswith("_")):
        part = getattr(page, name)
        if callable(part) and all(given.default is not given.empty for given in signature(part).parameters.values()):
            shown = part()
            if isinstance(shown, Shown):
                found[name] = shown._repr_html_()
    return found


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
def test_a_page_says_the_same_of_its_records_as_of_all(framework: str, page: str) -> None:
    """Every part of it, for a page of each kind that is given a part of the records."""
    few = open_page(framework, page, QUARTERS[framework], root=PROJECT)
    ledger = load_ledger(framework, "public", PROJECT)
    quarterly = read_quarterly(ledger.framework, few.quarter, PROJECT)
    every = type(few)(ledger, few.entry, few.quarter, quarterly, notes=few._notebook_notes)

    assert len(few._ledger.indicators) < len(ledger.indicators)
    assert len(parts(few)) >= 8
    assert parts(few) == parts(every)
