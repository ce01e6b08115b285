"""How a file that somebody wrote is read, within a limit, and how one is put in place: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from kpilib.records.faults import Fault, RecordsError

MOST = {  # bytes of a file, by how its name ends: many times what any council has
    ".yml": 200_000,
    ".yaml": 200_000,
    ".md": 1_000_000,
    ".csv": 20_000_000,
    ".ipynb": 20_000_000,
}
MOST_OF_ANY = 20_000_000


def read_file(path: Path, place: str) -> bytes:
    """
    Read a file that somebody wrote.

    A pipe, a device or a folder in its place is refused unread: it might never end.

    Args:
        place: how faults name it.

    Raises:
        RecordsError: it is not there, no plain file, larger than any of its kind, or may not be read.
    """
    most = MOST.get(path.suffix.lower(), MOST_OF_ANY)
    try:
        if not path.exists():
            raise RecordsError([Fault(place, "is not there", "Look at its name and folder.")])
        if not path.is_file():
            remedy = "Take it away, and put the file itself there."
            raise RecordsError([Fault(place, "is no plain file, but a folder, a pipe or a device", remedy)])
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        remedy = "Mend its name or permissions, or fetch it anew."
        raise RecordsError([Fault(place, f"cannot be read ({error.strerror})", remedy)]) from error
    if len(content) > most:
        size = f"{most / 1_000_000:g} MB"
        raise RecordsError([Fault(place, f"is larger than {size}", "Leave only what is needed in it.")])
    return content


def replace_whole(path: Path, content: bytes) -> None:
    """Put a file in place whole, or leave what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
