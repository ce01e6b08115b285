"""The quarters that are released: `data/<slug>/releases/<quarter>/`, each with what was published and from what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kpilib.records.faults import Fault, RecordsError
from kpilib.records.framework import Framework, home
from kpilib.records.periods import Period

ABOUT = "release.json"


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
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(said, dict) or not isinstance(said.get("files"), dict):
            raise ValueError
    except ValueError as error:
        place = f"data/{framework.slug}/releases/{at.text}/{ABOUT}"
        raise RecordsError([Fault(place, "cannot be read", "Fetch the release anew from where it is kept.")]) from error
    return said


def last_released(framework: Framework, root: str | Path | None = None) -> int:
    """Give the last month of the latest quarter that is released, counted from year 0; 0 where none is."""
    there = (home(root) / "data" / framework.slug / "releases").glob(f"[0-9]*/{ABOUT}")
    return max((framework.quarter(path.parent.name).end for path in there), default=0)
