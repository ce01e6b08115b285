"""The words that people wrote for a quarter: `data/<slug>/summaries/<quarter>/*.md`, each with its heading and page."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pandas as pd

from kpilib.records.faults import Fault, RecordsError, allowed
from kpilib.records.files import read_file
from kpilib.records.framework import WORDED_PAGES, Framework
from kpilib.records.said import Said, Text, checked, read_yaml
from kpilib.records.signs import refused, seen

COLUMNS = "quarter file page heading text line exempt quarter_end".split()
_CHECK = "`kpilib check` names it, and says what to do."
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?\r?\n)---[ \t]*(?:\r?\n|\Z)", re.DOTALL)


class Front(Said):
    """What stands before a summary's text: the page that prints it, its heading, and whether it is exempt."""

    page: Text
    heading: Text
    exempt: str = ""


def read_summaries(
    framework: Framework, folder: Path, faults: list[Fault], edition: str = "restricted"
) -> pd.DataFrame:
    """
    Read every summary of a framework, the exempt ones included, adding what is wrong with them.

    Args:
        folder: the framework's folder in data/.
        edition: for the public one nothing is told of a file that may be exempt, not even its name.

    Returns:
        a row for each file, by quarter and name: quarter, file (as faults name it), page, heading, text (Markdown with
        tokens), line (the file's line on which the text begins), exempt, quarter_end.
    """
    rows = []
    place = f"data/{framework.slug}/summaries"
    stray = [path for path in visible(folder / "summaries", "*") if not path.is_dir()]
    faults.extend(Fault(f"{place}/{path.name}", "is in no quarter's folder", "Put it into one.") for path in stray)
    for path in visible(folder / "summaries", "*/*"):
        where = f"{place}/{path.parent.name}/{path.name}"
        try:
            rows.append(_read(path, where, framework))
        except RecordsError as error:
            hidden = edition == "public" and _may_be_exempt(path)
            faults.extend([Fault(place, "one that may be exempt cannot be read", _CHECK)] if hidden else error.faults)
    return pd.DataFrame(rows, columns=COLUMNS)


def _may_be_exempt(path: Path) -> bool:
    """Say whether a file has anything like the word `exempt` before its text, however it is spelt."""
    head = path.read_bytes().decode("utf-8", "replace").lower() if path.is_file() else ""
    return bool(difflib.get_close_matches("exempt", re.findall(r"[a-z]+", head), n=1))


def visible(folder: Path, pattern: str) -> list[Path]:
    """Give what lies in a folder, but for what editors and systems hide there."""
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    return [path for path in found if not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)]


def _read(path: Path, place: str, framework: Framework) -> dict[str, object]:
    """
    Read one summary.

    Raises:
        RecordsError: it cannot be read, or its page or quarter is not there; its text is never quoted.
    """
    if not path.name.isprintable():
        raise RecordsError([Fault(place, "has a name that cannot be printed", "Rename it, in letters and digits.")])
    try:
        at = framework.quarter(path.parent.name)
    except ValueError as error:
        raise RecordsError(
            [Fault(place, f"{path.parent.name!r} is not a quarter", "Name the folder as 2019-20-Q3.")]
        ) from error
    if path.suffix != ".md":
        raise RecordsError([Fault(place, "is no summary", "End its name with .md, or take it away.")])
    try:
        content = read_file(path, place).decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise RecordsError([Fault(place, "is not UTF-8 text", "Save it as UTF-8.")]) from error
    found = _FRONT.match(content)
    if not found:
        remedy = "Begin with a line `---`, then `page: …` and `heading: …`, then a line `---`."
        raise RecordsError([Fault(place, "does not say whose words it holds", remedy)])
    front = checked(Front, read_yaml(found[1].encode(), place), place)
    pages = [entry.page for entry in framework.pages]
    if front.page not in pages:
        raise RecordsError(
            [Fault(f"{place} @ page", f"{front.page!r} is not a page of framework.yml", allowed(front.page, pages))]
        )
    kind = framework.entry(front.page).kind
    if kind not in WORDED_PAGES:
        known = allowed("", [entry.page for entry in framework.pages if entry.kind in WORDED_PAGES])
        raise RecordsError([Fault(f"{place} @ page", f"{front.page!r} prints no summaries, being a {kind}", known)])
    if "{{" in front.heading:
        raise RecordsError(
            [Fault(f"{place} @ heading", "holds a token", "Write it into the text; a heading has none.")]
        )
    for number, line in enumerate(content.split("\n"), 1):
        if why := refused(line):
            raise RecordsError([Fault(f"{place}, line {number}", *why)])
    text = content[found.end() :]
    if not seen(text):
        raise RecordsError([Fault(place, "has no text", "Write it below the second `---`, or take the file away.")])
    return {
        "quarter": at.text, "file": place, "page": front.page, "heading": front.heading, "text": text,
        "line": found[0].count("\n") + 1, "exempt": front.exempt, "quarter_end": at.end,
    }  # fmt: skip
