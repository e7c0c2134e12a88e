"""The site in headless Chromium: with scripts and without, by keyboard, narrow and wide, light and dark, under axe."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:playwright"),
]

A, B = "2019-07-08-hrc41-critical", "2019-07-12-hrc41-supportive"
KINDS = {
    "front": "index.html",
    "statements": "statements/index.html",
    "statement": f"statements/{B}.html",
    "countries": "countries/index.html",
    "country": "countries/SOM.html",
    "matrix": "matrix.html",
    "figures": "figures/index.html",
    "quantity": "figures/type-stock.html",
    "figure": "figures/F001.html",
    "documents": "documents/index.html",
    "document": "documents/D001.html",
    "directives": "documents/directives.html",
    "terms": "documents/terms.html",
    "timeline": "responses/index.html",
    "response": "responses/E001.html",
    "data": "data/index.html",
    "package": "data/joint-statements.html",
    "sources": "sources/index.html",
    "source": "sources/s-0001.html",
    "search": "search.html",
    "about": "about.html",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_kind_of_page(
    browser: Any, address: str, axe: str, scheme: str
) -> None:
    context = browser.new_context(
        color_scheme=scheme, bypass_csp=True, viewport={"width": 1280, "height": 900}
    )
    page, wrong = context.new_page(), {}
    for kind, path in KINDS.items():
        page.goto(address + path)
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        if found:
            wrong[kind] = [
                (
                    item["id"],
                    [node["target"] for node in item["nodes"]][:3],
                    item["nodes"][0]["failureSummary"][:300],
                )
                for item in found
            ]
    context.close()
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.mark.parametrize("width", [360, 1600])
def test_no_page_is_wider_than_the_screen(browser: Any, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page, wide = context.new_page(), {}
    for kind, path in KINDS.items():
        page.goto(address + path)
        found = page.evaluate("document.documentElement.scrollWidth")
        if found > width:
            wide[kind] = found
    context.close()
    assert not wide


def test_without_scripts_everything_is_there(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert (
        page.locator("svg.map .critical").count() > 2
        and page.locator("svg.map .supportive").count() > 1
    )
    assert page.locator("#day").is_hidden() and page.locator("#map-legend").is_visible()
    for kind, path in KINDS.items():
        page.goto(address + path)
        assert page.locator("h1").is_visible() and len(page.locator("main").inner_text()) > 60, kind
        assert page.locator(".needs-js:visible").count() == 0, kind
    page.goto(address + KINDS["matrix"])
    assert page.locator("tbody td.critical").first.is_visible()
    page.goto(address + KINDS["quantity"])
    assert page.locator(".chart svg").first.is_visible()
    context.close()


def test_the_slider_moves_the_map_and_the_address(tab: Any) -> None:
    tab.goto("index.html")
    tab.locator("#day").focus()
    tab.keyboard.press("Home")
    first = tab.locator("#day-out").inner_text()
    assert "day=" in tab.url
    tab.keyboard.press("End")
    assert tab.locator("#day-out").inner_text() != first and "day=" not in tab.url
    tab.select_option("#what", B)
    assert f"statement={B}" in tab.url
    assert tab.locator("path.withdrew[data-code=QAT], circle.withdrew[data-code=QAT]").count() > 0
    legend = tab.locator("#map-legend").inner_text()
    tab.reload()
    assert (
        tab.locator("#map-legend").inner_text() == legend
        and tab.locator("#what").input_value() == B
    )


def test_the_map_drawn_by_script_is_the_map_drawn_without(browser: Any, address: str) -> None:
    script = "[...document.querySelectorAll('svg.map path[data-code]')].map(n => [n.dataset.code, n.getAttribute('class') || 'none'])"
    marks = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(address)
        marks.append(dict(page.evaluate(script)))
        context.close()
    assert set(marks[0].values()) >= {"critical", "supportive"} and marks[0] == marks[1]


def test_country_to_statement_to_source_and_back(tab: Any) -> None:
    tab.goto("countries/index.html")
    tab.get_by_role("link", name="Somalia").click()
    assert "SOM.html" in tab.url
    tab.locator(".timeline a[href*='statements/']").first.click()
    assert "/statements/" in tab.url
    tab.locator("#table a[href*='sources/']").first.click()
    assert "/sources/" in tab.url
    tab.locator("main a[href*='statements/']").first.click()
    assert "/statements/" in tab.url
    tab.go_back()
    assert "/sources/" in tab.url


def test_tables_sort_filter_and_keep_it_in_the_address(tab: Any) -> None:
    tab.goto("statements/index.html")
    tab.get_by_role("button", name="Declared").click()
    tab.get_by_role("button", name="Declared").click()
    assert tab.locator("th[aria-sort=descending]").count() == 1 and "sort=-4" in tab.url
    tab.select_option("[name=side]", "supportive")
    shown = tab.locator("tbody tr:visible").count()
    assert shown and shown == tab.locator("tbody tr[data-side=supportive]").count()
    tab.reload()
    assert (
        tab.locator("tbody tr:visible").count() == shown
        and tab.locator("th[aria-sort=descending]").count() == 1
    )
    with tab.expect_download() as caught:
        tab.get_by_role("button", name="CSV of these rows").click()
    assert len(caught.value.path().read_text("utf-8").strip().splitlines()) == shown + 1


def test_search_finds_and_goes_there(tab: Any) -> None:
    tab.goto("search.html?q=somalia")
    tab.get_by_role("link", name="Somalia", exact=True).first.click()
    assert tab.url.endswith("countries/SOM.html")
    tab.goto("search.html")
    tab.locator("#q").fill("zzzz nothing")
    assert "0 results" in tab.locator("#count").inner_text()
    for number in ("15683", "15,683"):
        tab.locator("#q").fill(number)
        assert tab.locator("#results a", has_text="15,683").count() > 0


def test_maps_and_charts_download(tab: Any) -> None:
    for path, start in ((f"statements/{A}.html", b"<svg"), ("figures/type-stock.html", b"<svg")):
        tab.goto(path)
        for name, magic in (("SVG", start), ("PNG", b"\x89PNG"), ("CSV", b"")):
            with tab.expect_download() as caught:
                tab.locator(".downloads a", has_text=name).first.click()
            assert caught.value.path().read_bytes().startswith(magic)


def test_a_chart_comes_alive_under_the_strict_policy(tab: Any) -> None:
    tab.goto("figures/type-stock.html")
    tab.get_by_role("button", name="Explore this chart").first.click()
    tab.wait_for_selector(".chart[data-live] svg")
    assert "explore=stock-persons" in tab.url
    tab.select_option("select[data-by]", "reference")
    tab.wait_for_timeout(300)
    assert "by-stock-persons=reference" in tab.url and tab.locator(".chart svg").first.is_visible()


def test_keyboard_alone_reaches_and_walks_the_matrix(tab: Any) -> None:
    tab.goto("matrix.html")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    tab.locator("tbody th a").first.focus()
    first = tab.evaluate("document.activeElement.textContent")
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate("document.activeElement.textContent") != first
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.tagName") == "TD"
    tab.select_option("[name=region]", "Europe")
    assert (
        tab.locator("tbody tr:visible").count()
        == tab.locator("tbody tr[data-region=Europe]").count()
        > 0
    )


def test_print_shows_tables_whole(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + KINDS["statement"])
    page.emulate_media(media="print")
    assert page.locator(".site-nav").is_hidden() and page.locator("#table").is_visible()
    context.close()
