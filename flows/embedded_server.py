"""Run a Prefect server that ends with its parent: ``python flows/embedded_server.py KIND PORT``.

KIND is ``full`` (pages, schedules, all services) or ``run`` (what one flow run needs). PORT 0
chooses
a free port. The process prints its port at once, and ``ready`` when the server answers.

The parent holds the other end of standard input. When the parent ends, however it ends, the pipe
closes and the server stops.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from typing import Any

import uvicorn

STOP_SECONDS = 10.0  # after which a server that does not stop is ended


class AnnouncedServer(uvicorn.Server):
    """Print ``ready`` once the server answers."""

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Start, then announce it."""
        await super().startup(sockets)
        print("ready", flush=True)


def _stop_with_parent() -> None:
    """Wait until the pipe to the parent closes, then stop this process."""
    while os.read(0, 1):
        pass
    end = threading.Timer(STOP_SECONDS, os._exit, (1,))
    end.daemon = True
    end.start()
    os.kill(os.getpid(), signal.SIGTERM)


def main(kind: str, port: int) -> None:
    """Serve until the parent ends."""
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    config = uvicorn.Config("", host="127.0.0.1", port=port, log_level="error", lifespan="on")
    listener = config.bind_socket()
    print(listener.getsockname()[1], flush=True)
    gc.disable()  # a sixth of the import is spent on looking for garbage, of which there is none
    # The parent reads the port while Prefect is imported here, which takes seconds.
    from prefect.server.api.server import create_app  # deferred: start-up

    config.app = create_app(ephemeral=kind == "run", final=True)
    gc.freeze()
    gc.enable()
    AnnouncedServer(config).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
