"""Databases drawn at random."""

from __future__ import annotations

from hypothesis import strategies as st

from sql_lineage_purview.catalog.schema import (
    ColumnSchema,
    DatabaseSchema,
    ModuleSchema,
    TableSchema,
)
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.vocabulary import TableKind

# What an identifier may hold between brackets: anything but what no text of SQL can hold.
PARTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    str.strip
)
# The same without what means something else in a script: temporary tables, variables of SQLCMD,
# blanks at an end.
PLAIN_PARTS = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="$"), max_size=6
).map("a{}z".format)
TEXTS = st.text(st.characters(exclude_characters="\r\0"), max_size=40)
TYPES = st.sampled_from(
    [
        "int",
        "nvarchar(40)",
        "varchar(max)",
        "decimal(18, 2)",
        "[dbo].[Flag]",
        "sql_variant",
        "datetime2",
    ]
)
KINDS = st.sampled_from([TableKind.TABLE, TableKind.VIEW, TableKind.EXTERNAL_TABLE])


def names(parts: st.SearchStrategy[str]) -> st.SearchStrategy[Name]:
    return st.tuples(parts, parts).map(Name)


@st.composite
def columns(draw: st.DrawFn, parts: st.SearchStrategy[str]) -> ColumnSchema:
    name = draw(parts)
    match draw(st.integers(0, 3)):
        case 0:
            filled = draw(st.sampled_from(["identity", "rowguid", None]))
            return ColumnSchema(
                name, draw(TYPES), identity=filled == "identity", rowguid=filled == "rowguid"
            )
        case 1:
            return ColumnSchema(
                name, computed=draw(st.sampled_from(["(1)", "[A]+[B]", "getdate()"]))
            )
        case _:
            return ColumnSchema(
                name,
                "datetime2",
                period=draw(st.sampled_from(["START", "END"])),
                hidden=draw(st.booleans()),
            )


def tables(
    kinds: st.SearchStrategy[TableKind], parts: st.SearchStrategy[str]
) -> st.SearchStrategy[TableSchema]:
    some = st.lists(
        columns(parts), min_size=1, max_size=5, unique_by=lambda column: column.name.casefold()
    ).map(tuple)
    return st.builds(TableSchema, names(parts), some, kinds)


def databases() -> st.SearchStrategy[DatabaseSchema]:
    modules = st.builds(ModuleSchema, names(PARTS), TEXTS)
    return st.builds(
        DatabaseSchema,
        st.none() | PARTS,
        st.lists(tables(KINDS, PARTS), max_size=3).map(tuple),
        st.lists(tables(st.just(TableKind.TABLE), PARTS), max_size=2).map(tuple),
        st.lists(st.tuples(names(PARTS), names(PARTS)), max_size=2).map(tuple),
        st.lists(modules, max_size=2).map(tuple),
    )
