"""``xrecord figure``: draw one map or chart from the published tables."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from xinjiang_record import files
from xinjiang_record.cli.site_commands.published_option import PUBLISHED, published_of
from xinjiang_record.errors import UsageError

OUT = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="A file, or a name for NAME.svg and NAME.png. [default: figure-map or figure-chart]",
)


def _write_both(svg: str, output: Path | None, default: str, scale: float) -> None:
    from xinjiang_record.site.graphics import svg_to_png  # deferred: start-up

    base = output or Path(default)
    wanted = (
        [base]
        if base.suffix in {".svg", ".png"}
        else [base.with_name(f"{base.name}{end}") for end in (".svg", ".png")]
    )
    for path in wanted:
        data = svg_to_png.render(svg, scale) if path.suffix == ".png" else svg.encode()
        files.write_bytes(path.absolute(), data)
        click.echo(str(path))


@click.group()
def figure() -> None:
    """Draw a map or a chart as SVG and PNG, from the published tables only."""


@figure.command("map")
@click.argument("statements", nargs=-1, metavar="[STATEMENT]...")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Draw the rosters as of this day.")
@click.option(
    "--scale",
    type=click.FloatRange(0.5, 4),
    default=2.0,
    show_default=True,
    help="PNG pixels per SVG pixel.",
)
@OUT
@PUBLISHED
def figure_map(
    statements: tuple[str, ...],
    as_of: datetime | None,
    scale: float,
    output: Path | None,
    published: Path | None,
) -> None:
    """Draw the world map of signatories.

    With STATEMENTs: their signatories by side, after all joinings and withdrawals, or as of a day.
    With --as-of only: each state by the last statement that names it by that day.

    \b
    xrecord figure map 2019-07-08-hrc41-critical 2019-07-12-hrc41-supportive -o july-2019
    xrecord figure map --as-of 2025-11-30
    """
    from xinjiang_record.site import release_data  # deferred: start-up
    from xinjiang_record.site.graphics import world_map  # deferred: start-up

    day = as_of.date() if as_of else None
    if not statements and day is None:
        raise UsageError(
            "Expected one or more statements, or --as-of DATE. See: xrecord figure map --help."
        )
    data = release_data.load(published_of(published), ["joint-statements"])
    drawn = (
        world_map.statements_figure(data, statements, day)
        if statements
        else world_map.as_of_figure(data, day or date.max)
    )
    _write_both(world_map.draw(drawn), output, "figure-map", scale)


@figure.command("chart")
@click.option(
    "--quantity-type",
    required=True,
    help="The quantity type: stock, flow, cumulative, rate, capacity...",
)
@click.option(
    "--unit",
    help="The unit, if the type has several. [default: the unit with most figures]",
)
@click.option(
    "--by", type=click.Choice(["published", "reference"]), default="published", show_default=True
)
@click.option(
    "--scale",
    type=click.FloatRange(0.5, 4),
    default=2.0,
    show_default=True,
    help="PNG pixels per SVG pixel.",
)
@OUT
@PUBLISHED
def figure_chart(
    quantity_type: str,
    unit: str | None,
    by: str,
    scale: float,
    output: Path | None,
    published: Path | None,
) -> None:
    """Draw the figures of one quantity type over time.

    The chart shows points, ranges, qualifiers, revisions and publishers.

    \b
    xrecord figure chart --quantity-type stock -o stock
    """
    from xinjiang_record.site import release_data  # deferred: start-up
    from xinjiang_record.site.graphics import chart  # deferred: start-up

    data = release_data.load(published_of(published), ["detention-figures"])
    _write_both(chart.draw(data, quantity_type, unit, by), output, "figure-chart", scale)
