"""Notify people when a run fails: by webhook, by e-mail, or by any other service of Apprise.

``XRECORD_NOTIFY`` holds addresses separated by spaces: ``jsons://host/path`` posts JSON to a
webhook,
``mailtos://user:password@host?from=a@x&to=b@y`` sends e-mail. Unset: nobody is notified. A notice
that could not be sent is logged and never fails a run. docs/scheduling.md says how a server of your
own notifies with Prefect's automations instead.
"""

from __future__ import annotations

from typing import Any

from prefect.client.schemas.objects import FlowRun

from xinjiang_record import logs, settings


def failed(flow: Any, flow_run: FlowRun, state: Any) -> None:
    """Notify of a scheduled run that failed or crashed; a Prefect hook.

    Whoever starts a run by hand sees it fail.
    """
    del flow
    if not flow_run.deployment_id:
        return
    api = settings.environment("PREFECT_API_URL")
    server = settings.environment("PREFECT_UI_URL") or api.removesuffix("/api")
    lines = [state.message or state.name, f"run {flow_run.id}"]
    if server:
        lines.append(f"{server}/runs/flow-run/{flow_run.id}")
    lines.append("All findings: runs/failed-*.json of the checkout.")
    send(f"{flow_run.name}: {state.name.lower()}", "\n".join(lines))


def send(title: str, body: str) -> bool:
    """Send a notice to every address that is set, and return whether all accepted it."""
    addresses = settings.environment("XRECORD_NOTIFY").split()
    if not addresses:
        return True
    from apprise import Apprise, NotifyFormat, NotifyType  # deferred: start-up

    service = Apprise()
    added = [service.add(address) for address in addresses]
    sent = service.notify(
        title=f"Xinjiang Record: {' '.join(title.split())}",  # one line, as a subject must be
        body=body,
        notify_type=NotifyType.FAILURE,
        body_format=NotifyFormat.TEXT,  # so that quoted text is not read as markup
    )
    accepted = bool(sent) and all(added)
    logs.log("notify", level="info" if accepted else "error", title=title, accepted=accepted)
    return accepted
