"""Frictionless as it was installed, asked over a pipe.

In the tests' own process some of its functions are replaced by faster ones.

A line of JSON in: a folder, a path and a limit of errors. A line out: the report, or the name of
what was raised.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from typing import Any

import frictionless


def answer(path: str, limit: int) -> Any:
    """The report on a path."""
    try:
        return frictionless.validate(path, limit_errors=limit).to_descriptor()
    except Exception as error:
        return type(error).__name__


def main() -> None:
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        os.chdir(asked["folder"])
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # its own and dateutil's, about data that are made to be odd
            found = answer(asked["path"], asked["limit"])
        assert "xinjiang_record" not in sys.modules
        print(json.dumps(found, default=str), file=out, flush=True)


if __name__ == "__main__":
    main()
