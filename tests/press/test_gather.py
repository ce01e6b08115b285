"""Forms out, returns in: real workbooks, filled and spoiled as people do it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from borough import AT, CANARY, NEXT, SLUG, found
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from kpilib import open_page
from kpilib.press import gather
from kpilib.press.checking import check
from kpilib.press.gather import CONFIRMED, collect, receive
from kpilib.press.plan import make_plan
from kpilib.records.faults import RecordsError
from kpilib.records.forms import HEAD
from kpilib.records.ledger import load_ledger
from kpilib.records.store import finish

Fill = Callable[[Workbook], None]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The borough with the forms of its next quarter, as they were sent out."""
    root = found(tmp_path_factory.mktemp("sent"))
    collect(make_plan(SLUG, NEXT, root=root))
    return root


@pytest.fixture
def root(sent: Path, tmp_path: Path) -> Path:
    """A copy of it to fill in, or to spoil."""
    return shutil.copytree(sent, tmp_path / "borough")


def form(root: Path, name: str = "place") -> Path:
    """Where a directorate's form lies."""
    return root / "outputs" / SLUG / NEXT / "returns/public" / f"{name}.xlsx"


def filled(path: Path, *fills: Fill) -> Path:
    """Fill in a form as somebody would, and save it."""
    book = load_workbook(path)
    for fill in fills:
        fill(book)
    book.save(path)
    return path


def at(sheet: Worksheet, code: str, heading: str, period: str = "") -> str:
    """Find a cell by what its row is about, and its heading."""
    heads = {cell.value: cell.column for cell in sheet[HEAD]}
    keys = [heads[name] for name in ("Code", "Risk", "Milestone") if name in heads]
    for row in range(HEAD + 1, sheet.max_row + 1):
        if sheet.cell(row, keys[0]).value == code and (not period or sheet.cell(row, heads["For"]).value == period):
            return sheet.cell(row, heads[heading]).coordinate
    raise AssertionError(code)


def put(sheet: str, code: str, period: str = "", **cells: object) -> Fill:
    """Write cells of a row, by their headings with `_` for a space."""

    def fill(book: Workbook) -> None:
        for heading, value in cells.items():
            book[sheet][at(book[sheet], code, heading.replace("_", " "), period)].value = value

    return fill


FIGURES = (put("Figures", "litter", Figure=91.2), put("Figures", "repairs", Figure=12.8))


def rows(root: Path, name: str) -> list[str]:
    """The rows of a record file that are not those the borough began with."""
    old = found(root.parent / f"fresh-{len(list(root.parent.iterdir()))}") / "data" / SLUG / f"{name}.csv"
    before = old.read_text("utf-8").splitlines()
    return [row for row in (root / "data" / SLUG / f"{name}.csv").read_text("utf-8").splitlines() if row not in before]


def contents(root: Path) -> dict[str, bytes]:
    """Every record file of the borough."""
    return {path.name: path.read_bytes() for path in (root / "data" / SLUG).glob("*.csv")}


def refused(paths: list[Path], root: Path, **options: Sequence[str]) -> list[str]:
    """Receive returns that cannot be taken; nothing may have been written. Gives the faults, in two lines each."""
    before = contents(root)
    with pytest.raises(RecordsError) as refusal:
        receive(paths, root, **options)
    assert contents(root) == before
    return [str(fault) for fault in refusal.value.faults]


def test_each_directorate_has_a_form_with_what_is_due(sent: Path) -> None:
    """A row for each figure due, with the target and the figures before beside it; nothing of other directorates."""
    sheet = load_workbook(form(sent))["Figures"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEAD + 1)]

    assert sorted(path.stem for path in form(sent).parent.iterdir()) == ["people", "place"]
    assert [line[:8] for line in lines] == [
        ["Streets free of litter", "litter", NEXT, "%", "high", 92.2, 90.6, "92%"],
        ["Days to repair a street light", "repairs", NEXT, "days", "low", 11.1, 13.9, "12"],
    ]


def test_only_the_cells_to_fill_in_can_be_changed(sent: Path) -> None:
    """Every sheet is locked, and of each row only the cells under headings that ask for something are open."""
    book = load_workbook(form(sent))
    open_ = {
        name: {
            book[name].cell(HEAD, cell.column).value for row in book[name] for cell in row if not cell.protection.locked
        }
        for name in book.sheetnames
    }

    assert all(sheet.protection.sheet for sheet in book)
    assert open_["Figures"] == {"Figure", "Status", "Note", "Exempt under"}
    assert open_["Risks"] == {
        "It stands", "Impact", "Likelihood", "Direction", "Owner", "Progress", "Next review", "Progress exempt under",
    }  # fmt: skip
    assert (open_["Start here"], open_["About"], open_["Lists"]) == (set(), set(), set())


def test_cells_to_fill_in_are_checked_as_they_are_typed(sent: Path) -> None:
    """Figures must be numbers and dates dates; what is one of a few words has a list to choose from."""
    book = load_workbook(form(sent))
    kinds = {
        (name, check.errorTitle): check.type
        for name in ("Figures", "Commentary", "Risks", "Milestones")
        for check in book[name].data_validations.dataValidation
    }

    assert kinds["Figures", "Figure"] == "decimal"
    assert kinds["Figures", "Status"] == kinds["Risks", "Impact"] == kinds["Milestones", "Status"] == "list"
    assert kinds["Commentary", "Date of the action"] == kinds["Risks", "Next review"] == "date"
    assert [cell.value for cell in book["Lists"]["C"] if cell.value] == ["as before", "changed", "closed"]


