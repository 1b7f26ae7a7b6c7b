"""`diff` names two states in any of their forms, and ends as `--fail-on` says."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from sql_lineage_purview.cli import main
from tests.change_series import BASE, CHANGES
from tests.git_repository import GitRepository

BY_NAME = {change.name: change for change in CHANGES}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    made = GitRepository.made(tmp_path / "repository")
    for path, text in BASE.items():
        made.write(path, text)
    made.commit()
    monkeypatch.chdir(made.folder)
    return made


def _apply(repository: GitRepository, name: str) -> None:
    for path, text in BY_NAME[name].edits.items():
        if text is None:
            (repository.folder / path).unlink()
        else:
            repository.write(path, text)


def _changes(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["diff", *words, "--format", "json"]) == 0
    changes: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["changes"]
    return changes


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("comment only", {"never": 0, "breaking": 0, "risky": 0, "any": 0}),
        ("star widened", {"never": 0, "breaking": 0, "risky": 0, "any": 1}),
        ("filter added", {"never": 0, "breaking": 0, "risky": 1, "any": 1}),
        ("column renamed alone", {"never": 0, "breaking": 1, "risky": 1, "any": 1}),
    ],
)
def test_the_exit_code_is_that_of_the_worst_class(
    name: str, codes: dict[str, int], repository: GitRepository
) -> None:
    _apply(repository, name)

    assert {limit: main(["diff", "HEAD", "--fail-on", limit]) for limit in codes} == codes


def test_each_form_of_a_state_gives_the_same(
    repository: GitRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["scan", ".", "--format", "json", "-o", str(tmp_path / "before.json")])
    for path, text in BASE.items():
        GitRepository(tmp_path / "folder").write(path, text)
    _apply(repository, "table dropped that others use")
    expected = _changes(capsys, "HEAD")
    main(["scan", ".", "--format", "json", "-o", str(tmp_path / "after.json")])
    repository.git("switch", "--quiet", "--create", "change")
    repository.commit()

    assert [row["kind"] for row in expected] == ["table-dropped"]
    for base in ("main", str(tmp_path / "before.json"), str(tmp_path / "folder")):
        for head in ([], ["change"], ["."], [str(tmp_path / "after.json")]):
            assert _changes(capsys, base, *head) == expected, (base, head)


def test_text_says_what_breaks_and_where(
    repository: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    _apply(repository, "column of a view renamed alone")
    capsys.readouterr()
    main(["diff", "HEAD"])

    assert capsys.readouterr().out.splitlines()[:6] == [
        "From HEAD to the files as they are: 1 breaking, 1 risky; 22 column edges as before.",
        "",
        "BREAKING",
        "  views/vOrders.sql:1: dbo.vOrders.Amount: column renamed to dbo.vOrders.Total; "
        "1 module or script uses it still",
        "    scripts/archive.sql:1: scripts/archive.sql reads it",
        "    reaches dbo.vOrders.Amount -> dbo.Archive.Amount -> dbo.vAll.Amount",
    ]


def test_gaps_of_both_states_are_said(
    repository: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("dynamic.sql", "CREATE PROCEDURE dbo.d @s nvarchar(max) AS EXEC (@s);\n")
    repository.commit()
    capsys.readouterr()
    main(["diff", "HEAD"])
    printed = capsys.readouterr().out

    assert printed.startswith("No change from HEAD to the files as they are; ")
    assert "1 gap in 1 file before and now: what these hide is not compared." in printed


def test_only_the_paths_that_are_named_are_read(
    repository: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    _apply(repository, "table dropped that others use")

    assert _changes(capsys, "HEAD", "--path", "views") == []
    [change] = _changes(capsys, "HEAD", "--path", "tables")
    assert (change["impact"], change["path"]) == ("risky", "tables/Orders.sql")


def test_a_comment_is_found_again_by_its_first_line(
    repository: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("x.sql", "CREATE VIEW dbo.[</details>`@someone | x] AS SELECT 1 AS a;\n")
    capsys.readouterr()
    main(["diff", "HEAD", "--format", "markdown"])
    first, *lines = capsys.readouterr().out.splitlines()

    assert first == "<!-- sql-lineage-purview diff -->"
    [row] = [line for line in lines if "@someone" in line]
    assert row.startswith("- ``dbo.[</details>`@someone | x]`` `table or view added`")


def test_annotations_stand_where_something_breaks(
    repository: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    _apply(repository, "procedure dropped that another calls")
    capsys.readouterr()
    main(["diff", "HEAD", "--format", "github"])

    assert [line.split("::")[1] for line in capsys.readouterr().out.splitlines()] == [
        "error file=procedures/LoadFact.sql,line=1,col=1,title=SLD103 module dropped",
        "error file=procedures/Nightly.sql,line=2,col=1,title=SLD103 module dropped",
    ]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["nothing"], "nothing: no revision of"),
        (["--from-database", "mssql://srv/Dw", "HEAD"], "diff reads no live database"),
        (["tables"], "tables is a folder, and a revision of git too"),
        (["broken.json"], "broken.json is no lineage document"),
    ],
)
def test_what_is_no_state_is_said(
    words: list[str], reason: str, repository: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("branch", "tables")
    repository.write("broken.json", "{}")

    assert main(["diff", *words]) == 2
    assert reason in capsys.readouterr().err


def test_a_folder_can_be_told_from_a_branch(
    repository: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("branch", "tables")

    assert _changes(capsys, "./tables", "./tables") == []
    assert _changes(capsys, "refs/heads/tables") == []


def test_states_of_no_repository_need_no_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(tmp_path)
    for folder, text in (("one", "CREATE TABLE dbo.t (a int);"), ("two", "SELECT 1;")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "t.sql").write_text(text, encoding="utf-8")

    assert [row["kind"] for row in _changes(capsys, "one", "two")] == ["table-dropped"]


def test_a_comment_says_how_much_it_reaches_where_it_does_not_list_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    views = "\nGO\n".join(f"CREATE VIEW dbo.v{n} AS SELECT a FROM dbo.t;" for n in range(9))
    for state, source in (("base", "b"), ("head", "c")):
        load = f"INSERT INTO dbo.t (a) SELECT {source} FROM dbo.s;\nGO\n{views}"
        (tmp_path / state).mkdir()
        (tmp_path / state / "load.sql").write_text(load)

    main(["diff", str(tmp_path / "base"), str(tmp_path / "head"), "--format", "markdown"])

    comment = capsys.readouterr().out
    assert comment.count("reaches `") == 5
    assert "reaches 9 columns in all" in comment


def test_a_screen_has_the_first_changes_of_a_kind_and_v_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"C{number:02}" for number in range(14)]
    for folder, columns in (("base", names), ("head", ["Id"])):
        (tmp_path / folder).mkdir()
        table = f"CREATE TABLE dbo.T ({', '.join(f'{name} int' for name in columns)})\nGO\n"
        views = (f"CREATE VIEW dbo.V{n} AS SELECT C00 FROM dbo.T\nGO\n" for n in range(8))
        (tmp_path / folder / "all.sql").write_text(table + "".join(views), "utf-8")
    monkeypatch.chdir(tmp_path)

    def lines(*words: str) -> list[str]:
        assert main(["diff", "./base", "./head", *words]) == 0
        return capsys.readouterr().out.splitlines()

    short, whole = lines(), lines("-v")
    assert sum(": column dropped" in line for line in short) == 11
    assert sum(": column dropped" in line for line in whole) == 14
    assert "  … and 3 more: column-dropped; -v shows all" in short
    assert "    … and 3 more; -v shows all" in short
    assert not any("-v shows all" in line for line in whole)


def test_changes_are_rows_too(
    repository: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    _apply(repository, "column renamed alone")
    changes = _changes(capsys, "HEAD")

    assert main(["diff", "HEAD", "-o", "changes.csv"]) == 0
    text = (repository.folder / "changes.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))

    assert [(row["impact"], row["subject"], row["reaches"]) for row in rows] == [
        (change["impact"], change["subject"], str(change["reaches"])) for change in changes
    ]


def test_another_configuration_is_said_and_changes_nothing(
    repository: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("sql-lineage-purview.toml", 'database = "Dw"\n')
    loose = _text(capsys)
    repository.commit()
    committed = _text(capsys, "HEAD~1", "HEAD")

    said = "sql-lineage-purview.toml differs: both states are read with the configuration of today."
    for text in (loose, committed):
        assert text.startswith("No change from ")
        assert said in text.splitlines()
    assert said not in _text(capsys, "HEAD")


def _text(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main(["diff", *words]) == 0
    return capsys.readouterr().out


def test_a_selector_leaves_what_changes_of_it_alone(
    repository: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write("a.sql", "CREATE TABLE new.A (Id int)\nGO\nCREATE TABLE new.B (Id int)\n")

    kept, nothing = _changes(capsys, "--select", "new.A"), _changes(capsys, "--select", "dbo.*")
    (_, *lines) = _text(capsys, "--select", "new.B.Id").splitlines()

    assert [row["subject"] for row in kept] == ["new.A"]
    assert nothing == []
    assert any("new.B" in line for line in lines)
    assert not any("new.A" in line for line in lines)
    assert main(["diff", "--select", "nowhere"]) == 2
