"""The main job, without Prefect: read raw/, check, publish what changed, and say what happened to each package.

``ingest``, ``validate`` and ``publish`` are the three steps that the flow runs as tasks; ``run`` runs them in order. They pass
names and keys, not rows: a build is a pure function of the files, so a step that needs its result asks for it again (in one
process it is kept).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import xinjiang_record
from xinjiang_record import files, logs, release, settings
from xinjiang_record.errors import EnvironmentFault, UsageError, XRecordError
from xinjiang_record.model import Candidate, Finding
from xinjiang_record.schema.load import is_partitioned, package_names
from xinjiang_record.settings import Project

if TYPE_CHECKING:
    from xinjiang_record.release.partitioned.executor import Engine

KEPT = (
    "rows",
    "quarantined",
)  # what of an outcome is remembered for runs that find nothing changed
EngineMaker = Callable[[], "AbstractContextManager[Engine]"]
Status = Literal["published", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did with one package. Small enough to travel between processes; ``rows`` by resource, ``error`` empty if none."""

    package: str
    status: Status
    version: str = ""
    bump: str = ""
    rows: tuple[tuple[str, int], ...] = ()
    quarantined: tuple[tuple[str, int], ...] = ()
    findings: tuple[Finding, ...] = ()
    reasons: tuple[str, ...] = ()
    error: str = ""
    exit_code: int = 0
    seconds: float = 0.0
    path: str = ""


def select(project: Project, names: Sequence[str] = ()) -> tuple[str, ...]:
    """The packages to run: the named ones, or all. Raises UsageError for an unknown name."""
    known = package_names(project)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(
            f"No package {', '.join(map(repr, unknown))}. There are: {', '.join(known)}."
        )
    return tuple(names) or known


