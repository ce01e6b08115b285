"""Prose from the records: tokens give the records' figures or a fault, Markdown gives harmless HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import kpilib as kpi
from kpilib.judgement.figures import show
from kpilib.judgement.verdict import judge
from kpilib.pages.prose import answer, say, token_faults
from kpilib.pages.tokens import EXAMPLES, TokenError, Tokens
from kpilib.records.faults import Fault, RecordsError
from kpilib.records.ledger import load_ledger
from kpilib.records.periods import quarter
from kpilib.records.quarterly import Quarterly

AT = quarter("2022-23-Q2")
FRAMEWORK = """
council: Tinytown Council
strategy: A tiny plan
fictional: true
ratings: {green: Good, amber: Nearly, red: Poor, awaited: Carried over}
rules:
  - {from: 2020-21-Q1}
risk:
  impact: [Small, Middling, Great]
  opportunity_impact: [Small, Middling, Great]
  likelihood: [Rare, Possible, Likely]
  bands: {low: 1-3, high: 4-9}
pages:
  - {page: summary, title: Summary, kind: executive_summary}
  - {page: people, title: Our people, kind: priority}
  - {page: money, title: Our money, kind: services}
"""
INDICATORS = """indicator,name,short_name,page,directorate,frequency,good_is,unit,basis,decimals,supports,exempt
sickness,Days lost to sickness,Sickness,people,Resources,quarterly,low,days per FTE,quarter,2,,
long_term,Days lost to long-term sickness,,people,Resources,quarterly,low,days per FTE,quarter,2,sickness,
overspend,Forecast overspend,,money,Resources,quarterly,low,£m,rolling,3,,
calls,Calls answered,,people,Customers,quarterly,high,%,quarter,1,,
loans,Loans granted,,money,Growth,quarterly,high,loans,sum,0,,
jobs,Jobs created,,money,Growth,quarterly,high,jobs,sum,1,,
buses,Buses with *<b>ramps</b>*,,people,Growth,quarterly,high,%,quarter,0,,
reading,Pupils who read well,,people,Schools,annual,high,%,quarter,0,,
strikes,Days of strikes,,people,Resources,quarterly,low,days,quarter,0,,
secret,Secret talks,,people,Resources,quarterly,low,talks,quarter,0,,paragraph 3
"""
READINGS = """indicator,period,value,reported,status
sickness,2021-22-Q2,3.35,2021-22-Q2,
sickness,2022-23-Q1,3.2,2022-23-Q1,
sickness,2022-23-Q2,3.05,2022-23-Q2,
long_term,2021-22-Q2,2.45,2021-22-Q2,
long_term,2022-23-Q2,2.02,2022-23-Q2,
overspend,2022-23-Q1,17.740,2022-23-Q1,
overspend,2022-23-Q2,7.989,2022-23-Q2,
calls,2022-23-Q1,85.0,2022-23-Q1,
calls,2022-23-Q2,85.4,2022-23-Q2,
loans,2022-23-Q1,5,2022-23-Q1,
loans,2022-23-Q2,1,2022-23-Q2,
jobs,2022-23-Q1,4.4,2022-23-Q1,
jobs,2022-23-Q2,7,2022-23-Q2,
buses,2022-23-Q1,60,2022-23-Q1,
reading,2021-22,62,2022-23-Q2,
strikes,2022-23-Q1,0,2022-23-Q1,
strikes,2022-23-Q2,2,2022-23-Q2,
secret,2022-23-Q2,1,2022-23-Q2,
"""
TARGETS = """indicator,period,kind,low,high
sickness,2022-23,point,2.9,
calls,2022-23,range,90,95
loans,2022-23,total,24,
buses,2022-23,point,50,
reading,2021-22,point,60,
"""
TALLIES = """quarter,directorate,rating,indicators
2022-23-Q2,,green,41
2022-23-Q2,,amber,15
2022-23-Q2,,red,14
2022-23-Q2,,not rated,7
2022-23-Q2,Adult Services,green,5
"""
RISKS = "quarter,risk,kind,title,type,owner,impact,likelihood,score,residual_impact,residual_likelihood,"
RISKS += """residual_score,direction
2022-23-Q1,R9,risk,Gone,Money,Someone,3,3,9,3,3,9,
2022-23-Q2,R9,risk,Gone,Money,Someone,3,3,9,3,3,9,closed
2022-23-Q2,R1,risk,Fire,Money,Someone,3,3,9,3,2,6,
2022-23-Q2,R2,risk,Flood,Money,Someone,2,2,4,1,2,2,
2022-23-Q2,O1,opportunity,Fair,Money,Someone,2,2,4,3,2,6,
"""
MILESTONES = """quarter,objective,milestone,text,due,status,directorate,owner
2022-23-Q2,Grow,M1,Plant,2022-09-01,achieved,Growth,Someone
2022-23-Q2,Grow,M2,Water,2022-09-02,,Growth,Someone
2022-23-Q2,Grow,M3,Pick,2023-09-02,,Customers,Someone
"""
RECORDS = {
    "indicators": INDICATORS, "readings": READINGS, "targets": TARGETS, "risks": RISKS, "milestones": MILESTONES,
}  # fmt: skip


@pytest.fixture
def folder(council: Callable[..., Path]) -> Callable[..., Path]:
    """Write the tiny council with these summaries of Quarter 2 2022/23, by name; and other records, by name."""

    def write(summaries: dict[str, str] | None = None, **files: str) -> Path:
        root = council(FRAMEWORK, **RECORDS | files)
        here = root / "data/tiny/summaries/2022-23-Q2"
        here.mkdir(parents=True, exist_ok=True)
        for name, text in (summaries or {}).items():
            (here / f"{name}.md").write_text(text, "utf-8")
        return root

    return write


@pytest.fixture
def tokens(folder: Callable[..., Path]) -> Callable[..., Tokens]:
    """The vocabulary of the tiny council's quarter."""

    def made(edition: str = "public", **files: str) -> Tokens:
        known = load_ledger("tiny", edition, folder(**files)).as_at(AT)
        return Tokens(known, AT, judge(known, AT))

    return made


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    """The same, of the records as they stand above."""
    root = tmp_path_factory.mktemp("here")
    files = {"params/tiny/framework.yml": FRAMEWORK, **{f"data/tiny/{name}.csv": RECORDS[name] for name in RECORDS}}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    known = load_ledger("tiny", root=root).as_at(AT)
    return Tokens(known, AT, judge(known, AT))


