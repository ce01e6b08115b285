"""
How much the cells of one page may show: a page is a file that a reader loads, and no place for a loop's output.

It is counted where it is shown, so that what would be too much is never kept: in a worker by its shell,
and in a kernel by this module, which the kernel loads as an extension of IPython's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

MOST_SHOWN = 10_000_000  # characters of text and HTML, and bytes of pictures, of all the cells of a page

_EACH = 50  # what each thing counts beside its length, so that a loop of short lines is stopped in good time


class TooMuchShownError(BaseException):
    """A page shows more than it may; no `except Exception` of a cell's holds it up."""

    def __init__(self) -> None:
        super().__init__(
            f"prints or shows more than {MOST_SHOWN // 1_000_000} MB, with the cells before it\n"
            "  Show less: a table's head, or a smaller picture; take out what a loop prints."
        )

    def _render_traceback_(self) -> list[str]:
        """Give what IPython prints in the place of a traceback."""
        return str(self).splitlines()


class Measure:
    """What a page has shown so far."""

    def __init__(self) -> None:
        self._shown = 0

    def add(self, *shown: Any) -> None:
        """
        Count what is to be shown.

        Raises:
            TooMuchShownError: with it, it is too much.
        """
        self._shown += sum(len(each) + _EACH for each in shown if isinstance(each, str | bytes))
        if self._shown > MOST_SHOWN:
            raise TooMuchShownError


def load_ipython_extension(shell: Any) -> None:
    """Count what a kernel's cells print and show."""
    measure = Measure()

    def count(message: dict[str, Any]) -> dict[str, Any]:
        measure.add(*message["content"].get("data", {}).values())
        return message

    shell.display_pub.register_hook(count)
    shell.displayhook.write_format_data = _counted(shell.displayhook.write_format_data, measure, dict.values)
    for stream in (sys.stdout, sys.stderr):
        stream.write = _counted(stream.write, measure, lambda text: [text])  # type: ignore[method-assign]


def _counted(write: Callable[..., Any], measure: Measure, parts: Callable[[Any], Any]) -> Callable[..., Any]:
    def counted(shown: Any, *more: Any) -> Any:
        measure.add(*parts(shown))
        return write(shown, *more)

    return counted
