"""What the readers give.

Blocks in order with their kind, place and bold runs; tables with their cells' places; what was left
out.
"""

from __future__ import annotations

import datetime
import textwrap
from pathlib import Path

import make_documents as make
import pytest

from xinjiang_record.document_readers.document import Block, Document, Run, from_json, to_json
from xinjiang_record.document_readers.open_document import (
    MEDIA_TYPES,
    open_document,
    open_document_bytes,
)
from xinjiang_record.errors import LimitError, ReadError
from xinjiang_record.untrusted import bounded_process

DATA = Path(__file__).parent / "data"
NAMES = [
    "Albania", "Andorra", "Australia", "Austria", "Belgium", "Bulgaria", "Canada", "Croatia",
    "Guinea-Bissau", "United Kingdom of Great Britain and Northern Ireland",
    "United States of America", "Venezuela (Bolivarian Republic of)",
]  # fmt: skip


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


def kinds(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in document.blocks]


def test_html_gives_blocks_in_order_with_kinds_and_labels() -> None:
    page = (
        '<!DOCTYPE html><html lang="en"><head><title>Joint  statement</title>\n'
        '    <meta property="article:published_time" content="2019-07-08"></head><body>'
        "<nav>Home</nav><h1>Joint <em>Statement</em></h1>\n"
        "    <p>On behalf of <b>22 countries</b>:<br>Australia,\n Austria</p><ul>"
        "<li><b>Africa:</b> Algeria<li><strong>Asia</strong>: China</ul>\n"
        "    <p><b>Against:</b></p>loose<div>a <i>b</i>&nbsp;c</div></body></html>"
    )
    document = open_document_bytes(page.encode(), "a.html")
    assert kinds(document) == [
        ("title", "Joint statement"), ("heading", "Joint Statement"),
        ("paragraph", "On behalf of 22 countries:\nAustralia, Austria"),
        ("list-item", "Africa: Algeria"), ("list-item", "Asia: China"), ("label", "Against:"),
        ("paragraph", "loose"), ("paragraph", "a b c"),
    ]  # fmt: skip
    assert [block.label for block in document.blocks[3:6]] == ["Africa", "Asia", "Against"]
    assert document.blocks[2].locator == "paragraph 2" and document.blocks[2].label == ""
    assert document.metadata == {
        "language": "en",
        "published": "2019-07-08",
        "title": "Joint statement",
    }


def test_html_tables_are_tables_unless_they_are_layout() -> None:
    page = (
        "<table><caption>Vote</caption><tr><th>State<th>Vote<tr><td rowspan=2>Benin<td><p>no</p>"
        "<tr><td>yes<br>?</table>after"
    )
    document = open_document_bytes(page.encode(), "a.html")
    (table,) = document.tables
    assert table.rows == (("State", "Vote"), ("Benin", "no"), ("", "yes\n?"))
    assert (table.cell(2, 1), table.position) == ("table 1, row 3, column 2", 1)
    assert [finding.type for finding in document.findings] == ["merged-cells"]
    layout = "<table><tr><td><h2>Head</h2><ul><li>Albania</ul><td>side</table>"
    document = open_document_bytes(layout.encode(), "a.html")
    assert texts(document) == ["Head", "Albania", "side"] and not document.tables


def test_pdf_running_text_is_joined_and_lists_keep_their_lines() -> None:
    text = (
        "I have the honour to deliver this statement on behalf of the following: "
        + ", ".join(NAMES * 3)
        + "."
    )
    lines = textwrap.wrap(text, 85)
    page = [
        ("Joint statement", True, 16.0),
        "",
        *lines,
        "",
        *NAMES,
        "",
        ("Against:", True, 11.0),
        "- Benin",
        "2. Togo",
    ]
    document = open_document_bytes(make.pdf([page]), "a.pdf")
    assert kinds(document) == [
        ("heading", "Joint statement"), ("paragraph", text), ("paragraph", "\n".join(NAMES)),
        ("label", "Against:"),
        ("list-item", "- Benin"), ("list-item", "2. Togo"),
    ]  # fmt: skip
    assert [block.locator for block in document.blocks][:2] == [
        "page 1, paragraph 1",
        "page 1, paragraph 2",
    ]


