# SPDX-License-Identifier: Apache-2.0
"""Identifiers: the `ids` column, `label, value, CC; label, value; …`, into FollowTheMoney's properties.

A number with a check digit goes into its own property only if the digit holds; otherwise it stays a registration, tax
or identity number. What describes the listing rather than the party (dates, directives) is kept apart. Social security,
driving licence, visa and electoral numbers of persons are not taken: nothing here needs them.
"""

from __future__ import annotations

import re

import msgspec

from highfence.model.country import country_code
from highfence.model.identifier import parse
from highfence.sources.dates import read_date

#: Label -> the identifier it may be (see model.identifier) and the property it then has, else the general property.
_CHECKED: dict[str, tuple[tuple[tuple[str, str], ...], str]] = {
    "unified social credit code (uscc)": ((("uscc", "uscCode"),), "registrationNumber"),
    "registration id": ((("ogrn", "ogrnCode"),), "registrationNumber"),
    "registration number": ((("ogrn", "ogrnCode"),), "registrationNumber"),
    "public registration number": ((("ogrn", "ogrnCode"),), "registrationNumber"),
    "tax id no.": ((("inn", "innCode"),), "taxNumber"),
    "government gazette number": ((("okpo", "okpoCode"),), "registrationNumber"),
    "legal entity number": ((("lei", "leiCode"),), "registrationNumber"),
    "le number": ((("lei", "leiCode"),), "registrationNumber"),
    "isin": ((("isin", "isin"),), "idNumber"),
    "swift/bic": ((("swift", "swiftBic"),), "idNumber"),
    "d-u-n-s number": ((("duns", "dunsCode"),), "idNumber"),
    "v.a.t. number": ((("vat", "vatCode"),), "taxNumber"),
    "vessel registration identification": ((("imo", "imoNumber"),), "registrationNumber"),
    "identification number": ((("imo-company", "imoNumber"),), "idNumber"),
}
#: Label -> property, as it stands.
_PLAIN = {
    "registrationNumber": (
        "business registration document #",
        "business registration number",
        "c.r. no.",
        "certificate of incorporation number",
        "chamber of commerce number",
        "commercial registry number",
        "company number",
        "enterprise number",
        "folio mercantil no.",
        "istanbul chamber of comm. no.",
        "matricula mercantil no",
        "registered charity no.",
        "romanian c.r.",
        "trade license no.",
        "turkish identification number",
        "uk company number",
        "aircraft tail number",
    ),
    "taxNumber": (
        "c.u.i.t.",
        "fiscal code",
        "italian fiscal code",
        "nit #",
        "paraguayan tax identification number",
        "r.f.c.",
        "rfc",
        "rif #",
        "rtn",
        "ruc #",
        "us fein",
    ),
    "licenseNumber": ("license", "bank identifier code"),
    "passportNumber": (
        "passport",
        "diplomatic passport",
        "british national overseas passport",
        "stateless person passport",
    ),
    "idNumber": (
        "bosnian personal id no.",
        "c.u.r.p.",
        "cedula no.",
        "cedula de ciudadania",
        "d.n.i.",
        "immigration no.",
        "kenyan id no.",
        "moroccan personal id no.",
        "national foreign id number",
        "national id no.",
        "personal id card",
        "public security and immigration no.",
        "serial no.",
        "tarjeta de identidad",
        "travel document number",
    ),
    "alias": ("issuer name",),
    "bikCode": ("bik (ru)",),
    "email": ("email address",),
    "gender": ("gender",),
    "incorporationDate": ("organization established date",),
    "mmsi": ("mmsi",),
    "model": ("aircraft model",),
    "phone": ("phone number",),
    "sector": ("organization type", "target type"),
    "serialNumber": ("aircraft manufacturer's serial number (msn)",),
    "icaoCode": ("aircraft mode s transponder code",),
    "buildDate": ("vessel year of build", "aircraft manufacture date"),
    "website": ("website",),
    "ticker": ("equity ticker",),
    "flag": ("vessel flag",),
}
_PROPERTY_OF = {label: prop for prop, labels in _PLAIN.items() for label in labels}
#: Labels that say what the listing does, not who the party is.
_EFFECT = re.compile(
    r"directive (?:determination|information)|^additional sanctions information|^secondary sanctions risk"
    r"|^transactions prohibited|^caatsa section|^ifca determination"
)
_DIRECTIVE = re.compile(r"[Ss]ubject to (Directive \w+|Secondary Sanctions)")
_COUNTRY = re.compile(r"^(.*), ([A-Z]{2})$", re.DOTALL)


