"""The dashboard, driven as a person drives it: found, narrowed, ordered, opened, walked, printed, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import Markup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from kpilib.pages import theme
from kpilib.pages.shown import fill
from kpilib.press.render import PageExporter

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
         "resultTypes": ["violations"]}  # fmt: skip
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """A fresh tab."""
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    yield page
    context.close()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_on_an_indicator_s_own_screen(report: Path, opened: Any, size: dict[str, int]) -> None:
    """Nor on the screen of one indicator, which shows what the page keeps folded."""
    opened.set_viewport_size(size)
    opened.goto((report / "pages/place_to_live.html").as_uri() + "#street_lighting")
    opened.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")

    found = Axe().run(opened, options=RULES).response["violations"]

    assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found] == []
    assert opened.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def shown(page: Any) -> list[str]:
    """Give the names of the indicators that the table shows."""
    return page.locator("#indicators tbody tr:visible th a").all_inner_texts()


def test_no_script_of_a_notebook_or_a_record_runs(tmp_path: Path, opened: Any) -> None:
    """The policy lets the page's own script run by its sum, and neither another one, a handler nor an address."""
    tries = (
        "<script>window.ran = 'script'</script><img src=x onerror=\"window.ran = 'handler'\">"
        "<svg onload=\"window.ran = 'svg'\"></svg><a id=go href=\"javascript:window.ran = 'address'\">go</a>"
        '<button onclick="window.ran = \'click\'">press</button><iframe srcdoc="<script>top.ran = 1</script>"></iframe>'
    )
    own = fill("finder", ratings=[], directions=[], pages=[], priority_word="page", directorates=[],
               table=Markup('<table id="indicators"><caption>All</caption><tbody></tbody></table>'),
               script=Markup(theme.script()))  # fmt: skip
    shown = [new_output("display_data", {"text/html": html}) for html in (str(own.html), tries)]
    html, _ = PageExporter().from_notebook_node(new_notebook(cells=[new_code_cell("1", outputs=shown)]))
    (tmp_path / "page.html").write_text(html, "utf-8")

    opened.goto((tmp_path / "page.html").as_uri())
    opened.click("#go")
    opened.click("text=press")

    assert opened.locator("#finder").is_visible()
    assert opened.evaluate("window.ran || null") is None


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
    assert page.locator("#indicators button").count() == 0
    assert page.locator(".standing a:visible").count() == 46
    context.close()


def column(page: Any, head: str) -> list[str]:
    """Give a column of the rows that the table shows."""
    return page.locator(f"#indicators tbody tr:visible td[data-label='{head}']").all_inner_texts()


def test_the_overview_is_put_in_order_by_name_figure_and_rating(report: Path, opened: Any) -> None:
    """A heading puts the rows in its order, pressed again the other way round; what is not known comes last."""
    opened.goto((report / "index.html").as_uri())
    first = shown(opened)

    opened.click("#indicators th >> text=Indicator")
    assert shown(opened) == sorted(first, key=str.lower)
    assert opened.get_attribute("th[data-key=name]", "aria-sort") == "ascending"

    opened.click("#indicators th >> text=Latest figure")
    opened.click("#indicators th >> text=Latest figure")
    assert opened.get_attribute("th[data-key=figure]", "aria-sort") == "descending"
    assert opened.locator("th[aria-sort]").count() == 1
    largest = [text.split("\n")[0] for text in column(opened, "Latest figure")]
    assert largest[:2] == ["2,638,886 visits", "389,351 sessions"]
    assert largest[-1] == "Awaited"
    assert opened.inner_text(".count") == "46 of 46 indicators shown, by latest figure, descending"

    opened.click("#indicators th >> text=Rating")
    ratings = [text.split(" ", 1)[1] for text in column(opened, "Rating")]
    best_first = ["On track/good"] * 10 + ["Slightly below desired level"] * 14 + ["Requires improvement"] * 11
    assert ratings == best_first + ["Not rated"] * 11

    opened.click("text=Show all")
    opened.locator("th[aria-sort]").wait_for(state="detached")
    assert shown(opened) == first


def test_what_is_found_is_kept_in_the_address(report: Path, opened: Any) -> None:
    """A reload, the way back from an indicator and a copied address bring back filters, text and order."""
    opened.goto((report / "index.html").as_uri())
    opened.select_option("#find-rating", "red")
    opened.select_option("#find-direction", "worse")
    opened.fill("#find-text", "of")
    opened.click("#indicators th >> text=Indicator")
    opened.click("#indicators th >> text=Indicator")
    found, address = shown(opened), opened.url

    assert 1 < len(found) < 11
    assert found == sorted(found, key=str.lower, reverse=True)
    assert address.endswith("#find?text=of&rating=red&direction=worse&sort=name&order=descending")

    opened.reload()
    assert shown(opened) == found

    opened.locator("#indicators tbody a:visible").first.click()
    opened.wait_for_url("**/pages/**")
    opened.go_back()
    assert opened.url == address
    assert shown(opened) == found
    assert opened.input_value("#find-text") == "of"

    opened.goto("about:blank")
    opened.goto(address)
    assert shown(opened) == found
    assert opened.locator("#finder").evaluate("form => Math.abs(form.getBoundingClientRect().top)") < 5

    opened.click("text=Show all")
    opened.wait_for_url("**#find")
    assert len(shown(opened)) == 46


