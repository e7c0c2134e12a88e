"""Write the files of the web layout that the site itself does not have."""

from __future__ import annotations

import hashlib
import tempfile
from importlib.metadata import version
from pathlib import Path

from xinjiang_record import extras
from xinjiang_record.release.integrity.versions_json import package_folders, read_ledger
from xinjiang_record.release.metadata import dcat_catalog
from xinjiang_record.settings import Addresses
from xinjiang_record.site.build import Extra
from xinjiang_record.site.pages.data import describe
from xinjiang_record.site.release_data import Record, Release
from xinjiang_record.web.datasette_metadata import describe_database
from xinjiang_record.web.duckdb_file import write_duckdb
from xinjiang_record.web.entity_files import write_countries, write_statements
from xinjiang_record.web.json_rows import write_json
from xinjiang_record.web.latest_files import write_latest
from xinjiang_record.web.llms_text import write_llms_text
from xinjiang_record.web.openapi import describe_api

LIBRARY = Path(__file__).parent.parent
CODE = ("web", "release")  # the folders whose code decides what the files say


def web_layout(published: Path, addresses: Addresses) -> Extra:
    """Return the files of the layout for a build of the site, and the key of what they depend on.

    Raises:
        EnvironmentFault: DuckDB is not installed.
    """
    extras.require("sql")
    digest = hashlib.sha256(f"{addresses} duckdb {version('duckdb')}".encode())
    for folder in CODE:
        for path in sorted((LIBRARY / folder).rglob("*.py")):
            digest.update(str(path.relative_to(LIBRARY)).encode() + path.read_bytes())
    return Extra(digest.hexdigest(), lambda record: write_layout(record, published, addresses))


def write_layout(record: Record, published: Path, addresses: Addresses) -> dict[str, bytes]:
    """Return the files by their path below the homepage."""
    found = dict(write_countries(record, addresses))
    found |= dict(write_statements(record, addresses))
    for release in record.releases.values():
        found |= dict(write_latest(release, addresses))
        found[f"{release.name}/latest/{release.name}.duckdb"] = _duckdb(release, addresses)
    ledgers = [read_ledger(folder) for folder in package_folders(published)]
    catalog = dcat_catalog.render(published, ledgers, addresses.data_base, addresses.homepage)
    found["catalog.jsonld"] = catalog.encode()
    found["openapi.json"] = write_json(describe_api(record, addresses))
    found["llms.txt"] = write_llms_text(record, addresses).encode()
    found["datasette.json"] = write_json(describe_database(record, addresses))
    return found


def _duckdb(release: Release, addresses: Addresses) -> bytes:
    info = describe(release, release.version, addresses)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{release.name}.duckdb"
        write_duckdb(path, release.path, info)
        return path.read_bytes()
