"""Compare two states of a ledger: a later one must say all that an earlier one did."""

from __future__ import annotations

from collections.abc import Iterator

from xinjiang_record.release.integrity.versions_json import Ledger


def find_shrinkage(old: Ledger, new: Ledger) -> Iterator[str]:
    """Yield what the older ledger says and the newer one does not."""
    there = {entry["version"]: entry for entry in new.versions}
    for entry in old.versions:
        version, found = entry["version"], there.get(entry["version"])
        if found is None:
            yield f"lacks {version}, which an earlier ledger listed."
        elif found["release_id"] != entry["release_id"]:
            yield (
                f"lists another release as {version} than an earlier ledger did (a fork): "
                f"expected the id {entry['release_id']}, got {found['release_id']}."
            )
        elif entry["withdrawn"] and not found["withdrawn"]:
            yield f"does not say that {version} is withdrawn, as an earlier ledger did."
        elif entry.get("doi") and found.get("doi") != entry["doi"]:
            yield f"does not name the DOI {entry['doi']} of {version}, as an earlier ledger did."
