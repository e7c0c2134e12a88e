"""Documents made for the tests.

A random roster in every layout that NOTES of real pages show, in several languages and formats.
"""

from __future__ import annotations

import html
import io
import random
from dataclasses import dataclass

from babel import Locale

from xinjiang_record.reconcile.iso3166 import country_rows

MEMBERS = [row for row in country_rows() if row["un_membership"] in ("member", "observer")]


@dataclass(frozen=True)
class Words:
    """The words around a list in one language.

    ``{n}``: the count, ``{list}``: the list, ``{lead}``: the speaker.
    """

    locale: str
    join: str
    last: str
    following: str
    letter: str
    supported: str
    heading: str
    votes: tuple[str, str, str]
    vote_title: str
    joiners: str
    prose: str


WORDS = {
    "en": Words("en", ", ", " and ",
        "I have the honour to deliver this joint statement on behalf of the following {n} "
        "countries: {list}.",
        "Letter dated 12 July 2019 from the representatives of {list} addressed to the President "
        "of the Human Rights Council",
        "This statement was supported by {list}.", "List of countries:",
        ("In favour", "Against", "Abstaining"), "Result of the vote on the draft resolution",
        "After that {n} more countries joined the letter ({list}), the mission said.",
        "The statement voiced concern about the situation and was widely reported."),
    "fr": Words("fr", ", ", " et ",
        "J’ai l’honneur de prononcer cette déclaration au nom des {n} pays suivants : {list}.",
        "Lettre datée du 12 juillet 2019 adressée par les représentants des pays suivants : {list}",
        "Cette déclaration est appuyée par {list}.", "Liste des pays :",
        ("Pour", "Contre", "Abstentions"), "Résultat du vote sur le projet de résolution",
        "Ensuite {n} autres pays se sont joints à la lettre ({list}), a dit la mission.",
        "La déclaration exprime une vive préoccupation et a été largement commentée."),
    "es": Words("es", ", ", " y ",
        "Tengo el honor de pronunciar esta declaración en nombre de los {n} países siguientes: "
        "{list}.",
        "Carta de fecha 12 de julio de 2019 firmada por los siguientes países: {list}",
        "Esta declaración fue apoyada por {list}.", "Lista de países:",
        ("A favor", "En contra", "Abstenciones"),
        "Resultado de la votación del proyecto de resolución",
        "Después {n} países más se han sumado a la carta ({list}), dijo la misión.",
        "La declaración expresa preocupación y fue muy comentada."),
    "de": Words("de", ", ", " und ",
        "Ich gebe diese Erklärung im Namen der folgenden {n} Staaten ab: {list}.",
        "Schreiben vom 12. Juli 2019, unterzeichnet von den folgenden Staaten: {list}",
        "Diese Erklärung wird von den folgenden Ländern unterstützt: {list}.", "Liste der Länder:",
        ("Dafür", "Dagegen", "Enthaltungen"), "Ergebnis der Abstimmung über den Resolutionsentwurf",
        "Später sind {n} weitere Staaten dem Brief beigetreten ({list}), hieß es.",
        "Die Erklärung äußert Besorgnis über die Lage."),
    "ru": Words("ru", ", ", " и ",
        "Я выступаю с этим заявлением от имени следующих {n} стран: {list}.",
        "Письмо от 12 июля 2019 года, подписанное следующими государствами: {list}",
        "Это заявление поддержали следующие страны: {list}.", "Список стран:",
        ("За", "Против", "Воздержались"), "Результаты голосования по проекту резолюции",
        "Затем к письму присоединились {n} стран ({list}), сообщило представительство.",
        "Заявление выражает глубокую озабоченность положением."),
    "zh": Words("zh", "、", "和", "我谨代表以下{n}个国家作共同发言：{list}。",
        "2019年7月12日信函，签署国如下：{list}", "支持本声明的国家如下：{list}。", "国家名单：",
        ("赞成", "反对", "弃权"), "决议草案表决结果",
        "随后又有{n}个国家加入联署（{list}），代表团说。", "该声明引起广泛关注。"),
    "ar": Words("ar", "، ", " و", "يشرفني أن ألقي هذا البيان نيابة عن {n} دولة التالية: {list}.",
        "رسالة مؤرخة 12 تموز 2019 موقعة من الدول التالية: {list}",
        "أيدت هذا البيان الدول التالية: {list}.", "قائمة الدول:",
        ("المؤيدون", "المعارضون", "الممتنعون"), "نتيجة التصويت على مشروع القرار",
        "ثم انضم إلى الرسالة {n} دول ({list})، حسب البعثة.", "أعرب البيان عن قلق بالغ."),
    "ja": Words("ja", "、", "、", "以下の{n}か国を代表して共同声明を発表する：{list}。",
        "2019年7月12日付書簡、署名国は以下のとおり：{list}", "本声明に賛同した各国：{list}。",
        "署名国一覧：",
        ("賛成", "反対", "棄権"), "決議案の採決結果",
        "その後、{n}か国が新たに加わった（{list}）と発表した。", "声明は深刻な懸念を示した。"),
    "tr": Words("tr", ", ", " ve ", "Bu ortak bildiriyi aşağıdaki {n} ülke adına okuyorum: {list}.",
        "12 Temmuz 2019 tarihli mektubu imzalayan ülkeler: {list}",
        "Bu bildiriyi destekleyen ülkeler: {list}.", "Ülkelerin listesi:",
        ("Lehte", "Aleyhte", "Çekimser"), "Karar tasarısı oylama sonucu",
        "Daha sonra {n} ülke mektuba katıldı ({list}).",
        "Bildiri durumla ilgili kaygı dile getirdi."),
    "it": Words("it", ", ", " e ",
        "Ho l’onore di pronunciare questa dichiarazione a nome dei seguenti {n} paesi: {list}.",
        "Lettera del 12 luglio 2019 firmata dai seguenti paesi: {list}",
        "Questa dichiarazione è sostenuta dai seguenti paesi: {list}.",
        "Elenco dei paesi firmatari:", ("A favore", "Contrari", "Astenuti"),
        "Risultato della votazione sulla risoluzione",
        "In seguito {n} altri paesi hanno aderito alla lettera ({list}).",
        "La dichiarazione esprime preoccupazione."),
    "pt": Words("pt", ", ", " e ", "Faço esta declaração em nome dos seguintes {n} países: {list}.",
        "Carta de 12 de julho de 2019 assinada pelos seguintes países: {list}",
        "Esta declaração é apoiada pelos seguintes países: {list}.", "Lista de países:",
        ("A favor", "Contra", "Abstenções"), "Resultado da votação da resolução",
        "Depois {n} outros países aderiram à carta ({list}).",
        "A declaração manifesta preocupação."),
    "id": Words("id", ", ", " dan ",
        "Saya menyampaikan pernyataan ini atas nama {n} negara berikut: {list}.",
        "Surat 12 Juli 2019 yang ditandatangani negara-negara berikut: {list}",
        "Pernyataan ini didukung oleh negara-negara berikut: {list}.", "Daftar negara:",
        ("Mendukung", "Menolak", "Abstain"), "Hasil voting atas rancangan resolusi",
        "Kemudian {n} negara lain bergabung ({list}).", "Pernyataan itu menyatakan keprihatinan."),
    "zh_Hant": Words("zh_Hant", "、", "和", "我謹代表以下{n}個國家作共同發言：{list}。",
        "2019年7月12日信函，簽署國如下：{list}", "支持本聲明的國家如下：{list}。", "國家名單：",
        ("贊成", "反對", "棄權"), "決議草案表決結果",
        "隨後又有{n}個國家加入聯署（{list}），代表團說。", "該聲明引起廣泛關注。"),
    "ko": Words("ko", ", ", ", ", "다음 {n}개국을 대표하여 공동성명을 발표합니다: {list}.",
        "2019년 7월 12일 서한에 서명한 국가: {list}", "이 성명을 지지한 국가: {list}.",
        "국가 명단:",
        ("찬성", "반대", "기권"), "결의안 표결 결과", "이후 {n}개국이 추가로 참여했다({list}).",
        "성명은 우려를 표했다."),
}  # fmt: skip
LAYOUTS = (
    "following",
    "letter",
    "supported",
    "bare_line",
    "bold_bullet",
    "lines",
    "comma_lines",
    "numbered",
    "vote",
    "joiners",
    "table",
)


