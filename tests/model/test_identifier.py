# SPDX-License-Identifier: Apache-2.0
"""model.identifier: numbers are normalised, checked, found in texts and read from entities."""

from __future__ import annotations

import csv
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import imo as stdnum_imo
from stdnum import isin as stdnum_isin
from stdnum import lei as stdnum_lei
from stdnum.cn import uscc as stdnum_uscc
from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

from highfence.errors import InvalidInput
from highfence.model.entity import Entity
from highfence.model.identifier import KINDS, STRONG, Identifier, find, identifiers_of, parse, valid

HUAWEI = Identifier("uscc", "914403001922038216")
GAZPROM_INN = Identifier("inn", "7736050003")
GAZPROM_OGRN = Identifier("ogrn", "1027700070518")
SBERBANK_KPP = Identifier("kpp", "773601001")

#: Published numbers of companies and securities, as their registers print them.
PUBLISHED = [
    ("lei", "506700GE1G29325QX363", "506700GE1G29325QX363"),
    ("lei", "hwup kr0m pou8 fgxb t394", "HWUPKR0MPOU8FGXBT394"),
    ("uscc", "914403001922038216", "914403001922038216"),
    ("uscc", "9111 0000 7109 3019-X7", "9111000071093019X7"),
    ("uscc", "9111000071093019Х7", "9111000071093019X7"),  # the last letter but one is Cyrillic
    ("uscc", "９１４４０３００１９２２０３８２１６", "914403001922038216"),  # full-width, as Chinese papers print
    ("inn", "7707083893", "7707083893"),
    ("inn", "77 36 050 003", "7736050003"),
    ("inn", "500100732259", "500100732259"),
    ("ogrn", "1027700132195", "1027700132195"),
    ("ogrn", "1 027 700 070 518", "1027700070518"),
    ("vat", "DE 136 695 976", "DE136695976"),
    ("vat", "GR094259216", "EL094259216"),
    ("vat", "CHE-107.787.577 IVA", "CHE107787577"),
    ("vat", "GB 980 7806 84", "GB980780684"),
    ("imo", "IMO 9074729", "9074729"),
    ("isin", "US0378331005", "US0378331005"),
    ("swift", "DEUTDEFFXXX", "DEUTDEFF"),
    ("swift", "deut de ff 500", "DEUTDEFF500"),
    ("okpo", "00032537", "00032537"),
    ("kpp", "773601001", "773601001"),
    ("duns", "15-048-3782", "150483782"),
    ("reg", "gb: 04152338", "gb:04152338"),
    ("reg", "gb:GB04152338", "gb:04152338"),
    ("tax", "co:800.018.928-0", "co:8000189280"),
]


@pytest.mark.parametrize(("kind", "text", "value"), PUBLISHED)
def test_reads_published_numbers_however_they_are_printed(kind: str, text: str, value: str) -> None:
    identifier = parse(kind, text)
    assert identifier == Identifier(kind, value)
    assert valid(identifier)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("lei", "506700GE1G29325QX364"),
        ("lei", "506700GE1G29325QX3"),
        ("uscc", "914403001922038217"),
        ("uscc", "91440300192203821O"),
        ("inn", "7736050004"),
        ("inn", "0000000000"),
        ("inn", "500100732258"),
        ("inn", "50010073225"),
        ("ogrn", "1027700132196"),
        ("ogrn", "2027700132194"),
        ("vat", "DE136695977"),
        ("vat", "RU7736050003"),
        ("vat", "DE"),
        ("imo", "9074728"),
        ("imo", "0000000"),
        ("imo-company", "0000000"),
        ("isin", "US0378331006"),
        ("swift", "DEUTZZFF"),
        ("swift", "DEUTDEF"),
        ("okpo", "00032538"),
        ("okpo", "00000000"),
        ("kpp", "7736010"),
        ("duns", "000000000"),
        ("reg", "04152338"),
        ("reg", "zz:04152338"),
        ("reg", "gb:none"),
        ("tax", ":800018928"),
    ],
)
def test_refuses_numbers_that_are_none(kind: str, text: str) -> None:
    assert parse(kind, text) is None


