"""For one field, which texts are surely good: in plain Python, for tables too small for kernels.

As in ``kernels``, a text is proved good only if Frictionless accepts it, and what is not proved is asked of Frictionless's own
reader, once.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from xinjiang_record.untrusted.patterns import compile_pattern
from xinjiang_record.validate.constraints.field_rules import FORMS, WITHIN, Rules, kind_of

Match = Callable[[str], Any]


def _matcher(form: str) -> Match:
    return re.compile(form.replace(r"\z", r"\Z")).match


class Column(Rules):
    """Asks Frictionless of every text."""

    def bad(self, texts: set[str]) -> set[str]:
        """Those of some distinct texts that are not good."""
        missing = texts & self.missing_values
        found = {text for text in self._open(texts - missing) if not self.memo(text)[0]}
        return found | missing if self.required else found

    def _open(self, texts: set[str]) -> Iterable[str]:
        """Those that are not proved."""
        return texts

    @property
    def is_plain(self) -> bool:
        """Whether every text is a value, and its own."""
        return self.is_text and self.format == "default"

    def value(self, text: str) -> Any:
        """What a cell is cast to; None if it has no value, or none of the type."""
        if self.is_plain:
            return None if text in self.missing_values else text
        return self.memo(text)[1]


class Anything(Column):
    """A type that accepts every text, without constraints."""

    def _open(self, texts: set[str]) -> Iterable[str]:
        return ()


class Text(Column):
    """Strings: format by form, pattern, lengths and enum."""

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        self._proofs: list[Match] = []
        if self.format != "default":
            self._proofs.append(_matcher(FORMS[self.type, self.format]))
        if (pattern := self.constraints.get("pattern")) is not None:
            self._proofs.append(compile_pattern(f"^{pattern}$").match)
        if (words := self.constraints.get("enum")) is not None:
            self._proofs.append({word for word in words if isinstance(word, str)}.__contains__)
        self._least, self._most = (
            self.constraints.get("minLength"),
            self.constraints.get("maxLength"),
        )

    def _open(self, texts: set[str]) -> Iterable[str]:
        found: set[str] = set()
        for proof in self._proofs:
            found.update(text for text in texts if not proof(text))
        if self._least is not None:
            found.update(text for text in texts if len(text) < self._least)
        if self._most is not None:
            found.update(text for text in texts if len(text) > self._most)
        return found


class Words(Column):
    """Booleans: the text is one of the words for true and false."""

    def _open(self, texts: set[str]) -> Iterable[str]:
        return texts - {*self.field.true_values, *self.field.false_values}


class Form(Column):
    """Types whose usual texts have one form, without other constraints than ``required``."""

    def _open(self, texts: set[str]) -> Iterable[str]:
        match = _matcher(FORMS[self.type, self.format])
        return [text for text in texts if not match(text)]


class Ordered(Column):
    """Values with bounds. ``parse`` takes a text to its value as Frictionless does, and fails on what it is not sure of."""

    parse: Any

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        read = field.create_value_reader()
        self._bounds = {
            name: _bound(read(bound)) for name, bound in self.constraints.items() if name in WITHIN
        }
        words = self.constraints.get("enum")
        self._enum = set(map(read, words)) if words is not None else None

    def _open(self, texts: set[str]) -> Iterable[str]:
        known = self._parsed(texts)
        found = texts.difference(known)
        for name, bound in self._bounds.items():
            within, values = WITHIN[name], known.values()
            if values and not (within(min(values), bound) and within(max(values), bound)):
                found.update(text for text, value in known.items() if not within(value, bound))
        if self._enum is not None:
            found.update(text for text, value in known.items() if value not in self._enum)
        return found

    def _parsed(self, texts: set[str]) -> dict[str, Any]:
        """The values of those that have one that can be compared: a NaN cannot."""
        with suppress(ValueError, ArithmeticError):
            values = list(map(self.parse, texts))
            if all(map(operator.eq, values, values)):
                return dict(zip(texts, values, strict=True))
        found = {}
        for text in texts:
            with suppress(ValueError, ArithmeticError):
                value = self.parse(text)
                if operator.eq(value, value):
                    found[text] = value
        return found

    def value(self, text: str) -> Any:
        if text not in self.missing_values:
            with suppress(ValueError, ArithmeticError):
                return self.parse(text)
        return super().value(text)


def _bound(value: Any) -> Any:
    if value is None or value != value:
        raise TypeError(
            "a bound that is no value of the type, or a NaN, which nothing can be compared with"
        )
    return value


class Whole(Ordered):
    """Integers. Frictionless, too, calls ``int``, which takes no heed of blanks around them."""

    parse = int

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        if not field.bare_number:
            raise ValueError("texts around the number")


class Number(Ordered):
    """Numbers, by ``Decimal`` or ``float``, as Frictionless takes them if no character in them has a meaning of its own."""

    def __init__(self, field: Any) -> None:
        self.parse = float if field.float_number else Decimal
        super().__init__(field)
        if field.group_char or field.decimal_char != ".":
            raise ValueError("characters that a plain number has not")


class Day(Ordered):
    """Dates of ten characters."""

    @staticmethod
    def parse(text: str) -> date:
        if len(text) != 10 or "W" in text:  # what else may be ISO's is not Frictionless's
            raise ValueError(text)
        return date.fromisoformat(text)


_COLUMNS: dict[str, type[Column]] = {
    "text": Text,
    "any": Anything,
    "words": Words,
    "integer": Whole,
    "number": Number,
    "date": Day,
    "form": Form,
    "asked": Column,
}


def column(field: Any) -> Column:
    """What proves a field's texts. Whatever goes wrong in making it leaves Frictionless's own reader."""
    try:
        return _COLUMNS[kind_of(field)](field)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError):
        return Column(field)
