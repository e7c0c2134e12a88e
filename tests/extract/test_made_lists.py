"""Lists of states in every layout, format and language.

Nothing wrong is ever sure, and nearly everything is read.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from made_lists import FORMATS, LAYOUTS, MEMBERS, WORDS, blocks, names

from xinjiang_record.document_readers.open_document import open_document_bytes
from xinjiang_record.extract.signatories.find_statements import find_statements

LATIN = ("en", "fr", "es", "de")
SHORT, LONG = 1, 30  # random subsets of each layout, format and language


def measure(
    form: str, languages: tuple[str, ...], subsets: int, seed: int, every: int = 1
) -> tuple[Counter[str], list[str]]:
    rng, counts, wrong = random.Random(seed), Counter[str](), []
    first = list(FORMATS).index(form)
    for number, language in enumerate(languages):
        for layout in LAYOUTS[(first + number) % every :: every]:
            for _ in range(subsets):
                rows = sorted(
                    rng.sample(MEMBERS, rng.randint(6, 50)), key=lambda row: row["name_en"]
                )
                truth = {row["country_iso3"] for row in rows}
                parts = blocks(layout, language, names(rows, language), rng)
                found = find_statements(
                    open_document_bytes(FORMATS[form](parts), f"made.{form}")
                ).statements
                sure = {row.iso3 for item in found for row in item.signatories if row.iso3}
                counts.update(there=len(truth), found=len(truth & sure))
                wrong += [f"{form} {language} {layout}: {code}" for code in sure - truth]
                wrong += (
                    []
                    if layout != "vote" or any(item.is_vote for item in found)
                    else [f"{form} {language}: no vote"]
                )
    return counts, wrong


@pytest.mark.parametrize("form", list(FORMATS))
def test_a_few_of_each(form: str) -> None:
    """With every second layout: another half for the next language and the next format."""
    counts, wrong = measure(form, LATIN if form == "pdf" else tuple(WORDS), SHORT, 3, every=2)
    assert not wrong
    assert counts["found"] >= 0.99 * counts["there"], counts


@pytest.mark.slow
@pytest.mark.parametrize("form", list(FORMATS))
@pytest.mark.parametrize("language", list(WORDS))
def test_thirty_of_each(form: str, language: str) -> None:
    if form == "pdf" and language not in LATIN:
        pytest.skip("the made PDFs have Latin letters only")
    counts, wrong = measure(form, (language,), LONG, 5)
    assert not wrong
    assert counts["found"] >= 0.99 * counts["there"], counts
