"""A column check accepts no more than Frictionless's own reader, and its hashes are equal for equal
values.
"""

from __future__ import annotations

import random
import re
from typing import Any

import frictionless
import numpy as np
import pytest

from xinjiang_record import numpy_columns
from xinjiang_record.numpy_columns import text_array
from xinjiang_record.untrusted import regex_to_re2
from xinjiang_record.validate.fast_pass import foreign_keys
from xinjiang_record.validate.fast_pass.arrow_numbers import make_column_check
from xinjiang_record.validate.field_types.forms import FORMS

ALPHABET = "0123456789-+.,:eE_ TZazAZ/\n\x00é٣%@\"'"


def field(descriptor: dict[str, Any]) -> Any:
    schema = frictionless.Schema.from_descriptor({"fields": [{"name": "f", **descriptor}]})
    return schema.fields[0]


SEEDS = {
    "integer": ["0", "-5", "007", "999999999999999999", "9223372036854775808", "", "-"],
    "number": [
        "0",
        "1.5",
        "-.5",
        "5.",
        "007.5",
        "1e3",
        "9" * 30,
        ".",
        "1000000",
        "9007199254740992",
    ],
    "date": ["2020-02-29", "2019-02-29", "0000-01-01", "9999-12-31", "2020-2-01", "2020-12-310"],
    "datetime": [
        "2020-02-28T10:00:00",
        "2020-02-28T10:00:00Z",
        "2020-02-30T10:00:00",
        "2020-02-28T24:00:00",
    ],
    "time": ["10:00:00", "23:59:59", "24:00:00"],
    "year": ["2020", "0000", "20200"],
    "yearmonth": ["2020-01", "2020-12", "2020-13"],
    "boolean": ["true", "0", "1", "yes"],
    "geopoint": ["1,2", "180,90", "179.5, -89.25", "181,0", "0,91"],
    "string": ["abc", "http://x", "a@b.com", "95ecc380-afe9-11e4-9b6c-751b66dd541e", "YWJj"],
    "any": ["x"],
}
CASES = [
    {"type": "integer", "constraints": {"minimum": 0, "maximum": 100}},
    {"type": "integer", "constraints": {"enum": ["1", 2]}},
    {"type": "integer", "bareNumber": False},
    {"type": "number", "constraints": {"minimum": "1.5", "maximum": 1000}},
    {"type": "number", "decimalChar": ",", "groupChar": "."},
    {"type": "number", "groupChar": " "},
    {"type": "number", "floatNumber": True, "constraints": {"maximum": 1.5}},
    {
        "type": "number",
        "floatNumber": True,
        "constraints": {"minimum": 9007199254740993},
    },  # no float is equal to it
    {"type": "date", "constraints": {"minimum": "2019-01-01", "maximum": "2020-12-31"}},
    {"type": "date", "format": "any"},
    *({"type": kind} for kind in SEEDS),
    *({"type": kind, "format": form} for kind, form in FORMS),
    {"type": "string", "constraints": {"pattern": "[a-c]{1,3}", "minLength": 2, "maxLength": 3}},
    {"type": "string", "constraints": {"enum": ["abc", "x"]}},
    {"type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]},
]


def texts(kind: str) -> list[str]:
    draw = random.Random(kind)
    found = list(SEEDS.get(kind, ["x"]))
    for _ in range(1500):
        seed = list(draw.choice(SEEDS.get(kind, ["x"])))
        for _ in range(draw.randrange(3)):
            place = draw.randrange(len(seed) + 1)
            seed[place : place + draw.randrange(2)] = [draw.choice(ALPHABET)] * draw.randrange(2)
        found.append("".join(seed))
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_column_check_proves_what_the_reader_accepts(case: dict[str, Any]) -> None:
    item = field(case)
    reader = item.create_cell_reader()
    subject = make_column_check(item)
    subject.cells.are_good = lambda found: [False] * len(found)  # type: ignore[method-assign]  # proofs alone
    given = texts(case["type"])
    proof = subject.prove(text_array(given))
    good = np.ones(len(given), bool) if proof.bad is None else ~proof.bad
    for text, proved in zip(given, good, strict=True):
        if proved:
            assert not reader(text)[1], f"{text!r} was proved and is not good"
    for text in given[
        :300
    ]:  # alone, since one odd text in a column changes the way that all are proved
        if subject.prove(text_array([text])).bad is None:
            assert not reader(text)[1], f"{text!r} was proved alone and is not good"
    if type(subject).__name__ != "ColumnCheck" and case["type"] not in ("any",):
        assert good.any()


@pytest.mark.parametrize("kind", ["integer", "number", "date", "string", "boolean", "datetime"])
def test_equal_values_have_equal_hashes(kind: str) -> None:
    item = field({"type": kind})
    reader, subject, given = item.create_cell_reader(), make_column_check(item), texts(kind)
    hashes = subject.prove(text_array(given), hashed=True).hashes
    assert hashes is not None
    by_value: dict[Any, int] = {}
    for text, found in zip(given, hashes.tolist(), strict=True):
        value = reader(text)[0]
        if value == value:
            assert by_value.setdefault(value, found) == found, text
        assert subject.hash_of(text) == found, text
    assert len(set(hashes.tolist())) > len(by_value) * 0.9


@pytest.mark.parametrize(
    "pattern", ["a|b", r"\d+", "[a-c]+x?", ".*", r"\s\w", "(ab|a)*", "[^a]", "a{2,3}", "é"]
)
def test_a_pattern_for_re2_accepts_no_more(pattern: str) -> None:
    proof = regex_to_re2.subset_of(f"^{pattern}$")
    assert proof is not None
    draw, python = random.Random(pattern), re.compile(f"^{pattern}$")
    given = [
        "".join(draw.choice("abcx1 ٣é\n") for _ in range(draw.randrange(5))) for _ in range(3000)
    ]
    found = numpy_columns.matches(text_array(given), proof)
    assert found.any()
    assert all(python.match(text) for text, proved in zip(given, found, strict=True) if proved)


@pytest.mark.parametrize(
    "pattern", ["(?i)a", r"(a)\1", "a(?=b)", r"[^\d]", r"a\b", "(", "a{1,2000}", "(?P<x>a)(?P=x)"]
)
def test_other_patterns_are_not_attempted(pattern: str) -> None:
    assert regex_to_re2.subset_of(f"^{pattern}$") is None


def test_known_texts_may_be_taken_away_by_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [
        None,
        text_array(["a"]),
    ]  # the last one first: what is there when it is looked at is gone when it is used

    class Watched(foreign_keys.ReferenceKeys):
        _pending = property(lambda self: seen.pop(), lambda self, value: None)

    known = Watched()
    monkeypatch.setattr(foreign_keys, "FEW", 0)
    assert ("a",) in known
