"""Contain all code that touches Frictionless's inside. ``install()`` is called first."""

from __future__ import annotations

import threading

_lock = threading.Lock()
_installed = False


def install() -> None:
    """Import Frictionless without its rare parts, and replace what is slow or may not end.

    Only the first call does something. The packages of a run are validated in threads, and the
    circular imports of Frictionless fail when two threads import it at once.
    """
    global _installed
    with _lock:
        if _installed:
            return
        from xinjiang_record.validate.frictionless_hooks import lazy_imports  # deferred: start-up

        lazy_imports.install()
        from xinjiang_record.validate.frictionless_hooks import (  # deferred: start-up
            cell_readers,
            deadlines,
            descriptor_checks,
        )

        for module in (descriptor_checks, deadlines, cell_readers):
            for owner, name, replacement in module.list_replacements():
                setattr(owner, name, replacement)
        _installed = True
