"""A report of 300 pages with 40 roll calls: 40 votes, each with its groups.

``benchmarks/extract.py --roll-calls`` measures its time and memory.
"""

from __future__ import annotations

from made_lists import pdf_of_pages, roll_call_report

from xinjiang_record.document_readers.open_document import open_document_bytes
from xinjiang_record.extract.signatories.find_statements import find_statements

PAGES, VOTES = 300, 40


def test_forty_roll_calls_on_three_hundred_pages() -> None:
    pages, results = roll_call_report(PAGES, VOTES)
    found = find_statements(open_document_bytes(pdf_of_pages(pages), "report.pdf"))
    votes = [one for one in found.statements if one.is_vote]
    assert len(votes) == VOTES
    for vote, expected in zip(votes, results, strict=True):
        for event, codes in expected.items():
            assert set(vote.codes(event)) == codes, (vote.symbol, event)
    assert [vote.symbol for vote in votes] == [f"A/HRC/60/L.{n}" for n in range(1, VOTES + 1)]
