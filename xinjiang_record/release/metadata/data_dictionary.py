"""Generate docs/data-dictionary.md from schemas/.

Run it with ``python -m xinjiang_record.release.metadata.data_dictionary``.
"""

from __future__ import annotations

from xinjiang_record import files, settings
from xinjiang_record.release.metadata import readme
from xinjiang_record.schema.load import load_package, package_names
from xinjiang_record.settings import Project

HEAD = """\
# Data dictionary

Generated from `schemas/` by `make docs`; a test holds the two equal. Each release carries its own
copy in its README.

An empty cell is a missing value, everywhere. A field in `_edtf` holds a date at the precision known
(`2019-07`, `../2021-06-28` for on or
before, `2021-06-24/2021-06-25` for one of the two); next to it a field in `_on` holds the day where
the day is known.
"""


def render_data_dictionary(project: Project) -> str:
    """Return the dictionary of all packages as Markdown."""
    parts = [HEAD]
    for name in package_names(project):
        spec = load_package(project, name)
        parts.append(f"## {name}\n\n{spec.descriptor['description']}\n")
        for resource, schema in spec.schemas.items():
            parts.append(
                readme.render_dictionary(
                    resource, spec.descriptor["resource"][resource]["description"], schema
                )
            )
    return "\n".join(parts)


if __name__ == "__main__":
    here = settings.find_project()
    files.write_text(here.root / "docs" / "data-dictionary.md", render_data_dictionary(here))
