"""Ctrl-C at any moment is one line and exit 130, nothing is left, and strange streams and names are no trouble."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from borough import AT, SLUG, found

SAYS = "Stopped. What is made stays; run it again, and the rest is made.\n"
STARTED = """
import os, runpy, signal, sys, threading
moment = sys.argv.pop(1)
def interrupt(event, given):
    if event == "import" and given[0] == moment:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(interrupt)
runpy.run_module("kpilib", run_name="__main__")
"""


@pytest.mark.parametrize("moment", ["kpilib.press.cli", "pydantic", "kpilib.press.checking", "pandas", "pandera"])
def test_an_interruption_while_libraries_are_loaded_is_one_line(tmp_path: Path, moment: str) -> None:
    """Twice in a row, in the middle of an import: no traceback, and nothing on the other stream."""
    command = [sys.executable, "-c", STARTED, moment, "check", SLUG, AT, "--root", str(found(tmp_path))]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr, done.stdout) == (130, SAYS, "")


@pytest.mark.parametrize("wait", [0.1, 0.6])
def test_a_run_that_is_interrupted_leaves_no_process(tmp_path: Path, wait: float) -> None:
    """The parent of all workers says nothing either, and ends with the run, whatever it was loading."""
    command = [sys.executable, "-m", "kpilib", "run", SLUG, AT, "--root", str(found(tmp_path)), "--no-pdf"]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while len(children := psutil.Process(running.pid).children(recursive=True)) < 2:
        time.sleep(0.01)
    time.sleep(wait)
    children = psutil.Process(running.pid).children(recursive=True)

    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=30)

    assert (running.returncode, said) == (130, SAYS)
    assert psutil.wait_procs(children, timeout=5)[1] == []


def test_streams_that_are_closed_or_know_no_such_letter_are_no_trouble(tmp_path: Path) -> None:
    """Output goes nowhere where it was closed; a name that is no text is told with its bytes."""
    root = found(tmp_path)
    (root / "data" / SLUG / os.fsdecode(b"\xff.csv")).write_text("")
    command = f"{sys.executable} -m kpilib check {SLUG} {AT} --root {root}"
    env = {**os.environ, "LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}

    told = subprocess.run(command.split(), capture_output=True, text=True, env=env, check=False)
    closed = subprocess.run(f"{command} >&- 2>&-", shell=True, env=env, check=False)

    assert told.returncode == closed.returncode == 1
    assert told.stderr.startswith(f"data/{SLUG}/\\udcff.csv: is no file of the records\n")
