"""How figures are written, with their units and rounded for printing only; and how several things are listed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import pandas as pd

_SMALL = "one two three four five six seven eight nine".split()
_ODD = {"people": "person", "children": "child"}


def number(count: float, zero: str = "0") -> str:
    """Write a count: in words up to nine, as the house style of most councils has it."""
    if count == 0:
        return zero
    return _SMALL[int(count) - 1] if count <= len(_SMALL) else f"{count:.0f}"


def listed(items: Sequence[str]) -> str:
    """Write a list: `a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def show(value: float, unit: str = "", decimals: float = math.nan) -> str:
    """
    Write a figure as a reader would: `89.19%`, `£1,125,000`, `7.19 days`, `1 loan`, `£7.989m` where the unit is £m.

    Without `decimals`, as many as the figure has, at most two. No figure is an empty text.
    """
    if pd.isna(value):
        return ""
    free = pd.isna(decimals)
    digits = f"{value:,.{2 if free else int(decimals)}f}"
    if free:
        digits = digits.rstrip("0").rstrip(".")
    if float(digits.replace(",", "")) == 0:
        digits = digits.removeprefix("-")
    digits = digits.replace("-", "−")
    if unit.startswith("£"):
        return f"{'−' if digits.startswith('−') else ''}£{digits.removeprefix('−')}{unit[1:]}"
    if unit == "%":
        return f"{digits}%"
    word = _one(unit) if digits == "1" else unit
    return f"{digits} {word}".strip()


def _one(unit: str) -> str:
    """Give a unit in the singular: loan, business, day per FTE."""
    first, space, rest = unit.partition(" ")
    if first in _ODD:
        first = _ODD[first]
    elif first.endswith("ies"):
        first = first[:-3] + "y"
    elif first.endswith("sses"):
        first = first[:-2]
    elif first.endswith("s"):
        first = first[:-1]
    return first + space + rest


def bare(value: float, unit: str = "", decimals: float = math.nan) -> str:
    """Write a figure beside one that has named the unit already: only % and £ are said again."""
    return show(value, unit if unit == "%" or unit.startswith("£") else "", decimals)


def goal(value: float, unit: str = "", _: float = math.nan) -> str:
    """Write a target as councils do, with the decimals that it has and no others: `95%`, `9.83`."""
    return bare(value, unit)


def worked_out(value: float, unit: str = "", decimals: float = math.nan) -> str:
    """Write a share of a target, which nobody printed: from 100 up without decimals, unless the figures have some."""
    return bare(value, unit, 0 if decimals == 0 and abs(value) >= 100 else math.nan)


def gap(value: float, unit: str, decimals: float) -> str:
    """
    Write how far apart two figures are; percentages differ by points.

    With as many decimals as the difference has, at most two, but never as nothing where there is something.
    """
    word = "points" if unit == "%" else unit if unit.startswith("£") else ""
    apart = abs(value)
    return f"{apart:.1g} {word}".strip() if 0 < apart < 0.005 and not word.startswith("£") else show(apart, word)


def show_all(values: Iterable[float], frame: pd.DataFrame, by: Callable[..., str] = show) -> list[str]:
    """Write a column of figures, each with the unit and decimals of its row."""
    return [
        by(value, unit, decimals)
        for value, unit, decimals in zip(values, frame["unit"], frame["decimals"], strict=True)
    ]


def lower_first(text: str) -> str:
    """Begin with a small letter, unless the first word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
