"""What the pages say beside their commands: names, settings, words of the document, links."""

from __future__ import annotations

import argparse
import importlib
import json
import re
import tomllib
from typing import TYPE_CHECKING

import jsonschema
import pytest

from sql_lineage_purview.cli import COMMANDS, main
from sql_lineage_purview.model.diagnostics import RULES
from sql_lineage_purview.model.vocabulary import (
    Certainty,
    ModuleKind,
    StatementKind,
    Subtype,
    TableKind,
)
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.configuring.purview_settings import PurviewSettings
from sql_lineage_purview.project.configuring.setting_rows import settings_in
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.configuring.settings_page import SECTIONS, with_tables
from sql_lineage_purview.project.configuring.settings_schema import settings_schema
from sql_lineage_purview.project.connecting.catalogues import database_map
from sql_lineage_purview.project.project_errors import ConfigurationError
from sql_lineage_purview.purview.resolving.platforms import OBJECT_TYPES
from sql_lineage_purview.render.rules_page import render_rules_page

from .pages import PAGES, ROOT, blocks_of, prose_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Options of other programs that the pages name: pytest, pre-commit, dev.py, the commands of the
# bench.
OTHER_OPTIONS = {
    *(
        "--alike",
        "--all-files",
        "--at-least",
        "--calls",
        "--copies",
        "--differences",
        "--examples",
        "--keep",
        "--minutes",
        "--from-ref",
        "--gaps",
        "--only",
        "--oracle",
        "--repo",
        "--out",
        "--peer",
        "--paginate",
        "--jq",
        "--body-file",
        "--programs",
    ),
    *("--referenced", "--rewrite-specs", "--to-ref", "--venv", "--without"),
}
TOML = [
    (page, block.line, block.body)
    for page in PAGES
    for block in blocks_of(page)
    if block.language == "toml"
]


def options() -> set[str]:
    """All options of all commands."""
    words = {"--version", "--help"}
    for name in COMMANDS:
        parser = argparse.ArgumentParser()
        importlib.import_module(f"sql_lineage_purview.cli.{name}_command").add_arguments(parser)
        words |= _options_of(parser)
    return words


