"""The two editions: what the public one does without, and what is counted of that, kind by kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilib.records.editions import HELD_BACK, KINDS, bare_pages, paragraphs, withheld, without_exempt
from kpilib.records.faults import RecordsError
from kpilib.records.framework import load_framework
from kpilib.records.ledger import load_ledger, read_texts, unrecorded
from kpilib.records.periods import quarter
from kpilib.records.summaries import read_summaries

FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules: [{from: 2019-20-Q1}]
pages:
  - {page: streets, title: Clean streets, kind: priority}
  - {page: summary, title: Summary, kind: executive_summary}
risk:
  impact: [Minor, Major]
  opportunity_impact: [Minor, Major]
  likelihood: [Rare, Likely]
  bands: {low: 1-2, high: 3-4}
"""
HEADS = {
    "indicators": "indicator,name,page,directorate,frequency,good_is,unit,basis,supports,from,to,exempt",
    "readings": "indicator,period,value,reported,exempt",
    "targets": "indicator,period,kind,low,high",
    "overrides": "indicator,quarter,rating,reason,approved_by",
    "tallies": "quarter,directorate,rating,indicators",
    "benchmarks": "indicator,period,comparator,value,rank,of",
    "comparators": "comparator,group",
    "commentary": "indicator,quarter,kind,text,owner,exempt",
    "risks": "quarter,risk,kind,title,type,owner,impact,likelihood,score,residual_impact,residual_likelihood,"
    "residual_score,direction,merged_from,exempt",
    "risk_notes": "quarter,risk,kind,text,exempt",
    "milestones": "quarter,objective,milestone,text,due,status,directorate,owner,exempt",
}
Council = Callable[..., Path]
Sums = dict[str, str]


def indicator(name: str, supports: str = "", exempt: str = "", directorate: str = "Place", span: str = ",") -> str:
    """Write a row of indicators.csv."""
    return f"{name},{name.title()},streets,{directorate},quarterly,high,visits,sum,{supports},{span},{exempt}"


def risk(number: str, at: str = "2019-20-Q1", merged: str = "", exempt: str = "") -> str:
    """Write a row of risks.csv."""
    return f"{at},{number},risk,Floods,People,Director,2,2,4,2,1,2,level,{merged},{exempt}"


def summary(text: str = "Words.", exempt: str = "3") -> str:
    """Write a summary."""
    return f'---\npage: summary\nheading: Leader\nexempt: "{exempt}"\n---\n{text}\n'


def laid(council: Council, rows: dict[str, list[str]], words: dict[str, str] | None = None) -> Path:
    """Write the tiny council: rows by file, one indicator where none is given, and summaries by quarter and name."""
    every = {"indicators": [indicator("litter")], "readings": [], "targets": []} | rows
    root = council(FRAMEWORK, **{name: "\n".join([HEADS[name], *lines]) + "\n" for name, lines in every.items()})
    for name, text in (words or {}).items():
        path = root / "data/tiny/summaries" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


@pytest.fixture
def left(council: Council) -> Callable[..., dict[str, list[list[str]]]]:
    """Give what the public edition keeps of rows: by file, a list of cells for each."""

    def kept(**rows: list[str]) -> dict[str, list[list[str]]]:
        texts = read_texts("tiny", laid(council, rows) / "data/tiny", [])
        found = {file.removesuffix(".csv"): frame for file, frame in without_exempt(texts, 4).items()}
        return {file: frame.to_numpy().tolist() for file, frame in found.items() if file in {*rows, "indicators"}}

    return kept


Left = Callable[..., dict[str, list[list[str]]]]


def firsts(rows: list[list[str]], *places: int) -> list[tuple[str, ...]]:
    """Give some cells of each row."""
    return [tuple(row[place] for place in places) for row in rows]


# What the public edition does without.


def test_all_that_names_an_exempt_indicator(left: Left) -> None:
    """Of an exempt indicator no row is left in any file; those of others stay."""
    rows = {
        "indicators": [indicator("litter"), indicator("secret", exempt="3")],
        "readings": ["litter,2019-20-Q1,1,2019-20-Q1,", "secret,2019-20-Q1,1,2019-20-Q1,"],
        "targets": ["litter,2019-20,point,5,", "secret,2019-20,point,5,"],
        "overrides": ["litter,2019-20-Q1,red,Why,Who", "secret,2019-20-Q1,red,Why,Who"],
        "benchmarks": ["litter,2018-19,England,5,,", "secret,2018-19,England,5,,"],
        "commentary": ["litter,2019-20-Q1,cause,Wind,,", "secret,2019-20-Q1,cause,Wind,,"],
    }

    assert {name: [("litter",)] for name in rows} == {
        name: firsts(cells, 0) for name, cells in left(**rows).items() if name in rows
    }


