"""Patterns in bounded time: equal to Python's own where they end, refused where they do not."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import jsonschema
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinjiang_record.errors import LimitError
from xinjiang_record.limits import LIMITS
from xinjiang_record.untrusted import bounded_process, patterns
from xinjiang_record.untrusted.patterns import (
    MOST,
    WORK,
    DeadlinePattern,
    compile_pattern,
    count_steps,
)
from xinjiang_record.untrusted.regex_to_re2 import equal_to, subset_of

EDTF = r"^(\.\.|[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)(/(\.\.|[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?))?$"


@pytest.mark.parametrize(
    ("pattern", "length", "most"),
    [
        ("[0-9]{4}-[0-9]{2}", 10**6, 20),
        (EDTF, 10**6, 500),
        ("^(a|b)?(c|d)?$", 10**6, 100),
        ("^[a-z]+$", 1000, 3100),
        ("^https?://.+$", 1000, 8100),
        ("^a*b*$", 100, 42_000),
    ],
)
def test_a_pattern_of_few_steps_is_known(pattern: str, length: int, most: int) -> None:
    assert count_steps(pattern, length) <= most <= WORK


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        ("(x+)+y", 40),
        ("(a|aa)+$", 60),
        ("(a?)*", 60),
        ("(a{1,9}){1,9}", 60),
        ("a?" * 30 + "a" * 30, 30),
        ("(a|a)" * 30 + "b", 30),
        ("^(a*a*a*a*a*b)?$", 200),
        ("(?=a*a*a*a*b)c", 200),
        (r"(a)\1", 5),
        ("(", 1),
    ],
)
def test_a_pattern_of_many_steps_is_known(pattern: str, length: int) -> None:
    assert count_steps(pattern, length) > WORK


def test_more_text_never_means_fewer_steps() -> None:
    for pattern in ("(ab?)*c", "(x+)+y", "a{2,9}(b|cd){1,3}", "(a?b){0,70}", EDTF):
        steps = [count_steps(pattern, length) for length in range(80)]
        assert steps == sorted(steps) and steps[-1] <= MOST


@pytest.mark.parametrize(
    "pattern",
    ["^(x+)+y$", "^(a|aa)+$", "^a*a*a*a*a*a*a*b$", "^(a*a*a*a*b)?$", r"^(\w+\s?)+[?]$",
     "^" + "a?" * 30 + "a" * 30 + "$", "^([a-z]+)+[0-9]$"],
)  # fmt: skip
def test_a_slow_pattern_ends_at_once(pattern: str) -> None:
    match = compile_pattern(pattern).match
    started = time.process_time()
    for text in ("x" * 40, "x" * 50_000 + "!", "a" * 50_000 + "!", "ab " * 20_000 + "!"):
        assert not match(text)
    assert time.process_time() - started < 1


def test_a_slow_pattern_that_re2_may_not_have_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patterns, "LIMITS", replace(LIMITS, pattern_seconds=1))
    match = compile_pattern(r"^(x+)+\1$").match
    with pytest.raises(LimitError, match="pattern_seconds"):
        match("x" * 30 + "!")
    started = time.monotonic()
    for again in (match, compile_pattern(r"^(x+)+\1$").match):  # known by now, so at once
        with pytest.raises(LimitError, match="pattern_seconds"):
            again("x" * 31 + "!")
    assert time.monotonic() - started < 1  # one more try takes longer


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(.*)*$y", "x" * 600),
        (r"^(\w+)+$", "é" * 40 + "!"),
        ("^(x+)+y$", "x" * 40 + "\n"),
        ("^(x+)+y$", "\ud800" * 40),
        ("^(x(?!y))+$", "x" * 2_000_000),
    ],
)
def test_what_re2_may_answer_otherwise_has_a_deadline(
    pattern: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(bounded_process, "run_bounded", lambda *_, **how: asked.append(how))
    compile_pattern(pattern).match(text)
    assert [how["limit"] for how in asked] == ["pattern_seconds"]


@pytest.mark.parametrize(
    "pattern",
    [
        "^(x+)+y?$",
        "^([a-z0-9]+(-[a-z0-9]+)*)$",
        "^(a|ab)(c|bcd)*$",
        r"^(\w+\b ?)+$",
        r"^([^\s]+)+$",
    ],
)
def test_the_answer_is_the_one_of_re(pattern: str) -> None:
    guarded = compile_pattern(pattern)
    assert isinstance(guarded, DeadlinePattern)
    for text in ("", "x" * 20, "some-slug-of-words-2019", "abcdbcdbcdbcdbcd", "Not A Slug, though",
                 "x" * 20 + "\n", "é" * 15, "\ud800" * 15):  # fmt: skip
        assert guarded.match(text) == (re.match(pattern, text) is not None)


def test_a_harmless_pattern_is_pythons_own() -> None:
    assert isinstance(compile_pattern("[0-9]{4}"), re.Pattern)
    assert isinstance(compile_pattern(EDTF), re.Pattern)
    with pytest.raises(re.error):
        compile_pattern("(")


def test_a_pattern_that_re2_has_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_process, "run_bounded", pytest.fail)
    assert compile_pattern("^([a-z0-9]+(-[a-z0-9]+)*)$").match("a-slug-of-many-words-" * 40 + "x")


CHARACTERS = st.sampled_from(list("ab01_ .-\t\x0b\x1c\n"))
ATOMS = st.one_of(
    st.sampled_from([*"ab0_ -", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", ".", r"\b", "^",
                                      "$", r"\Z", r"\A", r"\n", "é"]),
    st.sampled_from(["[ab]", "[^a]", r"[\s0]", r"[^\d_]", r"[^\W]", "[a-b0-1]", r"[\S\n]"]),
)  # fmt: skip
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: f"({'|'.join(items)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{1,2}", "{2}", "{2,}", "*?", "??"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.lists(st.text(CHARACTERS | st.sampled_from("é٣"), max_size=8), min_size=1))
def test_re2_answers_as_re_does(pattern: str, texts: list[str]) -> None:
    """Any pattern of the grammar, on texts for which the two are said to be equal."""
    equal = equal_to(pattern)
    fitting = [text for text in texts if equal is not None and equal.holds_for(text)]
    if equal is None or not fitting:
        return
    subject, anchored = pa.array(fitting), rf"\A{equal.pattern}"
    found = pc.match_substring_regex(subject, anchored).to_pylist()
    assert found == [re.match(pattern, text) is not None for text in fitting]
    found = pc.match_substring_regex(subject, equal.pattern).to_pylist()
    assert found == [re.search(pattern, text) is not None for text in fitting]


def test_the_patterns_of_a_json_schema_are_bounded() -> None:
    patterns.bound_json_schemas()
    check = jsonschema.Draft202012Validator(
        {"properties": {"a": {"pattern": "b+c"}}, "patternProperties": {"^(x+)+y$": False}}
    )
    started = time.process_time()
    assert not check.is_valid({"a": "b" * 300_000}) and check.is_valid({"a": "b" * 300_000 + "c"})
    assert check.is_valid({"x" * 40: 1}) and not check.is_valid({"x" * 40 + "y": 1})
    assert time.process_time() - started < 1
    with pytest.raises(LimitError, match="pattern_seconds"):
        jsonschema.Draft7Validator({"pattern": r"^(x+)+\1$"}).is_valid("x" * 30 + "!")


@pytest.mark.parametrize("pattern", ["a{1001}", "a{2,1001}", "a{1001,}", "(?:ab{1,1001})?"])
def test_a_repeat_over_the_bound_of_re2_is_not_given_to_it(pattern: str) -> None:
    assert equal_to(pattern) is None
    assert subset_of(f"^{pattern}$") is None


@pytest.mark.parametrize("pattern", ["a{1000}", "a{2,1000}", "a{1000,}"])
def test_a_repeat_up_to_the_bound_of_re2_is_given_to_it(pattern: str) -> None:
    assert equal_to(pattern) is not None
