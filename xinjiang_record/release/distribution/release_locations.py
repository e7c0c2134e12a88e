"""Read releases from a folder or a web address, and check every byte.

The ledger names the id of each release: the SHA-256 of its SHA256SUMS, which names the SHA-256 of
every file. Package, version and content hash must be the same in the request, the ledger and the
release. So what is read is what was released, or it is a VerifyError.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xinjiang_record.archives.parquet_size import check_parquet_size
from xinjiang_record.errors import (
    NotServedError,
    UsageError,
    VerifyError,
    XRecordError,
    suggest_names,
)
from xinjiang_record.release.distribution.archive_locations import open_archive
from xinjiang_record.release.distribution.locations import Location
from xinjiang_record.release.integrity.checksums import NAME, parse_sums
from xinjiang_record.release.integrity.json_files import check_shape, parse_release_json
from xinjiang_record.release.integrity.release_shapes import CATALOG, DESCRIPTOR
from xinjiang_record.release.integrity.version_numbers import PACKAGE
from xinjiang_record.release.integrity.versions_json import (
    Ledger,
    describe_unknown_package,
    find_ledger_problems,
    parse_ledger,
)
from xinjiang_record.release.metadata.release_info import ReleaseInfo, ResourceInfo
from xinjiang_record.release.tables import file_layout
from xinjiang_record.schema.load import arrow_schema


def _row_groups(count: int, one_by_one: bool) -> list[list[int]]:
    """Return the row groups of a file that are read at once: each, or all."""
    return [[number] for number in range(count)] if one_by_one else [[*range(count)]]


@dataclass(frozen=True)
class Release:
    """Read one release at a location. ``entry`` is that of the ledger."""

    location: Location
    package: str
    entry: Mapping[str, Any]

    @property
    def version(self) -> str:
        """Return the version."""
        return str(self.entry["version"])

    @property
    def path(self) -> str:
        """Return the release's folder at the location."""
        return f"{self.package}/{self.version}"

    @cached_property
    def sums(self) -> dict[str, str]:
        """Return the SHA-256 of every file by path."""
        data = self.location.read(f"{self.path}/SHA256SUMS", self.entry["release_id"])
        if hashlib.sha256(data).hexdigest() != self.entry["release_id"]:
            raise VerifyError(
                f"{self.location.shown}/{self.path}/SHA256SUMS: its SHA-256 is not the release's "
                f"id."
            )
        return parse_sums(data, f"{self.location.shown}/{self.path}/{NAME}")

    def read(self, path: str) -> bytes:
        """Return the bytes of one file.

        Raises:
            UsageError: The release has no such file.
            VerifyError: The bytes are not those that were released.
        """
        if path not in self.sums:
            raise UsageError(f"{self.package} {self.version} has no {path}.")
        data = self._read_anywhere(path, self.sums[path])
        if hashlib.sha256(data).hexdigest() != self.sums[path]:
            raise VerifyError(
                f"{self.location.shown}/{self.path}/{path}: "
                "its bytes are not those that were released."
            )
        return data

    def _read_anywhere(self, path: str, digest: str) -> bytes:
        """Return the bytes at a path: from here, or of an archived release from its archive."""
        try:
            return self.location.read(f"{self.path}/{path}", digest)
        except (UsageError, NotServedError):
            if not self.entry.get("archived"):
                raise
        return self._archive.read(f"{self.path}/{path}", digest)

    @cached_property
    def _archive(self) -> Location:
        return open_archive(self.entry["archived"], self.location, self.path)

    @cached_property
    def descriptor(self) -> Mapping[str, Any]:
        """Return the content of datapackage.json, which must be of this package and version."""
        shown = f"{self.location.shown}/{self.path}/datapackage.json"
        value: Mapping[str, Any] = parse_release_json(self.read("datapackage.json"), shown)
        check_shape(value, DESCRIPTOR, shown)
        found = (value["name"], value["version"], value["x-hashes"]["content"])
        expected = (self.package, self.version, f"sha256:{self.entry['content_hash']}")
        if found != expected:
            raise VerifyError(f"{shown}: expected {' '.join(expected)}, got {' '.join(found)}.")
        return value

    @property
    def withdrawal_notice(self) -> str:
        """Return what a reader of a withdrawn release must know; empty for any other release."""
        if not (withdrawn := self.entry["withdrawn"]):
            return ""
        return (
            f"{self.package} {self.version} was withdrawn on {withdrawn['on']}: "
            f"{withdrawn['reason']}"
        )

    def schema(self, table: str) -> Mapping[str, Any]:
        """Return a table's schema.

        Raises:
            UsageError: The release has no such table.
        """
        found: dict[str, Mapping[str, Any]] = {
            item["name"]: item["schema"] for item in self.descriptor["resources"]
        }
        if table not in found:
            raise UsageError(
                f"{self.package} {self.version} has no table {table!r}. "
                f"{suggest_names(table, found)}"
            )
        return found[table]

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return a typed table from its checked Parquet files; only some columns, if named.

        Raises:
            UsageError: The release has no such table or column.
        """
        return pa.concat_tables(self.pieces(name, columns))

    def pieces(
        self, name: str, columns: Sequence[str] | None = None, *, by_row_group: bool = False
    ) -> Iterator[pa.Table]:
        """Yield a table file by file, or row group by row group: one of them is in memory."""
        types = arrow_schema(self.schema(name))
        if columns is not None:
            if isinstance(columns, str):
                raise UsageError(
                    f"columns: expected a list of names, got {columns!r}. "
                    f"Write [{columns!r}] for one column."
                )
            unknown = [column for column in columns if column not in types.names]
            if unknown:
                raise UsageError(
                    f"columns: {self.package} {name} has no {', '.join(map(repr, unknown))}. "
                    f"There are: {', '.join(types.names)}."
                )
            types = pa.schema([types.field(column) for column in columns])
        resource = next(item for item in self.descriptor["resources"] if item["name"] == name)
        for info in file_layout.read_files(resource).parquet:
            # pq.read_table imports pyarrow.dataset, and that imports pandas: half a second. Threads
            # of a pool that has just started can abort a process that ends at once.
            data = pa.py_buffer(self.read(info.path))
            check_parquet_size(data, f"{self.location.shown}/{self.path}/{info.path}")
            with pq.ParquetFile(pa.BufferReader(data), pre_buffer=False) as file:
                for groups in _row_groups(file.num_row_groups, by_row_group):
                    table = file.read_row_groups(
                        groups, columns and list(columns), use_threads=False
                    )
                    table = table.select(types.names) if columns is not None else table
                    is_typed = table.schema.equals(types, check_metadata=True)
                    yield table if is_typed else table.cast(types)

    @cached_property
    def info(self) -> ReleaseInfo:
        """Return what the metadata dialects and citations are written from."""
        value = self.descriptor
        return ReleaseInfo(
            package=self.package,
            version=self.version,
            previous=self.entry["previous"]["version"] if self.entry["previous"] else None,
            bump=self.entry["bump"],
            reasons=tuple(self.entry["reasons"]),
            title=value["title"],
            description=value["description"],
            keywords=tuple(value["keywords"]),
            licenses=tuple(value["licenses"]),
            contributors=tuple(value["contributors"]),
            homepage=value.get("homepage", ""),
            created=value["created"],
            content_hash=self.entry["content_hash"],
            schema_hash=self.entry["schema_hash"],
            metadata_hash=self.entry["metadata_hash"],
            resources=tuple(_resource(item) for item in value["resources"]),
            sources=tuple((item["title"], item["path"]) for item in value.get("sources", ())),
            doi=self.entry.get("doi", ""),
        )


def _resource(item: Mapping[str, Any]) -> ResourceInfo:
    return ResourceInfo(
        item["name"],
        item["title"],
        item["description"],
        item["schema"],
        file_layout.read_files(item),
    )


def fetch_ledger(where: Location, package: str) -> Ledger:
    """Return a package's ledger.

    Raises:
        UsageError: The package is unknown.
        VerifyError: The ledger contradicts itself, or is that of another package.
    """
    if not isinstance(package, str) or not PACKAGE.fullmatch(package):
        known = _listed_packages(where)
        hint = f" {suggest_names(package, known)}" if known else ""
        raise UsageError(f"{package!r} is not the name of a package.{hint}")
    shown = f"{where.shown}/{package}/versions.json"
    try:
        text = where.read(f"{package}/versions.json")
    except (UsageError, NotServedError) as error:
        known = _listed_packages(where)
        if known and package not in known:
            raise UsageError(describe_unknown_package(package, known)) from error
        raise
    found = parse_ledger(text, shown)
    for problem in find_ledger_problems(found, package):
        raise VerifyError(f"{shown}: {problem}")
    return found


def _listed_packages(where: Location) -> tuple[str, ...]:
    """Return the packages of the catalog; empty without a catalog that can be read."""
    try:
        return list_packages(where)
    except XRecordError:
        return ()


def find_release(where: Location, package: str, version: str = "latest") -> Release:
    """Return a release by version, or the latest that is not withdrawn."""
    return Release(where, package, fetch_ledger(where, package).entry(version))


def find_newest_release(where: Location, package: str) -> Release:
    """Return the latest release; if every one is withdrawn, the newest of them.

    The notice of a withdrawn release says so.

    Raises:
        UsageError: The package has no release.
    """
    ledger = fetch_ledger(where, package)
    newest = ledger.latest or ledger.newest
    return Release(where, package, newest or ledger.entry("latest"))


def list_packages(where: Location) -> tuple[str, ...]:
    """Return the packages that a location's catalog lists."""
    shown = f"{where.shown}/catalog.json"
    value = parse_release_json(where.read("catalog.json"), shown)
    check_shape(value, CATALOG, shown)
    return tuple(item["name"] for item in value["packages"])