@pytest.mark.parametrize(
    ("supports", "exempt", "expected"),
    [
        ({"visits": "", "men": "visits", "boys": "men"}, "visits", []),
        ({"visits": "", "men": "visits", "boys": "men"}, "men", ["visits"]),
        ({"visits": "", "men": "visits", "women": "visits"}, "women", ["visits"]),
        ({"visits": "", "men": "visits", "women": "visits", "girls": "women"}, "men", ["visits"]),
        ({"visits": "", "men": "visits", "litter": "", "bins": "litter"}, "men", ["visits", "litter", "bins"]),
        ({"visits": "", "litter": ""}, "visits", ["litter"]),
    ],
)
def test_measures_that_go_with_an_exempt_one(
    left: Left, supports: dict[str, str], exempt: str, expected: list[str]
) -> None:
    """With an exempt indicator goes what supports it, and what supports the same one as it does; the whole stays."""
    rows = [indicator(name, whole, "3" if name == exempt else "") for name, whole in supports.items()]

    assert expected == [name for (name,) in firsts(left(indicators=rows)["indicators"], 0)]


@pytest.mark.parametrize(
    ("period", "stays"),
    [
        ("2019-20", False),
        ("2019-07", False),
        ("2019-09", False),
        ("2019-06", True),
        ("2019-10", True),
        ("2019-20-Q1", True),
        ("2019-20-Q3", True),
        ("2018-19", True),
    ],
)
def test_figures_for_a_time_that_overlaps(left: Left, period: str, stays: bool) -> None:
    """Beside an exempt figure, those of its indicator for other periods that share a month with it are left out."""
    rows = [f"litter,{period},7,2020-21-Q1,", "litter,2019-20-Q2,5,2019-20-Q2,3"]

    assert [("litter", period)] * stays == firsts(left(readings=rows)["readings"], 0, 1)


def test_figures_of_other_indicators_stay(left: Left) -> None:
    """An exempt figure takes no figure of another indicator with it."""
    rows = ["bins,2019-20,7,2019-20-Q4,", "bins,2019-20-Q2,7,2019-20-Q2,", "litter,2019-20-Q2,5,2019-20-Q2,3"]
    kept = left(indicators=[indicator("litter"), indicator("bins")], readings=rows)

    assert firsts(kept["readings"], 0, 1) == [("bins", "2019-20"), ("bins", "2019-20-Q2")]


def test_the_figure_before_an_exempt_revision_stays(left: Left) -> None:
    """An exempt revision leaves what had been published for its period, and hides the year that it is a part of."""
    rows = ["litter,2019-20-Q1,5,2019-20-Q1,", "litter,2019-20-Q1,6,2019-20-Q2,3", "litter,2019-20,9,2019-20-Q4,"]

    assert firsts(left(readings=rows)["readings"], 1, 2) == [("2019-20-Q1", "5")]


FAMILY = [indicator("visits"), indicator("men", "visits"), indicator("women", "visits")]


@pytest.mark.parametrize("exempt", ["visits", "men", "women"])
def test_parts_of_a_whole_beside_an_exempt_figure(left: Left, exempt: str) -> None:
    """
    Of a whole and its parts, no figures are left from which an exempt one of them could be worked out.

    The whole stays beside an exempt part, and figures for another time stay.
    """
    values = {"visits": 17, "men": 7, "women": 10}
    rows = [
        f"{name},{at},{value},{at},{'3' if (name, at) == (exempt, '2019-20-Q2') else ''}"
        for at in ("2019-20-Q1", "2019-20-Q2")
        for name, value in values.items()
    ]
    kept = left(indicators=FAMILY, readings=rows)["readings"]

    assert firsts(kept, 0, 1) == [
        *((name, "2019-20-Q1") for name in values),
        *(("visits", "2019-20-Q2") for _ in range(exempt != "visits")),
    ]


def test_months_of_the_figure_that_an_exempt_month_is_a_part_of(left: Left) -> None:
    """Beside an exempt month of a measure, its other months in the same figure of its indicator are left out."""
    months = [("2019-06", 1700, ""), ("2019-07", 1800, ""), ("2019-08", 1725, "3"), ("2019-09", 1950, "")]
    kept = left(
        indicators=[indicator("visits"), indicator("month", "visits")],
        readings=[
            "visits,2019-20-Q2,5475,2019-20-Q2,",
            *(f"month,{at},{value},2019-20-Q2,{mark}" for at, value, mark in months),
        ],
    )["readings"]

    assert firsts(kept, 0, 1) == [("visits", "2019-20-Q2"), ("month", "2019-06")]


@pytest.mark.parametrize("basis", ["sum", "to date"])
def test_an_exempt_figure_by_another_name(left: Left, basis: str) -> None:
    """Where an exempt figure of a measure follows from its indicator's own, those for its time are left out."""
    running = indicator("so_far", "visits").replace(",sum,", ",to date,")
    whole = indicator("visits")
    figures = {"visits": (5, 7, 6), "so_far": (5, 12, 18)}
    if basis == "to date":  # the other way round: the measure is the difference of two running totals
        running, whole = indicator("visits", "so_far"), indicator("so_far").replace(",sum,", ",to date,")
    secret = ("so_far" if basis == "sum" else "visits", 2)
    rows = [
        f"{name},2019-20-Q{number},{value},2019-20-Q3,{'3' if (name, number) == secret else ''}"
        for name, values in figures.items()
        for number, value in enumerate(values, 1)
    ]
    kept = firsts(left(indicators=[whole, running], readings=rows)["readings"], 0, 1)

    assert kept == [("visits", "2019-20-Q3")] if basis == "sum" else [("so_far", "2019-20-Q1")]


