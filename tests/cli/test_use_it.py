"""The lines of the README's "Use it", in an environment with the wheel alone, against web servers.

One server answers to Range, the other does not. What they serve is the published record.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.web_servers import Plain, serve_folder
from xinjiang_record.site.serve import Handler

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = Path(os.environ.get("XRECORD_NODE_MODULES", ROOT / "node_modules"))
SECTION = re.search(r"## Use it\n(.*?)\n## ", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def snippet(language: str) -> str:
    assert SECTION
    found = re.search(rf"```{language}\n(.*?)```", SECTION[1], re.DOTALL)
    assert found, language
    return found[1]


@pytest.fixture(scope="module", params=[Handler, Plain], ids=["range", "no range"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    with serve_folder(ROOT / "published", request.param) as address:
        yield address


def run(command: list[str | Path], place: Path, **more: str) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(place), "LC_ALL": "C.UTF-8", **more}
    done = subprocess.run(
        command, cwd=place, env=environment, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_python_with_the_wheel_alone(base: Path, address: str, tmp_path: Path) -> None:
    command: list[str | Path] = [base / "bin/python", "-W", "error", "-c", snippet("python")]
    found = "QAT signed 2019-07-12, withdrew 2019-07-18\n36 37 complete\n"
    assert run(command, tmp_path, XRECORD_BASE=address) == found
    assert (tmp_path / ".cache/xinjiang-record/files").is_dir()
    offline = [command[0], "-W", "ignore", *command[3:]]
    assert run(offline, tmp_path, XRECORD_BASE=address, XRECORD_OFFLINE="1") == found


@pytest.mark.skipif(
    not shutil.which("Rscript"),
    reason="R is not installed here (Debian: r-base-core); CI installs it",
)
def test_r(address: str, tmp_path: Path) -> None:
    script = "options(width = 200)\n" + snippet("r").replace('"published/', f'"{address}/')
    shown = run(["Rscript", "--vanilla", "-e", script], tmp_path)
    assert re.search(r"2019-07-12-hrc41-supportive +37 +complete +50", shown), shown
    assert re.search(r"2024-10-22-unga79-c3-supportive +80 +partial +5", shown), shown


@pytest.mark.skipif(
    not (shutil.which("node") and (NODE_MODULES / "hyparquet").is_dir()),
    reason="needs Node and hyparquet: npm install hyparquet, XRECORD_NODE_MODULES",
)
def test_javascript(address: str, tmp_path: Path) -> None:
    modules = tmp_path / "node_modules"
    modules.mkdir()
    for module in NODE_MODULES.resolve().iterdir():
        (modules / module.name).symlink_to(module)
    shutil.copytree(ROOT / "clients/js", modules / "xinjiang-record")
    script = tmp_path / "script.mjs"
    script.write_text(snippet("js").replace("https://example.org/data", address))
    assert run(["node", script], tmp_path) == "36 37 complete\n"


def httpfs() -> bool:
    with duckdb.connect() as connection:
        try:
            connection.execute("LOAD httpfs")
        except duckdb.Error:
            return False
    return True


@pytest.mark.parametrize("where", ["folder", "address"])
def test_sql(where: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = snippet("sql")
    if where == "address":
        if not httpfs():
            pytest.skip("DuckDB's extension httpfs is not installed here, and CI has no address")
        query = query.replace("'published/", f"'{address}/")
    monkeypatch.chdir(ROOT)
    counts = {row[0]: row[1:] for row in duckdb.sql(query).fetchall()}
    assert counts["2019-07-12-hrc41-supportive"] == (
        37,
        "complete",
        50,
    )  # 36 and 14 who joined later
    assert counts["2024-10-22-unga79-c3-supportive"] == (80, "partial", 5)
