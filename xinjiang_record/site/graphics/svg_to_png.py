"""Turn SVG into PNG, the same bytes each time.

The renderer and its fonts come with the package vl-convert-python.
"""

from __future__ import annotations

from xinjiang_record import extras

SCALE = 2.0  # PNG pixels per SVG pixel, for downloads


def to_png(svg: str, scale: float = SCALE) -> bytes:
    """Return the PNG of an SVG without outside references.

    Raises:
        EnvironmentFault: The extra ``site`` is not installed.
    """
    extras.require("site")
    import vl_convert  # deferred: optional extra

    data: bytes = vl_convert.svg_to_png(svg, scale=scale)
    return data
