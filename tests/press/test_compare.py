"""What changed between two builds of a report, told to someone who read the first."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilib.pages.listing import MILESTONES, RISKS
from kpilib.press.compare import compare, same_bytes
from kpilib.records.faults import RecordsError

INDICATORS = (
    "page indicator name unit period covers value status previous last_year target_low target_high rating label "
    "computed_rating reason direction"
).split()
CALLS = {
    "page": "service", "indicator": "calls", "name": "Calls that were answered", "unit": "%", "period": "2023-24-Q2",
    "value": "75.2", "status": "final", "previous": "73.8", "last_year": "85.3", "target_low": "90", "rating": "red",
    "label": "Off track", "computed_rating": "red", "direction": "better",
}  # fmt: skip
LIGHTS = CALLS | {"indicator": "lights", "name": "Lights mended", "value": "97", "rating": "green", "label": "On track"}
RISK = {
    "risk": "R1", "title": "Floods", "score": "20", "band": "high", "residual_score": "10", "residual_band": "medium",
    "direction": "reducing", "owner": "Director A", "course": "green", "movement": "down",
}  # fmt: skip
MILESTONE = {"milestone": "M1", "text": "Open the hall", "state": "on track", "status": "Likely", "due": "2023-09-30"}


def page(body: str, *, title: str = "Better services", soft: str = "") -> str:
    """A page around its own words."""
    return (
        f"<html><head><style>p {{}}</style></head><body><main><h1>{title}</h1><p>{soft}</p>{body}</main></body></html>"
    )


def card(figure: str = "75.2%", said: str = "Advisers left.", key: str = "calls", name: str = "Calls answered") -> str:
    """An indicator's part of its page: what is drawn up from the records, and what someone wrote."""
    return (
        f'<section class="card" id="{key}"><h3 id="{key}-name">{name}</h3><ul class="figures"><li>{figure}</li></ul>'
        f'<div class="body"><div><p class="reason">{figure} is below the target.</p>'
        f"<h4>Cause</h4><p>{said}</p></div></div></section>"
    )


def build(
    folder: Path,
    *indicators: dict[str, str],
    risks: tuple[dict[str, str], ...] = (),
    milestones: tuple[dict[str, str], ...] = (),
    html: dict[str, str] | None = None,
    **about: Any,
) -> Path:
    """Write a tiny build."""
    (folder / "pages").mkdir(parents=True)
    manifest = {"framework": "tiny", "quarter": "2023-24-Q2", "edition": "public", "began": str(folder)} | about
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    for name, columns, rows in (
        ("indicators", INDICATORS, indicators),
        ("risks", RISKS, risks),
        ("milestones", MILESTONES, milestones),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    for name, text in (html or {}).items():
        (folder / name).write_text(text, "utf-8")
    return folder


def words(tmp_path: Path, before: str, after: str, *indicators: dict[str, str], **about: Any) -> list[str]:
    """Give the lines of two builds that differ in the words of one page, and in an indicator where two are given."""
    was, now = indicators[:1], indicators[-1:]
    old = build(tmp_path / "old", *was, html={"pages/service.html": before})
    new = build(tmp_path / "new", *now, html={"pages/service.html": after}, **about)
    return [str(change) for change in compare(old, new)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.decimals(0, 999, places=1), st.booleans()), max_size=6))
def test_every_changed_figure_is_told_once_and_nothing_else(figures: list[tuple[Any, bool]]) -> None:
    """A build does not differ from itself, and another has as many changes as figures that were changed in it."""
    rows = [CALLS | {"indicator": f"i{number}", "value": str(value)} for number, (value, _) in enumerate(figures)]
    changed = [
        row | {"value": str(value + 1)} if other else row
        for row, (value, other) in zip(rows, figures, strict=True)
    ]  # fmt: skip

    with TemporaryDirectory() as folder:
        old, new = build(Path(folder) / "old", *rows), build(Path(folder) / "new", *changed)

        assert compare(old, old) == []
        assert [change.kind for change in compare(old, new)] == ["figure"] * sum(other for _, other in figures)


