"""SHA256SUMS has one form: another order, a line twice or a missing line end is refused."""

from __future__ import annotations

import pytest

from xinjiang_record.errors import VerifyError
from xinjiang_record.release.integrity.checksums import format_sums, parse_sums

A, B = "a" * 64, "b" * 64
SOUND = f"{A}  data/a.csv\n{B}  data/b.csv\n"


def test_sound_sums_are_read_and_written_as_they_were() -> None:
    found = parse_sums(SOUND.encode(), "SHA256SUMS")
    assert found == {"data/a.csv": A, "data/b.csv": B}
    assert format_sums(found) == SOUND


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{B}  data/b.csv\n{A}  data/a.csv\n", "sorted, unique lines"),
        (f"{A}  data/a.csv\n{A}  data/a.csv\n", "sorted, unique lines"),
        (f"{B}  data/a.csv\n{A}  data/a.csv\n", "sorted, unique lines"),
        (SOUND.removesuffix("\n"), "end with a line feed"),
        (f"{SOUND}\n", "SHA256SUMS:3: expected a SHA-256"),
        (SOUND.replace("\n", "\r\n"), "SHA256SUMS:1: expected a SHA-256"),
        (SOUND.replace("  ", " *"), "SHA256SUMS:1: expected a SHA-256"),
        (SOUND.upper(), "SHA256SUMS:1: expected a SHA-256"),
        (f"{A}  SHA256SUMS\n", "SHA256SUMS:1: lists SHA256SUMS itself"),
        (f"{A}  ../a.csv\n", "SHA256SUMS:1: unsafe path"),
        (f"{A}  data\n{B}  data/b.csv\n", "SHA256SUMS: "),
        (f"{A}  data/\u00e4.csv\n", "expected ASCII text"),
        ("", "SHA256SUMS:1: expected a SHA-256"),
    ],
)
def test_other_sums_are_refused(text: str, said: str) -> None:
    with pytest.raises(VerifyError, match=said):
        parse_sums(text.encode(), "SHA256SUMS")
