"""
Nothing exempt is printed in the public edition, wherever it stands in the records.

A canary, a word or a figure that stands nowhere else, moves about in what is exempt.
Pages, lists and forms are made of nothing but the ledger and what is in params/, so what has been made once of a ledger
is not made again of an equal one.
"""

from __future__ import annotations

import csv
import io
import json
import pickle
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from councils import PROJECT
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import kpilib.pages.page
from kpilib.judgement.verdict import judge
from kpilib.pages.asking import forms
from kpilib.pages.listing import indicators_csv, milestones_csv, risks_csv
from kpilib.pages.opening import BY_TREND, KINDS
from kpilib.records.forms import write_form
from kpilib.records.ledger import Ledger, load_ledger
from kpilib.records.periods import quarter
from kpilib.records.quarterly import Quarterly

AT = quarter("2019-20-Q2")
CANARY, FIGURE = "xcanaryx", "48615.37"
FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules: [{from: 2018-19-Q1}]
pages:
  - {page: cover, title: Cover, kind: cover_report}
  - {page: summary, title: Summary, kind: executive_summary}
  - {page: streets, title: Clean streets, kind: priority}
  - {page: homes, title: Homes, kind: services}
  - {page: place, title: Place, kind: directorate, directorate: Place}
  - {page: register, title: Register, kind: risk_register}
cover_report:
  sections: [{heading: Summary, text: 'Of {{ count() }} indicators. {{ part_two }}'}]
risk:
  impact: [Minor, Major]
  opportunity_impact: [Minor, Major]
  likelihood: [Rare, Likely]
  bands: {low: 1-2, high: 3-4}
