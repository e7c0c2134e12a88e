"""Offer --format text or json, and print JSON."""

from __future__ import annotations

import json

import click

from xinjiang_record.untrusted.escape_text import escape_json

FORMATS = click.Choice(["text", "json"])


def print_json(value: object, indent: int | None = 2) -> None:
    """Print a value as JSON, on one line if ``indent`` is None."""
    print(escape_json(json.dumps(value, ensure_ascii=False, indent=indent)))
