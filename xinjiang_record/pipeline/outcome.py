"""Define what a run reports for one package: a small value that travels between processes."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from xinjiang_record import exit_codes
from xinjiang_record.errors import XRecordError
from xinjiang_record.extras import describe_missing_module
from xinjiang_record.model import Candidate, Finding

SINGLE_VALUES = " (single values)"  # ends the name of a table whose values are counted, not rows
Status = Literal["published", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class TableChanges:
    """Count the rows of one table that a release added, changed and retracted."""

    table: str
    added: int = 0
    changed: int = 0
    retracted: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """State what a run did with one package.

    ``rows`` and ``quarantined`` are counts by resource, ``quarantine_reasons`` counts by reason.
    ``error`` is empty unless the package failed. ``path`` is the folder of the release that was
    published. ``withdrawn`` is empty unless an unchanged version is: "on <day>: <reason>".
    """

    package: str
    status: Status
    version: str = ""
    bump: str = ""
    rows: tuple[tuple[str, int], ...] = ()
    quarantined: tuple[tuple[str, int], ...] = ()
    quarantine_reasons: tuple[tuple[str, int], ...] = ()
    findings: tuple[Finding, ...] = ()
    reasons: tuple[str, ...] = ()
    error: str = ""
    exit_code: int = exit_codes.DONE
    seconds: float = 0.0
    path: str = ""
    content_hash: str = ""
    changes: tuple[TableChanges, ...] = ()
    withdrawn: str = ""

    @property
    def shown_version(self) -> str:
        """Return the version, with the word "withdrawn" if it is; "-" if there is none."""
        return f"{self.version or '-'}{' (withdrawn)' if self.withdrawn else ''}"


def check_candidate(candidate: Candidate) -> Outcome:
    """Count what was built and what was found, before anything is published."""
    errors = [finding for finding in candidate.findings if finding.severity == "error"]
    reasons = Counter(item.reason for item in candidate.quarantine)
    quarantined: Counter[str] = Counter()
    for item in candidate.quarantine:
        name = f"{item.resource}{SINGLE_VALUES}" if item.field else item.resource
        quarantined[name] += 1
    return Outcome(
        candidate.package,
        "failed" if errors else "unchanged",
        rows=tuple((name, table.num_rows) for name, table in candidate.tables.items()),
        quarantined=tuple(sorted(quarantined.items())),
        quarantine_reasons=tuple(reasons.most_common()),
        findings=candidate.findings,
        error=f"{len(errors)} finding{'s' if len(errors) > 1 else ''}." if errors else "",
        exit_code=exit_codes.FINDINGS if errors else exit_codes.DONE,
    )


def outcome_of_error(package: str, error: Exception) -> Outcome:
    """Return the outcome of a package that an exception stopped; with the trace if it is a bug."""
    if isinstance(error, XRecordError):
        return Outcome(package, "failed", error=str(error), exit_code=error.exit_code)
    if isinstance(error, ModuleNotFoundError) and (message := describe_missing_module(error)):
        return Outcome(package, "failed", error=message, exit_code=exit_codes.ENVIRONMENT)
    if isinstance(error, OSError):
        message = (
            f"{error.filename or 'the disk'}: {error.strerror or error}. "
            "Published releases are complete. Fix this, then run again."
        )
        return Outcome(package, "failed", error=message, exit_code=exit_codes.ENVIRONMENT)
    trace = "".join(traceback.format_exception(error))
    message = f"This is a bug in Xinjiang Record. Report it with this trace:\n{trace}"
    return Outcome(package, "failed", error=message, exit_code=exit_codes.ENVIRONMENT)


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return the largest exit code of the packages: 0 if none failed."""
    return max((outcome.exit_code for outcome in outcomes), default=0)