@pytest.fixture(scope="module")
def printed() -> Tokens:
    """The vocabulary of the printed quarter that is in the records."""
    at = quarter("2019-20-Q3")
    known = load_ledger("lancashire-2019").as_at(at)
    return Tokens(known, at, judge(known, at))


def summary(text: str, page: str = "summary", heading: str = "Chief Executive", more: str = "") -> str:
    """Write a summary; its text begins on line 5, or one later where there is more in front."""
    return f"---\npage: {page}\nheading: {heading}\n{more}---\n{text}\n"


def refused(expression: str, tokens: Tokens) -> str:
    """Give what is wrong with a token, and what to do."""
    with pytest.raises(TokenError) as raised:
        answer(expression, tokens)
    return f"{raised.value.problem}. {raised.value.remedy}"


def faults(text: str, tokens: Tokens) -> list[str]:
    """Give the faults of a text."""
    with pytest.raises(RecordsError) as raised:
        say(text, tokens, "words.md", 5)
    return [str(fault) for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ('value("sickness")', "3.05 days per FTE"),
        ('value("sickness", "2022-23-Q1")', "3.20 days per FTE"),
        ('value("loans")', "1 loan"),
        ('to_date("loans")', "6 loans"),
        ('to_date("jobs")', "11.4 jobs"),
        ('target("sickness")', "2.9 days per FTE"),
        ('target("calls")', "90 to 95%"),
        ('target("loans")', "12 loans"),
        ('previous("overspend")', "£17.740m"),
        ('last_year("sickness")', "3.35 days per FTE"),
        ('change("sickness")', "5%"),
        ('change("sickness", "last year")', "9%"),
        ('change("long_term", "last year")', "18%"),
        ('change("overspend")', "55%"),
        ('change("calls")', "less than 1%"),
        ('gap("sickness")', "0.15"),
        ('gap("calls")', "4.6 points"),
        ('gap("loans")', "6"),
        ('gap("reading")', "2 points"),
        ('value("reading")', "62%"),
        ('rating("sickness")', "Poor"),
        ('rating("strikes") | lower', "not rated"),
        ('direction("sickness")', "Better"),
        ('name("sickness")', "Sickness"),
        ('name("overspend")', "Forecast overspend"),
        ("count()", "8"),
        ('count("rated")', "5"),
        ('count("not rated")', "3"),
        ('count("red")', "3"),
        ('count("red", page="people")', "2"),
        ('count("red", directorate="Growth")', "1"),
        ('count("red", directorate="Growth", page="people")', "0"),
        ('count("better")', "4"),
        ('(count("red") + count("green")) | words', "five"),
        ('count("red") | words | capitalize', "Three"),
        ('share("red")', "60%"),
        ("milestones()", "3"),
        ('milestones("missed")', "1"),
        ('milestones("missed", directorate="Customers")', "0"),
        ("risks()", "2"),
        ('risks("high")', "1"),
        ("opportunities()", "1"),
        ("quarter", "Quarter 2 2022/23"),
        ("span", "July to September 2022"),
        ("council | lower", "tinytown council"),
        ("strategy", "A tiny plan"),
    ],
)
def test_a_token_prints_what_the_records_hold(expression: str, said: str, here: Tokens) -> None:
    """Each word of the vocabulary prints a figure, a count or a name as pages do."""
    assert answer(expression, here) == said


