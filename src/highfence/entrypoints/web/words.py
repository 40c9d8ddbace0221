# SPDX-License-Identifier: Apache-2.0
"""Words: how days, instants, codes and kinds are written on pages. Pure; the filters of the templates.

What no table here knows is shown as it came (and escaped by the template), never hidden and never guessed at.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from urllib.parse import quote

from highfence.clock import read_instant
from highfence.errors import InvalidEntity, InvalidInput
from highfence.model.country import country_code, country_name
from highfence.model.marking import TLP
from highfence.model.schema import schema
from highfence.rules.scope.named import area_title as title_of

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Jurisdictions and publishers that are no country.
_UNIONS = {"eu": "European Union", "un": "United Nations"}
_KIND_COLOURS = {
    "listing": "",
    "facts": "grey",
    "concern": "red",
    "denial": "orange",
    "notification": "turquoise",
    "correction": "yellow",
    "withdrawal": "purple",
    "comment": "teal",
    "opinion": "teal",
    "decision": "magenta",
    "outcome": "magenta",
}
_STATE_COLOURS = {
    "live": "green",
    "received": "green",
    "recalled": "purple",
    "recall_queued": "orange",
    "recall_refused": "red",
    "sent": "",
    "queued": "yellow",
    "connecting": "yellow",
    "withheld": "grey",
    "refused": "red",
    "quarantined": "red",
}
_CLASSIFICATION_COLOURS = {"PUBLIC": "grey", "SENSITIVE": "orange", "RESTRICTED": "red"}
#: Property names whose words are not the property's letters.
_LABELS = {
    "leiCode": "LEI",
    "uscCode": "Unified social credit code",
    "imoNumber": "IMO number",
    "mmsi": "MMSI",
    "ogrnCode": "OGRN",
    "innCode": "INN",
    "kppCode": "KPP",
    "bvdId": "BvD ID",
    "icijId": "ICIJ ID",
    "unscId": "UN reference",
    "okpoCode": "OKPO",
    "cikCode": "CIK",
    "dunsCode": "D-U-N-S number",
    "swiftBic": "SWIFT/BIC",
    "bic": "BIC",
    "iban": "IBAN",
    "isin": "ISIN",
    "isinCode": "ISIN",
    "vatCode": "VAT number",
    "cageCode": "CAGE code",
    "idNumber": "ID number",
    "uniqueEntityId": "UEI",
    "alias": "Also known as",
    "weakAlias": "Weak alias",
    "full": "Full address",
    "sourceUrl": "Source address",
}
#: The Admiralty scale in words.
_RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "cannot be judged",
}
_CREDIBILITY = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "cannot be judged",
}
#: BCP 47 wants the two-letter code where there is one; these are the languages of the lists.
_LANGUAGES = {
    "ara": "ar",
    "bel": "be",
    "bul": "bg",
    "ces": "cs",
    "deu": "de",
    "ell": "el",
    "eng": "en",
    "fas": "fa",
    "fra": "fr",
    "heb": "he",
    "jpn": "ja",
    "kor": "ko",
    "rus": "ru",
    "spa": "es",
    "tur": "tr",
    "ukr": "uk",
    "urd": "ur",
    "zho": "zh",
}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def day_text(value: date | None) -> str:
    """Write a day: `24 Nov 2026`; an unknown one is an empty text."""
    return "" if value is None else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def instant_words(text: str) -> str:
    """Write an RFC 3339 instant for people, in UTC: `24 Nov 2026, 12:00:05 UTC`.

    What is no instant is returned as it is: a peer's words are shown, not judged, on a page.
    """
    try:
        at = read_instant(text)
    except ValueError:
        return text
    return f"{_clock_day(at)}, {at:%H:%M:%S} UTC"


def jurisdiction_name(code: str) -> str:
    """Write a jurisdiction: `us` is `United States`, `eu` is `European Union`; an unknown code in capitals."""
    return _UNIONS.get(code) or _country(code) or code.upper()


def country_words(code: str) -> str:
    """Write a country code as its name; an unknown code in capitals."""
    return _country(code) or code.upper()


def area_title(area: str) -> str:
    """Write a technology area of the yard as its title."""
    return title_of(area)


def value_words(value: str, schema_name: str, prop: str) -> str:
    """Write the value of a property: a country code as the country's name with its code, all else as it is.

    >>> value_words("nl", "Company", "country"), value_words("nl", "Company", "name")
    ('Netherlands (nl)', 'nl')
    """
    return f"{country_words(value)} ({value})" if property_type(schema_name, prop) == "country" else value


def property_type(schema_name: str, prop: str) -> str:
    """Return the FollowTheMoney type of a property's values, or an empty text if nobody knows that property."""
    try:
        return schema(schema_name).properties[prop].type
    except (InvalidEntity, KeyError):
        return ""


def property_label(name: str) -> str:
    """Write a FollowTheMoney property or a code with underscores as words: `registrationNumber`, `not_connected`.

    >>> property_label("registrationNumber"), property_label("leiCode"), property_label("not_connected")
    ('Registration number', 'LEI', 'Not connected')
    """
    if name in _LABELS:
        return _LABELS[name]
    words = _HUMP.sub(" ", name).replace("_", " ").lower()
    return words[:1].upper() + words[1:]


def schema_label(name: str) -> str:
    """Write a schema as words: `LegalEntity` is `Legal entity`."""
    return property_label(name)


def kind_colour(kind: str) -> str:
    """Return the class that colours the tag of a kind of assertion; of a closed set, whatever `kind` is."""
    return _tag_class(_KIND_COLOURS.get(kind, "grey"))


def state_colour(state: str) -> str:
    """Return the class that colours the tag of a delivery's or link's state."""
    return _tag_class(_STATE_COLOURS.get(state, "grey"))


def classification_colour(name: str) -> str:
    """Return the class that colours a classification; an unknown one looks like the highest."""
    return _tag_class(_CLASSIFICATION_COLOURS.get(name, "red"))


def tlp_class(tlp: str) -> str:
    """Return the class of a TLP label; an unknown one looks like RED, as it is handled."""
    known = tlp if tlp in TLP else "RED"
    return "hf-tlp--" + known.lower().replace("+", "-")


def reliability_words(grade: str) -> str:
    """Write the reliability of a source: `B: usually reliable`."""
    return f"{grade}: {_RELIABILITY.get(grade, 'unknown grade')}"


def credibility_words(grade: int) -> str:
    """Write the credibility of information: `2: probably true`."""
    return f"{grade}: {_CREDIBILITY.get(grade, 'unknown grade')}"


def lang_tag(code: str) -> str:
    """Return the tag that browsers know a language by (BCP 47) for its ISO 639-3 code; other codes as they are."""
    return _LANGUAGES.get(code, code)


def segment(text: str) -> str:
    """Write a text as one segment of a path."""
    return quote(text, safe="")


def number(value: float | None) -> str:
    """Write a number with thousands; a whole one without a fraction, an unknown one as an empty text."""
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def sentence(text: str) -> str:
    """Write a text with a capital at its beginning and one full stop at its end.

    >>> sentence("the name is empty; fill it in"), sentence("")
    ('The name is empty; fill it in.', '')
    """
    return text[:1].upper() + text[1:].rstrip(".") + "." if text else ""


def _clock_day(at: datetime) -> str:
    return day_text(at.date())


def _country(code: str) -> str:
    try:
        return country_name(country_code(code))
    except InvalidInput:
        return ""


def _tag_class(colour: str) -> str:
    return f"govuk-tag govuk-tag--{colour}" if colour else "govuk-tag"
