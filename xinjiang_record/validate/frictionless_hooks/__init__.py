"""Contain all code that touches Frictionless's inside. ``install()`` is called once, first."""

from __future__ import annotations


def install() -> None:
    """Import Frictionless without its rare parts, and replace what is slow or may not end."""
    from xinjiang_record.validate.frictionless_hooks import lazy_imports  # deferred: start-up

    lazy_imports.install()
    from xinjiang_record.validate.frictionless_hooks import (  # deferred: start-up
        deadlines,
        descriptor_checks,
    )

    descriptor_checks.install()
    deadlines.install()
