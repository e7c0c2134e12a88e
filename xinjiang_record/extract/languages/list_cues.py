"""The words around a list of states that say what the list is, in the languages of the sources.

Each cue is a regular expression over casefolded text. The same words serve both camps; ``STANCES`` looks for what the text
asks of, or grants to, the Chinese government, and says nothing when both kinds are found in equal number.
"""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


COUNTRY_NOUN = (
    r"(?:countr(?:y|ies)|states?\b|nations?\b|members?\b|signator(?:y|ies)|delegations?|governments?|missions|"
    r"pays\b|états?\b|etats?\b|nations\b|signataires|délégations|países|estados\b|naciones|firmantes|delegaciones|"
    r"ländern?\b|staaten\b|unterzeichner|paesi\b|stati\b|firmatari|signatários|nações|negara\b|ülke|devlet|landen\b|staten\b|"
    r"стран|государств|делегаци|دولة|دول|بلدا|بلدًا|بلدان|بلد|个国家|個國家|国家|國家|国\b|國\b|か国|カ国|ヵ国|ヶ国|ケ国|ヵ國|个成员国|개국|개 국가|देश)"
)

SIGN = _any(
    r"on behalf of", r"following \w* ?(?:countries|states|nations|members|delegations)", r"\bsign(?:ed|ing|ator(?:y|ies))?\b", r"support(?:ed|ing)? by",
    r"joined by", r"(?:list|names) of (?:countries|states|signator|supporters|nations|the (?:countries|states|signator))", r"undersigned", r"letters? (?:dated )?.{0,80}from", r"representatives? of", r"endors", r"associat",
    r"aligned? (?:itself|themselves)", r"(?:countries|states|nations|members|supporters|signatories|participants)\s*(?:\(\d+\))?\s*[:：]?\s*$", r"delivered",
    r"au nom d", r"signataires?", r"sign[ée]", r"pays suivants", r"états suivants", r"appuy", r"souten", r"liste des", r"représentants",
    r"en nombre de", r"firma", r"siguientes", r"apoy", r"respald", r"lista de", r"representantes", r"suscri",
    r"im namen", r"unterzeichne", r"unterschr", r"folgende", r"unterstütz", r"liste der", r"a nome d", r"firmatari", r"sottoscri", r"seguenti", r"em nome d",
    r"assina", r"signat", r"subscri", r"seguintes", r"atas nama", r"menandatangan", r"berikut", r"adına", r"imza", r"aşağıdaki", r"destekle", r"namens", r"onderteken", r"volgende",
    r"نيابة", r"باسم", r"التالية", r"وق[ّ]?ع", r"الموقع", r"المؤيدة", r"أيدت", r"ممثل", r"بالنيابة", r"от имени", r"подпис", r"следующ", r"поддерж", r"представител", r"список",
    r"代表", r"签署", r"簽署", r"签字", r"聯署", r"联署", r"以下(?:\w{0,6})(?:国|國)", r"名单", r"名單", r"如下", r"下列", r"署名", r"賛同", r"参加国", r"各国", r"連名", r"대표", r"서명", r"다음", r"명단", r"지지",
    r"की ओर से", r"हस्ताक्षर", r"निम्नलिखित",
)  # fmt: skip

# Words that announce a list only when it stands apart: after a colon, in brackets, on lines of its own.
SIGN_WEAK = _any(
    r"countr(?:y|ies)|\bstates?\b|nations?\b|\bmembers?\b", r"\bpays\b|\bétats\b", r"pa[ií]s(?:es)?\b|estados?\b", r"l[aä]nd(?:er)?\b|staaten", r"paesi|stati", r"negara", r"ülkeler", r"стран|государств", r"الدول|الدول|دول|بلدان", r"国家|國家|か国|カ国|국가|개국|देश",
)  # fmt: skip

# Named as standing outside the list: these states did not do what the sentence is about.
NOT = _any(
    r"(?:did|do|does|had|has|have|was|were)(?: not|n['’]t) (?:sign|join|support|back|take part|associate|re-?sign|on the list|among|participate)", r"not (?:sign|join)", r"refus\w*(?: to \w+)?", r"declin\w*(?: to \w+)?", r"fail\w* to (?:sign|join)", r"opted (?:not to \w+|out)",
    r"abstain(?:ed)? from sign", r"\bunlike\b", r"\babsent\b", r"absence of", r"missing from", r"\bexcept", r"with the exception", r"other than", r"expected to(?: \w+)?", r"no longer", r"non-?signator",
    r"were (?:invited|asked|urged|expected)(?: but \w+)?(?: to \w+)?", r"urged .{0,40} to (?:sign|join)", r"n['’](?:a|ont) pas", r"non[- ]signataires", r"à l['’]exception", r"sauf", r"no (?:ha|han|se) (?:firm|sum|adher|suscri)", r"no firm", r"excepto", r"salvo", r"a excepción",
    r"nicht (?:unterzeichn|unterschr|dabei)", r"außer", r"ausgenommen", r"non (?:ha|hanno) (?:firm|sottoscr|ader)", r"eccetto", r"não assin", r"não (?:aderi|subscre)", r"exceto", r"tidak menandatangan", r"kecuali",
    r"imzalama(?:d|y)", r"hariç", r"не подпис", r"не присоедин", r"кроме", r"لم توق", r"لم تنضم", r"باستثناء", r"ما عدا", r"未签", r"未簽", r"没有签", r"沒有簽", r"未参与", r"没有参加", r"除了", r"署名しなかった", r"署名していない", r"参加しなかった", r"不参加", r"を除く", r"서명하지", r"제외",
)  # fmt: skip

