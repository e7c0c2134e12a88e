"""Name and tag flow runs, so that a list of runs says what each did, when and why it started."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prefect import runtime
from prefect.context import FlowRunContext

from xinjiang_record import settings


def name_run(kind: str) -> Callable[[], str]:
    """Return a ``flow_run_name`` such as ``record joint-statements (schedule) 2026-11-26 05:30``."""

    def name() -> str:
        packages: Sequence[str] = runtime.flow_run.parameters.get("packages") or ()
        started = f"{settings.now():%Y-%m-%d %H:%M}"
        return f"{kind} {', '.join(packages) or 'all'} ({trigger()}) {started}"

    return name


def trigger() -> str:
    """Say what started the run: ``schedule``, ``deployment`` (by hand or an automation), ``command``."""
    context = FlowRunContext.get()
    if context and context.flow_run and context.flow_run.auto_scheduled:
        return "schedule"
    return "deployment" if runtime.deployment.id else "command"


def run_tags(kind: str, packages: Sequence[str] = ()) -> list[str]:
    """Return the tags of a run: its kind, and each package it works on."""
    return [f"kind:{kind}", *(f"package:{name}" for name in packages)]
