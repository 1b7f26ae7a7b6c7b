"""Discovery: which scripts, under which paths, in which order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.project.project_errors import ConfigurationError, PathError
from sql_lineage_purview.project.reading.exclusion import Exclusion
from sql_lineage_purview.project.reading.file_discovery import FileDiscovery, discover

if TYPE_CHECKING:
    from pathlib import Path


def _tree(root: Path, *paths: str) -> Path:
    for path in paths:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("SELECT 1", encoding="utf-8")
    return root


def _paths(discovery: FileDiscovery) -> list[str]:
    return [file.path for file in discovery.files]


def test_scripts_of_any_case_are_found_in_the_order_of_their_paths(tmp_path: Path) -> None:
    _tree(tmp_path, "b/z.sql", "b/a.SQL", "a.sql", "b.sql", "readme.md", "a/x.sqlproj")

    assert _paths(discover([tmp_path])) == ["a.sql", "b.sql", "b/a.SQL", "b/z.sql"]


def test_only_the_folders_of_tools_are_left_out(tmp_path: Path) -> None:
    """`obj` is a build result to some and the objects of a database to others.

    No script is left out by guess.
    """
    _tree(tmp_path, "a.sql", ".git/b.sql", ".SVN/c.sql", "obj/d.sql", "bin/e.sql", "gitted/f.sql")

    assert _paths(discover([tmp_path])) == ["a.sql", "bin/e.sql", "gitted/f.sql", "obj/d.sql"]


def test_a_left_out_folder_that_is_named_is_read(tmp_path: Path) -> None:
    _tree(tmp_path, ".vs/a.sql")

    assert _paths(discover([tmp_path / ".vs"])) == ["a.sql"]


def test_exclude_patterns_are_those_of_gitignore_and_start_from_the_configuration(
    tmp_path: Path,
) -> None:
    _tree(
        tmp_path,
        "sql/a.sql",
        "sql/old/b.sql",
        "sql/keep.gen.sql",
        "sql/x.gen.sql",
        "sql/deep/sql/old/c.sql",
    )
    exclusion = Exclusion(("/sql/old/", "*.gen.sql", "!keep.gen.sql"), tmp_path.resolve())

    assert _paths(discover([tmp_path / "sql"], exclusion)) == [
        "a.sql",
        "deep/sql/old/c.sql",
        "keep.gen.sql",
    ]


def test_a_malformed_pattern_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="exclude"):
        discover([tmp_path], Exclusion(("!",)))


def test_a_file_that_is_named_is_read_whatever_its_ending(tmp_path: Path) -> None:
    _tree(tmp_path, "a.ddl", "b.sql")

    assert _paths(discover([tmp_path / "a.ddl"])) == ["a.ddl"]


def test_an_excluded_file_that_is_named_is_said(tmp_path: Path) -> None:
    _tree(tmp_path, "a.sql")

    discovery = discover([tmp_path / "a.sql"], Exclusion(("a.sql",)))

    assert not discovery.files
    assert [(file.path, file.reason) for file in discovery.skipped] == [
        ("a.sql", "excluded by the configuration")
    ]


class TestRoot:
    def test_of_a_folder_is_the_folder(self, tmp_path: Path) -> None:
        assert discover([tmp_path]).root == tmp_path.resolve()

    def test_of_a_file_is_its_folder(self, tmp_path: Path) -> None:
        _tree(tmp_path, "a/b.sql")

        assert discover([tmp_path / "a" / "b.sql"]).root == (tmp_path / "a").resolve()

    def test_of_several_paths_is_what_they_share(self, tmp_path: Path) -> None:
        _tree(tmp_path, "x/a/1.sql", "x/b/2.sql", "x/c/d/3.sql")

        discovery = discover(
            [tmp_path / "x" / "a", tmp_path / "x" / "b", tmp_path / "x" / "c" / "d" / "3.sql"]
        )

        assert discovery.root == (tmp_path / "x").resolve()
        assert _paths(discovery) == ["a/1.sql", "b/2.sql", "c/d/3.sql"]

    def test_can_be_given_where_all_paths_lie_below_it(self, tmp_path: Path) -> None:
        _tree(tmp_path, "a/b.sql")

        assert _paths(discover([tmp_path / "a" / "b.sql"], root=tmp_path)) == ["a/b.sql"]
        assert _paths(discover([tmp_path / "a" / "b.sql"], root=tmp_path / "other")) == ["b.sql"]


def test_paths_that_overlap_give_each_script_once(tmp_path: Path) -> None:
    _tree(tmp_path, "a/b.sql")

    assert _paths(discover([tmp_path, tmp_path / "a", tmp_path / "a" / "b.sql"])) == ["a/b.sql"]


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PathError, match=r"nowhere: no such file or folder"):
        discover([tmp_path / "nowhere"])


def test_an_empty_folder_holds_no_scripts(tmp_path: Path) -> None:
    discovery = discover([tmp_path])

    assert (discovery.root, discovery.files, discovery.skipped, discovery.projects) == (
        tmp_path.resolve(),
        (),
        (),
        (),
    )


if os.name != "nt":  # to make a link needs a privilege on Windows

    class TestLinks:
        def test_that_lead_outside_are_said_and_not_followed(self, tmp_path: Path) -> None:
            _tree(tmp_path, "root/a.sql", "outside/b.sql")
            (tmp_path / "root" / "folder").symlink_to(tmp_path / "outside")
            (tmp_path / "root" / "file.sql").symlink_to(tmp_path / "outside" / "b.sql")

            discovery = discover([tmp_path / "root"])

            assert _paths(discovery) == ["a.sql"]
            assert [file.path for file in discovery.skipped] == ["file.sql", "folder"]

        def test_that_stay_inside_add_no_second_copy(self, tmp_path: Path) -> None:
            _tree(tmp_path, "z/b.sql")
            (tmp_path / "a").symlink_to(tmp_path / "z")
            (tmp_path / "a.sql").symlink_to(tmp_path / "z" / "b.sql")
            (tmp_path / "z" / "up").symlink_to(tmp_path)

            assert _paths(discover([tmp_path])) == ["z/b.sql"]

        def test_that_lead_nowhere_are_said(self, tmp_path: Path) -> None:
            (tmp_path / "a.sql").symlink_to(tmp_path / "gone.sql")

            assert [file.path for file in discover([tmp_path]).skipped] == ["a.sql"]

        def test_that_lead_back_to_themselves_are_said(self, tmp_path: Path) -> None:
            (tmp_path / "a.sql").symlink_to(tmp_path / "a.sql")

            [skipped] = discover([tmp_path]).skipped
            assert (skipped.path, "link" in skipped.reason) == ("a.sql", True)


def test_a_pipeline_that_is_no_json_is_said(tmp_path: Path) -> None:
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "broken.json").write_text(
        '{"name": "x", "properties": {', encoding="utf-8"
    )
    (tmp_path / "pipeline" / "other.json").write_text('{"a": 1}', encoding="utf-8")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "a.sql").write_text("SELECT 1", encoding="utf-8")
    assert [file.path for file in discover([tmp_path]).skipped] == ["pipeline/broken.json"]
