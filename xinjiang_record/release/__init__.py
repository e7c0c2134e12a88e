"""Make an immutable release from checked tables: complete or absent, never changed, verifiable.

    published/<package>/
      versions.json         the ledger, which only grows
      latest -> 1.2.0       the last release that is not withdrawn
      .staging/             only while a release is being made
      1.2.0/                put in place by one rename; its bytes never change afterwards

A publication has these steps:

1. Lock the package's folder with the kernel's lock.
2. Clean up after a run that was killed.
3. Stage all files; another thread flushes each to the disk once it is written.
4. Verify the staged folder with the code that users run, and wait until all is flushed.
5. Rename it into place. This is the commit.
6. Flush; then write the ledger, ``latest`` and the catalog.

Killed before step 5, nothing is there; killed after it, the release is complete, and the next run
does what is left. Readers take no lock.
"""

from __future__ import annotations

from pathlib import Path

from xinjiang_record.model import Candidate, PublishResult


def publish(candidate: Candidate, published: Path, *, declare: str | None = None) -> PublishResult:
    """Publish a candidate as the next version of its package, unless nothing has changed.

    After an exception, the release is not there unless the message says so.

    Args:
        candidate: What is to be released.
        published: The folder of all releases.
        declare: A version that is at least the one that the change needs.

    Raises:
        FindingsError: The candidate has errors.
        VersionTooLowError: The declared version is smaller than the change needs.
        ReleaseError: The tables cannot be published.
        VerifyError: The existing releases are damaged.
        LockedError: Another process publishes this package.
        NotWritableError: The folder cannot be written.
    """
    from xinjiang_record.release import publisher  # deferred: start-up

    return publisher.publish(candidate, published, declare=declare)
