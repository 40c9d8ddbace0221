# SPDX-License-Identifier: Apache-2.0
"""Parse: the Foreign End User List from JSON to listings.

One JSON object for each listed party. What each field means, and which of them lie, is in NOTES.md.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from highfence.errors import ListRefused
from highfence.model.country import country_code
from highfence.model.entity import Entity
from highfence.model.listing import Listing
from highfence.model.schema import check
from highfence.sources.progress import quiet, told
from highfence.sources.source import ListedParty, Parsed, Problem, Progress

LIST = "Foreign End User List"
PROGRAMME = "Catch-all control: foreign end users of concern"
MEASURE = "Export control"
#: The letters behind the colon in `reason`, in the order they are told.
CONCERNS = {
    "B": "biological weapons",
    "C": "chemical weapons",
    "M": "missiles",
    "N": "nuclear weapons",
    "CW": "conventional weapons",
}
SCHEMATA = {"organization": "Organization", "company": "Company", "individual": "Person", "vessel": "Vessel"}
_KANA = re.compile("[\u3041-\u30ff]")
_EAST_ASIAN = re.compile("[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
#: A name followed by brackets: "Air Koryo (高麗航空)".
_TRAILING_BRACKETS = re.compile(r"^(?P<name>.+?)\s*\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)\)$")
#: No name is longer; what is, is kept whole and not searched for brackets.
_NAME_LENGTH_MOST = 1000
_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"(?<![A-Z])(?:CW|[BCMN])(?![A-Z])")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as the file has it; fields that are not named here are ignored (see NOTES.md)."""

    entity_name: str
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    reason: str = ""
    entity_type: str = ""
    source_url: str = ""


def parse(data: bytes, progress: Progress = quiet) -> Parsed:
    """Read a whole edition of the list.

    Problem codes: `bad_row` and `no_name` (not taken), `duplicate_key` (not taken), `name_in_address`,
    `unknown_country`, `unknown_type` and `unknown_concern` (taken).

    Raises:
        ListRefused: the bytes are not a JSON array; says at which byte.
    """
    raws = _rows(data)
    parties: dict[str, ListedParty] = {}
    problems: list[Problem] = []
    for line, raw in told(raws, progress):
        row = _row(raw)
        if isinstance(row, str):
            problems.append(Problem(line=line, code="bad_row", what=row, taken=False))
        else:
            _take(row, line, parties=parties, problems=problems)
    return Parsed(parties=tuple(parties.values()), problems=tuple(problems), rows=len(raws))


