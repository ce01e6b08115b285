"""A file that somebody wrote is read only where it is a plain one of a size that such files have."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kpilib.records import files
from kpilib.records.faults import RecordsError
from kpilib.records.files import read_file


def refusal(path: Path) -> str:
    """Give what is said of a file that is not read."""
    with pytest.raises(RecordsError) as error:
        read_file(path, "the file")
    (fault,) = error.value.faults
    assert fault.place == "the file"
    assert fault.remedy
    return fault.problem


@pytest.mark.parametrize(
    "make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)], ids=["pipe", "folder", "device"]
)
def test_what_might_never_end_is_refused_unread(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A pipe, a folder or a link to a device in the place of a file is a fault, at once."""
    make(tmp_path / "readings.csv")

    assert refusal(tmp_path / "readings.csv") == "is no plain file, but a folder, a pipe or a device"


def test_a_file_is_read_up_to_the_size_of_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte more than the most is a fault, which says how much may be."""
    monkeypatch.setitem(files.MOST, ".yml", 1000)
    (tmp_path / "a.yml").write_bytes(bytes(1000))
    (tmp_path / "b.YML").write_bytes(bytes(1001))

    assert len(read_file(tmp_path / "a.yml", "a")) == 1000
    assert refusal(tmp_path / "b.YML") == "is larger than 0.001 MB"


def test_a_file_that_may_not_be_read_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says of it is told; so is a name that is too long, and one with no file."""
    (tmp_path / "a.md").write_text("text")

    def forbid(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    assert refusal(tmp_path / ("a" * 300)) == "cannot be read (File name too long)"
    assert refusal(tmp_path / "b.md") == "is not there"
    monkeypatch.setattr(Path, "open", forbid)
    assert refusal(tmp_path / "a.md") == "cannot be read (Permission denied)"
