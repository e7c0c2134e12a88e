"""Notify people when a run fails: by webhook, by e-mail, or by any other service of Apprise.

``XRECORD_NOTIFY`` holds addresses separated by spaces: ``jsons://host/path`` posts JSON to a
webhook,
``mailtos://user:password@host?from=a@x&to=b@y`` sends e-mail. Unset: nobody is notified. A notice
that could not be sent is logged and never fails a run. docs/scheduling.md says how a server of your
own notifies with Prefect's automations instead.
"""

from __future__ import annotations

import re
import sys
import threading
from typing import Any

from prefect.client.schemas.objects import FlowRun

from xinjiang_record import logs, settings

NOTICE_SECONDS = 30  # for one address; the server of a mailbox may be slow


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
    """Send a notice to every address that is set, and return whether all accepted it.

    Each address has ``NOTICE_SECONDS``, and none may redirect to another. Standard error says
    which did not accept it: its kind and host, never its password.
    """
    title = f"Xinjiang Record: {' '.join(title.split())}"  # one line, as a subject must be
    refused = [
        _shown(address)
        for address in settings.environment("XRECORD_NOTIFY").split()
        if not _send_one(address, title, body)
    ]
    for shown in refused:
        print(
            f"xrecord: warning: the notice to {shown} was not accepted within "
            f"{NOTICE_SECONDS} s. Check XRECORD_NOTIFY.",
            file=sys.stderr,
        )
    level: logs.Level = "error" if refused else "info"
    logs.log("notify", level=level, title=title, accepted=not refused, refused=refused)
    return not refused


def _send_one(address: str, title: str, body: str) -> bool:
    """Send a notice to one address, in a thread that is left behind when its time is over."""
    from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType  # deferred: start-up

    # no pool of its own: Python would wait for its threads at exit
    service = Apprise(asset=AppriseAsset(http_redirects=False, async_mode=False))
    accepted: list[bool] = []

    def notify() -> None:
        sent = service.add(address) and service.notify(
            title=title,
            body=body,
            notify_type=NotifyType.FAILURE,
            body_format=NotifyFormat.TEXT,  # so that quoted text is not read as markup
        )
        accepted.append(bool(sent))

    thread = threading.Thread(target=notify, daemon=True)
    thread.start()
    thread.join(NOTICE_SECONDS)
    return accepted == [True]


def _shown(address: str) -> str:
    """Return the kind and the host of an address, without user, password, path or options."""
    kind, _, rest = address.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    return repr(f"{kind}://{host}"[:100])
