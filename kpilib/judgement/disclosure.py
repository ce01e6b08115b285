"""
Which exempt figures could be worked out from what the public edition prints.

Figures count months, or parts of the whole that they support, and totals that are told in words count figures: linear
equations, which `kpilib.records.sums` finds in the records. An exempt figure is given away where it is a sum of what is
public.
Ratings, forecasts and whatever else is computed from public figures tell nothing that these do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from kpilib.records.editions import Texts, exempt_readings, is_written, tops, written
from kpilib.records.sums import Keys, add_up, counted, figures_in_time, latest, matrix

FEWEST = 3  # digits that a number in words needs to be taken for a figure, and not for a count or a day
MOST_PARTS = 6  # measures of one indicator of which every choice is tried as a breakdown of it
MOST_TERMS = 12  # figures of one length that a total told in words may be of

Line = list[tuple[int, int]]  # of an equation: places of months, and how often each counts


@dataclass(frozen=True)
class Told:
    """
    A text that the public edition prints: where it stands, the indicator that it is about, if any, and the text.

    A `cell` is of figures, and not of words, so that it says nothing of another indicator.
    """

    place: str
    indicator: str
    text: str
    cell: bool = False


@dataclass(frozen=True)
class Given:
    """An exempt figure that is given away: of which indicator and period, and by what, as a reader finds it."""

    indicator: str
    period: str
    by: tuple[str, ...]


def given_away(texts: Texts, public: Texts, told: Iterable[Told], year_starts: int) -> list[Given]:
    """
    Find the exempt figures that the public edition gives away.

    Args:
        texts: every record file as text, exempt rows included.
        public: the same as the public edition has them.
        told: what that edition prints in words.

    Returns:
        the exempt figures, family by family, each with the public figures and texts by which it is known.
    """
    indicators, readings = texts["indicators.csv"], texts["readings.csv"]
    top, supports = tops(indicators), indicators.get("supports", pd.Series("", indicators.index))
    figures = figures_in_time(readings, indicators, year_starts).assign(
        secret=exempt_readings(texts),
        top=readings["indicator"].map(top),
        supports=readings["indicator"].map(dict(zip(indicators["indicator"], supports, strict=True))),
        shown=readings.index.isin(public["readings.csv"].index),
    )
    figures["shown"] = figures.groupby(["indicator", "period", "value"], dropna=False)["shown"].transform("any")
    words, found = list(told), []
    for of, family in latest(figures).groupby("top", sort=False):
        if (family["secret"] & ~family["shown"]).any():
            about = [
                each if top.get(each.indicator, "") in ("", of) else replace(each, indicator="")
                for each in words
                if top.get(each.indicator, "") in ("", of) or not each.cell
            ]
            found += _solved(family, about)
    return found


def _solved(family: pd.DataFrame, words: Sequence[Told]) -> list[Given]:
    """Find what of a family's exempt figures is a sum of the others, of what is told, and of nought."""
    own = {name: counted(each) for name, each in family.groupby("indicator")}
    keys = {row: tuple((name, key) for key in each) for name, rows in own.items() for row, each in rows.items()}
    places: dict[Any, int] = {}
    differences = [line for names in _breakdowns(family) for line in _differences(names, own, places)]
    every = dict(zip(keys, matrix(keys.values(), places), strict=True))
    public = [(f"{row.indicator} {row.period}", every[row.Index]) for row in family[family["shown"]].itertuples()]
    public += [(place, sum(every[row] for row in rows)) for place, rows in _told(family, words)]
    nought = [("", np.zeros(len(places))) for _ in differences]
    for line, (_, row) in zip(differences, nought, strict=True):
        row[[place for place, _ in line]] = [sign for _, sign in line]
    found = []
    for row in family[family["secret"] & ~family["shown"]].itertuples():
        by = _fewest([*public, *nought], every[row.Index])
        if by is not None:
            found.append(Given(row.indicator, row.period, tuple(dict.fromkeys(filter(None, by)))))
    return found


def _fewest(known: Sequence[tuple[str, np.ndarray]], sought: np.ndarray) -> list[str] | None:
    """Name what is known and needed for a sum that is sought, with nothing that could be left out; else nothing."""

    def reaches(rows: Sequence[tuple[str, np.ndarray]]) -> list[tuple[str, np.ndarray]] | None:
        if not rows:
            return None
        lines = np.array([line for _, line in rows])
        weights = np.linalg.lstsq(lines.T, sought, rcond=None)[0]
        used = [row for row, weight in zip(rows, weights, strict=True) if abs(weight) > 1e-6]
        return used if np.allclose(weights @ lines, sought, atol=1e-6) else None

    needed = reaches(known)
    if needed is None:
        return None
    for row in needed:
        needed = reaches([each for each in needed if each is not row]) or needed
    return [name for name, _ in needed]


def _breakdowns(family: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Find indicators, each with the measures that together are it; a measure is in one breakdown, the smallest."""
    own = dict(tuple(family.groupby("indicator", sort=False)))
    for whole, figures in own.items():
        left = list(family.loc[family["supports"] == whole, "indicator"].unique())
        for size in range(1, len(left) + 1):
            if size <= MOST_PARTS or size == len(left):
                for some in combinations(left, size):
                    if set(some) <= set(left) and add_up(figures, [own[each] for each in some]):
                        left = [each for each in left if each not in some]
                        yield whole, *some


def _differences(names: Sequence[str], own: Mapping[str, Mapping[int, Keys]], places: dict[Any, int]) -> list[Line]:
    """Say of each month that an indicator, less its parts, is nought."""
    months = dict.fromkeys(month for name in names for keys in own[name].values() for month in keys)
    signs = [1, *[-1] * (len(names) - 1)]
    return [[(places.setdefault((name, month), len(places)), sign) for name, sign in zip(names, signs, strict=True)]
            for month in months]  # fmt: skip


def _told(family: pd.DataFrame, words: Sequence[Told]) -> Iterator[tuple[str, list[int]]]:
    """Find numbers in texts that are a figure which is not shown, or the total of some of which one is not shown."""
    hidden, totals = family[~family["shown"]], list(_totals(family))
    for told in words:
        for said in written(told.text):
            if len(said.replace(".", "").lstrip("0")) >= FEWEST:
                place = f"“{said}” in {told.place}"
                own = hidden if told.indicator else hidden[hidden["secret"]]
                yield from ((place, [row.Index]) for row in own.itertuples() if is_written(said, row.value))
                yield from ((place, rows) for rows, total in totals if told.indicator and is_written(said, total))


def _totals(family: pd.DataFrame) -> Iterator[tuple[list[int], float]]:
    """Add up figures that follow one another and of which one is not shown."""
    adding = family[family["basis"] == "sum"]
    for _, each in adding.groupby(["indicator", adding["end"] - adding["start"]]):
        run = each.sort_values("end")
        for first in range(len(run)):
            for last in range(first + 1, min(first + MOST_TERMS, len(run))):
                some = run.iloc[first : last + 1]
                if some["start"].iloc[-1] != some["end"].iloc[-2] + 1:
                    break
                if not some["shown"].all():
                    yield list(some.index), float(some["value"].sum())
