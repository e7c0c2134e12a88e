"""Install the wheel without extras in a fresh environment: what works, and what names its extra."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tests.cli.conftest import base_packages, needed, normalize
from xinjiang_record.extras import EXTRAS

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_PACKAGES, MOST_BYTES = 50, 350_000_000


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("checkout") / "project"
    for name in ("raw", "schemas", "flows", "published", "docs"):
        ignored = shutil.ignore_patterns("snapshots", "__pycache__")
        shutil.copytree(ROOT / name, place / name, ignore=ignored, symlinks=True)
    (place / "page.html").write_text("<p>On 8 July 2019 France and Germany signed.</p>")
    (place / "table.csv").write_text("a,b\n1,2\n")
    return place


def call(base: Path, checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(checkout), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [base / "bin/python", "-W", "error", *arguments],
        cwd=checkout, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_the_base_is_light() -> None:
    names = base_packages()
    sizes = {
        name: sum(
            Path(str(file.locate())).stat().st_size
            for file in importlib.metadata.distribution(name).files or []
            if Path(str(file.locate())).is_file()
        )
        for name in names
    }
    assert len(names) <= MOST_PACKAGES, sorted(names)
    assert sum(sizes.values()) <= MOST_BYTES, sorted(sizes.items(), key=lambda item: -item[1])


def test_one_name_is_installed(wheel: Path) -> None:
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", wheel], capture_output=True, text=True, check=True
    ).stdout
    tops = {line.split("/")[0] for line in names.splitlines()[1:]}
    assert {top for top in tops if ".dist-info" not in top} == {"xinjiang_record"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["versions"],
        ["cite", "joint-statements"],
        ["verify", "documents"],
        ["validate", "published/documents/latest/datapackage.json"],
        ["validate", "table.csv"],
        ["get", "documents@1.0.0", "copies"],
        ["reconcile", "France", "Frnace", "瑙鲁"],
        ["history", "2019-07-12-hrc41-supportive.QAT"],
        ["diff", "joint-statements", "1.0.0"],
        ["preview", "--help"],
        ["site", "--help"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_the_base_does(base: Path, checkout: Path, arguments: list[str]) -> None:
    done = call(base, checkout, "-m", "xinjiang_record.cli", *arguments)
    assert done.returncode == 0, done.stderr


MISSING = [
    (["run"], 3, "apprise|prefect", "flows"),
    (["schedule"], 3, "apprise|prefect", "flows"),
    (["preview", "documents"], 1, "xlsxwriter", "pipeline"),
    (["run", "--direct", "documents"], 3, "xlsxwriter", "pipeline"),
    (["extract", "page.html"], 3, "lxml", "extract"),
    (["check", "page.html"], 3, "lxml", "extract"),
    (["site", "build"], 3, "vl_convert", "site"),
    (["figure", "map", "--as-of", "2020-01-01"], 3, "vl_convert", "site"),
    (["validate", "table.xlsx"], 1, "openpyxl", "excel"),
    (["validate", "table.resource.json"], 1, "ijson", "excel"),
]


@pytest.mark.parametrize(
    ("arguments", "code", "module", "extra"), MISSING, ids=lambda value: str(value)[:30]
)
def test_a_missing_extra_is_named(
    base: Path,
    checkout: Path,
    tmp_path: Path,
    arguments: list[str],
    code: int,
    module: str,
    extra: str,
) -> None:
    import openpyxl

    openpyxl.Workbook().save(checkout / "table.xlsx")
    (checkout / "table.json").write_text('[["a", "b"], [1, 2]]')
    resource = '{"name": "table", "path": "table.json", "type": "table"}'
    (checkout / "table.resource.json").write_text(resource)
    if "--direct" in arguments or "preview" in arguments:  # with nothing published there is work
        for name in ("raw", "schemas"):
            shutil.copytree(checkout / name, tmp_path / name)
        checkout = tmp_path
    done = call(base, checkout, "-m", "xinjiang_record.cli", *arguments)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert re.search(rf"({module}) is not installed", said), said
    assert f"pip install 'xinjiang-record[{extra}]'" in said
    assert "Traceback" not in said and len(said.splitlines()) < 20, said


@pytest.mark.parametrize("name", ["I_jsonl", "I_xlsx_plain_install"])
def test_a_case_of_a_plain_install(base: Path, name: str) -> None:
    folder = ROOT / "tests" / "validate" / "cases" / name
    right = yaml.safe_load((folder / "RIGHT.md").read_text("utf-8").split("---\n")[1])
    for run in right["runs"]:
        arguments = shlex.split(run["command"])[1:]
        done = call(base, folder, "-m", "xinjiang_record.cli", *arguments)
        assert done.returncode in run["exit"], done.stdout + done.stderr
        assert not any(text in done.stdout for text in run["must_not_contain"])
        assert "pip install 'xinjiang-record[excel]'" in done.stdout


def test_flows_are_served_with_the_libraries_of_a_run_alone(of_a_run: Path, checkout: Path) -> None:
    """As in the image of deploy/, and after ``make run`` in a fresh clone."""
    program = "import flows.run_lock, flows.serve_schedule; print(*flows.serve_schedule.names())"
    done = call(of_a_run, checkout, "-W", "default", "-c", program)
    assert done.stdout.split()[0] == "record-daily", done.stderr
    for option, extra in (("--fetch", "extract"), ("--site", "site")):
        arguments = ("-m", "xinjiang_record.cli", "schedule", option, "0 3 * * 0")
        done = call(of_a_run, checkout, "-W", "default", *arguments)
        assert done.returncode == 3 and "Traceback" not in done.stderr, done.stderr
        assert f"pip install 'xinjiang-record[{extra}]'" in done.stderr


def test_python_names_the_extra_for_tables(base: Path, checkout: Path) -> None:
    program = "import xinjiang_record as xr; xr.load('joint-statements', 'signatories')"
    done = call(base, checkout, "-c", program)
    assert "this needs the extra [pandas]" in done.stderr.splitlines()[-1]


def extras_of_pyproject() -> Iterator[tuple[str, str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for extra, requirements in project["optional-dependencies"].items():
        for text in requirements:
            if extra not in ("all", "test", "bench") and "xinjiang-record" not in text:
                yield extra, normalize(Requirement(text).name)


def test_each_library_of_an_extra_is_listed_with_it() -> None:
    modules = importlib.metadata.packages_distributions()
    listed = {
        (extra, normalize(name))
        for extra, names in EXTRAS.items()
        for module in names
        for name in modules[module.split(".")[0]]
    }
    missing = sorted(set(extras_of_pyproject()) - listed)
    assert not missing, f"add to xinjiang_record/extras.py: {missing}"


def test_each_lock_holds_what_its_commands_need() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    pinned: set[str] = set()
    for lock, names in (
        ("requirements.lock", ("pipeline", "flows")),
        (
            "requirements-extras.lock",
            ("site", "extract", "fetch", "pandas", "dask", "excel", "sql"),
        ),
        ("requirements-test.lock", ("test",)),
    ):
        text = (ROOT / lock).read_text("utf-8")
        fresh = {normalize(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)==", text)}
        assert not fresh & pinned, f"{lock} repeats {sorted(fresh & pinned)}"
        pinned |= fresh
        wanted = needed(project["dependencies"])
        for name in names:
            own = [text for text in extras[name] if "xinjiang-record" not in text]
            wanted |= needed(own)
        assert wanted <= pinned, f"{lock} lacks {sorted(wanted - pinned)}; run: make lock"
