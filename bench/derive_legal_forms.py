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

from highfence.matching.legal_forms import phrase_of

TARGET = Path(__file__).parent.parent / "src" / "highfence" / "matching" / "tables" / "legal_forms.json"

#: The first pattern found in a form's name tells its class.
CLASSES = (
    ("branch", "branch|filial|succursale|sucursal|zweigniederlassung|odstepny|overseas|foreign|external"),
    ("cooperative", "co-?op|genossenschaft|osuus|druzst|zadruga|spoldzielnia|szovetkezet|tulundus|ühistu|forening"),
    ("partnership", "partner|kommandit|commandit|comandita|collecti|colectiva|maatschap|vennootschap onder|vof"
     "|handelsgesellschaft|komandit|accomandita|societe civile|simple|verejna obchod|jawna|handelsbolag|tovarishchestv"),
    ("state", "unitar|state enterprise|state-owned|public enterprise|kazenn|gosudarstvenn|derzhavn|statni podnik|statny podnik"),
    ("foundation", "stiftung|foundation|fondation|fundaci|fundac|stichting|saatio|fondazione|zaklad"),
    ("association", "associa|verein|vereniging|asociac|association|society|societies|club|udruz|stowarzyszen|yhdistys|non-?profit|not-for-profit"),
    ("trust", r"\btrusts?\b"),
    ("fund", r"\bfund\b|\bfonds\b|fondo|sicav|investment company"),
    ("sole", "sole|individual|einzel|eenmanszaak|entreprise individuelle|unipersonal|ettevotja|zivnost"),
    ("limited", "limited|limitad|limitee|limitata|limitee|beschr|responsab|responsabilit|besloten|sarl|doo|ogranicen|ogranichen|korlat"
     "|s rucenim|odpowiedzialn|aksjeselskab|anpartssel|osauhing|osakeyhtio|ierobezot|ribot|obmezhen|abmezhavan|有限|מוגבלת|محدود|gmbh"),
    ("stock", "stock|aktie|aktion|anonym|anonim|accion|actions|azioni|naamloze|akcyjn|akcion|akciov|aktsion|aktsiaselts|akciju"
     "|akcinė|delnisk|dionick|reszveny|allmennaksje|aksje|public company|corporation|株式|股份|주식|مساهمة"),
    ("company", "company|compagnie|compan|entreprise|enterprise"),
)  # fmt: skip
#: Words of names that say what a firm does rather than what form it has.
NOT_FORMS = re.compile(
    r"bank|insurance|credit|savings|loan|school|hospital|church|relig|parish|paroisse|poist|poľno|čsd|žel|živ|rdis|org\.|zdru"
    r"|condominium|agricult|utility|railroad|municipal|city|universit|cemeter|electric"
)
#: Abbreviations that are words, names or initials more often than forms; and single ones of no use.
NOT_PHRASES = set(
    "a as-is am an at be bi bo by da de do east ed ei ent er et eu f if ii in io is it la me mi my na no of ok on or op"
    " other s si so son to tr us vi we per nl up gar ms pl pr ps sp ra rb ss tp af aa business chartered foundation"
    " public no-liability jv fund trust society cooperation societe compound ipc oba oi op oth fon ste ko lf bn cn ed"
    " other soc am oe na gmbh-co partnership cooperative association statutory mutual local nyilt profit branch"
    " consorzio private stiftung fundacion stichting verein fondation trusts fonds".split()
)
#: Class -> forms the list lacks: transliterations, translations and spellings met in official lists.
USUAL = {
    "company": "co|company|companies|compagnie|compania|cia|cie|firm|firma|sirket|sirketi|sherkat|sherkate|sharikat|sharika|shirkat"
    "|shirika|kompaniia|kompaniya|kompanija|kompania|公司|会社|株式|회사|总公司|總公司|corporation|corp|korporatsiia|korporatsiya"
    "|korporaciya|enterprise corp|societe|sociedad|gesellschaft|gesmbh|shrkt|shrkh|predpriiatie",
    "limited": "ltd|limited|llc|llp co|l l c|ltda|limitada|limitee|lmtd|pte|pty|pvt|private limited|pte ltd|pty ltd|pvt ltd|co ltd|co limited"
    "|company limited|company ltd|limited liability company|limited liability co|ooo|tov|too|ooд|ood|eood|doo|gmbh|mbh|srl|sarl|bv|sdn bhd|sdn|bhd"
    "|ltd sti|limited sirketi|limited sti|lti sti|sp z oo|sp zoo|spolka z oo|sro|spol sro|uab|sia|kft|fze|fzc|fzco|fzllc|fz llc|wll|dmcc|fz"
    "|obshchestvo s ogranichennoi otvetstvennostiu|obshchestvo s ogranichennoy otvetstvennostyu|tovarystvo z obmezhenoiu vidpovidalnistiu"
    "|tovarishchestvo s ogranichennoi otvetstvennostiu|societatea cu raspundere limitata|ООО|ТОВ|ТОО|ОДО|odo|unlimited"
    "|有限公司|有限责任公司|有限責任公司|有限会社|유한회사|유한책임회사|合同会社|limitid|masuliyati cheklangan jamiyat|mchj|ltd co|mas|masuliyat mahdud"
    "|sherkat ba masouliyat mahdoud|trading llc|spolecnost s rucenim omezenym|sarlu|eirl|eurl|besloten vennootschap",
    "stock": "jsc|ojsc|cjsc|pjsc|joint stock company|joint stock co|joint stock|open joint stock company|closed joint stock company|public joint stock company"
    "|public jsc|open jsc|closed jsc|ao|oao|zao|pao|nao|zat|pat|vat|prat|aktsionernoe obshchestvo|otkrytoe aktsionernoe obshchestvo"
    "|zakrytoe aktsionernoe obshchestvo|publichnoe aktsionernoe obshchestvo|nepublichnoe aktsionernoe obshchestvo|АО|ОАО|ЗАО|ПАО|НАО|АТ|ПАТ|ПрАТ"
    "|aktsionerna kompaniia|aktsionernoe obshestvo|inc|incorporated|plc|public limited company|sa|s a|sa de cv|spa|ag|aktiengesellschaft|nv|ab|asa|as"
    "|a s|a o|oyj|oy|se|kk|kabushiki kaisha|kabushiki gaisha|株式会社|주식회사|股份有限公司|股份公司|集团股份有限公司|(주)|as sirketi|anonim sirketi|anonim sirket|sirketi as|pt|tbk|pt tbk"
    "|private joint stock company|stock company|shareholding company|saog|saoc|psc|ksc|ksr|sal|pjs|private company pjs|sherkat sahami|sahami khass|sahami am"
    "|joint stock corporation|akcionarsko drustvo|eood ad|ad|ead|adsits|qsc|bsc|sae|nyrt|zrt|akc spol|delniska druzba|aat|ааt|аат|qmj|mmc|akg|akts",
    "state": "fgup|fsue|federal state unitary enterprise|state unitary enterprise|gup|fku|fgku|fgbu|fgbou|fgu|fgbun|fgbuz|gu|gbu|ubu|federalnoe gosudarstvennoe unitarnoe predpriiatie"
    "|federalnoe gosudarstvennoe unitarnoe predpriyatie|gosudarstvennoe unitarnoe predpriiatie|federal state budgetary institution|federal state institution"
    "|federal state budgetary educational institution|federal state budgetary|federal state autonomous institution|federalnoe gosudarstvennoe biudzhetnoe uchrezhdenie|ФГУП|ГУП|ФГБУ|ФКУ|МУП|mup"
    "|federalnoe gosudarstvennoe biudzhetnoe obrazovatelnoe uchrezhdenie|federalnoe kazennoe predpriiatie|fkp|federal state enterprise|state owned enterprise|soe|rue|rup|republican unitary enterprise"
    "|republican unitary production enterprise|unitary enterprise|federal state owned enterprise|federal treasury enterprise|state enterprise|state company|dp|kp|kup",
    "partnership": "lp|llp|lllp|limited partnership|general partnership|partnership|kg|ohg|gmbh co kg|gmbh and co kg|and co kg|co kg|cv|vof|scs|snc|sca|scsp|hb|kb|ks|slp",
    "cooperative": "coop|cooperative society|eg|scop|kooperatifi",
    "association": "ev|asbl|vzw|ano|autonomous non profit organization|non profit organization|non commercial organization|nonprofit|avtonomnaia nekommercheskaia organizatsiia"
    "|autonomous non commercial organization|АНО|ngo|nko|noncommercial organization",
    "sole": "ip|individual entrepreneur|individualnyi predprinimatel|ИП|sole proprietorship|sole proprietor|est|establishment|tek",
    "branch": "branch|filial",
}  # fmt: skip


