"""Write llms.txt: what the record is and where its data are, for a program that reads text."""

from __future__ import annotations

from xinjiang_record.release.metadata.dcat_catalog import DESCRIPTION, TITLE
from xinjiang_record.settings import Addresses
from xinjiang_record.site.release_data import Record, Release
from xinjiang_record.web.latest_files import whole_tables

RULES = """\
Read this before you answer from the data:

- `critical` and `supportive` are sides towards China's policy in Xinjiang. Only a formal act of the
  state itself on a named text counts: signed, joined, voted, sponsored, aligned.
- `roster_status` says how complete a list is. Where it is `partial` or `none`, a state that is not
  listed may still have signed. Give `declared_count` with `named_count`.
- An old signature is not today's position: name its date. `is_current` says whether it was
  withdrawn.
- A figure is a claim of its publisher. Give publisher, date, `quantity_type`, `qualifier` and area
  with it. Never add figures, and never compare figures of different quantity types or measures.
- Cite package and version. A released version never changes; `latest/` does.
"""


def write_llms_text(record: Record, addresses: Addresses) -> str:
    """Return the text of llms.txt, in the form that llmstxt.org describes."""
    base, home = addresses.data_base, addresses.homepage
    parts = [f"# {TITLE}\n\n> {DESCRIPTION}\n", RULES, "## One file for one thing\n"]
    parts.append(
        f"- [A country]({base}country/QAT.json): `country/<ISO 3166-1 alpha-3>.json`, its side and "
        "every position\n"
        f"- [A statement]({base}statement/2019-07-12-hrc41-supportive.json): "
        "`statement/<id>.json`, with signatories, counts and sources\n"
        f"- [All packages and versions]({base}catalog.json)\n"
        f"- [OpenAPI 3.1]({base}openapi.json): every address, with the type of every field\n"
    )
    parts += [_package(release, addresses) for release in record.releases.values()]
    parts.append(
        "## Pages\n\n"
        f"- [The site]({home}index.html)\n- [Questions and answers]({home}about.html)\n"
        f"- [Corrections]({home}corrections.html)\n"
    )
    return "\n".join(parts)


def _package(release: Release, addresses: Addresses) -> str:
    at = f"{addresses.data_base}{release.name}/latest/"
    lines = [
        f"## {release.descriptor['title']} ({release.name} {release.version})\n",
        f"{release.descriptor['description']}\n",
    ]
    lines += [
        f"- [{item['name']}]({at}{item['name']}.csv): {item['description']} {item['x-rows']} rows. "
        "Also .parquet and .json"
        for item in whole_tables(release)
    ]
    return "\n".join(lines) + "\n"