def test_measures_of_an_exempt_running_total(left: Left) -> None:
    """Beside an exempt running total goes every measure that it or a later one of its year holds."""
    rows = [f"so_far,2019-20-Q{number},{value},2019-20-Q3,{'3' if number == 2 else ''}"
            for number, value in enumerate((5, 12, 18), 1)]  # fmt: skip
    rows += [f"visits,{at},6,2019-20-Q3," for at in ("2018-19-Q4", "2019-20-Q2", "2019-20-Q3")]
    named = [indicator("so_far").replace(",sum,", ",to date,"), indicator("visits", "so_far")]
    kept = left(indicators=named, readings=rows)["readings"]

    assert firsts(kept, 0, 1) == [("so_far", "2019-20-Q1"), ("so_far", "2019-20-Q3"), ("visits", "2018-19-Q4")]


@pytest.mark.parametrize("period", ["2018-19", "2018-19-Q4", "2019-03"])
def test_ranks_of_an_exempt_figure(left: Left, period: str) -> None:
    """The council's rank for the time of an exempt figure is left out; others' figures and other ranks stay."""
    ranks = ["litter,2017-18,England,60,80,151", "litter,2018-19,England,62,81,151", "bins,2018-19,England,4,9,151"]
    kept = left(
        indicators=[indicator("litter"), indicator("bins")],
        readings=[f"litter,{period},61,2019-20-Q1,3"],
        benchmarks=ranks,
    )["benchmarks"]

    assert firsts(kept, 3, 4, 5) == [("60", "80", "151"), ("62", "", ""), ("4", "9", "151")]


def test_ratings_stated_for_an_exempt_figure(left: Left) -> None:
    """A rating that was stated in the quarter in which an exempt figure was reported is left out; others stay."""
    stated = ["litter,2019-20-Q1,red,Why,Who", "litter,2019-20-Q2,red,Why,Who", "bins,2019-20-Q2,red,Why,Who"]
    kept = left(
        indicators=[indicator("litter"), indicator("bins")],
        readings=["litter,2019-20-Q1,5,2019-20-Q1,", "litter,2019-20-Q2,5,2019-20-Q2,3"],
        overrides=stated,
    )["overrides"]

    assert firsts(kept, 0, 1) == [("litter", "2019-20-Q1"), ("bins", "2019-20-Q2")]


def test_ratings_stated_while_an_exempt_figure_is_the_latest(left: Left) -> None:
    """A rating is of the latest figure: while that is an exempt one, no rating that was stated is left."""
    stated = [f"litter,2019-20-Q{number},red,Why,Who" for number in (1, 2, 3, 4)]
    kept = left(
        readings=["litter,2018-19,5,2019-20-Q2,3", "litter,2019-20-Q3,5,2019-20-Q4,"],
        overrides=stated,
    )["overrides"]

    assert firsts(kept, 1) == [("2019-20-Q1",), ("2019-20-Q4",)]


def test_ratings_stated_for_a_figure_that_is_held_back(left: Left) -> None:
    """A rating stated in the quarter in which a figure was reported that is held back is held back with it."""
    readings = ["litter,2019-20-Q2,5,2019-20-Q2,3", "litter,2019-20-Q4,5,2019-20-Q4,", "litter,2019-20,9,2020-21-Q1,"]

    assert left(readings=readings, overrides=["litter,2020-21-Q1,red,Why,Who"])["overrides"] == []


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ({"indicators": "secret"}, ["Homes"]),
        ({"readings": "secret"}, ["Homes"]),
        ({}, ["", "Place", "Homes"]),
    ],
)
def test_counts_over_what_is_exempt(left: Left, marked: dict[str, str], expected: list[str]) -> None:
    """Counts of ratings over an exempt indicator or figure are left out: its directorate's, and the whole council's."""
    kept = left(
        indicators=[
            indicator("litter", directorate="Homes"),
            indicator("secret", exempt="3" if "indicators" in marked else ""),
        ],
        readings=[f"secret,2019-20-Q1,5,2019-20-Q1,{'3' if 'readings' in marked else ''}"],
        tallies=[f"2019-20-Q1,{whose},red,5" for whose in ("", "Place", "Homes")],
    )["tallies"]

    assert expected == [whose for (whose,) in firsts(kept, 1)]


