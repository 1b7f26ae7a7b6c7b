"""Names are nouns of what they hold.

Words that say only that something is found, kept or other are at most one in a hundred.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import sql_lineage_purview

WORDS = frozenset(
    """
    again apart asks asked beneath elsewhere found given held here kept known left looked made makes
    meant one other own rest said same says seen taken tells there told wanted way whole""".split()
)
MOST = 0.01


def names(source: str) -> Iterator[str]:
    """What is assigned, and the parameters, of a module."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
                | ast.arg(arg=name)
            ):
                yield name


@pytest.mark.parametrize(
    "folder",
    [Path(sql_lineage_purview.__file__).parent, Path(__file__).parent],
    ids=lambda p: p.name,
)
def test_names_are_nouns(folder: Path) -> None:
    assigned = [
        (path.relative_to(folder).as_posix(), name)
        for path in sorted(folder.rglob("*.py"))
        for name in names(path.read_text(encoding="utf-8"))
    ]
    vague = [f"{path}: {name}" for path, name in assigned if name.strip("_").lower() in WORDS]
    assert len(vague) <= MOST * len(assigned), "\n".join(vague)
