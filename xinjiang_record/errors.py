"""The exceptions of Xinjiang Record, for the operator. Problems in the data are never exceptions: they are findings.

Every class carries the exit code of the command that lets it through.

    XRecordError                      1
    ├── UsageError                    2   the call itself is wrong (an unknown package, an unsafe name)
    │   └── UnsafeNameError           2   a name or path that could leave its folder
    ├── EnvironmentFault              3   the machine is at fault: disk, lock, network, permissions
    │   ├── LockedError               3   another process holds the lock and the wait ran out
    │   ├── NotWritableError          3   the target cannot be written: read-only, full, no permission
    │   └── FetchError                3   a source could not be had
    ├── LimitError                    1   an input is over a named limit
    ├── ReadError                     1   a file is not what it says it is: wrong encoding, broken archive, bad TOML
    ├── SchemaError                   1   a schema or a package description is wrong
    ├── CorrectionError               1   a correction no longer applies, or matches nothing
    ├── ReleaseError                  1   a release cannot be made
    │   ├── VersionExistsError        1   the version is released already, with other content
    │   └── VersionTooLowError        1   the declared version is smaller than the change needs
    ├── VerifyError                   1   published bytes are not what was released
    └── FindingsError                 1   the data have findings, and the operation needs none

Contract: every exception survives pickling, so every argument goes to ``super().__init__`` and there are no others.
"""

from __future__ import annotations


class XRecordError(Exception):
    """Base of all. ``str(error)`` says what, where, in which state things are, and what to do next."""

    exit_code = 1


class UsageError(XRecordError):
    """The call is wrong."""

    exit_code = 2


class UnsafeNameError(UsageError):
    """A name or a path that could leave its folder."""


class EnvironmentFault(XRecordError):
    """The machine is at fault, not the data and not the caller."""

    exit_code = 3


class LockedError(EnvironmentFault):
    """Another process holds the lock."""


class NotWritableError(EnvironmentFault):
    """The target cannot be written."""


class FetchError(EnvironmentFault):
    """A source could not be had."""


class LimitError(XRecordError):
    """An input is over a named limit of ``limits.LIMITS``."""


class ReadError(XRecordError):
    """A file cannot be read as what it says it is."""


class SchemaError(XRecordError):
    """A schema or a package description is wrong."""


class CorrectionError(XRecordError):
    """A correction no longer applies."""


class ReleaseError(XRecordError):
    """A release cannot be made."""


class VersionExistsError(ReleaseError):
    """The version is released already, with other content."""


class VersionTooLowError(ReleaseError):
    """The declared version is smaller than the change needs."""


class VerifyError(XRecordError):
    """Published bytes are not what was released."""


class FindingsError(XRecordError):
    """The data have findings and the operation needs none."""
