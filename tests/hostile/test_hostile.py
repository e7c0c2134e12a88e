"""The hostile corpus.

Every file refused with its reason, told about, or accepted whole; memory bounded, nothing written,
nobody asked.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record.document_readers.open_document import read_unchanging_file
from xinjiang_record.errors import ReadError

HERE = Path(__file__).parent
MOST_MEGABYTES, MOST_SECONDS = 400, 30
WORKER_ENDINGS = (".pdf", ".xlsx", ".xls", ".md")


def _corpus() -> Any:
    spec = importlib.util.spec_from_file_location("hostile_corpus", HERE / "corpus.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["hostile_corpus"] = module
    spec.loader.exec_module(module)
    return module


CORPUS = _corpus()


def tree(root: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in sorted(root.rglob("*"))
    }


def run(
    manifest: list[dict[str, str]], folder: Path, *options: str
) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Read every file of a manifest in watched processes, from an empty folder, which must stay
    empty.
    """
    path, empty = folder / f"run{len(options)}.json", folder / f"empty{len(options)}"
    path.write_text(json.dumps(manifest), "utf-8")
    empty.mkdir()
    command = [sys.executable, str(HERE / "run_corpus.py"), str(path), *options]
    done = subprocess.run(
        command, cwd=empty, capture_output=True, text=True, timeout=560, check=False
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(manifest), done.stderr[-2000:]
    assert list(empty.iterdir()) == []
    yield from zip(manifest, answers, strict=True)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, str]]]:
    root = tmp_path_factory.mktemp("hostile") / "corpus"
    return root, CORPUS.build(root)


def wrong(case: dict[str, str], answer: dict[str, Any]) -> str:
    """What is wrong with an answer; empty if nothing."""
    if "died" in answer:
        return f"the process died with {answer['died']}"
    if answer["seen"]:
        return f"did {answer['seen'][:3]}"
    if answer["rss_mb"] > MOST_MEGABYTES or answer["seconds"] > MOST_SECONDS:
        return f"took {answer['rss_mb']:.0f} MB and {answer['seconds']:.1f} s"
    if CORPUS.CANARY in json.dumps(answer):
        return "read a file that it was led to"
    return _wrong_outcome(case, answer)


def _wrong_outcome(case: dict[str, str], answer: dict[str, Any]) -> str:
    holds, expect = case["holds"], case["expect"]
    if expect == "error":
        message = answer.get("message", "")
        return (
            ""
            if holds in message and "Nothing was" in message
            else f"refused for another reason, or not at all: {answer}"
        )
    if "error" in answer:
        return f"refused: {answer['message']}"
    if expect == "accept":
        errors = [item for item in answer["findings"] if item[1] == "error"]
        return (
            f"not read whole: {errors or answer['text'][:200]}"
            if errors or holds not in answer["text"]
            else ""
        )
    if expect not in [item[0] for item in answer["findings"]]:
        return f"not told: {answer['findings']}"
    return f"{holds!r} was read" if holds in answer["text"] else ""


def report(pairs: Iterator[tuple[dict[str, str], dict[str, Any]]]) -> tuple[list[str], float]:
    faults, most = [], 0.0
    for case, answer in pairs:
        fault = wrong(case, answer)
        most = max(most, answer.get("rss_mb", 0.0))
        if fault:
            faults.append(
                f"{case['name']} ({case['why']}; {case['expect']} {case['holds'][:40]!r}): "
                f"{fault[:500]}"
            )
    return faults, most


def test_every_file_is_refused_with_its_reason_or_accepted(
    corpus: tuple[Path, list[dict[str, str]]], tmp_path: Path, record_property: Any
) -> None:
    root, manifest = corpus
    before = tree(root)
    faults, most = report(run(manifest, tmp_path))
    record_property("peak_memory_megabytes", round(most))
    assert not faults, "\n".join(faults)
    assert tree(root) == before


def test_the_worker_asks_nobody_and_writes_nothing(
    corpus: tuple[Path, list[dict[str, str]]], tmp_path: Path
) -> None:
    """The readers of the worker again, in a process that is watched.

    Those that need its bounds are left out.
    """
    bombs = ("bomb", "far", "columns", "brackets")
    manifest = [
        item
        for item in corpus[1]
        if item["name"].endswith(WORKER_ENDINGS) and not item["name"].startswith(bombs)
    ]
    assert len(manifest) > 30
    faults, _ = report(run(manifest, tmp_path, "--here"))
    assert not faults, "\n".join(faults)


def test_the_corpus_is_large_and_has_both_sides(corpus: tuple[Path, list[dict[str, str]]]) -> None:
    root, manifest = corpus
    assert {"accept", "reject", "manifest.json", "canary.txt"} == {
        path.name for path in root.iterdir()
    }
    accepted = [item for item in manifest if item["expect"] == "accept"]
    assert len(accepted) > 100 and len(manifest) - len(accepted) > 120


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "growing.txt"
    path.write_bytes(b"Albania\n" * 200_000)
    stop = threading.Event()

    def grow() -> None:
        with open(path, "ab", buffering=0) as stream:
            while not stop.wait(0.0001):
                stream.write(b"x\n")

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        with pytest.raises(ReadError, match="changed while it was read"):
            for _ in range(2000):
                read_unchanging_file(path)
    finally:
        stop.set()
        thread.join()
