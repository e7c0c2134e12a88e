"""The words for numbers, scales, qualifiers and shares in ten languages: data for ``numbers`` and ``figures``.

No library reads quantities in running text in all ten (Babel reads digits; the others know one or two languages, or turn
numbers into words only), so the tables are ours. A language's table is used for text in that language alone: "on" is ten in
Turkish, "bin" a thousand, "elf" eleven in German.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


def _enumerate(words: str, start: int = 0, step: int = 1) -> dict[str, int]:
    return {
        word: start + step * place
        for place, group in enumerate(words.split())
        for word in group.split("/")
    }


@dataclass(frozen=True)
class Language:
    """One language's words. ``before`` and ``after``: qualifier patterns by what they mean; ``to``: what stands in a range."""

    numbers: dict[str, int]
    scales: dict[str, int]
    half: str
    before: dict[str, str]
    after: dict[str, str]
    to: str
    between: str
    percent: str
    share: str  # "one in six": groups a (may be missing: one) and b
    vague: str
    growth: str
    hints: str
    decimal_comma: bool = False


_EN = {
    **_enumerate("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
    **_enumerate("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    "a": 1, "an": 1, "dozen": 12,
}  # fmt: skip
_DE = {
    **_enumerate("null eins/ein/eine/einer/einem/einen zwei/zwo drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"),
    **_enumerate("zwanzig dreißig/dreissig vierzig fünfzig sechzig siebzig achtzig neunzig", 20, 10),
}  # fmt: skip
_FR = {
    **_enumerate("zéro un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"),
    **_enumerate("vingt/vingts trente quarante cinquante soixante septante octante nonante", 20, 10),
    "huitante": 80, "quatrevingt": 80, "quatrevingts": 80,
}  # fmt: skip
_ES = {
    **_enumerate("cero uno/un/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve"),
    **_enumerate("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 20, 10),
    **_enumerate("veintiuno/veintiún/veintiuna veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve", 21),
    **_enumerate("cien/ciento doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas quinientos/quinientas seiscientos/seiscientas setecientos/setecientas ochocientos/ochocientas novecientos/novecientas", 100, 100),
}  # fmt: skip
_TR = {
    **_enumerate("sıfır bir iki üç dört beş altı yedi sekiz dokuz"),
    **_enumerate("on yirmi otuz kırk elli altmış yetmiş seksen doksan", 10, 10),
}  # fmt: skip
_NL = {
    **_enumerate("nul een/één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien"),
    **_enumerate("twintig dertig veertig vijftig zestig zeventig tachtig negentig", 20, 10),
}  # fmt: skip
_HI = {
    **_enumerate("शून्य एक दो तीन चार पांच/पाँच छह/छः/छे सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह/पन्द्रह सोलह सत्रह अठारह उन्नीस बीस"),
    **_enumerate("तीस चालीस पचास साठ सत्तर अस्सी नब्बे", 30, 10),
    "पच्चीस": 25, "पचहत्तर": 75,
}  # fmt: skip
_RU = {
    **_enumerate("ноль один/одна/одного/одной/одном/одному два/две/двух/двум трех/три/трёх/трем четыре/четырех/четырёх пять/пяти шесть/шести семь/семи восемь/восьми девять/девяти десять/десяти одиннадцать/одиннадцати двенадцать/двенадцати тринадцать/тринадцати четырнадцать пятнадцать/пятнадцати шестнадцать семнадцать восемнадцать девятнадцать"),
    **_enumerate("двадцать/двадцати тридцать/тридцати сорок/сорока пятьдесят/пятидесяти шестьдесят/шестидесяти семьдесят/семидесяти восемьдесят/восьмидесяти девяносто", 20, 10),
    **_enumerate("сто/ста двести/двухсот триста/трехсот/трёхсот четыреста/четырехсот пятьсот/пятисот шестьсот/шестисот семьсот/семисот восемьсот/восьмисот девятьсот/девятисот", 100, 100),
}  # fmt: skip
_N = r"(?<![\w.,])[\w.,]{1,20}"

LANGUAGES: dict[str, Language] = {
    "en": Language(
        _EN, {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "mn": 10**6, "bn": 10**9, "lakh": 10**5, "lakhs": 10**5, "crore": 10**7, "m": 10**6, "k": 1000, "mln": 10**6, "millions": 10**6, "thousands": 1000},
        r"half[\s-]?(?:of[\s-])?(?:an?[\s-])?",
        {
            "approx_over": r"(?:just|slightly|a little|a bit|marginally) (?:over|more than|above)", "nearly_under": r"(?:just|slightly|a little|a bit|marginally) (?:under|less than|below|short of)|just shy of",
            "range_open": r"(?:possibly|perhaps|maybe|potentially|probably|likely|may be|could be|might be)\s+(?:even\s+)?(?:more than|over|up to|as many as|closer to|as high as|around|about|exceed\w*)?|(?:likely |probably |perhaps )?closer to|even more than|up to and over",
            "at_least": r"at least|no (?:fewer|less) than|not (?:fewer|less) than|a minimum of|minimum", "more_than": r"more than|over|upwards? of|in excess of|exceed(?:s|ed|ing)?|greater than|above|north of|surpass(?:ed|ing)?",
            "up_to": r"up to|as many as|as much as|as high as|at most|no more than|not more than|a maximum of|maximum", "less_than": r"less than|fewer than|under|below",
            "nearly": r"nearly|almost|close to|approaching|not quite|virtually", "average": r"(?:an )?average (?:of)?|on average", "approx": r"about|around|approximately|roughly|some|circa|ca\.?|an estimated|estimated(?: at)?|approx\.?|or so|in the region of|~|≈",
        },
        {"more_than": r"\s*\+|\s*(?:or more|and more|plus\b|and above|or over)", "approx": r"\s*(?:or so|or thereabouts|approximately)", "less_than": r"\s*or (?:less|fewer)"},
        r"to|or|[-–—~〜～]", r"between|from|anywhere from", r"%|percent\b|per cent\b|pct\b|percentage points?", rf"(?P<a>{_N})\s+(?:in|out of(?: every)?|of every)\s+(?:every\s+)?(?P<b>{_N})",
        r"(?:\b(?:in the|the|low|high|many|several|some|a few|a couple of|untold|countless)\s+)?(?:\b(?:several|many|a few|a couple of|some)\s+(?:hundreds?|thousands?|millions?|dozens?)(?:\s+(?:of\s+)?(?:thousands?|millions?|hundreds?))*|\b(?:tens|dozens|hundreds|scores|thousands|millions)(?:\s+(?:of|and|or)\s+(?:hundreds?|thousands?|millions?))*(?:\s+thousands?)?)\b",
        r"growth|increas|rise|rose|grew|grown|surge|jump|soar|expan|up by|\bup\b|more than before|drop|decline|decreas|fell", r"the|of|and|more|than|at|least|people|in|percent|million|thousand|hundred",
    ),
    "de": Language(
        _DE, {"hundert": 100, "tausend": 1000, "million": 10**6, "millionen": 10**6, "mio": 10**6, "milliarde": 10**9, "milliarden": 10**9, "mrd": 10**9, "tsd": 1000},
        r"(?:ein(?:e|er|en|em)?\s+)?halbe?[nrs]?[\s-]+",
        {
            "approx_over": r"(?:knapp |etwas |leicht )(?:über|mehr als)", "range_open": r"(?:möglicherweise|vielleicht|wahrscheinlich|womöglich|eher)(?:\s+(?:sogar\s+)?(?:mehr als|über|bis zu))?", "at_least": r"mindestens|wenigstens|nicht weniger als|zumindest", "more_than": r"mehr als|über|jenseits von",
            "up_to": r"bis zu|maximal|höchstens|nicht mehr als", "less_than": r"weniger als|unter", "nearly": r"fast|beinahe|nahezu|knapp|annähernd", "average": r"(?:im )?(?:durchschnitt|schnitt)(?:lich)?", "approx": r"etwa|rund|ungefähr|circa|ca\.?|schätzungsweise|um die|gut",
        },
        {"more_than": r"\s*\+|\s*(?:oder mehr|und mehr)"},
        r"bis(?: zu)?|oder|[-–—~]", r"zwischen|von", r"%|prozent", rf"(?:(?:jede[rsn]?)\s+(?P<o>\w+)|(?P<a>{_N})\s+(?:von|aus|unter)\s+(?P<b>{_N}))",
        r"\b(?:mehrere|einige|viele)\s+(?:zehn|hundert)?(?:tausend|millionen|hundert)|\b(?:zehntausende|hunderttausende|tausende|hunderte|abertausende|dutzende)(?:n)?\b|\b(?<!\d )(?<!\w )millionen von\b",
        r"zunahme|anstieg|wachstum|zuwachs|gestiegen|steigerung|gewachsen", r"der|die|das|und|von|mehr|als|menschen|bis|zu|eine|einer|mindestens|prozent|etwa|rund|fast", True,
    ),
    "fr": Language(
        _FR, {"cent": 100, "cents": 100, "mille": 1000, "milliers": 1000, "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9},
        r"(?:un\s+)?demi[\s-]+",
        {
            "approx_over": r"un peu plus (?:de|d['’])", "nearly_under": r"un peu moins (?:de|d['’])", "range_open": r"(?:peut-être|probablement|voire|possiblement|plus probablement)(?:\s+(?:même\s+)?(?:plus (?:de|d['’])|jusqu['’]à|près de))?", "at_least": r"au moins|au minimum|pas moins (?:de|d['’])", "more_than": r"plus (?:de|d['’])|au-delà (?:de|d['’])|dépassant|supérieur[e]? à",
            "up_to": r"jusqu['’]à|au plus|au maximum|maximum", "less_than": r"moins (?:de|d['’])", "nearly": r"près (?:de|d['’])|presque|quasiment", "average": r"en moyenne|(?:une )?moyenne (?:de|d['’])", "approx": r"environ|quelque|à peu près|autour de|approximativement|une? estimation de",
        },
        {"more_than": r"\s*\+|\s*(?:ou plus|et plus)", "approx": r"\s*environ"},
        r"à|ou|[-–—~]", r"entre|de", r"%|pour cent|pourcent|p\.\s?c\.", rf"(?P<a>{_N})\s+(?:personne |habitant |adulte )?(?:sur|parmi)\s+(?P<b>{_N})",
        r"\b(?:(?:plusieurs|quelques|des|de nombreu(?:x|ses))\s+)(?:centaines|dizaines|milliers|millions)(?:\s+de\s+(?:milliers|millions|mille))?|\b(?:centaines|dizaines|milliers)\s+de\s+(?:milliers|millions)\b|\bdes milliers\b|\bdes millions\b",
        r"hausse|augment|croissance|progress", r"le|la|les|de|des|du|et|plus|personnes|un|une|dans|au|moins|cent|millions|près|environ|sur", True,
    ),
    "es": Language(
        _ES, {"mil": 1000, "miles": 1000, "millón": 10**6, "millon": 10**6, "millones": 10**6},
        r"(?:un\s+)?medi[oa]\s+",
        {
            "approx_over": r"(?:poco|algo|ligeramente) más de", "nearly_under": r"(?:poco|algo|ligeramente) menos de", "range_open": r"(?:posiblemente|quizás?|tal vez|probablemente|incluso)(?:\s+(?:más de|hasta|cerca de))?", "at_least": r"al menos|por lo menos|como mínimo|no menos de", "more_than": r"más de|por encima de|superior(?:es)? a|supera(?:n)?(?: los| las)?",
            "up_to": r"hasta|como máximo|a lo sumo|no más de", "less_than": r"menos de", "nearly": r"casi|cerca de|prácticamente", "average": r"(?:un )?promedio de|en promedio|una media de", "approx": r"unos|unas|alrededor de|aproximadamente|en torno a|cerca de unos|aprox\.?",
        },
        {"more_than": r"\s*\+|\s*o más"},
        r"a|o|y|hasta|[-–—~]", r"entre|de", r"%|por ciento|por cien", rf"(?P<a>{_N})\s+de(?:\s+cada)?\s+(?P<b>{_N})",
        r"\b(?:(?:varios|varias|algunos|muchos|unos|unas)\s+)?(?:cientos|centenares|decenas|miles|millones|centenas)\s+de\s+(?:miles|millones|personas|uigures|detenidos)\b|\b(?:varios|algunos|unos pocos) (?:cientos|miles|millones)(?: de miles)?\b",
        r"aument|crec|increment|alza|subid", r"el|la|los|las|de|y|más|personas|en|un|una|al|menos|por|ciento|millones|hasta|entre", True,
    ),
    "tr": Language(
        _TR, {"yüz": 100, "bin": 1000, "milyon": 10**6, "milyar": 10**9},
        r"yarım\s+",
        {"at_least": r"en az(?:ından)?|asgari", "up_to": r"en fazla|en çok|azami", "nearly": r"neredeyse|hemen hemen", "approx": r"yaklaşık(?: olarak)?|tahminen|aşağı yukarı|civarında", "average": r"ortalama", "more_than": r"fazla"},
        {"more_than": r"(?:['’]?(?:den|dan|ten|tan|nden|ndan))\s+(?:daha\s+)?(?:fazla|çok)|['’]?(?:i|ı|u|ü|yi|yı|yu|yü)\s+aşkın|\s*\+|\s+üzerinde|['’]?(?:nin|nın|nun|nün|in|ın|un|ün)\s+üzerinde", "less_than": r"['’]?(?:den|dan|ten|tan)\s+(?:daha\s+)?az", "up_to": r"['’]?(?:e|a|ye|ya)\s+(?:kadar|varan)", "nearly": r"['’]?(?:e|a|ye|ya)\s+yakın", "approx": r"\s+(?:civarında|dolayında|kadar)"},
        r"ila|ile|veya|ya da|[-–—~]", r"", r"%|yüzde", r"(?:her\s+)?(?P<b>[\w.,]+?)\s*(?:kişiden|kişide|['’]?(?:den|dan|ten|tan|de|da|te|ta))\s+(?P<a>bir|\d+)(?:i|ı|si|sı)?",
        r"\b(?:yüz\s?binlerce|on\s?binlerce|binlerce|milyonlarca|yüzlerce|onlarca|birkaç (?:yüz )?(?:bin|milyon|yüz)|birkaç yüz bin)\b",
        r"artış|arttı|büyüme|yükseliş|artırıl", r"ve|bir|kişi|fazla|bin|milyon|yüzde|az|en|yaklaşık|den|dan|ila|kadar", True,
    ),
    "nl": Language(
        _NL, {"honderd": 100, "duizend": 1000, "miljoen": 10**6, "miljard": 10**9, "mln": 10**6, "mld": 10**9},
        r"(?:een\s+)?halve?\s+|(?:een\s+)?half\s+",
        {
            "approx_over": r"(?:iets|net) (?:meer dan|boven)", "nearly_under": r"(?:iets|net) (?:minder dan|onder)", "range_open": r"(?:mogelijk|misschien|waarschijnlijk|wellicht)(?:\s+(?:zelfs\s+)?(?:meer dan|tot))?", "at_least": r"ten minste|tenminste|minstens|minimaal|niet minder dan", "more_than": r"meer dan|ruim|over de|boven de",
            "up_to": r"tot(?: wel)?|maximaal|hoogstens|hooguit", "less_than": r"minder dan|onder de", "nearly": r"bijna|haast|tegen de|vrijwel", "average": r"gemiddeld", "approx": r"ongeveer|circa|zo['’]n|rond(?: de)?|naar schatting|ca\.?|om en nabij",
        },
        {"more_than": r"\s*\+|\s*of meer"},
        r"tot(?: en met)?|à|of|en|[-–—~]", r"tussen(?: de)?|van", r"%|procent", rf"(?P<a>{_N})\s+(?:op|van)\s+(?:de\s+|elke\s+)?(?P<b>{_N})",
        r"\b(?:honderdduizenden|tienduizenden|duizenden|miljoenen|honderden|tientallen|enkele (?:honderd)?(?:duizend|honderden|miljoen)|meerdere (?:honderd)?duizend)\b",
        r"toename|stijging|groei|gestegen", r"de|het|een|en|van|meer|dan|mensen|bijna|procent|minstens|ongeveer|miljoen|duizend|tot", True,
    ),
    "hi": Language(
        _HI, {"सौ": 100, "हजार": 1000, "हज़ार": 1000, "लाख": 10**5, "करोड़": 10**7, "मिलियन": 10**6, "अरब": 10**9},
        r"आधा\s+|आधे\s+",
        {"range_open": r"(?:संभवतः|शायद|संभवत)", "at_least": r"कम से कम|न्यूनतम", "approx": r"लगभग|करीब|क़रीब|तकरीबन|अनुमानित", "nearly": r"तकरीबन करीब", "up_to": r"अधिकतम|ज्यादा से ज्यादा|अधिक से अधिक", "average": r"औसतन|औसत"},
        {"more_than": r"\s*(?:लोगों\s+)?से (?:अधिक|ज्यादा|ज़्यादा|ऊपर)|\s*\+", "less_than": r"\s*से कम", "up_to": r"\s*(?:लोगों\s+)?तक", "nearly": r"\s*के करीब"},
        r"से|या|और|[-–—~]", r"", r"%|प्रतिशत|फीसदी|फ़ीसदी", r"(?:हर|प्रत्येक)?\s*(?P<b>[\w\u0900-\u097f]+)\s+(?:लोगों\s+)?में(?: से)?\s+(?P<a>एक|\d+)",
        r"(?:लाखों|हजारों|हज़ारों|करोड़ों|सैकड़ों|कई (?:लाख|हजार|सौ)|दसियों हज़?ार)", r"वृद्धि|बढ़|इजाफा", r"से|के|में|और|लोग|लाख|अधिक|कम|का|की|को",
    ),
    "ru": Language(
        _RU, {"тысяча": 1000, "тысячи": 1000, "тысяч": 1000, "тысячу": 1000, "тыс": 1000, "миллион": 10**6, "миллиона": 10**6, "миллионов": 10**6, "миллионам": 10**6, "млн": 10**6, "миллиард": 10**9, "миллиарда": 10**9, "миллиардов": 10**9, "млрд": 10**9},
        r"пол(?:овина |овины )?(?=миллион|тысяч)",
        {
            "approx_over": r"(?:чуть|немного|несколько) (?:более|больше)", "nearly_under": r"(?:чуть|немного|несколько) (?:менее|меньше)", "range_open": r"(?:возможно|вероятно|скорее|может быть),?(?:\s+(?:более|больше|до|ближе к))?", "at_least": r"по меньшей мере|по крайней мере|не менее|не меньше|как минимум|минимум", "more_than": r"более(?: чем)?|свыше|больше(?: чем)?|сверх|превы\w+",
            "up_to": r"до|не более|максимум|вплоть до", "less_than": r"менее(?: чем)?|меньше", "nearly": r"почти|едва ли не|без малого", "average": r"в среднем", "approx": r"около|примерно|приблизительно|порядка|ориентировочно|где-то",
        },
        {"more_than": r"\s*\+|\s*и более|\s*с лишним", "approx": r"\s*или около того"},
        r"до|или|и|[-–—~]", r"от|между", r"%|процент\w*", r"(?:кажд\w+\s+(?P<o>\w+)|(?P<a>[\w.,]+)\s+(?:из|на)\s+(?:каждых\s+)?(?P<b>[\w.,]+))",
        r"(?:\b(?:несколько|многие|много)\s+)?\b(?:сотни|сотен|десятки|десятков|тысячи(?! \d))\s+(?:тысяч|миллионов)\b|\bнесколько (?:сотен )?(?:тысяч|миллионов|сот)\b|\b(?:сотни|десятки|миллионы)\b",
        r"рост|увелич|прирост|вырос", r"и|в|на|более|человек|до|не|менее|около|из|тысяч|млн|по", True,
    ),
}  # fmt: skip

# One and a half of a scale, and words that are one of a scale by themselves.
ONE_AND_A_HALF = (
    r"anderthalb|eineinhalb|anderhalve?|bir buçuk|डेढ़|डेढ़|полтора|полутора|one and a half"
)
ALONE = frozenset(["миллион", "миллиона", "миллиону", "миллиард", "миллиарда"])
ONES = frozenset(
    [
        "one",
        "uno",
        "un",
        "une",
        "eins",
        "eine",
        "einer",
        "einem",
        "één",
        "een",
        "bir",
        "один",
        "одного",
        "одному",
        "एक",
    ]
)

CJK_DIGITS = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "兩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
CJK_SMALL = {"十": 10, "百": 100, "千": 1000}
CJK_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
CJK = Language(
    {}, {}, r"半", {
        "approx_over": r"(?:略|稍)(?:多于|多於|高于|高於|超过|超過)|わずかに上回る", "nearly_under": r"(?:略|稍)(?:少于|少於|低于|低於)", "range_open": r"(?:可能|或许|或許|也许|或)(?:超过|超過|多达|多達|高达|接近)?|(?:かもしれない|おそらく)", "at_least": r"至少|不少于|不少於|最少|不低于|少なくとも|最低でも", "more_than": r"超过|超過|逾|多于|多於|超出|超|大于",
        "up_to": r"多达|多達|高达|高達|最多|至多|不超过|不超過|最大|最大で|多くて", "less_than": r"不到|少于|少於|不足|低于", "nearly": r"近|将近|將近|接近|几乎|幾乎|ほぼ|ほとんど", "average": r"平均", "approx": r"大约|大約|约|約|左右|估计|估計|大概|およそ|おおよそ|推定|概ね",
    }, {"at_least": r"以上|及以上", "more_than": r"多|余|餘|超|を超える|を上回る|あまり|余り|強|\+|＋", "up_to": r"以下|以内|まで|に上る|にも上る", "less_than": r"未満|未满|未滿|弱", "approx": r"左右|上下|ほど|程度|前後|前后|前後", "nearly": r"近く|に近い"},
    r"至|到|[-–—~〜～]|から|或|乃至|ないし", r"从|從|在|介于", r"%|％|パーセント|个百分点|個百分點", r"(?:每)?(?P<b>[\d一二三四五六七八九十百]+)(?:个|個)?(?:人|名)(?:中|里|裡|当中|當中)?(?:就|便)?(?:有|に|のうち)(?P<a>[\d一二三四五六七八九十]+)(?:个|個)?(?:人|名)?|(?P<d>[一二三四五六七八九十百千\d]+)分(?:之|の)(?P<c>[\d一二三四五六七八九十百.]+)",
    r"上(?:百|千|十)?(?:万|萬|百|千)|(?:数|數|几|幾|何|好几|好幾)(?:十|百|千)?(?:万|萬|亿|億|千|百|十)(?:以计|以計)?|成千上(?:万|萬)|数以(?:百|千)?万计|數以(?:百|千)?萬計|(?:数|數)以(?:百|千)?(?:万|萬)(?:计|計)|(?:数|數)千(?:数|數)万", r"增长|增長|增加|上升|成長|増加|増え|上昇", r"",
)  # fmt: skip

_MORE_HINTS = {
    "de": "halbe|halben|eine|einer|mio|jede[rsn]?|hunderttausende|zehntausende|tausende|anderthalb|möglicherweise|menschen|mehrere", "fr": "demi|quatre|personnes|habitants|jusqu|plus|près|moins|centaines|dizaines|milliers|plusieurs",
    "es": "medio|millones|personas|menos|cientos|decenas|miles", "nl": "half|halve|miljoen|honderdduizenden|tienduizenden|duizenden|miljoenen|mensen|anderhalf", "tr": "binden|kişiden|milyondan|yüz binlerce|binlerce|milyonlarca",
}  # fmt: skip


def _hint(code: str, language: Language) -> re.Pattern[str]:
    own = [word for word in (*language.numbers, *language.scales) if len(word) > 2]
    return re.compile(
        rf"(?<!\w)(?:{language.hints}|{_MORE_HINTS.get(code, language.hints)}|{'|'.join(own)})(?!\w)",
        re.IGNORECASE,
    )


_HINTS = {code: _hint(code, language) for code, language in LANGUAGES.items()}
SAMPLE = 1500  # letters that tell a text's language
_TURKISH = re.compile(r"[ışğİŞĞ]|\bbin(?:den|e)\b")


def detect(text: str, default: str = "en") -> str:
    """The language whose words a text uses most: a table to read its numbers with, not a judgement. "cjk" is Chinese or Japanese."""
    text = text[:SAMPLE]
    cjk = sum("\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" for char in text)
    if cjk * 4 > sum(char.isalpha() for char in text):
        return "cjk"
    for code, letters in (("hi", "\u0900\u097f"), ("ru", "\u0400\u04ff")):
        if sum(letters[0] <= char <= letters[1] for char in text) * 2 > sum(
            char.isalpha() for char in text
        ):
            return code
    scores = {code: len(pattern.findall(text)) for code, pattern in _HINTS.items()}
    scores["tr"] += len(_TURKISH.findall(text))
    best = max(scores, key=lambda code: (scores[code], code == default, code == "en"))
    return best if scores[best] else default
