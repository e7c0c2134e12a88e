"""Servers on loopback for tests: any in a thread, the plainest one of a folder, and a free port."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer


class Plain(SimpleHTTPRequestHandler):
    """Answer as the plainest static host, without a log: whole files, no ranges."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def free_port() -> int:
    """Return a port of the loopback for a server of another process, which binds it later.

    It is none that the kernel gives to whoever asks for any, so that no client and no other server
    gets it meanwhile. A server of this process binds port 0 instead.
    """
    text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text()
    first, last = map(int, text.split())
    ports = [port for port in range(10_000, 65_536) if not first <= port <= last]
    for port in random.SystemRandom().sample(ports, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port of 100 is free")


@contextlib.contextmanager
def running(server: BaseServer) -> Iterator[str]:
    """Run a server in a thread; give its address, without a last slash, and end it."""
    # Shutting down waits for the next poll, so the usual half second would be added to each test.
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextlib.contextmanager
def serve_folder(folder: Path, handler: type[SimpleHTTPRequestHandler] = Plain) -> Iterator[str]:
    """Serve a folder for the length of a test; give the address, without a last slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    with running(server) as address:
        yield address