def test_every_word_of_the_vocabulary_has_an_example_that_is_one(here: Tokens) -> None:
    """What a fault tells the author to write is a token: it is answered, or names what is not in these records."""
    problems = []
    for name, written in EXAMPLES.items():
        for token in re.findall(rf"\b{name}(?:\([^)]*\))?", written):
            try:
                answer(token, here)
            except TokenError as error:
                problems.append(error.problem.split(" in ")[0])

    assert problems == [
        "unknown indicator 'new_jobs'",
        "unknown directorate 'Adult Services'",
        "unknown page 'place_to_live'",
    ]


@pytest.mark.parametrize(
    ("scope", "numbers"),
    [("", ["77", "70", "7", "41", "15", "14"]), ('directorate="Resources"', ["4", "1", "3", "0", "0", "1"])],
)
def test_where_the_council_counted_its_count_holds(
    scope: str, numbers: list[str], tokens: Callable[..., Tokens]
) -> None:
    """Of the whole council there are tallies, and they are printed; of this directorate there are none."""
    words = ("", '"rated"', '"not rated"', '"green"', '"amber"', '"red"')
    asked = [f"count({', '.join(filter(None, [word, scope]))})" for word in words]

    assert [answer(each, tokens("restricted", tallies=TALLIES)) for each in asked] == numbers


def test_shares_of_a_tally_add_up(tokens: Callable[..., Tokens]) -> None:
    """41, 15 and 14 of 70 are 59%, 21% and 20%."""
    here = tokens("restricted", tallies=TALLIES)

    assert [answer(f'share("{rating}")', here) for rating in ("green", "amber", "red")] == ["59%", "21%", "20%"]


def test_pages_are_never_tallied(tokens: Callable[..., Tokens]) -> None:
    """The council's tallies say nothing of a page, so its own indicators are counted."""
    assert answer('count("red", page="people")', tokens("restricted", tallies=TALLIES)) == "2"


