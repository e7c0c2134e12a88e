"""The second wall: whatever a library is led to do, it reads no other folder and no socket."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from xinjiang_record.errors import UnsafeNameError
from xinjiang_record.untrusted import bounded_process
from xinjiang_record.untrusted.audit_wall import confined


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return a folder that may be read, and one that may not, each with a file; with links."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.csv").write_text("id\n1\n")
    os.symlink(outside / "a.csv", inside / "link.csv")
    os.symlink(outside, inside / "folder")
    return inside, outside


FORBIDDEN: dict[str, Callable[[Path, Path], object]] = {
    "a file outside": lambda inside, outside: open(outside / "a.csv").read(),  # noqa: SIM115
    "a path that climbs": lambda inside, outside: (inside / "../outside/a.csv").read_text(),
    "a link": lambda inside, outside: (inside / "link.csv").read_bytes(),
    "a linked folder": lambda inside, outside: (inside / "folder" / "a.csv").read_bytes(),
    "os.open": lambda inside, outside: os.open(outside / "a.csv", os.O_RDONLY),
    "a name in bytes": lambda inside, outside: os.open(os.fsencode(outside / "a.csv"), os.O_RDONLY),
    "a listing": lambda inside, outside: os.listdir(outside),
    "a scan": lambda inside, outside: list(os.scandir(outside)),
    "the environment": lambda inside, outside: open("/proc/self/environ").read(),  # noqa: SIM115
    "passwords": lambda inside, outside: open("/etc/passwd").read(),  # noqa: SIM115
    "a write": lambda inside, outside: (outside / "new.csv").write_text("x"),
    "a write inside": lambda inside, outside: (inside / "new.csv").write_text("x"),
    "a deletion": lambda inside, outside: os.remove(inside / "a.csv"),
    "a rename": lambda inside, outside: os.rename(inside / "a.csv", inside / "b.csv"),
    "a new folder": lambda inside, outside: os.mkdir(inside / "b"),
    "a link is made": lambda inside, outside: os.symlink("/etc", inside / "b"),
    "a tree": lambda inside, outside: shutil.rmtree(outside),
    "a connection": lambda inside, outside: socket.create_connection(("127.0.0.1", 9)),
    "a name server": lambda inside, outside: socket.getaddrinfo("localhost", 80),
    "an address": lambda inside, outside: urllib.request.urlopen("http://127.0.0.1:9/"),
    "a program": lambda inside, outside: subprocess.run(["true"], check=False),
    "a shell": lambda inside, outside: os.system("true"),
}


@pytest.mark.parametrize("scope", ["thread", "process"])
@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_is_not_allowed_is_refused(folders: tuple[Path, Path], what: str, scope: str) -> None:
    before = sorted(path.name for path in folders[0].parent.rglob("*"))
    with pytest.raises(UnsafeNameError), confined([folders[0]], scope=scope):  # type: ignore[arg-type]
        FORBIDDEN[what](*folders)
    assert sorted(path.name for path in folders[0].parent.rglob("*")) == before
    (folders[1] / "a.csv").read_text()  # the wall ends with its block


def test_a_refusal_that_a_library_swallows_is_raised_at_the_end(folders: tuple[Path, Path]) -> None:
    def swallow() -> None:
        try:
            (folders[1] / "a.csv").read_text()
        except Exception:
            return

    with pytest.raises(UnsafeNameError, match="outside the folders"), confined([folders[0]]):
        swallow()


def test_what_a_command_needs_is_allowed(folders: tuple[Path, Path], tmp_path: Path) -> None:
    inside, outside = folders
    with confined([inside], [outside], scope="process"):
        assert (inside / "a.csv").read_text()
        (outside / "b.csv").write_text("x")
        os.rename(outside / "b.csv", outside / "c.csv")
        os.remove(outside / "c.csv")
        with tempfile.TemporaryDirectory(prefix="xrecord-") as folder:
            (Path(folder) / "a").write_text("x")
        with tempfile.NamedTemporaryFile() as one, tempfile.TemporaryFile() as two:
            one.write(b"x")
            two.write(b"x")
            Path(one.name).read_bytes()
        import wave  # noqa: F401  # a module that nothing has imported

        value = bounded_process.run_bounded(
            "xinjiang_record.untrusted.patterns:answer_here",
            b'"a"',
            shown="x",
            state="x",
            options={"pattern": "a", "method": "match"},
        )
        assert value is True


def test_the_working_folder_is_no_folder_of_python(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python may be started with it on its import path: it is a stranger's all the same."""
    inside, outside = folders
    monkeypatch.chdir(outside)
    program = (
        "import sys; from pathlib import Path\n"
        "from xinjiang_record.untrusted.audit_wall import confined\n"
        "with confined([Path(sys.argv[1])]): Path('a.csv').resolve().read_text()\n"
    )
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([root, str(outside), str(outside.parent)])
    done = subprocess.run(
        [sys.executable, "-c", program, str(inside)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "UnsafeNameError" in done.stderr


def test_a_thread_wall_does_not_confine_other_threads(folders: tuple[Path, Path]) -> None:
    inside, outside = folders
    found: list[str] = []
    with confined([inside]):
        thread = threading.Thread(target=lambda: found.append((outside / "a.csv").read_text()))
        thread.start()
        thread.join()
    assert found
    refused: list[Exception] = []

    def read() -> None:
        try:
            (outside / "a.csv").read_text()
        except UnsafeNameError as error:
            refused.append(error)

    with pytest.raises(UnsafeNameError), confined([inside], scope="process"):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert refused


def test_the_commands_are_confined(folders: tuple[Path, Path]) -> None:
    """A hook in the place of a first check that has a hole: the second wall holds."""
    inside = folders[0]
    program = (
        "import sys; from xinjiang_record.validate import descriptor_safety as d\n"
        "d.check_descriptor = lambda *a: None\n"
        "from xinjiang_record.cli.main import main\n"
        "main(['validate', sys.argv[1], '--no-progress'])\n"
    )
    (inside / "datapackage.json").write_text(
        '{"name": "p", "resources": [{"name": "a", "path": "link.csv"}]}'
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(inside / "datapackage.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "outside the folders" in done.stdout + done.stderr


def test_a_link_that_the_kernel_refuses_is_not_an_escape(folders: tuple[Path, Path]) -> None:
    """A file is opened without following links: its own check reports the link, by its name."""
    with confined([folders[0]]), pytest.raises(OSError):
        os.open(folders[0] / "link.csv", os.O_RDONLY | os.O_NOFOLLOW)
    with pytest.raises(UnsafeNameError), confined([folders[0]]):
        os.open(folders[0] / "folder" / "a.csv", os.O_RDONLY | os.O_NOFOLLOW)
