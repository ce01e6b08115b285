"""Whatever befalls a page, or the whole run: the others are made, the message names the page, and nothing is broken."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import psutil
import pytest
from borough import AT, SLUG, found
from councils import PROJECT

Command = Callable[..., subprocess.CompletedProcess[str]]
MARK = "KPILIB_TEST_MARK"


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, kpilib: Command) -> dict[str, bytes]:
    """The borough's report as it is made undisturbed."""
    root = found(tmp_path_factory.mktemp("reference"))
    assert kpilib("run", SLUG, AT, "--root", str(root)).returncode == 0
    return contents(root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return found(tmp_path / "root")


def folder(root: Path) -> Path:
    return root / "outputs" / SLUG / AT / "public"


def contents(root: Path) -> dict[str, bytes]:
    """Give every file of the report but the manifest, which has times in it."""
    paths = (path for path in folder(root).rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder(root)).as_posix(): path.read_bytes() for path in paths}


def with_cell(root: Path, page: str, kind: str, cell: str) -> None:
    """Give a page a notebook of its own, with one more cell."""
    book = nbformat.read(PROJECT / "notebooks" / f"{kind}.ipynb", as_version=4)
    book.cells.insert(3, nbformat.v4.new_code_cell(cell))
    (root / "notebooks" / SLUG).mkdir(parents=True, exist_ok=True)
    nbformat.write(book, root / "notebooks" / SLUG / f"{page}.ipynb")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("1 / 0", "streets.ipynb, cell 4: ZeroDivisionError: division by zero"),
        ("while True: pass", "streets.ipynb: was not done within 6 seconds"),
        ("x = bytearray(10**10)", "streets.ipynb, cell 4: MemoryError"),
        ("x = []\nwhile True: x.append(bytearray(10**7))", "streets.ipynb, cell 4: MemoryError"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "streets.ipynb: its process was killed by SIGKILL"),
        ("import os\nos.abort()", "streets.ipynb: its process was killed by SIGABRT"),
        ("import os\nos._exit(0)", "streets.ipynb: its process ended before the page was done"),
        (
            "open(kpi.home() / f'outputs/{framework}/{quarter}/public/pages/summary.html', 'w').write('mine')",
            "streets.ipynb, cell 4: PermissionError: a page writes nothing into outputs/",
        ),
        (
            "import shutil\nshutil.rmtree(kpi.home() / 'outputs')",
            "streets.ipynb, cell 4: PermissionError: a page writes nothing into outputs/",
        ),
    ],
    ids=["raises", "loops", "asks much", "eats", "kills itself", "aborts", "leaves", "writes", "deletes"],
)
def test_one_page_fails_alone(kpilib: Command, root: Path, reference: dict[str, bytes], cell: str, says: str) -> None:
    """The message names notebook and reason in two lines; every other page is as if nothing had been."""
    with_cell(root, "streets", "priority", cell)
    (root / "outputs").mkdir()
    limits = ("--page-seconds", "6", "--page-memory", "300")

    done = kpilib("run", SLUG, AT, "--root", str(root), "--no-pdf", *limits)

    made = contents(root)
    assert done.returncode == 1
    assert f"pages/streets.html is not made: notebooks/{SLUG}/{says}" in done.stderr
    assert len(done.stderr.splitlines()) == 2
    assert set(made) == {name for name in reference if "streets" not in name and "appendix" not in name}
    assert {name for name, content in made.items() if content != reference[name]} == {"index.html", "pages/index.ipynb"}
    assert "appendix-A is not made: its page streets failed." in done.stdout


def test_what_a_kernel_writes_over_another_page_is_put_right(
    kpilib: Command, root: Path, reference: dict[str, bytes]
) -> None:
    """A kernel is a process of its own, which nothing holds back: what it spoils is found in the end, and mended."""
    cell = "import time\nout = kpi.home() / f'outputs/{framework}/{quarter}/public/pages/summary.html'\n"
    with_cell(root, "index", "overview", cell + "while not out.exists(): time.sleep(0.05)\nout.write_text('mine');")
    pages = ("--page", "summary", "--page", "index", "--jobs", "2")

    done = kpilib("run", SLUG, AT, "--root", str(root), "--no-pdf", "--kernel", *pages)

    assert done.returncode == 1
    assert "pages/summary.html: was changed by something else while the run was on, and was put right" in done.stderr
    assert contents(root)["pages/summary.html"] == reference["pages/summary.html"]


