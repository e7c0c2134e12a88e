"""Limit what zip, gzip and other compressed files may become."""

from __future__ import annotations

from dataclasses import dataclass

from xinjiang_record.limits.units import GIB, MIB, limit

# Below this much output the ratio of a compressed file is not looked at: small texts compress
# very well.
RATIO_FREE_BYTES = 64 * MIB


@dataclass(frozen=True)
class ArchiveSizes:
    """Bound what archives and documents unpack to."""

    decompressed_bytes: int = limit(8 * GIB, "bytes", "what one compressed file may become")
    compression_ratio: int = limit(200, "bytes", "output per compressed byte, above 64 MiB")
    archive_members: int = limit(1_000, "files", "one archive")
    document_unpacked_bytes: int = limit(64 * MIB, "bytes", "what a document may unpack to")
