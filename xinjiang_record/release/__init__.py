"""From checked tables to an immutable release: complete or absent, never changed, provable by anyone.

    published/<package>/
      versions.json         the ledger: only grows, and is told by the releases again if it is behind
      latest -> 1.2.0       the last release that is not withdrawn
      .staging/             only while a release is being made
      1.2.0/                put in place by one rename; from then on its bytes are fixed

The order of a publication: lock (the kernel's, on the package's folder), clean up after a killed one, stage, flush, verify the
staged tree with the code that users run, rename (**the commit**), flush, ledger, ``latest``, catalog. Killed anywhere before the
rename there is nothing, anywhere after it there is all; the next run finishes what is left. Readers take no lock.
"""

from __future__ import annotations

from pathlib import Path

from xinjiang_record.model import Candidate, PublishResult


def publish(candidate: Candidate, published: Path, *, declare: str | None = None) -> PublishResult:
    """Publish a candidate as the next version of its package, or find that nothing has changed.

    ``declare``, a version, may be higher than the one the change needs. Raises FindingsError for a candidate with errors,
    VersionTooLowError, ReleaseError for tables that cannot be published, VerifyError where the releases that are there are damaged,
    LockedError and NotWritableError. Whatever is raised, nothing was published unless the message says so.
    """
    from xinjiang_record.release.publisher import publish as _publish

    return _publish(candidate, published, declare=declare)
