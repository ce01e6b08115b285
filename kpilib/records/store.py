"""
Where records are written: several files together, all of them or none, whatever stops the machine in the middle.

New files are first written whole beside the old ones, into the folder `.changes.part`.
Giving that folder the name `.changes` decides: from that moment the new files are the records.
They are then put in place one by one; a reader who finds `.changes` there first finishes what a killed writer began.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from kpilib.records.faults import Fault, RecordsError
from kpilib.records.schema import FILES

_DECIDED = ".changes"
_LOCK = ".lock"


def put_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """
    Put several files of a folder in place: all of them, or none.

    Raises:
        OSError: they could not be written, and the folder's files are as they were; or they could not all be put in
            place, and whoever comes next does so before anything is read.
    """
    finish(folder)
    part = folder / f"{_DECIDED}.part"
    shutil.rmtree(part, ignore_errors=True)
    for name in files:
        if (folder / name).exists():
            (folder / name).open("r+b").close()  # one that another program holds fast stops it here, before anything
    try:
        part.mkdir()
        for name, content in files.items():
            with (part / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        part.rename(folder / _DECIDED)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _settle(folder)
    finish(folder)


def finish(folder: Path) -> None:
    """
    Put in place what a writer had decided and was stopped before it had done.

    Raises:
        OSError: a file cannot be replaced, perhaps because another program holds it open.
    """
    decided = folder / _DECIDED
    if not decided.is_dir():
        return
    for path in sorted(decided.iterdir()):
        with contextlib.suppress(FileNotFoundError):  # another reader was quicker
            path.replace(folder / path.name)
    _settle(folder)
    with contextlib.suppress(OSError):  # the next writer may have decided already
        decided.rmdir()


def _settle(folder: Path) -> None:
    """See to it that new names outlast a power cut, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """
    Let one program at a time read records and write what follows from them; a killed one lets go.

    Raises:
        RecordsError: another one is at work for too long.
    """
    lock = FileLock(folder / _LOCK, timeout=60)
    try:
        lock.acquire()
    except Timeout as error:
        remedy = "Wait until it is done, and run again."
        raise RecordsError([Fault(f"data/{folder.name}", "is being written by another program", remedy)]) from error
    try:
        yield
    finally:
        lock.release()


def with_rows(file: str, content: bytes, rows: Sequence[Mapping[str, str]], without: Collection[int] = ()) -> bytes:
    """
    Give a record file with rows added at its end; whatever stood there stays as it was, to the byte.

    Columns that the rows need and the file has not are added after its own, empty for the rows that were there.

    Args:
        file: its name, which says what columns it may have.
        content: the file as it is; empty where there is none yet.
        rows: cells by column; those left out are empty.
        without: rows to leave out, numbered as a spreadsheet does; the heading is row 1.
    """
    text = content.decode("utf-8-sig")
    end = "\r\n" if "\r\n" in text else "\n"
    if not text.strip():
        text = ",".join(name for name, cell in FILES[file].items() if not cell.optional) + end
    head, *body = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [name.strip() for name in head]
    more = [name for name in FILES[file] if name not in header and any(row.get(name) for row in rows)]
    if more or without:
        while not header[-1]:  # empty columns, as spreadsheets leave them at the end
            header.pop()
        kept = [row[: len(header)] for number, row in enumerate(body, 2) if number not in without]
        header += more
        text = _written([header, *([*row, *[""] * (len(header) - len(row))] for row in kept)], end)
    elif rows and not text.endswith("\n"):
        text += end
    text += _written([[row.get(name, "") for name in header] for row in rows], end)
    return (b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b"") + text.encode()


def _written(rows: Sequence[Sequence[str]], end: str) -> str:
    page = io.StringIO(newline="")
    csv.writer(page, lineterminator=end).writerows(rows)
    return page.getvalue()
