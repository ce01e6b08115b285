"""
The letters and signs that papers can show: those of the one font that they are drawn with.

Any other would be an empty box on paper, and nothing at all to who listens; so it is refused where it was written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font

from kpilib.records.editions import without_exempt
from kpilib.records.faults import Fault
from kpilib.records.framework import Framework, home
from kpilib.records.ledger import read_texts
from kpilib.records.store import finish
from kpilib.records.summaries import read_summaries

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"  # what comes with matplotlib is the same on every machine
FACES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_UNSEEN = "\t\r\n"
_SHOWN = 3  # signs of one place that a fault names


def letter_faults(framework: Framework, edition: str, root: str | Path | None = None) -> list[Fault]:
    """
    Find what cannot be shown on paper in the records, the summaries and framework.yml: a fault for each cell or line.

    Args:
        edition: for the public one nothing is told of what is exempt.
    """
    folder = home(root) / "data" / framework.slug
    finish(folder)
    texts = read_texts(framework.slug, folder, [])
    summaries = read_summaries(framework, folder, [])
    if edition == "public":
        whole = all(frame.attrs.get("whole") for frame in texts.values())
        texts = without_exempt(texts, framework.year_starts) if whole else {}  # else it cannot be told what is exempt
        summaries = summaries[summaries["exempt"] == ""]
    found = []
    for file, frame in texts.items():
        for column in frame:
            if lacking("".join(frame[column])):
                place = f"data/{framework.slug}/{file}, row"
                found += [fault for row, cell in frame[column].items()
                          for fault in letter_fault(f"{place} {row}, column {column}", cell)]  # fmt: skip
    for row in summaries.itertuples():
        found += letter_fault(f"{row.file} @ heading", row.heading)
        found += _lines(row.file, row.text, row.line)
    return found + file_faults(f"params/{framework.slug}/framework.yml", root)


def file_faults(name: str, root: str | Path | None = None) -> list[Fault]:
    """Find what cannot be shown on paper in a YAML file of params/, but for its remarks: a fault for each line."""
    path = home(root) / name
    text = path.read_text("utf-8", "replace") if path.exists() else ""
    return list(_lines(name, "\n".join("" if line.lstrip().startswith("#") else line for line in text.split("\n")), 1))


def _lines(place: str, text: str, first: int) -> Iterator[Fault]:
    """Find the lines that cannot be shown; what is the same in several is told once."""
    found: dict[tuple[str, str], list[str]] = {}
    for number, line in enumerate(text.split("\n"), first) if lacking(text) else ():
        for fault in letter_fault("", line):
            found.setdefault((fault.problem, fault.remedy), []).append(str(number))
    for (problem, remedy), (*others, last) in found.items():
        where = f"lines {', '.join(others)} and {last}" if others else f"line {last}"
        yield Fault(f"{place}, {where}", problem, remedy)


def letter_fault(place: str, text: str) -> list[Fault]:
    """Find what of one text cannot be shown on paper: one fault, or none."""
    signs = lacking(text)
    if not signs:
        return []
    named = ", ".join(map(_named, signs[:_SHOWN])) + (f" and {len(signs) - _SHOWN} more" if signs[_SHOWN:] else "")
    remedies = dict.fromkeys(map(_remedy, signs))
    return [Fault(place, f"holds {named}, which the font of the papers does not have", " ".join(remedies))]


def lacking(text: str) -> list[str]:
    """Give the letters and signs of a text that the font does not have, in the order in which they come."""
    strange = set(text).difference(_font(), _UNSEEN)
    return sorted(strange, key=text.index)


@cache
def _font() -> frozenset[str]:
    """Every letter and sign that can be shown, in bold too."""
    each = [frozenset(map(chr, FT2Font(str(FONTS / face)).get_charmap())) for face in FACES]
    return each[0].intersection(*each)


def _named(sign: str) -> str:
    """A sign as it looks, where it looks like anything, with its number and name."""
    name = unicodedata.name(sign, "a sign of a symbol font" if unicodedata.category(sign) == "Co" else "without a name")
    code = f"U+{ord(sign):04X} {name}"
    return f"“{sign}” ({code})" if sign.isprintable() else code


def _remedy(sign: str) -> str:
    if unicodedata.category(sign) == "Co":
        return "Type it anew: a bullet as • or -, any other sign in words."
    if unicodedata.category(sign)[0] in "LM":
        return "Write it in letters that the font has, such as Latin, Greek, Cyrillic or Arabic ones."
    return "Say it in words, or by a sign that the font has, such as ✓ or ⚠."
