# SPDX-License-Identifier: Apache-2.0
"""Names as they arrive: typed with errors, in another order, with another legal form, in another script.

Each change takes a name and a source of chance and returns the changed name, or the name itself where it has no hold.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable

_FORM = re.compile(
    r"\b(public joint stock company|joint stock company|limited liability company|co\.?,? ?ltd\.?|company limited"
    r"|limited|ltd\.?|inc\.?|corporation|corp\.?|llc|l\.l\.c\.?|jsc|ojsc|pjsc|ooo|oao|zao|ao|gmbh|s\.?a\.?|fze|fzco|plc"
    r"|co\.?)(?=\W|$)",
    re.IGNORECASE,
)
_FORMS = (
    "Ltd",
    "LLC",
    "Limited Liability Company",
    "JSC",
    "Joint Stock Company",
    "OOO",
    "Obshchestvo s ogranichennoy otvetstvennostyu",
    "Co., Ltd.",
    "GmbH",
    "Inc.",
    "PJSC",
    "",
)
_CYRILLIC = (
    ("shch", "щ"), ("qu", "кв"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yu", "ю"),
    ("ya", "я"), ("yo", "ё"), ("x", "кс"), ("j", "дж"), ("w", "в"),
    *zip("abvgdeziyklmnoprstufhcq", "абвгдезийклмнопрстуфхкк", strict=True),
)  # fmt: skip
_GREEK = (
    ("th", "θ"), ("ph", "φ"), ("ch", "χ"), ("ps", "ψ"), ("ou", "ου"), ("j", "τζ"), ("f", "φ"), ("h", "χ"), ("c", "κ"),
    ("u", "ου"),
    *zip("abgdeziklmnxoprstvwyq", "αβγδεζικλμνξοπρστβουκ", strict=True),
)  # fmt: skip


def typed(name: str, chance: random.Random) -> str:
    """Make one typing error: a letter left out, changed, doubled by another, or swapped with the next."""
    letters = list(name)
    places = [at for at, letter in enumerate(letters) if letter.isalpha()]
    if not places:
        return name
    at = chance.choice(places)
    kind = chance.randrange(4)
    if kind == 0:
        del letters[at]
    elif kind == 1:
        letters[at] = chance.choice(string.ascii_lowercase)
    elif kind == 2:
        letters.insert(at, chance.choice(string.ascii_lowercase))
    elif at + 1 < len(letters):
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def twice_typed(name: str, chance: random.Random) -> str:
    """Make two typing errors."""
    return typed(typed(name, chance), chance)


def reordered(name: str, chance: random.Random) -> str:
    """Put the words in another order."""
    words = name.split()
    chance.shuffle(words)
    return " ".join(words)


def reformed(name: str, chance: random.Random) -> str:
    """Give the name another legal form, before or behind it, or none."""
    bare = _FORM.sub("", name).strip(" ,") or name
    form = chance.choice(_FORMS)
    return (f"{bare} {form}" if chance.random() < 0.5 else f"{form} {bare}").strip()


def cyrillic(name: str, chance: random.Random) -> str:
    """Write the name in Cyrillic, by sound."""
    text = re.sub("c(?=[eiy])", "с", name.lower())
    for latin, letter in _CYRILLIC:
        text = text.replace(latin, letter)
    return text.upper() if chance.random() < 0.5 else text.title()


def greek(name: str, chance: random.Random) -> str:
    """Write the name in Greek, by sound."""
    text = re.sub("c(?=[eiy])", "σ", name.lower())
    for latin, letter in _GREEK:
        text = text.replace(latin, letter)
    return text.upper() if chance.random() < 0.5 else text


def spaced(name: str, chance: random.Random) -> str:
    """Write the name as one word, or with one space less."""
    return re.sub(r"[\s.,-]+", "", name) if chance.random() < 0.5 else name.replace(" ", "", 1)


def same(name: str, chance: random.Random) -> str:  # noqa: ARG001 - all changes are called alike
    """Leave the name as it is."""
    return name


#: The first four are the ones of which the goal speaks.
CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "typing": typed,
    "order": reordered,
    "legal form": reformed,
    "script (Cyrillic)": cyrillic,
    "script (Greek)": greek,
    "two typing errors": twice_typed,
    "spaces": spaced,
    "none": same,
}
GOAL = ("typing", "order", "legal form", "script (Cyrillic)")


def hostile(chance: random.Random) -> str:
    """Return a name made to break or to slow down what reads it."""
    kind = chance.randrange(10)
    size = chance.choice((1, 2, 399, 401, 5_000, 10_000))
    common = "limited liability company international trading industrial technology group "
    pool = (
        "a" * size,
        "ab " * (size // 3 + 1),
        common * (size // 70 + 1),
        "".join(chr(chance.randrange(0x20, 0x3000)) for _ in range(min(size, 2_000))),
        "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(min(size, 2_000))),
        "e" + "\u0301" * size,
        "\u202e" + "".join(chance.choices(string.ascii_letters + " ()[]{}*+?\\.|^$", k=min(size, 2_000))),
        "(" * size + ")" * size,
        "".join(chr(chance.choice((0x1D400, 0x1F600, 0x10000)) + chance.randrange(40)) for _ in range(min(size, 500))),
        "\x00\x07\ud800" + "о" * size + "OOO ",
    )
    return pool[kind]
