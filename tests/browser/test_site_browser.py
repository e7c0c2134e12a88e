"""The site in headless Chromium.

With and without scripts, by keyboard, narrow and wide, under axe.
"""

from __future__ import annotations

import json
import re
import struct
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
    "compare": f"compare.html?a={A}&b=2019-10-29-unga74-c3-critical&x=SOM&y=RUS",
    "corrections": "corrections.html",
    "not found": "404.html",
    "Arabic": "ar/index.html",
    "Arabic country": "ar/countries/SOM.html",
    "Chinese figures": "zh/figures/type-stock.html",
    "Arabic figure": "ar/figures/F001.html",
    "French package": "fr/data/joint-statements.html",
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


def wait_for_address(page: Any, *parts: str, without: str = "?none") -> None:
    """Wait until the address has all the parts; a page and its browser learn of it apart."""
    page.wait_for_url(lambda url: all(part in url for part in parts) and without not in url)


# Neighbours with the same elements and classes are alike (rows, links, figures): one stands for
# them. Left out, not only excluded: axe walks through what it excludes. A name of a part stays.
SHORTEN = """for (const list of document.querySelectorAll('body, body *:not(tr, select)')) {
  if (!list.isConnected) continue;
  const seen = new Set(), name = (node) => node.tagName + '.' + node.getAttribute('class');
  for (const row of [...list.children]) {
    if (row.id && document.querySelector(`[aria-labelledby="${row.id}"]`)) continue;
    const shape = name(row) + [...new Set([...row.querySelectorAll('*')].map(name))].sort();
    if (seen.has(shape)) row.remove(); else seen.add(shape);
  }
}"""
# No rule that runs reads the style sheets, which axe would load again.
RUN_AXE = """async (more) => (await axe.run(
  {resultTypes: ['violations'], preload: {assets: ['media']}, ...more})).violations"""
# What the width and the scheme change: colours and sizes, and on these pages what is shown at all.
OF_COLOURS_AND_SIZES = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
SQUEEZED = """[...document.querySelectorAll('td')].filter((cell) => cell.clientWidth
  && cell.clientWidth < 44 && cell.textContent.trim().length > 6).map((cell) => cell.textContent)"""
SHOWS_MORE_WHEN_WIDE = {"front", "quantity", "figure"}
# In the colours of the English page of their kind.
TRANSLATIONS = ("Arabic", "Chinese", "French")


@pytest.mark.parametrize(
    "all_rules", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["quick", "thorough"]
)
def test_every_kind_of_page_fits_the_screen_and_axe_finds_nothing(
    browser: Any, address: str, request: pytest.FixtureRequest, all_rules: bool
) -> None:
    """Both widths and both schemes, each once: axe looks at every page twice, not four times.

    On the wide screen it applies the rules whose answer can be another one there; all, in the
    long form and where a wide screen shows more than a narrow one.
    """
    try:
        axe = request.getfixturevalue("axe")
    except pytest.skip.Exception:
        axe = ""
    narrow, broad = {"width": 360, "height": 900}, {"width": 1600, "height": 900}
    context = browser.new_context(bypass_csp=True, viewport=narrow, color_scheme="light")
    context.add_init_script(axe)
    page, wide, wrong = context.new_page(), {}, {}

    def measure(kind: str, width: int) -> None:
        found = page.evaluate("document.documentElement.scrollWidth")
        if found > width:
            wide[kind, width] = found
        if squeezed := page.evaluate(SQUEEZED):
            wrong[f"{kind}, {width}: a letter a line"] = squeezed

    def run_axe(which: str, rules: dict[str, Any]) -> None:
        found = page.evaluate(RUN_AXE, rules) if axe else []
        if found:
            wrong[which] = [
                (
                    item["id"],
                    [node["target"] for node in item["nodes"]][:3],
                    item["nodes"][0]["failureSummary"][:300],
                )
                for item in found
            ]

    for kind, path in KINDS.items():
        page.goto(address + path)
        measure(kind, 360)
        page.set_viewport_size(broad)
        measure(kind, 1600)
        page.evaluate(SHORTEN)
        page.emulate_media(color_scheme="dark")
        every = all_rules or kind in SHOWS_MORE_WHEN_WIDE
        if every or not kind.startswith(TRANSLATIONS):
            run_axe(f"{kind}, 1600, dark", {} if every else {"runOnly": OF_COLOURS_AND_SIZES})
        page.set_viewport_size(narrow)
        page.emulate_media(color_scheme="light")
        run_axe(f"{kind}, 360, light", {})
    context.close()
    assert not wide
    assert not wrong, json.dumps(wrong, indent=1)
    if not axe:
        request.getfixturevalue("axe")  # skips, and says how to get it


