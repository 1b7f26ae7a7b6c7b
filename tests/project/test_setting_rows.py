"""The table of settings: one row is all that a setting takes.

It is read, offered, shown and checked by that.
"""

from __future__ import annotations

import argparse
import importlib
import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from sql_lineage_purview.cli.chosen_settings import chosen_settings
from sql_lineage_purview.project.configuring import kinds
from sql_lineage_purview.project.configuring.database_settings import DatabaseSettings
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.configuring.purview_settings import PurviewSettings
from sql_lineage_purview.project.configuring.setting_rows import OptionGroup, Setting, settings_in
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.configuring.settings_schema import settings_schema
from sql_lineage_purview.purview import (
    Granularity,
    Identity,
    MissingPolicy,
    PlanOptions,
    PurviewTarget,
    PushOptions,
)
from sql_lineage_purview.purview.resolving.platforms import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sql_lineage_purview.project.configuring.kinds import ValueKind

TOP, ACCOUNT = settings_in(Settings), settings_in(PurviewSettings)
ROWS = [*TOP.values(), *ACCOUNT.values()]
WITH_VARIABLE = [row for row in ROWS if row.kind.from_text]
WITH_OPTION = [row for row in ROWS if row.option]

# Of each kind a value as TOML has it, as a variable and as an option say it, and one that it
# refuses.
VALUES: dict[ValueKind[Any], tuple[object, str, str, object]] = {
    kinds.TEXT: ("some", "some", "some", ""),
    kinds.FLAG: (True, "yes", "", 1),
    kinds.COUNT: (7, "7", "7", 0),
    kinds.NUMBER: (2.5, "2.5", "2.5", 0),
    kinds.SHARE: (0.4, "0.4", "0.4", 2),
    kinds.PATH: ("a.x", "a.x", "a.x", ""),
    kinds.LITERALS: ("keep", "keep", "keep", "all"),
    kinds.PATTERNS: (["a", "b"], "a, b", "", "a"),
    kinds.CATALOGS: (["Dw=mssql://s/Dw"], "Dw=mssql://s/Dw", "Dw=mssql://s/Dw", [1]),
    kinds.TEXTS: ({"A": "1"}, "", "A=1", {"A": 1}),
    kinds.FOLDERS: ({"a": "A"}, "", "", ["a"]),
}

COMMANDS = {
    OptionGroup.SCRIPTS: "check",
    OptionGroup.NETWORK: "doctor",
    OptionGroup.WORK: "check",
    OptionGroup.SCAN: "scan",
    OptionGroup.PLANNING: "verify",
    OptionGroup.ASSETS: "plan",
}


def values_of(row: Setting) -> tuple[Any, str, str, object]:
    if row.kind.words and row.kind not in VALUES:
        word = next(word for word in row.kind.words if word != row.default)
        return word, word, word, "another"
    toml, variable, option, wrong = VALUES[row.kind]
    return not row.default if row.kind is kinds.FLAG else toml, variable, option, wrong


def loaded(row: Setting, folder: Path, environment: Mapping[str, str] | None = None) -> object:
    settings = load_settings(folder, arguments={}, environment=environment or {})
    assert settings.configured == {row.key}
    return getattr(settings if row.key in TOP else settings.purview, row.key)


def write(folder: Path, table: str, key: str, value: object) -> None:
    toml = (
        "{ A = '1' }"
        if value == {"A": "1"}
        else "{ a = 'A' }"
        if value == {"a": "A"}
        else json.dumps(value)
    )
    (folder / "sql-lineage-purview.toml").write_text(f"{table}\n{key} = {toml}\n", encoding="utf-8")


