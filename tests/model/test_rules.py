"""What the rooms need to know of a kind of diagnostic stands on its rule."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import sql_lineage_purview
from sql_lineage_purview.model.diagnostics import RULES, Gap

PACKAGE = Path(sql_lineage_purview.__file__).parent
REGISTRY = PACKAGE / "model" / "diagnostics.py"
_CODE = re.compile(r"SLP\d")


def codes_in(node: ast.AST) -> Iterator[str]:
    """The codes, or beginnings of codes, that stand in a piece of a program."""
    for part in ast.walk(node):
        if (
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and _CODE.match(part.value)
        ):
            yield part.value


def reported(tree: ast.AST) -> set[str]:
    """The codes that are handed to something that reports them."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {code for call in calls for argument in call.args for code in codes_in(argument)}


def listed(tree: ast.AST) -> Iterator[str]:
    """The codes that stand bare in a collection, or that a module gives a name of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Set | ast.List | ast.Tuple | ast.Dict):
            parts = (part for part in ast.iter_child_nodes(node) if isinstance(part, ast.Constant))
            yield from (code for part in parts for code in codes_in(part))
    for statement in ast.iter_child_nodes(tree):
        if isinstance(statement, ast.Assign):
            yield from codes_in(statement)


def compared(tree: ast.AST) -> set[str]:
    """The codes that something is compared with."""
    return {
        code for node in ast.walk(tree) if isinstance(node, ast.Compare) for code in codes_in(node)
    }


@cache
def modules() -> list[tuple[Path, ast.AST]]:
    """All modules that name codes, but the registry, as trees."""
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if path != REGISTRY]
    sources = [(path, path.read_text(encoding="utf-8")) for path in paths]
    return [(path, ast.parse(source)) for path, source in sources if _CODE.search(source)]


def test_no_room_lists_codes() -> None:
    codes = [
        f"{path.relative_to(PACKAGE).as_posix()}: {code}"
        for path, tree in modules()
        for code in listed(tree)
    ]
    assert not codes, f"these belong to the rules in model/diagnostics.py: {codes}"


def test_a_room_compares_codes_only_with_those_that_it_reports() -> None:
    own_codes: dict[str, set[str]] = defaultdict(set)
    for path, tree in modules():
        own_codes[path.relative_to(PACKAGE).parts[0]] |= reported(tree)
    strange = [
        f"{path.relative_to(PACKAGE).as_posix()}: {code}"
        for path, tree in modules()
        for code in compared(tree) - own_codes[path.relative_to(PACKAGE).parts[0]]
    ]
    assert not strange


@pytest.mark.parametrize(
    "program",
    [
        'CODES = frozenset({"SLP101", "SLP102"})',
        'CODE = "SLP301"',
        'TEXTS = {"SLP402": "outside"}',
        'def f(code):\n    return code in ("SLP301", "SLP302")',
    ],
)
def test_a_list_is_seen(program) -> None:
    assert list(listed(ast.parse(program)))


def test_what_reports_a_code_lists_none() -> None:
    program = 'def f():\n    return [Diagnostic("SLP602", "message", place)]'
    assert not list(listed(ast.parse(program)))


def test_reported_codes_are_rules() -> None:
    assert {
        code for _, tree in modules() for code in reported(tree) if len(code) == 6
    } <= RULES.keys()


def test_what_rules_say_agrees() -> None:
    for rule in RULES.values():
        assert rule.gap is Gap.SYNTAX or not (rule.refused or rule.shows_statement), rule.code
        assert rule.gap is Gap.DYNAMIC or not (rule.open_string or rule.alternatives), rule.code
        assert rule.unseen or not rule.unseen_script, rule.code
        assert rule.unseen.count("{}") == bool(rule.unseen), rule.code