def test_pdf_names_of_one_line_are_never_joined() -> None:
    for count in range(2, len(NAMES)):
        assert texts(open_document_bytes(make.pdf([NAMES[:count]]), "a.pdf")) == [
            "\n".join(NAMES[:count])
        ]


def test_pdf_a_list_goes_on_over_the_pages_without_their_furniture() -> None:
    text = "On behalf of the following countries: " + ", ".join(NAMES * 6) + "."
    lines = textwrap.wrap(text, 85)
    third = len(lines) // 3
    parts = [lines[:third], lines[third : 2 * third], lines[2 * third :]]
    pages = [
        ["A/HRC/41/G/11", "", *part, "", f"{number}/3 GE.19-12132"]
        for number, part in enumerate(parts, 1)
    ]
    document = open_document_bytes(make.pdf(pages), "a.pdf")
    assert (
        kinds(document) == [("paragraph", text)]
        and document.blocks[0].locator == "page 1, paragraph 1"
    )
    assert (
        document.metadata["left_out"]
        == "0/0 GE.0-0 (at the edge of 3 pages); A/HRC/0/G/0 (at the edge of 3 pages)"
    )


def test_docx_gives_styles_numbering_bold_runs_and_tables(tmp_path: Path) -> None:
    item = (
        "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>Africa:</w:t></w:r><w:r>"
        '<w:rPr><w:b w:val="0"/></w:rPr>'
        '<w:t xml:space="preserve"> Algeria, </w:t><w:br/><w:t>Angola</w:t></w:r></w:p>'
    )
    cells = "".join(f"<w:tc>{make.paragraph(text)}</w:tc>" for text in ("State", "Vote"))
    body = (
        make.paragraph("List", style="Heading1")
        + item
        + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
        + make.paragraph("Against", bold=True)
    )
    document = open_document_bytes(make.docx(body, tmp_path), "a.docx")
    assert kinds(document) == [
        ("heading", "List"),
        ("list-item", "Africa: Algeria,\nAngola"),
        ("label", "Against"),
    ]
    assert document.blocks[1].runs == (Run("Africa:", True), Run(" Algeria,\nAngola"))
    assert document.tables[0].rows == (("State", "Vote"),) and document.tables[0].position == 2


def test_xlsx_cells_have_their_places_and_plain_values() -> None:
    def edit(book: object) -> None:
        sheet = book["Votes"]  # type: ignore[index]
        sheet["D7"], sheet["E7"], sheet["F7"] = datetime.date(2019, 7, 8), 0.1, True

    document = open_document_bytes(
        make.xlsx({"Votes": [[], ["", "State", 22.0], ["", "NA", "007"]]}, edit=edit), "a.xlsx"
    )
    (table,) = document.tables
    assert table.rows == (
        ("State", "22", "", "", ""),
        ("NA", "007", "", "", ""),
        ("", "", "2019-07-08", "0.1", "true"),
    )
    assert [table.cell(row, 0) for row in range(3)] == [
        f"sheet Votes, cell B{row}" for row in (2, 3, 7)
    ]


def test_xls_too() -> None:
    document = open_document(DATA / "votes.xls")
    assert (
        document.tables[0].rows[1][:3] == ("Bénin", "against", "22")
        and document.tables[0].cell(1, 0) == "sheet Votes, cell B3"
    )
    findings = [(item.type, item.place.locator) for item in document.findings if item.place]
    assert findings == [
        ("merged-cells", "sheet Votes, B8:C8"), ("formula", "sheet Votes, cell D7"),
        ("hidden-row", "sheet Votes, row 9"),
        ("hidden-column", "sheet Votes, column F"), ("hidden-sheet", "sheet Hidden"),
        ("formula", "sheet Last, cell A1"),
    ]  # fmt: skip
    cells = [cell for table in document.tables for row in table.rows for cell in row]
    assert "Togo" in cells and not any("hidden" in cell or cell == "secret" for cell in cells)


