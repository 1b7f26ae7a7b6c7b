"""The file that keeps the state."""

from __future__ import annotations

import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from sql_lineage_purview.emulator import Emulator, EmulatorError


def test_the_state_outlives_the_emulator(open_catalogue, tmp_path):
    file = tmp_path / "below" / "state.db"
    first = open_catalogue(file)
    guid = first.table("t")
    first.define({"name": "mine", "superTypes": ["DataSet"]})
    first.emulator.close()
    second = open_catalogue(file)
    assert second.entity(guid)["attributes"]["name"] == "t"
    assert second.get("/types/typedef/name/mine").status == 200


def test_two_emulators_on_one_file_see_each_other(open_catalogue, tmp_path):
    first, second = open_catalogue(tmp_path / "state.db"), open_catalogue(tmp_path / "state.db")
    assert second.get("/types/typedef/name/mine").status == 404
    first.define({"name": "mine", "superTypes": ["DataSet"]})
    guid = second.table("t", "mine")
    assert first.entity(guid)["typeName"] == "mine"


def test_many_threads_make_one_entity(open_catalogue, make, tmp_path):
    catalogue = open_catalogue(tmp_path / "state.db")
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda index: catalogue.create(make.dataset("t", description=str(index))), range(32)
            )
        )
    assert {answer.status for answer in answers} == {200}
    assert len({catalogue.guid_of(answer) for answer in answers}) == 1
    assert sum("CREATE" in answer.mutated for answer in answers) == 1


def test_in_memory_nothing_is_kept(open_catalogue):
    open_catalogue().table("t")
    assert open_catalogue().search().payload["@search.count"] == 0


def test_a_file_of_another_kind(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("not a database, " * 100, encoding="utf-8")
    with pytest.raises(
        EmulatorError,
        match=r"notes\.txt: is not the state of an emulator .*; "
        r"name another file",
    ):
        Emulator(file)
    assert file.read_text(encoding="utf-8").startswith("not a database")


def test_a_database_of_another_program(tmp_path):
    file = tmp_path / "other.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(EmulatorError, match="is another program's database"):
        Emulator(file)


def test_the_state_of_another_version(tmp_path):
    file = tmp_path / "state.db"
    Emulator(file).close()
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(
        EmulatorError, match="another version of the emulator; delete it to start empty"
    ):
        Emulator(file)


def test_a_place_that_cannot_be_written(tmp_path):
    with pytest.raises(EmulatorError, match="cannot be opened to keep the emulator's state"):
        Emulator(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(EmulatorError, match="name another file"):
        Emulator(tmp_path / "file" / "state.db")


def test_a_full_disk_is_an_answer_and_nothing_of_the_request_stays(open_catalogue, make, tmp_path):
    catalogue = open_catalogue(tmp_path / "state.db")
    table = catalogue.table("kept")
    pages = catalogue.emulator._connection.execute("PRAGMA page_count").fetchone()[0]
    catalogue.emulator._connection.execute(f"PRAGMA max_page_count = {pages}")
    refused = catalogue.create(
        *(make.dataset(f"t{number}", description="x" * 500) for number in range(200))
    )
    assert refused.status == 507
    assert refused.payload["errorMessage"].startswith(
        f"{tmp_path / 'state.db'}: the emulator's state cannot be kept there (database or disk is "
        "full). Is the disk full"
    )
    assert catalogue.entity(table)["attributes"]["name"] == "kept"
    catalogue.emulator._connection.execute("PRAGMA max_page_count = 1000000")
    assert catalogue.search().payload["@search.count"] == 1
    assert catalogue.create(*(make.dataset(f"t{number}") for number in range(200))).status == 200


def test_a_file_that_another_program_holds_is_not_to_be_deleted(monkeypatch, tmp_path):
    file = tmp_path / "state.db"
    Emulator(file).close()
    monkeypatch.setattr("sql_lineage_purview.emulator.store_database._WAIT_SECONDS", 0.05)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(
            EmulatorError,
            match=r"cannot be kept there \(database is locked\)\. "
            r"Is the disk full",
        ) as refused:
            Emulator(file)
    assert "delete" not in str(refused.value)
