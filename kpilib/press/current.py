"""Sums of what a report is made from, quick to take: they say whether anything has changed since it was made."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import kpilib

LIBRARIES = ("kpilib", "pandas", "seaborn", "matplotlib", "papermill", "nbconvert", "weasyprint")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def sha256(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sha256_of(said: Any) -> str:
    """The sha256 of bytes, or of anything that JSON can say."""
    content = said if isinstance(said, bytes) else json.dumps(said, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(content).hexdigest()


@cache
def own_sources() -> str:
    """One sum of everything that kpilib itself is made of."""
    package = Path(kpilib.__file__).parent
    sources = sorted(
        path for path in package.rglob("*") if path.suffix in (".py", ".css", ".js", ".j2", ".json", ".conf")
    )
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


@cache
def libraries() -> dict[str, str]:
    """Every library that kpilib rests on, with its version; those that were not asked to be installed are left out."""
    found: dict[str, str] = {"python": platform.python_version()}
    waiting = ["kpilib"]
    while waiting:
        name = waiting.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # wanted on another system only
            continue
        waiting += [
            match[0] for need in requires(name) or [] if "extra ==" not in need and (match := _NAME.match(need))
        ]
    return dict(sorted(found.items()))


def versions() -> dict[str, str]:
    """The versions that a manifest names: those of what shapes a page most."""
    return {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES}


def fingerprint(folders: Mapping[str, Path], files: Mapping[str, Path], said: Any) -> str:
    """
    Sum up all that a report may be made from, file by file, without reading what is in them.

    It is never published: it knows exempt rows too, and could be tried against guesses.

    Args:
        folders: counted whole, but for what is hidden in them; each by a name that says what it is.
        files: counted too, where they are there.
        said: what was asked for beside.
    """
    total = hashlib.sha256(json.dumps([said, own_sources(), _installed()], sort_keys=True).encode())
    for name, path in _counted(folders, files):
        total.update(os.fsencode(f"\0{name}\0") + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def stamp(folders: Mapping[str, Path], files: Mapping[str, Path]) -> str:
    """Sum up when each of the same files was changed last: it differs also where one was changed and changed back."""
    found = [(name, path.stat()) for name, path in _counted(folders, files)]
    return sha256_of([[repr(name), about.st_ctime_ns, about.st_ino, about.st_size] for name, about in found])


def _counted(folders: Mapping[str, Path], files: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    """The files in folders, those behind links too, and single ones; but for what is hidden, and releases."""
    for name, folder in sorted(folders.items()):
        seen = set()
        for here, below, names in os.walk(folder, followlinks=True):
            own = os.path.realpath(here)
            below[:] = (
                sorted(
                    each for each in below if not each.startswith(".") and (here != str(folder) or each != "releases")
                )
                if own not in seen
                else []
            )
            seen.add(own)
            for each in sorted(names):
                path = Path(here, each)
                if not each.startswith(".") and path.is_file():
                    yield f"{name}/{path.relative_to(folder).as_posix()}", path
    yield from ((name, path) for name, path in sorted(files.items()) if path.is_file())


def _installed() -> list[str]:
    """What is installed in this environment, as the names of folders tell it: quicker than to ask each library."""
    places = [Path(place) for place in sys.path if place]
    return sorted({path.name for place in places if place.is_dir() for path in place.glob("*.dist-info")})
