"""Cite a release: as text, BibTeX, RIS, CSL-JSON or CITATION.cff."""

from __future__ import annotations

import json

from xinjiang_record.errors import UsageError
from xinjiang_record.release.metadata import citation_cff
from xinjiang_record.release.metadata.release_info import ReleaseInfo

STYLES = ("text", "bibtex", "ris", "csl", "cff")


def format_citation(release: ReleaseInfo, style: str = "text") -> str:
    """Return the citation in one of ``STYLES``.

    Raises:
        UsageError: The style is unknown.
    """
    writers = {
        "text": _plain,
        "bibtex": _bibtex,
        "ris": _ris,
        "csl": _csl,
        "cff": citation_cff.render,
    }
    if style not in writers:
        raise UsageError(f"No citation style {style!r}. There are: {', '.join(STYLES)}.")
    return writers[style](release)


def _plain(release: ReleaseInfo) -> str:
    link = f"https://doi.org/{release.doi}" if release.doi else release.homepage
    address = f" {link}" if link else ""
    return (
        f"{'; '.join(release.creators)} ({release.year}). {release.title} "
        f"(version {release.version}) [data set]. "
        f"Content hash sha256:{release.content_hash}.{address}\n"
    )


def _bibtex(release: ReleaseInfo) -> str:
    key = f"{release.package}-{release.version}"
    fields = {
        "author": " and ".join(f"{{{name}}}" for name in release.creators),
        "title": f"{{{release.title}}}",
        "year": release.year,
        "version": release.version,
        "note": f"Data set, content hash sha256:{release.content_hash}",
    }
    if release.doi:
        fields["doi"] = release.doi
    if release.homepage:
        fields["url"] = release.homepage
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{key},\n{body}}}\n"


def _ris(release: ReleaseInfo) -> str:
    lines = [
        ("TY", "DATA"),
        *(("AU", f"{name},") for name in release.creators),
        ("TI", release.title),
        ("PY", release.year),
        ("ET", release.version),
        ("AB", release.description),
        *(("KW", word) for word in release.keywords),
        ("N1", f"Content hash sha256:{release.content_hash}"),
        *((("DO", release.doi),) if release.doi else ()),
        *((("UR", release.homepage),) if release.homepage else ()),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\n" for tag, value in lines)


def _csl(release: ReleaseInfo) -> str:
    item: dict[str, object] = {
        "id": f"{release.package}-{release.version}",
        "type": "dataset",
        "title": release.title,
        "author": [{"literal": name} for name in release.creators],
        "issued": {"date-parts": [[int(part) for part in release.day.split("-")]]},
        "version": release.version,
        "note": f"Content hash sha256:{release.content_hash}",
    }
    if release.doi:
        item["DOI"] = release.doi
    if release.homepage:
        item["URL"] = release.homepage
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"
