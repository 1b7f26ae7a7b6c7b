"""The glossary names classes that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import sql_lineage_purview

PAGE = Path(__file__).parents[1] / "docs" / "glossary.md"


def classes() -> set[str]:
    package = Path(sql_lineage_purview.__file__).parent
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in package.rglob("*.py"))
    nodes = [node for tree in trees for node in ast.walk(tree)]
    aliases = {
        node.target.id
        for node in nodes
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    return {node.name for node in nodes if isinstance(node, ast.ClassDef)} | aliases


def test_each_class_of_the_glossary_is_one_of_the_package() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"`([A-Z]\w+)`", row.rsplit("|", 2)[1])}

    assert len(named) > 25
    assert named <= classes()
