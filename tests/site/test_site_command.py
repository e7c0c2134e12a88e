"""``xrecord figure`` and ``xrecord site``.

What they write, say and refuse; what the server sends.
"""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from xinjiang_record.cli.main import group
from xinjiang_record.errors import UsageError
from xinjiang_record.site import serve

A, B = "2019-07-08-hrc41-critical", "2019-07-12-hrc41-supportive"


def run(*arguments: object) -> Any:
    return CliRunner().invoke(group, [str(item) for item in arguments])


def test_a_map_is_written_as_svg_and_png_with_the_same_bytes_each_time(
    published: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        result = run(
            "figure", "map", A, B, "-o", tmp_path / name, "--published", published, "--scale", 0.5
        )
        assert result.exit_code == 0, result.output
        assert result.stdout.split() == [
            str(tmp_path / f"{name}.svg"),
            str(tmp_path / f"{name}.png"),
        ]
    for end in ("svg", "png"):
        assert (tmp_path / f"one.{end}").read_bytes() == (tmp_path / f"two.{end}").read_bytes()
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")


def test_a_chart_is_written_to_the_name_it_is_given(published: Path, tmp_path: Path) -> None:
    result = run(
        "figure",
        "chart",
        "--quantity-type",
        "stock",
        "-o",
        tmp_path / "stock.svg",
        "--published",
        published,
    )
    assert result.exit_code == 0, result.output
    assert [path.name for path in tmp_path.iterdir()] == ["stock.svg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("figure", "map"), "--as-of DATE"),
        (("figure", "map", "no-such-statement"), "No statement 'no-such-statement'"),
        (("figure", "chart", "--quantity-type", "sum"), "No figures of the quantity type 'sum'"),
        (("figure", "chart", "--quantity-type", "stock", "--unit", "years"), "There are: persons"),
        (("figure", "chart", "--quantity-type", "stock", "--measure", "x"), "persons_detained"),
    ],
)
def test_a_wrong_call_says_what_there_is(
    arguments: tuple[str, ...], words: str, published: Path
) -> None:
    result = run(*arguments, "--published", published)
    assert isinstance(result.exception, UsageError) and words in str(result.exception)


def test_no_release_says_how_to_make_one(tmp_path: Path) -> None:
    result = run("figure", "map", A, "--published", tmp_path)
    assert isinstance(result.exception, UsageError) and "xrecord run" in str(result.exception)


def test_the_server_sends_the_policy_and_no_listing(site: Path) -> None:
    running = serve.make_server(site)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{running.server_port}/"
    try:
        with urllib.request.urlopen(base, timeout=10) as answer:
            policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{base}countries/../cards/", timeout=10)
        refused.value.close()
        assert refused.value.code == 404
    finally:
        running.shutdown()
        running.server_close()


def test_no_site_no_server(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="xrecord site build"):
        serve.make_server(tmp_path)
