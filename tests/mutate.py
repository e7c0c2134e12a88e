"""Change the code in one place at a time, and see whether a test notices.

    python tests/mutate.py                          the listed mutants of tests/mutants.tsv
    python tests/mutate.py --generate 40 release    40 generated ones in xinjiang_record/release
    python tests/mutate.py --only verify            those whose file or words contain "verify"

A row of tests/mutants.tsv has a file, what the change does, the old text (once in the file), the
new text and the tests that stand nearest; ``⏎`` is a line break. Each mutant is made in a copy of
the checkout, never in the checkout itself. Exit code 1 if one is not killed and has no reason.

A generated mutant swaps a comparison, drops a ``not``, turns ``and`` into ``or``, or empties the
body of a branch that raises or yields. Its tests are those of its folder (``NEAREST``).
"""

from __future__ import annotations

import argparse
import ast
import csv
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "mutants.tsv"
COPIED = ("xinjiang_record", "flows", "tests", "schemas", "raw", "published", "benchmarks")
FILES = ("pyproject.toml", "Makefile", "action.yml", "README.md", "CHANGELOG.md", "CITATION.cff")
SECONDS = 900
NEAREST = {
    "xinjiang_record/release/signing": "tests/release/test_signing.py "
    "tests/release/test_time_stamps.py",
    "xinjiang_record/release/distribution": "tests/release/test_export.py tests/client",
    "xinjiang_record/release/integrity": "tests/release/test_forged.py "
    "tests/release/test_tamper.py tests/release/test_ledger.py tests/release/test_deposit.py "
    "tests/release/test_source_commit.py",
    "xinjiang_record/release/changes": "tests/release/test_changes.py",
    "xinjiang_record/release": "tests/release",
    "xinjiang_record/data_packages": "tests/data_packages",
    "xinjiang_record/untrusted": "tests/untrusted",
    "xinjiang_record/validate": "tests/validate/test_descriptor_safety.py",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to the code, and the tests that must fail then."""

    file: str
    change: str
    old: str
    new: str
    tests: str
    reason: str = ""  # why it may survive


def read_list() -> list[Mutant]:
    """Return the listed mutants."""
    with LIST.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Mutant(
            row["file"],
            row["change"],
            row["old"].replace("⏎", "\n"),
            row["new"].replace("⏎", "\n"),
            row["tests"],
            row["reason"] or "",
        )
        for row in rows
    ]


SWAPS: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


def generate(folder: Path, count: int, seed: int) -> list[Mutant]:
    """Return some of the mutants that the code of a folder gives, the same for the same seed."""
    found = [item for path in sorted(folder.rglob("*.py")) for item in _of_file(path)]
    random.Random(seed).shuffle(found)
    return found[:count]


def _of_file(path: Path) -> Iterator[Mutant]:
    text = path.read_text("utf-8")
    name = path.relative_to(ROOT).as_posix()
    tests = next((NEAREST[start] for start in NEAREST if name.startswith(start)), "tests/release")
    for node in ast.walk(ast.parse(text)):
        for what, new in _changes(node, text):
            old = ast.get_source_segment(text, node) or ""
            if text.count(old) == 1 and old != new:
                yield Mutant(name, f"line {getattr(node, 'lineno', 0)}: {what}", old, new, tests)


def _changes(node: ast.AST, text: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        sides = [ast.get_source_segment(text, side) for side in (node.left, node.comparators[0])]
        new = SWAPS[type(node.ops[0])]
        yield f"compares by {new}", f"{sides[0]} {new} {sides[1]}"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "drops a not", ast.get_source_segment(text, node.operand) or ""
    elif isinstance(node, ast.BoolOp):
        word = " or " if isinstance(node.op, ast.And) else " and "
        parts = [f"({ast.get_source_segment(text, part)})" for part in node.values]
        yield f"joins by{word.rstrip()}", word.join(parts)
    elif isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise):
        test = ast.get_source_segment(text, node.test) or ""
        whole = ast.get_source_segment(text, node) or ""
        if f"if {test}:" in whole:
            yield "never raises here", whole.replace(f"if {test}:", "if False:", 1)


def run(mutant: Mutant, copy: Path) -> str:
    """Return "killed", "survived", "timed out", or what is wrong with the mutant itself."""
    path = copy / mutant.file
    before = path.read_text("utf-8")
    if before.count(mutant.old) != 1:
        return f"stale: the old text is there {before.count(mutant.old)} times"
    path.write_text(before.replace(mutant.old, mutant.new), "utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider",
             *shlex.split(mutant.tests)],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy)},  # for programs that a test starts
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "timed out"  # it hangs, or the machine is busy: look at it
    finally:
        path.write_text(before, "utf-8")
    if done.returncode in (2, 3, 4, 5) and "SyntaxError" not in done.stdout:
        return "killed" if "rror" in done.stdout else f"stale: pytest ended with {done.returncode}"
    return "survived" if done.returncode == 0 else "killed"


def make_copy(folder: Path) -> Path:
    """Copy what the tests need, so that the checkout is never changed."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__", "snapshots")
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignored)
    for name in FILES:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder / name)
    return folder


def main() -> None:
    """Run the mutants and print what became of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", nargs="?", default="release", help="below xinjiang_record/")
    parser.add_argument("--generate", type=int, default=0, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a part of the file's name or of the change")
    options = parser.parse_args()
    mutants = (
        generate(ROOT / "xinjiang_record" / options.folder, options.generate, options.seed)
        if options.generate
        else read_list()
    )
    chosen = [item for item in mutants if options.only in f"{item.file} {item.change}"]
    counts = {"killed": 0, "survived": 0, "timed out": 0, "stale": 0}
    unexplained = 0
    with tempfile.TemporaryDirectory() as place:
        copy = make_copy(Path(place))
        for mutant in chosen:
            started = time.monotonic()
            what = run(mutant, copy)
            counts[what.partition(":")[0]] += 1
            unexplained += what != "killed" and not mutant.reason
            said = f" ({mutant.reason})" if mutant.reason and what != "killed" else ""
            took = time.monotonic() - started
            print(f"{what}{said}\t{mutant.file}\t{mutant.change}\t{took:.0f} s", flush=True)
    print(", ".join(f"{number} {what}" for what, number in counts.items()))
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
