"""The framework: what its file may say, what it means when it says nothing, and how faults in it are told."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from kpilib.records.faults import Fault, RecordsError
from kpilib.records.framework import Framework, Rule, home, home_note, load_framework, tolerance
from kpilib.records.periods import period, quarter
from kpilib.records.quarterly import read_parameters

TINY = """
council: Tinytown Council
strategy: A tiny plan
ratings: {green: Good, amber: Nearly, red: Poor}
rules:
  - {from: 2019-20-Q1}
pages:
  - {page: summary, title: Summary, kind: executive_summary}
  - {page: streets, title: Clean streets, kind: priority}
  - {page: adults, title: Adults, kind: directorate, directorate: Adult Services}
"""
PLACE = "params/tiny/framework.yml"
PAGE = {"page": "streets", "title": "Clean streets", "kind": "priority"}
APPENDIX = {"letter": "A", "title": "All", "pages": ["streets"]}
RULE = {"from": "2019-20-Q1"}
RISK = {
    "impact": ["Minor", "Major"],
    "opportunity_impact": ["Minor", "Major"],
    "likelihood": ["Rare", "Likely"],
    "bands": {"low": "1-2", "high": "3-4"},
}
GONE = object()


def load_text(root: Path, text: str | bytes) -> Framework:
    """Write a framework's file, as it is, and load it."""
    folder = root / "params" / "tiny"
    folder.mkdir(parents=True)
    (folder / "framework.yml").write_bytes(text.encode() if isinstance(text, str) else text)
    return load_framework("tiny", root)


def load(root: Path, **changes: Any) -> Framework:
    """Load the tiny framework with some of its keys changed, added or gone."""
    said = {**yaml.safe_load(TINY), **changes}
    return load_text(root, yaml.safe_dump({key: value for key, value in said.items() if value is not GONE}))


def faults(root: Path, **changes: Any) -> list[str]:
    """Give the faults that the tiny framework earns with some of its keys changed."""
    with pytest.raises(RecordsError) as refusal:
        load(root, **changes)
    return [str(fault) for fault in refusal.value.faults]


def wrong(label: str, **changes: Any) -> Any:
    """Give a case for a test of what must be refused."""
    return pytest.param(changes, id=label)


def test_defaults(tmp_path: Path) -> None:
    """What the file does not say has a default."""
    said = load(tmp_path)

    assert (said.slug, said.council, said.strategy) == ("tiny", "Tinytown Council", "A tiny plan")
    assert (said.year_starts, said.priority_word, said.fictional, said.source) == (4, "priority", False, "")
    assert (said.appendices, said.risk) == ((), None)
    assert said.ratings == {"green": "Good", "amber": "Nearly", "red": "Poor", "not rated": "Not rated"}
    assert said.directions == {"better": "Better", "worse": "Worse", "same": "Same", "cannot say": "Cannot say"}
    assert (Rule(since="2019-20-Q1"),) == said.rules


def test_what_the_file_says_wins(tmp_path: Path) -> None:
    """Whatever the file says is nearer than the default."""
    rule = {"from": "2019-20-Q1", "kind": "trend", "target": "next year", "green_within": "1%"}
    rule |= {"amber_within": "2 points", "blue_beyond": "10%", "yellow_within": "1 points"}
    rule |= {"amber_if_improved": True, "amber_if_forecast": True, "exceptions_after": 2}
    rule |= {"steady_within": "0.5%", "compare": "last year", "assumption": "Assumed."}
    ratings = {"blue": "Best", "green": "Good", "yellow": "Fair", "amber": "Nearly", "red": "Poor"}
    ratings |= {"not rated": "No figure yet", "awaited": "Awaited"}
    said = load(tmp_path, rules=[rule], ratings=ratings, year_starts="September", priority_word="aim", fictional=True)

    assert (
        Rule(
            since="2019-20-Q1",
            kind="trend",
            target="next year",
            blue_beyond="10%",
            green_within="1%",
            yellow_within="1 points",
            amber_within="2 points",
            amber_if_improved=True,
            amber_if_forecast=True,
            exceptions_after=2,
            steady_within="0.5%",
            compare="last year",
            assumption="Assumed.",
        ),
    ) == (said.rules)
    assert list(ratings.items()) == list(said.ratings.items())
    assert (said.year_starts, said.priority_word, said.fictional) == (9, "aim", True)


@pytest.mark.parametrize(
    ("ratings", "rule", "colours"),
    [
        ({"red": "Not met", "green": "Met"}, {}, ("green", "red")),
        ({"red": "R", "amber": "A", "green": "G"}, {}, ("green", "amber", "red")),
        ({"red": "R", "green": "G", "blue": "B"}, {"blue_beyond": "5%"}, ("blue", "green", "red")),
        ({"red": "R", "yellow": "Y", "green": "G"}, {"yellow_within": "5%"}, ("green", "yellow", "red")),
        ({"red": "R", "green": "G", "awaited": "M"}, {}, ("green", "red")),
    ],
)
def test_colours_are_those_with_a_label(
    tmp_path: Path, ratings: dict[str, str], rule: dict[str, str], colours: tuple[str, ...]
) -> None:
    """A framework has the ratings that it labels, from best to worst whatever the order of the file."""
    said = load(tmp_path, ratings=ratings, rules=[{**RULE, **rule}])

    assert said.colours == colours
    assert said.ratings == {"not rated": "Not rated", **ratings}


