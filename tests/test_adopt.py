"""docs/adopt.md, done as it stands: its table becomes a spreadsheet, its files are saved and its commands are typed."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from kpilib.judgement.verdict import judge
from kpilib.press.cli import main
from kpilib.records.ledger import load_ledger

DOCUMENT = (Path(__file__).resolve().parents[1] / "docs" / "adopt.md").read_text("utf-8")
FIRST_HALF = DOCUMENT.partition("## Publish")[0]
BLOCKS = [
    re.sub("(?m)^    ", "", block) for block in re.findall(r"(?m)(?<=\n\n)(?:    .*\n)+", FIRST_HALF)
]  # what is indented: a file to save, whose first line names it, or commands to type
REPORT = "outputs/made-up-borough/2023-24-Q1/public"


def spreadsheet(path: Path) -> None:
    """Save the document's table as the workbook that it speaks of; percentages are numbers shown as such."""
    lines = [line for line in FIRST_HALF.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    book = Workbook()
    book.active.title = "KPIs"
    for line in lines:
        book.active.append([cell.strip() or None for cell in line.strip("|").split("|")])
    for cell in (cell for row in book.active.iter_rows(min_row=2) for cell in row):
        if re.fullmatch(r"[0-9.]+%", str(cell.value)):
            cell.value, cell.number_format = float(cell.value[:-1]) / 100, "0.0%"
        elif re.fullmatch("[0-9]+", str(cell.value)):
            cell.value = int(cell.value)
    book.save(path)


def save(folder: Path, block: str) -> None:
    """Save a file of the document: whole, with some of its keys changed, or with one more row."""
    name, _, how = block.partition("\n")[0].removeprefix("# ").partition(", ")
    text = block.partition("\n")[2]
    path = folder / name
    if how == "one more row":
        text = path.read_text("utf-8") + text
    if how == "changed":
        said = yaml.safe_load(path.read_text("utf-8")) | yaml.safe_load(text)
        text = yaml.safe_dump(said)
    path.write_text(text, "utf-8")


Followed = tuple[Path, list[tuple[str, int | None, str]]]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    """A folder in which the first half of the document was followed, and each command with its status and words."""
    folder = tmp_path_factory.mktemp("adopt")
    spreadsheet(folder / "our-indicators.xlsx")
    done = []
    with pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        here.setenv("KPILIB_ROOT", str(folder))
        for block in BLOCKS:
            if block.startswith("# "):
                save(folder, block)
            else:
                done += [(line, *typed(line)) for line in block.splitlines()]
        yield folder, done


def typed(line: str) -> tuple[int | None, str]:
    """Type a command: its exit status, and what it says."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            status = main(line.split()[1:])
        except SystemExit as end:
            status = end.code
    return status, said.getvalue()


def rows(path: Path) -> list[dict[str, str]]:
    """Give the rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_command_does_what_the_document_says(followed: Followed) -> None:
    """All are done, but for the first import and the checks, which find what the document says they find."""
    assert [(line.split()[1], status) for line, status, _ in followed[1]] == [
        ("--help", 0), ("new", 0), ("check", 0), ("import", 1), ("import", 0), ("check", 1), ("run", 0),
    ], followed[1]  # fmt: skip


def test_the_first_import_lists_what_the_document_says(followed: Followed) -> None:
    """Two cells cannot be placed, and each is named with its sheet and what stands there."""
    said = next(said for line, _, said in followed[1] if line.startswith("kpilib import"))

    assert re.findall(r"(?m)^our-indicators.xlsx, sheet 'KPIs', (.*)$", said) == [
        "cell H6: 'tbc' is not one number", "cell I5: '60-65' is not one number",
    ]  # fmt: skip


def test_the_records_hold_the_spreadsheet(followed: Followed) -> None:
    """Every indicator, figure and target of the table is there, as it was printed."""
    data = followed[0] / "data" / "made-up-borough"

    readings = {(row["indicator"], row["period"]): (row["value"], row["status"], row["as_printed"])
                for row in rows(data / "readings.csv")}  # fmt: skip
    assert len(readings) == 12
    assert readings["cs1", "2023-24-Q1"] == ("92.8", "", '"92.8%"')
    assert readings["gh3", "2022-23-Q4"] == ("", "not measured", "n/a")
    assert readings["gh3", "2023-24-Q1"] == ("", "awaited", "tbc")
    assert {row["indicator"]: (row["kind"], row["low"], row["high"]) for row in rows(data / "targets.csv")} == {
        "cs1": ("point", "95", ""), "cs2": ("point", "90", ""), "gh1": ("point", "25", ""),
        "gh2": ("range", "60", "65"), "gh3": ("point", "90", ""), "gh4": ("total", "97.5", ""),
    }  # fmt: skip


def test_the_checks_find_no_fault_in_the_records(followed: Followed) -> None:
    """What the second check lists is what people still have to write, and no fault."""
    first, second = [said for line, _, said in followed[1] if line.startswith("kpilib check")]

    assert first.startswith("No fault in the records of made-up-borough: 0 indicators")
    assert second.startswith("No fault in the records of made-up-borough: 6 indicators")


def test_the_report_is_there_and_rates_the_figures(followed: Followed) -> None:
    """The pages of the run are made, and each indicator has the rating that its target and the rule give it."""
    report = followed[0] / REPORT

    assert {path.name for path in (report / "pages").glob("*.html")} == {
        "executive_summary.html", "clean_streets.html", "good_homes.html",
    }  # fmt: skip
    assert {row["indicator"]: row["label"] for row in rows(report / "indicators.csv")} == {
        "cs1": "Close to target", "cs2": "Off target", "gh1": "On track", "gh2": "Off target", "gh3": "Not rated",
        "gh4": "On track",
    }  # fmt: skip


def test_a_running_total_is_rated_rightly_through_the_year(followed: Followed, tmp_path: Path) -> None:
    """Rent that comes in as it should is on target in each quarter, with an equal or a seasonal share of the year."""
    root = tmp_path / "year"
    shutil.copytree(followed[0], root, ignore=shutil.ignore_patterns("outputs"))
    data = root / "data/made-up-borough"
    figures = {"2022-23": (28.6, 55.8, 83.0), "2023-24": (None, 56.1, 83.4, 97.5)}
    with (data / "readings.csv").open("a", encoding="utf-8", newline="") as file:
        head = rows(data / "readings.csv")[0]
        for year, own in figures.items():
            for number, value in enumerate(own, 1):
                at = f"{year}-Q{number}"
                row = dict.fromkeys(head, "") | {"indicator": "gh4", "period": at, "value": value, "reported": at}
                if value:
                    csv.DictWriter(file, list(head)).writerow(row)
    targets = rows(data / "targets.csv")
    for spread in ("linear", "seasonal"):
        with (data / "targets.csv").open("w", encoding="utf-8", newline="") as file:
            write = csv.DictWriter(file, list(dict.fromkeys([*targets[0], "spread"])))
            write.writeheader()
            write.writerows(row | {"spread": spread if row["indicator"] == "gh4" else ""} for row in targets)
        ledger = load_ledger("made-up-borough", root=root)
        quarters = [ledger.framework.quarter(f"2023-24-Q{number}") for number in range(1, 5)]
        judged = [judge(ledger.as_at(at), at).set_index("indicator").loc["gh4"] for at in quarters]
        assert [row["value"] for row in judged] == [28.9, 56.1, 83.4, 97.5]
        assert [row["rating"] for row in judged] == ["green"] * 4


def test_awkward_things_in_the_spreadsheet_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hidden row and a note are listed and stay out; so do signs and scripts that the papers' font does not have."""
    remark = "\uf0b7 Two vehicles \u2705 \u09b0\u09be\u09b8\u09cd\u09a4\u09be"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KPILIB_ROOT", str(tmp_path))
    spreadsheet(tmp_path / "our-indicators.xlsx")
    book = load_workbook("our-indicators.xlsx")
    book.active.row_dimensions[4].hidden = True
    book.active["H2"].comment = Comment("Provisional, do not publish", "Jo")
    book.active["K3"] = remark
    book.save("our-indicators.xlsx")
    for block in [block for block in BLOCKS if block.startswith("# ")][:2]:
        save(tmp_path, block)
    typed("kpilib new made-up-borough --answers answers.yml")

    _, said = typed("kpilib import mapping.yml")

    place = "our-indicators.xlsx, sheet 'KPIs'"
    note = f"Seen: {place}, cell H2 ('92.8%') has a note, which is not in the records: Provisional, do not publish\n"
    assert note in said
    assert re.findall(rf"(?m)^{place}, (.*)$", said) == [
        "row 4: is hidden, and was not read; it begins 'GH1', 'Days to let an empty home', 'Good homes'",
        "cell H6: 'tbc' is not one number", "cell I5: '60-65' is not one number",
        "cell K3: holds U+F0B7 a sign of a symbol font, “✅” (U+2705 WHITE HEAVY CHECK MARK), "
        "“র” (U+09B0 BENGALI LETTER RA) and 4 more, which the font of the papers does not have",
    ]  # fmt: skip
    data = tmp_path / "data/made-up-borough"
    assert "gh1" not in {row["indicator"] for row in rows(data / "indicators.csv")}
    assert rows(data / "commentary.csv") == []
