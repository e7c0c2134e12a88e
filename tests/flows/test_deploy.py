"""deploy/ and .github/ without the machines they are for.

What a linter would say, and that every path and command in them exists.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows import schedule

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy").glob("*.service")) + sorted((ROOT / "deploy").glob("*.timer"))
YAML = sorted((ROOT / ".github").rglob("*.yml"))
WORKFLOWS = [path for path in YAML if path.parent.name == "workflows"]


def instructions(path: Path) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, with continued lines joined."""
    text = re.sub(r"(?m)^\s*#.*\n", "", path.read_text("utf-8"))
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines if line.strip()]


def test_the_dockerfile_is_what_a_linter_wants() -> None:
    found = instructions(ROOT / "deploy/Dockerfile")
    words = [word for word, _ in found]
    by_word = {word: [value for name, value in found if name == word] for word in words}
    assert words[0] == "FROM" and re.search(
        r":[0-9.]+", by_word["FROM"][0]
    )  # DL3006, DL3007: a tag, and not latest
    assert "ADD" not in words  # DL3020
    assert by_word["USER"][-1] not in ("root", "0")  # DL3002
    assert all(
        value.startswith("[") for value in (*by_word["CMD"], *by_word["ENTRYPOINT"])
    )  # DL3025: no shell between
    assert all(value.startswith("/") for value in by_word["WORKDIR"])  # DL3000
    for value in by_word["RUN"]:
        assert "sudo" not in value and "curl" not in value  # DL3004, DL4001
        if "pip install" in value:
            assert "--no-cache-dir" in value and (
                "--require-hashes" in value or "--no-deps" in value
            )  # DL3042, DL3013
    for value in by_word["COPY"]:
        sources = [part for part in value.split()[:-1] if not part.startswith("--")]
        assert all((ROOT / part).exists() for part in sources if part != "published"), value
    assert json.loads(by_word["ENTRYPOINT"][-1]) == ["xrecord"]
    known(json.loads(by_word["CMD"][-1]))
    assert by_word["COPY"][0].split()[:-1] == [
        "requirements.lock"
    ]  # what changes seldom first: its layer is kept


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = re.sub(r"/srv/record/\.venv/bin/\w+", "/bin/true", path.read_text("utf-8"))
        (tmp_path / path.name).write_text(text, "utf-8")
    names = [str(tmp_path / path.name) for path in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [
        line for line in done.stderr.splitlines() if "xrecord" in line
    ] == []  # of other units it may say what it likes


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_are_whole_and_run_commands_that_exist(path: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path)
    assert unit["Unit"]["Description"]
    if path.suffix == ".timer":
        assert (ROOT / "deploy" / f"{path.stem}.service").is_file()
        assert unit["Timer"]["OnCalendar"] and unit["Install"]["WantedBy"] == "timers.target"
        return
    assert unit["Service"]["User"] != "root" and unit["Service"]["ProtectSystem"] == "strict"
    for line in re.findall(r"(?m)^ExecStart(?:Pre)?=(.*)$", path.read_text("utf-8")):
        program, *arguments = shlex.split(line)
        assert program.startswith("/srv/record/.venv/bin/")
        if program.endswith("/xrecord"):
            known(arguments)


def known(arguments: list[str]) -> None:
    """Whether ``xrecord`` has such a command, with such options."""
    from xinjiang_record.cli.main import group

    command = group.get_command(None, arguments[0])  # type: ignore[arg-type]
    assert command, arguments
    options = {name for parameter in command.params for name in parameter.opts}
    assert {part for part in arguments if part.startswith("--")} <= options, arguments


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_have_few_rights_a_time_out_and_known_commands(path: Path) -> None:
    flow: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    strangers = "pull_request" in flow[True]  # YAML 1.1 reads the key `on` so
    assert "pull_request_target" not in flow[True]
    assert flow["permissions"] == {"contents": "read"} or not strangers
    for job in flow["jobs"].values():
        assert job["timeout-minutes"] and job["runs-on"]
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            if "uses" in step:
                assert re.fullmatch(r"actions/[a-z-]+@v[0-9]+", step["uses"])
                assert (
                    not strangers
                    or "checkout" not in step["uses"]
                    or step["with"]["persist-credentials"] is False
                )
            assert "${{ github.event" not in step.get("run", ""), "words of strangers in a shell"
            for line in re.findall(r"xrecord (.*)", step.get("run", "")):
                known(shlex.split(line.split("||")[0]))


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_yaml_is_read_and_names_no_package_host(path: Path) -> None:
    text = path.read_text("utf-8")
    assert isinstance(yaml.safe_load(text), dict)
    assert not re.search(r"pypi|pythonhosted|npmjs|index-url", text)


def test_prefect_yaml_names_flows_that_exist_and_one_pool() -> None:
    plan = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    found = {
        (
            item["name"],
            item["entrypoint"],
            item["schedules"][0]["cron"],
            item["description"],
            tuple(item["tags"]),
        )
        for item in plan["deployments"]
    }
    assert found == {
        (item.name, item.entrypoint, item.cron, item.description, item.tags)
        for item in schedule.PLANS.values()
    }
    for item in schedule.PLANS.values():
        path, name = item.entrypoint.split(":")
        assert item.flow.fn.__name__ == name
        assert item.flow.fn.__module__ == path.removesuffix(".py").replace("/", ".")
    for item in plan["deployments"]:
        assert item["concurrency_limit"] == {
            "limit": 1,
            "collision_strategy": "CANCEL_NEW",
            "grace_period_seconds": 60,
        }
        assert item["work_pool"]["name"] == "xinjiang-record"


def test_the_daily_run_has_one_hour_everywhere() -> None:
    workflow: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())
    assert workflow[True]["schedule"] == [{"cron": schedule.DAILY_CRON}]
    minute, hour, *_ = schedule.DAILY_CRON.split()
    assert f"{int(hour):02}:{int(minute):02}" == schedule.DAILY_TIME
    timer = (ROOT / "deploy/xrecord-run.timer").read_text("utf-8")
    assert f"OnCalendar=*-*-* {schedule.DAILY_TIME}:00 UTC" in timer
    deploy = [path.read_text("utf-8") for path in (ROOT / "deploy").iterdir() if path.is_file()]
    assert not any("--cron" in text for text in deploy)


