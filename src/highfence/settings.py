# SPDX-License-Identifier: Apache-2.0
"""Settings of a node: read once from HOME/settings.toml and the environment, then passed on as a value.

Every setting can be overridden by an environment variable: `HIGHFENCE_` and the setting's name in capitals.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import msgspec

from highfence.errors import SettingsWrong

_FILE = "settings.toml"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator may set.

    `authority` is this node's authority code. `host` and `port` are where it listens. `list_groups` are the groups
    that imported official lists are released to. `heartbeat_s` is how often an idle feed carries a signed head,
    `retry_s_max` the longest pause between attempts to reach a peer. `upload_bytes_max` bounds a list sent to the API.
    `database` is the URL of a PostgreSQL database, empty for SQLite in the home; `nats` the URL of a NATS server that
    rings between the processes of the node. Both may hold a password and are never shown.
    """

    authority: str
    host: str = "127.0.0.1"
    port: int = 8321
    list_groups: tuple[str, ...] = ("members",)
    heartbeat_s: float = 10.0
    retry_s_max: float = 15.0
    upload_bytes_max: int = 128 << 20
    database: str = ""
    nats: str = ""

    def __repr__(self) -> str:
        """Return what may be shown."""
        return f"Settings(authority={self.authority!r})"


def load(home: Path, *, environment: dict[str, str] | None = None) -> Settings:
    """Read the settings of the node whose home this is.

    Raises:
        SettingsWrong: no home, no settings file, or a setting that is unknown or of the wrong kind.
    """
    path = home / _FILE
    try:
        values = tomllib.loads(path.read_text())
    except FileNotFoundError as error:
        raise SettingsWrong(
            "this is not a node's home", where=str(home), advice="Make one with `highfence init HOME --authority CODE`"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsWrong(f"the settings cannot be read: {error}", where=str(path), advice="Mend the file") from error
    for name, value in (os.environ if environment is None else environment).items():
        field = name.removeprefix("HIGHFENCE_").lower()
        if name.startswith("HIGHFENCE_") and field in Settings.__struct_fields__:
            values[field] = value.split(",") if field == "list_groups" else value
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsWrong(f"a setting is wrong: {error}", where=str(path), advice="See docs/settings.md") from error


def save(home: Path, settings: Settings) -> None:
    """Write the settings file of a new home, for its owner only: a database's URL may hold a password."""
    lines = ["# Highfence node settings; docs/settings.md describes each."]
    for name, value in msgspec.structs.asdict(settings).items():
        lines.append(f"{name} = {_toml(value)}")
    path = home / _FILE
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text("\n".join(lines) + "\n")


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    # JSON's text form of strings and numbers is TOML's too.
    return msgspec.json.encode(value).decode()
