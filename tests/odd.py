"""Made-up councils that are odd, but legal: every polarity, unit, frequency, kind of target, rule and page, or few."""

from __future__ import annotations

import csv
import inspect
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import pandas as pd
import yaml

from kpilib.judgement.verdict import judge
from kpilib.pages import opening
from kpilib.pages import page as page_module
from kpilib.pages.asking import forms
from kpilib.pages.listing import indicators_csv, milestones_csv, risks_csv
from kpilib.pages.open_points import open_points
from kpilib.pages.page import CopiedFrame
from kpilib.pages.shown import Shown
from kpilib.records.faults import TwoLineError
from kpilib.records.framework import Framework, Rule, load_framework
from kpilib.records.ledger import Ledger, load_ledger
from kpilib.records.periods import Period

SLUG, AT = "odd-council", "2023-24-Q2"
QUARTERS = [f"{year}-{year - 1999}-Q{number}" for year in (2021, 2022, 2023) for number in (1, 2, 3, 4)][:10]
LATER = ["2023-24-Q3", "2023-24-Q4", "2024-25-Q1"]
MONTHS = [f"{year}-{month:02d}" for year in (2022, 2023) for month in range(1, 13)][:21]
YEARS = ["2020-21", "2021-22", "2022-23"]
DATES = ["2022-01-31", "2023-06-30", "2023-09-30", "2023-10-01", "2024-02-29", "2026-03-31"]
DIRECTORATES = ["Place", "People & <Care>", "Corporate"]
COMPARATORS = ["Northtown", "Southtown", "Eastham", "England"]
UNITS = ["%", "£", "£m", "days", "breaches", "per 10,000", "", "kg CO2e", "visits"]
TEXTS = [
    "Plain words.",
    "<b>bold</b> & “quoted”, 50% off",
    "First.\n\nSecond.",
    "**Strong** and [a link](https://example.org)",
]
TYPES = ["Financial", "Legal", ""]

Row = dict[str, str]


def council(chance: Random) -> dict[str, str]:
    """Make up a council: the text of each of its files, by its name beneath the root."""
    framework = _framework(chance)
    pages = [entry["page"] for entry in framework["pages"] if entry["kind"] in ("priority", "services", "directorate")]
    indicators = [_indicator(chance, f"i{number}", pages) for number in range(chance.choice([0, 1, 2, 3, 5]))]
    for row in indicators:
        mains = [each["indicator"] for each in indicators if each is not row and not each.get("supports")]
        if mains and row["indicator"] not in [each.get("supports") for each in indicators] and chance.random() < 0.25:
            row["supports"] = chance.choice(mains)
    names = [row["indicator"] for row in indicators]
    colours = [rating for rating in framework["ratings"] if rating not in ("awaited", "not rated")] + ["not rated"]
    tables = {
        "indicators": indicators,
        "readings": [row for each in indicators for row in _readings(chance, each)],
        "targets": [row for each in indicators for row in _targets(chance, each, "amber" in colours)],
        "overrides": [
            {"indicator": name, "quarter": quarter, "rating": chance.choice(colours), "reason": "The board says so",
             "approved_by": "Director"}
            for name in _some(chance, names, 0.15) for quarter in _some(chance, QUARTERS[-3:], 0.5)
        ],
        "tallies": [
            {"quarter": quarter, "directorate": directorate, "rating": rating, "indicators": str(chance.randint(0, 9))}
            for quarter in _some(chance, QUARTERS[-3:], 0.15) for directorate in _some(chance, ["", *DIRECTORATES], 0.4)
            for rating in _some(chance, colours, 0.9)
        ],
        **_benchmarks(chance, names),
        "commentary": [
            {"indicator": name, "quarter": quarter, "kind": kind, "text": chance.choice(TEXTS),
             "owner": chance.choice(["", "Head of Streets"]), "due": chance.choice(["", *DATES])}
            for name in _some(chance, names, 0.5) for quarter in _some(chance, QUARTERS[-3:] + LATER[:1], 0.4)
            for kind in _some(chance, ["performance", "good practice", "issue", "cause", "action"], 0.4)
        ],
        **(_risks(chance) if "risk" in framework else {}),
        "milestones": _milestones(chance),
    }  # fmt: skip
    tables["readings"] += _reported_now(tables, indicators)
    for rows in tables.values():
        if rows and "exempt" in _columns(rows):
            for row in _some(chance, rows, 0.15):
                row["exempt"] = "Paragraph 3"
    files = {f"data/{SLUG}/{name}.csv": _csv(rows) for name, rows in tables.items() if rows}
    for name in ("indicators", "readings", "targets"):
        files.setdefault(f"data/{SLUG}/{name}.csv", _csv([], EMPTY[name]))
    for entry in framework["pages"]:
        if entry["kind"] in ("executive_summary", "services", "directorate") and chance.random() < 0.5:
            head = f"---\npage: {entry['page']}\nheading: A word from {entry['title']}\n---\n"
            files[f"data/{SLUG}/summaries/{AT}/{entry['page']}.md"] = (
                head + chance.choice(TEXTS) + _tokens(chance, names)
            )
    files[f"params/{SLUG}/framework.yml"] = yaml.safe_dump(framework, allow_unicode=True, sort_keys=False)
    files[f"params/{SLUG}/{AT}.yml"] = f"framework: {SLUG}\nquarter: {AT}\nedition: public\n"
    return files


