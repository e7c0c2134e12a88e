"""Schemas, settings and tables of a project, with values that are odd once they are decoded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.hostile import of_raw_files
from tests.hostile.case import Case
from tests.hostile.of_raw_files import LATER, LETTER, NAMES, STATEMENT, edit, prepared, write

__all__ = ["cases", "prepared"]
TOMLS = ("package.toml", "assertions.toml", "corrections.toml", "views.toml")
Change = Callable[[Path], object]
WHOLE = {
    "nothing": b"",
    "a byte order mark": b"\xef\xbb\xbf",
    "NUL": b"\0",
    "not UTF-8": b'a = "\xff"',
    "UTF-16": 'a = "b"'.encode("utf-16"),
    "brackets": b"a = " + b"[" * 90_000,
    "a key twice": b"a = 1\na = 2\n",
    "dots": b"a" + b".a" * 20_000 + b" = 1\n",
    "tables": b"".join(b"[a%d]\n" % n for n in range(20_000)),
    "digits": b"a = 1" + b"0" * 50_000,
    "a surrogate": b'name = "\\ud800"\n',
    "beyond": b'name = "\\U00110000"\n',
    "list": b"[]",
    "page": b"<html>",
    "braces": b'{"a":' * 90_000,
    "null": b"null",
    "number": b"1",
    "many": b"".join(b"k%d = 1\n" % n for n in range(30_000)),
    "an array": b"a = [" + b"1," * 300_000 + b"]",
    "5 MB": b"# " + b"x" * 5_000_000,
    "inf": b"a = inf\n",
    "nan": b"a = nan\n",
    "a day": b"a = 2019-02-30\n",
}
TEXTS = {
    "control": "a\\u0007b",
    "NUL": "a\\u0000b",
    "bidi": "a\\u202Eb",
    "isolate": "a\\u2066b",
    "tag": "a\\U000E0041b",
    "strike": "a\\u0336b",
    "zero width": "a\\u200Bb",
    "joiner": "a\\u200Db",
    "soft hyphen": "a\\u00ADb",
    "line": "a\\u2028b",
    "C1": "a\\u0085b",
    "private": "a\\uE000b",
    "no character": "a\\uFFFEb",
}


def schemas() -> Iterator[tuple[str, str, Change]]:
    """Yield files of ``schemas/`` that are broken or say odd things."""
    for name, data in WHOLE.items():
        for file in (*TOMLS, "events.schema.json"):
            yield f"{file}: {name}", "responses", partial(write, f"schemas/responses/{file}", data)
        yield f"fields.toml: {name}", "responses", partial(write, "schemas/fields.toml", data)
    package = "schemas/responses/package.toml"
    for name, text in TEXTS.items():
        for key in ("name", "title", "description"):
            change = partial(sub, package, f'{key} = "', f'{key} = "{text}')
            yield f"package.toml: {key}: {name}", "responses", change
    for name, (old, new) in {
        "another name": ('name = "', 'name = "../'),
        "an empty name": ('name = "', 'name = ""\nx = "'),
        "a number": ('title = "', 'title = 5\nx = "'),
        "a list": ('title = "', 'title = ["a"]\nx = "'),
        "a table twice": ("resources = [", 'resources = ["events", "events", '),
        "a table that climbs": ("resources = [", 'resources = ["../../x", '),
        "a table by case": ("resources = [", 'resources = ["Events", '),
        "keywords of numbers": ("keywords = [", "keywords = [5, "),
        "an unknown key": ('name = "', 'evil = 1\nname = "'),
        "a dotted key": ('name = "', '"a.b" = 1\nname = "'),
        "a key of nothing": ('name = "', '"" = 1\nname = "'),
        "a licence in script": ('path = "', 'path = "javascript:'),
    }.items():
        yield f"package.toml: {name}", "responses", partial(sub, package, old, new)
    schema = "schemas/responses/events.schema.json"
    for name, (old, new) in {
        "type evil": ('"string"', '"evil"'),
        "type list": ('"string"', '["string"]'),
        "type null": ('"string"', "null"),
        "a key twice": ('"fields"', '"fields": [], "fields"'),
        "NaN": ('"fields"', '"x": NaN, "fields"'),
        "1e999": ('"fields"', '"x": 1e999, "fields"'),
        "a surrogate": ('"fields"', '"x": "\\ud800", "fields"'),
        "no fields": ('"fields"', '"fieldz"'),
        "a pattern": (
            '"fields": [',
            '"fields": [{"name": "x", "type": "string", "constraints": {"pattern": "(a+)+$"}}, ',
        ),
        "a field twice": ('"fields": [', '"fields": [{"name": "event_id", "type": "string"}, '),
        "a field by case": ('"fields": [', '"fields": [{"name": "Event_Id", "type": "string"}, '),
        "a field by form": (
            '"fields": [',
            '"fields": [{"name": "\u00e9", "type": "string"}, '
            '{"name": "e\u0301", "type": "string"}, ',
        ),
        "a field of nothing": ('"fields": [', '"fields": [{}, '),
        "a field null": ('"fields": [', '"fields": [null, '),
    }.items():
        yield f"schema: {name}", "responses", partial(sub, schema, old, new)
    for file in ("package.toml", "events.schema.json", "views.toml"):
        for kind in ("pipe", "link out", "link to a device", "link to itself", "folder", "socket"):
            change = partial(of_raw_files.replace_by, f"schemas/responses/{file}", kind)
            yield f"{file}: {kind}", "responses", change


def sub(path: str, old: str, new: str, folder: Path) -> None:
    text = (folder / path).read_text("utf-8")
    assert old in text, (path, old)
    (folder / path).write_text(text.replace(old, new, 1), "utf-8")


def raw() -> Iterator[tuple[str, str, Change]]:
    """Yield more of ``raw/``: numbers, days, names twice, and files of other kinds."""
    package = "joint-statements"
    for value in (
        "inf",
        "-inf",
        "nan",
        "1e999",
        "1e2",
        "0x16",
        "0o26",
        "0b10110",
        "2_2",
        "-0",
        "22.5",
        "true",
        '"\u0662\u0662"',
        "[22]",
        "{a = 22}",
        "07:00:00",
        "1" + "0" * 90,
        "9223372036854775807",
    ):
        if value not in ("0x16", "0o26", "0b10110", "2_2"):
            change = partial(edit, STATEMENT, "declared_count = 22", f"declared_count = {value}")
            yield f"count {value[:12]}", package, change
    for day in (
        "0000-07-08",
        "10000-07-08",
        "2019-02-30",
        "2019-13-08",
        "2019-7-8",
        "19-07-08",
        "2019-07-08T00:00:00",
        "2019-07-08Z",
        "+2019-07-08",
        "-2019-07-08",
        "2019/07/08",
        "2019-07-08 ",
        " 2019-07-08",
        "2019-07-08\\n",
        "2019-07-0\u0668",
        "\uff12019-07-08",
        "2019\u201007-08",
        "",
    ):
        change = partial(edit, STATEMENT, 'delivered = "2019-07-08"', f'delivered = "{day}"')
        yield f"day {day!r}", package, change
    for day in (
        "0000",
        "10000-07",
        "2019-02-30",
        "2019-13",
        "2019-7-8",
        "inf",
        "nan",
        "NaT",
        "2019-07-12/2018",
        "2019-07-12T99:99:99",
        "Y99999999999",
        "2019-07-1\u0662",
    ):
        yield f"joined on {day}", package, partial(edit, LATER, "2019-07-12", day)
    for name, new in {
        "case": "austria",
        "composed": "Co\u0302te d\u2019Ivoire, C\u00f4te d\u2019Ivoire",
        "wide": "\uff21ustria",
        "Cyrillic": "\u0410ustria",
        "Greek": "\u0391ustria",
        "struck": "A\u0336ustria",
        "a comma": "Aus,tria",
        "circled": "\u24b6ustria",
        "small capital": "\u1d00ustria",
        "upside down": "\u0250ustria",
        "a regional letter": "\U0001f1e6\U0001f1f9",
        "superscript": "\u1d2custria",
        "roman": "\u2160taly",
    }.items():
        if name not in ("case", "composed"):
            yield f"name in {name}", package, partial(edit, NAMES, "Austria", new)
    for name in (
        "C\u00f4te",
        "co\u0302te",
        "A.toml",
        "a b",
        "..",
        "-x",
        ".hidden",
        "x" * 200,
        "\u202e",
        "\n",
        "con",
        "a\\b",
    ):
        if name != "..":
            yield f"a folder named {name[:9]!r}", package, partial(make_folder, name)
    for kind in (
        os.mkfifo,
        lambda path: path.symlink_to("/etc"),
        lambda path: path.symlink_to("."),
    ):
        for place in ("raw/x", "raw/responses/x.csv", f"{LETTER}/x.csv", "schemas/x"):
            yield (
                f"{getattr(kind, '__name__', 'link')} at {place}",
                package,
                partial(at, place, kind),
            )  # type: ignore[arg-type]


def make_folder(name: str, folder: Path) -> None:
    shutil.copytree(folder / LETTER, folder / "raw/joint-statements" / name)


def at(place: str, make: Callable[[Path], object], folder: Path) -> None:
    make(folder / place)


SETTINGS = (
    "homepage = 5",
    'homepage = "javascript:alert(1)"',
    'homepage = "http://[::"',
    'homepage = "https://a\\u202Eb/"',
    'homepage = "https://u:p@a/"',
    'homepage = "file:///etc/passwd"',
    'homepage = ""',
    'homepage = "https://a b/"',
    'homepage = "https://a/\\"><img>"',
    'homepage = "https://a/\\n"',
    'homepage = ["https://a/"]',
    "evil = 1",
    'data_base = "../"',
    'data_base = "https://a/?x"',
    "homepage = inf",
    "homepage = 2019-01-01",
    '"a.b" = 1',
    'homepage = "https://xn--/"',
)


def cases(checkout: Path) -> Iterator[Case]:
    """Yield all trees for ``preview``, and settings for the commands that read them."""

    def made(change: Change, folder: Path) -> None:
        shutil.copytree(checkout, folder, dirs_exist_ok=True)
        change(folder)

    for name, package, change in schemas():
        yield Case(name, ("preview", package), "answered", partial(made, change))
    for name, package, change in raw():
        expect = "answered" if " at " in name or name.startswith("a folder") else "refused"
        yield Case(name, ("preview", package), expect, partial(made, change))  # type: ignore[arg-type]
    for number, text in enumerate(
        (*SETTINGS, *(item.decode("latin-1") for item in WHOLE.values()))
    ):
        settings = partial(write, "xrecord.toml", text.encode("latin-1", "replace"))
        for command in (("preview", "documents"), ("cite", "documents"), ("versions",)):
            yield Case(
                f"settings {number} {text[:30]!r}: {command[0]}",
                command,
                "answered",
                partial(made, settings),
                fresh=True,
            )