def test_what_a_tally_leaves_out_is_not_nought(tokens: Callable[..., Tokens]) -> None:
    """Of this directorate only the greens were printed: how many are red, and how many there are, is not known."""
    here = tokens("restricted", tallies=TALLIES)
    of = 'directorate="Adult Services"'

    assert answer(f'count("green", {of})', here) == "5"
    assert "has no row 'red' in tallies.csv for 2022-23-Q2" in refused(f'count("red", {of})', here)
    assert "has no row" in refused(f"count({of})", here)
    assert "has no row" in refused(f'share("green", {of})', here)
    assert "printed no count of 'better'" in refused('count("better")', here)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ('value("sicknes")', "unknown indicator 'sicknes' in the public edition. Did you mean 'sickness'?"),
        ('value("secret")', "unknown indicator 'secret' in the public edition"),
        ('vlaue("sickness")', "unknown token 'vlaue'. Did you mean 'value'?"),
        ('value("sickness", "2021-22-Q4")', "'sickness' has no figure for 2021-22-Q4. It has figures for: 2021-22-Q2,"),
        ('value("sickness", "last")', "'last' is not a period"),
        ('value("buses")', "'buses' has no figure for 2022-23-Q2. Its latest is of Quarter 1 2022/23: write"),
        ('change("buses")', "'buses' has no figure for 2022-23-Q2"),
        ('gap("buses")', "'buses' has no figure for 2022-23-Q2"),
        ('target("overspend")', "'overspend' has no target for 2022-23-Q2"),
        ('gap("overspend")', "'overspend' has no distance from a target"),
        ('previous("reading")', "'reading' has no figure of before that 2022-23-Q2 can be compared with"),
        ('last_year("loans")', "'loans' has no figure of last year"),
        ('change("strikes")', "'strikes' was 0, and nothing is a percentage of that"),
        ('change("sickness", "2021-22")', "unknown comparison '2021-22'"),
        ('to_date("calls")', "'calls' is not a figure that adds up"),
        ('count("yellow")', "unknown count 'yellow'. Allowed: amber,"),
        ('count("rde")', "unknown count 'rde'. Did you mean 'red'?"),
        ('count("red", directorate="Groth")', "unknown directorate 'Groth'. Did you mean 'Growth'?"),
        ('count(page="peopel")', "unknown page 'peopel'. Did you mean 'people'?"),
        ('share("not rated")', "unknown rating 'not rated'"),
        ('share("red", directorate="Customers", page="money")', "no indicator here is rated"),
        ('milestones("done")', "unknown state 'done'"),
        ('risks("hihg")', "unknown band 'hihg'. Did you mean 'high'?"),
        ("value", "'value' does not say of what"),
        ("value()", "'value' is not written so"),
        ("value(sickness)", "'value' is not written so"),
        ("count(5)", "'count' is not written so"),
        ('value("sickness", *quarter)', "'value' is not written so"),
        ("quarter()", "'quarter' is not written so"),
        ('value("sickness") | words', "only a count can be written in words"),
        ("quarter | upper", "unknown filter 'upper'"),
        ("", "cannot be read"),
        ('value("sickness"', "cannot be read"),
        ("41", "is not a token"),
        ('"about half"', "is not a token"),
        ('count("red") + 1', "is not a token"),
        ('value("sickness") + value("loans")', "is not a token"),
        ('"9" * 999999999', "is not a token"),
        ("quarter.__class__", "is not a token"),
        ("value.__globals__", "is not a token"),
        ("quarter[0]", "is not a token"),
        ("-quarter", "is not a token"),
        ("quarter if quarter else span", "is not a token"),
        ("(" * 150 + "quarter" + ")" * 150, "is too long for a token"),
    ],
)
def test_what_is_not_in_the_records_is_refused(expression: str, said: str, here: Tokens) -> None:
    """An unknown word, a figure that is not there and anything but a token is told, with what to do."""
    assert said in refused(expression, here)