def test_a_figure_is_told_by_the_names_of_its_page_and_what_follows_from_it_is_not(tmp_path: Path) -> None:
    """The reason, the counts and the rows that restate a changed figure and rating are not told again."""
    more = '<p class="lead">{}.</p><p>“Calls answered” {} sharply.</p><table><tr><td>All</td><td>{}</td></tr></table>'
    before = page(card() + more.format("Calls stand out", "fell", "1 (100%)"))
    after = page(card("91%") + more.format("All is well", "rose", "0 (0%)"))

    said = words(tmp_path, before, after, CALLS, CALLS | {"value": "91", "rating": "green", "label": "On track",
                                                          "computed_rating": "green"})  # fmt: skip

    assert said == [
        "Calls answered (Better services): rating was “Off track” (red); now “On track” (green)",
        "Calls answered (Better services): figure was 75.2%; now 91%",
    ]


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        ({"direction": "worse"}, "figure was 75.2%, direction better; now 75.2%, direction worse"),
        ({"status": "provisional"}, "figure was 75.2%, status final; now 75.2%, status provisional"),
        ({"value": "", "status": "awaited"}, "figure was 75.2%, status final; now none, status awaited"),
        ({"period": "2023-24-Q1"}, "figure was 75.2%, for Quarter 2 2023/24; now 75.2%, for Quarter 1 2023/24"),
        ({"previous": "74"}, "figure was 75.2%, before 73.8; now 75.2%, before 74"),
        ({"target_high": "95"}, "target was 90; now 90 to 95"),
        ({"target_low": ""}, "target was 90; now none"),
        ({"rating": "amber"}, "rating was “Off track” (red); now “Off track” (amber, though red by the rule)"),
        ({"unit": "£"}, "figure was 75.2%; now £75.2"),
        ({"value": "7.9", "unit": "£m"}, "figure was 75.2%; now £7.9m"),
        ({"value": "1234.5", "unit": "days"}, "figure was 75.2%; now 1,234.5 days"),
        ({"value": "75.2004"}, "figure was 75.2%; now 75.2004%"),
    ],
)
def test_each_aspect_of_an_indicator_is_told_in_a_line(tmp_path: Path, cells: dict[str, str], line: str) -> None:
    """Direction, status, period, revision, target, rating and unit are told, each beside the figure it is of."""
    old, new = build(tmp_path / "old", CALLS), build(tmp_path / "new", CALLS | cells)

    assert [str(change) for change in compare(old, new)] == [f"Calls that were answered (service): {line}"]


def test_new_and_gone_indicators_are_told_whole(tmp_path: Path) -> None:
    """One line says what a new indicator stands at, and one what was last said of one that is gone."""
    said = compare(build(tmp_path / "old", CALLS), build(tmp_path / "new", LIGHTS))

    assert [(change.kind, change.where, bool(change.before), bool(change.after)) for change in said] == [
        ("figure", "Lights mended (service)", False, True),
        ("figure", "Calls that were answered (service)", True, False),
    ]
    assert str(said[0]).startswith("Lights mended (service): new, rating “On track” (green, though red by the rule), ")
    assert "gone, was rating “Off track” (red), figure 75.2%, for Quarter 2 2023/24" in str(said[1])


def test_a_column_that_lost_its_points_is_no_change(tmp_path: Path) -> None:
    """97.0 and 97 are the same figure: pandas writes a column whole once all of it is."""
    old, new = build(tmp_path / "old", LIGHTS | {"value": "97.0"}), build(tmp_path / "new", LIGHTS)

    assert [change.kind for change in compare(old, new)] == ["file"]


def test_a_risk_is_told_in_one_line(tmp_path: Path) -> None:
    """Scores with their bands, course, direction and owner of a risk stand together; the others are left out."""
    after = RISK | {"residual_score": "15", "residual_band": "high", "direction": "level", "course": "red"}
    old, new = build(tmp_path / "old", risks=(RISK,)), build(tmp_path / "new", risks=(after | {"owner": ""},))

    assert [str(change) for change in compare(old, new)] == [
        "R1 Floods: was score after actions 10 (medium), course on course, direction reducing, owner Director A; "
        "now score after actions 15 (high), course off course, direction level, owner none"
    ]


