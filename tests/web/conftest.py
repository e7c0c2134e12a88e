"""The web layout of a small record, served with Range and without; the files of the real one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.site import conftest as small
from tests.web_servers import serve_folder
from xinjiang_record.settings import Addresses
from xinjiang_record.site import serve
from xinjiang_record.site.release_data import load
from xinjiang_record.web.layout import write_layout
from xinjiang_record.web.publish_site import build_site

ROOT = Path(__file__).resolve().parents[2]
HOME = "https://example.org/record/"

published = small.published


@dataclass(frozen=True)
class Layout:
    """The built folder, and the two addresses that serve it, each with the last slash."""

    folder: Path
    address: str
    without_range: str


@pytest.fixture(scope="session")
def real() -> dict[str, bytes]:
    """The files that the layout adds to the site, of the record as it is published."""
    return write_layout(load(ROOT / "published"), ROOT / "published", Addresses(HOME, HOME))


@pytest.fixture(scope="session")
def layout(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    folder = tmp_path_factory.mktemp("web") / "site"
    with serve_folder(folder, serve.Handler) as with_range, serve_folder(folder) as without_range:
        address = f"{with_range}/"  # known before the site is built, which names it
        build_site(published, folder, Addresses(address, address), ["en"])
        yield Layout(folder, address, f"{without_range}/")
