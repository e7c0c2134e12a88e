"""The JavaScript client, run by Node against a local web server.

The same rows as the Python client.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import xinjiang_record as xr
from tests.web_servers import serve_folder

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = Path(os.environ.get("XRECORD_NODE_MODULES", ROOT / "node_modules"))
pytestmark = pytest.mark.skipif(
    not (shutil.which("node") and (NODE_MODULES / "hyparquet").is_dir()),
    reason="needs Node and hyparquet: npm install hyparquet hyparquet-compressors, "
    "XRECORD_NODE_MODULES",
)


# Answers a line of JSON with the value of an expression, at the address of a record.
SCRIPT = """
import { createInterface } from 'node:readline'
import { connect, lastDay } from './index.js'
import { drawChart, fillTable, readStatements } from './example.js'
for await (const line of createInterface({ input: process.stdin })) {
    const [base, expression] = JSON.parse(line)
    const record = connect(base)
    try { console.log(JSON.stringify(await eval(`(async () => ${expression})()`))) }
    catch (error) { console.log(JSON.stringify({ error: error.message })) }
}
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the newest joint-statements to read."""
    source = ROOT / "published" / "joint-statements"
    target = tmp_path_factory.mktemp("record") / "published/joint-statements"
    newest = (source / "latest").resolve()
    shutil.copytree(newest, target / newest.name)
    shutil.copy(source / "versions.json", target)
    return target.parent


@pytest.fixture(scope="module")
def base(published: Path) -> Iterator[str]:
    with serve_folder(published) as address:
        yield address


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, base: str) -> Iterator[Any]:
    """Return the value of an expression, from one Node that answers all tests."""
    client = tmp_path_factory.mktemp("node") / "client"
    client.mkdir()
    for name in ("index.js", "example.js"):
        shutil.copy(ROOT / "clients/js" / name, client)
    (client / "package.json").write_text('{"type": "module"}')
    (client / "node_modules").symlink_to(NODE_MODULES.resolve())
    (client / "script.js").write_text(SCRIPT)
    with subprocess.Popen(
        ["node", client / "script.js"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as node:
        assert node.stdin and node.stdout
        asked, answers = node.stdin, node.stdout

        def run(expression: str, base: str = base) -> Any:
            print(json.dumps([base, expression]), file=asked, flush=True)
            return json.loads(answers.readline())

        yield run
        asked.close()


def test_the_rows_are_those_of_the_python_client(run: Any, published: Path) -> None:
    rows = run("record.load('joint-statements', 'statements')")
    frame = xr.load("joint-statements", "statements", base=published)
    shown = json.loads(frame.to_json(orient="records", date_format="iso"))
    assert len(rows) == len(shown) > 30
    for row, other in zip(rows, shown, strict=True):
        assert {key: str(value)[:10] for key, value in row.items()} == {
            key: str(value)[:10] for key, value in other.items()
        }


@pytest.mark.parametrize("day", ["2019-07-12", "2019-07-20", "2019-08-20", None])
def test_the_roster_of_a_day(run: Any, published: Path, day: str | None) -> None:
    statement = "2019-07-12-hrc41-supportive"
    options = f", {{ asOf: '{day}' }}" if day else ""
    rows = run(f"record.roster('{statement}'{options})")
    expected = xr.roster(statement, as_of=day, base=published)
    assert [row["country_iso3"] for row in rows] == list(expected["country_iso3"])


def test_a_roster_says_how_much_of_the_list_is_known(run: Any, published: Path) -> None:
    columns = ["declared_count", "named_count", "roster_status"]
    for statement in ("2024-10-22-unga79-c3-supportive", "2019-07-12-hrc41-supportive"):
        expected = xr.roster(statement, base=published, as_="arrow").select(columns).to_pylist()
        found = run(f"record.roster('{statement}').then(r => [[...r], r.roster_status])")
        assert [{name: row[name] for name in columns} for row in found[0]] == expected
        assert found[1] == expected[0]["roster_status"]


def test_the_example_page(run: Any, published: Path) -> None:
    """Its cells give the chart and the table that the page shows."""
    chart, table, count = run(
        "readStatements(base).then(rows => [drawChart(rows), fillTable(rows), rows.length])"
    )
    shown = xr.load("joint-statements", "statements", base=published)
    topics = xr.load("joint-statements", "statement_topics", base=published)
    about = set(topics[topics["topic"] == "xinjiang"]["statement_id"])
    shown = shown[shown["statement_id"].isin(about) & shown["declared_count"].notna()]
    assert count == len(shown) == chart.count("<rect") / 2 > 20
    for row in shown.itertuples():
        assert f">{row.named_count} of {row.declared_count}</text>" in chart
        cells = (row.statement_id, row.declared_count, row.named_count, row.roster_status)
        assert f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" in table
    page = (ROOT / "clients/js/example.html").read_text("utf-8")
    assert "from './example.js'" in page


def test_other_bytes_are_refused(run: Any, published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "published")
    table = next(tmp_path.glob("published/joint-statements/*/data/statements.parquet"))
    table.write_bytes(table.read_bytes()[:-1] + b"x")
    with serve_folder(tmp_path / "published") as address:
        message = run("record.load('joint-statements', 'statements')", address)["error"]
    assert "statements.parquet: expected SHA-256" in message


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("record.load('joint-statements', 'nothing')", "no table nothing. There are: "),
        ("record.load('joint-statements', 'statements', { version: '9.9.9' })", "There are: 1"),
        ("record.load('../secret', 'statements')", "package: expected a name"),
        ("record.roster('2019-01-01-none')", "no such statement"),
        ("record.roster('2019-07-12-hrc41-supportive', { asOf: 'July' })", "expected a day"),
        ("record.roster('2019-07-12-hrc41-supportive', { asOf: '2019-02-30' })", "expected a day"),
        ("record.roster('2019-07-12-hrc41-supportive', { asOf: '2999-01-01' })", "it is to come"),
        ("record.versions('documents')", "expected status 200, got 404"),
    ],
)
def test_what_is_not_there_is_named(run: Any, expression: str, words: str) -> None:
    assert words in run(expression)["error"]


def test_the_last_day_of_a_date(run: Any) -> None:
    dates = ["2019", "2019-02", "../2018-11-15", "2021-06-24/2021-06-25", "2021/..", None]
    found = run(f"[{', '.join(json.dumps(item) for item in dates)}].map(lastDay)")
    assert found == ["2019-12-31", "2019-02-28", "2018-11-15", "2021-06-25", None, None]
