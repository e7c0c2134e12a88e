"""Pages of lists of states, as a browser saves them."""

from __future__ import annotations

from xinjiang_record.reconcile.iso3166 import country_rows

BODY = "The High Representative of the European Union for Foreign Affairs and Security Policy"
# Names that mean one state however they are written, so that the page itself asks nothing.
HARD = {"COD", "COG", "GIN", "GNB", "GNQ", "KOR", "PRK", "DMA", "DOM", "NER", "NGA"}


def members(count: int) -> list[tuple[str, str]]:
    """Return code and English name of so many member states of the UN."""
    rows = [
        (row["country_iso3"], row["name_en"])
        for row in country_rows()
        if row["un_membership"] == "member"
        and row["country_iso3"] not in HARD
        and "," not in row["name_en"]
        and " and " not in row["name_en"]
    ]
    return rows[:count]


def page(names: list[str], count: int) -> str:
    """Return a page as a browser saves it, with one list."""
    return f"""<!DOCTYPE html>
<!-- saved from url=(0043)https://mission.example.org/xinjiang-2026 -->
<html lang="en"><head><meta charset="utf-8"><title>Joint statement on Xinjiang</title>
<meta property="og:site_name" content="Example Mission">
<meta property="article:published_time" content="2026-06-14T10:00:00Z"></head>
<body><h1>Joint statement on Xinjiang</h1>
<p>This joint statement was delivered on behalf of {count} countries:</p>
<p>{", ".join(names)}.</p></body></html>
"""
