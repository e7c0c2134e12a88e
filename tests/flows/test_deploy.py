"""deploy/ and .github/ without the machines they are for.

What a linter would say, and that every path and command in them exists.
"""

from __future__ import annotations

import configparser
import hashlib
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

from flows.schedule_times import CRONS

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy").glob("*.service")) + sorted((ROOT / "deploy").glob("*.timer"))
YAML = sorted((ROOT / ".github").rglob("*.yml"))
OTHER_LOCKS = ("requirements.lock", "requirements-extras.lock")
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
        if "apt-get install" in value:  # DL3009, DL3014, DL3015
            assert "--yes --no-install-recommends" in value and "rm -rf /var/lib/apt/lists" in value
        if "pip install" in value:
            assert "--no-cache-dir" in value and (
                "--require-hashes" in value or "--no-deps" in value
            )  # DL3042, DL3013
    for value in by_word["COPY"]:
        sources = [part for part in value.split()[:-1] if not part.startswith("--")]
        assert all((ROOT / part).exists() for part in sources), value
    # Only the libraries of a run, from their lock: no tests, no code, no data.
    assert {value.split()[-2] for value in by_word["COPY"]} == {
        "requirements.lock",
        "deploy/entrypoint.sh",
    }
    assert json.loads(by_word["ENTRYPOINT"][-1]) == ["entrypoint.sh"]
    assert by_word["EXPOSE"] and by_word["HEALTHCHECK"] and by_word["VOLUME"]


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not here")
def test_a_linter_has_nothing_to_say_about_the_scripts() -> None:
    done = subprocess.run(
        ["shellcheck", *sorted((ROOT / "deploy").glob("*.sh"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_compose_has_server_worker_and_database_and_opens_no_port_to_others() -> None:
    text = (ROOT / "deploy/compose.yml").read_text("utf-8")
    services = yaml.safe_load(text)["services"]
    assert set(services) == {"database", "server", "worker"}
    assert services["server"]["ports"] == ["127.0.0.1:4200:4200"]
    assert not any("ports" in services[name] for name in ("database", "worker"))
    assert services["worker"]["depends_on"] == {"server": {"condition": "service_healthy"}}
    assert services["server"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert all("healthcheck" in services[name] for name in ("database", "server"))
    assert "PASSWORD:?" in text  # no password of its own
    settings = set(services["worker"]["environment"]) | {"XRECORD_PROJECT"}
    entrypoint = (ROOT / "deploy/entrypoint.sh").read_text("utf-8")
    pull = (ROOT / "deploy/pull.sh").read_text("utf-8")
    known = set(re.findall(r"[A-Z]+_[A-Z_]+", entrypoint + pull)) | {"XRECORD_NOTIFY"}
    assert settings <= known


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not here")
def test_compose_reads_its_file() -> None:
    done = subprocess.run(
        ["docker-compose", "-f", ROOT / "deploy/compose.yml", "config", "--quiet"],
        env={**os.environ, "PREFECT_DB_PASSWORD": "x", "XRECORD_CHECKOUT": "/srv/record"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_helm_values_start_the_image_with_its_pool() -> None:
    worker = yaml.safe_load((ROOT / "deploy/helm/worker-values.yaml").read_text("utf-8"))["worker"]
    plan = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    assert worker["config"]["workPool"] == plan["deployments"][0]["work_pool"]["name"]
    assert worker["command"] == ["entrypoint.sh"] and worker["args"] == ["worker"]
    assert worker["podSecurityContext"]["runAsUser"] == 10001  # of the image
    mounts = {item["name"]: item["mountPath"] for item in worker["extraVolumeMounts"]}
    assert set(mounts) == {item["name"] for item in worker["extraVolumes"]}
    assert "/srv/record" in mounts.values()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        text = re.sub(
            r"/srv/record/(\.venv/bin/\w+|deploy/\w+\.sh)", "/bin/true", path.read_text("utf-8")
        )
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
    assert "XRECORD_PULL=1" in path.read_text("utf-8")  # new data come with a pull
    assert unit["Service"]["User"] != "root" and unit["Service"]["ProtectSystem"] == "strict"
    for line in re.findall(r"(?m)^ExecStart(?:Pre)?=(.*)$", path.read_text("utf-8")):
        program, *arguments = shlex.split(line)
        if program == "/srv/record/deploy/pull.sh":
            continue
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
    untrusted = "pull_request" in flow[True]  # YAML 1.1 reads the key `on` so
    assert "pull_request_target" not in flow[True]
    assert flow["permissions"] in ({"contents": "read"}, {})
    for job in flow["jobs"].values():
        assert job["timeout-minutes"] and job["runs-on"]
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            if "uses" in step:
                assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"]), "by commit"
                assert (
                    not untrusted
                    or "checkout" not in step["uses"]
                    or step["with"]["persist-credentials"] is False
                )
            assert "${{ github.event" not in step.get("run", ""), "words of untrusted in a shell"
            for line in re.findall(r"xrecord (.*)", step.get("run", "")):
                known(shlex.split(line.split("||")[0]))


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_yaml_is_read_and_names_no_package_host(path: Path) -> None:
    text = path.read_text("utf-8")
    assert isinstance(yaml.safe_load(text), dict)
    assert not re.search(r"pypi|pythonhosted|npmjs|index-url", text)


def test_prefect_yaml_names_flows_that_exist_and_one_pool() -> None:
    from flows import serve_schedule

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
        for item in serve_schedule.PLANS.values()
    }
    for item in serve_schedule.PLANS.values():
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
    assert workflow[True]["schedule"] == [{"cron": CRONS["record"]}]
    minute, hour, *_ = CRONS["record"].split()
    timer = (ROOT / "deploy/xrecord-run.timer").read_text("utf-8")
    assert f"OnCalendar=*-*-* {int(hour):02}:{int(minute):02}:00 UTC" in timer
    pages: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text())
    assert pages[True]["schedule"] == [{"cron": CRONS["site"]}]
    deploy = [path.read_text("utf-8") for path in (ROOT / "deploy").iterdir() if path.is_file()]
    assert not any("--cron" in text for text in deploy)


def test_what_is_sound_is_committed_though_another_package_has_findings() -> None:
    """The order of publish.yml.

    Publish, prove, commit; the last two run though the first failed, the last only if all is
    proved.
    """
    jobs = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text("utf-8"))["jobs"]
    publish, prove, pack = (
        step
        for step in jobs["build"]["steps"]
        if ("xrecord" in step.get("run", "") or "git diff" in step.get("run", ""))
        and step["name"] != "Set up"
    )
    assert "xrecord run --direct" in publish["run"] and "if" not in publish
    assert "xrecord verify" in prove["run"] and prove["if"] == "${{ !cancelled() }}"
    assert pack["if"] == f"${{{{ !cancelled() && steps.{prove['id']}.outcome == 'success' }}}}"


def test_no_installed_package_runs_with_the_right_to_push() -> None:
    """The job that may write has git and the patch of the other job, whose hash it checks."""
    flow = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text("utf-8"))
    build, push = flow["jobs"]["build"], flow["jobs"]["push"]
    assert flow["permissions"] == {} and build["permissions"] == {"contents": "read"}
    assert build["steps"][0]["with"]["persist-credentials"] is False
    assert push["permissions"] == {"contents": "write"} and push["needs"] == "build"
    shell = "\n".join(step.get("run", "") for step in push["steps"])
    assert not re.search(r"pip|python|npm|xrecord ", shell)
    assert "sha256sum --check" in shell and "--include='published/*'" in shell
    writes = [
        path.name
        for path in WORKFLOWS
        if re.search(r"\b(?:contents|id-token|packages): write", path.read_text("utf-8"))
    ]
    assert "preview.yml" not in writes and "test.yml" not in writes


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_installed_package_runs_with_the_right_to_sign(path: Path) -> None:
    for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
        if "write" in (job.get("permissions") or {}).values():
            shell = "\n".join(step.get("run", "") for step in job["steps"])
            assert not re.search(r"pip|python|npm|xrecord ", shell)


def test_what_is_attested_is_what_was_built() -> None:
    """Each job that signs compares the bytes with the sum that the job without rights gave."""
    for name in ("publish", "wheel"):
        flow = yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text("utf-8"))
        attest, build = flow["jobs"]["attest"], flow["jobs"]["build"]
        assert flow["permissions"] == {} and build["permissions"] == {"contents": "read"}
        assert attest["needs"] == "build" and "sha256" in build["outputs"]
        checks = [step for step in attest["steps"] if "sha256sum" in step.get("run", "")]
        assert "--check --strict" in checks[0]["run"]
        assert checks[0]["env"]["SHA256"] == "${{ needs.build.outputs.sha256 }}"
        assert attest["steps"][-1]["uses"].startswith("actions/attest-build-provenance@")


def test_the_patch_of_the_build_is_applied_to_published_only(tmp_path: Path) -> None:
    """The steps of both jobs, run by bash on a repository with a change in and outside of it."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text("utf-8"))["jobs"]
    pack = next(step["run"] for step in jobs["build"]["steps"] if step.get("id") == "pack")
    commit = next(step for step in jobs["push"]["steps"] if "sha256sum" in step.get("run", ""))
    hub, work, other = tmp_path / "hub.git", tmp_path / "work", tmp_path / "other"
    environment = {
        "PATH": os.environ["PATH"],
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "BRANCH": "main",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }

    def sh(script: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=folder,
            env={**environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    git = "git -c user.name=a -c user.email=a@example.org"
    sh(f"git init -q --bare -b main {hub}; git clone -q {hub} {work}", tmp_path)
    sh(f"mkdir published; echo 1 > published/a; {git} add .; {git} commit -qm a; "
       f"git push -q origin HEAD:main; git clone -q {hub} {other}", work)  # fmt: skip
    sh("mkdir published/1.0.1; echo x > published/1.0.1/a; ln -sfn 1.0.1 published/latest", work)
    done = sh(pack, work)
    assert done.returncode == 0, done.stderr
    output = dict(line.split("=") for line in (tmp_path / "output").read_text().split())
    assert output["changed"] == "true"
    patch = {"PATCH": str(work / "published.patch"), "SHA256": output["sha256"]}
    assert sh(commit["run"], other, **{**patch, "SHA256": "0" * 64}).returncode != 0
    done = sh(commit["run"], other, **patch)
    assert done.returncode == 0, done.stderr
    files = sh("git ls-tree -r --name-only main", hub).stdout.split()
    assert files == ["published/1.0.1/a", "published/a", "published/latest"]
    evil = "--- /dev/null\n+++ b/code.py\n@@ -0,0 +1 @@\n+evil\n"
    (tmp_path / "evil").write_text(f"diff --git a/code.py b/code.py\nnew file mode 100644\n{evil}")
    digest = hashlib.sha256((tmp_path / "evil").read_bytes()).hexdigest()
    sh(commit["run"], other, PATCH=str(tmp_path / "evil"), SHA256=digest)
    assert "code.py" not in sh("git ls-tree -r --name-only main", hub).stdout


def test_the_action_installs_what_its_lock_names() -> None:
    """Every dependency of the action is in its lock, with the versions of the other locks."""
    text = (ROOT / "requirements-action.lock").read_text("utf-8")
    pins = dict(re.findall(r"(?m)^([a-z0-9-]+)==([^ ;]+)", text))
    others = "".join((ROOT / name).read_text("utf-8") for name in OTHER_LOCKS)
    assert all(f"{name}=={version}" in others for name, version in pins.items())
    assert {"frictionless", "pyarrow", "openpyxl", "setuptools"} <= pins.keys()
    steps = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    (install,) = (step["run"] for step in steps if "pip install" in step.get("run", ""))
    assert "--require-hashes" in install and install.count("--no-deps") == 2


def test_the_action_checks_every_path_and_fails_where_one_is_wrong(tmp_path: Path) -> None:
    """The last step of action.yml as GitHub runs it.

    Paths stand on lines of their own, as YAML invites to write them.
    """
    step = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"][-1]
    names = {"XRECORD_PATHS", "XRECORD_STRICT", "XRECORD_LIMIT_ERRORS", "XRECORD_STANDARD"}
    assert set(step["env"]) == names
    (tmp_path / "good.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n3\n", "utf-8")
    for paths, code in (("good.csv\n", 0), ("good.csv\nbad.csv\n", 1)):
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "XRECORD_PATHS": paths,
            "XRECORD_STRICT": "false",
            "XRECORD_STANDARD": "",
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
        assert re.search(hook["files"], "data/datapackage.json")
        assert not re.search(hook["files"], "README.md")
