"""
How long a quarter takes, beside the plain way, and how that grows: every figure of docs/performance.md, in one run.

    python benchmarks/quarter.py [--council SLUG --quarter QUARTER] [--repeats N] [--write]

The plain way is what the libraries' own commands do, page by page: papermill, `jupyter nbconvert --to html` and
`weasyprint`, one after another; or the same on a pool of two processes.
Whole processes are timed, from their start to their end, in turns, so that a machine that slows down slows all alike.
Nothing else should run meanwhile. `--write` puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
from council import write

from kpilib.press.plan import Plan, make_plan

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
AT = "2019-20-Q3"  # of made-up councils
JOBS = 2
PLACE = re.compile("(<!-- measured -->\n).*?(<!-- until here -->)", re.DOTALL)


def call(root: Path, *command: str) -> float:
    """Run a command to its end, and give the seconds that it took."""
    began = time.perf_counter()
    done = subprocess.run([str(BIN / command[0]), *command[1:]], capture_output=True, text=True, check=False, cwd=root)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - began


def kpilib(root: Path, plan: Plan, *more: str) -> float:
    """Run the quarter as it is run."""
    return call(root, "kpilib", "run", plan.framework.slug, plan.quarter.text, "--jobs", str(JOBS), *more)


def plain(plan: Plan, pool: int) -> float:
    """Make every page the plain way, so many at a time, and give the seconds that it took."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(pool) as threads:

        def page(number: int) -> None:
            planned, base = plan.pages[number], Path(folder) / plan.pages[number].entry.page
            values = [word for name, value in planned.parameters.items() for word in ("-p", name, str(value))]
            call(plan.root, "papermill", "--no-progress-bar", str(planned.notebook), f"{base}.ipynb", *values)
            call(plan.root, "jupyter", "nbconvert", "--log-level=ERROR", "--to", "html", f"{base}.ipynb")
            call(plan.root, "weasyprint", "-q", f"{base}.html", f"{base}.pdf")

        list(threads.map(page, range(len(plan.pages))))
    return time.perf_counter() - began


def correct(plan: Plan) -> str:
    """Correct one reading of the quarter, on the page that has the most indicators; give the page."""
    data = plan.root / "data" / plan.framework.slug
    with (data / "indicators.csv").open(encoding="utf-8-sig", newline="") as file:
        pages = {row["indicator"]: row["page"] for row in csv.DictReader(file) if not row.get("supports")}
    largest = max(set(pages.values()), key=list(pages.values()).count)
    path = data / "readings.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    value, reported = head.index("value"), head.index("reported")
    for row in rows:
        if pages.get(row[0]) == largest and row[reported] == plan.quarter.text and row[value]:
            row[value] = f"{float(row[value]) + 0.01:.2f}"
            break
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    return largest


def remade(plan: Plan, before: dict[str, float]) -> list[str]:
    """Name the files that are newer than they were."""
    return sorted(name for name, when in times(plan).items() if when != before.get(name))


def times(plan: Plan) -> dict[str, float]:
    """When each file of a report was written."""
    paths = (path for path in plan.folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(plan.folder).as_posix(): path.stat().st_mtime for path in paths}


def peak(work: Callable[[], object]) -> tuple[float, float]:
    """Give the most memory that all processes of some work had at once, in MB: shared pages once, and each time."""
    most, own, done = [0.0, 0.0], psutil.Process(), threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            held = [0, 0]
            for process in own.children(recursive=True):
                try:
                    info = process.memory_full_info()
                except psutil.Error:  # it has just ended
                    continue
                held[0] += info.pss
                held[1] += info.rss
            most[:] = [max(old, new / 2**20) for old, new in zip(most, held, strict=True)]

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    done.set()
    watcher.join()
    return most[0], most[1]


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    """Run a Dask scheduler on this machine, with so many workers of one thread, and give its address."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "scheduler.json"
        tell = ["--scheduler-file", str(said), "--no-dashboard"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
        begin = [str(BIN / "dask"), "scheduler", "--host", "127.0.0.1", "--port", "0", *tell]
        running = [subprocess.Popen(begin, **quiet)]  # type: ignore[call-overload]
        while not said.exists():
            time.sleep(0.1)
        for _ in range(workers):
            begin = [str(BIN / "dask"), "worker", "--nthreads", "1", *tell]
            running.append(subprocess.Popen(begin, **quiet))  # type: ignore[call-overload]
        try:
            yield json.loads(said.read_text("utf-8"))["address"]
        finally:
            for process in reversed(running):
                process.terminate()
                process.wait()


def middle(measured: list[float]) -> str:
    """Write the median, and the least and the most."""
    return f"{statistics.median(measured):.2f} s ({min(measured):.2f} to {max(measured):.2f})"


def ratio(of: list[float], to: list[float]) -> str:
    """Write the median of the ratios, pair by pair."""
    return f"{statistics.median(a / b for a, b in zip(of, to, strict=True)):.1f}"


def quarter(plan: Plan, repeats: int) -> Iterator[tuple[str, str, str]]:
    """Time the whole quarter in each way, in turns."""
    taken: dict[str, list[float]] = {}

    def note(what: str, seconds: float) -> None:
        taken.setdefault(what, []).append(seconds)
        print(f"  {what:<28} {seconds:8.2f} s", file=sys.stderr, flush=True)

    made: list[str] = []
    for _ in range(repeats):
        shutil.rmtree(plan.outputs, ignore_errors=True)
        note("cold", kpilib(plan.root, plan))
        note("nothing changed", kpilib(plan.root, plan))
        before, page = times(plan), correct(plan)
        note("one reading corrected", kpilib(plan.root, plan))
        made = remade(plan, before)
        note("plain", plain(plan, 1))
        note("plain on a pool of 2", plain(plan, 2))
    of = f"{plan.framework.slug} {plan.quarter.text}, {len(plan.pages)} pages"
    yield f"plain way, one after another ({of})", middle(taken["plain"]), "1"
    for what in ("plain on a pool of 2", "cold", "one reading corrected", "nothing changed"):
        yield what, middle(taken[what]), ratio(taken["plain"], taken[what])
    yield "cold, against plain on a pool of 2", "", ratio(taken["plain on a pool of 2"], taken["cold"])
    yield f"made again for one reading of {page}", ", ".join(made), ""


def memory(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Measure the memory of a whole cold run."""
    shutil.rmtree(plan.outputs, ignore_errors=True)
    pss, rss = peak(lambda: kpilib(plan.root, plan))
    yield (
        "peak memory of all processes, 2 workers",
        f"{pss:.0f} MB; {rss:.0f} MB with shared pages counted each time",
        "",
    )