def test_refuses_an_unknown_kind() -> None:
    with pytest.raises(InvalidInput, match="'passport' is not a kind of identifier"):
        parse("passport", "1")
    assert not valid(Identifier("passport", "1"))


def test_a_value_that_is_not_normalised_is_not_valid() -> None:
    assert not valid(Identifier("inn", "77 36 050003"))
    assert valid(GAZPROM_INN)


def test_ships_and_companies_have_different_imo_check_digits() -> None:
    assert parse("imo-company", "1234565") == Identifier("imo-company", "1234565")
    assert parse("imo", "1234565") is None
    assert parse("imo-company", "9074729") is None


def test_strong_is_what_no_two_parties_share() -> None:
    assert set(STRONG) == {"lei", "uscc", "inn", "ogrn", "vat", "imo", "imo-company"}
    assert HUAWEI.strong
    assert not SBERBANK_KPP.strong
    assert not Identifier("reg", "gb:04152338").strong


@pytest.mark.parametrize(
    ("kind", "length", "prefix", "oracle"),
    [
        ("lei", 2, string.digits + string.ascii_uppercase, stdnum_lei.is_valid),
        ("uscc", 1, "0123456789ABCDEFGHJKLMNPQRTUWXY", stdnum_uscc.is_valid),
        ("inn", 1, string.digits, stdnum_inn.is_valid),
        ("ogrn", 1, string.digits, stdnum_ogrn.is_valid),
        ("imo", 1, string.digits, stdnum_imo.is_valid),
        ("isin", 1, string.digits + string.ascii_uppercase, stdnum_isin.is_valid),
    ],
    ids=["lei", "uscc", "inn", "ogrn", "imo", "isin"],
)
@given(data=st.data())
def test_takes_the_same_check_digits_as_python_stdnum(
    kind: str, length: int, prefix: str, oracle: Callable[[str], bool], data: st.DataObject
) -> None:
    """All check digits of one number are tried, so each example holds a right one and many wrong ones."""
    starts = {
        "lei": st.text(prefix, min_size=18, max_size=18),
        "uscc": st.builds(
            "{}{}".format, st.from_regex(r"9[0-9]{7}", fullmatch=True), st.text(prefix, min_size=9, max_size=9)
        ),
        "inn": st.from_regex(r"[1-9][0-9]{8}", fullmatch=True),
        "ogrn": st.from_regex(r"[15][0-9]{11}", fullmatch=True),
        "imo": st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
        "isin": st.builds("{}{}".format, st.just("US"), st.text(prefix, min_size=9, max_size=9)),
    }
    start = data.draw(starts[kind])
    ends = [f"{number:0{length}}" for number in range(10**length)] + (list(prefix[10:]) if kind == "uscc" else [])
    if kind == "lei":
        ends = [end for end in ends if end not in ("00", "01", "99")]  # never issued, though congruent
    ours = {end for end in ends if parse(kind, start + end)}
    assert ours == {end for end in ends if oracle(start + end)}
    assert ours


@given(st.from_regex(r"[1-9][0-9]{9}", fullmatch=True))
def test_a_persons_inn_has_the_check_digits_python_stdnum_computes(start: str) -> None:
    number = start + stdnum_inn.calc_personal_check_digits(start + "00")
    assert parse("inn", number) == Identifier("inn", number)


@given(start=st.text(string.digits + string.ascii_uppercase, min_size=18, max_size=18), data=st.data())
def test_any_single_changed_digit_of_an_lei_is_detected(start: str, data: st.DataObject) -> None:
    end = next(end for end in range(2, 99) if parse("lei", f"{start}{end:02}"))
    lei = f"{start}{end:02}"
    at = data.draw(st.sampled_from([place for place, char in enumerate(lei) if char.isdigit()]))
    other = data.draw(st.sampled_from([digit for digit in string.digits if digit != lei[at]]))
    assert parse("lei", lei[:at] + other + lei[at + 1 :]) is None