def test_comparators_of_exempt_figures_alone(left: Left) -> None:
    """A comparator that only exempt indicators are compared with is in no group, and one that others are stays."""
    kept = left(
        indicators=[indicator("litter"), indicator("secret", exempt="3")],
        benchmarks=["litter,2018-19,Kent,5,,", "secret,2018-19,Kent,5,,", "secret,2018-19,Surrey,5,,"],
        comparators=["Kent,neighbours", "Surrey,neighbours", "Surrey,counties"],
    )["comparators"]

    assert kept == [["Kent", "neighbours"]]


def test_risks_are_exempt_in_every_quarter(left: Left) -> None:
    """A risk that is exempt in one quarter is in no quarter of the public edition, and neither are its notes."""
    kept = left(
        risks=[risk("CR1"), risk("CR2"), risk("CR2", "2019-20-Q2", exempt="3"), risk("CR2", "2019-20-Q3")],
        risk_notes=["2019-20-Q1,CR1,cause,Rain,", "2019-20-Q1,CR2,cause,Rain,", "2019-20-Q1,CR1,cause,Wind,3"],
    )

    assert firsts(kept["risks"], 0, 1) == [("2019-20-Q1", "CR1")]
    assert firsts(kept["risk_notes"], 1, 3) == [("CR1", "Rain")]


@pytest.mark.parametrize(
    ("merged", "expected"),
    [("CR2", ""), ("CR2; CR3", "CR3"), ("CR2, CR3 & CR4", "CR3; CR4"), ("CR3, CR4", "CR3, CR4"), ("CR22", "CR22")],
)
def test_risks_that_took_in_an_exempt_one(left: Left, merged: str, expected: str) -> None:
    """An open risk does not name an exempt one that it took in, however the list of them is written."""
    cell = f'"{merged}"'
    kept = left(risks=[risk("CR2", exempt="3"), risk("CR1", "2019-20-Q2", merged=cell)])["risks"]

    assert [(expected,)] == firsts(kept, 13)


def test_milestones_are_exempt_in_their_quarter_alone(left: Left) -> None:
    """An exempt milestone is left out of the quarter whose row is marked, and of no other."""
    rows = [f"2019-20-Q{number},Grow,M1,Plant,2020-03-31,,Place,Who,{mark}" for number, mark in ((1, ""), (2, "3"))]

    assert firsts(left(milestones=rows)["milestones"], 0) == [("2019-20-Q1",)]


def test_where_nothing_is_exempt(council: Council) -> None:
    """Where nothing is exempt everything stays, and what is known of each file with it."""
    rows = {"readings": ["litter,2019-20-Q1,5,2019-20-Q1,"], "risks": [risk("CR1", merged="CR9")]}
    texts = read_texts("tiny", laid(council, rows | {"tallies": ["2019-20-Q1,,red,1"]}) / "data/tiny", [])
    public = without_exempt(texts, 4)

    for file, frame in texts.items():
        pd.testing.assert_frame_equal(public[file], frame)
        assert public[file].attrs == frame.attrs


def test_what_is_given_stays_as_it_was(council: Council) -> None:
    """Leaving out what is exempt changes nothing in the frames that were given."""
    rows = {
        "readings": ["litter,2018-19,5,2019-20-Q1,3", "litter,2018-19-Q4,5,2019-20-Q1,"],
        "risks": [risk("CR2", exempt="3"), risk("CR1", "2019-20-Q2", merged="CR2")],
        "benchmarks": ["litter,2018-19,England,62,120,151"],
    }
    texts = read_texts("tiny", laid(council, rows) / "data/tiny", [])
    before = {file: frame.copy() for file, frame in texts.items()}
    without_exempt(texts, 4)

    for file, frame in before.items():
        pd.testing.assert_frame_equal(texts[file], frame)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("841,582", "841,582"),
        ("841,600", ""),
        ("842 thousand", ""),
        ("841,582 Cumulative 2,638,886", ""),
        ("2,638,886 so far", ""),
        ("２,638,886", ""),
        ("not counted", "not counted"),
    ],
)
def test_what_was_printed_beside(council: Council, printed: str, expected: str) -> None:
    """Beside an exempt figure, no cell as printed is shown that holds another number: it may be the sum so far."""
    head = "indicator,period,value,reported,as_printed,exempt"
    rows = ["litter,2019-20-Q2,924365,2019-20-Q2,,3", f'litter,2019-20-Q3,841582,2019-20-Q3,"{printed}",']
    root = laid(council, {})
    (root / "data/tiny/readings.csv").write_text("\n".join([head, *rows]) + "\n", "utf-8")

    assert load_ledger("tiny", "public", root).readings["as_printed"].tolist() == [expected]


# What faults of the public edition tell.

CANARY = "Canaryword"
SECRET = {
    "indicators": indicator("secret", exempt="3").replace("Secret", CANARY),
    "readings": f"litter,{CANARY},5,2019-20-Q2,3",
    "commentary": f"litter,2019-20-Q1,cause,{CANARY},Who,3",
    "risks": risk("CR2", exempt="3").replace("Floods", CANARY),
    "risk_notes": f"2019-20-Q1,CR1,cause,{CANARY},3",
    "milestones": f"2019-20-Q1,Grow,M2,{CANARY},2020-03-31,,Place,Who,3",
}


