"""Say how near a source is to what it is cited for, and where the United Nations has a document.

A class follows from what a person wrote in ``raw/sources.csv``, else from hosts whose publisher is
beyond doubt. Everything else is not classified: nothing is guessed from a name.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote, urlsplit

Nearness = Literal["primary", "copy", "agency", "press", "partisan", "weak", "not classified"]
# From the column kind of raw/sources.csv. A body that speaks for a cause is called partisan, on
# whichever side; its figures are its own, but it did not sign what others signed.
CLASS_OF_KIND: dict[str, Nearness] = {
    "official": "primary",
    "un": "primary",
    "parliament": "primary",
    "court": "primary",
    "research": "primary",
    "company": "primary",
    "copy": "copy",
    "aggregator": "copy",
    "encyclopaedia": "copy",
    "forum": "copy",
    "blog": "copy",
    "law_firm": "copy",
    "home_page": "weak",
    "news_agency": "agency",
    "media": "press",
    "ngo": "partisan",
}
# First parts of the symbols that undocs.org knows: organs, and the committees of treaties.
UN_SERIES = ("A/", "S/", "E/", "ST/", "CAT/", "CCPR/", "CEDAW/", "CERD/", "CRC/", "CRPD/")
# Hosts, and endings of hosts, at which only the body itself publishes.
PRIMARY_HOSTS = ("un.org", "ohchr.org", "undocs.org", "ilo.org", "europa.eu")
PRIMARY_ENDINGS = (".gov", ".mil", ".gc.ca", ".gouv.fr", ".admin.ch", ".parliament.uk", ".gov.uk")
GOVERNMENT = ("gov", "gob", "gouv", "go", "govt")  # second level: gov.cn, gob.mx, go.jp
AGENCY_HOSTS = (
    "reuters.com",
    "apnews.com",
    "afp.com",
    "xinhuanet.com",
    "news.cn",
    "tass.com",
    "kyodonews.net",
    "aa.com.tr",
    "yna.co.kr",
)


def classify_source(kind: str, url: str, is_weak: bool) -> Nearness:
    """Return the class of a source from its kind as registered, its address and its weakness."""
    if is_weak:
        return "weak"
    if kind in CLASS_OF_KIND:
        return CLASS_OF_KIND[kind]
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return "not classified"
    if _is_below(host, PRIMARY_HOSTS) or host.endswith(PRIMARY_ENDINGS) or _is_government(host):
        return "primary"
    return "agency" if _is_below(host, AGENCY_HOSTS) else "not classified"


def _is_below(host: str, hosts: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in hosts)


def _is_government(host: str) -> bool:
    """Return whether a host is below a country's domain for its government, such as gov.cn."""
    parts = host.split(".")
    return len(parts) >= 3 and len(parts[-1]) == 2 and parts[-2] in GOVERNMENT


def un_document_page(symbol: str | None) -> str:
    """Return the address at which the United Nations serves a document; empty for other symbols."""
    if not symbol or not symbol.startswith(UN_SERIES):
        return ""
    return f"https://undocs.org/{quote(symbol, safe='/.()')}"