@pytest.mark.parametrize("row", ROWS, ids=[row.key for row in ROWS])
class TestEachRow:
    def test_is_read_from_the_file_and_from_its_profiles(
        self, row: Setting, tmp_path: Path
    ) -> None:
        value = values_of(row)[0]
        expected = row.kind.read(value, kinds.Origin("", tmp_path))
        assert expected != row.default

        write(tmp_path, "[purview]" if row.key in ACCOUNT else "", row.key, value)
        assert loaded(row, tmp_path) == expected
        write(tmp_path, "[profiles.some]", row.key, value)
        assert loaded(row, tmp_path, {"SQL_LINEAGE_PURVIEW_PROFILE": "some"}) == expected

    def test_has_a_default_of_its_kind(self, row: Setting) -> None:
        settings = Settings()
        assert getattr(settings if row.key in TOP else settings.purview, row.key) == row.default
        assert not row.is_required

    def test_stands_in_the_schema(self, row: Setting) -> None:
        value, _, _, wrong = values_of(row)
        for table in (("purview",) if row.key in ACCOUNT else (), ("profiles", "some")):
            assert valid(table, row.key, value)
            assert not valid(table, row.key, wrong)


def valid(table: tuple[str, ...], key: str, value: object) -> bool:
    document: Any = {key: value}
    for name in reversed(table):
        document = {name: document}
    return jsonschema.Draft202012Validator(settings_schema()).is_valid(document)


@pytest.mark.parametrize("row", WITH_VARIABLE, ids=[row.key for row in WITH_VARIABLE])
def test_a_variable_says_the_same_as_the_file(
    row: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    toml, text, _, _ = values_of(row)
    toml = True if row.kind is kinds.FLAG else toml
    assert loaded(row, tmp_path, {row.variable: text}) == row.kind.read(
        toml, kinds.Origin("", tmp_path)
    )


@pytest.mark.parametrize("row", WITH_OPTION, ids=[row.key for row in WITH_OPTION])
def test_an_option_says_the_same_as_the_file(
    row: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert row.option
    value, _, text, _ = values_of(row)
    parser = argparse.ArgumentParser()
    importlib.import_module(
        f"sql_lineage_purview.cli.{COMMANDS[row.option.group]}_command"
    ).add_arguments(parser)

    assert chosen_settings(parser.parse_args([])) == {}
    chosen = chosen_settings(parser.parse_args([row.option.flag, *([text] if text else [])]))
    expected = row.kind.read(value, kinds.Origin("", tmp_path))
    assert chosen == {row.key: expected}
    assert f"`{row.option.flag}" in row.meaning


def test_no_key_stands_in_both_tables() -> None:
    assert not TOP.keys() & ACCOUNT.keys()


def test_none_stands_only_where_there_is_nothing() -> None:
    """A setting that something is put in the place of has that as its default."""
    assert {row.key for row in ROWS if row.default is None} == {
        "database",
        "rate",
        "journal",
        *("assets", "emulator_seed"),
        *("authority", "tenant_id", "client_id", "key_vault", "key_vault_secret", "ca_bundle"),
    }


@pytest.mark.parametrize(
    ("row", "kind"),
    [(ACCOUNT["granularity"], Granularity), (ACCOUNT["missing"], MissingPolicy)],
)
def test_words_are_those_of_the_client(row: Setting, kind: type[StrEnum]) -> None:
    assert row.kind.words == tuple(kind)


@pytest.mark.parametrize(
    ("row", "kind"),
    [(ACCOUNT["credential"], Identity), (settings_in(DatabaseSettings)["platform"], Platform)],
)
def test_all_words_of_the_client_are_shown(row: Setting, kind: type[StrEnum]) -> None:
    assert all(f"`{word}`" in row.meaning for word in kind)


def test_defaults_are_those_of_the_client() -> None:
    chosen, target, push, plan = PurviewSettings(), PurviewTarget(""), PushOptions(), PlanOptions()
    assert (chosen.path_prefix, chosen.scope) == (target.path_prefix, target.scope)
    assert (chosen.owner, chosen.rate) == (target.owner, target.rate)
    assert chosen.credential == target.sign_in.identity
    assert chosen.instance_discovery == target.sign_in.instance_discovery
    assert (chosen.batch_size, chosen.max_request_bytes) == (push.limits.count, push.limits.size)
    assert (chosen.prune_threshold, chosen.placeholder_cap) == (
        push.prune_threshold,
        push.placeholder_cap,
    )
    assert (chosen.collection, chosen.missing) == (push.collection, push.missing)
    assert (chosen.granularity, chosen.missing) == (plan.granularity, plan.missing)
    assert (Settings().publish.through, Settings().publish.exclude) == (plan.through, plan.excluded)
