"""What the pages say beside their commands: names, settings, words of the document, links."""

from __future__ import annotations

import argparse
import importlib
import re
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.cli import COMMANDS, main
from sql_lineage_purview.model.diagnostics import RULES
from sql_lineage_purview.model.vocabulary import Certainty, ModuleKind, StatementKind, Subtype, TableKind
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.configuring.settings import (
    DatabaseSettings,
    LineageSettings,
    PinSettings,
    PublishSettings,
    PurviewSettings,
    Settings,
)
from sql_lineage_purview.project.connecting.catalogues import database_map
from sql_lineage_purview.purview.resolving.platforms import OBJECT_TYPES
from sql_lineage_purview.render.rules_page import render_rules_page

from .pages import PAGES, ROOT, blocks_of, prose_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Options of other programs that the pages name: pytest, pre-commit, dev.py, the commands of the bench.
OTHER_OPTIONS = {
    *(
        "--all-files",
        "--at-least",
        "--calls",
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
        "--programs",
    ),
    *("--referenced", "--rewrite-specs", "--to-ref", "--venv", "--without"),
}
TOML = [(page, block.line, block.body) for page in PAGES for block in blocks_of(page) if block.language == "toml"]


def options() -> set[str]:
    """All options of all commands."""
    found = {"--version", "--help"}
    for name in COMMANDS:
        parser = argparse.ArgumentParser()
        importlib.import_module(f"sql_lineage_purview.cli.{name}").add_arguments(parser)
        found |= _options_of(parser)
    return found


def _options_of(parser: argparse.ArgumentParser) -> set[str]:
    """The options of a command and of its actions, such as those of `catalog dump`."""
    found = {word for action in parser._actions for word in action.option_strings}
    subparsers = [action.choices.values() for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return found.union(*(_options_of(one) for group in subparsers for one in group))


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


@pytest.mark.parametrize(("page", "line", "text"), TOML, ids=[f"{page}:{line}" for page, line, _ in TOML])
def test_configurations_are_valid(page: str, line: int, text: str, tmp_path: Path) -> None:
    (tmp_path / "sql-lineage-purview.toml").write_text(text, encoding="utf-8")

    settings = load_settings(tmp_path, arguments={}, environment={})

    database_map(settings)
    assert settings != Settings(base=settings.base), f"{page}:{line} sets nothing"


@pytest.mark.parametrize(
    ("section", "kind", "apart"),
    [
        ("Reading scripts", Settings, {"databases", "pins", "purview", "base", "lineage", "publish"}),
        ("Databases", DatabaseSettings, {"name"}),
        ("Pins", PinSettings, {"name"}),
        ("Declared lineage", LineageSettings, {"path", "line"}),
        ("What is published", PublishSettings, set[str]()),
        ("Purview", PurviewSettings, set[str]()),
    ],
)
def test_every_setting_has_its_row(section: str, kind: type, apart: set[str]) -> None:
    chapter = re.split(r"^## ", text_of("docs/configuration.md"), flags=re.MULTILINE)
    [text] = [part for part in chapter if part.startswith(f"{section}\n")]
    assert set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE)) == {field.name for field in fields(kind)} - apart


def test_defaults_are_those_of_the_code() -> None:
    text = text_of("docs/configuration.md")
    assert f'| `default_schema` | `"{Settings().default_schema}"` |' in text
    assert f"| `case_sensitive` | `{str(Settings().case_sensitive).lower()}` |" in text
    assert f"| `keep_temporary` | `{str(Settings().keep_temporary).lower()}` |" in text


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
