"""A small published tree, as releases lay it out.

Enough of every package for every kind of page, and one hostile record.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record import settings
from xinjiang_record.model import Candidate
from xinjiang_record.release import publish
from xinjiang_record.schema.load import load_package, make_table
from xinjiang_record.site import build
from xinjiang_record.site.graphics import svg_to_png

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = '<script>alert("x")</script>" onload="alert(1)'
Rows = list[dict[str, Any]]


def write_release(published: Path, package: str, tables: Mapping[str, Rows]) -> Path:
    """One real release, by the code that makes them all.

    Rows are typed by the package's schemas, absent fields are null.
    """
    spec = load_package(settings.Project(ROOT), package)
    schemas = {
        name: kept_keys(schema, tables) for name, schema in spec.schemas.items() if tables.get(name)
    }
    typed = {
        name: make_table(
            schema, [whole(schema, row, number) for number, row in enumerate(tables[name])]
        )
        for name, schema in schemas.items()
    }
    descriptor = {**spec.descriptor, "resources": list(schemas)}
    candidate = Candidate(package, descriptor, schemas, typed, "2026-11-23T00:00:00Z")
    return Path(publish(candidate, published).path)


def kept_keys(schema: Mapping[str, Any], tables: Mapping[str, Rows]) -> dict[str, Any]:
    """The schema without keys into tables that this record leaves out."""
    keys = [
        key
        for key in schema.get("foreignKeys", [])
        if tables.get(key["reference"].get("resource", ""))
    ]
    return {
        **{name: value for name, value in schema.items() if name != "foreignKeys"},
        **({"foreignKeys": keys} if keys else {}),
    }


def whole(schema: Mapping[str, Any], row: dict[str, Any], number: int) -> dict[str, Any]:
    """The row with something in every field that the schema requires."""
    plain = {
        "string": f"x{number}",
        "integer": number,
        "number": float(number),
        "boolean": False,
        "date": date(2026, 11, 23),
    }
    needed = [
        item
        for item in schema["fields"]
        if item.get("constraints", {}).get("required") and row.get(item["name"]) is None
    ]
    return {**row, **{item["name"]: plain[item["type"]] for item in needed}}


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
BAD_SOURCE = {
    **SOURCE,
    "source_id": "s-0002",
    "url": "https://example.org/two",
    "publisher": HOSTILE,
}


def statement(
    identifier: str, stance: str, day: date, declared: int, **more: Any
) -> dict[str, Any]:
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
        key = {
            "signatory_id": f"{name}.{code}",
            "statement_id": name,
            "country_iso3": code,
            "signatory_name": label,
        }
        printed = HOSTILE if code == "NRU" else f"the {label}"
        voted = {"voted_yes": "critical", "voted_no": "supportive", "abstained": "neither"}
        side = voted.get(entry, stance[name])
        base = {
            **key,
            "name_as_printed": printed,
            "source_id": "s-0001",
            "is_lead": False,
            "side": side,
            "is_counted": True,
        }
        events.append(
            {
                **base,
                "event_id": f"{name}.{code}.{entry}",
                "event_type": entry,
                "event_on": day,
                "event_edtf": str(day),
            }
        )
        if left:
            gone = {"event_type": "withdrew", "event_on": left, "event_edtf": str(left)}
            events.append({**base, "event_id": f"{name}.{code}.withdrew", **gone})
        signatories.append(
            {
                **key,
                "position_kind": entry,
                "side": side,
                "signed_on": day,
                "signed_edtf": str(day),
                "withdrew_on": left,
                "withdrew_edtf": str(left) if left else None,
                "is_current": left is None,
                "is_lead": False,
            }
        )
        positions.append(
            {
                "country_iso3": code,
                "statement_id": name,
                "delivered_on": day,
                "delivered_edtf": str(day),
                "side": side,
                "position_kind": entry,
                "position_edtf": str(day),
                "is_withdrawn": left is not None,
                "has_changed_sides": code == "SOM",
            }
        )
    for kind, code, side, counted in (
        ("sponsored", "CAN", "critical", True),
        ("spoke", "RUS", "supportive", False),
    ):
        events.append(
            {
                "event_id": f"{V}.{code}.{kind}",
                "signatory_id": f"{V}.{code}",
                "statement_id": V,
                "country_iso3": code,
                "signatory_name": code.title(),
                "event_type": kind,
                "event_on": date(2022, 9, 26),
                "event_edtf": "2022-09-26",
                "name_as_printed": code,
                "source_id": "s-0001",
                "is_lead": False,
                "side": side,
                "is_counted": counted,
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
        evidence.append(
            {"evidence_id": f"statements.{name}.s-0001", **support, "as_printed": HOSTILE}
        )
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
        "statement_topics": [
            {"statement_id": row["statement_id"], "topic": "xinjiang"} for row in STATEMENTS
        ],
        "statement_leads": [
            {
                "statement_id": C,
                "country_iso3": "FRA",
                "lead_role": "delivered",
                "as_printed": "France",
            }
        ],
        "count_claims": claims,
        "signature_events": events,
        "signatories": signatories,
        "positions": positions,
        "countries": COUNTRIES,
        "sources": [SOURCE, BAD_SOURCE],
        "evidence": evidence,
    }


FIGURE = {
    "figure_kind": "estimate",
    "measure": "persons_detained",
    "unit": "persons",
    "custody_type": "camp",
    "source_id": "s-0001",
    "area_id": "xinjiang",
}
DATED = {
    "published_on": date(2018, 8, 3),
    "published_edtf": "2018-08-03",
    "recorded_on": date(2026, 11, 23),
}


def figure(identifier: str, quantity_type: str, qualifier: str, **more: Any) -> dict[str, Any]:
    return {
        **FIGURE,
        **DATED,
        "figure_id": identifier,
        "quantity_type": quantity_type,
        "qualifier": qualifier,
        "publisher": "A body",
        **more,
    }


def detention_figures() -> dict[str, Rows]:
    figures = [
        figure("F001", "stock", "range", value_low=1e6, value_high=3e6, as_of_edtf="2018-06"),
        figure("F002", "stock", "more_than", value_low=1e6, publisher=HOSTILE, note=HOSTILE),
        figure(
            "F003",
            "stock",
            "exact",
            value_point=12_000.0,
            period_start_edtf="2017",
            period_end_edtf="2018",
        ),
        figure("F004", "flow", "exact", value_point=15_683.0),
        figure("F005", "rate", "nearly", value_point=0.1, unit="share"),
        figure("F006", "stock", "non_numeric"),
    ]
    link = {
        "link_id": "F002.supersedes.F001",
        "figure_id": "F002",
        "link_type": "supersedes",
        "to_figure_id": "F001",
        "reason": HOSTILE,
    }
    return {
        "figures": figures,
        "figure_links": [link],
        "sources": [SOURCE],
        "measures": [{"measure": "persons_detained", "unit": "persons"}],
        "areas": [{"area_id": "xinjiang", "title": "Xinjiang"}],
    }


def documents() -> dict[str, Rows]:
    row = {
        **DATED,
        "document_id": "D001",
        "document_kind": "leaked",
        "title": HOSTILE,
        "title_zh": "新疆",
        "source_id": "s-0001",
    }
    order = {
        "directive_id": "D001.1",
        "document_id": "D001",
        "position": 1,
        "text_en": HOSTILE,
        "source_id": "s-0001",
    }
    term = {"term_id": "xinjiang", "term_kind": "place", "title": "Xinjiang"}
    name = {
        "term_name_id": "xinjiang.zh.1",
        "term_id": "xinjiang",
        "language": "zh",
        "name": "新疆维吾尔自治区",
        "name_type": "official",
    }
    return {
        "documents": [row],
        "directives": [order],
        "terms": [term],
        "term_names": [name],
        "sources": [SOURCE],
    }


def responses() -> dict[str, Rows]:
    event = {
        "event_id": "E001",
        "event_type": "denial",
        "happened_on": date(2018, 8, 13),
        "happened_edtf": "2018-08-13",
    }
    return {
        "events": [{**event, "title": HOSTILE, "actor": "A body", "source_id": "s-0001"}],
        "sources": [SOURCE],
    }


@pytest.fixture(scope="session", autouse=True)
def draw_each_picture_once() -> Iterator[None]:
    """Draw the PNG of an SVG at its first use: many tests build the site of the same record.

    A test of test_site_drawings.py draws one twice.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(svg_to_png, "to_png", functools.cache(svg_to_png.to_png))
        yield


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("record") / "published"
    made = {
        "joint-statements": joint_statements,
        "detention-figures": detention_figures,
        "documents": documents,
        "responses": responses,
    }
    for package, tables in made.items():
        write_release(folder, package, tables())
    return folder


@pytest.fixture(scope="session")
def site(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site") / "site"
    build.build(published, target, base_url="https://example.org/record/")
    return target
