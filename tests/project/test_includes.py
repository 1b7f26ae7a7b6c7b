"""`:r`: relative to the file that holds it, as written on any system, never outside the root."""

from __future__ import annotations

from pathlib import Path

import pytest

from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.reading.includes import IncludeReader
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.tsql.reading.sqlcmd import CircularIncludeError


@pytest.fixture
def reader(tmp_path: Path) -> IncludeReader:
    root = tmp_path / "root"
    for path in (
        "deploy/all.sql",
        "deploy/parts/one.sql",
        "deploy/parts/two.sql",
        "tables/Fact.sql",
    ):
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
        (r"..\..\TABLES\fact.sql", (r"parts\one.sql", "two.sql"), "tables/Fact.sql"),
    ],
)
def test_a_path_starts_from_the_file_that_holds_it(
    reader: IncludeReader, path: str, stack: tuple[str, ...], found: str
) -> None:
    assert reader(path, stack).decode() == found


@pytest.mark.parametrize(
    "path", ["../../secret.sql", r"..\..\secret.sql", "/etc/hostname", r"\\server\share\x.sql"]
)
def test_what_is_outside_the_root_is_refused(reader: IncludeReader, path: str) -> None:
    with pytest.raises(PermissionError):
        reader(path, ())


@pytest.mark.parametrize("path", ["gone.sql", "parts", "a\0b.sql", "gone/one.sql"])
def test_what_cannot_be_read_is_missing(reader: IncludeReader, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        reader(path, ())


@pytest.mark.parametrize(
    ("path", "stack"),
    [
        ("all.sql", ()),
        (r"..\all.sql", ("parts/one.sql",)),
        ("ONE.sql", ("parts/one.sql", "two.sql")),
    ],
)
def test_what_is_being_read_is_a_circle(
    reader: IncludeReader, path: str, stack: tuple[str, ...]
) -> None:
    with pytest.raises(CircularIncludeError):
        reader(path, stack)


def test_nothing_outside_the_root_is_looked_for(
    reader: IncludeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[Path] = []
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda self: searched.append(self) or exists(self))

    for path in ("../../secret.sql", r"\\server\share\x.sql", "/etc/hostname", "parts/one.sql"):
        reader.location(path, ())

    assert searched
    assert all(place.is_relative_to(reader.root) for place in searched)


class TestScan:
    """What becomes of files that `:r` names, in a scan of the folder."""

    def _folder(self, root: Path, **texts: str) -> Path:
        for name, text in texts.items():
            (root / name.replace("_", ".")).write_text(text, encoding="utf-8")
        return root

    def _rows(self, root: Path, settings: Settings | None = None) -> list[str]:
        rows = scan([root], settings or Settings()).graph.statements
        return [f"{row.path}:{row.line} {' '.join(map(str, row.reads))}" for row in rows]

    def _diagnostics(self, root: Path) -> list[str]:
        return [
            f"{diagnostic.path}:{diagnostic.span.line} {diagnostic.code}"
            for diagnostic in scan([root], Settings()).graph.diagnostics
        ]

    def test_their_statements_stand_once_with_the_variables_of_who_brings_them_in(
        self, tmp_path: Path
    ) -> None:
        self._folder(
            tmp_path,
            main_sql=":setvar Table dbo.Fact\n:r part.sql\nGO\n:r part.sql\n:setvar Table "
            "dbo.Later\nSELECT a FROM $(Table)",
            part_sql="\nSELECT a FROM $(TABLE)",
        )

        assert self._rows(tmp_path) == ["main.sql:6 dbo.Later", "part.sql:2 dbo.Fact"]

    def test_what_they_set_counts_behind_the_command(self, tmp_path: Path) -> None:
        self._folder(
            tmp_path,
            main_sql="SELECT a FROM dbo.$(T)\nGO\n:r outer.sql\nSELECT a FROM dbo.$(T)",
            outer_sql=":r inner.sql\nSELECT a FROM other.$(T)",
            inner_sql=":setvar T Lent",
        )

        assert self._rows(tmp_path) == [
            "main.sql:1 dbo.$(T)",
            "main.sql:4 dbo.Lent",
            "outer.sql:2 other.Lent",
        ]

    def test_a_variable_that_is_set_to_two_values_has_none_and_is_reported(
        self, tmp_path: Path
    ) -> None:
        self._folder(
            tmp_path,
            a_sql=":setvar T One\n:setvar Same S\n:r part.sql",
            b_sql=":setvar T Two\n:setvar Same S\n:r part.sql",
            part_sql="SELECT a FROM $(Same).$(T)",
        )

        assert self._rows(tmp_path) == ["part.sql:1 S.$(T)"]
        assert self._diagnostics(tmp_path) == ["part.sql:1 SLP401"]

    def test_what_is_set_wins_over_the_configuration(self, tmp_path: Path) -> None:
        self._folder(
            tmp_path,
            main_sql=":setvar T Own\n:r part.sql",
            part_sql="SELECT a FROM dbo.$(t) JOIN dbo.$(U) ON 1 = 1",
        )

        assert self._rows(tmp_path, Settings(variables=(("T", "Given"), ("U", "Kept")))) == [
            "part.sql:1 dbo.Kept dbo.Own"
        ]

    def test_a_file_of_any_ending_is_read_and_one_that_is_excluded_lends_its_variables_alone(
        self, tmp_path: Path
    ) -> None:
        self._folder(
            tmp_path,
            main_sql=":r part.inc\n:r hidden.sql\nSELECT a FROM dbo.$(T)",
            part_inc="SELECT a FROM dbo.Part",
            hidden_sql=":setvar T Hidden\nSELECT a FROM dbo.Never",
        )

        rows = self._rows(tmp_path, Settings(exclude=("hidden.sql",)))

        assert rows == ["main.sql:3 dbo.Hidden", "part.inc:1 dbo.Part"]

    def test_a_change_of_a_file_reaches_who_brings_it_in(self, tmp_path: Path) -> None:
        self._folder(
            tmp_path, main_sql=":r part.inc\nSELECT a FROM dbo.$(T)", part_inc=":setvar T Old"
        )
        assert self._rows(tmp_path) == ["main.sql:2 dbo.Old"]

        self._folder(tmp_path, part_inc=":setvar T New")

        assert self._rows(tmp_path) == ["main.sql:2 dbo.New"]

    def test_what_cannot_be_brought_in_is_reported_once_where_it_stands(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "secret.sql").write_text("SELECT a FROM dbo.Secret", encoding="utf-8")
        (tmp_path / "root").mkdir()
        root = self._folder(
            tmp_path / "root",
            a_sql="SELECT 1\n:r ..\\secret.sql\n:r gone.sql",
            b_sql=":r a.sql",
            c_sql="\n:r d.sql",
            d_sql=":r c.sql",
            e_sql=":r e.sql",
        )

        assert self._diagnostics(root) == [
            "a.sql:2 SLP402",
            "a.sql:3 SLP403",
            "c.sql:2 SLP404",
            "d.sql:1 SLP404",
            "e.sql:1 SLP404",
        ]
        assert self._rows(root) == []

    def test_files_that_multiply_come_to_an_end(self, tmp_path: Path) -> None:
        for number in range(40):
            (tmp_path / f"{number}.sql").write_text(
                f":r {number + 1}.sql\n:r {number + 1}.sql", encoding="utf-8"
            )
        (tmp_path / "40.sql").write_text("SELECT a FROM dbo.t", encoding="utf-8")

        assert self._rows(tmp_path) == ["40.sql:1 dbo.t"]
