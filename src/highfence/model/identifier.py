# SPDX-License-Identifier: Apache-2.0
"""Identifier: a number that a register, a tax office or a standard gave to a party, normalised and checked.

Check digits follow ISO 17442 with ISO 7064 (LEI), GB 32100-2015 (USCC), ISO 6166 (ISIN), ISO 9362 (BIC), the IMO's
schemes for ships and for companies, and the rules of the Russian tax service and statistics office (INN, OGRN, KPP,
OKPO). VAT numbers go through python-stdnum, which is imported only when one is met.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

import msgspec

from highfence.errors import InvalidInput
from highfence.model.country import country_code, country_of_address
from highfence.model.entity import Entity

#: Kinds of which no two parties share a value; the others only hold beside a name or a country.
STRONG = ("lei", "uscc", "inn", "ogrn", "vat", "imo", "imo-company")
#: `imo` is a ship, `imo-company` its owner or manager; `reg` and `tax` are national numbers, written `country:number`.
KINDS = (*STRONG, "okpo", "kpp", "swift", "isin", "duns", "reg", "tax")

#: Properties whose name tells the kind; `named` means that only labels inside the text do.
_PROPERTY_KINDS = {
    "leiCode": "lei",
    "uscCode": "uscc",
    "innCode": "inn",
    "ogrnCode": "ogrn",
    "vatCode": "vat",
    "imoNumber": "imo",
    "okpoCode": "okpo",
    "kppCode": "kpp",
    "swiftBic": "swift",
    "isin": "isin",
    "isinCode": "isin",
    "dunsCode": "duns",
    "registrationNumber": "reg",
    "taxNumber": "tax",
    "idNumber": "named",
}
_NEEDS_COUNTRY = ("vat", "reg", "tax", "named")
#: What a general number may be, in which country; "" is no country. Crimean companies hold OGRNs. Elsewhere: USCC, VAT.
_SCHEMES = {
    ("reg", ""): ("ogrn", "uscc"),
    ("reg", "ru"): ("ogrn", "inn", "uscc"),
    ("reg", "ua"): ("ogrn", "uscc"),
    ("tax", ""): ("inn", "ogrn", "uscc", "vat"),
    ("tax", "ru"): ("inn", "ogrn", "uscc"),
    ("tax", "ua"): ("ogrn", "uscc"),
    ("vat", ""): ("vat",),
    ("vat", "ru"): ("inn",),
}
#: EU members, Northern Ireland (XI), the United Kingdom, Switzerland, Norway.
_VAT_PREFIXES = re.findall("..", "ATBEBGCYCZDEDKEEELESFIFRHRHUIEITLTLULVMTNLPLPTROSESISKXIGBCHNO")
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212]")
_LOOKALIKES = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_INN_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


class Identifier(msgspec.Struct, frozen=True, order=True):
    """A kind from `KINDS` and the number in capitals without spaces and dashes; `reg` and `tax` with their country."""

    kind: str
    value: str

    @property
    def strong(self) -> bool:
        """Tell whether two entities that share it are the same party."""
        return self.kind in STRONG


def parse(kind: str, text: str) -> Identifier | None:
    """Read `text` as an identifier of that kind; None if it is not one or its check digit is wrong.

    >>> parse("inn", " 77 36 050003 "), parse("lei", "5493001KJTIIGC8Y1R13")
    (Identifier(kind='inn', value='7736050003'), None)

    Raises:
        InvalidInput: there is no such kind.
    """
    read = _READERS.get(kind)
    if read is None:
        raise InvalidInput(
            f"{kind[:40]!r} is not a kind of identifier", where="kind", advice=f"Use one of: {', '.join(KINDS)}"
        )
    value = read(unicodedata.normalize("NFKC", text))
    return Identifier(kind, value) if value else None


def valid(identifier: Identifier) -> bool:
    """Tell whether an identifier has a known kind and is what `parse` would make of its own value."""
    return identifier.kind in _READERS and parse(identifier.kind, identifier.value) == identifier


def find(text: str, *, country: str = "") -> tuple[Identifier, ...]:
    """Return the identifiers a free text names, in the order they stand there, each once.

    LEI and USCC speak for themselves, the other kinds need their label before them or in brackets behind. `country`
    (alpha-2) is where the party is: "Tax ID" and the like mean an INN unless the text or `country` names a country
    other than Russia; a register or tax number that fits no scheme is kept only with its country.

    >>> find("7725842590 (Tax ID/INN)")
    (Identifier(kind='inn', value='7725842590'),)
    >>> find("Unified Social Credit Code (USCC), 9111000071093019X7, CN; C.R. No., 2162198, HK")
    (Identifier(kind='uscc', value='9111000071093019X7'), Identifier(kind='reg', value='hk:2162198'))
    """
    plain = unicodedata.normalize("NFKC", text)
    found: dict[int, Identifier] = {}
    for match in _SELF_EVIDENT.finditer(plain):
        _keep(found, match.start(), parse("uscc" if len(match[0]) == 18 else "lei", match[0]))
    for kind, pattern in _LABELLED:
        for match in pattern.finditer(plain):
            _keep(found, match.start("value"), parse(kind, match["value"]))
    for match in _INN_AND_KPP.finditer(plain):
        if inn := parse("inn", match["inn"]):
            _keep(found, match.start("inn"), inn)
            _keep(found, match.start("kpp"), parse("kpp", match["kpp"]))
    for general, pattern in _GENERALLY_LABELLED:
        for match in pattern.finditer(plain):
            where = _country_beside(plain, match) or country
            _keep(found, match.start("value"), _read_general(general, match["value"], where))
    return tuple(dict.fromkeys(identifier for _, identifier in sorted(found.items())))


def identifiers_of(entity: Entity) -> tuple[Identifier, ...]:
    """Return the identifiers in an entity's properties, each once; values that fit no scheme are left out.

    Register and tax numbers count with the entity's country, or with the country of its addresses if none is given.

    >>> aeroflot = Entity(id="x", schema="Company", properties={"ogrnCode": ("1027700092661",), "kppCode": ("n/a",)})
    >>> identifiers_of(aeroflot)
    (Identifier(kind='ogrn', value='1027700092661'),)
    """
    found: dict[Identifier, None] = {}
    country = ""
    for prop, values in entity.properties.items():
        kind = _PROPERTY_KINDS.get(prop)
        if kind is None:
            continue
        if kind == "imo" and entity.schema != "Vessel":
            kind = "imo-company"
        if kind in _NEEDS_COUNTRY:
            country = country or _country_of(entity)
        for value in values:
            found.update(dict.fromkeys(_read_property(kind, value, country)))
    return tuple(found)


def _read_property(kind: str, value: str, country: str) -> Iterator[Identifier]:
    """Read one value of a property, which in published lists may hold several numbers, labels and countries."""
    for part in re.split(";" if kind in _NEEDS_COUNTRY else "[;,]", value):
        bare = _read_bare(kind, part, country)
        named = () if kind.startswith("imo") or (bare and kind not in _NEEDS_COUNTRY) else find(part, country=country)
        yield from named or ((bare,) if bare else ())


def _read_bare(kind: str, text: str, country: str) -> Identifier | None:
    """Read a value that is a number and nothing else, but perhaps its country in brackets."""
    if kind == "named":
        return None
    if kind not in _NEEDS_COUNTRY:
        return parse(kind, text)
    bracketed = _NUMBER_AND_COUNTRY.match(text)
    if bracketed and (land := _land(bracketed["land"])):
        text, country = bracketed["number"], land
    return _read_general(kind, text, country) if _BARE_NUMBER.match(text) else None


def _read_general(general: str, text: str, country: str) -> Identifier | None:
    """Read a register (`reg`), tax (`tax`) or VAT (`vat`) number by the scheme of its country, or keep it as it is."""
    for kind in _SCHEMES.get((general, country), ("uscc", "vat")):
        if identifier := parse(kind, text):
            return identifier
    if country and general != "reg" and (identifier := parse("vat", country + text)):
        return identifier
    return parse("reg" if general == "reg" else "tax", f"{country}:{text}") if country else None


def _keep(found: dict[int, Identifier], start: int, identifier: Identifier | None) -> None:
    if identifier is not None:
        found.setdefault(start, identifier)


def _country_beside(text: str, match: re.Match[str]) -> str:
    """Return the country named right behind a number (", RU", "(Russia)") or right before its label ("UK company")."""
    behind = _COUNTRY_BEHIND.match(text, match.end("value"))
    if behind and (code := _land(behind["code"] or behind["land"])):
        return code
    segment = re.split(r"[;,()\n]", text[max(0, match.start() - 40) : match.start()])[-1]
    words = re.findall(r"[^\W\d_]+", segment)
    for length in (3, 2, 1):
        before = " ".join(words[-length:])
        if (len(before) > 2 or before.isupper()) and (code := country_code(before)):
            return code
    return ""


def _land(text: str) -> str:
    """Read a country beside a number, where BRN and PAN are labels (business register, Indian tax) and not alpha-3."""
    return "" if text in ("BRN", "PAN") else country_code(text)


def _country_of(entity: Entity) -> str:
    """Return the one country an entity's register and tax numbers belong to; '' if there is none or more than one."""
    for prop in ("jurisdiction", "country", "mainCountry"):
        codes = {code for value in entity.values(prop) if (code := country_code(value))}
        if codes:
            return codes.pop() if len(codes) == 1 else ""
    codes = {code for value in entity.values("address") if (code := country_of_address(value))}
    return codes.pop() if len(codes) == 1 else ""


