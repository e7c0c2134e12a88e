"""Tell people when a run fails: by webhook, by e-mail, or whatever else Apprise speaks, as ``XRECORD_NOTIFY`` says.

``XRECORD_NOTIFY`` holds addresses with blanks between: ``jsons://host/path`` posts JSON to a webhook,
``mailtos://user:password@host?from=a@x&to=b@y`` sends mail. Unset: nobody is told. That a notice could not be sent is in the log and
never fails a run.
"""

from __future__ import annotations

from typing import Any

from prefect.client.schemas.objects import FlowRun

from xinjiang_record import logs, settings


def failed(flow: Any, flow_run: FlowRun, state: Any) -> None:
    """A Prefect hook, for ``on_failure`` and ``on_crashed``: tells of scheduled runs. Whoever starts one by hand sees it fail."""
    del flow
    if not flow_run.deployment_id:
        return
    server = settings.environment("PREFECT_UI_URL") or settings.environment(
        "PREFECT_API_URL"
    ).removesuffix("/api")
    where = f"\n{server}/runs/flow-run/{flow_run.id}" if server else ""
    told = f"{state.message or state.name}\nrun {flow_run.id}{where}\nWhat failed, in full: runs/failed-*.json of the checkout."
    send(f"{flow_run.name}: {state.name.lower()}", told)


def send(title: str, body: str) -> bool:
    """Send a notice of a failure to every address that is set; whether all took it."""
    addresses = settings.environment("XRECORD_NOTIFY").split()
    if not addresses:
        return True
    from apprise import Apprise, NotifyType  # deferred: start-up

    service = Apprise()
    added = [service.add(address) for address in addresses]
    told = service.notify(
        title=f"Xinjiang Record: {title}", body=body, notify_type=NotifyType.FAILURE
    )
    taken = bool(told) and all(added)
    logs.log("notify", level="info" if taken else "error", title=title, taken=taken)
    return taken