def names(rows: list[dict], language: str) -> list[str]:
    territories = Locale.parse(WORDS[language].locale).territories
    return [territories[row["country_iso2"]] for row in rows]


def joined(items: list[str], words: Words) -> str:
    return words.join.join(items[:-1]) + words.last + items[-1] if len(items) > 1 else items[0]


def blocks(
    layout: str, language: str, listed: list[str], rng: random.Random
) -> list[tuple[str, str]]:
    """(kind, text) pairs: p, b (a bold label before text), li, ol, row."""
    words, text = WORDS[language], joined(listed, WORDS[language])
    head = [("p", words.prose)]
    if layout in ("following", "letter", "supported"):
        return [
            *head,
            ("p", getattr(words, layout).format(n=len(listed), list=text)),
            ("p", words.prose),
        ]
    if layout == "bare_line":
        return [*head, ("p", words.heading.rstrip(" :：")), ("p", words.join.strip().join(listed))]
    if layout == "bold_bullet":
        return [*head, ("b", f"{words.heading}\t{text}")]
    if layout == "lines":
        return [*head, ("p", words.heading), *(("li", name) for name in listed)]
    if layout == "comma_lines":
        return [
            *head,
            ("p", words.heading),
            *(("li", name + ",") for name in listed[:-1]),
            ("li", listed[-1]),
        ]
    if layout == "numbered":
        return [*head, ("p", words.heading), *(("ol", name) for name in listed)]
    if layout == "joiners":
        return [*head, ("p", words.joiners.format(n=len(listed), list=words.join.join(listed)))]
    if layout == "vote":
        cuts = sorted(rng.sample(range(2, len(listed) - 1), 2))
        groups = [listed[: cuts[0]], listed[cuts[0] : cuts[1]], listed[cuts[1] :]]
        labels = list(words.votes)
        return [
            ("p", words.vote_title),
            *(
                ("b", f"{label}:\t{words.join.join(group)}")
                for label, group in zip(labels, groups, strict=True)
            ),
        ]
    return [*head, ("p", words.heading), *(("row", name) for name in listed)]


