"""Pieces of work for workers, in a module that a worker finds whichever way tests are begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Code:
    """A piece that is made by running code."""

    code: str
    light: ClassVar[bool] = False

    def make(self) -> tuple[Any, ...]:
        """Run it."""
        exec(self.code, {})
        return ("made",)
