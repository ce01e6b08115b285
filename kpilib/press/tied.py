"""Ties the process that imports this to its parent, where the system can: it ends when that one does, in silence."""

from __future__ import annotations

import sys

from kpilib.press.workers import end_with_parent

if sys.platform == "linux":
    end_with_parent()