SHOWN = """[[...document.querySelectorAll('h1, .needs-js')].filter((node) =>
  node.checkVisibility({visibilityProperty: true})).map((node) => node.tagName),
  document.querySelector('main').innerText.length > 60]"""


def test_without_scripts_everything_is_there(plain_tab: Any) -> None:
    page = plain_tab
    page.goto("")
    assert page.locator("svg.map .critical").count() > 2
    assert page.locator("svg.map .supportive").count() > 1
    assert page.locator("#day").is_hidden() and page.locator("#map-legend").is_visible()
    for kind, path in KINDS.items():
        page.goto(path)
        assert page.evaluate(SHOWN) == [["H1"], True], kind
        if kind == "matrix":
            assert page.locator("tbody td.critical").first.is_visible()
        if kind == "quantity":
            assert page.locator(".chart svg").first.is_visible()


def test_the_slider_moves_the_map_and_the_address(tab: Any) -> None:
    tab.goto("index.html")
    tab.locator("#day").focus()
    tab.keyboard.press("Home")
    first = tab.locator("#day-out").inner_text()
    wait_for_address(tab, "view=day", "day=20")
    tab.keyboard.press("End")
    assert tab.locator("#day-out").inner_text() != first
    tab.select_option("#what", B)
    wait_for_address(tab, f"view={B}", without="day=")
    assert tab.locator("path.withdrew[data-code=QAT], circle.withdrew[data-code=QAT]").count() > 0
    legend = tab.locator("#map-legend").inner_text()
    tab.reload()
    assert tab.locator("#map-legend").inner_text() == legend
    assert tab.locator("#what").input_value() == B
    tab.select_option("#what", "")
    wait_for_address(tab, without="view=")


def test_a_bar_shows_its_statement_on_the_map(tab: Any) -> None:
    tab.goto("index.html")
    tab.locator(f".bar[data-statement='{A}']").click()
    wait_for_address(tab, f"view={A}")
    assert tab.locator("#what").input_value() == A


def test_the_map_drawn_by_script_is_the_map_drawn_without(tab: Any, plain_tab: Any) -> None:
    script = (
        "[...document.querySelectorAll('svg.map path[data-code]')].map(n => [n.dataset.code, "
        "n.getAttribute('class') || 'none'])"
    )
    marks = []
    for page in (tab, plain_tab):
        page.goto("")
        marks.append(dict(page.evaluate(script)))
    assert set(marks[0].values()) >= {"critical", "supportive"} and marks[0] == marks[1]


def test_country_to_statement_to_source_and_back(tab: Any) -> None:
    tab.goto("countries/index.html")
    tab.get_by_role("link", name="Somalia").click()
    wait_for_address(tab, "SOM.html")
    tab.locator(".timeline a[href*='statements/']").first.click()
    wait_for_address(tab, "/statements/")
    tab.locator("#table a[href*='sources/']").first.click()
    wait_for_address(tab, "/sources/")
    tab.locator("main a[href*='statements/']").first.click()
    wait_for_address(tab, "/statements/")
    tab.go_back()
    wait_for_address(tab, "/sources/")


