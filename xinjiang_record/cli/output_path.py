"""Refuse to write an output among the releases, where it would not belong."""

from __future__ import annotations

from pathlib import Path

from xinjiang_record import settings
from xinjiang_record.errors import UsageError


def refuse_released(path: Path, published: Path | None = None) -> None:
    """Refuse a path that is a folder of releases, or lies inside it.

    Args:
        path: What the command would write.
        published: The folder of releases; that of the checkout, if there is one, if None.

    Raises:
        UsageError: It does.
    """
    from xinjiang_record.release.distribution.object_stores import (
        refuse_own_folder,  # deferred: start-up
    )

    if published is None:
        try:
            published = settings.find_project().published
        except UsageError:
            return
    refuse_own_folder(str(path), published)
