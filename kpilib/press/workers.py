"""
Workers: each makes one piece in a process of its own, forked from one that has the libraries loaded, and ends with it.

So no page can stain another, and one that raises, hangs, eats memory or kills its process fails alone.
Whatever a page began, in the background or detached, is ended with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing as mp
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, ClassVar, Protocol

from kpilib.records.faults import Fault, RecordsError
from kpilib.records.snapshot import Opened

_TIED, _WARM = "kpilib.press.tied", "kpilib.press.warm"
_PATIENCE = 10  # seconds for a worker to end what it began
_SUBREAPER, _PARENT_DEATH = 36, 1  # of prctl(2): orphans come to this process; a signal when its parent ends


@dataclass(frozen=True)
class Limits:
    """How long a piece may take, in seconds, and how much memory it may take beyond the libraries, in megabytes."""

    seconds: float = 300
    megabytes: int = 2048


@dataclass(frozen=True)
class Made:
    """
    What became of a piece: its parts, or the faults for which there are none; and how long it took, in seconds.

    `notes` are for whoever runs it: what was left out of a page. `opened` is what a page read.
    """

    parts: tuple[Any, ...] = ()
    faults: tuple[Fault, ...] = ()
    seconds: float = 0
    notes: tuple[str, ...] = ()
    opened: Opened = field(default_factory=Opened)


class Piece(Protocol):
    """Something to be made from what it holds; a `light` one needs few of the libraries."""

    light: ClassVar[bool]

    def make(self) -> tuple[Any, ...] | Made:
        """Give its parts, or what became of it where there is more to say."""


@dataclass
class _Work:
    process: BaseProcess
    pipe: Connection
    leash: Connection
    folder: str
    began: float

    def end(self) -> None:
        """End it, with whatever it began; it does so itself when its leash is let go."""
        self.leash.close()
        self.process.join(_PATIENCE)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        self.pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)  # records may be in it, also where the worker was killed


class Workers:
    """
    Makes pieces on this machine, several at a time.

    Args:
        jobs: how many; as many as there are processors without it.
    """

    def __init__(self, jobs: int | None, limits: Limits) -> None:
        self._jobs = jobs or os.cpu_count() or 1
        self._limits = limits
        self._at_work: dict[int, _Work] = {}
        self._context, self._still_loading = _context(), False
        if self._context.get_start_method() == "forkserver":
            self._still_loading = _begin_loading()

    @property
    def free(self) -> int:
        """How many more pieces it could take now."""
        return self._jobs - len(self._at_work)

    def submit(self, key: int, piece: Piece) -> None:
        """
        Begin a piece; what becomes of it is told under its key.

        The first does not wait until all libraries are loaded: it begins beside that, with those that it needs.
        """
        context = mp.get_context("spawn") if self._still_loading and piece.light else self._context
        self._still_loading = False
        ours, theirs = context.Pipe(duplex=False)
        held, leash = context.Pipe(duplex=False)
        with _undisturbed():
            folder = tempfile.mkdtemp()
            process = context.Process(target=_work, args=(piece, self._limits, theirs, held, folder), daemon=False)
            process.start()
            self._at_work[key] = _Work(process, ours, leash, folder, time.monotonic())
        theirs.close()
        held.close()

    def wait(self) -> list[tuple[int, Made]]:
        """Wait until something is made or has failed, and give it."""
        now = time.monotonic()
        left = min(work.began + self._limits.seconds - now for work in self._at_work.values())
        ready = wait([work.pipe for work in self._at_work.values()], timeout=max(left, 0))
        done = []
        for key, work in list(self._at_work.items()):
            late = time.monotonic() - work.began > self._limits.seconds
            if work.pipe in ready:
                done.append((key, _received(work)))
            elif late:
                problem = f"was not done within {self._limits.seconds:g} seconds"
                remedy = "Look for a loop that does not end, or a picture too intricate; or give --page-seconds."
                done.append((key, Made(faults=(Fault("", problem, remedy),))))
            else:
                continue
            work.end()
            del self._at_work[key]
        return done

    def close(self) -> None:
        """End whatever is still at work."""
        for work in self._at_work.values():
            work.leash.close()
        for work in self._at_work.values():
            work.end()
        self._at_work.clear()


def make_here(piece: Piece, limits: Limits) -> Made:
    """Make one piece in a worker of this machine, and wait for it."""
    workers = Workers(1, limits)
    try:
        workers.submit(0, piece)
        return workers.wait()[0][1]
    finally:
        workers.close()


def _context() -> Any:
    """Forks of a warm process where the system has them; elsewhere each worker loads the libraries for itself."""
    if "forkserver" not in mp.get_all_start_methods():
        return mp.get_context("spawn")
    context = mp.get_context("forkserver")
    context.set_forkserver_preload([_TIED, _WARM])
    return context


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """
    Let no interruption from the keyboard cut short what is being told to a new process; it comes right after.

    The process begins with interruptions held back, so that it says nothing of one either.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which would let interruptions in again, if it began later
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_loading = False


