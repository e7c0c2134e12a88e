"""Country shapes for the maps: Natural Earth (public domain), drawn once in the Equal Earth projection and kept as SVG paths.

``geometry/world.json`` is made from the npm package ``world-atlas`` 2.0.2 (Natural Earth 4.1 as TopoJSON) by::

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python -m xinjiang_record.site.graphics.country_shapes package/countries-50m.json package/countries-10m.json

It holds ``{"width", "height", "source", "countries": {iso3: {"path", "x", "y", "is_small"}}, "other": [path, ...]}`` in pixels of
a map 960 wide. Borders are Natural Earth's and take no side; land that belongs to no ISO code is in ``other``. Somaliland and
northern Cyprus are drawn with the UN member that holds their seat.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "geometry" / "world.json"
SOURCE = "Natural Earth 4.1, 1:50m and 1:10m (public domain), by way of world-atlas 2.0.2"
WIDTH, TOP, BOTTOM = 960, 83.7, -56.0  # pixels; degrees of latitude shown
SCALE = WIDTH / 2 / 2.7066299836  # pixels per unit of the projection: the map is exactly WIDTH wide
TOLERANCE = 0.32  # pixels a simplified border may be off
SMALL_AREA = 30.0  # square pixels of the largest island below which a state also gets a dot
SPECK_AREA = 0.45  # square pixels below which a ring is not drawn
JOINED = {"Somaliland": "706", "N. Cyprus": "196"}
XINJIANG = (85.5, 41.2)  # longitude and latitude of the mark

Point = tuple[float, float]


@lru_cache(maxsize=1)
def load() -> Mapping[str, Any]:
    """The drawn shapes, as the module's docstring gives them."""
    data: Mapping[str, Any] = json.loads(DATA.read_text("utf-8"))
    return data