EMPTY = {
    "indicators": "indicator name page directorate frequency good_is unit basis".split(),
    "readings": "indicator period value reported".split(),
    "targets": "indicator period kind low high".split(),
}


def _framework(chance: Random) -> dict[str, Any]:
    kinds = ["executive_summary", "priority", "services", "directorate", "risk_register"]
    chosen = [chance.choice(["priority", "services"]), *_some(chance, kinds, 0.3)]
    pages = [
        {"page": f"page_{number}", "title": f"Page {number} & more", "kind": kind,
         **({"directorate": chance.choice(DIRECTORATES)} if kind == "directorate" else {}),
         **({"directorate": chance.choice(DIRECTORATES)} if kind == "risk_register" and chance.random() < 0.4 else {})}
        for number, kind in enumerate(chosen)
    ]  # fmt: skip
    ratings = {"green": "On track", "red": "Off track"}
    for colour in ("blue", "yellow", "amber", "not rated", "awaited"):
        if chance.random() < 0.5:
            ratings[colour] = f"The {colour} one"
    rules = [_rule(chance, since, ratings) for since in ["2020-21-Q1", *_some(chance, QUARTERS[-4:], 0.2)]]
    for colour, key in (("blue", "blue_beyond"), ("yellow", "yellow_within")):
        if colour in ratings:
            rules[0][key] = "5%"
    said: dict[str, Any] = {
        "council": "Odd Council", "strategy": "A plan", "year_starts": "April", "fictional": True,
        "priority_word": chance.choice(["priority", "objective", "directorate"]),
        "ratings": ratings, "rules": rules, "pages": pages,
        "commentary": chance.choice(["asked", "as printed"]),
    }  # fmt: skip
    if chance.random() < 0.6:
        said["appendices"] = [{"letter": "A", "title": "All", "pages": [entry["page"] for entry in pages]}]
    if any(entry["kind"] == "risk_register" for entry in pages) or chance.random() < 0.5:
        said["risk"] = {
            "impact": ["Minor", "Major"], "opportunity_impact": ["Small", "Large"], "likelihood": ["Rare", "Likely"],
            "bands": chance.choice([{"low": "1-2", "high": "3-4"}, {"all": "1-4"}]),
            "appetite": chance.choice([{}, {"Financial": 2}]),
        }  # fmt: skip
    if chance.random() < 0.4:
        said["pages"].append({"page": "cover", "title": "Cover", "kind": "cover_report"})
        said["cover_report"] = {"head": {"Report to": "Cabinet"}, "numbered": chance.random() < 0.5, "sections": [
            {"heading": "Summary", "text": "{{ count() }} indicators in {{ quarter }}."},
            {"heading": "Appendices", "shows": "appendices"}]}  # fmt: skip
    return said


def _rule(chance: Random, since: str, ratings: dict[str, str]) -> dict[str, Any]:
    tolerances = ["0%", "5%", "0.5%", "2 points", "0 points"]
    rule: dict[str, Any] = {
        "from": since, "kind": chance.choice(["target", "target", "trend", "milestone"]),
        "target": chance.choice(["own period", "own period", "next year"]), "green_within": chance.choice(tolerances),
        "steady_within": chance.choice(tolerances), "compare": chance.choice(["previous", "last year"]),
        "exceptions_after": chance.choice([1, 1, 2, 8]),
    }  # fmt: skip
    if "amber" in ratings:
        rule |= {"amber_within": chance.choice(tolerances), "amber_if_improved": chance.random() < 0.3,
                 "amber_if_forecast": chance.random() < 0.3}  # fmt: skip
    return rule


