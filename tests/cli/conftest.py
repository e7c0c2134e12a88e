"""What the tests of the installed command share: the wheel, and an environment with it alone."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent.parent


def normalize(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(requirements: list[str], extra: str = "") -> set[str]:
    """Return the distributions that requirements bring, as installed in this environment."""
    found: set[str] = set()
    todo = [(Requirement(text), extra) for text in requirements]
    while todo:
        requirement, wanted = todo.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": wanted}):
            continue
        name = normalize(requirement.name)
        if name not in found:
            found.add(name)
            for text in importlib.metadata.distribution(name).requires or []:
                todo += [(Requirement(text), inner) for inner in (requirement.extras or {""})]
    return found


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, source / name)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "xinjiang_record", source / "xinjiang_record", ignore=ignored)
    shutil.copytree(ROOT / "flows", source / "flows", ignore=ignored)
    program = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, folder], cwd=source, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it needs: the libraries are links to this one's."""
    place = tmp_path_factory.mktemp("base") / "venv"
    venv.create(place, with_pip=False, symlinks=True)
    command = [sys.executable, "-m", "pip", "--python", place / "bin/python", "install", "--quiet"]
    subprocess.run([*command, "--no-deps", "--no-index", "--no-compile", wheel], check=True)
    return link_libraries(place, base_packages())


@pytest.fixture(scope="session")
def of_a_run(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment as ``make run`` and the image of deploy/ have it: by requirements.lock."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = [Requirement(line) for line in re.findall(r"(?m)^([^#\s][^\\\n]*)", lock)]
    names = {normalize(pin.name) for pin in pinned if not pin.marker or pin.marker.evaluate()}
    place = tmp_path_factory.mktemp("run") / "venv"
    shutil.copytree(base, place, symlinks=True)
    return link_libraries(place, names)


def link_libraries(place: Path, names: set[str]) -> Path:
    packages = next(place.glob("lib/python*/site-packages"))
    for name in names:
        for file in importlib.metadata.distribution(name).files or []:
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not (packages / top).exists():
                origin = Path(str(importlib.metadata.distribution(name).locate_file(top)))
                if origin.exists():
                    (packages / top).symlink_to(origin)
    return place


def base_packages() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return needed(project["dependencies"])