def test_without_a_label_there_is_no_amber(tmp_path: Path) -> None:
    """Where amber has no label, the rule in force has no tolerance for it; where it has one, the default holds."""
    with_amber, without = (
        load(tmp_path / "with"),
        load(tmp_path / "without", ratings={"green": "Met", "red": "Not met"}),
    )
    at = quarter("2019-20-Q1")

    assert (with_amber.rule(at).amber_within, without.rule(at).amber_within) == ("5%", None)


def test_words_for_the_way_it_went(tmp_path: Path) -> None:
    """A council's own words for directions take the place of those that it names, and of no others."""
    said = load(tmp_path, directions={"same": "Maintained", "cannot say": "NC"})

    assert said.directions == {"better": "Better", "worse": "Worse", "same": "Maintained", "cannot say": "NC"}


TWO = {"green": "Met", "red": "Not met"}


@pytest.mark.parametrize(
    ("changes", "place", "told"),
    [
        (
            {"rules": [{**RULE, "blue_beyond": "10%"}]},
            "",
            "rules say blue_beyond, and 'blue' has no label\n  Add `blue: …` to ratings.",
        ),
        (
            {"rules": [{**RULE, "yellow_within": "2%"}]},
            "",
            "rules say yellow_within, and 'yellow' has no label\n  Add `yellow: …` to ratings.",
        ),
        (
            {"ratings": {**TWO, "blue": "Best"}},
            "",
            "'blue' has a label, and no rule says when\n  Add `blue_beyond: 5%` to a rule.",
        ),
        (
            {"ratings": {**TWO, "yellow": "Fair"}},
            "",
            "'yellow' has a label, and no rule says when\n  Add `yellow_within: 5%` to a rule.",
        ),
        *[
            (
                {"ratings": TWO, "rules": [{**RULE, key: said}]},
                "",
                f"rules say {key}, and 'amber' has no label\n  Add `amber: …` to ratings.",
            )
            for key, said in {"amber_within": "5%", "amber_if_improved": True, "amber_if_forecast": True}.items()
        ],
        (
            {"ratings": {**TWO, "ambr": "Nearly"}},
            " @ ratings",
            "unknown rating 'ambr'\n"
            "  Did you mean 'amber'? Allowed: amber, awaited, blue, green, not rated, red, yellow.",
        ),
        ({"ratings": {"green": "Met"}}, " @ ratings", "'red' has no label\n  Add `red: …`."),
        (
            {"directions": {"beter": "Up"}},
            " @ directions",
            "unknown direction 'beter'\n  Did you mean 'better'? Allowed: better, cannot say, same, worse.",
        ),
        (
            {"rules": [{**RULE, "kind": "trends"}]},
            " @ rules[1] kind",
            "unknown 'trends'\n  Did you mean 'trend'? Allowed: milestone, target, trend.",
        ),
        *[
            (
                {"rules": [{**RULE, "exceptions_after": said}]},
                " @ rules[1] exceptions_after",
                f"{said!r} is not a number of periods\n  Write 1 to 8.",
            )
            for said in (0, 9, 2.5, "2", True, None)
        ],
    ],
)
def test_rules_and_labels_that_do_not_agree(tmp_path: Path, changes: dict[str, Any], place: str, told: str) -> None:
    """A colour needs a label and a rule, and words that are not known are told with the nearest."""
    assert faults(tmp_path, **changes) == [f"{PLACE}{place}: {told}"]


def test_a_rule_may_say_that_nothing_is_lifted(tmp_path: Path) -> None:
    """To say `false` of what lifts a red to amber needs no label for amber."""
    assert load(tmp_path, ratings=TWO, rules=[{**RULE, "amber_if_improved": False}]).colours == ("green", "red")


def test_pages_with_indicators(tmp_path: Path) -> None:
    """Only pages of a priority, of services or of a directorate show indicators."""
    said = load(tmp_path)

    assert [entry.page for entry in said.pages] == ["summary", "streets", "adults"]
    assert [entry.page for entry in said.indicator_pages] == ["streets", "adults"]
    assert said.entry("adults").directorate == "Adult Services"


def test_page_that_is_not_there(tmp_path: Path) -> None:
    """Asking for a page that is not there names the nearest one."""
    said = load(tmp_path)

    with pytest.raises(RecordsError) as refusal:
        said.entry("steets")
    assert f"{PLACE}: no page 'steets'\n  Did you mean 'streets'? Allowed: adults, streets, summary." == str(
        refusal.value
    )