def test_the_same_records_give_the_same_forms(sent: Path, tmp_path: Path) -> None:
    """Not a byte differs, so that a form can be told from one that somebody filled in."""
    again = found(tmp_path / "again")
    collect(make_plan(SLUG, NEXT, root=again))

    assert form(again).read_bytes() == form(sent).read_bytes()


def test_a_form_that_somebody_filled_in_is_never_written_over(root: Path) -> None:
    """Collecting again leaves it as it is, and says so."""
    content = filled(form(root), *FIGURES).read_bytes()
    with pytest.raises(RecordsError, match=r"place.xlsx: is there already, and differs"):
        collect(make_plan(SLUG, NEXT, root=root))

    assert form(root).read_bytes() == content


def test_a_public_form_has_nothing_exempt_in_any_part(sent: Path, tmp_path: Path) -> None:
    """The restricted forms have it, and say on every sheet that they are not for publication."""
    restricted = found(tmp_path / "restricted")
    paths = collect(make_plan(SLUG, NEXT, "restricted", restricted))

    def parts(folder: Path) -> list[bytes]:
        return [
            zipfile.ZipFile(path).read(name) for path in folder.iterdir() for name in zipfile.ZipFile(path).namelist()
        ]

    assert not [part for part in parts(form(sent).parent) if CANARY.encode() in part or b"48615" in part]
    assert [part for part in parts(paths[0].parent) if CANARY.encode() in part]
    for path in paths:
        book = load_workbook(path)
        heads = {sheet.oddHeader.left.text for sheet in book if sheet.sheet_state == "visible"}
        assert all(
            "Part II: not for publication, exempt under paragraphs 3, 4 and 5 of Schedule 12A" in head for head in heads
        )


def test_text_is_never_handed_to_excel_as_a_formula(tmp_path: Path) -> None:
    """What begins with an equals sign stands in a form as text, marked as such."""
    root = found(tmp_path / "formulas")
    path = root / "params" / SLUG / "framework.yml"
    path.write_text(path.read_text("utf-8") + "milestones: {on track: ['on track', '=1+1']}\n", "utf-8")
    collect(make_plan(SLUG, NEXT, root=root))
    cells = [cell for sheet in load_workbook(form(root)) for row in sheet for cell in row if str(cell.value) == "=1+1"]

    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_figures_and_words_become_rows(root: Path) -> None:
    """Each answer is a row of its record file, with the quarter; nothing is said of what was left empty."""
    filled(
        form(root),
        *FIGURES,
        put("Figures", "repairs", Status="provisional", Note="December is\nnot in yet."),
        put("Commentary", "litter", Issue="Leaves lay long.", Action="Sweep daily."),
        put("Commentary", "litter", Owner_of_the_action="Head of Streets", Date_of_the_action=datetime(2024, 3, 1)),
    )

    said = receive([form(root)], root)

    assert said.added == {"readings.csv": 2, "commentary.csv": 2}
    assert rows(root, "readings") == [
        "litter,2023-24-Q3,91.2,2023-24-Q3,final,",
        "repairs,2023-24-Q3,12.8,2023-24-Q3,provisional,December is not in yet.",
    ]
    assert rows(root, "commentary") == [
        "litter,2023-24-Q3,issue,Leaves lay long.,,,",
        "litter,2023-24-Q3,action,Sweep daily.,Head of Streets,2024-03-01,",
    ]


def test_a_risk_is_confirmed_changed_or_closed(root: Path) -> None:
    """As before, it stands in the new register with the notes that hold; changed, its score follows its parts."""
    changed = put("Risks", "R1", It_stands="changed", Impact=3, Likelihood=2, Next_review=date(2024, 3, 31))
    filled(form(root), changed, put("Risks", "R1", Progress="Two gullies are renewed."))
    receive([form(root)], root)
    ledger = load_ledger(SLUG, "public", root)
    risk = ledger.risks[ledger.risks["quarter"] == NEXT].iloc[0]
    notes = ledger.risk_notes[ledger.risk_notes["quarter"] == NEXT]

    assert risk[["residual_score", "direction", "review_date"]].tolist() == [6.0, "increasing", "2024-03-31"]
    assert list(notes["kind"]) == ["cause", "control", "action", "progress"]


def test_a_milestone_takes_its_new_status(root: Path) -> None:
    """Its row of the last quarter stands again, with what is new."""
    filled(form(root), put("Milestones", "M1", Status="at risk", New_date=date(2024, 5, 31), Commentary="Late."))
    receive([form(root)], root)

    assert rows(root, "milestones") == [
        "2023-24-Q3,Clean streets,M1,Have a second sweeper.,2024-03-31,at risk,Place,Head of Streets,2024-05-31,Late.,"
    ]


def test_received_twice_changes_nothing(root: Path) -> None:
    """The second time every answer is in the records already."""
    words = (put("Commentary", "litter", Issue="Leaves lay long."), put("Milestones", "M1", Status="on track"))
    filled(form(root), *FIGURES, *words, put("Risks", "R1", It_stands="as before", Progress="Going on."))
    receive([form(root)], root)
    before = contents(root)

    again = receive([form(root)], root)

    assert (again.added, again.known) == ({}, 5)
    assert contents(root) == before


def test_an_awaited_figure_is_followed_by_the_figure_itself(root: Path) -> None:
    """The row that said it was awaited gives way to it."""
    other = shutil.copy(form(root), root / "later.xlsx")
    filled(form(root), put("Figures", "litter", Status="awaited"))
    receive([form(root)], root)
    filled(Path(other), put("Figures", "litter", Figure=91.2))

    receive([Path(other)], root)

    assert rows(root, "readings") == ["litter,2023-24-Q3,91.2,2023-24-Q3,final,"]


