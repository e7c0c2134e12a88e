"""Build documents: leaked, official and UN documents as metadata, orders quoted, names of things.

Raw files in; tables, findings and quarantine out. Pure. No document is republished, and no private
person is named. The rules are in ``rules``.
"""

from __future__ import annotations

from xinjiang_record.data_packages.build_tables import assemble_tables
from xinjiang_record.data_packages.documents import rules
from xinjiang_record.data_packages.evidence import Built
from xinjiang_record.data_packages.intake import Intake
from xinjiang_record.data_packages.source_registry import Sources
from xinjiang_record.raw_files import RawFolder
from xinjiang_record.schema.load import PackageSpec


def build(raw: RawFolder, spec: PackageSpec, sources: Sources) -> Built:
    """Return the package's tables in published order, with every finding and what is quarantined.

    Args:
        raw: The folder ``raw/documents``.
        spec: The package's schemas.
        sources: The registry by id.
    """
    intake = Intake(raw, spec, sources)
    intake.read_main("documents")
    for resource in ("document_authors", "document_publishers", "document_languages"):
        intake.read_children(resource, {"document_id": "documents"})
    intake.read_sourced("directives", parents={"document_id": "documents"})
    intake.read_definitions("terms")
    intake.read_sourced("term_names", parents={"term_id": "terms"})
    intake.findings += rules.check_documents(intake)
    return assemble_tables(intake)
