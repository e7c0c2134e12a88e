"""One odd resource hides no other; addresses, formats, hashes, options and places."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from xinjiang_record.cli.validate import validate as command
from xinjiang_record.errors import ReadError, UsageError
from xinjiang_record.validate import validate
from xinjiang_record.validate.small_files import small_rows

ROOT = Path(__file__).resolve().parents[2]
A, B = {"name": "a", "type": "integer"}, {"name": "b", "type": "string"}
BAD = "a,b\n1,x\nq,y\n"
GOOD = b"a,b\n1,x\n"
TWICE = "a,b\n1,x\n1,y\n"
KEY = {"uniqueKeys": [["a"]]}
Found = list[tuple[str, Any, Any, str]]


def table(fields: list[Any], schema: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    whole = {"name": "t", "path": "t.csv", "encoding": "utf-8", "dialect": {"delimiter": ","}}
    return {**whole, "schema": {"fields": fields, **(schema or {})}, **more}


class Box:
    """A folder with files, in which the command runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, files: dict[str, Any], resources: Any = None, **package: Any) -> None:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (self.folder / name).write_bytes(data)
        if resources is not None:
            whole = {"resources": resources, **package}
            (self.folder / "datapackage.json").write_text(json.dumps(whole))

    def run(self, *arguments: str, path: str = "datapackage.json", **options: Any) -> Result:
        return CliRunner().invoke(command, [*arguments, path], **options)

    def errors(self, *arguments: str, path: str = "datapackage.json") -> Found:
        done = self.run(*arguments, "--format", "json", path=path)
        assert done.exit_code in (0, 1), done.output
        report = json.loads(done.output)
        found = [(task["name"], error) for task in report["tasks"] for error in task["errors"]]
        found += [("", error) for error in report["errors"]]
        return [
            (name, error.get("rowNumber"), error.get("fieldName"), error["type"])
            for name, error in found
        ]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    monkeypatch.chdir(tmp_path)
    return Box(tmp_path)


FORMATS = ["docx", "png", "html", "sql", "sqlite", "md", "yaml", "zip", "PDF", "pandas", "gsheets"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_of_another_format_hides_nothing(form: str, here: Box) -> None:
    here.write(
        {"t.csv": BAD, "o.bin": "x"},
        [table([A, B]), {"name": "o", "path": "o.bin", "format": form}],
    )
    assert here.errors() == [("t", 3, "a", "type-error")]
    assert "not a table" in here.run().output


@pytest.mark.parametrize("name", ["o.html", "o.sqlite", "o.db", "o.yaml", "o.json", "README"])
def test_a_file_of_another_name_hides_nothing(name: str, here: Box) -> None:
    here.write({"t.csv": BAD, name: "x: 1"}, [table([A, B]), {"name": "o", "path": name}])
    assert here.errors() == [("t", 3, "a", "type-error")]


REMOTE = [
    {"path": "https://example.org/o.csv"},
    {"path": ["https://example.org/o.csv", "https://example.org/p.csv"]},
    {"path": ["u.csv", "https://example.org/p.csv"]},
    {"path": "s3://bucket/o.csv"},
    {"path": "//example.org/o.csv"},
    {"path": "file:///etc/passwd"},
    {"path": "u.csv", "schema": "https://example.org/s.json"},
    {"path": "u.csv", "dialect": "https://example.org/d.json"},
    {"path": "u.csv", "scheme": "https"},
]


@pytest.mark.parametrize("remote", REMOTE, ids=str)
def test_an_address_is_an_error_of_its_resource(remote: dict[str, Any], here: Box) -> None:
    key = {"fields": ["a"], "reference": {"resource": "o", "fields": ["a"]}}
    resources = [table([A, B], {"foreignKeys": [key]}), {"name": "o", **remote}]
    here.write({"t.csv": BAD, "u.csv": BAD}, resources)
    assert here.errors() == [("t", 3, "a", "type-error"), ("o", None, None, "scheme-error")]
    assert here.errors("--resource", "t") == [("t", 3, "a", "type-error")]
    assert "'o' was not read" in here.run().output


CAMTRAP = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0/camtrap-dp-profile.json"
PROFILES = [
    CAMTRAP,
    "https://example.org/p.json",
    "https://datapackage.org/profiles/2.0/datapackage.json",
]


def test_a_standard_with_its_own_profile_and_schemas(here: Box) -> None:
    """As in Camtrap DP: profile and schemas at addresses, all in one folder of a copy."""
    base = "https://example.org/traps/1.0/"
    folder = here.folder / "copy" / "1.0"
    folder.mkdir(parents=True)
    profile = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "$defs": {"version": {"pattern": "1\\.0"}},
        "allOf": [
            {"$ref": "https://specs.frictionlessdata.io/schemas/data-package.json"},
            {
                "required": ["profile", "created"],
                "properties": {
                    "profile": {"$ref": "#$defs/version"},
                    "spatial": {"$ref": "http://example.org/geojson.json"},
                    "created": {"type": "string"},
                },
            },
        ],
    }
    (folder / "profile.json").write_text(json.dumps(profile))
    (folder / "schema.json").write_text(json.dumps({"fields": [A, B]}))
    resource = {"name": "t", "path": "t.csv", "schema": f"{base}schema.json"}
    other = {"name": "own", "data": [{"id": 1}]}
    declared = {"name": "p", "profile": f"{base}profile.json", "spatial": {}}
    declared["created"] = "2020-01-01T00:00:00Z"
    here.write({"t.csv": GOOD}, [resource, other], **declared)
    copies = ["--map", f"https://example.org/traps/={here.folder / 'copy'}"]
    assert here.errors(*copies) == []
    output = here.run(*copies).output
    assert "ok (2 tables, 2 rows" in output and "geojson.json was not fetched" in output
    del declared["created"]
    here.write({"t.csv": BAD}, [resource, other], **declared)
    assert {kind for *_, kind in here.errors(*copies)} == {"package-error", "type-error"}
    assert {kind for *_, kind in here.errors()} == {"scheme-error"}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("key", ["profile", "$schema"])
