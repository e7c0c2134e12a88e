"""Write CHANGES.md: what each version changed, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xinjiang_record.release.metadata.release_info import ReleaseInfo

PATH = "CHANGES.md"


def render(
    release: ReleaseInfo,
    counts: Mapping[str, Mapping[str, int]],
    earlier: str,
    corrections: Sequence[str] = (),
) -> str:
    """Return the text of CHANGES.md: this version's section above ``earlier``, those before it.

    ``corrections``: sentences about changed values that have a reason.
    """
    title = f"# Changes of {release.package}\n"
    section = [f"\n## {release.version} ({release.day})\n"]
    section += [f"- {reason}" for reason in release.reasons]
    section += [
        f"- `{name}`: " + ", ".join(f"{number} {word}" for word, number in count.items() if number)
        for name, count in counts.items()
        if any(count.values())
    ]
    if corrections:
        section.append("\n### Corrected and completed values\n")
        section += [f"- {sentence}" for sentence in corrections]
    if release.previous:
        section.append(
            f"\nField by field: `changes/from-{release.previous}.md`, and as a table, `.csv`."
        )
    return title + "\n".join(section) + "\n" + earlier.removeprefix(title)