def test_appendices_and_scales(tmp_path: Path) -> None:
    """Appendices and the scales of risk are read in the order of the file."""
    said = load(tmp_path, appendices=[{**APPENDIX, "pages": ["streets", "summary"], "cells": "table"}], risk=RISK)

    assert [(one.letter, one.pages, one.cells) for one in said.appendices] == [("A", ("streets", "summary"), "table")]
    assert said.risk.bands == {"low": (1, 2), "high": (3, 4)}
    assert (said.risk.impact, said.risk.likelihood) == (("Minor", "Major"), ("Rare", "Likely"))


@pytest.mark.parametrize(
    ("at", "amber_within"),
    [
        ("2017-18-Q4", "1%"),
        ("2018-19-Q1", "1%"),
        ("2019-20-Q2", "1%"),
        ("2019-20-Q3", "2%"),
        ("2019-20-Q4", "2%"),
        ("2020-21-Q1", "3%"),
        ("2030-31-Q1", "3%"),
    ],
)
def test_rule_in_force(tmp_path: Path, at: str, amber_within: str) -> None:
    """The rule in force is the last that began by the quarter; before the first of them, the first."""
    begins = {"2018-19-Q1": "1%", "2019-20-Q3": "2%", "2020-21-Q1": "3%"}
    said = load(tmp_path, rules=[{"from": start, "amber_within": within} for start, within in begins.items()])

    assert amber_within == said.rule(said.quarter(at)).amber_within


def test_rules_in_any_order(tmp_path: Path) -> None:
    """The newest rule may stand first in the file: which one is in force goes by its quarter."""
    newest_first = [{"from": "2020-21-Q1", "amber_within": "2%"}, {"from": "2018-19-Q1", "amber_within": "1%"}]
    said = load(tmp_path, rules=newest_first)

    assert said.rule(said.quarter("2021-22-Q1")).amber_within == "2%"


def test_quarters_of_its_own_year(tmp_path: Path) -> None:
    """A framework reads quarters of its own council year."""
    said = load(tmp_path, year_starts="September")

    assert quarter("2019-20-Q1", 9) == said.quarter("2019-20-Q1")
    assert period("2019-20", 9) == said.year(said.quarter("2019-20-Q4"))


@pytest.mark.parametrize(
    ("changes", "problem", "remedy"),
    [
        ({"priority_wrod": "aim"}, "unknown key 'priority_wrod'", "Did you mean 'priority_word'? Allowed: "),
        (
            {"zzz": 1},
            "unknown key 'zzz'",
            "Allowed: appendices, commentary, council, cover_report, directions, fictional, ",
        ),
        ({"council": GONE}, "'council' is missing", "Add a line `council: …`."),
        ({"rules": GONE}, "'rules' is missing", "Add a line `rules: …`."),
    ],
)
def test_keys(tmp_path: Path, changes: dict[Any, Any], problem: str, remedy: str) -> None:
    """An unknown key is told with its nearest match, and a missing one by its name."""
    said = {**yaml.safe_load(TINY), **changes}
    with pytest.raises(RecordsError) as refusal:
        load_text(tmp_path, yaml.safe_dump({key: value for key, value in said.items() if value is not GONE}))

    (fault,) = refusal.value.faults
    assert (PLACE, problem) == (fault.place, fault.problem)
    assert fault.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("part", "entry", "place", "told"),
    [
        ("rules", {**RULE, "compair": "previous"}, "@ rules[1]", "unknown key 'compair'\n  Did you mean 'compare'?"),
        ("rules", {"kind": "target"}, "@ rules[1]", "'from' is missing\n  Add a line `from: …`."),
        ("pages", {**PAGE, "tilte": "x"}, "@ pages[1]", "unknown key 'tilte'\n  Did you mean 'title'?"),
        ("pages", {"page": "a", "kind": "priority"}, "@ pages[1]", "'title' is missing\n  Add a line `title: …`."),
        ("appendices", {**APPENDIX, "page": 1}, "@ appendices[1]", "unknown key 'page'\n  Did you mean 'pages'?"),
    ],
)  # fmt: skip
def test_keys_of_entries(tmp_path: Path, part: str, entry: dict[str, Any], place: str, told: str) -> None:
    """A fault in the keys of an entry says which entry of which list."""
    (fault,) = faults(tmp_path, **{part: [entry]})

    assert fault.startswith(f"{PLACE} {place}: {told}")


def test_all_faults_at_once(tmp_path: Path) -> None:
    """Faults in several places are told together."""
    rules = [{"from": "2019-20-Q7", "green_within": "5 %", "compare": "lastyear"}]
    pages = [{**PAGE, "page": "Streets"}]
    told = faults(tmp_path, rules=rules, pages=pages, ratings={"green": "Good", "amber": "Nearly"})

    assert [
        f"{PLACE} @ ratings: 'red' has no label",
        f"{PLACE} @ rules[1] from: '2019-20-Q7' is not a quarter",
        f"{PLACE} @ rules[1] green_within: '5 %' is not a tolerance",
        f"{PLACE} @ rules[1] compare: unknown 'lastyear'",
        f"{PLACE} @ pages[1] page: 'Streets' cannot be a page's name",
    ] == [fault.partition("\n")[0] for fault in told]


