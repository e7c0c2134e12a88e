"""Verify the answer of a time-stamping authority (RFC 3161): a release existed at that time.

rfc3161-client checks the signature, the chain of certificates up to a root that the caller trusts,
their validity at the time of the stamp, and that the certificate is one for time stamps. The stamp
must be for the SHA-256 of the release's SHA256SUMS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier
from rfc3161_client import (
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.release.integrity.checksums import hash_sums
from xinjiang_record.untrusted.regular_files import read_regular_file

SHA256 = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
GRANTED = 0


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """Say when the authority stamped a release (UTC), and the name in its root certificates."""

    time: datetime
    authority: str


def verify_time_stamp(release: Path, stamp: Path, authority: Path) -> TimeStamp:
    """Return what a time stamp proves of the release in a folder.

    Args:
        release: The folder of the release.
        stamp: The authority's answer, as it was sent (DER, often named ``.tsr``).
        authority: The authority's root certificate, or several, in PEM.

    Raises:
        UsageError: A file does not exist, or ``authority`` has no certificate.
        VerifyError: The stamp is of another release, or the authority did not sign it.
    """
    roots = _read_roots(authority)
    answer = _decode(_read(stamp), stamp)
    imprint = answer.tst_info.message_imprint
    release_id = hash_sums(release)
    if imprint.hash_algorithm != SHA256 or imprint.message.hex() != release_id:
        raise VerifyError(
            f"{stamp}: stamps something else. Expected the SHA-256 {release_id} of "
            f"{release / 'SHA256SUMS'}, got {imprint.message.hex()}. Take its own stamp."
        )
    try:
        VerifierBuilder(roots=roots).build().verify(answer, bytes.fromhex(release_id))
    except VerificationError as error:
        raise VerifyError(
            f"{stamp}: does not prove a time: the signature does not lead to a certificate in "
            f"{authority} ({error}). Take the root certificate that the authority publishes."
        ) from error
    names = sorted({root.subject.rfc4514_string() for root in roots})
    return TimeStamp(answer.tst_info.gen_time, ", ".join(names))


def _decode(data: bytes, stamp: Path) -> TimeStampResponse:
    try:
        answer = decode_timestamp_response(data)
        if answer.status != GRANTED:
            raise VerifyError(
                f"{stamp}: the authority refused (status {answer.status}"
                f"{''.join(f', {text}' for text in answer.status_string)}). Ask for it again."
            )
        answer.tst_info  # noqa: B018  # it is decoded here, and may be broken
    except ValueError as error:
        raise VerifyError(
            f"{stamp}: expected the answer of a time-stamping authority (RFC 3161), got something "
            f"else ({error}). Save the answer as it was sent."
        ) from error
    return answer


def _read_roots(authority: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_read(authority))
    except ValueError as error:
        raise UsageError(
            f"{authority}: expected certificates in PEM, got something else ({error}). "
            "Convert them: openssl x509 -inform DER -in FILE -out FILE.pem"
        ) from error


def _read(path: Path) -> bytes:
    try:
        return read_regular_file(path, "descriptor_bytes", follow_link=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
