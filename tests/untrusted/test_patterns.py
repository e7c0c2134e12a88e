"""Patterns with a deadline: equal to Python's own where they end, refused where they do not."""

from __future__ import annotations

import re
import time

import pytest

from xinjiang_record.errors import LimitError
from xinjiang_record.untrusted.patterns import (
    DeadlinePattern,
    compile_pattern,
    count_open_repeats,
)


@pytest.mark.parametrize(
    ("pattern", "repeats"),
    [
        ("[0-9]{4}-[0-9]{2}", 0),
        ("x?", 0),
        ("^[a-z]+$", 1),
        ("a*b*c*", 3),
        ("(ab)*", 1),
        ("(x+)+y", None),
        ("(a|aa)+$", None),
        ("(a?)*", None),
        ("(a{1,9}){1,9}", None),
        ("([a-z]+(-[a-z]+)*)", None),
        ("(?=a+)b", None),
        (r"(a)\1", None),
        ("(", None),
    ],
)
def test_how_time_grows_is_known(pattern: str, repeats: int | None) -> None:
    assert count_open_repeats(pattern) == repeats


@pytest.mark.parametrize(
    "pattern", ["^(x+)+y$", "^(a|aa)+$", "^a*a*a*a*a*a*a*b$", r"^(\w+\s?)*$", "^(.*)*$y"]
)
def test_a_pattern_without_end_is_refused(pattern: str) -> None:
    match = compile_pattern(pattern).match
    started = time.monotonic()
    with pytest.raises(LimitError, match="pattern_seconds"):
        for text in ("x" * 50_000 + "!", "a" * 50_000 + "!", "ab " * 20_000 + "!"):
            match(text)
    assert time.monotonic() - started < 60  # of a busy machine; the limit is processor time


@pytest.mark.parametrize("pattern", ["^(x+)+y?$", "^([a-z0-9]+(-[a-z0-9]+)*)$", "^(a|ab)(c|bcd)*$"])
def test_the_answer_is_the_one_of_re(pattern: str) -> None:
    guarded = compile_pattern(pattern)
    assert isinstance(guarded, DeadlinePattern)
    for text in ("", "x" * 20, "some-slug-of-words-2019", "abcdbcdbcdbcdbcd", "Not A Slug, though"):
        assert guarded.match(text) == (re.match(pattern, text) is not None)


def test_a_harmless_pattern_is_pythons_own() -> None:
    assert isinstance(compile_pattern("[0-9]{4}"), re.Pattern)
    with pytest.raises(re.error):
        compile_pattern("(")
