"""Write what a run did to ``runs/``, outside ``published/``, and to the log.

``runs/run-TIME.json`` describes every run; ``runs/failed-TIME.json`` holds each failed package with
all of its findings. The oldest files go when there are more than ``LIMITS.run_records`` of a kind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xinjiang_record import files, logs, settings
from xinjiang_record.errors import NotWritableError
from xinjiang_record.limits import LIMITS
from xinjiang_record.pipeline.outcome import Outcome
from xinjiang_record.settings import Project

LOGGED_FINDINGS = 100  # log lines for the findings of one package


def check_run_folder(project: Project) -> None:
    """Refuse to begin a run whose record cannot be written: its outcome would be lost at the end.

    Raises:
        NotWritableError: ``runs/`` cannot be written.
    """
    try:
        files.check_writable(project.runs)
    except NotWritableError as error:
        raise NotWritableError(
            f"{error} The record of a run goes there: make it a folder that you can write to, "
            "then run again."
        ) from error


def write_run_records(project: Project, outcomes: Sequence[Outcome]) -> Path | None:
    """Write the record of a run, one of its failed packages, and the last lines of the log.

    Returns:
        The record of the failed packages; None if none failed.
    """
    _write_record(project, "run", {"packages": [_package_entry(outcome) for outcome in outcomes]})
    for outcome in outcomes:
        _log_outcome(outcome)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    if not failed:
        return None
    entries = [
        {**asdict(item), "findings": [str(finding) for finding in item.findings]} for item in failed
    ]
    return _write_record(project, "failed", {"packages": entries})


def log_findings(outcome: Outcome) -> None:
    """Log each finding with its file and line, then what was built."""
    package = outcome.package
    for finding in outcome.findings[:LOGGED_FINDINGS]:
        level: logs.Level = "error" if finding.severity == "error" else "warning"
        logs.log("finding", text=str(finding), level=level, package=package, type=finding.type)
    hidden = len(outcome.findings) - LOGGED_FINDINGS
    if hidden > 0:
        text = f"{package}: {hidden} more findings; runs/failed-*.json has all"
        logs.log("finding", text=text, level="warning", package=package)
    rows, quarantined = (
        sum(count for _, count in pairs) for pairs in (outcome.rows, outcome.quarantined)
    )
    text = f"{package}: {rows} rows in {len(outcome.rows)} tables, {quarantined} in quarantine"
    logs.log("built", text=text, package=package, rows=rows, quarantined=quarantined)


def log_release(outcome: Outcome) -> None:
    """Log what was published, and why it has its version."""
    reasons = f": {'; '.join(outcome.reasons)}" if outcome.reasons else ""
    text = f"{outcome.package}: {outcome.status} {outcome.shown_version}{reasons}"
    logs.log(outcome.status, text=text, package=outcome.package, version=outcome.version)


def _write_record(project: Project, kind: str, body: Mapping[str, Any]) -> Path:
    at, run = settings.now().strftime("%Y%m%dT%H%M%S.%fZ"), logs.current()
    stages = [
        {"stage": name, "package": package, "seconds": took} for name, package, took in run.seconds
    ]
    path = project.runs / f"{kind}-{at}.json"
    record = {"at": at, "run_id": run.id, **body, "stages": stages}
    files.write_text(path, json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    for old in sorted(project.runs.glob(f"{kind}-*.json"))[: -LIMITS.run_records]:
        files.remove_tree(old)
    return path


def _log_outcome(outcome: Outcome) -> None:
    what = " ".join(filter(None, (outcome.status, outcome.version)))
    error = f". {outcome.error}" if outcome.error else ""
    logs.log(
        "outcome",
        text=f"outcome of {outcome.package}: {what}, findings: {len(outcome.findings)}{error}",
        level="error" if outcome.status == "failed" else "info",
        package=outcome.package,
        status=outcome.status,
        version=outcome.version,
        findings=len(outcome.findings),
        error=outcome.error,
    )


def _package_entry(outcome: Outcome) -> dict[str, Any]:
    """Return the entry of a package; with the id of the release if one was published."""
    entry = {"package": outcome.package, "status": outcome.status, "version": outcome.version}
    if outcome.status == "published":
        entry["release_id"] = files.sha256(Path(outcome.path) / "SHA256SUMS")
    return entry
