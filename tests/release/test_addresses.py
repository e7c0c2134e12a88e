"""Where the record is on the web: one setting, and everything that prints an address."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import xinjiang_record as xr
from xinjiang_record import settings
from xinjiang_record.errors import UsageError
from xinjiang_record.release.distribution.cited_address import add_address, describe_served
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.release.distribution.release_locations import find_release
from xinjiang_record.release.metadata import citation, croissant, datacite, jsonld, readme, rocrate
from xinjiang_record.release.metadata.release_info import ReleaseInfo
from xinjiang_record.settings import Addresses

HOME = "https://example.org/record/"
DATA = "https://data.example.org/"


@pytest.fixture(scope="module")
def served(published_once: Path) -> ReleaseInfo:
    found = find_release(open_location(published_once), "made-up")
    return describe_served(found, published_once / found.path, Addresses(HOME, DATA))


def test_one_file_sets_the_addresses(tmp_path: Path) -> None:
    file = tmp_path / "xrecord.toml"
    assert settings.Project(tmp_path).addresses == Addresses()
    file.write_text(f'homepage = "{HOME}"\n')
    assert settings.Project(tmp_path).addresses == Addresses(HOME, HOME, "")
    file.write_text(f'homepage = "{HOME}"\ndata_base = "{DATA}"\n[map]\n"https://a.b/c" = "d"\n')
    assert settings.Project(tmp_path).addresses == Addresses(HOME, DATA, "")
    for wrong in ("example.org/", "https://example.org/record", "ftp://example.org/"):
        file.write_text(f'data_base = "{wrong}"\n')
        with pytest.raises(UsageError, match="data_base: expected an address such as"):
            _ = settings.Project(tmp_path).addresses


@pytest.mark.parametrize(
    "address",
    ["https://me:secret@example.org/record", "http://secret@[::1", "https://a@secret@example.org"],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(UsageError, match="expected an address without a user name") as refused:
        open_location(address)
    assert "secret" not in str(refused.value)
    open_location("https://example.org/record@2")


def test_the_placeholder_that_is_shipped_counts_as_not_set() -> None:
    shipped = Path(settings.__file__).parent / "xrecord.toml"
    assert re.search(r'(?m)^homepage = "https://OWNER\.github\.io/[a-z-]+/"$', shipped.read_text())
    assert settings.shipped_addresses() == Addresses()
    root = Path(__file__).resolve().parents[2]
    assert (root / "xrecord.toml").resolve() == shipped, "one place, not two"


def test_every_dialect_has_whole_addresses_where_they_are_known(served: ReleaseInfo) -> None:
    folder, page = f"{DATA}made-up/1.2.0/", f"{HOME}data/made-up/1.2.0.html"
    paths = {info.path for info in (*served.data_files, *served.downloads)}
    assert any(path.endswith(".xlsx") for path in paths)
    expected = {f"{folder}{path}" for path in paths}
    linked = json.loads(jsonld.render(served))
    assert linked["url"] == page
    assert {item["contentUrl"] for item in linked["distribution"]} == expected
    assert {
        item["contentUrl"] for item in json.loads(croissant.render(served))["distribution"]
    } == expected
    crate = json.loads(rocrate.render(served, served.downloads))["@graph"]
    files = {item["@id"] for item in crate if item["@type"] == "File"}
    assert files == {f"{folder}{info.path}" for info in served.downloads}
    assert crate[0]["about"] == {"@id": folder} and crate[1]["@id"] == folder
    assert json.loads(datacite.render(served))["url"] == page
    assert f'pd.read_parquet("{folder}data/things.parquet"' in readme.render(served)
    for style in citation.STYLES:
        assert page in citation.format_citation(served, style), style


def test_without_an_address_nothing_is_made_up(served: ReleaseInfo) -> None:
    plain = replace(served, homepage="", folder="")
    for style in citation.STYLES:
        text = citation.format_citation(plain, style).replace(plain.licenses[0]["path"], "")
        assert "http" not in text, style
    assert all(
        item["contentUrl"].startswith("../")
        for item in json.loads(jsonld.render(plain))["distribution"]
    )
    assert add_address(plain, Addresses()) is plain


def test_a_citation_names_the_page_of_the_version(
    published_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "fields.toml").touch()
    (tmp_path / "xrecord.toml").write_text(f'homepage = "{HOME}"\n')
    monkeypatch.setenv("XRECORD_PROJECT", str(tmp_path))
    cited = xr.cite("made-up", version="1.1.0", base=published_once)
    assert cited.endswith(f". {HOME}data/made-up/1.1.0.html\n")
    frame = xr.load("made-up", "things", base=published_once)
    assert frame.attrs["citation"].endswith(f"{HOME}data/made-up/1.2.0.html")


def test_the_publisher_s_address_is_the_default_outside_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XRECORD_PROJECT", raising=False)
    monkeypatch.delenv("XRECORD_BASE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert settings.default_base() == ""
    with pytest.raises(UsageError, match="base=FOLDER or base=ADDRESS"):
        xr.cite()
    shipped = tmp_path / "shipped.toml"
    shipped.write_text(f'homepage = "{HOME}"\ndata_base = "{DATA}"\n')
    read = settings.read_addresses
    monkeypatch.setattr(settings, "read_addresses", lambda path: read(shipped))
    assert settings.default_base() == DATA
    monkeypatch.setenv("XRECORD_BASE", "/elsewhere")
    assert settings.default_base() == "/elsewhere"
