# SPDX-License-Identifier: Apache-2.0
"""The pages: what they show to whom, and what leaves no trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import msgspec
import pytest
from lxml import html

from highfence.app import Node
from highfence.model.agreement import Suspension
from highfence.model.assertion import Assertion
from highfence.storage import peers
from nodes import carry

from .conftest import OPERATOR, Browser, company, facts, listing, secret

Publish = Callable[[Assertion], str]
HOSTILE = "<script>alert('x')</script> \"><img src=x onerror=alert(1)>"
OPEN = company("Acme Optics Co Ltd", leiCode=("549300E9PC51EN656011",))


def test_shows_the_newest_assertions_with_their_marking(operator: Browser, publish: Publish) -> None:
    name = publish(facts(OPEN, secret(), kind="concern", text="Buys for a listed works", legal_basis="Article 4"))
    row = html.fromstring(operator.text("/")).get_element_by_id("feed-rows")[0]
    words = row.text_content()
    for word in ("Acme Optics Co Ltd", "EU", "concern", "Buys for a listed works", "TLP:AMBER", "RESTRICTED"):
        assert word in words
    assert f"/assertions/{name}" in [link for _, _, link, _ in row.iterlinks()]


def test_says_so_when_nothing_has_arrived(operator: Browser) -> None:
    page = html.fromstring(operator.text("/"))
    assert page.get_element_by_id("feed-empty").get("hidden") is None
    assert len(page.get_element_by_id("feed-rows")) == 0


def test_a_search_without_hits_is_no_clearance(operator: Browser) -> None:
    text = operator.text("/companies?q=nobody+of+that+name")
    assert "No match is not a clearance" in text
    assert "No match is not a clearance" not in operator.text("/companies")


def test_finds_a_company_in_another_script_and_says_by_which_name(operator: Browser, publish: Publish) -> None:
    publish(listing(company("Zagorsk Radio Works", alias=("Загорский радиозавод",)), "us"))
    for text in ("Загорский радиозавот", "Zagorks radyo works"):
        (row,) = html.fromstring(operator.text(f"/companies?q={text}")).xpath("//tbody/tr")
        assert "Zagorsk Radio Works" in row.text_content()
        assert ("Found as: Загорский радиозавод" in row.text_content()) == (text[0] == "З")


def test_finds_a_company_and_who_lists_it(operator: Browser, publish: Publish) -> None:
    publish(listing(OPEN, "us", date(2024, 1, 2)))
    page = html.fromstring(operator.text("/companies?q=acme"))
    row = page.xpath("//tbody/tr")[0]
    assert "Acme Optics Co Ltd" in row.text_content()
    assert "US" in row.text_content()
    (target,) = row.xpath(".//a/@href")
    assert "Acme Optics Co Ltd" in operator.text(target)


def test_a_profile_shows_who_says_what_under_which_marking(operator: Browser, publish: Publish) -> None:
    publish(listing(OPEN, "us", date(2024, 1, 2), programme="Entity List", measure="Licence", reference="89 FR 1"))
    publish(facts(company("Other Works", 2), kind="listing", listing=listing(company("Other Works", 2), "uk").listing))
    publish(facts(OPEN, secret(), kind="concern", text="Buys for a listed works", legal_basis="Article 4(1)(b)"))
    words = " ".join(html.fromstring(operator.text("/companies/firm-1")).text_content().split())
    for part in (
        "Marking of this page TLP:AMBER RESTRICTED",
        "Entity List",
        "2 Jan 2024",
        "89 FR 1",
        "United Kingdom Not listed",
        "Legal basis: Article 4(1)(b)",
        "LEI 549300E9PC51EN656011",
        "China (cn)",
        "Authority EU (EU): 2 assertions",
    ):
        assert part in words, part


def test_a_profile_keeps_corrections_and_withdrawals_with_their_reasons(operator: Browser, publish: Publish) -> None:
    first = publish(facts(OPEN, kind="concern", text="The first wording"))
    publish(facts(OPEN, kind="correction", refers_to=first, text="The second wording", reason="A name was misread"))
    text = operator.text("/companies/firm-1")
    assert "A name was misread" in text
    assert "The second wording" in text
    assert "The first wording" not in text
    assert "This no longer stands" in operator.text(f"/assertions/{first}")
    assert "replaced</strong>" in operator.text("/")


def test_an_own_assertion_shows_its_delivery_per_peer(
    operator: Browser, publish: Publish, nodes: dict[str, Node]
) -> None:
    name = publish(facts(OPEN, secret(releasable_to=("us",)), kind="concern", text="For one peer"))
    carry(nodes["eu"], nodes["us"])
    rows = html.fromstring(operator.text(f"/assertions/{name}")).xpath("//table//tbody/tr")
    states = {row[0].text_content().strip(): " ".join(row.text_content().split()) for row in rows}
    assert "Received Yes" in states["Authority US (US)"]
    assert "agr-1" in states["Authority US (US)"]
    assert "Withheld No" in states["Authority NL (NL)"]
    assert "not_releasable" in states["Authority NL (NL)"]


def test_anothers_assertion_shows_no_delivery(operator: Browser, nodes: dict[str, Node]) -> None:
    ids = nodes["us"].publish([facts(OPEN, secret(releasable_to=("eu",)), kind="concern", text="Heard")]).result().ids
    carry(nodes["us"], nodes["eu"])
    text = operator.text(f"/assertions/{ids[0]}")
    assert "Heard" in text
    assert "Delivery" not in text


def test_an_assertion_shows_all_of_its_marking(operator: Browser, publish: Publish) -> None:
    marking = secret(
        caveats=("NO-PUBLIC-RELEASE",),
        purposes=("sanctions",),
        expires=date(2027, 1, 31),
        retain_until=date(2030, 2, 1),
        groups=("members-eu",),
        disclosure="view",
    )
    words = operator.text(f"/assertions/{publish(facts(OPEN, marking))}")
    for part in (
        "TLP:AMBER",
        "NO-PUBLIC-RELEASE",
        "sanctions",
        "31 Jan 2027",
        "1 Feb 2030",
        "members-eu",
        "View only",
        "B: usually reliable",
        "2: probably true",
        "PAP:AMBER",
        "no onward release",
    ):
        assert part in words, part


def test_hostile_names_and_texts_are_only_ever_text(operator: Browser, publish: Publish) -> None:
    entity = company(HOSTILE, alias=(HOSTILE,), address=(HOSTILE,))
    name = publish(
        facts(entity, kind="concern", text=HOSTILE, legal_basis=HOSTILE, sources=("javascript:alert(1)", HOSTILE))
    )
    publish(listing(entity, "us", programme=HOSTILE, reason=HOSTILE))
    publish(listing(company("Plain", 2), "eu"))
    paths = ("/", "/companies?q=script", "/companies/firm-1", f"/assertions/{name}", "/gaps?left=us&right=eu")
    for path in (
        *paths,
        "/companies?q=" + "%3Cscript%3Ealert('x')%3C/script%3E%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
    ):
        page = html.fromstring(operator.text(path))
        assert "alert('x')" in page.text_content(), path
        assert page.xpath("//img") == []
        assert all(script.get("src") and not script.text for script in page.xpath("//script")), path
        assert [link for _, _, link, _ in page.iterlinks() if ":" in link.split("?")[0]] == [], path


def test_what_a_reader_may_not_see_leaves_no_trace_on_any_page(
    reader: Browser, publish: Publish, nodes: dict[str, Node]
) -> None:
    seen = publish(listing(OPEN, "us", date(2024, 1, 2)))
    publish(listing(company("Bolt Works", 2), "eu", date(2024, 1, 3)))
    paths = (
        "/",
        "/companies?q=acme",
        "/companies?q=cera",
        "/companies?q=ceera+tols",
        "/companies?q=bollt+wroks",
        "/companies/firm-1",
        f"/assertions/{seen}",
        "/gaps?left=us&right=eu",
        "/gaps.csv?left=us&right=eu",
        "/gaps.json?left=us&right=eu",
        "/peers",
    )
    for peer in ("us", "nl"):
        carry(nodes["eu"], nodes[peer])
    before = {path: reader.get(path).content for path in paths}
    hidden = publish(facts(OPEN, secret(), kind="concern", text="Not for everybody"))
    publish(facts(OPEN, secret(), kind="comment", refers_to=seen, text="Nor is this"))
    publish(facts(company("Cera Tools", 3), secret()))
    publish(msgspec.structs.replace(listing(company("Cera Tools", 3), "uk"), marking=secret()))
    for peer in ("us", "nl"):
        carry(nodes["eu"], nodes[peer])
    assert {path: reader.get(path).content for path in paths} == before
    nothing, hid = reader.get("/assertions/" + "0" * 64), reader.get(f"/assertions/{hidden}")
    assert hid.status_code == nothing.status_code == 404
    assert hid.text.replace(hidden, "0" * 64) == nothing.text
    assert reader.get("/companies/firm-3").status_code == 404
    assert reader.get("/gaps?left=us&right=uk").status_code == 400


def test_a_replaced_assertion_does_not_name_a_successor_that_is_hidden(
    reader: Browser, operator: Browser, publish: Publish
) -> None:
    first = publish(facts(OPEN))
    second = publish(facts(OPEN, secret(), kind="correction", refers_to=first, reason="More is known"))
    assert second in operator.text(f"/assertions/{first}")
    text = reader.text(f"/assertions/{first}")
    assert "Do not rely on it" in text
    assert second[:12] not in text


def test_how_much_flows_is_shown_to_operators_alone(reader: Browser, operator: Browser, publish: Publish) -> None:
    name = publish(facts(OPEN))
    assert "Entries for it" in operator.text("/peers")
    assert "Entries for it" not in reader.text("/peers")
    assert 'data-label="Entry"' in operator.text(f"/assertions/{name}")
    assert 'data-label="Entry"' not in reader.text(f"/assertions/{name}")


def test_peers_show_quarantine_with_reason_and_agreements_with_suspensions(operator: Browser, node: Node) -> None:
    node.database.write(
        lambda connection: peers.confine(
            connection,
            peers.Quarantine(peer="us", since="2026-11-24T11:00:00Z", reason="two_heads", text="two heads of one size"),
        )
    )
    agreement = node.membership.agreements[0]
    rests = msgspec.structs.replace(agreement, id="agr-2", suspensions=(Suspension(since=date(2026, 11, 1)),))
    node.charter.membership = msgspec.structs.replace(node.membership, agreements=(agreement, rests))
    words = " ".join(html.fromstring(operator.text("/peers")).text_content().split())
    assert "Two heads: two heads of one size" in words
    assert "Agreements in force today" in words
    assert "1 Nov 2026 to open" in words
    assert words.index("agr-1") < words.index("Agreements not in force today") < words.index("agr-2")


@pytest.mark.parametrize(
    ("path", "status"), [("/companies/nobody", 404), ("/assertions/none", 404), ("/gaps?page=two", 400)]
)
def test_an_error_is_a_page_that_says_what_to_do_and_carries_all_security_headers(
    operator: Browser, path: str, status: int
) -> None:
    answer = operator.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "<h1" in answer.text


def test_pages_are_kept_nowhere_and_run_nothing_inline(operator: Browser) -> None:
    for path in ("/", "/companies", "/gaps", "/peers"):
        headers = operator.get(path).headers
        policy = headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert "unsafe" not in policy
        assert "http" not in policy.replace("'self'", "")
        assert headers["x-content-type-options"] == "nosniff"


def test_every_page_has_a_title_of_its_own_one_heading_and_landmarks(operator: Browser, publish: Publish) -> None:
    name = publish(listing(OPEN, "us", date(2024, 1, 2)))
    publish(listing(company("Bolt Works", 2), "eu"))
    paths = (
        "/",
        "/companies",
        "/companies?q=acme",
        "/companies?q=zz",
        "/companies/firm-1",
        f"/assertions/{name}",
        "/gaps",
        "/gaps?left=us&right=eu",
        "/peers",
    )
    titles = set()
    for path in paths:
        page = html.document_fromstring(operator.text(path))
        titles.add(page.findtext(".//title"))
        assert len(page.xpath("//h1")) == len(page.xpath("//main")) == 1, path
        assert len(page.xpath("//header")) == len(page.xpath("//footer")) == 1, path
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), path
        assert page.xpath("//table[not(caption)]") == [], path
        assert page.xpath("//th[not(@scope)]") == [], path
        assert set(page.xpath("//label/@for")) >= set(page.xpath("//main//input[not(@type='hidden')]/@id")), path
        assert page.xpath("//a[@href='#main-content']"), path
        assert "gives no legal advice and decides nothing" in page.text_content()
        levels = [int(one.tag[1]) for one in page.xpath("//main//*[self::h1 or self::h2 or self::h3]")]
        assert all(after - before <= 1 for before, after in pairwise(levels)), path
    assert len(titles) == len(paths)
    assert all("Authority EU" in str(title) for title in titles)


def test_search_terms_and_codes_are_in_no_log(
    operator: Browser, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, node: Node
) -> None:
    def fail(_: object) -> object:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(node, "lookout", fail)
    answer = operator.get("/companies?q=a-name-nobody-should-log")
    assert answer.status_code == 500
    assert "the disk is gone" not in answer.text
    operator.sign_in("a-code-nobody-should-log")
    written = "".join(capsys.readouterr())
    assert "page_failed" in written
    assert not re.search("nobody-should-log|" + OPERATOR, written)


def test_the_page_of_peers_warns_before_the_document_ends_and_names_who_left(operator: Browser, node: Node) -> None:
    words = " ".join(html.fromstring(operator.text("/peers")).text_content().split())
    assert "expires in" not in words
    left = node.membership.expires - node.now()
    gone = msgspec.structs.replace(
        node.membership.authorities[0], code="cy", name="Cyprus", keys=(), left=date(2026, 11, 1)
    )
    node.charter.membership = msgspec.structs.replace(
        node.membership, expires=node.membership.expires - left + timedelta(hours=2), former=(gone,)
    )
    words = " ".join(html.fromstring(operator.text("/peers")).text_content().split())
    assert "expires in 2 h" in words
    assert "Left: Cyprus (CY), 1 Nov 2026." in words
