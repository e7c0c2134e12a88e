"""The package detention-figures: who gave which number, of which kind of quantity, and how the numbers hang together.

Raw files in, tables, findings and quarantine out; pure. The rules are in ``figure_rules``.
"""

from __future__ import annotations

from xinjiang_record.data_packages.build_tables import built
from xinjiang_record.data_packages.detention_figures import rules
from xinjiang_record.data_packages.evidence import Built, Sources
from xinjiang_record.data_packages.intake import Intake
from xinjiang_record.raw_files import RawFolder
from xinjiang_record.schema.load import PackageSpec

NAME = "detention-figures"


def build(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built:
    """Tables of the package in published order, with every finding and every fact that waits.

    ``raw``: the folder ``raw/detention-figures``; ``sources``: the registry by id. Raises nothing for bad data.
    """
    intake = Intake(raw, spec, sources)
    intake.definitions("measures")
    intake.sourced("areas")
    intake.sourced("area_names", parents={"area_id": "areas"})
    intake.main("figures")
    intake.children("figure_authors", {"figure_id": "figures"})
    intake.children(
        "figure_links", {"figure_id": "figures", "to_figure_id": "figures"}, verification="declared"
    )
    intake.findings += rules.check(intake)
    return built(intake)
