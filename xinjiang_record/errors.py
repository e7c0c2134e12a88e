"""Define the exceptions of Xinjiang Record, for the operator; problems in the data are findings.

Every class carries the exit code of the command that does not catch it.

    XRecordError                  1
    ├── UsageError                2   the call itself is wrong (an unknown package, an unsafe name)
    │   └── UnsafeNameError       2   a name or path that could leave its folder
    ├── EnvironmentFault          3   the machine is at fault: disk, lock, network, permissions
    │   ├── LockedError           3   another process holds the lock
    │   ├── NotWritableError      3   the target cannot be written: read-only, full, no permission
    │   └── FetchError            3   a source could not be fetched
    │       └── NotServedError    3   an address serves nothing at a path
    ├── LimitError                1   an input is over a named limit
    ├── ReadError                 1   a file is not what it says: encoding, broken archive, bad TOML
    ├── SchemaError               1   a schema or a package description is wrong
    ├── CorrectionError           1   a correction no longer applies, or matches nothing
    ├── ReleaseError              1   a release cannot be made
    │   └── VersionTooLowError    1   the declared version is smaller than the change needs
    ├── VerifyError               1   published bytes are not what was released
    └── FindingsError             1   the data have findings, and the operation needs none

Every exception survives pickling: every argument goes to ``super().__init__``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from xinjiang_record import exit_codes

MOST_NAMES = 20  # known names that a message lists


class XRecordError(Exception):
    """Base of all; ``str(error)`` says what is wrong, where, and what to do next."""

    exit_code = exit_codes.FINDINGS


class UsageError(XRecordError):
    """Report a wrong call."""

    exit_code = exit_codes.USAGE


class UnsafeNameError(UsageError):
    """Report a name or a path that could leave its folder."""


class EnvironmentFault(XRecordError):
    """Report a fault of the machine, not of the data or the caller."""

    exit_code = exit_codes.ENVIRONMENT


class LockedError(EnvironmentFault):
    """Report that another process holds the lock."""


class NotWritableError(EnvironmentFault):
    """Report a target that cannot be written."""


class FetchError(EnvironmentFault):
    """Report a source that could not be fetched."""


class NotServedError(FetchError):
    """Report an address that serves nothing at a path."""


class LimitError(XRecordError):
    """Report an input over a named limit of ``limits.LIMITS``."""


class ReadError(XRecordError):
    """Report a file that cannot be read as what it says it is."""


class SchemaError(XRecordError):
    """Report a wrong schema or package description."""


class CorrectionError(XRecordError):
    """Report a correction that no longer applies."""


class ReleaseError(XRecordError):
    """Report a release that cannot be made."""


class VersionTooLowError(ReleaseError):
    """Report a declared version that is smaller than the change needs."""


class VerifyError(XRecordError):
    """Report published bytes that are not what was released."""


class FindingsError(XRecordError):
    """Report findings where the operation needs none."""


class OfflineWarning(UserWarning):
    """Warn that the list of releases could not be fetched, and that a kept copy was read."""


class WithdrawnWarning(UserWarning):
    """Warn that a release in use was withdrawn: which one, on which day, and why."""


def suggest_names(wanted: object, known: Iterable[str]) -> str:
    """Return what a message says after an unknown name: what is near it, and what there is."""
    names = list(dict.fromkeys(known))
    near = suggest_nearest(wanted, names)
    if len(names) <= MOST_NAMES:
        return f"{near} There are: {', '.join(names) or 'none'}.".strip()
    return near or f"There are {len(names)}, such as {', '.join(names[:3])}."


def suggest_nearest(wanted: object, known: Iterable[str]) -> str:
    """Return the question whether a known name was meant; empty if none is near.

    A name that differs in case or Unicode form alone is the only one that is suggested. Another
    number is another thing: names with other digits are not near. A wrong name is never replaced:
    the caller is asked.
    """
    import difflib  # deferred: start-up

    folded: dict[str, list[str]] = {}
    for name in dict.fromkeys(known):
        folded.setdefault(_fold(name), []).append(name)
    own = _fold(str(wanted))
    alike = [name for name in folded if _digits(name) == _digits(own)]
    matches = [own] if own in folded else difflib.get_close_matches(own, alike, 3, 0.8)
    near = [repr(name) for match in matches for name in folded[match]]
    return f"Did you mean {' or '.join(near)}?" if near else ""


def _digits(name: str) -> str:
    return "".join(letter for letter in name if letter.isdigit())


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