def _compact(text: str) -> str:
    return _SEPARATORS.sub("", text).upper()


def _latin(text: str) -> str:
    """Compact, with Cyrillic letters that look Latin (as in USCCs copied from Russian papers) made Latin."""
    return _compact(text).translate(_LOOKALIKES)


def _lei(text: str) -> str:
    value = _latin(text)
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", value) or not 2 <= int(value[18:]) <= 98:
        return ""
    return value if int("".join(str(int(char, 36)) for char in value)) % 97 == 1 else ""


def _uscc(text: str) -> str:
    value = _latin(text)
    if not re.fullmatch(r"[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}", value) or any(char in "IOSVZ" for char in value):
        return ""
    total = sum(_USCC_LETTERS.index(char) * pow(3, place, 31) for place, char in enumerate(value[:17]))
    return value if _USCC_LETTERS[-total % 31] == value[17] else ""


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _inn(text: str) -> str:
    value = _compact(text)
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", value) or value.startswith("00"):
        return ""
    places = (9,) if len(value) == 10 else (10, 11)
    return value if all(_weighed(value, _INN_WEIGHTS[-at:]) % 11 % 10 == int(value[at]) for at in places) else ""


def _ogrn(text: str) -> str:
    value = _compact(text)
    if not re.fullmatch(r"[15][0-9]{12}|3[0-9]{14}", value):
        return ""
    return value if int(value[:-1]) % (len(value) - 2) % 10 == int(value[-1]) else ""  # 13 digits by 11, 15 by 13


