# SPDX-License-Identifier: Apache-2.0
"""Derive src/highfence/matching/tables/legal_forms.json from the GLEIF's list of legal forms (ELF codes, CC0).

    python bench/derive_legal_forms.py --elf FILE

Each form's local name, its transliteration and its abbreviations become a phrase of a broad class, decided by words in
the name itself; what no word decides is left out. Usual transliterations, which the list does not have, are added.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import msgspec

from highfence.matching.legal_forms import phrase_of

TABLES = Path(__file__).parent.parent / "src" / "highfence" / "matching" / "tables"
TARGET, USUAL = TABLES / "legal_forms.json", TABLES / "usual_forms.json"

#: Words of names that say what a firm does rather than what form it has.
NOT_FORMS = re.compile(
    r"bank|insurance|credit|savings|loan|school|hospital|church|relig|parish|paroisse|poist|poľno|čsd|žel|živ|rdis|org\.|zdru"
    r"|condominium|agricult|utility|railroad|municipal|city|universit|cemeter|electric"
)


class Rules(msgspec.Struct, frozen=True):
    """What `tables/usual_forms.json` says.

    `classes` pairs a class with the pattern that tells it, the first found counts; `not_forms` are abbreviations that
    are words or names more often than forms; `usual` are forms, by class, that the list lacks: transliterations,
    translations and spellings met in official lists.
    """

    usual: dict[str, list[str]]
    not_forms: frozenset[str]
    classes: list[tuple[str, str]]


def main() -> None:
    """Write the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--elf", type=Path, required=True, help="the GLEIF's elf_codes CSV")
    rules = msgspec.json.decode(USUAL.read_bytes(), type=Rules)
    rows = csv.DictReader(options.parse_args().elf.open(encoding="utf-8-sig", newline=""))
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        _vote(row, votes, rules)
    table: dict[str, set[str]] = defaultdict(set)
    for phrase, counted in votes.items():
        table[counted.most_common(1)[0][0]].add(phrase)
    usual = {phrase_of(phrase): kind for kind, texts in rules.usual.items() for phrase in texts}
    for phrase, kind in usual.items():
        for others in table.values():
            others.discard(phrase)
        table[kind].add(phrase)
    kept = {kind: sorted(phrases - {""}) for kind, phrases in sorted(table.items())}
    TARGET.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print({kind: len(phrases) for kind, phrases in kept.items()}, TARGET.stat().st_size, "bytes")


def _vote(row: dict[str, str], votes: dict[str, Counter[str]], rules: Rules) -> None:
    """Count a row's phrases for the class its name tells."""
    local = row["Entity Legal Form name Local name"]
    transliterated = row["Entity Legal Form name Transliterated name (per ISO 01-140-10)"]
    names = f"{local} {transliterated}".lower()
    if NOT_FORMS.search(names):
        return
    plain = f"{names} {phrase_of(local)} {phrase_of(transliterated)}"
    kind = next((kind for kind, pattern in rules.classes if re.search(pattern, plain)), "")
    if not kind:
        return
    short = f"{row['Abbreviations Local language']};{row['Abbreviations transliterated']}".split(";")
    for text in (local, transliterated, *short):
        phrase = phrase_of(re.sub(r"\(.*?\)|\d|\"", " ", text))
        words = phrase.split()
        if 1 <= len(words) <= 8 and len(phrase) > 1 and phrase not in rules.not_forms:
            votes[phrase][kind] += 1


if __name__ == "__main__":
    main()