def test_a_published_figure_that_differs_becomes_a_revision_with_its_reason(root: Path) -> None:
    """The old row stays; the new one names the quarter that revises it, and why."""
    filled(
        form(root),
        put("Earlier figures", "litter", AT, Revised_figure=90.1, Why_it_is_revised="One ward was left out."),
    )

    said = receive([form(root)], root)

    assert said.revisions == ["litter, 2023-24-Q2: published 90.6, now 90.1"]
    assert rows(root, "readings") == ["litter,2023-24-Q2,90.1,2023-24-Q3,final,One ward was left out."]
    assert "litter,2023-24-Q2,90.6,2023-24-Q2,final," in (root / "data" / SLUG / "readings.csv").read_text("utf-8")


def test_a_revision_without_a_reason_is_refused(root: Path) -> None:
    """The reader will ask why, so the directorate is asked first."""
    filled(form(root), put("Earlier figures", "litter", AT, Revised_figure=90.1))

    assert refused([form(root)], root) == [
        "place.xlsx, sheet 'Earlier figures', cell G4: "
        "is empty, and '90.1' differs from 90.6, published in 2023-24-Q2\n"
        "  Say there why: it becomes a revision, printed with its reason."
    ]


def test_two_returns_that_disagree_are_refused(root: Path) -> None:
    """Both are named, with their cells; a return that disagrees with one taken in before is refused too."""
    other = Path(shutil.copy(form(root), root / "again.xlsx"))
    filled(form(root), *FIGURES)
    filled(other, put("Figures", "litter", Figure=92))

    together = refused([form(root), other], root)
    receive([form(root)], root)

    assert together == [
        "again.xlsx, sheet 'Figures', cell I4: '92' disagrees with '91.2' in place.xlsx, sheet 'Figures', cell I4\n"
        "  Ask which is right, and correct the other return."
    ]
    assert refused([other], root)[0].startswith(
        "again.xlsx, sheet 'Figures', cell I4: '92' disagrees with '91.2' in readings.csv, row 38\n"
    )


def test_a_figure_far_outside_its_usual_range_asks_for_confirmation(root: Path) -> None:
    """A slip of the decimal point is asked about; confirmed, it is taken, and its note says so."""
    filled(form(root), put("Figures", "litter", Figure=9.12))

    asked = refused([form(root)], root)
    receive([form(root)], root, confirm=["place.xlsx/Figures/I4"])

    assert asked == [
        "place.xlsx, sheet 'Figures', cell I4: 9.12 should be looked at twice: "
        "it is far outside its usual range of 87.7% to 95.7%\n"
        "  Correct it; if it is right, receive the returns with --confirm place.xlsx/Figures/I4"
    ]
    assert rows(root, "readings") == [f'litter,2023-24-Q3,9.12,2023-24-Q3,final,"{CONFIRMED}"']


def test_each_unusual_figure_is_confirmed_by_itself(root: Path) -> None:
    """One that is confirmed does not take another with it; a shorter name will do where it means one cell."""
    filled(form(root), put("Figures", "litter", Figure=9.12), put("Figures", "repairs", Figure=128))
    why = put("Earlier figures", "litter", AT, Revised_figure=906, Why_it_is_revised="A slip.")
    filled(form(root), why)

    left = refused([form(root)], root, confirm=["I4", "figures/i5"])
    assert [fault.partition(":")[0] for fault in left] == ["place.xlsx, sheet 'Earlier figures', cell F4"]
    assert left[0].endswith('--confirm "place.xlsx/Earlier figures/F4"')
    assert receive([form(root)], root, confirm=["I4", "I5", "Earlier figures/F4"]).added == {"readings.csv": 3}


@pytest.mark.parametrize(
    ("confirm", "said"),
    [
        ("I9", "--confirm I9: names no cell that is asked about\n  "),
        ("4", "--confirm 4: names no cell that is asked about\n  "),
        ("I4", "--confirm I4: names more than one cell that is asked about\n  Write more of its name: "),
    ],
)
def test_a_confirmation_of_no_cell_or_of_several_is_refused(root: Path, confirm: str, said: str) -> None:
    """It says which cells are asked about, and nothing is taken in."""
    filled(form(root), put("Figures", "litter", Figure=9.12))
    filled(form(root, "people"), put("Figures", "visits", Figure=5))

    told = refused([form(root), form(root, "people")], root, confirm=[confirm])

    assert told[0].startswith(said)
    assert "place.xlsx/Figures/I4" in told[0]
    assert "people.xlsx/Figures/I4" in told[0]


def test_a_confirmation_is_refused_where_nothing_is_asked_about(root: Path) -> None:
    """A figure that is as usual needs none."""
    filled(form(root), *FIGURES)

    assert refused([form(root)], root, confirm=["place.xlsx/Figures/I4"]) == [
        "--confirm place.xlsx/Figures/I4: names no cell that is asked about\n  Leave it out: no figure is asked about."
    ]


def test_what_is_said_beside_a_closed_risk_is_kept(root: Path) -> None:
    """The risk has a row that closes it, and the words are a note; the register then says both."""
    filled(form(root), put("Risks", "R1", It_stands="closed", Progress="The gullies are new."))
    receive([form(root)], root)
    again = receive([form(root)], root)

    assert [row.split(",")[:2] + row.split(",")[12:13] for row in rows(root, "risks")] == [[NEXT, "R1", "closed"]]
    assert rows(root, "risk_notes") == [f"{NEXT},R1,progress,The gullies are new.,,,,"]
    assert (again.added, again.known) == ({}, 1)
    said = repr(open_page(SLUG, "register", NEXT, root=root).changes())
    assert "Closed: R1 “Floods in the market”. On the closing of R1: The gullies are new." in said


