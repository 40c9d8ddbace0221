# SPDX-License-Identifier: Apache-2.0
"""Settings: read once from file and environment, and a wrong one is told, never guessed."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from highfence.errors import SettingsWrong
from highfence.settings import Settings, load, save

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=20)
SETTINGS = st.builds(
    Settings,
    authority=TEXTS,
    host=TEXTS,
    port=st.integers(0, 65535),
    list_groups=st.lists(TEXTS, max_size=3).map(tuple),
    heartbeat_s=st.floats(0.1, 1e6),
    retry_s_max=st.floats(0.1, 1e6),
    upload_bytes_max=st.integers(0, 1 << 40),
    database=TEXTS,
    nats=TEXTS,
)


def test_addresses_that_may_hold_a_password_are_for_the_owners_eyes(tmp_path):
    (tmp_path / "settings.toml").write_text("")
    (tmp_path / "settings.toml").chmod(0o644)
    settings = Settings(authority="us", database="postgresql://u:secret@h/d", nats="nats://u:secret@h")
    save(tmp_path, settings)
    assert (tmp_path / "settings.toml").stat().st_mode & 0o777 == 0o600
    assert "secret" not in repr(settings) + str(settings)


def test_the_defaults_need_nothing_but_the_authority(tmp_path):
    (tmp_path / "settings.toml").write_text('authority = "us"\n')
    assert load(tmp_path, environment={}) == Settings(authority="us")


@given(SETTINGS)
def test_what_was_saved_is_loaded(tmp_path_factory, settings):
    folder = tmp_path_factory.mktemp("home")
    save(folder, settings)
    assert load(folder, environment={}) == settings


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("HIGHFENCE_AUTHORITY", "nl", "authority", "nl"),
        ("HIGHFENCE_PORT", "9000", "port", 9000),
        ("HIGHFENCE_DATABASE", "postgresql:///us", "database", "postgresql:///us"),
        ("HIGHFENCE_HEARTBEAT_S", "2.5", "heartbeat_s", 2.5),
        ("HIGHFENCE_UPLOAD_BYTES_MAX", "1024", "upload_bytes_max", 1024),
        ("HIGHFENCE_LIST_GROUPS", "members-eu,us", "list_groups", ("members-eu", "us")),
    ],
)
def test_the_environment_overrides_the_file(tmp_path, name, value, field, expected):
    save(tmp_path, Settings(authority="us"))
    assert getattr(load(tmp_path, environment={name: value}), field) == expected


def test_what_else_stands_in_the_environment_does_not_matter(tmp_path):
    save(tmp_path, Settings(authority="us"))
    assert load(tmp_path, environment={"HIGHFENCE_LISTS": "/x", "PORT": "1", "highfence_port": "2"}).port == 8321


def test_the_environment_of_the_process_is_read_by_default(tmp_path, monkeypatch):
    save(tmp_path, Settings(authority="us"))
    monkeypatch.setenv("HIGHFENCE_PORT", "9001")
    assert load(tmp_path).port == 9001


@pytest.mark.parametrize("value", ["x", "", "1.5", "-"])
def test_a_number_that_is_none_is_told(tmp_path, value):
    save(tmp_path, Settings(authority="us"))
    with pytest.raises(SettingsWrong, match="port") as refusal:
        load(tmp_path, environment={"HIGHFENCE_PORT": value})
    assert refusal.value.advice


@pytest.mark.parametrize(
    "text",
    ["", "port = 1\n", 'authority = "us"\nprot = 1\n', 'authority = ["us"]\n', "authority = us\n", 'authority = "us'],
)
def test_a_file_that_is_wrong_is_told(tmp_path, text):
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(SettingsWrong) as refusal:
        load(tmp_path, environment={})
    assert str(tmp_path) in refusal.value.where


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "settings.toml").write_bytes(b"authority = \xff\xfe")
    with pytest.raises(SettingsWrong, match="cannot be read"):
        load(tmp_path, environment={})


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_a_folder_that_is_no_home_is_told_with_how_to_make_one(tmp_path, folder):
    with pytest.raises(SettingsWrong, match="not a node's home") as refusal:
        load(tmp_path / folder, environment={})
    assert "highfence init" in refusal.value.advice


def test_the_settings_cannot_be_changed_while_the_node_runs():
    with pytest.raises(AttributeError):
        Settings(authority="us").port = 1  # type: ignore[misc]
    assert msgspec.structs.replace(Settings(authority="us"), port=1).port == 1