def told(root: Path) -> str:
    """Give what the public edition is refused with."""
    with pytest.raises(RecordsError) as refusal:
        load_ledger("tiny", "public", root)
    return str(refusal.value)


def spoilt(council: Council, file: str, spoil: Callable[[str, str], str]) -> Path:
    """Lay a council with an exempt row at the top of each file, one of which is spoilt: its heading, and its rows."""
    rows = {name: [SECRET[name], *lines] for name, lines in OPEN.items()}
    rows["overrides"] = [f"litter,2019-20-Q2,red,={CANARY},Who"]  # of the exempt figure, and a fault
    path = laid(council, rows) / f"data/tiny/{file}.csv"
    head, _, rest = path.read_text("utf-8").partition("\n")
    path.write_text(spoil(head, rest), "utf-8")
    return path.parents[2]


SPOILS: dict[str, Callable[[str, str], str]] = {
    "no heading": lambda head, rest: rest,
    "one line with the heading": lambda head, rest: f"{head},{rest}",
    "a misspelt mark": lambda head, rest: f"{head.replace('exempt', 'exmept')}\n{rest}",
    "a crooked row": lambda head, rest: f"{head}\n,{rest}",
    "sorted": lambda head, rest: f"{rest}{head}\n",
}


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("file", SECRET)
def test_faults_of_a_spoilt_file_quote_nothing_exempt(council: Council, file: str, spoil: str) -> None:
    """However a file is spoilt, the public edition quotes no exempt row, and nobody is told to delete one."""
    said = told(spoilt(council, file, SPOILS[spoil]))

    assert CANARY not in said
    assert not re.search("[Dd]elete|[Tt]ake", said.replace("delete no record", ""))


@pytest.mark.parametrize("file", [name for name in SECRET if name not in ("indicators", "readings", "risks")])
def test_a_row_that_is_exempt_and_public(council: Council, file: str) -> None:
    """Where a row stands once with a mark and once without, the public edition is refused, without a word of it."""
    rows = {name: list(lines) for name, lines in OPEN.items()}
    rows[file] += [SECRET[file], SECRET[file].removesuffix("3")]

    assert told(laid(council, rows)) == (
        f"data/tiny/{file}.csv, row {len(rows[file]) + 1}: stands there twice, and once it is marked as exempt"
        "\n  `kpilib check` shows it; mark it as exempt, or correct what it is about."
    )


def test_a_row_that_may_be_of_an_exempt_indicator(council: Council) -> None:
    """A row that names no indicator, where one is exempt, may be of that one, and is not quoted."""
    rows = {
        "indicators": [indicator("litter"), SECRET["indicators"]],
        "readings": [f"secert,2019-20-Q1,{CANARY},{CANARY},"],
    }

    assert told(laid(council, rows)) == (
        "data/tiny/readings.csv, row 2: names no indicator of indicators.csv"
        "\n  `kpilib check` shows it; mark it as exempt, or correct what it is about."
    )


@pytest.mark.parametrize("mark", ["exempt", "exmept"])
def test_a_summary_that_may_be_exempt(council: Council, mark: str) -> None:
    """Of a summary that cannot be read and may be exempt not even the name is told."""
    text = summary().replace("exempt", mark).replace("page: summary", f"page: {CANARY}")

    assert told(laid(council, {}, {f"2019-20-Q1/{CANARY}": text})) == (
        "data/tiny/summaries: one that may be exempt cannot be read\n  `kpilib check` names it, and says what to do."
    )


def test_a_quarter_of_which_everything_is_exempt(council: Council) -> None:
    """Where every record of a quarter is exempt, the public edition says so, and not that there is none."""
    ledger = load_ledger("tiny", "public", laid(council, {"readings": ["litter,2019-20-Q2,5,2019-20-Q2,3"]}))

    assert [str(fault) for fault in unrecorded(ledger, quarter("2019-20-Q2"))] == [
        "2019-20-Q2: every record of this quarter is exempt, so there is nothing for the public"
        "\n  Make the restricted edition, or name another quarter."
    ]
    assert "no record" in str(unrecorded(ledger, quarter("2019-20-Q1"))[0])


# Pages of which nothing is public.


READ = {"readings": ["litter,2019-20-Q2,5,2019-20-Q2,"]}


