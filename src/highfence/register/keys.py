# SPDX-License-Identifier: Apache-2.0
"""Keys: the few things about an entity that, shared with another, make both the same party.

Two entities with a key in common become one company without anybody looking at it, and a wrong one freezes an innocent
firm. So a key is made only of what is as good as never shared by chance: an identifier that a register issues once; an
organisation's name, if it is distinctive beyond its legal form; a person's name with the day of birth; a full address
where a list names nothing but the address. A name that others may well bear (short, of a ministry, or an alias) counts
only together with a country. Everything weaker is for people to judge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from highfence.model.assertion import Assertion
from highfence.model.entity import Entity
from highfence.model.identifier import identifiers_of

#: Least own words, or characters, of a name beside its legal form, for it to be a key; in `_COUNTRY` together with a
#: country, in `_ALONE` without. Without a legal form more is asked, for such names are borne by many. Measured on
#: 399,203 names of the LEI register: of what passes, under 1 in 200 is also the name of a firm in another country.
WITH_FORM_COUNTRY = (2, 8)
WITH_FORM_ALONE = (3, 16)
WITHOUT_FORM_COUNTRY = (3, 24)
WITHOUT_FORM_ALONE = (5, 40)
#: An address is one party's only if it is as long as this and has a number in it.
ADDRESS_CHARACTERS_LEAST = 16
#: No entity of the official lists has more than 42 keys. One with over a hundred would glue together what is not one,
#: by mistake or on purpose, so it joins by nothing but its id.
KEYS_MOST = 100


def keys_of(assertion: Assertion) -> tuple[str, ...]:
    """Return the keys of what an assertion is about; at least the subject's id, also where no entity is carried."""
    subject = assertion.entity()
    keys = () if subject is None else join_keys((subject,))
    return tuple(dict.fromkeys((f"entity:{assertion.subject}", *keys)))


def judged_keys(assertion: Assertion, me: str) -> tuple[str, ...]:
    """Return the keys that a positive judgement gives its subject: the other entity's id, if the judgement is `me`'s.

    What another authority judged joins nothing here; it is shown to whoever judges.
    """
    judgement = assertion.judgement
    if judgement is None or assertion.originator != me or judgement.verdict != "positive":
        return ()
    return (f"entity:{judgement.other}",)


def held_apart(assertion: Assertion, me: str) -> frozenset[str] | None:
    """Return the two entities that a negative judgement of `me` holds apart, or None."""
    judgement = assertion.judgement
    if judgement is None or assertion.originator != me or judgement.verdict != "negative":
        return None
    return frozenset((assertion.subject, judgement.other))


def join_keys(entities: Sequence[Entity]) -> tuple[str, ...]:
    """Return the keys of the first of `entities`, the subject; its kin behind it give none. Each key once, in order.

    `entity:<id>` always; `<kind>:<value>` for each strong identifier of anything but a person; `name:<name>` and
    `name:<name>|<country>` for organisations; `person:<words>|<day>` for persons; `address:<address>` for addresses.

    >>> join_keys((Entity(id="jp-7", schema="Company", properties={"name": ("Nantong Laser Optics Co., Limited",)}),))
    ('entity:jp-7', 'name:nantong laser optics co ltd')
    """
    if not entities:
        return ()
    subject = entities[0]
    keys = {f"entity:{subject.id}": None}
    if subject.schema == "Person":
        # No identifiers: published lists have given one person's tax number to another.
        keys.update((key, None) for key in _person_keys(subject))
        return tuple(keys)
    keys.update((f"{one.kind}:{one.value}", None) for one in identifiers_of(subject) if one.strong)
    if subject.schema in ORGANISATIONS:
        keys.update((key, None) for key in _name_keys(subject))
    elif subject.schema == "Address":
        keys.update((key, None) for key in _address_keys(subject))
    return tuple(keys) if len(keys) <= KEYS_MOST else (f"entity:{subject.id}",)


def normalise(name: str) -> str:
    """Return a name for comparison: compatible letters, no case, no punctuation, single spaces; every script is kept.

    >>> normalise("  «ООО» “Ромашка”,  Ltd. "), normalise("ＡＣＭＥ Co.,Ltd")
    ('ооо ромашка ltd', 'acme co ltd')
    """
    if not name.isascii():
        seen = name.translate(_UNSEEN)
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
        name = _DOTTED_I.sub("i", folded) if _DOT_ABOVE in folded else folded
    return " ".join(unicodedata.normalize("NFKC", name).lower().translate(_SPACED).split())


def _name_keys(entity: Entity) -> Iterator[str]:
    countries = sorted(
        {_CHINA.get(code, code) for prop in ("country", "jurisdiction", "mainCountry") for code in entity.values(prop)}
    )
    for prop in ("name", "alias", "previousName"):
        for name in entity.values(prop):
            words, forms = split_name(normalise(name))
            formed = bool(forms) or _CHINESE_FORM.search(name) is not None
            if entity.schema == "LegalEntity" and not formed and _ORGANISATION_WORDS.isdisjoint(words):
                continue
            key = f"name:{' '.join((*words, *forms))}"
            # A list gives as aliases what is also the name of a parent, a branch or a neighbour.
            alone = prop == "name" and OF_EVERY_STATE.isdisjoint(words)
            if alone and is_long(words, WITH_FORM_ALONE if formed else WITHOUT_FORM_ALONE):
                yield key
            if prop == "name" and not formed:
                least = WITHOUT_FORM_COUNTRY
            elif prop == "name":
                least = WITH_FORM_COUNTRY
            elif formed:
                least = WITH_FORM_ALONE
            else:
                continue
            if is_long(words, least):
                yield from (f"{key}|{country}" for country in countries)


