"""Names of officials and peoples that sources spell in several ways."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from xinjiang_record.reconcile.person_spellings import reconcile

CASES = {
    "Shohrat Zakir": ["Zakir Shohrat", "Shohrat Zakir", "SHOHRAT ZAKIR"],
    "Erkin Tuniyaz": ["Erken Tuniyaz", "Erkin Tuniaz", "Arken Tuniyaz", "Alken Tuniaz"],
    "Huo Liujun": ["Liujun Huo", "Huo  Liujun"],
    "Uyghur": ["Uyghur", "Uighur", "Uygur"],
}


@pytest.mark.parametrize(
    ("wanted", "printed"), [(name, form) for name, forms in CASES.items() for form in forms]
)
def test_every_spelling_is_the_same_name(wanted: str, printed: str) -> None:
    assert reconcile(printed).spelling == wanted


@pytest.mark.parametrize("printed", ["Zakir", "Huo", "Erkin Tuniyazi", ""])
def test_a_part_of_a_name_or_another_name_is_not_guessed(printed: str) -> None:
    assert (reconcile(printed).status, reconcile(printed).spelling) == ("unknown", None)


def test_the_command() -> None:
    command = [
        sys.executable,
        "-m",
        "xinjiang_record.cli",
        "reconcile",
        "--spellings",
        "--format",
        "json",
        "Liujun Huo",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == [
        {"name": "Liujun Huo", "status": "resolved", "spelling": "Huo Liujun", "candidates": []}
    ]
