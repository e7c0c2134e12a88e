"""The page and the feed of corrections, from a second release that changes and retracts facts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lxml import etree

from tests.site import conftest as small
from xinjiang_record.release.withdraw import withdraw
from xinjiang_record.site import build
from xinjiang_record.site.pages import corrections
from xinjiang_record.site.release_data import Record, load


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    published = tmp_path_factory.mktemp("corrected") / "published"
    for made in (small.joint_statements, small.detention_figures):
        package = made.__name__.replace("_", "-")
        small.write_release(published, package, made())
    tables = small.detention_figures()
    for row in tables["figures"]:
        if row["figure_id"] == "F003":
            row["value_point"] = 12_500.0
    tables["figures"] = [row for row in tables["figures"] if row["figure_id"] != "F004"]
    small.write_release(published, "detention-figures", tables)
    return load(published)


def test_a_changed_value_and_a_retracted_row_are_listed(record: Record) -> None:
    found = corrections.corrections(record)
    told = {(item.op, item.record_id, item.field, item.old, item.new) for item in found}
    assert ("corrected", "F003", "value_point", "12000", "12500") in told
    assert ("retracted", "F004", "", "", "") in told
    assert len([item for item in found if item.record_id == "F004"]) == 1


def test_the_page_and_the_feed_say_what_stood_and_what_stands(
    record: Record, tmp_path: Path
) -> None:
    published = record.releases["detention-figures"].path.parents[1]
    build.build(published, tmp_path / "site", base_url="https://example.org/r/", languages=["en"])
    page = (tmp_path / "site" / "corrections.html").read_text("utf-8")
    assert "12000" in page and "12500" in page and "retracted" in page
    reasons = {item.reason for item in corrections.corrections(record)} - {""}
    assert reasons and not [reason for reason in reasons if "_" in reason and reason in page]
    feed = etree.parse(tmp_path / "site" / "corrections.xml").getroot()
    said = [node.text or "" for node in feed.iter("{*}summary")]
    assert said and all("  " not in text and text.endswith(".") for text in said)
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    links = [entry.find("{*}link").get("href") for entry in entries]  # type: ignore[union-attr]
    assert "https://example.org/r/figures/F003.html" in links
    ids = [entry.findtext("{*}id") for entry in entries]
    assert len(ids) == len(set(ids)) == len(corrections.corrections(record))


def test_the_feed_of_releases_says_what_is_withdrawn(record: Record, tmp_path: Path) -> None:
    published = record.releases["detention-figures"].path.parents[1]
    place = Path(shutil.copytree(published, tmp_path / "published", symlinks=True))
    name, version = "detention-figures", record.releases["detention-figures"].version
    withdraw(place, name, version, "A source was misread.", "2999-01-01")
    feed = etree.fromstring(corrections.release_feed(load(place), ""))
    first = feed.find("{*}entry")
    assert first is not None and first.findtext("{*}title") == f"{name} {version} (withdrawn)"
    assert first.findtext("{*}summary") == "Withdrawn on 2999-01-01: A source was misread."
    assert first.findtext("{*}updated") == feed.findtext("{*}updated") == "2999-01-01T00:00:00Z"
