"""
How large and how quick a long page is: 100 indicators over 20 quarters on one page, made and opened in Chromium.

    python benchmarks/page.py [--indicators N] [--quarters N]

prints a line for each measure: seconds to make the report without PDF, kilobytes, and milliseconds to open a page, the
middle of five.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from council import write
from playwright.sync_api import Browser, sync_playwright

from kpilib.press.plan import make_plan
from kpilib.press.run import How, run

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def opened(browser: Browser, address: str) -> tuple[float, float]:
    """Open an address five times, and give the middle of first paint and of load, in milliseconds."""
    taken = []
    for _ in range(5):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.wait_for_function(f"{PAINTED} > 0 && {LOADED} > 0")
        taken.append((page.evaluate(PAINTED), page.evaluate(LOADED)))
        page.close()
    paints, loads = zip(*taken, strict=True)
    return statistics.median(paints), statistics.median(loads)


def main() -> None:
    """Measure every step once."""
    parser = argparse.ArgumentParser(description="Time a long page.")
    parser.add_argument("--indicators", type=int, default=100)
    parser.add_argument("--quarters", type=int, default=20)
    said = parser.parse_args()
    own = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write(Path(folder), said.indicators, said.quarters, pages=1)
        start = time.perf_counter()
        made = run(make_plan("made-up", "2019-20-Q3", root=folder), How(pdf=False))
        print(f"{'make the report':40} {time.perf_counter() - start:8.1f} s")
        if made.faults:
            raise SystemExit("\n".join(map(str, made.faults)))
        browser = playwright.chromium.launch(executable_path=own, args=["--no-sandbox"])
        for name in ("index.html", "pages/page_0.html"):
            print(f"{name + ', size':40} {(made.folder / name).stat().st_size / 1024:8.0f} KB")
        for name in ("index.html", "pages/page_0.html", "pages/page_0.html#measure_0050"):
            paint, load = opened(browser, f"{made.folder.as_uri()}/{name}")
            print(f"{name + ', first paint':40} {paint:8.0f} ms")
            print(f"{name + ', loaded':40} {load:8.0f} ms")
        browser.close()


if __name__ == "__main__":
    main()