@pytest.mark.parametrize(
    "text", ["5", 5, "5 %", "-5%", "5.%", ".5%", "5 point", "5points", "five%", "inf%", "5%%", ["5%"], {"5": 1}]
)
@pytest.mark.parametrize("key", ["blue_beyond", "green_within", "yellow_within", "amber_within", "steady_within"])
def test_bad_tolerance(tmp_path: Path, key: str, text: Any) -> None:
    """A tolerance is a percentage or points, and the message shows both."""
    told = faults(tmp_path, rules=[{**RULE, key: text}])

    assert [f"{PLACE} @ rules[1] {key}: {text!r} is not a tolerance\n  Write `5%` or `2 points`."] == told


@pytest.mark.parametrize(
    ("text", "amount"), [("5%", (0.05, True)), ("2 points", (2.0, False)), ("0%", (0.0, True)), ("1.5%", (0.015, True))]
)
def test_tolerance(text: str, amount: tuple[float, bool]) -> None:
    """A tolerance has an amount, and is a share of the target or not."""
    assert amount == tolerance(text)


def test_tolerance_refuses() -> None:
    """What is not a tolerance is refused, saying what is."""
    with pytest.raises(ValueError, match=r"'5' is not a tolerance; write `5%` or `2 points`"):
        tolerance("5")


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc",
        "..",
        ".",
        "",
        "a/b",
        "a\\b",
        "C:x",
        "~",
        "Streets",
        "a b",
        "a.b",
        "-x",
        "_x",
        "index",
        "x\n",
        "é",
    ],
)
def test_page_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    """A page's name becomes a file's name, so that it cannot climb out of its folder."""
    told = faults(tmp_path, pages=[{**PAGE, "page": name}])

    assert [
        f"{PLACE} @ pages[1] page: {name!r} cannot be a page's name\n  Use small letters, digits and _; not 'index'."
    ] == told


@pytest.mark.parametrize("kind", ["../x", "/etc/passwd", "priority.ipynb", "", None, ["priority"], "a/b"])
def test_kind_stays_in_its_folder(tmp_path: Path, kind: Any) -> None:
    """A kind names a notebook, so that it cannot climb out of its folder either."""
    told = faults(tmp_path, pages=[{**PAGE, "kind": kind}])

    assert [
        f"{PLACE} @ pages[1] kind: {kind!r} cannot be a kind of page\n"
        "  Name a notebook of notebooks/, without `.ipynb`."
    ] == told  # fmt: skip


@pytest.mark.parametrize("letter", ["../../x", "/etc/x", "", ["A"], None, "a/b"])
def test_appendix_stays_in_its_folder(tmp_path: Path, letter: Any) -> None:
    """An appendix's letter becomes part of a file's name, so that it cannot climb out of its folder."""
    assert any("letter" in fault for fault in faults(tmp_path, appendices=[{**APPENDIX, "letter": letter}]))


def test_page_named_twice(tmp_path: Path) -> None:
    """Two pages cannot have the same name."""
    assert faults(tmp_path, pages=[PAGE, {**PAGE}]) == [
        f"{PLACE}: page 'streets' is there twice\n  Give each a name of its own."
    ]


def test_letter_given_twice(tmp_path: Path) -> None:
    """Two appendices cannot have the same letter."""
    assert any(
        "appendix 'A' is there twice" in fault
        for fault in faults(tmp_path, appendices=[APPENDIX, {**APPENDIX, "pages": ["streets"]}])
    )


def test_unknown_page_in_an_appendix(tmp_path: Path) -> None:
    """An appendix binds pages that are there; another is told with its nearest match."""
    told = faults(tmp_path, appendices=[{**APPENDIX, "pages": ["streets", "adlts"]}])

    assert [
        f"{PLACE}: appendix A: unknown page 'adlts'\n  Did you mean 'adults'? Allowed: adults, streets, summary."
    ] == told


def test_pages_of_an_appendix_as_text(tmp_path: Path) -> None:
    """An appendix whose pages are not a list earns one fault, not one for each letter."""
    assert len(faults(tmp_path, appendices=[{**APPENDIX, "pages": "streets"}])) == 1


def test_month_nearest_match(tmp_path: Path) -> None:
    """A month that is misspelt is told with its nearest match."""
    (fault,) = faults(tmp_path, year_starts="Septembre")

    assert "Did you mean 'September'?" in fault