def by_indicators() -> Iterator[tuple[str, str, str]]:
    """Time one page by the number of its indicators."""
    for indicators in (10, 50, 100, 250, 500):
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), indicators, 20, pages=1)
            plan = make_plan("made-up", AT, root=folder)
            seconds = kpilib(plan.root, plan, "--no-pdf", "--page", "page_0", "--page-seconds", "3600")
            spent = json.loads((plan.folder / "manifest.json").read_text("utf-8"))["pages"]["page_0"]["seconds"]
        said = f"{spent:.2f} s in its worker, {seconds:.2f} s in all"
        yield f"a page of {indicators} indicators", said, f"{1000 * spent / indicators:.0f} ms each"


def councils(folder: Path, many: int) -> list[str]:
    """Write small made-up councils, and name the report of each."""
    for number in range(many):
        write(folder, 6, 12, pages=1, seed=number, slug=f"made-up-{number:03d}")
    return [f"made-up-{number:03d}/{AT}" for number in range(many)]


def by_councils() -> Iterator[tuple[str, str, str]]:
    """Time runs of many councils."""
    for many in (1, 10, 50):
        with tempfile.TemporaryDirectory() as folder:
            named = councils(Path(folder), many)
            seconds = call(Path(folder), "kpilib", "run", *named, "--jobs", str(JOBS))
        yield f"{many} small councils in one call", f"{seconds:.1f} s", f"{seconds / many:.2f} s each"


def by_dask(repeats: int) -> Iterator[tuple[str, str, str]]:
    """Time the same councils by local workers and by as many workers of a cluster, in turns."""
    taken: dict[str, list[float]] = {"local": [], "dask": []}
    with tempfile.TemporaryDirectory() as folder, cluster(JOBS) as address:
        root, named = Path(folder), councils(Path(folder), 16)
        call(root, "kpilib", "run", named[0], "--scheduler", address)  # workers load their libraries once
        for _ in range(repeats):
            taken["local"].append(call(root, "kpilib", "run", *named, "--force", "--jobs", str(JOBS)))
            taken["dask"].append(call(root, "kpilib", "run", *named, "--force", "--scheduler", address))
    yield "16 small councils, 2 local workers", middle(taken["local"]), ""
    yield "the same, 2 Dask workers", middle(taken["dask"]), f"{ratio(taken['local'], taken['dask'])} of the throughput"


def main() -> None:
    """Measure everything, and print it as a table."""
    parser = argparse.ArgumentParser(description="Time whole quarters.")
    parser.add_argument("--council", default="lancashire-2019")
    parser.add_argument("--quarter", default="2019-20-Q3")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("notebooks", "params", "data"):
            shutil.copytree(PROJECT / name, Path(folder) / name)
        plan = make_plan(said.council, said.quarter, root=folder)
        rows = [*quarter(plan, said.repeats), *memory(plan)]
    rows += [*by_indicators(), *by_councils(), *by_dask(said.repeats)]
    lines = [f"| {what} | {measured} | {beside} |" for what, measured, beside in rows]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} processors"
    system = f"{machine}; of {said.repeats} repeats the medians, least and most."
    table = "\n".join(["| What | Measured | Times as fast as the plain way, or for each |", "|---|---|---|", *lines])
    text = f"{system}\n\n{table}\n"
    print(text)
    if said.write:
        path = PROJECT / "docs" / "performance.md"
        path.write_text(PLACE.sub(lambda found: f"{found[1]}{text}{found[2]}", path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
