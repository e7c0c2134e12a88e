"""A small published tree, as releases lay it out: enough of every package for every kind of page, and one hostile record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from xinjiang_record import settings
from xinjiang_record.validate.schemas import load_package, table

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = '<script>alert("x")</script>" onload="alert(1)'
Rows = list[dict[str, Any]]


def write_release(published: Path, package: str, tables: Mapping[str, Rows], version: str = "1.0.0") -> Path:
    """One release with the files the site reads; rows are typed by the package's schemas, absent fields are null."""
    spec = load_package(settings.Project(ROOT), package)
    folder = published / package / version
    (folder / "data").mkdir(parents=True)
    resources = []
    for name, schema in spec.schemas.items():
        data = table(schema, tables.get(name, []))
        pq.write_table(data, folder / "data" / f"{name}.parquet")
        (folder / "data" / f"{name}.csv").write_text(",".join(data.column_names) + "\n", "utf-8")
        about = spec.descriptor.get("resource", {}).get(name, {})
        resources.append({"name": name, "path": f"data/{name}.csv", "schema": schema, **about})
    head = {key: value for key, value in spec.descriptor.items() if key not in {"resources", "resource"}}
    descriptor = {**head, "version": version, "created": "2026-11-23T00:00:00Z", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), "utf-8")
    (folder / "CITATION.cff").write_text(f'cff-version: 1.2.0\ntitle: "{descriptor["title"]}"\n', "utf-8")
    names = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in names]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")
    (published / package / "latest").symlink_to(version)
    counts = {name: len(rows) for name, rows in tables.items()}
    ledger = [
        {"version": version, "previous": None, "bump": "first", "reasons": ["first release"], "row_counts": counts}
    ]
    (published / package / "versions.json").write_text(json.dumps({"versions": ledger}), "utf-8")
    return folder


def country(code: str, name: str, region: str, membership: str = "member") -> dict[str, Any]:
    return {
        "country_iso3": code,
        "country_iso2": code[:2],
        "un_membership": membership,
        "m49_region_name": region,
        "name_en": name,
        "name_zh": name,
    }


COUNTRIES = [
    country("CAN", "Canada", "Americas"),
    country("FRA", "France", "Europe"),
    country("ITA", "Italy", "Europe"),
    country("NRU", "Nauru", "Oceania"),
    country("QAT", "Qatar", "Asia"),
    country("RUS", "Russia", "Europe"),
    country("SOM", "Somalia", "Africa"),
    country("PSE", "Palestine", "Asia", "observer"),
]
SOURCE = {
    "source_id": "s-0001",
    "url": "https://example.org/list",
    "publisher": "A newspaper",
    "recorded_on": date(2026, 11, 23),
}
BAD_SOURCE = {**SOURCE, "source_id": "s-0002", "url": "https://example.org/two", "publisher": HOSTILE}


def statement(identifier: str, stance: str, day: date, declared: int, **more: Any) -> dict[str, Any]:
    return {
        "statement_id": identifier,
        "statement_type": "vote" if stance == "vote" else "letter",
        "stance": stance,
        "title": f"Letter of {declared}",
        "body": "UN Human Rights Council",
        "session": "HRC41",
        "delivered_on": day,
        "delivered_edtf": str(day),
        "declared_count": declared,
        "named_count": declared,
        "residual_count": 0,
        "current_count": declared,
        "roster_status": "complete",
        "recorded_on": date(2026, 11, 23),
        **more,
    }