def _indicator(chance: Random, name: str, pages: list[str]) -> Row:
    frequency = chance.choice(["monthly", "quarterly", "quarterly", "termly", "annual"])
    row = {
        "indicator": name, "name": f"Measure {name}: <done> & more", "short_name": chance.choice(["", f"Short {name}"]),
        "page": chance.choice(pages), "directorate": chance.choice(DIRECTORATES), "frequency": frequency,
        "good_is": chance.choice(["high", "low", "on target", "near", "none"]), "unit": chance.choice(UNITS),
        "basis": chance.choice(["quarter", "sum", "to date", "rolling", "snapshot"]),
        "decimals": chance.choice(["", "0", "1", "3", "40"]),
        "green_within": chance.choice(["", "", "1%", "2 points"]), "from": chance.choice(["", "", *QUARTERS[-3:]]),
        "to": "", "break_from": chance.choice(["", "", QUARTERS[5], QUARTERS[-1], "2022-23", "2023-05", LATER[0]]),
        "service": chance.choice(["", "Roads"]), "definition": chance.choice(["", "What is counted."]), "supports": "",
        "exempt": "",
    }  # fmt: skip
    if chance.random() < 0.2:
        row["to"] = chance.choice([quarter for quarter in QUARTERS[-2:] + LATER if quarter >= row["from"]])
    return row


def _periods(chance: Random, frequency: str) -> list[str]:
    every = {"monthly": MONTHS, "quarterly": QUARTERS, "termly": QUARTERS, "annual": YEARS}[frequency]
    if chance.random() < 0.15:
        every = sorted({*every, *_some(chance, [*QUARTERS, *MONTHS, *YEARS], 0.2)})
    last = chance.choice([0, 1, 3, len(every)])
    return [each for each in every[len(every) - last :] if chance.random() < 0.9]


def _figure(chance: Random, around: float) -> str:
    near = chance.choice([around, around * (1 + chance.gauss(0, 0.1)), around + 0.5, 0, -around])
    return f"{near:.{chance.choice([0, 1, 2, 3])}f}"


def _readings(chance: Random, indicator: Row) -> Iterator[Row]:
    around = chance.choice([0, 0.002, 1, 94.5, 94.5, 600, 1e6, 1e14])
    steady = chance.random() < 0.2
    for period in _periods(chance, indicator["frequency"]):
        status = chance.choice(["", "final", "final", "final", "provisional", "estimate", "awaited", "not measured"])
        absent = status in ("awaited", "not measured")
        row = {"indicator": indicator["indicator"], "period": period, "status": status, "note": "", "exempt": "",
               "value": "" if absent else f"{around:.2f}" if steady else _figure(chance, around),
               "reported": AT if chance.random() < 0.2 else chance.choice(QUARTERS[-5:]),
               "as_printed": chance.choice(["", "", "8/10", "about 12, so far 40"]),
               "covers": chance.choice(["", "", "to August"])}  # fmt: skip
        yield row
        if not absent and chance.random() < 0.1:
            later = [quarter for quarter in [*QUARTERS, LATER[0]] if quarter > row["reported"]]
            if later:
                yield row | {
                    "value": _figure(chance, around),
                    "reported": chance.choice(later),
                    "note": "Counted anew.",
                }


def _targets(chance: Random, indicator: Row, amber: bool) -> Iterator[Row]:
    spans = [*_some(chance, ["2021-22", "2022-23", "2023-24", "2024-25"], 0.4), *_some(chance, QUARTERS[-3:], 0.2)]
    for period in spans:
        kind = chance.choice(["point", "point", "range", "quartile", "total"])
        low = float(_figure(chance, chance.choice([0, 1, 95, 600, 1e6])))
        yield {"indicator": indicator["indicator"], "period": period, "kind": kind,
               "low": str(chance.randint(1, 4)) if kind == "quartile" else f"{low:.2f}",
               "high": f"{low + chance.choice([0, 5, 50]):.2f}" if kind == "range" else "",
               "to": chance.choice(["", "2025-26", "2023-24"]) if period < "2023-24" else "",
               "spread": chance.choice(["", "flat", "linear", "seasonal"]),
               "amber_at": f"{low - 3:.2f}" if amber and kind == "point" and chance.random() < 0.2 else ""}  # fmt: skip


