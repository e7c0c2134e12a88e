"""Read the country shapes of the maps and project a point onto them.

``geometry/world.json`` holds Natural Earth (public domain) in the Equal Earth projection, as SVG
paths in pixels of a map 960 wide. ``make_world`` writes it. Its content::

    {"width", "height", "source",
     "countries": {iso3: {"path", "x", "y", "is_small"}},
     "disputed": [{"name", "path"}, ...], "other": [path, ...]}

``disputed`` areas are hatched and never get a side's colour, as on maps of the United Nations.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "geometry" / "world.json"
SOURCE = "Natural Earth 4.1, 1:50m and 1:10m (public domain), by way of world-atlas 2.0.2"
WIDTH, TOP, BOTTOM = 960, 83.7, -56.0  # pixels; degrees of latitude shown
SCALE = WIDTH / 2 / 2.7066299836  # pixels per unit of the projection: the map is exactly WIDTH wide
XINJIANG = (85.5, 41.2)  # longitude and latitude of the mark

Point = tuple[float, float]


@lru_cache(maxsize=1)
def load() -> Mapping[str, Any]:
    """Return the drawn shapes, as the module's docstring gives them."""
    data: Mapping[str, Any] = json.loads(DATA.read_text("utf-8"))
    return data


def project(longitude: float, latitude: float) -> Point:
    """Return pixels from the top left, by Equal Earth (Savric, Patterson and Jenny 2018)."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    slope = 1.340264 - 3 * 0.081106 * square + sixth * (7 * 0.000893 + 9 * 0.003796 * square)
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * slope)
    return WIDTH / 2 + SCALE * x, _north() - SCALE * _height(theta)


def _height(theta: float) -> float:
    square = theta * theta
    return theta * (1.340264 - 0.081106 * square + square**3 * (0.000893 + 0.003796 * square))


@lru_cache(maxsize=1)
def _north() -> float:
    return SCALE * _height(math.asin(math.sqrt(3) / 2 * math.sin(math.radians(TOP))))