@pytest.mark.parametrize(
    ("rows", "words", "expected"),
    [
        ({"indicators": [indicator("litter", exempt="3")], **READ}, {}, ["streets"]),
        ({"indicators": [indicator("litter", exempt="3"), indicator("bins")], **READ}, {}, []),
        (
            {"indicators": [indicator("litter", exempt="3"), indicator("bins", span=",2019-20-Q1")], **READ},
            {},
            ["streets"],
        ),
        ({"risks": [risk("CR1", "2019-20-Q2", exempt="3")]}, {}, ["register"]),
        ({"risks": [risk("CR1", "2019-20-Q2", exempt="3"), risk("CR2", "2019-20-Q2")]}, {}, []),
        ({"indicators": []}, {}, []),
        ({}, {"2019-20-Q2/1": summary()}, []),
    ],
    ids=["indicator", "one is public", "the public one has ended", "register", "a public risk", "no item", "words"],
)
def test_pages_of_which_nothing_is_public(
    council: Council, rows: dict[str, list[str]], words: dict[str, str], expected: list[str]
) -> None:
    """A page on which everything is exempt is named; one with a public item stays, and one without any."""
    root = laid(council, rows, words)
    path = root / "params/tiny/framework.yml"
    more = "  - {page: register, title: Register, kind: risk_register}\nrisk:"
    path.write_text(path.read_text("utf-8").replace("risk:", more), "utf-8")
    framework, data = load_framework("tiny", root), root / "data/tiny"
    texts = read_texts("tiny", data, [])
    found = bare_pages(framework.pages, texts, without_exempt(texts, 4), read_summaries(framework, data, []), 4)

    assert list(found.get("2019-20-Q2", ())) == expected


# What is read of a cell that says under which paragraphs.


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("3", "3"),
        (" Paragraph 3 ", "3"),
        ("para. 3", "3"),
        ("para 1", "1"),
        ("PARAS 2 & 3", "2, 3"),
        ("paragraphs 5, 1 and 3", "1, 3, 5"),
        ("3, 3", "3"),
        ("", ""),
        ("yes", ""),
        ("8", ""),
        ("33", ""),
        ("3 and", ""),
        ("Paragraph", ""),
        ("Paragraph 3: sale of the town hall", ""),
        ("Schedule 12A, paragraph 3", ""),
        ("1-3", ""),
    ],
)
def test_paragraphs(said: str, expected: str) -> None:
    """A cell that names paragraphs of Schedule 12A and nothing else is read as their numbers, in order, each once."""
    assert expected == paragraphs(said)


@given(st.text() | st.text(st.sampled_from("1234567890, &andprgphs.ARYx")))
def test_nothing_else_is_read(said: str) -> None:
    """Whatever a cell says, what is read of it is a list of numbers from 1 to 7 that stand in it, or nothing."""
    found = paragraphs(said)

    assert re.fullmatch("([1-7](, [1-7])*)?", found)
    assert set(re.findall("[1-7]", found)) <= set(said)


# What is counted.

MARKED = {
    "indicator": {"indicators": [indicator("litter"), indicator("secret", exempt="2", span="2019-20-Q2,2019-20-Q3")]},
    "figure": {"readings": ["litter,2019-20-Q1,5,2019-20-Q2,2"]},
    "remark": {"commentary": ["litter,2019-20-Q2,cause,Wind,,2"]},
    "risk or opportunity": {"risks": [risk("CR1", "2019-20-Q2"), risk("CR1", "2019-20-Q3", exempt="2")]},
    "note on a risk": {"risks": [risk("CR1", "2019-20-Q2")], "risk_notes": ["2019-20-Q2,CR1,cause,Rain,2"]},
    "milestone": {"milestones": ["2019-20-Q2,Grow,M1,Plant,2020-03-31,,Place,Who,2"]},
}
WHEN = {
    "indicator": [0, 1, 1, 0],
    "figure": [0, 1, 1, 1],
    "remark": [0, 1, 0, 0],
    "risk or opportunity": [0, 1, 1, 0],
    "note on a risk": [0, 1, 0, 0],
    "milestone": [0, 1, 0, 0],
    "summary": [0, 1, 0, 0],
}


def held(root: Path, edition: str = "public") -> list[list[tuple[str, str]]]:
    """Give the kind and paragraph of what is held back, as at each quarter of 2019-20."""
    ledger = load_ledger("tiny", edition, root)
    frames = [ledger.as_at(quarter(f"2019-20-Q{number}")).withheld for number in (1, 2, 3, 4)]
    return [list(zip(frame["kind"], frame["paragraph"], strict=True)) for frame in frames]


@pytest.mark.parametrize("kind", WHEN)
def test_what_is_counted_when(council: Council, kind: str) -> None:
    """
    Each exempt item counts in the quarters in whose reports it belongs.

    An indicator from its first to its last, a figure since its report, and all else in its own.
    """
    words = {"2019-20-Q2/1": summary(exempt="2"), "2019-20-Q2/2": summary(exempt="")} if kind == "summary" else {}
    root = laid(council, MARKED.get(kind, {}), words)

    assert [[(kind, "2")] * count for count in WHEN[kind]] == held(root)


def test_both_editions_count_alike(council: Council) -> None:
    """The restricted edition counts what the public one does."""
    rows = {"indicators": [indicator("litter"), indicator("secret", exempt="3")], "risks": [risk("CR1", exempt="1")]}
    root = laid(council, rows, WORDS)

    assert held(root) == held(root, "restricted")


