"""The councils that the project ships, each with the quarter that it reports."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
QUARTERS = {path.parent.name: path.stem for path in sorted(PROJECT.glob("params/*/*-Q?.yml"))}
