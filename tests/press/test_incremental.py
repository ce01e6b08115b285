"""A run makes what is out of date, and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from borough import AT, SLUG, files, folder, found
from councils import PROJECT

Command = Callable[..., subprocess.CompletedProcess[str]]
LISTS = {"indicators.csv", "risks.csv", "milestones.csv"}
OPENING = {"index.html", "pages/index.ipynb"}
PAPER = {"appendix-A.html", "appendix-A.pdf"}


def page(name: str) -> set[str]:
    return {f"pages/{name}.html", f"pages/{name}.ipynb"}


EVERYTHING = LISTS | OPENING | PAPER | page("summary") | page("streets") | page("register")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, kpilib: Command) -> Path:
    """A borough whose quarter was run."""
    root = found(tmp_path_factory.mktemp("printed"))
    done = kpilib("run", SLUG, AT, "--root", str(root))
    assert (done.returncode, done.stderr) == (0, "")
    return root


@pytest.fixture
def root(printed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(printed, tmp_path / "root"))


def written(root: Path) -> dict[str, int]:
    """When each file was written, and so which are newer."""
    return {name: path.stat().st_mtime_ns for name, path in files(root).items()}


def again(kpilib: Command, root: Path, *more: str) -> set[str]:
    """Run the quarter again, and name the files that were made."""
    before = written(root)
    done = kpilib("run", SLUG, AT, "--root", str(root), *more)
    assert (done.returncode, done.stderr) == (0, "")
    return {name for name, when in written(root).items() if before.get(name) != when}


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / "data" / SLUG / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_nothing_is_made_where_nothing_changed(kpilib: Command, root: Path) -> None:
    """It says so, and even the manifest stays as it was."""
    manifest = (folder(root) / "manifest.json").read_bytes()

    done = kpilib("run", SLUG, AT, "--root", str(root))

    assert done.stdout.startswith("Everything is up to date in ")
    assert again(kpilib, root) == set()
    assert (folder(root) / "manifest.json").read_bytes() == manifest


def test_one_reading_corrected_makes_its_page_and_what_rests_on_it(kpilib: Command, root: Path) -> None:
    """Its page, the paper that binds it, the summary, the figures and the overview; not the register."""
    change(root, "readings.csv", ",90.6,", ",90.7,")

    assert again(kpilib, root) == EVERYTHING - page("register")


def test_a_word_on_a_risk_leaves_the_indicators_alone(kpilib: Command, root: Path) -> None:
    """The register is made again, and its paper; the page of indicators is not."""
    change(root, "risk_notes.csv", "Gullies are old.", "Gullies are very old.")

    assert again(kpilib, root) == EVERYTHING - page("streets")


def test_a_paper_is_bound_again_only_if_a_page_became_another(kpilib: Command, root: Path) -> None:
    """A notebook that is saved anew without a change in what it shows makes its page, and no paper."""
    book = nbformat.read(PROJECT / "notebooks" / "priority.ipynb", as_version=4)
    book.metadata["saved"] = "anew"
    (root / "notebooks" / SLUG).mkdir(parents=True)
    nbformat.write(book, root / "notebooks" / SLUG / "streets.ipynb")

    assert again(kpilib, root) == page("streets")


def test_rows_of_the_next_quarter_make_nothing_of_this_one(kpilib: Command, root: Path) -> None:
    """What is reported later is not in this report; the plan says so before a run does."""
    with (root / "data" / SLUG / "readings.csv").open("a", encoding="utf-8") as file:
        file.write("litter,2023-24-Q3,95,2023-24-Q3,final,\n")

    plan = kpilib("plan", SLUG, AT, "--root", str(root)).stdout

    assert plan.count("up to date") == 4
    assert again(kpilib, root) == set()


@pytest.mark.parametrize("name", ["pages/register.html", "appendix-A.pdf", "index.html", "risks.csv"])
@pytest.mark.parametrize("spoiled", [True, False], ids=["spoiled", "gone"])
def test_a_file_that_is_gone_or_spoiled_is_made_again(kpilib: Command, root: Path, name: str, spoiled: bool) -> None:
    """Whatever was done to an output by hand, the next run puts it right, the same in every byte."""
    path = folder(root) / name
    whole = path.read_bytes()
    if spoiled:
        path.write_bytes(whole[: len(whole) // 2])
    else:
        path.unlink()

    made = again(kpilib, root)

    assert name in made
    assert len(made) <= 3
    assert path.read_bytes() == whole


def test_everything_is_made_where_it_is_asked_for(kpilib: Command, root: Path) -> None:
    """`--force` makes all, the same in every byte."""
    before = {name: (folder(root) / name).read_bytes() for name in written(root)}

    assert again(kpilib, root, "--force") == EVERYTHING
    assert {name: (folder(root) / name).read_bytes() for name in written(root)} == before


def test_another_library_makes_everything_again(kpilib: Command, root: Path) -> None:
    """The manifest says with which libraries each page was made; with others it is out of date."""
    path = folder(root) / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    for part in ("pages", "papers", "lists"):
        for how in manifest[part].values():
            how["inputs"]["libraries"] = "0" * 64
    path.write_text(json.dumps(manifest), "utf-8")
    (root / "outputs" / SLUG / AT / ".public" / "seen").unlink()

    plan = kpilib("plan", SLUG, AT, "--root", str(root)).stdout

    assert plan.count("to be made again: libraries changed") == 4
    assert again(kpilib, root) == EVERYTHING


def test_a_notebook_that_fetches_for_itself_is_made_each_time(kpilib: Command, root: Path) -> None:
    """Nobody can tell whether what it reads has changed."""
    book = nbformat.read(PROJECT / "notebooks" / "priority.ipynb", as_version=4)
    counts = "len(list((kpi.home() / 'data').iterdir()))"
    book.cells.append(nbformat.v4.new_code_cell(counts, metadata={"tags": ["printed"]}))
    (root / "notebooks" / SLUG).mkdir(parents=True)
    nbformat.write(book, root / "notebooks" / SLUG / "streets.ipynb")
    again(kpilib, root)
    (root / "data" / "another").mkdir()
    (root / "data" / SLUG / "readings.csv").open("a", encoding="utf-8").write("\n")

    plan = kpilib("plan", SLUG, AT, "--root", str(root)).stdout

    assert "streets" in next(line for line in plan.splitlines() if "fetches for itself" in line)
    assert again(kpilib, root) == page("streets") | PAPER


def test_several_reports_are_made_in_one_call(kpilib: Command, tmp_path: Path) -> None:
    """Two quarters of one council; one that is faulty is told, and the other is made."""
    root = found(tmp_path)
    done = kpilib("run", f"{SLUG}/{AT}", f"{SLUG}/2023-24-Q1", "--no-pdf", "--root", str(root))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("files made in") == 2
    (root / "params" / SLUG / "2023-24-Q1.yml").write_text("qarter: 2023-24-Q1\n", "utf-8")
    done = kpilib("run", f"{SLUG}/{AT}", f"{SLUG}/2023-24-Q1", "--no-pdf", "--root", str(root))
    assert done.returncode == 1
    assert "has no parameter 'qarter'" in done.stderr
    assert f"{SLUG}/{AT}/public" in done.stdout


def test_a_call_that_names_no_quarter_is_wrong(kpilib: Command, root: Path) -> None:
    """Three words without a stroke are no reports."""
    done = kpilib("run", SLUG, AT, "2023-24-Q1", "--root", str(root))

    assert done.returncode == 2
    assert "write FRAMEWORK QUARTER" in done.stderr
