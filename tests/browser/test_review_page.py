"""The review page in Chromium: marks in the document, keyboard alone, saving through the server."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.warm_commands import SERVER, XRECORD, WarmProcess

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Joint statement</title>
<meta property="og:site_name" content="Mission"><link rel="canonical" href="https://m.example.org/a">
</head><body><h1>Joint statement</h1><p>This joint statement was delivered on behalf of 4 countries:
Albania, Austria, Korea, &lt;img src=x onerror=alert(1)&gt;, Canada.</p></body></html>"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("raw", "schemas"):
        shutil.copytree(
            ROOT / name, tmp_path / "project" / name, ignore=shutil.ignore_patterns("snapshots")
        )
    (tmp_path / "project/page.html").write_text(PAGE, "utf-8")
    return tmp_path / "project"


@pytest.fixture
def served(project: Path, tmp_path: Path) -> Iterator[tuple[str, WarmProcess]]:
    """The address of the page, and the command that waits for its decision."""
    (out := tmp_path / "out").touch()
    command = ["-c", XRECORD, "add", "page.html", "--review"]
    process = SERVER.start(command, os.environ, project, out, seconds=300)
    while not (found := re.search(r"^Review: (\S+)\n", out.read_text(), re.MULTILINE)):
        assert process.poll() is None, out.read_text()
        time.sleep(0.1)
    yield found[1], process
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def fill(page: Any, name: str, value: str) -> None:
    """Reach a control by its label and type; no pointer is used."""
    control = page.get_by_label(name, exact=True)
    control.focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(value)


def test_a_draft_is_decided_with_the_keyboard_alone(
    browser: Any, served: tuple[str, WarmProcess], project: Path
) -> None:
    address, process = served
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda item: wrong.append(item.text) if item.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(address)
    assert {"Albania", "Austria", "Canada"} <= set(page.locator("mark").all_inner_texts())
    assert page.locator("img").count() == 0  # the document's markup is text
    assert "open" in page.locator("#count").inner_text()
    fill(page, "Folder id", "2026-06-14-hrc62-critical")
    fill(page, "Delivered (EDTF)", "2026-06-14")
    fill(page, "Body", "UN Human Rights Council")
    for name, letters in (
        ("Kind of text", "joint"),
        ("Side", "crit"),
        ("Names known", "par"),
    ):
        page.get_by_label(name, exact=True).focus()
        page.keyboard.type(letters)
    page.get_by_label("xinjiang", exact=True).focus()
    page.keyboard.press("Space")
    fill(page, "state of Korea", "KOR")
    fill(page, "reason for Korea", "Its mission read it.")
    assert page.locator("mark.here").inner_text() == "Korea"
    for row in page.locator(".row.open input[type=checkbox]").all():
        row.focus()
        page.keyboard.press("Space")
    assert ", 0 open; 0 facts not known" in page.locator("#count").inner_text()
    page.locator("#save").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Saved.").wait_for()
    context.close()
    assert process.wait(60) == 0
    assert wrong == []
    text = (project / "raw/joint-statements/2026-06-14-hrc62-critical/statement.toml").read_text()
    assert 'stance = "critical"' in text and 'topics = ["xinjiang"]' in text
    assert 'reason = "Its mission read it."' in text
    names = (project / "raw/joint-statements/2026-06-14-hrc62-critical/signatories.txt").read_text()
    assert names.split() == ["Albania", "Austria", "Korea", "Canada"]


def test_only_the_address_with_the_token_is_answered(
    served: tuple[str, WarmProcess],
) -> None:
    address, process = served
    root = address.split("/", 3)[2]
    for request in (
        urllib.request.Request(f"http://{root}/"),
        urllib.request.Request(address, headers={"Host": "evil.example"}),
        urllib.request.Request(f"http://{root}/x/", data=b"{}"),
        urllib.request.Request(address, data=json.dumps({"format": 1, "x": 1}).encode()),
    ):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        refused.value.close()
        assert refused.value.code in (400, 404)
    assert process.poll() is None


def test_the_page_fits_a_phone_and_has_no_fault_of_access(
    browser: Any, served: tuple[str, WarmProcess]
) -> None:
    address, _ = served
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input,select,button')].filter("
        "(n) => !(n.ariaLabel || n.labels?.length || n.textContent)).length"
    )
    assert unnamed == 0
    context.close()