def as_text(parts: list[tuple[str, str]]) -> bytes:
    lines, number = [], 0
    for kind, text in parts:
        number = number + 1 if kind == "ol" else 0
        mark = {"li": "• ", "ol": f"{number}. ", "b": "• "}.get(kind, "")
        lines.append(mark + text.replace("\t", " ") + ("\n" if kind == "p" else ""))
    return "\n".join(lines).encode()


def as_html(parts: list[tuple[str, str]]) -> bytes:
    out, open_list = (
        ["<!DOCTYPE html><html><head><meta charset='utf-8'><title>x</title></head><body>"],
        "",
    )
    for kind, text in parts:
        wanted = {"li": "ul", "ol": "ol", "row": "table"}.get(kind, "")
        if wanted != open_list:
            out.append((f"</{open_list}>" if open_list else "") + (f"<{wanted}>" if wanted else ""))
            open_list = wanted
        label, tab, rest = text.partition("\t")
        body = f"<b>{html.escape(label)}</b> {html.escape(rest)}" if tab else html.escape(text)
        out.append(
            {"": f"<p>{body}</p>", "table": f"<tr><td>{body}</td></tr>"}.get(
                wanted, f"<li>{body}</li>"
            )
        )
    return "".join([*out, f"</{open_list}>" if open_list else "", "</body></html>"]).encode()


def as_markdown(parts: list[tuple[str, str]]) -> bytes:
    lines, number = [], 0
    for kind, text in parts:
        number = number + 1 if kind == "ol" else 0
        label, tab, rest = text.partition("\t")
        body = f"**{label}** {rest}" if tab else text
        lines.append(
            {
                "li": f"- {body}",
                "row": f"- {body}",
                "ol": f"{number}. {body}",
                "b": f"- {body}",
            }.get(kind, f"\n{body}\n")
        )
    return "\n".join(lines).encode()


def as_csv(parts: list[tuple[str, str]]) -> bytes:
    return (
        "text\n"
        + "\n".join('"' + text.replace("\t", " ").replace('"', '""') + '"' for _, text in parts)
    ).encode()