def _benchmarks(chance: Random, names: list[str]) -> dict[str, list[Row]]:
    rows, seen = [], set()
    for name in _some(chance, names, 0.5):
        for period in _some(chance, [*QUARTERS[-4:], *LATER, *YEARS, "2023-24", *MONTHS[-3:]], 0.35):
            for comparator in _some(chance, COMPARATORS, 0.6):
                of = chance.choice(["", "", "12"])
                rows.append({"indicator": name, "period": period, "comparator": comparator,
                             "value": chance.choice(["", _figure(chance, 90), _figure(chance, 90)]),
                             "rank": str(chance.randint(1, 12)) if of else "", "of": of,
                             "reported": chance.choice([AT, "", QUARTERS[-2], LATER[0]])})  # fmt: skip
                seen.add(comparator)
    groups = [{"comparator": comparator, "group": group} for group in ("nearest neighbours", "all authorities")
              for comparator in _some(chance, sorted(seen), 0.6)]  # fmt: skip
    return {"benchmarks": rows, "comparators": groups}


def _risks(chance: Random) -> dict[str, list[Row]]:
    risks, notes = [], []
    names = ["R1", "R2", "R3", "O1"][: chance.choice([0, 1, 3, 4])]
    gone: set[str] = set()
    for quarter in [*_some(chance, QUARTERS[-3:-1], 0.6), *_some(chance, [AT], 0.8)]:
        for name in names:
            if name in gone or chance.random() < 0.2:
                continue
            impact, likelihood, after = chance.randint(1, 2), chance.randint(1, 2), chance.randint(1, 2)
            direction = chance.choice(["", "increasing", "level", "reducing", "new", "closed"])
            here = {row["risk"] for row in risks if row["quarter"] == quarter} | gone | {name}
            others = sorted({row["risk"] for row in risks} - here)
            merged = chance.choice(others) if others and chance.random() < 0.2 else ""
            gone |= {merged, *[name] * (direction == "closed")}
            risks.append({
                "quarter": quarter, "risk": name, "kind": "opportunity" if name == "O1" else "risk",
                "title": f"Risk {name}", "type": chance.choice(TYPES), "owner": chance.choice(["", "Director"]),
                "impact": str(impact), "likelihood": str(likelihood), "score": str(impact * likelihood),
                "residual_impact": "", "residual_likelihood": "", "residual_score": str(after), "direction": direction,
                "target_score": chance.choice(["", "1", "4"]), "target_date": chance.choice(["", *DATES]),
                "review_date": chance.choice(["", *DATES]), "progress": chance.choice(["", "green", "amber", "red"]),
                "merged_from": merged, "directorate": chance.choice(["", *DIRECTORATES]), "note": "", "exempt": "",
            })  # fmt: skip
            notes += [
                {"quarter": chance.choice([quarter, quarter, AT]), "risk": name, "kind": kind, "text": f"{kind} of it",
                 "owner": chance.choice(["", "Someone"]), "due": chance.choice(["", *DATES]),
                 "status": chance.choice(["", "done", "in progress", "planned"]), "exempt": ""}
                for kind in _some(chance, ["cause", "consequence", "benefit", "control", "action", "progress"], 0.4)
            ]  # fmt: skip
    every = {(note["quarter"], note["risk"], note["kind"], note["text"]): note for note in notes}
    return {"risks": risks, "risk_notes": list(every.values())}


def _milestones(chance: Random) -> list[Row]:
    states = ["", "achieved", "on track", "at risk", "missed", "not yet due"]
    return [
        {"quarter": quarter, "objective": objective, "milestone": f"{objective[-1]}.{number}", "text": f"Do {number}",
         "due": chance.choice(DATES), "status": chance.choice(states),
         "directorate": chance.choice(["", *DIRECTORATES]),
         "owner": chance.choice(["", "Someone"]), "forecast": chance.choice(["", "", *DATES]),
         "commentary": chance.choice(["", "Words."]), "exempt": ""}
        for quarter in _some(chance, QUARTERS[-3:], 0.4) for objective in ("Objective 1", "Objective 2")
        for number in range(chance.choice([0, 1, 2]))
    ]  # fmt: skip


