"""The warm engine shows what a kernel shows."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import nbformat
import pytest
from borough import AT, SLUG, found

from kpilib.press.pieces import KERNEL, WARM, PagePiece
from kpilib.press.workers import Limits, Made, make_here
from kpilib.records.faults import Fault
from kpilib.records.ledger import load_ledger
from kpilib.records.quarterly import Quarterly
from kpilib.records.share import share

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


def made(root: Path, cells: list[str], engine: str, limits: Limits | None = None) -> Made:
    """Run cells as a page of the borough."""
    ledger = load_ledger(SLUG, "public", root)
    given = share(ledger, Quarterly(), ledger.framework.entry("streets"), ledger.framework.quarter(AT))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    book.cells[0].metadata["tags"] = ["parameters"]
    book.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    content = nbformat.writes(book).encode()
    piece = PagePiece("b.ipynb", content, {"page": "streets"}, {}, pickle.dumps(given), engine, root, root / "outputs")
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
