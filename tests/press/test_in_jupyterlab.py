"""Notebooks as an analyst has them: run in JupyterLab, in Chromium, and exported from there."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from councils import PROJECT
from nbclient import NotebookClient
from nbconvert import HTMLExporter

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
HEIGHTS = "parts => parts.map(part => part.getBoundingClientRect().height)"
RAN = "all => all.every(prompt => /\\[\\d+\\]/.test(prompt.textContent))"
BEGUN = "all => all.some(prompt => /\\[[*\\d]+\\]/.test(prompt.textContent))"
PUT = """parts => parts.forEach(part => {
    const place = document.createElement("div");
    place.innerHTML = part;
    document.body.append(place);
})"""
SETTINGS = {
    "notebook-extension/tracker": '{"windowingMode": "none"}',
    "apputils-extension/themes": '{"theme": "JupyterLab Dark"}',
    "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An analyst's own copy of notebooks, parameters and records, in which a reading is not what it is elsewhere."""
    folder = tmp_path_factory.mktemp("own")
    for name in ("notebooks", "params", "data"):
        shutil.copytree(PROJECT / name, folder / name)
    readings = folder / "data/lancashire-2019/readings.csv"
    changed = readings.read_text("utf-8").replace(
        "street_lighting,2019-20-Q3,7.19,", "street_lighting,2019-20-Q3,7.77,"
    )
    readings.write_text(changed, "utf-8")
    unrun = nbformat.read(folder / "notebooks/priority.ipynb", as_version=4)
    for cell in unrun.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(unrun, folder / "notebooks/never_run.ipynb")
    return folder


@pytest.fixture(scope="module")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab of one's own, in its dark theme, on the analyst's folder."""
    own = tmp_path_factory.mktemp("jupyter")
    for name, text in SETTINGS.items():
        path = own / f"settings/@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--notebook-dir={folder}"]
    command += [f"--port={port}", "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", "--ServerApp.port_retries=0"]
    names = {"JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "IPYTHONDIR": "ipython",
             "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}  # fmt: skip
    env = {**os.environ, **{name: str(own / place) for name, place in names.items()}}
    with (own / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=env)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5)
                break
            except OSError:
                time.sleep(0.2)
        else:
            raise AssertionError((own / "log").read_text("utf-8"))
        yield address
    finally:
        server.terminate()
        server.wait(30)


def opened(browser: Any, lab: str, notebook: str) -> Any:
    """Open a notebook in JupyterLab, as someone does who does not trust it yet."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{lab}/lab/tree/notebooks/{notebook}.ipynb?reset")
    page.locator(".kpi-part").first.wait_for(timeout=60_000)
    return page


def run_all(page: Any) -> None:
    """Run all cells by the menu, once the kernel listens; on a busy machine what is asked before that is lost."""
    page.get_by_text("| Idle").wait_for(timeout=180_000)
    for _ in range(10):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator('[data-command="runmenu:run-all"]').click()
        page.wait_for_timeout(1_000)
        if page.locator(".jp-CodeCell .jp-InputPrompt").evaluate_all(BEGUN):
            break
    page.get_by_text("7.77 days").first.wait_for(timeout=180_000)


def test_every_part_is_seen_after_run_all_and_can_be_read_before(browser: Any, lab: str) -> None:
    """In the dark theme a page stays ink on white; its records are those of the folder that the notebook stands in."""
    page = opened(browser, lab, "lancashire-2019/place_to_live")
    parts = page.locator(".kpi-part")
    before = parts.evaluate_all(HEIGHTS)
    run_all(page)
    while not page.locator(".jp-CodeCell .jp-InputPrompt").evaluate_all(RAN):
        page.wait_for_timeout(200)

    after = parts.evaluate_all(HEIGHTS)
    looks = "part => [getComputedStyle(part).backgroundColor, getComputedStyle(part).color]"
    rows = parts.locator("tbody tr:nth-child(odd)").evaluate_all(
        "rows => rows.map(row => getComputedStyle(row).backgroundColor)"
    )

    assert (len(before), len(after)) == (10, 10)
    assert min(before) > 50
    assert min(after) > 100
    assert set(map(tuple, parts.evaluate_all(f"parts => parts.map({looks})"))) == {
        ("rgb(255, 255, 255)", "rgb(11, 12, 12)")
    }
    assert set(rows) == {"rgba(0, 0, 0, 0)"}
    assert not page.locator(".kpi-part [hidden]").first.is_visible()
    assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
    page.close()


