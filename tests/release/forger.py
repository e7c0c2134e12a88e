"""Forge a release: change what it says, then make all sums, hashes and ledgers agree again.

What is left is a release whose every byte is accounted for, and that is wrong. Only the checks of
what it says can find that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record.release.catalog import write_catalog
from xinjiang_record.release.integrity.checksums import NAME, format_sums
from xinjiang_record.release.integrity.json_files import json_text
from xinjiang_record.release.integrity.provenance import build_ledger_entry
from xinjiang_record.release.integrity.schema_hashes import schema_hash
from xinjiang_record.release.integrity.versions_json import Ledger
from xinjiang_record.release.tables.csv_text import encode_batch, encode_header, hash_package
from xinjiang_record.release.tables.read import read_parquet
from xinjiang_record.release.tables.write import PARQUET
from xinjiang_record.schema.load import arrow_schema

Change = Callable[["Forger"], object]


class Forger:
    """One release of a package that has no other, to be changed and sealed again."""

    def __init__(self, published: Path, package: str = "made-up", version: str = "1.0.0") -> None:
        self.published, self.folder = published, published / package / version
        self.descriptor: dict[str, Any] = self.read("datapackage.json")
        self.made: dict[str, Any] = self.read("provenance.json")
        self.ledger: Callable[[dict[str, Any]], object] = lambda entry: None
        self.last: Callable[[], object] = lambda: None  # after the sums of the files, before theirs

    def read(self, name: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads((self.folder / name).read_text("utf-8"))
        return value

    def resource(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(
            item for item in self.descriptor["resources"] if item["name"] == name
        )
        return found

    def table(self, name: str) -> pa.Table:
        return read_parquet([self.folder / f"data/{name}.parquet"], self.resource(name)["schema"])

    def write(self, name: str, table: pa.Table, **options: Any) -> None:
        """Write a table to both files, as if it were right."""
        schema = self.resource(name)["schema"]
        plain = table.cast(arrow_schema(schema))
        text = bytes(encode_header(schema)) + b"".join(
            bytes(encode_batch(batch)) for batch in plain.combine_chunks().to_batches()
        )
        (self.folder / f"data/{name}.csv").write_bytes(text)
        chosen = table if options.pop("as_it_is", False) else plain
        pq.write_table(chosen, self.folder / f"data/{name}.parquet", **{**PARQUET, **options})

    def seal(self) -> None:
        """Make everything agree: descriptor, provenance, sums, ledger, catalog."""
        for item in self.descriptor["resources"]:
            for info in (item, item["x-parquet"]):
                data = (self.folder / info["path"]).read_bytes()
                info |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
            count = self.table_rows(item)
            item["x-rows"] = self.made["row_counts"][item["name"]] = count
        hashes = {item["name"]: item["hash"][7:] for item in self.descriptor["resources"]}
        schemas = {item["name"]: item["schema"] for item in self.descriptor["resources"]}
        for name, digest in (("content", hash_package(hashes)), ("schema", schema_hash(schemas))):
            self.descriptor["x-hashes"][name] = f"sha256:{digest}"
            self.made[f"{name}_hash"] = digest
        self.last()
        self.write_json("datapackage.json", self.descriptor)
        self.write_json("provenance.json", self.made)
        self.seal_sums()

    def table_rows(self, item: dict[str, Any]) -> int:
        return int(pq.read_metadata(self.folder / item["x-parquet"]["path"]).num_rows)

    def write_json(self, name: str, value: Any) -> None:
        (self.folder / name).write_text(json_text(value), "utf-8")

    def seal_sums(self) -> None:
        files = [path for path in self.folder.rglob("*") if path.is_file() and path.name != NAME]
        sums = {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        }
        (self.folder / NAME).write_text(format_sums(sums))
        release_id = hashlib.sha256((self.folder / NAME).read_bytes()).hexdigest()
        made = self.read("provenance.json")
        entry = build_ledger_entry(made, release_id)
        self.ledger(entry)
        words = self.read("datapackage.json")
        ledger = Ledger(made["package"], words["title"], words["description"], (entry,))
        (self.folder.parent / "versions.json").write_text(ledger.text())
        (self.published / "catalog.json").unlink()
        write_catalog(self.published)