def test_csv_text_and_markdown_have_lines() -> None:
    table = open_document_bytes(b'State,Note\nBenin,"two\nlines"\nTogo,x\n', "a.csv").tables[0]
    assert [table.cell(row, 1) for row in range(3)] == [
        "line 1, column 2",
        "line 2, column 2",
        "line 4, column 2",
    ]
    assert [
        (b.text, b.locator) for b in open_document_bytes(b"Benin\r\n\rTogo", "a.txt").blocks
    ] == [
        ("Benin", "line 1"),
        ("Togo", "line 3"),
    ]
    text = (
        "---\nx: y\n---\n# List\n\nFor\n**22** states\n\n- **Africa:** Algeria,\n  Angola\n\n"
        "| State | Vote |\n|--|--|\n| Benin | no |\n"
    )
    document = open_document_bytes(text.encode(), "a.md")
    assert [(b.kind, b.text, b.locator) for b in document.blocks] == [
        ("heading", "List", "line 4"), ("paragraph", "For 22 states", "line 6"),
        ("list-item", "Africa: Algeria, Angola", "line 9"),
    ]  # fmt: skip
    glued = open_document_bytes(
        b"- Fiji\nStates against\n- Laos\n\nA. Lind\nMinister\nNorway\n", "a.md"
    )
    assert [b.text for b in glued.blocks] == [
        "Fiji\nStates against",
        "Laos",
        "A. Lind\nMinister\nNorway",
    ]
    assert document.blocks[2].label == "Africa" and document.tables[0].rows == (
        ("State", "Vote"),
        ("Benin", "no"),
    )


def test_mail_takes_the_last_alternative_and_no_names_of_people() -> None:
    mail = (
        b"From: Somebody <a@b.test>\nTo: c@d.test\nSubject: =?utf-8?b?TGlzdGU=?=\n"
        b"Date: Mon, 8 Jul 2019 10:00:00 +0000\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="m"\n\n--m\n'
        b'Content-Type: multipart/alternative; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain; charset=utf-8\n\nplain\n"
        b"--b\nContent-Type: text/html; charset=iso-8859-1\n"
        b"Content-Transfer-Encoding: quoted-printable\n\n<p>B=E9nin</p>\n--b--\n"
        b'--m\nContent-Type: application/octet-stream; name="list.csv"\n'
        b'Content-Disposition: attachment; filename="list.csv"\n\na,b\n--m--\n'
    )
    document = open_document_bytes(mail, "a.eml")
    assert texts(document) == ["Liste", "Bénin"] and document.metadata["published"].startswith(
        "Mon, 08 Jul 2019"
    )
    assert (
        document.blocks[1].locator == "part 1, paragraph 1"
        and document.tables[0].locator == "part 2 (list.csv), table 1"
    )
    assert "Somebody" not in repr(document) and "@" not in repr(document)


def test_a_zip_gives_each_document_under_its_name(tmp_path: Path) -> None:
    from xinjiang_record.archives.zip import write_zip

    write_zip(
        tmp_path / "a.zip",
        {"x/b.txt": b"Togo", "a.html": "<p>Bénin".encode(), "__MACOSX/a.html": b"x"},
    )
    document = open_document(tmp_path / "a.zip")
    assert [(b.text, b.locator) for b in document.blocks] == [
        ("Bénin", "a.html: paragraph 1"),
        ("Togo", "x/b.txt: line 1"),
    ]


def test_encodings_declared_by_the_caller_come_first() -> None:
    page = '<meta charset="utf-8"><p>Côte'.encode("cp1252")
    with pytest.raises(ReadError, match="--encoding"):
        open_document_bytes(page, "a.html")
    assert texts(open_document_bytes(page, "a.html", encoding="ISO-8859-1")) == ["Côte"]
    assert texts(
        open_document_bytes(page, "a", media_type="text/html; charset=x", encoding="windows-1252")
    ) == ["Côte"]