def test_a_profile_that_was_not_fetched_is_a_note(key: str, profile: str, here: Box) -> None:
    here.write({"t.csv": BAD}, [table([A, B])], **{"name": "p", key: profile})
    assert here.errors() == [("t", 3, "a", "type-error")]
    known = profile.startswith("https://datapackage.org")
    assert ("was not fetched" in here.run().output) is not known


def test_local_copies_are_used(here: Box) -> None:
    schema, profile = "https://example.org/s.json", "https://example.org/p.json"
    files = {
        "t.csv": BAD,
        "s.json": json.dumps({"fields": [A, B]}),
        "p.json": json.dumps(
            {"required": ["title"], "allOf": [{"$ref": "https://example.org/q.json"}]}
        ),
        "q.json": json.dumps({"required": ["version"]}),
    }
    here.write(files, [table([], path="t.csv") | {"schema": schema}], profile=profile)
    maps = [
        f"--map={schema}=s.json",
        f"--map={profile}=p.json",
        "--map=https://example.org/q.json=q.json",
    ]
    assert ("t", 3, "a", "type-error") in here.errors(*maps)
    done = here.run(*maps)
    assert "'title' is a required property" in done.output
    assert "'version' is a required property" in done.output
    (here.folder / "xrecord.toml").write_text(f'[map]\n"{schema}" = "s.json"\n')
    assert here.errors() == [("t", 3, "a", "type-error")]
    assert "expected ADDRESS=FILE" in str(here.run("--map", "s.json").exception)
    (here.folder / "xrecord.toml").rename(here.folder / "inner.toml")
    (here.folder / "xrecord.toml").symlink_to("inner.toml")  # as in a checkout of the record
    assert here.errors() == [("t", 3, "a", "type-error")]
    (here.folder / "xrecord.toml").unlink()
    (here.folder / "xrecord.toml").symlink_to("/etc/hostname")
    assert "expected a regular file, got a link" in str(here.run().exception)


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_hashes_and_sizes(algorithm: str, here: Box) -> None:
    digest = hashlib.new(algorithm, GOOD).hexdigest()
    for claim, right in ((digest, True), (digest.upper(), True), ("0" * len(digest), False)):
        here.write({"t.csv": GOOD}, [table([A, B], hash=f"{algorithm}:{claim}", bytes=len(GOOD))])
        assert here.errors("--strict") == ([] if right else [("t", None, None, "hash-count")])
    here.write({}, [table([A, B], bytes=7)])
    assert here.errors("--strict") == here.errors() == [("t", None, None, "byte-count")]
    here.write(
        {"o.pdf": "x"}, [table([A, B]), {"name": "o", "path": "o.pdf", "hash": f"{algorithm}:00"}]
    )
    assert here.errors("--strict") == [("o", None, None, "hash-count")]