@pytest.mark.parametrize(
    ("notebook", "theme"),
    [*((notebook, "light") for notebook in NOTEBOOKS), (NOTEBOOKS[-1], "dark")],
    ids=lambda given: getattr(given, "stem", given),
)
def test_every_part_is_seen_in_jupyter_s_own_html(browser: Any, notebook: Path, theme: str, tmp_path: Path) -> None:
    """`jupyter nbconvert --to html`, as JupyterLab's export and its scheduler use it, shows each kind of page."""
    html, _ = HTMLExporter(theme=theme).from_filename(str(notebook))
    (tmp_path / "page.html").write_text(html, "utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((tmp_path / "page.html").as_uri())
    shown = sum("kpi-part" in str(cell.get("outputs")) for cell in nbformat.read(notebook, as_version=4).cells)

    heights = page.locator(".kpi-part").evaluate_all(HEIGHTS)

    assert len(heights) == shown > 2
    assert min(heights) > 40
    page.close()


def test_every_part_is_seen_where_outputs_share_a_dark_page(browser: Any) -> None:
    """Editors such as VS Code put each output into a page of their own, whose text is light on dark."""
    book = nbformat.read(PROJECT / "notebooks/priority.ipynb", as_version=4)
    html = [output.data["text/html"] for cell in book.cells for output in cell.get("outputs", [])]
    page = browser.new_page(viewport={"width": 900, "height": 900})
    page.set_content("<body style='color: #ccc; background: #1e1e1e'>")
    page.evaluate(PUT, html)

    assert min(page.locator(".kpi-part").evaluate_all(HEIGHTS)) > 50
    assert set(page.locator(".kpi-part p").evaluate_all("all => all.map(it => getComputedStyle(it).color)")) <= {
        "rgb(11, 12, 12)",
        "rgb(80, 90, 95)",
    }
    page.close()


def exported(lab: str, exporter: str, notebook: str) -> bytes:
    """Export a notebook as JupyterLab's menu does."""
    asked = urllib.request.Request(f"{lab}/nbconvert/{exporter}/notebooks/{notebook}.ipynb", headers={"Referer": lab})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return bytes(answer.read())


def test_the_export_menu_reaches_pages_and_papers(lab: str) -> None:
    """JupyterLab asks its server for each exporter by its name, of letters, digits and _ alone."""
    html = exported(lab, "kpilib_page", "priority").decode()
    pdf = exported(lab, "kpilib_paper", "cover_report")

    assert '<body class="kpi">' in html
    assert pdf.startswith(b"%PDF")


def test_a_notebook_that_was_never_run_is_not_exported(lab: str) -> None:
    """It would be an empty page; JupyterLab shows what is wrong, and what to do."""
    with pytest.raises(urllib.error.HTTPError) as refusal:
        exported(lab, "kpilib_page", "never_run")
    said = refusal.value.read().decode()

    assert "never_run: was never run, so there is nothing to print" in said
    assert "Run all its cells" in said


def test_what_is_wrong_is_said_in_two_lines(folder: Path) -> None:
    """A cell run twice does no harm; a wrong parameter, kind or call ends without a screen of traceback."""
    sources = [
        'framework, page, quarter, edition = "lancashire-2019", "place_to_live", "2019-20-Q3", "public"',
        "import kpilib as kpi\npage = kpi.open_page(framework, page, quarter, edition)",
        "import kpilib as kpi\npage = kpi.open_page(framework, page, quarter, edition)",
        'kpi.open_page(framework, "place_to_life", "2019-20-Q9", edition)',
        "kpi.open_page(framework, page, 2019, edition)",
        'kpi.open_page("lancashire", page, quarter, edition)',
        "page.matrix()",
        'page.seasons("street_lights")',
        'kpi.picture([], alt="A list.")',
        'page.indicators["value"] = 0\npage.indicators["value"].max()',
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nkpi.picture(ax, alt='A line.')",
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(book, allow_errors=True, resources={"metadata": {"path": str(folder / "notebooks")}}).execute()
    said = [
        [output.get("traceback") for output in cell.outputs if output.output_type == "error"] for cell in book.cells
    ]

    assert said[1] == said[2] == []
    assert [len(lines[0]) for lines in said[3:9]] == [4, 2, 2, 2, 2, 2]
    assert said[3][0][0] == "params/lancashire-2019/framework.yml: no page 'place_to_life'"
    assert said[3][0][2].startswith("quarter: '2019-20-Q9'")
    assert said[4][0] == [
        "quarter: 2019 is not a text", "  Write it in quotation marks, as in the first cell of a notebook.",
    ]  # fmt: skip
    assert said[5][0][1].startswith("  Did you mean 'lancashire-2022'? Allowed: lancashire-2019, ")
    assert said[6][0][0] == "page place_to_live: has no `matrix`, being of the kind 'priority'"
    assert said[7][0][1].startswith("  Did you mean 'street_lighting'?")
    assert said[8][0][0] == "kpi.picture: list is neither a figure nor axes of one"
    assert float(book.cells[9].outputs[-1].data["text/plain"].strip("np.float64()")) > 0
    assert [output.output_type for output in book.cells[10].outputs] == ["execute_result"]
