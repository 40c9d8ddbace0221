# SPDX-License-Identifier: Apache-2.0
"""Regimes: the regulations that the letters of a unique id stand for.

The table of subjects names no regime; its unique ids do (`RUS0001`). Titles as on legislation.gov.uk.
"""

from __future__ import annotations

REGIMES = {
    "AFG": "The Afghanistan (Sanctions) (EU Exit) Regulations 2020",
    "AQD": "The ISIL (Da'esh) and Al-Qaida (United Nations Sanctions) (EU Exit) Regulations 2019",
    "BEL": "The Republic of Belarus (Sanctions) (EU Exit) Regulations 2019",
    "BIH": "The Bosnia and Herzegovina (Sanctions) (EU Exit) Regulations 2020",
    "CAF": "The Central African Republic (Sanctions) (EU Exit) Regulations 2020",
    "CHW": "The Chemical Weapons (Sanctions) (EU Exit) Regulations 2019",
    "CTD": "The Counter-Terrorism (Sanctions) (EU Exit) Regulations 2019",
    "CTI": "The Counter-Terrorism (International Sanctions) (EU Exit) Regulations 2019",
    "CYB": "The Cyber (Sanctions) (EU Exit) Regulations 2020",
    "DPR": "The Democratic People's Republic of Korea (Sanctions) (EU Exit) Regulations 2019",
    "DRC": "The Democratic Republic of the Congo (Sanctions) (EU Exit) Regulations 2019",
    "GAC": "The Global Anti-Corruption Sanctions Regulations 2021",
    "GHR": "The Global Human Rights Sanctions Regulations 2020",
    "GIM": "The Global Irregular Migration and Trafficking in Persons Sanctions Regulations 2025",
    "GUB": "The Republic of Guinea-Bissau (Sanctions) (EU Exit) Regulations 2019",
    "GUC": "The Guinea (Sanctions) (EU Exit) Regulations 2019",
    "HAI": "The Haiti (Sanctions) Regulations 2022",
    "INU": "The Iran (Sanctions) (Nuclear) (EU Exit) Regulations 2019",
    "IRN": "The Iran (Sanctions) Regulations 2023",
    "IRQ": "The Iraq (Sanctions) (EU Exit) Regulations 2020",
    "LIB": "The Libya (Sanctions) (EU Exit) Regulations 2020",
    "MAL": "The Mali (Sanctions) (EU Exit) Regulations 2020",
    "MYA": "The Myanmar (Sanctions) Regulations 2021",
    "NIC": "The Nicaragua (Sanctions) (EU Exit) Regulations 2020",
    "RUS": "The Russia (Sanctions) (EU Exit) Regulations 2019",
    "SOM": "The Somalia (Sanctions) (EU Exit) Regulations 2020",
    "SSU": "The South Sudan (Sanctions) (EU Exit) Regulations 2019",
    "SUD": "The Sudan (Sanctions) (EU Exit) Regulations 2020",
    "SYR": "The Syria (Sanctions) (EU Exit) Regulations 2019",
    "VEN": "The Venezuela (Sanctions) (EU Exit) Regulations 2019",
    "YEM": "The Yemen (Sanctions) (EU Exit) (No. 2) Regulations 2020",
}


def regime_of(unique_id: str) -> str:
    """Return the regulations a unique id belongs to; empty if its letters are not known.

    >>> regime_of("CHW0001")
    'The Chemical Weapons (Sanctions) (EU Exit) Regulations 2019'
    """
    return REGIMES.get(unique_id[:3].upper(), "")
