"""
Cells as printed, kept through spreadsheet programs, which take `8/10` for a day and `3:1` for a time of day.

Quotation marks that are part of the text, as in `"8/10"`, make any such program leave it alone; records are read
without them.
"""

from __future__ import annotations

import re

_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_WORDS = rf"(?:{_MONTH})[a-z]*|sept|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|[ap]\.?m|e|gbp|eur|usd"
_READ = re.compile(rf"(?:[0-9\s.,:;/()+*%£$€¥'’−-]|(?<![a-z])(?:{_WORDS})(?![a-z]))+", re.IGNORECASE)
_TRUTH = re.compile("true|false", re.IGNORECASE)
_CALLED = re.compile("[=+@＝＋＠]|[-－].", re.DOTALL)  # taken for a formula; a dash alone is not
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
_MOST_DIGITS = 10  # of a number that every program writes as it stands
_CHANGED = re.compile(
    r"[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{2}|[0-9]{4})|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?: [AP]M)?"
    rf"|[0-9]{{1,2}}-(?:{_MONTH})(?:-[0-9]{{2,4}})?|(?:{_MONTH})-[0-9]{{2}}",
    re.IGNORECASE,
)


def guarded(text: str) -> str:
    """Write a cell as printed for a record file: in quotation marks, where a spreadsheet program would read it."""
    return f'"{text}"' if at_risk(text) or _marked(text) else text


def unguarded(cell: str) -> str:
    """Give the text of a cell as printed, without the marks that guard it."""
    return cell[1:-1] if _marked(cell) else cell


def at_risk(cell: str) -> bool:
    """Whether a spreadsheet program may take a cell for a number, date, time, truth or formula, and change it."""
    said = cell.strip()
    if said == cell and _PLAIN.fullmatch(said) and sum(sign.isdigit() for sign in said) <= _MOST_DIGITS:
        return False
    read = _READ.fullmatch(said) and re.search("[0-9]", said)
    return bool(read or _TRUTH.fullmatch(said) or _CALLED.match(said))


def looks_changed(cell: str) -> bool:
    """Whether a cell without marks is such as a program writes after it took what stood there for a day or a time."""
    return bool(_CHANGED.fullmatch(cell.strip()))


def _marked(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"'
