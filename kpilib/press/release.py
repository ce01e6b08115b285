"""A quarter as it was published: frozen whole with what it was made from, and made again to see that it is the same."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kpilib.press.checking import check
from kpilib.press.compare import compare, same_bytes
from kpilib.press.current import sha256
from kpilib.press.letters import letter_fault
from kpilib.press.plan import Plan, make_plan, read_manifest
from kpilib.press.quarter import undisturbed
from kpilib.press.run import How, run
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.framework import EDITIONS
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
        before = plan.stamp()
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
        if plan.stamp() != before:
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
    Make a released quarter again, aside, and hold it against what was published.

    It is made from the records as they are now; and where those that the release keeps are others, from these too, so
    that a release of which a file, its sum and release.json were changed together is still not the same as itself.
    Every edition that there should be, every file of it and its manifest are looked at.

    Raises:
        RecordsError: the quarter is not released, or it cannot be made again.
    """
    plan = make_plan(framework, quarter, root=root)
    about = released(plan.framework, plan.quarter, plan.root)
    folder = release_folder(plan.framework, plan.quarter, plan.root)
    place = release_place(plan.framework, plan.quarter)
    if not about:
        raise RecordsError([Fault(place, "is not there", f"Release it first: kpilib release {framework} {quarter}")])
    lines = [f"{place}/{name}" for name in _touched(folder, about, (framework, quarter))]
    lines += map(str, published_faults(plan.framework, plan.quarter, "restricted", plan.root))
    with tempfile.TemporaryDirectory() as aside:
        kept = _as_kept(folder / "records", plan, Path(aside))
        withheld = len(load_ledger(framework, "public", kept).as_at(plan.quarter).withheld)
        editions = ["public", "restricted"] if withheld else ["public"]
        lines += [f"{place}/{each} is not there." for each in editions if not (folder / each).is_dir()]
        same, roots = not lines, {"": plan.root}
        if _unlike(folder / "records", records_as_at(plan.framework, plan.quarter, plan.root)):
            roots[" from the records that the release keeps"] = kept
        for edition in ("public", "restricted"):
            for source, top in roots.items() if (folder / edition).is_dir() else ():
                said, alike = _made_again(framework, quarter, edition, top, jobs, folder, about)
                lines += [f"The {edition} edition of {quarter}, made again{source}, {said[0]}", *said[1:]]
                same = same and alike
    return Verified(same, lines)


def _touched(folder: Path, about: Mapping[str, Any], of: tuple[str, str]) -> Iterator[str]:
    """Say of each file of a release that it is not as release.json, or the manifest of its edition, has it."""
    if (about.get("framework"), about.get("quarter")) != of:
        yield f"{ABOUT} is of another quarter."
    there = {path.relative_to(folder).as_posix(): sha256(path) for path in folder.rglob("*") if path.is_file()}
    there.pop(ABOUT)
    held = dict(about["files"])
    for edition in EDITIONS:
        outputs = read_manifest(folder / edition)["outputs"]
        mine = {name for name in there if name.startswith(f"{edition}/") and name != f"{edition}/manifest.json"}
        for name in sorted(mine | {f"{edition}/{name}" for name in outputs}):
            if there.get(name) == held.get(name) != outputs.get(name.partition("/")[2]):
                yield f"{name} is not as its manifest.json has it."
    for name in sorted(there.keys() | held.keys()):
        if there.get(name) != held.get(name):
            how = "is not as it was released" if name in there and name in held else "is gone"
            yield f"{name} {'was added since it was released' if name not in held else how}."


def _unlike(kept: Path, now: Mapping[str, bytes]) -> bool:
    """Say whether the records that a release keeps are others than those of its quarter now, in any byte."""
    files = [path for path in kept.rglob("*") if path.is_file()] if kept.is_dir() else []
    return {path.relative_to(kept).as_posix(): path.read_bytes() for path in files} != dict(now)


def _as_kept(kept: Path, plan: Plan, root: Path) -> Path:
    """Lay out the records that a release keeps as those of a council, beside the notebooks as they are now."""
    for name, source in (
        (f"data/{plan.framework.slug}", kept), (f"params/{plan.framework.slug}", kept / "params"),
        ("notebooks", plan.root / "notebooks"),
    ):  # fmt: skip
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns(".*"))
    shutil.rmtree(root / "data" / plan.framework.slug / "params", ignore_errors=True)
    return root


def _made_again(
    framework: str, quarter: str, edition: str, root: Path, jobs: int | None, folder: Path, about: Mapping[str, Any]
) -> tuple[list[str], bool]:
    """Make an edition again and say how it differs from what was released, and whether it is the same."""
    with tempfile.TemporaryDirectory() as aside:
        again = replace(
            make_plan(framework, quarter, edition, root), outputs=Path(aside), guarded=False, despite=about["despite"]
        )
        outcome = run(again, How(jobs=jobs))
        if outcome.faults:
            raise RecordsError(outcome.faults)
        differ = same_bytes(folder / edition, again.folder)
        if not differ:
            return ["is the same in every byte."], True
        try:
            changes: Sequence[object] = compare(folder / edition, again.folder)
        except RecordsError:  # a part of it is gone, so that it cannot be read as a report
            changes = differ
        files = "1 file differs" if len(differ) == 1 else f"{len(differ)} files differ"
        lines = [f"is not the same: {files}.", *(f"  {change}" for change in changes)]
        return lines + _versions(about["versions"], read_manifest(again.folder)["versions"]), False


def _versions(then: dict[str, str], now: dict[str, str]) -> list[str]:
    """Name the programs that are not those that a release was made with."""
    moved = [name for name in sorted(then.keys() | now.keys()) if then.get(name) != now.get(name)]
    return [
        f"  Made with another version: {name} {then.get(name, 'none')}, now {now.get(name, 'none')}" for name in moved
    ]