def test_tables_sort_filter_and_keep_it_in_the_address(tab: Any) -> None:
    tab.goto("statements/index.html")
    tab.get_by_role("button", name="Declared").click()
    tab.get_by_role("button", name="Declared").click()
    wait_for_address(tab, "sort=-5")
    assert tab.locator("th[aria-sort=descending]").count() == 1
    tab.select_option("[name=side]", "supportive")
    shown = tab.locator("#table tbody tr:visible").count()
    assert shown and shown == tab.locator("tbody tr[data-side=supportive]").count()
    tab.reload()
    assert (
        tab.locator("#table tbody tr:visible").count() == shown
        and tab.locator("th[aria-sort=descending]").count() == 1
    )
    with tab.expect_download() as caught:
        tab.get_by_role("button", name="CSV of these rows").click()
    assert len(caught.value.path().read_text("utf-8").strip().splitlines()) == shown + 1


def test_search_finds_and_goes_there(tab: Any) -> None:
    tab.goto("index.html")
    tab.locator(".head-search input").fill("somalia")
    tab.keyboard.press("Enter")
    tab.get_by_role("link", name="Somalia", exact=True).first.click()
    wait_for_address(tab, "countries/SOM.html")
    tab.goto("search.html")
    tab.locator("#q").fill("zzzzqq xxyyxx")
    assert "Results: 0." in tab.locator("#count").inner_text()
    for number in ("15683", "15,683"):
        tab.locator("#q").fill(number)
        assert tab.locator("#results a", has_text="15,683").count() > 0


# What a reader types, and what must be among the first results: a page, or a part of a title.
QUERIES = {
    "Turkey": "countries/TUR",
    "Türkiye": "countries/TUR",
    "turkiye": "countries/TUR",
    "Britain": "countries/GBR",
    "UK": "countries/GBR",
    "United Kingdom": "countries/GBR",
    "USA": "countries/USA",
    "America": "countries/USA",
    "United States": "countries/USA",
    "Ivory Coast": "countries/CIV",
    "Côte d'Ivoire": "countries/CIV",
    "cote divoire": "countries/CIV",
    "Swaziland": "countries/SWZ",
    "Eswatini": "countries/SWZ",
    "Palestine": "countries/PSE",
    "State of Palestine": "countries/PSE",
    "中国": "countries/CHN",
    "China": "countries/CHN",
    "Китай": "countries/CHN",
    "الصين": "countries/CHN",
    "法国": "countries/FRA",
    "Frankreich": "countries/FRA",
    "Burma": "countries/MMR",
    "Laos": "countries/LAO",
    "North Korea": "countries/PRK",
    "Qatar": "countries/QAT",
    "Qatr": "countries/QAT",
    "Germny": "countries/DEU",
    "Russia": "countries/RUS",
    "Россия": "countries/RUS",
    "Czech Republic": "countries/CZE",
    "July 2019": "statements/2019-07",
    "Qatar withdrew": "statements/2019-07-12",
    "6 October 2022": "statements/2022-10-06",
    "HRC51": "statements/2022-09",
    "A/HRC/41/G/17": "statements/2019-07-12",
    "vote": "statements/2022-10-06",
    "1 million": "figures/",
    "UN CERD": "figures/",
    "Zenz": "figures/",
    "China Cables": "documents/",
    "sanctions": "responses/",
    "Karakax": "documents/",
    "Samaa TV": "sources/",
    "checksums": "data/",
}


def test_search_finds_what_readers_type(tab: Any) -> None:
    tab.goto("search.html")
    wrong = {}
    for query, wanted in QUERIES.items():
        tab.locator("#q").fill(query)
        found = tab.evaluate(
            "[...document.querySelectorAll('#results a')].slice(0, 8).map(a => "
            "a.getAttribute('href'))"
        )
        first = found[:1] if wanted.startswith("countries/") else found
        if not any(wanted in link for link in first):
            wrong[query] = found[:3]
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)


