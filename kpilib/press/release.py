"""A quarter as it was published: frozen whole with what it was made from, and made again to see that it is the same."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from kpilib.press.checking import check
from kpilib.press.compare import compare, same_bytes
from kpilib.press.current import sha256
from kpilib.press.letters import letter_fault
from kpilib.press.plan import Plan, make_plan, read_manifest
from kpilib.press.quarter import undisturbed
from kpilib.press.run import How, run
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.ledger import load_ledger, records_as_at, unrecorded
from kpilib.records.published import published_faults
from kpilib.records.releases import ABOUT, release_folder, release_place, released
from kpilib.records.store import alone, finish


@dataclass(frozen=True)
class Release:
    """A release that was made: where, how many files it has, and what was open."""

    folder: Path
    files: int
    stops: int
    despite: str


def release(
    framework: str, quarter: str, root: str | Path | None = None, *, despite: str = "", jobs: int | None = None
) -> Release:
    """
    Freeze a quarter: its outputs in both editions, its records as at the quarter, versions, and the sha256 of each.

    Outputs that are up to date are taken as they are, since they are what was looked at; others are made first.
    Both editions are of one state of the records and notebooks: where these change meanwhile, nothing is released.
    The restricted edition is frozen where anything is exempt.

    Args:
        despite: why it is released although the check refuses; printed on every page.

    Raises:
        RecordsError: it is released already, the check refuses, or a page could not be made; nothing is kept then.
    """
    plan = make_plan(framework, quarter, root=root)
    folder = release_folder(plan.framework, plan.quarter, plan.root)
    place = release_place(plan.framework, plan.quarter)
    if folder.exists():
        remedy = "What has changed since is a revision in the next quarter's report."
        raise RecordsError([Fault(place, "is there already", remedy)])
    with contextlib.ExitStack() as held:
        held.enter_context(alone(folder.parents[1]))
        finish(folder.parents[1])
        before = plan.fingerprint(pdf=True)
        checked = check(plan)
        despite = " ".join(despite.split())
        faults = [*checked.faults] or unrecorded(load_ledger(framework, "restricted", root), plan.quarter)
        if faults or (faults := letter_fault("--despite", despite)):
            raise RecordsError(faults)
        if checked.stops and not despite:
            remedy = (
                f'`kpilib check {framework} {quarter}` lists them. To release it all the same, say --despite "reason".'
            )
            raise RecordsError([Fault(quarter, f"{checked.standing} between it and publication", remedy)])
        plans = [replace(plan, despite=despite if checked.stops else "")]
        if len(load_ledger(framework, "public", root).as_at(plan.quarter).withheld):
            restricted = make_plan(framework, quarter, "restricted", root)
            plans.append(replace(restricted, despite=plans[0].despite))
        part = folder.with_name(f".{folder.name}.part")
        held.callback(shutil.rmtree, part, ignore_errors=True)
        shutil.rmtree(part, ignore_errors=True)
        for each in plans:
            held.enter_context(undisturbed(each))
            outcome = run(each, How(jobs=jobs))
            if outcome.faults:
                raise RecordsError(outcome.faults)
        for each in plans:
            _copy(each, part / each.edition)
        for name, content in records_as_at(plan.framework, plan.quarter, plan.root).items():
            (part / "records" / name).parent.mkdir(parents=True, exist_ok=True)
            (part / "records" / name).write_bytes(content)
        files = {path.relative_to(part).as_posix(): sha256(path) for path in sorted(part.rglob("*")) if path.is_file()}
        about = {
            "framework": framework,
            "quarter": quarter,
            "released": datetime.now(UTC).date().isoformat(),
            "despite": plans[0].despite,
            "open": [point.kind for point in checked.points if point.stops],
            "versions": read_manifest(plan.folder).get("versions", {}),
            "files": files,
        }
        (part / ABOUT).write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        if plan.fingerprint(pdf=True) != before:
            remedy = "Nothing is released. See who else is at them, and release it again, so that all is of one state."
            raise RecordsError([Fault(quarter, "the records or notebooks changed during the release", remedy)])
        part.rename(folder)
    return Release(folder, len(files), checked.stops, plans[0].despite)


def _copy(plan: Plan, to: Path) -> None:
    """
    Copy a report as its manifest tells of it, and nothing that somebody else put there.

    Raises:
        RecordsError: a file is not what the manifest says.
    """
    (to / "pages").mkdir(parents=True)
    made = read_manifest(plan.folder)["outputs"]
    for name in (*sorted(made), "manifest.json"):
        shutil.copyfile(plan.folder / name, to / name)
        if name in made and sha256(to / name) != made[name]:
            raise RecordsError([Fault(name, "changed during the release", "Nothing is released. Release it again.")])


@dataclass(frozen=True)
class Verified:
    """Whether a released quarter, made again, is the same, and what to say of it."""

    same: bool
    lines: Sequence[str]


def verify(framework: str, quarter: str, root: str | Path | None = None, *, jobs: int | None = None) -> Verified:
    """
    Make a released quarter again from the records as they are now, aside, and hold it against what was published.

    Raises:
        RecordsError: the quarter is not released, or it cannot be made again.
    """
    plan = make_plan(framework, quarter, root=root)
    about = released(plan.framework, plan.quarter, plan.root)
    folder = release_folder(plan.framework, plan.quarter, plan.root)
    place = release_place(plan.framework, plan.quarter)
    if not about:
        raise RecordsError([Fault(place, "is not there", f"Release it first: kpilib release {framework} {quarter}")])
    there = {path.relative_to(folder).as_posix(): sha256(path) for path in folder.rglob("*") if path.is_file()}
    there.pop(ABOUT)
    touched = sorted(
        name for name in there.keys() | about["files"].keys() if there.get(name) != about["files"].get(name)
    )
    lines = [f"{place}/{name} is not as it was released." for name in touched]
    moved = published_faults(plan.framework, plan.quarter, "restricted", plan.root)
    lines += [str(fault) for fault in moved]
    for edition in ("public", "restricted"):
        if not (folder / edition).is_dir():
            continue
        with tempfile.TemporaryDirectory() as aside:
            again = replace(make_plan(framework, quarter, edition, root), outputs=Path(aside), guarded=False)
            outcome = run(again, How(jobs=jobs))
            if outcome.faults:
                raise RecordsError(outcome.faults)
            differ = same_bytes(folder / edition, again.folder)
            if not differ:
                lines.append(f"The {edition} edition of {quarter}, made again, is the same in every byte.")
                continue
            changes = compare(folder / edition, again.folder)
            files = "1 file differs" if len(differ) == 1 else f"{len(differ)} files differ"
            lines.append(f"The {edition} edition of {quarter}, made again, is not the same: {files}.")
            lines += [f"  {change}" for change in changes]
            lines += _versions(about["versions"], read_manifest(again.folder)["versions"])
            touched += differ
    return Verified(not touched and not moved, lines)


def _versions(then: dict[str, str], now: dict[str, str]) -> list[str]:
    """Name the programs that are not those that a release was made with."""
    moved = [name for name in sorted(then.keys() | now.keys()) if then.get(name) != now.get(name)]
    return [
        f"  Made with another version: {name} {then.get(name, 'none')}, now {now.get(name, 'none')}" for name in moved
    ]
