"""Build responses: denials, motions with votes, sanctions with targets, trade, courts, UN acts.

Raw files in; tables, findings and quarantine out. Pure. A vote that was not counted has no counts:
null, never 0. The rules are in ``rules``.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from xinjiang_record.data_packages.build_tables import assemble_tables
from xinjiang_record.data_packages.evidence import Built
from xinjiang_record.data_packages.intake import Intake
from xinjiang_record.data_packages.responses import rules
from xinjiang_record.data_packages.source_registry import Sources
from xinjiang_record.raw_files import RawFolder
from xinjiang_record.schema.load import PackageSpec

COMPUTED = ("imposed_edtf", "named_count")
# Tables with further facts of events of some types.
DETAILS = ("motions", "determinations", "trade_restrictions", "court_cases", "diplomatic_acts")


def build(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built:
    """Return the package's tables in published order, with every finding and what is quarantined.

    Args:
        raw: The folder ``raw/responses``.
        spec: The package's schemas.
        sources: The registry by id.
    """
    intake = Intake(raw, spec, sources)
    intake.read_main("events")
    for resource in DETAILS:
        intake.read_children(resource, {"event_id": "events"})
    intake.read_children("sanctions", {"event_id": "events"}, computed=COMPUTED)
    intake.read_children(
        "sanction_targets", {"event_id": "sanctions"}, also=("as_printed", "source_id")
    )
    intake.findings += rules.check_responses(intake)
    return assemble_tables(intake, {"sanctions": _computed(intake)})


def _computed(intake: Intake) -> dict[str, dict[str, Any]]:
    """Return the day of each sanction, from its event, and how many of its targets are named."""
    events = intake.ids("events")
    named = Counter(target["event_id"] for target in intake.rows("sanction_targets"))
    return {
        name: {"imposed_edtf": events[name]["happened_edtf"], "named_count": named[name]}
        for name in intake.ids("sanctions")
    }
