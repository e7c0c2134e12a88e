"""The state that speaks for the others, where the text says so."""

from __future__ import annotations

import re

from xinjiang_record.extract.signatories.list_items import read_item
from xinjiang_record.extract.signatories.prose_names import head_names, tail_names
from xinjiang_record.reconcile.countries import Match

_OFFICE = r"(?:(?:the|la|le|el|der|die|das|den|dem|l['’])\s*)?(?:(?:H\.E\. |[A-Z][\w.]+ ){0,4},?\s*)?(?:(?:ambassador|permanent representative|permanent mission|representative|representatives|delegation|mission|government|ambassadeur|représentante? permanente?|représentante?|délégation|embajador[a]?|representante permanente|representante|delegación|botschafter(?:in)?|vertreter(?:in)?|delegation)\s+(?:of|de|del|von|der|du|des|da|do)\s+)?"
_AFTER = re.compile(
    r"(?:(?:delivered|made|read(?: out)?|presented|led|issued|submitted|drafted|organi[sz]ed|coordinated|headed|spearheaded|initiated|written) by|(?:statement|letter) (?:by|of)|permanent (?:representative|mission) of|joined|"
    r"(?:prononcée?|lue?|présentée?|conduite?|menée?|faite?) par|déclaration (?:de|du)|(?:pronunciad[ao]|leíd[ao]|presentad[ao]|encabezad[ao]|liderad[ao]|formulad[ao]) por|declaración (?:de|del)|(?:vorgetragen|verlesen|angeführt|abgegeben|vorgelegt) von|erklärung (?:von|der)|"
    r"(?:letta|pronunciata|presentata|guidata) da(?:l|ll['’]|lla)?|(?:lida|apresentada|liderada) pel[ao]|(?:disampaikan|dibacakan|dipimpin) oleh|(?:زعامة|بقيادة|ألقته|ألقاه|قدمته|تلته|أدلت به)|(?:зачитан\w*|оглашен\w*|представлен\w*|во главе с))\s+"
    + _OFFICE,
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:['’]s (?:ambassador|permanent representative|representative|mission|statement)[^.]{0,60}?|,)?\s*(?:on behalf of|delivered|read out|read the|led\b|presented|submitted (?:the|a)|made (?:the|a)|issued (?:the|a)|au nom d|a prononcé|en nombre de|im namen|pronunció|verlas|a nome d|em nome d|atas nama|adına|namens|от имени|выступил|зачитал|نيابة عن|باسم)",
    re.IGNORECASE,
)
_EAST = re.compile(
    r"(?:由|^|[，。、,\s：])(?P<name>[^\s，。、,：]{2,10}?)(?:驻|駐|常驻|代表|が|は|牵头|牽頭|发表|發表|宣读|宣讀|等)(?:[^。]{0,20}?)(?:代表|宣读|宣讀|发言|發言|読み上げ|発表|牵头|國|国)"
)
_TURKISH = re.compile(
    r"(?P<name>[\w ]{3,30}?)(?:['’]\w+)?\s+(?:tarafından|adına|öncülüğünde|liderliğinde)",
    re.IGNORECASE,
)


def find_lead(text: str) -> Match | None:
    """The one state that a text names as speaking, leading or presenting; None when it names none, or more than one at that place."""
    for found in _AFTER.finditer(text):
        lead = _first(text[found.end() : found.end() + 90])
        if lead:
            return lead
    for found in _BEFORE.finditer(text):
        lead = _last(text[max(0, found.start() - 90) : found.start()])
        if lead:
            return lead
    for pattern in (_EAST, _TURKISH):
        for found in pattern.finditer(text):
            item = read_item(found["name"].strip())
            if item.kind == "names" and len(item.names) == 1 and item.names[0].match.iso3:
                return item.names[0].match
    return None


def _first(text: str) -> Match | None:
    piece = re.split(r"[,;:.()，。、：（）]", text)[0].strip()
    item = read_item(piece)
    if item.kind != "names":
        head = head_names(piece)
        if head is None:
            return None
        item = head[0]
    return item.names[0].match if len(item.names) == 1 and item.names[0].match.iso3 else None


def _last(text: str) -> Match | None:
    piece = re.split(r"[;:.()，。、：（）]", text)[-1].strip(" ,")
    item = read_item(piece)
    if item.kind != "names":
        tail = tail_names(piece)
        if tail is None:
            return None
        item = tail[1]
    return item.names[0].match if len(item.names) == 1 and item.names[0].match.iso3 else None
