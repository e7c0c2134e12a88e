"""Fuzz what reads files from outside, with grammars of the formats, under the audit hook.

Each target gets sound inputs, changed by structure: a value of another kind, a key too many, a deep
or long part, a name that climbs. Allowed are an answer and an error of ``errors``; anything else, a
connection, or an open outside the folder fails. ``XRECORD_FUZZ_SECONDS`` sets how long each target
runs (0.2 if not set, 240 in ``make slow``); inputs that failed are kept in
``corpus/`` and run first.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import time
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record.archives.zip import open_zip
from xinjiang_record.document_readers.open_document import document_as_json
from xinjiang_record.errors import XRecordError
from xinjiang_record.raw_files import parse_csv, parse_toml, read_folder
from xinjiang_record.release.integrity.checksums import parse_sums
from xinjiang_record.release.integrity.json_files import check_shape, parse_release_json
from xinjiang_record.release.integrity.release_shapes import CATALOG, DESCRIPTOR, PROVENANCE
from xinjiang_record.release.integrity.versions_json import parse_ledger
from xinjiang_record.untrusted import strict_toml
from xinjiang_record.untrusted.audit_wall import confined
from xinjiang_record.untrusted.patterns import compile_pattern
from xinjiang_record.validate import descriptor_safety

ROOT = Path(__file__).resolve().parents[2]
RELEASE = sorted((ROOT / "published" / "documents").glob("[0-9]*"))[-1]
CORPUS = Path(__file__).parent / "corpus"
SECONDS = float(os.environ.get("XRECORD_FUZZ_SECONDS", "0.2"))
LEAST_RUNS = 40  # of each target, however busy the machine is
MOST_SECONDS = 5  # processor time of one input
SEED = int(os.environ.get("XRECORD_FUZZ_SEED", "1"))
NAMES = ["../x", "/etc/passwd", "a/../../b", ".", "", "a" * 5000, "\0", "\ud800", "\u202e",
    "http://127.0.0.1:9/", "data/x", "-", "a.csv.xz", "link", "~", "$HOME", "C:\\x",
    "a\nb"]  # fmt: skip
VALUES: list[Any] = [None, True, 0, -1, 10**400, 1.5, "", "x", [], {}, [[]], [{}], {"a": 1},
    "9" * 5000]  # fmt: skip


def changed_value(value: Any, chance: random.Random, depth: int = 0) -> Any:
    """Return a JSON value with one part changed."""
    if depth > 6 or chance.random() < 0.15 or not isinstance(value, (dict, list)) or not value:
        pick = chance.random()
        if pick < 0.3:
            return chance.choice(NAMES)
        if pick < 0.4:
            deep: Any = value
            for _ in range(chance.choice([2, 40, 200])):
                deep = [deep] if chance.random() < 0.5 else {"a": deep}
            return deep
        if pick < 0.45:
            # At most about 5 MB: a repetition of a repetition would fill the memory.
            most = max(2, 5_000_000 // len(json.dumps(value)))
            return [value] * chance.choice([2, min(most, 3000)])
        return chance.choice(VALUES)
    if isinstance(value, list):
        copy = list(value)
        place = chance.randrange(len(copy))
        if chance.random() < 0.1:
            copy.append(copy[place])
        elif chance.random() < 0.1:
            del copy[place]
        else:
            copy[place] = changed_value(copy[place], chance, depth + 1)
        return copy
    result = dict(value)
    key = chance.choice(list(result))
    if chance.random() < 0.1:
        del result[key]
    elif chance.random() < 0.1:
        result[chance.choice([*NAMES, "path", "$ref", "profile", "scheme"])] = result[key]
    else:
        result[key] = changed_value(result[key], chance, depth + 1)
    return result


def changed_bytes(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few of them changed, cut, doubled or replaced by odd ones."""
    out = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5])):
        place = chance.randrange(len(out) + 1)
        what = chance.random()
        if what < 0.3 and out:
            out[place % len(out)] = chance.randrange(256)
        elif what < 0.5:
            del out[place : place + chance.choice([1, 10, 1000])]
        elif what < 0.7:
            part = out[place : place + chance.choice([1, 30, 300])]
            out[place:place] = part * chance.choice([1, 2, 50])
        else:
            odd = chance.choice(
                [*NAMES, "[[[[", "\\u0000", '"', "\r", "\u00a0", "<!ENTITY a 'b'>", "&#0;",
                    "--b\n\n", "..", "\x00" * 50])  # fmt: skip
            out[place:place] = odd.encode("utf-8", "surrogatepass")
    return bytes(out)


