"""`:r`: relative to the file that holds it, as written on any system, never outside the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.project.includes import IncludeReader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def reader(tmp_path: Path) -> IncludeReader:
    root = tmp_path / "root"
    for path in ("deploy/all.sql", "deploy/parts/one.sql", "deploy/parts/two.sql", "tables/Fact.sql"):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(path, encoding="utf-8")
    (tmp_path / "secret.sql").write_text("outside", encoding="utf-8")
    return IncludeReader((root / "deploy" / "all.sql").resolve(), root.resolve())


@pytest.mark.parametrize(
    ("path", "stack", "found"),
    [
        ("parts/one.sql", (), "deploy/parts/one.sql"),
        (r"parts\one.sql", (), "deploy/parts/one.sql"),
        (r".\parts\one.sql", (), "deploy/parts/one.sql"),
        (r"..\tables\fact.SQL", (), "tables/Fact.sql"),
        ('"parts/one.sql"', (), "deploy/parts/one.sql"),
        ("two.sql", (r"parts\one.sql",), "deploy/parts/two.sql"),
        (r"..\all.sql", (r"parts\one.sql", "two.sql"), "deploy/all.sql"),
    ],
)
def test_a_path_starts_from_the_file_that_holds_it(reader: IncludeReader, path: str, stack: tuple[str, ...], found: str) -> None:
    assert reader(path, stack).decode() == found


@pytest.mark.parametrize("path", ["../../secret.sql", r"..\..\secret.sql", "/etc/hostname"])
def test_what_is_outside_the_root_is_refused(reader: IncludeReader, path: str) -> None:
    with pytest.raises(PermissionError):
        reader(path, ())


@pytest.mark.parametrize("path", ["gone.sql", "parts", "a\0b.sql", "gone/one.sql"])
def test_what_cannot_be_read_is_missing(reader: IncludeReader, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        reader(path, ())
