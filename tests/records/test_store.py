"""Where records are written: old bytes stay, and several files change together or not at all."""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kpilib.records import store
from kpilib.records.schema import FILES
from kpilib.records.store import finish, put_together, with_rows

BOM = b"\xef\xbb\xbf"
FILE = "commentary.csv"
HEADER = "indicator,quarter,kind,text"
OLD = f"{HEADER}\nlitter,2019-20-Q1,cause,Wind\n".encode()
NEW = {"indicator": "litter", "quarter": "2019-20-Q2", "kind": "cause", "text": "Rain"}
LINE = b"litter,2019-20-Q2,cause,Rain\n"


def cells(content: bytes) -> list[list[str]]:
    """Read a file as spreadsheets do."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


# Rows added to a file.


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, list[str], list[list[str]]]:
    """Draw a record file with its heading and rows: columns in any order, quoted or not, ended in any way."""
    more = draw(st.lists(st.sampled_from(["owner", "due", "exempt"]), unique=True))
    header = draw(st.permutations([*HEADER.split(","), *more]))
    texts = st.text(st.sampled_from("ab ,;\"'=-£–é\n"), max_size=6)
    rows = draw(st.lists(st.lists(texts, min_size=len(header), max_size=len(header)), max_size=4))
    end, quoting = draw(st.sampled_from(["\n", "\r\n"])), draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    page = io.StringIO(newline="")
    csv.writer(page, lineterminator=end, quoting=quoting).writerows([header, *rows])
    text = page.getvalue() if draw(st.booleans()) else page.getvalue().removesuffix(end)
    return draw(st.sampled_from([b"", BOM])) + text.encode(), header, rows


@settings(deadline=None, max_examples=100)
@given(old=files(), added=st.lists(st.text(st.sampled_from('xy ,"\n£'), min_size=1, max_size=5), max_size=3))
@example(old=(OLD, HEADER.split(","), [["litter", "2019-20-Q1", "cause", "Wind"]]), added=["Rain"])
def test_old_bytes_stay(old: tuple[bytes, list[str], list[list[str]]], added: list[str]) -> None:
    """Where no column is added, every byte of the file stays where it was, and the new rows follow them."""
    content, header, rows = old
    new = [NEW | {"text": text} for text in added]
    written = with_rows(FILE, content, new)

    assert content == written[: len(content)]
    assert [header, *rows, *([row.get(name, "") for name in header] for row in new)] == cells(written)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", BOM])
@pytest.mark.parametrize("last", ["", "end"])
def test_mark_line_ends_and_a_missing_last_one(mark: bytes, end: str, last: str) -> None:
    """The mark at the beginning and the kind of line end are kept, and a missing last one is added before a new row."""
    lines = [HEADER, "litter,2019-20-Q1,cause,Wind"]
    content = mark + (end.join(lines) + (end if last else "")).encode()

    assert mark + (end.join([*lines, LINE.decode().strip()]) + end).encode() == with_rows(FILE, content, [NEW])


def test_nothing_to_add() -> None:
    """Without a row to add or to leave out, a file stays as it is, even where its last line has no end."""
    assert with_rows(FILE, OLD, []) == OLD
    assert OLD.strip() == with_rows(FILE, OLD.strip(), [])


@pytest.mark.parametrize("content", [b"", BOM, b"\n"])
def test_a_file_that_is_empty(content: bytes) -> None:
    """A file without anything in it gets the heading that it needs."""
    assert [HEADER.split(","), list(NEW.values())] == cells(with_rows(FILE, content, [NEW]))


def test_new_columns() -> None:
    """Columns that a row needs are added after the file's own, in the codebook's order; old rows are empty there."""
    head, old, new = cells(with_rows(FILE, OLD, [NEW | {"exempt": "3", "owner": "Head of Parks", "due": ""}]))

    assert [*HEADER.split(","), "owner", "exempt"] == head
    assert old == ["litter", "2019-20-Q1", "cause", "Wind", "", ""]
    assert [*NEW.values(), "Head of Parks", "3"] == new


def test_new_columns_take_the_place_of_empty_ones() -> None:
    """Columns without heading or cell at the end, as spreadsheets leave them, make room for new ones."""
    content = f"{HEADER},,\nlitter,2019-20-Q1,cause,Wind,,\n".encode()

    assert [*HEADER.split(","), "exempt"] == cells(with_rows(FILE, content, [NEW | {"exempt": "3"}]))[0]


def test_line_ends_stay_with_new_columns() -> None:
    """A file that is written anew for a column keeps its mark and its kind of line end."""
    written = with_rows(FILE, BOM + OLD.replace(b"\n", b"\r\n"), [NEW | {"exempt": "3"}])

    assert written[:3] == BOM
    assert written.count(b"\n") == written.count(b"\r\n") == 3


@pytest.mark.parametrize(
    ("without", "left"), [({2}, ["b", "c"]), ({3}, ["a", "c"]), ({2, 4}, ["b"]), ({9}, list("abc"))]
)
def test_rows_left_out(without: set[int], left: list[str]) -> None:
    """Rows are left out by the numbers that a spreadsheet gives them, the heading being row 1."""
    content = f"{HEADER}\n" + "".join(f"litter,2019-20-Q1,cause,{text}\n" for text in "abc")
    written = cells(with_rows(FILE, content.encode(), [NEW], without))

    assert [*left, "Rain"] == [row[3] for row in written[1:]]


def test_every_file_may_begin_empty() -> None:
    """Each record file can be begun with a row, under the columns that it cannot do without."""
    for file, columns in FILES.items():
        needed = [name for name, cell in columns.items() if not cell.optional]
        assert [needed, ["x"] * len(needed)] == cells(with_rows(file, b"", [dict.fromkeys(needed, "x")]))


# Several files together.

BEFORE = {"indicators.csv": b"old" * 2, "readings.csv": b"old" * 4, "targets.csv": b"stays"}
WRITTEN = {"indicators.csv": b"new" * 3, "readings.csv": b"new" * 6, "commentary.csv": b"new" * 9}
AFTER = BEFORE | WRITTEN


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of records as they were."""
    return laid(tmp_path / "tiny")


