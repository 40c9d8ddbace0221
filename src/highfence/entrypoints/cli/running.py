# SPDX-License-Identifier: Apache-2.0
"""Running: asking the node that runs on a home to do what only it may do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import httpx2
import msgspec

from highfence.entrypoints.problems import Problem
from highfence.errors import HighfenceError, InvalidInput, NotAllowed, SettingsWrong
from highfence.home import Home, running_address


def running_node(folder: Path) -> RunningNode | None:
    """Return the node that runs on this home, or None when none does."""
    home = Home(folder)
    address = running_address(home)
    if not address:
        return None
    try:
        code = home.access_code.read_text().strip()
    except OSError as error:
        raise SettingsWrong(
            "the node is running and its access code cannot be read",
            where=str(home.access_code),
            advice="Run this as the node's operator",
        ) from error
    return RunningNode(address, code)


class RunningNode:
    """The API of a running node, called as its operator. `address` is its origin, such as http://127.0.0.1:8321."""

    def __init__(self, address: str, code: str) -> None:
        self.address = address
        # The running node is on this machine: no certificate is looked at unless its address asks for one, and no
        # proxy of the environment is used.
        self._client = httpx2.Client(
            base_url=address,
            headers={"authorization": f"Bearer {code}"},
            timeout=600.0,
            verify=address.startswith("https:"),
            trust_env=False,
        )

    def get(self, path: str, **query: str) -> bytes:
        """Return the body of a successful GET; raises HighfenceError with what the node answered otherwise."""
        return self._ask("GET", path, query=query)

    def post(self, path: str, body: bytes, **query: str) -> bytes:
        """Return the body of a successful POST; raises HighfenceError with what the node answered otherwise."""
        return self._ask("POST", path, query=query, body=body)

    def send(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Return the body of a POST with headers; also of one that was answered with what is wrong in the file.

        Raises:
            HighfenceError: the node answered with a problem.
        """
        return self._ask("POST", path, query={}, body=body, headers=headers)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str],
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        try:
            response = self._client.request(method, path, params=query, content=body, headers=headers)
        except httpx2.HTTPError as error:
            raise HighfenceError(
                f"the running node did not answer: {type(error).__name__}",
                where=self.address,
                advice="See its log, then try again",
            ) from error
        # What is sent with headers may be a file: what is no problem document then says what is wrong in it.
        told = headers is not None and response.headers.get("content-type", "").startswith("application/json")
        if response.is_success or told:
            return response.content
        raise _told(response)


def _told(response: httpx2.Response) -> HighfenceError:
    try:
        problem = msgspec.json.decode(response.content, type=Problem)
    except msgspec.DecodeError:
        return HighfenceError(
            f"the node answered {response.status_code}", where=response.url.path, advice="See the node's log"
        )
    if problem.status in (401, 403):
        return NotAllowed(problem.detail, where=problem.where, advice=problem.advice)
    kind = InvalidInput if problem.status == 400 else HighfenceError
    return kind(problem.detail, where=problem.where, advice=problem.advice)
