"""The commands on releases, run as people run them."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from tests.warm_commands import run_command
from xinjiang_record.release import publish

HOSTILE = "\x1b[2J | *x* <b> `y`\u202e"  # would clear a terminal, and is Markdown and HTML


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(__file__).resolve().parent.parent / "faults" / "publisher.py"
    spec = importlib.util.spec_from_file_location("made_up_for_commands", path)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    root = tmp_path_factory.mktemp("checkout")
    (root / "schemas").mkdir()
    (root / "schemas" / "fields.toml").write_text("")
    first, second = made.candidate(0), made.candidate(1)
    things = second.tables["things"]
    names = [*things["name"].to_pylist()[:-1], HOSTILE]
    at = things.column_names.index("name")
    second.tables["things"] = things.set_column(at, "name", pa.array(names))
    for candidate in (first, second):
        publish(candidate, root / "published")
    return root


@pytest.fixture
def checkout(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "checkout", symlinks=True))


TRIED: set[str] = set()


def xrecord(checkout: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the installed command, or, where it has been tried, in a process with all imports."""
    if arguments[0] in TRIED:
        done = run_command(*arguments, folder=checkout)
        return done.returncode, done.stdout, done.stderr
    TRIED.add(arguments[0])
    done = subprocess.run(
        ["xrecord", *arguments],
        cwd=checkout,
        capture_output=True,
        text=True,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
    )
    return done.returncode, done.stdout, done.stderr


def test_verify(checkout: Path) -> None:
    assert xrecord(checkout, "verify") == (
        0,
        "Every release: complete, unchanged, and as versions.json lists it.\n",
        "",
    )
    assert xrecord(checkout, "verify", "made-up@1.0.0")[0] == 0
    (checkout / "nothing").mkdir()
    code, out, _ = xrecord(checkout, "verify", "--path", "nothing")
    assert (code, out) == (1, "nothing: holds no release. Name the folder of the releases.\n")
    (checkout / "published/made-up/1.0.0/LICENSE").write_text("x\n")
    (checkout / "published/made-up/more\x1b[2J").write_text("x\n")  # it would clear a terminal
    code, out, err = xrecord(checkout, "verify")
    assert (code, err) == (1, "2 problems.\n")
    assert "1.0.0/LICENSE: its bytes" in out
    assert "made-up/more\\x1b[2J: does not belong there" in out
    assert xrecord(checkout, "verify", "other")[0] == 2


def test_diff_versions_history_cite(checkout: Path) -> None:
    code, out, _ = xrecord(checkout, "diff", "made-up", "1.0.0", "1.1.0", "--format", "csv")
    assert code == 0
    assert out == (checkout / "published/made-up/1.1.0/changes/from-1.0.0.csv").read_text()
    assert (
        "- `things` t-020 new: \\x1b\\[2J \\| \\*x\\* \\<b\\> \\`y\\`\\u202e\n"
        in xrecord(checkout, "diff", "made-up", "1.0.0", "--format", "markdown")[1]
    )
    for command in (("diff", "made-up", "1.0.0"), ("history", "t-020")):
        out = xrecord(checkout, *command)[1]
        assert "\\x1b[2J | *x* <b> `y`\\u202e" in out and "\x1b" not in out
    assert "made-up\t1.1.0\t2026-11-23\t22\t" in xrecord(checkout, "versions")[1]
    assert (
        "made-up\t1.1.0\tthings\tadd\tthing_id\t\tt-020\tnew_evidence\t"
        in xrecord(checkout, "history", "t-020")[1]
    )
    assert xrecord(checkout, "history", "t-777")[0] == 2
    assert xrecord(checkout, "cite", "made-up@1.0.0", "--style", "bibtex")[1].startswith(
        "@misc{made-up-1.0.0,"
    )


