"""Define the parameters, settings, names, tags, log and failure of runs.

Parameters are typed so that Prefect's form offers the packages and refuses others. The project and
the engine for partitioned tables are settings: XRECORD_PROJECT, XRECORD_DASK, XRECORD_WORKERS.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from pydantic import Field

from xinjiang_record import settings
from xinjiang_record.errors import FindingsError, UsageError
from xinjiang_record.schema.load import package_names


def _package_names() -> tuple[str, ...]:
    """Return the packages of the project; empty outside a checkout."""
    try:
        return package_names(settings.find_project())
    except UsageError:
        return ()


if TYPE_CHECKING:
    PackageName = str
else:
    _NAMES = _package_names()
    PackageName = Literal[_NAMES] if _NAMES else str

Packages = Annotated[
    tuple[PackageName, ...], Field(title="Packages", json_schema_extra={"uniqueItems": True})
]
Version = Annotated[
    str | None, Field(title="Declared version", pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")
]


NAMED = 4  # how many packages or sources the name of a run lists


class RunFailed(FindingsError):
    """Fail a run with one plain line, which its log ends with; ``results`` is what it did.

    Prefect turns what a failed run returns into an exception. Where that is a list, the log ends
    with a trace of Prefect's and all that the list holds.
    """

    def __init__(self, message: str, results: Sequence[Any] = ()) -> None:
        """Take the line and the results."""
        super().__init__(message)
        self.results = results


def send_log_lines() -> None:
    """Send the library's log lines to the server, as lines of the run or task that made them.

    ``PREFECT_LOGGING_EXTRA_LOGGERS`` of ``flows/__init__.py`` does so where Prefect is imported
    later. In a process that a worker starts, Prefect is there first.
    """
    ours = logging.getLogger("xinjiang_record")
    for handler in logging.getLogger("prefect.extra").handlers:
        if handler not in ours.handlers:
            ours.addHandler(handler)


send_log_lines()


def dask_address() -> str:
    """Return the Dask scheduler for partitioned tables; "" for processes of this machine."""
    return settings.environment("XRECORD_DASK")


def worker_count() -> int:
    """Return how many processes of this machine read and write partitioned tables."""
    text = settings.environment("XRECORD_WORKERS", "2")
    if not (text.isascii() and text.isdigit() and int(text)):
        raise UsageError(f"XRECORD_WORKERS={text!r}: expected a positive whole number.")
    return int(text)


def name_run(kind: str, parameter: str = "", usual: str = "") -> Callable[[], str]:
    """Return a ``flow_run_name`` such as ``record documents (schedule) 2026-11-26 05:30``.

    Args:
        kind: What the flow does.
        parameter: The parameter that lists what a run works on, if there is one.
        usual: What a run works on if that lists nothing.
    """

    def name() -> str:
        listed: Sequence[str] = runtime.flow_run.parameters.get(parameter) or ()
        more = [f"and {len(listed) - NAMED} more"] if len(listed) > NAMED else []
        works_on = ", ".join([*listed[:NAMED], *more]) or usual
        started = f"({trigger()}) {settings.now():%Y-%m-%d %H:%M}"
        return " ".join(filter(None, (kind, works_on, started)))

    return name


def trigger() -> str:
    """Return what started the run: schedule, deployment (by hand or automation) or command."""
    context = FlowRunContext.get()
    if context and context.flow_run and context.flow_run.auto_scheduled:
        return "schedule"
    return "deployment" if runtime.deployment.id else "command"


def tag_run(tags: Sequence[str]) -> None:
    """Give this flow run the tags that it lacks; a deployment's run begins with its own.

    Its tasks get none: for the tags of a task Prefect asks the server about limits, and a request
    that SQLite refuses at that moment is repeated 2 s later.
    """
    own = set(runtime.flow_run.tags or ())
    if not own.issuperset(tags):
        with get_client(sync_client=True) as client:
            client.update_flow_run(UUID(str(runtime.flow_run.id)), tags=own.union(tags))


def run_tags(kind: str, packages: Sequence[str] = ()) -> list[str]:
    """Return the tags of a run: its kind, and each package it works on."""
    return [f"kind:{kind}", *(f"package:{name}" for name in packages)]
