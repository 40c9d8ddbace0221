# SPDX-License-Identifier: Apache-2.0
"""Names: how the Section 1260H list prints a company's name, its short forms and the mark behind it."""

from __future__ import annotations

import re
import unicodedata

_MARKED = re.compile(r"[\s*]*\*[\s*.]*$")
#: `Example Company Limited (EXC)`, also `(EXC).` at the end of a printed line.
_BRACKETED = re.compile(r"^(.*\S)\s*\(([^()]+)\)\.?$", re.DOTALL)
#: A comma with no space behind it parts two aliases; `Co., Ltd.` has one.
_BETWEEN = re.compile(r";|,(?! )")
_NOT_A_WORD = re.compile(r"[\W_]+")
_NOT_AN_ALIAS = re.compile(r"^(?:formerly|also known as|f/?k/?a|a/?k/?a)\b", re.IGNORECASE)


def clean_name(printed: str) -> str:
    """Return a printed name without the footnote mark behind it."""
    return _MARKED.sub("", printed).strip()


def split_aliases(text: str) -> tuple[str, ...]:
    """Return the names of an `Alias` or `Previous Name` cell."""
    return tuple(name.strip() for name in _BETWEEN.split(text) if name.strip())


def short_form(name: str) -> str:
    """Return what stands in brackets behind a name if it is a short form of it, else ''."""
    found = _BRACKETED.match(name)
    return "" if found is None or _NOT_AN_ALIAS.match(found[2]) else found[2].strip()


def company_key(name: str) -> str:
    """Return what the spellings of one company in the editions share: no case, punctuation or bracket at the end."""
    found = _BRACKETED.match(name)
    folded = unicodedata.normalize("NFKC", found[1] if found else name).casefold()
    return _NOT_A_WORD.sub(" ", folded).strip() or folded.strip()
