"""Read each file of a corpus in a process of its own, watched; one line of JSON each on stdout.

``python run_corpus.py MANIFEST [--here]``. With ``--here`` the worker's readers run in the watched
process itself, so that their system
calls are seen too (for cases that need no bound on memory). Watched: connections, files opened for
writing, renames, deletions.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from xinjiang_record.document_readers.formats import markdown, pdf, spreadsheet
from xinjiang_record.document_readers.open_document import open_document
from xinjiang_record.errors import XRecordError
from xinjiang_record.untrusted import bounded_process

READERS = (markdown, pdf, spreadsheet)  # imported here once, so that no case pays for it
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
WATCHED = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "os.rename", "os.remove", "os.mkdir", "os.link",
           "os.symlink", "os.truncate", "os.rmdir", "shutil.", "os.system", "os.exec", "urllib.", "http.client.")  # fmt: skip
SECONDS = 60
seen: list[str] = []


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if (
        event == "open"
        and isinstance(arguments[2], int)
        and arguments[2] & WRITES
        and arguments[0] != os.devnull
    ):
        if isinstance(arguments[0], (str, bytes)):
            seen.append(f"open {arguments[0]!r}")
    elif (
        event == "subprocess.Popen"
        and "xinjiang_record.untrusted.bounded_process" not in arguments[1]
    ):
        seen.append(f"{event} {arguments[1]!r}")
    elif event.startswith(WATCHED):
        seen.append(f"{event} {arguments!r}")


def one(case: dict[str, str], here: bool) -> dict[str, Any]:
    if here:
        bounded_process.run_bounded = bounded_process.run_here
    result: dict[str, Any] = {"path": case["path"]}
    start = time.perf_counter()
    seen.clear()
    try:
        document = open_document(case["path"], encoding=case["encoding"] or None)
        cells = "\n".join(cell for table in document.tables for row in table.rows for cell in row)
        result["text"] = f"{document.text}\n{cells}"[:100_000]
        result["findings"] = [
            [item.type, item.severity, item.message] for item in document.findings
        ]
    except XRecordError as error:
        result["error"] = type(error).__name__
        result["message"] = str(error)
    result["seconds"] = time.perf_counter() - start
    result["seen"] = list(seen)
    bounded_process.PROCESS.stop()
    own, children = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    result["rss_mb"] = (own + children) / 1024
    return result


def main() -> None:
    here = "--here" in sys.argv
    sys.addaudithook(watch)
    for case in json.loads(Path(sys.argv[1]).read_text("utf-8")):
        sys.stdout.flush()
        source, target = os.pipe()
        child = os.fork()
        if not child:
            signal.alarm(SECONDS)
            with os.fdopen(target, "w") as stream:
                json.dump(one(case, here), stream)
            os._exit(0)
        os.close(target)
        with os.fdopen(source) as stream:
            answer = stream.read()
        _, status = os.waitpid(child, 0)
        print(answer or json.dumps({"path": case["path"], "died": status}))


if __name__ == "__main__":
    main()
