"""Names to codes a second, next to country_converter.

    python benchmarks/reconcile.py [NAMES] [--other PYTHON]

NAMES (default 1,000,000): how many names ours is given; a mix of 1,000 distinct printed names, as
rows of a table have them.
``--other``: a Python that has country_converter (its data do not import under pandas 3.1: make a
virtual environment with
``country-converter`` and ``pandas<3``). It is given 20,000 of the same names, and its rate is per
name. Ours is also measured
with no memory of names seen before, every name distinct.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time

from xinjiang_record.reconcile import countries
from xinjiang_record.reconcile.build_names import iso_names

OTHER = """
import json, logging, sys, time
import country_converter
logging.disable(logging.CRITICAL)
names = json.load(sys.stdin)
converter = country_converter.CountryConverter()
converter.convert(names[:10], to="ISO3", not_found=None)
start = time.perf_counter()
converter.convert(names, to="ISO3", not_found=None)
print(len(names) / (time.perf_counter() - start))
"""


def sample(count: int, distinct: int = 1000) -> list[str]:
    rng = random.Random(1)
    names = sorted({name for _iso3, language, name in iso_names() if language == "en"})
    pool = [rng.choice(names) for _ in range(distinct)]
    return [rng.choice(pool) for _ in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--other", help="a Python with country_converter")
    options = parser.parse_args()
    names = sample(options.names)
    countries.reconcile("France")
    start = time.perf_counter()
    countries.reconcile_all(names)
    ours = options.names / (time.perf_counter() - start)
    distinct = [
        f"{name} {number % 7}"[: len(name)] + " " * (number % 11)
        for number, name in enumerate(names[:50_000])
    ]
    countries._match.cache_clear()
    start = time.perf_counter()
    for name in distinct:
        countries._match.__wrapped__(name, None)
    bare = len(distinct) / (time.perf_counter() - start)
    print(
        f"xinjiang_record  {ours:12,.0f} names/s ({options.names:,} names)   {bare:10,.0f} "
        f"names/s without memory"
    )
    if options.other:
        run = subprocess.run(
            [options.other, "-c", OTHER],
            input=json.dumps(names[:20_000]),
            capture_output=True,
            text=True,
            check=True,
        )
        theirs = float(run.stdout)
        print(
            f"country_converter {theirs:11,.0f} names/s (20,000 names)   ratio "
            f"{ours / theirs:,.0f} ({bare / theirs:,.0f} without memory)"
        )


if __name__ == "__main__":
    sys.exit(main())