def test_what_belongs_to_an_exempt_item_is_not_counted(council: Council) -> None:
    """Exempt figures and remarks of an exempt indicator, and notes on an exempt risk, are not counted beside it."""
    rows = {
        "indicators": [indicator("secret", exempt="3")],
        "readings": ["secret,2019-20-Q1,5,2019-20-Q1,3"],
        "commentary": ["secret,2019-20-Q1,cause,Wind,,3"],
        "risks": [risk("CR1", exempt="1")],
        "risk_notes": ["2019-20-Q1,CR1,cause,Rain,1"],
    }

    assert held(laid(council, rows))[0] == [("indicator", "3"), ("risk or opportunity", "1")]


def test_what_is_held_back_is_counted(council: Council) -> None:
    """Measures and figures that are left out without a mark of their own are counted as held back."""
    rows = {
        "indicators": [indicator("visits"), indicator("men", "visits"), indicator("women", "visits", "3")],
        "readings": ["visits,2019-20-Q1,5,2019-20-Q1,3", "visits,2019-05,2,2019-20-Q2,"],
    }
    once = [("indicator", "3"), ("figure", "3"), (HELD_BACK, "")]

    assert [once, [*once, (HELD_BACK, "")]] == held(laid(council, rows))[:2]


def test_a_figure_counts_once(council: Council) -> None:
    """A figure that was revised within the exempt records counts once."""
    rows = {"readings": ["litter,2019-20-Q1,5,2019-20-Q1,3", "litter,2019-20-Q1,6,2019-20-Q2,3"]}

    assert held(laid(council, rows)) == [[("figure", "3")]] * 4


def test_a_figure_counts_since_its_first_report(council: Council) -> None:
    """An exempt figure counts from the quarter that first reported it, wherever its row stands in the file."""
    rows = {"readings": ["litter,2019-20-Q1,6,2019-20-Q2,3", "litter,2019-20-Q1,5,2019-20-Q1,3"]}

    assert held(laid(council, rows)) == [[("figure", "3")]] * 4


def test_a_figure_that_is_held_back_counts_once(council: Council) -> None:
    """A figure that is held back counts once, however often it was revised."""
    rows = {
        "readings": [
            "litter,2019-20-Q1,5,2019-20-Q1,3",
            "litter,2019-05,2,2019-20-Q1,",
            "litter,2019-05,3,2019-20-Q2,",
        ]
    }

    assert held(laid(council, rows)) == [[("figure", "3"), (HELD_BACK, "")]] * 4


def test_a_figure_that_has_become_public(council: Council) -> None:
    """An exempt figure that a later report gives to the public is not counted from then on."""
    rows = {"readings": ["litter,2019-20-Q1,5,2019-20-Q1,3", "litter,2019-20-Q1,5,2019-20-Q3,"]}

    assert held(laid(council, rows)) == [[("figure", "3")], [("figure", "3")], [], []]


def test_no_word_of_a_record_is_kept(council: Council) -> None:
    """What is kept of exempt items is their kind, their paragraphs and two months, whatever their cells say."""
    rows = {file: [line.rpartition(",")[0] + ',"The town hall, 3"'] for file, line in EXEMPT.items()}
    rows["indicators"].append(indicator("litter"))
    rows["risks"].append(risk("CR1"))
    texts = read_texts("tiny", laid(council, rows) / "data/tiny", [])
    found = withheld(
        texts, without_exempt(texts, 4), pd.DataFrame({"quarter": ["2019-20-Q1"], "exempt": ["The town hall, 3"]}), 4
    )

    assert list(found) == ["kind", "paragraph", "start", "end"]
    assert list(found["kind"]) == [kind for kind in KINDS if kind != HELD_BACK]
    assert set(found["paragraph"]) == {""}
    assert set(found.dtypes[["start", "end"]]) == {np.dtype(float)}


# The sums that a manifest gives.

EXEMPT = {
    "indicators": indicator("secret", exempt="3"),
    "readings": "litter,2019-20-Q2,5,2019-20-Q2,3",
    "commentary": "litter,2019-20-Q1,cause,Rain,Who,3",
    "risks": risk("CR2", exempt="3"),
    "risk_notes": "2019-20-Q1,CR1,cause,Rain,3",
    "milestones": "2019-20-Q1,Grow,M2,Plant,2020-03-31,,Place,Who,3",
}
OPEN = {
    "indicators": [indicator("litter"), indicator("bins")],
    "readings": ["litter,2019-20-Q1,5,2019-20-Q1,"],
    "commentary": ["litter,2019-20-Q1,cause,Wind,Who,"],
    "risks": [risk("CR1")],
    "risk_notes": ["2019-20-Q1,CR1,cause,Wind,"],
    "milestones": ["2019-20-Q1,Grow,M1,Plant,2020-03-31,,Place,Who,"],
}
WORDS = {"2019-20-Q1/1": summary(exempt=""), "2019-20-Q1/2": summary()}
OTHER = {"Rain": "Snow", "Secret": "Hidden", ",5,": ",6,", "Floods": "Fire", "Plant": "Dig"}


