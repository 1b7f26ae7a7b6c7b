"""The paths of statements, by the ids of their rows and by their keys."""

from __future__ import annotations

import pytest

from sql_lineage_purview.linker.patching.touched_paths import path_of


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        ("etl/load.sql#12", "etl/load.sql"),
        ("etl/load.sql@3", "etl/load.sql"),
        ("etl/load.sql@3@0123456789abcdef@1", "etl/load.sql"),
        ("etl/load.sql@3@0123456789abcdef@1@fedcba9876543210@2", "etl/load.sql"),
        ("odd#1.sql#2", "odd#1.sql"),
        ("odd@1@0123456789abcdef.sql@2", "odd@1@0123456789abcdef.sql"),
        ("me@home.sql@3@0123456789abcdef@1", "me@home.sql"),
    ],
)
def test_a_statement_is_told_with_its_path(statement: str, path: str) -> None:
    assert path_of(statement) == path
