"""
What a page's cells do with files: writing where reports are put is refused, and reading of anything but records noted.

Reports are put in place by the run, whole. A page that reads for itself is made each time, since nobody can tell
whether what it reads has changed. Both see Python's own calls, not those of C libraries.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from pathlib import Path
from typing import Any

from kpilib.records.snapshot import Snapshot, current

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
        if writes and any(_is_below(path, (below,)) for path in paths):
            msg = "a page writes nothing into outputs/; what a cell shows is put there by the run"
            raise PermissionError(msg)

    sys.addaudithook(refuse)


_LISTING = ("os.listdir", "os.scandir")
_ELSEWHERE = (  # what another program, or another machine, tells may change as a file does
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.forkpty"),
    *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "sqlite3.connect"),
)
_OF_THE_MACHINE = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/lib64", "/opt/conda")
_OF_THE_USER = (".cache", ".config", ".ipython", ".jupyter", ".matplotlib", ".local")


def note_reading(snapshot: Snapshot, *own: Path) -> None:
    """
    Note, for the rest of this process, what is read: files, folders, other programs and the network.

    Files of Python, of libraries and of the machine are left out, and so are folders from which Python imports.

    Args:
        own: folders that the run itself keeps things in.
    """
    ours = [Path(__file__).parents[1], snapshot.folder, *own]
    left = tuple(str(path.resolve()) for path in (*_installed(), *ours)) + _OF_THE_MACHINE

    def note(event: str, given: tuple[Any, ...]) -> None:
        if event in _ELSEWHERE:
            snapshot.note_file(event)
        elif event in _LISTING or (event == "open" and _reads(given[2])):
            path = given[0] if given[0] is not None else "."
            if isinstance(path, str | bytes | os.PathLike) and not _is_of_python(path, left):
                snapshot.note_file(os.fsdecode(path))

    sys.addaudithook(note)


def load_ipython_extension(_: Any) -> None:
    """Let a kernel of a run note what its cells read."""
    snapshot = current()
    if snapshot is not None:
        note_reading(snapshot)


def _installed() -> list[Path]:
    """Where Python, its libraries and what they keep for the user stand."""
    paths = [Path(path) for path in (*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix)]
    users = [Path.home() / name for name in _OF_THE_USER]
    return [*paths, *map(Path, site.getsitepackages()), Path(site.getusersitepackages()), *users]


def _reads(flags: Any) -> bool:
    """Whether a file is opened for what is in it: not only to be written, nor new or emptied."""
    return not isinstance(flags, int) or not flags & (os.O_WRONLY | os.O_EXCL | os.O_TRUNC)


def _is_of_python(path: str | bytes | os.PathLike[Any], folders: tuple[str, ...]) -> bool:
    """Whether a path is in one of some folders, is where Python looks for modules, or tells what is installed."""
    text = os.fsdecode(path)
    if _is_below(text, folders):
        return True
    installed = any(part.endswith((".egg-info", ".dist-info")) for part in Path(text).parts)
    return installed or os.path.realpath(text) in {os.path.realpath(each) for each in sys.path}


def _is_below(path: Any, folders: tuple[str, ...]) -> bool:
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    return (os.path.realpath(os.fsdecode(path)) + os.sep).startswith(tuple(folder + os.sep for folder in folders))
