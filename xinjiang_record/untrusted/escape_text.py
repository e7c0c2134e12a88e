"""Escape the characters of an untrusted text that control a terminal, end a line or are markup."""

from __future__ import annotations

import json
import re

LAYOUT = "\n\t"  # what a message of several lines keeps
# What is markup in Markdown, or HTML in it; a "_" inside a word, as in a column's name, is not.
MARKDOWN = re.compile(r"[\\`*<>|\[\]#]|(?<![^\W_])_|_(?![^\W_])")


def escape_unprintable(text: str, keep: str = "") -> str:
    """Return a text with each character that has no sign of its own as Python writes it.

    Names of files, values of ledgers and cells are untrusted. ``keep`` are characters that stay.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character in keep or character.isprintable() else repr(character)[1:-1]
        for character in text
    )


def escape_markdown(text: str) -> str:
    """Return an untrusted text as one line of Markdown in which nothing is markup."""
    return MARKDOWN.sub(r"\\\g<0>", text).replace("\n", " ")


def escape_json(text: str) -> str:
    """Return a JSON text of the same value without characters that have no sign of their own.

    So a name in it controls no terminal, and a surrogate in it can be written.
    """
    return "\n".join(map(_escape_json_line, text.split("\n")))


def _escape_json_line(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(
        character if character.isprintable() else json.dumps(character)[1:-1] for character in line
    )