def test_a_risk_that_the_register_lists_as_closed_is_gone(tmp_path: Path) -> None:
    """A closed or merged risk keeps a row for the reader's sake, and a new one is told with its scores."""
    closed, fresh = RISK | {"movement": "closed"}, RISK | {"risk": "R2", "title": "Fire", "movement": "new"}

    said = compare(build(tmp_path / "old", risks=(RISK,)), build(tmp_path / "new", risks=(closed, fresh)))

    assert [change.where for change in said] == ["R2 Fire", "R1 Floods"]
    assert "new, score after actions 10 (medium)" in str(said[0])
    assert "gone, was score after actions 10 (medium)" in str(said[1])


def test_a_milestone_is_told_by_what_moved(tmp_path: Path) -> None:
    """State, the council's own word and forecast are told; what stayed is not."""
    late = MILESTONE | {"state": "at risk", "status": "Uncertain", "forecast": "2023-12-15"}
    old, new = build(tmp_path / "old", milestones=(MILESTONE,)), build(tmp_path / "new", milestones=(late,))

    assert [str(change) for change in compare(old, new)] == [
        "M1 Open the hall: was state on track, status Likely, forecast none; "
        "now state at risk, status Uncertain, forecast 2023-12-15"
    ]


def test_changed_commentary_is_quoted_around_what_differs(tmp_path: Path) -> None:
    """A long passage is shown with a few words before and after the place that differs, not whole."""
    text = " ".join(f"word{chr(97 + number)}" for number in range(26))

    said = words(tmp_path, page(card(said=text)), page(card(said=text.replace("wordm", "wordless"))), CALLS)

    assert said == [
        "Calls answered (Better services): was “… wordg wordh wordi wordj wordk wordl wordm wordn wordo wordp wordq "
        "wordr words …”; now “… wordg wordh wordi wordj wordk wordl wordless wordn wordo wordp wordq wordr words …”"
    ]


def test_an_added_and_a_dropped_passage_are_told(tmp_path: Path) -> None:
    """What has no like on the other side is new, or gone."""
    one, other = "Advisers left in May.", "Snow closed three northern depots"

    assert words(tmp_path / "1", page(card(said=one)), page(card(said=f"{one}</p><p>{other}")), CALLS) == [
        f"Calls answered (Better services): new, “{other}”"
    ]
    assert words(tmp_path / "2", page(card(said=f"{one}</p><p>{other}")), page(card(said=one)), CALLS) == [
        f"Calls answered (Better services): gone, was “{other}”"
    ]


def test_what_stands_on_several_pages_is_told_once(tmp_path: Path) -> None:
    """An appendix binds the pages, and a summary's row repeats commentary: neither tells it again."""
    sides = []
    for name, said in (("old", "Advisers left in May."), ("new", "Advisers left in June.")):
        row = f"<table><tr><th>Calls answered</th><td>{said}</td></tr></table>"
        html = {"pages/a.html": page(row, title="Summary"), "pages/b.html": page(card(said=said))}
        sides.append(build(tmp_path / name, CALLS, html=html | {"appendix-A.html": page(card(said=said))}))

    assert [change.where for change in compare(*sides)] == ["Calls answered (Better services)"]


def test_a_figure_in_prose_is_told_only_where_no_record_tells_it(tmp_path: Path) -> None:
    """A changed figure that prose repeats is not told twice, but one that was typed by hand is."""
    prose = '<h2>Words</h2><div class="prose"><p>We answered {}.</p><p>It cost £{}m in all.</p></div>'
    before, after = page(card() + prose.format("75.2%", 3)), page(card("91%") + prose.format("91%", 5))

    said = words(tmp_path, before, after, CALLS, CALLS | {"value": "91"})

    assert said[1:] == ["Words (Better services): was “It cost £3m in all.”; now “It cost £5m in all.”"]


def test_another_indicators_part_is_told_though_a_figure_changed(tmp_path: Path) -> None:
    """Only what is about the changed figure follows from it: numbers in another indicator's part do not."""
    other = card("97%", key="lights", name="Lights mended")
    before, after = page(card() + other), page(card("91%") + other.replace("97% is", "96% is"))
    old = build(tmp_path / "old", CALLS, LIGHTS, html={"pages/service.html": before})
    new = build(tmp_path / "new", CALLS | {"value": "91"}, LIGHTS, html={"pages/service.html": after})

    assert [change.where for change in compare(old, new)][1:] == ["Lights mended (Better services)"]


