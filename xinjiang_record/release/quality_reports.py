"""Write the quality reports of a release: checks, findings, quarantine and statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from xinjiang_record.model import Candidate, Finding
from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.tables.csv_text import format_csv

QUARANTINE = ("resource", "record", "field", "reason", "detail", "source_id", "place")


def render_validation(candidate: Candidate) -> str:
    """Return quality/validation.json: the findings of the release, none of which is an error."""
    findings = [_finding(item) for item in candidate.findings]
    by_type = dict(sorted(Counter(item.type for item in candidate.findings).items()))
    return json_text(
        {
            "package": candidate.package,
            "is_valid": True,
            "warning_count": len(findings),
            "warnings_by_type": by_type,
            "warnings": findings,
        }
    )


def _finding(item: Finding) -> dict[str, Any]:
    names = ("type", "message", "resource", "record", "field", "value")
    return {**{name: getattr(item, name) for name in names}, "place": str(item.place or "")}


def render_assertions(candidate: Candidate) -> str:
    """Return quality/assertions.json: each declared range with what was seen."""
    return json_text(
        {"package": candidate.package, "assertions": [dict(item) for item in candidate.assertions]}
    )


def render_quarantine(candidate: Candidate) -> str:
    """Return quality/quarantine.csv: each fact that is not published, with the reason."""
    rows = [
        (
            item.resource,
            item.record,
            item.field,
            item.reason,
            item.detail,
            item.source,
            str(item.place),
        )
        for item in candidate.quarantine
    ]
    return format_csv(QUARANTINE, sorted(rows))


def render_stats(
    parquets: Mapping[str, Sequence[Path]], schemas: Mapping[str, Mapping[str, Any]]
) -> str:
    """Return quality/stats.json: rows, filled cells, and the range of numbers and dates."""
    return json_text(
        {name: _table_stats(paths, schemas[name]["fields"]) for name, paths in parquets.items()}
    )


def _table_stats(paths: Sequence[Path], fields: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    files = [pq.read_metadata(path) for path in paths]
    groups = [file.row_group(number) for file in files for number in range(file.num_row_groups)]
    rows = sum(file.num_rows for file in files)
    columns = {
        field["name"]: _field_stats(
            [group.column(number).statistics for group in groups], rows, field["type"]
        )
        for number, field in enumerate(fields)
    }
    return {"rows": rows, "fields": columns}


def _field_stats(statistics: Iterable[Any], rows: int, kind: str) -> dict[str, Any]:
    known = [item for item in statistics if item is not None]
    result: dict[str, Any] = {"filled": rows - sum(item.null_count for item in known)}
    ends = [(item.min, item.max) for item in known if item.has_min_max]
    if ends and kind not in ("string", "boolean"):
        result |= {
            "min": _plain(min(low for low, _ in ends)),
            "max": _plain(max(high for _, high in ends)),
        }
    return result


def _plain(value: float | date) -> float | str:
    return value if isinstance(value, int | float) else value.isoformat()