def names_an_organisation(name: str, entity: Entity) -> bool:
    """Tell whether a name is an organisation's: of an entity of which nobody says what it is, the name must say it."""
    if entity.schema != "LegalEntity":
        return True
    words, forms = split_name(normalise(name))
    return bool(forms) or _CHINESE_FORM.search(name) is not None or not _ORGANISATION_WORDS.isdisjoint(words)


def is_long(words: list[str], least: tuple[int, int]) -> bool:
    """Tell whether a name has the least number of words, or of characters."""
    return len(words) >= least[0] or sum(map(len, words)) + len(words) - 1 >= least[1]


def split_name(name: str) -> tuple[list[str], list[str]]:
    """Split a normalised name into its own words and, sorted and abbreviated, those of its legal form."""
    for phrase, short in _FORM_PHRASES:
        if phrase in name:
            name = name.replace(phrase, short)
    words, forms = [], []
    for word in name.split():
        form = _FORMS.get(word)
        if form is None:
            words.append(word)
        else:
            forms.append(form)
    return words, sorted(forms)


def _person_keys(entity: Entity) -> Iterator[str]:
    """Family names stand first on one list and last on another, so the order of the words does not count."""
    days = [day for day in entity.values("birthDate") if _DAY.match(day)]
    for name in entity.values("name"):
        words = sorted(normalise(name).split())
        if len(words) > 1:
            yield from (f"person:{' '.join(words)}|{day}" for day in days)


def _address_keys(entity: Entity) -> Iterator[str]:
    for text in (*entity.values("full"), *entity.values("address")):
        address = normalise(text)
        if len(address) >= ADDRESS_CHARACTERS_LEAST and any(character.isdigit() for character in address):
            yield f"address:{address}"


class _Unseen(dict[int, str]):
    """Maps each character, when it is first met, to itself, or to nothing if it cannot be seen."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = "" if unicodedata.category(character) == "Cf" else character
        return self[code]


class _Spaced(dict[int, str]):
    """Maps each character, when it is first met, to itself, or to a space if it is no letter, digit or accent."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = " " if unicodedata.category(character)[0] in "PSZC" else character
        return self[code]


_UNSEEN = _Unseen()
_SPACED = _Spaced()
#: What the Turkish capital I with a dot leaves behind when it is folded.
_DOT_ABOVE = "\u0307"
_DOTTED_I = re.compile("i\u0307+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
#: `LegalEntity` is any party of which a list does not say what it is, so a name alone must say it.
ORGANISATIONS = frozenset(("Company", "LegalEntity", "Organization", "PublicBody"))
#: One list says Hong Kong or Macao where another says China.
_CHINA = {"hk": "cn", "mo": "cn"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Bodies that every state has under the same name.
OF_EVERY_STATE = _words("""
    agency army bank committee customs department directorate government guard guards intelligence ministry navy
    parliament police secretariat security
""")
_ORGANISATION_WORDS = _words("""
    academy aerospace agency air airline airlines airways army association aviation bank brigade bureau cargo center
    centre college committee department directorate electronic electronics engineering enterprise enterprises
    equipment factory foundation fund group holding holdings industrial industries industry institute institution
    instruments international laboratories laboratory logistics machinery manufacturing ministry network office
    organisation organization party plant production research school scientific semiconductor service services
    shipping shipyard society solutions supply systems tech technologies technology telecommunications trade trading
    transport university works
""")
#: Chinese, Japanese and Korean names are written without spaces, so their forms are looked for inside.
_CHINESE_FORM = re.compile("有限公司|股份公司|集团公司|有限责任|株式会社|株式會社|有限会社|주식회사|유한회사")
#: Legal forms of several words, the longer first, and what stands for them.
_FORM_PHRASES = (
    ("limited liability company", "llc"),
    ("public joint stock company", "pjsc"),
    ("open joint stock company", "ojsc"),
    ("closed joint stock company", "cjsc"),
    ("joint stock company", "jsc"),
    ("общество с ограниченной ответственностью", "ооо"),
    ("публичное акционерное общество", "пао"),
    ("открытое акционерное общество", "оао"),
    ("закрытое акционерное общество", "зао"),
    ("акционерное общество", "ао"),
)
_SHORT_FORMS = _words("""
    ag as bhd bv cjsc co corp dmcc doo eood fzc fzco fze gmbh inc jsc kft kg llc llp lp ltd ltda nv ojsc oy pjsc plc
    pte pty pvt sa sarl sas sdn spa srl sti tic
""")
#: Legal forms of one word, with the abbreviation that stands for equal ones; Russian ones as they are translated.
_FORMS = {
    **{form: form for form in _SHORT_FORMS},
    "company": "co",
    "corporation": "corp",
    "incorporated": "inc",
    "limited": "ltd",
    "limitada": "ltda",
    "private": "pvt",
    "ooo": "llc",
    "ооо": "llc",
    "ao": "jsc",
    "ао": "jsc",
    "oao": "ojsc",
    "оао": "ojsc",
    "zao": "cjsc",
    "зао": "cjsc",
    "pao": "pjsc",
    "пао": "pjsc",
    "sirketi": "sti",
    "şirketi": "sti",
}
