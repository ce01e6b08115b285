"""The warm engine shows what a kernel shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest
from borough import AT, SLUG, found

from kpilib.press.pieces import KERNEL, WARM, PagePiece
from kpilib.press.prepare import parts
from kpilib.press.workers import Limits, Made, make_here
from kpilib.records.faults import Fault

CELLS = [
    "page = 'streets'",
    "print('one')\nprint('two', end='')\nprint(' three')\n4",
    "from IPython.display import HTML, Markdown, display\ndisplay(HTML('<p>shown</p>'), Markdown('*words*'))\n'last'",
    "",
    "import sys\nprint('to nobody', file=sys.stderr)\nNone",
    "x = 6;\nx * 7;",
    "_ + 1 if isinstance(_, int) else _",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')",
    "%precision 3\n3.14159",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "b'bytes', {'b', 'a'} == {'a', 'b'}, __name__",
]


def made(
    root: Path, cells: list[str], engine: str, limits: Limits | None = None, tags: Sequence[str] = ("printed",)
) -> Made:
    """Run cells as a page of the borough, the plain text of which is printed."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    for cell in book.cells:
        cell.metadata["tags"] = ["parameters"] if cell == book.cells[0] else tags
    book.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    content = nbformat.writes(book).encode()
    councils = {SLUG: parts(SLUG, "public", root)}
    given: dict[str, Any] = {"page": "streets"}
    piece = PagePiece("b.ipynb", content, given, {}, "public", councils, engine, root, root / "outputs")
    return make_here(piece, limits or Limits())


def test_cells_show_the_same_in_a_worker_as_in_a_kernel(tmp_path: Path) -> None:
    """Printed lines, values, displays, magics, awaiting, silence: the executed notebook is the same in every byte."""
    root = found(tmp_path)

    warm, kernel = (made(root, CELLS, engine) for engine in (WARM, KERNEL))

    assert warm.faults == kernel.faults == ()
    assert nbformat.reads(warm.parts[0].decode(), 4) == nbformat.reads(kernel.parts[0].decode(), 4)
    assert warm.parts == kernel.parts


@pytest.mark.parametrize(
    "cell",
    [
        "1 / 0",
        "1 +",
        "raise SystemExit",
        "raise ValueError('a\\nb')",
        "import matplotlib.pyplot as plt\nplt.plot([1])",
    ],
    ids=["raises", "is no Python", "leaves", "says two lines", "shows a bare picture"],
)
def test_a_cell_fails_alike_in_a_worker_and_in_a_kernel(tmp_path: Path, cell: str) -> None:
    """The fault names the same cell and says the same."""
    root = found(tmp_path)

    warm, kernel = (made(root, ["page = ''", cell], engine) for engine in (WARM, KERNEL))

    assert len(warm.faults) == 1
    assert [without_file(fault) for fault in warm.faults] == [without_file(fault) for fault in kernel.faults]


def without_file(fault: Fault) -> tuple[str, str, str]:
    """A fault without the name that an engine gives to a cell as a file."""
    return fault.place, re.sub(r"\(\S+, line", "(line", fault.problem), fault.remedy


def test_a_page_cannot_stain_the_next(tmp_path: Path) -> None:
    """What a cell does to the libraries goes with its process."""
    root = found(tmp_path)
    stain = "import pandas as pd\npd.options.display.max_rows = 3\npd.stained = True"

    made(root, ["page = ''", stain], WARM)
    after = made(root, ["page = ''", "import pandas as pd\nhasattr(pd, 'stained'), pd.options.display.max_rows"], WARM)

    assert b"(False, 60)" in after.parts[0]


STRAY = {
    "print('JB: ask Sue why this is so bad')": "JB: ask Sue why this is so bad",
    "import warnings\nwarnings.warn('old figures')": "UserWarning: old figures",
    "import traceback\ntry:\n    1 / 0\nexcept Exception:\n    traceback.print_exc()": "Traceback (most recent call",
    "page.upper(), 7": "('STREETS', 7)",
}