def _reported_now(tables: dict[str, list[Row]], indicators: list[Row]) -> list[Row]:
    """A figure of the quarter, without which there is nothing to report; none where something else is of it."""
    of_it = any(row.get("reported", row.get("quarter")) == AT for rows in tables.values() for row in rows)
    if of_it or not indicators:
        return []
    name = indicators[0]["indicator"]
    taken = {row["period"] for row in tables["readings"] if row["indicator"] == name}
    period = next(quarter for quarter in reversed([*QUARTERS, *LATER]) if quarter not in taken)
    return [{"indicator": name, "period": period, "value": "7", "reported": AT}]


def _tokens(chance: Random, names: list[str]) -> str:
    asked = ["count()", 'count("red")', "quarter", "risks()", *[f'value("{name}")' for name in names]]
    return "".join(f" {{{{ {token} }}}}" for token in _some(chance, asked, 0.2))


def _some(chance: Random, choices: list[Any], share: float) -> list[Any]:
    return [each for each in choices if chance.random() < share]


def _columns(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _csv(rows: list[Row], columns: list[str] | None = None) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, columns or _columns(rows), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def write(files: dict[str, str], root: Path) -> Path:
    """Write the files of a council beneath a root."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def ask_all(root: Path, edition: str = "restricted", quarter: str = AT) -> list[str]:
    """
    Ask every page of a council for everything that its kind can say.

    Returns:
        the faults of two lines that came instead of an answer; anything else that is raised is a defect.
    """
    try:
        framework, ledger = load_framework(SLUG, root), load_ledger(SLUG, edition, root)
    except TwoLineError as error:
        return [str(error)]
    at = framework.quarter(quarter)
    for listed in (open_points, indicators_csv, risks_csv, milestones_csv, forms):
        list(listed(ledger, at))
    with _loaded(ledger):
        return list(_answers(framework, root, edition, quarter))


@contextmanager
def _loaded(ledger: Ledger) -> Iterator[None]:
    """Read the records once for all pages, and judge each quarter once: they are the same for each."""
    kept: dict[tuple[str, Any], pd.DataFrame] = {}

    def once(known: Ledger, at: Period, rule: Rule | None = None) -> pd.DataFrame:
        key = (at.text, rule and rule.since, *known.indicators["indicator"])
        if key not in kept:
            kept[key] = judge(known, at, rule)
        return kept[key].copy(deep=False)

    with patch.object(opening, "recorded", lambda *_: ledger), patch.object(page_module, "judge", once):
        yield


def _answers(framework: Framework, root: Path, edition: str, quarter: str) -> Iterator[str]:
    """Ask page by page."""
    for entry in [entry.page for entry in framework.pages] + ["index"] * (len(framework.pages) < 3):
        try:
            page = opening.open_page(SLUG, entry, quarter, edition, root=root)
        except TwoLineError as error:
            yield str(error)
            continue
        for name, said in inspect.getmembers_static(type(page)):
            if not name.startswith("_"):
                yield from _asked(page, name, said)


def _asked(page: Any, name: str, said: Any) -> Iterator[str]:
    for given in _given(page, said):
        try:
            shown = getattr(page, name)
            shown = shown(*given) if callable(said) and not isinstance(said, CopiedFrame) else shown
        except TwoLineError as error:
            yield str(error)
            continue
        if isinstance(shown, Shown):
            assert shown.html is not None
            assert not {"nan", "inf", "Infinity", "NaT"} & set(re.findall(r"\w+", repr(shown)))
        elif isinstance(shown, pd.DataFrame):
            repr(shown)


def _given(page: Any, said: Callable[..., Any] | Any) -> list[tuple[str, ...]]:
    """What to call a word of a page with: nothing, or each of its indicators and all of them."""
    if not inspect.isfunction(said):
        return [()]
    needs = list(inspect.signature(said).parameters.values())[1:]
    if not needs or all(each.default is not each.empty for each in needs):
        return [()]
    names = [*page.indicators["indicator"], *getattr(page, "supporting", page.indicators)["indicator"]]
    if needs[0].kind is needs[0].VAR_POSITIONAL:
        return [tuple(dict.fromkeys(names)), tuple(names[:1])]
    return [(name,) for name in dict.fromkeys(names)]
