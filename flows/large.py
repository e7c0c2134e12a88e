"""Large tables on Dask, through prefect-dask: the same functions as ``release.large`` runs in processes, on an existing cluster.

Workers share the coordinator's file system. A worker that dies costs its tasks another try: every step can be run twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from distributed import Client
from prefect import flow, task, unmapped
from prefect.cache_policies import NO_CACHE
from prefect_dask.task_runners import DaskTaskRunner

from xinjiang_record import files, release
from xinjiang_record.errors import FindingsError
from xinjiang_record.model import Candidate, PublishResult
from xinjiang_record.release import large, observe

TRIES = 3  # more, of a step whose worker died


class DaskEngine:
    """Workers of a Dask cluster, spoken to directly."""

    def __init__(self, address: str) -> None:
        self._client: Any = Client(address)  # type: ignore[no-untyped-call]

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        lists = [list(values) for values in arguments]
        futures = self._client.map(function, *lists, pure=False, retries=TRIES)
        return (future.result() for future in futures)

    def worker_count(self) -> int:
        """How many workers the scheduler has."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def __enter__(self) -> DaskEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


class FlowEngine:
    """Tasks of the Prefect flow that is under way, on its task runner: each step is to be seen on the server."""

    def map(self, function: Callable[..., Any], *arguments: Sequence[Any]) -> Iterable[Any]:
        calls = list(zip(*(list(values) for values in arguments), strict=True))
        futures = step.with_options(task_run_name=f"{function.__name__} {{number}}").map(
            unmapped(function), calls, list(range(len(calls)))
        )
        return (future.result() for future in futures)


@task(retries=TRIES, cache_policy=NO_CACHE, persist_result=False)
def step(function: Callable[..., Any], call: tuple[Any, ...], number: int) -> Any:
    """One step on one partition, range or chunk; ``number`` is for its name only."""
    del number
    return function(*call)


@flow(name="large", flow_run_name="large: {name}", validate_parameters=False)
def publish_large(
    candidate: Candidate,
    name: str,
    inputs: Sequence[large.Partition],
    published: Path,
    work: Path,
    known: Mapping[str, pa.Table],
) -> PublishResult:
    """Publish ``candidate``, whose table ``name`` is in the Parquet files ``inputs``. FindingsError if they have findings.

    ``work``: a folder that all workers see; what a killed run left in it is removed first.
    """
    files.remove_tree(work)
    with observe.stage("large", candidate.package):
        try:
            table, findings = large.prepare(
                inputs, name, candidate.schemas, candidate.package, work, FlowEngine(), known
            )
            if findings:
                raise FindingsError("\n".join(map(str, findings)))
            tables: dict[str, Any] = {key: candidate.tables.get(key, table) for key in candidate.schemas}
            return release.publish(replace(candidate, tables=tables), published)
        finally:
            files.remove_tree(work)


def on(address: str | None = None, workers: int = 2) -> Any:
    """The flow on an existing Dask scheduler, or on a cluster of this machine that lives as long as the flow."""
    if address:
        return publish_large.with_options(task_runner=DaskTaskRunner(address=address))  # type: ignore[arg-type]
    cluster = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    return publish_large.with_options(task_runner=DaskTaskRunner(cluster_kwargs=cluster))  # type: ignore[arg-type]