def project(longitude: float, latitude: float) -> Point:
    """Equal Earth (Savric, Patterson and Jenny 2018), in pixels from the top left."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    slope = 1.340264 - 3 * 0.081106 * square + sixth * (7 * 0.000893 + 9 * 0.003796 * square)
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * slope)
    y = theta * (1.340264 - 0.081106 * square + sixth * (0.000893 + 0.003796 * square))
    return WIDTH / 2 + SCALE * x, _north() - SCALE * y


@lru_cache(maxsize=1)
def _north() -> float:
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(TOP)))
    square = theta * theta
    return (
        SCALE * theta * (1.340264 - 0.081106 * square + square**3 * (0.000893 + 0.003796 * square))
    )


def simplify(points: list[Point], tolerance: float = TOLERANCE) -> list[Point]:
    """Douglas and Peucker's line simplification of longitudes and latitudes, ``tolerance`` in pixels of the map.

    Both ends stay, so borders that two states share stay shared.
    """
    drawn = [project(*point) for point in points]
    keep = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        far, distance = first, tolerance
        for index in range(first + 1, last):
            away = _distance(drawn[index], drawn[first], drawn[last])
            if away > distance:
                far, distance = index, away
        if far != first:
            keep.add(far)
            stack += [(first, far), (far, last)]
    return [points[index] for index in sorted(keep)]


def _distance(point: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    share = (
        0.0 if not length else ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length
    )
    share = min(1.0, max(0.0, share))
    return math.hypot(point[0] - start[0] - share * dx, point[1] - start[1] - share * dy)


def _arcs(topology: Mapping[str, Any], *, coarse: bool) -> list[list[Point]]:
    (scale_x, scale_y), (move_x, move_y) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        points = _unwrapped(points)
        arcs.append(simplify(points) if coarse else points)
    return arcs


def _unwrapped(points: list[Point]) -> list[Point]:
    """The same line with no jump at the antimeridian: longitudes may pass 180 degrees."""
    line = points[:1]
    for longitude, latitude in points[1:]:
        turns = round((line[-1][0] - longitude) / 360)
        line.append((longitude + 360 * turns, latitude))
    return line


def _rings(geometry: Mapping[str, Any], arcs: list[list[Point]]) -> Iterator[list[Point]]:
    """The rings of a geometry in pixels, cut in two where they pass the antimeridian."""
    parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for ring in (ring for polygon in parts for ring in polygon):
        points: list[Point] = []
        for index in ring:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += arc[1:] if points else arc
        points = _unwrapped(points)
        for turn in (-360, 0, 360):
            inside = _cut(_cut([(x + turn, y) for x, y in points], -180, 1), 180, -1)
            if len(inside) > 2:
                yield [project(*point) for point in inside]


def _cut(ring: list[Point], meridian: float, sign: int) -> list[Point]:
    """The part of a closed ring east (``sign`` 1) or west (-1) of a meridian (Sutherland and Hodgman 1974)."""
    if all((x - meridian) * sign >= 0 for x, _ in ring):
        return ring
    kept: list[Point] = []
    for (x1, y1), (x2, y2) in pairwise(ring):
        in1, in2 = (x1 - meridian) * sign >= 0, (x2 - meridian) * sign >= 0
        if in1:
            kept.append((x1, y1))
        if in1 != in2:
            kept.append((meridian, y1 + (y2 - y1) * (meridian - x1) / (x2 - x1)))
    return [*kept, kept[0]] if kept else []


def _area(ring: list[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def _centre(ring: list[Point]) -> Point:
    area = _area(ring)
    if abs(area) < 1e-9:
        return ring[0]
    pairs = list(pairwise(ring))
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * area)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * area)
    return x, y


def _path(rings: Iterable[list[Point]]) -> str:
    parts = []
    for ring in rings:
        if abs(_area(ring)) < SPECK_AREA:
            continue
        steps = [(round(x * 10), round(y * 10)) for x, y in ring]
        parts.append(f"M{_short(steps[0][0])},{_short(steps[0][1])}l")
        moves = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(steps[:-1])]
        parts.append(" ".join(f"{_short(dx)},{_short(dy)}" for dx, dy in moves if dx or dy) + "z")
    return "".join(parts)


def _short(tenths: int) -> str:
    text = f"{tenths / 10:.1f}".removesuffix(".0")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _code(geometry: Mapping[str, Any], codes: Mapping[str, str]) -> str | None:
    number = geometry.get("id") or JOINED.get(geometry["properties"]["name"])
    return codes.get(number) if number else None


def _largest(fine: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, list[Point]]:
    """The largest ring of each code: several features may share one (Australia and its far islands)."""
    arcs = _arcs(fine, coarse=False)
    largest: dict[str, list[Point]] = {}
    for geometry in fine["objects"]["countries"]["geometries"]:
        code = _code(geometry, codes)
        if code is None or code == "ATA" or geometry["properties"]["name"] in JOINED:
            continue
        found = max(_rings(geometry, arcs), key=lambda ring: abs(_area(ring)))
        largest[code] = max(largest.get(code, found), found, key=lambda ring: abs(_area(ring)))
    return largest


def build(
    shapes: Mapping[str, Any], fine: Mapping[str, Any], codes: Mapping[str, str]
) -> dict[str, Any]:
    """The content of ``world.json`` from two topologies (1:50m for shapes, 1:10m for dots); ``codes``: ISO numeric to alpha-3."""
    arcs = _arcs(shapes, coarse=True)
    rings: dict[str, list[list[Point]]] = {}
    other = []
    for geometry in shapes["objects"]["countries"]["geometries"]:
        code = _code(geometry, codes)
        if code == "ATA":
            continue
        if code:
            rings.setdefault(code, []).extend(_rings(geometry, arcs))
        else:
            other.append(_path(_rings(geometry, arcs)))
    countries = {}
    for code, ring in _largest(fine, codes).items():
        x, y = _centre(ring)
        small = abs(_area(ring)) < SMALL_AREA
        countries[code] = {
            "path": _path(rings.get(code, [])),
            "x": round(x, 1),
            "y": round(y, 1),
            "is_small": small,
        }
    height = math.ceil(project(0, BOTTOM)[1])
    ordered = dict(sorted(countries.items()))
    return {
        "width": WIDTH,
        "height": height,
        "source": SOURCE,
        "countries": ordered,
        "other": [p for p in other if p],
    }


def main(arguments: list[str]) -> None:
    """Write ``geometry/world.json`` again from the two files of the npm package."""
    import pycountry

    from xinjiang_record import files

    shapes, fine = (json.loads(Path(name).read_text("utf-8")) for name in arguments)
    codes = {country.numeric: country.alpha_3 for country in pycountry.countries}
    text = json.dumps(build(shapes, fine, codes), ensure_ascii=False, separators=(",", ":")) + "\n"
    files.write_text(DATA, text)


if __name__ == "__main__":
    main(sys.argv[1:])
