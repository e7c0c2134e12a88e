"""The web layout, read over http by the libraries and validators that its formats have."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
import urllib.request
import warnings
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import jsonschema
import openapi_spec_validator
import pandas as pd
import polars
import pyarrow.parquet as pq
import pytest
import rdflib

import xinjiang_record as xr
from tests.web.conftest import ROOT, Layout
from xinjiang_record.errors import UsageError
from xinjiang_record.settings import Addresses
from xinjiang_record.site.pages import data as data_pages
from xinjiang_record.site.release_data import load
from xinjiang_record.site.templating import make_renderer
from xinjiang_record.site.translate import ENGLISH
from xinjiang_record.web.layout import write_layout
from xinjiang_record.web.publish_site import build_site

SHAPES = Path(__file__).resolve().parent / "dcat-core.ttl"
PACKAGES = ["detention-figures", "documents", "joint-statements", "responses"]
RECOMMENDED = {
    *("alternateName", "creator", "identifier", "isAccessibleForFree", "keywords", "license"),
    *("url", "version", "distribution", "variableMeasured", "spatialCoverage"),
    *("temporalCoverage", "includedInDataCatalog"),
}
STATEMENT = "2019-07-12-hrc41-supportive"


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        body: bytes = answer.read()
        return body


def get_json(address: str) -> Any:
    return json.loads(get(address))


def parse(text: str, address: str) -> rdflib.Graph:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of rdflib about itself
        return rdflib.Graph().parse(data=text, format="json-ld", publicID=address)


@pytest.mark.parametrize("host", ["address", "without_range"])
def test_the_homepage_is_a_base_for_the_client(layout: Layout, host: str) -> None:
    base = getattr(layout, host)
    frame = xr.load("joint-statements", "statements", base=base)
    assert len(frame) == 4
    fixed = xr.load("joint-statements", "statements", frame.attrs["version"], base=base)
    assert fixed.equals(frame)
    assert set(xr.roster(STATEMENT, base=base)["is_current"]) == {True}


def test_a_table_has_stable_addresses_in_three_forms(layout: Layout) -> None:
    at = f"{layout.without_range}joint-statements/latest/statements"
    typed = xr.load("joint-statements", "statements", base=layout.folder)
    text = pd.read_csv(f"{at}.csv", dtype="string", keep_default_na=False, na_values=[""])
    rows = pd.DataFrame(get_json(f"{at}.json"))
    parquet = pq.read_table(layout.folder / "joint-statements/latest/statements.parquet")
    assert list(typed) == list(text) == list(rows) == parquet.column_names
    for field in ("statement_id", "declared_count", "delivered_on", "note"):
        expected = typed[field].astype("string").str.removesuffix(" 00:00:00")
        as_text = rows[field].astype("Int64") if field == "declared_count" else rows[field]
        assert list(expected.fillna("")) == list(text[field].fillna("")), field
        assert list(expected.fillna("")) == list(as_text.astype("string").fillna("")), field
    sums = get(f"{layout.address}joint-statements/1.0.0/SHA256SUMS").decode()
    assert "data/statements.csv" in sums


def test_polars_reads_parts_of_a_file_where_the_host_answers_ranges(layout: Layout) -> None:
    at = f"{layout.address}joint-statements/latest/statements"
    assert polars.read_parquet(f"{at}.parquet", columns=["declared_count"]).shape == (4, 1)
    assert polars.read_csv(f"{at}.csv").height == 4


@pytest.mark.parametrize("host", ["address", "without_range"])
def test_frictionless_opens_catalog_and_package(layout: Layout, host: str) -> None:
    base = getattr(layout, host)
    catalog = frictionless.Catalog(f"{base}catalog.json")
    assert catalog.dataset_names == PACKAGES
    package = catalog.get_dataset("joint-statements").package
    assert len(package.get_resource("statements").read_rows()) == 4
    latest = frictionless.Package(f"{base}joint-statements/latest/datapackage.json")
    assert len(latest.get_resource("statements").read_rows()) == 4


def test_the_package_of_latest_is_valid(real: dict[str, bytes], tmp_path: Path) -> None:
    at = "detention-figures/latest/"
    for path in (path for path in real if path.startswith(at)):
        (tmp_path / path.removeprefix(at)).write_bytes(real[path])
    for path in (ROOT / "published/detention-figures/latest/data").glob("*.csv"):
        shutil.copy(path, tmp_path)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])


def test_croissant_is_read_over_http(layout: Layout, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlcroissant

        at = f"{layout.address}joint-statements/latest/croissant.json"
        dataset = mlcroissant.Dataset(at)
        assert len(list(dataset.records("statements"))) == 4
    assert not dataset.metadata.ctx.issues.errors


def test_a_page_has_what_google_s_dataset_search_reads(layout: Layout) -> None:
    """Required and recommended properties, as far as the record knows them, in the page itself."""
    for path in ("data/joint-statements.html", "data/joint-statements/1.0.0.html"):
        page = get(layout.address + path).decode()
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
        assert found
        dataset = json.loads(found[1])
        assert dataset["@context"] == "https://schema.org/" and dataset["@type"] == "Dataset"
        assert dataset["name"] and 50 <= len(dataset["description"]) <= 5000
        assert dataset.keys() >= RECOMMENDED
        assert re.fullmatch(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}", dataset["temporalCoverage"]
        )
        assert dataset["url"] == f"{layout.address}data/joint-statements/1.0.0.html"
        assert all(item["@type"] in {"Organization", "Person"} for item in dataset["creator"])
        for item in dataset["distribution"]:
            assert item["encodingFormat"] and item["contentUrl"].startswith(layout.address)
            assert len(get(item["contentUrl"])) == int(item["contentSize"].removesuffix(" B"))


def test_the_openapi_description_is_valid_and_true(layout: Layout, real: dict[str, bytes]) -> None:
    api = get_json(f"{layout.address}openapi.json")
    assert api["openapi"] == "3.1.0"
    openapi_spec_validator.validate(api)
    base = api["servers"][0]["url"]
    concrete = [path for path in api["paths"] if "{" not in path]
    assert "/joint-statements/latest/statements.json" in concrete
    for path in concrete:
        assert get(base + path), path
    api = json.loads(real["openapi.json"])
    rows = [path for path in api["paths"] if path in {f"/{name}" for name in real}]
    examples = {path: path for path in rows if path.endswith("s.json") and "versions" not in path}
    assert len(examples) > 30
    examples |= {
        "/country/{country_iso3}.json": "/country/QAT.json",
        "/statement/{statement_id}.json": f"/statement/{STATEMENT}.json",
    }
    for path, example in examples.items():
        content = api["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        schema = {**content["schema"], "components": api["components"]}
        checker = jsonschema.Draft202012Validator(schema)
        value = json.loads(real[example[1:]])
        assert next(checker.iter_errors(value), None) is None, path
        broken = value[0] if isinstance(value, list) else value
        broken.popitem()
        assert next(checker.iter_errors(value), None), f"{path}: a lost property is not noticed"
    fixed = "/joint-statements/{version}/data/statements.parquet"
    assert fixed in api["paths"] and get(base + fixed.replace("{version}", "1.0.0"))


def test_the_catalog_conforms_to_dcat_s_core(layout: Layout) -> None:
    """The core of DCAT-AP 3: the whole of its shapes was run by hand, see docs/publishing.md."""
    from pyshacl import validate

    at = f"{layout.address}catalog.jsonld"
    data = get(at).decode()
    graph = parse(data, at)
    shapes = rdflib.Graph().parse(SHAPES)
    conforms, _, text = validate(graph, shacl_graph=shapes)
    assert conforms, text
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    links = list(graph.objects(None, dcat.downloadURL))
    assert len(links) > 20
    assert all(str(link).startswith(layout.address) for link in links) and get(str(links[0]))
    lacking = data.replace('"dcat:accessURL"', '"dcat:elsewhere"')
    assert not validate(parse(lacking, at), shacl_graph=shapes)[0]


def test_the_pages_link_what_the_layout_adds(layout: Layout) -> None:
    page = get(f"{layout.address}data/joint-statements.html").decode()
    found = re.findall(r'href="\.\./(joint-statements/latest/[^"]+)"', page)
    assert {"joint-statements.duckdb", "croissant.json", "statements.json"} <= {
        path.rpartition("/")[2] for path in found
    }
    index = get(f"{layout.address}data/index.html").decode()
    found += re.findall(r'href="\.\./([a-z.]+(?:json|txt|jsonld))"', index)
    assert "openapi.json" in found and "llms.txt" in found
    for path in found:
        assert get(layout.address + path), path


def test_the_data_pages_link_to_datasette_where_it_is_set(published: Path) -> None:
    record = load(published)
    render = make_renderer(record, "", [ENGLISH])

    def links(address: str) -> set[str]:
        pages = data_pages.make_pages(record, ENGLISH, Addresses(datasette_url=address))
        text = "".join(render(page).decode() for page in pages)
        return set(re.findall(r'href="(https://sql\.example\.org/[^"]*)"', text))

    base = "https://sql.example.org/"
    assert links(base) == {base, *(f"{base}{name}" for name in PACKAGES)}
    assert links("") == set()


def test_a_country_and_a_statement_have_a_file_each(layout: Layout) -> None:
    country = get_json(f"{layout.address}country/QAT.json")
    assert (country["country"]["name_en"], country["version"]) == ("Qatar", "1.0.0")
    kinds = [item["position_kind"] for item in country["positions"]]
    assert "withdrew" in kinds
    assert get(country["page"])
    statement = get_json(f"{layout.address}statement/{STATEMENT}.json")
    assert statement["statement"]["declared_count"] == 4
    assert {row["statement_id"] for row in statement["signatories"]} == {STATEMENT}
    assert [row["source_id"] for row in statement["sources"]]
    assert get(statement["page"])


def test_a_country_that_is_never_named_is_not_said_to_be_on_no_side(real: dict[str, bytes]) -> None:
    said = json.loads(real["country/ATA.json"])
    assert said["side"] == "not named on Xinjiang" and said["positions"] == []
    assert "does not mean that it signed none" in said["summary"] and said["page"] is None
    assert len([path for path in real if path.startswith("country/")]) > 240


def test_llms_txt_names_addresses_that_are_there(layout: Layout) -> None:
    text = get(f"{layout.address}llms.txt").decode()
    assert text.startswith("# Xinjiang Record\n\n> ")
    linked = re.findall(r"\]\((http[^)]*)\)", text)
    assert len(linked) > 15
    for link in linked:
        assert get(link), link


def test_the_duckdb_file_names_its_release_and_has_views(layout: Layout, tmp_path: Path) -> None:
    path = layout.folder / "joint-statements/latest/joint-statements.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        about = dict(connection.execute('SELECT * FROM "_about"').fetchall())
        assert about["version"] == "1.0.0" and about["content hash"].startswith("sha256:")
        assert f"{layout.address}data/joint-statements/1.0.0.html" in about["how to cite"]
        count = connection.execute("SELECT count(*), sum(declared_count) FROM statements")
        assert count.fetchone()[0] == 4
        comment = "SELECT comment FROM duckdb_columns() WHERE column_name = 'declared_count'"
        assert "In states." in connection.execute(comment).fetchone()[0]
    assert path.stat().st_size < 1_000_000


def test_relative_addresses_without_a_homepage(published: Path, layout: Layout) -> None:
    files = write_layout(load(published), published, Addresses())
    for path, data in files.items():
        assert path.endswith(".duckdb") or layout.address.encode() not in data, path
    croissant = json.loads(files["responses/latest/croissant.json"])
    first = croissant["distribution"][0]["contentUrl"]
    assert (layout.folder / "responses/latest" / first).is_file()
    graph = parse(files["catalog.jsonld"].decode(), "https://elsewhere.org/a/catalog.jsonld")
    assert (rdflib.URIRef("https://elsewhere.org/a/"), None, None) in graph


@pytest.mark.parametrize("language", ["pandas", "R", "DuckDB", "JavaScript (browser)"])
def test_the_code_on_a_data_page_runs(layout: Layout, language: str) -> None:
    page = get(f"{layout.address}data/joint-statements.html").decode()
    names = re.findall(r'<h3 id="load-\d">(.*?)</h3>', page)
    found = re.findall(r'<pre [^>]*id="snippet-\d"[^>]*>(.*?)</pre>', page, re.S)
    code = html.unescape(found[names.index(language)])
    assert f"{layout.address}joint-statements/latest/" in code
    if language == "DuckDB":
        try:
            answer = duckdb.sql(code).fetchone()
        except duckdb.Error as error:
            pytest.skip(f"DuckDB cannot load httpfs here: {str(error)[:80]}")
        assert answer and answer[0] > 0
        return
    commands = {
        "pandas": [sys.executable, "-c", code],
        "R": ["Rscript", "-e", code],
        "JavaScript (browser)": ["node", "--input-type=module", "-e", code],
    }
    command = commands[language]
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and re.search(r"[1-9]", done.stdout), done.stderr


def test_the_homepage_must_be_an_address(published: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="with the last slash"):
        build_site(published, tmp_path / "site", Addresses("example.org", ""), ["en"])
