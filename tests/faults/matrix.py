"""The crash matrix.

A publisher is killed, or the disk fails it, at every system call that touches files.

    python tests/faults/matrix.py                      all of it: kill, EIO and ENOSPC at every
    call, 500 random kills, 40 publishers
    python tests/faults/matrix.py --parts              the same for a package with a large table,
    published in parts
    python tests/faults/matrix.py --fault kill --stride 16 --mode copy --json
    python tests/faults/matrix.py --at kill:rename --at EIO:fsync    at the middle one of such calls

What must hold at each point: what readers can see is the old release or the new one, whole; exit 0
means that the new one is there;
the next run finishes, and leaves nothing behind. Prints one line a kind; exit code 1 if anything
did not hold.

The publisher is forked from a process that has imported everything, and strace is attached to it,
so that a point takes a fraction
of a second and the calls counted are those of the publication alone.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import publisher

from xinjiang_record import client  # noqa: F401 - imported before the fork
from xinjiang_record.errors import XRecordError
from xinjiang_record.release import withdraw  # noqa: F401
from xinjiang_record.release.integrity import provenance, source_commit, verify

CALLS = (
    "openat", "mkdir", "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "renameat2",
    "unlink", "unlinkat", "rmdir",
    "symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "ftruncate", "flock", "close",
)  # fmt: skip
HARMLESS = {"close"}  # killed at, but not failed: it has done its work when it says otherwise
MEMORY = Path("/dev/shm")  # where a flush costs nothing
FAULTS = {"kill": "signal=SIGKILL", "EIO": "error=EIO", "ENOSPC": "error=ENOSPC"}
NEW = 1  # the variant that is published over variant 0


def preload(base: Path) -> None:
    """Import here whatever a publication imports, so that no child does."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        publisher.run(base / "preload", 0)
        publisher.run(base / "preload", NEW)
        verify.verify(base / "preload")
        os.write(write, "\n".join(sys.modules).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as names:
        for name in names.read().split("\n"):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    os.waitpid(child, 0)
    # kept from here on: reading the program's own files is no part of a publication
    provenance._source_hash()
    source_commit.find_source_commit()


def forked(work: Callable[[], None], before: Callable[[int], None] = lambda pid: None) -> int:
    """Run ``work`` in a child.

    ``before`` is called with its pid, and then it starts. Returns its exit code, negative for a
    signal.
    """
    read, write = os.pipe()
    child = os.fork()
    if not child:
        code = 99
        try:
            os.read(read, 1)
            sys.stderr = open(os.devnull, "w")  # noqa: SIM115
            work()
            code = 0
        except XRecordError as error:
            code = error.exit_code
        finally:
            os._exit(code)
    os.close(read)
    before(child)
    with contextlib.suppress(BrokenPipeError):  # killed before it began
        os.write(write, b"x")
    os.close(write)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@contextlib.contextmanager
def traced(pid: int, log: Path, *options: str):
    """strace, attached to a process."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-y", "-o", str(log), *options, "-p", str(pid)],
        stderr=subprocess.DEVNULL,
    )
    while "TracerPid:\t0" in Path(f"/proc/{pid}/status").read_text():
        if tracer.poll() is not None:
            raise SystemExit(f"strace cannot attach here: {tracer.stderr.read().decode()}")
        time.sleep(0.001)
    yield
    tracer.wait()


def publish_traced(folder: Path, log: Path, *options: str) -> int:
    """Publish the new variant under strace; returns the exit code."""
    stack = contextlib.ExitStack()
    with stack:
        return forked(
            lambda: publisher.run(folder, NEW),
            lambda pid: stack.enter_context(traced(pid, log, *options)),
        )


def start(base: Path, name: str) -> Path:
    """A folder with the old release, to publish into."""
    folder = base / name
    shutil.copytree(base / "old", folder, symlinks=True)
    if (kept := publisher.kept_of(base / "old")).exists():
        shutil.copytree(kept, publisher.kept_of(folder), dirs_exist_ok=True)
    return folder


def seen(folder: Path) -> list[str]:
    """What a reader can see that is not whole. No reader looks at names that begin with a point."""
    package = folder / publisher.PACKAGE
    wrong = [
        problem
        for path in verify.version_folders(package)
        for problem in verify.verify_release(path)
    ]
    try:
        ledger = verify.read_ledger(package)
        wrong += [
            f"{entry['version']} is listed and not there"
            for entry in ledger.versions
            if not (package / entry["version"]).is_dir()
        ]
    except XRecordError as error:
        wrong.append(str(error))
    if not (package / "latest" / "SHA256SUMS").is_file():
        wrong.append("latest leads nowhere")
    return wrong


def after(folder: Path, code: int) -> list[str]:
    """What did not hold after a publication that ended with ``code``; the next run included."""
    wrong = seen(folder)
    if code == 0 and not (folder / publisher.PACKAGE / "1.1.0").is_dir():
        wrong.append("exit 0, and the release is absent")
    again = forked(lambda: publisher.run(folder, NEW))
    if again:
        wrong.append(f"the next run ended with {again}")
    return wrong + verify.verify(folder)


def points(base: Path) -> dict[str, int]:
    """How often the publication makes each call, in its main thread."""
    folder, log = start(base, "count"), base / "count.log"
    assert publish_traced(folder, log, "-e", f"trace={','.join(CALLS)}") == 0
    lines = log.read_text(errors="replace").splitlines()
    main = lines[0].split()[0]
    return Counter(
        match[1]
        for line in lines
        if line.startswith(main) and (match := re.match(r"\d+ +(\w+)\(", line))
    )


def matrix(base: Path, fault: str, stride: int, only: list[str]) -> tuple[int, list[str]]:
    """Fail the publication at every ``stride``-th call, or at the middle one of some calls.

    Returns how many points, and what did not hold.
    """
    counts, failures = points(base), []
    calls = [
        (call, number)
        for call, count in counts.items()
        if fault == "kill" or call not in HARMLESS
        for number in range(1, count + 1)
    ]
    chosen = [(call, counts[call] // 2 + 1) for call in only] or calls[::stride]
    for index, (call, number) in enumerate(chosen):
        folder = start(base, f"{fault}-{index}")
        options = ("-e", f"trace={call}", "-e", f"inject={call}:{FAULTS[fault]}:when={number}")
        code = publish_traced(folder, base / "inject.log", *options)
        failures += [
            f"{fault} at {call} {number} (exit {code}): {problem}"
            for problem in after(folder, code)
        ]
        shutil.rmtree(folder)
    shutil.rmtree(base / "count")
    return len(chosen), failures


def random_kills(base: Path, times: int, seed: int = 1) -> tuple[int, list[str]]:
    """kill -9 at random moments."""
    dice, failures, began = random.Random(seed), [], time.monotonic()
    forked(lambda: publisher.run(start(base, "usual"), NEW) and None)
    usual = time.monotonic() - began
    for index in range(times):
        folder, delay = start(base, f"random-{index}"), dice.random() * usual * 1.2

        def kill(pid: int, delay: float = delay) -> None:
            exactly = os.pidfd_open(pid)  # that process and no other that gets its number later
            if not os.fork():
                time.sleep(delay)
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(exactly, signal.SIGKILL)
                os._exit(0)
            os.close(exactly)

        code = forked(lambda folder=folder: publisher.run(folder, NEW), kill)
        failures += [f"killed after {delay:.3f} s: {problem}" for problem in after(folder, code)]
        shutil.rmtree(folder)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    return times, failures


def crowd(base: Path, publishers: int) -> tuple[int, list[str]]:
    """Publishers of five variants at once, and readers that verify all the while."""
    folder, children, failures, reads = start(base, "crowd"), [], [], 0
    publisher.KEEP = False
    for number in range(publishers):
        child = os.fork()
        if not child:
            code = 1
            try:
                publisher.run(folder, number % 5)
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    while children:
        failures += seen(folder)
        reads += 1
        for child in list(children):
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                children.remove(child)
                if status:
                    failures.append(f"a publisher ended with {os.waitstatus_to_exitcode(status)}")
    failures += verify.verify(folder)
    shutil.rmtree(folder)
    return reads, failures


def unflushed(base: Path) -> list[str]:
    """Files and folders that were not flushed after their last change.

    Of the release when it is renamed, of all when the run ends.
    """
    folder, log = start(base, "flush"), base / "flush.log"
    assert (
        publish_traced(
            folder,
            log,
            "-e",
            "trace=openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,mkdir,symlink",
        )
        == 0
    )
    dirty: set[str] = set()
    wrong: list[str] = []
    staging = f"{folder}/{publisher.PACKAGE}/.staging/release"
    renamed = False
    for line in log.read_text(errors="replace").splitlines():
        if " = -1 " in line:
            continue
        if match := re.search(r"openat\(.*O_CREAT.* = \d+<(.*?)>", line):
            dirty |= {match[1], os.path.dirname(match[1])}
        elif match := re.search(r"(?:write|pwrite64)\(\d+<(/.*?)>", line):
            dirty.add(match[1])
        elif match := re.search(r"f(?:data)?sync\(\d+<(/.*?)>", line):
            dirty.discard(match[1])
        elif match := re.search(
            r'rename\w*\((?:AT_FDCWD\S*, )?"(.*?)", (?:AT_FDCWD\S*, )?"(.*?)"', line
        ):
            if match[1] == staging:
                renamed, wrong = True, [path for path in dirty if path.startswith(staging)]
            elif match[1] in dirty:
                wrong.append(match[1])
            # A file of a release may get its name before it is flushed: nobody reads it yet.
            moved = {match[2]} if match[1] in dirty and match[1] != staging else set()
            dirty = {path for path in dirty if not path.startswith(match[1])}
            dirty |= {os.path.dirname(match[2]), *moved}
    wrong += [path for path in dirty if path.startswith(str(folder)) and os.path.exists(path)]
    shutil.rmtree(folder)
    return sorted(set(wrong)) if renamed else ["the release was not renamed into place"]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--fault", choices=[*FAULTS, "random", "crowd", "flush"], action="append")
    options.add_argument("--stride", type=int, default=1)
    options.add_argument("--at", action="append", default=[], metavar="FAULT:CALL")
    options.add_argument("--times", type=int, default=500, help="random kills")
    options.add_argument("--publishers", type=int, default=40)
    options.add_argument("--mode", default="normal", choices=["normal", "copy", "no-fsync"])
    options.add_argument("--parts", action="store_true", help="one table is published in parts")
    options.add_argument("--json", action="store_true")
    chosen, results = options.parse_args(), {}
    at = [point.split(":") for point in chosen.at]
    faults = [*dict.fromkeys(fault for fault, _ in at), *(chosen.fault or ())]
    publisher.IN_PARTS = chosen.parts
    with tempfile.TemporaryDirectory(
        prefix="matrix-", dir=MEMORY if MEMORY.is_dir() else None
    ) as name:
        base = Path(name)
        preload(base)
        forked(lambda: publisher.run(base / "old", 0) and None)
        publisher.break_it(chosen.mode)
        for fault in faults or [*FAULTS, "random", "crowd", "flush"]:
            began = time.monotonic()
            if fault == "random":
                count, failures = random_kills(base, chosen.times)
            elif fault == "crowd":
                count, failures = crowd(base, chosen.publishers)
            elif fault == "flush":
                count, failures = 1, unflushed(base)
            else:
                calls = [call for name, call in at if name == fault]
                count, failures = matrix(base, fault, chosen.stride, calls)
            results[fault] = {
                "points": count,
                "failures": failures,
                "seconds": round(time.monotonic() - began, 1),
            }
            if not chosen.json:
                print(
                    f"{fault}: {count} points, {len(failures)} failures, "
                    f"{results[fault]['seconds']} s",
                    flush=True,
                )
                print("".join(f"  {failure}\n" for failure in failures[:10]), end="")
    if chosen.json:
        print(json.dumps(results))
    return int(any(result["failures"] for result in results.values()))


if __name__ == "__main__":
    sys.exit(main())
