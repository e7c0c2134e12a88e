"""Write CITATION.cff, in format 1.2.0."""

from __future__ import annotations

import json

from xinjiang_record.release.metadata.release_info import ReleaseInfo

PATH = "CITATION.cff"


def render(release: ReleaseInfo) -> str:
    """Return the text of CITATION.cff. Texts are written as JSON strings, which are YAML."""
    lines = [
        "cff-version: 1.2.0",
        'message: "If you use these data, please cite them as below, with the version."',
        "type: dataset",
        f"title: {_text(release.title)}",
        "authors:",
        *(f"  - name: {_text(name)}" for name in release.creators),
        f"version: {_text(release.version)}",
        f"date-released: {_text(release.day)}",
        f"license: {release.licenses[0]['name']}",
        f"abstract: {_text(release.description)}",
        "keywords:",
        *(f"  - {_text(word)}" for word in release.keywords),
        "identifiers:",
        "  - type: other",
        f"    value: {_text(f'sha256:{release.content_hash}')}",
        '    description: "Content hash: of the rows of all tables"',
    ]
    if release.doi:
        lines += ["  - type: doi", f"    value: {_text(release.doi)}"]
    if release.homepage:
        lines.append(f"url: {_text(release.homepage)}")
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
