from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.project.observing.history import FILE, History

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = {"files": 10, "statements": 100, "table_edges": 20, "column_edges": 200}


def test_what_fell_by_more_than_the_share_is_said(tmp_path: Path) -> None:
    history = History(tmp_path / "cache", "team", ["a"])
    history.remember(NUMBERS)

    assert history.shrunk(NUMBERS, 0.2) == ()
    assert history.shrunk(NUMBERS | {"column_edges": 160}, 0.2) == ()
    assert history.shrunk(NUMBERS | {"column_edges": 159, "files": 1}, 0.2) == (
        "files from 10 to 1",
        "column edges from 200 to 159",
    )
    assert history.shrunk(NUMBERS | {"column_edges": 199}, 0.0) == ("column edges from 200 to 199",)


def test_it_is_the_last_push_that_counts(tmp_path: Path) -> None:
    history = History(tmp_path, "team", ["a"])
    history.remember(NUMBERS)
    history.remember(dict.fromkeys(NUMBERS, 1))

    assert history.shrunk(dict.fromkeys(NUMBERS, 1), 0.2) == ()


def test_a_push_that_nobody_accepted_hides_no_loss(tmp_path: Path) -> None:
    history = History(tmp_path, "team", ["a"])
    for edges in (100, 90, 81, 200, 170):
        history.raise_to({"column_edges": edges})

    assert history.shrunk({"column_edges": 160}, 0.2) == ()
    assert history.shrunk({"column_edges": 150}, 0.2) == ("column edges from 200 to 150",)


def test_other_owners_and_paths_have_a_history_of_their_own(tmp_path: Path) -> None:
    History(tmp_path, "team", ["a"]).remember(NUMBERS)
    none = dict.fromkeys(NUMBERS, 0)

    assert History(tmp_path, "other", ["a"]).shrunk(none, 0.2) == ()
    assert History(tmp_path, "team", ["b"]).shrunk(none, 0.2) == ()
    assert len(History(tmp_path, "TEAM", ["a"]).shrunk(none, 0.2)) == 4


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    for number in range(250):
        History(tmp_path, "team", [str(number)]).remember({"files": number})

    assert (tmp_path / FILE).read_text(encoding="utf-8").count("files") == 200
    assert History(tmp_path, "team", ["249"]).shrunk({"files": 0}, 0.2)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": {"files": "x"}}'])
def test_a_file_that_cannot_be_read_is_no_history(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    history = History(tmp_path, "team", ["a"])

    assert history.shrunk({"files": 0}, 0.2) == ()
    history.remember(NUMBERS)
    assert history.shrunk({"files": 0}, 0.2) == ("files from 10 to 0",)


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    History(tmp_path / "file" / "cache", "team", ["a"]).remember(NUMBERS)