def _begin_loading() -> bool:
    """Let the parent of all workers load what they need, while the caller goes on; say whether that began just now."""
    global _loading
    with _undisturbed():
        forkserver.ensure_running()
    before, _loading = _loading, True
    return not before


def _received(work: _Work) -> Made:
    """Take what a worker sends; where it ended before, say how."""
    try:
        made: Made = work.pipe.recv()
    except (EOFError, OSError):
        work.process.join(_PATIENCE)
        code = work.process.exitcode or 0
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else "ended before the page was done"
        remedy = "A cell must not end its own process; if none does, the machine may be short of memory."
        made = Made(faults=(Fault("", f"its process {how}", remedy),))
    return replace(made, seconds=time.monotonic() - work.began)


def _work(piece: Piece, limits: Limits, pipe: Connection, leash: Connection, folder: str) -> None:
    """
    Be a worker: make a piece, send it, and end, whatever threads and processes it began.

    What it keeps for a while, it keeps in a folder of its own, which goes with it.
    """
    _stand_apart()
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    if sys.platform == "linux":
        _part_from_keeper(pipe, leash)
    else:
        threading.Thread(target=_follow, args=(leash,), daemon=True).start()
    try:
        _limit_memory(limits.megabytes)
        gc.set_threshold(20_000)  # what was loaded before the fork is not looked through again: waste may wait a little
        pipe.send(_made(piece))
    finally:
        os._exit(0)


def _made(piece: Piece) -> Made:
    try:
        parts = piece.make()
        return parts if isinstance(parts, Made) else Made(parts)
    except RecordsError as error:
        return Made(faults=tuple(error.faults))
    except Exception as error:
        fault = getattr(error, "fault", None)
        if fault is None:
            why = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
            fault = Fault("", why, "Run it again; if it fails again, run it in JupyterLab.")
        return Made(faults=(fault,))


def _stand_apart() -> None:
    """Leave the terminal to the one who asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def _follow(leash: Connection) -> None:
    wait([leash])
    if hasattr(os, "killpg"):
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def _part_from_keeper(pipe: Connection, leash: Connection) -> None:
    """
    Go on as a child of this process, which keeps watch, and ends with the child or when its leash is let go.

    Detached processes become the keeper's children when their parents end, so that none of them outlives it.
    """
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    child = os.fork()
    if not child:
        os.setsid()
        end_with_parent()
        leash.close()
        return
    pipe.close()
    wait([os.pidfd_open(child), leash])
    code = _end_children(child)
    if code < 0:  # say how the child ended, by ending so
        with contextlib.suppress(OSError):
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def end_with_parent() -> None:
    """Let Linux kill this process when its parent ends."""
    ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)


def _end_children(child: int) -> int:
    """Kill every process below this one, and give how one of them had ended."""
    ended: dict[int, int] = {}
    until = time.monotonic() + _PATIENCE / 2
    while time.monotonic() < until:
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                ended[found[0]] = os.waitstatus_to_exitcode(found[1])
        below = _below(os.getpid())
        if not below:
            break
        for process in below:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.001)
    return ended.get(child, -signal.SIGKILL)


def _below(process: int) -> set[int]:
    """Find the children of a process, and theirs."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
                parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
    found: set[int] = set()
    while more := {each for each, parent in parents.items() if parent in found | {process}} - found:
        found |= more
    return found


def _limit_memory(megabytes: int) -> None:
    """Let this process have so much more memory than it has now, where the system can hold it to that."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            held = int(file.read().split()[5]) * resource.getpagesize()
    except (ImportError, OSError):
        return
    most = held + megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
