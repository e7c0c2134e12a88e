"""Write a request for a time stamp (RFC 3161) of a release, to prove that it was public by a day.

The request holds the SHA-256 of the release's SHA256SUMS, which is the release's id. A
time-stamping authority answers with a signed statement of the time.
"""

from __future__ import annotations

# DER: SEQUENCE { version 1, SEQUENCE { SEQUENCE { sha256, NULL }, OCTET STRING of 32 bytes },
# certReq TRUE }
_BEFORE = bytes.fromhex("30390201013031300d060960864801650304020105000420")
_AFTER = bytes.fromhex("0101ff")


def build_time_stamp_request(release_id: str) -> bytes:
    """Return the bytes of a request for a release, named by its id (64 hexadecimal digits)."""
    digest = bytes.fromhex(release_id)
    if len(digest) != 32:
        raise ValueError(f"expected 32 bytes of SHA-256, got {len(digest)}")
    return _BEFORE + digest + _AFTER
