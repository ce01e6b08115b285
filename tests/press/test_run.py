"""A whole quarter, run as a user runs it: real notebooks, real files, real failures."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from borough import AT, SLUG, found
from councils import PROJECT

from kpilib.press.cli import main
from kpilib.press.pieces import PaperPiece
from kpilib.press.workers import Limits, make_here
from kpilib.records.files import replace_whole
from kpilib.records.ledger import load_ledger
from kpilib.records.page_records import page_records

Command = Callable[..., subprocess.CompletedProcess[str]]
QUARTER = ("lancashire-2019", "2019-20-Q3")
PAGES = (
    "cover_report executive_summary place_to_live place_to_work place_to_prosper place_to_visit acts_responsibly "
    "risk_register risk_register_education"
).split()


def sums(folder: Path) -> dict[str, str]:
    """Give the sha256 of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def small(tmp_path: Path, root: Path) -> Path:
    """A root with one framework of two pages, to break."""
    shutil.copytree(root / "data", tmp_path / "data")
    shutil.copytree(root / "params", tmp_path / "params")
    (tmp_path / "notebooks").mkdir()
    shutil.copy(root / "notebooks" / "priority.ipynb", tmp_path / "notebooks")
    shutil.copy(root / "notebooks" / "overview.ipynb", tmp_path / "notebooks")
    return tmp_path


def broken(root: Path, page: str, cell: str) -> None:
    """Give a page a notebook of its own, with a cell that fails."""
    book = nbformat.read(root / "notebooks" / "priority.ipynb", as_version=4)
    book.cells[2].source = cell
    (root / "notebooks" / "lancashire-2019").mkdir(exist_ok=True)
    nbformat.write(book, root / "notebooks" / "lancashire-2019" / f"{page}.ipynb")


def test_a_run_makes_every_promised_file(report: Path) -> None:
    """Index, pages, appendices, figures and manifest are there, and nothing else."""
    promised = {"index.html", "indicators.csv", "risks.csv", "milestones.csv", "manifest.json"}
    promised |= {f"pages/{page}.{kind}" for page in PAGES for kind in ("html", "ipynb")} | {"pages/index.ipynb"}
    papers = ("cover-report", "appendix-A", "appendix-B", "appendix-C")
    promised |= {f"{paper}.{kind}" for paper in papers for kind in ("html", "pdf")}

    assert set(sums(report)) == promised


def test_the_manifest_tells_what_was_made_from_what(report: Path, root: Path) -> None:
    """Versions, parameters and the sha256 of every input and output are in it; the times are nowhere else."""
    manifest = json.loads((report / "manifest.json").read_text("utf-8"))
    expected = sums(report)
    del expected["manifest.json"]

    assert manifest["outputs"] == expected
    own = f"{QUARTER[0]}/{QUARTER[1]}.yml"
    assert manifest["inputs"][f"params/{own}"] == sums(root / "params")[own]
    records = load_ledger(QUARTER[0], "public", root)
    whole = page_records(records, records.framework.overview, records.framework.quarter(QUARTER[1]))
    assert whole.sums().items() <= manifest["inputs"].items()
    assert manifest["inputs"][f"params/{QUARTER[0]}/framework.yml"] == whole.framework.sum
    assert set(manifest["versions"]) >= {"python", "kpilib", "pandas", "papermill", "nbconvert", "weasyprint"}
    assert {page["status"] for page in manifest["pages"].values()} == {"made"}
    assert manifest["parameters"]["place_to_live"]["quarter"] == "2019-20-Q3"


def test_no_output_tells_of_the_machine(report: Path, root: Path) -> None:
    """No file names the folder that it was made in, or the one it was made from."""
    for path in report.rglob("*"):
        if path.is_file():
            assert str(root).encode() not in path.read_bytes(), path
            assert str(Path.home()).encode() + b"/" not in path.read_bytes(), path


def test_plan_says_what_is_up_to_date(kpilib: Command, report: Path, root: Path, tmp_path: Path) -> None:
    """After a run every page is up to date; after a row changed it names the file for those pages that read the row."""
    shutil.copytree(root, tmp_path / "copy")
    now = kpilib("plan", *QUARTER, "--root", str(tmp_path / "copy"))
    with (tmp_path / "copy/data/lancashire-2019/commentary.csv").open("a", encoding="utf-8") as file:
        file.write("street_lighting,2019-20-Q3,action,Lamps are ordered.,,\n")

    later = kpilib("plan", *QUARTER, "--root", str(tmp_path / "copy"))

    assert now.stdout.count("up to date") == len(PAGES) + 1
    changed = [line.split()[0] for line in later.stdout.splitlines() if "commentary.csv changed" in line]
    assert changed == ["index", "cover_report", "executive_summary", "place_to_live"]
    assert later.stdout.count("up to date") == len(PAGES) + 1 - len(changed)