def _okpo(text: str) -> str:
    value = _compact(text)
    if not re.fullmatch(r"[0-9]{8}|[0-9]{10}", value) or not int(value):
        return ""
    for first in (1, 3):
        rest = _weighed(value[:-1], tuple((first + at - 1) % 10 + 1 for at in range(len(value) - 1))) % 11
        if rest < 10:
            return value if rest == int(value[-1]) else ""
    return value if value[-1] == "0" else ""


def _imo(text: str) -> str:
    value = _compact(text).removeprefix("IMO")
    if not re.fullmatch(r"[1-9][0-9]{6}", value):
        return ""
    return value if _weighed(value, (7, 6, 5, 4, 3, 2)) % 10 == int(value[6]) else ""


def _imo_company(text: str) -> str:
    value = _compact(text).removeprefix("IMO")
    if not re.fullmatch(r"[0-9]{7}", value):
        return ""
    return value if (11 - _weighed(value, (8, 6, 4, 2, 9, 7)) % 11) % 10 == int(value[6]) else ""


def _isin(text: str) -> str:
    value = _latin(text)
    if not re.fullmatch(r"[A-Z]{2}[0-9A-Z]{9}[0-9]", value):
        return ""
    digits = "".join(str(int(char, 36)) for char in value)
    doubled = (int(digit) * (2 if at % 2 else 1) for at, digit in enumerate(reversed(digits)))
    return value if sum(sum(divmod(number, 10)) for number in doubled) % 10 == 0 else ""