def test_maps_and_charts_download(tab: Any) -> None:
    for path in (f"statements/{A}.html", "figures/type-stock.html"):
        tab.goto(path)
        for name, magic in (("SVG", b"<svg"), ("PNG", b"\x89PNG"), ("CSV", b"")):
            with tab.expect_download() as caught:
                tab.locator(".downloads a", has_text=name).first.click()
            assert caught.value.path().read_bytes().startswith(magic)


def test_a_chart_can_be_ordered_and_the_address_keeps_it(tab: Any) -> None:
    tab.goto("figures/type-stock.html")
    rows = "[...document.querySelectorAll('figure .chart')[0].querySelectorAll('.row')]"
    script = f"{rows}.map(n => n.getAttribute('transform'))"
    before = tab.evaluate(script)
    tab.locator("select[data-order]").first.select_option("value")
    after = tab.evaluate(script)
    assert sorted(after) == sorted(before) and after != before
    wait_for_address(tab, "order-stock-persons-detained-persons-autonomous-region=value")
    tab.reload()
    assert tab.evaluate(script) == after


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


def test_print_has_tables_swatches_and_legends(tab: Any) -> None:
    tab.goto(KINDS["statement"])
    tab.emulate_media(media="print")
    assert tab.locator(".head-search").is_hidden() and tab.locator("#table").is_visible()
    key = tab.locator(".legend .key").first
    assert key.is_visible()
    assert key.evaluate("n => getComputedStyle(n).printColorAdjust") == "exact"
    assert tab.locator("thead").first.evaluate("n => getComputedStyle(n).display") == (
        "table-header-group"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900)])
def test_the_first_screen_has_both_numbers_the_map_and_a_figure(
    tab: Any, width: int, height: int, scheme: str
) -> None:
    tab.set_viewport_size({"width": width, "height": height})
    tab.emulate_media(color_scheme=scheme)
    tab.goto("")
    inside = {}
    for name, selector, share in (
        ("critical number", ".pair-line .side.critical", 1.0),
        ("supportive number", ".pair-line .side.supportive", 1.0),
        ("map", "svg.map", 1.0),
        ("legend", "#map-legend", 1.0),
        ("first row of the chart", ".estimates .row >> nth=0", 1.0),
        ("third row of the chart", ".estimates .row >> nth=2", 1.0),
    ):
        box = tab.locator(selector).bounding_box()
        assert box and box["width"] > 0, name
        inside[name] = box["y"] >= 0 and box["y"] + box["height"] * share <= height
        inside[name] &= box["x"] >= 0 and box["x"] + box["width"] <= width + 1
    assert all(inside.values()), inside


def test_pointing_tells_a_state_inside_the_screen(tab: Any) -> None:
    tab.goto("index.html")
    for code in ("AUS", "CHN"):
        tab.locator(f"path[data-code={code}]").hover(position=None, force=True)
        tip = tab.locator(".tip")
        assert tip.is_visible()
        words = tip.inner_text()
        assert any(side in words for side in ("critical", "supportive")) and "20" in words
        assert "Source: " in words
        box = tip.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 1280
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900
    tab.keyboard.press("Escape")
    assert tab.locator(".tip").is_hidden()


