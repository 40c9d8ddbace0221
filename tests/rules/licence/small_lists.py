# SPDX-License-Identifier: Apache-2.0
"""Small control lists in the form of the real ones, so that the cases need no publisher's file."""

from __future__ import annotations

from datetime import date

from highfence.model.control import (
    EU_ANNEX_I,
    US_CCL,
    Control,
    ControlEntry,
    ControlLists,
    CountryChart,
    CountryGroups,
    Edition,
    LicenceException,
    Paragraph,
)

AS_OF = date(1997, 1, 1)


def _paragraphs(code: str, texts: dict[str, str]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(code=f"{code}.{name}", text=text) for name, text in texts.items())


def _us(code: str, heading: str, controls: list[tuple[str, str]], **more: object) -> ControlEntry:
    texts = more.pop("texts", {})
    return ControlEntry(
        list=US_CCL,
        code=code,
        heading=heading,
        category=code[0],
        controls=tuple(Control(reason=scope.split()[0], scope=scope, where=where) for scope, where in controls),
        paragraphs=_paragraphs(code, texts),  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def _eu(code: str, heading: str, texts: dict[str, str] | None = None) -> ControlEntry:
    return ControlEntry(list=EU_ANNEX_I, code=code, heading=heading, paragraphs=_paragraphs(code, texts or {}))


_AT = ("AT applies to entire entry", "AT Column 1.")
_D5 = "To or within Macau or a destination specified in Country Group D:5 of supplement no. 1 to part 740 of the EAR."
_US_ENTRIES = (
    _us(
        "2B001",
        "Machine tools for removing metals",
        [("NS applies to entire entry", "NS Column 2."), ("NP applies to 2B001.a and .b", "NP Column 1."), _AT],
        texts={"a": "Turning", "b": "Milling", "b.2": "Five or more axes", "c": "Grinding"},
    ),
    _us(
        "3B001",
        "Equipment for manufacturing semiconductor devices",
        [
            ("NS applies to 3B001.c.1.a and 3B001.q", "Worldwide control. See § 742.4(a)(5) and (b)(10) of the EAR."),
            ("NS applies to 3B001.a.1 to a.3, b, e, f.2 to f.4, g to j", "NS Column 2."),
            ("RS applies to 3B001.a.4, c, d, f.1, k to n", _D5),
            _AT,
        ],
        texts={name: name for name in ("a", "a.1", "a.2", "a.4", "b", "c", "c.1.a", "f", "f.1", "f.3", "h", "m", "q")},
        exceptions={"LVS": "$500", "GBS": "Yes", "IEC": "Yes, for 3B001.c.1.a and .q"},
    ),
    _us(
        "3A090",
        "Integrated circuits",
        [
            ("RS applies to 3A090.a", "To or within any destination worldwide, see § 742.6(a)(6)(iii)(A) of the EAR."),
            (
                "RS applies to 3A090.b",
                "To or within the United Arab Emirates or destinations specified in Country Groups D:1, D:4, and D:5 "
                "of supplement no. 1 to part 740 of the EAR, excluding any destination also specified in A:5 or A:6.",
            ),
            _AT,
        ],
        texts={"a": "4800 or more", "b": "2400 or more"},
    ),
    _us("3A991", "Electronic devices", [_AT]),
    _us(
        "5A002",
        "Information security",
        [("NS applies to entire entry", "NS Column 1."), _AT],
        exceptions={"ENC": "Yes"},
    ),
    _us(
        "6A003",
        "Cameras",
        [
            ("NS applies to entire entry", "NS Column 2."),
            ("RS applies to 6A003.b.4.b if used somewhere odd", "RS Column 1."),
            _AT,
        ],
        exceptions={"STA": "License Exception STA may not be used for 6A003.b.3 to any destination in A:6"},
    ),
    _us("0A606", "Ground vehicles", [("NS applies to entire entry, except 0A606.b", "NS Column 1."), _AT]),
    _us("0A982", "Restraint devices", [], reasons="CC"),
    _us("1C351", "Pathogens", [("CB applies to entire entry", "CB Column 2."), _AT]),
    _us(
        "3E001",
        "Technology for semiconductors",
        [("NS applies to entire entry", "NS Column 1."), _AT],
        exceptions={"TSR": "Yes"},
    ),
    _us("9A012", "Unmanned aerial vehicles", [("MT applies to entire entry", "MT Column 1."), _AT]),
    _us(
        "0A501",
        "Firearms",
        [
            ("UN applies to entire entry", "See § 746.1(b) for UN controls."),
            ("CC applies to entire entry", "CC Column 1."),
        ],
    ),
)
_EU_ENTRIES = (
    _eu("2B001", "Machine tools", {"a": "Turning", "b": "Milling", "b.2": "Five axes"}),
    _eu("3B001", "Equipment for semiconductors", {"a": "Growth", "f": "Lithography", "f.1": "Steppers", "m": "Other"}),
    _eu("4A005", "Intrusion software systems"),
    _eu("5A001", "Telecommunications", {"f": "Interception", "j": "IP network surveillance"}),
    _eu("6A003", "Cameras"),
    _eu("0B001", "Plant for the separation of isotopes"),
    _eu("3E001", "Technology"),
)
_ALL_MARKS = ("CB 1", "CB 2", "NP 1", "NS 1", "NS 2", "MT 1", "RS 1", "RS 2", "CC 1", "AT 1")
_CHART = CountryChart(
    citation="15 CFR Part 738, Supplement No. 1",
    columns=_ALL_MARKS,
    embargoed={"cu": "See part 746", "ir": "See part 746", "kp": "See part 746", "sy": "See § 746.9"},
    marks={
        **dict.fromkeys(("cn", "hk", "mo", "vn", "iq"), _ALL_MARKS[:-1]),
        **dict.fromkeys(("ru", "by"), _ALL_MARKS),
        **dict.fromkeys(("in", "ae", "kz", "tr", "sg", "il"), ("CB 2", "NP 1", "NS 1", "NS 2", "MT 1", "RS 1")),
        **dict.fromkeys(("de", "jp", "gb", "nl", "kr", "au"), ("CB 1", "NS 1", "MT 1", "RS 1")),
        "ca": (),
    },
)
_GROUPS = CountryGroups(
    citation="15 CFR Part 740, Supplement No. 1",
    labels={"D:5": "U.S. arms-embargoed countries", "B": "Country Group B", "A:5": "STA-eligible destinations"},
    groups={
        "A:1": ("de", "jp", "gb", "nl", "kr", "au", "tr", "in"),
        "A:5": ("de", "jp", "gb", "nl", "kr", "au", "in", "ae"),
        "A:6": ("sg", "il"),
        "B": ("de", "jp", "gb", "nl", "kr", "au", "in", "ae", "sg", "il", "tr"),
        "D:1": ("cn", "hk", "mo", "ru", "by", "vn", "kz", "iq"),
        "D:4": ("cn", "hk", "mo", "ru", "by", "ae", "il", "iq"),
        "D:5": ("cn", "hk", "ru", "by", "ir", "iq", "kp", "sy"),
    },
)
_EXCEPTIONS = tuple(
    LicenceException(symbol=symbol, section=f"15 C.F.R. § 740.{number}", title=title)
    for symbol, number, title in (
        ("LVS", 3, "Shipments of limited value"),
        ("GBS", 4, "Country Group B"),
        ("TSR", 6, "Technology and software under restriction"),
        ("ENC", 17, "Encryption"),
        ("STA", 20, "Strategic Trade Authorization"),
        ("IEC", 24, "Implemented Export Control"),
    )
)
_NAMES = (
    "us-ccl",
    "eu-annex-i",
    "us-country-chart",
    "us-country-groups",
    "us-licence-exceptions",
    "high-priority-list",
)
LISTS = ControlLists(
    editions=tuple(Edition(name=name, as_of=AS_OF, rows=1, citation=name) for name in _NAMES),
    ccl={one.code: one for one in _US_ENTRIES},
    annex_i={one.code: one for one in _EU_ENTRIES},
    chart=_CHART,
    groups=_GROUPS,
    exceptions=_EXCEPTIONS,
    priority={"854231": "1", "854232": "1", "851762": "2", "847150": "3.A", "845710": "4.B"},
)
