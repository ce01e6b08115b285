"""What several test files share: one whole run of Lancashire's quarter, and a browser to look at it with."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import forkserver
from pathlib import Path

import pytest
from councils import PROJECT, QUARTERS

from kpilib.press.workers import Limits, Workers

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's notebooks, parameters and records, which workers side by side share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "councils"

    def copy() -> None:
        for name in ("notebooks", "params", "data"):
            shutil.copytree(PROJECT / name, folder / name)

    return once(folder, copy)


@pytest.fixture(scope="session")
def made(root: Path, kpilib: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[[str], Path]:
    """Give the folder of a framework's report, made by one whole run of the command line when it is first asked for."""

    def make(framework: str) -> Path:
        quarter = QUARTERS[framework]

        def run() -> None:
            done = kpilib("run", framework, quarter, "--root", str(root))
            assert (done.returncode, done.stderr) == (0, ""), done.stderr

        once(root / f"made-{framework}", run)
        return root / "outputs" / framework / quarter / "public"

    return make


@pytest.fixture(scope="session")
def report(made: Callable[[str], Path]) -> Path:
    """The folder of the real quarter's report."""
    return made("lancashire-2019")


def once(folder: Path, work: Callable[[], None]) -> Path:
    """Do a piece of work for all workers: the first to come makes the folder and does it, the others wait."""
    said = folder / "done"
    try:
        folder.mkdir()
    except FileExistsError:
        while not said.exists():
            time.sleep(0.2)
    else:
        try:
            work()
        except BaseException:
            (folder / "failed").touch()
            raise
        finally:
            said.touch()
    assert not (folder / "failed").exists(), f"{folder.name}: the worker that made it says why"
    return folder


@pytest.fixture
def council(tmp_path: Path) -> Callable[..., Path]:
    """Write a tiny council, `tiny`: its framework.yml, and a text for each CSV file; gives the folder of it all."""

    def write(framework: str, **files: str) -> Path:
        for folder in ("params", "data"):
            (tmp_path / folder / "tiny").mkdir(parents=True, exist_ok=True)
        (tmp_path / "params/tiny/framework.yml").write_text(framework, "utf-8")
        for name, text in files.items():
            (tmp_path / f"data/tiny/{name}.csv").write_text(text, "utf-8")
        return tmp_path

    return write


@pytest.fixture(scope="session")
def kpilib() -> Callable[..., subprocess.CompletedProcess[str]]:
    """
    The command line, in a process of its own as a user has it; named arguments are environment variables.

    Where the system can, the process is a fork of this one, which has loaded the libraries already, and all of them
    share the parent of their workers; a call with an environment of its own begins from nothing.
    """
    Workers(1, Limits())

    def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        if environment or not hasattr(os, "fork"):
            command = [sys.executable, "-m", "kpilib", *arguments]
            env = {**os.environ, **environment}
            return subprocess.run(command, capture_output=True, text=True, check=False, env=env)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if not child:
                _become(arguments, out.fileno(), err.fileno())
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            said = [(file.seek(0), file.read().decode())[1] for file in (out, err)]
        return subprocess.CompletedProcess(arguments, status, *said)

    return call


def _become(arguments: Sequence[str], out: int, err: int) -> None:
    """Become the command line: write where it is told to, and end as it does."""
    from kpilib.press.cli import main

    status: int | str | None = 1
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
        # it runs already, as a child of this process's parent
        forkserver.ensure_running = forkserver._forkserver.ensure_running = lambda: None
        status = main(arguments)
    except SystemExit as leaving:
        status = leaving.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else int(status is not None))


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A Chromium without a window; without one here these tests are skipped, but never in CI."""
    from playwright.sync_api import Error, sync_playwright

    own = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=own, args=["--no-sandbox"])
        except Error:
            if os.environ.get("CI"):
                raise
            pytest.skip("no Chromium here; `playwright install chromium` brings one")
        yield opened
        with contextlib.suppress(Error):
            opened.close()
