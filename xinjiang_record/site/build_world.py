"""Write ``geometry/world.json`` from Natural Earth.

The input is the npm package ``world-atlas`` 2.0.2. Run it again with::

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python -m xinjiang_record.site.build_world package/countries-50m.json \
        package/countries-10m.json

Land of no ISO code is in ``other``. Somaliland is drawn with Somalia. The areas of ``DISPUTED``,
``ISLANDS`` and ``OUTLINES`` are in ``disputed``.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pycountry

from xinjiang_record import files
from xinjiang_record.site.graphics.country_shapes import (
    BOTTOM,
    DATA,
    SOURCE,
    WIDTH,
    Point,
    project,
)

TOLERANCE = 0.32  # pixels a simplified border may be off
SMALL_AREA = 30.0  # square pixels of the largest island below which a state also gets a dot
SPECK_AREA = 0.45  # square pixels below which a ring is not drawn
JOINED = {"Somaliland": "706"}
DISPUTED = {
    "W. Sahara": "Western Sahara",
    "Taiwan": "Taiwan",
    "Kosovo": "Kosovo",
    "N. Cyprus": "Northern Cyprus",
    "Falkland Is.": "Falkland Islands (Malvinas)",
}
# West, south, east, north of the rings that Natural Earth gives Russia.
ISLANDS = {
    "Crimea": (32.0, 44.0, 37.0, 46.6),
    "Southern Kuril Islands": (145.3, 43.3, 149.1, 45.6),
}
OUTLINES = {  # coarse outlines, exact to about half a pixel of the map
    "Abkhazia": [
        *((40.0, 43.39), (40.65, 43.55), (41.4, 43.35), (42.05, 43.2), (42.1, 43.0)),
        *((41.75, 42.75), (41.55, 42.45), (41.0, 42.7), (40.5, 43.05)),
    ],
    "Abyei": [(27.83, 10.17), (29.0, 10.17), (29.0, 9.5), (28.3, 9.35), (27.83, 9.6)],
    "Arunachal Pradesh": [
        *((91.6, 27.8), (92.3, 28.0), (93.0, 28.4), (93.9, 28.7), (94.6, 29.25), (95.4, 29.1)),
        *((96.1, 29.4), (96.6, 28.8), (97.3, 28.3), (97.05, 27.7), (96.2, 27.2), (95.5, 26.7)),
        *((95.2, 26.9), (95.5, 27.6), (94.8, 27.7), (94.0, 27.4), (93.3, 26.95), (92.6, 26.95)),
        *((92.0, 26.9), (91.65, 27.5)),
    ],
    "Halaib Triangle": [(33.6, 22.0), (34.7, 22.3), (35.5, 23.1), (36.9, 22.0)],
    "South Ossetia": [
        *((43.5, 42.6), (43.9, 42.62), (44.3, 42.7), (44.75, 42.5), (44.5, 42.2), (44.2, 42.05)),
        *((43.9, 42.15), (43.6, 42.3)),
    ],
    "Transnistria": [
        *((28.45, 48.15), (28.85, 48.05), (29.15, 47.85), (29.2, 47.5), (29.55, 47.35)),
        *((29.6, 47.0), (29.95, 46.8), (30.05, 46.4), (29.7, 46.55), (29.55, 46.85)),
        *((29.25, 47.05), (29.1, 47.35), (28.9, 47.75), (28.5, 48.0)),
    ],
    "Kashmir and Aksai Chin": [
        *((72.6, 36.3), (73.2, 35.8), (73.7, 35.2), (73.4, 34.6), (73.6, 33.6), (73.9, 33.0)),
        *((74.5, 32.7), (75.4, 32.3), (75.9, 32.7), (76.8, 33.1), (77.8, 32.8), (78.4, 32.5)),
        *((79.1, 32.5), (78.7, 33.6), (79.0, 34.3), (80.2, 34.6), (80.3, 35.4), (79.4, 35.9)),
        *((78.1, 35.5), (77.4, 35.7), (76.6, 36.2), (75.9, 36.7), (75.1, 37.0), (74.5, 37.0)),
        (73.6, 36.8),
    ],
    "Golan": [(35.62, 32.7), (35.65, 33.2), (35.8, 33.32), (35.93, 33.0), (35.85, 32.72)],
}


def simplify(points: list[Point]) -> list[Point]:
    """Simplify a line of longitudes and latitudes (Douglas and Peucker).

    Both ends stay, so that shared borders stay shared.
    """
    drawn = [project(*point) for point in points]
    keep = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        far, distance = first, TOLERANCE
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
    """Return the line without a jump at the antimeridian: longitudes may pass 180 degrees."""
    line = points[:1]
    for longitude, latitude in points[1:]:
        turns = round((line[-1][0] - longitude) / 360)
        line.append((longitude + 360 * turns, latitude))
    return line


def _rings(geometry: Mapping[str, Any], arcs: list[list[Point]]) -> Iterator[list[Point]]:
    """Yield the rings of a geometry in pixels, cut in two where they pass the antimeridian."""
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
    """Return the part of a closed ring east (``sign`` 1) or west (-1) of a meridian.

    By Sutherland and Hodgman (1974).
    """
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
    """Return the largest ring of each code: Australia and its far islands share one."""
    arcs = _arcs(fine, coarse=False)
    largest: dict[str, list[Point]] = {}
    for geometry in fine["objects"]["countries"]["geometries"]:
        code = _code(geometry, codes)
        name = geometry["properties"]["name"]
        if code is None or code == "ATA" or name in JOINED or name in DISPUTED:
            continue
        found = max(_rings(geometry, arcs), key=lambda ring: abs(_area(ring)))
        largest[code] = max(largest.get(code, found), found, key=lambda ring: abs(_area(ring)))
    return largest


def build_world(
    shapes: Mapping[str, Any], fine: Mapping[str, Any], codes: Mapping[str, str]
) -> dict[str, Any]:
    """Return the content of ``world.json`` from two topologies.

    Args:
        shapes: Natural Earth at 1:50m, for the shapes.
        fine: Natural Earth at 1:10m, for the places of the dots.
        codes: ISO 3166-1 numeric to alpha-3.
    """
    arcs = _arcs(shapes, coarse=True)
    rings: dict[str, list[list[Point]]] = {}
    other = []
    disputed = {name: [[project(*p) for p in line]] for name, line in OUTLINES.items()}
    for geometry in shapes["objects"]["countries"]["geometries"]:
        code, name = _code(geometry, codes), geometry["properties"]["name"]
        found = list(_rings(geometry, arcs))
        if code == "ATA":
            continue
        if name == "Russia":
            for area, box in ISLANDS.items():
                disputed[area] = [ring for ring in found if _is_inside(ring, box)]
                found = [ring for ring in found if not _is_inside(ring, box)]
        if name in DISPUTED:
            disputed[DISPUTED[name]] = found
        elif code:
            rings.setdefault(code, []).extend(found)
        else:
            other.append(_path(found))
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
    return {
        "width": WIDTH,
        "height": math.ceil(project(0, BOTTOM)[1]),
        "source": SOURCE,
        "countries": dict(sorted(countries.items())),
        "disputed": [{"name": name, "path": _path(disputed[name])} for name in sorted(disputed)],
        "other": [path for path in other if path],
    }


def _is_inside(ring: list[Point], box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    (left, bottom), (right, top) = project(west, south), project(east, north)
    x, y = _centre(ring)
    return left < x < right and top < y < bottom


def main(arguments: list[str]) -> None:
    """Write ``geometry/world.json`` again from the two files of the npm package."""
    shapes, fine = (json.loads(Path(name).read_text("utf-8")) for name in arguments)
    codes = {country.numeric: country.alpha_3 for country in pycountry.countries}
    world = build_world(shapes, fine, codes)
    files.write_text(DATA, json.dumps(world, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
