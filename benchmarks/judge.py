"""
How long a large ledger takes: 1,000 indicators over 100 quarters, loaded, validated and judged.

    python benchmarks/judge.py [--indicators N] [--quarters N]

prints a line for each step: seconds, and the most memory that the process had held by then.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from council import write

from kpilib.judgement.control import signals
from kpilib.judgement.rating import history
from kpilib.judgement.verdict import judge
from kpilib.records.ledger import load_ledger
from kpilib.records.periods import quarter

_Made = TypeVar("_Made")


def timed(what: str, work: Callable[[], _Made]) -> _Made:
    """Do a piece of work, and print how long it took and how much memory there has been."""
    start = time.perf_counter()
    made = work()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:60} {seconds:7.2f} s  {peak:7.0f} MB")
    return made


def main() -> None:
    """Measure every step once."""
    parser = argparse.ArgumentParser(description="Time a large ledger.")
    parser.add_argument("--indicators", type=int, default=1000)
    parser.add_argument("--quarters", type=int, default=100)
    said = parser.parse_args()
    at = quarter("2019-20-Q3")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        timed("(making the council)", lambda: write(root, said.indicators, said.quarters))
        ledger = timed("load and validate", lambda: load_ledger("made-up", root=root))
        known = timed("as at the quarter", lambda: ledger.as_at(at))
        judged = timed(f"judge {len(known.indicators):,} indicators at the quarter", lambda: judge(known, at))
        rule = known.framework.rule(at)
        whole = timed(
            f"rate all of {len(known.readings):,} readings by the rule of today",
            lambda: history(judged, known.targets, known.readings, rule),
        )
        timed("their usual ranges and signals", lambda: signals(judged, known.readings))
    print(f"{len(judged):,} verdicts and {len(whole):,} rated readings: {judged['rating'].value_counts().to_dict()}")


if __name__ == "__main__":
    main()
