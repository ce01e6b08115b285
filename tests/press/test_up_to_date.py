"""What a run leaves is what today's records give, or it is not there; and nothing else is called up to date."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from borough import AT, SLUG, files, folder, found
from councils import PROJECT
from filelock import FileLock

from kpilib.press import release
from kpilib.press.plan import Plan
from kpilib.press.quarter import Outcome
from kpilib.press.run import How
from kpilib.records.faults import RecordsError
from kpilib.records.framework import EDITIONS

Command = Callable[..., subprocess.CompletedProcess[str]]
RUN = ("run", SLUG, AT)
MARKED = ("visits,2023-24-Q2,5475,2023-24-Q2,final,", "visits,2023-24-Q2,5475,2023-24-Q2,final,,3")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, kpilib: Command) -> Path:
    """A borough whose quarter was run; its readings can be marked as exempt, and none is."""
    root = found(tmp_path_factory.mktemp("printed"))
    readings = root / "data" / SLUG / "readings.csv"
    readings.write_text(readings.read_text("utf-8").replace("status,note\n", "status,note,exempt\n"), "utf-8")
    text = "\n".join(
        line + "," if line.endswith("final,") else line for line in readings.read_text("utf-8").split("\n")
    )
    readings.write_text(text, "utf-8")
    done = kpilib(*RUN, "--root", str(root))
    assert (done.returncode, done.stderr) == (0, "")
    return root


@pytest.fixture
def root(printed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(printed, tmp_path / "root"))


def contents(root: Path) -> dict[str, bytes]:
    """What is in each file of the report."""
    return {name: path.read_bytes() for name, path in files(root).items()}


def change(root: Path, old: str, new: str) -> None:
    path = root / "data" / SLUG / "readings.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def fails(root: Path) -> None:
    """Give the page of streets a notebook that fails."""
    book = nbformat.read(PROJECT / "notebooks" / "priority.ipynb", as_version=4)
    book.cells.append(nbformat.v4.new_code_cell("1 / 0"))
    (root / "notebooks" / SLUG).mkdir(parents=True)
    nbformat.write(book, root / "notebooks" / SLUG / "streets.ipynb")


ONE_PAGE = ("--page", "streets")
WITHOUT_PAPERS = ("--no-pdf",)


@pytest.mark.parametrize("how", [ONE_PAGE, WITHOUT_PAPERS], ids=["one page", "no PDF"])
@pytest.mark.parametrize(
    ("old", "new"),
    [(",90.6,2023-24-Q2,final,,", ",94.4,2023-24-Q2,final,,"), MARKED],
    ids=["another figure", "marked exempt"],
)
def test_records_that_are_put_back_are_made_again(
    kpilib: Command, root: Path, how: tuple[str, ...], old: str, new: str
) -> None:
    """After a run of something else in between, the report is as at first, in every byte, and never only said to be."""
    before = contents(root)
    change(root, old, new)
    assert kpilib(*RUN, "--root", str(root), *how).returncode == 0
    change(root, new, old)

    done = kpilib(*RUN, "--root", str(root))

    assert (done.returncode, done.stderr) == (0, "")
    assert "Everything is up to date" not in done.stdout
    assert contents(root) == before


@pytest.mark.parametrize("how", [ONE_PAGE, WITHOUT_PAPERS], ids=["one page", "no PDF"])
def test_nothing_that_names_what_became_exempt_stays(kpilib: Command, root: Path, how: tuple[str, ...]) -> None:
    """What is not made is taken away, and named: pages, papers and the overview that lead to them."""
    change(root, *MARKED)

    done = kpilib(*RUN, "--root", str(root), *how)

    left = {name: content for name, content in contents(root).items() if b"5,475" in content or b"5475" in content}
    assert done.returncode == 0
    assert "\nTaken away, since it may show what the records no longer say: " in done.stdout
    assert f"\n  `kpilib run {SLUG} {AT}` makes all that can be made.\n" in done.stdout
    assert left == {}
    assert not any(name.endswith(".pdf") for name in contents(root))


def test_a_page_that_shows_what_it_showed_is_left_alone(kpilib: Command, root: Path) -> None:
    """One page is made anew though nothing changed: all else stays, and is still the report."""
    before = contents(root)

    done = kpilib(*RUN, "--root", str(root), *ONE_PAGE, "--force")

    assert "Taken away" not in done.stdout
    assert contents(root) == before
    assert "Everything is up to date" in kpilib(*RUN, "--root", str(root), *ONE_PAGE).stdout


def test_a_failed_page_leaves_nothing_older_behind(kpilib: Command, root: Path) -> None:
    """Once it can be made again, the report is whole again."""
    before = contents(root)
    change(root, *MARKED)
    fails(root)

    done = kpilib(*RUN, "--root", str(root))
    left = contents(root)
    shutil.rmtree(root / "notebooks")
    change(root, MARKED[1], MARKED[0])
    again = kpilib(*RUN, "--root", str(root))

    assert done.returncode == 1
    assert not {"pages/streets.html", "pages/streets.ipynb", "appendix-A.html", "appendix-A.pdf"} & set(left)
    assert not any(b"5,475" in content for content in left.values())
    assert again.returncode == 0
    assert contents(root) == before


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL], ids=["stopped", "killed"])
def test_a_run_that_was_ended_is_not_taken_for_done(kpilib: Command, root: Path, stop: signal.Signals) -> None:
    """The records are put back while it is down: the next run makes again what it had made."""
    before = contents(root)
    change(root, ",90.6,2023-24-Q2,final,,", ",94.4,2023-24-Q2,final,,")
    command = [sys.executable, "-m", "kpilib", *RUN, "--root", str(root)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while b"94.4" not in contents(root).get("pages/streets.html", b"") and running.poll() is None:
        time.sleep(0.01)
    os.kill(running.pid, stop)
    running.wait()
    change(root, ",94.4,2023-24-Q2,final,,", ",90.6,2023-24-Q2,final,,")

    done = kpilib(*RUN, "--root", str(root))

    assert (done.returncode, done.stderr) == (0, "")
    assert contents(root) == before


def test_a_second_run_of_one_report_says_that_there_is_a_first(kpilib: Command, root: Path) -> None:
    """In two lines, and it touches nothing; the other edition, and the same report afterwards, can be made."""
    before = contents(root)
    change(root, ",90.6,2023-24-Q2,final,,", ",94.4,2023-24-Q2,final,,")
    with FileLock(folder(root).parent / ".public/lock"):
        done = kpilib(*RUN, "--root", str(root))
        other = kpilib(*RUN, "--root", str(root), "--no-pdf", *ONE_PAGE, "--edition", "restricted")

    assert done.returncode == 1
    assert done.stderr == f"{folder(root)}: is being made by another run\n  Wait until it is done, and run again.\n"
    assert contents(root) == before
    assert other.returncode == 0
    assert kpilib(*RUN, "--root", str(root), *ONE_PAGE).returncode == 0


def test_a_bound_paper_is_not_kept_without_its_page(kpilib: Command, root: Path) -> None:
    """Where PDFs are not drawn, one stays only if each of its pages is the one that it binds."""
    change(root, ",90.6,2023-24-Q2,final,,", ",94.4,2023-24-Q2,final,,")
    done = kpilib(*RUN, "--root", str(root), "--no-pdf")
    left = contents(root)

    assert "appendix-A.pdf" in done.stdout
    assert "appendix-A.pdf" not in left
    assert b"appendix-A.pdf" not in left["index.html"]


def test_a_release_is_of_one_state_of_the_records(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a figure is corrected between the two editions, nothing is released; afterwards both can be."""
    real = release.run

    def corrected(plan: Plan, how: How) -> Outcome:
        outcome = real(plan, how)
        if plan.edition == "public":
            change(root, ",90.6,2023-24-Q2,final,,", ",91.4,2023-24-Q2,final,,")
        return outcome

    monkeypatch.setattr(release, "run", corrected)
    with pytest.raises(RecordsError) as caught:
        release.release(SLUG, AT, root, despite="Tried out.")
    releases = root / "data" / SLUG / "releases"

    assert str(caught.value).startswith(f"{AT}: the records or notebooks changed during the release\n  Nothing is ")
    assert not releases.exists() or [*releases.iterdir()] == []
    monkeypatch.setattr(release, "run", real)
    made = release.release(SLUG, AT, root, despite="Tried out.")
    assert all("91.4" in (made.folder / each / "pages/streets.html").read_text("utf-8") for each in EDITIONS)