def test_an_awaited_figure_is_never_an_empty_text(tokens: Callable[..., Tokens]) -> None:
    """A figure that the service still owes is a fault in prose."""
    readings = READINGS.replace("calls,2022-23-Q1,85.0,2022-23-Q1,\n", "")
    readings = readings.replace("calls,2022-23-Q2,85.4,2022-23-Q2,", "calls,2022-23-Q2,,2022-23-Q2,awaited")

    assert "'calls' has no figure for 2022-23-Q2" in refused('value("calls")', tokens(readings=readings))


def test_previous_is_the_figure_before_whatever_the_arrow_is_taken_against(
    council: Callable[..., Path],
) -> None:
    """Where a council compares with last year alone, `previous` still prints the quarter before."""
    framework = FRAMEWORK.replace("{from: 2020-21-Q1}", "{from: 2020-21-Q1, compare: last year}")
    known = load_ledger("tiny", root=council(framework, **RECORDS)).as_at(AT)

    assert answer('previous("sickness")', Tokens(known, AT, judge(known, AT))) == "3.20 days per FTE"


def test_without_a_register_or_milestones_none_is_counted(tokens: Callable[..., Tokens]) -> None:
    """No register is not the same as no risk."""
    here = tokens(risks=RISKS.splitlines()[0] + "\n", milestones=MILESTONES.splitlines()[0] + "\n")

    assert "there is no risk register for 2022-23-Q2" in refused("risks()", here)
    assert "there are no milestones for 2022-23-Q2" in refused("milestones()", here)


def test_a_sum_with_a_quarter_missing_has_no_total(tokens: Callable[..., Tokens]) -> None:
    """Without the year's first quarter the total to date is not known."""
    readings = READINGS.replace("jobs,2022-23-Q1,4.4,2022-23-Q1,\n", "")

    assert "'jobs' has no total to date" in refused('to_date("jobs")', tokens(readings=readings))


def test_a_value_is_the_figure_in_the_records(printed: Tokens) -> None:
    """For every indicator of a printed quarter, the token is the judged figure with its unit, or there is none."""
    at = quarter("2019-20-Q3")
    judged = judge(load_ledger("lancashire-2019").as_at(at), at)
    told = 0
    for row in judged.itertuples():
        if row.late or row.value != row.value:
            assert "has no figure for 2019-20-Q3" in refused(f'value("{row.indicator}")', printed)
        else:
            told += 1
            assert answer(f'value("{row.indicator}")', printed) == show(row.value, row.unit, row.decimals)
    assert told > 20


def test_a_gap_is_the_one_that_the_reason_says(printed: Tokens) -> None:
    """For every indicator of a printed quarter, the distance is that of the sentence beside its rating."""
    at = quarter("2019-20-Q3")
    judged = judge(load_ledger("lancashire-2019").as_at(at), at)
    off = judged[~judged["late"] & judged["reason"].str.contains(" (?:above|below) the (?:target|range)")]

    assert len(off) > 10
    for row in off.itertuples():
        gap = answer(f"gap('{row.indicator}')", printed)
        assert f" is {gap} " in row.reason


def test_a_text_is_filled_in_and_shown(here: Tokens) -> None:
    """Markdown becomes HTML around the figures."""
    text = 'It *fell* by **{{ change("sickness", "last year") }}** to {{ value("sickness") }}.\n\n- One\n- Two'
    shown = say(text, here, "words.md")

    assert shown.html.startswith("<p>It <em>fell</em> by <strong>9%</strong> to 3.05 days per FTE.</p>")
    assert "<li>Two</li>" in shown.html
    assert repr(shown) == "It fell by 9% to 3.05 days per FTE . One Two".replace("FTE .", "FTE.")


def test_what_a_token_puts_in_is_printed_as_it_is(here: Tokens) -> None:
    """A name with stars and angle brackets stays as it is, in a sentence, in a heading and in a table."""
    token = '{{ name("buses") }}'
    html = say(f"# {token}\n\n*{token}*\n\n| a |\n|---|\n| {token} |\n", here, "words.md").html

    assert html.count("Buses with *&lt;b&gt;ramps&lt;/b&gt;*") == 3


