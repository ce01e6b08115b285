"""A Dask cluster makes the same report: a real scheduler and workers, begun here, that share no disk with records."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from borough import AT, SLUG, found
from councils import PROJECT

Command = Callable[..., subprocess.CompletedProcess[str]]
DASK = str(Path(sys.executable).parent / "dask")


class Cluster:
    """A scheduler on this machine, and its workers, each in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._file = folder, folder / "scheduler.json"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._begin("scheduler", "--host", "127.0.0.1", "--port", "0")
        until = time.monotonic() + 60
        while not self._file.exists() and time.monotonic() < until:
            time.sleep(0.05)
        self.address = str(json.loads(self._file.read_text("utf-8"))["address"])

    def _begin(self, *what: str) -> subprocess.Popen[bytes]:
        here = self._folder / f"{what[0]}-{time.monotonic_ns()}"
        here.mkdir()
        env = {**os.environ, "KPILIB_ROOT": str(here / "nowhere")}
        command = [DASK, *what, "--scheduler-file", str(self._file), "--no-dashboard"]
        with (here / "log").open("wb") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=here, env=env)

    def hire(self, workers: int) -> None:
        """Begin workers of one thread each."""
        self.workers += [self._begin("worker", "--nthreads", "1") for _ in range(workers)]

    def kill(self, number: int) -> None:
        """Kill a worker with all its processes, as a power cut would."""
        mother = psutil.Process(self.workers[number].pid)
        for process in (mother, *mother.children(recursive=True)):
            process.kill()
        self.workers[number].wait()

    def close(self) -> None:
        """End them all."""
        for process in (*self.workers, self.scheduler):
            process.terminate()
        for process in (*self.workers, self.scheduler):
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    started.hire(2)
    yield started
    started.close()


def contents(root: Path) -> dict[str, bytes]:
    """Give every file of every report but the manifests, which have times in them."""
    paths = (path for path in (root / "outputs").rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def test_a_cluster_makes_the_same_bytes(kpilib: Command, cluster: Cluster, tmp_path: Path) -> None:
    """Two quarters of a council in one call, by workers that have kpilib and nothing else."""
    here, there = found(tmp_path / "here"), found(tmp_path / "there")
    reports = (f"{SLUG}/{AT}", f"{SLUG}/2023-24-Q1")

    near = kpilib("run", *reports, "--root", str(here))
    far = kpilib("run", *reports, "--root", str(there), "--scheduler", cluster.address)

    assert (near.returncode, near.stderr) == (0, "")
    assert (far.returncode, far.stderr) == (0, "")
    assert contents(here) == contents(there)
    assert len(contents(here)) == 2 * (
        13 + 2 + 2
    )  # files of each report, the sheets kept beside it, its sum, and the lock


def test_a_notebook_opens_another_council_far_from_its_records(
    kpilib: Command, cluster: Cluster, tmp_path: Path
) -> None:
    """Another quarter, page and council: the same bytes as here, though the workers have no records of either."""
    here = found(tmp_path / "here")
    for room in ("params", "data"):
        shutil.copytree(here / room / SLUG, here / room / "other-borough")
    book = nbformat.read(PROJECT / "notebooks" / "priority.ipynb", as_version=4)
    for name, page, at in ((SLUG, "streets", "2023-24-Q1"), (SLUG, "summary", AT), ("other-borough", "streets", AT)):
        cell = f"print(kpi.open_page('{name}', '{page}', '{at}', edition).indicators['value'].tolist())"
        book.cells.append(nbformat.v4.new_code_cell(cell, metadata={"tags": ["printed"]}))
    (here / "notebooks" / SLUG).mkdir(parents=True)
    nbformat.write(book, here / "notebooks" / SLUG / "streets.ipynb")
    there = Path(shutil.copytree(here, tmp_path / "there"))
    only = ("--no-pdf", "--page", "streets")

    near = kpilib("run", SLUG, AT, "--root", str(here), *only)
    far = kpilib("run", SLUG, AT, "--root", str(there), *only, "--scheduler", cluster.address)

    assert (near.returncode, near.stderr) == (0, "")
    assert (far.returncode, far.stderr) == (0, "")
    assert contents(here) == contents(there)
    assert "5475.0" in (there / "outputs" / SLUG / AT / "public/pages/streets.html").read_text("utf-8")


def test_a_worker_that_is_killed_loses_nothing(kpilib: Command, tmp_path: Path) -> None:
    """What it was at is made by another."""
    root, started = found(tmp_path / "root"), Cluster(tmp_path)
    started.hire(2)
    command = [sys.executable, "-m", "kpilib", "run", SLUG, AT, "--root", str(root)]
    running = subprocess.Popen([*command, "--scheduler", started.address], stderr=subprocess.PIPE, text=True)
    try:
        while not list((root / "outputs").rglob("*.html")) and running.poll() is None:
            time.sleep(0.01)
        started.kill(0)
        _, said = running.communicate(timeout=120)
    finally:
        started.close()

    assert running.returncode == 0, said
    other = found(tmp_path / "other")
    assert kpilib("run", SLUG, AT, "--root", str(other)).returncode == 0
    assert contents(root) == contents(other)


def test_a_page_that_kills_its_process_leaves_the_worker_alive(
    kpilib: Command, cluster: Cluster, tmp_path: Path
) -> None:
    """The page is named, the others are made, and no worker is lost with it."""
    root = found(tmp_path)
    book = nbformat.read(PROJECT / "notebooks" / "priority.ipynb", as_version=4)
    book.cells.insert(3, nbformat.v4.new_code_cell("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"))
    (root / "notebooks" / SLUG).mkdir(parents=True)
    nbformat.write(book, root / "notebooks" / SLUG / "streets.ipynb")

    done = kpilib("run", SLUG, AT, "--root", str(root), "--no-pdf", "--scheduler", cluster.address)

    assert done.returncode == 1
    assert f"notebooks/{SLUG}/streets.ipynb: its process was killed by SIGKILL" in done.stderr
    assert (root / "outputs" / SLUG / AT / "public/pages/register.html").exists()
    assert [worker.poll() for worker in cluster.workers] == [None, None]


def test_a_cluster_that_is_not_there_is_told(kpilib: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In two lines, with how to begin one."""
    monkeypatch.setattr("kpilib.press.cluster.PATIENCE", 1)

    done = kpilib("run", SLUG, AT, "--root", str(found(tmp_path)), "--scheduler", "tcp://127.0.0.1:9")

    assert done.returncode == 1
    assert done.stderr.startswith("--scheduler tcp://127.0.0.1:9: has no workers that answer\n  Start it by")
    assert len(done.stderr.splitlines()) == 2


def test_a_kernel_is_not_to_be_had_from_a_cluster(kpilib: Command, tmp_path: Path) -> None:
    """It would read records that are not there."""
    done = kpilib("run", SLUG, AT, "--root", str(found(tmp_path)), "--kernel", "--scheduler", "tcp://127.0.0.1:9")

    assert done.returncode == 2
    assert "give --kernel or --scheduler, not both" in done.stderr