@pytest.mark.parametrize(("first", "then"), [("closed", "as before"), ("as before", "closed")])
def test_a_risk_is_not_both_open_and_closed(root: Path, first: str, then: str) -> None:
    """An answer that disagrees with one taken in before is refused, whichever of the two came first."""
    filled(form(root), put("Risks", "R1", It_stands=first))
    other = Path(shutil.copy(form(root), root / "later.xlsx"))
    receive([form(root)], root)
    filled(other, put("Risks", "R1", It_stands=then))

    assert refused([other], root)[0].startswith(f"later.xlsx, sheet 'Risks', cell H4: '{then}' disagrees with '")


def test_a_milestone_is_closed_without_being_achieved(root: Path) -> None:
    """The form offers the word, its row says so, and the next form asks no more for it."""
    filled(form(root), *FIGURES, put("Milestones", "M1", Status="closed", Commentary="The grant is gone."))
    receive([form(root)], root)
    page = open_page(SLUG, "summary", NEXT, root=root)

    assert "closed" in [cell.value for cell in load_workbook(form(root))["Lists"]["G"]]
    assert repr(page.milestones()) == (
        "No milestone is open, as far as may be published. "
        "Closed this quarter, and counted no longer: M1 “Have a second sweeper.”. The grant is gone."
    )
    later = collect(make_plan(SLUG, "2023-24-Q4", root=root))
    assert "Milestones" not in load_workbook(next(path for path in later if path.stem == "place")).sheetnames


def test_an_answer_after_an_unconfirmed_quarter_goes_on_from_the_last_one(root: Path) -> None:
    """What nobody answered for is asked again, and the new answer's row holds what the last one said."""
    path = root / "data" / SLUG / "risks.csv"
    lone = f"{NEXT},R3,risk,Ice on the roads,Place,Director of Place,2,2,4,2,2,4,new,,,,,Place,,\n"
    path.write_text(path.read_text("utf-8") + lone, "utf-8")
    collect(make_plan(SLUG, "2023-24-Q4", root=root))
    later = root / "outputs" / SLUG / "2023-24-Q4" / "returns/public/place.xlsx"
    filled(later, put("Risks", "R1", It_stands="as before"))
    receive([later], root)
    risks = load_ledger(SLUG, "public", root).risks
    own = risks[risks["risk"] == "R1"].set_index("quarter")["carried_from"]

    assert own.to_dict() == {"2023-24-Q1": "", AT: "", NEXT: AT, "2023-24-Q4": ""}


# What was exempt stays so, until somebody lifts it.


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The borough, with a figure, a remark, a milestone and a note on progress that are exempt, and forms of both."""
    root = found(tmp_path_factory.mktemp("marked"))
    path = root / "data" / SLUG / "readings.csv"
    head, *lines = path.read_text("utf-8").splitlines()
    secret = [f"visits,{at}" for at in ("2023-24-Q1", AT)]
    lines = [f"{line},{'paragraphs 2 and 3' if line.startswith(tuple(secret)) else ''}" for line in lines]
    path.write_text("\n".join([f"{head},exempt", *lines]) + "\n", "utf-8")
    for edition in ("public", "restricted"):
        collect(make_plan(SLUG, NEXT, edition, root))
    return root


@pytest.fixture
def secrets(marked: Path, tmp_path: Path) -> Path:
    """A copy of it to fill in."""
    return shutil.copytree(marked, tmp_path / "borough")


def restricted(root: Path, name: str) -> Path:
    """Where a directorate's form for the restricted edition lies."""
    return root / "outputs" / SLUG / NEXT / "returns/restricted" / f"{name}.xlsx"


def points(root: Path, kind: str) -> list[tuple[str, str, bool]]:
    """What the check of the next quarter says of a kind."""
    found = check(make_plan(SLUG, NEXT, root=root)).points
    return [(point.where, point.what, point.stops) for point in found if point.kind == kind]


VISITS = put("Figures", "visits", NEXT, Figure=5490)


def test_a_restricted_form_has_the_marks_filled_in(marked: Path) -> None:
    """What was exempt when it was last recorded is asked for with its mark; what was not is without one."""
    people, place = load_workbook(restricted(marked, "people")), load_workbook(restricted(marked, "place"))
    marks = {
        (name, code): book[name][at(book[name], code, heading)].value
        for book, name, code, heading in (
            (people, "Figures", "visits", "Exempt under"),
            (place, "Figures", "litter", "Exempt under"),
            (place, "Commentary", "litter", "Exempt under"),
            (place, "Risks", "R1", "Progress exempt under"),
            (place, "Milestones", "M1", "Exempt under"),
            (place, "Milestones", "M2", "Exempt under"),
        )
    }

    assert list(marks.values()) == ["paragraphs 2 and 3", None, "para 3", "paragraph 3", None, CANARY]


def test_a_public_form_does_not_ask_for_what_is_exempt(marked: Path) -> None:
    """A figure whose row is marked, or whose last one is, is not due from a form that the public edition is made of."""
    lines = load_workbook(form(marked, "people"))

    assert "Figures" not in lines.sheetnames


