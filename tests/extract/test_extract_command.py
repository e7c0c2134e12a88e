"""The commands: their JSON forms, exit codes and the proposed folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.warm_commands import run_command

TEXT = (
    "Joint statement on behalf of the following 4 countries: Albania, Belize, Croatia, and my own "
    "country, the United Kingdom.\nMore than a million people are held.\n"
)


def run(command: str, *arguments: str) -> tuple[int, str]:
    done = run_command(command, *arguments)
    return done.returncode, done.stdout


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(TEXT, "utf-8")
    return path


def test_json_form(page: Path) -> None:
    code, out = run("extract", "--format", "json", str(page))
    found = json.loads(out)
    assert list(found) == ["statements", "figures", "findings"]
    assert code == 0
    assert [(f["type"], f["severity"]) for f in found["findings"]] == [
        ("figure-incomplete", "warning")
    ]
    statement = found["statements"][0]
    assert list(statement) == ["declared_count", "lead_iso3", "title", "symbol", "signatories"]
    assert (statement["declared_count"], statement["lead_iso3"]) == (4, "GBR")
    assert statement["signatories"][0] == {
        "name": "Albania",
        "iso3": "ALB",
        "role": "signatory",
        "event": "signed",
        "date": "",
        "locator": "line 1",
        "because": {
            "cue": "on behalf of",
            "language": "en",
            "form": "before",
            "locator": "line 1",
            "is_confirmed": True,
        },
    }
    assert list(found["figures"][0]) == [
        "phrase",
        "value_low",
        "value_high",
        "value_point",
        "qualifier",
        "unit",
        "quantity_type",
        "population",
        "area",
        "period",
        "as_of",
        "publisher",
        "locator",
    ]


def test_findings_exit_1_and_kinds_choose(page: Path) -> None:
    page.write_text(TEXT.replace("4 countries", "9 countries"), "utf-8")
    assert run("extract", str(page))[0] == 1
    assert (
        json.loads(run("extract", "--as", "figures", "--format", "json", str(page))[1])[
            "statements"
        ]
        == []
    )
    assert (
        json.loads(run("extract", "--as", "statement", "--format", "json", str(page))[1])["figures"]
        == []
    )


def test_into_writes_a_folder_once(page: Path, tmp_path: Path) -> None:
    arguments = [
        "extract",
        str(page),
        "--as",
        "statement",
        "--into",
        str(tmp_path / "raw"),
        "--id",
        "2030-01-02-hrc70-critical",
    ]
    assert run(*arguments)[0] == 0
    folder = tmp_path / "raw" / "joint-statements" / "2030-01-02-hrc70-critical"
    assert (folder / "signatories.txt").read_text("utf-8").splitlines() == [
        "Albania",
        "Belize",
        "Croatia",
        "the United Kingdom",
    ]
    assert 'name = "the United Kingdom"' in (folder / "statement.toml").read_text("utf-8")
    again = run_command("extract", *arguments[1:])
    assert again.returncode != 0 and "exists. Nothing in it was changed" in again.stderr


@pytest.mark.parametrize("unsafe", ["../escape", "A B", "", "-x"])
def test_into_refuses_an_unsafe_id(page: Path, tmp_path: Path, unsafe: str) -> None:
    done = run_command("extract", page, "--into", tmp_path / "raw", "--id", unsafe)
    assert (
        done.returncode != 0
        and not (tmp_path / "raw").exists()
        and not (tmp_path / "escape").exists()
    )


def test_reconcile_keeps_the_order_and_strict_exits_1() -> None:
    code, out = run("reconcile", "--format", "json", "Peru", "Congo", "Peru")
    assert code == 0 and [row["status"] for row in json.loads(out)] == [
        "resolved",
        "ambiguous",
        "resolved",
    ]
    assert run("reconcile", "--strict", "Peru", "Congo")[0] == 1
    assert run("reconcile", "Ni\x1b[2Jger\tA\u202e")[1].startswith("Ni\\x1b[2Jger\\tA\\u202e\t")
    assert [
        line.split("\t")[2]
        for line in run("reconcile", "--as-list", "Peru", "Chile", "Guinea")[1].splitlines()
    ] == ["PER", "CHL", "GIN"]


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        (
            "Länderna som röstade nej var Kina, Kuba, Pakistan och Nepal, säger man i rapporten.",
            False,
        ),
        ("Minst 25 000 personer har gripits sedan 2017 och många är försvunna, sade de.", False),
        ("Indien och Brasilien lade ned sina röster.", False),
        ("Proti hlasovaly Kuba a Sýrie.", False),
        ("ประเทศที่ลงคะแนนคัดค้าน ได้แก่ จีน คิวบา ปากีสถาน และเนปาล", False),
        ("The council met today and discussed the budget of the city with members.", True),
        ("Konsey bugün toplandı ve şehrin bütçesini birkaç vatandaşla birlikte görüştü.", True),
    ],
)
def test_a_language_that_is_not_read_is_a_finding(tmp_path: Path, text: str, is_read: bool) -> None:
    path = tmp_path / "text.txt"
    path.write_text(text, "utf-8")
    code, out = run("extract", "--format", "json", str(path))
    found = [item["type"] for item in json.loads(out)["findings"]]
    assert json.loads(out)["figures"] == []
    assert ("unread-language" in found) is not is_read and code == (0 if is_read else 1)


def test_a_link_is_refused_as_a_link(page: Path) -> None:
    link = page.with_name("link.txt")
    link.symlink_to(page)
    command = [sys.executable, "-m", "xinjiang_record.cli", "extract", str(link)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"xrecord: {link}: is a link. It was not opened.\n"
