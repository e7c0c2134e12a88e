"""A browser, the site on loopback, and axe.

Each test that needs one says how to get it where it is missing.
"""

from __future__ import annotations

import base64
import importlib.util
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest

from tests.web_servers import running
from xinjiang_record import settings
from xinjiang_record.site import build, serve
from xinjiang_record.site.graphics import social_card, svg_to_png
from xinjiang_record.site.pages.page import Page
from xinjiang_record.site.templating import make_renderer

ROOT = Path(__file__).resolve().parents[2]
# The same Chromium without what draws windows, where it is there: half the processor time.
SHELL = Path("/usr/bin/chromium-headless-shell")
CHROMIUM = SHELL if SHELL.exists() else Path("/usr/bin/chromium")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--js-flags=--no-opt,--no-maglev",  # scripts run too shortly to repay their compilation
]
GET_CHROMIUM = f"no {SHELL}: apt-get update && apt-get install -y {SHELL.name}"
GET_AXE = (
    "no axe-core: npm install --prefix build/axe axe-core@4 (or name its folder: XRECORD_AXE=DIR)"
)
NO_CARD = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
NO_PICTURE = base64.b64decode(  # one pixel: tests/site draws the real ones
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def _record() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "site_record", ROOT / "tests" / "site" / "conftest.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Handler(serve.Handler):
    """Write a page when it is asked for the first time: tests open 60 of 4,600."""

    waiting: ClassVar[dict[Path, Callable[[], bytes]]] = {}

    def translate_path(self, path: str) -> str:
        found = Path(super().translate_path(path))
        page = found / "index.html" if found.is_dir() else found
        if make := self.waiting.get(page):
            page.write_bytes(make())
            del self.waiting[page]
        return str(found)


def _make_renderer(target: Path, *arguments: Any) -> Callable[[Page], bytes]:
    """Return what leaves each page to be written when it is asked for."""
    render = make_renderer(*arguments)

    def render_page(page: Page) -> bytes:
        if page.path == "404.html":  # which no address asks for
            return render(page)
        _Handler.waiting[target / page.file] = partial(render, page)
        return b""

    return render_page


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site of the real releases where there are any, else of the small record.

    XRECORD_SITE names a built one.
    """
    folder = tmp_path_factory.mktemp("browser")
    built = settings.environment("XRECORD_SITE")
    target = Path(built) if built else folder / "site"
    if not built:
        published = ROOT / "published"
        if not (published / "detention-figures" / "latest").exists():
            published = folder / "published"
            record = _record()
            tables = {
                "joint-statements": record.joint_statements,
                "detention-figures": record.detention_figures,
            }
            for package, make in {
                **tables,
                "documents": record.documents,
                "responses": record.responses,
            }.items():
                record.write_release(published, package, make())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(build, "make_renderer", partial(_make_renderer, target))
            patch.setattr(social_card, "draw_card", lambda page: NO_CARD)  # no page shows its own
            patch.setattr(svg_to_png, "to_png", lambda svg, scale: NO_PICTURE)
            build.build(published, target, languages=["ar", "fr", "zh"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serve, "Handler", _Handler)
        server = serve.make_server(target)
    with running(server) as address:
        yield f"{address}/"


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(GET_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="package")
def watched(browser: Any, address: str) -> Iterator[tuple[Any, list[str]]]:
    """A page that keeps nothing of the one before, and what its console says is wrong."""
    context = browser.new_context(base_url=address, accept_downloads=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on(
        "console", lambda message: wrong.append(message.text) if message.type == "error" else None
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page, wrong
    context.close()


@pytest.fixture
def tab(watched: tuple[Any, list[str]]) -> Iterator[Any]:
    """A page that fails its test on any console error.

    A refused script, a broken one, a file that is not there.
    """
    page, wrong = watched
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(media="screen", color_scheme="light")
    wrong.clear()
    yield page
    assert not wrong, wrong


@pytest.fixture(scope="module")
def plain_tab(browser: Any, address: str) -> Iterator[Any]:
    """A page without scripts."""
    context = browser.new_context(base_url=address, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="package")
def axe() -> str:
    named = settings.environment("XRECORD_AXE")
    places = [Path(named)] if named else [ROOT / "build" / "axe", ROOT]
    for place in places:
        found = place / "node_modules" / "axe-core" / "axe.min.js"
        if found.is_file():
            return found.read_text("utf-8")
    pytest.skip(GET_AXE)