@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx", "html", "md", "csv", "txt", "eml"])
def test_any_document_survives_the_pipe(ending: str, tmp_path: Path) -> None:
    made = {
        "pdf": lambda: make.pdf([["Bénin", ("Togo", True, 11.0)]]),
        "docx": lambda: make.docx(make.paragraph("Bénin", bold=True), tmp_path),
        "xlsx": lambda: make.xlsx({"S": [["Bénin", 1]]}),
        "eml": lambda: b"Subject: x\n\nTogo",
    }
    data = made.get(ending, lambda: "Bénin,<b>x</b>".encode())()
    document = open_document_bytes(data, f"a.{ending}")
    assert from_json(document.path, to_json(document)) == document


def test_the_worker_is_kept_and_replaced_when_it_breaks() -> None:
    open_document_bytes(b"# a", "a.md")
    first = bounded_process.PROCESS.process
    open_document_bytes(b"# b", "b.md")
    assert first is not None and bounded_process.PROCESS.process is first
    with pytest.raises(LimitError, match="reader_memory_bytes"):
        open_document(DATA / "far.xls")
    assert (
        texts(open_document_bytes(b"# c", "c.md")) == ["c"]
        and bounded_process.PROCESS.process is not first
    )


def test_a_document_over_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hurried:
        reader_seconds = 0
        reader_memory_bytes = bounded_process.LIMITS.reader_memory_bytes
        __dataclass_fields__ = bounded_process.LIMITS.__dataclass_fields__

        def __getattr__(self, name: str) -> object:
            return getattr(before, name)

    before = bounded_process.LIMITS
    monkeypatch.setattr(bounded_process, "LIMITS", Hurried())
    with pytest.raises(LimitError, match="reader_seconds"):
        open_document_bytes(b"# a", "a.md")
    monkeypatch.undo()
    assert texts(open_document_bytes(b"# a", "a.md")) == ["a"]


def test_every_media_type_is_read_by_its_ending() -> None:
    assert {
        "html",
        "pdf",
        "docx",
        "xlsx",
        "xls",
        "csv",
        "tsv",
        "txt",
        "md",
        "eml",
        "warc",
        "zip",
    } <= MEDIA_TYPES.keys()
    with pytest.raises(ReadError, match="media type 'image/png' is not read here"):
        open_document_bytes(b"x", "a.html", media_type="image/png")
    assert open_document_bytes(b"a\tb\n", "a.tsv").tables[0].rows == (("a", "b"),)


def test_many_findings_of_one_kind_are_counted() -> None:
    rows = "".join(f"<p hidden>menu {number}</p>" for number in range(500))
    findings = open_document_bytes(f"<p>Togo</p>{rows}<p>\u202ex</p>".encode(), "a.html").findings
    assert len(findings) == 12 and [item.type for item in findings].count("hidden-text") == 11
    assert "490 more of this kind" in str(findings[-1]) and "deceptive-text" in {
        item.type for item in findings
    }


def test_a_block_knows_its_label() -> None:
    assert (
        Block(
            "Asia : China", "x", "paragraph", (Run(" ", False), Run("Asia ", True), Run(": China"))
        ).label
        == "Asia"
    )
    assert Block("China", "x").label == ""


def test_a_page_and_the_pdf_that_a_browser_prints_of_it_give_the_same_text() -> None:
    """``layouts.pdf`` is ``layouts.html`` as Chromium prints it.

    Justified, in two columns, from right to left.
    """
    page, pdf = open_document(DATA / "layouts.html"), open_document(DATA / "layouts.pdf")
    names = [block for block in pdf.blocks if block.kind != "heading"]
    shown = [block.text for block in page.blocks if block.kind not in ("heading", "title")]
    assert [
        block.text.removeprefix("1. ").removeprefix("2. ")
        for block in names
        if "State Vote" not in block.text
    ] == shown
    assert [block.label for block in pdf.blocks if block.label in ("Africa", "Asia")] == [
        "Africa",
        "Asia",
    ]
    assert "الجزائر، والمملكة العربية السعودية، وجمهورية القمر المتحدة" in shown