def test_a_public_form_does_not_ask_for_what_is_held_back(tmp_path: Path) -> None:
    """A figure that the public edition does without for an exempt one's sake is recorded, and not due."""
    data = found(tmp_path) / "data" / SLUG
    head, *lines = (data / "indicators.csv").read_text("utf-8").splitlines()
    lines = [f"{line.rpartition(',')[0]},,{line.rpartition(',')[2]}" for line in lines]
    lines.append("month,Visits by month,streets,People,monthly,high,visits,sum,0,visits,")
    head = head.replace("exempt", "supports,exempt")
    (data / "indicators.csv").write_text("\n".join([head, *lines]) + "\n", "utf-8")
    head, *lines = (data / "readings.csv").read_text("utf-8").splitlines()
    lines = [f"{line}," for line in lines]
    lines += [f"month,2023-{at:02d},1800,{AT},final,,{'3' * (at == 8)}" for at in range(4, 10)]
    (data / "readings.csv").write_text("\n".join([f"{head},exempt", *lines]) + "\n", "utf-8")
    collect(make_plan(SLUG, NEXT, root=tmp_path))
    sheet = load_workbook(form(tmp_path, "people"))["Figures"]
    asked = [(row[1], row[2]) for row in sheet.iter_rows(min_row=HEAD + 1, values_only=True)]

    assert asked == [("visits", NEXT), ("month", "2023-10"), ("month", "2023-11"), ("month", "2023-12")]


def test_what_was_exempt_comes_back_exempt(secrets: Path) -> None:
    """A figure, remark, note or milestone that is answered beside its mark is exempt again."""
    receive(
        [
            filled(restricted(secrets, "people"), VISITS),
            filled(
                restricted(secrets, "place"),
                put("Commentary", "litter", Cause="The hire firm asks for more."),
                put("Risks", "R1", It_stands="as before", Progress="An insurer answered."),
                put("Milestones", "M2", Status="achieved"),
            ),
        ],
        secrets,
    )
    ledger = load_ledger(SLUG, "restricted", secrets)
    frames = (ledger.readings, ledger.commentary, ledger.risk_notes, ledger.milestones)
    new = [frame[frame.get("reported", frame.get("quarter")) == NEXT] for frame in frames]

    assert new[0]["exempt"].tolist() == ["paragraphs 2 and 3"]
    assert new[1]["exempt"].tolist() == ["para 3"]
    assert new[2].set_index("text")["exempt"].to_dict()["An insurer answered."] == "paragraph 3"
    assert new[3].set_index("milestone")["exempt"].to_dict() == {"M1": "", "M2": CANARY}
    assert points(secrets, "exemption lifted") == []


def test_a_mark_alone_is_no_answer(secrets: Path) -> None:
    """A row in which only the mark stands that it was sent out with is as good as blank."""
    said = receive([restricted(secrets, "people"), restricted(secrets, "place")], secrets)

    assert (said.added, said.known) == ({}, 0)


def test_an_exemption_is_lifted_with_a_reason(secrets: Path) -> None:
    """Who empties the mark says why; then the figure is public, and the check names it once."""
    path = filled(restricted(secrets, "people"), VISITS, put("Figures", "visits", NEXT, Exempt_under=None))
    (fault,) = refused([path], secrets)
    receive([filled(path, put("Figures", "visits", NEXT, Note="The contract is signed."))], secrets)

    assert fault == (
        "people.xlsx, sheet 'Figures', cell K4: is empty, and what was exempt before (paragraphs 2 and 3) is not any "
        "more\n"
        "  Say there why the public may see this figure, or write 'paragraphs 2 and 3' under “Exempt under” again."
    )
    assert rows(secrets, "readings")[-1] == f"visits,{NEXT},5490,{NEXT},final,The contract is signed.,"
    assert points(secrets, "exemption lifted") == [
        (f"visits {NEXT}", f"It is public, and was exempt in {AT}; see that it may be.", False)
    ]


def test_a_milestone_s_exemption_is_lifted_with_a_reason(secrets: Path) -> None:
    """Of a milestone the commentary says why."""
    path = filled(restricted(secrets, "place"), put("Milestones", "M2", Status="achieved", Exempt_under=None))
    (fault,) = refused([path], secrets)
    receive([filled(path, put("Milestones", "M2", Commentary="The depot is bought."))], secrets)

    assert fault.startswith(f"place.xlsx, sheet 'Milestones', cell H5: is empty, and what was exempt before ({CANARY})")
    assert points(secrets, "exemption lifted") == [
        ("M2", f"It is public, and was exempt in {AT}; see that it may be.", False)
    ]


def test_a_row_by_hand_without_the_mark_keeps_a_quarter_back(secrets: Path) -> None:
    """A figure written into the records without the mark of the last one, and without a word why, stops a release."""
    path = secrets / "data" / SLUG / "readings.csv"
    path.write_text(path.read_text("utf-8") + f"visits,{NEXT},5490,{NEXT},final,,\n", "utf-8")

    assert points(secrets, "exemption lifted") == [
        (
            f"visits {NEXT}",
            f"It is public, and was exempt in {AT}; mark it, or say in its note why it is public now.",
            True,
        )
    ]


def test_a_number_that_gives_a_figure_away_keeps_a_quarter_back(secrets: Path) -> None:
    """A total in a public remark, from which an exempt figure follows, stops a release, and is named."""
    path = secrets / "data" / SLUG / "readings.csv"
    path.write_text(path.read_text("utf-8") + f"visits,{NEXT},5490,{NEXT},final,Open.,\n", "utf-8")
    path = secrets / "data" / SLUG / "commentary.csv"
    path.write_text(path.read_text("utf-8") + f'visits,{NEXT},performance,"10,965 in two quarters.",,,\n', "utf-8")

    assert points(secrets, "exempt figure given away") == [
        (
            f"visits {AT}",
            f"It is exempt, and follows from visits {NEXT} and “10965” in commentary.csv, visits {NEXT} performance, "
            "text in the public edition; mark one too, or take it out.",
            True,
        )
    ]


