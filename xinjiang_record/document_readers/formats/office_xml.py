"""Read the parts of Office files: a stream of XML elements, UTF-8, without entities or links."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from lxml import etree

from xinjiang_record.archives.zip import Archive
from xinjiang_record.document_readers.document import Builder
from xinjiang_record.document_readers.markup_tags import Element, check_attributes

_DECLARED = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{1,40})[\"']"
)
_FORBIDDEN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
TAGS_PER_PART = 8  # Office programs write several tags for each word


def local(node: Element) -> str:
    """Return the name of an element without its namespace.

    Transitional and strict files differ only there.
    """
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(node: Element, name: str) -> str:
    """Return an attribute by its name without namespace; empty if absent."""
    return next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == name), "")


def part(archive: Archive, name: str, out: Builder) -> bytes:
    """Return one XML part, checked: no document type, UTF-8 only, no more bytes than allowed."""
    data = archive.read(name, limit=out.limits.document_unpacked_bytes)
    declared = _DECLARED.match(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")) or (
        declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")
    ):
        raise out.read_error(
            "is XML in another encoding than UTF-8, which Office programs do not write.", name
        )
    if match := _FORBIDDEN.search(data):
        raise out.read_error(
            f"holds <!{match[1].decode().upper()}, which Office files never need.", name
        )
    check_attributes(data.decode("latin-1"), out)
    if data.count(b"<") > TAGS_PER_PART * out.limits.document_tags:
        raise out.limit_error(
            f"{name}: tags", "document_tags", TAGS_PER_PART * out.limits.document_tags
        )
    return data


def stream(data: bytes, name: str, out: Builder, *tags: str) -> Iterator[tuple[str, Element]]:
    """Yield ``("start" | "end", element)`` of every element, each forgotten after its end.

    ``tags`` (with ``{*}``) restricts both.
    """
    events = etree.iterparse(
        io.BytesIO(data),
        events=("start", "end"),
        tag=tags or None,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for event, node in events:
            yield event, node
            if event == "end":
                node.clear()
                while (parent := node.getparent()) is not None and node.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        raise out.read_error(f"is broken XML: {error.msg}.", name) from error
    except etree.LxmlError as error:
        raise out.read_error(f"is broken XML: {error}.", name) from error


def look_at_package(archive: Archive, out: Builder) -> None:
    """Report what is not text in an Office file: macros, embedded files, links. None is opened."""
    names = [name.lower() for name in archive.names]
    if any(name.endswith("vbaproject.bin") for name in names):
        out.add_finding("macro", "the file carries macros. They were not run.")
    if any("/embeddings/" in name for name in names):
        out.add_finding("embedded-file", "the file carries other files inside. They were not read.")
    for name in archive.names:
        if not name.lower().endswith(".rels"):
            continue
        for event, node in stream(part(archive, name, out), name, out):
            kind = attribute(node, "Type").rpartition("/")[2]
            if (
                event == "start"
                and attribute(node, "TargetMode") == "External"
                and kind != "hyperlink"
            ):
                target = attribute(node, "Target")
                out.add_finding(
                    "external-link",
                    f"links to {target[:80]!r} ({kind}). It was not opened.",
                    name,
                    "warning",
                    target,
                )


def check_package(archive: Archive, main: str, out: Builder) -> None:
    """Refuse a zip that is not the Office file it is said to be."""
    if "[Content_Types].xml" not in archive.names or main not in archive.names:
        raise out.read_error(f"is a zip without {main}: not the Office file that its name says.")
    total = sum(archive.size(name) for name in archive.names)
    if total > out.limits.document_unpacked_bytes:
        raise out.limit_error(
            f"{total} bytes unpacked,",
            "document_unpacked_bytes",
            out.limits.document_unpacked_bytes,
        )