def key_of(name: str, country: str) -> str:
    """Return the key of an entry: where it is and its name without case, spaces and punctuation.

    The running id is of no use: the list is sorted by country and name and numbered anew with every edition.

    >>> key_of("Air  Koryo", "kp")
    'kp/air koryo'
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    words = " ".join(_WORD.findall(plain)) or plain.strip()
    return f"{country}/{words}"


def _rows(data: bytes) -> list[tuple[int, msgspec.Raw]]:
    """Return each element of the array with the line it begins on."""
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        raws = msgspec.json.decode(data, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(error, data) from error
    lines: list[tuple[int, msgspec.Raw]] = []
    line, position = 1, 0
    for raw in raws:
        begins = data.index(bytes(raw), position)
        line += data.count(b"\n", position, begins)
        lines.append((line, raw))
        line += bytes(raw).count(b"\n")
        position = begins + len(bytes(raw))
    return lines


def _refused(error: Exception, data: bytes) -> ListRefused:
    found = re.search(r"\(byte (\d+)\)", str(error))
    if isinstance(error, UnicodeDecodeError):
        what, position = "the file is not UTF-8", error.start
    elif isinstance(error, RecursionError):
        what, position = "the file is nested too deeply to be this list", 0
    else:
        what = f"the file is not a JSON array: {re.sub(r' [(]byte .*', '', str(error))}"
        position = int(found[1]) if found else (len(data) if "truncated" in str(error) else 0)
    line = data.count(b"\n", 0, position) + 1
    return ListRefused(
        what,
        where=f"byte {position}, line {line}",
        advice="Download the file again; if it is whole, its form has changed and the importer must learn it",
    )


def _row(raw: msgspec.Raw) -> Row | str:
    """Decode one entry, or say why it cannot be used."""
    try:
        return msgspec.json.decode(raw, type=Row, strict=True)
    except msgspec.ValidationError as error:
        return f"the entry has another form: {error}"
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"the entry is not sound JSON: {error}"
    except RecursionError:
        return "the entry is nested too deeply"


def _take(row: Row, line: int, *, parties: dict[str, ListedParty], problems: list[Problem]) -> None:
    def report(code: str, what: str, *, taken: bool = True) -> None:
        problems.append(Problem(line=line, code=code, what=what, taken=taken))

    name, country, place = _name_and_country(row)
    if not name:
        report("no_name", "the entry names nobody", taken=False)
        return
    key = key_of(_split(name)[0], country or place)
    if key in parties:
        report("duplicate_key", "an entry of this name and country came before; the first is kept", taken=False)
        return
    if not row.entity_name.strip():
        report("name_in_address", "the name stands in the address column, behind the country")
    if not country:
        report("unknown_country", f"{place[:60]!r} is not a country; kept as the address")
    if row.entity_type.casefold() not in SCHEMATA:
        report("unknown_type", f"entity_type {row.entity_type[:40]!r} is not known; taken as LegalEntity")
    if not _concerns(row.reason):
        report("unknown_concern", "the reason names no kind of weapon")
    parties[key] = _party(row, key, name=name, country=country)


def _name_and_country(row: Row) -> tuple[str, str, str]:
    """Return name, country code and the text that stands for the country, for rows that mix two columns too."""
    name = _plain(row.entity_name)
    place = _plain(row.addresses[0]) if row.addresses else ""
    country = country_code(place)
    if name or country:
        return name, country, place
    words = place.split()
    for count in range(len(words) - 1, 0, -1):
        if country := country_code(" ".join(words[:count])):
            return " ".join(words[count:]), country, " ".join(words[:count])
    return "", "", place


def _party(row: Row, key: str, *, name: str, country: str) -> ListedParty:
    identity = f"jp-{hashlib.sha256(key.encode()).hexdigest()[:20]}"
    main, *writings = _split(name)
    pairs = [("name", main), *(("alias", writing) for writing in writings)]
    originals = {main: row.entity_name} if row.entity_name.strip() and main != row.entity_name else {}
    for printed in row.aliases:
        alias, *writings = _split(_plain(printed))
        pairs += [("alias", writing) for writing in (alias, *writings)]
        if alias and alias != printed:
            originals[alias] = printed
    pairs += [("country", country), *(("address", _plain(address)) for address in row.addresses if not country)]
    properties = _gathered(pairs)
    names = (*properties["name"], *properties.get("alias", ()))
    entity = Entity(
        id=identity,
        schema=SCHEMATA.get(row.entity_type.casefold(), "LegalEntity"),
        properties=properties,
        originals=originals,
        languages={value: "jpn" for value in names if _KANA.search(value)},
    )
    listing = Listing(
        jurisdiction="jp",
        source="jp_meti",
        list=LIST,
        key=key,
        entity=identity,
        programme=PROGRAMME,
        measure=MEASURE,
        reason=_reason(row.reason),
        url=row.source_url if row.source_url.startswith("https://") else "",
    )
    return ListedParty(listing=listing, entities=(check(entity),))


def _plain(text: str) -> str:
    """Return text with full-width Latin narrowed and runs of spaces made one."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _split(name: str) -> tuple[str, ...]:
    """Return a name and the writing in East Asian script behind it in brackets, if there is one.

    >>> _split("Air Koryo (高麗航空)"), _split("Iran Electronics Industries (IEI)")
    (('Air Koryo', '高麗航空'), ('Iran Electronics Industries (IEI)',))
    """
    found = _TRAILING_BRACKETS.match(name) if len(name) <= _NAME_LENGTH_MOST else None
    if found is None or not _EAST_ASIAN.search(found["inside"]) or _EAST_ASIAN.search(found["name"]):
        return (name,)
    return found["name"], found["inside"].strip()


def _concerns(reason: str) -> tuple[str, ...]:
    letters = set(_LETTERS.findall(unicodedata.normalize("NFKC", reason)))
    return tuple(words for letter, words in CONCERNS.items() if letter in letters)


def _reason(reason: str) -> str:
    """Return what the letters stand for, then the publisher's own words."""
    return "; ".join(part for part in (", ".join(_concerns(reason)), reason.strip()) if part)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return the values by property, each once, without blanks; a value that is a name is not an alias too."""
    gathered: dict[str, dict[str, None]] = {}
    for prop, value in _distinct(pairs):
        gathered.setdefault(prop, {})[value] = None
    return {prop: tuple(values) for prop, values in gathered.items()}


def _distinct(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    names: set[str] = set()
    for prop, value in pairs:
        if value.strip() and not (prop == "alias" and value in names):
            if prop == "name":
                names.add(value)
            yield prop, value