def text_dates(book: Workbook) -> None:
    """Write a date as text."""
    put("Commentary", "litter", Action="Sweep.", Date_of_the_action="31/03/2024")(book)


def moved(book: Workbook) -> None:
    """Move the columns by one."""
    book["Figures"].insert_cols(3)


def merged(book: Workbook) -> None:
    """Merge the figures of two rows."""
    book["Figures"].merge_cells("I4:I5")


def deleted(book: Workbook) -> None:
    """Delete a row."""
    book["Figures"].delete_rows(4)


def renamed(book: Workbook) -> None:
    """Give a sheet another name."""
    book["Figures"].title = "Numbers"


def percent(book: Workbook) -> None:
    """Type 91.2% into a cell, as Excel keeps it."""
    cell = book["Figures"]["I4"]
    cell.value, cell.number_format = 0.912, "0.0%"


def pasted(book: Workbook) -> None:
    """Paste a row of another council's form over one's own."""
    book["Figures"]["B4"].value = "bins"


SPOILED: dict[str, tuple[Fill, str]] = {
    "moved columns": (moved, "sheet 'Figures', cell C3: is empty where the heading 'For' stood\n  Put columns"),
    "merged cells": (merged, "sheet 'Figures', cells I4:I5: are merged\n  Unmerge them"),
    "a formula": (
        put("Figures", "litter", Figure="=45+46"),
        "cell I4: '=45+46' is a formula\n  Write what it comes to",
    ),
    "an error of Excel's": (put("Figures", "litter", Figure="#N/A"), "cell I4: '#N/A' is an error of Excel's\n  Write"),
    "a text date": (text_dates, "cell J4: '31/03/2024' is not a date but text\n  Type it as a date"),
    "a deleted row": (deleted, "sheet 'Figures': the row of 'litter 2023-24-Q3' is gone\n  Put it back"),
    "a renamed sheet": (renamed, "place.xlsx: has no sheet 'Figures'\n  Fill in the workbook that was sent out"),
    "a percentage": (
        percent,
        "cell I4: holds 0.912 and shows 91.2%\n  Set the cell's format to General and write 91.2",
    ),
    "a number in words": (put("Figures", "litter", Figure="91.2%"), "cell I4: '91.2%' is text, not a number\n  Type"),
    "a date for a number": (put("Figures", "litter", Figure=date(2024, 1, 1)), "is a date, not a number\n  Type"),
    "yes for a number": (put("Figures", "litter", Figure=True), "'True' is text, not a number\n  Type"),
    "another indicator": (pasted, "row 4: 'bins 2023-24-Q3' was not asked for\n  Did you mean"),
    "a figure and awaited": (
        put("Figures", "litter", Figure=91, Status="awaited"),
        "'91' stands beside the status 'awaited'",
    ),
    "an unknown status": (
        put("Figures", "litter", Figure=91, Status="firm"),
        "'firm' is not in the list",
    ),
    "a note alone": (put("Figures", "litter", Note="Ask Jo."), "cell I4: is empty, and other cells of its row are not"),
    "a bullet": (
        put("Commentary", "litter", Issue="- leaves"),
        "begins with -, which Excel takes for a formula\n  Begin",
    ),
    "an owner of nothing": (
        put("Commentary", "litter", Owner_of_the_action="Jo"),
        "'Jo' stands beside no action\n  Write",
    ),
    "a risk that half stands": (
        put("Risks", "R1", Progress="Slow."),
        "is empty, and 'Slow.' stands beside it\n  Choose",
    ),
    "a risk as before, and not": (put("Risks", "R1", It_stands="as before", Impact=3), "'3' stands beside 'as before'"),
    "an impact off the scale": (
        put("Risks", "R1", It_stands="changed", Impact=7, Likelihood=1),
        "'7' is not in the list",
    ),
    "a milestone without status": (
        put("Milestones", "M1", Commentary="Late."),
        "is empty, and 'Late.' stands beside it",
    ),
    "a sheet of one's own": (
        lambda book: book.create_sheet("Mine"),
        "has a sheet 'Mine' that was not sent out\n  Delete",
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_return_is_told_where_and_what_to_do(name: str, root: Path) -> None:
    """Each fault names workbook, sheet, cell and value, and the second line what to do; nothing is written."""
    fill, message = SPOILED[name]
    said = "\n".join(refused([filled(form(root), fill)], root))

    assert message in said
    assert "place.xlsx" in said or "risks.csv" in said


def test_every_fault_is_told_at_once(root: Path) -> None:
    """Faults of several cells, sheets and workbooks come together."""
    filled(form(root), put("Figures", "litter", Figure="many"), put("Figures", "repairs", Figure="=1"), text_dates)
    filled(form(root, "people"), put("Figures", "visits", Figure="none"))

    assert len(refused([form(root), form(root, "people")], root)) == 4


def workbook(**sheets: list[list[object]]) -> bytes:
    """A workbook that is none of ours."""
    book = Workbook()
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to 200 MB."""
    content = io.BytesIO(workbook())
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as part:
        for _ in range(200):
            part.write(b"0" * 1_000_000)
    return content.getvalue()


def macros() -> bytes:
    """A workbook with a program in it."""
    content = io.BytesIO(workbook())
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    return content.getvalue()


def locked() -> bytes:
    """The container that Excel puts a workbook with a password into."""
    return bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


STRANGE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a list of one's own": (
        lambda: workbook(KPIs=[["a", 1]]),
        "is no form of this workbook: it does not say whose it is",
    ),
    "a bomb": (bomb, "unpacks to more than 50 MB"),
    "macros": (macros, "holds macros, which are programs"),
    "a password": (locked, "is locked with a password"),
    "a picture": (lambda: b"\x89PNG", "is not an Excel workbook, whatever its name says"),
    "half a file": (lambda: workbook()[:3000], "is damaged, or was cut short"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_file_that_is_no_return_is_refused_before_it_is_opened(name: str, root: Path) -> None:
    """Whatever was sent, the answer is two lines, and other returns are still looked at."""
    make, message = STRANGE[name]
    path = root / "sent.xlsx"
    path.write_bytes(make())
    filled(form(root), put("Figures", "litter", Figure="many"))

    said = refused([path, form(root)], root)

    assert said[0].startswith(f"sent.xlsx: {message}\n  ")
    assert len(said) == 2


def test_a_sheet_that_would_fill_the_memory_is_refused(root: Path) -> None:
    """A merged area of millions of cells, which a small file can name, is never built."""
    content, path = form(root).read_bytes(), root / "sent.xlsx"
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            area = b'</sheetData><mergeCells count="1"><mergeCell ref="A100:XFD2000"/></mergeCells>'
            said = old.read(part)
            new.writestr(part, said.replace(b"</sheetData>", area) if "worksheets/sheet2" in part.filename else said)

    assert refused([path], root)[0].startswith("sent.xlsx: has merged cells or links that cover millions of cells\n")


def test_an_exemption_that_comes_later_is_never_passed_over(root: Path) -> None:
    """A return that now calls exempt what was taken in as public is refused, so that somebody looks at the row."""
    later = Path(shutil.copy(form(root), root / "later.xlsx"))
    filled(form(root), *FIGURES, put("Commentary", "litter", Issue="Late."))
    receive([form(root)], root)
    filled(later, put("Figures", "litter", Figure=91.2, Exempt_under="Paragraph 3"))
    filled(later, put("Commentary", "litter", Issue="Late.", Exempt_under="Paragraph 3"))

    said = refused([later], root)

    assert [fault.split(" disagrees")[0] for fault in said] == [
        "later.xlsx, sheet 'Figures', cell L4: 'Paragraph 3'",
        "later.xlsx, sheet 'Commentary', cell K4: 'Paragraph 3'",
    ]


def test_another_council_s_return_is_refused(root: Path) -> None:
    """A form of a council that is not here is no form of ours; those of two quarters do not go together."""
    path = filled(form(root), lambda book: setattr(book["About"]["B2"], "value", "elsewhere"))

    assert refused([path], root)[0].startswith(f"{root / 'params'}: no framework 'elsewhere'\n")
    assert refused([form(root, "people"), path], root)[0].startswith(
        "place.xlsx: is of the framework 'elsewhere', and people.xlsx is of 'made-up-borough'\n"
    )


def test_an_old_quarter_s_return_is_refused(root: Path) -> None:
    """Once figures of a later quarter are recorded, an earlier form is out of date."""
    path = filled(form(root), lambda book: setattr(book["About"]["B3"], "value", "2023-24-Q1"))

    assert refused([path], root)[0] == (
        "2023-24-Q1: is an old quarter: figures of 2023-24-Q2 are recorded already\n"
        "  Ask for it on the form of that quarter."
    )


@pytest.fixture
def released(root: Path) -> Path:
    """The borough with its next quarter released, one figure awaited, and a return that came in time."""
    filled(form(root), put("Figures", "litter", Figure=91.2), put("Figures", "repairs", Status="awaited"))
    filled(form(root), put("Commentary", "litter", Issue="Leaves."), put("Milestones", "M1", Status="on track"))
    receive([form(root)], root)
    about = root / "data" / SLUG / "releases" / NEXT / "release.json"
    about.parent.mkdir(parents=True)
    about.write_text('{"released": "2024-01-31", "files": {}, "versions": {}, "despite": ""}', "utf-8")
    return root


def test_a_late_return_that_says_what_was_published_is_no_fault(released: Path) -> None:
    """Its answers are in the records already."""
    assert receive([form(released)], released).known == 4


def test_a_late_return_is_told_how_to_revise_and_never_to_delete(released: Path) -> None:
    """Each answer that differs is named with its cell, both values, and where it can be said now."""
    answers = (put("Figures", "litter", Figure=90.8), put("Figures", "repairs", Figure=12.8, Status=None))
    words = (put("Commentary", "litter", Issue="Ice."), put("Risks", "R1", It_stands="as before"))
    filled(form(released), *answers, *words, put("Milestones", "M1", Status="at risk"))

    told = refused([form(released)], released)

    late = "comes late: the report of 2023-24-Q3 is published"
    row = "or add a row to readings.csv with `reported` 2023-24-Q4."
    assert told == [
        f"place.xlsx, sheet 'Figures', cell I4: '90.8' {late} with '91.2'\n"
        f"  Put it into the form of 2023-24-Q4, sheet 'Earlier figures', with the reason; {row}",
        f"place.xlsx, sheet 'Figures', cell I5: '12.8' {late} with 'awaited'\n"
        f"  Put it into the form of 2023-24-Q4, sheet 'Figures'; {row}",
        f"place.xlsx, sheet 'Commentary', cell F4: 'Ice.' {late} with 'Leaves.'\n"
        "  Say it in the form of 2023-24-Q4; what was published stays.",
        f"place.xlsx, sheet 'Risks', cell H4: 'as before' {late} without it\n"
        "  Say it in the form of 2023-24-Q4; what was published stays.",
        f"place.xlsx, sheet 'Milestones', cell F4: 'at risk' {late} with 'on track'\n"
        "  Say it in the form of 2023-24-Q4; what was published stays.",
    ]


def test_a_late_exemption_of_a_published_figure_is_not_passed_over(released: Path) -> None:
    """The figure is the one that was published; that it should be held back is new, and somebody has to act on it."""
    filled(form(released), put("Figures", "litter", Exempt_under="Paragraph 3"))

    assert refused([form(released)], released) == [
        "place.xlsx, sheet 'Figures', cell L4: 'Paragraph 3' comes late: "
        "the report of 2023-24-Q3 is published without it\n"
        "  Add a row to readings.csv with `reported` 2023-24-Q4; what was published stays."
    ]


def test_a_late_figure_that_was_revised_to_meanwhile_is_no_fault(released: Path) -> None:
    """Somebody has put it into the next quarter's report already."""
    path = released / "data" / SLUG / "readings.csv"
    path.write_text(path.read_text("utf-8") + f"litter,{NEXT},90.8,2023-24-Q4,final,A ward was left out.\n", "utf-8")
    filled(form(released), put("Figures", "litter", Figure=90.8))

    assert receive([form(released)], released).known == 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_receive_killed_wherever_it_writes_leaves_the_old_records_or_the_new(root: Path) -> None:
    """A process that is ended at its first write, its second and so on never leaves some files old and some new."""
    filled(form(root), *FIGURES, put("Milestones", "M1", Status="on track"), put("Commentary", "litter", Issue="Late."))
    whole = Path(shutil.copytree(root, root.parent / "whole"))
    receive([form(whole)], whole)
    old, new = (
        {path.name: path.read_bytes() for path in (each / "data" / SLUG).glob("*.csv")} for each in (root, whole)
    )
    ended, seen = 9, []
    while ended == 9:
        trial = Path(shutil.copytree(root, root.parent / f"trial-{len(seen)}"))
        child = os.fork()
        if not child:
            gather.load_as_if = lambda *_: None  # it writes into a folder aside, and is not what is killed here
            _die_at(len(seen), trial / "data")
            receive([form(trial)], trial)
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        finish(trial / "data" / SLUG)
        seen.append(contents(trial))
        shutil.rmtree(trial)

    assert len(seen) > 10
    assert [each in (old, new) for each in seen] == [True] * len(seen)
    assert (seen[0], seen[-1]) == (old, new)


def _die_at(number: int, folder: Path) -> None:
    """End this process, as a kill would, at its write of that number below a folder."""
    count = 0
    writes = {"os.rename", "os.mkdir", "os.remove", "os.rmdir"}

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (opened or event in writes) and str(arguments[0]).startswith(str(folder)):
            if count == number:
                os._exit(9)
            count += 1

    sys.addaudithook(watch)


def test_a_form_saved_by_libreoffice_is_received(root: Path) -> None:
    """Opened and saved by another program than the one that wrote it, a return says the same."""
    office = shutil.which("soffice")
    if not office:
        assert not os.environ.get("CI")
        pytest.skip("no LibreOffice here")
    filled(form(root), *FIGURES, put("Commentary", "litter", Action="Sweep.", Date_of_the_action=date(2024, 3, 1)))
    command = [office, "--headless", f"-env:UserInstallation={(root / 'office').as_uri()}", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(root / "saved"), str(form(root))], check=True, capture_output=True)

    assert receive([root / "saved/place.xlsx"], root).added == {"readings.csv": 2, "commentary.csv": 1}
    assert rows(root, "commentary") == ["litter,2023-24-Q3,action,Sweep.,,2024-03-01,"]


def test_what_is_hidden_on_a_form_is_refused(root: Path) -> None:
    """An answered row, a column that is asked for and a sheet that are hidden may hold what nobody meant to send."""

    def hide(book: Workbook) -> None:
        sheet = book["Figures"]
        sheet.row_dimensions[4].hidden = sheet.row_dimensions[5].hidden = True
        book["Commentary"].column_dimensions["F"].hidden = True
        book["Milestones"].sheet_state = "hidden"

    filled(form(root), put("Figures", "litter", Figure=91.2), hide)

    assert refused([form(root)], root) == [
        "place.xlsx, sheet 'Figures', row 4: is hidden, and is filled in\n"
        "  Unhide it in Excel; if it is not meant, empty it.",
        "place.xlsx, sheet 'Commentary', column F: 'Issue' is hidden, and what is hidden is not read\n"
        "  Unhide it in Excel, and look at what it holds.",
        "place.xlsx, sheet 'Milestones': is hidden, and what is hidden is not read\n  Unhide it in Excel.",
    ]


def test_notes_on_cells_of_a_form_are_told(root: Path) -> None:
    """What somebody wrote on a cell rather than in it is listed; the figures are taken."""

    def note(book: Workbook) -> None:
        book["Figures"][at(book["Figures"], "litter", "Figure")].comment = Comment("Provisional,\nnot for print", "Jo")

    said = receive([filled(form(root), *FIGURES, note)], root)

    assert said.notes == ["place.xlsx, sheet 'Figures', cell I4 has a note: Provisional, not for print"]
    assert said.added["readings.csv"] == 2
