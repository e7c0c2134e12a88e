"""Build detention-figures: who gave which number, of which quantity, and how numbers are linked.

Raw files in; tables, findings and quarantine out. Pure. The rules are in ``rules``.
"""

from __future__ import annotations

from xinjiang_record.data_packages.build_tables import assemble_tables
from xinjiang_record.data_packages.detention_figures import rules
from xinjiang_record.data_packages.evidence import Built
from xinjiang_record.data_packages.intake import Intake
from xinjiang_record.data_packages.source_registry import Sources
from xinjiang_record.raw_files import RawFolder
from xinjiang_record.schema.load import PackageSpec


def build(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built:
    """Return the package's tables in published order, with every finding and what is quarantined.

    Args:
        raw: The folder ``raw/detention-figures``.
        spec: The package's schemas.
        sources: The registry by id.
    """
    intake = Intake(raw, spec, sources)
    intake.read_definitions("measures")
    intake.read_sourced("areas")
    intake.read_sourced("area_names", parents={"area_id": "areas"})
    intake.read_main("figures")
    intake.read_children("figure_authors", {"figure_id": "figures"})
    ends = {"figure_id": "figures", "to_figure_id": "figures"}
    intake.read_children("figure_links", ends, verification="declared")
    intake.findings += rules.check_figures(intake)
    return assemble_tables(intake)
