"""Write changes/from-<version>.csv and .md: every field that a release changed, with its reason."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinjiang_record import files
from xinjiang_record.numpy_columns import text_array, text_scalar
from xinjiang_record.release.changes import change_wording
from xinjiang_record.release.changes.row_diff import (
    CHANGES,
    Side,
    count_records,
    count_totals,
    diff_table,
    merge_chunks,
)
from xinjiang_record.release.changes.unchanged_columns import NewBatches, read_old_batches
from xinjiang_record.release.integrity.versions_json import version_folders
from xinjiang_record.release.tables.csv_text import encode_batch, format_csv_line, parse_csv
from xinjiang_record.release.tables.file_layout import parquet_paths, table_paths
from xinjiang_record.release.tables.open_table import ParquetTable, Source, read_batches
from xinjiang_record.release.tables.read import read_csv_batches, read_parquet_batches
from xinjiang_record.schema.load import arrow_schema

if TYPE_CHECKING:
    from xinjiang_record.release.prepared_candidate import PreparedCandidate
    from xinjiang_record.release.staging_folder import StagingFolder

SENTENCES = 1_000  # sentences in the Markdown; the CSV has every change
BY_KIND = {"add": "new_evidence", "restore": "new_evidence", "retract": "retraction", "change": ""}
CHANGES_SCHEMA = {"fields": [{"name": name, "type": "string"} for name in CHANGES]}
Change = Mapping[str, str]
Resources = Mapping[str, Mapping[str, Any]]  # of a datapackage.json, by name


@dataclass(slots=True)
class Changes:
    """Hold what was written: records by table and kind of change, and the first sentences."""

    previous: str
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    corrections: list[str] = field(default_factory=list)
    total: int = 0

    @property
    def csv(self) -> str:
        """Return the path of the table of changes in the release."""
        return f"changes/from-{self.previous}.csv"

    @property
    def markdown(self) -> str:
        """Return the path of the sentences in the release."""
        return f"changes/from-{self.previous}.md"


def write_changes(
    stage: StagingFolder, prepared: PreparedCandidate, folder: Path, previous: str, old: Resources
) -> Changes:
    """Write the CSV of all changes since ``previous``, whose resources are ``old``.

    The Markdown file is written later, once the version is known.
    """
    changes, new_schemas = Changes(previous), prepared.candidate.schemas
    explain = _explainer(prepared, folder / previous)
    restored = retracted_before(folder)
    speak = change_wording.ChangeWriter(
        {name: table for name, table in prepared.tables.items() if isinstance(table, pa.Table)}
    )
    files.make_folder(stage.folder / "changes")
    with files.NewFile(stage.folder / changes.csv, stage.later) as out:
        out.write((format_csv_line(CHANGES) + "\n").encode())
        for name in dict.fromkeys([*old, *new_schemas]):
            seen: dict[str, int] = {}
            unseen, rekeyed = _new_structure(old.get(name), new_schemas.get(name))
            if rekeyed:
                sentence = f"`{name}`: the key changed, so every record is retracted and added."
                changes.sentences.append(sentence)
            staged = stage.folder / table_paths(name)[1]
            for part in _differences(name, folder / previous, old, prepared, staged):
                rows = explain(name, _mark_restored(part, restored.get(name, frozenset())))
                count_records(rows, seen)
                if not rekeyed and name != "evidence":  # it says where each value was read
                    _speak(changes, speak, _with_something_to_say(rows, unseen))
                for batch in rows.combine_chunks().to_batches():
                    out.write(encode_batch(batch))
            changes.total += sum(seen.values())
            if seen:
                changes.counts[name] = count_totals(seen)
    stage.note(changes.csv, out.sha256, out.bytes)
    return changes


def _new_structure(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> tuple[frozenset[str], bool]:
    """Return the fields that a table had not before, and whether its key is another."""
    if old is None or new is None:
        return frozenset(), False
    before = {item["name"] for item in old["schema"]["fields"]}
    added = frozenset(item["name"] for item in new["fields"]) - before
    return added, old["schema"]["primaryKey"] != new["primaryKey"]


def _with_something_to_say(rows: pa.Table, unseen: frozenset[str]) -> pa.Table:
    """Return the changes without those that only fill a new field and give no reason."""
    filled = pc.and_(
        pc.equal(rows["op"], text_scalar("change")),
        pc.is_in(rows["field"], value_set=text_array(unseen)),
    )
    return rows.filter(pc.invert(pc.and_(filled, pc.equal(rows["reason"], text_scalar("")))))


def _speak(changes: Changes, speak: change_wording.ChangeWriter, rows: pa.Table) -> None:
    room = SENTENCES - len(changes.sentences)
    if not room:
        return
    first = pc.is_in(rows["record"], value_set=rows["record"].unique().slice(0, room))
    for record in group_by_record(rows.filter(first).to_pylist())[:room]:
        sentence = speak(record)
        changes.sentences.append(sentence)
        if any(row["op"] == "change" and row["reason"] for row in record):
            changes.corrections.append(sentence)


def group_by_record(rows: Iterable[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Return the changes in one list a record."""
    found: dict[tuple[str, str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[row["table"], row["op"], row["record"]].append(row)
    return list(found.values())


def render_markdown(changes: Changes, version: str, reasons: Sequence[str]) -> str:
    """Return the text of changes/from-<version>.md."""
    lines = [
        f"# From {changes.previous} to {version}",
        "",
        *(f"- {reason}" for reason in reasons),
        "",
    ]
    lines += [f"- {sentence}" for sentence in changes.sentences]
    if changes.total > len(changes.sentences):
        more = changes.total - len(changes.sentences)
        lines.append(f"\n{more:,} more changed records are in `from-{changes.previous}.csv`.")
    return "\n".join(lines).rstrip() + "\n"


def _differences(
    name: str, old_release: Path, resources: Resources, prepared: PreparedCandidate, staged: Path
) -> Iterator[pa.Table]:
    """Yield what changed in one table, whose new Parquet file is ``staged``.

    Where the table is in pieces and its key is the old one, the workers compare it.
    """
    new_schemas = prepared.candidate.schemas
    old = resources[name]["schema"] if name in resources else new_schemas[name]
    new = new_schemas.get(name) or old
    paths = parquet_paths(old_release, resources[name]) if name in resources else []
    table = prepared.tables.get(name)
    batches = read_batches(table, new, name) if name in new_schemas else iter(())
    if isinstance(table, pa.Table | ParquetTable) and len(paths) == 1:
        passed = NewBatches(batches)
        batches, earlier = iter(passed), read_old_batches(paths[0], old, passed, staged)
    else:
        earlier = read_parquet_batches(paths, old)
    before = Side(old["primaryKey"], arrow_schema(old), earlier)
    after = Side(new["primaryKey"], arrow_schema(new), batches)
    if (
        table is None
        or isinstance(table, pa.Table | ParquetTable)
        or before.key_types != after.key_types
    ):
        return diff_table(before, after)
    found: Iterator[pa.Table] = table.changes(paths, old)
    return found


def _mark_restored(part: pa.Table, restored: frozenset[str]) -> pa.Table:
    if not restored:
        return part
    again = pc.and_(
        pc.equal(part["op"], text_scalar("add")),
        pc.is_in(part["record"], value_set=text_array(restored)),
    )
    return part.set_column(0, "op", pc.if_else(again, text_scalar("restore"), part["op"]))


def retracted_before(folder: Path) -> dict[str, frozenset[str]]:
    """Return, by table, the records that an earlier version of the package retracted."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (
        path for release in version_folders(folder) for path in release.glob("changes/from-*.csv")
    ):
        for batch in read_csv_batches(path, CHANGES_SCHEMA):  # they may be more than memory holds
            gone = batch.filter(pc.equal(batch["op"], text_scalar("retract")))
            for name in gone["table"].unique().to_pylist():
                found[name].update(
                    gone.filter(pc.equal(gone["table"], text_scalar(name)))["record"].to_pylist()
                )
    return {name: frozenset(records) for name, records in found.items()}


def read_changes(path: Path) -> list[dict[str, str]]:
    """Return the rows of a changes file."""
    _, *rows = parse_csv(path.read_bytes().decode("utf-8"))
    return [dict(zip(CHANGES, row, strict=True)) for row in rows]


def _explainer(prepared: PreparedCandidate, previous: Path) -> Callable[[str, pa.Table], pa.Table]:
    """Return a function that adds to a table's changes its name, a reason and a source.

    The reason is the declared one, else one from the evidence that came with the change, else one
    from the kind of change. Only records with a reason or evidence are read one by one.
    """
    declared = prepared.candidate.reasons
    fresh, all_of = _evidence(
        prepared.tables.get("evidence"), previous / table_paths("evidence")[1]
    )
    known: dict[str, set[str]] = defaultdict(set)
    for name, record, _ in itertools.chain(declared, fresh, all_of):
        known[name].add(record)

    def one(name: str, row: Change) -> tuple[str, str]:
        record, field_name = row["record"], row["field"]
        said = declared.get((name, record, field_name)) or declared.get((name, record, ""))
        if said:
            return said
        source = fresh.get((name, record, field_name)) or fresh.get((name, record, "")) or ""
        if row["op"] == "change":
            return ("new_evidence" if source else ""), source
        return BY_KIND[row["op"]], source or all_of.get((name, record, ""), "")

    def explain(name: str, part: pa.Table) -> pa.Table:
        kinds = pc.index_in(part["op"], value_set=text_array(BY_KIND))
        reasons, sources = (
            pc.take(text_array(BY_KIND.values()), kinds),
            pa.repeat(text_scalar(""), part.num_rows),
        )
        named = pc.is_in(part["record"], value_set=text_array(known[name]))
        if pc.any(named).as_py():
            explained = [one(name, row) for row in part.filter(named).to_pylist()]
            found_reasons, found_sources = (
                text_array(column) for column in zip(*explained, strict=True)
            )
            reasons = pc.replace_with_mask(
                merge_chunks(reasons), merge_chunks(named), found_reasons
            )
            sources = pc.replace_with_mask(sources, merge_chunks(named), found_sources)
        named_rows = {
            "table": pa.repeat(text_scalar(name), part.num_rows),
            **{key: part[key] for key in CHANGES[1:6]},
        }
        return pa.table({**named_rows, "reason": reasons, "source": sources})

    return explain


def _evidence(
    table: Source | None, previous: Path
) -> tuple[dict[tuple[str, str, str], str], dict[tuple[str, str, str], str]]:
    """Return the first source of each record and field: of the new evidence, and of all evidence.

    All evidence includes what the previous release had and this one has not.
    """
    rows = (
        table.to_pylist()
        if isinstance(table, pa.Table) and "evidence_resource" in table.column_names
        else []
    )
    old = pq.read_table(str(previous)).to_pylist() if rows and previous.exists() else []
    known = {row["evidence_id"] for row in old}
    fresh = _first_sources(row for row in rows if row["evidence_id"] not in known)
    return fresh, {**_first_sources(old), **_first_sources(rows)}


def _first_sources(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, str], str]:
    found: dict[tuple[str, str, str], str] = {}
    for row in rows:
        found.setdefault(
            (row["evidence_resource"], row["record_id"], row["evidence_field"] or ""),
            row["source_id"],
        )
    return found
