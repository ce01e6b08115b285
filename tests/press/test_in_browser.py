"""Every page in a real browser: reachable by all, asking nothing of anyone, whole without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = (
    "index pages/executive_summary pages/place_to_live pages/place_to_work pages/place_to_prosper "
    "pages/place_to_visit pages/acts_responsibly pages/risk_register pages/risk_register_education "
    "appendix-A appendix-B appendix-C"
).split()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """A fresh tab that records every request it is asked to make."""
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(report: Path, opened: Any, name: str, size: dict[str, int]) -> None:
    """No violation of WCAG 2.2 AA or of best practice, on a desk or a phone, with every part unfolded."""
    opened.set_viewport_size(size)
    opened.goto((report / f"{name}.html").as_uri())
    opened.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    found = Axe().run(opened, options=RULES).response["violations"]

    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_makes_a_request(report: Path, opened: Any, name: str) -> None:
    """Nothing is fetched but the page itself; its pictures are within it."""
    opened.goto((report / f"{name}.html").as_uri())
    opened.wait_for_load_state("networkidle")

    assert [url for url in opened.asked if not url.startswith("data:")] == [(report / f"{name}.html").as_uri()]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_off_the_side(report: Path, opened: Any, name: str, size: dict[str, int]) -> None:
    """The page is no wider than the screen, and no cell is cut."""
    opened.set_viewport_size(size)
    opened.goto((report / f"{name}.html").as_uri())

    assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    cut = "[...document.querySelectorAll('td, th, .tag')].filter(one => one.scrollWidth > one.clientWidth + 1).length"
    assert opened.evaluate(cut) == 0


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(report: Path, opened: Any, name: str) -> None:
    """Links go to files and places that are there."""
    opened.goto((report / f"{name}.html").as_uri())
    links = opened.evaluate("[...document.querySelectorAll('a[href]')].map(one => one.getAttribute('href'))")

    lost = []
    for link in set(links):
        file, _, place = link.partition("#")
        target = (report / f"{name}.html").parent / file if file else report / f"{name}.html"
        if not target.exists() or (place and f'id="{place}"' not in target.read_text("utf-8")):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("name", PAGES)
def test_every_id_is_its_own(report: Path, opened: Any, name: str) -> None:
    """No id stands twice on a page, also where pages are bound together."""
    opened.goto((report / f"{name}.html").as_uri())
    ids = opened.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")

    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("name", PAGES)
def test_headings_step_down_one_at_a_time(report: Path, opened: Any, name: str) -> None:
    """A reader who goes from heading to heading never misses a level."""
    opened.goto((report / f"{name}.html").as_uri())
    levels = opened.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(one => +one.tagName[1])")

    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def shown(page: Any) -> list[str]:
    """Give the names of the indicators that the table shows."""
    return page.locator("#indicators tbody tr:visible th a").all_inner_texts()


def test_the_overview_is_narrowed_by_rating_objective_directorate_and_text(report: Path, opened: Any) -> None:
    """Each control narrows the table, they work together, and `Show all` brings everything back."""
    opened.goto((report / "index.html").as_uri())
    assert len(shown(opened)) == 46

    opened.select_option("#find-rating", "red")
    assert len(shown(opened)) == 11
    opened.select_option("#find-page", "place_to_live")
    assert len(shown(opened)) == 4
    opened.select_option("#find-directorate", "Adult Services and Health and Wellbeing")
    assert len(shown(opened)) == 2
    opened.fill("#find-text", "quarterly target")
    assert shown(opened) == ["Health checks done, of the quarterly target"]
    assert opened.inner_text(".count") == "1 of 46 indicators shown"
    opened.click("text=Show all")
    opened.locator("#indicators tbody tr[hidden]").first.wait_for(state="detached")
    assert len(shown(opened)) == 46


def test_the_overview_leads_down_to_each_indicator(report: Path, opened: Any) -> None:
    """An indicator's link opens its own place on its page."""
    opened.goto((report / "index.html").as_uri())
    opened.click("#indicators >> text=Street lighting faults: average repair time")

    assert opened.url.endswith("pages/place_to_live.html#street_lighting")
    assert opened.locator("#street_lighting h3").is_visible()


def test_the_overview_is_whole_without_javascript(report: Path, browser: Any) -> None:
    """Without scripts all indicators are there, and no control that would do nothing."""
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    page.goto((report / "index.html").as_uri())

    assert page.locator("#indicators tbody tr").count() == 46
    assert not page.locator("#finder").is_visible()
    context.close()


def test_the_keyboard_reaches_the_report_first(report: Path, opened: Any) -> None:
    """The first stop of the tab key skips to the report."""
    opened.goto((report / "pages/place_to_live.html").as_uri())
    opened.keyboard.press("Tab")

    assert opened.evaluate("document.activeElement.textContent") == "Skip to the report"
    opened.keyboard.press("Enter")
    opened.wait_for_url("**#main")
