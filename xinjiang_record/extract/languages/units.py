"""What figures count: the nouns and measure words after a number, by the unit they stand for, in ten languages."""

from __future__ import annotations

import re
from fractions import Fraction

FT2 = Fraction(9290304, 100_000_000)  # square metres in a square foot, exactly

UNITS = [
    ("m2", r"square met(?:re|er)s?|sq\.? ?m(?:et(?:re|er)s?)?\b|m2\b|m²|quadratmeter|mètres carrés|metros cuadrados|平方米|平方公尺|平方メートル|metrekare|vierkante meter|кв\.? ?м|квадратных метров|वर्ग मीटर"),
    ("ft2", r"square f(?:ee|oo)t|sq\.? ?ft\b|ft2\b|ft²|平方英尺|平方フィート|quadratfuß|pieds carrés|pies cuadrados"),
    ("persons", r"(?:(?:[\w'’-]+\s+){0,4}?)(?:people|persons?|individuals|uyghurs?|uighurs?|uygurs?|muslims?|kazakhs?|detainees?|inmates?|prisoners?|internees?|adults|residents|trainees|villagers|victims|men and women|lives|minorities)\b|(?:[\wäöüß-]+\s+){0,2}?(?:menschen|personen|uiguren|muslime|häftlinge|gefangene|inhaftierte|leute)\b|(?:de |d['’])?(?:personnes|ouïghours?|musulmans|détenus|prisonniers|habitants)\b|(?:de )?(?:personas|uigures|musulmanes|detenidos|presos|prisioneros)\b|(?:kişi\w*|insan\w*|uygur\w*|müslüman\w*|tutuklu\w*|mahkum\w*)|(?:mensen|personen|oeigoeren|moslims|gevangenen|gedetineerden)\b|(?:человек\w*|люд\w+|уйгур\w*|мусульман\w*|заключ[её]нн\w+)|(?:लोग\w*|लोगों|व्यक्ति\w*|उइगर\w*|मुसलमान\w*|बंदी\w*|कैदि\w*)|(?:多)?(?:名|人|位)|(?:个|個)人"),
    ("children", r"(?:[\w-]+\s+){0,2}?(?:children|pupils|minors|students)\b|kinder\b|enfants\b|niños\b|çocuk\w*|kinderen\b|детей|बच्च\w*|(?:名)?儿童|(?:名)?兒童|子ども|子供"),
    ("facilities", r"(?:[\w-]+\s+){0,3}?(?:facilities|camps|sites|detention centers|detention centres|prisons|buildings)\b|(?:lager|einrichtungen)\b|(?:camps|installations)\b|(?:campos|centros|instalaciones)\b|(?:座|所|处|處)(?:\w{0,4}(?:设施|設施|营|營|集中营|拘留所))?|(?:施設|か所|カ所|箇所)"),
    ("compounds", r"(?:[\w-]+\s+){0,2}?compounds\b"),
    ("documents", r"(?:[\w-]+\s+){0,2}?(?:documents|files|papers)\b|dokumente\b|documentos\b|份|件の文書"),
    ("pages", r"pages?\b|seiten\b|páginas\b|页|頁|ページ"),
    ("images", r"(?:[\w-]+\s+){0,2}?(?:images|photos|photographs|pictures)\b|张照片|張照片|枚の写真"),
    ("records", r"(?:[\w-]+\s+){0,2}?records\b|条记录|條記錄"),
    ("households", r"households\b|families\b|haushalte\b|户|戶|世帯"),
    ("villages", r"villages\b|个村|個村"),
]  # fmt: skip
PATTERNS = [
    (unit, re.compile(rf"[\s\u00a0-]*(?:{pattern})", re.IGNORECASE)) for unit, pattern in UNITS
]