def test_a_hash_that_is_not_computed(here: Box) -> None:
    here.write({"t.csv": GOOD}, [table([A, B], hash="crc32:00000000")])
    assert here.errors("--strict") == [("t", None, None, "hash-count")]


def zipped(name: str, content: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr(name, content)
    return memory.getvalue()


CARRIERS: dict[str, tuple[Any, Any]] = {
    "t.csv": ("t.csv", TWICE),
    "t.csv.gz": ("t.csv.gz", gzip.compress(TWICE.encode())),
    "t.csv.zip": ("t.csv.zip", zipped("t.csv", TWICE)),
    "t.txt": ("t.txt", TWICE),
    "no suffix": ("t", TWICE),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_unique_keys_reach_every_input(carrier: str, here: Box) -> None:
    path, content = CARRIERS[carrier]
    here.write({path: content}, [table([A, B], KEY, path=path)])
    assert here.errors("--strict") == [("t", 3, "a", "unique-keys")]
    assert here.errors() == [] and "is in row 2 too" in here.run().output


@pytest.mark.parametrize("kind", ["array", "object", "list", "geojson"])
def test_unique_keys_of_every_type(kind: str, here: Box) -> None:
    texts = {"array": "[1]", "object": '{""x"":1}', "list": "1,2"}
    text = texts.get(kind, '{""type"":""Point"",""coordinates"":[1,2]}')
    field = {"name": "a", "type": kind}
    here.write({"t.csv": f'a,b\n"{text}",x\n"{text}",y\n'}, [table([field, B], KEY)])
    assert here.errors("--strict") == [("t", 3, "a", "unique-keys")]


def test_every_form_of_the_report_has_the_place(here: Box) -> None:
    here.write({"t.csv": 'a,b\n1,"x\ny"\n1,z\n'}, [table([A, B], KEY)])
    assert "file=t.csv,line=4" in here.run("--strict", "--format", "github").output
    assert "::warning file=t.csv,line=4" in here.run("--format", "github").output
    junit = here.run("--strict", "--format", "junit").output
    assert junit.index("<failure") > junit.index('<testcase name="t"')
    assert "t.csv: unique-keys" in here.run("--strict").output
    assert "### t.csv: unique-keys" in here.run("--strict", "--format", "markdown").output


ADVICE = [
    ("a;b\n1;x\n", "dialect", '"delimiter": ";"'),
    ("a|b\n1|x\n", "dialect", '"delimiter": "|"'),
    ("a,b\n1,é\n".encode("cp1252"), "encoding", "windows-1252"),
    ("a,b\n1,é\n".encode("utf-16"), "encoding", "utf-16"),
    ("a,b\n1,é\n".encode("utf-16-le"), "encoding", "utf-16-le"),
]


@pytest.mark.parametrize(("content", "key", "words"), ADVICE, ids=[item[2] for item in ADVICE])
def test_strict_advises_what_the_file_is(content: Any, key: str, words: str, here: Box) -> None:
    resource = table([A, B])
    del resource[key]
    here.write({"t.csv": content}, [resource])
    done = here.run("--strict")
    assert done.exit_code == 1 and words in done.output


def test_the_standard_has_defaults(here: Box) -> None:
    resource = {"name": "t", "path": "t.csv", "schema": {"fields": [A, B]}}
    here.write({"t.csv": "a,b\n1,é\n"}, [resource])
    assert here.errors("--standard", "v2") == []
    here.write({"t.csv": "a,b\n1,x\nq,y\n"}, [{"name": "t", "path": "t.csv"}])
    assert here.errors("--standard", "v2") == []


OTHER = {
    "name": "o",
    "path": "o.csv",
    "encoding": "utf-8",
    "dialect": {"delimiter": ","},
    "schema": {"fields": [{"name": "x", "type": "integer"}, {"name": "y", "type": "string"}]},
}


def reference(fields: Any, to: Any, **more: Any) -> dict[str, Any]:
    return {
        "foreignKeys": [{"fields": fields, "reference": {"resource": "o", "fields": to, **more}}]
    }


def test_foreign_keys_by_the_standard(here: Box) -> None:
    files = {"t.csv": "a,b\n1,\n9,z\n", "o.csv": "x,y\n1,x\n"}
    here.write(files, [table([A, B], reference(["a", "b"], ["x", "y"])), OTHER])
    assert here.errors("--strict") == [("t", 3, None, "foreign-key")]
    here.write(files, [table([A, B], reference(["a"], ["nope"])), OTHER])
    assert here.errors("--strict") == [("t", None, None, "schema-error")]
    here.write(files, [table([A, B], reference(["a"], ["x"], package="x/datapackage.json")), OTHER])
    for arguments in ((), ("--strict",)):
        assert here.errors(*arguments) == [("t", None, None, "foreign-key")]


DESCRIPTORS: dict[str, tuple[Any, str]] = {
    "categories of a number": ({"type": "number", "categories": [1]}, "categories"),
    "a category twice": (
        {"type": "string", "categories": [{"value": "x"}, {"value": "x"}]},
        "twice",
    ),
    "an enum outside": (
        {"type": "string", "categories": ["x"], "constraints": {"enum": ["q"]}},
        "enum",
    ),
    "no categories": ({"type": "string", "categories": []}, "categories"),
    "categories of another type": ({"type": "integer", "categories": ["a"]}, "categories"),
    "ordered is a word": (
        {"type": "string", "categories": ["x"], "categoriesOrdered": "yes"},
        "categoriesOrdered",
    ),
    "a bound of a boolean": ({"type": "boolean", "constraints": {"minimum": 1}}, "minimum"),
    "a pattern of an integer": ({"type": "integer", "constraints": {"pattern": "x"}}, "pattern"),
    "a pattern of Python": ({"type": "string", "constraints": {"pattern": "(?i)x"}}, "XML Schema"),
}


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_what_is_wrong_in_a_field(name: str, here: Box) -> None:
    field, words = DESCRIPTORS[name]
    here.write({"t.csv": "a\n"}, [table([{"name": "a", **field}])])
    assert here.errors("--strict") == [("t", None, None, "field-error")]
    assert words in here.run("--strict").output


def test_what_is_wrong_in_a_descriptor(here: Box) -> None:
    here.write({"t.csv": "a\n1\n"}, [])
    assert "resources: expected at least one" in here.run("--strict").output
    here.write({}, [table([A])], contributors=[{"title": "x", "roles": "author"}])
    assert "contributors.roles" in here.run("--strict").output
    here.write({}, [table([A], {"uniqueKeys": [["nope"]]})])
    assert "'nope' is not a field" in here.run("--strict").output
    here.write({}, [table([A], {"fieldsMatch": "nearly"})])
    assert "fieldsMatch" in here.run("--strict").output


def test_rows_that_the_standard_accepts(here: Box) -> None:
    here.write({"t.csv": "a\nNA\n1\n"}, [table([A], {"missingValues": ["", "NA"]})])
    assert here.errors("--strict") == [] and here.errors() == [("t", 2, None, "blank-row")]
    required = {**A, "constraints": {"required": True}}
    here.write({}, [table([required], {"missingValues": ["", "NA"]})])
    assert here.errors("--strict") == [("t", 2, "a", "constraint-error")]
    dialect = {"delimiter": ",", "nullSequence": "\\N"}
    here.write({"t.csv": "a,b\n\\N,x\n"}, [table([A, B], dialect=dialect)])
    assert here.errors("--strict") == [] and here.errors() == [("t", 2, "a", "type-error")]
    here.write({"t.csv": "a,a\n1,2\n"}, [table([A, A])])
    assert here.errors("--strict") == []
    here.write({"t.csv": "a,a\n1,q\n"}, [table([A, A])])
    assert [item[3] for item in here.errors("--strict")] == ["type-error"]
    here.write({"t.csv": "a,b\n1,x\n"}, [table([B, A], {"fieldsMatch": ["equal"]})])
    assert here.errors("--strict") == []


def test_a_file_that_is_not_a_table_is_not_ok(here: Box) -> None:
    here.write({"data.txt": "hello\n"})
    done = here.run(path="data.txt")
    assert done.exit_code == 0 and " ok " not in done.output and "not a table" in done.output
    assert here.errors("--strict", path="data.txt") == [("data", None, None, "not-checked")]


def test_a_schema_a_folder_and_standard_input(here: Box) -> None:
    here.write({"t.csv": BAD, "s.json": json.dumps({"fields": [A, B]})})
    assert here.errors("--schema", "s.json", path="t.csv") == [("t", 3, "a", "type-error")]
    done = here.run("--schema", "s.json", path="-", input=BAD)
    assert done.exit_code == 1 and "row 3, a" in done.output
    assert here.run(path=".").exit_code == 0  # the tables in it, as Frictionless does
    here.write({}, [table([A, B])])
    assert here.errors(path=".") == [("t", 3, "a", "type-error")]
    swapped = json.dumps({"fields": [B, A]})
    here.write({"u.csv": "a,b\n1,x\n", "sync.json": swapped})
    assert here.errors("--schema", "sync.json", "--schema-sync", path="u.csv") == []
    failed = here.run(path="https://example.org/t.csv").exception
    assert "https://example.org/t.csv: an address" in str(failed)


def test_endless_standard_input_is_refused_at_its_limit(tmp_path: Path) -> None:
    with open("/dev/zero", "rb") as endless:
        done = subprocess.run(
            [sys.executable, "-m", "xinjiang_record.cli", "validate", "-"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "XRECORD_LIMIT_INPUT_BYTES": "3000000"},
            stdin=endless,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode in (1, 2, 3), done.stderr
    assert "standard input: over the limit input_bytes (3000000)" in done.stderr + done.stdout
    assert not list(tmp_path.iterdir())


def test_errors_are_picked_and_checks_are_added(here: Box) -> None:
    here.write({"t.csv": "a,b\nq,x\n1,2,3\n1,z\n1,z\n"}, [table([A, B])])
    assert {item[3] for item in here.errors()} == {"type-error", "extra-cell"}
    assert {item[3] for item in here.errors("--pick", "type-error")} == {"type-error"}
    assert {item[3] for item in here.errors("--skip", "type-error")} == {"extra-cell"}
    assert "duplicate-row" in {item[3] for item in here.errors("--checks", "duplicate-row")}
    checklist = {"checks": [{"type": "forbidden-value", "fieldName": "b", "values": ["z"]}]}
    here.write({"checks.json": json.dumps(checklist)})
    assert "forbidden-value" in {item[3] for item in here.errors("--checklist", "checks.json")}
    here.write({"t.csv": "a,b\n1,x\n1,y\n"}, [table([A, B], KEY)])
    found = here.errors("--checks", "duplicate-row", "--standard", "v2")
    assert found == [("t", 3, "a", "unique-keys")]


@pytest.mark.parametrize(
    "options", [("--pick", "nonsense"), ("--skip", "typo-error"), ("--checks", "nope")]
)
def test_a_name_that_is_none_is_refused(options: tuple[str, ...], here: Box) -> None:
    here.write({"t.csv": BAD}, [table([A, B])])
    done = here.run(*options)
    assert isinstance(done.exception, UsageError) and options[1] in str(done.exception)


def test_what_is_not_reported_is_told(here: Box) -> None:
    here.write({"t.csv": BAD}, [table([A, B], hash="sha1:00")])
    assert here.errors("--standard", "v2", "--skip", "type-error,hash-count") == []
    assert "not reported: type-error" in here.run("--skip", "type-error").output
    assert "types are reported: #cell" in here.run("--pick", "#cell").output


def test_a_foreign_key_to_what_is_not_a_table(here: Box) -> None:
    here.write(
        {"t.csv": BAD, "o.pdf": "x"},
        [table([A, B], reference(["a"], ["x"])), {"name": "o", "path": "o.pdf"}],
    )
    for arguments in ((), ("--standard", "v2")):
        found = {item[3] for item in here.errors(*arguments)}
        assert found == {"type-error", "foreign-key"}
        assert "'o' is not a table" in here.run(*arguments).output


def test_a_comment_before_the_header(here: Box) -> None:
    resource = table([A, B], {"primaryKey": ["a"]}, dialect={"commentChar": "#"})
    other = {**resource, **table([A, B], reference(["a"], ["a"]), name="u", path="u.csv")}
    other["schema"]["foreignKeys"][0]["reference"]["resource"] = "t"
    here.write({"t.csv": "#x\n#y\na,b\n1,x\n", "u.csv": "a,b\n1,x\n7,y\n"}, [resource, other])
    for arguments in ((), ("--standard", "v2"), ("--strict",)):
        assert here.errors(*arguments) == [("u", 3, None, "foreign-key")]


def test_a_schema_for_a_folder_and_not_for_a_package(here: Box) -> None:
    schema = json.dumps({"fields": [A, B]})
    (here.folder / "d").mkdir()
    here.write({"d/t.csv": BAD, "d/u.csv": GOOD, "s.json": schema, "rows.json": '[{"a": "q"}]'})
    assert len(here.errors("--schema", "s.json", path="d")) == 1
    annotated = here.run("--schema", "s.json", "--format", "github", path="d").output
    assert "::error file=d/t.csv,line=3," in annotated
    assert "type-error" in {item[3] for item in here.errors("--schema", "s.json", path="rows.json")}
    here.write({}, [table([A, B])])
    done = here.run("--schema", "s.json")
    assert isinstance(done.exception, UsageError) and "is a descriptor" in str(done.exception)


def test_hashes_that_nobody_declares_can_be_left_out(
    here: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_rows, "SMALL_BYTES", 0)
    large = BAD + "1,x\n" * 300_000  # Frictionless has not read all of it when it opens it
    here.write({"t.csv": large}, [table([A, B], bytes=len(large))])
    report = validate("datapackage.json", hashed=False)
    assert "sha256" not in report.descriptor["tasks"][0]["stats"]
    assert [error["type"] for _, error in report.errors()] == ["type-error"]
    here.write({}, [table([A, B], bytes=7, hash="sha256:" + "0" * 64)])
    kinds = [item[3] for item in here.errors("--no-hash")]
    assert kinds == ["type-error", "hash-count", "byte-count"]


@pytest.mark.parametrize("size", [0, 4 << 20])
def test_a_quote_that_is_never_closed(
    size: int, here: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_rows, "SMALL_BYTES", size)
    here.write({"t.csv": 'a,b\n1,"x\ny"\n2,"y\n3,z\n'}, [table([A, B])])
    assert "line 4 is never closed" in here.run().output
    assert "::warning file=t.csv,line=4," in here.run("--format", "github").output
    packed = gzip.compress((here.folder / "t.csv").read_bytes())
    here.write({"t.csv.gz": packed}, [table([A, B], path="t.csv.gz")])
    assert "line 4 is never closed" in here.run().output
    here.write({"p.csv": "a,b\n1,x\n"}, [table([A, B], path=["p.csv", "t.csv"])])
    assert "t.csv:4 is never closed" in here.run().output
    here.write({}, [table([A, B])])
    here.write({"t.csv": 'a,b\n1,x\n2,"y"\n3,z\n'})
    assert "never closed" not in here.run().output


def test_utf_16_without_a_mark(here: Box) -> None:
    here.write({"t.csv": "a,b\n1,é\n".encode("utf-16-le")})
    assert here.errors(path="t.csv")[-1][3] == "encoding-error"
    assert "utf-16-le" in here.run(path="t.csv").output


def test_the_errors_as_a_frame(here: Box) -> None:
    here.write({"t.csv": BAD}, [table([A, B])])
    frame = validate("datapackage.json").to_frame()
    assert frame.to_dict("records")[0]["row"] == 3 and list(frame["field"]) == ["a"]
    import xinjiang_record.validate as module

    assert dir(module) == ["Report", "validate"]


def test_the_descriptor_alone(here: Box) -> None:
    here.write({}, [table([A, B])])
    assert here.errors("--descriptor-only") == []
    here.write({}, [table([{**A, "constraints": {"pattern": "x"}}])])
    assert here.errors("--descriptor-only") != []


def test_tables_and_descriptors_in_python() -> None:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    schema = {"fields": [A, {**B, "constraints": {"maxLength": 1}}]}
    values = {"a": [1, 2], "b": ["x", "long"]}
    for source in (pd.DataFrame(values), pl.DataFrame(values), pa.table(values)):
        ((_, error),) = validate(source, schema=schema).errors()
        assert (error["rowNumber"], error["fieldName"]) == (3, "b")
    whole = pd.DataFrame({"a": [1, None], "b": ["x", "y"]})  # pandas makes floats of them
    assert validate(whole, schema=schema).valid
    mixed = pd.DataFrame({"a": [1, "q"], "b": ["x", "y"]})
    assert (3, "a") in {
        (error.get("rowNumber"), error.get("fieldName"))
        for _, error in validate(mixed, schema=schema).errors()
    }
    assert validate(mixed, schema=schema).path == "table"
    for odd in (pd.DataFrame([[1, 2]], columns=["a", "a"]), pl.Series("a", [1]), [{"a": 1}]):
        with pytest.raises(UsageError, match="source"):
            validate(odd, schema=schema)
    with pytest.raises(ReadError, match=r"nope\.json"):
        validate(whole, schema="nope.json")
    inline = {"name": "t", "data": [{"a": 1}, {"a": "q"}], "schema": {"fields": [A]}}
    ((_, error),) = validate(inline, standard="v2").errors()
    assert (error["rowNumber"], error["fieldName"], error["type"]) == (3, "a", "type-error")