WITHDREW = _any(
    r"withdr[ae]w", r"withdrawn", r"pulled (?:out|its)", r"removed (?:its|their) (?:name|signature)", r"retir(?:é|e|a|o|ó)", r"s['’]est retiré", r"zurückgezogen", r"zog .{0,30}zurück", r"ritirat", r"retirou", r"mencabut",
    r"menarik", r"çekil", r"çekti", r"отозва", r"انسحب", r"سحبت", r"撤回", r"退出", r"撤销", r"取り下げ", r"撤回", r"철회",
)  # fmt: skip

JOINED = _any(
    r"(?:later|since|subsequently|also|then|afterwards|additionally) (?:joined|signed|added|co-?signed)", r"joined (?:later|since|afterwards|subsequently|the (?:letter|statement|list)|after)", r"(?:has|have) (?:since |also |now |later )*(?:joined|signed)",
    r"(?:more|other|additional|further|new|late) (?:countries|states|nations|signator|joiners|members)", r"joiners?", r"added (?:its|their) (?:name|signature)", r"making (?:it )?\d+", r"bringing .{0,40}(?:to|total)",
    r"s(?:e sont|['’]est) join", r"ont rejoint", r"se (?:han )?(?:suma|unie|adhiri|adher)", r"beigetreten", r"angeschlossen", r"schlossen sich", r"si sono unit", r"hanno aderito", r"aderiram", r"juntaram", r"bergabung", r"sonradan katıl", r"da katıl",
    r"присоедин", r"انضم", r"后来加入", r"後來加入", r"随后加入", r"隨後加入", r"加入(?:了)?(?:联署|聯署|声明|聲明)", r"其后加入", r"新たに", r"後に(?:加わ|参加|署名)", r"추가로", r"나중에",
)  # fmt: skip

SPONSORS = _any(
    r"sponsor", r"core group", r"tabled by", r"introduced by", r"put forward by", r"drafted by", r"coauteur", r"parrain", r"présenté[e]? par", r"patrocin", r"copatrocin", r"presentad[oa] por", r"eingebracht", r"vorgelegt von",
    r"promoss[oa] da", r"presentat[oa] da", r"apresentad[oa] por", r"disponsori", r"diajukan oleh", r"sunulan", r"sunan", r"внесл", r"внесен", r"соавтор", r"مقدم", r"قدمت", r"提案国", r"共同提案", r"提出", r"共同提出", r"발의", r"प्रायोज",
)  # fmt: skip

