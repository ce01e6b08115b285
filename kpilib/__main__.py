"""
The way in, for `kpilib` and for `python -m kpilib`.

Ctrl-C is seen to before anything else is loaded: it is one line and exit 130, whatever it comes upon.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from _thread import start_new_thread
from typing import NoReturn

_SAYS = b"Stopped. What is made stays; run it again, and the rest is made.\n"
_PATIENCE = 5  # seconds to put away what was begun
_stopped = False


def main() -> int:
    """Do what the command line says, and give the exit status."""
    signal.signal(signal.SIGINT, _stop)
    _have_streams()
    try:
        from kpilib.press.cli import main as command

        return command()
    finally:
        if _stopped:
            os._exit(130)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is done, and said
        for number, stream in ((1, sys.stdout), (2, sys.stderr)):
            try:
                stream.flush()
            except OSError:  # nobody reads it, or there is no room, which was told
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _stop(*_: object) -> NoReturn:
    """Say it at once, say nothing after it, and let what is under way be put away; a second Ctrl-C changes nothing."""
    global _stopped
    _stopped = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.write(2, b"\n" * os.isatty(2) + _SAYS)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    start_new_thread(_leave, ())
    raise KeyboardInterrupt


def _leave() -> None:
    """End, if something swallowed the interruption, or cannot be put away."""
    time.sleep(_PATIENCE)
    os._exit(130)


def _have_streams() -> None:
    """Put nothing in the place of a stream that is closed, so that no file gets its number."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


if __name__ == "__main__":
    sys.exit(main())
