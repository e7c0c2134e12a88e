"""``xrecord figure``: draw one map or chart from the published tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from xinjiang_record import files
from xinjiang_record.cli.day_option import read_day_option
from xinjiang_record.cli.output_path import refuse_released
from xinjiang_record.cli.site_commands.site_options import PUBLISHED, published_of
from xinjiang_record.errors import UsageError

if TYPE_CHECKING:
    from xinjiang_record.site.release_data import Record

PICTURES = {".pdf", ".jpg", ".jpeg", ".webp", ".gif", ".eps", ".tif", ".tiff"}
Command = TypeVar("Command", bound=Callable[..., None])


def _drawing_options(command: Command) -> Command:
    """Add the options that both drawings share."""
    command = click.option(
        "--scale",
        type=click.FloatRange(0.5, 4),
        default=2.0,
        show_default=True,
        help="PNG pixels per SVG pixel.",
    )(command)
    return click.option(
        "--output",
        "-o",
        type=click.Path(path_type=Path),
        help="File, or name without ending: NAME.svg and NAME.png are written. "
        "[default: figure-map or figure-chart here]",
    )(command)


def _output_paths(output: Path | None, default: str, published: Path) -> list[Path]:
    """Return the files to write: what --output names, or both forms of a name without ending.

    Raises:
        UsageError: The ending is of another form, or the place is among the releases.
    """
    base = output or Path(default)
    if base.suffix.lower() in PICTURES:
        raise UsageError(f"--output: expected .svg, .png or no ending, got {str(output)!r}.")
    refuse_released(base.absolute(), published)
    if base.suffix in {".svg", ".png"}:
        return [base]
    return [base.with_name(f"{base.name}{end}") for end in (".svg", ".png")]


def _write_picture(svg: str, paths: Sequence[Path], scale: float) -> None:
    from xinjiang_record.site.graphics import svg_to_png  # deferred: start-up

    drawn = {  # all before the first is written: without the extra nothing is
        path: svg_to_png.to_png(svg, scale) if path.suffix == ".png" else svg.encode()
        for path in paths
    }
    for path, data in drawn.items():
        files.write_bytes(path.absolute(), data)
        click.echo(str(path))


@click.group()
def figure() -> None:
    """Draw a map or a chart, as SVG and PNG, from the published tables alone."""


@figure.command("map")
@click.argument("statements", nargs=-1, metavar="[STATEMENT]...")
@click.option(
    "--as-of",
    metavar="YYYY-MM-DD",
    help="Draw the rosters as they were on this day.",
)
@_drawing_options
@PUBLISHED
def figure_map(
    statements: tuple[str, ...],
    as_of: str | None,
    scale: float,
    output: Path | None,
    published: Path | None,
) -> None:
    """Draw the world map of who signed.

    With statements: their signatories, critical and supportive apart, after every joining and
    withdrawal or on a day. With --as-of alone: each state by the last statement at which a source
    names it by then; older positions have a lighter colour.

    \b
    xrecord figure map 2019-07-08-hrc41-critical 2019-07-12-hrc41-supportive -o july-2019
    xrecord figure map --as-of 2025-11-30
    """
    from xinjiang_record.site import build, release_data  # deferred: start-up
    from xinjiang_record.site.graphics import world_map  # deferred: start-up
    from xinjiang_record.site.translate import ENGLISH  # deferred: start-up

    day = read_day_option("--as-of", as_of)
    if not statements and day is None:
        raise UsageError(
            "Nothing to draw. Name one or more statements, or give --as-of DATE. "
            "See: xrecord figure map --help."
        )
    source = published_of(published)
    paths = _output_paths(output, "figure-map", source)
    record = release_data.load(source, ["joint-statements"])
    view = (
        world_map.roster_view(record, ENGLISH, statements, day)
        if statements
        else world_map.day_view(record, ENGLISH, day or date.max)
    )
    if day and not view.marks:
        _refuse_day_before_all(record, statements, day)
    _write_picture(build.map_file(record, view), paths, scale)


def _refuse_day_before_all(record: Record, statements: Sequence[str], day: date) -> None:
    """Refuse a day before the first position: a map without colours would say that none was taken.

    Raises:
        UsageError: The first position is later than the day.
    """
    from xinjiang_record.site import positions  # deferred: start-up

    found = (
        [item for name in statements for item in positions.roster_positions(record, name)]
        if statements
        else [item for item in positions.record_positions(record) if item.side in positions.SIDES]
    )
    first = min((item.start for item in found), default=day)
    if first > day:
        raise UsageError(
            f"--as-of: expected {first}, the day of the first position, or later, got {day}."
        )


@figure.command("chart")
@click.option(
    "--quantity-type",
    required=True,
    help="One type only: stock, flow, cumulative, rate, capacity...",
)
@click.option("--unit", help="One unit only, where the type has several.")
@click.option("--measure", help="One measure only. [default: the one with most figures]")
@click.option(
    "--by",
    type=click.Choice(["published", "reference", "value"]),
    default="published",
    show_default=True,
    help="Order of the rows.",
)
@_drawing_options
@PUBLISHED
def figure_chart(
    quantity_type: str,
    unit: str | None,
    measure: str | None,
    by: str,
    scale: float,
    output: Path | None,
    published: Path | None,
) -> None:
    """Draw the figures of one quantity type, one measure and one level of area.

    \b
    xrecord figure chart --quantity-type stock -o stock
    xrecord figure chart --quantity-type stock --measure facilities_identified
    """
    from xinjiang_record.site import build, release_data  # deferred: start-up
    from xinjiang_record.site.graphics import (  # deferred: start-up
        chart,
        drawing,
        figure_panels,
    )
    from xinjiang_record.site.translate import ENGLISH  # deferred: start-up

    source = published_of(published)
    paths = _output_paths(output, "figure-chart", source)
    record = release_data.load(source, ["detention-figures"])
    panels = figure_panels.choose_panels(record, quantity_type, unit, measure)
    drawn = chart.draw(record, panels[0], ENGLISH, by, width=chart.WIDE)
    svg = drawing.as_file(drawn, build.source_line(record))
    _write_picture(svg, paths, scale)
    others = sorted({panel.measure for panel in panels[1:]} - {panels[0].measure})
    if others:
        shown = f"Drawn: {panels[0].measure}. Other measures (--measure): {', '.join(others)}."
        click.echo(shown, err=True)
