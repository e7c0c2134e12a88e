"""One model, many dialects: each is taken by its own validator, and they agree."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from xinjiang_record.errors import UsageError
from xinjiang_record.release.distribution.locations import open_location
from xinjiang_record.release.distribution.release_locations import find_release
from xinjiang_record.release.integrity.checksums import read_sums
from xinjiang_record.release.metadata import citation

PROFILE = Path(__file__).resolve().parent / "profiles" / "datapackage-2.0.json"


@pytest.fixture(scope="session")
def folder(published_once: Path) -> Path:
    return published_once / "made-up" / "1.2.0"


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return value


def cff(folder: Path) -> dict[str, Any]:
    """CITATION.cff, whose values are JSON texts or plain words."""
    import yaml

    value: dict[str, Any] = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    return value


def test_the_official_profile_and_frictionless_take_the_descriptor(folder: Path) -> None:
    profile, descriptor = read(PROFILE), read(folder / "datapackage.json")
    jsonschema.Draft7Validator.check_schema(profile)
    assert list(jsonschema.Draft7Validator(profile).iter_errors(descriptor)) == []
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    import frictionless

    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])


def test_a_broken_descriptor_is_refused_by_the_profile(folder: Path) -> None:
    descriptor = read(folder / "datapackage.json")
    descriptor["resources"][0]["schema"]["fields"][0]["type"] = "word"
    assert list(jsonschema.Draft7Validator(read(PROFILE)).iter_errors(descriptor))


def test_title_version_licence_files_and_hashes_agree(folder: Path) -> None:
    sums = read_sums(folder)
    package = read(folder / "datapackage.json")
    dataset = read(folder / "metadata/dataset.jsonld")
    croissant = read(folder / "metadata/croissant.json")
    datacite = read(folder / "metadata/datacite.json")
    crate = {
        item["@id"]: item for item in read(folder / "metadata/ro-crate-metadata.json")["@graph"]
    }
    catalog = read(folder.parent.parent / "catalog.jsonld")["dcat:dataset"][0]
    cited = cff(folder)
    licence = package["licenses"][0]

    titles = {
        package["title"], dataset["name"], croissant["alternateName"],
        datacite["titles"][0]["title"], crate["./"]["name"],
        catalog["dcterms:title"]["@value"], cited["title"],
    }  # fmt: skip
    assert titles == {"Things that are made up"}
    versions = {
        package["version"], dataset["version"], croissant["version"], datacite["version"],
        crate["./"]["version"],
        catalog["dcat:version"], cited["version"], read(folder / "provenance.json")["version"],
    }  # fmt: skip
    assert versions == {"1.2.0"}
    addresses = {
        licence["path"], *dataset["license"], *croissant["license"],
        datacite["rightsList"][0]["rightsUri"],
        crate["./"]["license"]["@id"], catalog["dcat:distribution"][0]["dcterms:license"][0]["@id"],
    }  # fmt: skip
    assert addresses == {licence["path"]}
    assert {licence["name"], cited["license"], datacite["rightsList"][0]["rightsIdentifier"]} == {
        "CC-BY-4.0"
    }

    data = {
        path: digest for path, digest in sums.items() if path.startswith(("data/", "downloads/"))
    }
    assert data == {
        item["contentUrl"].removeprefix("../"): item["sha256"] for item in dataset["distribution"]
    }
    assert data == {item["@id"]: item["sha256"] for item in croissant["distribution"]}
    assert data == {
        item["@id"].removeprefix("made-up/1.2.0/"): item["spdx:checksum"]["spdx:checksumValue"][
            "@value"
        ]
        for item in catalog["dcat:distribution"]
    }
    assert data == {
        match[1]: match[2]
        for match in (
            re.fullmatch(r"(.*): \d+ bytes, sha256:(.*)", text) for text in datacite["sizes"]
        )
        if match
    }
    described = {
        part["path"]: part["hash"]
        for item in package["resources"]
        for part in (item, item["x-parquet"])
    }
    assert described == {
        path: f"sha256:{digest}" for path, digest in data.items() if path.startswith("data/")
    }
    parts = {name: item["sha256"] for name, item in crate.items() if item["@type"] == "File"}
    assert parts.items() <= sums.items()
    assert set(parts) == {part["@id"] for part in crate["./"]["hasPart"]}
    assert (
        package["x-hashes"]["content"].removeprefix("sha256:") in cited["identifiers"][0]["value"]
    )


def test_the_zip_is_a_whole_data_package_and_crate(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(folder / "downloads/made-up-1.2.0.zip") as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        archive.extractall(tmp_path)
    root = tmp_path / "made-up-1.2.0"
    crate = read(root / "ro-crate-metadata.json")["@graph"]
    files = {item["@id"] for item in crate if item["@type"] == "File"} | {"ro-crate-metadata.json"}
    assert files == {
        path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()
    }
    import frictionless

    assert frictionless.validate(str(root / "datapackage.json")).valid


def test_croissant_is_taken_by_its_own_library(folder: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlcroissant

        dataset = mlcroissant.Dataset(str(folder / "metadata/croissant.json"))
        assert dataset.metadata.version == "1.2.0"
        assert len(list(dataset.records("things"))) == 21
    assert not dataset.metadata.ctx.issues.errors


def test_google_finds_what_it_needs(folder: Path) -> None:
    dataset = read(folder / "metadata/dataset.jsonld")
    assert dataset["@context"] == "https://schema.org/" and dataset["@type"] == "Dataset"
    assert 50 <= len(dataset["description"]) <= 5000
    for name in (
        "name",
        "license",
        "creator",
        "keywords",
        "identifier",
        "distribution",
        "variableMeasured",
        "isAccessibleForFree",
    ):
        assert dataset[name], name


def test_cff_has_what_its_schema_asks(folder: Path) -> None:
    """cffconvert itself asks it in a slow test: it cannot be installed beside us."""
    value = cff(folder)
    assert value["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(value)
    assert value["type"] == "dataset"
    assert str(value["date-released"]) == "2026-11-23"


@pytest.mark.slow
def test_validators_that_cannot_be_installed_beside_us(folder: Path, tmp_path: Path) -> None:
    """cffconvert, datacite and rocrate in a throwaway environment."""
    import subprocess
    import sys

    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = str(tmp_path / "venv/bin/python")
    asked = ["cffconvert==2.0.0", "datacite==1.4.1", "rocrate==0.16.0"]
    if subprocess.run(
        [python, "-m", "pip", "install", "-q", *asked], capture_output=True
    ).returncode:
        pytest.skip("pip can reach no index")
    script = """
