"""What a page's notebook opens is the run's snapshot, the same in every engine, and what the page depends on."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from borough import AT, SLUG, found
from councils import PROJECT

from kpilib.pages.opening import open_page
from kpilib.press.pieces import KERNEL, WARM, PagePiece
from kpilib.press.prepare import parts
from kpilib.press.workers import Limits, Made, make_here
from kpilib.records.ledger import load_ledger

Command = Callable[..., subprocess.CompletedProcess[str]]
OTHER = "other-borough"
SHOWS = "print({}[['indicator', 'value', 'rating']].to_string())"
OPENS = {
    "another quarter": f"kpi.open_page('{SLUG}', 'streets', '2023-24-Q1', edition).indicators",
    "another page": f"kpi.open_page('{SLUG}', 'summary', '{AT}', edition).indicators",
    "another council": f"kpi.open_page('{OTHER}', 'streets', '{AT}', edition).indicators",
    "another council's records": f"kpi.load_ledger('{OTHER}', edition).readings.assign(rating='')",
}


@pytest.fixture
def boroughs(tmp_path: Path) -> Path:
    """Two boroughs; the other one's first figure of litter is 77, and it has a slug of its own."""
    root = found(tmp_path)
    for room in ("params", "data"):
        shutil.copytree(root / room / SLUG, root / room / OTHER)
    readings = root / "data" / OTHER / "readings.csv"
    readings.write_text(readings.read_text("utf-8").replace(",90.6,", ",77,"), "utf-8")
    return root


def with_cells(root: Path, *cells: str) -> None:
    """Give the page of streets a notebook of its own: the kind's, with cells that print."""
    book = nbformat.read(PROJECT / "notebooks" / "priority.ipynb", as_version=4)
    book.cells += [nbformat.v4.new_code_cell(cell, metadata={"tags": ["printed"]}) for cell in cells]
    (root / "notebooks" / SLUG).mkdir(parents=True, exist_ok=True)
    nbformat.write(book, root / "notebooks" / SLUG / "streets.ipynb")


def run(kpilib: Command, root: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return kpilib("run", SLUG, AT, "--root", str(root), "--no-pdf", "--page", "streets", *more)


def made(root: Path, engine: str, *cells: str) -> Made:
    """Make a page of nothing but some cells, without a run around it."""
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in ("import kpilib as kpi", *cells)]
    )
    book.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    councils = {slug: parts(slug, "public", root) for slug in (SLUG, OTHER)}
    content = nbformat.writes(book).encode()
    piece = PagePiece("b.ipynb", content, {}, {}, "public", councils, engine, root, root / "outputs")
    return make_here(piece, Limits())


def page(root: Path, edition: str = "public") -> bytes:
    return (root / "outputs" / SLUG / AT / edition / "pages/streets.ipynb").read_bytes()


def text(root: Path) -> str:
    return (root / "outputs" / SLUG / AT / "public/pages/streets.html").read_text("utf-8")


def test_a_notebook_opens_the_same_in_a_worker_and_a_kernel_as_in_jupyterlab(kpilib: Command, boroughs: Path) -> None:
    """Another quarter, page and council, and all the records of that: the same bytes, and the figures of the files."""
    with_cells(boroughs, *(SHOWS.format(cell) for cell in OPENS.values()))

    first = run(kpilib, boroughs)
    warm = page(boroughs)
    second = run(kpilib, boroughs, "--kernel", "--force")

    assert (first.returncode, first.stderr) == (0, "")
    assert (second.returncode, second.stderr) == (0, "")
    assert page(boroughs) == warm
    shown = [cell.outputs[0].text for cell in nbformat.reads(warm.decode(), 4).cells[-len(OPENS) :]]
    expected = [
        open_page(SLUG, "streets", "2023-24-Q1", root=boroughs).indicators,
        open_page(SLUG, "summary", AT, root=boroughs).indicators,
        open_page(OTHER, "streets", AT, root=boroughs).indicators,
        load_ledger(OTHER, "public", boroughs).readings.assign(rating=""),
    ]
    assert shown == [each[["indicator", "value", "rating"]].to_string() + "\n" for each in expected]
    assert "77" in shown[2]


@pytest.mark.parametrize(
    ("opens", "council", "old", "new"),
    [
        ("another quarter", SLUG, ",92.8,2023-24-Q1,", ",92.9,2023-24-Q1,"),
        ("another council", OTHER, ",77,", ",78,"),
        ("another council", OTHER, "13.9,2023-24-Q2", "13.8,2023-24-Q2"),
        ("another council's records", OTHER, ",91,2021-22-Q2,", ",91.1,2021-22-Q2,"),
    ],
)
def test_a_page_is_out_of_date_once_what_it_opened_has_changed(
    kpilib: Command, boroughs: Path, opens: str, council: str, old: str, new: str
) -> None:
    """The plan says so, the run makes it again, and then it is up to date."""
    with_cells(boroughs, SHOWS.format(OPENS[opens]))
    assert run(kpilib, boroughs).returncode == 0
    before = page(boroughs)
    again = run(kpilib, boroughs)
    readings = boroughs / "data" / council / "readings.csv"
    was = readings.read_text("utf-8")
    assert old in was
    readings.write_text(was.replace(old, new), "utf-8")

    plan = kpilib("plan", SLUG, AT, "--root", str(boroughs)).stdout
    done = run(kpilib, boroughs)

    assert "Everything is up to date" in again.stdout
    assert "to be made again" in next(line for line in plan.splitlines() if line.startswith("  streets "))
    assert done.returncode == 0
    assert page(boroughs) != before
    readings.write_text(was, "utf-8")
    assert run(kpilib, boroughs).returncode == 0
    assert page(boroughs) == before