def test_raw_html_is_printed_not_run(here: Tokens) -> None:
    """Tags typed into prose are letters like others."""
    html = say("<script>alert(1)</script>\n\nA <b onclick=x>bold</b> word.", here, "words.md").html

    assert "&lt;script&gt;" in html
    assert "A &lt;b onclick=x&gt;bold&lt;/b&gt; word." in html


def test_headings_stand_below_the_third_level_without_a_gap(here: Tokens) -> None:
    """The highest heading of a text is a fourth-level one, whatever the author began with."""
    html = say("## A\n\n#### B\n\n> ##### C\n\n## D", here, "words.md").html

    assert re.findall(r"<h(\d)>(\w)</h\1>", html) == [("4", "A"), ("5", "B"), ("6", "C"), ("4", "D")]


def test_a_table_says_what_its_headings_are_of(here: Tokens) -> None:
    """Each heading of a table is one of a column; figures stand to the right without a style of their own."""
    html = say("| Area | Days |\n|---|--:|\n| All | 3 |", here, "words.md").html

    assert '<th scope="col">Area</th><th scope="col" class="number">Days</th>' in html
    assert '<td class="number">3</td>' in html


@pytest.mark.parametrize("address", ["https://example.org/a?b=c&d", "http://example.org", "mailto:a@b.example", "#x"])
def test_links_lead_to_the_web(address: str, here: Tokens) -> None:
    """A link may lead to the web, to an address of mail, or within the page."""
    html = say(f"[there]({address})", here, "words.md").html

    assert f'<a href="{address.replace("&", "&amp;")}">there</a>' in html


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert)",
        "[x](data:text/html,x)",
        "[x](//example.org)",
        "[x](file.html)",
        "[x][y]\n\n[y]: vbscript:x",
        "<javascript:alert>",
        '[x](https://example.org/{{ name("sickness") }})',
    ],
)
def test_no_other_links_are_made(text: str, here: Tokens) -> None:
    """A link that leads elsewhere, or whose address is not all written down, is a fault."""
    [fault] = faults(text, here)

    assert re.match("words.md, line [57]: holds a link: ", fault)
    assert "Begin its address with https://" in fault


def test_pictures_are_faults(here: Tokens) -> None:
    """A report fetches nothing, so prose has no pictures."""
    assert faults("Good.\n\n![a](https://example.org/a.png)", here) == [
        "words.md, line 7: holds a picture: https://example.org/a.png\n  Take it away: a report fetches nothing."
    ]


def test_all_faults_of_a_text_are_told_at_once_by_line(here: Tokens) -> None:
    """Each fault names its line, and quotes the token."""
    text = 'A {{ valeu("x") }}.\n{% if x %}\n{# note #}\n{{ value("sickness")\nB {{ value(\n"bells") }} }}'
    said = faults(text, here)

    assert [re.match(r"words.md, line (\d+): (\S+(?: valu?e?u?)?)", each).groups() for each in said] == [
        ("5", "{{ valeu"), ("6", "'{%'"), ("6", "'%}'"), ("7", "'{#'"), ("7", "'#}'"),
        ("8", "'{{'"), ("9", "{{ value"), ("10", "'}}'"),
    ]  # fmt: skip


class Tags(HTMLParser):
    """The tags and attributes of a text in HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and each attribute that it has."""
        self.found |= {tag, *(f"{tag} {name}" for name, _ in attrs)}


PIECES = [*"<>[]()!*_#`|&;:/\\\n\"'= -", "script", "a", "https:", "\x00"]
HARMLESS = set("p em strong ul ol li h4 h5 h6 blockquote code pre hr br a table thead tbody tr th td".split()) | {
    "a href",
    "a title",
    "ol start",
    "th scope",
    "th class",
    "td class",
    "code class",
}


