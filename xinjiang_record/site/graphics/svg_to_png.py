"""SVG to PNG, the same bytes each time: the renderer and its fonts come with the package vl-convert-python."""

from __future__ import annotations

from xinjiang_record.errors import UsageError

SCALE = 2.0  # PNG pixels per SVG pixel, for downloads


def render(svg: str, scale: float = SCALE) -> bytes:
    """The PNG of an SVG without outside references. Raises UsageError where the extra ``site`` is not installed."""
    try:
        import vl_convert
    except ImportError as error:
        raise UsageError(
            "PNG needs the extra 'site': pip install 'xinjiang-record[site]'."
        ) from error
    data: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return data
