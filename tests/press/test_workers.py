"""Whatever a piece leaves running, asleep or detached, its worker ends within its time, and nothing outlives it."""

from __future__ import annotations

import sys
import time

import psutil
import pytest
from pieces import Code

from kpilib.press.workers import Limits, Made, make_here

MARK = "kpilib-left-over"
SLEEPER = f"[sys.executable, '-c', 'import time; time.sleep(60)', {MARK!r}]"
DETACHED = f"import subprocess, sys\nsubprocess.Popen({SLEEPER}, start_new_session=True)\n"
DAEMON = f"""
import os, sys
if not os.fork():
    os.setsid()
    if not os.fork():
        os.execv(sys.executable, {SLEEPER})
    os._exit(0)
"""
HOLDING = "import os, time\nif not os.fork():\n    os.setsid()\n    time.sleep(60)\n"  # with the worker's pipe open
ASLEEP = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n"


def made(code: str) -> Made:
    """Run code in a worker that has two seconds; it is ended within five, and leaves nothing."""
    began = time.monotonic()
    done = make_here(Code(code), Limits(seconds=2))
    assert time.monotonic() - began < 20
    assert not any(MARK in (each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"]))
    return done


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose orphan a process is")


@pytest.mark.parametrize("code", [ASLEEP, pytest.param(DETACHED, marks=linux), pytest.param(DAEMON, marks=linux),
                                  pytest.param(HOLDING, marks=linux)])  # fmt: skip
def test_what_is_made_is_not_waited_for_longer(code: str) -> None:
    """A thread that sleeps, a detached process or a daemon of a finished piece is ended with it, at once."""
    began = time.monotonic()

    assert made(code).parts == ("made",)
    assert time.monotonic() - began < 15


@linux
@pytest.mark.parametrize(
    ("end", "problem"),
    [
        ("while True: pass", "was not done within 2 seconds"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "was not done within 2 seconds"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "its process was killed by SIGKILL"),
        ("import os\nos.killpg(0, 9)", "its process was killed by SIGKILL"),
        ("import os\nos._exit(0)", "its process ended before the page was done"),
    ],
)
def test_however_it_ends_nothing_is_left(end: str, problem: str) -> None:
    """A piece that hangs, stops or ends its own process takes what it began with it."""
    (fault,) = made(ASLEEP + DETACHED + DAEMON + HOLDING + end).faults

    assert fault.problem == problem