def as_docx(parts: list[tuple[str, str]]) -> bytes:
    import zipfile

    body = "".join(
        "<w:p>"
        + "".join(
            f'<w:r>{"<w:rPr><w:b/></w:rPr>" if n == 0 and tab else ""}<w:t xml:space="preserve">'
            f"{html.escape(piece, quote=False)} </w:t></w:r>"
            for n, piece in enumerate([p for p in (label, rest) if p])
        )
        + "</w:p>"
        for label, tab, rest in (text.partition("\t") for _, text in parts)
    )
    main = (
        '<?xml version="1.0" encoding="UTF-8"?><w:document '
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    types = (
        '<?xml version="1.0" encoding="UTF-8"?><Types '
        'xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" '
        'ContentType="application/'
        'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    rels = (
        '<?xml version="1.0" encoding="UTF-8"?><Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("[Content_Types].xml", types),
            ("_rels/.rels", rels),
            ("word/document.xml", main),
        ):
            archive.writestr(name, text)
    return out.getvalue()


def as_xlsx(parts: list[tuple[str, str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for _, text in parts:
        sheet.append(text.split("\t"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_pdf(parts: list[tuple[str, str]], width: int = 84, rows: int = 46) -> bytes:
    """A PDF with a text layer, Latin letters only, wrapped lines, a header and a page number on
    each page.
    """
    import textwrap

    lines: list[str] = []
    number = 0
    for kind, text in parts:
        number = number + 1 if kind == "ol" else 0
        mark = {"li": "• ", "ol": f"{number}. ", "b": "• "}.get(kind, "")
        lines += [
            *textwrap.wrap(mark + text.replace("\t", " "), width),
            *([""] if kind == "p" else []),
        ]
    pages = [lines[start : start + rows] for start in range(0, len(lines), rows)] or [[]]
    return pdf_of_pages(
        [["A/HRC/41/G/17", "", *page, "", str(at)] for at, page in enumerate(pages, 1)]
    )


def pdf_of_pages(pages: list[list[str]]) -> bytes:
    """The bytes of a PDF with these lines on its pages."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for page in pages:
        shown = b"".join(
            b"("
            + line.encode("cp1252", "replace")
            .replace(b"\\", b"\\\\")
            .replace(b"(", b"\\(")
            .replace(b")", b"\\)")
            + b") Tj T*\n"
            for line in page
        )
        stream = b"BT /F1 11 Tf 14 TL 60 780 Td\n" + shown + b"ET"
        objects.append(b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream")
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 "
            b"R >> >> /Contents %d 0 R >>" % (len(objects))
        )
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for at, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % at + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(
        b"%010d 00000 n \n" % offset for offset in offsets
    )
    return bytes(
        out
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, start)
    )


def as_email(parts: list[tuple[str, str]]) -> bytes:
    """The page as the HTML body of an e-mail."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = (
        "x",
        "press@example.org",
        "list@example.org",
    )
    message.set_content(as_html(parts).decode(), subtype="html")
    return message.as_bytes()


def as_warc(parts: list[tuple[str, str]]) -> bytes:
    """The page as a web archive keeps it."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + as_html(parts)
    heads = [
        "WARC/1.1",
        "WARC-Type: response",
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>",
        "WARC-Date: 2026-11-23T00:00:00Z",
        "WARC-Target-URI: https://example.org/x",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(answer)}",
    ]
    return "\r\n".join(heads).encode() + b"\r\n\r\n" + answer + b"\r\n\r\n"


def as_zip(parts: list[tuple[str, str]]) -> bytes:
    """The page in a zip."""
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.html", as_html(parts))
    return buffer.getvalue()


FORMATS = {
    "txt": as_text,
    "html": as_html,
    "eml": as_email,
    "warc": as_warc,
    "zip": as_zip,
    "md": as_markdown,
    "csv": as_csv,
    "docx": as_docx,
    "xlsx": as_xlsx,
    "pdf": as_pdf,
}


REPORT_PROSE = (
    "The President opened the meeting and drew attention to the programme of work. Several speakers"
    " welcomed the report, and the representatives of China, Cuba and Norway took the floor on the"
    " programme of technical cooperation. In 2018 some 12,000 people had been displaced."
)


def roll_call_report(pages: int, votes: int) -> tuple[list[list[str]], list[dict[str, set[str]]]]:
    """Return the lines of a report with roll calls spread over its pages, and their results."""
    import textwrap

    rng = random.Random(7)
    every = max(pages // votes, 1)
    out, results = [], []
    for page in range(pages):
        lines = [f"Meeting {page + 1}", "", *textwrap.wrap(REPORT_PROSE * 4, 95)]
        if page % every == 0 and len(results) < votes:
            states = rng.sample(MEMBERS, 47)
            cuts = sorted(rng.sample(range(8, 40), 2))
            groups = [states[: cuts[0]], states[cuts[0] : cuts[1]], states[cuts[1] :]]
            result = {}
            number = len(results) + 1
            lines += ["", f"Draft resolution A/HRC/60/L.{number}", "A recorded vote was taken.", ""]
            labels = ("In favour", "Against", "Abstaining")
            events = ("voted_yes", "voted_no", "abstained")
            for label, event, group in zip(labels, events, groups, strict=True):
                listed = ", ".join(row["name_en"] for row in group)
                lines += [*textwrap.wrap(f"{label}: {listed}.", 95), ""]
                result[event] = {row["country_iso3"] for row in group}
            results.append(result)
        out.append(lines)
    return out, results
