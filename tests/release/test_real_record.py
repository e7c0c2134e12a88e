"""The real record through a change of each kind.

What the second release says, and that its changes rebuild either version.
"""

from __future__ import annotations

from tests.release.rebuild_version import apply_changes, reverse_changes
from xinjiang_record.pipeline import run
from xinjiang_record.release.changes.changes_files import read_changes
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.release.distribution.release_locations import find_release
from xinjiang_record.release.tables.csv_text import hash_table
from xinjiang_record.release.tables.row_order import split_into_batches
from xinjiang_record.schema.load import load_package
from xinjiang_record.settings import Project

PACKAGE = "joint-statements"
STATEMENT = "2024-10-22-unga79-c3-critical"


def test_changes_of_the_real_record_rebuild_both_versions(project: Project) -> None:
    assert run.run_package(project, PACKAGE).version == "1.0.0"
    folder = project.raw / PACKAGE / STATEMENT
    (folder / "events.csv").write_text(
        "event,date,name_as_printed,source_id,basis,note\n"
        "joined,2024-10-30,Somalia,s-0001,source,\n"
        "withdrew,2024-11-02,Japan,s-0001,source,Made for a test.\n"
    )
    done = run.run_package(project, PACKAGE)
    assert (done.status, done.version) == ("published", "1.1.0"), done

    first, second = (
        find_release(open_location(project.published), PACKAGE, version)
        for version in ("1.0.0", "1.1.0")
    )
    changes = read_changes(project.published / PACKAGE / "1.1.0/changes/from-1.0.0.csv")
    assert {(row["table"], row["op"]) for row in changes} >= {
        ("signature_events", "add"),
        ("signatories", "add"),
        ("signatories", "change"),
        ("positions", "change"),
    }
    for name, schema in load_package(project, PACKAGE).schemas.items():
        told = [row for row in changes if row["table"] == name]
        old, new = first.table(name), second.table(name)
        assert (
            hash_table(split_into_batches(apply_changes(old, told, schema, name)), schema)
            == second.sums[f"data/{name}.csv"]
        ), name
        assert (
            hash_table(
                split_into_batches(apply_changes(new, reverse_changes(told), schema, name)), schema
            )
            == first.sums[f"data/{name}.csv"]
        ), name

    words = (project.published / PACKAGE / "1.1.0/changes/from-1.0.0.md").read_text("utf-8")
    assert (
        "Japan withdrew from the" in words
        and "22 October 2024" in words
        and "(source s-0001)" in words
    )
