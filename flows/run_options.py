"""Define the parameters, settings, names and tags of runs.

Parameters are typed so that Prefect's form offers the packages and refuses others. The project and
the engine for partitioned tables are settings: XRECORD_PROJECT, XRECORD_DASK, XRECORD_WORKERS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from prefect import runtime
from prefect.context import FlowRunContext
from pydantic import Field

from xinjiang_record import settings
from xinjiang_record.errors import UsageError
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


def dask_address() -> str:
    """Return the Dask scheduler for partitioned tables; "" for processes of this machine."""
    return settings.environment("XRECORD_DASK")


def worker_count() -> int:
    """Return how many processes of this machine read and write partitioned tables."""
    text = settings.environment("XRECORD_WORKERS", "2")
    if not (text.isascii() and text.isdigit() and int(text)):
        raise UsageError(f"XRECORD_WORKERS={text!r}: expected a positive whole number.")
    return int(text)


def name_run(kind: str) -> Callable[[], str]:
    """Return a ``flow_run_name`` such as ``record documents (schedule) 2026-11-26 05:30``."""

    def name() -> str:
        packages: Sequence[str] = runtime.flow_run.parameters.get("packages") or ()
        started = f"{settings.now():%Y-%m-%d %H:%M}"
        return f"{kind} {', '.join(packages) or 'all'} ({trigger()}) {started}"

    return name


def trigger() -> str:
    """Return what started the run: schedule, deployment (by hand or automation) or command."""
    context = FlowRunContext.get()
    if context and context.flow_run and context.flow_run.auto_scheduled:
        return "schedule"
    return "deployment" if runtime.deployment.id else "command"


def run_tags(kind: str, packages: Sequence[str] = ()) -> list[str]:
    """Return the tags of a run: its kind, and each package it works on."""
    return [f"kind:{kind}", *(f"package:{name}" for name in packages)]
