"""Write LICENSE: a notice with the licence's SPDX identifier and address."""

from __future__ import annotations

from xinjiang_record.release.metadata.release_info import ReleaseInfo

PATH = "LICENSE"


def render(release: ReleaseInfo) -> str:
    """Return the text of LICENSE."""
    lines = [
        f"{release.title}, version {release.version}",
        f"Copyright {release.year} {', '.join(release.creators)}",
        "",
    ]
    for item in release.licenses:
        lines += [f"SPDX-License-Identifier: {item['name']}", item.get("path", ""), ""]
    lines += [
        "You may share and adapt these data, also commercially, under the licence named above, if",
        "you give credit (CITATION.cff says how) and say what you changed. Facts as such are",
        "nobody's property. The sources that the tables cite keep their own licences; names and",
        "phrases are quoted from them as evidence. The data come without warranty of any kind.",
    ]
    return "\n".join(lines) + "\n"
