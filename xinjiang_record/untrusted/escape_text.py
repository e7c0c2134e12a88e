"""Escape the characters of an untrusted text that control a terminal, end a line or are markup."""

from __future__ import annotations

LAYOUT = "\n\t"  # what a message of several lines keeps
MARKDOWN = "\\`*_<>|[]#"  # what is markup in Markdown, or HTML in it


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
    for character in MARKDOWN:
        text = text.replace(character, "\\" + character)
    return text.replace("\n", " ")
