"""Figures and targets of one indicator that are so far apart that one of them may be in another unit."""

from __future__ import annotations

MOST = 50  # times that a figure and its target may differ: a share of one beside per cent is a hundred times apart


def times_apart(value: float, low: float, high: float) -> float:
    """
    Say how many times a figure and the nearer end of its target differ, whichever is larger; 0 where that is usual.

    Nought tells nothing of a unit, and neither does a figure within the target.

    Args:
        low, high: the ends of a range; the same twice where the target is one value.
    """
    nearest = min(max(value, low), high)
    if not value or not nearest:
        return 0.0
    times = abs(value / nearest)
    times = max(times, 1 / times)
    return times if times >= MOST else 0.0


def alike(basis: str, period: str, target_period: str) -> bool:
    """Whether a figure may be held against a target for its size: one that adds up only against that of its period."""
    return basis not in ("sum", "to date") or period == target_period
