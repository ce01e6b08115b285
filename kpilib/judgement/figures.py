"""How figures are written, with their units and rounded for printing only; and how several things are listed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

import pandas as pd

_SMALL = "one two three four five six seven eight nine".split()
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_FREE = 2  # decimals at most where the records name none
_MOST = 15  # decimals that a figure of the records may have
# A plural that is not here is written as it stands, since guessing the singular makes words that there are not.
_ONES = {
    **{one + "s": one for one in (
        "account action admission adult answer appeal applicant application apprentice apprenticeship arrest "
        "assessment attendance award basket bed bid bin book call car carer case charge check client collection "
        "collision comment compliment complaint consultation contact contract course crime customer day death decision "
        "defect discharge download dwelling employee enrolment event exclusion fault fine fire fly-tip grant hectare "
        "home hour house household incident inspection instalment investigation invoice item job journey kilogram "
        "kilometre learner lesson letter licence light litre loan meal meeting member metre mile minute month night "
        "nomination note notice offence officer order owner page parent patient payment permit place plan plant point "
        "post pothole programme project provider pupil quarter referral registration repair report request "
        "resident response review room school second session site street student survey task tenant term test ticket "
        "ton tonne tree trip unit user vehicle view visit visitor volunteer ward week worker year"
    ).split()},
    **{one + "es": one for one in (
        "box branch breach bus business church class dish loss match pass process tax".split()
    )},
    **{one[:-1] + "ies": one for one in (
        "activity agency body casualty charity city community company copy country county delivery "
        "enquiry entry facility family fatality inquiry injury library nursery party penalty policy property query "
        "story study subsidy vacancy".split()
    )},
    "people": "person", "children": "child", "men": "man", "women": "woman", "lives": "life",
}  # fmt: skip


def number(count: float, zero: str = "0") -> str:
    """Write a count: in words up to nine, as the house style of most councils has it."""
    if count == 0:
        return zero
    return _SMALL[int(count) - 1] if count <= len(_SMALL) else str(int(count))


def listed(items: Sequence[str]) -> str:
    """Write a list: `a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def rounded(value: float | Decimal, decimals: float = math.nan) -> Decimal:
    """
    Round a figure as Excel prints it, a half away from zero: 94.5 to 95, and 2.675 to 2.68.

    What is rounded is the decimal number that the record holds, with 15 digits as Excel keeps,
    so that neither the binary form of a float nor arithmetic before it moves a half.
    Without `decimals`, as many as the figure has, at most two.
    """
    free = pd.isna(decimals)
    places = _FREE if free else min(int(decimals), _MOST)
    exact = Decimal(f"{value:.15g}")
    if not exact.is_finite():
        return exact
    figure = exact.quantize(Decimal(1).scaleb(-places), context=_EXACT)
    figure = figure.normalize(_EXACT) if free else figure
    return figure if figure else abs(figure)  # there is no minus zero


def as_goal(value: float, decimals: float = math.nan) -> Decimal:
    """Round a target: with the decimals that it has, at most two or those of its indicator's figures."""
    return rounded(value, max(_FREE, 0 if pd.isna(decimals) else decimals)).normalize(_EXACT)


def as_share(value: float, decimals: float = math.nan) -> Decimal:
    """Round a share of a target, which nobody printed: from 100 up without decimals, unless the figures have some."""
    return rounded(value, 0) if decimals == 0 and abs(value) >= 100 else as_goal(value, decimals)


def show(value: float | Decimal, unit: str = "", decimals: float = math.nan) -> str:
    """
    Write a figure as a reader would: `89.19%`, `£1,125,000`, `7.19 days`, `1 loan`, `£7.989m` where the unit is £m.

    It is rounded by `rounded`. No figure is an empty text.
    """
    return "" if pd.isna(value) else _written(rounded(value, decimals), unit)


def _written(figure: Decimal, unit: str) -> str:
    """Write a rounded figure with its unit."""
    digits = f"{figure:,f}".replace("-", "−")
    if unit.startswith("£"):
        return f"{'−' if digits.startswith('−') else ''}£{digits.removeprefix('−')}{unit[1:]}"
    if unit == "%":
        return f"{digits}%"
    return f"{digits} {_one(unit) if digits == '1' else unit}".strip()


def _one(unit: str) -> str:
    """Give a unit in the singular, where it names something known: loan, empty home, day per FTE."""
    words = unit.split(" ")
    named = words[: words.index("per")] if "per" in words else words
    first = next((place for place, word in enumerate(named) if word in _ONES), None)
    return unit if first is None else " ".join([*words[:first], _ONES[words[first]], *words[first + 1 :]])


def bare(value: float, unit: str = "", decimals: float = math.nan) -> str:
    """Write a figure beside one that has named the unit already: only % and £ are said again."""
    return show(value, _sign(unit), decimals)


def goal(value: float, unit: str = "", decimals: float = math.nan) -> str:
    """Write a target as councils do, rounded by `as_goal`: `95%`, `9.83`."""
    return "" if pd.isna(value) else _written(as_goal(value, decimals), _sign(unit))


def worked_out(value: float, unit: str = "", decimals: float = math.nan) -> str:
    """Write a share of a target, rounded by `as_share`."""
    return "" if pd.isna(value) else _written(as_share(value, decimals), _sign(unit))


def percent(share: float | Decimal, decimals: float = 0) -> str:
    """Write a share of one as a percentage: `67%`."""
    return show(100 * share, "%", decimals)


def _sign(unit: str) -> str:
    return unit if unit == "%" or unit.startswith("£") else ""


def gap(
    value: float, other: float, unit: str, decimals: float = math.nan, by: Callable[[float, float], Decimal] = rounded
) -> str:
    """
    Write how far apart two figures are, so that a reader who subtracts what is printed finds the same.

    Percentages differ by points. Where both print alike and are not, it is by how much they differ all the same.

    Args:
        by: how the other figure is rounded: `as_goal` for a target.
    """
    apart = abs(_EXACT.subtract(rounded(value, decimals), by(other, decimals)))
    if not apart:
        apart = Decimal(f"{abs(Decimal(f'{value:.15g}') - Decimal(f'{other:.15g}')):.1g}")
    return _written(apart.normalize(_EXACT), "points" if unit == "%" else _sign(unit))


def enough(value: float, other: float, decimals: float, by: Callable[[float, float], Decimal] = rounded) -> float:
    """
    Give the decimals with which a figure is printed above, below or like another one as it is.

    Those given, or as many more as that takes: 94.5 without decimals would be printed like a target of 95.

    Args:
        by: how the other figure is rounded: `as_goal` for a target.
    """

    def told(places: float) -> bool:
        first, second = rounded(value, places), by(other, places)
        return (first > second) - (first < second) == way

    way = 0 if abs(value - other) <= 1e-9 * max(1, abs(other)) else 1 if value > other else -1
    if not (math.isfinite(value) and math.isfinite(other)) or told(decimals):
        return decimals
    begin = _FREE if pd.isna(decimals) else int(decimals)
    return next((float(places) for places in range(begin + 1, _MOST + 1) if told(places)), decimals)


def show_all(values: Iterable[float], frame: pd.DataFrame, by: Callable[..., str] = show) -> list[str]:
    """Write a column of figures, each with the unit and decimals of its row."""
    return [
        by(value, unit, decimals)
        for value, unit, decimals in zip(values, frame["unit"], frame["decimals"], strict=True)
    ]


def lower_first(text: str) -> str:
    """Begin with a small letter, unless the first word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