def test_rule_from_asks_for_a_quarter(tmp_path: Path) -> None:
    """A rule begins in a quarter, and the message asks for nothing else."""
    (fault,) = faults(tmp_path, rules=[{"from": "April 2019"}])

    assert "'April 2019' is not a quarter" in fault


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no names and values"),
        ("# nothing yet\n", "holds no names and values"),
        ("- council\n", "holds no names and values"),
        ("Tinytown", "holds no names and values"),
        ("5", "holds no names and values"),
        ("council: [Tinytown\n", "line 1, column 10"),
        ("council: a\n\tstrategy: b\n", "line 2, column 1"),
        ("council: a: b\n", "line 1, column 11"),
        (TINY + "---\n" + TINY, "expected a single document"),
        (TINY + 'source: "a\0b"\n', "special characters are not allowed"),
        (TINY + "? [a]\n: b\n", "unhashable key"),
        (b"council: Tinyt\xf4wn\n", "can't decode byte 0xf4"),
        (TINY.encode("utf-16"), "can't decode byte 0xff"),
    ],
)
def test_bad_yaml(tmp_path: Path, text: str | bytes, told: str) -> None:
    """A file that is not YAML names and values earns one fault of two lines, which says where."""
    with pytest.raises(RecordsError) as refusal:
        load_text(tmp_path, text)

    first, second = str(refusal.value).split("\n")
    assert first.startswith(f"{PLACE}: ")
    assert told in first
    assert second.startswith("  ")


@pytest.mark.parametrize(
    "value",
    ["2019-02-30", "!!int many", "!!float many", "!!timestamp soon", "!!bool perhaps", "[" * 3000 + "]" * 3000],
    ids=["no such day", "int", "float", "timestamp", "bool", "deep"],
)
def test_yaml_that_its_reader_trips_over(tmp_path: Path, value: str) -> None:
    """A value that the reader of YAML cannot make is a fault of the file too."""
    with pytest.raises(RecordsError):
        load_text(tmp_path, f"{TINY}source: {value}\n")


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.mkdir [{path}]",
        "!!python/object/new:os.mkdir [{path}]",
        "!!python/object/apply:subprocess.check_call [[mkdir, {path}]]",
        "!!python/name:os.system",
        "!!python/module:os",
    ],
)
def test_code_is_not_run(tmp_path: Path, value: str) -> None:
    """YAML that would run code is refused, and nothing has run."""
    path = tmp_path / "made-by-code"
    with pytest.raises(RecordsError, match="could not determine a constructor for the tag"):
        load_text(tmp_path, f"{TINY}source: {value.format(path=path)}\n")

    assert not path.exists()


def test_byte_order_mark(tmp_path: Path) -> None:
    """A file that begins with a byte order mark is read all the same."""
    assert load_text(tmp_path, TINY.lstrip().encode("utf-8-sig")).council == "Tinytown Council"


@pytest.mark.parametrize(
    "slug", ["../tiny", "../outside", "tiny/../tiny", "/etc", "..", ".", "", "tiny/", "TINY", "tiny\0"]
)
def test_slug_stays_in_its_folder(tmp_path: Path, slug: str) -> None:
    """A framework is one of the folders of params/, and no slug climbs out of it."""
    load(tmp_path)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "framework.yml").write_text(TINY)

    with pytest.raises(RecordsError) as refusal:
        load_framework(slug, tmp_path)
    assert str(refusal.value).startswith(f"{tmp_path / 'params'}: no framework {slug!r}\n  ")
    assert str(refusal.value).endswith("Allowed: tiny.")


def test_slug_nearest_match(tmp_path: Path) -> None:
    """A slug that is misspelt is told with its nearest match."""
    load(tmp_path)

    with pytest.raises(RecordsError, match="Did you mean 'tiny'"):
        load_framework("tinny", tmp_path)


def test_no_framework_at_all(tmp_path: Path) -> None:
    """Where there is no framework at all, the remedy says what to do."""
    with pytest.raises(RecordsError) as refusal:
        load_framework("tiny", tmp_path)

    assert "Allowed: ." not in str(refusal.value)