def test_a_first_tap_tells_and_a_second_one_goes(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(address)
    place = page.locator("path[data-code=AUS]").bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 3
    page.touchscreen.tap(x, y)
    page.locator(".tip", has_text="Australia").wait_for()  # the click comes after the touch
    box = page.locator(".tip").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.url == address
    page.touchscreen.tap(x, y)
    page.wait_for_url("**/countries/AUS.html")
    context.close()


FONTS = ('"Liberation Sans"', '"DejaVu Sans"')
OUTSIDE = """() => [...document.querySelectorAll('svg.plot text, svg text')].filter((node) => {
  const svg = node.ownerSVGElement.closest('svg.plot, svg.map, svg:not(svg svg)');
  const box = node.getBoundingClientRect(), frame = svg.getBoundingClientRect();
  return box.width && (box.left < frame.left - 2 || box.right > frame.right + 2);
}).map((node) => node.textContent)"""


@pytest.mark.parametrize(
    "path",
    ["index.html", "figures/type-stock.html", "figures/type-rate.html", KINDS["country"]],
)
def test_the_words_of_drawings_lie_inside_them(tab: Any, path: str) -> None:
    wrong = {}
    for width in (390, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.goto(path)
        for font in FONTS:
            tab.evaluate(
                "font => document.documentElement.style.setProperty('--sans', font, 'important')",
                font,
            )
            found = tab.evaluate(OUTSIDE)
            if found:
                wrong[width, font] = found
    assert not wrong, wrong


def test_no_drawing_has_scientific_notation(tab: Any) -> None:
    tab.goto("figures/index.html")
    pages = tab.evaluate(
        "[...new Set([...document.querySelectorAll('a[href*=\"type-\"]')].map(a => a.href))]"
    )
    assert pages
    html = "".join(tab.request.get(path).text() for path in pages)
    texts = re.findall("<text.*?</text>", html, re.DOTALL)
    assert texts and not [text for text in texts if "e+" in re.sub("<[^>]*>", "", text)]


def test_compare_keeps_the_choice_in_the_address(tab: Any) -> None:
    tab.goto("compare.html")
    tab.select_option("#a", A)
    tab.select_option("#b", B)
    tab.select_option("#x", "SOM")
    tab.select_option("#y", "RUS")
    wait_for_address(tab, f"a={A}", "x=SOM")
    told = tab.locator("#statements-out").inner_text()
    tab.reload()
    assert tab.locator("#statements-out").inner_text() == told and "stayed" in told
    assert tab.locator("#states-out table").is_visible()
    tab.locator("#from").fill("2020-01-01")
    tab.locator("#to").fill("2023-12-31")
    assert "Somalia" in tab.locator("#days-out").inner_text()


def test_two_statements_say_what_is_not_known_and_who_crossed(tab: Any) -> None:
    tab.goto(f"compare.html?a={B}&b=2024-10-22-unga79-c3-supportive")
    told = dict(
        zip(
            tab.locator("#statements-out dt").all_inner_texts(),
            tab.locator("#statements-out dd").all_inner_texts(),
            strict=True,
        )
    )
    unknown = next(names for words, names in told.items() if words.startswith("not known whether"))
    crossed = next(names for words, names in told.items() if words.startswith("crossed"))
    assert "Russia" in unknown and "Somalia" not in unknown and "Somalia" in crossed
    label = tab.locator("#compare-picture svg").get_attribute("aria-label")
    assert "Russia" in label and "Somalia" in label


def test_an_embedded_page_has_the_view_alone_and_may_be_framed(tab: Any) -> None:
    answer = tab.goto("index.html?embed&view=day")
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert tab.locator(".site-head").is_hidden() and tab.locator("svg.map").first.is_visible()
    plain = tab.goto("index.html")
    assert "frame-ancestors 'none'" in plain.headers["content-security-policy"]
    tab.locator(".share button", has_text="Embed").click()
    assert "?embed" in tab.locator("#embed-text").inner_text()


def test_the_shown_map_downloads_as_svg_png_and_csv(tab: Any) -> None:
    tab.goto(f"index.html?view={B}")
    saved = {}
    for kind in ("svg", "png", "csv"):
        with tab.expect_download() as caught:
            tab.locator(f"button[data-save={kind}]").click()
        saved[kind] = caught.value.path().read_bytes()
        assert B in caught.value.suggested_filename
    assert saved["svg"].startswith(b"<svg") and b"Qatar" in saved["csv"]
    width, height = struct.unpack(">II", saved["png"][16:24])
    assert width > 1500 and height > 800


@pytest.mark.parametrize("path", ["countries/SOM.html", "fr/figures/type-stock.html"])
def test_a_drawing_without_a_file_downloads_as_it_is_shown(tab: Any, path: str) -> None:
    tab.goto(path)
    for kind, magic in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with tab.expect_download() as caught:
            tab.locator(".downloads button", has_text=kind).first.click()
        data = caught.value.path().read_bytes()
        assert data.startswith(magic) and len(data) > 1000


MAPS = {"index.html": "AUS", f"statements/{B}.html": "RUS", "countries/SOM.html": "SOM"}


@pytest.mark.parametrize("path", MAPS)
def test_every_map_is_walked_by_keyboard(tab: Any, path: str) -> None:
    tab.goto(path)
    stops = tab.locator("svg.map [tabindex='0'], svg.map a")
    assert stops.count() == 1  # one stop for Tab, however many states there are
    told = []
    stops.first.focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "End", "Home"):
        tab.keyboard.press(key)
        told.append(tab.evaluate("document.activeElement.getAttribute('aria-label')"))
        assert tab.locator(".tip").inner_text() == told[-1]
    many = tab.locator("svg.map [data-code][data-tip]").count() > 2
    assert told[0] == told[-1] and (len(set(told)) == 4) == many
    tab.keyboard.press("Escape")
    assert tab.locator(".tip").is_hidden()
    code = tab.evaluate("document.activeElement.dataset.code")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/countries/{code}.html")


def test_the_focus_on_the_map_follows_the_view(tab: Any) -> None:
    tab.goto("index.html")
    for view in (A, "day"):
        tab.select_option("#what", view)
        tab.locator("svg.map [tabindex='0']").focus()
        name = tab.evaluate("document.activeElement.getAttribute('aria-label')")
        assert name == tab.evaluate("document.activeElement.dataset.tip") and "20" in name


PICTURES = {
    "index.html": ("map-figure", "estimates", "sides", "who-stayed", "who-left"),
    f"statements/{B}.html": ("map",),
    "countries/SOM.html": ("strip", "map"),
    "figures/F001.html": ("chart",),
    f"compare.html?a={A}&b={B}": ("compare-picture",),
    f"ar/statements/{B}.html": ("map",),
}


def test_every_picture_downloads_is_cited_linked_and_embedded(tab: Any) -> None:
    for path, names in PICTURES.items():
        tab.goto(path)
        figures = tab.evaluate(
            "[...document.querySelectorAll('svg.map, svg.plot')].map(n => n.closest('figure').id)"
        )
        assert set(figures) == set(names), path
        for name in names:
            bar = tab.locator(f"#{name}-bar, #{name} .downloads").first
            words = bar.inner_text()
            for wanted in ("SVG", "PNG", "CSV"):
                assert words.count(wanted) == 1, (path, name, words)
            assert bar.locator("button").count() >= 3
            bar.locator("button").last.click()
            text = tab.locator("#picture-text").inner_text()
            assert "?embed&figure=" + name in text
            tab.keyboard.press("Escape")


def test_a_small_map_downloads_with_its_land(tab: Any) -> None:
    tab.goto("countries/SOM.html")
    with tab.expect_download() as caught:
        tab.locator("#map button", has_text="SVG").click()
    saved = caught.value.path().read_bytes()
    assert saved.startswith(b"<svg") and len(saved) > 60_000 and b"<image" not in saved


def test_one_picture_is_embedded_alone(tab: Any) -> None:
    tab.goto("index.html?embed&figure=who-stayed")
    assert tab.locator("svg.flow:visible").count() == 1
    assert tab.locator("h1, #map-figure, .site-head").filter(visible=True).count() == 0
    # A pattern inside something that is not displayed paints nothing.
    hidden = "[...document.querySelectorAll('pattern')].filter(n => n.closest('[hidden]')).length"
    assert tab.evaluate(hidden) == 0 and tab.locator("pattern#hatch").count() == 1


def test_an_address_that_is_not_there_gets_the_page_for_it(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(address + "countries/XXX.html")
    assert answer.status == 404 and "not there" in page.locator("h1").inner_text()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"
    context.close()
