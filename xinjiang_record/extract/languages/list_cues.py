"""Words that say which side a text takes. Used by ``check_article`` alone."""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


STANCES = {
    "critical": _any(
        r"\bconcern(?:s|ed)?\b", r"condemn", r"call(?:s|ed)? on china to", r"urge[sd]? china", r"criti(?:cal of|ci[sz])", r"arbitrary detention", r"mass detention", r"crimes against humanity", r"\bopposing\b", r"abuses",
        r"préoccup", r"inquiet", r"condamn", r"preocupa", r"condena", r"besorg", r"verurteil", r"kritisi", r"preoccup", r"kaygı", r"endişe", r"keprihatinan", r"обеспокоен", r"осужда", r"قلق", r"تدين|إدانة", r"关切", r"關切", r"谴责", r"譴責", r"懸念", r"憂慮", r"非難", r"우려", r"चिंता",
    ),
    "supportive": _any(
        r"commend", r"in support of china", r"support(?:s|ed|ing)? (?:of )?china", r"backed china", r"defend(?:s|ed|ing)? china", r"welcome[sd]? china", r"appreciat", r"politici[sz]", r"interfer\w+ in (?:china['’]s )?internal", r"internal affairs", r"achievements?",
        r"politisation", r"affaires intérieures", r"soutien à la chine", r"asuntos internos", r"politiza", r"apoyo a china", r"innere angelegenheiten|inneren angelegenheiten", r"unterstütz\w* china", r"politisierung", r"affari interni", r"assuntos internos", r"urusan dalam negeri", r"iç işleri",
        r"внутренн\w+ дел", r"политизац", r"الشؤون الداخلية", r"تسييس", r"内政", r"內政", r"政治化", r"支持中国|支持中國", r"政治化", r"내정", r"आंतरिक मामल",
    ),
}  # fmt: skip