@pytest.mark.parametrize(
    "changes",
    [
        wrong("rules a mapping", rules=RULE),
        wrong("rules a text", rules="2019-20-Q1"),
        wrong("rules a number", rules=5),
        wrong("rules of texts", rules=["2019-20-Q1"]),
        wrong("rules empty", rules=[]),
        wrong("rules none", rules=None),
        wrong("rules an empty mapping", rules={}),
        wrong("from none", rules=[{"from": None}]),
        wrong("from a list", rules=[{"from": ["2019-20-Q1"]}]),
        wrong("rule kind a list", rules=[{**RULE, "kind": ["target"]}]),
        wrong("rule target a mapping", rules=[{**RULE, "target": {"own": "period"}}]),
        wrong("amber_if_improved a text", rules=[{**RULE, "amber_if_improved": "no"}]),
        wrong("amber_if_forecast a number", rules=[{**RULE, "amber_if_forecast": 1}]),
        wrong("green_within none", rules=[{**RULE, "green_within": None}]),
        wrong("steady_within none", rules=[{**RULE, "steady_within": None}]),
        wrong("assumption a number", rules=[{**RULE, "assumption": 5}]),
        wrong("ratings none", ratings=None),
        wrong("ratings a list", ratings=["green", "amber", "red"]),
        wrong("ratings a text", ratings="green amber red"),
        wrong("ratings a number", ratings=5),
        wrong("labels of numbers", ratings={"green": 1, "amber": 2, "red": 3}),
        wrong("a rating that is none", ratings={"green": "A", "amber": "B", "red": "C", "blue": "D"}),
        wrong("a label that is empty", ratings={"green": "A", "red": "C", "awaited": ""}),
        wrong("directions none", directions=None),
        wrong("directions a list", directions=["Up", "Down"]),
        wrong("a direction that is empty", directions={"better": ""}),
        wrong("a direction of numbers", directions={"better": 1}),
        wrong("council a number", council=5),
        wrong("council a list", council=["Tinytown"]),
        wrong("council none", council=None),
        wrong("strategy a mapping", strategy={}),
        wrong("pages a number", pages=5),
        wrong("pages a text", pages="streets"),
        wrong("pages of texts", pages=["streets"]),
        wrong("pages empty", pages=[]),
        wrong("pages none", pages=None),
        wrong("pages an empty mapping", pages={}),
        wrong("page a number", pages=[{**PAGE, "page": 5}]),
        wrong("page a list", pages=[{**PAGE, "page": ["streets"]}]),
        wrong("page none", pages=[{**PAGE, "page": None}]),
        wrong("title a number", pages=[{**PAGE, "title": 5}]),
        wrong("title a list", pages=[{**PAGE, "title": ["Streets"]}]),
        wrong("title none", pages=[{**PAGE, "title": None}]),
        wrong("directorate a number", pages=[{**PAGE, "directorate": 5}]),
        wrong("appendices a number", appendices=5),
        wrong("appendices a mapping", appendices=APPENDIX),
        wrong("appendices of numbers", appendices=[5]),
        wrong("an appendix's pages a number", appendices=[{**APPENDIX, "pages": 5}]),
        wrong("an appendix's pages none", appendices=[{**APPENDIX, "pages": None}]),
        wrong("an appendix's pages a mapping", appendices=[{**APPENDIX, "pages": {"streets": 1}}]),
        wrong("an appendix's pages empty", appendices=[{**APPENDIX, "pages": []}]),
        wrong("an appendix's pages lists", appendices=[{**APPENDIX, "pages": [["streets"]]}]),
        wrong("an appendix's title a number", appendices=[{**APPENDIX, "title": 5}]),
        wrong("an appendix's cells a number", appendices=[{**APPENDIX, "cells": 5}]),
        wrong("risk a list", risk=[RISK]),
        wrong("risk a number", risk=5),
        wrong("risk a text", risk="high"),
        wrong("risk empty", risk={}),
        wrong("bands none", risk={**RISK, "bands": None}),
        wrong("bands a list", risk={**RISK, "bands": ["1-2", "3-4"]}),
        wrong("bands a text", risk={**RISK, "bands": "1-4"}),
        wrong("bands empty", risk={**RISK, "bands": {}}),
        wrong("a band a number", risk={**RISK, "bands": {"low": 5}}),
        wrong("a band upside down", risk={**RISK, "bands": {"low": "4-1"}}),
        wrong("bands that overlap", risk={**RISK, "bands": {"low": "1-3", "high": "3-4"}}),
        wrong("bands with a gap", risk={**RISK, "bands": {"low": "1-2", "high": "4-4"}}),
        wrong("scales of two lengths", risk={**RISK, "impact": ["Minor"]}),
        wrong("impact a number", risk={**RISK, "impact": 5}),
        wrong("impact none", risk={**RISK, "impact": None}),
        wrong("impact a text", risk={**RISK, "impact": "ab"}),
        wrong("impact numbers", risk={**RISK, "impact": [1, 2]}),
        wrong("likelihood a number", risk={**RISK, "likelihood": 5}),
        wrong("likelihood a text", risk={**RISK, "likelihood": "high"}),
        wrong("likelihood empty", risk={**RISK, "likelihood": []}),
        wrong("year_starts a number", year_starts=4),
        wrong("year_starts a list", year_starts=["April"]),
        wrong("year_starts none", year_starts=None),
        wrong("priority_word a list", priority_word=["aim"]),
        wrong("fictional a text", fictional="no"),
        wrong("source a list", source=["a"]),
    ],
)
def test_wrong_types(tmp_path: Path, changes: dict[str, Any]) -> None:
    """A value of the wrong type is a fault of the file, in two lines, and never an error of another kind."""
    told = faults(tmp_path, **changes)

    assert all(fault.startswith(PLACE) and fault.count("\n") == 1 for fault in told)


def test_key_said_twice(tmp_path: Path) -> None:
    """A name said twice is refused: which of the two is meant, nobody can know."""
    with pytest.raises(RecordsError, match="council"):
        load_text(tmp_path, TINY + "council: Another\n")


