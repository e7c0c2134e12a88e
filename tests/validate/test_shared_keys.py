"""Keys that several tables refer to are read once, and the report is Frictionless's."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xinjiang_record.validate.opening.data_files import DeadlineSniffer

CELLS = ["1", "01", " 1", "2", "3.0", "x", "", "9"]


def package(folder: Path, draw: random.Random) -> Path:
    """Write tables that refer to each other, before and after, also with wrong cells."""
    names = ["t0", "t1", "t2", "t3"]
    resources = []
    for name in names:
        kinds = [draw.choice(["integer", "string", "number"]) for _ in "ab"]
        fields: list[dict[str, Any]] = [
            {"name": column, "type": kind} for column, kind in zip("ab", kinds, strict=True)
        ]
        if draw.random() < 0.3:
            fields[1]["constraints"] = {"unique": True}
        schema: dict[str, Any] = {"fields": fields}
        if draw.random() < 0.5:
            schema["primaryKey"] = ["a"]
        schema["foreignKeys"] = [
            {"fields": mine, "reference": {"resource": draw.choice([*names, ""]), "fields": theirs}}
            for mine, theirs in draw.sample(
                [(["a"], ["a"]), (["b"], ["a"]), (["a"], ["b"]), (["a", "b"], ["a", "b"])], 2
            )
        ]
        rows = [[draw.choice(CELLS), draw.choice(CELLS)] for _ in range(draw.randrange(6))]
        if draw.random() < 0.2:
            rows.append(["1"])
        with open(folder / f"{name}.csv", "w", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows([["a", "b"], *rows])
        resource = {"name": name, "path": f"{name}.csv", "encoding": "utf-8", "schema": schema}
        resources.append({**resource, "dialect": {"delimiter": ","}})
    path = folder / "datapackage.json"
    path.write_text(json.dumps({"name": "p", "resources": resources}))
    return path


@pytest.mark.parametrize("seed", range(12))
def test_tables_that_refer_to_each_other(
    seed: int, tmp_path: Path, same: Callable[..., Any]
) -> None:
    same(package(tmp_path, random.Random(seed)))


def test_what_is_not_sniffed_is_what_the_sniffer_finds() -> None:
    draw = random.Random(1)
    for _ in range(500):
        lines = [
            "".join(draw.choice("ab,;\t, ") for _ in range(draw.randrange(12)))
            for _ in range(draw.randrange(1, 15))
        ]
        sample, delimiter = draw.choice(["\n", "\r\n"]).join(lines), draw.choice(",;\t")
        try:
            found = csv.Sniffer().sniff(sample, delimiter)
        except csv.Error:
            found = csv.excel
        try:
            quick = DeadlineSniffer().sniff(sample, delimiter)
        except csv.Error:
            quick = csv.excel
        for name in ("lineterminator", "escapechar", "quotechar"):
            assert getattr(quick, name) == getattr(found, name)
        assert bool(quick.skipinitialspace) == bool(found.skipinitialspace), sample