def changed_json(data: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.25:
        return changed_bytes(data, chance)
    value = json.loads(data)
    for _ in range(chance.choice([1, 1, 2, 4])):
        value = changed_value(value, chance)
    return json.dumps(value).encode()


def changed_sums(data: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.5:
        return changed_bytes(data, chance)
    lines = data.decode().splitlines()
    name = chance.choice([*NAMES, "README.md/x", "readme.md", "SHA256SUMS"])
    lines.insert(chance.randrange(len(lines)), f"{'0' * 64}  {name}")
    lines.sort(key=lambda line: line[66:])
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")


def sound_zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "Albania, Chad\n" * 50)
        archive.writestr("b/c.csv", "a,b\n1,2\n")
    return out.getvalue()


def read_all(data: bytes) -> None:
    with open_zip(data) as archive:
        for name in archive.names:
            archive.read(name)


def read_as(name: str) -> Callable[[bytes, Path], object]:
    options = {"name": name, "encoding": None, "media_type": None, "shown": name}
    return lambda data, folder: document_as_json(data, options)


def check_descriptor(name: str) -> Callable[[bytes, Path], object]:
    def check(data: bytes, folder: Path) -> None:
        path = folder / name
        path.write_bytes(data)
        with confined([folder]):
            found = descriptor_safety.read_descriptor(path)
            if found is not None:
                descriptor_safety.check_descriptor(path, found)

    return check


def read_raw(name: str) -> Callable[[bytes, Path], object]:
    def read(data: bytes, folder: Path) -> None:
        (folder / name).write_bytes(data)
        with confined([folder]):
            found = read_folder(folder, folder)
            for file in found.files.values():
                (parse_toml if name.endswith(".toml") else lambda it: parse_csv(it, ["a"]))(file)

    return read


def shaped(shape: Any) -> Callable[[bytes, Path], object]:
    return lambda data, folder: check_shape(parse_release_json(data, "x"), shape, "x")


def match_pattern(data: bytes, folder: Path) -> None:
    """Match a pattern, bounded, on short texts as ``re`` does and on long ones in time."""
    pattern = data.decode("utf-8", "replace")[:300]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of ``re`` for a doubtful pattern
        try:
            match = compile_pattern(pattern).match
        except (re.error, RecursionError, OverflowError):
            return
        for text in ("", "x", "ab1-", "a\n", "é 1"):
            assert bool(match(text)) == bool(re.match(pattern, text)), text
        for text in ("a" * 3000, "ab1 -" * 500 + "!"):
            match(text)


HTML = (
    b"<meta charset=utf-8><title>t</title><h1>A</h1><ul><li><b>Africa:</b> Chad<li>Togo</ul><table>"
    b"<tr><td>a<td>b<tr><td>c<td>d</table>"
)
MAIL = (
    b'MIME-Version: 1.0\nSubject: x\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n'
    b"Content-Type: text/plain\n\nChad\n--b\nContent-Type: text/html\n\n<p>Togo\n--b--\n"
)
WARC = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.test/\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: 60\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>Chad, Togo  \r\n\r\n"
)
TOML = (
    b'title = "x"\ndate = 2019-07-08\n[[claims]]\ncount = 22\nwords = "twenty-two"\n[a.b]\n'
    b'c = ["x", 1.5, true]\n'
)
Change = Callable[[bytes, random.Random], bytes]
MADE_DESCRIPTOR = {
    "name": "p",
    "profile": "data-package",
    "resources": [{"name": "a", "path": ["a.csv"], "dialect": {}, "schema": {"fields": [
        {"name": "id", "type": "string", "constraints": {"pattern": "a+"}},
    ]}}],
}  # fmt: skip
TARGETS: dict[str, tuple[bytes, Change, Callable[[bytes, Path], object]]] = {
    "ledger": ((RELEASE.parent / "versions.json").read_bytes(), changed_json,
        lambda data, folder: parse_ledger(data, "x").text()),
    "catalog": ((ROOT / "published" / "catalog.json").read_bytes(), changed_json, shaped(CATALOG)),
    "provenance": ((RELEASE / "provenance.json").read_bytes(), changed_json, shaped(PROVENANCE)),
    "release": ((RELEASE / "datapackage.json").read_bytes(), changed_json, shaped(DESCRIPTOR)),
    "sums": ((RELEASE / "SHA256SUMS").read_bytes(), changed_sums,
        lambda data, folder: parse_sums(data, "x")),
    "descriptor": (json.dumps(MADE_DESCRIPTOR).encode(), changed_json,
        check_descriptor("datapackage.json")),
    "yaml": (b"name: p\nresources:\n- name: a\n  path: a.csv\n  schema: {fields: [{name: id}]}\n",
        changed_bytes, check_descriptor("datapackage.yaml")),
    "zip": (sound_zip(), changed_bytes, lambda data, folder: read_all(data)),
    "toml": (TOML, changed_bytes, read_raw("a.toml")),
    "csv": (b'a,b\n1,"2"\n3,4\n', changed_bytes, read_raw("a.csv")),
    "html": (HTML, changed_bytes, read_as("a.html")),
    "mail": (MAIL, changed_bytes, read_as("a.eml")),
    "warc": (WARC, changed_bytes, read_as("a.warc")),
    "table": (b"a\tb\n1\t2\n", changed_bytes, read_as("a.tsv")),
    "pattern": (rb"^(\w+|[a-z]{2,5}(-[^\s]+)*)?(a|ab)+x*y*$", changed_bytes, match_pattern),
    "project toml": (TOML, changed_bytes,
        lambda data, folder: strict_toml.parse_toml(data.decode("utf-8", "replace"))),
    "archive of documents": (sound_zip(), changed_bytes, read_as("a.zip")),
}  # fmt: skip


