"""
What a new council begins with: a few answers, and the framework.yml and the empty records made from them.

Whatever is not asked here has its default in the framework, and can be written into framework.yml later.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BeforeValidator

from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.files import read_file
from kpilib.records.framework import Framework, Tolerance
from kpilib.records.periods import MONTHS, quarter
from kpilib.records.said import Said, checked, entries, read_yaml, some, wrong
from kpilib.records.schema import FILES
from kpilib.records.signs import refused

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
OWN_PAGES = {
    "cover_report": "Performance report",
    "executive_summary": "Executive summary",
    "risk_register": "Risk and opportunity register",
}
ALWAYS = ("indicators.csv", "readings.csv", "targets.csv", "overrides.csv", "benchmarks.csv", "commentary.csv")
WITH_RISKS = ("risks.csv", "risk_notes.csv")
_HEADING = "# Made by `kpilib new`. data/README.md explains every line, and what else may stand here.\n"
_SCALES = {
    "impact": ["Insignificant", "Minor", "Moderate", "Major", "Catastrophic"],
    "opportunity_impact": ["Insignificant", "Minor", "Moderate", "Major", "Outstanding"],
    "likelihood": ["Rare", "Unlikely", "Possible", "Likely", "Almost certain"],
    "bands": {"low": "1-4", "medium": "5-9", "high": "10-15", "very high": "16-25"},
    "assumption": "The scales and bands are those that a new workbook begins with; the council's own are not set yet.",
}
_COVER = {
    "head": {"Report to": "Cabinet", "Meeting to be held on": "", "Report of": ""},
    "sections": [
        {"heading": "Summary", "text": ""},
        {"heading": "Recommendation", "text": "Cabinet is asked to note and to comment on the appendices."},
        {"heading": "Appendices", "shows": "appendices"},
        {"heading": "List of background papers", "text": "None."},
    ],
}


def _line(said: str) -> str:
    if why := refused(said):
        raise wrong(*why)
    return " ".join(said.split())


def _month(said: Any) -> Any:
    if said not in MONTHS:
        raise wrong(f"{said!r} is not a month", allowed(str(said), MONTHS))
    return said


def _quarter(said: Any) -> Any:
    try:
        quarter(str(said))
    except ValueError as error:
        raise wrong(f"{said!r} is not a quarter", "Write it as 2019-20-Q3.") from error
    return said


def _pages(titles: tuple[str, ...]) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for title in titles:
        name = named_after(title)
        if not name or name == "index" or name in OWN_PAGES:
            raise wrong(f"{title!r} cannot name a page", "Give it a title with letters or digits, and of its own.")
        if name in names:
            problem = f"{title!r} and {names[name]!r} would both be the page {name!r}"
            raise wrong(problem, "Let the words that tell them apart come first.")
        names[name] = title
    return titles


Line = Annotated[str, AfterValidator(_line), AfterValidator(some)]


class Labels(Said):
    """The council's words for the ratings."""

    green: Line = "On track"
    amber: Line = "Slightly below target"
    red: Line = "Off target"


class Answers(Said):
    """
    What is asked of a new council; all but the first three have a default.

    Each of the priorities becomes a page.
    The rule for ratings holds from `first_quarter` on; without it, from the last quarter that is over.
    """

    council: Line
    strategy: Line
    priorities: Annotated[tuple[Line, ...], BeforeValidator(entries), AfterValidator(some), AfterValidator(_pages)]
    priority_word: Line = "priority"
    year_starts: Annotated[str, BeforeValidator(_month)] = "April"
    first_quarter: Annotated[str, BeforeValidator(_quarter)] | None = None
    ratings: Labels = Labels()
    green_within: Tolerance = "0%"
    amber_within: Tolerance = "5%"
    summary: bool = True
    risks: bool = False
    cover_report: bool = False
    fictional: bool = False


def named_after(title: str, longest: int = 60) -> str:
    """Give the name that a page or an indicator gets from its title: small letters, digits and _, whole words."""
    plain = unicodedata.normalize("NFKD", title.replace("'", "")).encode("ascii", "ignore").decode().lower()
    name = ""
    for word in re.findall("[a-z0-9]+", plain):
        if name and len(name) + len(word) >= longest:
            break
        name = f"{name}_{word[:longest]}" if name else word[:longest]
    return name