def sums(council: Council, change: dict[str, str] | None = None, edition: str = "public", at: int = -1) -> Sums:
    """Give the digests of a council, words of one row of each file changed: of the exempt one, or of another."""
    rows = {file: [*lines, EXEMPT[file]] for file, lines in OPEN.items()}
    words = dict(WORDS)
    for old, new in (change or {}).items():
        for lines in rows.values():
            lines[at] = lines[at].replace(old, new)
        name = list(words)[at]
        words[name] = words[name].replace(old, new)
    root = laid(council, rows, words)
    return load_ledger("tiny", edition, root).sums()


@pytest.mark.parametrize("change", [*({old: new} for old, new in OTHER.items()), OTHER | {"Words": "Others"}])
def test_words_of_exempt_rows_move_no_public_sum(council: Council, change: dict[str, str]) -> None:
    """What an exempt row says moves no sum of the public edition, by which a guess at it could be tried."""
    assert sums(council) == sums(council, change)
    assert sums(council, edition="restricted") != sums(council, change, "restricted")


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        ({"Wind": "Snow"}, ["data/tiny/commentary.csv", "data/tiny/risk_notes.csv"]),
        ({",5,": ",6,"}, ["data/tiny/readings.csv"]),
        ({"Litter": "Rubbish"}, ["data/tiny/indicators.csv"]),
        ({"Floods": "Fire"}, ["data/tiny/risks.csv"]),
        ({"Plant": "Dig"}, ["data/tiny/milestones.csv"]),
        ({"Words": "Others"}, ["data/tiny/summaries"]),
    ],
)
def test_public_rows_move_public_sums(council: Council, change: dict[str, str], moved: list[str]) -> None:
    """What a public row says moves the sum of its file, and of no other."""
    before, after = sums(council), sums(council, change, at=0)

    assert moved == [name for name in before if before[name] != after[name]]


@pytest.mark.parametrize("mark", ["", "1"])
def test_counts_move_a_sum_of_their_own(council: Council, mark: str) -> None:
    """What is counted of Part II has a sum of its own: it moves when there is an item less, or another paragraph."""
    rows = {"milestones": [*OPEN["milestones"], EXEMPT["milestones"], EXEMPT["milestones"].replace("M2", "M3")]}
    root = laid(council, rows)
    before = load_ledger("tiny", "public", root).sums()
    path = root / "data/tiny/milestones.csv"
    path.write_text(path.read_text("utf-8").replace("M3", "M4").removesuffix("3\n") + f"{mark}\n", "utf-8")
    after = load_ledger("tiny", "public", root).sums()
    name = "data/tiny: counts of Part II"

    assert name in [each for each in before if before[each] != after[each]]
    assert mark == "" or [name] == [each for each in before if before[each] != after[each]]


def test_names_of_sums(council: Council) -> None:
    """The sums are named by record file, those without rows left out; all summaries have one, and Part II has one."""
    names = sorted([*(f"data/tiny/{name}.csv" for name in OPEN), "data/tiny/summaries", "data/tiny: counts of Part II"])

    assert names == sorted(sums(council)) == sorted(sums(council, edition="restricted"))


def test_the_sum_of_part_two_is_of_what_is_printed(council: Council) -> None:
    """When an item was marked moves no sum of Part II: nothing printed says it, and a guess at it could be tried."""
    row, name = EXEMPT["milestones"], "data/tiny: counts of Part II"

    def counted(row: str) -> str:
        root = laid(council, {"milestones": [*OPEN["milestones"], row]})
        return load_ledger("tiny", "public", root).sums()[name]

    assert counted(row) == counted(row.replace("2019-20-Q1", "2019-20-Q2"))


def test_sums_without_anything_exempt(council: Council) -> None:
    """Where nothing is exempt both editions have the same sums, which are those of the files."""
    root = laid(council, OPEN)

    assert load_ledger("tiny", "public", root).sums() == load_ledger("tiny", "restricted", root).sums()


def test_no_sum_holds_a_rank_of_an_exempt_figure(council: Council) -> None:
    """A rank that the public edition does without moves no sum of it."""

    def ranked(rank: int) -> dict[str, str]:
        rows = {
            "readings": ["litter,2018-19,61,2019-20-Q1,3"],
            "benchmarks": [f"litter,2018-19,England,62,{rank},151"],
        }
        root = laid(council, rows)
        return load_ledger("tiny", "public", root).sums()

    assert ranked(120) == ranked(121)


def test_no_sum_tells_where_an_exempt_row_stands(council: Council) -> None:
    """Where in its file an exempt row stands moves no sum of the public edition: its place would tell of what it is."""

    def standing(place: int) -> dict[str, str]:
        rows = [indicator("litter"), indicator("bins")]
        rows.insert(place, indicator("secret", exempt="3"))
        root = laid(council, {"indicators": rows})
        return load_ledger("tiny", "public", root).sums()

    assert standing(0) == standing(1) == standing(2)