def test_a_closer_look_is_told_though_a_figure_changed(tmp_path: Path) -> None:
    """Supporting measures are not in indicators.csv, so their numbers are told, by the first of several lines."""
    look = "<h2>A closer look</h2><h3>Loans</h3><p>Lent: £{0}.</p><table><tr><th>May</th><td>{0}</td></tr></table>"
    before, after = page(card() + look.format(480)), page(card("91%") + look.format(490))

    said = words(tmp_path, before, after, CALLS, CALLS | {"value": "91"})

    assert said[1:] == ["Loans (Better services), first of 2 lines: was “Lent: £480.”; now “Lent: £490.”"]


def test_a_row_finds_itself_again_by_its_words(tmp_path: Path) -> None:
    """A row whose numbers changed is one change; rows of two indicators with the same numbers are not one."""
    table = "<table><tr><th>{}</th><td>{}</td></tr></table>"
    counts = table.format("All", "23 (59.0%) 8 (20.5%)"), table.format("All", "24 (62%) 7 (18%)")
    rows = [
        page(table.format(f'<a href="#{key}">{key}</a>', "97% of 95% better than last year"), title="Overview")
        for key in ("calls", "lights")
    ]

    assert words(tmp_path / "1", *map(page, counts)) == [
        "Better services: was “All 23 (59.0%) 8 (20.5%)”; now “All 24 (62%) 7 (18%)”"
    ]
    old, new = (build(tmp_path / str(n), CALLS, LIGHTS, html={"index.html": html}) for n, html in enumerate(rows, 2))
    assert [str(change) for change in compare(old, new)] == [
        "Overview, first of 2 lines: gone, was “calls 97% of 95% better than last year”"
    ]


def test_a_rows_move_and_signs_and_scripts_are_no_change_of_words(tmp_path: Path) -> None:
    """Order, navigation, scripts, and signs hidden from a screen reader change no word; a picture's alt does."""
    body = '<nav><ul><li>{0}</li></ul></nav><p><span aria-hidden="true">{0}</span>Same<script>{0}</script></p>'
    rows = ["<p>One thing</p>", "<p>Another</p>"]
    before, after = body.format("x") + "".join(rows), body.format("y") + "".join(reversed(rows))
    picture = '<img alt="first 1 and last {}" src="data:x">'

    assert [line.split(":")[0] for line in words(tmp_path / "1", page(before), page(after))] == ["pages/service.html"]
    assert words(tmp_path / "2", page(before + picture.format(2)), page(after + picture.format(3))) == [
        "Better services: was “first 1 and last 2”; now “first 1 and last 3”"
    ]


def test_the_names_of_two_quarters_are_no_difference(tmp_path: Path) -> None:
    """Passages that differ in the quarters' names alone are the same, wherever they stand; new ones are counted."""
    text = '<div class="prose"><p>{0} was wet; {1} wetter than {2}.</p><p>Due in June 2023.</p></div>'
    first = text.format("Quarter 1 2023/24", "June 2023", "Quarter 4 2022/23")
    second = text.format("Quarter 2 2023/24", "September 2023", "Quarter 1 2023/24")
    first, second = f"{first}<h2>Weather</h2>", f"<h2>Weather</h2>{second}"
    before = page(card(said="Advisers left in May.") + first, soft="Quarter 1 2023/24 · April to June 2023 · one")
    after = page(card(said="Snow fell") + second, soft="Quarter 2 2023/24 · July to September 2023 · one")
    old = build(tmp_path / "old", CALLS | {"period": "2023-24-Q1", "previous": "70"}, quarter="2023-24-Q1",
                html={"pages/service.html": before})  # fmt: skip
    new = build(tmp_path / "new", CALLS, html={"pages/service.html": after})

    assert [str(change) for change in compare(old, new)] == ["Better services: new, one passage in place of one"]