def slug_faults(slug: str) -> Iterator[Fault]:
    """Find what is wrong with the name of a council's folder; one that could lead out of its room is refused."""
    if not SLUG.fullmatch(slug):
        remedy = "Use small letters, digits, - and _, at most 60, such as `made-up-borough`."
        yield Fault("the council's folder", f"{slug!r} cannot be its name", remedy)


def read_answers(path: Path) -> Answers:
    """
    Read a file of answers.

    Raises:
        RecordsError: with every fault of it.
    """
    return checked(Answers, read_yaml(read_file(path, path.name), path.name), path.name)


def usual(name: str, said: Mapping[str, Any]) -> str:
    """Write the answer that is taken where none is given to a question, after what was said before it."""
    if name == "first_quarter":
        return last_quarter(said["year_starts"], date.today())
    value = Answers.model_fields[name].get_default()
    if isinstance(value, Labels):
        return "; ".join(value.model_dump().values())
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value if isinstance(value, str) else ""


def understood(name: str, text: str) -> Any:
    """
    Read the answer to one question, as it was typed.

    Raises:
        RecordsError: it is none that the question knows.
    """
    said: Any = text
    place = f"the answer @ {name}"
    if Answers.model_fields[name].annotation is bool:
        said = {"yes": True, "y": True, "no": False, "n": False}.get(text.lower())
        if said is None:
            raise RecordsError([Fault(place, f"{text!r} is neither yes nor no", "Write yes or no.")])
    if name in ("priorities", "ratings"):
        said = [part.strip() for part in text.split(";") if part.strip()]
    if name == "ratings":
        if len(said) != len(Labels.model_fields):
            raise RecordsError(
                [Fault(place, f"{text!r} is not three words", "Write green; amber; red, in that order.")]
            )
        said = dict(zip(Labels.model_fields, said, strict=True))
    others = {"council": "-", "strategy": "-", "priorities": ["a"]}
    return getattr(checked(Answers, {**others, name: said}, "the answer"), name)


def last_quarter(year_starts: str, today: date) -> str:
    """Give the last quarter of a council's year that is over."""
    months = today.year * 12 + today.month - 1 - MONTHS.index(year_starts)
    year, number = divmod(months // 3 - 1, 4)
    return f"{year}-{(year + 1) % 100:02d}-Q{number + 1}"


def first_quarter(answers: Answers) -> str:
    """Give the quarter from which a new council's rule holds."""
    return answers.first_quarter or last_quarter(answers.year_starts, date.today())


def framework_yml(answers: Answers, slug: str) -> bytes:
    """Write the framework.yml that the answers make."""
    priorities = {named_after(title): title for title in answers.priorities}
    own = [name for name, wanted in (("cover_report", answers.cover_report), ("executive_summary", answers.summary))
           if wanted]  # fmt: skip
    pages = [{"page": name, "title": OWN_PAGES[name], "kind": name} for name in own]
    pages += [{"page": name, "title": title, "kind": "priority"} for name, title in priorities.items()]
    bound = [("Executive summary", ["executive_summary"])] if answers.summary else []
    bound.append((f"Performance by {answers.priority_word}", list(priorities)))
    said: dict[str, Any] = {
        "council": answers.council,
        "strategy": answers.strategy,
        "year_starts": answers.year_starts,
        "priority_word": answers.priority_word,
        "fictional": answers.fictional,
        "ratings": answers.ratings.model_dump(),
        "rules": [
            {
                "from": first_quarter(answers),
                "green_within": answers.green_within,
                "amber_within": answers.amber_within,
            }
        ],
    }
    if answers.risks:
        pages.append({"page": "risk_register", "title": OWN_PAGES["risk_register"], "kind": "risk_register"})
        bound.append((OWN_PAGES["risk_register"], ["risk_register"]))
        said["risk"] = _SCALES
    if answers.cover_report:
        said["cover_report"] = _COVER
    said["pages"] = pages
    said["appendices"] = [
        {"letter": letter, "title": title, "pages": names} for letter, (title, names) in zip("ABC", bound, strict=False)
    ]
    checked(Framework, {**said, "slug": slug}, f"params/{slug}/framework.yml")
    return (_HEADING + yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=110)).encode()


def empty_records(answers: Answers) -> Mapping[str, bytes]:
    """Give the record files of a new council: headings, and no rows; marked as UTF-8, so that Excel keeps every £."""
    files = (*ALWAYS, *WITH_RISKS) if answers.risks else ALWAYS
    return {file: f"\ufeff{','.join(FILES[file])}\n".encode() for file in files}
