"""Resolve pyproject.toml into the lock files, with hashes: python .ci/lock.py (needs uv).

Pinned versions stay as they are unless pyproject.toml excludes them or --upgrade is given. Each
package is in exactly one file, and each file builds on those before it:

    requirements.lock           what `make run` needs
    requirements-extras.lock    the other extras: what `make site` and `xrecord extract` need
    requirements-test.lock      what `make test` and `make check` need

Apart from these, requirements-action.lock repeats what the GitHub action (action.yml) installs.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = {
    "requirements.lock": "flows",
    "requirements-extras.lock": "all",
    "requirements-test.lock": "test",
}
ACTION = "requirements-action.lock"
BUILD = "setuptools"  # `pip install --no-build-isolation` needs it


def compile_lock(extra: str, output: Path, *options: str) -> dict[str, str]:
    """Resolve one extra and return the lines of each pinned package."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--extra", extra, "--universal", "--quiet"]
    command += ["--python-version", "3.11", "--no-emit-index-url", "--no-header", *options]
    subprocess.run([*command, "--output-file", str(output)], cwd=ROOT, check=True)
    text = re.sub(r"(?m)^ +#.*\n", "", output.read_text("utf-8"))
    pins: dict[str, str] = {}
    for pin in re.findall(r"(?m)^[a-z0-9].*\n(?: .*\n)*", text):
        name = re.split(r"[=\[ ]", pin)[0]
        pins[name] = pins.get(name, "") + pin
    return pins


def main() -> None:
    """Write the lock files."""
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.lock"
        locks = [ROOT / name for name in PARTS]
        full.write_text("".join(path.read_text("utf-8") for path in locks if path.is_file()))
        pins = compile_lock("test", full, "--generate-hashes", *sys.argv[1:])
        written: set[str] = set()
        for lock, extra in PARTS.items():
            names = set(compile_lock(extra, Path(folder) / lock, "--constraint", str(full)))
            names = {name for name in names | {BUILD} if name not in written}
            header = f"# Made by: python .ci/lock.py. Extra: {extra}.\n"
            text = header + "".join(pins[name] for name in sorted(names))
            (ROOT / lock).write_text(text, "utf-8")
            written |= names
        names = {*compile_lock("excel", Path(folder) / ACTION, "--constraint", str(full)), BUILD}
        text = (
            f"# Made by: python .ci/lock.py. Extra: excel.\n{''.join(map(pins.get, sorted(names)))}"
        )
        (ROOT / ACTION).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