def test_fault_in_two_lines() -> None:
    """A fault is said in two lines, and an error says all of its own."""
    one = Fault("a.csv, row 2", "is wrong", "Mend it.")
    two = Fault("b.csv", "is missing", "Put it there.")

    assert str(RecordsError([one, two])) == "a.csv, row 2: is wrong\n  Mend it.\nb.csv: is missing\n  Put it there."
    assert [one, two] == RecordsError(iter([one, two])).faults


def test_parameters_of_a_quarter(tmp_path: Path) -> None:
    """A quarter's own file is read where there is one, and says nothing where there is none."""
    said = load(tmp_path)
    (tmp_path / "params" / "tiny" / "2019-20-Q3.yml").write_text("edition: restricted\n")

    assert read_parameters(said, said.quarter("2019-20-Q3"), tmp_path) == {"edition": "restricted"}
    assert read_parameters(said, said.quarter("2019-20-Q4"), tmp_path) == {}


def test_parameters_that_are_a_list(tmp_path: Path) -> None:
    """A quarter's own file that is not names and values is refused, by its name."""
    said = load(tmp_path)
    (tmp_path / "params" / "tiny" / "2019-20-Q3.yml").write_text("- edition\n")

    with pytest.raises(RecordsError, match=r"^params/tiny/2019-20-Q3.yml: holds no names and values\n  Write "):
        read_parameters(said, said.quarter("2019-20-Q3"), tmp_path)


def test_records_are_those_of_the_folder_that_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A named folder wins; then the first upwards with params/ and data/; then KPILIB_ROOT; then kpilib's own."""
    deep = tmp_path / "own/notebooks/tiny"
    for folder in (deep, tmp_path / "own/params", tmp_path / "own/data", tmp_path / "own/notebooks/params"):
        folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KPILIB_ROOT", raising=False)
    installed, said = home(), home_note()
    monkeypatch.setenv("KPILIB_ROOT", str(tmp_path / "env"))
    named, silent = home(), home_note()
    monkeypatch.chdir(deep)

    assert (installed / "kpilib").is_dir()
    assert said == f"The records are those of {installed}, as there are no folders params and data here or above."
    assert (named, silent) == ((tmp_path / "env").resolve(), "")
    assert home() == (tmp_path / "own").resolve()
    assert home_note().startswith(f"KPILIB_ROOT names {named}, but the records are those of {home()}, ")
    assert (home(tmp_path / "named"), home_note(tmp_path)) == ((tmp_path / "named").resolve(), "")


# Risk appetite, and the words for milestones.


def test_appetite_is_a_score_or_the_highest_of_a_band(tmp_path: Path) -> None:
    """A band's name stands for its highest score; without the part no type has an appetite."""
    said = load(tmp_path / "some", risk={**RISK, "appetite": {"Money": 3, "People": "low", "Reputation": "high"}})

    assert said.risk is not None
    assert said.risk.appetite == {"Money": 3, "People": 2, "Reputation": 4}
    assert load(tmp_path / "none", risk=RISK).risk.appetite == {}


@pytest.mark.parametrize(
    ("most", "told"),
    [
        ("hihg", "People: no band 'hihg'\n  Did you mean 'high'? Allowed: high, low."),
        (5, "People: 5 is beyond the scale, which ends at 4\n  Write 1 to 4, or the name of a band."),
        (0, "People: 0 is beyond the scale, which ends at 4\n  Write 1 to 4, or the name of a band."),
        (True, "People: True is neither a score nor a band\n  Write 1 to 4, or the name of a band."),
        (1.5, "People: 1.5 is neither a score nor a band\n  Write 1 to 4, or the name of a band."),
        (None, "People: None is neither a score nor a band\n  Write 1 to 4, or the name of a band."),
    ],
)
def test_appetite_that_is_no_score(tmp_path: Path, most: Any, told: str) -> None:
    """An unknown band, and a score that cannot be, are told with what may be written."""
    assert faults(tmp_path, risk={**RISK, "appetite": {"People": most}}) == [f"{PLACE} @ risk appetite: {told}"]


@pytest.mark.parametrize("appetite", [None, "low", 3, ["low"], {1: 2}])
def test_appetite_of_the_wrong_type(tmp_path: Path, appetite: Any) -> None:
    """What is no list of types and scores is a fault in two lines."""
    told = faults(tmp_path, risk={**RISK, "appetite": appetite})

    assert all(fault.startswith(f"{PLACE} @ risk appetite") and fault.count("\n") == 1 for fault in told)


def test_milestones_are_known_by_their_five_states(tmp_path: Path) -> None:
    """Without words of the council's own, each state stands for itself."""
    assert list(load(tmp_path).milestones.items()) == [
        (state, (state,)) for state in ("achieved", "on track", "at risk", "missed", "not yet due")
    ]


