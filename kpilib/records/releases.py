"""The quarters that are released: `data/<slug>/releases/<quarter>/`, each with what was published and from what."""

from __future__ import annotations

import contextlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from kpilib.records.faults import Fault, RecordsError
from kpilib.records.files import read_file
from kpilib.records.framework import Framework, home
from kpilib.records.periods import Period, day

ABOUT = "release.json"
DAMAGED = "Fetch the release anew from where it is kept."  # what to do where a release is not whole


def release_folder(framework: Framework, at: Period, root: str | Path | None = None) -> Path:
    """Give the folder that a quarter's release has, or would have."""
    return home(root) / "data" / framework.slug / "releases" / at.text


def released(framework: Framework, at: Period, root: str | Path | None = None) -> dict[str, Any]:
    """
    Read what a quarter's release says of itself; `{}` where the quarter is not released.

    Raises:
        RecordsError: it cannot be read.
    """
    path = release_folder(framework, at, root) / ABOUT
    if not path.exists():
        return {}
    place = f"{release_place(framework, at)}/{ABOUT}"
    content = read_file(path, place)
    try:
        said = json.loads(content.decode())
        kinds = {"files": dict, "versions": dict, "despite": str}
        if not isinstance(said, dict) or not all(isinstance(said.get(name), kind) for name, kind in kinds.items()):
            raise ValueError
        date.fromisoformat(str(said.get("released")))
    except (ValueError, RecursionError) as error:
        raise RecordsError([Fault(place, "cannot be read", DAMAGED)]) from error
    return said


def release_place(framework: Framework, at: Period) -> str:
    """Name the folder of a quarter's release, as faults do."""
    return f"data/{framework.slug}/releases/{at.text}"


def is_released(framework: Framework, at: Period, root: str | Path | None = None) -> str:
    """
    Say in a sentence that a quarter is released, since when, and where what was published is; `""` where it is not.

    Raises:
        RecordsError: the release cannot be read.
    """
    said = released(framework, at, root)
    if not said:
        return ""
    kept = f"what was published is kept in {release_place(framework, at)}/public"
    return f"{at.text} is released since {day(said['released'])}: {kept}, and what is made now is a copy."


def releases(framework: Framework, root: str | Path | None = None) -> list[Period]:
    """Give the quarters that are released, from the first to the last."""
    there = (home(root) / "data" / framework.slug / "releases").glob(f"*/{ABOUT}")
    found = []
    for path in there:
        with contextlib.suppress(ValueError):  # the name of no quarter: a copy that somebody made
            found.append(framework.quarter(path.parent.name))
    return sorted(found, key=lambda each: each.end)


def last_release(framework: Framework, at: Period, root: str | Path | None = None) -> Period | None:
    """Give the last quarter that is released, up to another; none where there is none."""
    return next((each for each in reversed(releases(framework, root)) if each.end <= at.end), None)


def last_released(framework: Framework, root: str | Path | None = None) -> int:
    """Give the last month of the latest quarter that is released, counted from year 0; 0 where none is."""
    return max((each.end for each in releases(framework, root)), default=0)
