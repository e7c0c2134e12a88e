"""Corrections that expire, and assertions that are ranges."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from xinjiang_record.data_packages.assertions import check_assertions, read_assertions
from xinjiang_record.data_packages.corrections import (
    apply_corrections,
    cited_sources,
    read_corrections,
)
from xinjiang_record.errors import CorrectionError, SchemaError

KEYS = {"claims": ["claim_id"], "evidence": ["evidence_id"]}
EVIDENCE = (
    "evidence_id",
    "evidence_resource",
    "record_id",
    "evidence_field",
    "source_id",
    "verification",
    "note",
)
GOOD = """
[[corrections]]
table = "claims"
match = { claim_id = "c-2" }
field = "count"
expect = 37
value = 50
reason = "source_correction"
source = "s-0041"
note = "Corrected the next day."
"""


def tables() -> dict[str, pa.Table]:
    claims = pa.table(
        {
            "claim_id": ["c-1", "c-2", "c-3"],
            "count": pa.array([22, 37, None], pa.int64()),
            "said_on": pa.array([date(2019, 7, 8), date(2019, 7, 12), None]),
            "note": pa.array(["a", None, "c"]),
        }
    )
    return {
        "claims": claims,
        "evidence": pa.schema([(name, pa.string()) for name in EVIDENCE]).empty_table(),
    }


def applied(text: str, tmp_path: Path, given: dict[str, pa.Table] | None = None) -> Any:
    path = tmp_path / "corrections.toml"
    path.write_text(text, "utf-8")
    return apply_corrections(given or tables(), read_corrections(path), KEYS)


def test_a_correction_changes_a_cell_and_leaves_evidence(tmp_path: Path) -> None:
    done, evidence, reasons = applied(GOOD, tmp_path)
    assert done["claims"]["count"].to_pylist() == [22, 50, None]
    assert tables()["claims"].schema == done["claims"].schema
    assert reasons == {("claims", "c-2", "count"): ("source_correction", "s-0041")}
    (row,) = evidence
    assert row["evidence_id"] == "claims.c-2.count.s-0041"
    assert row["verification"] == "declared"
    assert row["note"] == "Corrected the next day. Correction (source_correction): 37 became 50."
    assert done["evidence"].num_rows == 1
    assert cited_sources(read_corrections(tmp_path / "corrections.toml")) == ("s-0041",)


def test_empty_and_dates(tmp_path: Path) -> None:
    text = GOOD.replace("expect = 37", 'expect = ""').replace('"c-2"', '"c-3"')
    assert applied(text, tmp_path)[0]["claims"]["count"].to_pylist() == [22, 37, 50]
    text = (
        GOOD.replace('"count"', '"said_on"')
        .replace("expect = 37", "expect = 2019-07-12")
        .replace("value = 50", 'value = ""')
    )
    assert applied(text, tmp_path)[0]["claims"]["said_on"].to_pylist() == [
        date(2019, 7, 8),
        None,
        None,
    ]


def test_the_same_evidence_twice_has_two_names(tmp_path: Path) -> None:
    text = GOOD + GOOD.replace("expect = 37", "expect = 50").replace("value = 50", "value = 51")
    names = [row["evidence_id"] for row in applied(text, tmp_path)[1]]
    assert names == ["claims.c-2.count.s-0041", "claims.c-2.count.s-0041.2"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"c-2"', '"c-9"', "correction 1 matches no row of claims"),
        ("expect = 37", "expect = 36", "count is 37 and no longer 36"),
        ("value = 50", 'value = "fifty"', "'fifty' is not a int64"),
        ('field = "count"', 'field = "claim_id"', "part of the record's key"),
        ('field = "count"', 'field = "sum"', "claims has no field 'sum'"),
        ('table = "claims"', 'table = "others"', "there is no table 'others'"),
        ('"source_correction"', '"because"', "gives the reason 'because'; one of: new_evidence"),
        ('source = "s-0041"', "", "lacks source"),
        ('source = "s-0041"', 'source = "s-0041"\nwho = "me"', "has the unknown key who"),
        ('{ claim_id = "c-2" }', "{}", "matches every row"),
        ('note = "Corrected the next day."', "= broken", "line 10"),
    ],
)
def test_what_no_longer_applies_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(CorrectionError) as caught:
        applied(GOOD.replace(old, new), tmp_path)
    assert said in str(caught.value)


def test_our_error_needs_telling(tmp_path: Path) -> None:
    text = GOOD.replace("source_correction", "our_error")
    applied(text, tmp_path)
    with pytest.raises(CorrectionError, match="has no note that explains it"):
        applied(text.replace('note = "Corrected the next day."', ""), tmp_path)


def test_no_file_is_no_correction(tmp_path: Path) -> None:
    assert read_corrections(tmp_path / "absent.toml") == ()
    assert read_assertions(tmp_path / "absent.toml") == ()


def asserted(text: str, tmp_path: Path) -> tuple[list[str], list[tuple[str, str]]]:
    path = tmp_path / "assertions.toml"
    path.write_text(text, "utf-8")
    rows, findings = check_assertions(tables(), read_assertions(path))
    return [row["status"] for row in rows], [(item.severity, item.message) for item in findings]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("rows = { min = 2, max = 4 }", "passed"),
        ("rows = { min = 4 }", "failed"),
        ("rows = { max = 2 }", "warned"),
        ('field = "count"\nfilled = { min = 0.6, max = 0.7 }', "passed"),
        ('field = "count"\nfilled = { min = 0.7 }', "failed"),
        ('field = "said_on"\nspan = { min = 2019-07-01, max = 2019-07-31 }', "passed"),
        ('field = "said_on"\nspan = { min = 2019-07-09 }', "failed"),
        ('field = "said_on"\nspan = { max = 2019-07-09 }', "warned"),
    ],
)
def test_below_refuses_above_warns(tmp_path: Path, text: str, status: str) -> None:
    statuses, findings = asserted(f'[[assertions]]\ntable = "claims"\n{text}\n', tmp_path)
    assert statuses == [status]
    severities = {"passed": [], "failed": ["error"], "warned": ["warning"]}[status]
    assert [severity for severity, _ in findings] == severities
    assert all("the asserted" in message for _, message in findings)


@pytest.mark.parametrize(
    "text",
    [
        'table = "claims"',
        "rows = { min = 1 }",
        'table = "claims"\nfilled = { min = 1 }',
        'table = "x"\nrows = { min = 1 }',
        'table = "claims"\nrow = 1',
        "= =",
    ],
)
def test_a_wrong_assertion_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(SchemaError, match=r"assertion|asserted|TOML|toml"):
        asserted(f"[[assertions]]\n{text}\n", tmp_path)
