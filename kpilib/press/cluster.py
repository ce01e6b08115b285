"""
A Dask cluster in the place of this machine's workers: pieces go out as bytes, and come back as bytes.

Workers need kpilib, of this very version, and nothing else: no disk is shared, and no record lies there.
Records are read and checked here, so that an edition's door is passed before anything leaves this machine.
"""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import queue
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from distributed import Client, KilledWorker
from distributed import Future as FarFuture

from kpilib.press.current import own_sources, versions
from kpilib.press.pieces import Fetching, Preparation
from kpilib.press.workers import Limits, Made, Piece, make_here
from kpilib.records.faults import Fault, RecordsError

PATIENCE = 30  # seconds to wait for the scheduler, and for its first worker
AHEAD = 2  # pieces out for each thread of the cluster, so that none waits for the way between


class Cluster:
    """
    Makes pieces on the workers of a Dask scheduler.

    Raises:
        RecordsError: no scheduler answers at the address, or it has no workers.
    """

    def __init__(self, address: str, limits: Limits) -> None:
        self._limits = limits
        self._made_by = (own_sources(), versions())
        self._done: queue.SimpleQueue[tuple[int, Made]] = queue.SimpleQueue()
        self._out: dict[int, FarFuture | None] = {}
        self._readers = ThreadPoolExecutor()
        remedy = "Start it by `dask scheduler`, and workers by `dask worker ADDRESS`, where kpilib is installed."
        try:
            self._client = Client(address, timeout=PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError, TimeoutError) as error:
            raise RecordsError([Fault(f"--scheduler {address}", "has no workers that answer", remedy)]) from error

    @property
    def free(self) -> int:
        """How many more pieces it could take now."""
        return max(AHEAD * sum(self._client.nthreads().values()), 1) - len(self._out)

    def submit(self, key: int, piece: Piece) -> None:
        """Send a piece out; records are read here."""
        if isinstance(piece, Preparation | Fetching):
            self._out[key] = None
            near = self._readers.submit(make_here, piece, self._limits)
            near.add_done_callback(partial(self._take, key))
            return
        future = self._client.submit(make_far, piece, self._limits, self._made_by, pure=False, retries=2)
        self._out[key] = future
        future.add_done_callback(partial(self._take, key))

    def _take(self, key: int, future: Future[Made] | FarFuture) -> None:
        try:
            made = future.result()
        except (KilledWorker, asyncio.CancelledError) as error:
            problem = "was lost with the workers that had it" if isinstance(error, KilledWorker) else "was lost"
            made = Made(faults=(Fault("", problem, "See that the cluster runs and has memory enough; run again."),))
        except Exception as error:
            why = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
            made = Made(faults=(Fault("", why, "Look into the log of the cluster's workers; run again."),))
        self._done.put((key, made))

    def wait(self) -> list[tuple[int, Made]]:
        """Wait until something is made or has failed, and give it."""
        done = [self._done.get()]
        while not self._done.empty():
            done.append(self._done.get())
        for key, _ in done:
            del self._out[key]
        return done

    def close(self) -> None:
        """Call back whatever is still out."""
        self._client.cancel([future for future in self._out.values() if future is not None], force=True)
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._client.close()


def make_far(piece: Piece, limits: Limits, made_by: Any) -> Made:
    """Make a piece on a worker of the cluster, in a process of its own, so that the worker outlives any page."""
    if made_by != (own_sources(), versions()):
        problem = "was sent to a worker with another kpilib, or other libraries"
        return Made(faults=(Fault("", problem, "Install the same kpilib by the same constraints.txt on each."),))
    # Dask marks its workers as processes that have no children of their own; a page's is ended with it in any case.
    mp.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    return make_here(piece, limits)