import json, sys, tempfile, zipfile
from pathlib import Path
from cffconvert import Citation
from datacite import schema45
from rocrate.rocrate import ROCrate
folder = Path(sys.argv[1])
Citation((folder / "CITATION.cff").read_text()).validate()
schema45.validator.validate(json.loads((folder / "metadata/datacite.json").read_text()))
with tempfile.TemporaryDirectory() as name:
    zipfile.ZipFile(next((folder / "downloads").glob("*.zip"))).extractall(name)
    crate = ROCrate(str(next(Path(name).iterdir())))
    parts = [Path(crate.source) / part.id for part in crate.data_entities]
    assert crate.name and all(part.exists() for part in parts)
"""
    done = subprocess.run([python, "-c", script, str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_citations(published_once: Path) -> None:
    info = find_release(open_location(published_once), "made-up").info
    for style in citation.STYLES:
        text = citation.format_citation(info, style)
        assert "1.2.0" in text and info.content_hash in text and text.endswith("\n")
    assert json.loads(citation.format_citation(info, "csl"))[0]["issued"] == {
        "date-parts": [[2026, 11, 23]]
    }
    with pytest.raises(UsageError, match="No citation style"):
        citation.format_citation(info, "mla")


def test_the_readme_is_a_data_dictionary(folder: Path) -> None:
    text = (folder / "README.md").read_text("utf-8")
    for item in read(folder / "datapackage.json")["resources"]:
        assert f"### {item['name']}" in text
        for field in item["schema"]["fields"]:
            assert f"| `{field['name']}` | {field['type']}" in text
            assert field["description"] in text
