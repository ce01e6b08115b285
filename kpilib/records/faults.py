"""
Faults in what was written down, each said in two lines.

The first line names the place, the value and what is wrong; the second says what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, where it stands, and how to mend it."""

    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}\n  {self.remedy}"


class TwoLineError(Exception):
    """An error that a person made and can mend: a notebook shows its words, and no traceback of the code."""

    def _render_traceback_(self) -> list[str]:
        """Give what IPython prints in the place of a traceback."""
        return str(self).splitlines()


class RecordsError(TwoLineError):
    """All the faults found, at once, so that they can be mended in one sitting."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class CallError(TwoLineError, ValueError):
    """A notebook asks for what cannot be given: a picture without words, a number where a name should stand."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))

    def __reduce__(self) -> tuple[type[CallError], tuple[Fault]]:
        """Travel between processes whole."""
        return type(self), (self.fault,)


class NoSuchPartError(CallError, AttributeError):
    """A notebook asks a page for a part that pages of its kind do not have."""


def allowed(value: str, choices: Iterable[str]) -> str:
    """Say which words are allowed, and which of them is nearest to the one that came."""
    choices = sorted(choice for choice in choices if choice)
    if not choices:
        return "There is none yet: write it there first."
    nearest = difflib.get_close_matches(value, choices, n=1)
    hint = f"Did you mean {nearest[0]!r}? " if nearest else ""
    return f"{hint}Allowed: {', '.join(choices)}."
