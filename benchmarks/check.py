"""Measure how long an article of 2,000 words takes to check, in one process, and its memory."""

from __future__ import annotations

import resource
import time
from pathlib import Path

from xinjiang_record.client import read_record
from xinjiang_record.extract.check.check_article import check_text

ROOT = Path(__file__).resolve().parents[1]
WORDS = 2000


def article() -> str:
    """Return an article of about 2,000 words: the English paragraphs of the tests, and prose."""
    rows = (ROOT / "tests/extract/check_table.tsv").read_text("utf-8").splitlines()[1:]
    true = [row.split("\t")[2] for row in rows if row.startswith("en\t")]
    prose = "The sky over the harbour was grey, and the delegates went home late in the evening."
    lines: list[str] = []
    while sum(len(line.split()) for line in lines) < WORDS:
        lines.append(f"{true[len(lines) % len(true)]} {prose}")
    return "\n".join(lines)


def main() -> None:
    """Print words, seconds to read the record, seconds to check, and the peak memory."""
    start = time.perf_counter()
    record = read_record(ROOT / "published")
    loaded = time.perf_counter()
    text = article()
    report = check_text(text, record)
    end = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(text.split())} words, {len(report.verdicts)} verdicts: "
        f"record {loaded - start:.2f} s, check {end - loaded:.2f} s, {memory:.0f} MB"
    )


if __name__ == "__main__":
    main()