def test_milestones_have_the_council_s_own_words(tmp_path: Path) -> None:
    """A state has the words that the file gives it; one that the file leaves out keeps its own."""
    said = load(tmp_path, milestones={"achieved": ["Completed Successfully", "Done"], "missed": ["Failed"]})

    assert said.milestones["achieved"] == ("Completed Successfully", "Done")
    assert said.milestones["missed"] == ("Failed",)
    assert said.milestones["on track"] == ("on track",)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"acheived": ["Done"]},
            "unknown state 'acheived'\n  Did you mean 'achieved'? "
            "Allowed: achieved, at risk, missed, not yet due, on track.",
        ),
        (
            {"achieved": ["Done"], "missed": ["done"]},
            "'done' means both 'achieved' and 'missed'\n  Give each word to one state.",
        ),
        (
            {"achieved": ["On track"]},
            "'on track' means both 'achieved' and 'on track'\n  Give each word to one state.",
        ),
    ],
)
def test_milestones_that_cannot_be_told_apart(tmp_path: Path, said: dict[str, Any], told: str) -> None:
    """An unknown state, and a word that means two of them, are refused."""
    assert faults(tmp_path, milestones=said) == [f"{PLACE} @ milestones: {told}"]


@pytest.mark.parametrize(
    "said", [None, "Done", ["Done"], {"achieved": "Done"}, {"achieved": []}, {"achieved": [1]}, {"achieved": None}]
)
def test_milestones_of_the_wrong_type(tmp_path: Path, said: Any) -> None:
    """What is no list of states and words is a fault in two lines."""
    told = faults(tmp_path, milestones=said)

    assert all(fault.startswith(f"{PLACE} @ milestones") and fault.count("\n") == 1 for fault in told)


def test_two_rules_that_begin_together_are_refused(tmp_path: Path) -> None:
    """Only one rule can hold for a quarter, so neither is passed over in silence."""
    rules = [{"from": "2019-20-Q1", "amber_within": "5%"}, {"from": "2019-20-Q1", "amber_within": "10%"}]

    assert faults(tmp_path, rules=rules) == [
        f"{PLACE}: rule from '2019-20-Q1' is there twice\n"
        "  Keep one of them, or let the other begin at another quarter."
    ]


@pytest.mark.parametrize(
    "text",
    ["x: &a [1]\ny: [*a, *a]\n", "x: &a\n  b: 1\n", "x: !!str &a text\n"],
    ids=["a list", "a mapping", "a text"],
)
def test_anchors_are_refused(tmp_path: Path, text: str) -> None:
    """What stands once and means millions is not read."""
    with pytest.raises(RecordsError, match=r"line 1\d*, column \d+: an anchor \(& or \*\), which is not read here"):
        load_text(tmp_path, text)


@pytest.mark.parametrize("number", ["1e400", ".nan", ".inf", "-.inf", "1_000", "0x10", "010", "0b1", "1:30", "-0",
                                    "-0.0", "1e3", "9999999999999999"])  # fmt: skip
def test_numbers_in_other_forms_are_refused(tmp_path: Path, number: str) -> None:
    """A number is read only where everyone reads the same: digits, with a point for decimals."""
    with pytest.raises(RecordsError) as refusal:
        load_text(tmp_path, TINY + f"number: [{number}]\n")

    (fault,) = refusal.value.faults
    assert "not read here" in fault.problem or fault.problem == "unknown key 'number'"
    assert fault.problem != "unknown key 'number'" or number in ("1e400", "1e3")  # to YAML 1.1 these are texts


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"pages": [{**PAGE, "page": "co_ver"}, {**PAGE, "page": "co-ver"}]}, "'co_ver' and 'co-ver' would make one"),
        (
            {"appendices": [APPENDIX, {"letter": "a", "title": "All", "pages": ["streets"]}]},
            "'appendix-A' and 'appendix-a' would make one file",
        ),
        ({"pages": [{**PAGE, "page": "nul"}]}, "'nul' is a name that Windows keeps from files"),
        ({"pages": [{**PAGE, "page": "com1"}]}, "'com1' is a name that Windows keeps from files"),
    ],
)
def test_names_that_some_system_takes_for_one_are_refused(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    """Case, `_` and `-`, and the names of devices: files are to be the same on every system."""
    assert any(told in fault for fault in faults(tmp_path, **changes))


def test_bands_beyond_every_scale_are_not_counted_out(tmp_path: Path) -> None:
    """A band to 9999 is a fault as soon as it is read, and one of more digits is no band."""
    for high in ("9999", "999999999999"):
        told = faults(tmp_path / high, risk={**RISK, "bands": {"low": "1-2", "high": f"3-{high}"}})
        assert len(told) == 1


def test_a_text_of_which_nobody_sees_anything_is_empty(tmp_path: Path) -> None:
    """A council without a name is refused, whatever signs stand in its place."""
    assert any("@ council: is empty" in fault for fault in faults(tmp_path, council="\u2060"))
