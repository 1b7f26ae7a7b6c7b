"""The house: names that stand once, docstrings that say enough, paths that are there."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import sql_lineage_purview

PACKAGE = Path(sql_lineage_purview.__file__).parent
ARCHITECTURE = PACKAGE.parent / "docs" / "architecture.md"
INHERITED = ("See `", "Note nothing.")
FEW = 3  # parameters that explain themselves


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def public_functions(node: ast.AST) -> Iterator[ast.FunctionDef]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield from public_functions(child)
        elif isinstance(child, ast.FunctionDef) and not child.name.startswith("_"):
            yield child


def test_no_two_files_have_one_name() -> None:
    places = defaultdict(list)
    for path, _ in trees():
        if not path.endswith("__init__.py"):
            places[path.rpartition("/")[2]].append(path)

    assert not [paths for paths in places.values() if len(paths) > 1]


def test_no_two_classes_have_one_name() -> None:
    places = defaultdict(list)
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(path)

    assert not {name: paths for name, paths in places.items() if len(paths) > 1}


def test_functions_of_many_parameters_say_what_these_are() -> None:
    silent = []
    for path, tree in trees():
        for function in public_functions(tree):
            arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
            named = [argument for argument in arguments if argument.arg not in ("self", "cls")]
            text = ast.get_docstring(function) or ""
            if len(named) > FEW and "Args:" not in text and not text.startswith(INHERITED):
                silent.append(f"{path}: {function.name}")

    assert not silent


def test_functions_that_raise_say_so() -> None:
    silent = []
    for path, tree in trees():
        for function in public_functions(tree):
            raises = any(
                isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(function)
            )
            if raises and "Raises:" not in (ast.get_docstring(function) or ""):
                silent.append(f"{path}: {function.name}")

    assert not silent


def test_the_paths_of_the_architecture_are_there() -> None:
    paths = set(
        re.findall(r"`([a-z_]+(?:/[a-z_]+)+(?:\.py|/))`", ARCHITECTURE.read_text(encoding="utf-8"))
    )
    tops = ("sql_lineage_purview", "tests", "docs")
    root = PACKAGE.parent
    missing = {
        path
        for path in paths
        if not (root / path).exists()
        and not any(any((root / top).glob(f"**/{path}")) for top in tops)
    }

    assert len(paths) > 30
    assert not missing
