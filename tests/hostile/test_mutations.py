"""Sound documents with bytes flipped, cut out, doubled or swapped.

Read, or refused with a reason, and never anything else.

The short form tries some hundred; ``pytest tests/hostile -m slow`` tries many more.
"""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record.document_readers.open_document import open_document_bytes
from xinjiang_record.errors import XRecordError
from xinjiang_record.untrusted import bounded_process

HERE = Path(__file__).parent
SHORT, LONG = 25, 1500


def _corpus() -> Any:
    name = "hostile_corpus_for_mutations"
    spec = importlib.util.spec_from_file_location(name, HERE / "corpus.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


CORPUS = _corpus()


def sound(folder: Path) -> dict[str, bytes]:
    make = CORPUS.make
    page = (
        '<meta charset="utf-8"><title>x</title><ul><li><b>Africa:</b> Bénin</ul>'
        "<table><tr><td colspan=2>a<td>b<tr><td>c</table>"
    )
    mail = (
        b"Subject: =?utf-8?q?L=C3=A9?=\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n'
        b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        b"PHA+QmVuaW48L3A+\n--b\n"
        b"Content-Disposition: attachment; filename*=utf-8''a%20b.csv\nContent-Type: text/csv\n\n"
        b'a,"b"\n--b--\n'
    )
    return {
        "a.html": page.encode(),
        "a.csv": 'State,Note\n"Bénin","a ""b"""\nTogo,-5\n'.encode(),
        "a.txt": "Bénin\r\nTogo\n新疆\n".encode(),
        "a.eml": mail,
        "a.warc": CORPUS.warc_of(page.encode()),
        "a.warc.gz": CORPUS.gzip.compress(CORPUS.warc_of(page.encode(), "")),
        "a.zip": CORPUS.zip_of({"a.txt": b"Benin", "b.html": page.encode()}),
        "a.docx": make.docx(
            make.paragraph("Benin", style="Heading1") + make.paragraph("Togo", bold=True), folder
        ),
        "a.md": "# List\n\n- **Africa:** Bénin\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode(),
        "a.pdf": make.pdf([["Benin", ("Togo:", True, 14.0)], ["x"]]),
        "a.xlsx": make.xlsx({"S": [["Benin", 1, 2.5], ["Togo"]]}),
        "a.xls": (HERE.parent / "document_readers" / "data" / "votes.xls").read_bytes(),
    }


def mutated(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(changed)), chance.choice((1, 1, 2, 8, 64))
        match chance.randrange(6):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length] * chance.randint(1, 40)
            case 3:
                changed[at : at + length] = bytes(chance.randrange(256) for _ in range(length))
            case 4:
                changed = changed[: max(1, at)]
            case _:
                changed[at:at] = chance.choice(
                    (
                        b"\0",
                        b"<",
                        b'"',
                        b"\xff\xff\xff\xff",
                        b"99999999999",
                        b"\xe2\x80\xae",
                        b"&#x0;",
                    )
                )
        if not changed:
            changed = bytearray(b"x")
    return bytes(changed)


def attack(name: str, data: bytes, rounds: int, seed: int) -> None:
    chance = random.Random(f"{seed} {name}")
    for number in range(rounds):
        broken = mutated(data, chance)
        try:
            document = open_document_bytes(broken, name)
        except XRecordError as error:
            assert "Nothing was" in str(error), (name, number, str(error))
            assert "reading it failed" not in str(error), (
                name,
                number,
                str(error),
            )  # an exception nobody foresaw
            continue
        assert all(block.text and block.locator for block in document.blocks), (name, number)


NAMES = [
    "a.html",
    "a.csv",
    "a.txt",
    "a.eml",
    "a.warc",
    "a.warc.gz",
    "a.zip",
    "a.docx",
    "a.md",
    "a.pdf",
    "a.xlsx",
    "a.xls",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_document_is_refused_or_read(name: str, tmp_path: Path) -> None:
    attack(
        name,
        sound(tmp_path)[name],
        SHORT if name in ("a.pdf", "a.xlsx", "a.xls", "a.md") else 4 * SHORT,
        1,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_many_broken_documents_are_refused_or_read(name: str, tmp_path: Path) -> None:
    try:
        attack(name, sound(tmp_path)[name], LONG, 2)
    finally:
        bounded_process.PROCESS.stop()