@given(at=st.integers(0, 17), other=st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_any_single_changed_letter_of_a_uscc_is_detected(at: int, other: str) -> None:
    changed = HUAWEI.value[:at] + other + HUAWEI.value[at + 1 :]
    assert (parse("uscc", changed) is None) == (changed != HUAWEI.value)


@given(st.sampled_from(KINDS), st.text() | st.from_regex(r"[A-Z]{0,3}[0-9A-Z]{5,20}", fullmatch=True))
def test_what_is_read_reads_as_itself(kind: str, text: str) -> None:
    identifier = parse(kind, text)
    assert identifier is None or valid(identifier)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7736050003 (Tax ID/INN)", [GAZPROM_INN]),
        ("Unified Social Credit Code (USCC), 914403001922038216, CN", [HUAWEI]),
        ("China Unified Social Credit Code 9144 0300 1922 0382 16", [HUAWEI]),
        ("914403001922038216", [HUAWEI]),
        ("LEI 506700GE1G29325QX363.", [Identifier("lei", "506700GE1G29325QX363")]),
        ("INN: 7736050003OGRN: 1027700070518", [GAZPROM_INN, GAZPROM_OGRN]),
        ("OGRN 1027700070518, INN/KPP 7736050003/773601001", [GAZPROM_OGRN, GAZPROM_INN, SBERBANK_KPP]),
        ("(TIN) 7736050003; (OGRN) 1027700070518", [GAZPROM_INN, GAZPROM_OGRN]),
        ("ИНН 7 736 050 003, ОГРН 1027700070518", [GAZPROM_INN, GAZPROM_OGRN]),
        ("1027700070518 - OGRN", [GAZPROM_OGRN]),
        ("Tax ID No., 7736050003, RU; Registration ID, 1027700070518, RU", [GAZPROM_INN, GAZPROM_OGRN]),
        ("Government Gazette Number, 00032537, RU", [Identifier("okpo", "00032537")]),
        (
            "SWIFT/BIC, DEUTDEFF; ISIN, US0378331005",
            [Identifier("swift", "DEUTDEFF"), Identifier("isin", "US0378331005")],
        ),
        ("Vessel Registration Identification, IMO 9074729", [Identifier("imo", "9074729")]),
        ("IMO 1234565", [Identifier("imo-company", "1234565")]),
        ("D-U-N-S Number 15-048-3782", [Identifier("duns", "150483782")]),
        ("V.A.T. Number, CHE-107.787.577, CH", [Identifier("vat", "CHE107787577")]),
        ("C.R. No., 2162198, HK", [Identifier("reg", "hk:2162198")]),
        ("UK Company no. 06527449", [Identifier("reg", "gb:06527449")]),
        ("NIT #, 800018928-0, CO", [Identifier("tax", "co:8000189280")]),
        ("61365134 (BRN)", []),  # a business register number, not Brunei's
        ("Tax ID No., 7736050003, TR", [Identifier("tax", "tr:7736050003")]),
        ("call 7736050003 or 1027700070518", []),
        ("INN 7736050004", []),
        ("account 40702810900000005555", []),
        ("110105194912310029", []),  # the shape of a person's identity card, not of a business's USCC
        ("", []),
    ],
)
def test_finds_the_identifiers_a_text_names(text: str, found: list[Identifier]) -> None:
    assert list(find(text)) == found


def test_the_country_of_the_party_decides_what_a_tax_number_is() -> None:
    assert find("Tax ID 7736050003") == (GAZPROM_INN,)
    assert find("Tax ID 7736050003", country="ru") == (GAZPROM_INN,)
    assert find("Tax ID 7736050003", country="tr") == (Identifier("tax", "tr:7736050003"),)
    assert find("61365134 (BRN)", country="hk") == (Identifier("reg", "hk:61365134"),)


@given(
    st.text()
    | st.lists(st.sampled_from(["INN ", "OGRN: ", "(", ")", "7736050003", "/", "IMO", "9074729 "])).map("".join)
)
def test_all_that_is_found_is_valid_and_found_once(text: str) -> None:
    found = find(text)
    assert all(valid(identifier) for identifier in found)
    assert len(set(found)) == len(found)


def entity(schema: str = "Company", **properties: tuple[str, ...]) -> Entity:
    return Entity(id="e1", schema=schema, properties=properties)


def reg(value: str) -> Identifier:
    return Identifier("reg", value)