class Identifiers(msgspec.Struct, frozen=True, kw_only=True):
    """What the column says: properties by name (with `isin` and `ticker` beside them), effects and the listing's days.

    `unknown` holds the labels nobody here knows; their values are not taken.
    """

    properties: dict[str, list[str]]
    effects: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


NONE = Identifiers(properties={})


def read_identifiers(text: str) -> Identifiers:
    """Read an `ids` cell."""
    if not text:
        return NONE
    properties: dict[str, list[str]] = {}
    effects: dict[str, None] = {}
    listed: list[str] = []
    unknown: list[str] = []
    for part in text.split("; "):
        printed, comma, value = part.partition(", ")
        label = printed.strip().rstrip(" :-").casefold()
        value = value.strip()
        if not comma or not value or label in _NOT_TAKEN:
            continue
        if label.startswith("listing date"):
            listed.append(value)
        elif _EFFECT.search(label):
            effects.update(dict.fromkeys(_effect(label, value)))
        elif (prop_value := _property(label, value)) is not None:
            properties.setdefault(prop_value[0], []).append(prop_value[1])
        elif not label.startswith(_OTHER_DATES):
            unknown.append(label)
    return Identifiers(
        properties=properties, effects=tuple(effects), listed=tuple(listed), unknown=tuple(dict.fromkeys(unknown))
    )


#: Known, and left out on purpose; see NOTES.md.
_NOT_TAKEN = frozenset(
    (
        "credencial electoral",
        "driver's license no.",
        "electoral registry no.",
        "nationality country",
        "nationality of registration",
        "ssn",
        "visanumberid",
    )
)
_OTHER_DATES = ("effective date", "purchase/sales for divestment date")


def _property(label: str, value: str) -> tuple[str, str] | None:
    """Return property and value for a label, or None if nobody knows the label."""
    number, country = value, ""
    if with_country := _COUNTRY.match(value):
        number, country = with_country[1].strip(), country_code(with_country[2])
    if label in _CHECKED:
        kinds, general = _CHECKED[label]
        return _checked(number, country, kinds=kinds) or (general, number)
    prop = _PROPERTY_OF.get(label)
    if prop is None:
        return None
    return prop, _tidy(prop, value if prop in ("alias", "sector", "model") else number)


def _checked(number: str, country: str, *, kinds: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    for kind, prop in kinds:
        if kind in _RUSSIAN and country not in ("", "ru"):
            continue
        identifier = parse(kind, number)
        if identifier is not None:
            return prop, identifier.value
    return None


_RUSSIAN = ("inn", "ogrn", "okpo")


def _tidy(prop: str, value: str) -> str:
    if prop == "website":
        return value if "://" in value else f"http://{value}"
    if prop in ("gender", "email"):
        return value.casefold()
    if prop in ("incorporationDate", "buildDate"):
        return read_date(value)
    return country_code(value) if prop == "flag" else value


def _effect(label: str, value: str) -> tuple[str, ...]:
    """Return short words for an effect of the listing; a mere link to the directives says nothing."""
    if found := _DIRECTIVE.search(value):
        return (f"subject to {found[1]}" if found[1].startswith("Directive") else "subject to secondary sanctions",)
    if "please visit" in value or "http" in value:
        return ()
    if label.startswith("caatsa section"):
        return (value,)
    return (f"{label}: {value}",)
