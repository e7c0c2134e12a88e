"""Offer --format text or json, and print JSON."""

from __future__ import annotations

import json

import click

FORMATS = click.Choice(["text", "json"])


def print_json(value: object) -> None:
    """Print a value as indented JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
