"""
Workers: each makes one piece in a process of its own, forked from one that has the libraries loaded, and ends with it.

So no page can stain another, and one that raises, hangs, eats memory or kills its process fails alone.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing as mp
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, ClassVar, Protocol

from kpilib.records.faults import Fault, RecordsError
from kpilib.records.snapshot import Opened

_WARM = "kpilib.press.warm"


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
    began: float


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
        process = context.Process(target=_work, args=(piece, self._limits, theirs), daemon=False)
        with _undisturbed():
            process.start()
        theirs.close()
        self._at_work[key] = _Work(process, ours, time.monotonic())

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
                _end(work.process)
                problem = f"was not done within {self._limits.seconds:g} seconds"
                remedy = "Look for a loop that does not end, or a picture too intricate; or give --page-seconds."
                done.append((key, Made(faults=(Fault("", problem, remedy),))))
            else:
                continue
            work.pipe.close()
            work.process.join()
            del self._at_work[key]
        return done

    def close(self) -> None:
        """End whatever is still at work."""
        for work in self._at_work.values():
            _end(work.process)
            work.process.join()
            work.pipe.close()
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
    context.set_forkserver_preload([_WARM])
    return context


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no interruption from the keyboard cut short what is being told to a new worker; it comes right after."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_loading = False


def _begin_loading() -> bool:
    """Let the parent of all workers load what they need, while the caller goes on; say whether that began just now."""
    global _loading
    forkserver.ensure_running()
    before, _loading = _loading, True
    return not before


def _received(work: _Work) -> Made:
    """Take what a worker sends; where it ended before, say how."""
    try:
        made: Made = work.pipe.recv()
    except (EOFError, OSError):
        work.process.join()
        code = work.process.exitcode or 0
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else "ended before the page was done"
        remedy = "A cell must not end its own process; if none does, the machine may be short of memory."
        made = Made(faults=(Fault("", f"its process {how}", remedy),))
    return replace(made, seconds=time.monotonic() - work.began)


def _end(process: BaseProcess) -> None:
    """End a worker, and whatever it began itself."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(process.pid or 0, signal.SIGKILL)
    process.kill()


def _work(piece: Piece, limits: Limits, pipe: Connection) -> None:
    """Be a worker: make a piece, send it, and end."""
    _stand_apart()
    _limit_memory(limits.megabytes)
    gc.set_threshold(20_000)  # what was loaded before the fork is not looked through again: waste may wait a little
    try:
        parts = piece.make()
        made = parts if isinstance(parts, Made) else Made(parts)
    except RecordsError as error:
        made = Made(faults=tuple(error.faults))
    except Exception as error:
        fault = getattr(error, "fault", None)
        if fault is None:
            why = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
            fault = Fault("", why, "Run it again; if it fails again, run it in JupyterLab.")
        made = Made(faults=(fault,))
    pipe.send(made)


def _stand_apart() -> None:
    """Leave the terminal to the one who asked, and end when that one ends, whatever ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    parent = mp.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    wait([sentinel])
    if hasattr(os, "killpg"):
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


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
