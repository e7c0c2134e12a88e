"""Trees of ``raw/``, as a pull request may change them, for ``xrecord preview``."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.hostile.case import CANARY, Case

ROOT = Path(__file__).resolve().parents[2]
LETTER = "raw/joint-statements/2019-07-08-hrc41-critical"
STATEMENT, NAMES, LATER = (
    f"{LETTER}/{name}" for name in ("statement.toml", "signatories.txt", "events.csv")
)
RESPONSES = "raw/responses/events.csv"
MARKS = {
    "NUL": "\0",
    "bell": "\a",
    "delete": "\x7f",
    "a C1 control": "\x9b",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "soft hyphen": "\xad",
    "tag letter": "\U000e0041",
    "combining strike": "\u0336",
    "no-break space": "\xa0",
    "line separator": "\u2028",
    "byte order mark": "\ufeff",
    "a private letter": "\ue000",
    "an unassigned letter": "\U000e0fff",
    "interlinear mark": "\ufff9",
    "next line": "\x85",
    "vertical tab": "\v",
    "zero-width non-joiner": "\u200c",
    "left-to-right mark": "\u200e",
    "Arabic letter mark": "\u061c",
    "word joiner": "\u2060",
    "invisible times": "\u2062",
    "grapheme joiner": "\u034f",
    "Mongolian separator": "\u180e",
    "Hangul filler": "\u3164",
    "braille blank": "\u2800",
    "variation selector": "\ufe0f",
    "variation selector 17": "\U000e0100",
    "musical control": "\U0001d173",
    "shorthand control": "\U0001bca0",
    "object in its place": "\ufffc",
    "a character that was lost": "\ufffd",
    "no character": "\ufffe",
}


@contextlib.contextmanager
def prepared(top: Path) -> Iterator[Path]:
    """Copy the checkout once, and write a file that no tree may read."""
    for name in ("raw", "schemas", "flows"):
        ignored = shutil.ignore_patterns("snapshots", "__pycache__")
        shutil.copytree(ROOT / name, top / "checkout" / name, ignore=ignored)
    (top / "outside.txt").write_text(f"{CANARY}\n")
    yield top / "checkout"


def edit(path: str, old: str, new: str, folder: Path) -> None:
    text = (folder / path).read_text("utf-8")
    assert old in text, (path, old)
    (folder / path).write_bytes(text.replace(old, new, 1).encode("utf-8", "surrogatepass"))


def add(path: str, text: str, folder: Path) -> None:
    with open(folder / path, "a", encoding="utf-8") as stream:
        stream.write(text)


def write(path: str, data: bytes, folder: Path) -> None:
    (folder / path).write_bytes(data)


def changes() -> Iterator[tuple[str, str, Callable[[Path], object]]]:
    """Yield a name, the package and the change of each tree that must be refused."""
    yield from marks()
    yield from kinds()
    yield from forms()
    yield from values()
    yield from costs()


def marks() -> Iterator[tuple[str, str, Callable[[Path], object]]]:
    """Put characters that nobody sees, or that reorder or strike others, in every place."""
    package = "joint-statements"
    for name, mark in MARKS.items():
        yield f"names: {name}", package, partial(edit, NAMES, "Austria", f"Aus{mark}tria")
        yield f"table: {name}", package, partial(edit, LATER, "Italia", f"Ita{mark}lia")
        if name not in ("combining strike", "no-break space"):  # allowed in the body's name
            escape = f"\\U{ord(mark):08x}"
            change = partial(edit, STATEMENT, '"UN Human', f'"UN{escape} Human')
            yield f"escape: {name}", package, change
    for name, text in {"line end": "\\n", "Markdown": "\\n\\n| a | b |", "tab": "\\t"}.items():
        change = partial(edit, STATEMENT, '"UN Human', f'"UN{text} Human')
        yield f"escape: {name}", package, change
    struck = "".join(f"{letter}\u0336" for letter in "Austria")
    yield "names: a struck name", package, partial(edit, NAMES, "Austria", struck)


def replace_by(path: str, kind: str, folder: Path) -> None:
    """Put something that is not a regular file in the place of a file or a folder."""
    target = folder / path
    moved = folder / "moved"
    shutil.move(target, moved)
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "link to the same":
        target.symlink_to(moved)
    elif kind == "link out":
        target.symlink_to(folder.parent / "outside.txt")
    elif kind == "link to a device":
        target.symlink_to("/dev/zero")
    elif kind == "link to nothing":
        target.symlink_to("nothing")
    elif kind == "link to itself":
        target.symlink_to(target.name)
    elif kind == "folder":
        target.mkdir()
    elif kind == "socket":
        here = os.getcwd()
        os.chdir(target.parent)
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(target.name)
        os.chdir(here)


def kinds() -> Iterator[tuple[str, str, Callable[[Path], object]]]:
    """Put pipes, links, sockets and folders where files belong, and beside them."""
    for kind in ("pipe", "link to the same", "link out", "link to a device", "link to nothing",
                 "link to itself", "folder", "socket"):  # fmt: skip
        for path, package in ((STATEMENT, "joint-statements"), (NAMES, "joint-statements"),
                              (RESPONSES, "responses")):  # fmt: skip
            yield f"{kind}: {Path(path).name}", package, partial(replace_by, path, kind)
    yield "linked folder", "joint-statements", partial(replace_by, LETTER, "link to the same")
    linked = partial(replace_by, "raw/joint-statements", "link to the same")
    yield "linked package", "joint-statements", linked
    yield "linked sources.csv", "responses", partial(replace_by, "raw/sources.csv", "link out")
    beside = f"{LETTER}/extra.txt"
    yield "a file beside", "joint-statements", partial(write, beside, b"x\n")
    yield "a pipe beside", "joint-statements", lambda folder: os.mkfifo(folder / beside)
    yield (
        "a name in Arabic digits",
        "joint-statements",
        lambda folder: shutil.copytree(
            folder / LETTER, folder / LETTER.replace("2019-07-08", "٢٠١٩-٠٧-٠٨")
        ),
    )
    yield (
        "a copied statement",
        "joint-statements",
        lambda folder: shutil.copytree(
            folder / LETTER, folder / LETTER.replace("critical", "critical-2")
        ),
    )


def forms() -> Iterator[tuple[str, str, Callable[[Path], object]]]:
    """Write TOML, CSV and text that are broken or of another form."""
    package = "joint-statements"
    tomls = {
        "not UTF-8": b'title = "\xff"\n',
        "UTF-16": 'title = "x"\n'.encode("utf-16"),
        "empty": b"",
        "brackets": b"a = " + b"[" * 50_000,
        "tables": b"".join(b"[a%d]\n" % number for number in range(30_000)),
        "dotted": b"a" + b".a" * 30_000 + b" = 1\n",
        "two keys": b'title = "a"\ntitle = "b"\n',
        "digits": b"declared_count = 1" + b"0" * 50_000 + b"\n",
        "not TOML": b"<html></html>",
    }
    for name, data in tomls.items():
        yield f"TOML: {name}", package, partial(write, STATEMENT, data)
    for name, (old, new) in {
        "a list for a text": ('title = "Letter', 'title = ["x"]\nnote2 = "Letter'),
        "a table for a text": ('stance = "critical"', 'stance = {a = "critical"}'),
        "a number for a text": ('session = "HRC41"', "session = 41"),
        "NaN": ("declared_count = 22", "declared_count = nan"),
        "a negative count": ("declared_count = 22", "declared_count = -22"),
        "a large count": ("declared_count = 22", "declared_count = 9223372036854775808"),
        "true": ("declared_count = 22", "declared_count = true"),
        "a text for a count": ("declared_count = 22", 'declared_count = "22"'),
        "an unknown key": ("declared_count = 22", "declared_count = 22\nunknown = 1"),
        "another stance": ('stance = "critical"', 'stance = "evil"'),
        "an unknown source": ('"s-0002", "s-0003"', '"s-9999", "s-0003"'),
        "no such day": ('delivered = "2019-07-08"', 'delivered = "2019-02-30"'),
        "Arabic digits": ('delivered = "2019-07-08"', 'delivered = "٢٠١٩-٠٧-٠٨"'),
        "a list out of the folder": ('file = "signatories.txt"', 'file = "../../sources.csv"'),
        "an absolute list": ('file = "signatories.txt"', 'file = "/etc/passwd"'),
        "a list that is not there": ('file = "signatories.txt"', 'file = "nothing.txt"'),
        "a device": ('file = "signatories.txt"', 'file = "/dev/zero"'),
        "itself": ('file = "signatories.txt"', 'file = "statement.toml"'),
        "a folder": ('file = "signatories.txt"', 'file = "."'),
        "infinity": ("declared_count = 22", "declared_count = inf"),
        "a fraction": ("declared_count = 22", "declared_count = 22.0"),
        "a date for a count": ("declared_count = 22", "declared_count = 2019-07-08"),
        "a day with a time": ('delivered = "2019-07-08"', "delivered = 2019-07-08T00:00:00Z"),
        "the year 0": ('delivered = "2019-07-08"', 'delivered = "0000-07-08"'),
        "the year 9999": ('delivered = "2019-07-08"', 'delivered = "9999-07-08"'),
        "another name": ('statement_id = "2019-07-08', 'statement_id = "2019-07-09'),
    }.items():
        yield f"TOML: {name}", package, partial(edit, STATEMENT, old, new)
    csvs = {
        "empty": b"",
        "another header": b"a,b,c\n1,2,3\n",
        "an open quote": b'event,date,name_as_printed,source_id,basis,note\njoined,"2019\n',
        "UTF-16": "event,date\n".encode("utf-16"),
        "not UTF-8": b"event,date,name_as_printed,source_id,basis,note\njoined,\xff,,,,\n",
        "extra cells": b"event,date,name_as_printed,source_id,basis,note\njoined,2019,a,b,c,d,e\n",
        "semicolons": b"event;date;name_as_printed;source_id;basis;note\n",
        "a header twice": b"event,event,date,name_as_printed,source_id,basis,note\n",
        "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    }
    for name, data in csvs.items():
        yield f"CSV: {name}", package, partial(write, LATER, data)


def values() -> Iterator[tuple[str, str, Callable[[Path], object]]]:
    """Write values that are of the right form and wrong, in tables and lists of names."""
    for name, text in {
        "an unknown state": ", Atlantis",
        "an ambiguous state": ", Korea",
        "a state twice": ", Austria",
        "a missing comma": ", Chile Peru",
        "markup": ", <b>Chile</b>",
        "a formula": ', =HYPERLINK("http://127.0.0.1")',
        "an address": ", http://127.0.0.1/",
        "a Cyrillic letter": ", \u0421hile",
        "a Greek letter": ", Chi\u03bbe",
        "mathematical letters": ", \U0001d402hile",
        "letters in circles": ", \u24b8hile",
        "three marks on a letter": ", Chi\u0301\u0301\u0301le",
    }.items():
        yield f"names: {name}", "joint-statements", partial(add, NAMES, text)
    row = "E001,policy,2014-04,Xi Jinping,CHN,"
    for name, new in {
        "a row twice": f"{row}x,,s-0270,read_at_source,source,2026-11-23,\n{row}",
        "another kind": "E001,evil,2014-04,Xi Jinping,CHN,",
        "no such month": "E001,policy,2014-13,Xi Jinping,CHN,",
        "Arabic digits": "E٠٠١,policy,2014-04,Xi Jinping,CHN,",
        "a year of five digits": "E001,policy,99999-01,Xi Jinping,CHN,",
        "lower case": "E001,policy,2014-04,Xi Jinping,chn,",
        "no such state": "E001,policy,2014-04,Xi Jinping,ZZZ,",
        "NA": "NA,policy,2014-04,Xi Jinping,CHN,",
        "empty": ",policy,2014-04,Xi Jinping,CHN,",
        "spaces": " E001,policy,2014-04,Xi Jinping,CHN,",
    }.items():
        yield f"value: {name}", "responses", partial(edit, RESPONSES, row, new)


def costs() -> Iterator[tuple[str, str, Callable[[Path], object]]]:
    """Write files whose time or memory could grow faster than their size."""
    package = "joint-statements"
    claims = "".join(f"\n[[count_claims]]\ncount = {n}\n" for n in range(20_000))
    yield "20,000 claims", package, partial(add, STATEMENT, claims)
    keys = "".join(f'k{n} = "{"x" * 190}"\n' for n in range(4_900))
    first = partial(edit, STATEMENT, "statement_id", f"{keys}statement_id")
    yield "4,900 unknown keys", package, first
    wrong = "".join(f"\n[[count_claims]]\ncount = {n}\nas_of = 'x'\nsource_id = 's-9'\n"
                    for n in range(1_200))  # fmt: skip
    yield "1,200 wrong claims", package, partial(add, STATEMENT, wrong)
    yield "a million lines", package, partial(write, NAMES, b"Austria\n" * 1_000_000)
    unknown = "".join(f"Atlantis {n}\n" for n in range(100_000))
    yield "100,000 unknown names", package, partial(write, NAMES, unknown.encode())
    yield "a line of 200,000 words", package, partial(write, NAMES, b"Chad " * 200_000)
    yield "a line of a million words", package, partial(write, NAMES, b"Nauru " * 1_000_000)
    yield "a name of 5 MB", package, partial(write, NAMES, b"x" * 5_000_000)
    rows = "".join(f"joined,2019-07-12,Atlantis {n},s-0121,source,\n" for n in range(9_000))
    yield "9,000 unknown names in a table", package, partial(add, LATER, rows)
    near = "".join(f"joined,2019-07-12,Austrialia{n},s-0121,source,\n" for n in range(9_000))
    yield "9,000 names near a state", package, partial(add, LATER, near)
    known = "".join("joined,2019-07-12,Austria,s-0121,source,\n" for n in range(50_000))
    yield "50,000 rows of one name", package, partial(add, LATER, known)
    yield "a record of 30 MB", package, partial(add, LATER, '"' + "x" * 30_000_000 + '"\n')
    yield "a table of 120 MB", package, partial(write, LATER, b"x,y\n" * 30_000_000)
    line = "E{:04d},policy,2014,Somebody,CHN,{},,s-0270,read_at_source,source,2026-11-23,\n"
    many = "".join(line.format(n, "t" * 50) for n in range(1000, 10_000))
    yield "9,000 rows of an old kind of key", "responses", partial(add, RESPONSES, many)
    yield "quotes", "responses", partial(add, RESPONSES, '"' * 400_001 + "\n")
    yield "commas", "responses", partial(add, RESPONSES, "," * 900_000 + "\n")


def cases(checkout: Path) -> Iterator[Case]:
    """Yield all trees."""

    def made(change: Callable[[Path], object], folder: Path) -> None:
        shutil.copytree(checkout, folder, dirs_exist_ok=True)
        change(folder)

    for name, package, change in changes():
        yield Case(name, ("preview", package), "refused", partial(made, change))
    for package in ("joint-statements", "responses"):
        yield Case(f"sound: {package}", ("preview", package), "accepted",
                   partial(made, lambda folder: None))  # fmt: skip
