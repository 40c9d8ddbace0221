# SPDX-License-Identifier: Apache-2.0
"""Files: handed in, columns confirmed, screened behind the node, answers for nobody but who handed them in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from time import monotonic, sleep
from typing import Any

import msgspec
import pytest
from lxml import html

from highfence.app import Node
from highfence.clock import SetClock
from highfence.entrypoints.web import desk as desks
from highfence.entrypoints.web.desk import HELD_S
from highfence.model.assertion import Assertion

from .conftest import ORIGIN, READER, Browser, company, facts, listing, secret

Publish = Callable[[Assertion], str]
OPEN = company("Zagorsk Radio Works JSC")
TABLE = "Kunden-Nr.;Firma;Land\n0007;Zagorsk Radio Works;CN\n0008;Meadowlark Bakery;Atlantis\n0009;;DE\n"
COLUMNS = {"do": "screen", "column-0": "id", "column-1": "name", "column-2": "country"}
PATIENCE_S = 60.0


def hand_in(browser: Browser, data: bytes | str, name: str = "customers.csv", **headers: str) -> Any:
    body = data.encode() if isinstance(data, str) else data
    return browser.client.post(
        "/screen/files",
        files={"file": (name, body, "application/octet-stream")},
        headers={"origin": ORIGIN, **headers},
        follow_redirects=False,
    )


def page_of(browser: Browser, path: str) -> html.HtmlElement:
    return html.fromstring(browser.text(path))


def words(page: html.HtmlElement) -> str:
    return " ".join(" ".join(page.itertext()).split())


def settled(browser: Browser, path: str) -> str:
    """Wait until nobody works at a file; return its state."""
    until = monotonic() + PATIENCE_S
    while monotonic() < until:
        state = browser.get(f"{path}/progress").json()["state"]
        if state not in ("looking", "waiting", "screening"):
            return str(state)
        sleep(0.02)
    raise AssertionError("the file is worked at for ever")


def taken(browser: Browser, data: bytes | str = TABLE, name: str = "customers.csv") -> str:
    """Hand a file in and return its address once it has been looked at."""
    answer = hand_in(browser, data, name)
    assert answer.status_code == 303, answer.text
    path = str(answer.headers["location"])
    settled(browser, path)
    return path


def screened(browser: Browser, data: bytes | str = TABLE, form: dict[str, str] | None = None) -> str:
    """Hand a file in, confirm its columns, and return its address once it is done."""
    path = taken(browser, data)
    assert browser.post(path, form or COLUMNS).status_code == 303
    assert settled(browser, path) == "done"
    return path


def test_columns_are_guessed_shown_and_each_can_be_changed(operator: Browser) -> None:
    page = page_of(operator, taken(operator))
    selects = page.xpath("//select[starts-with(@id, 'column-')]")
    assert [one.value for one in selects] == ["id", "name", "country"]
    for one in selects:
        assert page.xpath(f"//label[@for='{one.get('id')}']")[0].text_content().startswith("What the column")
    assert "0007 0008 0009" in words(page.xpath("//tbody/tr")[0])
    assert "Screen 3 rows" in words(page)


def test_nothing_is_screened_before_a_column_holds_the_name(operator: Browser) -> None:
    path = taken(operator, "Zahl;Betrag\nZagorsk Radio Works;2\n")
    answer = operator.post(path, {"do": "screen", "column-0": "", "column-1": "country"})
    page = html.fromstring(answer.text)
    assert answer.status_code == 400
    assert words(page.xpath("//div[@class='govuk-error-summary']//li")[0]).startswith("No column holds the name")
    assert page.get_element_by_id("column-1").value == "country"
    assert operator.get(f"{path}/progress").json()["state"] == "columns"
    answer = operator.post(path, {"do": "screen", "column-0": "name", "column-1": "evil"})
    assert answer.status_code == 303
    assert settled(operator, path) == "done"


def test_one_thing_is_not_taken_from_two_columns(operator: Browser) -> None:
    path = taken(operator)
    answer = operator.post(path, {**COLUMNS, "column-2": "id"})
    assert answer.status_code == 400
    assert "Two columns are to hold the your reference" in words(html.fromstring(answer.text))


def test_the_answers_are_counted_shown_and_downloaded(operator: Browser, publish: Publish) -> None:
    publish(listing(OPEN, "us", date(2024, 1, 2)))
    publish(facts(OPEN, secret(), kind="concern", text="Buys", legal_basis="Article 4"))
    path = screened(operator)
    page = page_of(operator, path)
    told = words(page)
    assert "1 of 3 rows has a match at 0.70 or above" in told
    assert "Marking of these answers TLP:AMBER RESTRICTED" in told
    assert [words(one) for one in page.xpath("//dl[contains(@class, 'hf-figures')]/div")] == [
        "With a match 1",
        "No match 1",
        "Refused, not screened 1",
    ]
    (row,) = page.xpath("//h2[@id='matches']/following-sibling::table[1]/tbody/tr")
    assert re.search(r"^2 Zagorsk Radio Works Zagorsk Radio Works JSC (1\.00|0\.9\d) .* US$", words(row))
    problems = [words(one) for one in page.xpath("//h2[@id='faults']/following-sibling::table[1]/tbody/tr")]
    assert problems[0].startswith("3 Land There is no country 'Atlantis'")
    assert problems[1] == "4 Firma The name is empty; fill it in. – No"
    assert "What was searched 1 name of 1 party, from 1 list" in told
    for kind, begins in (("csv", b"row,id"), ("xlsx", b"PK"), ("jsonl", b"{")):
        answer = operator.get(f"{path}/answers.{kind}")
        assert answer.status_code == 200
        assert answer.content.startswith(begins)
        name = f'filename="screening-answers-RESTRICTED-TLP-AMBER.{kind}"'
        assert answer.headers["content-disposition"] == f"attachment; {name}"
        assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    lines = operator.get(f"{path}/answers.jsonl").text.splitlines()
    assert [json.loads(line)["query"]["id"] for line in lines] == ["0007", "0008", "0009"]
    assert operator.get(f"{path}/problems.csv").text.splitlines()[2].startswith("4,Firma")
    for name in ("answers.pdf", "..%2fanswers.csv", "other"):
        assert operator.get(f"{path}/{name}").status_code == 404


def test_no_match_in_a_file_is_no_clearance(operator: Browser) -> None:
    told = words(page_of(operator, screened(operator)))
    assert "0 of 3 rows have a match" in told
    assert "This is no clearance" in told
    assert "1 row could not be screened. That nothing was found for them means nothing" in told


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"%PDF-1.7\n", "customers.csv", "a PDF document"),
        (b"PK\x03\x04" + bytes(100), "customers.xlsx", "cannot be unpacked"),
        (bytes(range(256)), "customers.xlsx", "is not in utf-8"),
        (b"name,name\na,b\n", "customers.csv", "stands over two columns"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_nothing_is_screened(
    operator: Browser, data: bytes, name: str, why: str
) -> None:
    path = taken(operator, data, name)
    page = page_of(operator, path)
    assert why in words(page)
    assert "Nothing has been screened" in words(page)
    assert page.xpath("//title")[0].text.startswith("Error: ")
    assert operator.post(path, COLUMNS).status_code == 303
    assert operator.get(f"{path}/progress").json()["state"] == "unread"
    assert operator.get(f"{path}/answers.csv").status_code == 404


def test_a_file_in_another_encoding_is_read_again_when_it_is_named(operator: Browser) -> None:
    path = taken(operator, "Контрагент;Страна\nЗагорский радиозавод;RU\n".encode("windows-1251"))
    assert "Cyrillic (windows-1251)" in operator.text(path)
    assert operator.post(path, {"do": "look", "encoding": "windows-1251"}).status_code == 303
    assert settled(operator, path) == "columns"
    assert "Загорский радиозавод" in operator.text(path)
    operator.post(path, {"do": "look", "encoding": "nonsense"})
    assert settled(operator, path) == "unread"


def test_lines_of_followthemoney_need_no_columns(operator: Browser, publish: Publish) -> None:
    publish(facts(OPEN))
    line = '{"id": "x", "schema": "Company", "properties": {"name": ["Zagorsk Radio Works"]}}\n'
    path = taken(operator, line + "{broken\n", "parties.ftm.json")
    page = page_of(operator, path)
    assert page.xpath("//select[starts-with(@id, 'column-')]") == []
    assert "1 row that cannot be read" in words(page)
    operator.post(path, {"do": "screen"})
    assert settled(operator, path) == "done"
    assert "1 of 2 rows has a match" in words(page_of(operator, path))


@pytest.mark.parametrize("data", [b"", None])
def test_an_empty_file_is_told_at_the_form(operator: Browser, data: bytes | None) -> None:
    answer = hand_in(operator, data or b"", "" if data is None else "empty.csv")
    assert answer.status_code == 400
    page = html.fromstring(answer.text)
    (link,) = page.xpath("//div[@class='govuk-error-summary']//a")
    assert (link.get("href"), "file is empty" in link.text_content()) == ("#file", True)


def test_a_file_that_is_too_large_is_told_at_the_form(operator: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("highfence.entrypoints.web.filing.FILE_BYTES_MOST", 1 << 20)
    answer = hand_in(operator, b"name\n" + b"x" * (3 << 20))
    assert answer.status_code == 400
    assert "The file has more than 1 MB" in words(html.fromstring(answer.text))


def test_a_body_that_is_no_form_is_refused(operator: Browser) -> None:
    headers = {"origin": ORIGIN}
    for kind, body in (
        ("text/csv", b"name\n"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"x"),
    ):
        answer = operator.client.post("/screen/files", content=body, headers={**headers, "content-type": kind})
        assert answer.status_code == 400


def test_files_are_nobody_elses(operator: Browser, reader: Browser, stranger: Browser, publish: Publish) -> None:
    publish(facts(OPEN))
    path = screened(operator)
    nothing = reader.get("/screen/files/" + "x" * 24)
    for address in (path, f"{path}/progress", f"{path}/answers.csv", f"{path}/problems.csv"):
        hidden = reader.get(address)
        assert hidden.status_code == nothing.status_code == 404
    assert reader.get(path).text == nothing.text
    assert reader.post(path, {"do": "delete"}).status_code == 404
    assert stranger.get(path).status_code == 303
    assert stranger.get(f"{path}/answers.csv").headers["location"].startswith("/sign-in")
    assert "customers.csv" not in reader.text("/screen")
    assert "customers.csv" in operator.text("/screen")


def test_two_sessions_of_one_officer_do_not_share_files(
    open_browser: Callable[[], Browser], reader: Browser, publish: Publish
) -> None:
    path = taken(reader)
    other = open_browser()
    other.sign_in(READER)
    assert other.get(path).status_code == 404


def test_files_are_gone_after_their_time_on_deletion_and_on_signing_out(operator: Browser, node: Node) -> None:
    first, second = taken(operator), screened(operator)
    assert isinstance(node.clock, SetClock)
    node.clock.advance(HELD_S - 1)
    assert operator.get(first).status_code == 200
    node.clock.advance(2)
    assert operator.get(first).status_code == operator.get(f"{second}/answers.csv").status_code == 404
    third = taken(operator)
    assert operator.post(third, {"do": "delete"}).headers["location"] == "/screen"
    assert operator.get(third).status_code == 404
    desk = operator.client.app.state.desk
    taken(operator)
    assert len(desk._filed) == 1
    operator.post("/sign-out", {})
    assert len(desk._filed) == 0


def test_files_are_forgotten_without_anybody_asking(
    open_browser: Callable[[], Browser], node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("highfence.entrypoints.server._TIDY_S", 0.01)
    browser = open_browser()
    browser.sign_in(READER)
    taken(browser)
    desk = browser.client.app.state.desk
    assert len(desk._filed) == 1
    assert isinstance(node.clock, SetClock)
    node.clock.advance(HELD_S + 1)
    until = monotonic() + PATIENCE_S
    while desk._filed and monotonic() < until:
        sleep(0.01)
    assert desk._filed == {}


def test_a_session_has_so_many_files_and_the_node_so_much_room(
    operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "FILES_MOST", 2)
    taken(operator)
    monkeypatch.setattr(desks, "HELD_BYTES_MOST", len(TABLE) + 10)
    assert "no room for a further file" in hand_in(operator, TABLE).text
    monkeypatch.setattr(desks, "HELD_BYTES_MOST", 1 << 30)
    taken(operator)
    answer = hand_in(operator, TABLE)
    assert answer.status_code == 400
    assert "You have 2 files here" in answer.text


def test_a_form_from_another_site_is_refused_before_it_is_read(operator: Browser) -> None:
    assert hand_in(operator, TABLE, origin="https://elsewhere.example").status_code == 403
    path = taken(operator)
    assert operator.post(path, {"do": "delete"}, origin="https://elsewhere.example").status_code == 403
    assert operator.get(path).status_code == 200


def test_what_a_reader_may_not_see_is_in_no_answer(reader: Browser, publish: Publish) -> None:
    data = "name\nZagorsk Radio Works\nCera Tools\n"
    publish(listing(OPEN, "us", date(2024, 1, 2)))
    one = screened(reader, data, {"do": "screen", "column-0": "name"})

    def told(path: str) -> list[bytes | str]:
        shown = reader.text(path).replace(path, "")
        return [shown, reader.get(f"{path}/answers.jsonl").content, reader.get(f"{path}/answers.csv").content]

    before = told(one)
    publish(facts(company("Cera Tools", 3), secret()))
    publish(msgspec.structs.replace(listing(OPEN, "uk"), marking=secret()))
    assert told(screened(reader, data, {"do": "screen", "column-0": "name"})) == before


def test_hostile_cells_headings_and_file_names_are_only_ever_text(operator: Browser, publish: Publish) -> None:
    hostile = "<script>alert('x')</script><img src=x onerror=alert(1)>"
    publish(facts(company(hostile)))
    data = f'"{hostile}",name\n1,"{hostile}"\n2,"=1+1 {hostile}"\n3\n'
    path = taken(operator, data, "../..\\<img src=x onerror=alert('x')>\r\n.csv")
    texts = [operator.text(path)]
    operator.post(path, {"do": "screen", "column-0": "id", "column-1": "name"})
    settled(operator, path)
    texts += [operator.text(path), operator.text("/screen")]
    for text in texts:
        page = html.fromstring(text)
        assert page.xpath("//img") == []
        assert all(script.get("src") and not script.text for script in page.xpath("//script"))
        assert "alert('x')" in page.text_content()


def test_neither_file_nor_name_is_in_a_log_or_on_the_disk(
    operator: Browser, tmp_path: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", lambda *_: pytest.fail("a file went to the disk"))
    path = taken(operator, "name\n" + "Quellwater Front Trading\n" * 60_000, "quellwater.csv")
    operator.post(path, {"do": "delete"})
    screened(operator, "name\nQuellwater Front Trading\n", {"do": "screen", "column-0": "name"})
    told = "".join(capsys.readouterr())
    assert "screened" in told
    assert "uellwater" not in told


def test_a_page_that_waits_loads_itself_with_and_without_scripts(
    operator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("highfence.entrypoints.web.desk.Desk._do", lambda *_: None)
    path = str(hand_in(operator, TABLE).headers["location"])
    text = operator.text(path)
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    assert "/screening.js" in text
    page = html.fromstring(text)
    assert page.xpath("//progress")
    assert page.xpath("//label[@for='progress']")
    assert page.xpath("//*[@role='status']")
    assert "Being read" in operator.text("/screen")
