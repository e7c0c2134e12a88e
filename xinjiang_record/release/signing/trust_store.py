"""Find where it is remembered which locations are signed. This module imports no TUF library."""

from __future__ import annotations

import hashlib
from pathlib import Path

from xinjiang_record import settings


def trust_folder(shown: str) -> Path:
    """Return the folder that remembers a location (a folder or an address)."""
    name = shown.rstrip("/") if "://" in shown else str(Path(shown).resolve())
    return settings.trust_folder() / hashlib.sha256(name.encode()).hexdigest()[:32]


def is_known(shown: str) -> bool:
    """Return whether a location was read as a signed one before, and so must stay one."""
    return (trust_folder(shown) / "root.json").exists()