@pytest.mark.parametrize(
    ("quarters", "months", "days"),
    [
        (
            ("2023-24-Q1", "2023-24-Q2"),
            ("October to December 2023", "January to March 2024"),
            ("December 2023", "March 2024"),
        ),
        (("2022-23-Q4", "2023-24-Q1"), ("January to March 2023", "April to June 2023"), ("2022/23", "2023/24")),
    ],
    ids=["a year that starts in October", "quarters of two years"],
)
def test_two_quarters_of_any_year_are_compared(
    tmp_path: Path, quarters: tuple[str, str], months: tuple[str, str], days: tuple[str, str]
) -> None:
    """Months that are not those of an April year, and the names of the two years, are no difference either."""
    texts = [f'<div class="prose"><p>Rain in {month}.</p><p>Snow in {day}.</p></div>'
             for month, day in zip(months, days, strict=True)]  # fmt: skip
    sides = [build(tmp_path / at, quarter=at, html={"index.html": page(text)})
             for at, text in zip(quarters, texts, strict=True)]  # fmt: skip

    assert [change.kind for change in compare(*sides)] == ["file"]


def test_a_page_of_one_build_only_is_named(tmp_path: Path) -> None:
    """A page that is new or gone is told by its name, not passage by passage."""
    old = build(tmp_path / "old", html={"pages/old.html": page("<p>One</p>")})
    new = build(tmp_path / "new", html={"pages/new.html": page("<p>Two</p>")})

    assert [str(change) for change in compare(old, new)] == [
        "pages/new.html: new, a page of the report",
        "pages/old.html: gone, was a page of the report",
    ]


def test_builds_of_different_reports_say_so_first(tmp_path: Path) -> None:
    """Two editions are compared all the same, after a line that says what they are."""
    said = compare(
        build(tmp_path / "old", CALLS), build(tmp_path / "new", CALLS | {"value": "76"}, edition="restricted")
    )

    assert str(said[0]) == "Two different reports: was tiny, public edition; now tiny, restricted edition"
    assert [change.kind for change in said] == ["file", "figure"]


def test_files_are_named_only_where_nothing_else_explains_them(tmp_path: Path) -> None:
    """A PDF whose bytes differ is told alone, and not beside a change of words; the manifest is never told."""
    old, new = build(tmp_path / "old", CALLS), build(tmp_path / "new", CALLS)
    assert (same_bytes(old, new), compare(old, new)) == ([], [])
    for folder, said in ((old, b"1"), (new, b"2")):
        (folder / "appendix-A.pdf").write_bytes(said)
    (new / "extra.txt").write_text("more", "utf-8")

    assert same_bytes(old, new) == ["appendix-A.pdf", "extra.txt"]
    assert [(change.kind, change.where, bool(change.before)) for change in compare(old, new)] == [
        ("file", "appendix-A.pdf", True),
        ("file", "extra.txt", False),
    ]
    other = build(tmp_path / "other", CALLS | {"value": "76"})
    (other / "appendix-A.pdf").write_bytes(b"3")
    assert [change.kind for change in compare(old, other)] == ["figure"]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("manifest.json", None, "it has no manifest.json"),
        ("manifest.json", "[]", "TypeError"),
        ("manifest.json", "{}", "KeyError"),
        ("manifest.json", '{"framework": "tiny", "quarter": "soon", "edition": "public"}', "'soon' is not a period"),
        ("risks.csv", None, "it has no risks.csv"),
        ("indicators.csv", "page,indicator\nservice,calls\n", "KeyError"),
        ("indicators.csv", "indicator,page\ncalls\n", "TypeError"),
    ],
)
def test_a_folder_that_is_no_build_is_told_in_two_lines(tmp_path: Path, name: str, text: str | None, why: str) -> None:
    """Whatever is missing or damaged, the fault names the folder and says what to name instead."""
    whole, broken = build(tmp_path / "whole", CALLS), build(tmp_path / "broken", CALLS)
    (broken / name).unlink()
    if text is not None:
        (broken / name).write_text(text, "utf-8")

    for sides in ((whole, broken), (broken, whole)):
        with pytest.raises(RecordsError) as raised:
            compare(*sides)

        assert str(raised.value).startswith(f"{broken}: is no build of a report (")
        assert why in str(raised.value)
        assert len(str(raised.value).splitlines()) == 2