def _options_of(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a command and of its actions, such as those of `catalog dump`."""
    words = {word for action in parser._actions for word in action.option_strings}
    subparsers = [
        action.choices.values()
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    return words.union(*(_options_of(subparser) for group in subparsers for subparser in group))


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def words(page: str) -> set[str]:
    """What stands in back quotes."""
    return set(re.findall(r"`([^`\n]+)`", prose_of(page)))


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if target.startswith("https://"):
            continue
        path, _, section = target.partition("#")
        place = (ROOT / page).parent / path if path else ROOT / page
        assert place.exists(), target
        if section:
            headings = re.findall(r"^#+ (.+)$", place.read_text(encoding="utf-8"), re.MULTILINE)
            assert section in map(anchor, headings), target


@pytest.mark.parametrize("page", PAGES)
def test_options_exist(page: str) -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text_of(page)))
    assert named <= options() | OTHER_OPTIONS


@pytest.mark.parametrize("page", PAGES)
def test_codes_exist(page: str) -> None:
    assert set(re.findall(r"SLP\d{3}", text_of(page))) <= RULES.keys()


@pytest.mark.parametrize(
    ("page", "line", "text"), TOML, ids=[f"{page}:{line}" for page, line, _ in TOML]
)
def test_configurations_are_valid(page: str, line: int, text: str, tmp_path: Path) -> None:
    (tmp_path / "sql-lineage-purview.toml").write_text(text, encoding="utf-8")

    settings = load_settings(tmp_path, arguments={}, environment={})

    database_map(settings)
    assert settings != Settings(base=settings.base), f"{page}:{line} sets nothing"


def test_the_tables_of_settings_are_made_from_their_declarations(
    request: pytest.FixtureRequest,
) -> None:
    page = with_tables(text_of("docs/configuration.md"))
    if request.config.getoption("--rewrite-specs"):
        (ROOT / "docs/configuration.md").write_text(page, encoding="utf-8", newline="\n")
    assert text_of("docs/configuration.md") == page


def test_every_setting_has_its_row() -> None:
    chapters = re.split(r"^## ", text_of("docs/configuration.md"), flags=re.MULTILINE)
    for section, kind in SECTIONS.items():
        [text] = [part for part in chapters if part.startswith(f"{section}\n")]
        assert re.findall(r"^\| `(\w+)`", text, re.MULTILINE) == list(settings_in(kind))


def test_settings_without_a_variable_are_named() -> None:
    chapters = re.split(r"^## ", text_of("docs/configuration.md"), flags=re.MULTILINE)
    [text] = [part for part in chapters if part.startswith("Environment variables\n")]
    without = {row.key for row in settings_in(Settings).values() if row.kind.from_text is None}
    assert without == set(re.findall(r"`(\w+)`", re.split(r"except|, and each", text)[1]))
    assert all(row.kind.from_text for row in settings_in(PurviewSettings).values())


def test_the_schema_of_settings_is_made_from_their_declarations(
    request: pytest.FixtureRequest,
) -> None:
    schema = json.dumps(settings_schema(), indent=2) + "\n"
    if request.config.getoption("--rewrite-specs"):
        (ROOT / "docs/settings.schema.json").write_text(schema, encoding="utf-8", newline="\n")
    assert text_of("docs/settings.schema.json") == schema


@pytest.mark.parametrize(
    "text", [*(text for _, _, text in TOML), text_of("sample_sql/sql-lineage-purview.toml")]
)
def test_configurations_fit_the_schema(text: str) -> None:
    jsonschema.Draft202012Validator.check_schema(settings_schema())
    jsonschema.validate(tomllib.loads(text), settings_schema())


@pytest.mark.parametrize(
    "text",
    [
        "defualt_schema = 'x'",
        "[databases.Dw]\nplatform = 'azure_sql'",
        "[databases.Lake]\nplatform = 'fabric_lakehouse'\nworkspace = 'w'",
        "[pins.'dbo.A']\ntype = 't'",
        "[[lineage]]\nsource = 'a'",
        "[profiles.prod]\ncolour = 'x'",
        "[publish]\nthrough = 1",
    ],
)
def test_what_the_tool_refuses_does_not_fit_the_schema(text: str, tmp_path: Path) -> None:
    (tmp_path / "sql-lineage-purview.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        load_settings(tmp_path, arguments={}, environment={})
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), settings_schema())


@pytest.mark.parametrize("kind", [TableKind, ModuleKind, StatementKind, Subtype, Certainty])
def test_the_words_of_the_document_are_explained(kind: Iterable[str]) -> None:
    assert {str(word) for word in kind} <= words("docs/lineage-document.md")


def test_every_platform_has_its_row() -> None:
    text = text_of("docs/purview.md")
    for platform, types in OBJECT_TYPES.items():
        [row] = re.findall(rf"^\| `{platform}` .*$", text, re.MULTILINE)
        assert ", ".join(f"`{name}`" for name in dict.fromkeys((types.table, types.view))) in row
        assert f"`{platform}`" in text_of("docs/configuration.md")


def test_the_page_of_diagnostics_is_made_from_the_registry(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    page = render_rules_page(RULES.values())
    if request.config.getoption("--rewrite-specs"):
        (ROOT / "docs/diagnostics.md").write_text(page, encoding="utf-8", newline="\n")
    assert text_of("docs/diagnostics.md") == page
    assert main(["explain", "--markdown"]) == 0
    assert capsys.readouterr().out == page


# There is no tag yet, and the package is on no index: whoever types these would get nothing, or
# what somebody else has put there.
NOT_THERE = re.compile(
    r"""rev:\s*['"]?v?\d+\.|git\+\S*@v\d|git\.example\.com"""
    r"""|pip\s+install\s+['"]?sql-lineage-purview(?!\S* @ )"""
)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_a_version_host_or_index_entry_that_does_not_exist(page: str) -> None:
    assert NOT_THERE.findall(text_of(page)) == []


def test_no_message_names_an_index_entry_that_does_not_exist() -> None:
    for file in (ROOT / "sql_lineage_purview").rglob("*.py"):
        assert NOT_THERE.findall(file.read_text(encoding="utf-8")) == [], file


@pytest.mark.parametrize(
    "text",
    [
        "  rev: v0.1.0",
        'pip install "sql-lineage-purview[mssql]"',
        "pip install sql-lineage-purview",
        '"sql-lineage-purview @ git+ADDRESS@v1"',
    ],
)
def test_what_does_not_exist_is_seen(text: str) -> None:
    assert NOT_THERE.search(text)