def test_export_prints_the_figures_without_a_notebook(kpilib: Command, report: Path, root: Path) -> None:
    """`kpilib export` prints what a run writes to indicators.csv: 46 indicators in the promised columns."""
    printed = kpilib("export", *QUARTER, "--root", str(root)).stdout
    rows = list(csv.DictReader(io.StringIO(printed)))

    assert printed == (report / "indicators.csv").read_text("utf-8")
    assert len(rows) == 46
    assert list(rows[0]) == (
        "framework quarter page indicator name directorate frequency good_is unit basis period covers value status "
        "previous_period previous last_year target_low target_high expected rating label computed_rating reason "
        "direction direction_year forecast forecast_rating variation assurance rank of quartile"
    ).split(" ")
    first = next(row for row in rows if row["indicator"] == "defects_4_hours")
    assert first["reason"] == "89.19% is 5.81 points below the target of 95%; high is good."


def test_check_finds_no_fault_and_says_what_to_look_at(kpilib: Command, root: Path) -> None:
    """The records are sound; CR13 has no owner, and that is said."""
    done = kpilib("check", *QUARTER, "--root", str(root))

    assert done.returncode == 0
    assert "No fault in the records of lancashire-2019: 61 indicators and measures" in done.stdout
    assert "CR13: No owner is named." in done.stdout


def test_a_fault_in_the_records_stops_the_run_before_it_begins(kpilib: Command, small: Path) -> None:
    """Nothing is written; the fault names file, row, column and value, and the exit status is 1."""
    path = small / "data/lancashire-2019/readings.csv"
    path.write_text(path.read_text("utf-8").replace(",89.19,", ",89.19%,"), "utf-8")

    done = kpilib("run", *QUARTER, "--root", str(small), "--no-pdf")

    assert done.returncode == 1
    assert "data/lancashire-2019/readings.csv, row 5, column value: '89.19%' is not a number" in done.stderr
    assert not [path for path in (small / "outputs").rglob("*") if path.is_file() and path.name != "lock"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("qarter: 2019-20-Q3\n", "has no parameter 'qarter'"),
        ("quarter: 2019-20-Q2\n", "says '2019-20-Q2'"),
        ("quarter\n", "holds no names and values"),
        ("a: [\n", "cannot be read"),
    ],
)
def test_a_misspelt_parameter_is_refused(kpilib: Command, small: Path, said: str, message: str) -> None:
    """An unknown or contradictory parameter of the quarter's file is an error; papermill would only warn."""
    (small / "params/lancashire-2019/2019-20-Q3.yml").write_text(said, "utf-8")

    done = kpilib("run", *QUARTER, "--root", str(small), "--no-pdf", "--page", "place_to_visit")

    assert done.returncode == 1
    assert "params/lancashire-2019/2019-20-Q3.yml" in done.stderr
    assert message in done.stderr
    assert not [path for path in (small / "outputs").rglob("*") if path.is_file() and path.name != "lock"]


def test_one_failing_page_does_not_stop_the_others(kpilib: Command, small: Path) -> None:
    """It is named by notebook, cell and error; what stood there before is taken away; the exit status is 1."""
    pages = ("--page", "place_to_visit", "--page", "place_to_prosper")
    kpilib("run", *QUARTER, "--root", str(small), "--no-pdf", *pages)
    folder = small / "outputs" / QUARTER[0] / QUARTER[1] / "public"
    broken(small, "place_to_visit", "page.tittle()")

    done = kpilib("run", *QUARTER, "--root", str(small), "--no-pdf", *pages)

    assert done.returncode == 1
    assert "notebooks/lancashire-2019/place_to_visit.ipynb, cell 3" in done.stderr
    assert "page place_to_visit: has no `tittle`, being of the kind 'priority'\n  Did you mean 'title'?" in done.stderr
    assert not (folder / "pages/place_to_visit.html").exists()
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["pages"]["place_to_prosper"]["status"] == "made"
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["pages"]["place_to_visit"]["status"] == "failed"


