"""Define what a form is: the texts that may be values of a type, and those that certainly are.

A *proof* is a form in RE2's syntax whose texts Frictionless accepts, every one. A *standard form*
is the form that Data Package 2.0 gives the texts of a type; Frictionless's reader casts them
afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

Match = Callable[[str], Any]


@cache
def compile_form(pattern: str) -> re.Pattern[str]:
    """Return a pattern compiled at its first use: most runs need none of them."""
    return re.compile(pattern)


def match_form(pattern: str) -> Match:
    """Return the function that matches a text, from its start, with a form."""
    return lambda text: compile_form(pattern).match(text)