def test_reads_all_identifier_properties() -> None:
    huawei = entity(
        name=("Huawei Technologies",),
        uscCode=("914403001922038216", "9144 0300 1922 0382 16"),
        leiCode=("506700GE1G29325QX363",),
        innCode=("7736050003",),
        ogrnCode=("1027700070518",),
        kppCode=("773601001",),
        okpoCode=("00032537",),
        swiftBic=("DEUTDEFF",),
        dunsCode=("150483782",),
        isinCode=("US0378331005",),
        vatCode=("DE136695976",),
    )
    kinds = [identifier.kind for identifier in identifiers_of(huawei)]
    assert kinds == ["uscc", "lei", "inn", "ogrn", "kpp", "okpo", "swift", "duns", "isin", "vat"]


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ({"registrationNumber": ("7736050003 (Tax ID/INN)",)}, [GAZPROM_INN]),
        ({"registrationNumber": ("1027700070518",)}, [GAZPROM_OGRN]),
        ({"registrationNumber": ("1027700070518",), "jurisdiction": ("rs",)}, [reg("rs:1027700070518")]),
        ({"registrationNumber": ("914403001922038216",), "jurisdiction": ("hk",)}, [HUAWEI]),
        ({"registrationNumber": ("94186; 131454",), "country": ("Iran",)}, [reg("ir:94186"), reg("ir:131454")]),
        ({"registrationNumber": ("04343841 (United Kingdom)",)}, [reg("gb:04343841")]),
        ({"registrationNumber": ("193402282",), "address": ("Rakovska 14, Minsk, Belarus",)}, [reg("by:193402282")]),
        ({"registrationNumber": ("193402282",), "country": ("by", "ru")}, []),
        ({"registrationNumber": ("193402282",)}, []),
        ({"taxNumber": ("7736050003",)}, [GAZPROM_INN]),
        ({"taxNumber": ("7736050003",), "country": ("tr",)}, [Identifier("tax", "tr:7736050003")]),
        ({"taxNumber": ("DE136695976",)}, [Identifier("vat", "DE136695976")]),
        ({"taxNumber": ("136695976",), "jurisdiction": ("de",)}, [Identifier("vat", "DE136695976")]),
        ({"vatCode": ("094259216",), "jurisdiction": ("gr",)}, [Identifier("vat", "EL094259216")]),
        ({"vatCode": ("7736050003",), "jurisdiction": ("ru",)}, [GAZPROM_INN]),
        ({"ogrnCode": ("1027700070518, KPP 773601001",)}, [GAZPROM_OGRN, SBERBANK_KPP]),
        ({"idNumber": ("13185231 INN: 7736050003",)}, [GAZPROM_INN]),
        ({"idNumber": ("7736050003",)}, []),
        ({"innCode": ("n/a",), "name": ("INN 7736050003",)}, []),
    ],
)  # fmt: skip
def test_reads_numbers_as_lists_print_them(properties: dict[str, tuple[str, ...]], found: list[Identifier]) -> None:
    assert list(identifiers_of(entity(**properties))) == found


def test_an_imo_number_is_a_ships_on_a_vessel_and_a_companys_elsewhere() -> None:
    assert identifiers_of(entity("Vessel", imoNumber=("IMO 9074729",))) == (Identifier("imo", "9074729"),)
    assert identifiers_of(entity("Company", imoNumber=("1234565",))) == (Identifier("imo-company", "1234565"),)
    assert identifiers_of(entity("Company", imoNumber=("9074729",))) == ()


def test_a_text_of_any_length_is_searched_in_bounded_steps() -> None:
    assert find("1-" * 20_000 + "; INN 7736050003") == (GAZPROM_INN,)
    assert find("((INN" * 10_000) == ()


@pytest.mark.lists
def test_most_numbered_companies_of_the_eu_annexes_have_a_strong_identifier(lists: Path) -> None:
    columns = ("registrationNumber", "taxNumber", "innCode", "ogrnCode", "imoNumber", "address", "country")
    with (lists / "eu_oj" / "annexes_2026-08.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["schema"] != "Person" and any(row[c] for c in columns[:5])]
    strong = 0
    for row in rows:
        properties = {column: (row[column],) for column in columns if row[column]}
        found = identifiers_of(Entity(id="x", schema=row["schema"], properties=properties))
        strong += any(identifier.strong for identifier in found)
    assert strong >= 0.85 * len(rows)