A, B, C, V = (
    "2019-07-08-hrc41-critical",
    "2019-07-12-hrc41-supportive",
    "2022-06-14-hrc50-critical",
    "2022-10-06-hrc51-vote-l6",
)
STATEMENTS = [
    statement(A, "critical", date(2019, 7, 8), 2, current_count=3),
    statement(B, "supportive", date(2019, 7, 12), 4, current_count=3, note=HOSTILE),
    statement(C, "critical", date(2022, 6, 14), 4, title=HOSTILE),
    statement(V, "vote", date(2022, 10, 6), 3, title="Vote on a draft"),
]
SIGNED = [  # statement, code, name, entry, day, withdrew
    (A, "CAN", "Canada", "signed", date(2019, 7, 8), None),
    (A, "FRA", "France", "signed", date(2019, 7, 8), None),
    (A, "ITA", "Italy", "joined", date(2019, 7, 12), None),
    (B, "RUS", "Russia", "signed", date(2019, 7, 12), None),
    (B, "QAT", "Qatar", "signed", date(2019, 7, 12), date(2019, 7, 18)),
    (B, "SOM", "Somalia", "signed", date(2019, 7, 12), None),
    (B, "PSE", "Palestine", "signed", date(2019, 7, 12), None),
    (C, "CAN", "Canada", "signed", date(2022, 6, 14), None),
    (C, "FRA", "France", "signed", date(2022, 6, 14), None),
    (C, "NRU", "Nauru", "signed", date(2022, 6, 14), None),
    (C, "SOM", "Somalia", "signed", date(2022, 6, 14), None),
    (V, "FRA", "France", "voted_yes", date(2022, 10, 6), None),
    (V, "QAT", "Qatar", "voted_no", date(2022, 10, 6), None),
    (V, "ITA", "Italy", "abstained", date(2022, 10, 6), None),
]


def joint_statements() -> dict[str, Rows]:
    events, signatories, positions, evidence = [], [], [], []
    stance = {row["statement_id"]: row["stance"] for row in STATEMENTS}
    for name, code, label, entry, day, left in SIGNED:
        key = {"signatory_id": f"{name}.{code}", "statement_id": name, "country_iso3": code, "signatory_name": label}
        printed = HOSTILE if code == "NRU" else f"the {label}"
        base = {**key, "name_as_printed": printed, "source_id": "s-0001", "is_lead": False}
        events.append(
            {**base, "event_id": f"{name}.{code}.{entry}", "event_type": entry, "event_on": day, "event_edtf": str(day)}
        )
        if left:
            gone = {"event_type": "withdrew", "event_on": left, "event_edtf": str(left)}
            events.append({**base, "event_id": f"{name}.{code}.withdrew", **gone})
        signatories.append(
            {
                **key,
                "entry": entry,
                "signed_on": day,
                "signed_edtf": str(day),
                "withdrew_on": left,
                "withdrew_edtf": str(left) if left else None,
                "is_current": left is None,
                "is_lead": False,
            }
        )
        voted = {"voted_yes": "critical", "voted_no": "supportive", "abstained": "neither"}
        positions.append(
            {
                "country_iso3": code,
                "statement_id": name,
                "delivered_on": day,
                "delivered_edtf": str(day),
                "side": voted.get(entry, stance[name]),
                "is_withdrawn": left is not None,
                "has_changed_sides": code == "SOM",
            }
        )
    for row in STATEMENTS:
        name = row["statement_id"]
        support = {
            "evidence_resource": "statements",
            "record_id": name,
            "source_id": "s-0001",
            "verification": "read_at_source",
        }
        evidence.append({"evidence_id": f"statements.{name}.s-0001", **support, "as_printed": HOSTILE})
    claims = [
        {
            "claim_id": f"{B}.1",
            "statement_id": B,
            "claimed_count": 5,
            "named_count": 4,
            "residual_count": 1,
            "source_id": "s-0002",
        }
    ]
    return {
        "statements": STATEMENTS,
        "statement_topics": [{"statement_id": row["statement_id"], "topic": "xinjiang"} for row in STATEMENTS],
        "statement_leads": [
            {"statement_id": C, "country_iso3": "FRA", "lead_role": "delivered", "as_printed": "France"}
        ],
        "count_claims": claims,
        "signature_events": events,
        "signatories": signatories,
        "positions": positions,
        "countries": COUNTRIES,
        "sources": [SOURCE, BAD_SOURCE],
        "evidence": evidence,
    }


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("record") / "published"
    write_release(folder, "joint-statements", joint_statements())
    return folder
