"""Read the country shapes of the maps and project a point onto them.

``geometry/world.json`` holds Natural Earth (public domain) in the Equal Earth projection, as SVG
paths in pixels of a map 960 wide. ``build_world`` writes it. Its content::

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

from xinjiang_record.site import palette

DATA = Path(__file__).parent.parent / "geometry" / "world.json"
SOURCE = "Natural Earth 4.1, 1:50m and 1:10m (public domain), by way of world-atlas 2.0.2"
WIDTH, TOP, BOTTOM = 960, 83.7, -56.0  # pixels; degrees of latitude shown
SCALE = WIDTH / 2 / 2.7066299836  # pixels per unit of the projection: the map is exactly WIDTH wide
XINJIANG = (85.5, 41.2)  # longitude and latitude of the mark

BASE = "maps/world.svg"  # the map without marks, below the site's root
BASE_SCRIPT = "maps/world.js"  # the same for the script that makes a file of a map in a page

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


def base_paths() -> list[str]:
    """Return the shapes of the map without marks."""
    world = load()
    paths = [*world["other"], *(item["path"] for item in world["countries"].values())]
    return [path for path in paths if path]


def base_map() -> bytes:
    """Return the map without marks, light or dark as the reader's system is."""
    world = load()
    drawn = "".join(f'<path d="{path}"/>' for path in base_paths())
    style = ".land{fill:var(--land);stroke:var(--coast);stroke-width:.5}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {world["width"]} {world["height"]}">'
        f'<style>{palette.css_variables()}{style}</style><g class="land">{drawn}</g></svg>\n'
    ).encode()
