"""The notebook in docs: it runs, draws a map and a chart, and is kept without outputs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import xinjiang_record as xr

nbclient = pytest.importorskip("nbclient", reason="needs nbclient and ipykernel: make test")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
DAY = "2022-12-31"


def read(root: Path) -> Any:
    return nbformat.read(root / "docs/notebook.ipynb", as_version=4)


def test_the_notebook_has_no_outputs_in_git(root: Path) -> None:
    notebook = read(root)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


@pytest.mark.medium
@pytest.mark.filterwarnings("ignore")  # of the kernel's libraries
def test_the_notebook_runs(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = root / "published"
    monkeypatch.setenv("XRECORD_BASE", str(base))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    client = nbclient.NotebookClient(
        read(root), timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    )
    cells = [cell for cell in client.execute().cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    assert all(output.output_type != "error" for output in outputs)
    text = "".join(output.text for output in outputs if output.output_type == "stream")
    assert xr.cite(base=base).strip() in text and "QAT signed 2019-07-12" in text
    data = [output.data for output in outputs if "data" in output]
    picture, chart = [item["image/svg+xml"] for item in data if "image/svg+xml" in item]
    sides = xr.sides(DAY, base=base)
    shown = dict(re.findall(r"<title>([A-Z]{3}): (critical|supportive)</title>", picture))
    expected = dict(zip(sides["country_iso3"], sides["side"], strict=True))
    assert shown == {code: expected[code] for code in shown} and len(shown) > 100
    assert set(expected) - set(shown) <= {"VAT", "TUV"}  # too small for the map's shapes
    statements = xr.load("joint-statements", "statements", base=base)
    topics = xr.load("joint-statements", "statement_topics", base=base)
    about = set(topics[topics["topic"] == "xinjiang"]["statement_id"])
    counted = statements[statements["declared_count"].notna() & (statements["stance"] != "vote")]
    for row in counted[counted["statement_id"].isin(about)].itertuples():
        assert f"{row.statement_id}</text>" in chart
        assert f"states: {row.declared_count}; statement_id: {row.statement_id}" in chart
        assert f"named_count: {row.named_count}" in chart
