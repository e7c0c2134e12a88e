"""Score the whole corpus of hostile inputs: ``python tests/hostile/score.py [--every N] [FAMILY]``.

Each input is given to the command as a user would give it, in a process of its own, and has one
outcome: right; a wrong answer (a success that must not be, or a refusal of what is sound); a
traceback; over 10 s of processor time (or no end in 90 s); over 700 MB. The target is that all are
right. ``--every N`` takes each N-th input of a family, ``--only TEXT`` those whose name holds it.
The wrong ones are printed on standard error as they are found.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.hostile import (  # noqa: E402
    of_answers,
    of_documents,
    of_environments,
    of_forgeries,
    of_formats,
    of_packages,
    of_parquet,
    of_projects,
    of_python,
    of_raw_files,
    of_releases,
    of_servers,
    of_signatures,
    of_site,
    of_tables,
)
from tests.hostile.case import Case, Ended  # noqa: E402
from tests.warm_commands import import_everything  # noqa: E402
from xinjiang_record.cli import main as command  # noqa: E402
from xinjiang_record.cli.main import report_failures  # noqa: E402
from xinjiang_record.untrusted import bounded_process  # noqa: E402

MOST_SECONDS, MOST_MEGABYTES, MOST_WAIT = 10, 700, 90
PAGE = resource.getpagesize()
MOST_DATA = 3 * 1024**3
OUTCOMES = ("right", "wrong success", "wrong refusal", "traceback", "over 10 s", "over 700 MB")
FAMILIES: tuple[ModuleType, ...] = (
    of_packages,
    of_tables,
    of_parquet,
    of_raw_files,
    of_projects,
    of_documents,
    of_formats,
    of_releases,
    of_forgeries,
    of_signatures,
    of_servers,
    of_answers,
    of_site,
    of_python,
    of_environments,
)


def resident_megabytes() -> float:
    """Return the memory of this process."""
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * PAGE / 2**20


def run(case: Case, folder: Path, imports: float) -> Ended:
    """Run a case in a process of its own, in its folder, and wait for its end.

    Args:
        case: the case.
        folder: its folder.
        imports: the memory of this process before it held any case. What it holds more, a fork
            has too, and is no memory of the command.
    """
    output = folder.with_suffix(".txt")
    here = resident_megabytes()
    child = os.fork()
    if not child:
        _be_the_command(case, folder, output)
    started = time.monotonic()
    while True:
        pid, status, used = os.wait4(child, os.WNOHANG)
        if pid:
            break
        if time.monotonic() - started > MOST_WAIT:
            os.killpg(child, signal.SIGKILL)
            _, status, used = os.wait4(child, 0)
            break
        time.sleep(0.005)
    most = used.ru_maxrss / 1024
    if not case.fresh or most < 1.1 * here:  # a new program that took less than the fork
        most = max(most - (here - imports), 0)
    said = output.read_bytes()[:2_000_000].decode("utf-8", "replace") if output.exists() else ""
    return Ended(
        os.waitstatus_to_exitcode(status),
        said,
        used.ru_utime + used.ru_stime,
        most,
    )


def _be_the_command(case: Case, folder: Path, output: Path) -> None:
    """Become the process of a case; do not return."""
    code = 70
    try:
        os.setsid()
        os.chdir(folder)
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        for target, source in ((0, null), (1, handle), (2, handle)):
            os.dup2(source, target)
        for name in [name for name in os.environ if name.startswith("XRECORD_")]:
            del os.environ[name]
        os.environ.update({"PYTHONPATH": str(ROOT), "COLUMNS": "100", **case.environment})
        resource.setrlimit(resource.RLIMIT_CPU, (3 * MOST_SECONDS, 3 * MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_DATA, MOST_DATA))  # others work here too
        if case.before:
            case.before()
        if case.fresh:
            program = [sys.executable, "-m", "xinjiang_record.cli", *case.arguments]
            os.execv(sys.executable, program)
        if case.call:
            sys.exit(report_failures(case.call))
        command.main(list(case.arguments))
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
            bounded_process.PROCESS.stop()  # so that it is counted with its parent
    os._exit(code)


def judge(case: Case, ended: Ended, folder: Path) -> tuple[str, str]:
    """Return the outcome of a case, and what is wrong with it."""
    shown = (
        f"exit {ended.code}, {ended.seconds:.1f} s, {ended.megabytes:.0f} MB: {ended.said[:300]!r}"
    )
    if "Traceback (most recent call last)" in ended.said or "internal error" in ended.said:
        return "traceback", f"{shown} {ended.said[-300:]!r}"
    if ended.code < 0 or ended.seconds > MOST_SECONDS:
        return "over 10 s", shown
    if ended.megabytes > MOST_MEGABYTES:
        return "over 700 MB", shown
    if any(word in ended.said for word in case.secrets):
        return "wrong success", f"printed what it must not read: {shown}"
    if case.expect == "refused" and ended.code not in (1, 2, 3):
        return "wrong success", shown
    if case.expect == "accepted" and ended.code != 0:
        return "wrong refusal", shown
    if ended.code not in (0, 1, 2, 3, 4):
        return "traceback", f"no code of a command: {shown}"
    if case.holds and " ".join(case.holds.split()) not in " ".join(ended.said.split()):
        return "wrong refusal", f"does not say {case.holds!r}: {shown}"
    problem = case.check(folder, ended)
    return ("wrong success", f"{problem}: {shown}") if problem else ("right", "")


def score(
    family: ModuleType, every: int, only: str, top: Path, imports: float
) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the outcome and the fault of each case of a family."""
    with family.prepared(top) as given:
        for number, case in enumerate(family.cases(given)):
            if number % every or only not in case.name:
                continue
            folder = top / f"{family.__name__.rpartition('.')[2]}-{number}"
            folder.mkdir()
            case.make(folder)
            yield case.name, *judge(case, run(case, folder, imports), folder)
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(".txt").unlink(missing_ok=True)


def main() -> None:
    """Print one table for all families; exit with 1 if any outcome is not right."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("family", nargs="*", help="packages, raw_files, documents, ...")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--only", default="", metavar="TEXT")
    options = parser.parse_args()
    import_everything("xrecord")  # once for all inputs
    imports = resident_megabytes()
    totals: Counter[str] = Counter()
    started = time.monotonic()
    print(f"{'inputs of':<16}{'':>6}" + "".join(f"{name:>15}" for name in OUTCOMES), flush=True)
    for family in FAMILIES:
        name = family.__name__.rpartition("of_")[2]
        if options.family and name not in options.family:
            continue
        counts: Counter[str] = Counter()
        with tempfile.TemporaryDirectory(prefix="hostile-") as top:
            place = Path(top).resolve()
            for case, outcome, fault in score(family, options.every, options.only, place, imports):
                counts[outcome] += 1
                if fault:
                    print(f"{outcome}: {name}: {case}: {fault}", file=sys.stderr, flush=True)
        totals += counts
        _print_row(name.replace("_", " "), counts)
    _print_row("all", totals)
    print(f"{time.monotonic() - started:.0f} s")
    sys.exit(totals.total() != totals["right"])


def _print_row(name: str, counts: Counter[str]) -> None:
    row = "".join(f"{counts[outcome]:>15}" for outcome in OUTCOMES)
    print(f"{name:<16}{counts.total():>6}{row}", flush=True)


if __name__ == "__main__":
    main()
