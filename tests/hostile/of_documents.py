"""The documents of ``corpus.py`` for ``xrecord extract``, and some that are long."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.hostile import corpus
from tests.hostile.case import Case


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Path]:
    """Make the corpus."""
    corpus.build(top / "corpus")
    yield top / "corpus"


def costs() -> Iterator[tuple[str, str, str]]:
    """Yield name, ending and text of documents that could take minutes."""
    attributes = " ".join(f"a{number}=1" for number in range(500_000))
    yield "500,000 attributes", "html", f"<meta charset=utf-8><p {attributes}>Chad, Togo</p>"
    yield "200,000 open tags", "html", "<meta charset=utf-8>" + "<b>" * 200_000
    yield "100,000 tables", "html", "<meta charset=utf-8>" + "<table><tr><td>" * 100_000
    yield "entities", "html", "<meta charset=utf-8>" + "&amp" * 300_000
    yield "comments", "html", "<meta charset=utf-8>" + "<!--" * 300_000
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
    yield "100,000 parts", "eml", head + "--b\n\nChad\n" * 100_000 + "--b--"
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3000)
    )
    yield "3,000 nested parts", "eml", f"MIME-Version: 1.0\n{nested}"
    yield "a header of 2 MB", "eml", "Subject: " + "=?utf-8?q?a?= " * 150_000 + "\n\nx"
    yield "a line of 200,000 words", "txt", "Chad " * 200_000
    yield "200,000 names", "txt", "Chad\n" * 200_000
    yield "brackets", "md", "[" * 100_000
    yield "emphasis", "md", "*a _b " * 50_000
    yield "quotations", "md", ">" * 50_000 + "a"
    yield "numbers", "txt", "1 million and 2,000,000 people were detained. " * 5_000
    yield "a number", "txt", "9" * 500_000
    yield "dates", "txt", "On 8 July 2019, 22 states signed a letter. " * 5_000


def cases(folder: Path) -> Iterator[Case]:
    """Yield all documents."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for item in manifest:
        path = str(folder / Path(item["path"]).relative_to(folder))
        options = ("--encoding", item["encoding"]) if item["encoding"] else ()
        secrets = (corpus.CANARY, "root:x:")
        if item["expect"] == "error":
            yield Case(item["name"], ("extract", path, *options), "refused",
                       holds=item["holds"], secrets=secrets)  # fmt: skip
        else:
            yield Case(item["name"], ("extract", path, *options), "answered", secrets=secrets)
    for name, ending, text in costs():
        file = f"document.{ending}"
        make = partial(_write, file, text)
        yield Case(name, ("extract", file), "answered", make)


def _write(file: str, text: str, folder: Path) -> None:
    (folder / file).write_text(text, "utf-8")
