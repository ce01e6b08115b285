"""Keeps a page's cells from writing where reports are put: each page is put there by the run, whole."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_CHANGES = (
    *("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink", "os.chmod"),
    *("shutil.rmtree", "shutil.move"),  # which name what is in a folder from there, where it could not be told
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def forbid_writing(folder: Path) -> None:
    """
    Refuse, for the rest of this process, whatever would change a file below a folder.

    It stops mistakes, and names the cell that makes them; it is no wall against a notebook that means harm.
    """
    below = str(folder.resolve())

    def refuse(event: str, given: tuple[Any, ...]) -> None:
        if event == "open":
            paths, writes = given[:1], bool(given[2] & _WRITING) if isinstance(given[2], int) else True
        else:
            paths, writes = given[:2], event in _CHANGES
        if writes and any(_is_below(path, below) for path in paths):
            msg = "a page writes nothing into outputs/; what a cell shows is put there by the run"
            raise PermissionError(msg)

    sys.addaudithook(refuse)


def _is_below(path: Any, folder: str) -> bool:
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    return (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(folder + os.sep)
