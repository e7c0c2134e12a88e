"""Simulate power loss during a publication or a withdrawal.

    python tests/faults/power_loss.py [STATES [publish|withdraw [MODE]]]

The system calls of one run are recorded. Then folders are made as a disk could hold them after the
power failed at some call: what was flushed is there; of what was not, each file may be there in
full, in part or empty, and each name may be there or not, in any order. In each of these states a
reader must see complete releases only, and the next run must finish.

The model is that of POSIX, without what a file system promises beyond it: a file's bytes are safe
after fsync of the file, its name after fsync of the folder. A rename is atomic.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import matrix
import publisher

from xinjiang_record.errors import XRecordError
from xinjiang_record.release import publish
from xinjiang_record.release.integrity.verify import verify
from xinjiang_record.release.withdraw import withdraw

TRACED = (
    "openat,mkdir,write,pwrite64,fsync,fdatasync,rename,renameat2,unlink,unlinkat,rmdir,symlink"
)
CALL = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)(?:<(.*?)>)?")
PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(slots=True)
class Node:
    """A file, a folder or a link, with what is safe of it."""

    kind: str  # file, folder, link
    target: str = ""
    data: bytes = b""  # all that is ever written to it
    is_safe: bool = True
    names: dict[str, Node] = field(default_factory=dict)
    safe_names: dict[str, Node] = field(default_factory=dict)
    pending: list[dict[str, Node | None]] = field(default_factory=list)  # one a call


class Disk:
    """A folder as the recorded calls make it, step by step."""

    def __init__(self, root: Path, contents: Path) -> None:
        self.root, self._contents = root, contents
        self.top = self._read(root, root)

    def _read(self, path: Path, root: Path) -> Node:
        if path.is_symlink():
            return Node("link", target=str(path.readlink()))
        if path.is_file():
            return Node("file", data=path.read_bytes())
        names = {item.name: self._read(item, root) for item in path.iterdir()}
        return Node("folder", names=dict(names), safe_names=dict(names))

    def find(self, path: str) -> tuple[Node, str] | None:
        """Return the folder of a path below the root, and the name in it."""
        if not path.startswith(f"{self.root}/"):
            return None
        *parts, name = path[len(str(self.root)) + 1 :].split("/")
        node = self.top
        for part in parts:
            if part not in node.names:
                return None
            node = node.names[part]
        return node, name

    def node(self, path: str) -> Node | None:
        if path == str(self.root):
            return self.top
        found = self.find(path)
        return found[0].names.get(found[1]) if found else None

    def change(self, folder: Node, changes: dict[str, Node | None]) -> None:
        """Make, remove or replace names; they are not safe before the folder is flushed."""
        for name, node in changes.items():
            if node is None:
                folder.names.pop(name, None)
            else:
                folder.names[name] = node
        folder.pending.append(changes)


def apply(disk: Disk, call: str, text: str, result: str, final: dict[str, bytes]) -> bool:
    """Make one recorded call; return whether it changed anything."""
    paths = [item.encode().decode("unicode_escape") for item in PATH.findall(text)]
    base = re.match(r"\w+<(.*?)>", text)
    if base and paths and not paths[0].startswith("/"):
        paths = [f"{base[1]}/{paths[0]}", *paths[1:]]
    if call == "openat" and "O_CREAT" in text and (found := disk.find(paths[0])):
        folder, name = found
        if name not in folder.names:
            disk.change(folder, {name: Node("file", is_safe=False)})
            return True
    elif call in ("write", "pwrite64") and base and (node := disk.node(base[1])):
        node.is_safe, node.data = False, final.get(base[1], node.data or b"?")
        return True
    elif call in ("fsync", "fdatasync") and base and (node := disk.node(base[1])):
        node.is_safe = True
        node.safe_names, node.pending = dict(node.names), []
        return True
    elif call == "mkdir" and (found := disk.find(paths[0])):
        disk.change(found[0], {found[1]: Node("folder")})
        return True
    elif call == "symlink" and (found := disk.find(paths[1])):
        disk.change(found[0], {found[1]: Node("link", target=paths[0])})
        return True
    elif call in ("unlink", "unlinkat", "rmdir") and paths and (found := disk.find(paths[0])):
        disk.change(found[0], {found[1]: None})
        return True
    elif call in ("rename", "renameat2"):
        one, two = disk.find(paths[0]), disk.find(paths[-1])
        if one and two and (node := one[0].names.get(one[1])):
            if one[0] is two[0]:
                disk.change(one[0], {one[1]: None, two[1]: node})
            else:
                disk.change(two[0], {two[1]: node})
                disk.change(one[0], {one[1]: None})
            return True
    return False


def lose_power(node: Node, place: Path, chance: random.Random) -> None:
    """Write a folder as the disk may hold it now."""
    names = dict(node.safe_names)
    for changes in node.pending:
        if chance.random() < 0.5:
            for name, item in changes.items():
                if item is None:
                    names.pop(name, None)
                else:
                    names[name] = item
    place.mkdir(parents=True, exist_ok=True)
    for name, item in names.items():
        path = place / name
        if item.kind == "folder":
            lose_power(item, path, chance)
        elif item.kind == "link":
            path.symlink_to(item.target)
        else:
            size = len(item.data)
            kept = size if item.is_safe else chance.choice((0, size // 2, max(0, size - 1), size))
            path.write_bytes(item.data[:kept])


def record(base: Path, work: Callable[[Path], object]) -> tuple[Path, list[str], dict[str, bytes]]:
    """Run ``work`` under strace in a copy of the old state.

    Returns the folder before the run, the calls, and the final bytes of each file by the path
    that it was written to.
    """
    before, folder = matrix.start(base, "before"), matrix.start(base, "run")
    log = base / "calls.log"
    stack = matrix.contextlib.ExitStack()
    with stack:
        code = matrix.forked(
            lambda: work(folder),
            lambda pid: stack.enter_context(
                matrix.traced(pid, log, "-s", "4096", "-e", f"trace={TRACED}")
            ),
        )
    assert code == 0, code
    unfinished: dict[str, str] = {}
    lines = []
    for line in log.read_text(errors="replace").splitlines():
        pid = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            unfinished[pid] = line.removesuffix("<unfinished ...>").rstrip()
        elif "resumed>" in line:
            lines.append(unfinished.pop(pid, "") + line.split("resumed>", 1)[1])
        else:
            lines.append(line)
    final: dict[str, bytes] = {}
    moved: list[tuple[str, str]] = []
    for line in lines:
        match = CALL.match(line)
        if match and match[2] in ("rename", "renameat2") and match[4] == "0":
            one, two = (PATH.findall(match[3])[at] for at in (0, -1))
            moved.append((one, two))
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data, name = path.read_bytes(), str(path)
            final[name] = data
            for one, two in reversed(moved):
                if name == two or name.startswith(f"{two}/"):
                    name = one + name[len(two) :]
                    final[name] = data
    return before, lines, final


def problems_after(state: Path, variant: int) -> list[str]:
    """Return what does not hold in a state: what readers see, and that the next run finishes."""
    package = state / publisher.PACKAGE
    found = matrix.seen(state) if (package / "versions.json").exists() else []
    try:
        publish(publisher.candidate(variant), state)
    except XRecordError as error:
        return [*found, f"the next run: {error}"]
    return [*found, *verify(state)]


def simulate(
    base: Path, work: Callable[[Path], object], variant: int, states: int, seed: int
) -> tuple[int, list[str]]:
    """Return how many states were tried, and what did not hold in one of them."""
    before, lines, final = record(base, work)
    run = str(base / "run")
    chance, wrong, tried = random.Random(seed), [], 0
    disk = Disk(before, before)
    disk.root = Path(run)
    calls = [match for line in lines if (match := CALL.match(line)) and int(match[4]) >= 0]
    relevant = [match for match in calls if run in match[0]]
    chosen = set(chance.sample(range(len(relevant)), min(states, len(relevant))))
    for number, match in enumerate(relevant):
        apply(disk, match[2], match[3], match[4], final)
        if number in chosen:
            state = base / "state"
            shutil.rmtree(state, ignore_errors=True)
            lose_power(disk.top, state, chance)
            tried += 1
            wrong += [
                f"after call {number} ({match[2]}): {item}"
                for item in problems_after(state, variant)
            ]
    return tried, wrong


def run(name: str, states: int, mode: str = "") -> dict[str, object]:
    """Simulate a publication or a withdrawal; ``mode`` breaks the publisher on purpose."""
    works: dict[str, Callable[[Path], object]] = {
        "publish": lambda folder: (
            publisher.break_it(mode or "normal"),
            publisher.run(folder, matrix.NEW),
        ),
        "withdraw": lambda folder: withdraw(
            folder, publisher.PACKAGE, "1.1.0", "Because.", "2026-11-25"
        ),
    }
    with tempfile.TemporaryDirectory(dir=matrix.MEMORY) as place:
        base = Path(place)
        publisher.run(base / "old", 0)
        if name == "withdraw":
            publisher.run(base / "old", matrix.NEW)
        matrix.preload(base)
        tried, wrong = simulate(base, works[name], matrix.NEW, states, seed=7)
    return {"states": tried, "failures": wrong}


def main() -> None:
    """Try many states of a publication and of a withdrawal, and print what did not hold."""
    states = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    names = [sys.argv[2]] if len(sys.argv) > 2 else ["publish", "withdraw"]
    mode = sys.argv[3] if len(sys.argv) > 3 else ""
    results = {name: run(name, states, mode) for name in names}
    print(json.dumps(results))
    sys.exit(1 if any(item["failures"] for item in results.values()) else 0)


if __name__ == "__main__":
    main()
