"""Who is who by name."""

from __future__ import annotations

from tests.linker.rooms import definitions_of, name, source_file


def test_a_name_without_a_schema_has_the_default_one() -> None:
    definitions = definitions_of(source_file("CREATE TABLE dbo.t (a int)"))

    assert definitions.resolve(name("t"), None, None) == name("dbo.t")


def test_in_a_module_its_own_schema_is_looked_into_first() -> None:
    definitions = definitions_of(source_file("CREATE TABLE stage.t (a int)"))

    assert definitions.resolve(name("t"), name("stage.load"), None) == name("stage.t")
    assert definitions.resolve(name("u"), name("stage.load"), None) == name("dbo.u")


def test_a_synonym_stands_for_its_table_through_others() -> None:
    definitions = definitions_of(
        source_file("CREATE SYNONYM dbo.a FOR dbo.b\nGO\nCREATE SYNONYM dbo.b FOR dbo.c")
    )

    assert definitions.resolve_name(name("a"), None, None) == name("dbo.a")
    assert definitions.resolve(name("a"), None, None) == name("dbo.c")


def test_a_ring_of_synonyms_ends() -> None:
    definitions = definitions_of(
        source_file("CREATE SYNONYM dbo.a FOR dbo.b\nGO\nCREATE SYNONYM dbo.b FOR dbo.a")
    )

    assert definitions.resolve(name("a"), None, None) in (name("dbo.a"), name("dbo.b"))


def test_of_two_definitions_the_later_one_counts_and_is_reported() -> None:
    definitions = definitions_of(
        source_file("CREATE PROCEDURE dbo.p AS SELECT 1", "first.sql"),
        source_file("CREATE PROCEDURE dbo.p AS SELECT 2", "second.sql"),
    )

    entry = definitions.module(name("dbo.p"))
    assert entry is not None
    assert entry.path == "second.sql"
    assert [(row.code, row.path) for row in definitions.diagnostics] == [("SLP501", "second.sql")]


def test_the_spelling_shown_is_that_of_the_definition() -> None:
    definitions = definitions_of(source_file("CREATE TABLE dbo.Fact (a int)"))

    assert str(definitions.canonical_spelling(name("DBO.FACT"))) == "dbo.Fact"


def test_a_statement_that_makes_a_table_defines_it() -> None:
    definitions = definitions_of(source_file("SELECT a INTO dbo.made FROM dbo.s"))

    assert definitions.defined("dbo\0made")
    assert definitions.creations["dbo\0made"].where.path == "script.sql"


def test_what_is_renamed_has_the_columns_of_its_old_name() -> None:
    definitions = definitions_of(
        source_file("CREATE TABLE dbo.old (a int)\nGO\nEXEC sp_rename 'dbo.old', 'fresh'")
    )

    assert definitions.renames["dbo\0fresh"] == name("dbo.old")