def test_nobody_makes_a_report_while_it_is_released(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it is copied whole, a run of either edition is told to wait."""
    told = []
    real = release.records_as_at

    def meanwhile(*given: Any) -> dict[str, bytes]:
        for edition in EDITIONS:
            command = [sys.executable, "-m", "kpilib", *RUN, "--root", str(root), "--edition", edition]
            told.append(subprocess.run(command, capture_output=True, text=True, check=False).stderr)
        return real(*given)

    monkeypatch.setattr(release, "records_as_at", meanwhile)
    release.release(SLUG, AT, root, despite="Tried out.")

    assert ["is being made by another run" in said for said in told] == [True, True]


def test_a_figure_that_is_changed_and_changed_back_meanwhile_is_no_done_report(kpilib: Command, root: Path) -> None:
    """The run says that records changed, and the next one makes what was of the other figure."""
    before = contents(root)
    book = nbformat.read(PROJECT / "notebooks" / "priority.ipynb", as_version=4)
    path = root / "data" / SLUG / "readings.csv"
    writes = [f"open(path, 'w').write(text{more});" for more in (" + ' '", "")]
    cell = "\n".join([f"path = {str(path)!r}", "text = open(path).read()", *writes])
    book.cells.append(nbformat.v4.new_code_cell(cell))
    (root / "notebooks" / SLUG).mkdir(parents=True)
    nbformat.write(book, root / "notebooks" / SLUG / "streets.ipynb")

    done = kpilib(*RUN, "--root", str(root), "--no-pdf")
    seen = (root / "outputs" / SLUG / AT / ".public/seen").exists()
    shutil.rmtree(root / "notebooks")
    again = kpilib(*RUN, "--root", str(root))

    assert done.returncode == 1
    assert (
        done.stderr == "records: changed during the run\n  Run it again, so that every page is of the same records.\n"
    )
    assert not seen
    assert again.returncode == 0
    assert contents(root) == before


def test_summaries_behind_a_link_count(kpilib: Command, root: Path, tmp_path: Path) -> None:
    """A folder of summaries may be a link to where they are written; what becomes exempt there is made away with."""
    words = root / "data" / SLUG / "summaries"
    shutil.move(words, tmp_path / "words")
    words.symlink_to(tmp_path / "words")
    kpilib(*RUN, "--root", str(root), "--no-pdf")
    path = tmp_path / "words" / AT / "1-place.md"
    path.write_text(path.read_text("utf-8").replace("---\n{{", "exempt: paragraph 3\n---\n{{"), "utf-8")

    done = kpilib(*RUN, "--root", str(root), "--no-pdf")

    assert "Everything is up to date" not in done.stdout
    assert "Director of Place" not in (folder(root) / "pages/summary.html").read_text("utf-8")


def test_one_page_takes_away_what_the_report_does_not_have_any_more(kpilib: Command, root: Path) -> None:
    """A page that is called otherwise now, and one on which everything became exempt."""
    for name in ("litter", "repairs"):
        shown = root / "data" / SLUG / "indicators.csv"
        text = shown.read_text("utf-8")
        line = next(line for line in text.splitlines() if line.startswith(name))
        shown.write_text(text.replace(line, line + "3"), "utf-8")
    path = root / "params" / SLUG / "framework.yml"
    path.write_text(path.read_text("utf-8").replace("summary, title: Exec", "words, title: Exec"), "utf-8")
    for each in (root / "data" / SLUG / "summaries" / AT).glob("*.md"):
        each.write_text(each.read_text("utf-8").replace("page: summary", "page: words"), "utf-8")

    done = kpilib(*RUN, "--root", str(root), "--no-pdf", "--page", "register")

    assert (done.returncode, done.stderr) == (0, "")
    assert not any((folder(root) / f"pages/{name}.html").exists() for name in ("summary", "streets"))


def test_a_run_that_is_refused_tells_of_what_is_there(kpilib: Command, root: Path) -> None:
    """Whoever reads the report of before should know that it may be wrong by now."""
    change(root, ",90.6,2023-24-Q2,final,,", ",90.6%,2023-24-Q2,final,,")

    done = kpilib(*RUN, "--root", str(root), "--no-pdf")

    assert done.returncode == 1
    assert f"{folder(root)}: what an earlier run made may be wrong or exempt now\n  Mend what is told" in done.stderr