"""

Row = Mapping[str, str]
MEASURED = {"directorate": "Place", "frequency": "quarterly", "good_is": "low", "basis": "sum", "unit": "visits"}
SCORED = {"kind": "risk", "impact": "2", "likelihood": "2", "score": "4", "residual_impact": "2",
          "residual_likelihood": "1", "residual_score": "2", "direction": "level", "type": "People"}  # fmt: skip
OPEN: dict[str, list[Row]] = {
    "indicators": [
        {**MEASURED, "indicator": "litter", "name": "Litter", "page": "streets"},
        {**MEASURED, "indicator": "rents", "name": "Rents", "page": "homes"},
        {**MEASURED, "indicator": "trees", "name": "Trees", "page": "place"},
    ],
    "readings": [
        {"indicator": name, "period": at, "value": f"{value}", "reported": at}
        for name, value in (("litter", 40), ("rents", 50), ("trees", 60))
        for at in ("2018-19-Q2", "2018-19-Q3", "2019-20-Q1", AT.text)
        if (name, at) != ("litter", AT.text)
    ],
    "targets": [{"indicator": "litter", "period": "2019-20", "kind": "point", "low": "30"}],
    "commentary": [
        {"indicator": "litter", "quarter": at, "kind": "action", "text": "Sweep.", "owner": "Head of Streets"}
        for at in ("2019-20-Q1", AT.text)
    ],
    "risks": [
        {**SCORED, "quarter": at, "risk": "CR1", "title": "Flood", "owner": "Director", "directorate": "Place"}
        for at in ("2019-20-Q1", AT.text)
    ],
    "risk_notes": [{"quarter": AT.text, "risk": "CR1", "kind": "control", "text": "Walls."}],
    "milestones": [
        {"quarter": at, "objective": "Grow", "milestone": "M1", "text": "Plant", "due": "2020-03-31",
         "directorate": "Place"} for at in ("2019-20-Q1", AT.text)
    ],
}  # fmt: skip
# What is exempt, or belongs to what is: the file, a row of it, and those of its cells that the canary may sit in.
HIDDEN: dict[str, tuple[str, Row, str]] = {
    **{
        f"an indicator of {page}": (
            "indicators",
            {**MEASURED, "indicator": f"secret_{page}", "page": page},
            "name short_name directorate unit definition service source note exempt",
        )
        for page in ("streets", "homes", "place")
    },
    "a measure": (
        "indicators",
        {**MEASURED, "indicator": "secret_measure", "page": "place", "supports": "trees"},
        "name short_name directorate unit definition service source note exempt",
    ),
    "a measure of an exempt indicator": (
        "indicators",
        {**MEASURED, "indicator": "measure_of_secret", "page": "place", "supports": "secret_place"},
        "name short_name",
    ),
    "the figure of an exempt indicator": (
        "readings",
        {"indicator": "secret_streets", "period": AT.text, "reported": AT.text, "value": "1"},
        "value covers as_printed note",
    ),
    **{
        f"a figure of {period}": (
            "readings",
            {"indicator": "litter", "period": period, "reported": reported, "value": "1"},
            "value numerator denominator covers as_printed note exempt",
        )
        for period, reported in (("2018-19-Q4", "2019-20-Q1"), (AT.text, AT.text), ("2019-20-Q1", AT.text))
    },
    **{
        f"a remark of {at}": (
            "commentary",
            {"indicator": "rents", "quarter": at, "kind": kind},
            "text owner exempt",
        )
        for at, kind in (("2019-20-Q1", "action"), (AT.text, "action"))
    },
    "what is stated of an exempt indicator": (
        "overrides",
        {"indicator": "secret_homes", "quarter": AT.text, "rating": "red"},
        "reason approved_by",
    ),
    "an exempt risk": (
        "risks",
        {**SCORED, "quarter": AT.text, "risk": "CR2"},
        "title type owner directorate note exempt",
    ),
    "an exempt risk a quarter before": (
        "risks",
        {**SCORED, "quarter": "2019-20-Q1", "risk": "CR2"},
        "title type owner directorate note",
    ),
    "a note on an exempt risk": ("risk_notes", {"quarter": AT.text, "risk": "CR2", "kind": "action"}, "text owner"),
    **{
        f"a note, {kind}": (
            "risk_notes",
            {"quarter": AT.text, "risk": "CR1", "kind": kind},
            "text owner exempt",
        )
        for kind in ("action", "progress")
    },
    **{
        f"a milestone of {at}": (
            "milestones",
            {"quarter": at, "milestone": "M2", "due": "2020-03-31"},
            "objective text directorate owner commentary exempt",
        )
        for at in ("2019-20-Q1", AT.text)
    },
    "a summary": ("summaries", {"page": "summary"}, "file heading text exempt"),
}
UNSHOWN = "exempt numerator denominator file"  # cells that no edition shows
UNSHOWN_OF = {
    "a measure": "name definition service source note",
    "a figure of 2018-19-Q4": "note",
    "a measure of an exempt indicator": "name",
    "an exempt risk a quarter before": "type note",
    "a milestone of 2019-20-Q1": "owner commentary",
}
ASKED = [(label, "exempt") for label in ("a remark of 2019-20-Q1", "a milestone of 2019-20-Q1")]  # marks in forms
PLACES = [(label, cell) for label, (_, _, cells) in HIDDEN.items() for cell in cells.split()]
FIGURES = ("value", "numerator", "denominator")


def written(root: Path, sung: Mapping[tuple[str, str], str]) -> Path:
    """Write the tiny council, with these words in these cells of what is exempt."""
    rows: dict[str, list[dict[str, str]]] = {file: [dict(row) for row in known] for file, known in OPEN.items()}
    for label, (file, row, cells) in HIDDEN.items():
        plain = dict.fromkeys(cells.split(), "words") | dict.fromkeys(set(FIGURES) & set(cells.split()), "1")
        said = {**plain, **row, **{cell: sung[label, cell] for cell in cells.split() if (label, cell) in sung}}
        rows.setdefault(file, []).append(said)
    (summary,) = rows.pop("summaries")
    head = "\n".join(f"{name}: {summary[name]}" for name in ("page", "heading", "exempt"))
    files = {f"summaries/{AT.text}/{summary['file']}.md": f"---\n{head}\n---\n{summary['text']}\n"}
    for file, held in rows.items():
        page, columns = io.StringIO(), dict.fromkeys(column for row in held for column in row)
        needed = dict.fromkeys(NEEDED.get(file, "").split()) | columns
        writer = csv.DictWriter(page, list(needed), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(held)
        files[f"{file}.csv"] = page.getvalue()
    files = {f"data/tiny/{name}": text for name, text in files.items()} | {"params/tiny/framework.yml": FRAMEWORK}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


NEEDED = {"targets": "high", "milestones": "status owner", "risks": "type owner"}


# What is made of a ledger.


@cache
def shown(kind: str) -> list[str]:
    """Name what the notebook of a kind of page shows."""
    cells = json.loads((PROJECT / "notebooks" / f"{kind}.ipynb").read_text("utf-8"))["cells"]
    sources = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return re.findall(r"^page\.(\w+)\(\)$", sources, re.MULTILINE)


def printed(ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Give every text that an edition is made of, by where it stands: pieces of pages, lists, and parts of forms."""
    for entry in (ledger.framework.overview, *ledger.framework.pages):
        for kind in dict.fromkeys([KINDS[entry.kind], BY_TREND.get(entry.kind, KINDS[entry.kind])]):
            page = kind(ledger, entry, AT, Quarterly())
            yield f"{entry.page}, of itself", repr(page)
            for name in shown(entry.kind):
                piece = getattr(page, name)()
                yield f"{entry.page}, {name}, {kind.__name__}, in words", repr(piece)
                yield f"{entry.page}, {name}, {kind.__name__}", piece._repr_html_()
    for write in (indicators_csv, risks_csv, milestones_csv):
        yield write.__name__, write(ledger, AT)
    for form in forms(ledger, AT):
        with zipfile.ZipFile(io.BytesIO(write_form(form))) as book:
            for part in book.namelist():
                yield f"form of {form.directorate}, {part}", f"{part} {book.read(part).decode()}"


