"""Extraction of a PDF of 300 pages: seconds and peak memory, reading included.

    python benchmarks/extract.py [PAGES]
    python benchmarks/extract.py --roll-calls [PAGES]
    python benchmarks/extract.py --read [--other PYTHON]
    python benchmarks/extract.py --record

Each page has prose with figures and dates; every tenth has a list of fifty states. With
``--roll-calls`` the document is a report with 40 roll calls. The command ``xrecord extract`` is run
as people run it, in a process of its own. ``--read`` reads the same document only, into blocks of
text, and a page of HTML of 2 MB. ``--other`` is a Python that has pdfplumber, which is given the
PDF. ``--record`` reads and extracts every text of ``raw/`` in one process.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "extract"))
from made_lists import MEMBERS, names, pdf_of_pages, roll_call_report

ROLL_CALLS = 40
PROSE = (
    "In 2018 the report said that more than 1.2 million people, or nearly one in six adults, were"
    " held in facilities in the region. Officials of China rejected the account on 8 July 2019, and"
    " representatives of France and Germany asked for access. Between 2017 and 2019 an estimated"
    " 540,826 people were prosecuted, according to figures that were published by the"
    " procuratorate. "
)


OTHER = """
import sys, time
import pdfplumber
start = time.process_time()
with pdfplumber.open(sys.argv[1]) as document:
    size = sum(len(page.extract_text()) for page in document.pages)
print(time.process_time() - start, size)
"""


def read(path: Path) -> tuple[float, int]:
    """Return the processor seconds of reading a document, and the characters of its blocks."""
    from xinjiang_record.document_readers.open_document import document_as_json

    options = {"name": path.name, "encoding": None, "media_type": None, "shown": path.name}
    start = time.process_time()
    found = document_as_json(path.read_bytes(), options)
    return time.process_time() - start, sum(len(block[0]) for block in found["blocks"])


def reading(folder: Path, pages: int, other: str | None) -> None:
    """Print what reading costs, of a PDF and of a page of 2 MB."""
    pdf, html = folder / "made.pdf", folder / "made.html"
    pdf.write_bytes(make(pages))
    paragraph = f"<p>{PROSE}</p>\n"
    html.write_text(f"<html><body>{paragraph * (2_000_000 // len(paragraph))}</body></html>")
    for path in (pdf, html):
        read(path)  # imports
        seconds, size = read(path)
        print(f"{path.name}: {seconds:.2f} s of processor time, {size:,} characters")
    if other:
        run = [other, "-c", OTHER, str(pdf)]
        told = subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()
        print(f"pdfplumber, made.pdf: {float(told[0]):.2f} s, {int(told[1]):,} characters")


def record() -> None:
    """Print how many of the record's own documents a second are read and extracted."""
    from xinjiang_record.document_readers.open_document import open_document
    from xinjiang_record.extract.extraction_report import extract

    raw = Path(__file__).resolve().parent.parent / "raw"
    paths = sorted(raw.rglob("*.txt"))
    for told in ("the first time, which compiles the patterns of all languages", "then"):
        start, used = time.perf_counter(), time.process_time()
        for path in paths:
            extract(open_document(path))
        seconds, used = time.perf_counter() - start, time.process_time() - used
        print(
            f"{len(paths)} documents of the record: {len(paths) / seconds:.0f} a second, "
            f"{len(paths) / used:.0f} a second of processor time, {told}"
        )


def make(pages: int) -> bytes:
    """Return a PDF with prose, and a list of states on every tenth page."""
    rng, out = random.Random(1), []
    for page in range(pages):
        lines = textwrap.wrap(PROSE * 9, 95)
        if page % 10 == 0:
            rows = sorted(rng.sample(MEMBERS, 50), key=lambda row: row["name_en"])
            listed = ", ".join(names(rows, "en"))
            text = f"Joint statement on behalf of the following 50 countries: {listed}."
            lines = [*lines[:20], "", *textwrap.wrap(text, 95), "", *lines[20:30]]
        out.append(lines[:52])
    return pdf_of_pages(out)


def main() -> None:
    """Print the seconds, the peak memory and what was found."""
    options = argparse.ArgumentParser()
    options.add_argument("pages", type=int, nargs="?", default=300)
    options.add_argument("--roll-calls", action="store_true")
    options.add_argument("--read", action="store_true")
    options.add_argument("--record", action="store_true")
    options.add_argument("--other", help="a Python with pdfplumber")
    chosen = options.parse_args()
    if chosen.record:
        record()
        return
    if chosen.read:
        with tempfile.TemporaryDirectory() as name:
            reading(Path(name), chosen.pages, chosen.other)
        return
    data = make(chosen.pages)
    if chosen.roll_calls:
        data = pdf_of_pages(roll_call_report(chosen.pages, ROLL_CALLS)[0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.pdf"
        path.write_bytes(data)
        command = [sys.executable, "-m", "xinjiang_record.cli", "extract"]
        start = time.perf_counter()
        run = subprocess.run(
            [*command, "--format", "json", str(path)], capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - start
    found = json.loads(run.stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{chosen.pages} pages: {seconds:.1f} s, peak {peak:.0f} MiB,"
        f" {len(found['statements'])} statements, {len(found['figures'])} figures"
    )


if __name__ == "__main__":
    main()