# How a vote is labelled. The words decide, never the place: the side that is printed first differs by outlet.
VOTES = {
    "abstained": _any(
        r"abst[ae]in", r"abstenti", r"abstain", r"absten[ucçs]", r"s['’]abst", r"abstiv", r"se abst", r"enth[ai]el?t", r"stimmenthalt", r"astenut", r"astensi", r"absti", r"abstiver", r"onthoud", r"onthielden",
        r"çekimser", r"воздерж", r"امتنع", r"ممتنع", r"الامتناع", r"弃权", r"棄權", r"棄権", r"기권", r"तटस्थ", r"अनुपस्थित", r"^\W*a\W*$",
    ),
    "voted_no": _any(
        r"\bagainst\b", r"^\W*n\W*$", r"^\W*no(?:es)?\b", r"\bno(?:es)?\W*(?:votes?)?\W*(?:\(\d+\))?\W*$", r"\bnays?\b", r"voted no", r"\bopposed\b", r"\brejected\b", r"\bcontre\b", r"en contra", r"\bcontra\b", r"dagegen", r"\bgegen\b", r"\bnein\b", r"contrari", r"\bcontro\b", r"menolak", r"\btegen\b",
        r"hayır", r"aleyh", r"karşı", r"\bret\b", r"против", r"ضد", r"معارض", r"رفض", r"反对", r"反對", r"反対", r"반대", r"विरोध", r"ख़िलाफ़|खिलाफ",
    ),
    "voted_yes": _any(
        r"in favou?r", r"supported (?:it|the|this)", r"backed (?:it|the)", r"^\W*y\W*$", r"\bfor\b\W*(?:\(\d+\))?\W*$", r"voted for", r"\byes\b", r"\bayes?\b", r"\byeas?\b", r"voted yes", r"\bpour\b\W*(?:\(\d+\))?\W*$", r"ont voté pour", r"en faveur", r"a favor", r"dafür", r"\bja\b", r"\bfür\b", r"favorevoli", r"a favore", r"mendukung", r"setuju", r"\bvoor\b",
        r"evet", r"lehte", r"lehinde", r"kabul", r"\bза\b", r"لصالح", r"مؤيد", r"أيدت", r"موافق", r"赞成", r"贊成", r"賛成", r"찬성", r"समर्थन", r"पक्ष",
    ),
}  # fmt: skip
# Headings that part one list by region; the list goes on below them.
REGIONS = _any(
    r"afri[ck]a|afrique|asia|asie\b|asien|europ[ae]|americas?\b|amérique|américa|amerika|latin|caribbean|caraïbes|caribe|karibik|pacific|pacifique|pacífico|oceania|océanie|middle east|near east|moyen-orient|gulf|arab|western|eastern|regional group|group [a-e]\b",
    r"非洲|亚洲|亞洲|欧洲|歐洲|美洲|大洋洲|太平洋|中东|中東|アフリカ|アジア|ヨーロッパ|欧州|米州|オセアニア|أفريقيا|إفريقيا|آسيا|أوروبا|أمريكا|африка|азия|европа|америка|океания",
)  # fmt: skip
NO_VOTE = _any(
    r"\babsent\b",
    r"did not vote",
    r"not present",
    r"non-?voting",
    r"not voting",
    r"excused",
    r"non votant",
    r"ausente",
    r"abwesend",
    r"缺席",
    r"未投票",
    r"未参加",
    r"欠席",
    r"отсутств",
    r"غائب",
    r"لم تصوت",
)
VOTE_WORDS = _any(r"\bvot(?:e[ds]?|ing|o|a|ación|ação|azione)\b", r"resolution", r"motion", r"roll[- ]call", r"scrutin", r"résolution", r"resolución", r"abgestimmt|abstimmung", r"oylama", r"голосова", r"تصويت|صوت", r"表决|表決|投票|決議|决议", r"표결|투표", r"मतदान")  # fmt: skip

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

# Words that stand in a list and name nobody; after those marked True comes the speaker's own state.
FILLERS = {
    True: _any(
        r"^(?:and )?(?:of course|indeed)?,?\s*(?:my|our) (?:own )?(?:country|nation|delegation|state|government)$", r"^(?:and )?of course$", r"^(?:et )?(?:mon|notre) (?:propre )?pays$", r"^(?:y )?(?:mi|nuestro) (?:propio )?país$", r"^(?:und )?(?:mein|unser)(?:em|en)? (?:eigene[sn]? )?land(?:es)?$",
        r"^(?:e )?(?:il )?(?:mio|nostro) (?:paese|stato)$", r"^(?:e )?o (?:meu|nosso) (?:próprio )?país$", r"^(?:dan )?negara (?:saya|kami)(?: sendiri)?$", r"^(?:ve )?(?:kendi )?ülkem(?:iz)?$", r"^(?:и )?(?:моей|нашей|моя|наша) (?:собственной )?стран[аы]$", r"^و?بلدي$", r"^و?بلادي$", r"^(?:以及|和|及)?我国$|^(?:以及|和|及)?我國$|^(?:そして)?(?:我が国|わが国)$", r"^bien sûr$", r"^por supuesto$", r"^natürlich$",
    ),
    False: _any(r"^(?:namely|as well as|together with|including|and|also|plus|et|y|und|e|ve|dan|и|و|和|及|以及|etc|among others|inter alia|the following)$"),
}  # fmt: skip
OWN = _any(
    r"(?:my|our) (?:own )?(?:country|nation|delegation|state)[,:]?\s+", r"(?:and )?of course,?\s+", r"(?:mon|notre) (?:propre )?pays[,:]?\s+", r"(?:mi|nuestro) (?:propio )?país[,:]?\s+", r"(?:mein|unser)(?:em|en)? (?:eigene[sn]? )?land[,:]?\s+",
    r"(?:il )?(?:mio|nostro) paese[,:]?\s+", r"o (?:meu|nosso) (?:próprio )?país[,:]?\s+", r"negara (?:saya|kami)(?: sendiri)?[,:]?\s+", r"(?:kendi )?ülkem(?:iz)?[,:]?\s+", r"(?:моей|нашей|моя|наша) (?:собственной )?стран[аы][,:]?\s+", r"و?(?:بلدي|بلادي)[،:]?\s+", r"(?:以及|和|及)?(?:我国|我國|我が国|わが国)(?:である)?",
)  # fmt: skip