@settings(deadline=None, max_examples=60)
@given(st.text(), st.lists(st.sampled_from(PIECES)))
@example("<script", list("><script>"))
@example("\U000f0000", list("\U000f0001"))
def test_text_without_tokens_is_shown_harmless_or_refused(printed: Tokens, text: str, more: list[str]) -> None:
    """Whatever is written, nothing but the tags of Markdown comes out; what is refused is refused as a fault."""
    try:
        shown = say(text + "".join(more), printed, "words.md")
    except RecordsError:
        return

    assert "<script" not in shown.html.lower()
    assert Tags(shown.html).found <= HARMLESS


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
@example("{{ quarter.__class__ }}")
@example("[].__class__")
@example("quarter}} {{span")
def test_no_token_does_more_than_the_vocabulary(printed: Tokens, expression: str) -> None:
    """Whatever stands in a token is answered, or refused as one."""
    try:
        said = answer(expression, printed)
    except TokenError:
        return

    assert expression.strip() in EXAMPLES
    assert said


def test_statements_print_the_pages_own_words_in_order(folder: Callable[..., Path]) -> None:
    """The summaries of the page and quarter, by name, each under its own heading."""
    texts = {
        "2-adults": summary("Calls: {{ value('calls') }}.", heading="Adults & Health"),
        "1-chief": summary("Fell by {{ change('sickness', 'last year') }}."),
        "3-money": summary("Not here.", page="money"),
    }
    html = kpi.open_page("tiny", "summary", "2022-23-Q2", root=folder(texts)).statements().html

    assert re.findall(r'<h3 id="([^"]+)">([^<]+)</h3>', html) == [
        ("summary-words-1", "Chief Executive"),
        ("summary-words-2", "Adults &amp; Health"),
    ]
    assert "<p>Fell by 9%.</p>" in html
    assert "<p>Calls: 85.4%.</p>" in html
    assert "Not here" not in html


def test_a_page_without_words_says_so(folder: Callable[..., Path]) -> None:
    """Silence is told; another quarter's words are not taken for this one's."""
    later = MILESTONES + "2022-23-Q3,Grow,M3,Pick,2023-09-02,,Customers,Someone\n"
    root = folder({"1-chief": summary("Then.")}, milestones=later)
    page = kpi.open_page("tiny", "summary", "2022-23-Q3", root=root)

    assert repr(page.statements()) == "No words were received for this quarter, as far as may be published."


def test_all_faults_of_a_page_are_told_at_once(folder: Callable[..., Path]) -> None:
    """A fault names its file and the line in it."""
    texts = {"1-a": summary("\n{{ value('x') }}"), "2-b": summary("{{ value('y') }}", more="exempt: ''\n")}
    page = kpi.open_page("tiny", "summary", "2022-23-Q2", root=folder(texts))

    with pytest.raises(RecordsError) as raised:
        page.statements()

    assert [fault.place for fault in raised.value.faults] == [
        "data/tiny/summaries/2022-23-Q2/1-a.md, line 6",
        "data/tiny/summaries/2022-23-Q2/2-b.md, line 6",
    ]


def test_the_check_refuses_unknown_tokens(
    folder: Callable[..., Path], kpilib: Callable[..., CompletedProcess[str]]
) -> None:
    """`kpilib check` names the token and ends with 1; what the public edition does not hold is told of it alone."""
    root = folder({"1-a": summary("{{ value('sicknes') }} {{ value('secret') }}")})
    done = kpilib("check", "tiny", "2022-23-Q2", "--root", str(root))
    restricted = token_faults(load_ledger("tiny", "restricted", root), AT, Quarterly())

    assert done.returncode == 1
    assert "1-a.md, line 5: {{ value('sicknes') }}: unknown indicator 'sicknes'" in done.stderr
    assert "{{ value('secret') }}: unknown indicator 'secret' in the public edition" in done.stderr
    assert [fault.problem for fault in restricted] == ["{{ value('sicknes') }}: unknown indicator 'sicknes'"]
    assert isinstance(restricted[0], Fault)
