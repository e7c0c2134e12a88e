"""What the release tests share.

The made-up package of the fault tests, and packages made from plain rows.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from xinjiang_record.model import Candidate

PUBLISHER = Path(__file__).resolve().parent.parent / "faults" / "publisher.py"


def _publisher() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made_up_publisher", PUBLISHER)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["made_up_publisher"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """The module ``tests/faults/publisher.py``."""
    return _publisher()


@pytest.fixture(scope="session")
def make(made: ModuleType) -> Callable[[int], Candidate]:
    """A candidate by variant: ``20 + variant`` things."""
    function: Callable[[int], Candidate] = made.candidate
    return function


@pytest.fixture(scope="session")
def published_once(
    make: Callable[[int], Candidate], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with three releases; not to be changed."""
    from xinjiang_record.release import publish

    folder = tmp_path_factory.mktemp("published")
    for variant in (0, 2, 1):
        publish(make(variant), folder)
    return folder


@pytest.fixture
def published(published_once: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it to break."""
    import shutil

    yield Path(shutil.copytree(published_once, tmp_path / "published", symlinks=True))
