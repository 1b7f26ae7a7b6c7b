"""Runs that are followed for the tables that they make, name and drop."""

from __future__ import annotations

from sql_lineage_purview.linker.context.executed_strings import CompiledStrings
from sql_lineage_purview.linker.definitions.arguments import survey
from sql_lineage_purview.linker.lifetimes.named_tables import NamedTables
from sql_lineage_purview.linker.lifetimes.presence import Presence
from sql_lineage_purview.linker.lifetimes.transient_objects import lifetimes
from tests.linker.rooms import definitions_of, source_file


def transient(*scripts: str) -> set[str]:
    files = [source_file(sql, f"{number}.sql") for number, sql in enumerate(scripts)]
    definitions = definitions_of(*files)
    known = lifetimes(files, definitions, survey(files, definitions), CompiledStrings(None))
    return {key.replace("\0", ".") for key in known.transient}


def test_a_table_that_its_run_drops_is_transient() -> None:
    assert transient("SELECT a INTO dbo.x FROM dbo.s; DROP TABLE dbo.x") == {"dbo.x"}


def test_a_table_that_may_be_there_at_the_end_is_not() -> None:
    assert not transient("SELECT a INTO dbo.x FROM dbo.s; IF @a = 1 DROP TABLE dbo.x")


def test_a_table_that_another_script_names_is_not() -> None:
    assert not transient("SELECT a INTO dbo.x FROM dbo.s; DROP TABLE dbo.x", "SELECT a FROM dbo.x")


def test_a_table_that_is_read_before_it_is_made_is_not() -> None:
    assert not transient(
        "INSERT INTO dbo.t SELECT a FROM dbo.x; SELECT a INTO dbo.x FROM dbo.s; DROP TABLE dbo.x"
    )


def test_a_drop_by_a_procedure_is_one_of_its_caller() -> None:
    assert transient(
        "CREATE PROCEDURE dbo.clean AS DROP TABLE dbo.x",
        "SELECT a INTO dbo.x FROM dbo.s; EXEC dbo.clean",
    ) == {"dbo.x"}


def test_behind_a_return_nothing_is_there_and_its_state_is_an_end() -> None:
    presence = Presence()
    presence.add("x")
    presence.leave()
    presence.add("y")

    assert presence.present is None
    assert presence.at_end() == [{"x"}]


def test_a_label_has_what_there_was_at_each_goto() -> None:
    presence = Presence()
    presence.add("x")
    presence.jump("done")
    presence.go_on(frozenset())
    presence.add("y")
    presence.land("done")

    assert presence.present == {"x", "y"}


def test_a_goto_back_changes_nothing() -> None:
    presence = Presence(frozenset("x"))
    presence.land("start")
    presence.jump("start")

    assert presence.present == {"x"}


def test_what_a_session_of_its_own_names_another_run_names() -> None:
    tables = NamedTables()
    tables.create("x")
    tables.name(["x"], ())
    assert not tables.stays(())

    tables.open_session()
    tables.name(["x"], ())

    assert tables.stays(()) == {"x"}