@pytest.mark.parametrize("cell", STRAY)
def test_plain_text_is_left_out_and_named(tmp_path: Path, cell: str) -> None:
    """What an analyst prints, is warned of or looks at is in neither file; the run names the cell and what it was."""
    root = found(tmp_path)

    warm, kernel = (made(root, ["page = ''", cell], engine, tags=[]) for engine in (WARM, KERNEL))
    outputs = [nbformat.reads(run.parts[0].decode(), 4).cells[-1].outputs for run in (warm, kernel)]

    assert warm.parts == kernel.parts
    assert outputs == [[], []]
    assert STRAY[cell].encode() not in warm.parts[1]
    for run in (warm, kernel):
        assert len(run.notes) == 1
        assert run.notes[0].startswith("b.ipynb, cell 2: this text is left out of the page: ")
        assert STRAY[cell] in run.notes[0]


def test_what_a_cell_does_to_a_frame_stays_in_that_cell(tmp_path: Path) -> None:
    """Frames of a page and of the ledger are copies: the page, and a page opened after, show the records' figures."""
    root = found(tmp_path)
    cells = [
        "import kpilib as kpi",
        f"page = kpi.open_page('{SLUG}', 'streets', '{AT}')",
        "page.indicators['value'].tolist(), page.readings['value'].sum()",
        "mine = page.indicators\nmine['value'] = 0\npage.readings.loc[:, 'value'] = 0",
        f"kpi.load_ledger('{SLUG}').readings.loc[:, 'value'] = 0",
        f"page = kpi.open_page('{SLUG}', page, '{AT}')",
        "page.indicators['value'].tolist(), page.readings['value'].sum()",
    ]

    run = made(root, ["page = ''", *cells], WARM)
    shown = [cell.outputs for cell in nbformat.reads(run.parts[0].decode(), 4).cells]

    assert run.faults == ()
    assert shown[4][-1].data["text/plain"] == shown[8][-1].data["text/plain"]
    assert "0.0]" not in shown[4][-1].data["text/plain"]


ENDLESS = [
    "print('x' * 300_000_000)",
    "while True: print('a line')",
    "from IPython.display import HTML, display\ndisplay(HTML('<p>' + 'x' * 30_000_000))",
    "from IPython.display import Image\nImage(data=bytes(30_000_000), format='png')",
    "while True:\n    try:\n        print('x' * 10**6)\n    except Exception:\n        pass",
]


@pytest.mark.parametrize("cell", ENDLESS, ids=["at once", "line by line", "HTML", "a picture", "whatever is said"])
def test_a_page_that_shows_too_much_is_a_fault_of_its_cell(tmp_path: Path, cell: str) -> None:
    """Whatever it is, it is not kept, and the page fails in two lines."""
    (fault,) = made(found(tmp_path), ["page = ''", cell], WARM, Limits(seconds=60), tags=[]).faults

    assert fault.place == "b.ipynb, cell 2"
    assert fault.problem == "prints or shows more than 10 MB, with the cells before it"


def test_a_kernel_is_held_to_what_a_page_may_show(tmp_path: Path) -> None:
    """Printed, displayed and last values are counted together in a kernel, as in a worker."""
    root = found(tmp_path)
    cells = ["page = ''", "from IPython.display import HTML, display\ndisplay(HTML('x' * 4_000_000))",
             "HTML('x' * 4_000_000)", "print('x' * 4_000_000)"]  # fmt: skip

    warm, kernel = (made(root, cells, engine, tags=[]) for engine in (WARM, KERNEL))

    assert [fault.place for fault in kernel.faults] == ["b.ipynb, cell 4"]
    assert warm.faults == kernel.faults


def test_nothing_of_the_records_is_left_where_a_page_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that ends at its limit of time leaves no file behind: it may have been of the restricted edition."""
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(kept))

    run = made(found(tmp_path / "root"), ["page = ''", "import time\ntime.sleep(60)"], WARM, Limits(seconds=6))

    assert [fault.problem for fault in run.faults] == ["was not done within 6 seconds"]
    left = [path.name for path in kept.iterdir()]
    assert [name for name in left if not name.startswith("pymp-")] == []  # a folder of multiprocessing's own
