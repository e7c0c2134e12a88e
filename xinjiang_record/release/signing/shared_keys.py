"""Refuse a root that counts one key twice: a threshold of two would be one person's then."""

from __future__ import annotations

from tuf.api.metadata import Root

from xinjiang_record.errors import VerifyError


def refuse_shared_keys(root: Root, shown: str) -> None:
    """Check that no role of a root has the same key under two ids.

    The ids in a root may be any text, and TUF counts signatures by id.

    Raises:
        VerifyError: A role has the same key twice.
    """
    for name, role in root.roles.items():
        keys = [root.keys[keyid].keyval.get("public") for keyid in role.keyids]
        values = ["".join(str(key).split()).lower() for key in keys]
        if len(set(values)) < len(values):
            raise VerifyError(
                f"{shown}: root {root.version} counts one key twice for {name}, so that one person "
                "can sign for two. Nothing was read or signed. Inform the publisher."
            )
