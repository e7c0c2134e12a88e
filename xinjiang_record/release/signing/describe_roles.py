"""Say who signs what in a folder of releases, until when, and what needs more signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from xinjiang_record.release.signing.repository import MACHINE, PEOPLE, Repository


@dataclass(frozen=True, slots=True)
class RoleState:
    """Say of a role its keys (ids), how many of them must sign, and until when it holds.

    ``expires`` is None while the role was never signed; ``is_pending``: a next one needs
    signatures.
    """

    role: str
    keyids: tuple[str, ...]
    threshold: int
    expires: datetime | None
    is_pending: bool


def describe_roles(repository: Repository) -> list[RoleState]:
    """Return the state of every role. Raises UsageError if the folder is not signed yet."""
    root = repository.newest_root().signed
    found = []
    for role in (*PEOPLE, *MACHINE):
        newest = repository.newest(role)
        found.append(
            RoleState(
                role,
                tuple(root.roles[role].keyids),
                root.roles[role].threshold,
                newest.signed.expires if newest else None,
                repository.is_pending(role),
            )
        )
    return found
