"""Whole quarters, one or many: what is out of date is made by workers, here or on a cluster, longest first."""

from __future__ import annotations

import contextlib
import heapq
import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby
from typing import Protocol

from tqdm import tqdm

from kpilib.press.pieces import WARM, Preparation, Prepared
from kpilib.press.plan import Plan, read_manifest
from kpilib.press.quarter import Outcome, Quarter, Task, begin, is_as_made, undisturbed
from kpilib.press.workers import Limits, Made, Piece, Workers
from kpilib.records.faults import Fault, RecordsError

TOGETHER = 4  # quarters of one council that are prepared at once: what is prepared is held until it is made
READERS = os.cpu_count() or 1


@dataclass(frozen=True)
class How:
    """
    How a run goes about it; none of it changes what is made.

    Args:
        pdf: draw the papers as PDF too.
        jobs: how many pieces at a time; as many as there are processors without it.
        limits: what a piece may take of time and memory.
        engine: `warm` runs a page in a worker that has the libraries loaded, `kernel` in a Jupyter kernel of its own.
        force: make everything, whatever is up to date.
        scheduler: the address of a Dask scheduler whose workers make the pieces; this machine does without it.
    """

    pdf: bool = True
    jobs: int | None = None
    limits: Limits = field(default_factory=Limits)
    engine: str = WARM
    force: bool = False
    scheduler: str = ""


class Hands(Protocol):
    """Whoever makes pieces."""

    @property
    def free(self) -> int:
        """How many more pieces could be taken now."""

    def submit(self, key: int, piece: Piece) -> None:
        """Begin a piece."""

    def wait(self) -> list[tuple[int, Made]]:
        """Wait until something is made or has failed."""

    def close(self) -> None:
        """End whatever is still at work."""


def run(plan: Plan, how: How | None = None) -> Outcome:
    """
    Make a quarter's report, as far as it is not made already.

    The records are read and checked first, and nothing is made while any fault stands in them.
    A page that fails leaves the others alone. The overview is made last, and leads only to what is there.

    Raises:
        RecordsError: faults in the records or the parameters.
    """
    outcome = next(run_all([plan], how or How()))
    if outcome.refused:
        raise RecordsError(outcome.faults)
    return outcome


def run_all(plans: Sequence[Plan], how: How) -> Iterator[Outcome]:
    """
    Make the reports of many quarters and councils, and give what became of each as soon as it is done.

    Where the records of one have faults, nothing is made of it, and the others are made.
    """
    stale: list[tuple[Plan, tuple[str, str]]] = []
    with contextlib.ExitStack() as held:
        for plan in plans:
            alone = contextlib.ExitStack()
            try:
                alone.enter_context(undisturbed(plan))
            except RecordsError as error:
                yield Outcome(plan.folder, faults=error.faults, refused=True)
                continue
            if not how.force and is_as_made(plan, pdf=how.pdf):
                alone.close()
                yield Outcome(plan.folder, kept=[*read_manifest(plan.folder)["outputs"]], notes=plan.notes)
            else:
                held.enter_context(alone)
                stale.append((plan, begin(plan, pdf=how.pdf)))
        if not stale:
            return
        hands = _hands(how)
        held.callback(hands.close)
        yield from _Floor(hands, stale, how).work()


def _left_there(plan: Plan) -> list[Fault]:
    """Tell of what an earlier run made, where this one could not even begin: at most one fault."""
    if not (plan.folder / "index.html").exists():
        return []
    remedy = "Mend what is told above and run again, or take it away, before anybody reads it."
    return [Fault(str(plan.folder), "what an earlier run made may be wrong or exempt now", remedy)]


def _hands(how: How) -> Hands:
    if not how.scheduler:
        return Workers(how.jobs, how.limits)
    from kpilib.press.cluster import Cluster

    return Cluster(how.scheduler, how.limits)


class _Floor:
    """Where quarters in the making share the same hands."""

    def __init__(self, hands: Hands, plans: Sequence[tuple[Plan, tuple[str, str]]], how: How) -> None:
        self._hands, self._how = hands, how
        self._origins = {plan.folder: origins for plan, origins in plans}
        alike = groupby([plan for plan, _ in plans], key=lambda plan: (plan.framework.slug, plan.edition, plan.root))
        groups = [list(group) for _, group in alike]
        parts = [group[first : first + TOGETHER] for group in groups for first in range(0, len(group), TOGETHER)]
        self._unread = deque(tuple(part) for part in parts)
        self._reading = 0
        self._ready: list[tuple[float, int, Quarter, Task]] = []
        self._out: dict[int, tuple[Quarter, Task] | tuple[Plan, ...]] = {}
        self._number = count()

    def work(self) -> Iterator[Outcome]:
        """Make everything; records are read when hands would be idle without."""
        with tqdm(desc="Pieces", unit="piece", disable=None) as bar:
            while self._unread or self._ready or self._out:
                self._hand_out()
                for key, made in self._hands.wait():
                    bar.update()
                    about = self._out.pop(key)
                    if isinstance(about[0], Quarter):
                        quarter, task = about
                        quarter.take(task, made)  # type: ignore[arg-type]
                        yield from self._look(quarter)
                    else:
                        yield from self._opened(about, made)  # type: ignore[arg-type]

    def _hand_out(self) -> None:
        while self._hands.free > 0 and (self._ready or (self._unread and self._reading < READERS)):
            number = next(self._number)
            if self._ready:
                _, _, quarter, task = heapq.heappop(self._ready)
                self._out[number] = quarter, task
                self._hands.submit(number, task.piece())
            else:
                plans = self._unread.popleft()
                self._reading += 1
                self._out[number] = plans
                self._hands.submit(number, Preparation(plans))

    def _opened(self, plans: tuple[Plan, ...], made: Made) -> Iterator[Outcome]:
        """Begin quarters whose records were read."""
        self._reading -= 1
        each: Sequence[Prepared] = made.parts or [Prepared(faults=made.faults) for _ in plans]
        for plan, prepared in zip(plans, each, strict=True):
            if prepared.faults:
                yield Outcome(plan.folder, faults=[*prepared.faults, *_left_there(plan)], refused=True)
                continue
            how, origins = self._how, self._origins[plan.folder]
            quarter = Quarter(plan, prepared, pdf=how.pdf, force=how.force, engine=how.engine, origins=origins)
            yield from self._look(quarter)

    def _look(self, quarter: Quarter) -> Iterator[Outcome]:
        """Take up what a quarter has ready, and end it where it is done."""
        for task in quarter.ready():
            heapq.heappush(self._ready, (-task.size, next(self._number), quarter, task))
        if quarter.done:
            yield quarter.finish()
