# SPDX-License-Identifier: Apache-2.0
"""Derive src/highfence/matching/tables/weights.json: how rare the words of company and personal names are.

    python bench/derive_weights.py --companies NAMES.txt --persons NAMES.txt

Each file has one name a line (for the shipped table: the GLEIF's legal names with the organisations of the official
lists, and the persons of the lists). Only counts of words leave this script, and only of words met often.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from pathlib import Path

from highfence.matching.analysis import analyse
from highfence.matching.names import NUMBER

TARGET = Path(__file__).parent.parent / "src" / "highfence" / "matching" / "tables" / "weights.json"
#: A word met no more often than this is as rare as one never met.
RARE = {"organisations": 25, "persons": 8}
#: The least a word can weigh, in percent.
LEAST = {"organisations": 12, "persons": 45}


def main() -> None:
    """Write the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--companies", type=Path, required=True)
    options.add_argument("--persons", type=Path, required=True)
    chosen = options.parse_args()
    table = {
        "organisations": _weights(chosen.companies, "Company", "organisations"),
        "persons": _weights(chosen.persons, "Person", "persons"),
    }
    TARGET.write_text(json.dumps(table, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n", encoding="utf-8")
    print({name: len(words) for name, words in table.items()}, TARGET.stat().st_size, "bytes")


def _weights(file: Path, schema: str, which: str) -> dict[str, int]:
    """Return word -> weight in percent: the logarithm of its rarity, 100 for one met `rare` times or less."""
    rare = RARE[which]
    counts: Counter[str] = Counter()
    names = 0
    for line in file.open(encoding="utf-8"):
        names += 1
        counts.update(
            token.id
            for token in analyse(line.strip(), schema=schema).tokens
            if token.kind != NUMBER and len(token.id) > 1
        )
    scale = math.log(names / rare)
    return {
        word: max(LEAST[which], round(100 * math.log(names / count) / scale))
        for word, count in sorted(counts.items())
        if count > rare
    }


if __name__ == "__main__":
    main()
