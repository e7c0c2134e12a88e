"""Read the registry of sources, raw/sources.csv, and the register of weak hosts.

    raw/sources.csv      one row a page, document or file
    raw/weak_hosts.csv   hosts whose pages are copies, forums or aggregators: host,reason

Two sources with one ``origin`` repeat one text, and count once. A source is weak where
``weak_reason`` says why: nothing is published on it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from xinjiang_record import edtf
from xinjiang_record.data_packages.parse_cells import keep_first, parse_day, parse_edtf
from xinjiang_record.model import Finding, Row
from xinjiang_record.raw_files import MORE_SOURCE_COLUMNS, SOURCE_COLUMNS, RawFolder, parse_csv

HOST_COLUMNS = ("host", "reason")
Sources = Mapping[str, Row]


def read_sources(folder: RawFolder) -> tuple[Sources, list[Finding]]:
    """Return the registry by source id, and every finding about it."""
    if "sources.csv" not in folder.files:
        return {}, list(folder.findings)
    rows, findings = parse_csv(
        folder.files["sources.csv"], SOURCE_COLUMNS, optional=MORE_SOURCE_COLUMNS
    )
    keep_first(rows, ("url",), findings)
    kept = keep_first(rows, ("source_id",), findings)
    hosts, more = _read_hosts(folder)
    findings += more
    weak = tuple(f".{name}" for name in hosts)
    for row in kept:
        parse_edtf(row, "published_edtf", findings)
        parse_day(row, "recorded_on", findings)
        findings += _check(row, hosts, weak)
    return {row["source_id"]: row for row in kept}, [*folder.findings, *findings]


def _read_hosts(folder: RawFolder) -> tuple[dict[str, str], list[Finding]]:
    if "weak_hosts.csv" not in folder.files:
        return {}, []
    rows, findings = parse_csv(folder.files["weak_hosts.csv"], HOST_COLUMNS)
    return {row["host"]: row["reason"] for row in keep_first(rows, ("host",), findings)}, findings


def host_of(url: str) -> str:
    """Return the host of an address, without a leading ``www.``; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _check(row: Row, hosts: Mapping[str, str], weak: tuple[str, ...]) -> list[Finding]:
    """Return a finding for a weak host or home page without ``weak_reason``."""
    if row["weak_reason"]:
        return []
    host, address = host_of(row["url"]), urlsplit(row["url"])
    reason = ""
    if f".{host}".endswith(weak):
        on = next(name for name in hosts if f".{host}".endswith(f".{name}"))
        reason = f"{on} is a weak host ({hosts[on]})"
    if address.path in ("", "/") and not address.query and not address.fragment:
        reason = "the address is a home page"
    if not reason:
        return []
    message = f"{row['source_id']}: {reason}. Say so in weak_reason, or cite another page."
    more: dict[str, Any] = {"field": "weak_reason", "value": row["url"], "record": row["source_id"]}
    return [Finding("weak-host", message, row.place, resource="sources", **more)]


def is_weak(source_id: str, sources: Sources) -> bool:
    """Return whether nothing is published on this source alone."""
    return source_id in sources and bool(sources[source_id].get("weak_reason"))


def origin_of(source_id: str, sources: Sources) -> str:
    """Return the first text that a source repeats, or the source itself."""
    row = sources.get(source_id)
    return (row.get("origin") if row else "") or source_id


def count_origins(source_ids: Iterable[str], sources: Sources) -> int:
    """Return how many independent origins there are among sources that are not weak."""
    strong = {name for name in source_ids if name in sources and not is_weak(name, sources)}
    return len({origin_of(name, sources) for name in strong})


def source_row(row: Row) -> dict[str, Any]:
    """Return the row of the table ``sources``."""
    names = ("source_id", "publisher", "url", "published_edtf", "language", "note")
    return {
        **{name: row[name] or None for name in names},
        "source_title": row["title"] or None,
        "source_label": row.get("label") or None,
        "source_kind": row.get("kind") or None,
        "origin": row.get("origin") or None,
        "is_weak": bool(row.get("weak_reason")),
        "weak_reason": row.get("weak_reason") or None,
        "recorded_on": edtf.full_day(row["recorded_on"]),
    }
