from __future__ import annotations

from pathlib import Path

import pytest

from sql_lineage_purview.purview import Journal
from sql_lineage_purview.purview.pushing.journal import journal_name

DAY = 24 * 60 * 60


def test_what_was_acknowledged_is_known_to_the_next_push(tmp_path: Path) -> None:
    path = tmp_path / "new" / "j.jsonl"
    Journal(path).write([("a", "1"), ("b", "2")])
    assert (path.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"
    reopened = Journal(path)
    assert reopened.has_written("a", "1")
    assert not reopened.has_written("a", "2")
    assert not reopened.has_written("c", "1")


def test_a_push_that_went_through_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    journal = Journal(path)
    journal.write([("a", "1")])
    journal.finish()
    assert not path.exists()
    Journal(path).finish()


def test_of_what_was_refused_it_is_remembered_what(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    journal = Journal(path)
    journal.write([("a", "1")])
    journal.refuse("b", "2", "mandatory attribute value missing")
    journal.finish()
    reopened = Journal(path)
    assert (
        reopened.has_refused("b", "2"),
        reopened.has_refused("b", "3"),
        reopened.has_written("a", "1"),
    ) == (True, False, False)
    assert "mandatory attribute" in path.read_text(encoding="utf-8")
    reopened.write([("b", "2")])
    reopened.finish()
    assert not path.exists()


def test_a_refusal_is_forgotten_only_when_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    Journal(path).refuse("b", "2", "no")
    Journal(path).finish()
    assert Journal(path).has_refused("b", "2")


@pytest.mark.parametrize(
    "end", ['{"at": 1, "outcome": "wri', "not json", '{"outcome": "written"}\n', "[]\n", '"\ud800']
)
def test_half_a_line_costs_that_line_alone(tmp_path: Path, end: str) -> None:
    path = tmp_path / "j.jsonl"
    Journal(path).write([("a", "1")])
    with path.open("ab") as file:
        file.write(end.encode("utf-8", "surrogatepass"))
    Journal(path).write([("b", "2")])
    reopened = Journal(path)
    assert reopened.has_written("a", "1")
    assert reopened.has_written("b", "2")


def test_after_a_day_the_account_knows_better(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    Journal(path, now=lambda: 1000.0).write([("a", "1")])
    assert Journal(path, now=lambda: 1000.0 + DAY - 1).has_written("a", "1")
    assert not Journal(path, now=lambda: 1000.0 + DAY).has_written("a", "1")


def test_a_place_that_cannot_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    journal = Journal(tmp_path / "file" / "j.jsonl")
    journal.write([("a", "1")])
    journal.finish()
    assert "cannot be used" in journal.problem


def test_each_owner_has_one_for_each_account() -> None:
    names = {
        journal_name(endpoint, owner)
        for endpoint in ("https://a", "https://b")
        for owner in ("x", "y", "X")
    }
    assert len(names) == 4


@pytest.mark.parametrize(
    "line",
    [
        '{"at": "x", "outcome": "written", "name": "a", "content": "1"}',
        '{"at": null, "outcome": "written", "name": "a", "content": "1"}',
        '{"at": true, "outcome": "written", "name": "a", "content": "1"}',
        '{"at": NaN, "outcome": "written", "name": "a", "content": "1"}',
        '{"at": 1e999, "outcome": "written", "name": ["a"], "content": "1"}',
        '{"at": 1, "outcome": 3, "name": null, "content": {}}',
        "[[[",
        "\ufffe\0",
    ],
)
def test_lines_that_say_nothing_are_passed_over(tmp_path: Path, line: str) -> None:
    path = tmp_path / "j.jsonl"
    path.write_text(f"{line}\n", encoding="utf-8")
    Journal(path).write([("b", "2")])
    reopened = Journal(path)
    assert (
        reopened.has_written("a", "1"),
        reopened.has_written("b", "2"),
        reopened.problem,
    ) == (
        False,
        True,
        "",
    )