def _swift(text: str) -> str:
    """Read a BIC; the head office's own `XXX` is dropped, so that both its spellings are one."""
    value = _latin(text)
    if not re.fullmatch(r"[A-Z]{6}[0-9A-Z]{2}(?:[0-9A-Z]{3})?", value) or not country_code(value[4:6]):
        return ""
    return value.removesuffix("XXX") if len(value) == 11 else value


def _kpp(text: str) -> str:
    value = _compact(text)
    return value if re.fullmatch(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", value) else ""


def _duns(text: str) -> str:
    value = _compact(text)
    return value if re.fullmatch(r"[0-9]{9}", value) and int(value) else ""


def _vat(text: str) -> str:
    value = re.sub(r"[^0-9A-Z]", "", _latin(text))
    prefix = value[:2].replace("GR", "EL")
    if prefix not in _VAT_PREFIXES or not value[2:].isascii() or len(value) > 20:
        return ""
    from stdnum import vatin
    from stdnum.ch import uid
    from stdnum.exceptions import ValidationError

    try:
        if prefix == "CH":  # written with and without the letters that say it is for VAT
            return str(uid.validate(re.sub(r"(?:MWST|TVA|IVA|TPV)$", "", value)))
        return prefix + str(vatin.validate(prefix + value[2:])).removeprefix(prefix)
    except ValidationError:
        return ""


def _national(text: str) -> str:
    country, _, number = text.strip().partition(":")
    value = re.sub(r"[\W_]", "", number).upper()
    if value.startswith(country.upper()) and value[len(country) :].isdigit():
        value = value[len(country) :]  # printed with and without its country: GB04152338
    if not country or country_code(country) != country or not re.search("[0-9]", value) or not 4 <= len(value) <= 40:
        return ""
    return f"{country}:{value}"


_READERS: dict[str, Callable[[str], str]] = {
    "lei": _lei,
    "uscc": _uscc,
    "inn": _inn,
    "ogrn": _ogrn,
    "vat": _vat,
    "imo": _imo,
    "imo-company": _imo_company,
    "okpo": _okpo,
    "kpp": _kpp,
    "swift": _swift,
    "isin": _isin,
    "duns": _duns,
    "reg": _national,
    "tax": _national,
}

_WORD = r"(?:number|no|nr|code|id|identifier|document|inn|tin|kpp|bic|uscc|srn|ru)"
#: Between a label and its number: "No.", "(INN)", "/TIN:", a dash.
_GAP = rf"(?:\W{{0,3}}(?i:{_WORD})(?![A-Za-z])){{0,3}}\W{{0,5}}"
_ANY_NUMBER = r"(?=[A-Z./-]{0,6}[0-9])[0-9A-Z](?:[./-]?[0-9A-Z]){3,29}(?![0-9A-Za-z])"
_LABELS = {
    "uscc": (r"unified social credit|USCC|统一社会信用代码", r"[0-9A-ZА-Я](?:[ -]?[0-9A-ZА-Я]){17}(?![0-9A-Za-z])"),
    "lei": (r"LEI|legal entity", r"[0-9A-Z](?:[ -]?[0-9A-Z]){17}(?:[ -]?[0-9]){2}(?![0-9A-Za-z])"),
    "ogrn": (r"OGRN(?:IP)?|ОГРН(?:ИП)?|PSRN|primary state registration", r"[135](?: ?[0-9]){12}(?:[0-9]{2})?(?![0-9])"),
    "inn": (r"INN|ИНН", r"[0-9](?: ?[0-9]){9}(?:(?: ?[0-9]){2})?(?![0-9])"),
    "kpp": (r"KPP|КПП", r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}(?![0-9])"),
    "okpo": (r"OKPO|ОКПО|government gazette", r"[0-9]{8}(?:[0-9]{2})?(?![0-9])"),
    "imo": (r"IMO", r"[0-9]{7}(?![0-9])"),
    "imo-company": (r"IMO", r"[0-9]{7}(?![0-9])"),
    "swift": (r"SWIFT|BIC", r"[A-Z]{6}[0-9A-Z]{2}(?:[0-9A-Z]{3})?(?![0-9A-Za-z])"),
    "isin": (r"ISIN", r"[A-Z]{2}[0-9A-Z]{9}[0-9](?![0-9A-Za-z])"),
    "duns": (r"D-?U-?N-?S", r"[0-9]{2}-?[0-9]{3}-?[0-9]{4}(?![0-9])"),
}
_GENERAL_LABELS = {
    "vat": r"V\.?A\.?T\.?|USt-?Id-?Nr|MwSt",
    "tax": r"tax(?:payer)? (?:ID|identification|number|no)|TIN|NIT|RUC|R\.?F\.?C\.?|C\.?U\.?I\.?T\.?|TRN|УНП",
    "reg": r"(?:registration|register|registry|company|incorporation) (?:ID|number|no|code|document)"
    r"|C\.? ?R\.?|CRN|SRN|BRN|UEN|BIN",
}


def _patterns(labels: str, number: str, *, opening: str = r"\(") -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds a number behind its label, and before its label in brackets or another `opening`."""
    label = rf"(?i:{labels})(?![A-Za-zА-я])"
    return (
        re.compile(rf"(?<![A-Za-zА-я]){label}{_GAP}(?P<value>{number})"),
        re.compile(rf"(?<![0-9A-Za-z])(?P<value>{number})\s?{opening}(?:[^()]{{0,40}}[^()A-Za-zА-я])?{label}"),
    )


_LABELLED = tuple(
    (kind, each) for kind, pair in _LABELS.items() for each in _patterns(*pair, opening=r"(?:\(|[-–—]\s)")
)
_GENERALLY_LABELLED = tuple((kind, each) for kind, s in _GENERAL_LABELS.items() for each in _patterns(s, _ANY_NUMBER))
#: Shapes that need no label: a business's USCC begins with 9 (other 18 digits may be a person's), an LEI has letters.
_SELF_EVIDENT = re.compile(r"(?<![^\W_])(?:9[0-9]{7}[0-9A-Z]{10}|(?=[0-9]*[A-Z])[0-9A-Z]{18}[0-9]{2})(?![^\W_])")
_INN_AND_KPP = re.compile(r"(?<![0-9])(?P<inn>[0-9]{10})\s?/\s?(?P<kpp>[0-9]{4}[0-9A-Z]{2}[0-9]{3})(?![0-9])")
_COUNTRY_BEHIND = re.compile(r"\s*(?:,\s*(?P<code>[A-Z]{2})\s*(?:[;,.\n]|$)|\((?P<land>[^()]{2,40})\))")
_NUMBER_AND_COUNTRY = re.compile(r"\s*(?P<number>[^()]{3,60}?)\s*\((?P<land>[^()]{2,40})\)\s*$")
_BARE_NUMBER = re.compile(r"\s*[0-9A-Za-z][0-9A-Za-z ./-]{2,39}\s*$")
