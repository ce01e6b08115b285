"""
A framework: a council's priorities, words and rules, read from `params/<slug>/framework.yml`.

Defaults are said once, here; whatever the file says is nearer and wins.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.periods import MONTHS, Period, period, quarter

EDITIONS = ("public", "restricted")
RATINGS = ("green", "amber", "red")
OVERVIEW = "index"
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TOLERANCE = re.compile(r"(\d+(?:\.\d+)?)(%| points)")


@dataclass(frozen=True)
class Rule:
    """
    How readings are rated from a quarter on.

    A tolerance is `5%` (of the target) or `2 points` (in the indicator's own unit).
    `target: next year` rates against the target of the year after the quarter's,
    for councils that set targets a year ahead.
    `assumption` tells the reader what the council's papers do not say.
    """

    since: str
    kind: str = "target"
    target: str = "own period"
    green_within: str = "0%"
    amber_within: str = "5%"
    amber_if_improved: bool = False
    steady_within: str = "0%"
    compare: str = "previous"
    assumption: str = ""


@dataclass(frozen=True)
class PageEntry:
    """One page of the framework: its slug, its title, and the kind of notebook that makes it."""

    page: str
    title: str
    kind: str
    directorate: str = ""


@dataclass(frozen=True)
class Appendix:
    """Pages bound into one document for the committee; `cells` may name a tag."""

    letter: str
    title: str
    pages: tuple[str, ...]
    cells: str = "all"


@dataclass(frozen=True)
class RiskScales:
    """The words of the two scales, lowest first, and the bands of the score."""

    impact: tuple[str, ...]
    likelihood: tuple[str, ...]
    opportunity_impact: tuple[str, ...]
    bands: Mapping[str, tuple[int, int]]
    assumption: str = ""


@dataclass(frozen=True)
class Framework:
    """Everything that `framework.yml` says."""

    slug: str
    council: str
    strategy: str
    ratings: Mapping[str, str]
    rules: tuple[Rule, ...]
    pages: tuple[PageEntry, ...]
    appendices: tuple[Appendix, ...] = ()
    risk: RiskScales | None = None
    year_starts: int = 4
    priority_word: str = "priority"
    fictional: bool = False
    source: str = ""
    indicator_pages: tuple[PageEntry, ...] = field(init=False)

    def __post_init__(self) -> None:
        kinds = ("priority", "services", "directorate")
        shown = tuple(entry for entry in self.pages if entry.kind in kinds)
        object.__setattr__(self, "indicator_pages", shown)

    def quarter(self, text: str) -> Period:
        """Read a quarter of this council's year."""
        return quarter(text, self.year_starts)

    def year(self, at: Period) -> Period:
        """Give the council year that a quarter lies in."""
        return period(at.text[:7], self.year_starts)

    def rule(self, at: Period) -> Rule:
        """Give the rule in force in a quarter: the last one that began by then, else the first."""
        begun = [rule for rule in self.rules if self.quarter(rule.since).start <= at.start]
        return begun[-1] if begun else self.rules[0]

    def entry(self, page: str) -> PageEntry:
        """
        Give a page's entry.

        Raises:
            RecordsError: the framework has no such page.
        """
        for entry in self.pages:
            if entry.page == page:
                return entry
        names = [entry.page for entry in self.pages]
        fault = Fault(f"params/{self.slug}/framework.yml", f"no page {page!r}", allowed(page, names))
        raise RecordsError([fault])


def home(root: str | Path | None = None) -> Path:
    """Give the folder that holds notebooks/, params/ and data/, from any working folder."""
    named = root or os.environ.get("KPILIB_ROOT")
    return Path(named).resolve() if named else Path(__file__).resolve().parents[2]


def load_framework(slug: str, root: str | Path | None = None) -> Framework:
    """
    Read a framework by its slug, the name of its folder.

    Raises:
        RecordsError: with every fault of the file.
    """
    params = home(root) / "params"
    known = sorted(path.parent.name for path in params.glob("*/framework.yml"))
    if slug not in known:
        fault = Fault("params", f"no framework {slug!r}", allowed(slug, known))
        raise RecordsError([fault])
    place = f"params/{slug}/framework.yml"
    said = read_yaml(params / slug / "framework.yml", place)
    faults = list(_framework_faults(said, place))
    if faults:
        raise RecordsError(faults)
    return _build(slug, said)


def read_parameters(slug: str, at: str, root: str | Path | None = None) -> dict[str, Any]:
    """
    Read what a quarter's own file, `params/<slug>/<quarter>.yml`, says; `{}` where there is none.

    Raises:
        RecordsError: the file is not a YAML list of names and values.
    """
    path = home(root) / "params" / slug / f"{at}.yml"
    return read_yaml(path, f"params/{slug}/{at}.yml") if path.exists() else {}


def read_yaml(path: Path, place: str) -> dict[str, Any]:
    """
    Read a YAML file of names and values; code in it is never run.

    Raises:
        RecordsError: it cannot be read as one.
    """
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        why = " ".join(str(error).split())
        remedy = "Mend the line it names: two spaces for each level, a colon after each name."
        raise RecordsError([Fault(place, f"cannot be read ({why})", remedy)]) from error
    if not isinstance(said, dict):
        raise RecordsError([Fault(place, "holds no names and values", "Write `name: value` lines.")])
    return said


KEYS = {
    "": (
        {"council", "strategy", "ratings", "rules", "pages"},
        {"year_starts", "priority_word", "fictional", "appendices", "risk", "source"},
    ),
    "rules": (
        {"from"},
        {"kind", "target", "green_within", "amber_within", "amber_if_improved", "steady_within"}
        | {"compare", "assumption"},
    ),
    "pages": ({"page", "title", "kind"}, {"directorate"}),
    "appendices": ({"letter", "title", "pages"}, {"cells"}),
    "risk": ({"impact", "likelihood", "opportunity_impact", "bands"}, {"assumption"}),
}
WORDS = {
    "kind": {"target"},
    "target": {"own period", "next year"},
    "compare": {"previous", "last year"},
}


def _framework_faults(said: dict[str, Any], place: str) -> Iterator[Fault]:
    """Find everything wrong with a framework file."""
    found = list(_key_faults(said, "", place))
    for part in ("rules", "pages", "appendices"):
        items = said.get(part) or []
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            found.append(Fault(f"{place} @ {part}", "is not a list of entries", "Begin each with `- `."))
            continue
        for number, item in enumerate(items, 1):
            found.extend(_key_faults(item, part, f"{place} @ {part}[{number}]"))
    if isinstance(said.get("risk"), dict):
        found.extend(_key_faults(said["risk"], "risk", f"{place} @ risk"))
    yield from found
    if not found:
        yield from _value_faults(said, place)


def _key_faults(said: dict[str, Any], part: str, place: str) -> Iterator[Fault]:
    needed, optional = KEYS[part]
    for key in said:
        if key not in needed | optional:
            yield Fault(place, f"unknown key {key!r}", allowed(str(key), needed | optional))
    for key in sorted(needed - set(said)):
        yield Fault(place, f"{key!r} is missing", f"Add a line `{key}: …`.")


def _value_faults(said: dict[str, Any], place: str) -> Iterator[Fault]:
    if said.get("year_starts", "April") not in MONTHS:
        yield Fault(f"{place} @ year_starts", f"{said['year_starts']!r} is not a month", "Write April.")
        return
    for rating in RATINGS:
        if rating not in said["ratings"]:
            yield Fault(f"{place} @ ratings", f"{rating!r} has no label", f"Add `{rating}: …`.")
    year_starts = MONTHS.index(said.get("year_starts", "April")) + 1
    for number, rule in enumerate(said["rules"], 1):
        where = f"{place} @ rules[{number}]"
        try:
            quarter(str(rule["from"]), year_starts)
        except ValueError as error:
            yield Fault(f"{where} from", str(error), "Name the first quarter that the rule holds for.")
        for key, words in WORDS.items():
            if key in rule and rule[key] not in words:
                yield Fault(f"{where} {key}", f"unknown {rule[key]!r}", allowed(str(rule[key]), words))
        for key in ("green_within", "amber_within", "steady_within"):
            if key in rule and not _TOLERANCE.fullmatch(str(rule[key])):
                problem = f"{rule[key]!r} is not a tolerance"
                yield Fault(f"{where} {key}", problem, "Write `5%` or `2 points`.")
    names = [str(entry["page"]) for entry in said["pages"]]
    for name in names:
        if not _SLUG.fullmatch(name) or name == OVERVIEW or names.count(name) > 1:
            remedy = f"Use small letters, digits and _; each once; not {OVERVIEW!r}."
            yield Fault(f"{place} @ pages", f"{name!r} cannot be a page's name", remedy)
    for entry in said["pages"]:
        if not _SLUG.fullmatch(str(entry["kind"])):
            problem = f"{entry['kind']!r} cannot be a kind of page"
            yield Fault(f"{place} @ pages", problem, "Name a notebook of notebooks/, without `.ipynb`.")
    for appendix in said.get("appendices") or []:
        for name in appendix["pages"]:
            if name not in names:
                where = f"{place} @ appendices {appendix['letter']}"
                yield Fault(where, f"unknown page {name!r}", allowed(str(name), names))
    if "risk" in said:
        yield from _risk_faults(said["risk"], f"{place} @ risk")


def _risk_faults(said: dict[str, Any], place: str) -> Iterator[Fault]:
    for band, text in said["bands"].items():
        if not re.fullmatch(r"\d+-\d+", str(text)):
            yield Fault(f"{place} bands {band}", f"{text!r} is not a span", "Write it as `1-4`.")
    if len(said["impact"]) != len(said["opportunity_impact"]):
        remedy = "Give both the same number of words, lowest first."
        yield Fault(place, "impact and opportunity_impact differ in length", remedy)


def _build(slug: str, said: dict[str, Any]) -> Framework:
    risk = said.get("risk")
    return Framework(
        slug=slug,
        council=said["council"],
        strategy=said["strategy"],
        ratings={**said["ratings"], "not rated": said["ratings"].get("not rated", "Not rated")},
        rules=tuple(
            Rule(since=str(rule["from"]), **{key: rule[key] for key in rule if key != "from"}) for rule in said["rules"]
        ),
        pages=tuple(PageEntry(**entry) for entry in said["pages"]),
        appendices=tuple(
            Appendix(**{**entry, "letter": str(entry["letter"]), "pages": tuple(entry["pages"])})
            for entry in said.get("appendices") or []
        ),
        risk=RiskScales(
            impact=tuple(risk["impact"]),
            likelihood=tuple(risk["likelihood"]),
            opportunity_impact=tuple(risk["opportunity_impact"]),
            bands={band: _span(text) for band, text in risk["bands"].items()},
            assumption=risk.get("assumption", ""),
        )
        if risk
        else None,
        year_starts=MONTHS.index(said.get("year_starts", "April")) + 1,
        **{key: said[key] for key in ("priority_word", "fictional", "source") if key in said},
    )


def _span(text: str) -> tuple[int, int]:
    low, high = text.split("-")
    return int(low), int(high)


def tolerance(text: str) -> tuple[float, bool]:
    """
    Read a tolerance: its amount, and whether it is a share of the target.

    `5%` is (0.05, True); `2 points` is (2.0, False).
    """
    match = _TOLERANCE.fullmatch(text)
    if not match:
        msg = f"{text!r} is not a tolerance; write `5%` or `2 points`"
        raise ValueError(msg)
    amount = float(match[1])
    return (amount / 100, True) if match[2] == "%" else (amount, False)