def run_one(target: str, data: bytes, folder: Path) -> str:
    """Return what is wrong with how one input is read; an empty string if nothing is."""
    started = time.process_time()
    try:
        TARGETS[target][2](data, folder)
    except XRecordError as error:
        text = str(error)
        if not text or "\n\n" in text or len(text) > 20_000:
            return f"a message that is no help: {text[:200]!r}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    took = time.process_time() - started
    return f"took {took:.1f} s" if took > MOST_SECONDS else ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a table, and a link that leads out of it."""
    (tmp_path / "outside.csv").write_text("id\nCANARY\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.csv").write_text("id\n1\n")
    os.symlink(tmp_path / "outside.csv", inside / "link")
    return inside


@pytest.mark.parametrize("target", TARGETS)
def test_what_failed_before_does_not_fail_again(target: str, folder: Path) -> None:
    kept = sorted((CORPUS / target).glob("*")) if (CORPUS / target).is_dir() else []
    wrong = {
        path.name: said for path in kept if (said := run_one(target, path.read_bytes(), folder))
    }
    assert not wrong


@pytest.mark.parametrize("target", TARGETS)
def test_changed_inputs_are_read_or_refused(
    target: str, folder: Path, record_property: Callable[[str, object], None]
) -> None:
    sound, change, _ = TARGETS[target]
    assert not run_one(target, sound, folder), "the sound input"
    chance = random.Random(f"{SEED} {target}")
    end, runs = time.monotonic() + SECONDS, 0
    pool = [sound]
    while time.monotonic() < end or runs <= LEAST_RUNS:
        data = change(chance.choice(pool), chance)
        if said := run_one(target, data, folder):
            name = hashlib.sha256(data).hexdigest()[:16]
            kept = folder.parent / "failed" / target / name
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(data)
            if keep := os.environ.get("XRECORD_FUZZ_KEEP"):
                shutil.copytree(folder.parent / "failed", keep, dirs_exist_ok=True)
            pytest.fail(f"{target}: {said}\n{kept}: {data[:500]!r}")
        runs += 1
        if change is changed_bytes and len(pool) < 50 and chance.random() < 0.01:
            pool.append(data)  # a change of a change
    record_property("runs", runs)