def test_what_is_sound_is_committed_though_another_package_has_findings() -> None:
    """The order of publish.yml.

    Publish, prove, commit; the last two run though the first failed, the last only if all is
    proved.
    """
    (job,) = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text("utf-8"))[
        "jobs"
    ].values()
    publish, prove, commit = (
        step
        for step in job["steps"]
        if "xrecord" in step.get("run", "") or "git push" in step.get("run", "")
        if step["name"] != "Set up"
    )
    assert "xrecord run --direct" in publish["run"] and "if" not in publish
    assert "xrecord verify" in prove["run"] and prove["if"] == "${{ !cancelled() }}"
    assert commit["if"] == f"${{{{ !cancelled() && steps.{prove['id']}.outcome == 'success' }}}}"


def test_the_action_checks_every_path_and_fails_where_one_is_wrong(tmp_path: Path) -> None:
    """The last step of action.yml as GitHub runs it.

    Paths stand on lines of their own, as YAML invites to write them.
    """
    step = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"][-1]
    assert set(step["env"]) == {"XRECORD_PATHS", "XRECORD_STRICT", "XRECORD_LIMIT_ERRORS"}
    (tmp_path / "good.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n3\n", "utf-8")
    for paths, code in (("good.csv\n", 0), ("good.csv\nbad.csv\n", 1)):
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "XRECORD_PATHS": paths,
            "XRECORD_STRICT": "false",
            "XRECORD_LIMIT_ERRORS": "1000",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
    assert "::error file=bad.csv,line=3" in done.stdout
    assert "bad.csv" in (tmp_path / "summary.md").read_text("utf-8")


def test_the_hooks_run_commands_that_exist() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    for hook in hooks:
        program, *arguments = shlex.split(hook["entry"])
        assert program == "xrecord"
        known(arguments)
        assert re.search(hook["files"], "data/datapackage.json") and not re.search(
            hook["files"], "datapackage.csv"
        )
