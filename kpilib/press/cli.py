"""The command line: plan, check, run and export a quarter."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from kpilib.pages.listing import indicators_csv, open_points
from kpilib.pages.prose import token_faults
from kpilib.press.engine import parameter_faults, tag_faults
from kpilib.press.plan import make_plan, standing
from kpilib.press.run import run
from kpilib.records.faults import RecordsError
from kpilib.records.framework import EDITIONS
from kpilib.records.ledger import load_ledger
from kpilib.records.quarterly import read_quarterly


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command says; 0 is done, 1 that something in the records or a page is wrong, 2 a wrong call."""
    asked = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    try:
        return asked.command(asked)
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
    for name, command, says in (
        ("plan", _plan, "what would be printed, and what is up to date"),
        ("check", _check, "every fault in the records, at once, and what the register leaves open"),
        ("run", _run, "run the notebooks and render HTML and PDF"),
        ("export", _export, "write indicators.csv to standard output, without running a notebook"),
    ):
        one = commands.add_parser(name, help=says, description=says)
        one.add_argument("framework", metavar="FRAMEWORK", help="the council's folder, such as lancashire-2019")
        one.add_argument("quarter", metavar="QUARTER", help="such as 2019-20-Q3")
        one.add_argument("--root", metavar="DIR", help="the folder of notebooks/, params/ and data/")
        one.add_argument("--edition", choices=EDITIONS, default="public", help="default: public")
        one.set_defaults(command=command)
        if name in ("plan", "run"):
            one.add_argument("--page", action="append", default=[], metavar="P", help="only this page; may be repeated")
        if name == "run":
            one.add_argument("--jobs", type=_count, metavar="N", help="pages at a time; default: all processors")
            one.add_argument("--no-pdf", action="store_true", help="HTML only")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _plan(asked: argparse.Namespace) -> int:
    plan = make_plan(asked.framework, asked.quarter, asked.edition, asked.root, asked.page)
    said = standing(plan)
    print(f"{plan.framework.council}, {plan.quarter.name}, {plan.edition} edition, into {plan.folder}")
    for planned in plan.pages:
        name = planned.entry.page
        notebook = planned.notebook.relative_to(planned.notebook.parents[1]).as_posix()
        print(f"  {name:<24} {planned.entry.kind:<18} {notebook:<48} {said[name]}")
    for paper in plan.papers:
        print(f"  {paper.label}: {paper.title} ({', '.join(paper.pages)})")
    return 0


def _check(asked: argparse.Namespace) -> int:
    plan = make_plan(asked.framework, asked.quarter, asked.edition, asked.root)
    place = f"params/{plan.framework.slug}/{plan.quarter.text}.yml"
    faults = {str(fault): fault for planned in plan.pages for fault in parameter_faults(planned, place)}
    faults |= {str(fault): fault for fault in tag_faults(plan)}
    ledgers = {}
    for edition in reversed(EDITIONS):
        try:
            ledgers[edition] = load_ledger(asked.framework, edition, asked.root)
            said = read_quarterly(plan.framework, plan.quarter, asked.root)
            found = token_faults(ledgers[edition], plan.quarter, said)
        except RecordsError as error:
            found = error.faults
        known = {(fault.place, fault.problem) for fault in faults.values()}  # what is wrong in both is told once
        wholly = [(fault, (fault.place, fault.problem.replace(" in the public edition", ""))) for fault in found]
        faults |= {str(fault): fault for fault, whole in wholly if whole not in known}
    if faults:
        raise RecordsError(faults.values())
    ledger = ledgers["restricted"]
    counted = f"{len(ledger.indicators)} indicators and measures, {len(ledger.readings)} readings"
    print(f"No fault in the records of {asked.framework}: {counted}.")
    for point in open_points(ledger, plan.quarter):
        print(f"To look at: {point}")
    return 0


def _run(asked: argparse.Namespace) -> int:
    plan = make_plan(asked.framework, asked.quarter, asked.edition, asked.root, asked.page)
    outcome = run(plan, pdf=not asked.no_pdf, jobs=asked.jobs)
    for fault in outcome.faults:
        print(fault, file=sys.stderr)
    print(f"{len(outcome.made)} files made in {outcome.folder}")
    for note in outcome.notes:
        print(note)
    pages = [name for name in outcome.made if name.endswith(".html")]
    if pages:
        print(f"Open {outcome.folder / ('index.html' if 'index.html' in pages else pages[0])}")
    return 1 if outcome.faults else 0


def _export(asked: argparse.Namespace) -> int:
    plan = make_plan(asked.framework, asked.quarter, asked.edition, asked.root)
    sys.stdout.write(indicators_csv(load_ledger(asked.framework, asked.edition, asked.root), plan.quarter))
    return 0


if __name__ == "__main__":
    sys.exit(main())