def test_a_picture_without_words_is_refused(kpilib: Command, small: Path) -> None:
    """A chart of an analyst's own cell fails the page until it has alternative text."""
    drawn = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    broken(small, "place_to_visit", drawn)

    done = kpilib("run", *QUARTER, "--root", str(small), "--no-pdf", "--page", "place_to_visit")

    assert done.returncode == 1
    assert "shows a picture without alternative text" in done.stderr
    assert "kpi.picture(figure, alt=" in done.stderr


@pytest.mark.parametrize(
    ("call", "status", "message"),
    [
        (("run", "lancashire-2018", "2019-20-Q3"), 1, "Did you mean 'lancashire-2019'?"),
        (("run", "../etc", "2019-20-Q3"), 1, "no framework '../etc'"),
        (("run", "lancashire-2019", "2019-20-Q5"), 1, "'2019-20-Q5' is not a period"),
        (("run", "lancashire-2019", "2019-20"), 1, "'2019-20' is not a quarter"),
        (("run", *QUARTER, "--page", "place_to_liv"), 1, "Did you mean 'place_to_live'?"),
        (("run", *QUARTER, "--edition", "secret"), 2, "invalid choice"),
        (("run", *QUARTER, "--jobs", "0"), 2, "must be a whole number from 1"),
        (("run", *QUARTER, "--jobs", "two"), 2, "must be a whole number"),
        (("print",), 2, "invalid choice"),
        ((), 2, "required"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(
    kpilib: Command, call: tuple[str, ...], status: int, message: str, root: Path
) -> None:
    """1 where the records or names are wrong, 2 where the call itself is; never a traceback."""
    done = kpilib(*call, *(("--root", str(root)) if call and call[0] == "run" else ()))

    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_plain_papermill_works_from_any_folder(root: Path, tmp_path: Path) -> None:
    """A page's notebook runs by papermill alone, with the quarter's file as parameters."""
    command = [sys.executable, "-m", "papermill", "--no-progress-bar"]
    notebook = root / "notebooks/lancashire-2019/place_to_visit.ipynb"
    values = root / "params/lancashire-2019/2019-20-Q3.yml"
    done = subprocess.run(
        [*command, str(notebook), "out.ipynb", "-f", str(values)],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, "KPILIB_ROOT": str(root)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "Lancashire will be the place to visit" in (tmp_path / "out.ipynb").read_text("utf-8")


def test_a_page_of_a_root_without_its_kind_comes_from_the_kinds_beside_kpilib(kpilib: Command, small: Path) -> None:
    """A council need not keep a notebook for every kind."""
    done = kpilib("run", *QUARTER, "--root", str(small), "--no-pdf", "--page", "risk_register")

    assert done.returncode == 0, done.stderr
    assert (small / "outputs/lancashire-2019/2019-20-Q3/public/pages/risk_register.html").exists()


def test_without_pango_the_html_is_made_and_the_message_says_how_to_get_it(
    kpilib: Command, small: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A machine without Pango gets its HTML, exit status 1, and the names of what to install."""
    stub = tmp_path_factory.mktemp("stub")
    (stub / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')\n", "utf-8")

    done = kpilib("run", *QUARTER, "--root", str(small), "--page", "executive_summary", PYTHONPATH=str(stub))

    folder = small / "outputs/lancashire-2019/2019-20-Q3/public"
    assert done.returncode == 1
    assert (folder / "appendix-A.html").exists()
    assert not (folder / "appendix-A.pdf").exists()
    assert "appendix-A.pdf is not made" in done.stderr
    assert "libpango-1.0-0" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_picture_that_cannot_be_finished_does_not_hang_the_run() -> None:
    """Drawing is ended at its limit, and the message says where to look."""
    path = " ".join(f"L{number % 97} {number % 89}" for number in range(400_000))
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'><path stroke-dasharray='0.001' d='M0 0 {path}'/></svg>"
    shown = nbformat.v4.new_output("display_data", {"text/html": svg})
    cell = nbformat.v4.new_code_cell("page.charts()", outputs=[shown])
    page = nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode()
    began = time.monotonic()

    made = make_here(PaperPiece("appendix-A.pdf", "pdf", "all", {"page": page}, {"title": "T"}), Limits(seconds=2))

    assert [fault.problem for fault in made.faults] == ["was not done within 2 seconds"]
    assert "a picture too intricate" in made.faults[0].remedy
    assert time.monotonic() - began < 60


def test_a_paper_that_breaks_pdf_ua_is_not_made_and_the_rule_is_named() -> None:
    """Whatever a cell of an analyst's own shows: here a bullet of Word's, which the font does not have."""
    shown = nbformat.v4.new_output("display_data", {"text/html": "<p>\uf0b7 first</p>"})
    cell = nbformat.v4.new_code_cell("bullets()", outputs=[shown])
    page = nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode()

    made = make_here(PaperPiece("cover.pdf", "pdf", "all", {"page": page}, {"title": "T"}), Limits())

    assert made.parts == ()
    assert made.faults[0].problem.startswith("does not hold PDF/UA-1 (PDFUA1-NOTDEF-GLYPH-001: font object ")
    assert "cells of your own" in made.faults[0].remedy


def test_a_bound_paper_that_breaks_pdf_ua_is_not_made(kpilib: Command, tmp_path: Path) -> None:
    """A run tells which, and makes the web pages; a paper of before does not stay to be taken for today's."""
    root = found(tmp_path)
    book = nbformat.read(PROJECT / "notebooks" / "priority.ipynb", as_version=4)
    own = "from IPython.display import HTML\nHTML('<h5>Too deep</h5><p>\\uf0b7 first</p>')"
    book.cells.append(nbformat.v4.new_code_cell(own))
    (root / "notebooks" / SLUG).mkdir(parents=True)
    nbformat.write(book, root / "notebooks" / SLUG / "streets.ipynb")
    folder = root / "outputs" / SLUG / AT / "public"
    folder.mkdir(parents=True)
    (folder / "appendix-A.pdf").write_bytes(b"%PDF of an earlier run")

    done = kpilib("run", SLUG, AT, "--root", str(root))

    assert done.returncode == 1
    assert "appendix-A.pdf is not made: does not hold PDF/UA-1 (PDFUA1-" in done.stderr
    assert "PDFUA1-NOTDEF-GLYPH-001" in done.stderr
    assert (folder / "appendix-A.html").exists()
    assert not (folder / "appendix-A.pdf").exists()


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk fills or the machine stops while writing, the old file stands and no half one is left."""
    path = tmp_path / "page.html"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        replace_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("import os\nos._exit(1)", "its process ended before the page was done"),
        ("raise SystemExit", "SystemExit"),
        ("raise ValueError('a\\nb')", "ValueError: a"),
    ],
    ids=["kills its process", "leaves quietly", "raises"],
)
def test_a_cell_that_ends_badly_fails_its_page_alone(kpilib: Command, small: Path, cell: str, message: str) -> None:
    """Whatever a cell does to its own process, its page is not published, and the other is made."""
    broken(small, "place_to_visit", cell)

    done = kpilib(
        "run", *QUARTER, "--root", str(small), "--no-pdf", "--page", "place_to_visit", "--page", "executive_summary"
    )

    folder = small / "outputs" / QUARTER[0] / QUARTER[1] / "public"
    assert done.returncode == 1
    assert "place_to_visit.ipynb" in done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "pages/place_to_visit.html").exists()
    assert (folder / "pages/executive_summary.html").exists()


def test_a_file_that_is_no_notebook_is_told(kpilib: Command, small: Path) -> None:
    """A notebook cut short is a fault in two lines."""
    (small / "notebooks/priority.ipynb").write_text('{"cells": [', "utf-8")

    done = kpilib("run", *QUARTER, "--root", str(small), "--no-pdf", "--page", "place_to_visit")

    assert done.returncode == 1
    assert "notebooks/priority.ipynb: is not a notebook" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_appendix_is_never_bound_from_a_page_older_than_the_records(
    kpilib: Command, report: Path, root: Path, tmp_path: Path
) -> None:
    """Once a record has changed, a paper that binds a page made before is taken away, and nothing is bound anew."""
    shutil.copytree(root, tmp_path / "copy")
    indicators = tmp_path / "copy/data/lancashire-2019/indicators.csv"
    head, *rows = indicators.read_text("utf-8").splitlines()
    rows = [f"{row},{'3' if row.startswith('visitors,') else ''}" for row in rows]
    indicators.write_text("\n".join([f"{head},exempt", *rows]) + "\n", "utf-8")

    done = kpilib("run", *QUARTER, "--root", str(tmp_path / "copy"), "--no-pdf", "--page", "place_to_live")

    assert done.returncode == 0
    assert "appendix-B is not made: its page place_to_work is older than the records" in done.stdout
    folder = tmp_path / "copy/outputs" / QUARTER[0] / QUARTER[1] / "public"
    assert "\nTaken away, since it may show what the records no longer say: " in done.stdout
    assert not any((folder / f"appendix-B.{form}").exists() for form in ("html", "pdf"))


@pytest.fixture(scope="module")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up borough whose quarter was run, with the PDF of an earlier run beside it."""
    root = found(tmp_path_factory.mktemp("borough"))
    assert main(["run", SLUG, AT, "--no-pdf", "--root", str(root)]) == 0
    (root / "outputs" / SLUG / AT / "public/appendix-A.pdf").write_bytes(b"%PDF of an earlier run")
    return root


def test_a_whole_run_takes_away_what_it_did_not_make(borough: Path, tmp_path: Path) -> None:
    """A PDF of an earlier run, and a page that the framework has no longer, do not stay to be taken for today's."""
    root = Path(shutil.copytree(borough, tmp_path / "copy"))
    folder = root / "outputs" / SLUG / AT / "public"
    before = sums(folder)
    (folder / "pages/old.html").write_text("old", "utf-8")
    (folder / ".left.part").write_text("half", "utf-8")

    status = main(["run", SLUG, AT, "--no-pdf", "--root", str(root)])

    assert status == 0
    assert set(sums(folder)) == set(before) - {"appendix-A.pdf"}
    assert "appendix-A.pdf" not in (folder / "index.html").read_text("utf-8")


@pytest.mark.parametrize("text", ["{}", "[]", "{", ""])
def test_a_damaged_manifest_is_as_good_as_none(kpilib: Command, small: Path, text: str) -> None:
    """What an earlier run wrote of itself may be spoiled; then nothing counts as made."""
    folder = small / "outputs" / QUARTER[0] / QUARTER[1] / "public"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(text, "utf-8")

    done = kpilib("plan", *QUARTER, "--root", str(small))

    assert done.returncode == 0
    assert done.stdout.count("not made yet") == len(PAGES) + 1


def test_a_folder_that_cannot_be_written_is_told_in_two_lines(kpilib: Command, small: Path) -> None:
    """What the machine refuses is said without a traceback."""
    (small / "outputs").write_text("a file where a folder should be", "utf-8")

    done = kpilib("run", *QUARTER, "--root", str(small), "--no-pdf", "--page", "place_to_visit")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2


def test_nbval_notices_a_changed_figure(root: Path, tmp_path: Path) -> None:
    """A committed notebook holds its figures: change one in the records, and nbval fails."""
    shutil.copytree(root, tmp_path / "copy", ignore=shutil.ignore_patterns("outputs"))
    readings = tmp_path / "copy/data/lancashire-2019/readings.csv"
    readings.write_text(readings.read_text("utf-8").replace(",29,2019-20-Q3,", ",28,2019-20-Q3,"), "utf-8")
    notebook = tmp_path / "copy/notebooks/lancashire-2019/place_to_prosper.ipynb"
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider", str(notebook)]

    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "KPILIB_ROOT": str(tmp_path / "copy")}
    )

    assert done.returncode == 1
    assert "28 businesses" in done.stdout


def test_a_page_that_failed_is_taken_away_with_its_papers(borough: Path, kpilib: Command, tmp_path: Path) -> None:
    """What an earlier run made of it may show what the records no longer say; the other pages stay."""
    root = Path(shutil.copytree(borough, tmp_path / "copy"))
    book = nbformat.read(PROJECT / "notebooks" / "priority.ipynb", as_version=4)
    book.cells[2].source = "1 / 0"
    (root / "notebooks" / SLUG).mkdir(parents=True)
    nbformat.write(book, root / "notebooks" / SLUG / "streets.ipynb")

    done = kpilib("run", SLUG, AT, "--root", str(root), "--no-pdf")

    after = sums(root / "outputs" / SLUG / AT / "public")
    assert done.returncode == 1
    assert "ZeroDivisionError: division by zero" in done.stderr
    assert "appendix-A is not made: its page streets failed." in done.stdout
    assert not {"appendix-A.html", "appendix-A.pdf", "pages/streets.html", "pages/streets.ipynb"} & set(after)
    assert {"pages/register.html", "index.html"} < set(after)
