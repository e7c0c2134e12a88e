"""Say what is quarantined instead of published, and why.

The field ``basis`` of a row names its support. A row is published only with a source. A weak source
needs a second, independent source. The rest is in ``quality/quarantine.csv``.
"""

from __future__ import annotations

from xinjiang_record.model import Row

# What a row rests on, and what the quarantine report says of it; only ``source`` is published.
BASES = {
    "source": "",
    "recall": "Known from memory only.",
    "contradiction": "Contradicted by what it cites.",
    "weak": "Known from a weak source alone.",
    "unsettled": "The source does not settle what the row needs.",
}
RECALLED = ("", "declared")  # the verifications that a row known from memory can have


def is_published(basis: str, is_supported: bool) -> bool:
    """Return whether a row of this basis is published.

    Args:
        basis: What the row rests on, one of ``BASES``.
        is_supported: A weak row has a second, independent source.
    """
    return basis == "source" or (basis == "weak" and is_supported)


def quarantine_reason(row: Row) -> tuple[str, str]:
    """Return why a row is quarantined: the reason code, and a sentence for the report."""
    reason = row["basis"] if row["source_id"] else "no-source"
    shown = row.get("title") or " ".join(
        row.get(name) for name in ("publisher", "measure") if row.get(name)
    )
    return reason, f"{shown}. {BASES[row['basis']]} {row.get('note')}".strip()
