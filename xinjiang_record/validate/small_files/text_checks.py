"""Prove distinct texts of a field good in plain Python, for tables too small for Arrow.

As in ``fast_pass.arrow_checks``, a text is proved good only if Frictionless accepts it. A text that
is not proved is read by Frictionless's own reader, once.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from xinjiang_record.validate.field_types.field_rules import FieldRules, TableField, choose_proof
from xinjiang_record.validate.field_types.forms import FORMS
from xinjiang_record.validate.field_types.number import choose_number_reader

if TYPE_CHECKING:
    from frictionless.fields import BooleanField, IntegerField, NumberField

Match = Callable[[str], Any]


def _matcher(form: str) -> Match:
    return re.compile(form.replace(r"\z", r"\Z")).match


class TextChecks(FieldRules):
    """Call Frictionless's reader for every distinct text."""

    def refused(self, texts: set[str]) -> set[str]:
        """Return those of some distinct texts that are not good."""
        missing = texts & self.missing_values
        found = {text for text in self._unproved(texts - missing) if not self.cells(text)[0]}
        return found | missing if self.required else found

    def _unproved(self, texts: set[str]) -> Iterable[str]:
        """Return the texts that are not proved good."""
        return texts

    @property
    def is_plain(self) -> bool:
        """Return whether every text is a value, and its own."""
        return self.is_text and self.format == "default"

    def value(self, text: str) -> object:
        """Return what a cell is cast to; None if it has no value, or none of the type."""
        if self.is_plain:
            return None if text in self.missing_values else text
        return self.cells(text)[1]


class Anything(TextChecks):
    """Accept every text: a type without rules and without constraints."""

    def _unproved(self, texts: set[str]) -> Iterable[str]:
        return ()


class Strings(TextChecks):
    """Check strings: format by form, and the constraints on texts."""

    def __init__(self, field: TableField) -> None:
        super().__init__(field)
        form = self.text_form
        if self.format != "default" and form is None:
            raise LookupError(self.format)
        self._match = _matcher(form) if form and self.format != "default" else None
        self._constraints = self.text_constraints()

    def _unproved(self, texts: set[str]) -> Iterable[str]:
        found: set[str] = set()
        if self._match:
            found.update(text for text in texts if not self._match(text))
        for constraint in self._constraints:
            found |= constraint.refused_texts(texts)
        return found

    def value(self, text: str) -> object:
        """Return what a cell is cast to: a text of the form is its own value."""
        if self._match and text not in self.missing_values and self._match(text):
            return text
        return super().value(text)


class Booleans(TextChecks):
    """Check booleans: the text is one of the words for true and false."""

    field: BooleanField

    def _unproved(self, texts: set[str]) -> Iterable[str]:
        return texts - {*self.field.true_values, *self.field.false_values}


class Forms(TextChecks):
    """Check types whose usual texts have one form, without constraints but ``required``."""

    def _unproved(self, texts: set[str]) -> Iterable[str]:
        match = _matcher(FORMS[self.type, self.format])
        return [text for text in texts if not match(text)]


class Ordered(TextChecks):
    """Check values with bounds.

    ``parse`` takes a text to its value as Frictionless does, and raises ValueError or
    ArithmeticError where that is not sure.
    """

    parse: Any

    def __init__(self, field: TableField) -> None:
        super().__init__(field)
        read = field.create_value_reader()
        self._bounds = [(constraint, _comparable(bound)) for constraint, bound in self.bounds()]
        words = self.constraints.get("enum")
        self._enum = set(map(read, words)) if words is not None else None

    def _unproved(self, texts: set[str]) -> Iterable[str]:
        plain = set(filter(self.form, texts)) if self.form else texts
        known = self._parsed(plain)
        found = texts.difference(known)
        for constraint, bound in self._bounds:
            allows, values = constraint.allows, known.values()
            if values and not (allows(min(values), bound) and allows(max(values), bound)):
                found.update(text for text, value in known.items() if not allows(value, bound))
        if self._enum is not None:
            found.update(text for text, value in known.items() if value not in self._enum)
        return found

    def _parsed(self, texts: set[str]) -> dict[str, Any]:
        """Return the values that can be compared, by text; a NaN cannot."""
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

    def value(self, text: str) -> object:
        """Return what a cell is cast to."""
        if text not in self.missing_values and (self.form is None or self.form(text)):
            try:
                return self.parse(text)
            except (ValueError, ArithmeticError):
                pass  # as with all texts that are not sure
        return super().value(text)


def _comparable(value: object) -> object:
    if value is None or value != value:
        raise TypeError("a bound that is not a value of the type, or is a NaN")
    return value


class Integers(Ordered):
    """Check integers. Frictionless, too, calls ``int``, which accepts blanks around them."""

    parse = int

    def __init__(self, field: IntegerField) -> None:
        super().__init__(field)
        if not field.bare_number:
            raise ValueError("texts around the number")


class Numbers(Ordered):
    """Check numbers by ``Decimal`` or ``float``, as Frictionless does without separators."""

    def __init__(self, field: NumberField) -> None:
        self.parse = choose_number_reader(field)
        super().__init__(field)


class Dates(Ordered):
    """Check dates of ten characters."""

    @staticmethod
    def parse(text: str) -> date:
        """Return the date; Frictionless refuses other ISO forms."""
        if len(text) != 10 or "W" in text:
            raise ValueError(text)
        return date.fromisoformat(text)


_CHECKS: dict[str, type[TextChecks]] = {
    "text": Strings,
    "any": Anything,
    "words": Booleans,
    "integer": Integers,
    "number": Numbers,
    "date": Dates,
    "form": Forms,
    "cell by cell": TextChecks,
}


def make_text_checks(field: TableField) -> TextChecks:
    """Return the checks of a field; if they cannot be made, those by Frictionless's reader."""
    try:
        return _CHECKS[choose_proof(field)](field)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError):
        return TextChecks(field)
