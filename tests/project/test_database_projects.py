"""Database projects: what they build, what counts first, and the variables that they define."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.reading.database_projects import Role
from sql_lineage_purview.project.reading.exclusion import Exclusion
from sql_lineage_purview.project.reading.file_discovery import discover
from sql_lineage_purview.project.reading.project_files import read_project
from sql_lineage_purview.project.scanning import scan

if TYPE_CHECKING:
    from pathlib import Path

OLD = (
    '<?xml version="1.0" encoding="utf-8"?><Project '
    'xmlns="http://schemas.microsoft.com/developer/msbuild/2003">{}</Project>'
)
NEW = (
    '<Project DefaultTargets="Build"><Sdk Name="Microsoft.Build.Sql" Version="1.0.0" />{}</Project>'
)


def items(*elements: str) -> str:
    return f"<ItemGroup>{''.join(elements)}</ItemGroup>"


def put(root: Path, path: str, text: str = "SELECT 1") -> Path:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return place


def built(root: Path, project: str, *paths: str) -> list[str]:
    """Which of some scripts a project in the folder `db` builds."""
    read = read_project(put(root, "db/x.sqlproj", project))
    building = (Role.BUILT, Role.DEFAULT_ITEM)
    return [path for path in paths if read.role(root / "db" / path) in building]


class TestOldStyle:
    def test_only_what_is_named_is_built_in_any_case_and_with_backslashes(
        self, tmp_path: Path
    ) -> None:
        project = OLD.format(
            items(
                r'<Build Include="dbo\Tables\Fact.SQL" '
                r"/>",
                '<None Include="old.sql" />',
            )
        )

        assert built(tmp_path, project, "dbo/tables/fact.sql", "old.sql", "other.sql") == [
            "dbo/tables/fact.sql"
        ]

    @pytest.mark.parametrize(
        ("include", "paths"),
        [
            (r"**\*.sql", ["a.sql", "b/a.sql", "b/c/a.sql", "b/[c]/d.sql"]),
            (r"b\**", ["b/a.sql", "b/c/a.sql", "b/[c]/d.sql"]),
            (r"b\*\?.sql", ["b/c/a.sql", "b/[c]/d.sql"]),
            (r"b\[c]\*.sql", ["b/[c]/d.sql"]),
            (r"a.sql; b\a.sql;", ["a.sql", "b/a.sql"]),
            (r"b\%5Bc%5D\d.sql", ["b/[c]/d.sql"]),
            (r"..\db\a.sql", ["a.sql"]),
            (r"$(Generated)\a.sql", []),
            (r"$(MSBuildThisFileDirectory)a.sql", ["a.sql"]),
            (r"$(MSBuildProjectDirectory)\a.sql", ["a.sql"]),
            (r"$(ProjectDir)\a.sql", ["a.sql"]),
        ],
    )
    def test_paths_are_those_of_msbuild(
        self, tmp_path: Path, include: str, paths: list[str]
    ) -> None:
        project = OLD.format(items(f'<Build Include="{include}" />'))

        assert built(tmp_path, project, "a.sql", "b/a.sql", "b/c/a.sql", "b/[c]/d.sql") == paths

    def test_what_is_excluded_or_removed_is_not_built(self, tmp_path: Path) -> None:
        project = OLD.format(
            items(
                r'<Build Include="**\*.sql" Exclude="old\**" '
                r"/>",
                '<Build Remove="b.sql" />',
            )
        )

        assert built(tmp_path, project, "a.sql", "b.sql", "old/c.sql") == ["a.sql"]

    def test_many_wildcards_take_no_time(self, tmp_path: Path) -> None:
        project = OLD.format(items(f'<Build Include="{"**/" * 200}{"*a" * 200}.sql" />'))

        assert built(tmp_path, project, "a/" * 60 + "a" * 150 + ".sql", "b.sql") == []


class TestNewStyle:
    def test_everything_below_is_built_but_what_is_deployed_before_or_after(
        self, tmp_path: Path
    ) -> None:
        others = items(
            '<PreDeploy Include="pre.sql" />',
            '<PostDeploy Include="post.sql" />',
            '<None Include="old.sql" />',
        )
        removed = items('<Build Remove="gone\\**" />')

        paths = built(
            tmp_path,
            NEW.format(others + removed),
            "a.sql",
            "b/c.sql",
            "pre.sql",
            "post.sql",
            "old.sql",
            "gone/d.sql",
        )

        assert paths == ["a.sql", "b/c.sql"]

    def test_the_sdk_may_stand_in_an_attribute(self, tmp_path: Path) -> None:
        assert built(
            tmp_path, '<Project Sdk="Microsoft.Build.Sql/1.0.0" />', "a.sql", "../b.sql"
        ) == ["a.sql"]

    def test_default_items_can_be_switched_off(self, tmp_path: Path) -> None:
        off = "<PropertyGroup><EnableDefaultSqlItems>False</EnableDefaultSqlItems></PropertyGroup>"

        assert built(
            tmp_path, NEW.format(off + items('<Build Include="a.sql" />')), "a.sql", "b.sql"
        ) == ["a.sql"]


class TestFiles:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "<Project>",
            "<Other />",
            '<!DOCTYPE Project [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Project>&b;</Project>',
            '<!DOCTYPE Project SYSTEM "file:///etc/hostname"><Project />',
            '<?xml version="1.0" encoding="nonsense"?><Project>&undefined;</Project>',
        ],
    )
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_what_is_no_project_is_said_and_harms_no_script(
        self, tmp_path: Path, text: str, encoding: str
    ) -> None:
        put(tmp_path, "a.sql")
        (tmp_path / "x.sqlproj").write_text(text, encoding=encoding)

        discovery = discover([tmp_path])

        assert not discovery.projects
        assert [file.path for file in discovery.files] == ["a.sql"]
        assert [file.path for file in discovery.skipped] == ["x.sqlproj"]

    def test_projects_above_what_is_named_count_inside_the_root(self, tmp_path: Path) -> None:
        put(tmp_path, "outside.sqlproj", NEW.format(""))
        put(tmp_path, "root/x.SqlProj", NEW.format(""))
        script = put(tmp_path, "root/a/b.sql")

        discovery = discover([script], root=tmp_path / "root")

        assert [project.folder.name for project in discovery.projects] == ["root"]

    def test_excluded_projects_do_not_count(self, tmp_path: Path) -> None:
        put(tmp_path, "x.sqlproj", NEW.format(""))

        assert not discover([tmp_path], Exclusion(("*.sqlproj",))).projects


class TestPrecedence:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """A table that the project builds, an older one, and a query that needs to know.

        The older one is behind it in the order of paths.
        """
        put(tmp_path, "db/a.sql", "CREATE TABLE dbo.Src (New int)")
        put(tmp_path, "db/z_old.sql", "CREATE TABLE dbo.Src (Old int)")
        put(tmp_path, "load.sql", "INSERT INTO dbo.Target SELECT * FROM dbo.Src")
        return tmp_path

    def _columns(self, folder: Path) -> list[str | None]:
        return [
            edge.source.column
            for edge in scan([folder], Settings(), use_cache=False).graph.column_lineage
        ]

    def test_a_definition_that_is_built_counts(self, folder: Path) -> None:
        put(
            folder,
            "db/x.sqlproj",
            OLD.format(items('<Build Include="a.sql" />', '<None Include="z_old.sql" />')),
        )

        assert self._columns(folder) == ["New"]

    def test_without_a_project_the_later_one_does(self, folder: Path) -> None:
        assert self._columns(folder) == ["Old"]


class TestVariables:
    DEFAULTS = items(
        "<SqlCmdVariable "
        'Include="Source"><DefaultValue>dbo.FromProject</DefaultValue>'
        "<Value>$(x)</Value></SqlCmdVariable>",
        '<SqlCmdVariable Include="Empty"><DefaultValue>\n</DefaultValue></SqlCmdVariable>',
        '<SqlCmdVariable Include="None" />',
    )

    def _reads(self, root: Path, settings: Settings | None = None) -> list[str]:
        rows = scan([root], settings or Settings()).graph.statements
        return [str(name) for row in rows for name in row.reads]

    def test_defaults_are_values_in_the_scripts_of_the_project_alone(self, tmp_path: Path) -> None:
        put(tmp_path, "db/x.sqlproj", OLD.format(self.DEFAULTS))
        put(tmp_path, "db/a/in.sql", "SELECT a FROM $(SOURCE)")
        put(tmp_path, "out.sql", "SELECT a FROM dbo.$(Source)")

        assert self._reads(tmp_path) == ["dbo.FromProject", "dbo.$(Source)"]

    def test_a_project_that_names_a_script_comes_before_one_whose_folder_holds_it(
        self, tmp_path: Path
    ) -> None:
        put(tmp_path, "db/x.sqlproj", OLD.format(self.DEFAULTS.replace("FromProject", "Nearest")))
        put(
            tmp_path,
            "other/y.sqlproj",
            OLD.format(
                items(
                    r'<Build Include="..\db\a.sql" '
                    r"/>"
                )
                + self.DEFAULTS
            ),
        )
        put(tmp_path, "db/a.sql", "SELECT a FROM $(Source)")

        assert self._reads(tmp_path) == ["dbo.FromProject"]

    def test_the_configuration_wins_in_any_case_of_the_name(self, tmp_path: Path) -> None:
        put(tmp_path, "x.sqlproj", NEW.format(self.DEFAULTS))
        put(tmp_path, "a.sql", "SELECT a FROM $(Source)")

        assert self._reads(tmp_path, Settings(variables=(("SOURCE", "dbo.Given"),))) == [
            "dbo.Given"
        ]

    def test_setvar_wins_over_the_default(self, tmp_path: Path) -> None:
        put(tmp_path, "x.sqlproj", NEW.format(self.DEFAULTS))
        put(tmp_path, "a.sql", ":setvar Source dbo.Own\nSELECT a FROM $(Source)")

        assert self._reads(tmp_path) == ["dbo.Own"]

    def test_another_default_is_another_compilation(self, tmp_path: Path) -> None:
        put(tmp_path, "a.sql", "SELECT a FROM $(Source)")
        project = put(tmp_path, "x.sqlproj", NEW.format(self.DEFAULTS))
        assert self._reads(tmp_path) == ["dbo.FromProject"]

        project.write_text(
            NEW.format(self.DEFAULTS.replace("FromProject", "Changed")), encoding="utf-8"
        )

        assert self._reads(tmp_path) == ["dbo.Changed"]