def begin(root: Path, *more: str, **how: object) -> subprocess.Popen[str]:
    """Begin a run as a user does, from nothing; its processes are known by a mark."""
    command = [sys.executable, "-m", "kpilib", "run", SLUG, AT, "--root", str(root), *more]
    env = {**os.environ, MARK: str(root)}
    return subprocess.Popen(
        command,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **how,  # type: ignore[call-overload]
    )


def left_over(root: Path) -> list[int]:
    """The processes that a run began and that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(root) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def test_a_full_disk_is_told_and_the_rest_is_made_when_there_is_room(
    kpilib: Command, root: Path, reference: dict[str, bytes]
) -> None:
    """No file is cut short: what did not fit is named, what fits is there, and the next run makes what is missing."""
    most = sorted(map(len, reference.values()))[-3]
    limited = begin(root, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))

    _, faults = limited.communicate(timeout=120)

    made = contents(root)
    assert limited.returncode == 1
    assert "could not be written (File too large)" in faults
    assert "Traceback" not in faults
    assert 4 <= len(made) < len(reference)
    assert all(content == reference[name] for name, content in made.items() if "index" not in name)
    assert kpilib("run", SLUG, AT, "--root", str(root)).returncode == 0
    assert contents(root) == reference


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL], ids=["SIGINT", "SIGKILL"])
def test_a_run_that_is_ended_at_any_moment_is_gone_on_with(
    kpilib: Command, root: Path, reference: dict[str, bytes], sign: int
) -> None:
    """Every file that is there is whole, no process is left, and in the end the report is the same in every byte."""
    moments = random.Random(2019)
    whole = {name: content for name, content in reference.items() if "index" not in name}
    for wanted in (0, 1, 8):
        running = begin(root)
        while not psutil.Process(running.pid).children() and running.poll() is None:  # till then Python is loading
            time.sleep(0.01)
        while len(contents(root)) < wanted and running.poll() is None:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.5 if wanted else 3))
        running.send_signal(sign)
        _, faults = running.communicate(timeout=30)
        assert sign == signal.SIGKILL or "Traceback" not in faults, faults
        until = time.monotonic() + 10
        while left_over(root) and time.monotonic() < until:
            time.sleep(0.1)
        assert left_over(root) == []
        made = {
            name: content for name, content in contents(root).items() if not name.rpartition("/")[2].startswith(".")
        }
        assert {name: content for name, content in made.items() if name in whole} == {
            name: whole[name] for name in made if name in whole
        }
        manifest = folder(root) / "manifest.json"
        assert not manifest.exists() or json.loads(manifest.read_text("utf-8"))

    before = set(contents(root)) & set(whole)
    done = kpilib("run", SLUG, AT, "--root", str(root))

    assert done.returncode == 0
    assert contents(root) == reference
    assert before  # of some it was known that they need not be made again
    shutil.rmtree(root)


def test_the_next_run_makes_only_what_is_missing(kpilib: Command, root: Path, reference: dict[str, bytes]) -> None:
    """A run that was killed once some pages were made leaves them to the next, which says that they are up to date."""
    running = begin(root)
    while not (folder(root) / "pages" / "register.html").exists():
        time.sleep(0.01)
    time.sleep(0.1)
    running.kill()
    running.communicate()
    when = (folder(root) / "pages" / "register.html").stat().st_mtime_ns

    done = kpilib("run", SLUG, AT, "--root", str(root))

    assert "up to date" in done.stdout
    assert (folder(root) / "pages" / "register.html").stat().st_mtime_ns == when
    assert contents(root) == reference