def test_an_address_that_asks_for_what_there_is_not_shows_all_that_fits(report: Path, opened: Any) -> None:
    """An unknown choice or order in the address is passed over."""
    opened.goto((report / "index.html").as_uri() + "#find?rating=purple&sort=colour&page=place_to_visit")

    assert len(shown(opened)) == 3
    assert opened.input_value("#find-rating") == ""
    assert opened.locator("th[aria-sort]").count() == 0


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_overview_is_searched_and_ordered_by_keyboard_alone(
    report: Path, opened: Any, size: dict[str, int]
) -> None:
    """Tab reaches each control and each heading in view, shows where it is, and Enter opens what was found."""
    opened.set_viewport_size(size)
    opened.goto((report / "index.html").as_uri())
    opened.focus("#find-text")
    opened.keyboard.type("road defects")
    for _ in range(30):
        opened.keyboard.press("Tab")
        if opened.evaluate("document.activeElement.textContent") == "Latest figure":
            break
    button = opened.locator(":focus")
    assert button.evaluate("one => getComputedStyle(one).outlineWidth") == "3px"
    assert button.bounding_box()["height"] >= 24
    opened.keyboard.press("Enter")
    assert opened.get_attribute("th[data-key=figure]", "aria-sort") == "ascending"
    first = shown(opened)[0]
    for _ in range(4):
        opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == first
    opened.keyboard.press("Enter")

    opened.wait_for_url("**/pages/place_to_live.html#**")
    assert opened.locator(".card:visible h3").all_inner_texts() == [first]


def test_an_indicator_has_a_screen_of_its_own(report: Path, opened: Any) -> None:
    """Its card stands alone under the page's title, and leads to the next, the one before, the page and the list."""
    opened.goto((report / "pages/place_to_live.html").as_uri() + "#street_lighting")
    names = opened.locator(".card h3").all_inner_texts()
    place = names.index("Street lighting faults: average repair time")

    def alone(expected: str) -> bool:
        headings = opened.locator("h1:visible, h2:visible, h3:visible").all_inner_texts()
        return headings == ["Lancashire will be the place to live", "What lies behind it?", expected]

    assert alone(names[place])
    assert opened.evaluate("scrollY") == 0
    assert opened.locator(".card:visible h4").all_inner_texts()[-3:] == [
        "How has it been rated?",
        "What has been revised?",
        "Where does it come from?",
    ]
    opened.click("nav.steps a:visible >> text=Next:")
    assert alone(names[place + 1])
    opened.click("nav.steps a:visible >> text=Previous:")
    assert alone(names[place])
    opened.click("nav.steps a:visible >> text=All indicators of this page")
    assert opened.locator(".card:visible").count() == len(names)
    opened.go_back()
    assert alone(names[place])
    opened.click("nav.steps a:visible >> text=Every indicator of the report")
    assert opened.url == (report / "index.html").as_uri() + "#indicators"


def test_an_indicator_s_screen_is_walked_by_keyboard_alone(report: Path, opened: Any) -> None:
    """The tab key begins at the screen's own ways on, which no skip link goes before."""
    opened.goto((report / "pages/place_to_live.html").as_uri())
    link = opened.locator("td a, th a").filter(has_text="Street lighting faults").first
    link.focus()
    opened.keyboard.press("Enter")
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "All indicators of this page"
    opened.keyboard.press("Tab")
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent").startswith("Next: ")
    opened.keyboard.press("Enter")

    assert opened.locator(".card:visible").count() == 1
    assert not opened.locator("#street_lighting").is_visible()
    assert not opened.locator(".skip").is_visible()


def test_an_indicator_s_screen_prints_alone(report: Path, opened: Any) -> None:
    """On paper the card that was opened stands alone, with its history and without its links; a whole page has none."""
    address = (report / "pages/place_to_live.html").as_uri()
    opened.goto(f"{address}#street_lighting")
    opened.emulate_media(media="print")

    assert opened.locator(".card:visible").count() == 1
    assert opened.locator("#street_lighting .more table:visible").count() == 1
    assert opened.locator("nav:visible").count() == 0

    opened.goto("about:blank")
    opened.goto(address)
    assert opened.locator(".card:visible").count() == 16
    assert opened.locator(".more:visible, .whole:visible, nav:visible").count() == 0


def test_an_indicator_s_screen_is_whole_without_javascript(report: Path, browser: Any) -> None:
    """Without scripts a screen stands alone too, with its ways on, its figures and its ratings."""
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    page.goto((report / "pages/place_to_live.html").as_uri() + "#recycling")

    assert page.locator(".card:visible").count() == 1
    assert page.locator("nav.steps:visible a").count() == 4
    page.click("summary:visible")
    assert page.locator("#recycling details table tbody tr:visible").count() == 4
    assert page.locator("#recycling .more tbody tr:visible").count() == 4
    context.close()


@pytest.mark.parametrize(
    ("name", "place", "whole"),
    [
        ("appendix-B", "street_lighting", "#place_to_live"),
        ("pages/risk_register", "CR1", "#main"),
        ("pages/risk_register_education", "CR4", "#main"),
    ],
)
def test_cards_stand_alone_where_pages_are_bound_too_and_in_the_register(
    report: Path, opened: Any, name: str, place: str, whole: str
) -> None:
    """In an appendix, and for a risk, the card stands under its own page's title, and the way back is in the file."""
    opened.goto((report / f"{name}.html").as_uri() + f"#{place}")

    assert opened.locator(".card:visible").count() == 1
    assert opened.locator("h1:visible").count() == 1
    assert opened.locator("nav.steps:visible a").first.get_attribute("href") == whole


def test_the_keyboard_reaches_the_report_first(report: Path, opened: Any) -> None:
    """The first stop of the tab key skips to the report."""
    opened.goto((report / "pages/place_to_live.html").as_uri())
    opened.keyboard.press("Tab")

    assert opened.evaluate("document.activeElement.textContent") == "Skip to the report"
    opened.keyboard.press("Enter")
    opened.wait_for_url("**#main")
