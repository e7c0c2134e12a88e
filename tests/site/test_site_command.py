"""``xrecord figure`` and ``xrecord site``.

What they write, say and refuse; what the server sends.
"""

from __future__ import annotations

import http.client
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.web_servers import running
from xinjiang_record import client, extras, settings
from xinjiang_record.cli.main import group
from xinjiang_record.errors import EnvironmentFault, UsageError
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
        (("figure", "map", "--as-of", "2026-13-01"), "expected YYYY-MM-DD, got '2026-13-01'"),
        (("figure", "map", "--as-of", "2999-01-01"), "it is to come"),
        (
            ("figure", "map", "--as-of", "2017-01-01"),
            "the day of the first position, or later, got",
        ),
        (
            ("figure", "map", A, "--as-of", "2017-01-01"),
            "the day of the first position, or later, got",
        ),
        (("figure", "map", A, "-o", "map.pdf"), "expected .svg, .png or no ending, got 'map.pdf'"),
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


def test_without_the_extra_for_png_nothing_is_written(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = "no_such_library_draws_png"
    monkeypatch.setitem(extras.EXTRAS, "site", (missing,))
    result = run("figure", "map", A, "-o", tmp_path / "map", "--published", published)
    assert isinstance(result.exception, EnvironmentFault) and missing in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_no_release_says_how_to_make_one(tmp_path: Path) -> None:
    result = run("figure", "map", A, "--published", tmp_path)
    assert isinstance(result.exception, UsageError) and "xrecord run" in str(result.exception)


def test_the_server_sends_the_policy_and_no_listing(site: Path) -> None:
    with running(serve.make_server(site)) as base:
        with urllib.request.urlopen(f"{base}/", timeout=10) as answer:
            policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{base}/countries/../cards/", timeout=10)
        refused.value.close()
        assert refused.value.code == 404


def test_no_site_no_server(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="xrecord site build"):
        serve.make_server(tmp_path)


@pytest.fixture(scope="module")
def served(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A copy of the site on loopback, with files in it that must not be served."""
    folder = tmp_path_factory.mktemp("served") / "site"
    shutil.copytree(site, folder)
    secret = folder.parent / "secret.txt"
    secret.write_text("not for readers", "utf-8")
    (folder / "leads-out.txt").symlink_to(secret)
    (folder / "outside").symlink_to(folder.parent, target_is_directory=True)
    os.mkfifo(folder / "pipe.txt")
    (folder / "ring").symlink_to("ring")
    with running(serve.make_server(folder)) as address:
        yield address.removeprefix("http://"), folder


def ask(address: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("GET", path, headers={name.title(): text for name, text in headers.items()})
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


@pytest.mark.parametrize(
    "path",
    [
        "/leads-out.txt",
        "/outside/secret.txt",
        "/outside",
        "/pipe.txt",
        "/../secret.txt",
        "/none.html",
        "/ring",
        "/index.html/",
        "/a" * 9_000,
    ],
    ids=lambda path: str(path)[:20],
)
def test_only_regular_files_inside_the_folder_are_served(
    served: tuple[str, Path], path: str
) -> None:
    status, headers, body = ask(served[0], path)
    assert status == 404 and b"not for readers" not in body
    assert b"This page is not there" in body
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_a_page_for_what_is_not_there_does_not_lead_out(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("not for readers")
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("here")
    (folder / "404.html").symlink_to(tmp_path / "secret.txt")
    with running(serve.make_server(folder)) as address:
        assert ask(address.removeprefix("http://"), "/none")[::2] == (404, b"Not found\n")


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/index.html", "evil.test", 400),
        ("/index.html", "127.0.0.1.evil.test:80", 400),
        ("/index.html", "LOCALHOST:1", 200),
        ("/index.html", "[::1]:65535", 200),
        ("/index.html", "localhost:", 200),
        ("/index.html", "localhost:0", 400),
        ("/index.html", "localhost:65536", 400),
        ("/index.html", "localhost:99999", 400),
        ("/index.html", "127.0.0.1:+80", 400),
        (f"/{'a' * 70_000}", "127.0.0.1", 414),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_request_under_another_name_or_too_long_is_refused(
    served: tuple[str, Path], path: str, host: str, status: int
) -> None:
    assert ask(served[0], path, host=host)[0] == status


def test_two_names_in_one_request_are_refused(served: tuple[str, Path]) -> None:
    connection = http.client.HTTPConnection(served[0], timeout=10)
    connection.putrequest("GET", "/index.html", skip_host=True)
    connection.putheader("Host", "localhost")
    connection.putheader("Host", "evil.test")
    connection.endheaders()
    assert connection.getresponse().status == 400
    connection.close()


def test_a_browser_that_says_nothing_is_not_waited_for() -> None:
    assert 0 < serve.Handler.timeout <= 60


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-3", 0, 3),
        ("bytes=5-", 5, None),
        ("bytes=-8", -8, None),
        ("bytes=2-99999999", 2, None),
    ],
)
def test_a_range_of_bytes_is_answered(
    served: tuple[str, Path], asked: str, first: int, last: int | None
) -> None:
    path = "joint-statements/latest/statements.parquet"
    whole = (served[1] / path).read_bytes()
    status, headers, body = ask(served[0], f"/{path}", range=asked)
    assert status == 206 and headers["Accept-Ranges"] == "bytes"
    assert body == whole[first : None if last is None else last + 1]
    start = first if first >= 0 else len(whole) + first
    assert headers["Content-Range"] == f"bytes {start}-{start + len(body) - 1}/{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=9-3", "lines=1-2", "bytes=0-1,4-5"])
def test_a_range_that_cannot_be_given_says_so(served: tuple[str, Path], asked: str) -> None:
    status, headers, _ = ask(served[0], "/index.html", range=asked)
    assert status == 416 and headers["Content-Range"].startswith("bytes */")


def test_the_data_of_the_site_is_a_base_for_the_client(served: tuple[str, Path]) -> None:
    table = client.load("joint-statements", "statements", base=f"http://{served[0]}")
    assert len(table) == 4


def test_the_homepage_of_the_project_is_the_address_of_the_site(tmp_path: Path) -> None:
    project = settings.Project(tmp_path)
    assert project.homepage == ""
    (tmp_path / "xrecord.toml").write_text('homepage = "https://example.org/x/"\n', "utf-8")
    assert project.homepage == "https://example.org/x/"
    (tmp_path / "xrecord.toml").write_text("homepage = 3\n", "utf-8")
    with pytest.raises(UsageError, match="expected an address in quotes, got 3"):
        _ = project.homepage


def test_the_site_takes_its_address_from_the_project(published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "published", symlinks=True)
    (tmp_path / "xrecord.toml").write_text('homepage = "https://example.org/x/"\n', "utf-8")
    result = run(
        *("site", "build", "--english-only", "-o", tmp_path / "site"),
        *("--published", tmp_path / "published"),
    )
    assert result.exit_code == 0, result.output
    text = (tmp_path / "site" / "sitemap.xml").read_text("utf-8")
    assert "<loc>https://example.org/x/index.html</loc>" in text
    page = (tmp_path / "site" / "404.html").read_text("utf-8")
    assert 'href="/x/assets/site.css"' in page
