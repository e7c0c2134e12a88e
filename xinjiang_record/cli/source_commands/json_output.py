"""Offer --format text or json, and print JSON."""

from __future__ import annotations

import json
from typing import Any

import click

FORMATS = click.Choice(["text", "json"])


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
