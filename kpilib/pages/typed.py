"""Figures that were typed into prose by hand: which agree with the records, which do not, and which are in none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from kpilib.judgement.figures import show
from kpilib.pages.prose import answer, without_tokens
from kpilib.pages.tokens import TokenError, Tokens
from kpilib.records.ledger import Ledger
from kpilib.records.periods import MONTHS, Period

_MONTH = "|".join(MONTHS)
_NO_FIGURE = re.compile(
    r"\]\([^)\s]*\)|https?://\S+"  # where a link leads
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\b(?:\s+\d{{4}}\b)?"
    rf"|\b(?:{_MONTH})\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"
    r"|\b(?:18|19|20|21)\d\d\b(?:[-/–]\d{2,4}\b)?(?:[-/ ]Q[1-4]\b)?(?![.,]\d|\s*%)"
    r"|^\s*\d{1,3}[.)](?=\s)",  # a list
    re.MULTILINE,
)
_NUMBER = re.compile(
    r"(?<![\w.,/])(?<![A-Za-z]-)(£?)(\d+(?:,\d{3})*(?:\.\d+)?)(?![\d/]|(?:st|nd|rd|th)\b)"
    r"(?:\s?(%|per ?cent\b)|\s?(million|billion|bn|m|k)\b)?(?:\s([^\W\d_]+))?",
    re.IGNORECASE,
)
_SCALE = {"": 1.0, "k": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_BREAK = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n(?=\s*(?:[-*+#|>]|\d+[.)])\s)")
_BELONGS = re.compile(r"\b([A-Z]\w*)\s(?:\d+(?:,| and| or| to)\s)*$")  # before the numbers of Quarters 1 and 2
_OPENERS = frozenset(
    "A About After All Almost Another At Before Between By Down For From In Just Nearly Of On Only Our Over Some "
    "Than That The These They This To Under Up Was We Were With".split()
)


@dataclass(frozen=True)
class Typed:
    """A figure in a text: where, in which sentence, how written, what it may amount to, and in what."""

    place: str
    sentence: str
    written: str
    amounts: tuple[float, ...]
    sign: str
    word: str
    exempt: bool


@dataclass(frozen=True)
class Known:
    """A figure of the records: the token that prints it, how it is printed, and the names of what it is a figure of."""

    token: str
    printed: str
    names: tuple[str, ...]
    exempt: bool = False

    @property
    def _sign(self) -> str:
        return next((sign for sign in "%£" if sign in self.printed), "")

    def named(self, sentence: str) -> bool:
        """Say whether a sentence names what this is a figure of."""
        said = (rf"(?<!\w){re.escape(name)}(?!\w)" for name in self.names if name)
        return any(re.search(name, sentence, re.IGNORECASE) for name in said)

    def equals(self, typed: Typed) -> bool:
        """Say whether a typed figure is this one, as printed."""
        digits = re.search(r"\d[\d,]*(?:\.\d+)?", self.printed)
        return digits is not None and self._sign == typed.sign and float(digits[0].replace(",", "")) in typed.amounts

    def alike(self, typed: Typed) -> bool:
        """Say whether a typed figure is of the same sort: percentages, money, or so many of one thing."""
        unit = self.printed.partition(" ")[2].partition(" ")[0]
        same_unit = unit.lower().rstrip("es") == typed.word.lower().rstrip("es")
        return self._sign == typed.sign and bool(self._sign or (unit and same_unit))


def typed_figures(ledger: Ledger, at: Period, judged: pd.DataFrame) -> list[tuple[str, str, bool]]:
    """
    Say of each figure typed by hand into the summaries of a quarter how it stands to the records.

    Years, dates, and numbers that belong to a name, such as Key Stage 4, are no figures.
    A figure agrees where it equals, as printed, one of what its sentence names, or anything else of the same unit.
    It disagrees where its sentence names an indicator, and it is none of that indicator's figures.

    Args:
        ledger: the records as at the quarter.
        judged: every indicator and supporting measure, judged.

    Returns:
        of each: its place, how it stands, and whether it may not be printed so (it disagrees, or tells what is exempt).
    """
    here = ledger.summaries[ledger.summaries["quarter"] == at.text]
    names = [name for name in (*judged["name"], *judged["short_name"]) if re.search(r"\d", name)]
    found = [typed for row in here.itertuples() for typed in _typed(row, names)]
    if not found:
        return []
    tokens = Tokens(ledger, at, judged)
    figures, counts = list(_figures(tokens, judged, ledger.readings)), list(_counts(tokens, ledger))
    return [_standing(typed, figures, counts) for typed in found]


def _typed(row: Any, names: Sequence[str]) -> Iterator[Typed]:
    """Find the figures typed into a summary; those in the names of indicators are none."""
    text = without_tokens(row.text)
    for no_figure in (*(re.compile(re.escape(name), re.IGNORECASE) for name in names), _NO_FIGURE):
        text = no_figure.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    for match in _NUMBER.finditer(text):
        pounds, digits, percent, scale, word = match.groups(default="")
        before = _BELONGS.search(text[: match.start()])
        if before and before[1] not in _OPENERS and digits.isdigit() and not (pounds or percent or scale):
            continue
        sign, amount = pounds or (percent and "%"), float(digits.replace(",", ""))
        yield Typed(
            place=f"{row.file}, line {row.line + text.count(chr(10), 0, match.start())}",
            sentence=_sentence(row.text, match.start()),
            written=text[match.start() : max(match.end(group) for group in (2, 3, 4))],
            amounts=(amount, amount * _SCALE[scale.lower()]),
            sign=sign,
            word=word,
            exempt=row.exempt != "",
        )


def _sentence(text: str, at: int) -> str:
    """Give the sentence, or the item of a list, that a place of a text lies in."""
    breaks = [(0, 0), *(gap.span() for gap in _BREAK.finditer(text)), (len(text), len(text))]
    begins = max(end for _, end in breaks if end <= at)
    return text[begins : min(start for start, _ in breaks if start > at)]


def _figures(tokens: Tokens, judged: pd.DataFrame, readings: pd.DataFrame) -> Iterator[Known]:
    """Every figure of every indicator, its value first; exempt are those of what is exempt, and exempt readings."""
    kinds = ("value", "to_date", "target", "previous", "last_year", "change", "gap")
    gone = set(judged.loc[judged["exempt"] != "", "indicator"])
    gone |= set(judged.loc[judged["supports"].isin(gone), "indicator"])
    marked = readings[(readings["exempt"] != "") & readings["value"].notna()]
    for row in judged.itertuples():
        asked = [f'{kind}("{row.indicator}")' for kind in kinds]
        names = (row.name, row.short_name, f'"{row.indicator}"')
        last = f'change("{row.indicator}", "last year")'
        own = marked.loc[marked["indicator"] == row.indicator, "value"]
        secret = {show(value, row.unit, row.decimals) for value in own}
        for known in _answered(tokens, [*asked, last], names):
            yield replace(known, exempt=row.indicator in gone or known.printed in secret)


def _counts(tokens: Tokens, ledger: Ledger) -> Iterator[Known]:
    """The counts and shares of the council; of a directorate, where a sentence may name one."""
    for directorate in ("", *tokens.directorates):
        of = f'directorate="{directorate}"' if directorate else ""
        whole = ("indicator", "indicators", "KPI", "KPIs")
        yield from _answered(tokens, [f"count({of})"], (directorate,) if directorate else whole)
        for rating in (*ledger.framework.colours, "not rated"):
            asked = [f'{name}("{rating}"{", " if of else ""}{of})' for name in ("count", "share")]
            own = (rating, ledger.framework.ratings[rating])
            yield from _answered(tokens, asked, (directorate,) if directorate else own)


def _answered(tokens: Tokens, asked: Sequence[str], names: tuple[str, ...], *, exempt: bool = False) -> Iterator[Known]:
    """What the records answer, where they do."""
    for token in asked:
        try:
            yield Known(token, answer(token, tokens), names, exempt)
        except TokenError:
            continue


def _standing(typed: Typed, figures: Sequence[Known], counts: Sequence[Known]) -> tuple[str, str, bool]:
    """Say how a typed figure stands to the records."""
    said = f"“{typed.written}” is typed by hand and"
    named = [each for each in figures if each.named(typed.sentence)]
    printed = [each for each in figures if not each.token.startswith(("change", "gap")) and each.alike(typed)]
    about = [each for each in counts if each.named(typed.sentence)]
    for each in (*named, *about, *(() if named else printed)):
        if each.equals(typed):
            if each.exempt and not typed.exempt:
                problem = f"{said} is a figure of an exempt indicator; take it away, or make the file exempt."
                return typed.place, problem, True
            return typed.place, f"{said} agrees with the records; write {{{{ {each.token} }}}}.", False
    for each in named:
        if each.token.startswith(("value", "to_date")) and (each.alike(typed) or _unnamed(each, typed)):
            problem = f"{said} disagrees with the records, which have {each.printed}; write {{{{ {each.token} }}}}."
            return typed.place, problem, True
    return typed.place, f"{said} is in no record.", False


def _unnamed(known: Known, typed: Typed) -> bool:
    """Say whether a figure has decimals and no unit, so that it can only be one of what its sentence names."""
    return not typed.sign and "." in typed.written and not known.printed.endswith("%")
