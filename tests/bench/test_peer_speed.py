"""bench/comparison/peer_speed.py: whose answers are compared, never how long they took."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("resource")  # POSIX

sys.path[:0] = [str(Path(__file__).parents[2] / "bench" / "comparison")]

from peer_speed import Measured, main, table  # noqa: E402 - the folder of the command comes first


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    scripts = {
        "t.sql": "CREATE TABLE dbo.t (a int);\nGO\nCREATE TABLE dbo.s (a int);\n",
        "load.sql": "CREATE PROCEDURE dbo.load AS\nINSERT INTO dbo.t (a) SELECT a FROM dbo.s;\n",
    }
    for path, text in scripts.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_peer_is_asked_about_the_scripts_of_the_scan(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), "--peer", f"sqlglot={sys.executable}"]) == 0
    own, peer = [line.split(" | ") for line in capsys.readouterr().out.splitlines()[2:]]
    assert (own[0], own[3]) == ("| this project", "1 of 1")
    assert peer[0].startswith("| sqlglot")
    assert peer[3:] == ["1 of 1", "0", "0 |"]


def test_what_only_a_peer_tells_is_counted_apart() -> None:
    own = Measured("this project", 2.0, frozenset({("dbo.s", "dbo.t"), ("dbo.u", "dbo.t")}))
    peer = Measured("another", 5.0, frozenset({("dbo.s", "dbo.t"), ("dbo.x", "dbo.t")}), 1)
    assert table([own, peer]).splitlines()[-1] == "| another | 5.00 | 2.5 | 1 of 2 | 1 | 1 |"


@pytest.mark.parametrize(
    "peer", ["nobody=python", "sqlglot", "sqlglot=/no/such/python", f"datahub={sys.executable}"]
)
def test_a_peer_that_cannot_be_asked_is_said(
    peer: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), "--peer", peer]) == 2
    assert capsys.readouterr().err.startswith("peer_speed: ")
