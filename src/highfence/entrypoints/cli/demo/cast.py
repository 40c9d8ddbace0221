# SPDX-License-Identifier: Apache-2.0
"""Cast: the four authorities of the demonstration, their agreements, and the invented company they talk about."""

from __future__ import annotations

from datetime import date

from highfence.ceremony import NewAuthority
from highfence.model.agreement import Agreement
from highfence.model.entity import Entity
from highfence.model.marking import Marking

CAST = (
    NewAuthority(
        code="us",
        name="US Department of Commerce",
        country="us",
        groups=("partners",),
        contact="Bureau of Industry and Security, exchange desk",
    ),
    NewAuthority(
        code="eu",
        name="European Commission",
        country="eu",
        role="coordinator",
        groups=("eu-members",),
        contact="Directorate-General for Trade, exchange desk",
    ),
    NewAuthority(
        code="nl",
        name="Netherlands, Ministry of Foreign Affairs",
        country="nl",
        groups=("eu-members",),
        contact="Export control, exchange desk",
    ),
    NewAuthority(
        code="cy",
        name="Cyprus, Ministry of Finance",
        country="cy",
        groups=("eu-members",),
        screening_law=False,
        contact="Contact point for investment screening",
    ),
)

AGREEMENTS = (
    Agreement(
        id="us-eu-economic-security",
        title="Sharing on export controls and sanctions (demonstration)",
        parties=("us", "eu", "nl", "cy"),
        legal_basis="EU-US joint statement of 21 August 2025, economic security",
        purposes=("export-control", "sanctions", "enforcement", "risk-analysis"),
        valid_from=date(2025, 8, 21),
    ),
    Agreement(
        id="fdi-third-country-cooperation",
        title="Cooperation on investment screening (demonstration)",
        parties=("us", "eu", "nl", "cy"),
        legal_basis="Regulation (EU) 2019/452, Article 13",
        purposes=("investment-screening",),
        valid_from=date(2020, 10, 11),
    ),
)

#: No such company exists: what is said about it in the story is made up.
COMPANY = Entity(
    id="us-demo-blue-crane",
    schema="Company",
    properties={
        "name": ("Shenyang Blue Crane Precision Works Co., Ltd.", "沈阳蓝鹤精密制造有限公司"),
        "country": ("cn",),
        "sector": ("machine tools",),
    },
    languages={"沈阳蓝鹤精密制造有限公司": "zho"},
)

#: What the Netherlands know of the same company, under an id of their own; the equal name joins the two.
SIGHTED = Entity(
    id="nl-demo-1188",
    schema="Company",
    properties={
        "name": ("Shenyang Blue Crane Precision Works Co., Ltd.",),
        "country": ("cn",),
        "previousName": ("Shenyang Crane Optical Instruments Co., Ltd.",),
        "address": ("Hunnan District, Shenyang (demonstration address)",),
    },
)


def restricted(*readers: str) -> Marking:
    """Return the marking of the story's concern: restricted, for the named authorities only, no onward release."""
    return Marking(
        tlp="AMBER",
        classification="RESTRICTED",
        releasable_to=readers,
        originator_control=True,
        purposes=("export-control",),
        caveats=("Not for use in proceedings",),
        reliability="B",
        credibility=2,
        pap="AMBER",
        disclosure="release",
    )