def test_a_whole_report_is_out_of_date_once_another_council_that_it_shows_has_changed(
    kpilib: Command, boroughs: Path
) -> None:
    """The sum of a report that stands as it was made knows of the other council too."""
    with_cells(boroughs, SHOWS.format(OPENS["another council"]))
    whole = ("run", SLUG, AT, "--root", str(boroughs), "--no-pdf")
    for _ in range(2):
        assert kpilib(*whole).returncode == 0
    assert "Everything is up to date" in kpilib(*whole).stdout
    assert (boroughs / "outputs" / SLUG / AT / ".public/seen").exists()
    readings = boroughs / "data" / OTHER / "readings.csv"
    readings.write_text(readings.read_text("utf-8").replace(",77,", ",78.5,"), "utf-8")

    done = kpilib(*whole)

    assert "Everything is up to date" not in done.stdout
    assert "78.5" in text(boroughs)


@pytest.mark.parametrize(
    ("cell", "engine"),
    [
        (f"kpi.load_ledger('{SLUG}', 'restricted')", WARM),
        (f"kpi.load_ledger('{SLUG}', 'restricted')", KERNEL),
        (f"kpi.open_page('{SLUG}', 'streets', '{AT}', 'restricted')", WARM),
        (f"kpi.load_ledger('{OTHER}', 'restricted')", WARM),
        (f"kpi.load_ledger('{SLUG}', 'restricted', kpi.home())", WARM),
    ],
    ids=["records", "in a kernel", "page", "of another council", "by the folder"],
)
def test_a_public_run_refuses_the_restricted_edition(boroughs: Path, cell: str, engine: str) -> None:
    """In two lines, and nothing of it is printed."""
    (fault,) = made(boroughs, engine, f"print({cell})").faults

    assert fault.problem == "'restricted' is asked for in a run of the public edition" or fault.problem.startswith(
        "edition: 'restricted' is asked for in a run of the public edition"
    )


def test_a_council_that_is_not_there_is_told_as_in_jupyterlab(kpilib: Command, boroughs: Path) -> None:
    """The page says which councils there are."""
    with_cells(boroughs, "kpi.load_framework('nowhere')")

    done = run(kpilib, boroughs)

    assert done.returncode == 1
    assert "no framework 'nowhere'" in done.stderr
    assert OTHER in done.stderr


@pytest.mark.parametrize(
    ("cell", "engine"),
    [
        ("open(kpi.home() / 'own.csv').read()", WARM),
        ("open(kpi.home() / 'own.csv').read()", KERNEL),
        ("import pandas as pd; pd.read_csv(kpi.home() / 'own.csv')", WARM),
        ("import importlib; importlib.import_module('own_module')", WARM),
        ("list((kpi.home() / 'data').iterdir())", WARM),
        ("getattr(kpi.home() / 'own.csv', 'read' + '_text')()", WARM),
        ("import subprocess; subprocess.run(['true'])", WARM),
        ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", WARM),
        (f"kpi.load_ledger('{SLUG}', 'public', kpi.home())", WARM),
    ],
    ids=["open", "in a kernel", "pandas", "a module", "a folder", "other words", "a program", "the network", "records"],
)
def test_what_a_notebook_reads_for_itself_is_noted(boroughs: Path, cell: str, engine: str) -> None:
    """Whatever it reads, and in whatever words."""
    (boroughs / "own.csv").write_text("a,b\n1,2\n", "utf-8")
    (boroughs / "own_module.py").write_text("x = 1\n", "utf-8")
    path = f"import sys; sys.path.append({str(boroughs)!r})"

    run = made(boroughs, engine, path, cell + ";")

    assert run.faults == ()
    assert run.opened.read != ()


def test_a_notebook_that_reads_for_itself_is_made_each_time(kpilib: Command, boroughs: Path) -> None:
    """Nobody can tell whether what it reads has changed; the plan says so."""
    (boroughs / "own.csv").write_text("a,b\n1,2\n", "utf-8")
    with_cells(boroughs, "open(kpi.home() / 'own.csv').read();")
    assert run(kpilib, boroughs).returncode == 0
    again = run(kpilib, boroughs)

    plan = kpilib("plan", SLUG, AT, "--root", str(boroughs)).stdout
    line = next(line for line in plan.splitlines() if line.startswith("  streets "))
    assert "what its notebook fetches for itself" in line
    assert "Everything is up to date" not in again.stdout


def test_the_kinds_of_pages_read_nothing_for_themselves(report: Path) -> None:
    """No page that the project brings is made each time."""
    pages = json.loads((report / "manifest.json").read_text("utf-8"))["pages"]

    assert {name: how["free"] for name, how in pages.items()} == dict.fromkeys(pages, False)


def test_words_in_a_notebook_do_not_count(kpilib: Command, boroughs: Path) -> None:
    """A comment that speaks of opening something makes no page dependent on anything."""
    with_cells(boroughs, "# open, import, home, load_ledger and read_csv are words\nNone;")
    assert run(kpilib, boroughs).returncode == 0

    opened = json.loads((boroughs / "outputs" / SLUG / AT / "public/manifest.json").read_text("utf-8"))
    assert opened["pages"]["streets"]["opened"] == [["page", SLUG, "streets", AT]]
    assert re.search("Everything is up to date", run(kpilib, boroughs).stdout)