def main() -> None:
    """Write the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--elf", type=Path, required=True, help="the GLEIF's elf_codes CSV")
    rows = csv.DictReader(options.parse_args().elf.open(encoding="utf-8-sig", newline=""))
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        _vote(row, votes)
    table: dict[str, set[str]] = defaultdict(set)
    for phrase, counted in votes.items():
        table[counted.most_common(1)[0][0]].add(phrase)
    usual = {phrase_of(phrase): kind for kind, text in USUAL.items() for phrase in text.split("|")}
    for phrase, kind in usual.items():
        for others in table.values():
            others.discard(phrase)
        table[kind].add(phrase)
    kept = {kind: sorted(phrases - {""}) for kind, phrases in sorted(table.items())}
    TARGET.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print({kind: len(phrases) for kind, phrases in kept.items()}, TARGET.stat().st_size, "bytes")


def _vote(row: dict[str, str], votes: dict[str, Counter[str]]) -> None:
    """Count a row's phrases for the class its name tells."""
    local = row["Entity Legal Form name Local name"]
    transliterated = row["Entity Legal Form name Transliterated name (per ISO 01-140-10)"]
    names = f"{local} {transliterated}".lower()
    if NOT_FORMS.search(names):
        return
    plain = f"{names} {phrase_of(local)} {phrase_of(transliterated)}"
    kind = next((kind for kind, pattern in CLASSES if re.search(pattern, plain)), "")
    if not kind:
        return
    short = f"{row['Abbreviations Local language']};{row['Abbreviations transliterated']}".split(";")
    for text in (local, transliterated, *short):
        phrase = phrase_of(re.sub(r"\(.*?\)|\d|\"", " ", text))
        words = phrase.split()
        if 1 <= len(words) <= 8 and len(phrase) > 1 and phrase not in NOT_PHRASES:
            votes[phrase][kind] += 1


if __name__ == "__main__":
    main()
