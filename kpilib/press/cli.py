"""
The command line: a quarter's work, from what directorates are asked to what is published.

Each command imports what it needs when it is called, so that one with nothing to do is done at once.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from kpilib.press.plan import Plan, make_plan
from kpilib.press.quarter import Outcome
from kpilib.records.faults import RecordsError
from kpilib.records.framework import EDITIONS, home_note

FORMATS = ("text", "csv", "json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command says; 0 is done, 1 that something in the records or a page is wrong, 2 a wrong call."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # a file's name may be no text
    asked = _parser().parse_args(arguments)
    try:
        note = home_note(asked.root)
        if note:
            print(note, file=sys.stderr)
        status = asked.command(asked)
        sys.stdout.flush()
        return status
    except RecordsError as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:  # whoever was reading has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"{error.filename or 'The machine'}: {error.strerror or error}", file=sys.stderr)
        print("  Make room, or mend the folder or its permissions, and run again.", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kpilib", description="A council's quarterly performance report.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int], says: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=says, description=says)
        one.set_defaults(command=command, wrong=one.error)
        one.add_argument("--root", metavar="DIR", help="the folder of notebooks/, params/ and data/; else it is found")
        return one

    def add_quarterly(
        name: str, command: Callable[[argparse.Namespace], int], says: str, *, editions: bool = True
    ) -> argparse.ArgumentParser:
        one = add(name, command, says)
        one.add_argument("framework", metavar="FRAMEWORK", help="the council's folder, such as lancashire-2019")
        one.add_argument("quarter", metavar="QUARTER", help="such as 2019-20-Q3")
        if editions:
            one.add_argument("--edition", choices=EDITIONS, default="public", help="default: public")
        return one

    checks = add_quarterly("check", _check, "everything that stands between today and publication", editions=False)
    checks.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    plan = add("plan", _plan, "what would be printed, and what is up to date")
    runs = add("run", _run, "run the notebooks and render HTML and PDF, as far as they are out of date")
    for one in (plan, runs):
        called = "FRAMEWORK QUARTER, or several as FRAMEWORK/QUARTER"
        one.add_argument("reports", metavar="REPORT", nargs="+", help=called)
        one.add_argument("--edition", choices=EDITIONS, default="public", help="default: public")
        one.add_argument("--page", action="append", default=[], metavar="P", help="only this page; may be repeated")
    runs.add_argument("--no-pdf", action="store_true", help="HTML only")
    runs.add_argument("--force", action="store_true", help="make everything, whatever is up to date")
    runs.add_argument("--kernel", action="store_true", help="run each page in a Jupyter kernel of its own: slower")
    runs.add_argument("--scheduler", metavar="ADDRESS", default="", help="let the workers of a Dask cluster do it")
    runs.add_argument("--page-seconds", type=_count, metavar="N", default=300, help="the most for a page (300)")
    runs.add_argument("--page-memory", type=_count, metavar="MB", default=2048, help="the most for a page (2048)")
    add_quarterly("export", _export, "write indicators.csv to standard output, without running a notebook")
    add_quarterly("collect", _collect, "write an Excel workbook for each directorate to fill in")
    receives = add("receive", _receive, "take filled workbooks into the records: all of them, or nothing")
    receives.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a workbook that came back")
    confirms = "take the unusual figure in this cell, such as place.xlsx/Figures/I4; may be repeated"
    receives.add_argument("--confirm", metavar="CELL", action="append", default=[], help=confirms)
    releases = add_quarterly("release", _release, "freeze a quarter as it is published", editions=False)
    releases.add_argument("--despite", metavar="REASON", default="", help="release it although the check refuses")
    news = add("new", _new, "make the folders of a new council, from answers or from questions")
    news.add_argument("framework", metavar="SLUG", help="the name of its folders, such as made-up-borough")
    news.add_argument(
        "--answers", metavar="FILE", type=Path, help="a YAML file of answers; without it they are asked for"
    )
    imports = add("import", _import, "add a council's own spreadsheet to its records, by a mapping")
    imports.add_argument("mapping", metavar="MAPPING", type=Path, help="a YAML file that says what each column holds")
    diffs = add("diff", _diff, "which figures, ratings and words changed between two reports")
    for name, says in (("before", "a report"), ("after", "the report to hold against it")):
        how = "its folder, or FRAMEWORK/QUARTER, as released, else as last made"
        diffs.add_argument(name, metavar=name.upper(), help=f"{says}: {how}")
    verifies = add_quarterly(
        "verify", _verify, "make a released quarter again, and say if it is the same", editions=False
    )
    for one in (runs, releases, verifies):
        one.add_argument("--jobs", type=_count, metavar="N", help="pieces at a time; default: all processors")
    return parser


def _count(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,5}", text):
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 999999, in digits")
    return int(text)


def _plans(asked: argparse.Namespace) -> list[Plan]:
    """Read which reports are asked for: one as two words, or any number with a stroke between the two."""
    if len(asked.reports) == 2 and "/" not in asked.reports[1]:
        pairs = [tuple(asked.reports)]
    else:
        pairs = [(framework, quarter) for framework, _, quarter in (name.partition("/") for name in asked.reports)]
    for framework, quarter in pairs:
        if not quarter:
            asked.wrong(f"{framework} is no report: write FRAMEWORK QUARTER, or FRAMEWORK/QUARTER of each")
    plans = [make_plan(framework, quarter, asked.edition, asked.root, asked.page) for framework, quarter in pairs]
    return list({plan.folder: plan for plan in plans}.values())


def _plan(asked: argparse.Namespace) -> int:
    from kpilib.press.standing import standing

    for plan in _plans(asked):
        said = standing(plan)
        print(f"{plan.framework.council}, {plan.quarter.name}, {plan.edition} edition, into {plan.folder}")
        for note in plan.notes:
            print(f"  {note}")
        for planned in plan.pages:
            name = planned.entry.page
            notebook = planned.notebook.relative_to(planned.notebook.parents[1]).as_posix()
            print(f"  {name:<24} {planned.entry.kind:<18} {notebook:<48} {said[name]}")
        for paper in plan.papers:
            print(f"  {paper.label}: {paper.title} ({', '.join(paper.pages)})")
    return 0


def _check(asked: argparse.Namespace) -> int:
    from kpilib.press.checking import check, report

    checked = check(make_plan(asked.framework, asked.quarter, root=asked.root))
    if checked.faults and asked.format == "text":
        if checked.published:
            print(checked.published)
        raise RecordsError(checked.faults)
    sys.stdout.write(report(checked, asked.format))
    return 1 if checked.stops else 0


def _run(asked: argparse.Namespace) -> int:
    from kpilib.press.pieces import KERNEL, WARM
    from kpilib.press.run import How, run_all
    from kpilib.press.workers import Limits

    if asked.kernel and asked.scheduler:
        asked.wrong("a kernel reads the records on this machine: give --kernel or --scheduler, not both")
    limits = Limits(asked.page_seconds, asked.page_memory)
    engine = KERNEL if asked.kernel else WARM
    how = How(not asked.no_pdf, asked.jobs, limits, engine, asked.force, asked.scheduler)
    failed = False
    for outcome in run_all(_plans(asked), how):
        for fault in outcome.faults:
            print(fault, file=sys.stderr)
        failed = failed or bool(outcome.faults)
        if not outcome.refused:
            print("\n".join(_told(outcome)), flush=True)
    return 1 if failed else 0


def _told(outcome: Outcome) -> Iterator[str]:
    """What a run says of a report."""
    made, kept = len(outcome.made), len(outcome.kept)
    if made or not kept:
        besides = f", {kept} up to date" if kept else ""
        yield f"{made} {'file' if made == 1 else 'files'} made in {outcome.folder}{besides}"
    elif outcome.faults:
        yield f"Nothing was made; {kept} up to date in {outcome.folder}"
    else:
        yield f"Everything is up to date in {outcome.folder}"
    yield from outcome.notes
    pages = [name for name in (*outcome.made, *outcome.kept) if name.endswith(".html")]
    if pages:
        yield f"Open {outcome.folder / ('index.html' if 'index.html' in pages else pages[0])}"


def _collect(asked: argparse.Namespace) -> int:
    from kpilib.press.gather import collect

    plan = make_plan(asked.framework, asked.quarter, asked.edition, asked.root)
    paths = collect(plan)
    for path in paths:
        print(path)
    print(f"{len(paths)} workbooks for {plan.quarter.name}, {plan.edition} edition.")
    return 0


def _receive(asked: argparse.Namespace) -> int:
    from kpilib.press.gather import receive

    said = receive(asked.files, asked.root, confirm=asked.confirm)
    for file, rows in said.added.items():
        print(f"data/{said.framework}/{file}: {rows} {'row' if rows == 1 else 'rows'} added")
    for revision in said.revisions:
        print(f"Revision: {revision}")
    for note in said.notes:
        print(f"Note: {note}")
    if said.known:
        print(f"{said.known} of the answers were in the records already.")
    print(f"Next: kpilib check {said.framework} {said.quarter}")
    return 0


def _release(asked: argparse.Namespace) -> int:
    from kpilib.press.release import release

    made = release(asked.framework, asked.quarter, asked.root, despite=asked.despite, jobs=asked.jobs)
    print(f"{asked.quarter} is released: {made.files} files in {made.folder}")
    if made.despite:
        things = "1 thing was" if made.stops == 1 else f"{made.stops} things were"
        print(f"Released although {things} open, and every page says so: {made.despite}")
    return 0


def _verify(asked: argparse.Namespace) -> int:
    from kpilib.press.release import verify

    said = verify(asked.framework, asked.quarter, asked.root, jobs=asked.jobs)
    print("\n".join(said.lines))
    return 0 if said.same else 1


def _diff(asked: argparse.Namespace) -> int:
    from kpilib.press.compare import compare
    from kpilib.press.plan import build

    before, after = (build(named, asked.root) for named in (asked.before, asked.after))
    changes = compare(before, after)
    for kind, group in groupby(changes, key=lambda change: change.kind):
        each = list(group)
        print(f"{kind.capitalize()}: {len(each)}")
        for change in each:
            print(f"  {change}")
    if changes:
        print("Sentences and tables that only follow from these changes are not listed.")
    else:
        print("No difference that a reader would see.")
    return 0


def _new(asked: argparse.Namespace) -> int:
    from kpilib.press.new import new

    for path in new(asked.framework, asked.answers, asked.root):
        print(path)
    print("Next: docs/adopt.md says how figures and targets get into its records.")
    return 0


def _import(asked: argparse.Namespace) -> int:
    from kpilib.press.letters import letter_fault
    from kpilib.records.imports import import_spreadsheet

    said = import_spreadsheet(asked.mapping, asked.root, letter_fault)
    for file, rows in said.added.items():
        print(f"data/{said.framework}/{file}: {rows} {'row' if rows == 1 else 'rows'} added")
    if said.known:
        print(f"{said.known} rows were in the records already.")
    for line in said.seen:
        print(f"Seen: {line}", file=sys.stderr)
    for fault in said.unplaced:
        print(fault, file=sys.stderr)
    if said.unplaced:
        print(f"{len(said.unplaced)} {'thing' if len(said.unplaced) == 1 else 'things'} could not be placed.")
    if said.unread:
        print(f"Say in the mapping what they mean: cells: {{{', '.join(f'{cell}: …' for cell in said.unread)}}}")
    return 1 if said.unplaced else 0


def _export(asked: argparse.Namespace) -> int:
    from kpilib.pages.listing import indicators_csv
    from kpilib.records.ledger import load_ledger, unrecorded
    from kpilib.records.published import published_faults

    plan = make_plan(asked.framework, asked.quarter, asked.edition, asked.root)
    ledger = load_ledger(asked.framework, asked.edition, asked.root)
    faults = unrecorded(ledger, plan.quarter)
    faults += published_faults(plan.framework, plan.quarter, asked.edition, asked.root)
    if faults:
        raise RecordsError(faults)
    sys.stdout.write(indicators_csv(ledger, plan.quarter))
    return 0
