"""Make the front page: the latest pair in numbers and on the map, estimates, and who stayed."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from xinjiang_record.site.graphics import (
    changes_strip,
    chart,
    drawing,
    figure_panels,
    sides_chart,
    stay_flow,
    world_map,
)
from xinjiang_record.site.graphics.figure_words import figure_value
from xinjiang_record.site.pages.page import Page
from xinjiang_record.site.positions import (
    SIGNED_TYPES,
    event_days,
    is_on_xinjiang,
    last_moment,
    latest_pair,
    roster_steps,
)
from xinjiang_record.site.release_data import Record, Release, RowDict, delivered
from xinjiang_record.site.translate import Language

NEWEST = 5  # rows of each list


def make_page(record: Record, words: Language) -> Page:
    """Return the front page in one language."""
    pair = latest_pair(record)
    view = world_map.roster_view(record, words, pair)
    days = event_days(record)
    statements = list(record.statements.values())
    changed = changes_strip.changed_countries(record)
    strip = changes_strip.draw(record, words, changed) if changed else None
    sides = sides_chart.draw(record, words, days, links=True)
    links = {code: f"countries/{code}.html" for code in view.marks if code in record.by_country}
    context = {
        "numbers": [_side_number(record.statements[name], words) for name in pair],
        "pair_days": _pair_days(record, words, pair),
        "newer": _newer(record, pair),
        "pair": pair,
        "view": view,
        "drawing": Markup(
            world_map.body(view.marks, is_interactive=True, links=links, words=words)
        ),
        "estimates": _estimates(record, words),
        "days": days,
        "last_day": last_moment(record).isoformat(),
        "choices": _choices(record, words),
        "sides": sides,
        "sides_svg": Markup(drawing.in_page(sides, "plot bars")),
        "strip": strip,
        "strip_svg": Markup(drawing.in_page(strip)) if strip else "",
        "stay": _stay(record, words),
        "changed": [(code, changes_strip.summary(record, words, code)) for code in changed],
        "steps": roster_steps(record),
        "latest": statements[: -NEWEST - 1 : -1],
        "news": {name: _news(release, words) for name, release in record.releases.items()},
    }
    described = words(
        "Letters, joint statements and votes of states on Xinjiang, and published figures for the "
        "detained, each with its source. Statements: {n}. States: {states}.",
        n=len(statements),
        states=len(record.by_country),
    )
    title = words("Xinjiang Record: who signed what, and how many are said to be detained")
    return Page(
        "index.html", "index.html.j2", title, described, "map", context, find=None, words=words
    )


def _side_number(row: RowDict, words: Language) -> dict[str, Any]:
    """Return the numbers of one statement of the pair: declared where it says, else named."""
    declared, named = row["declared_count"], row["named_count"] or 0
    unnamed = row["residual_count"] or 0
    small = words("all named") if not unnamed else words("{n} of them named", n=named)
    if declared is None:
        small = words("named; the number declared is not known")
    return {
        "side": row["stance"],
        "count": declared if declared is not None else named,
        "small": small,
        "statement_id": row["statement_id"],
    }


def _pair_days(record: Record, words: Language, pair: list[str]) -> str:
    days = [words.day(delivered(record.statements[name])) for name in pair]
    return words(" and ").join(dict.fromkeys(days))


def _newer(record: Record, pair: list[str]) -> list[RowDict]:
    """Return the statements on Xinjiang that came after the pair: nobody answered them yet."""
    names = list(record.statements)
    after = max((names.index(name) for name in pair), default=-1)
    return [
        record.statements[name]
        for name in names[after + 1 :]
        if is_on_xinjiang(record, name)
        and record.statements[name]["statement_type"] in SIGNED_TYPES
    ]


def _choices(record: Record, words: Language) -> list[tuple[str, str]]:
    return [
        (name, f"{words.edtf(row['delivered_edtf'])}, {words(row['stance'])}: {row['title'][:64]}")
        for name, row in reversed(record.statements.items())
    ]


def _estimates(record: Record, words: Language) -> dict[str, Any] | None:
    """Return the chart of persons held at one time in all of Xinjiang, and the other kind."""
    rows = figure_panels.sort_figures(figure_panels.headline_figures(record))
    if not rows:
        return None
    panel = figure_panels.Panel("stock", "persons_detained", "persons", "autonomous_region", rows)
    drawn = chart.draw(record, panel, words, links="figures/")
    other = figure_panels.other_kind(record)
    years = [year for row in rows if (year := figure_panels.year_of(row))]
    return {
        "drawing": drawn,
        "svg": Markup(drawing.in_page(drawn, "plot dots")),
        "rows": rows,
        "first": min(years, default=""),
        "last": max(years, default=""),
        "other": other,
        "other_value": figure_value(other, words) if other else "",
    }


def _stay(record: Record, words: Language) -> dict[str, Any] | None:
    """Return the picture of who stayed, once for a desk and once for a phone."""
    drawn = {
        width: stay_flow.draw(record, words, last_moment(record), width)
        for width in (stay_flow.WIDE, stay_flow.NARROW)
    }
    wide, narrow = drawn[stay_flow.WIDE], drawn[stay_flow.NARROW]
    if wide is None or narrow is None:
        return None
    return {
        "title": wide.title,
        "subtitle": wide.subtitle,
        "wide": Markup(stay_flow.in_page(wide, stay_flow.WIDE, "for-desk")),
        "narrow": Markup(stay_flow.in_page(narrow, stay_flow.NARROW, "for-phone")),
    }


def _news(release: Release, words: Language) -> str:
    """Return what the last version of a package is: the size of its change, and its rows."""
    last = release.versions[-1] if release.versions else {}
    total = sum((last.get("row_counts") or {}).values())
    bump = words("size of the change: {size}", size=words.of_code(last.get("bump") or "first"))
    return f"{bump}; " + words("rows: {n}", n=words.number(total))
