"""The tree is the architecture: imports only go down, and each danger has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEVELS = [
    {"errors", "model", "settings", "files"},
    {"sources", "extract", "reconcile", "validate"},
    {"packages"},
    {"release"},
    {"site", "client"},
    {"cli", "flows"},
]
LEVEL = {name: number for number, names in enumerate(LEVELS) for name in names}
# Inside a level a module may import from those to its left.
ORDER = [
    name
    for names in (["errors", "model", "settings", "files"], ["sources", "extract", "reconcile", "validate"])
    for name in names
]
MODULES = sorted((ROOT / "xinjiang_record").rglob("*.py")) + sorted((ROOT / "flows").rglob("*.py"))


def stage(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "flows" if parts[0] == "flows" else parts[1]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield node.module or "", node.lineno
            if node.module == "xinjiang_record":
                yield from ((f"xinjiang_record.{alias.name}", node.lineno) for alias in node.names)


def ours(name: str) -> str | None:
    parts = name.split(".")
    if parts[0] == "flows":
        return "flows"
    if parts[0] == "xinjiang_record" and len(parts) > 1 and parts[1] in LEVEL:
        return parts[1]
    return None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_only_go_down(path: Path) -> None:
    own = stage(path)
    if own not in LEVEL:
        assert own == "__init__", f"{path}: DESIGN.md draws no such place"
        return
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for name, line in imports(path)
        if (other := ours(name)) and other != own and LEVEL[other] > LEVEL[own]
    ]
    assert not wrong, "\n".join(wrong)


DOORS = {
    "a socket": (
        {"socket", "httpx", "urllib.request", "http.client", "requests", "aiohttp"},
        ("xinjiang_record/sources/fetch",),
    ),
    "an archive": ({"zipfile", "tarfile", "gzip", "bz2", "lzma", "zlib"}, ("xinjiang_record/sources/unpack",)),
    "Prefect": ({"prefect", "prefect_dask"}, ("flows/",)),
}


@pytest.mark.parametrize("danger", DOORS)
def test_each_danger_has_one_door(danger: str) -> None:
    modules, doors = DOORS[danger]
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in MODULES
        if not str(path.relative_to(ROOT)).startswith(doors)
        for name, line in imports(path)
        if any(name == module or name.startswith(module + ".") for module in modules)
    ]
    assert not wrong, f"{danger} is opened outside {doors}:\n" + "\n".join(wrong)


CALLS = {
    "renames or deletes": (
        "files",
        {
            "os.rename",
            "os.replace",
            "os.unlink",
            "os.remove",
            "os.rmdir",
            "os.symlink",
            "os.link",
            "shutil.rmtree",
            "shutil.move",
            "os.truncate",
        },
    ),
    "reads the clock": (
        "settings",
        {
            "time.time",
            "time.monotonic",
            "time.sleep",
            "datetime.now",
            "datetime.utcnow",
            "datetime.today",
            "date.today",
            "datetime.datetime.now",
            "datetime.date.today",
        },
    ),
    "reads the environment": ("settings", {"os.environ", "os.getenv", "os.environ.get", "os.putenv"}),
}


@pytest.mark.parametrize("what", CALLS)
def test_only_one_module(what: str) -> None:
    owner, names = CALLS[what]
    wrong = []
    for path in MODULES:
        if stage(path) == owner:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in names:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)}")
    assert not wrong, f"only {owner} {what}:\n" + "\n".join(wrong)