def judged_once(judge: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    """Let all pages of one ledger share its verdict on a quarter, which takes the most time."""
    known: dict[tuple[Any, ...], pd.DataFrame] = {}

    def once(ledger: Ledger, *asked: Any) -> pd.DataFrame:
        if asked not in known:
            known[asked] = judge(ledger, *asked)
        return known[asked].copy()

    return once


Texts = Callable[[Ledger], dict[str, str]]


@pytest.fixture(scope="module")
def texts() -> Texts:
    """Give the texts made of a ledger; of equal ledgers they are made once."""
    known: dict[bytes, dict[str, str]] = {}

    def made(ledger: Ledger) -> dict[str, str]:
        frames = [getattr(ledger, each.name) for each in fields(ledger)]
        said = pickle.dumps([frame.to_dict("list") for frame in frames if isinstance(frame, pd.DataFrame)])
        if said not in known:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(kpilib.pages.page, "judge", judged_once(judge))
                known[said] = dict(printed(ledger))
        return known[said]

    return made


# The canary.


def heard(texts: Mapping[str, str], song: str) -> list[str]:
    """Give where a song is heard: a word in any letters, a figure with or without commas and decimals."""
    sought = re.compile(re.escape(song).replace(r"\.37", ""), re.IGNORECASE)
    return [where for where, text in texts.items() if sought.search(text.replace(",", ""))]


@settings(deadline=None, max_examples=10, phases=set(Phase) - {Phase.shrink})  # a place needs no shrinking
@given(place=st.sampled_from(PLACES))
def test_no_canary_in_the_public_edition(
    tmp_path_factory: pytest.TempPathFactory, texts: Texts, place: tuple[str, str]
) -> None:
    """Wherever in what is exempt the canary sits, it is in no page, list or form of the public edition, nor a name."""
    song = FIGURE if place[1] in FIGURES else CANARY
    root = written(tmp_path_factory.mktemp("root"), {place: song})
    ledger = load_ledger("tiny", "public", root)
    names = "\n".join(ledger.sums())

    assert heard(texts(ledger) | {"the names of sums": names}, song) == []


def test_canaries_everywhere(tmp_path: Path, texts: Texts) -> None:
    """Each canary in what is exempt is in the restricted edition where such cells are shown, and in it alone."""
    sung = {place: f"7{n}615.37" if place[1] in FIGURES else f"xcanary{n}x" for n, place in enumerate(PLACES, 100)}
    root = written(tmp_path, sung)
    restricted, public = (texts(load_ledger("tiny", edition, root)) for edition in ("restricted", "public"))

    assert [place for place, song in sung.items() if heard(public, song)] == []
    assert [place for place, song in sung.items() if not heard(restricted, song)] == [
        (label, cell)
        for label, cell in PLACES
        if cell in f"{UNSHOWN} {UNSHOWN_OF.get(label)}".split() and (label, cell) not in ASKED
    ]