def laid(folder: Path, content: Mapping[str, bytes] = BEFORE) -> Path:
    """Make a folder hold these files."""
    folder.mkdir()
    for name, each in content.items():
        (folder / name).write_bytes(each)
    return folder


def seen(folder: Path) -> dict[str, bytes]:
    """Give every record file of a folder."""
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def test_together(folder: Path) -> None:
    """Files put in place together are all there, others stay, and nothing else is left behind."""
    put_together(folder, WRITTEN)

    assert seen(folder) == AFTER
    assert sorted(AFTER) == sorted(path.name for path in folder.iterdir())


@contextlib.contextmanager
def fullness(size: int) -> Iterator[None]:
    """Let no file grow beyond a size: what goes beyond it fails, as on a full disk."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.parametrize(
    "size", sorted({part for each in WRITTEN.values() for part in (0, len(each) // 2, len(each) - 1)})
)
def test_a_disk_that_is_full(folder: Path, size: int) -> None:
    """A disk that is full in the middle of any file leaves all files as they were, and nothing beside them."""
    with fullness(size), pytest.raises(OSError, match="File too large"):
        put_together(folder, WRITTEN)

    assert seen(folder) == BEFORE
    assert sorted(BEFORE) == sorted(path.name for path in folder.iterdir())


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="a process can be stopped at a chosen moment only where it can fork"
)
class TestStopped:
    """What a folder holds after a process was stopped, or refused by the disk, at each point where it writes."""

    def test_a_disk_that_refuses(self, tmp_path: Path) -> None:
        """Until the new files are decided on, whatever the disk refuses leaves all files as they were."""
        for moment in range(1, 100):
            folder = laid(tmp_path / str(moment))
            if struck(put_together, folder, moment, _refuse) != REFUSED:
                break
            assert seen(folder) == BEFORE
            finish(folder)
            if seen(folder) == AFTER:  # refused after the decision
                break
            assert sorted(BEFORE) == sorted(path.name for path in folder.iterdir())
        assert moment > 2 * len(WRITTEN)

    def test_a_writer_that_is_killed(self, tmp_path: Path) -> None:
        """A writer killed at any moment leaves, once a reader has finished its work, the old files or the new ones."""
        found = []
        for moment in range(1, 100):
            folder = laid(tmp_path / str(moment))
            killed = struck(put_together, folder, moment, _die) == KILLED
            finish(folder)
            found.append(seen(folder))
            if not killed:
                break
            assert found[-1] in (BEFORE, AFTER), f"killed at event {moment}"
        decided = found.index(AFTER)

        assert not killed
        assert [BEFORE] * decided + [AFTER] * (len(found) - decided) == found
        assert decided > len(WRITTEN)
        assert len(found) - decided > len(WRITTEN)

    def test_a_reader_that_is_killed_too(self, tmp_path: Path) -> None:
        """A reader killed while it finishes a killed writer's work leaves it to be finished by the next."""
        for moment in range(1, 100):
            folder = laid(tmp_path / str(moment))
            part = laid(folder / ".changes", WRITTEN)
            killed = struck(lambda folder, _: finish(folder), folder, moment, _die) == KILLED
            finish(folder)
            assert seen(folder) == AFTER, f"killed at event {moment}"
            if not killed:
                break
        assert not part.exists()
        assert moment > len(WRITTEN)

    def test_a_killed_writer_is_in_nobodys_way(self, tmp_path: Path) -> None:
        """Whatever a killed writer left, the next one's files are put in place, and nothing else is left behind."""
        later = {"readings.csv": b"later", "risks.csv": b"later"}
        for moment in range(1, 100):
            folder = laid(tmp_path / str(moment))
            killed = struck(put_together, folder, moment, _die) == KILLED
            put_together(folder, later)
            held = seen(folder)
            assert held in (BEFORE | later, AFTER | later), f"killed at event {moment}"
            assert sorted(held) == sorted(path.name for path in folder.iterdir())
            if not killed:
                break


DONE, REFUSED, KILLED = 0, 3, 9


def struck(work: Callable[..., None], folder: Path, moment: int, blow: Callable[[], None]) -> int:
    """
    Write in a process of its own, which a blow strikes at the n-th moment at which it is about to write.

    Returns:
        how it ended: `DONE`, `REFUSED` by an error of the disk, or `KILLED`.
    """
    child = os.fork()
    if not child:
        status = 99
        try:
            sys.addaudithook(_Counter(moment, blow))
            sync = os.fsync
            store.os.fsync = lambda handle: (sys.audit("kpilib.fsync"), sync(handle))[1]
            work(folder, WRITTEN)
            status = DONE
        except OSError:
            status = REFUSED
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (DONE, REFUSED, KILLED)
    return status


class _Counter:
    """Counts the moments at which a process is about to write, and strikes at one of them, before it is carried out."""

    events = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.link", "kpilib.fsync")

    def __init__(self, moment: int, blow: Callable[[], None]) -> None:
        self.left, self.blow = moment, blow

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        if event in self.events or (event == "open" and _writes(*given)):
            self.left -= 1
            if not self.left:
                self.blow()


def _writes(_: object, mode: str | None, flags: int) -> bool:
    return bool(set(mode or "") & set("wxa+")) or bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _die() -> None:
    os._exit(KILLED)


def _refuse() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
