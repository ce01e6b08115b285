"""
Periods as councils write them: `2019-20-Q3`, `2019-20` and `2019-11`.

A council's year has the months that its framework says (April to March in England).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from functools import cache

MONTHS = "January February March April May June July August September October November December".split()
LENGTH = {"month": 1, "quarter": 3, "year": 12}  # months of each kind of period
CENTURIES = ("18", "19", "20", "21")  # those that a record may be of; what is counted from it may lie beyond
_YEAR = f"(?:{'|'.join(CENTURIES)})[0-9]{{2}}"
_QUARTER_OR_YEAR = re.compile(rf"({_YEAR})-([0-9]{{2}})(?:-Q([1-4]))?")
_MONTH = re.compile(rf"({_YEAR})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Period:
    """
    A quarter, a council year or a month.

    `start` and `end` are its first and last month, counted from year 0,
    so that periods of every kind can be put in order and measured in months.
    """

    text: str
    kind: str
    start: int
    end: int

    @property
    def months(self) -> int:
        """How many months it has."""
        return self.end - self.start + 1

    @property
    def last_day(self) -> str:
        """Its last day, as 2019-12-31."""
        year, month = self.end // 12, self.end % 12 + 1
        return f"{year}-{month:02d}-{monthrange(year, month)[1]}"

    @property
    def name(self) -> str:
        """The period as a reader would say it: `Quarter 3 2019/20`, `2018/19`, `November 2019`."""
        if self.kind == "month":
            return f"{MONTHS[self.start % 12]} {self.start // 12}"
        year = f"{self.text[:4]}/{self.text[5:7]}"
        return f"Quarter {self.text[-1]} {year}" if self.kind == "quarter" else year

    @property
    def short_name(self) -> str:
        """The period for an axis: `Q3 2019/20`, `2018/19`, `Nov 2019`."""
        if self.kind == "month":
            return f"{MONTHS[self.start % 12][:3]} {self.start // 12}"
        return self.name.replace("Quarter ", "Q")

    @property
    def months_short(self) -> str:
        """Its months for an axis: `Oct to Dec`."""
        return f"{MONTHS[self.start % 12][:3]} to {MONTHS[self.end % 12][:3]}"

    @property
    def span(self) -> str:
        """Its months in words: `October to December 2019`."""
        first, last = MONTHS[self.start % 12], MONTHS[self.end % 12]
        if self.kind == "month":
            return self.name
        if self.start // 12 == self.end // 12:
            return f"{first} to {last} {self.end // 12}"
        return f"{first} {self.start // 12} to {last} {self.end // 12}"


@cache
def period(text: str, year_starts: int = 4) -> Period:
    """
    Read a period.

    Where a text could be a year or a month (`2010-11`), it is the year.

    Raises:
        ValueError: the text is none of the three forms.
    """
    match = _QUARTER_OR_YEAR.fullmatch(text)
    if match and int(match[2]) == (int(match[1]) + 1) % 100:
        return _of_year(int(match[1]), int(match[3] or 0), year_starts)
    match = _MONTH.fullmatch(text)
    if match:
        return month(int(match[1]) * 12 + int(match[2]) - 1)
    msg = f"{text!r} is not a period; write 2019-20-Q3, 2019-20 or 2019-11"
    raise ValueError(msg)


def _of_year(year: int, number: int, year_starts: int) -> Period:
    """Give a quarter by its number, or the whole year, of the council year that begins in a calendar year."""
    first = year * 12 + year_starts - 1
    text = f"{year:04d}-{(year + 1) % 100:02d}"
    if not number:
        return Period(text, "year", first, first + 11)
    start = first + 3 * (number - 1)
    return Period(f"{text}-Q{number}", "quarter", start, start + 2)


def quarter(text: str, year_starts: int = 4) -> Period:
    """
    Read a quarter.

    Raises:
        ValueError: the text is not a quarter.
    """
    found = period(text, year_starts)
    if found.kind != "quarter":
        msg = f"{text!r} is not a quarter; write it as 2019-20-Q3"
        raise ValueError(msg)
    return found


def month(count: int) -> Period:
    """Give a month by its count from year 0."""
    return Period(f"{count // 12}-{count % 12 + 1:02d}", "month", count, count)


def earlier(current: Period, quarters: int) -> Period:
    """
    Give the quarter so many quarters before. It may be one that the council never reported.

    Raises:
        ValueError: what it should come before is not a quarter.
    """
    if current.kind != "quarter":
        msg = f"{current.text!r} is not a quarter; only quarters are counted back"
        raise ValueError(msg)
    year, number = int(current.text[:4]), int(current.text[-1])
    count = year * 4 + number - 1 - quarters
    year, number = divmod(count, 4)
    first_month = (current.start - 3 * (int(current.text[-1]) - 1)) % 12
    return _of_year(year, number + 1, first_month + 1)


def ending(kind: str, end: int, year_starts: int = 4) -> Period:
    """Give the period of a kind that ends with a month, counted from year 0; a quarter or year must end there."""
    if kind == "month":
        return month(end)
    year, rest = divmod(end - LENGTH[kind] + 2 - year_starts, 12)
    return _of_year(year, 0 if kind == "year" else rest // 3 + 1, year_starts)


def day(iso: str) -> str:
    """Write a day as a reader would: `31 March 2020` for `2020-03-31`."""
    year, month, number = iso.split("-")
    return f"{int(number)} {MONTHS[int(month) - 1]} {year}"