def key_of(project: Project, package: str) -> str:
    """SHA-256 over all that a build of ``package`` depends on: its raw files, the registry, the schemas, and the code."""
    code = Path(xinjiang_record.__file__).parent
    stages = (
        "archives",
        "data_packages",
        "document_readers",
        "extract",
        "fetch",
        "pipeline",
        "reconcile",
        "release",
        "schema",
        "validate",
    )
    inputs = [
        project.raw / "sources.csv",
        project.schemas / "fields.toml",
        *(project.raw / package).rglob("*"),
        *(project.schemas / package).rglob("*"),
    ]
    program = [
        *(path for stage in stages for path in (code / stage).rglob("*") if path.suffix != ".pyc"),
        *code.glob("*.py"),
    ]
    named = [(path.relative_to(project.root), path) for path in inputs] + [
        (path.relative_to(code), path) for path in program
    ]
    digest = hashlib.sha256()
    for name, path in sorted(item for item in named if item[1].is_file()):
        digest.update(f"{name}\0{files.sha256(path)}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def ingest(project: Project, package: str) -> str:
    """The key of the package's inputs; empty when they are those of the newest release, so that nothing remains to do."""
    with logs.stage("ingest", package):
        key = key_of(project, package)
    return "" if _remembered(project, package).get("key") == key else key


def validate(project: Project, package: str, key: str) -> Outcome:
    """Build and check one package. A failed outcome holds every finding; it moves nothing."""
    with logs.stage("validate", package):
        candidate = _candidate(project, package, key)
    return _checked(candidate)


def _checked(candidate: Candidate) -> Outcome:
    """What came in and what was found, before anything is published."""
    package = candidate.package
    errors = [finding for finding in candidate.findings if finding.severity == "error"]
    held: dict[str, int] = {}
    for item in candidate.quarantine:
        name = f"{item.resource} (single values)" if item.field else item.resource
        held[name] = held.get(name, 0) + 1
    return Outcome(
        package,
        "failed" if errors else "unchanged",
        rows=tuple((name, table.num_rows) for name, table in candidate.tables.items()),
        quarantined=tuple(sorted(held.items())),
        findings=candidate.findings,
        error=f"{len(errors)} finding{'s' if len(errors) > 1 else ''}. Nothing of {package} was published."
        if errors
        else "",
        exit_code=1 if errors else 0,
    )


def publish(project: Project, package: str, key: str, declare: str | None = None) -> Outcome:
    """Publish the package, unless ``validate`` finds anything; the outcome names the version. The rename is the last thing done."""
    checked = validate(project, package, key)
    if checked.status == "failed":
        return checked
    return _published(project, _candidate(project, package, key), checked, key, declare)


def publish_partitioned(
    project: Project, package: str, key: str, engine: Engine, declare: str | None = None
) -> Outcome:
    """``publish`` for a package with tables in partitions, which an engine's workers read, check and write."""
    from xinjiang_record.pipeline import partitioned  # here, as packages below

    with contextlib.ExitStack() as stack:
        with logs.stage("validate", package):
            candidate = stack.enter_context(partitioned.build(project, package, engine))
        checked = _checked(candidate)
        return (
            checked
            if checked.status == "failed"
            else _published(project, candidate, checked, key, declare)
        )


def _published(
    project: Project, candidate: Candidate, checked: Outcome, key: str, declare: str | None
) -> Outcome:
    package = candidate.package
    with logs.stage("publish", package):
        result = release.publish(candidate, project.published, declare=declare)
    _remember(project, package, {"key": key, "version": result.version, "outcome": _kept(checked)})
    return replace(
        checked,
        status=result.status,
        version=result.version,
        bump=result.bump,
        reasons=tuple(result.reasons),
        path=result.path,
    )


def local(workers: int = 2) -> AbstractContextManager[Engine]:
    """Processes of this machine, as an engine."""
    from xinjiang_record.release.partitioned import executor

    return executor.LocalEngine(workers, processes=True)


def unchanged(project: Project, package: str) -> Outcome:
    """The outcome for a package whose inputs are those of its newest release."""
    known = _remembered(project, package)
    rows, held = (
        tuple((str(key), int(count)) for key, count in known["outcome"][name]) for name in KEPT
    )
    return Outcome(package, "unchanged", version=known["version"], rows=rows, quarantined=held)


def run_package(
    project: Project, package: str, declare: str | None = None, engine: EngineMaker | None = None
) -> Outcome:
    """The three steps for one package, with its duration. What goes wrong is in the outcome; the other packages go on.

    ``engine`` makes the engine for a package with tables in partitions, if there is something to do; two processes if not given.
    """
    started = settings.monotonic()
    try:
        key = ingest(project, package)
        if not key:
            outcome = unchanged(project, package)
        elif is_partitioned(project, package):
            with (engine or local)() as workers:
                outcome = publish_partitioned(project, package, key, workers, declare)
        else:
            outcome = publish(project, package, key, declare)
    except (
        Exception
    ) as error:  # a fault of ours in one package must not keep the others from being published
        outcome = failed(package, error)
    return replace(outcome, seconds=round(settings.monotonic() - started, 3))


def run(
    project: Project,
    names: Sequence[str] = (),
    declare: str | None = None,
    done: Callable[[Outcome], None] = lambda outcome: None,
    engine: EngineMaker | None = None,
) -> list[Outcome]:
    """Run every package in order; ``done`` is called with each outcome as it comes. ``engine``: as for ``run_package``."""
    outcomes = []
    logs.begin()
    for package in select(project, names):
        outcomes.append(run_package(project, package, declare, engine))
        done(outcomes[-1])
    record_failures(project, outcomes)
    return outcomes


def failed(package: str, error: Exception) -> Outcome:
    """The outcome of a package that an error stopped; for a fault of ours, with the trace."""
    if isinstance(error, XRecordError):
        return Outcome(package, "failed", error=str(error), exit_code=error.exit_code)
    if isinstance(error, OSError):
        message = f"{error.filename or 'the disk'}: {error.strerror or error}. What is published is whole; mend that, and run again."
        return Outcome(package, "failed", error=message, exit_code=EnvironmentFault.exit_code)
    trace = "".join(traceback.format_exception(error))
    message = f"a fault of Xinjiang Record itself; please report it. Nothing of {package} was published.\n{trace}"
    return Outcome(package, "failed", error=message, exit_code=1)


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """0 if all is well; else the largest of the failed packages' codes."""
    return max((outcome.exit_code for outcome in outcomes), default=0)


def record_failures(project: Project, outcomes: Sequence[Outcome]) -> Path | None:
    """Leave a record of the run in ``runs/``, outside ``published``, and one of failed packages; None when none failed. The log ends with them."""
    logs.keep(project, "run", {"packages": [_noted(outcome) for outcome in outcomes]})
    for outcome in outcomes:
        _log(outcome)
    bad = [outcome for outcome in outcomes if outcome.status == "failed"]
    if not bad:
        return None
    noted = [
        {**asdict(item), "findings": [str(finding) for finding in item.findings]} for item in bad
    ]
    return logs.keep(project, "failed", {"packages": noted})


def _log(outcome: Outcome) -> None:
    level: logs.Level = "error" if outcome.status == "failed" else "info"
    told = {"status": outcome.status, "version": outcome.version, "findings": len(outcome.findings)}
    logs.log("outcome", level=level, package=outcome.package, **told, error=outcome.error)


def _noted(outcome: Outcome) -> dict[str, Any]:
    """What the record of a run says about a package; of a new release, its id, which is that of the release's bytes."""
    told = {"package": outcome.package, "status": outcome.status, "version": outcome.version}
    sums = Path(outcome.path) / "SHA256SUMS"
    return {**told, "release_id": files.sha256(sums)} if outcome.status == "published" else told


@functools.lru_cache(maxsize=8)
def _candidate(project: Project, package: str, key: str) -> Candidate:
    from xinjiang_record import (
        data_packages,  # here, since a run that finds nothing changed does without pyarrow
    )

    del key  # part of the cache's key only: other inputs, another build
    return data_packages.build(project, package)


def _memory(project: Project, package: str) -> Path:
    return project.runs / "unchanged" / f"{package}.json"


def _remembered(project: Project, package: str) -> dict[str, Any]:
    """What was noted at the last success, if the release it speaks of is still the newest, with the same ledger; else nothing."""
    try:
        known = json.loads(_memory(project, package).read_text("utf-8"))
        same = known["release"] == _seen(project, package)
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return dict(known) if same else {}


def _seen(project: Project, package: str) -> list[str]:
    """The newest release by its version and its sums, and the ledger that names it."""
    latest = (project.published / package / "latest").resolve(strict=True)
    return [
        latest.name,
        *(files.sha256(path) for path in (latest / "SHA256SUMS", latest.parent / "versions.json")),
    ]


def _remember(project: Project, package: str, known: dict[str, Any]) -> None:
    """Note a success, so that the next run need not build; where that cannot be written, the next run builds and finds the same."""
    with contextlib.suppress(OSError, EnvironmentFault):
        known = {**known, "release": _seen(project, package)}
        files.write_text(_memory(project, package), json.dumps(known, indent=2) + "\n")


def _kept(outcome: Outcome) -> dict[str, Any]:
    return {name: getattr(outcome, name) for name in KEPT}