def test_commands_say_what_is_withdrawn_and_that_no_release_is_the_latest(checkout: Path) -> None:
    notices = ""
    for version in ("1.0.0", "1.1.0"):
        release = f"made-up@{version}"
        notices += f"xrecord: warning: made-up {version} was withdrawn on 2026-11-24: Wrong.\n"
        assert xrecord(
            checkout, "withdraw", release, "--reason", "Wrong.", "--on", "2026-11-24"
        )[0] == 0  # fmt: skip
    for command in (
        ("diff", "made-up", "1.0.0", "1.1.0"),
        ("verify",),
        ("verify", "made-up"),
        ("verify", "--path", "published/made-up"),
    ):
        code, out, err = xrecord(checkout, *command)
        assert (code, err) == (0, notices) and out
    for command in (("verify", "made-up@1.1.0"), ("verify", "--path", "published/made-up/1.1.0")):
        assert xrecord(checkout, *command)[2] == notices.splitlines(keepends=True)[1]
    code, out, err = xrecord(checkout, "history", "t-020")
    assert code == 0 and "t-020" in out and err == notices.splitlines(keepends=True)[1]
    for command in (("cite", "made-up"), ("get", "made-up"), ("diff", "made-up", "1.0.0")):
        code, out, err = xrecord(checkout, *command)
        assert (code, out) == (2, "")
        assert "Every release of made-up is withdrawn, so none is the latest." in err
        assert "Name the version to read it all the same: 1.0.0, 1.1.0." in err
    assert xrecord(checkout, "cite", "made-up@1.0.0")[0] == 0


@pytest.mark.parametrize(
    "command",
    ["verify X", "withdraw X@1.0.0 --reason x", "rebuild X@1.0.0", "sign stamp X@1.0.0 y",
     "cite X", "diff X 1.0.0"],
)  # fmt: skip
def test_an_unknown_package_is_refused_in_the_same_words(command: str, checkout: Path) -> None:
    done = run_command(*command.replace("X", "made-ip").split(), folder=checkout)
    assert (done.returncode, done.stdout) == (2, "")
    said = "Unknown package 'made-ip': expected one of made-up. Did you mean 'made-up'?"
    assert said in done.stderr


def test_no_answer_says_what_to_check(checkout: Path) -> None:
    (checkout / "a.txt").write_text("Chad signed the letter.\n")
    for command in (("versions",), ("check", "a.txt")):
        done = run_command(*command, "--from", "http://127.0.0.1:9", folder=checkout)
        assert done.returncode == 3 and "base=" not in done.stderr
        assert done.stderr.endswith(
            "127.0.0.1 does not answer: Connection refused. Check the address and the network. "
            "Nothing was stored.\n"
        )


def test_a_withdrawal_is_not_of_a_later_day(checkout: Path) -> None:
    withdraw = ("withdraw", "made-up@1.1.0", "--reason", "A source was misread.", "--on")
    code, _, errors = xrecord(checkout, *withdraw, "2999-01-01")
    assert code == 2 and "expected today or a day before" in errors
    assert xrecord(checkout, "diff", "made-up", "1.1.0")[2] == (
        "made-up: nothing changed from 1.1.0 to 1.1.0.\n"
    )


def test_get_withdraw_export(checkout: Path) -> None:
    assert xrecord(checkout, "get", "made-up@1.0.0", "copies")[1] == "copies/made-up-1.0.0\n"
    assert xrecord(checkout, "verify", "--path", "copies/made-up-1.0.0")[0] == 0
    assert xrecord(checkout, "get", "made-up@1.0.0", "copies")[0] == 2
    code, out, _ = xrecord(
        checkout,
        "withdraw",
        "made-up@1.1.0",
        "--reason",
        "A source was misread.",
        "--on",
        "2026-11-24",
    )
    assert (code, out) == (0, "made-up 1.1.0 is withdrawn. Its bytes are kept; latest is 1.0.0.\n")
    assert "withdrawn: A source was misread." in xrecord(checkout, "versions", "made-up")[1]
    assert xrecord(checkout, "withdraw", "made-up", "--reason", "x")[0] == 2
    code, out, _ = xrecord(checkout, "export", "web")
    assert code == 0 and out.endswith("all read back equal.\n")
    assert xrecord(checkout, "verify", "--path", "web")[0] == 0
    assert (
        xrecord(checkout, "get", "made-up", "other", "--from", "web")[1] == "other/made-up-1.0.0\n"
    )
