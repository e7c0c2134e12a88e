"""Read the files of a corpus in a watched process; one line of JSON each on stdout.

``python run_corpus.py MANIFEST [--here]``. A process reads one file after another, as a command
that is given many does, until it dies; the next one goes on. With ``--here`` each file has a
process of its own, and the worker's readers run in that
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
WATCHED = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "os.rename",
           "os.remove", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.rmdir", "shutil.",
           "os.system", "os.exec", "urllib.", "http.client.")  # fmt: skip
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
    worker = forget_peaks()
    seen.clear()
    start = time.perf_counter()
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
    result["rss_mb"] = peak_megabytes(worker)
    return result


def forget_peaks() -> int:
    """Make the kernel forget the peaks of memory so far; return the number of the worker."""
    worker = bounded_process.PROCESS.process
    number = worker.pid if worker and worker.poll() is None else 0
    for process in (os.getpid(), number):
        if process:
            Path(f"/proc/{process}/clear_refs").write_text("5")
    return number


def peak_megabytes(before: int) -> float:
    """Return the most memory of this process and its worker since ``forget_peaks``.

    Args:
        before: the worker's number at that time. Where it has ended since, the most that any ended
            child had stands for it.
    """
    worker = bounded_process.PROCESS.process
    number = worker.pid if worker and worker.poll() is None else 0
    ended = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if before != number else 0
    return (high_water(os.getpid()) + max(high_water(number) if number else 0, ended)) / 1024


def high_water(process: int) -> int:
    """Return the peak of a process's memory, in kilobytes."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def read_some(cases: list[dict[str, str]], here: bool, target: int) -> None:
    """Write an answer for one case after another; with ``here``, for the first one only."""
    with os.fdopen(target, "w") as stream:
        for case in cases[: 1 if here else None]:
            signal.alarm(SECONDS)
            print(json.dumps(one(case, here)), file=stream, flush=True)
    bounded_process.PROCESS.stop()


def main() -> None:
    here = "--here" in sys.argv
    sys.addaudithook(watch)
    cases = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    done = 0
    while done < len(cases):
        sys.stdout.flush()
        source, target = os.pipe()
        child = os.fork()
        if not child:
            os.close(source)
            read_some(cases[done:], here, target)
            os._exit(0)
        os.close(target)
        with os.fdopen(source) as stream:
            for answer in stream:
                print(answer, end="")
                done += 1
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"path": cases[done]["path"], "died": status}))
            done += 1


if __name__ == "__main__":
    main()
