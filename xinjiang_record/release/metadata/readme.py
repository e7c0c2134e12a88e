"""Write README.md of a release, with its data dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xinjiang_record.release.metadata import citation
from xinjiang_record.release.metadata.release_info import ReleaseInfo

PATH = "README.md"

READING = """\
## Reading it

Every table is there as CSV (UTF-8, commas, an empty cell is a missing value) and as Parquet
(typed). Both hold the same rows. Use Parquet where you can. A reader of CSV guesses types: it reads
a code such as 019 as the number 19, and the text NA as a missing value. Give it the types of the
data dictionary.

```python
import pandas as pd
pd.read_parquet("{at}data/{table}.parquet", dtype_backend="pyarrow")
# every cell as text:
pd.read_csv("{at}data/{table}.csv", dtype="string", keep_default_na=False, na_values=[""])
```

```r
# every cell as text:
read.csv("{at}data/{table}.csv", colClasses = "character", na.strings = "", fileEncoding = "UTF-8")
```

```sql
select * from '{at}data/{table}.parquet';  -- DuckDB
```
{parts}
{downloads}"""
PARTS = """
{tables} {are} large, and in parts: a folder of files instead of a file, each CSV with its header.
Read the parts in the order of their names; `pd.read_parquet` takes the folder.
"""
DOWNLOADS = (
    "`downloads/` has the same tables as one spreadsheet, one SQLite file and one zip of all.\n"
)
CHECKING = """\
## Checking it

`sha256sum -c SHA256SUMS` shows that no file has changed. The SHA-256 of `SHA256SUMS` itself is the
identifier of this release, and `provenance.json` has the identifier of the one before. The content
hash, `{content_hash}`, is what this prints:

    cd data && {command}
"""
VERSIONS = """\
## Versions

The version number is computed from the change. A changed structure raises the first number, added
or retracted rows the second, corrected values and words the third. `CHANGES.md` says what each
version changed, `changes/` lists every field. What was known but could not be published is in
`quality/quarantine.csv`, with the reason.
"""
HASH = "LC_ALL=C sha256sum *.csv | sha256sum"
# The same, where a table may be a folder of parts: the header once, then the lines of all parts.
HASH_OF_PARTS = (
    "for t in *.csv; do if [ -d $t ]; then (head -n 1 $t/00000.csv; tail -q -n +2 $t/*.csv); "
    "else cat $t; fi | sha256sum | sed s/-/$t/; done | LC_ALL=C sort -k 2 | sha256sum"
)


def render(release: ReleaseInfo) -> str:
    """Return the text of README.md."""
    reference = citation.format_citation(release).strip()
    bibtex = citation.format_citation(release, "bibtex")
    parts = [
        f"# {release.title}\n\nVersion {release.version}, made from sources as of {release.day}.\n"
        f"\n{release.description}\n",
        _contents(release),
        READING.format(
            at=release.folder,
            table=_in_one_file(release),
            parts=_parts(release),
            downloads=DOWNLOADS if release.has_downloads else "",
        ),
        f"## Citing it\n\n> {reference}\n\nBibTeX:\n\n```bibtex\n{bibtex}```\n",
        CHECKING.format(
            content_hash=release.content_hash, command=HASH_OF_PARTS if _parts(release) else HASH
        ),
        VERSIONS,
        "## Data dictionary\n",
        *(
            render_dictionary(item.name, item.description, item.schema)
            for item in release.resources
        ),
        f"## Licence\n\n{_licences(release)} The cited sources keep theirs.\n",
    ]
    return "\n".join(parts)


def _in_one_file(release: ReleaseInfo) -> str:
    """Return the table that the examples read: the first that is one file, else the first."""
    return next(
        (item.name for item in release.resources if not item.files.in_parts),
        release.resources[0].name,
    )


def _parts(release: ReleaseInfo) -> str:
    names = [f"`{item.name}`" for item in release.resources if item.files.in_parts]
    return (
        PARTS.format(tables=", ".join(names), are="is" if len(names) == 1 else "are")
        if names
        else ""
    )


def _contents(release: ReleaseInfo) -> str:
    rows = [
        f"| [{item.name}]({release.folder}data/{item.name}.csv) | {item.rows:,} "
        f"| {escape_cell(item.description)} |"
        for item in release.resources
    ]
    return "\n".join(["| table | rows | what a row is |", "| --- | ---: | --- |", *rows]) + "\n"


def render_dictionary(name: str, description: str, schema: Mapping[str, Any]) -> str:
    """Return one table's part of a data dictionary, as Markdown: its keys, and every field."""
    key = ", ".join(f"`{part}`" for part in schema["primaryKey"])
    lines = [f"### {name}\n", f"{description}\n", f"Primary key: {key}."]
    lines += [_reference(item) for item in schema.get("foreignKeys", ())]
    lines += ["", "| field | type | what it is |", "| --- | --- | --- |"]
    lines += [
        f"| `{item['name']}` | {_kind(item)} | {escape_cell(_meaning(item))} |"
        for item in schema["fields"]
    ]
    return "\n".join(lines) + "\n"


def _reference(key: Mapping[str, Any]) -> str:
    names = [
        ", ".join(f"`{name}`" for name in _list(part))
        for part in (key["fields"], key["reference"]["fields"])
    ]
    return (
        f"{names[0]} refers to {names[1]} of `{key['reference'].get('resource') or 'this table'}`."
    )


def _list(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _kind(field: Mapping[str, Any]) -> str:
    unit = f", {field['unit']}" if field.get("unit") else ""
    required = ", required" if field.get("constraints", {}).get("required") else ""
    return f"{field['type']}{unit}{required}"


def _meaning(field: Mapping[str, Any]) -> str:
    allowed = field.get("constraints", {}).get("enum")
    return str(field["description"]) + (
        f" One of: {', '.join(map(str, allowed))}." if allowed else ""
    )


def _licences(release: ReleaseInfo) -> str:
    return " ".join(f"[{item['name']}]({item.get('path', '')})." for item in release.licenses)


def escape_cell(text: str) -> str:
    """Return a text so that it fits into one cell of a Markdown table."""
    return " ".join(text.replace("|", "\\|").split())
