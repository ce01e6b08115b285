"""What the font of the papers does not have is named where it was written: cell, line, sign, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from borough import AT, CANARY, SLUG, found
from councils import PROJECT, QUARTERS
from openpyxl import load_workbook

from kpilib.press.checking import check
from kpilib.press.gather import collect, receive
from kpilib.press.letters import file_faults, lacking, letter_fault, letter_faults
from kpilib.press.plan import make_plan
from kpilib.press.prepare import prepare
from kpilib.records.faults import RecordsError
from kpilib.records.forms import HEAD
from kpilib.records.framework import load_framework


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return found(tmp_path)


def change(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def told(root: Path, edition: str = "restricted") -> list[str]:
    """Every fault of the borough's records, words and framework, in its two lines."""
    return [str(fault) for fault in letter_faults(load_framework(SLUG, root), edition, root)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "\uf0b7 More litter.",
            "here: holds U+F0B7 a sign of a symbol font, which the font of the papers does not have\n"
            "  Type it anew: a bullet as • or -, any other sign in words.",
        ),
        (
            "✅ done",
            "here: holds “✅” (U+2705 WHITE HEAVY CHECK MARK), which the font of the papers does not have\n"
            "  Say it in words, or by a sign that the font has, such as ✓ or ⚠.",
        ),
        (
            "কখগঘ",
            "here: holds “ক” (U+0995 BENGALI LETTER KA), “খ” (U+0996 BENGALI LETTER KHA), "
            "“গ” (U+0997 BENGALI LETTER GA) and 1 more, which the font of the papers does not have\n"
            "  Write it in letters that the font has, such as Latin, Greek, Cyrillic or Arabic ones.",
        ),
    ],
    ids=["a bullet of Word", "an emoji", "Bengali"],
)
def test_a_sign_that_the_font_lacks_is_named(text: str, fault: str) -> None:
    """By how it looks, its number and its name; and the second line says what to type."""
    assert [str(each) for each in letter_fault("here", text)] == [fault]


def test_what_people_type_every_day_is_had() -> None:
    """Dashes, quotation marks, fractions, accents, ticks and arrows; and the ends of lines."""
    assert lacking("“Café” – £3½ ≥ 5 • ✓ ⚠ ▲ → naïve Łódź Ελλάδα\t\r\n\u00a0\u200b") == []


def test_a_sign_that_is_not_had_in_bold_is_lacking_too() -> None:
    """A heading would show an empty box."""
    assert lacking("\U0001d5a0") == ["\U0001d5a0"]


def test_every_cell_and_line_is_told_at_once(root: Path) -> None:
    """Records, summaries with their headings, and framework.yml; remarks in it are not printed."""
    change(root, f"data/{SLUG}/commentary.csv", "More streets", "\uf0b7 More streets")
    change(root, f"data/{SLUG}/indicators.csv", "Streets free", "✅ Streets free")
    words = f"data/{SLUG}/summaries/{AT}/1-place.md"
    change(root, words, "Director of Place", "✅ Place")
    change(root, words, "of streets were clean.", "of streets were clean.\n\n✅ Well done.")
    framework = f"params/{SLUG}/framework.yml"
    change(root, framework, "strategy: A made-up plan", "# a ✅ remark\nstrategy: A ✅ plan")

    assert [said.partition(": holds")[0] for said in told(root, "public")] == [
        f"data/{SLUG}/indicators.csv, row 2, column name",
        f"data/{SLUG}/commentary.csv, row 2, column text",
        f"{words} @ heading",
        f"{words}, line 7",
        f"{framework}, line 4",
    ]


def test_lines_with_the_same_sign_are_told_together(root: Path) -> None:
    """One fault names them all, each once, however often the sign stands in it."""
    change(root, f"params/{SLUG}/framework.yml", "council: ", "# ✅\nsource: ✅ and ✅\ncouncil: ")
    change(root, f"params/{SLUG}/framework.yml", "Executive summary", "Executive ✅")
    change(root, f"params/{SLUG}/framework.yml", "Clean streets", "Clean ✅")

    (fault,) = file_faults(f"params/{SLUG}/framework.yml", root)

    assert fault.place == f"params/{SLUG}/framework.yml, lines 3, 10 and 11"


def test_the_public_edition_is_not_told_of_what_is_exempt(root: Path) -> None:
    """The check is, being the council's own."""
    change(root, f"data/{SLUG}/commentary.csv", f"{CANARY} prices rose", f"{CANARY} prices rose ✅")
    change(root, f"data/{SLUG}/summaries/{AT}/2-{CANARY}.md", f"{CANARY} of", f"{CANARY} ✅ of")

    assert told(root, "public") == []
    assert len(told(root)) == len(check(make_plan(SLUG, AT, root=root)).faults) == 2
    assert [len(prepare([make_plan(SLUG, AT, each, root)])[0].faults) for each in ("public", "restricted")] == [0, 2]


def test_the_quarter_s_own_file_is_read_too(root: Path) -> None:
    """By its line."""
    name = f"params/{SLUG}/{AT}.yml"
    (root / name).write_text("quarter: 2023-24-Q2\nsource: ✅ Cabinet\n", "utf-8")

    assert [fault.place for fault in file_faults(name, root)] == [f"{name}, line 2"]
    assert [fault.place for fault in prepare([make_plan(SLUG, AT, root=root)])[0].faults] == [f"{name}, line 2"]


def test_a_return_with_such_a_sign_is_refused_at_its_cell(root: Path) -> None:
    """And nothing of it is written."""
    commentary = root / f"data/{SLUG}/commentary.csv"
    commentary.write_text("indicator,quarter,kind,text,owner,due,exempt\n", "utf-8")
    before = commentary.read_bytes()
    path = next(path for path in collect(make_plan(SLUG, AT, root=root)) if path.stem == "place")
    book = load_workbook(path)
    sheet = book["Commentary"]
    column = next(cell.column for cell in sheet[HEAD] if cell.value == "Issue")
    sheet.cell(HEAD + 1, column).value = "\uf0b7 Parts were late."
    book.save(path)

    with pytest.raises(RecordsError, match=r"place.xlsx, sheet 'Commentary', cell .*: holds U\+F0B7"):
        receive([path], root)

    assert commentary.read_bytes() == before


@pytest.mark.parametrize("framework", QUARTERS)
def test_the_councils_that_are_shipped_hold_no_such_sign(framework: str) -> None:
    """Their papers show every word of their records."""
    assert letter_faults(load_framework(framework, PROJECT), "restricted", PROJECT) == []
