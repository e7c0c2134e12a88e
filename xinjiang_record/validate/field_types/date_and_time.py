"""Say which texts are values of ``date``, ``time``, ``datetime``, ``year``, ``duration``."""

from __future__ import annotations

from collections.abc import Mapping

from xinjiang_record.validate.field_types.match_form import Match, match_form

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_DAY = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_PLAIN_YEAR = r"(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
DATE = rf"\A{_PLAIN_YEAR}-{_DAY}\z"
PROOFS: Mapping[tuple[str, str], str] = {
    ("time", "default"): rf"\A{_CLOCK}\z",
    ("datetime", "default"): rf"\A{_PLAIN_YEAR}-{_DAY}T{_CLOCK}Z?\z",
    ("year", "default"): r"\A[0-9]{4}\z",
    ("yearmonth", "default"): r"\A[0-9]{4}-(?:0[1-9]|1[0-2])\z",
}

_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
_YEAR = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
YEAR = rf"({_YEAR}){_ZONE}\Z"
YEARMONTH = rf"({_YEAR})-(0[1-9]|1[0-2]){_ZONE}\Z"
_DURATION = (
    r"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?\Z"
)
STANDARD_FORMS: Mapping[tuple[str, str], Match] = {
    ("date", "default"): match_form(rf"{_DATE}\Z"),
    ("time", "default"): match_form(rf"{_CLOCK}\Z"),
    ("datetime", "default"): match_form(
        rf"{_DATE}T(?:{_CLOCK}(?:\.[0-9]+)?|24:00:00(?:\.0+)?){_ZONE}\Z"  # 24:00: the day's end
    ),
    ("year", "default"): match_form(YEAR),
    ("yearmonth", "default"): match_form(YEARMONTH),
    ("duration", "default"): match_form(_DURATION),
}
